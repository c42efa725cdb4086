"""What can be done at certain moments of a training run, without `fit` knowing about it.

    class Cooling(training.Callback):
        def after_epoch(self, run):
            for group in run.optimizer.param_groups:
                group["lr"] *= 0.99

    training.fit(…, callbacks=[Cooling(), training.ClipGradNorm(1.0)])

Callbacks are called in the order in which they are given. A plain function is called after every epoch.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinygrad_vn.modes import no_grad
from tinygrad_vn.nn.utils import clip_grad_norm_
from tinygrad_vn.phrases import said

if TYPE_CHECKING:
    from tinygrad_vn.training.run import Run


class Callback:
    """Base class: does nothing at any moment. A subclass defines the moments that it needs.

    What it has to remember across an interruption it gives in `state_dict()`: numbers, texts, arrays, Tensors, and
    lists and dictionaries of them.
    """

    def on_start(self, run: Run) -> None:
        """Before the first step; `run.iteration` steps were taken already, 0 unless the run is resumed."""

    def holds_back(self, run: Run) -> bool:
        """After every `backward()`: True lets the gradients of the next batch be added before a step is taken."""
        return False

    def before_step(self, run: Run) -> None:
        """When the gradients are complete; the place to change them."""

    def after_step(self, run: Run) -> None:
        """When the parameters have changed."""

    def after_epoch(self, run: Run) -> None:
        """When `run.history[-1]` has the epoch's numbers; before the checkpoint is written."""

    def on_end(self, run: Run) -> None:
        """After the last step, also where the run was interrupted or failed."""

    def state_dict(self) -> dict[str, Any]:
        """What it remembers; empty where it remembers nothing."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take on what `state_dict()` gave."""


class AfterEpoch(Callback):
    """A plain function, called after every epoch.

    Args:
        function: takes the run.
    """

    def __init__(self, function: Callable[[Run], Any]) -> None:
        self.function = function

    def after_epoch(self, run: Run) -> None:
        """Call it."""
        self.function(run)


class ClipGradNorm(Callback):
    """Shorten the gradient before every step where it is longer than `max_norm`, its direction kept.

    Args:
        max_norm: the greatest length of all parameters' gradients taken together.
        norm_type: the p of the p-norm by which length is measured.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
    """

    def __init__(self, max_norm: float, norm_type: float = 2.0) -> None:
        if not max_norm > 0:
            raise ValueError(
                said("max_norm={norm} would leave nothing of the gradient; it must be above 0", norm=max_norm)
            )
        self.max_norm, self.norm_type = max_norm, norm_type

    def before_step(self, run: Run) -> None:
        """Shorten it."""
        clip_grad_norm_(run.parameters.values(), self.max_norm, self.norm_type)


class Accumulate(Callback):
    """One step for every `k` batches, with the mean of their gradients: large batches in little memory.

    Where a loss is a mean and the batches are of one size, this is the step that the batches together would give. The
    last step of an epoch takes the batches that are left.

    Args:
        k: how many batches make a step.
    """

    def __init__(self, k: int) -> None:
        if k < 1 or k != int(k):
            raise ValueError(said("k={k} makes no sense; a step needs a whole number of batches, at least one", k=k))
        self.k = k

    def holds_back(self, run: Run) -> bool:
        """Whether more batches are to be added; where not, the sum is divided by their number."""
        if run.passes < self.k and run.batch < run.n_batches:
            return True
        if run.passes > 1:
            with no_grad():
                for parameter in run.parameters.values():
                    gradient = parameter.grad
                    if gradient is not None:
                        gradient *= 1 / run.passes
        return False


class Snapshots(Callback):
    """Keep copies of the parameters at certain epochs in `history.snapshots`, for drawings of how they changed.

    Args:
        epochs: a number n for every n-th epoch, 0 (before training) among them; or the epochs themselves.
    """

    def __init__(self, epochs: int | Collection[int]) -> None:
        if isinstance(epochs, int) and epochs < 1:
            raise ValueError(
                said("snapshots={epochs} makes no sense; write 1 for every epoch, or a list of epochs", epochs=epochs)
            )
        self.epochs = epochs

    def on_start(self, run: Run) -> None:
        """The parameters before training."""
        if run.iteration == 0:
            self.after_epoch(run)

    def after_epoch(self, run: Run) -> None:
        """The parameters after this epoch, where it is one of those."""
        if run.epoch % self.epochs == 0 if isinstance(self.epochs, int) else run.epoch in self.epochs:
            run.history.snapshots[run.epoch] = run.model.state_dict()


class Log(Callback):
    """Write every epoch's numbers into a file in JSON Lines: one object per line, readable while the run goes on.

    A run that starts from the beginning overwrites the file; one that is resumed goes on behind the epoch that it
    resumes from. NaN and infinities, which JSON does not have, become null.

    Args:
        path: the file; its folder is made.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)

    def on_start(self, run: Run) -> None:
        """Keep the lines of the epochs that the resumed run has behind it; those after them come again."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("".join(map(_json_line, run.history)), encoding="utf-8")

    def after_epoch(self, run: Run) -> None:
        """One more line."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_json_line(run.history[-1]))


def _json_line(row: Mapping[str, float]) -> str:
    numbers = {name: value if math.isfinite(value) else None for name, value in row.items()}
    return json.dumps(numbers, ensure_ascii=False, allow_nan=False) + "\n"
