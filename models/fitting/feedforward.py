"""Feed-forward nets with scikit-learn's manners: layers of neurons between the features and the answer.

    a⁽⁰⁾ = x        z⁽ᵏ⁾ = W⁽ᵏ⁾ᵀ a⁽ᵏ⁻¹⁾ + b⁽ᵏ⁾        a⁽ᵏ⁾ = activation(z⁽ᵏ⁾)        ŷ from the last z

as in the lecture `001_138430595a83a231.txt`; with `hidden=(3, 3)` it is that lecture's network of two hidden layers.

    model = MLPClassifier(hidden=(100,), seed=0).fit(X_train, y_train)
    model.history.plot()

For the descent, the columns of X (and the targets of a regression) can be shifted and scaled; afterwards the first and
the last layer take that over, so `model.model` takes the rows of X as they are and answers in the units of y.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from tinygrad_vn import Tensor, nn, training
from tinygrad_vn.data import DataLoader, train_test_split
from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.errors import DataError
from tinygrad_vn.models.fitting.convex import ConvergenceWarning
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.models.fitting.net_settings import ACTIVATIONS, OPTIMIZERS, NetSettings
from tinygrad_vn.models.fitting.scales import Scales
from tinygrad_vn.optim.stopping import EarlyStopping
from tinygrad_vn.phrases import said
from tinygrad_vn.training import History


class FeedForward(NetSettings):
    """What both nets share: layers, and how they learn."""

    n_outputs_: int

    def _layers(self, rng: np.random.Generator | None = None) -> list[nn.Module]:
        """The layers up to the last weighted sums, with random weights."""
        sizes = [self.n_features_in_, *self.hidden]
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after, dtype=np.float64, rng=rng), ACTIVATIONS[self.activation]()]
            if self.dropout:
                layers.append(nn.Dropout(self.dropout, rng=rng))
        return [*layers, nn.Linear(sizes[-1], self.n_outputs_, dtype=np.float64, rng=rng)]

    def _trained(
        self, X: Numbers, target: Any, weight: Numbers | None, classes: Any = None
    ) -> tuple[list[nn.Module], History]:
        """Layers that have learned; the first takes X as it is."""
        rng = np.random.default_rng(self.seed)
        scales = self._scales(X, weight)
        data = [(X - scales.mean) / scales.scale, target]
        if weight is not None:  # it travels with the targets, as a last column, and has the mean 1
            data[1] = np.column_stack([target, weight / weight.mean()])
        valid = None
        if self.early_stopping:
            split = self._parted(data, rng, classes)
            data, valid = split[::2], tuple(split[1::2])
        layers = self._layers(rng)
        net = nn.Sequential(*layers)
        alpha = self._usual_alpha if self.alpha is None else self.alpha
        penalty = alpha / (len(X) if weight is None else weight.sum())
        history = training.fit(
            net,
            self._objective(net, penalty, weight is not None),
            OPTIMIZERS[self.optimizer](net.parameters(), lr=self.lr),
            DataLoader(tuple(data), batch_size=min(self.batch_size, len(data[0])), shuffle=True, rng=rng),
            epochs=self.epochs,
            valid=valid,
            stop=EarlyStopping(self.patience, self.min_delta, restore_best=self.early_stopping),
            progress=self.progress,
            jit="auto",
        )
        if history.interrupted:
            text = "training was interrupted after {epochs} of {most} epochs; call fit again for a net that is trained"
            warn_user(ConvergenceWarning(said(text, epochs=len(history), most=self.epochs)))
        first = layers[0]
        assert isinstance(first, nn.Linear)
        scales.turned_back(first)
        return layers, history

    def _parted(self, data: list[Any], rng: np.random.Generator, classes: Any) -> list[Any]:
        """Rows to learn from and rows to stop by, of every class its share."""
        try:
            return train_test_split(*data, test_size=self.validation_fraction, rng=rng, stratify=classes)
        except DataError as error:
            text = (
                "early_stopping cannot hold out {share:g} of {rows} rows: {reason} Take more rows, another "
                "validation_fraction, or early_stopping=False"
            )
            reason, share = str(error), self.validation_fraction
            raise ValueError(said(text, share=share, rows=len(data[0]), reason=reason)) from None

    def _scales(self, X: Numbers, weight: Numbers | None) -> Scales:
        """How the columns are shifted and scaled for the descent."""
        scales = Scales.of(X, weight)
        are_alike = ((scales.scale >= 0.1) & (scales.scale <= 10) & (np.abs(scales.mean) <= 10)).all()
        if self.standardize or (self.standardize is None and not are_alike):
            return scales
        return Scales(np.zeros(X.shape[1]), np.ones(X.shape[1]))

    def _objective(self, net: nn.Module, penalty: float, has_weights: bool) -> Callable[[Tensor, Tensor], Tensor]:
        """The mean loss of a batch, and the penalty."""

        def objective(outputs: Tensor, wanted: Tensor) -> Tensor:
            if has_weights:
                total = (self._each(outputs, wanted[:, :-1]) * wanted[:, -1]).mean()
            else:
                total = self._each(outputs, wanted).mean()
            return total + nn.l2_penalty(net, penalty / 2, biases=False) if penalty else total

        return objective

    def _each(self, outputs: Tensor, wanted: Tensor) -> Tensor:
        """The loss of every row, shape (n,)."""
        raise NotImplementedError
