"""The two feed-forward nets that are used: for classes and for numbers. How they learn stands in `feedforward.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn import Tensor, nn
from tinygrad_vn.models.fitting.answers import Classifier, Regressor, with_probabilities
from tinygrad_vn.models.fitting.feedforward import FeedForward
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.models.fitting.scales import Scales
from tinygrad_vn.nn import functional as F
from tinygrad_vn.training import History


class MLPClassifier(FeedForward, Classifier):
    """A feed-forward net for classes; the cross entropy is what it makes small. Its settings: see `FeedForward`."""

    _usual_alpha = 1.0

    def _learn(self, X: Numbers, target: Any, weight: Numbers | None) -> tuple[nn.Module, History]:
        wanted = target.reshape(-1, 1).astype(np.float64) if self.n_outputs_ == 1 else target
        layers, history = self._trained(X, wanted, weight, classes=target)
        return with_probabilities(*layers), history

    def _network(self) -> nn.Module:
        return with_probabilities(*self._layers())

    def _each(self, outputs: Tensor, wanted: Tensor) -> Tensor:
        if self.n_outputs_ == 1:
            return F.binary_cross_entropy_with_logits(outputs, wanted, reduction="none")[:, 0]
        numbers = wanted[:, 0].astype(np.intp) if wanted.ndim == 2 else wanted
        return F.cross_entropy(outputs, numbers, reduction="none")


class MLPRegressor(FeedForward, Regressor):
    """A feed-forward net for numbers; the squared error is what it makes small. Its settings: see `FeedForward`."""

    _usual_alpha = 10.0

    def _learn(self, X: Numbers, target: Any, weight: Numbers | None) -> tuple[nn.Module, History]:
        units = Scales.of(target, weight)
        layers, history = self._trained(X, (target - units.mean) / units.scale, weight)
        last = layers[-1]
        assert isinstance(last, nn.Linear)
        assert last.bias is not None
        last.weight.data[...] *= units.scale[:, np.newaxis]
        last.bias.data[...] = last.bias.detach().numpy() * units.scale + units.mean
        return nn.Sequential(*layers), history

    def _network(self) -> nn.Module:
        return nn.Sequential(*self._layers())

    def _each(self, outputs: Tensor, wanted: Tensor) -> Tensor:
        return ((outputs - wanted) ** 2).mean(axis=1)
