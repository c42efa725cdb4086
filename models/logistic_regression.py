"""Logistic regression: the probability of a class; the smallest neural network, a single neuron with a sigmoid.

    ŷ  =  σ(w · x + b)                                     for two classes
    ŷ  =  softmax(W x + b)                                 for more: one neuron for each

The lecture `001_138430595a83a231.txt` ("Logistic regression dưới góc nhìn của Neuron Network") takes the two steps
apart: the weighted sum z, then the activation. `model.model` is exactly that, an nn.Sequential of an nn.Linear and an
nn.Sigmoid, and `model.draw()` draws it.
"""

from __future__ import annotations

import numpy as np

from tinygrad_vn import Tensor, nn
from tinygrad_vn.models.fitting.answers import Classifier, with_probabilities
from tinygrad_vn.models.fitting.convex import Problem, minimise
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.models.fitting.settings import check_choice, check_number
from tinygrad_vn.nn import functional as F
from tinygrad_vn.training import History


class LogisticRegression(Classifier):
    """The W and b under which the classes that were seen are most probable, and W is small.

        penalty="l2"      C · ∑ sᵢ · (−log ŷ of the right class)  +  ½ · ∑ W²
        penalty="l1"      C · ∑ sᵢ · (−log ŷ of the right class)  +  ∑ |W|        some W become exactly 0
        penalty=None      the first part alone

    s are the weights of the samples, 1 by default. This is scikit-learn's objective. Without a penalty there is no
    minimum where a plane parts the classes without an error: W grows until `max_iter`.

    Args:
        penalty: "l2", "l1" or None.
        C: how much the data count beside the penalty.
        fit_intercept: False for b = 0.
        tol: how close to the minimum: the last step of W, beside W.
        max_iter: how many steps are taken at most.

    Attributes:
        coef_: W, shape (1, d) for two classes, else (k, d).
        intercept_: b, shape (1,) or (k,).
        model: nn.Sequential(nn.Linear, nn.Sigmoid) for two classes, else with an nn.Softmax.
    """

    def __init__(
        self,
        penalty: str | None = "l2",
        C: float = 1.0,
        fit_intercept: bool = True,
        tol: float = 1e-8,
        max_iter: int = 100,
    ) -> None:
        self.penalty, self.C, self.fit_intercept = penalty, C, fit_intercept
        self.tol, self.max_iter = tol, max_iter

    def _check_settings(self) -> None:
        check_choice("penalty", self.penalty, ("l2", "l1", None))
        check_number("C", self.C, 0, above=True)
        check_number("tol", self.tol, 0)
        check_number("max_iter", self.max_iter, 1, whole=True)

    def _learn(self, X: Numbers, target: Numbers, weight: Numbers | None) -> tuple[nn.Module, History]:
        total = len(X) if weight is None else weight.sum()
        is_binary = self.n_outputs_ == 1
        problem = Problem(
            loss=_of_two if is_binary else _of_several,
            ridge=0.5 / (self.C * total) if self.penalty == "l2" else 0.0,
            lasso=1 / (self.C * total) if self.penalty == "l1" else 0.0,
            intercept=self.fit_intercept,
            tol=self.tol,
            max_iter=self.max_iter,
            units=np.ones(self.n_outputs_),
        )
        wanted = target.reshape(-1, 1).astype(np.float64) if is_binary else target
        layer, history = minimise(problem, X, wanted, weight)
        if not is_binary and layer.bias is not None:  # a softmax does not notice what is added to all alike
            layer.bias.data[...] -= layer.bias.detach().numpy().mean()
        return with_probabilities(layer), history

    def _network(self) -> nn.Sequential:
        layer = nn.Linear(self.n_features_in_, self.n_outputs_, bias=self.fit_intercept, dtype=np.float64)
        return with_probabilities(layer)

    @property
    def coef_(self) -> Numbers:
        """W."""
        self._check_fitted()
        return self._layer.weight.detach().numpy()

    @property
    def intercept_(self) -> Numbers:
        """b."""
        self._check_fitted()
        bias = self._layer.bias
        return np.zeros(self.n_outputs_) if bias is None else bias.detach().numpy()

    @property
    def _layer(self) -> nn.Linear:
        layer = self.model.get_submodule("0")
        assert isinstance(layer, nn.Linear)
        return layer


def _of_two(outputs: Tensor, wanted: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(outputs, wanted, reduction="none")


def _of_several(outputs: Tensor, wanted: Tensor) -> Tensor:
    return F.cross_entropy(outputs, wanted, reduction="none")
