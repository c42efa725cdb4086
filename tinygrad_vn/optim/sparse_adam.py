"""Adam for tables of which every batch looks up a few rows: it touches those rows only, in the table and in memory."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.optimizer import Optimizer, Scratch, State, check_betas
from tinygrad_vn.optim.parameters import Parameters, ParamGroup


class SparseAdam(Optimizer):
    """Adam on the rows that have a gradient, for `nn.Embedding(…, sparse=True)`.

    The formulas are those of `Adam`, for each row that was looked up, with the number t of all steps. What a row
    remembers rests while it is not looked up: in `Adam` it would fade, and go on moving the row. So the two are
    different methods, and this one is not only the faster.

    Args:
        params: the parameters, or groups of them; all must have sparse gradients.
        lr: the learning rate; about how far a number moves per step.
        betas: β₁ and β₂, how slowly the mean m and the mean square v forget.
        eps: keeps the division defined.
        maximize: climb instead of descend.

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; rows as in PyTorch.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_betas(group)
        for name in ("lr", "eps"):
            if not group[name] > 0:
                raise ValueError(f"{name}={group[name]} makes no sense; it must be above 0")

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """Both averages, from 0."""
        return {"step": 0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """Refused: with a gradient for every row it would be Adam.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "SparseAdam takes sparse gradients only; use Adam for this parameter, or Embedding(sparse=True)"
        )

    def update_rows(self, p: Values, rows: Values, g: Values, state: State, group: ParamGroup) -> None:
        """One step of the formulas, for these rows."""
        t = state["step"] = state["step"] + 1
        beta1, beta2 = group["betas"]
        m, v = state["exp_avg"].take(rows, axis=0), state["exp_avg_sq"].take(rows, axis=0)
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g * g - v)
        state["exp_avg"][rows], state["exp_avg_sq"][rows] = m, v
        rate = group["lr"] * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        p[rows] -= rate * m / (np.sqrt(v) + group["eps"])
