"""What an estimator answers: numbers, or classes with their probabilities; and how good the answers are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn import nn
from tinygrad_vn.models.fitting import inputs
from tinygrad_vn.models.fitting.estimator import Estimator
from tinygrad_vn.models.fitting.inputs import Labels, Numbers
from tinygrad_vn.models.fitting.labels import labels, numbered, refuse_other_kinds
from tinygrad_vn.phrases import said


class Regressor(Estimator):
    """An estimator of numbers.

    Attributes:
        n_outputs_: how many numbers it predicts per row.
        single_target_: whether y, and so the predictions, have shape (n,) instead of (n, 1).
    """

    _estimator_type = "regressor"
    n_outputs_: int
    single_target_: bool

    def _target(self, y: Any, count: int) -> Numbers:
        target = inputs.targets(y, count)
        self.single_target_ = target.ndim == 1
        self.n_outputs_ = 1 if target.ndim == 1 else target.shape[1]
        return target.reshape(count, -1)

    def _answer(self, outputs: Numbers) -> Numbers:
        return outputs[:, 0] if self.single_target_ else outputs

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R², the share of the targets' variance that is explained: 1 is perfect, 0 what their mean would do.

        Of several targets the mean. Where a target is the same everywhere, it is 1 for exact predictions, else 0.

        Raises:
            ValueError: y has another length or number of targets, or a value is missing.
        """
        predicted = self.predict(X)
        target = inputs.targets(y, len(predicted)).reshape(len(predicted), -1)
        if target.shape[1] != self.n_outputs_:
            text = "y has {found} targets per sample, but {estimator} predicts {wanted}"
            raise ValueError(said(text, found=target.shape[1], estimator=type(self).__name__, wanted=self.n_outputs_))
        weight = inputs.weights(sample_weight, len(predicted))
        mean = np.average(target, axis=0, weights=weight)
        error = np.average((target - predicted.reshape(target.shape)) ** 2, axis=0, weights=weight)
        variance = np.average((target - mean) ** 2, axis=0, weights=weight)
        unexplained = np.divide(error, variance, out=(error > 0) * 1.0, where=variance > 0)
        return float(1 - unexplained.mean())


class Classifier(Estimator):
    """An estimator of classes, whose network ends in probabilities: one sigmoid for two classes, else a softmax.

    Attributes:
        classes_: the labels, sorted, shape (k,).
    """

    _estimator_type = "classifier"
    classes_: Labels

    @property
    def n_outputs_(self) -> int:
        """How many neurons the last layer has: one for two classes, else one for each."""
        return 1 if len(self.classes_) == 2 else len(self.classes_)

    def _target(self, y: Any, count: int) -> Any:
        self.classes_, numbers = numbered(labels(y, count))
        return numbers

    def predict_proba(self, X: Any) -> Numbers:
        """The probability of every class, in the order of `classes_`, shape (n, k); each row adds up to 1."""
        outputs = self._outputs(X)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def _answer(self, outputs: Numbers) -> Labels:
        best = outputs[:, 0] > 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)
        chosen: Labels = self.classes_[best.astype(np.intp)]
        return chosen

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The accuracy: the share of rows whose class is predicted rightly.

        Raises:
            ValueError: y has another length, a label is missing, or is of another type than the classes.
        """
        predicted = self.predict(X)
        wanted = labels(y, len(predicted))
        refuse_other_kinds(wanted, self.classes_)
        return float(np.average(predicted == wanted, weights=inputs.weights(sample_weight, len(wanted))))


def with_probabilities(*layers: nn.Module) -> nn.Sequential:
    """A network whose last layer says weighted sums, and behind it what makes probabilities of them."""
    last = layers[-1]
    is_binary = isinstance(last, nn.Linear) and last.out_features == 1
    return nn.Sequential(*layers, nn.Sigmoid() if is_binary else nn.Softmax(dim=1))
