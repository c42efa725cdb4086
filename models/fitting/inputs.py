"""What an estimator is given, checked in scikit-learn's manner: a table X, targets y, and weights of the samples.

Whatever cannot be meant ends here in an error that says where it is and what to write instead: a missing value, a
single row without its second axis, labels where numbers are wanted. What comes out is float64 and has the right shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

Numbers = NDArray[np.float64]
Labels = NDArray[Any]


def table(X: Any) -> Numbers:
    """X as numbers, shape (n, d).

    Args:
        X: an array, a Tensor, nested lists or a pandas DataFrame: one row per sample, one column per feature.

    Raises:
        ValueError: another shape, nothing in it, NaN or infinity, or something else than real numbers.
        TypeError: it is sparse.
    """
    if hasattr(X, "toarray"):
        raise TypeError(said("X is a sparse matrix; write X.toarray()"))
    values = _numbers(X, "X")
    if values.ndim != 2:
        text = (
            "X needs shape (samples, features), not {shape}; write X.reshape(-1, 1) if it is one feature, "
            "X.reshape(1, -1) if it is one sample"
        )
        raise ValueError(said(text, shape=values.shape))
    if 0 in values.shape:
        text = "X has shape {shape}: there must be at least one sample and one feature"
        raise ValueError(said(text, shape=values.shape))
    _refuse_not_finite(values, "X")
    return np.ascontiguousarray(values)


def names_of(X: Any) -> Labels | None:
    """The names of the columns of a DataFrame, where all are texts; None for everything else."""
    columns = getattr(X, "columns", None)
    if columns is None or not all(isinstance(name, str) for name in columns):
        return None
    return np.array(list(columns), dtype=object)


def targets(y: Any, count: int) -> Numbers:
    """Targets of a regression, shape (n,) or (n, k).

    Raises:
        ValueError: not one row for each of the `count` samples, another shape, NaN or infinity, or no real numbers.
    """
    values = _numbers(y, "y")
    if values.ndim not in (1, 2) or (values.ndim == 2 and not values.shape[1]):
        raise ValueError(said("y needs shape (samples,) or (samples, targets), not {shape}", shape=values.shape))
    _refuse_other_length("y", len(values), count)
    _refuse_not_finite(values, "y")
    return values


def labels(y: Any, count: int) -> tuple[Labels, NDArray[np.intp]]:
    """Targets of a classification.

    Args:
        y: one label per sample, shape (n,) or (n, 1): whole numbers, texts, truth values, or anything that sorts.
        count: how many samples there are.

    Returns:
        The classes, sorted, shape (k,), and for every sample which of them it belongs to, shape (n,).

    Raises:
        ValueError: not one label for each sample, a label that is missing or no class, or fewer than two classes.
        TypeError: the labels are of types that do not sort.
    """
    values = np.asarray(y.detach().numpy() if isinstance(y, Tensor) else y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        text = "y needs one label per sample, shape (samples,), not {shape}; of one column per class, y.argmax(axis=1)"
        raise ValueError(said(text, shape=values.shape))
    _refuse_other_length("y", len(values), count)
    missing = [row for row, value in enumerate(values.tolist()) if value is None or value != value]
    if missing:
        raise ValueError(said("y[{row}] is missing; leave such samples out", row=missing[0]))
    if values.dtype.kind == "f" and (wrong := np.flatnonzero(values != np.round(values))).size:
        text = "y[{row}] is {value}: a class is a whole number or a name; for measured numbers take a regressor"
        raise ValueError(said(text, row=wrong[0], value=values[wrong[0]]))
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


def weights(sample_weight: Any, count: int) -> Numbers | None:
    """How much every sample counts, shape (n,); None where nothing was given and all count alike.

    Raises:
        ValueError: not one for each sample, a negative one, NaN or infinity, or all are 0.
    """
    if sample_weight is None:
        return None
    values = _numbers(sample_weight, "sample_weight")
    if values.shape != (count,):
        text = "sample_weight needs one number per sample, shape ({count},), not {shape}"
        raise ValueError(said(text, count=count, shape=values.shape))
    _refuse_not_finite(values, "sample_weight")
    if (values < 0).any():
        place = f"sample_weight[{values.argmin()}]"
        raise ValueError(said("{place} is {value}; a weight is 0 or more", place=place, value=values.min()))
    if not values.any():
        raise ValueError(said("all weights in sample_weight are 0: there is nothing to learn from"))
    return values


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """ValueError where a setting is none of what it can be."""
    if not any(value is choice or (type(value) is type(choice) and value == choice) for choice in choices):
        known = ", ".join(map(repr, choices))
        raise ValueError(said("{name}={value!r} is none of {known}", name=name, value=value, known=known))


def check_number(name: str, value: Any, low: float, *, above: bool = False, whole: bool = False) -> None:
    """ValueError where a setting is no number, below `low`, or with `above` not more than it.

    Raises:
        ValueError: that.
    """
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    if is_number and (value > low if above else value >= low):
        return
    bound = f"> {low:g}" if above else f"≥ {low:g}"
    text = "{name}={value!r} makes no sense; it must be a number {bound}"
    if whole:
        text = "{name}={value!r} makes no sense; it must be a whole number {bound}"
    raise ValueError(said(text, name=name, value=value, bound=bound))


def _numbers(values: Any, name: str) -> Numbers:
    """As float64; ValueError, as in scikit-learn, where that cannot be."""
    if isinstance(values, Tensor):
        values = values.detach().numpy()
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":  # numbers of several types, None and pandas' NA among them
            array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            said("{name} is no table of numbers; turn texts into numbers, and give all rows one length", name=name)
        ) from None
    if array.dtype.kind not in "biuf":
        raise ValueError(said("{name} holds {dtype}, not real numbers", name=name, dtype=array.dtype))
    return array.astype(np.float64)


def _refuse_not_finite(values: Numbers, name: str) -> None:
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        place = f"{name}[{', '.join(map(str, wrong[0]))}]"
        text = (
            "{count} values of {name} are NaN or infinite, the first is {place}: leave such rows out or fill in values"
        )
        raise ValueError(said(text, count=len(wrong), name=name, place=place))


def _refuse_other_length(name: str, length: int, count: int) -> None:
    if length != count:
        text = "X has {count} samples, but {name} has {length}: give one for each"
        raise ValueError(said(text, count=count, name=name, length=length))
