"""Linear regression: a straight line, a plane, and so on, through the data; one neuron without activation function.

    ŷ  =  w · x + b

The lecture on land prices, `003_5f9638466f993df0.txt`, moves w and b against the gradient of the squared error, one
land after the other. Here they go to the point where that gradient is 0, for all the data at once:

    area, price = [[56], [45], [234], [113], [542], [351]], [45, 23, 199, 123, 448, 367]
    model = LinearRegression().fit(area, price)
    model.coef_, model.intercept_      # w ≈ 0.8757, b ≈ 5.1059
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn import nn
from tinygrad_vn.models.fitting.answers import Regressor
from tinygrad_vn.models.fitting.convex import Problem, minimise
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.models.fitting.scales import Scales
from tinygrad_vn.models.fitting.settings import check_choice, check_number
from tinygrad_vn.nn import functional as F
from tinygrad_vn.training import History


class LinearRegression(Regressor):
    """The w and b with the least squared error, and, if wanted, with small w.

        penalty=None      ∑ sᵢ (ŷᵢ − yᵢ)²                                scikit-learn's LinearRegression
        penalty="l2"      ∑ sᵢ (ŷᵢ − yᵢ)²  +  alpha · ∑ w²               its Ridge
        penalty="l1"      ∑ sᵢ (ŷᵢ − yᵢ)² / (2 ∑ sᵢ)  +  alpha · ∑ |w|   its Lasso: some w become exactly 0

    s are the weights of the samples, 1 by default. Where columns repeat each other there are many such w without a
    penalty: one of them is found.

    Args:
        penalty: None, "l2" or "l1".
        alpha: how much the penalty counts.
        fit_intercept: False for b = 0.
        tol: how close to the minimum: the last step of w, beside w.
        max_iter: how many steps are taken at most.

    Attributes:
        coef_: w, shape (d,), or (k, d) for y of shape (n, k).
        intercept_: b, a number, or shape (k,).
        model: an nn.Linear(d, k).
    """

    def __init__(
        self,
        penalty: str | None = None,
        alpha: float = 1.0,
        fit_intercept: bool = True,
        tol: float = 1e-9,
        max_iter: int = 100,
    ) -> None:
        self.penalty, self.alpha, self.fit_intercept = penalty, alpha, fit_intercept
        self.tol, self.max_iter = tol, max_iter

    model: nn.Linear

    def _check_settings(self) -> None:
        check_choice("penalty", self.penalty, (None, "l2", "l1"))
        check_number("alpha", self.alpha, 0)
        check_number("tol", self.tol, 0)
        check_number("max_iter", self.max_iter, 1, whole=True)

    def _learn(self, X: Numbers, target: Numbers, weight: Numbers | None) -> tuple[nn.Module, History]:
        total = len(X) if weight is None else weight.sum()
        problem = Problem(
            loss=lambda outputs, wanted: F.mse_loss(outputs, wanted, reduction="none"),
            ridge=self.alpha / total if self.penalty == "l2" else 0.0,
            lasso=2 * self.alpha if self.penalty == "l1" else 0.0,
            intercept=self.fit_intercept,
            tol=self.tol,
            max_iter=self.max_iter,
            units=Scales.of(target, weight).scale,
        )
        return minimise(problem, X, target, weight)

    def _network(self) -> nn.Linear:
        return nn.Linear(self.n_features_in_, self.n_outputs_, bias=self.fit_intercept, dtype=np.float64)

    @property
    def coef_(self) -> Numbers:
        """w."""
        self._check_fitted()
        weight = self.model.weight.detach().numpy()
        return weight[0] if self.single_target_ else weight

    @property
    def intercept_(self) -> Any:
        """b."""
        self._check_fitted()
        bias = np.zeros(self.n_outputs_) if self.model.bias is None else self.model.bias.detach().numpy()
        return float(bias[0]) if self.single_target_ else bias
