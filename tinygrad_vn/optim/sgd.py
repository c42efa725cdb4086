"""Gradient descent, θ ← θ − η ∇J(θ), and its momentum.

With momentum a parameter moves like a ball that rolls downhill: it keeps part of its velocity, so steps in the same
direction add up and steps to and fro cancel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.optimizer import Optimizer, Parameters, ParamGroup, check_not_negative, descended


class SGD(Optimizer):
    """Gradient descent; "stochastic" when the gradient comes from some of the data at a time.

        v ← momentum · v + (1 − dampening) · g        (v = g at the first step)
        p ← p − lr · v                                (Nesterov: p ← p − lr · (g + momentum · v))

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate η.
        momentum: the share of the velocity that is kept, 0 for none.
        dampening: the share of the gradient that does not enter the velocity.
        weight_decay: λ of the penalty ½·λ·‖p‖².
        nesterov: look ahead by one step; needs momentum and no dampening.
        maximize: climb instead of descend (gradient ascent).

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Sources: the update without momentum, `000_12180da503bfe391.txt` section 1 (there for ascent too). Momentum:
    `004_2f9e90593bb73649.txt` section 4.3 has v ← γv + ηg, θ ← θ − v: the same path for a constant learning rate, with
    v scaled by η. `002_8a50c176e41375fb.txt` has v ← (1 − m)g + mv: momentum=m, dampening=m here, but for its first
    step, where PyTorch starts from v = g and the lecture from (1 − m)g. Form and defaults are PyTorch's; Nesterov's
    after Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "nesterov": nesterov, "maximize": maximize})

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "momentum", "weight_decay")
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError("nesterov=True needs momentum above 0, such as momentum=0.9, and dampening=0")

    def update(self, p: Values, g: Values, state: dict[str, Any], group: ParamGroup, scratch: Values) -> None:
        """One step of the formulas above."""
        lr, momentum, dampening = group["lr"], group["momentum"], group["dampening"]
        g = descended(p, g, group, scratch)
        if momentum == 0:
            p -= np.multiply(g, lr, out=scratch)
            return
        v = state.get("momentum_buffer")
        if v is None:
            v = state["momentum_buffer"] = g.astype(p.dtype)
        else:
            v *= momentum
            v += np.multiply(g, 1 - dampening, out=scratch) if dampening else g
        if group["nesterov"]:
            p -= np.multiply(g, lr, out=scratch)
            p -= np.multiply(v, lr * momentum, out=scratch)
        else:
            p -= np.multiply(v, lr, out=scratch)
