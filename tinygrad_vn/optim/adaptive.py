"""Optimizers that give every single number of a parameter its own step length: Adagrad, RMSprop, Adadelta.

They remember how large each number's gradients have been and divide by it, so that numbers with small gradients, the
factors of a film that few have rated for example, move as readily as those with large ones. Adagrad remembers all
gradients and so slows down for ever; RMSprop and Adadelta forget the old ones. `adam.py` adds momentum to this.
"""

from __future__ import annotations

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.adam import approach, approach_square
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.pack import Scratch
from tinygrad_vn.optim.parameters import Parameters, ParamGroup
from tinygrad_vn.optim.settings import check_flags, check_not_negative, out_of_range
from tinygrad_vn.optim.state import State, remembered
from tinygrad_vn.phrases import said
from tinygrad_vn.sparse import RowGradient


class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients.

        s ← s + g²
        p ← p − lr / (1 + (t − 1)·lr_decay) · g / (√s + eps)        at step t = 1, 2, …

    Args:
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        lr: the learning rate (default: 1e-2).
        lr_decay: how fast it falls beside that (default: 0.0).
        weight_decay: λ of the penalty ½·λ·‖p‖² (default: 0.0).
        initial_accumulator_value: s before the first step (default: 0.0).
        eps: keeps the division defined (default: 1e-10).
        maximize: climb instead of descend (default: False).
        only_in_pytorch: PyTorch's `foreach`, `fused`, `capturable`, `differentiable`, as long as they are False.

    Example:
        optimizer = optim.Adagrad(model.parameters(), lr=0.01)
        for x, y in batches:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
    Journal of Machine Learning Research 12, 2011.
    """

    elementwise = True

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
        **only_in_pytorch: bool,
    ) -> None:
        settings = {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps}
        settings |= {"initial_accumulator_value": initial_accumulator_value, "maximize": maximize}
        super().__init__(params, settings, only_in_pytorch)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")
        check_flags(group, "maximize")

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

    def update_rows(self, p: Values, gradient: RowGradient, state: State, group: ParamGroup) -> None:
        """The same step for the rows that have a gradient; the others would not move anyway."""
        t = state["step"] = state["step"] + 1
        once = gradient.coalesce()
        rows, g = once.indices, once.values
        total, room = state["sum"].take(rows, axis=0), g * g
        total += room
        state["sum"][rows] = total
        np.sqrt(total, out=room)
        room += group["eps"]
        np.divide(g, room, out=room)
        room *= group["lr"] / (1 + (t - 1) * group["lr_decay"])
        p[rows] = p.take(rows, axis=0) - room


class RMSprop(Optimizer):
    """Divide by the root of a moving average of the squared gradients.

        s ← α·s + (1 − α)·g²
        p ← p − lr · g / (√s + eps)

    The lecture `002_8a50c176e41375fb.txt` has ε inside the root, p ← p − lr · g / √(s + ε), and calls α β: that is
    `RMSprop(…, alpha=β, eps_inside=True)`.

    Args:
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        lr: the learning rate (default: 1e-2).
        alpha: how slowly the average forgets (default: 0.99).
        eps: keeps the division defined (default: 1e-8).
        weight_decay: λ of the penalty ½·λ·‖p‖² (default: 0.0).
        momentum: the share of the velocity that is kept: b ← momentum·b + g / (√s + eps), p ← p − lr·b (default: 0.0).
        centered: subtract the squared average of the gradients from s, which leaves their variance (default: False).
        maximize: climb instead of descend (default: False).
        eps_inside: True for √(s + eps) instead of √s + eps (default: False).
        only_in_pytorch: PyTorch's `foreach`, `fused`, `capturable`, `differentiable`, as long as they are False.

    Example:
        optimizer = optim.RMSprop(model.parameters(), lr=0.01)
        for x, y in batches:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    A variance that rounding has made negative counts as 0; PyTorch's parameters become NaN there.

    Sources: Tieleman and Hinton, "Lecture 6.5 – RMSProp", Coursera 2012; centered: Graves, "Generating sequences with
    recurrent neural networks", arXiv 1308.0850, equations 38–45.
    """

    elementwise = True

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
        **only_in_pytorch: bool,
    ) -> None:
        settings = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        settings |= {"centered": centered, "maximize": maximize, "eps_inside": eps_inside}
        super().__init__(params, settings, only_in_pytorch)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "alpha", "eps", "weight_decay", "momentum")
        check_flags(group, "centered", "maximize", "eps_inside")
        if group["alpha"] > 1:
            raise out_of_range("alpha", group["alpha"], said("1 or less"))

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
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        lr: the learning rate (default: 1.0).
        rho: ρ, how slowly the averages forget (default: 0.9).
        eps: keeps the division defined, and makes the first steps possible (default: 1e-6).
        weight_decay: λ of the penalty ½·λ·‖p‖² (default: 0.0).
        maximize: climb instead of descend (default: False).
        only_in_pytorch: PyTorch's `foreach`, `fused`, `capturable`, `differentiable`, as long as they are False.

    Example:
        optimizer = optim.Adadelta(model.parameters())
        for x, y in batches:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method", arXiv 1212.5701, algorithm 1.
    """

    elementwise = True

    def __init__(
        self,
        params: Parameters,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        **only_in_pytorch: bool,
    ) -> None:
        settings = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, settings, only_in_pytorch)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "rho", "eps", "weight_decay")
        check_flags(group, "maximize")
        if group["rho"] > 1:
            raise out_of_range("rho", group["rho"], said("1 or less"))

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
