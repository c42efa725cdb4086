"""Schedules that watch the loss: lower the rate where it no longer falls, or where it has fallen far enough.

Their `step` is told the loss. Which one is up to the caller; mostly that of data that is not learned from.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Literal, SupportsFloat

from tinygrad_vn.modes import is_effect
from tinygrad_vn.optim.lr_scheduler.scheduler import LRScheduler, checked, per_group
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.settings import check_choice, check_finite, check_not_negative, out_of_range
from tinygrad_vn.phrases import said


class LossScheduler(LRScheduler):
    """Base class of the schedules whose `step` is told the loss; a new one leaves the rates as they are."""

    @abstractmethod
    @is_effect
    def step(self, metrics: SupportsFloat) -> None:  # type: ignore[override]  # as in PyTorch
        """Take note of the loss, and change the rates where that is due."""

    def get_lr(self) -> list[float]:
        """The present rates: they change in `step` only."""
        return self._present_rates()


class ReduceLROnPlateau(LossScheduler):
    """Times `factor` where the loss has not improved for more than `patience` steps.

    Args:
        optimizer: whose rates are set.
        mode: "min" where a smaller value is better, a loss, or "max", an accuracy.
        factor: what the rates are multiplied with, below 1.
        patience: how many steps without improvement are allowed.
        threshold: what counts as an improvement: in "rel" mode a value below best · (1 − threshold), in "abs" mode
            one below best − threshold; above and with + in "max" mode.
        threshold_mode: "rel" or "abs".
        cooldown: how many steps after a change are not counted.
        min_lr: no rate goes below this, or one for every group.
        eps: a change by this or less is left out.

    Attributes:
        best: the best value so far.
        num_bad_epochs: the steps without improvement.

    Raises:
        ValueError: a setting is out of its range.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        checked(optimizer, ReduceLROnPlateau)
        check_not_negative(
            {"factor": factor, "patience": patience, "cooldown": cooldown}, "factor", "patience", "cooldown"
        )
        check_finite({"threshold": threshold, "eps": eps}, "threshold", "eps")
        if factor >= 1:
            raise out_of_range("factor", factor, said("below 1"))
        check_choice("mode", mode, "min", "max")
        check_choice("threshold_mode", threshold_mode, "rel", "abs")
        self.mode, self.factor, self.patience = mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.eps = cooldown, eps
        self.min_lrs = per_group("min_lr", min_lr, optimizer)
        self.best = math.inf if mode == "min" else -math.inf
        self.cooldown_counter = 0
        self.num_bad_epochs = 0
        super().__init__(optimizer)

    @is_effect
    def step(self, metrics: SupportsFloat) -> None:  # type: ignore[override]
        """Take note of a value, a number or a Tensor of one element, and lower the rates where patience is at an end.

        Raises:
            ValueError: the optimizer was given more groups since.
        """
        value = float(metrics)
        self.last_epoch += 1
        if self._is_better(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self._present_rates()

    def _reduce(self) -> None:
        for (group, _), least in zip(self._groups_and_bases(), self.min_lrs, strict=True):
            lower = max(group["lr"] * self.factor, least)
            if group["lr"] - lower > self.eps:
                group["lr"] = lower

    def _is_better(self, value: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "rel":
            limit = self.best * (1.0 + sign * self.threshold)
        else:
            limit = self.best + sign * self.threshold
        return value > limit if sign > 0 else value < limit


class LossThresholds(LossScheduler):
    """Another rate as soon as the loss falls below a threshold: what one does by hand, watching the numbers.

        schedule = LossThresholds(optimizer, {1.6: 50.0, 1.4: 30.0})

    starts with the optimizer's own rate, takes 50 once the loss is below 1.6, and 30 once it is below 1.4. A threshold
    that was passed stays passed: where the loss rises again, the rate does not, so it cannot flap to and fro.

    Args:
        optimizer: whose rates are set.
        rates: the new rate by threshold, in any order; one number for all groups, or one for each.

    Attributes:
        passed: how many thresholds were passed.

    Raises:
        ValueError: there are no thresholds, or a rate is negative or does not fit the number of groups.

    Source: the report `000_12180da503bfe391.txt` factorizes a 501×100 table with learning rate 100 and these two
    numbers. It writes them as `if error < 1.6: … elif error < 1.4: …`, where the second case can never happen, since
    what is below 1.4 is below 1.6 too; its loss stayed at 1.5545 anyhow.
    """

    def __init__(self, optimizer: Optimizer, rates: Mapping[float, float | Sequence[float]]) -> None:
        checked(optimizer, LossThresholds)
        if not rates:
            raise ValueError(said("LossThresholds needs a rate for at least one threshold, such as {{1.6: 50.0}}"))
        self.thresholds = sorted((float(threshold) for threshold in rates), reverse=True)
        self.rates = [
            per_group(said("the rate below {threshold}", threshold=t), rates[t], optimizer) for t in self.thresholds
        ]
        for rate in (rate for group_rates in self.rates for rate in group_rates):
            check_not_negative({"lr": rate}, "lr")
        if any(math.isnan(threshold) for threshold in self.thresholds):
            given = str(dict(rates))
            raise ValueError(said("no loss is below NaN: {rates} needs numbers as thresholds", rates=given))
        self.passed = 0
        super().__init__(optimizer)

    @is_effect
    def step(self, metrics: SupportsFloat) -> None:  # type: ignore[override]
        """Take note of the loss, a number or a Tensor of one element, and take the rate below the thresholds passed.

        Raises:
            ValueError: the optimizer was given more groups since.
        """
        loss = float(metrics)
        self.last_epoch += 1
        passed = sum(loss < threshold for threshold in self.thresholds)
        if passed > self.passed:
            self.passed = passed
            for (group, _), rate in zip(self._groups_and_bases(), self.rates[passed - 1], strict=True):
                group["lr"] = rate
        self._last_lr = self._present_rates()
