"""What is done with an estimator that has learned: it is drawn, saved and loaded."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from os import PathLike
from typing import Any, Self

import numpy as np

from tinygrad_vn import checkpoint, nn
from tinygrad_vn.lecture import Drawing, draw_network
from tinygrad_vn.models.fitting.settings import Settings
from tinygrad_vn.phrases import said
from tinygrad_vn.training import History


class NotFittedError(ValueError, AttributeError):
    """Something was asked of an estimator that has not learned anything yet.

    Where scikit-learn has been imported, it is scikit-learn's error of this name, too.
    """

    def __reduce__(self) -> tuple[type[NotFittedError], tuple[Any, ...]]:
        """Between processes it travels as what it is here."""
        return NotFittedError, self.args


class Learned(Settings, ABC):
    """Settings, and what came of them.

    Attributes:
        model: the network, an nn.Module, known after `fit`.
        history: how it was trained.
    """

    model: nn.Module
    history: History
    _trained_with: dict[str, Any]

    def _check_fitted(self) -> None:
        if not hasattr(self, "model"):
            text = "this {estimator} has not learned anything yet: call fit(X, y)"
            theirs = getattr(sys.modules.get("sklearn.exceptions"), "NotFittedError", None)
            kind = type("NotFittedError", (NotFittedError, theirs), {}) if theirs else NotFittedError
            raise kind(said(text, estimator=type(self).__name__))

    def draw(self, *example: Any, **settings: Any) -> Drawing:
        """The network as layers of neurons: `draw_network(estimator.model, …)`, with its arguments."""
        self._check_fitted()
        return draw_network(self.model, *example, **settings)

    def save(self, path: str | PathLike[str]) -> None:
        """Write settings, weights and history into one file, which holds data only, as `tg.save` does.

        Raises:
            NotFittedError: `fit` was not called.
        """
        self._check_fitted()
        fitted = {name: value for name, value in vars(self).items() if name.endswith("_")}
        objects = {
            name: value.tolist()
            for name, value in fitted.items()
            if getattr(value, "dtype", np.dtype(float)).kind == "O"
        }
        plain = {name: value for name, value in fitted.items() if name not in objects}
        content = {
            "estimator": type(self).__name__,
            "settings": self.get_params(),
            "trained_with": self._trained_with,
            "plain": plain,
            "objects": objects,
            "model": self.model.state_dict(),
            "history": self.history.state_dict(),
        }
        checkpoint.save(path, content)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read what `save` has written.

        Raises:
            CheckpointError: the file is damaged or no checkpoint.
            ValueError: it holds another kind of estimator, or none.
        """
        content = checkpoint.load(path)
        found = content.get("estimator") if isinstance(content, dict) else None
        if found != cls.__name__:
            text = "{path} holds {found}, not a {estimator}"
            raise ValueError(said(text, path=path, found=found or type(content).__name__, estimator=cls.__name__))
        self = cls(**content["trained_with"])
        objects = {name: np.array(values, dtype=object) for name, values in content["objects"].items()}
        vars(self).update(content["plain"] | objects)
        self._trained_with = self.get_params()
        self.model = self._network()
        self.model.load_state_dict(content["model"])
        self.model.eval()
        self.history = History()
        self.history.load_state_dict(content["history"])
        return self.set_params(**content["settings"])

    @abstractmethod
    def _network(self) -> nn.Module:
        """The network of these settings for data like those of `fit`, not trained yet."""
