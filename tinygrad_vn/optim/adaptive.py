"""Optimizers that give every single number of a parameter its own step length: Adagrad, RMSprop, Adadelta.

They remember how large each number's gradients have been and divide by it, so that numbers with small gradients, the
factors of a film that few have rated for example, move as readily as those with large ones. Adagrad remembers all
gradients and so slows down for ever; RMSprop and Adadelta forget the old ones. `adam.py` adds momentum to this.
"""

from __future__ import annotations

from typing import Unpack

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.adam import approach, approach_square
from tinygrad_vn.optim.optimizer import (
    OnlyInPyTorch,
    Optimizer,
    Scratch,
    State,
    check_no_decay,
    check_not_negative,
    remembered,
)
from tinygrad_vn.optim.parameters import Parameters, ParamGroup


class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients.

        s ← s + g²
        p ← p − lr / (1 + (t − 1)·lr_decay) · g / (√s + eps)        at step t = 1, 2, …

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate.
        lr_decay: how fast it falls beside that.
        weight_decay: λ of the penalty ½·λ·‖p‖².
        initial_accumulator_value: s before the first step.
        eps: keeps the division defined.
        maximize: climb instead of descend.
        others: PyTorch's arguments that have no meaning here.

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
    Journal of Machine Learning Research 12, 2011.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
        **others: Unpack[OnlyInPyTorch],
    ) -> None:
        settings = {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps}
        settings |= {"initial_accumulator_value": initial_accumulator_value, "maximize": maximize}
        super().__init__(params, settings, others)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """The sum of squares."""
        return {"step": 0, "sum": np.full_like(p, group["initial_accumulator_value"])}

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """One step of the formulas above."""
        t = state["step"] = state["step"] + 1
        total, room = state["sum"], scratch[0]
        total += np.multiply(g, g, out=room)
        np.sqrt(total, out=room)
        room += group["eps"]
        np.divide(g, room, out=room)
        room *= group["lr"] / (1 + (t - 1) * group["lr_decay"])
        p -= room

    def update_rows(self, p: Values, rows: Values, g: Values, state: State, group: ParamGroup) -> None:
        """The same step for the rows that have a gradient; the others would not move anyway."""
        check_no_decay(group)
        t = state["step"] = state["step"] + 1
        state["sum"][rows] += g * g
        rate = group["lr"] / (1 + (t - 1) * group["lr_decay"])
        p[rows] -= rate * g / (np.sqrt(state["sum"][rows]) + group["eps"])


class RMSprop(Optimizer):
    """Divide by the root of a moving average of the squared gradients.

        s ← α·s + (1 − α)·g²
        p ← p − lr · g / (√s + eps)

    The lecture `002_8a50c176e41375fb.txt` has ε inside the root, p ← p − lr · g / √(s + ε), and calls α β: that is
    `RMSprop(…, alpha=β, eps_inside=True)`.

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate.
        alpha: how slowly the average forgets.
        eps: keeps the division defined.
        weight_decay: λ of the penalty ½·λ·‖p‖².
        momentum: the share of the velocity that is kept: b ← momentum·b + g / (√s + eps), p ← p − lr·b.
        centered: subtract the squared average of the gradients from s, which leaves their variance.
        maximize: climb instead of descend.
        eps_inside: True for √(s + eps) instead of √s + eps.
        others: PyTorch's arguments that have no meaning here.

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    A variance that rounding has made negative counts as 0; PyTorch's parameters become NaN there.

    Sources: Tieleman and Hinton, "Lecture 6.5 – RMSProp", Coursera 2012; centered: Graves, "Generating sequences with
    recurrent neural networks", arXiv 1308.0850, equations 38–45.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
        eps_inside: bool = False,
        **others: Unpack[OnlyInPyTorch],
    ) -> None:
        settings = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        settings |= {"centered": centered, "maximize": maximize, "eps_inside": eps_inside}
        super().__init__(params, settings, others)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "alpha", "eps", "weight_decay", "momentum")
        if group["alpha"] > 1:
            raise ValueError(f"alpha={group['alpha']} makes no sense; it must be 1 or less")

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """The averages, and the velocity where there is momentum."""
        state = {"step": 0, "square_avg": np.zeros_like(p)}
        state |= {"grad_avg": np.zeros_like(p)} if group["centered"] else {}
        return state | ({"momentum_buffer": np.zeros_like(p)} if group["momentum"] else {})

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """One step of the formulas above."""
        state["step"] += 1
        square, alpha, room = state["square_avg"], group["alpha"], scratch[0]
        approach_square(square, alpha, g, room)
        if group["centered"]:
            mean = remembered(state, "grad_avg", p)
            approach(mean, alpha, g, room)
            np.subtract(square, np.multiply(mean, mean, out=room), out=room)
            square = np.maximum(room, 0, out=room)
        if group["eps_inside"]:
            np.sqrt(np.add(square, group["eps"], out=room), out=room)
        else:
            np.sqrt(square, out=room)
            room += group["eps"]
        np.divide(g, room, out=room)
        if group["momentum"]:
            velocity = remembered(state, "momentum_buffer", p)
            velocity *= group["momentum"]
            velocity += room
            np.multiply(velocity, group["lr"], out=room)
        else:
            room *= group["lr"]
        p -= room


class Adadelta(Optimizer):
    """Steps as long as the recent steps, where the gradient is as large as the recent gradients.

        s ← ρ·s + (1 − ρ)·g²
        d = √(a + eps) / √(s + eps) · g
        a ← ρ·a + (1 − ρ)·d²
        p ← p − lr · d

    d has the unit of p whatever the unit of the loss; so lr = 1 will often do.

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate.
        rho: ρ, how slowly the averages forget.
        eps: keeps the division defined, and makes the first steps possible.
        weight_decay: λ of the penalty ½·λ·‖p‖².
        maximize: climb instead of descend.
        others: PyTorch's arguments that have no meaning here.

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method", arXiv 1212.5701, algorithm 1.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        **others: Unpack[OnlyInPyTorch],
    ) -> None:
        settings = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, settings, others)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "rho", "eps", "weight_decay")
        if group["rho"] > 1:
            raise ValueError(f"rho={group['rho']} makes no sense; it must be 1 or less")

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """Both averages, from 0."""
        return {"step": 0, "square_avg": np.zeros_like(p), "acc_delta": np.zeros_like(p)}

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """One step of the formulas above."""
        state["step"] += 1
        square, deltas, eps, (room, delta) = state["square_avg"], state["acc_delta"], group["eps"], scratch
        approach_square(square, group["rho"], g, room)
        np.sqrt(np.add(square, eps, out=room), out=room)
        np.divide(g, room, out=delta)
        np.sqrt(np.add(deltas, eps, out=room), out=room)
        delta *= room
        approach_square(deltas, group["rho"], delta, room)
        delta *= group["lr"]
        p -= delta
