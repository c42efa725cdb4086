"""Schedules that run through once: in steps, exponentially, by a formula, along a line or half a cosine.

η₀ is the rate at the start, t the number of steps taken, 0 at first. The formulas say what comes out where a schedule
is alone; all but `LambdaLR` get there by multiplying the present rate, so that they can be combined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from tinygrad_vn.optim.lr_scheduler.scheduler import LRScheduler, checked
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.settings import check_not_negative, out_of_range, positive_whole, whole_numbers
from tinygrad_vn.phrases import said


class LambdaLR(LRScheduler):
    """A formula of one's own: ηₜ = η₀ · f(t).

    Args:
        optimizer: whose rates are set.
        lr_lambda: f, or one for every group.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    The functions are not part of `state_dict()`: give them again when resuming.

    Raises:
        ValueError: there are not as many functions as groups.
    """

    _not_saved = LRScheduler._not_saved | {"_functions"}

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        n_groups = len(checked(optimizer, LambdaLR).param_groups)
        self._functions = list(lr_lambda) if isinstance(lr_lambda, Sequence) else [lr_lambda] * n_groups
        if len(self._functions) != n_groups:
            count = len(self._functions)
            raise ValueError(
                said("lr_lambda has {count} functions, the optimizer has {groups} groups", count=count, groups=n_groups)
            )
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """η₀ · f(t)."""
        pairs = zip(self._groups_and_bases(), self._functions, strict=True)
        return [base * float(function(self.last_epoch)) for (_, base), function in pairs]


class StepLR(LRScheduler):
    """Times `gamma` after every `step_size` steps: ηₜ = η₀ · γ^⌊t / step_size⌋.

    Args:
        optimizer: whose rates are set.
        step_size: the number of steps between two changes.
        gamma: the factor γ.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Raises:
        ValueError: step_size is no whole number above 0, or gamma is negative or not finite.
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        check_not_negative({"gamma": gamma}, "gamma")
        self.step_size = positive_whole("step_size", step_size)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The present rates, times γ every `step_size` steps."""
        is_due = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return self._scaled(self.gamma) if is_due else self._present_rates()


class MultiStepLR(LRScheduler):
    """Times `gamma` at every milestone: ηₜ = η₀ · γ^(number of milestones up to t).

    Args:
        optimizer: whose rates are set.
        milestones: the numbers of the steps; one that is named twice counts twice.
        gamma: the factor γ.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Raises:
        ValueError: a milestone is no whole number, or gamma is negative or not finite.
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        check_not_negative({"gamma": gamma}, "gamma")
        self.milestones = sorted(whole_numbers("milestones", milestones))
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The present rates, times γ for every milestone at this step."""
        times = self.milestones.count(self.last_epoch)
        return self._scaled(self.gamma**times) if times else self._present_rates()


class ExponentialLR(LRScheduler):
    """Times `gamma` at every step: ηₜ = η₀ · γᵗ.

    Args:
        optimizer: whose rates are set.
        gamma: the factor γ.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Raises:
        ValueError: gamma is negative or not finite.
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        check_not_negative({"gamma": gamma}, "gamma")
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The present rates, times γ."""
        return self._present_rates() if self._is_initial else self._scaled(self.gamma)


class LinearLR(LRScheduler):
    """A straight line between two multiples of the rate, mostly to warm up: small steps first.

        ηₜ = η₀ · (a + (b − a) · min(t, n) / n)     a = start_factor, b = end_factor, n = total_iters

    Args:
        optimizer: whose rates are set.
        start_factor: a, above 0 and at most 1.
        end_factor: b, from 0 to 1.
        total_iters: n, the number of steps of the line; the rate stays as it is afterwards.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Raises:
        ValueError: a factor is out of its range, or total_iters is no whole number above 0.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise out_of_range("start_factor", start_factor, said("above 0 and at most 1"))
        if not 0 <= end_factor <= 1:
            raise out_of_range("end_factor", end_factor, said("from 0 to 1"))
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = positive_whole("total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The present rates, times what takes them from one point of the line to the next."""
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._present_rates()
        rise = self.end_factor - self.start_factor
        return self._scaled(1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise))


class CosineAnnealingLR(LRScheduler):
    """Down to `eta_min` along half a cosine in `T_max` steps, and up again in as many if it goes on.

        ηₜ = η_min + ½ (η₀ − η_min) (1 + cos(π t / T_max))

    Args:
        optimizer: whose rates are set.
        T_max: the number of steps down.
        eta_min: the lowest rate.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Raises:
        ValueError: T_max is no whole number above 0, or eta_min is negative or not finite.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, formula 5,
    without the restarts.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        check_not_negative({"eta_min": eta_min}, "eta_min")
        self.T_max = positive_whole("T_max", T_max)
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The present rates' distance from η_min, times the ratio of the cosine's height to that of the step before."""
        if self._is_initial:
            return self._present_rates()
        if (self.last_epoch - 1) % (2 * self.T_max) == self.T_max:  # the height was 0, so there is no ratio
            first = (1 - math.cos(math.pi / self.T_max)) / 2
            return [group["lr"] + (base - self.eta_min) * first for group, base in self._groups_and_bases()]
        ratio = self._height(self.last_epoch) / self._height(self.last_epoch - 1)
        return [ratio * (rate - self.eta_min) + self.eta_min for rate in self._present_rates()]

    def _height(self, t: int) -> float:
        return 1 + math.cos(math.pi * t / self.T_max)
