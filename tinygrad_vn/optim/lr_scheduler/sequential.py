"""One schedule after the other: warm up along a line, say, and then go down along a cosine."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from tinygrad_vn.optim.lr_scheduler.by_loss import LossScheduler
from tinygrad_vn.optim.lr_scheduler.scheduler import LRScheduler, checked
from tinygrad_vn.optim.optimizer import Optimizer


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
        ValueError: the numbers of schedules and milestones do not fit, the milestones do not rise, or a schedule
            belongs to another optimizer or must be told the loss.
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
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"{len(schedulers)} schedules need {max(len(schedulers) - 1, 0)} milestones between them, "
                f"not {len(milestones)}"
            )
        for i, schedule in enumerate(schedulers):
            if isinstance(schedule, LossScheduler):
                raise ValueError(
                    f"schedulers[{i}], {type(schedule).__name__}, must be told the loss: step it by itself"
                )
            if schedule.optimizer is not optimizer:
                raise ValueError(f"schedulers[{i}] belongs to another optimizer")
        if list(milestones) != sorted(milestones):
            raise ValueError(f"milestones={list(milestones)} must rise")
        if any(schedule.interval == "batch" for schedule in schedulers):
            self.interval = "batch"
        self._schedulers = list(schedulers)
        self._milestones = list(milestones)
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
            raise ValueError(f"the saved state is of {len(theirs)} schedules, not of {len(self._schedulers)}")
        for schedule, state in zip(self._schedulers, theirs, strict=True):
            schedule._check_state(state)
