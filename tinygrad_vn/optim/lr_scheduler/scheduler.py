"""What all schedules share: the optimizer whose rates they set, the count of their steps, and their state.

A subclass says in one method, `get_lr`, which rates follow. It may compute them from the rates at the start
(`base_lrs`), or from those that the optimizer has now. The latter is what lets several schedules of one optimizer work
together, and it is why a rate that was changed by hand stays changed.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.modes import is_effect
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.parameters import ParamGroup
from tinygrad_vn.phrases import said

Interval = Literal["epoch", "batch"]


class LRScheduler(ABC):
    """Base class of all schedules.

    Args:
        optimizer: whose rates are set, in all of its groups; the first rates are set at once.
        last_epoch: how many steps were taken before, less one: −1 for a new schedule. Otherwise every group must have
            its "initial_lr", as it has after loading an optimizer that was scheduled before. It is simpler to make a
            new schedule and `load_state_dict`.

    Attributes:
        interval: when `fit` calls `step()`, after each "epoch" or after each "batch"; may be set on any schedule.
        base_lrs: the rates at the start, one per group.
        last_epoch: the number of steps taken; 0 for a new schedule.

    Raises:
        TypeError: the optimizer is something else.
        ValueError: a group has no "initial_lr" though last_epoch is not −1.
    """

    interval: Interval = "epoch"

    _not_saved: ClassVar[frozenset[str]] = frozenset({"optimizer", "interval", "_is_initial", "_began_too_early"})

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked(optimizer, type(self))
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ValueError(
                    said(
                        "last_epoch={last_epoch} continues a schedule, but param_groups[{i}] has no 'initial_lr': "
                        "load the optimizer's state first, or leave last_epoch out",
                        last_epoch=last_epoch,
                        i=i,
                    )
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._began_too_early: bool | None = None
        self._is_initial = True
        self._advance()
        self._is_initial = False

    @abstractmethod
    def get_lr(self) -> list[float]:
        """The rates at step `last_epoch`, one per group, while the optimizer still has those of the step before."""

    @is_effect
    def step(self) -> None:
        """Go on to the next rates: after `optimizer.step()`, once per `interval`."""
        self._notice_order()
        self._advance()

    def get_last_lr(self) -> list[float]:
        """The present rates, as this schedule set them, one per group."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """The settings and the position, as copies; functions and the optimizer are not among them."""
        return {key: copy.deepcopy(value) for key, value in vars(self).items() if key not in self._not_saved}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where another schedule of this kind had come to; the rates come with the optimizer's own state.

        Raises:
            ValueError: it is the state of something else; nothing is changed.
        """
        self._check_state(state_dict)
        vars(self).update(copy.deepcopy(dict(state_dict)))

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        own = self.state_dict()
        if state_dict.keys() != own.keys():
            wrong = ", ".join(sorted(map(repr, state_dict.keys() ^ own.keys())))
            name = type(self).__name__
            raise ValueError(
                said("this is not the state of a {kind}: {wrong} missing or too many", kind=name, wrong=wrong)
            )
        if len(state_dict["base_lrs"]) != len(own["base_lrs"]):
            theirs, ours = len(state_dict["base_lrs"]), len(own["base_lrs"])
            raise ValueError(
                said(
                    "the saved state is for {theirs} groups of parameters, this schedule has {ours}",
                    theirs=theirs,
                    ours=ours,
                )
            )

    def _advance(self) -> None:
        """One step, without looking at the order of calls."""
        self.last_epoch += 1
        self._set_rates(self.get_lr())

    def _start_over(self) -> None:
        """Begin again with the rates of the start: what SequentialLR does when this schedule's turn comes."""
        for group, base in self._groups_and_bases():
            group["lr"] = base
        self.last_epoch = -1
        self._is_initial = True
        self._advance()
        self._is_initial = False

    def _set_rates(self, rates: Sequence[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = self._present_rates()

    def _present_rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def _scaled(self, factor: float) -> list[float]:
        """The present rates times a factor."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _groups_and_bases(self) -> Iterator[tuple[ParamGroup, float]]:
        """Every group with its rate at the start."""
        groups = self.optimizer.param_groups
        if len(groups) != len(self.base_lrs):
            raise ValueError(
                said(
                    "{kind} was made for {before} groups of parameters, the optimizer has {now} by now: add groups "
                    "before making the schedule",
                    kind=type(self).__name__,
                    before=len(self.base_lrs),
                    now=len(groups),
                )
            )
        return zip(groups, self.base_lrs, strict=True)

    def _notice_order(self) -> None:
        """Warn, once, where the first `step()` came before the optimizer's: then no step was taken at the first rate.

        Only at the second `step()` is it certain. Whoever never calls the optimizer just looks at the rates.
        """
        has_begun = bool(self.optimizer.state)
        if self._began_too_early is None:
            self._began_too_early = not has_begun
        elif self._began_too_early and has_begun:
            self._began_too_early = False
            text = (
                "{schedule}.step() came before the first optimizer.step(), so no step was taken at the first learning "
                "rate. Call optimizer.step() first, schedule.step() after it."
            )
            warn_user(UserWarning(said(text, schedule=type(self).__name__)))


def checked(optimizer: Any, schedule: type[Any]) -> Optimizer:
    """The optimizer; TypeError where it is something else."""
    if not isinstance(optimizer, Optimizer):
        given = type(optimizer).__name__
        raise TypeError(said("{kind} schedules an optimizer, not a {given}", kind=schedule.__name__, given=given))
    return optimizer


def per_group(name: str, value: Any, optimizer: Optimizer) -> list[float]:
    """A setting for every group: one number for all, or as many numbers as there are groups."""
    n_groups = len(optimizer.param_groups)
    if not isinstance(value, Sequence):
        return [value] * n_groups
    if len(value) != n_groups:
        raise ValueError(
            said(
                "{name} has {count} numbers, the optimizer has {groups} groups of parameters",
                name=name,
                count=len(value),
                groups=n_groups,
            )
        )
    return list(value)
