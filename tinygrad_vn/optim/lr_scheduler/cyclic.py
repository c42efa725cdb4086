"""Schedules that go up and down: the cosine with restarts, and the one big cycle.

Their rates follow from the number of steps alone, not from the present rates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, Literal

from tinygrad_vn.modes import is_effect
from tinygrad_vn.optim.lr_scheduler.scheduler import LRScheduler, checked, per_group
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.parameters import ParamGroup
from tinygrad_vn.optim.settings import check_choice, check_not_negative, out_of_range, positive_whole
from tinygrad_vn.phrases import said


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine down to `eta_min`, back to the start in one leap, and the same again, over longer and longer times.

        η = η_min + ½ (η₀ − η_min) (1 + cos(π T_cur / T_i))     T_cur steps after the last restart, T_i to the next

    Args:
        optimizer: whose rates are set.
        T_0: the number of steps to the first restart.
        T_mult: how many times as long every further run is.
        eta_min: the lowest rate.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Raises:
        ValueError: T_0 or T_mult is no whole number above 0, or eta_min is negative or not finite.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, formula 5. Form
    and defaults are PyTorch's; with `last_epoch` it goes on where that epoch is, also where T_mult is above 1.
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        check_not_negative({"eta_min": eta_min}, "eta_min")
        self.T_0 = self.T_i = positive_whole("T_0", T_0)
        self.T_mult = positive_whole("T_mult", T_mult)
        self.eta_min = eta_min
        self.T_cur: float = 0
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The formula above, for every group."""
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (base - self.eta_min) * height / 2 for _, base in self._groups_and_bases()]

    @is_effect
    def step(self, epoch: float | None = None) -> None:
        """Go on to the next rates, or to those of an epoch, which may be a fraction: `step(epoch + i / len(loader))`.

        Raises:
            ValueError: the epoch is negative.
        """
        self._notice_order()
        if epoch is None:
            self._advance()
            return
        if epoch < 0:
            raise out_of_range("epoch", epoch, said("{least} or more", least=0))
        self._go_to(epoch)

    def _advance(self) -> None:
        self._go_to(self.last_epoch + 1)

    def _go_to(self, epoch: float) -> None:
        self.T_cur, self.T_i = epoch, self.T_0
        if self.T_mult == 1:
            self.T_cur %= self.T_0
        while self.T_cur >= self.T_i:
            self.T_cur -= self.T_i
            self.T_i *= self.T_mult
        self.last_epoch = math.floor(epoch)
        self._set_rates(self.get_lr())


class OneCycleLR(LRScheduler):
    """One cycle over the whole training, stepped after every batch: up to a large rate, then down to almost none.

    The momentum goes the other way, down while the rate goes up, where the optimizer has one (`momentum`, or β₁).

    Args:
        optimizer: whose rates are set; its own are replaced by max_lr / div_factor.
        max_lr: the largest rate, or one for every group.
        total_steps: the number of batches in all; or give both of the following.
        epochs: the number of epochs.
        steps_per_epoch: the number of batches in an epoch, `len(loader)`.
        pct_start: the share of the steps on the way up.
        anneal_strategy: "cos" or "linear", the shape of the ways up and down.
        cycle_momentum: whether to change the momentum too.
        base_momentum: the momentum at the largest rate, or one for every group.
        max_momentum: the momentum at the start and the end, or one for every group.
        div_factor: the largest rate divided by the first.
        final_div_factor: the first rate divided by the last.
        three_phase: go back to the first rate in as many steps as it took to go up, and only then to the last.
        last_epoch: −1 for a new schedule, see `LRScheduler`.

    Raises:
        ValueError: the number of steps is not given, or a setting is out of its range, or the optimizer has no
            momentum; in `step()`, the cycle is over. The rates for `total_steps` batches are those at t = 0 to
            total_steps − 1; one further `step()`, after the last batch, is allowed.

    Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates",
    2017. Form and defaults are PyTorch's, in two phases as fast.ai has them; the paper has three. That further
    `step()` sets what PyTorch sets, which along a line lies below 0: take no step of the optimizer with it.
    """

    interval = "batch"

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        checked(optimizer, OneCycleLR)
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        if not 0 <= pct_start <= 1:
            raise out_of_range("pct_start", pct_start, said("from 0 to 1"))
        check_choice("anneal_strategy", anneal_strategy, *ANNEALING)
        self.anneal_strategy = anneal_strategy
        self.cycle_momentum = cycle_momentum
        if cycle_momentum and not {"momentum", "betas"} & optimizer.defaults.keys():
            name = type(optimizer).__name__
            raise ValueError(said("{optimizer} has no momentum to change; write cycle_momentum=False", optimizer=name))
        peak = pct_start * self.total_steps - 1
        self.turns = [peak, 2 * peak, self.total_steps - 1] if three_phase else [peak, self.total_steps - 1]
        highest = per_group("max_lr", max_lr, optimizer)
        for rate in highest:
            check_not_negative({"max_lr": rate}, "max_lr")
        first = [rate / div_factor for rate in highest]
        last = [rate / final_div_factor for rate in first]
        self.rates = [first, highest, first, last] if three_phase else [first, highest, last]
        high = per_group("max_momentum", max_momentum, optimizer)
        low = per_group("base_momentum", base_momentum, optimizer)
        self.momenta = [high, low, high, high] if three_phase else [high, low, high]
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, first, strict=True):
                group["initial_lr"] = rate
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The rates at this step; sets the momenta on the way.

        Raises:
            ValueError: the cycle is over.
        """
        if self.last_epoch > self.total_steps:
            raise ValueError(
                said(
                    "step number {number} of a cycle of {total}: total_steps is the number of batches in all epochs "
                    "together, one step() each",
                    number=self.last_epoch,
                    total=self.total_steps,
                )
            )
        phase = next((i for i, turn in enumerate(self.turns) if self.last_epoch <= turn), len(self.turns) - 1)
        begin, end = [0.0, *self.turns][phase], self.turns[phase]
        share = (self.last_epoch - begin) / (end - begin) if end != begin else 1.0
        anneal = ANNEALING[self.anneal_strategy]
        groups = list(self._groups_and_bases())
        if self.cycle_momentum:
            for i, (group, _) in enumerate(groups):
                _set_momentum(group, anneal(self.momenta[phase][i], self.momenta[phase + 1][i], share))
        return [anneal(self.rates[phase][i], self.rates[phase + 1][i], share) for i in range(len(groups))]


def _total_steps(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        return positive_whole("total_steps", total_steps)
    if epochs is None or steps_per_epoch is None:
        raise ValueError(said("OneCycleLR must know its length: give total_steps, or epochs and steps_per_epoch"))
    return positive_whole("epochs", epochs) * positive_whole("steps_per_epoch", steps_per_epoch)


def _set_momentum(group: ParamGroup, momentum: float) -> None:
    """The momentum of SGD and its like, β₁ of Adam and its like."""
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


def _along_cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def _along_line(start: float, end: float, share: float) -> float:
    return (end - start) * share + start


ANNEALING: Final[dict[str, Callable[[float, float, float], float]]] = {"cos": _along_cosine, "linear": _along_line}
