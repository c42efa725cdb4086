"""Gradient descent, θ ← θ − η ∇J(θ), and its momentum.

With momentum a parameter moves like a ball that rolls downhill: it keeps part of its velocity, so steps in the same
direction add up and steps to and fro cancel. Books write this in three ways, which differ in what the velocity is
multiplied with; all of them are here, see `SGD`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.pack import Scratch
from tinygrad_vn.optim.parameters import Parameters, ParamGroup
from tinygrad_vn.optim.rests import RESTS, are_notes, begin, is_long, move_on, notes, settle
from tinygrad_vn.optim.settings import check_choice, check_finite, check_flags, check_not_negative, out_of_range
from tinygrad_vn.optim.state import State
from tinygrad_vn.phrases import said
from tinygrad_vn.sparse import RowGradient

MomentumForm = Literal["pytorch", "velocity", "average"]


class SGD(Optimizer):
    """Gradient descent; "stochastic" when the gradient comes from some of the data at a time.

    Without momentum p ← p − lr · g. With momentum m there are three forms, from v = 0:

        "pytorch"    v ← m·v + (1 − dampening)·g     p ← p − lr·v     (but v = g at the first step)
        "velocity"   v ← m·v + lr·g                  p ← p − v        `004_2f9e90593bb73649.txt`, section 4.3
        "average"    v ← m·v + (1 − m)·g             p ← p − lr·v     `002_8a50c176e41375fb.txt`, "动量 momentum"

    "velocity" takes the same path as "pytorch" while the learning rate stays the same; when it is lowered, the ball
    of "velocity" keeps its speed, and that of "pytorch" is braked. "average" steps (1 − m) times as far as the two.

    Of a table with sparse gradients, `nn.Embedding(…, sparse=True)`, a step touches only the rows that have a gradient,
    so its time does not depend on the size of the table. Without momentum and weight decay that is the same step as
    ever. With them a row that is not looked up ought to roll on and shrink at every step. It rests instead, and makes
    up for all of it when its next gradient comes: exactly, also where lr, momentum or weight_decay have changed
    meanwhile. So a lookup may see a row that has yet to roll on, which it would not in PyTorch. `catch_up()` brings
    all rows to where they belong; call it before a table is evaluated or saved.

    Args:
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        lr: the learning rate η (default: 1e-3).
        momentum: m, the share of the velocity that is kept, 0 for none (default: 0.0).
        dampening: the share of the gradient that does not enter the velocity; "pytorch" only
            (default: 0.0).
        weight_decay: λ of the penalty ½·λ·‖p‖² (default: 0.0).
        nesterov: look ahead by one step, p ← p − lr · (g + m·v); needs momentum and no dampening; "pytorch" only
            (default: False).
        maximize: climb instead of descend (gradient ascent) (default: False).
        momentum_form: "pytorch", "velocity" or "average" (default: "pytorch").
        only_in_pytorch: PyTorch's `foreach`, `fused`, `capturable`, `differentiable`, as long as they are False.

    Example:
        optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for x, y in batches:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Sources: the update without momentum, `000_12180da503bfe391.txt` section 1 (there for ascent too); Nesterov's in
    the form of Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
    """

    elementwise = True
    decays_rows = True

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
        momentum_form: MomentumForm = "pytorch",
        **only_in_pytorch: bool,
    ) -> None:
        settings: dict[str, Any] = {"lr": lr, "momentum": momentum, "dampening": dampening, "nesterov": nesterov}
        settings |= {"weight_decay": weight_decay, "maximize": maximize, "momentum_form": momentum_form}
        super().__init__(params, settings, only_in_pytorch)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "momentum", "weight_decay")
        check_finite(group, "dampening")
        check_flags(group, "nesterov", "maximize")
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError(said("nesterov=True needs momentum above 0, such as momentum=0.9, and dampening=0"))
        form = group["momentum_form"]
        check_choice("momentum_form", form, "pytorch", "velocity", "average")
        if form != "pytorch" and (group["nesterov"] or group["dampening"] != 0):
            raise ValueError(
                said("momentum_form={form!r} has neither nesterov nor dampening; leave them out", form=form)
            )
        if form == "average" and not group["momentum"] <= 1:
            raise out_of_range("momentum", group["momentum"], said("1 or less for an average"))

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """The velocity; None where the first gradient is to be the first velocity."""
        if group["momentum"] == 0:
            return {}
        return {"momentum_buffer": None if group["momentum_form"] == "pytorch" else np.zeros_like(p)}

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """One step of the formulas above."""
        lr, momentum, room = group["lr"], group["momentum"], scratch[0]
        if momentum == 0:
            p -= np.multiply(g, lr, out=room)
            return
        v = state.get("momentum_buffer")
        scale, rate = self._factors(group)
        if v is None and group["momentum_form"] == "pytorch":
            v = state["momentum_buffer"] = np.array(g, p.dtype)
        else:
            if v is None:
                v = state["momentum_buffer"] = np.zeros_like(p)
            v *= momentum
            v += g if scale == 1 else np.multiply(g, scale, out=room)
        if group["nesterov"]:
            p -= np.multiply(g, lr, out=room)
            rate = lr * momentum
        p -= v if rate == 1 else np.multiply(v, rate, out=room)

    def update_rows(self, p: Values, gradient: RowGradient, state: State, group: ParamGroup) -> None:
        """The same step for the rows that have a gradient, after the steps that they have missed; see `rests.py`."""
        momentum, decay = group["momentum"], group["weight_decay"]
        if not (momentum or decay or RESTS in state):
            gradient.added_to(p, -group["lr"])
            return
        keep, scale, rate, direct = self._on_rows(group, state)
        if momentum and state.get("momentum_buffer") is None:
            state["momentum_buffer"] = np.zeros_like(p)
        if RESTS not in state:
            state[RESTS] = notes(len(p))
        elif is_long(state[RESTS]):
            settle(p, state)
        rests, v = state[RESTS], state.get("momentum_buffer")
        pull = scale * decay  # what the penalty adds to the velocity, per p
        begin(rests, (1 - rate * pull - direct * decay, -rate * keep, pull, keep))
        once = gradient.coalesce()
        rows, g = once.indices, once.values
        position, velocity = p.take(rows, axis=0), None if v is None else v.take(rows, axis=0)
        move_on(position, velocity, rests, rests["moved"].take(rows))
        position -= g * (rate * scale + direct)
        p[rows] = position
        if v is not None and velocity is not None:
            velocity += g if scale == 1 else g * scale
            v[rows] = velocity
        rests["moved"][rows] = rests["step"]

    def _on_rows(self, group: ParamGroup, state: State) -> tuple[float, float, float, float]:
        """The four numbers of a step, v ← keep·v + scale·h and p ← p − rate·v − direct·h, with h = g + λp."""
        lr, momentum = group["lr"], group["momentum"]
        if momentum == 0:
            return 1.0, 0.0, 0.0, lr
        scale, rate = self._factors(group)
        if state.get("momentum_buffer") is None and group["momentum_form"] == "pytorch":
            scale = 1.0
        return (momentum, scale, lr * momentum, lr) if group["nesterov"] else (momentum, scale, rate, 0.0)

    def check_state(self, number: int, p: Values, saved: Mapping[str, Any], group: ParamGroup) -> None:
        """ValueError where a saved state does not fit the parameter with this number."""
        super().check_state(number, p, saved, group)
        if RESTS in saved and not are_notes(saved[RESTS], len(p)):
            raise ValueError(
                said(
                    "{key!r} of parameter number {number} does not fit a table of {rows} rows",
                    key=RESTS,
                    number=number,
                    rows=len(p),
                )
            )

    def _factors(self, group: ParamGroup) -> tuple[float, float]:
        """What the gradient is multiplied with on its way into the velocity, and the velocity into the parameter."""
        if group["momentum_form"] == "velocity":
            return group["lr"], 1.0
        if group["momentum_form"] == "average":
            return 1 - group["momentum"], group["lr"]
        return 1 - group["dampening"], group["lr"]
