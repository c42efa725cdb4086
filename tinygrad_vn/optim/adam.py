"""Adam and its relatives: momentum, divided by the recent size of the gradient.

They remember two averages for every single number: m of its gradients, which smooths the direction, and v of their
squares, which measures their size. A number whose gradients are small moves as readily as one whose are large.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.pack import Scratch
from tinygrad_vn.optim.parameters import Parameters, ParamGroup
from tinygrad_vn.optim.settings import check_betas, check_flags, check_not_negative
from tinygrad_vn.optim.state import State, remembered
from tinygrad_vn.phrases import said


class Adam(Optimizer):
    """Adaptive moment estimation.

        m ← β₁m + (1 − β₁)g         v ← β₂v + (1 − β₂)g²         both from 0
        p ← p − lr · m̂ / (√v̂ + eps)     with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ) at step t = 1, 2, …

    Since m and v start from 0 they are too small at first; the division makes up for that (bias correction). The
    lecture `002_8a50c176e41375fb.txt` leaves it out and has ε inside the root, p ← p − lr · m / √(v + ε): that is
    `Adam(…, betas=(m, β), bias_correction=False, eps_inside=True)`.

    Args:
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        lr: the learning rate; about how far a number moves per step (default: 1e-3).
        betas: β₁ and β₂, how slowly the mean m and the mean square v forget (default: (0.9, 0.999)).
        eps: keeps the division defined (default: 1e-8).
        weight_decay: λ of the penalty ½·λ·‖p‖², whose slope is added to the gradient (default: 0.0).
        amsgrad: divide by the largest v so far (Reddi, Kale and Kumar, ICLR 2018) (default: False).
        maximize: climb instead of descend (default: False).
        decoupled_weight_decay: shrink p by the factor 1 − lr·λ instead, as `AdamW` does (default: False).
        bias_correction: False for m and v as they are (default: True).
        eps_inside: True for √(v̂ + eps) instead of √v̂ + eps (default: False).
        only_in_pytorch: PyTorch's `foreach`, `fused`, `capturable`, `differentiable`, as long as they are False.

    Example:
        optimizer = optim.Adam(model.parameters(), lr=0.001)
        for x, y in batches:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Sources: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; the lecture
    `004_2f9e90593bb73649.txt`, section 4.4, has the same formulas.
    """

    elementwise = True

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
        bias_correction: bool = True,
        eps_inside: bool = False,
        **only_in_pytorch: bool,
    ) -> None:
        settings: dict[str, Any] = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        settings |= {"amsgrad": amsgrad, "maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay}
        settings |= {"bias_correction": bias_correction, "eps_inside": eps_inside}
        super().__init__(params, settings, only_in_pytorch)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "eps", "weight_decay")
        check_betas(group)
        check_flags(group, "amsgrad", "maximize", "decoupled_weight_decay", "bias_correction", "eps_inside")

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """Both averages, from 0."""
        state = {"step": 0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}
        return state | ({"max_exp_avg_sq": np.zeros_like(p)} if group["amsgrad"] else {})

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """One step of the formulas above, with the corrections of m and v taken out of the arrays."""
        t = state["step"] = state["step"] + 1
        (beta1, beta2), m, v, room = group["betas"], state["exp_avg"], state["exp_avg_sq"], scratch[0]
        lr, eps = group["lr"], group["eps"]
        shrink(p, group)
        approach(m, beta1, g, room)
        approach_square(v, beta2, g, room)
        if group["amsgrad"]:
            largest = remembered(state, "max_exp_avg_sq", p)
            v = np.maximum(largest, v, out=largest)

        m_scale, v_scale = (1 - beta1**t, 1 - beta2**t) if group["bias_correction"] else (1.0, 1.0)
        if group["eps_inside"]:
            np.sqrt(np.add(v, eps * v_scale, out=room), out=room)
        else:
            np.sqrt(v, out=room)
            room += eps * math.sqrt(v_scale)
        np.divide(m, room, out=room)
        room *= lr * math.sqrt(v_scale) / m_scale
        p -= room


class AdamW(Adam):
    """Adam whose weight decay goes past the averages: p ← (1 − lr·λ)·p, and then Adam's step.

    In `Adam` the penalty's slope is divided by √v̂ like any other, so that numbers with large gradients hardly decay.

    Args:
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        lr: the learning rate (default: 1e-3).
        betas: how slowly the two averages forget (default: (0.9, 0.999)).
        eps: keeps the division defined (default: 1e-8).
        weight_decay: λ, the share of p that lr = 1 would take away per step (default: 1e-2).
        amsgrad: divide by the largest v so far (default: False).
        maximize: climb instead of descend; decay shrinks p all the same (default: False).
        only_in_pytorch: PyTorch's `foreach`, `fused`, `capturable`, `differentiable`, as long as they are False.

    Example:
        optimizer = optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.01)
        for x, y in batches:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    Raises:
        TypeError, ValueError: as `Adam`.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        **only_in_pytorch: bool,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            maximize=maximize,
            decoupled_weight_decay=True,
            **only_in_pytorch,
        )

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range, or is Adam's."""
        super().check_settings(group)
        if not group["decoupled_weight_decay"]:
            raise ValueError(said("decoupled_weight_decay=False is Adam; write Adam(…) instead of AdamW(…)"))


class NAdam(Optimizer):
    """Adam with Nesterov's momentum: part of the step goes along the present gradient, ahead of its average.

        μₜ = β₁(1 − ½·0.96^(t·momentum_decay))     M = μ₁·μ₂·…·μₜ     m and v as in Adam
        p ← p − lr · ((1 − μₜ)·g / (1 − M) + μₜ₊₁·m / (1 − M·μₜ₊₁)) / (√v̂ + eps)

    Args:
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        lr: the learning rate (default: 2e-3).
        betas: how slowly the two averages forget (default: (0.9, 0.999)).
        eps: keeps the division defined (default: 1e-8).
        weight_decay: λ of the penalty ½·λ·‖p‖² (default: 0.0).
        momentum_decay: how fast μ rises from β₁/2 to β₁ (default: 4e-3).
        decoupled_weight_decay: shrink p by the factor 1 − lr·λ instead of adding to the gradient (default: False).
        maximize: climb instead of descend (default: False).
        only_in_pytorch: PyTorch's `foreach`, `fused`, `capturable`, `differentiable`, as long as they are False.

    Example:
        optimizer = optim.NAdam(model.parameters(), lr=0.002)
        for x, y in batches:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    PyTorch keeps the product M in its default dtype: float32, unless `torch.set_default_dtype(torch.float64)` was
    called, also where the parameters are float64. Here M is a Python float. With that call both agree to rounding,
    without it to about 1e-7 of the distance moved.

    Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.
    """

    elementwise = True

    def __init__(
        self,
        params: Parameters,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        **only_in_pytorch: bool,
    ) -> None:
        settings: dict[str, Any] = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        settings |= {"momentum_decay": momentum_decay, "decoupled_weight_decay": decoupled_weight_decay}
        super().__init__(params, {**settings, "maximize": maximize}, only_in_pytorch)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "eps", "weight_decay", "momentum_decay")
        check_betas(group)
        check_flags(group, "decoupled_weight_decay", "maximize")

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """Both averages, from 0, and the product of the μ so far."""
        return {"step": 0, "mu_product": 1.0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """One step of the formulas above."""
        t, lr, (beta1, beta2), decay = state["step"] + 1, group["lr"], group["betas"], group["momentum_decay"]
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (k * decay)) for k in (t, t + 1))
        product = state["mu_product"] * mu
        state.update(step=t, mu_product=product)  # in one line, so that Ctrl-C cannot come between
        m, v, (size, part) = state["exp_avg"], state["exp_avg_sq"], scratch
        shrink(p, group)
        approach(m, beta1, g, size)
        approach_square(v, beta2, g, size)

        np.sqrt(np.divide(v, 1 - beta2**t, out=size), out=size)
        size += group["eps"]
        np.multiply(g, lr * (1 - mu) / (1 - product), out=part)
        p -= np.divide(part, size, out=part)
        np.multiply(m, lr * mu_next / (1 - product * mu_next), out=part)
        p -= np.divide(part, size, out=part)


def approach(average: Values, beta: float, new: Values, room: Values) -> None:
    """average ← β·average + (1 − β)·new, in a single line, so that Ctrl-C finds it either old or new.

    Args:
        average: to be overwritten.
        beta: how slowly it forgets.
        new: what it moves towards; may be `room`.
        room: for the difference.
    """
    if beta < 0.5:  # the difference would lose the digits of a small `new`
        average *= beta
        average += np.multiply(new, 1 - beta, out=room)
        return
    np.subtract(new, average, out=room)
    room *= 1 - beta
    average += room


def approach_square(average: Values, beta: float, g: Values, room: Values) -> None:
    """average ← β·average + (1 − β)·g²."""
    approach(average, beta, np.multiply(g, g, out=room), room)


def shrink(p: Values, group: ParamGroup) -> None:
    """Decoupled weight decay, where it is set: p ← (1 − lr·λ)·p."""
    if group["decoupled_weight_decay"] and group["weight_decay"]:
        p *= 1 - group["lr"] * group["weight_decay"]
