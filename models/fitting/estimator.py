"""What all estimators share, and the manners of scikit-learn: fit, predict, score, get_params, set_params.

    model = LogisticRegression(C=0.5).fit(X_train, y_train)
    model.predict(X_test)
    model.score(X_test, y_test)

An estimator is its settings and, after `fit`, a network of our own: `estimator.model` is an nn.Module that takes the
rows of X as they are, and `estimator.history` tells how it was trained. Settings are only remembered when they are
given, and checked by `fit`, so scikit-learn's `clone`, pipelines and searches work on estimators too.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np

from tinygrad_vn import nn
from tinygrad_vn.models.fitting import inputs
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.models.fitting.kept import Learned
from tinygrad_vn.nn.use import in_use
from tinygrad_vn.phrases import said
from tinygrad_vn.training import History

ROWS_AT_ONCE = 10_000  # of a table that is predicted: hidden layers are wider than it


class Estimator(Learned):
    """Base class. A subclass says which network it is, how it learns, and what its predictions mean.

    Attributes:
        n_features_in_: d, the number of columns of X.
        feature_names_in_: the names of the columns, where X was a DataFrame.
    """

    n_features_in_: int

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn.

        Args:
            X: a table of numbers, shape (n, d).
            y: what is to be predicted, one for each row, shape (n,). For regressors numbers, of shape (n, k) for
                several, and for a column (n, 1) predictions are a column, too; for classifiers labels of any type.
            sample_weight: how much every row counts, shape (n,); a weight of 2 is the row twice.

        Raises:
            ValueError: a setting makes no sense, shapes do not fit, a value is missing or no number, or there is only
                one class.
            TypeError: X is sparse, or labels do not sort.
        """
        self._check_settings()
        rows, names = inputs.table(X), inputs.names_of(X)
        weight = inputs.weights(sample_weight, len(rows))
        before = dict(vars(self))
        try:
            target = self._target(y, len(rows))
            self.n_features_in_ = rows.shape[1]
            self.model, self.history = self._learn(rows, target, weight)
        except BaseException:  # whoever asks it again gets the answers of the earlier fit
            vars(self).clear()
            vars(self).update(before)
            raise
        self.model.eval()
        self._trained_with = self.get_params()
        vars(self).pop("feature_names_in_", None)
        if names is not None:
            self.feature_names_in_ = names
        return self

    def predict(self, X: Any) -> Any:
        """What is to be expected for rows like those that were learned from, shape (n, d) → (n,).

        Raises:
            NotFittedError: `fit` was not called.
            ValueError, TypeError: X is no such table.
        """
        return self._answer(self._outputs(X))

    @property
    def n_iter_(self) -> int:
        """How many epochs the training took; of a convex model, how many steps on all data."""
        self._check_fitted()
        return len(self.history)

    @abstractmethod
    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """How good the predictions for X are; 1 is perfect."""

    def _outputs(self, X: Any) -> Numbers:
        """What the network says, shape (n, outputs)."""
        self._check_fitted()
        rows = inputs.table(X)
        names, known = inputs.names_of(X), getattr(self, "feature_names_in_", None)
        if rows.shape[1] != self.n_features_in_:
            text = "X has {found} features, but {estimator} is expecting {wanted} features as input"
            count, name = self.n_features_in_, type(self).__name__
            raise ValueError(said(text, found=rows.shape[1], wanted=count, estimator=name))
        if names is not None and known is not None and list(names) != list(known):
            text = "the columns of X are {found}, but {estimator} learned from {wanted}, in this order"
            found, wanted = ", ".join(names), ", ".join(known)
            raise ValueError(said(text, found=found, wanted=wanted, estimator=type(self).__name__))
        with in_use(self.model):
            parts = [self.model(rows[i : i + ROWS_AT_ONCE]).numpy() for i in range(0, len(rows), ROWS_AT_ONCE)]
        return np.concatenate(parts)

    @abstractmethod
    def _check_settings(self) -> None:
        """ValueError where a setting makes no sense."""

    @abstractmethod
    def _target(self, y: Any, count: int) -> Any:
        """y, checked, as `_learn` takes it."""

    @abstractmethod
    def _learn(self, X: Numbers, target: Any, weight: Numbers | None) -> tuple[nn.Module, History]:
        """The trained network, and how it was trained."""

    @abstractmethod
    def _answer(self, outputs: Numbers) -> Any:
        """What the network's outputs, shape (n, outputs), mean."""
