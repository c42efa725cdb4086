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
from typing import Any, ClassVar, Final

import numpy as np

from tinygrad_vn import Tensor, nn, optim, training
from tinygrad_vn.data import DataLoader, train_test_split
from tinygrad_vn.models.fitting.estimator import Estimator
from tinygrad_vn.models.fitting.inputs import Numbers, check_choice, check_number
from tinygrad_vn.models.fitting.scales import Scales
from tinygrad_vn.optim.stopping import EarlyStopping
from tinygrad_vn.phrases import said
from tinygrad_vn.training import History

ACTIVATIONS: Final[dict[str, type[nn.Module]]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "identity": nn.Identity,
}
OPTIMIZERS: Final[dict[str, Callable[..., optim.Optimizer]]] = {
    "adam": optim.Adam,
    "nadam": optim.NAdam,
    "rmsprop": optim.RMSprop,
    "adagrad": optim.Adagrad,
    "sgd": lambda parameters, lr: optim.SGD(parameters, lr=lr, momentum=0.9, nesterov=True),
}


class FeedForward(Estimator):
    """What both nets share.

    The defaults of `alpha`, `lr` and `standardize` were chosen by cross-validation within the training parts of five
    folds of scikit-learn's iris, breast cancer, digits and diabetes, never by the parts held out.

    Args:
        hidden: how many neurons every hidden layer has, from the first on; () for none.
        activation: "relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu" or "identity".
        dropout: the share of hidden neurons that are switched off in every step.
        alpha: weight of the penalty ½ · alpha · ∑ W², which is added to the sum of all samples' losses. None for 1 in a
            classifier, and 10 in a regressor, whose losses are squares of standardized targets.
        optimizer: "adam", "nadam", "rmsprop", "adagrad", or "sgd" with Nesterov's momentum of 0.9.
        lr: the learning rate.
        batch_size: how many rows make a step.
        epochs: how often to go through the data at most.
        early_stopping: hold out a part of the rows, stop where the loss on them gets no better, and go back to the best
            epoch. Without it, stop where the training loss gets no better.
        validation_fraction: the share of rows that are held out.
        patience: after how many epochs without improvement to stop.
        min_delta: an improvement by less does not count.
        standardize: bring every column of X to mean 0 and deviation 1 for the descent. None to do so unless all columns
            are of one size already, with deviations from 0.1 to 10 and means from −10 to 10: such columns often share a
            unit, and which of them vary most then tells something.
        seed: of the first weights, the order of rows, dropout and the rows held out; None for others every time.
        progress: show the epochs: "bar", "lines", "auto" or False.
    """

    usual_alpha: ClassVar[float]
    n_outputs_: int

    def __init__(
        self,
        hidden: tuple[int, ...] = (100,),
        activation: str = "relu",
        dropout: float = 0.0,
        alpha: float | None = None,
        optimizer: str = "adam",
        lr: float = 3e-3,
        batch_size: int = 200,
        epochs: int = 200,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        min_delta: float = 1e-4,
        standardize: bool | None = None,
        seed: int | None = 0,
        progress: str | bool = False,
    ) -> None:
        self.hidden, self.activation, self.dropout, self.alpha = hidden, activation, dropout, alpha
        self.optimizer, self.lr, self.batch_size, self.epochs = optimizer, lr, batch_size, epochs
        self.early_stopping, self.validation_fraction = early_stopping, validation_fraction
        self.patience, self.min_delta = patience, min_delta
        self.standardize, self.seed, self.progress = standardize, seed, progress

    def _check_settings(self) -> None:
        check_choice("activation", self.activation, list(ACTIVATIONS))
        check_choice("optimizer", self.optimizer, list(OPTIMIZERS))
        check_choice("standardize", self.standardize, (None, True, False))
        hidden: Any = self.hidden  # whatever was given
        if isinstance(hidden, str) or not hasattr(hidden, "__iter__"):
            text = "hidden={hidden!r} makes no sense; write the sizes of the hidden layers in brackets, ({hidden},)"
            raise ValueError(said(text, hidden=self.hidden))
        for size in self.hidden:
            check_number("hidden", size, 1, whole=True)
        for name in ("batch_size", "epochs", "patience"):
            check_number(name, getattr(self, name), 1, whole=True)
        for name in ("dropout", "min_delta"):
            check_number(name, getattr(self, name), 0)
        if self.alpha is not None:
            check_number("alpha", self.alpha, 0)
        check_number("lr", self.lr, 0, above=True)
        if self.dropout >= 1 or not 0 < self.validation_fraction < 1:
            text = "dropout={dropout} and validation_fraction={held_out} are shares, which lie between 0 and 1"
            raise ValueError(said(text, dropout=self.dropout, held_out=self.validation_fraction))

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
            split = train_test_split(*data, test_size=self.validation_fraction, rng=rng, stratify=classes)
            data, valid = split[::2], tuple(split[1::2])
        layers = self._layers(rng)
        net = nn.Sequential(*layers)
        alpha = self.usual_alpha if self.alpha is None else self.alpha
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
        )
        first = layers[0]
        assert isinstance(first, nn.Linear)
        scales.turned_back(first)
        return layers, history

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
