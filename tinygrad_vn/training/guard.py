"""Looking at every gradient before it is used: how long it is, for the history, and whether it is a number at all.

One sum of squares per parameter tells both, since a NaN or an infinity anywhere makes the sum NaN or infinite.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from tinygrad_vn.language import current_language
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.phrases import Text
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.training.words import in_all

RUINED: Final = 1e6
"""Parameters of this norm have been thrown about: healthy ones seldom have a thousandth of it."""


class DivergedError(ArithmeticError):
    """The loss or a gradient is NaN or infinite. The step was not taken.

    Args:
        texts: what happened, why, and what to do, in every language.
        parameter: the parameter concerned; None where it is the loss or the data.
        epoch: in which epoch, from 1.
        batch: at which of its batches, from 1.
        lr: the learning rate.

    Attributes:
        texts, parameter, epoch, batch, lr: as given. `str(error)` is the text in the language in force.
        history: the `History` up to here.
    """

    history: Any = None

    def __init__(self, texts: Text, parameter: str | None, epoch: int, batch: int, lr: float) -> None:
        self.texts, self.parameter, self.epoch, self.batch, self.lr = texts, parameter, epoch, batch, lr
        super().__init__(texts, parameter, epoch, batch, lr)

    def __str__(self) -> str:
        return self.texts[current_language()]


class Moment(NamedTuple):
    """When it was that numbers turned out to be none.

    Attributes:
        epoch: from 1.
        batch: of this epoch, from 1.
        steps: how many were taken before.
        lr: the learning rate.
        loss: of this batch.
        losses: of the epochs before.
    """

    epoch: int
    batch: int
    steps: int
    lr: float
    loss: float
    losses: Sequence[float]

    def error(self, found: Text, why: Text, parameter: str | None) -> DivergedError:
        """The error of this moment."""
        texts = in_all("diverged", epoch=self.epoch, batch=self.batch, found=found, why=why)
        return DivergedError(texts, parameter, self.epoch, self.batch, self.lr)


def squared_norm(gradient: Any) -> float:
    """‖∇‖₂², which is not finite where the gradient is not (or where its length is beyond 10¹⁵⁴, which is as bad)."""
    values = gradient.rows.coalesce().values if gradient.is_sparse else gradient._data
    square = float(np.vdot(values, values))
    if math.isinf(square) and values.dtype != np.float64:
        values = values.astype(np.float64)
        square = float(np.vdot(values, values))
    return square


def not_finite(
    parameters: Mapping[str, Tensor], gradient_of: str | None, fault: Text | None, moment: Moment
) -> DivergedError:
    """The error for a step that must not be taken.

    Args:
        parameters: all of the model's, by name.
        gradient_of: the parameter whose gradient is not finite; None where the loss is not.
        fault: what is not finite in the data; None where all is.
        moment: when it was.
    """
    value = number(moment.loss)
    if fault is not None:
        return moment.error(in_all("bad loss", value=value), in_all("fault of the data", fault=fault), gradient_of)
    key, name = "bad gradient", gradient_of
    if name is None:
        name = next((name for name, p in parameters.items() if not np.isfinite(p._data).all()), None)
        key = "bad loss" if name is None else "bad parameter"
    found = in_all(key, name=name, value=value)
    if not moment.steps:
        return moment.error(found, in_all("before the first step"), name)
    norms = {name: _norm(p._data) for name, p in parameters.items()}
    largest = max(norms, key=lambda name: norms[name])
    if norms[largest] < RUINED:
        return moment.error(found, sudden(moment.lr), name)
    since = _rising_since(moment.losses)
    rising = in_all("rising", epoch=since) if since else in_all("not rising")
    details = {"name": largest, "norm": number(norms[largest], 2), "rising": rising, "lr": number(moment.lr)}
    return moment.error(found, in_all("ruined", **details), name or largest)


def sudden(lr: float) -> Text:
    """What to do where numbers go wrong all at once, out of healthy parameters."""
    return in_all("sudden", lr=number(lr))


def _norm(values: Any) -> float:
    """‖w‖₂, also where its square overflows; of NaN and infinities ∞."""
    top = float(np.abs(values).max(initial=0.0))
    if not 0 < top < math.inf:
        return 0.0 if top == 0 else math.inf
    return top * float(np.linalg.norm((values / top).ravel()))


def _rising_since(losses: Sequence[float]) -> int | None:
    """The epoch from which on the loss rose without end; None where it did not rise in the last one."""
    first = len(losses)
    while first >= 2 and losses[first - 1] > losses[first - 2]:
        first -= 1
    return first + 1 if first < len(losses) else None
