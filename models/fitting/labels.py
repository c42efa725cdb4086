"""The classes that a classifier learns: labels of any type, one for each row, checked and turned into numbers."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.models.fitting.inputs import Labels, refuse_other_length
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


class DataConversionWarning(UserWarning):
    """What was given has another shape than it should, and was taken as it must be meant."""


def labels(y: Any, count: int) -> Labels:
    """One label for each of the `count` samples, shape (n,).

    Args:
        y: whole numbers, texts, truth values, or anything that sorts, shape (n,); (n, 1) is taken with a warning.
        count: how many samples there are.

    Raises:
        ValueError: another shape, or a label that is missing or no class.
    """
    values = np.asarray(y.detach().numpy() if isinstance(y, Tensor) else y)
    if values.ndim == 2 and values.shape[1] == 1:
        warn_user(DataConversionWarning(said("y has shape {shape}, a column; write y.ravel()", shape=values.shape)))
        values = values[:, 0]
    if values.ndim != 1:
        text = "y needs one label per sample, shape (samples,), not {shape}; of one column per class, y.argmax(axis=1)"
        raise ValueError(said(text, shape=values.shape))
    refuse_other_length("y", len(values), count)
    missing = [row for row, value in enumerate(values.tolist()) if value is None or value != value]
    if missing:
        raise ValueError(said("y[{row}] is missing; leave such samples out", row=missing[0]))
    if values.dtype.kind == "f" and (wrong := np.flatnonzero(values != np.round(values))).size:
        text = "y[{row}] is {value}: a class is a whole number or a name; for measured numbers take a regressor"
        raise ValueError(said(text, row=wrong[0], value=values[wrong[0]]))
    return values


def numbered(values: Labels) -> tuple[Labels, NDArray[np.intp]]:
    """The classes, sorted, shape (k,), and for every sample which of them it belongs to, shape (n,).

    Raises:
        ValueError: there are fewer than two classes.
        TypeError: the labels are of types that do not sort.
    """
    try:
        classes, numbers = np.unique(values, return_inverse=True)
    except TypeError:
        kinds = ", ".join(sorted({type(value).__name__ for value in values.tolist()}))
        raise TypeError(
            said("the labels in y are of several types ({kinds}); give all the same", kinds=kinds)
        ) from None
    if len(classes) < 2:
        text = "there is only one class in y, {label!r}; a classifier needs samples of at least two"
        raise ValueError(said(text, label=classes.tolist()[0]))
    return classes, numbers.reshape(-1).astype(np.intp)


def refuse_other_kinds(values: Labels, classes: Labels) -> None:
    """ValueError where a label could not be any of the classes, as the text "1" is not the number 1."""
    known = {_kind(label) for label in classes.tolist()}
    for row, label in enumerate(values.tolist()):
        if _kind(label) not in known:
            text = "y[{row}] is {label!r}, but the classes are {classes}: give labels of the same type"
            some = ", ".join(map(repr, classes.tolist()[:3])) + (", …" if len(classes) > 3 else "")
            raise ValueError(said(text, row=row, label=label, classes=some))


def _kind(label: Any) -> str:
    for kind, types in (("number", (Real, np.bool_)), ("text", str)):
        if isinstance(label, types):
            return kind
    return type(label).__name__
