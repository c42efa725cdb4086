"""One layer without hidden ones: the problem has a single valley, and this is how its lowest point is found.

    J(W, b)  =  ∑ pᵢ · loss(W xᵢ + b, yᵢ)  +  ridge · ∑ W²  +  lasso · ∑ |W|        with weights p that add up to 1

The columns of X are shifted and scaled for the descent, and W and b are turned back afterwards, see `scales.py`. The
penalties stay those of the W that belongs to X as it is. The steps are Newton's, see `newton.py`; how they get along
with |W| stands in `corners.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_vn import Tensor, grad, nn, no_grad, training
from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.models.fitting.corners import Corners
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.models.fitting.newton import ROUNDING, Bend, Newton
from tinygrad_vn.models.fitting.scales import Scales
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.training import History, Run


class ConvergenceWarning(UserWarning):
    """The lowest point was not reached: the coefficients are not yet those that were asked for."""


@dataclass(frozen=True)
class Problem:
    """What is to be minimised.

    Attributes:
        loss: takes (outputs, targets) and gives one number, of shape (n,) or (n, k), for each sample.
        ridge: the weight of ∑ W².
        lasso: the weight of ∑ |W|.
        intercept: whether there is a b.
        tol: a step of W is short, where it is at most this share of W.
        max_iter: how many steps are taken at most.
        units: how large the outputs are, shape (k,).
    """

    loss: Callable[[Any, Any], Tensor]
    ridge: float
    lasso: float
    intercept: bool
    tol: float
    max_iter: int
    units: Numbers


def minimise(problem: Problem, X: Numbers, target: Any, weight: Numbers | None) -> tuple[nn.Linear, History]:
    """The layer at the minimum, and the way there.

    Args:
        problem: what is to be minimised.
        X: shape (n, d).
        target: as the loss takes it, n rows.
        weight: of the samples, shape (n,), or None.
    """
    share = np.full(len(X), 1 / len(X)) if weight is None else weight / weight.sum()
    scales = Scales.of(X, share, shift=problem.intercept)
    Z = (X - scales.mean) / scales.scale
    layer = nn.Linear(X.shape[1], len(problem.units), bias=problem.intercept, dtype=np.float64)
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    objective = Objective(problem, layer, Z, target, share, scales.scale)
    newton = Newton(layer, Z, objective, problem.units[:, np.newaxis])

    def is_there(run: Run) -> None:
        if newton.far <= problem.tol or newton.gain <= ROUNDING:
            run.end(phrase("the steps have become too short to change anything"))

    settings: dict[str, Any] = {"epochs": problem.max_iter, "callbacks": [is_there], "progress": False}
    history = training.fit(layer, objective, newton, (Z, target), **settings)
    if history.interrupted or not history.stopped_by:
        text = (
            "no minimum was reached in {steps} steps: the last moved coefficients by {far} of their size; scale the "
            "data, take a stronger penalty or a larger max_iter"
        )
        warn_user(ConvergenceWarning(said(text, steps=len(history), far=f"{newton.far:.1g}")))
    if objective.corners:
        layer.weight.data[objective.corners.zeros(layer.weight.detach().numpy())] = 0.0
    scales.turned_back(layer)
    return layer, history


class Objective:
    """J, as a loss for `fit` and as a valley for Newton's method."""

    def __init__(
        self, problem: Problem, layer: nn.Linear, Z: Numbers, target: Any, share: Numbers, scale: Numbers
    ) -> None:
        self.problem, self.layer, self.Z, self.target = problem, layer, Z, target
        self.share, self.scale = share, scale
        self.corners = Corners(problem.lasso / scale, problem.units[:, np.newaxis]) if problem.lasso else None

    def __call__(self, outputs: Tensor, targets: Any) -> Tensor:
        """J of what the layer says."""
        total = self._of_data(outputs, targets)
        if self.problem.ridge:
            total = total + self.problem.ridge * ((self.layer.weight / self.scale) ** 2).sum()
        return total + self.corners.value(self.layer.weight) if self.corners else total

    def value(self) -> float:
        """J where the layer stands."""
        with no_grad():
            return float(self(self.layer(self.Z), self.target))

    def bend(self) -> Bend:
        """How the slopes of J by the outputs change where the layer stands: backpropagation, carried out twice."""
        outputs = Tensor(self.layer(self.Z).detach().numpy(), requires_grad=True)
        (slopes,) = grad(self._of_data(outputs, self.target), outputs, create_graph=True)
        assert slopes is not None

        def bent(change: Numbers) -> Numbers:
            (found,) = grad(slopes, outputs, change, retain_graph=True)
            assert found is not None
            return found.numpy()

        return bent

    def stiffness(self) -> Numbers:
        """What the penalties add to the diagonal of H."""
        weight = self.layer.weight.detach().numpy()
        ridge = 2 * self.problem.ridge / self.scale**2 * np.ones_like(weight)
        return ridge + self.corners.curvature(weight) if self.corners else ridge

    def moved(self, start: Numbers, step: Numbers, gradient: Numbers) -> float:
        """How far from J it was, as its corners become sharper on the way."""
        return self.corners.moved(start, step, gradient) if self.corners else 0.0

    def _of_data(self, outputs: Tensor, targets: Any) -> Tensor:
        each = self.problem.loss(outputs, targets)
        total: Tensor = (each * (self.share if each.ndim == 1 else self.share[:, np.newaxis])).sum()
        return total
