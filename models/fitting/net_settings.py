"""What can be set of a feed-forward net, and what makes sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from tinygrad_vn import nn, optim
from tinygrad_vn.models.fitting.estimator import Estimator
from tinygrad_vn.models.fitting.settings import check_choice, check_number, check_seed
from tinygrad_vn.phrases import said

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


class NetSettings(Estimator):
    """The settings of both nets.

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

    _usual_alpha: ClassVar[float]

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
        check_seed(self.seed)
        if self.dropout >= 1 or not 0 < self.validation_fraction < 1:
            text = "dropout={dropout} and validation_fraction={held_out} are shares, which lie between 0 and 1"
            raise ValueError(said(text, dropout=self.dropout, held_out=self.validation_fraction))
