"""One schedule after the other: warm up along a line, say, and then go down along a cosine."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from tinygrad_vn.optim.lr_scheduler.by_loss import LossScheduler
from tinygrad_vn.optim.lr_scheduler.scheduler import LRScheduler, checked
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.settings import whole_numbers
from tinygrad_vn.phrases import said


class SequentialLR(LRScheduler):
    """Several schedules, each from its milestone on, where it begins with the rate of the start.

        warm_up = LinearLR(optimizer, 0.1, total_iters=5)
        descent = CosineAnnealingLR(optimizer, T_max=95)
        schedule = SequentialLR(optimizer, [warm_up, descent], milestones=[5])

    Args:
        optimizer: whose rates are set.
        schedulers: schedules of this optimizer; only this one is stepped, not those.
        milestones: the steps at which the second, third, … begins, in rising order.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Its `interval` is "batch" where one of theirs is.

    Raises:
        TypeError: one of them is no schedule.
        ValueError: there are none, the numbers of schedules and milestones do not fit, the milestones do not rise or
            are no whole numbers, or a schedule belongs to another optimizer or must be told the loss.
    """

    _not_saved = LRScheduler._not_saved | {"_schedulers"}

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        checked(optimizer, SequentialLR)
        if not schedulers:
            raise ValueError(said("SequentialLR needs schedules, such as [LinearLR(optimizer), StepLR(optimizer, 30)]"))
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                said(
                    "{count} schedules need {needed} milestones between them, not {given}",
                    count=len(schedulers),
                    needed=len(schedulers) - 1,
                    given=len(milestones),
                )
            )
        for i, schedule in enumerate(schedulers):
            _check_part(i, schedule, optimizer)
        milestones = whole_numbers("milestones", milestones)
        if milestones != sorted(milestones):
            raise ValueError(said("milestones={milestones} must rise", milestones=milestones))
        if any(schedule.interval == "batch" for schedule in schedulers):
            self.interval = "batch"
        self._schedulers = list(schedulers)
        self._milestones = milestones
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The rates that the schedule whose turn it is sets."""
        turn = bisect_right(self._milestones, self.last_epoch)
        schedule = self._schedulers[turn]
        if self.last_epoch == 0 or self.last_epoch in self._milestones:
            schedule._start_over()
        else:
            schedule._advance()
        return schedule.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        """Its position, and the states of its schedules under "_schedulers"."""
        return {**super().state_dict(), "_schedulers": [schedule.state_dict() for schedule in self._schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where another one of the same schedules had come to.

        Raises:
            ValueError: it is the state of something else; nothing is changed.
        """
        self._check_state(state_dict)
        own = {key: value for key, value in state_dict.items() if key != "_schedulers"}
        vars(self).update(copy.deepcopy(own))
        for schedule, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            schedule.load_state_dict(state)

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        super()._check_state(state_dict)
        theirs = state_dict["_schedulers"]
        if len(theirs) != len(self._schedulers):
            raise ValueError(
                said(
                    "the saved state is of {theirs} schedules, not of {ours}",
                    theirs=len(theirs),
                    ours=len(self._schedulers),
                )
            )
        for schedule, state in zip(self._schedulers, theirs, strict=True):
            schedule._check_state(state)


def _check_part(i: int, schedule: Any, optimizer: Optimizer) -> None:
    """TypeError where a part is no schedule, ValueError where it must be told the loss or belongs elsewhere."""
    kind = type(schedule).__name__
    if not isinstance(schedule, LRScheduler):
        raise TypeError(said("schedulers[{i}] is no schedule, but of type {kind}", i=i, kind=kind))
    if isinstance(schedule, LossScheduler):
        raise ValueError(said("schedulers[{i}], {kind}, must be told the loss: step it by itself", i=i, kind=kind))
    if schedule.optimizer is not optimizer:
        raise ValueError(said("schedulers[{i}] belongs to another optimizer", i=i))
