"""One layer without hidden ones: the problem has a single valley, and this is how its lowest point is found.

    J(W, b)  =  ∑ pᵢ · loss(W xᵢ + b, yᵢ)  +  ridge · ∑ W²  +  lasso · ∑ |W|        with weights p that add up to 1

The columns of X are shifted and scaled for the descent, and W and b are turned back afterwards, see `scales.py`. The
penalties stay those of the W that belongs to X as it is.

Without `lasso`, J is smooth, and L-BFGS goes down; with it, proximal steps do, see `proximal.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_vn import Tensor, nn, optim, training
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.models.fitting.proximal import ProximalSteps
from tinygrad_vn.models.fitting.scales import Scales
from tinygrad_vn.optim.stopping import GradientNorm, ParameterChange
from tinygrad_vn.phrases import said
from tinygrad_vn.training import History


@dataclass(frozen=True)
class Problem:
    """What is to be minimised.

    Attributes:
        loss: takes (outputs, targets) and gives one number, of shape (n,) or (n, k), for each sample.
        curvature: the largest second derivative of that loss by an output.
        usual_curvature: what it is near the minimum; a guess of it makes the descent shorter, and no difference else.
        ridge: the weight of ∑ W².
        lasso: the weight of ∑ |W|.
        intercept: whether there is a b.
        tol: how small the gradient has to become, beside that of the beginning.
        max_iter: how many steps are taken at most.
    """

    loss: Callable[[Any, Any], Tensor]
    curvature: float
    usual_curvature: float
    ridge: float
    lasso: float
    intercept: bool
    tol: float
    max_iter: int


def minimise(
    problem: Problem, X: Numbers, target: Any, weight: Numbers | None, n_outputs: int, start: Numbers | None = None
) -> tuple[nn.Linear, History]:
    """The layer at the minimum, and the way there.

    Args:
        problem: what is to be minimised.
        X: shape (n, d).
        target: as the loss takes it, n rows.
        weight: of the samples, shape (n,), or None.
        n_outputs: k.
        start: where b starts, shape (k,); 0 by default, as W does.
    """
    share = np.full(len(X), 1 / len(X)) if weight is None else weight / weight.sum()
    damping = (
        2 * problem.ridge / problem.usual_curvature
    )  # J curves by a column's variance, and by what the penalty adds
    scales = Scales.of(X, share, shift=problem.intercept, damping=damping)
    Z = (X - scales.mean) / scales.scale
    layer = nn.Linear(X.shape[1], n_outputs, bias=problem.intercept, dtype=np.float64)
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        layer.bias.data[...] = 0.0 if start is None else start

    def objective(outputs: Tensor, targets: Tensor) -> Tensor:
        each = problem.loss(outputs, targets)
        total: Tensor = (each * (share if each.ndim == 1 else share[:, np.newaxis])).sum()
        if problem.ridge:
            total = total + problem.ridge * ((layer.weight / scales.scale) ** 2).sum()
        if problem.lasso:  # its slope is not for gradient descent, only its value is noted
            total = total + problem.lasso * float(np.abs(layer.weight.detach().numpy() / scales.scale).sum())
        return total

    settings: dict[str, Any] = {"epochs": problem.max_iter, "progress": False}
    if problem.lasso:
        steepest = np.linalg.eigvalsh((Z.T * share) @ Z)[-1]
        rate = 1 / (problem.curvature * max(float(steepest), 1.0))
        optimizer: optim.Optimizer = optim.SGD(layer.parameters(), lr=rate)
        settings["callbacks"] = [ProximalSteps(layer, problem.lasso / scales.scale, rate, problem.tol)]
    else:
        optimizer = optim.LBFGS(
            layer.parameters(),
            max_iter=1,
            max_eval=25,
            tolerance_grad=0.0,
            tolerance_change=0.0,
            line_search_fn="strong_wolfe",
        )
        settings["stop"] = GradientNorm(1e-15, rel=problem.tol) | ParameterChange(0.0)
    history = training.fit(layer, objective, optimizer, (Z, target), **settings)
    if not history.stopped_by:
        text = "no minimum was reached in {steps} steps; scale the data, take a stronger penalty or a larger max_iter"
        warnings.warn(said(text, steps=problem.max_iter), stacklevel=4)
    scales.turned_back(layer)
    return layer, history
