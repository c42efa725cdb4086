"""Looking at every gradient before it is used: how long it is, for the history, and whether it is a number at all.

One sum of squares per parameter tells both, since a NaN or an infinity anywhere makes the sum NaN or infinite.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tinygrad_vn.language import current_language
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.phrases import Text
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.training.words import in_all


class DivergedError(ArithmeticError):
    """The loss or a gradient is NaN or infinite. The step was not taken.

    Args:
        found: what is not finite, in every language.
        parameter: the first parameter concerned; None where it is the loss alone.
        epoch: in which epoch, from 1.
        batch: at which of its batches, from 1.
        lr: the learning rate.

    Attributes:
        parameter, epoch, batch, lr: as given.
        suggested_lr: a smaller learning rate.
        texts: the text in every language. `str(error)` is the one in the language in force.
        history: the `History` up to here.
    """

    history: Any = None

    def __init__(self, found: Text, parameter: str | None, epoch: int, batch: int, lr: float) -> None:
        self.parameter, self.epoch, self.batch, self.lr = parameter, epoch, batch, lr
        self.suggested_lr = lr / 10
        self.texts = in_all(
            "diverged", found=found, epoch=epoch, batch=batch, lr=number(lr), smaller=number(self.suggested_lr)
        )
        super().__init__(found, parameter, epoch, batch, lr)

    def __str__(self) -> str:
        return self.texts[current_language()]


def squared_norm(gradient: Any) -> float:
    """‖∇‖₂², which is not finite where the gradient is not (or where its length is beyond 10¹⁵⁴, which is as bad)."""
    values = gradient.rows.coalesce().values if gradient.is_sparse else gradient._data
    square = float(np.vdot(values, values))
    if math.isinf(square) and values.dtype != np.float64:
        values = values.astype(np.float64)
        square = float(np.vdot(values, values))
    return square


def not_finite(
    parameters: Mapping[str, Tensor], gradient_of: str | None, loss: float, *, epoch: int, batch: int, lr: float
) -> DivergedError:
    """The error for a step that must not be taken.

    Args:
        parameters: all of the model's, by name.
        gradient_of: the parameter whose gradient is not finite; None where the loss is not.
        loss: its value.
        epoch: in which epoch, from 1.
        batch: at which of its batches, from 1.
        lr: the learning rate.
    """
    key, name = "bad gradient", gradient_of
    if name is None:
        name = next((name for name, p in parameters.items() if not np.isfinite(p._data).all()), None)
        key = "bad loss" if name is None else "bad parameter"
    found = in_all(key, name=name, value=number(loss))
    return DivergedError(found, name, epoch, batch, lr)
