"""Optimizers that give every single number of a parameter its own step length.

They remember how large each gradient has been of late and divide by it: a number whose gradients are small moves as
readily as one whose gradients are large.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.optimizer import Optimizer, Parameters, ParamGroup, check_not_negative, descended


class Adam(Optimizer):
    """Adaptive moment estimation: momentum, divided by the recent size of the gradient.

        m ← β₁m + (1 − β₁)g         v ← β₂v + (1 − β₂)g²         both from 0
        p ← p − lr · m̂ / (√v̂ + eps)     with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ) at step t = 1, 2, …

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate; about how far a number moves per step.
        betas: β₁ and β₂, how slowly the mean m and the mean square v forget.
        eps: keeps the division defined.
        weight_decay: λ of the penalty ½·λ·‖p‖², whose slope is added to the gradient.
        amsgrad: divide by the largest v so far (Reddi, Kale and Kumar, ICLR 2018).
        maximize: climb instead of descend.

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Sources: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; the lecture
    `004_2f9e90593bb73649.txt`, section 4.4, has the same formulas. `002_8a50c176e41375fb.txt` leaves the correction of
    m and v out and puts ε inside the root, √(S + ε). Form and defaults are PyTorch's.
    """

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
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "amsgrad": amsgrad, "maximize": maximize})

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "eps", "weight_decay")
        if not all(0 <= beta < 1 for beta in group["betas"]):
            raise ValueError(f"betas={group['betas']} make no sense; both must be 0 or more and below 1")

    def update(self, p: Values, g: Values, state: dict[str, Any], group: ParamGroup, scratch: Values) -> None:
        """One step of the formulas above, with the corrections of m and v taken out of the arrays."""
        if not state:
            state |= {"step": 0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = np.zeros_like(p)
        state["step"] += 1
        (beta1, beta2), m, v = group["betas"], state["exp_avg"], state["exp_avg_sq"]

        g = descended(p, g, group, scratch)
        m -= g  # β₁m + (1 − β₁)g = β₁(m − g) + g, which needs no other array
        m *= beta1
        m += g
        v *= beta2
        np.multiply(g, g, out=scratch)
        v += np.multiply(scratch, 1 - beta2, out=scratch)
        if group["amsgrad"]:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])

        m_scale, v_scale = 1 - beta1 ** state["step"], math.sqrt(1 - beta2 ** state["step"])
        np.sqrt(v, out=scratch)
        scratch += group["eps"] * v_scale
        np.divide(m, scratch, out=scratch)
        p -= np.multiply(scratch, group["lr"] * v_scale / m_scale, out=scratch)
