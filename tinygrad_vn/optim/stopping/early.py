"""Early stopping: end a run where the model gets no better on data that it does not learn from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.settings import at_least, check_choice
from tinygrad_vn.optim.stopping.progress import Progress, copies
from tinygrad_vn.optim.stopping.rule import StoppingRule
from tinygrad_vn.optim.stopping.words import TEXTS, in_both
from tinygrad_vn.phrases import Text, said
from tinygrad_vn.tensor import Tensor


class EarlyStopping(StoppingRule):
    """Stop where the loss on held-out data has not improved for some epochs, and go back to the best parameters.

    Without such data it watches the training loss. It looks at the ends of epochs only.

    Args:
        patience: how many epochs without improvement are allowed.
        min_delta: an improvement by less than this does not count.
        mode: "min" where a smaller value is better, "max" where a larger one is.
        restore_best: whether to keep a copy of the best parameters. `fit` sets the model back to them at the end; in a
            loop of one's own, `restore` does.

    Attributes:
        best: the best parameters, and buffers where the progress names some, as arrays; None before the first epoch.
        best_value: the loss there.
        best_epoch: the epoch there, the first is 1 in `fit`.
    """

    remembers: ClassVar[Mapping[str, Any]] = {
        "best": None,
        "best_value": None,
        "best_epoch": None,
        "waited": 0,
        "watches_validation": False,
    }
    best: list[Values] | None
    best_value: float | None
    best_epoch: int | None
    waited: int
    watches_validation: bool

    def __init__(
        self,
        patience: int,
        min_delta: float = 0.0,
        mode: Literal["min", "max"] = "min",
        restore_best: bool = True,
    ) -> None:
        check_choice("mode", mode, "min", "max")
        self.patience = at_least("patience", patience, 1)
        self.min_delta = at_least("min_delta", min_delta, 0)
        self.mode, self.restore_best = mode, restore_best
        super().__init__()

    def judge(self, progress: Progress) -> Text | None:
        """Whether patience is at an end."""
        if not progress.end_of_epoch or (self.watches_validation and progress.valid_loss is None):
            return None
        if progress.valid_loss is not None and not self.watches_validation:
            self.reset()  # whatever was seen so far is of another kind
            self.watches_validation = True
        value = progress.loss if progress.valid_loss is None else progress.valid_loss
        if self._is_better(value):
            self.best_value, self.best_epoch, self.waited = value, progress.epoch, 0
            if self.restore_best:
                self.best = copies([*progress.params, *progress.buffers])
            return None
        self.waited += 1
        if self.waited < self.patience:
            return None
        best = "–" if self.best_value is None else f"{self.best_value:.4g}"
        what = in_both("valid_loss" if self.watches_validation else "loss")
        epoch = "–" if self.best_epoch is None else self.best_epoch
        return in_both("EarlyStopping", patience=self.waited, what=what, value=best, epoch=epoch)

    def restore(self, params: Iterable[Tensor], buffers: Iterable[Tensor] = ()) -> None:
        """Set parameters and buffers back to the best, in place; nothing happens where none were kept.

        Raises:
            ValueError: they are not as many as were kept, or of other shapes; nothing is changed.
        """
        tensors = [*params, *buffers]
        if self.best is None:
            return
        if [t.shape for t in tensors] != [array.shape for array in self.best]:
            raise ValueError(
                said(
                    "the best {kept} parameters and buffers do not fit these {given}: give them as in Progress, in the "
                    "same order",
                    kept=len(self.best),
                    given=len(tensors),
                )
            )
        for tensor, array in zip(tensors, self.best, strict=True):
            tensor.data[...] = array

    def _is_better(self, value: float) -> bool:
        if self.best_value is None:
            return not math.isnan(value)
        gain = self.best_value - value if self.mode == "min" else value - self.best_value
        return gain > self.min_delta

    def _caution(self) -> Text:
        return super()._caution() if self.watches_validation else TEXTS["EarlyStopping.caution without validation"]
