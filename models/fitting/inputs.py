"""What an estimator is given, checked in scikit-learn's manner: a table X, targets y, and weights of the samples.

Whatever cannot be meant ends here in an error that says where it is and what to write instead: a missing value, a
single row without its second axis, texts where numbers are wanted. What comes out is float64 and has the right shape.
"""

from __future__ import annotations

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
    refuse_other_length("y", len(values), count)
    _refuse_not_finite(values, "y")
    return values


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


def _numbers(values: Any, name: str) -> Numbers:
    """As float64; ValueError, as in scikit-learn, where that cannot be."""
    try:
        array = np.asarray(values.detach().numpy() if isinstance(values, Tensor) else values)
    except ValueError:
        raise _no_table(name) from None
    texts = (
        [k for k, value in enumerate(array.flat) if isinstance(value, str | bytes)] if array.dtype.kind in "OUS" else []
    )
    if texts:
        place = ", ".join(map(str, np.unravel_index(texts[0], array.shape)))
        text = "{name}[{place}] is {value!r}, a text; turn texts into numbers, such as one column of 0 and 1 for each"
        raise ValueError(said(text, name=name, place=place, value=str(array.flat[texts[0]])))
    if array.dtype.kind == "O":  # numbers of several types, None and pandas' NA among them
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            raise _no_table(name) from None
    if array.dtype.kind not in "biuf":
        raise ValueError(said("{name} holds {dtype}, not real numbers", name=name, dtype=array.dtype))
    return array.astype(np.float64)


def _no_table(name: str) -> ValueError:
    return ValueError(said("{name} is no table of numbers; give numbers only, and all rows one length", name=name))


def _refuse_not_finite(values: Numbers, name: str) -> None:
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        place = f"{name}[{', '.join(map(str, wrong[0]))}]"
        text = (
            "{count} values of {name} are NaN or infinite, the first is {place}: leave such rows out or fill in values"
        )
        raise ValueError(said(text, count=len(wrong), name=name, place=place))


def refuse_other_length(name: str, length: int, count: int) -> None:
    """ValueError where there is not one of it for each sample."""
    if length != count:
        text = "X has {count} samples, but {name} has {length}: give one for each"
        raise ValueError(said(text, count=count, name=name, length=length))
