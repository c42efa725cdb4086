"""Ratings that come as arrays: what they must be, and what is said where they are not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_vn.data.ratings.columns import RatingColumns, Scale
from tinygrad_vn.data.ratings.ids import first_pair_twice, ids_of
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


def array_columns(
    users: Any, items: Any, ratings: ArrayLike, timestamps: ArrayLike | None, scale: Scale
) -> RatingColumns:
    """Ratings from columns of ids, ratings and times.

    Raises:
        DataError: lengths differ, an id is blank, a rating is NaN or off the scale, or a pair stands there twice.
    """
    (user_ids, user_numbers), (item_ids, item_numbers) = ids_of(users, "users"), ids_of(items, "items")
    values, times = stars(ratings, scale), None if timestamps is None else seconds(timestamps)
    if not user_numbers.shape == item_numbers.shape == values.shape:
        raise complaint("shapes", users=user_numbers.shape, items=item_numbers.shape, ratings=values.shape)
    twice = first_pair_twice(user_numbers, item_numbers, len(item_ids))
    if twice is not None:
        user, item = user_ids.tolist()[user_numbers[twice[1]]], item_ids.tolist()[item_numbers[twice[1]]]
        raise complaint("pair twice in arrays", f"ratings[{twice[1]}]", user=user, item=item, earlier=twice[0])
    return RatingColumns(user_numbers, item_numbers, values, user_ids, item_ids, times)


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
