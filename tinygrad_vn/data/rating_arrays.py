"""Ratings that come as arrays: what they must be, and what is said where they are not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_vn.data.rating_files import Scale
from tinygrad_vn.data.rating_ids import Ids, ids_of
from tinygrad_vn.data.words import complaint

Numbers = NDArray[np.float64]


def checked_scale(scale: Scale) -> Scale:
    """The lowest and the highest rating, as floats.

    Raises:
        DataError: they are not two finite numbers, the lower one first.
    """
    try:
        low, high = map(float, scale)
    except (TypeError, ValueError):
        raise complaint("no scale", scale=scale) from None
    if not -math.inf < low < high < math.inf:
        raise complaint("no scale", scale=scale)
    return low, high


def stars(ratings: ArrayLike, scale: Scale) -> Numbers:
    """Ratings, shape (n,), all on the scale.

    Raises:
        DataError: they have another shape, there are none, or one is no number, NaN or off the scale.
    """
    try:
        values = np.array(ratings, np.float64)
    except (TypeError, ValueError):
        raise complaint("no numbers", name="ratings", dtype=np.asarray(ratings, object).dtype) from None
    if values.ndim != 1:
        raise complaint("no flat ids", what="ratings", shape=values.shape)
    if not len(values):
        raise complaint("no ratings in arrays")
    off = ~((values >= scale[0]) & (values <= scale[1]))
    if off.any():
        at = int(np.argmax(off))
        value = values[at].item()
        if not math.isfinite(value):
            raise complaint("no rating in array", f"ratings[{at}]", value=value)
        raise complaint("off the scale", f"ratings[{at}]", text=f"{value:g}", low=scale[0], high=scale[1])
    return values


def seconds(timestamps: ArrayLike) -> NDArray[np.int64]:
    """Times as whole seconds since 1970; NumPy's and pandas' dates are turned into such.

    Raises:
        DataError: one is no whole number, or no time.
    """
    times = np.asarray(timestamps)
    if times.dtype.kind == "M":
        times = times.astype("datetime64[s]").astype(np.int64)
    if times.dtype.kind == "f" and np.isfinite(times).all() and (times == np.rint(times)).all():
        return times.astype(np.int64)
    if times.dtype.kind not in "iu":
        wrong = [k for k, time in enumerate(times.ravel().tolist()) if not (isinstance(time, int) or time == time // 1)]
        at = wrong[0] if wrong else 0
        raise complaint("time is no number", f"timestamps[{at}]", text=repr(times.ravel().tolist()[at]))
    return times.astype(np.int64)


def two_axes(source: ArrayLike) -> Numbers:
    """A matrix of numbers, shape (users, films); NaN is allowed, infinity is not.

    Raises:
        DataError: it has another shape, or a cell is no number.
    """
    try:
        values = np.array(source, np.float64)
    except (TypeError, ValueError):
        raise complaint("no numbers", name="matrix", dtype=np.asarray(source, object).dtype) from None
    if values.ndim != 2:
        raise complaint("no matrix", shape=values.shape)
    return values


def rated_cells(values: Numbers, mask: ArrayLike | None) -> NDArray[np.bool_]:
    """Where there is a rating: where the mask is true, or without one wherever the cell is neither 0 nor NaN.

    Raises:
        DataError: the mask has another shape, or holds something else than truth values, 0 and 1.
    """
    if mask is None:
        return ~np.isnan(values) & (values != 0)
    told = np.asarray(mask)
    if told.shape != values.shape or told.dtype.kind not in "biuf" or not np.isin(told, (0, 1)).all():
        raise complaint("mask", mask=told.shape, dtype=told.dtype, shape=values.shape)
    return told.astype(bool)


def axis_ids(ids: Any, what: str, wanted: int) -> Ids:
    """The ids of the rows or of the columns of a matrix, in their order; 1, 2, 3, … for None.

    Raises:
        DataError: there are more or fewer than wanted, one is blank, or two are equal.
    """
    if ids is None:
        return np.arange(1, wanted + 1)
    different, numbers = ids_of(ids, what)
    if len(numbers) != wanted:
        raise complaint("number of ids", what=what, found=len(numbers), wanted=wanted)
    if len(different) < wanted:
        name = different.tolist()[int(np.argmax(np.bincount(numbers) > 1))]
        raise complaint("id twice", what=what, name=name)
    return different[numbers]
