"""The lecture's recommenders: a row of numbers for every user and every film, and their dot product.

    EmbeddingDot        r̂ = u · m
    EmbeddingDotBias    r̂ = μ + b_u + b_i + u · m           linear, or
                        r̂ = low + (high − low) · σ(z)       with z = μ + b_u + b_i + u · m

Nobody says what the numbers mean (action? comedy?): training finds them. A sigmoid keeps predictions within a range,
but reaches its ends only at infinity. Where the range is that of the ratings, [0.5, 5], a rating of 5 pulls for ever;
so `collab_learner` pads it by default, to [0, 5.5].

Source: `002_8a50c176e41375fb.txt`, "Dot product model" and "Bias"; Koren, Bell and Volinsky, "Matrix factorization
techniques for recommender systems", Computer 42(8), 2009, equations 1 to 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_vn import Tensor, nn
from tinygrad_vn.nn import functional as F

Range = tuple[float, float]


def table(rows: int, width: int, low: float, high: float, dtype: Any, rng: Any) -> nn.Embedding:
    """A table of rows that starts with numbers drawn uniformly from [low, high)."""
    layer = nn.Embedding(rows, width, dtype=dtype, rng=rng)
    nn.init.uniform_(layer.weight, low, high, rng=rng)
    return layer


def in_range(z: Tensor, y_range: Range | None) -> Tensor:
    """low + (high − low) · σ(z): any number, brought between low and high; z itself without a range."""
    if y_range is None:
        return z
    low, high = y_range
    return F.sigmoid(z) * (high - low) + low


def before_sigmoid(rating: float, y_range: Range | None) -> float:
    """The z of which `in_range` makes this rating."""
    if y_range is None:
        return rating
    share = (rating - y_range[0]) / (y_range[1] - y_range[0])
    return float(np.log(share / (1 - share)))


class EmbeddingDot(nn.Module):
    """r̂ = u · m.

    Args:
        n_users: how many users.
        n_items: how many films.
        n_factors: how many numbers describe a user, or a film.
        dtype: of the tables; the default dtype by default.
        rng: where their first values come from, uniformly from [0, 0.05) as in the lecture.
    """

    def __init__(
        self,
        n_users: int,
        n_items: int,
        n_factors: int = 50,
        *,
        dtype: DTypeLike | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__()
        self.u = table(n_users, n_factors, 0, 0.05, dtype, rng)
        self.m = table(n_items, n_factors, 0, 0.05, dtype, rng)

    def item_factors(self) -> Tensor:
        """What users are multiplied by, shape (n_items, n_factors)."""
        return self.m.weight

    def every_item(self, users: Any) -> Tensor:
        """Every film's r̂ for these users, shape (k,) to (k, n_items)."""
        return self.u(users) @ self.item_factors().mT

    def forward(self, users: Any, items: Any) -> Tensor:
        """Numbers of users and films, both of shape (n,), to ratings, shape (n,)."""
        return (self.u(users) * self.m(items)).sum(1)


class EmbeddingDotBias(nn.Module):
    """r̂ = μ + b_u + b_i + u · m, the same through a sigmoid where a range is given.

    Args:
        n_users, n_items, n_factors, dtype, rng: as in `EmbeddingDot`; tables start in [−0.01, 0.01) as in the lecture.
        y_range: the ends of the sigmoid; None for a linear prediction.
        mean: μ, a number that stays as it is; 0 as in the lecture. With a range it counts before the sigmoid.
    """

    def __init__(
        self,
        n_users: int,
        n_items: int,
        n_factors: int = 50,
        y_range: Range | None = None,
        mean: float = 0.0,
        *,
        dtype: DTypeLike | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__()
        self.y_range, self.mean = y_range, mean
        self.u = table(n_users, n_factors, -0.01, 0.01, dtype, rng)
        self.m = table(n_items, n_factors, -0.01, 0.01, dtype, rng)
        self.ub = table(n_users, 1, -0.01, 0.01, dtype, rng)
        self.mb = table(n_items, 1, -0.01, 0.01, dtype, rng)

    def item_factors(self) -> Tensor:
        """What users are multiplied by, shape (n_items, n_factors)."""
        return self.m.weight

    def factors_of(self, items: Any) -> Tensor:
        """What users are multiplied by for these films, shape (n,) to (n, n_factors)."""
        return self.m(items)

    def every_item(self, users: Any) -> Tensor:
        """Every film's z for these users, before the sigmoid, which leaves their order alone: (k,) to (k, n_items)."""
        of_both = self.u(users) @ self.item_factors().mT
        return of_both + self.ub(users) + self.mb.weight.mT + self.mean

    def forward(self, users: Any, items: Any) -> Tensor:
        """Numbers of users and films, both of shape (n,), to ratings, shape (n,)."""
        of_both = (self.u(users) * self.factors_of(items)).sum(1)
        z = of_both + self.ub(users).squeeze(1) + self.mb(items).squeeze(1) + self.mean
        return in_range(z, self.y_range)
