"""Where a training run stands: what `fit` was given, how far it has come, and the numbers of the present epoch.

`fit` does the learning; the run does the bookkeeping around it. It is also what callbacks are handed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_vn import tracing
from tinygrad_vn.errors import GradientError
from tinygrad_vn.language import LANGUAGES
from tinygrad_vn.nn.module import Module
from tinygrad_vn.optim import LBFGS, Optimizer
from tinygrad_vn.optim.lr_scheduler import LossScheduler
from tinygrad_vn.optim.optimizer import Closure
from tinygrad_vn.optim.stopping import Progress, StoppingRule
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.training.batches import Batches, check_batch, where_not_finite
from tinygrad_vn.training.callbacks import AfterEpoch, Callback
from tinygrad_vn.training.chance import States, generators_of, set_states, states_of
from tinygrad_vn.training.evaluation import Loss, Means, Metrics, evaluate, measured
from tinygrad_vn.training.guard import DivergedError, Moment, not_finite, squared_norm, sudden
from tinygrad_vn.training.history import NORM, History
from tinygrad_vn.training.words import in_all


class Run:
    """A training run.

    Attributes:
        model, loss, optimizer, data, valid, metrics, schedule, stop, callbacks: what `fit` was given.
        epochs: how many epochs the run is to have.
        epoch: the present epoch, from 1; between two epochs the last that was finished; 0 before the first.
        batch: how many of the epoch's batches have been taken up.
        n_batches: how many an epoch has.
        passes: how many batches have added to the gradients since the last step.
        iteration: how many steps have been taken in all.
        taken_up: the last batch.
        last_loss: its loss.
        parameters: the model's parameters that the optimizer changes, by name.
        buffers: the model's other state, such as running means.
        history: the numbers of the finished epochs.
        is_stopped: whether a rule or a callback has ended the run.
        is_kept: whether there is a checkpoint to go on from.
    """

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        data: Batches,
        epochs: int,
        valid: Batches | None,
        metrics: Metrics,
        schedule: Any,
        stop: StoppingRule | None,
        callbacks: Sequence[Callback],
        jit: bool | str,
    ) -> None:
        self.model, self.loss, self.optimizer, self.data, self.epochs = model, loss, optimizer, data, epochs
        self.valid, self.metrics, self.schedule, self.stop = valid, metrics, schedule, stop
        self.callbacks = callbacks
        owned = {id(p) for group in optimizer.param_groups for p in group["params"]}
        self.parameters = {name: p for name, p in model.named_parameters() if id(p) in owned}
        self.buffers = list(model.buffers())
        self.n_batches = len(data)
        self.epoch, self.batch, self.passes, self.iteration, self.last_loss = 0, 0, 0, 0, math.nan
        self.taken_up: Sequence[Tensor] = ()
        self.history = History()
        self.is_stopped = self.is_kept = False
        self.rates: list[float] = []
        self.order_states: States = {}
        self.resumed_states: States = {}
        self._begin_sums()
        self._started = time.perf_counter()
        self._earlier = 0.0
        self._steps_by_batch = schedule is not None and schedule.interval == "batch"
        self._asks_again = isinstance(optimizer, LBFGS)
        self._pass = (
            tracing.jit(self._one_pass, quiet=jit == "auto") if jit and not self._asks_again else self._one_pass
        )
        self._looks_after_steps = [c for c in callbacks if type(c).after_step is not Callback.after_step]

    @property
    def lr(self) -> float:
        """The learning rate (of the first parameter group)."""
        return float(self.optimizer.param_groups[0]["lr"])

    @property
    def seconds(self) -> float:
        """How long the run has been training, over all its sittings."""
        return self._earlier + time.perf_counter() - self._started

    @seconds.setter
    def seconds(self, earlier: float) -> None:
        self._earlier, self._started = earlier, time.perf_counter()

    def end(self, reason: Text | str, warning: Text | str = "") -> None:
        """Stop after the present step, and remember why; a text is taken for both languages."""
        self.is_stopped = True
        self.history.reason = reason if isinstance(reason, dict) else dict.fromkeys(LANGUAGES, reason)
        self.history.warning = warning if isinstance(warning, dict) else dict.fromkeys(LANGUAGES, warning)

    def generators(self) -> dict[str, Any]:
        """All random generators that the run draws from, by name."""
        callbacks = {f"callback {i}": callback for i, callback in enumerate(self.callbacks)}
        return generators_of(model=self.model, loss=self.loss, data=self.data, valid=self.valid, **callbacks)

    # --- an epoch ------------------------------------------------------------------------------------------------

    @property
    def goes_on(self) -> bool:
        """Whether there are epochs left and nothing has ended the run."""
        return self.epoch < self.epochs and not self.is_stopped

    def begin_epoch(self) -> None:
        """Turn to the next epoch, or, after an interruption, back to the one that was not finished."""
        self.epoch += 1
        if not self.batch:
            self._begin_sums()
            self._epoch_began = self.seconds

    def batches(self) -> Iterator[Any]:
        """The batches of this epoch that are still to come.

        An epoch that was interrupted needs the same order again: it is drawn from where the generators were at its
        beginning, and after that they are set to where they were at the interruption.
        """
        if self.batch:
            set_states(generators_of(data=self.data), self.order_states)
        elif self.is_kept:
            self.order_states = states_of(generators_of(data=self.data))
        batches = iter(self.data.batches(self.batch))
        if self.resumed_states:
            set_states(self.generators(), self.resumed_states)
            self.resumed_states = {}
        return batches

    def take_up(self, batch: Any) -> None:
        """Count a batch; TypeError where it is none."""
        if type(batch) is not tuple or len(batch) < 2:
            check_batch(batch, phrase("batch {number} of the data", number=self.batch + 1))
        self.batch += 1
        self.taken_up = batch

    def forward_and_backward(self, batch: Sequence[Tensor]) -> Tensor:
        """Predict, compare, go backward, and note the loss down; which is what it returns.

        Raises:
            DivergedError, GradientError, TypeError: as `note_loss`.
        """
        loss, prediction = self._pass(self.passes == 0, *batch)
        self._note_loss(loss, prediction, batch[-1])
        return loss

    def _one_pass(self, is_first: bool, *batch: Tensor) -> tuple[Tensor, Tensor | None]:
        """The loss of a batch, whose gradients are left at the parameters, and the prediction where metrics ask."""
        *inputs, target = batch
        prediction = self.model(*inputs)
        loss = self.loss(prediction, target)
        self._check_loss(loss)
        if is_first:
            self.optimizer.zero_grad()
        loss.backward()
        return loss, prediction if self.metrics else None

    def _check_loss(self, loss: Any) -> None:
        """GradientError E02 where the loss is not a single number, TypeError where it is no Tensor."""
        if not isinstance(loss, Tensor):
            raise TypeError(
                said(
                    "the loss returned a {kind}; it must return a Tensor, computed from the prediction",
                    kind=type(loss).__name__,
                )
            )
        if loss.size != 1:
            raise GradientError("E02", shape=loss.shape, detail="")

    def _note_loss(self, loss: Tensor, prediction: Any, target: Tensor) -> None:
        """Add a batch's loss and metrics to the epoch's means.

        Raises:
            DivergedError: the loss is NaN or infinite.
        """
        self.last_loss = value = loss.item()
        if not math.isfinite(value):
            raise self._diverged(None)
        numbers = {"loss": value}
        if self.metrics:
            numbers |= measured(self.metrics, prediction, target)
        self.means.add(numbers, target)

    def note_gradients(self) -> None:
        """Add the gradients' squared norms to the epoch's sums.

        Raises:
            DivergedError: one of them is NaN or infinite.
        """
        for name, parameter in self.parameters.items():
            gradient = parameter.grad
            if gradient is not None:
                square = squared_norm(gradient)
                if not math.isfinite(square):
                    raise self._diverged(name)
                self.squares[name] += square
        self.steps += 1

    def closure(self, loss: Tensor, batch: Sequence[Tensor]) -> Closure | None:
        """By what LBFGS computes the batch's loss and gradients at every point of its step; None for other optimizers.

        At the first point both are known already.
        """
        if not self._asks_again:
            return None
        known, (*inputs, target) = [loss], batch
        self._before = {name: parameter._data.copy() for name, parameter in self.parameters.items()}

        def evaluate() -> Tensor:
            if known:
                return known.pop()
            self.optimizer.zero_grad()
            loss: Tensor = self.loss(self.model(*inputs), target)
            loss.backward()
            return loss

        return evaluate

    def after_step(self) -> None:
        """All that follows a step within the epoch: schedule, callbacks, stopping rule.

        Raises:
            DivergedError: an optimizer that computes its own gradients ran into NaN or infinities with them.
        """
        if self._asks_again:
            self._check_step()
        self.passes = 0
        self.iteration += 1
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        if self._steps_by_batch:
            self._step_schedule(self.last_loss)
        for callback in self._looks_after_steps:
            callback.after_step(self)
        if self.stop is not None and self.batch < self.n_batches:
            self._ask_to_stop(self.last_loss, None, end_of_epoch=False)

    def end_epoch(self) -> None:
        """All that follows an epoch: validation, the history's row, schedule, stopping rule, callbacks."""
        self.optimizer.catch_up()  # before anybody looks at the parameters
        row = {"epoch": self.epoch, **self.means.values}
        valid_loss = None
        if self.valid is not None:
            row |= evaluate(self.model, self.loss, self.valid, self.metrics, prefix="valid_")
            valid_loss = row["valid_loss"]
        rates = self.rates[:1] if len(set(self.rates)) == 1 else self.rates
        row |= {f"lr_{i}" if i else "lr": float(rate) for i, rate in enumerate(rates)}
        row |= {"steps": self.steps, "seconds": self.seconds - self._epoch_began}
        row |= {NORM + name: math.sqrt(square / self.steps) for name, square in self.squares.items()}
        self.history.rows.append(row)
        self.batch = 0
        if self.schedule is not None and not self._steps_by_batch:
            self._step_schedule(row["loss"] if valid_loss is None else valid_loss)
        if self.stop is not None and not self.is_stopped:
            self._ask_to_stop(row["loss"], valid_loss, end_of_epoch=True)
        for callback in self.callbacks:
            callback.after_epoch(self)

    def _step_schedule(self, loss: float) -> None:
        if isinstance(self.schedule, LossScheduler):
            self.schedule.step(loss)
        else:
            self.schedule.step()

    def _ask_to_stop(self, loss: float, valid_loss: float | None, *, end_of_epoch: bool) -> None:
        parameters = list(self.parameters.values())
        progress = Progress(
            self.iteration, self.epoch, loss, valid_loss, parameters, self.seconds, end_of_epoch, self.buffers
        )
        rule = self.stop
        if rule is not None and rule.met(progress):
            self.end(*({lang: tell(lang) for lang in LANGUAGES} for tell in (rule.reason, rule.caution)))

    def _check_step(self) -> None:
        """Take back a step that made NaN or infinities of parameters; DivergedError then."""
        bad = next((name for name, p in self.parameters.items() if not np.isfinite(p._data).all()), None)
        if bad is None:
            return
        for name, parameter in self.parameters.items():
            parameter.data[...] = self._before[name]
        error = self._moment().error(in_all("bad step", name=bad), sudden(self.lr), bad)
        error.history = self.history
        raise error

    def _diverged(self, gradient_of: str | None) -> DivergedError:
        fault = where_not_finite(self.data, self.batch, self.taken_up)
        error = not_finite(dict(self.model.named_parameters()), gradient_of, fault, self._moment())
        error.history = self.history
        return error

    def _moment(self) -> Moment:
        return Moment(self.epoch, self.batch, self.iteration, self.lr, self.last_loss, self.history.loss)

    # --- the sums of an epoch that is not over yet ---------------------------------------------------------------

    def _begin_sums(self) -> None:
        self.means = Means()
        self.squares = dict.fromkeys(self.parameters, 0.0)
        self.steps = 0
        self._epoch_began = 0.0

    def sums(self) -> dict[str, Any]:
        """What the epoch that is not over yet has added up so far, for a checkpoint."""
        return {
            "means": dict(self.means.values),
            "weight": self.means.weight,
            "squares": dict(self.squares),
            "steps": self.steps,
            "epoch_began": self._epoch_began,
        }

    def go_on_from(self, sums: Mapping[str, Any]) -> None:
        """Take on what `sums()` gave."""
        self._begin_sums()
        self.means.values, self.means.weight = dict(sums["means"]), sums["weight"]
        self.squares, self.steps, self._epoch_began = dict(sums["squares"]), sums["steps"], sums["epoch_began"]


def as_callbacks(callbacks: Iterable[Callback | Callable[[Run], Any]]) -> list[Callback]:
    """Callbacks; plain functions are made into such.

    Raises:
        TypeError: one is neither.
    """
    listed = [callbacks] if isinstance(callbacks, Callback) or callable(callbacks) else list(callbacks)
    for callback in listed:
        if isinstance(callback, type) or not (isinstance(callback, Callback) or callable(callback)):
            raise TypeError(
                said(
                    "{callback!r} is no callback; give training.Callback objects, or functions of the run",
                    callback=callback,
                )
            )
    return [callback if isinstance(callback, Callback) else AfterEpoch(callback) for callback in listed]
