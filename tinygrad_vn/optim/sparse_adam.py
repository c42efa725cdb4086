"""Adam for tables of which every batch looks up a few rows: it touches those rows only, in the table and in memory."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.adam import approach, approach_square
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.pack import Scratch
from tinygrad_vn.optim.parameters import Parameters, ParamGroup, refusal
from tinygrad_vn.optim.settings import check_betas, check_finite, check_flags, out_of_range
from tinygrad_vn.optim.state import State
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tensor import Tensor


class SparseAdam(Optimizer):
    """Adam on the rows that have a gradient, for `nn.Embedding(…, sparse=True)`.

    The formulas are those of `Adam`, for each row that was looked up, with the number t of all steps. What a row
    remembers rests while it is not looked up: in `Adam` it would fade, and go on moving the row. So the two are
    different methods, and this one is not only the faster.

    Args:
        params: `model.parameters()`, a list of Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`. All must have sparse gradients.
        lr: the learning rate; about how far a number moves per step (default: 1e-3).
        betas: β₁ and β₂, how slowly the mean m and the mean square v forget (default: (0.9, 0.999)).
        eps: keeps the division defined (default: 1e-8).
        maximize: climb instead of descend (default: False).

    Example:
        table = nn.Embedding(1000, 8, sparse=True)
        optimizer = optim.SparseAdam(table.parameters(), lr=0.001)
        optimizer.zero_grad()
        (table([3, 5]) ** 2).sum().backward()  # .grad holds rows 3 and 5 only
        optimizer.step()

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
        check_finite(group, "lr", "eps")
        check_flags(group, "maximize")
        for name in ("lr", "eps"):
            if not group[name] > 0:
                raise out_of_range(name, group[name], said("above 0"))

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """Both averages, from 0."""
        return {"step": 0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}

    def check_gradient(self, number: int, gradient: Tensor, group: ParamGroup) -> None:
        """ParameterError where it is dense: with a gradient for every row this would be Adam."""
        if not gradient.is_sparse:
            text = "the gradient of a whole table for parameter number {number}, but takes sparse ones only"
            remedy = phrase("Use Adam for it, or Embedding(sparse=True).")
            raise refusal(self._name(), phrase(text, number=number), remedy)

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """Not for SparseAdam, whose gradients are sparse."""
        raise NotImplementedError("SparseAdam moves rows only, in update_rows")

    def update_rows(self, p: Values, gradient: RowGradient, state: State, group: ParamGroup) -> None:
        """One step of the formulas, for the rows that have a gradient."""
        t = state["step"] = state["step"] + 1
        once = gradient.coalesce()
        rows, g = once.indices, once.values
        beta1, beta2 = group["betas"]
        m, v = state["exp_avg"].take(rows, axis=0), state["exp_avg_sq"].take(rows, axis=0)
        room = np.empty_like(m)
        approach(m, beta1, g, room)
        approach_square(v, beta2, g, room)
        state["exp_avg"][rows], state["exp_avg_sq"][rows] = m, v
        np.sqrt(v, out=room)
        room += group["eps"]
        np.divide(m, room, out=room)
        room *= group["lr"] * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        p[rows] = p.take(rows, axis=0) - room
