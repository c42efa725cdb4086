"""What every reader makes of ratings, wherever they are from: three columns of one length, and the ids behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.ratings.ids import Ids, Indices
from tinygrad_vn.errors import DataError

Scale = tuple[float, float]

RATING_SCALE: Final[Scale] = (0.5, 5.0)
"""MovieLens' scale: half a star to five stars."""


@dataclass
class RatingColumns:
    """User number `users[k]` gave film number `items[k]` the rating `ratings[k]`.

    Attributes:
        users, items, ratings: shape (n,).
        user_ids, item_ids: the numbers are places in them.
        timestamps: seconds, shape (n,); None where there are none, or some are not whole numbers.
        no_time: where and what the first timestamp is that is no whole number.
    """

    users: Indices
    items: Indices
    ratings: NDArray[np.float64]
    user_ids: Ids
    item_ids: Ids
    timestamps: NDArray[np.int64] | None = None
    no_time: DataError | None = None
