"""A film is also known by its audience: the factors of everyone who rated it, whatever they gave.

    r̂ = μ + b_u + b_i + u · (m + n_i^(−½) ∑ z_v)            over the n_i users v who rated film i

Most films have a handful of ratings, too few to learn 20 numbers from. But that those few people, and no others, chose
to watch and rate it says much about it. Every user therefore has a second row z, what it says of a film that this user
rated it; a film's own row m only adds what its audience does not tell.

SVD++ does the same with the sides exchanged, the films that a user rated telling about the user. On MovieLens' 100,004
ratings this side helps far more: there are 30 ratings of a film's audience to learn each z from for every one of a
film's. Only ratings of the training part count as an audience; those that are to be predicted are not known.

Source: Koren, "Factorization meets the neighborhood", KDD 2008, equation 15, which is SVD++.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_vn import Tensor, nn
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_dot import EmbeddingDotBias, Range
from tinygrad_vn.models.recommender import Indices
from tinygrad_vn.nn import functional as F

LARGEST = 200_000_000
"""Cells of users × films: the table of who rated what is kept whole, 4 bytes a cell."""


class EmbeddingAudience(EmbeddingDotBias):
    """`EmbeddingDotBias` whose films are described by who rated them, too.

    Every prediction computes the factors of all films: for training on all ratings at once.

    Args:
        n_users, n_items, n_factors, y_range, mean, dtype, rng: as in `EmbeddingDotBias`.
        seen: who rated what in the training part: numbers of users and of films, both of shape (n,).

    Raises:
        ValueError: the table of who rated what would not fit into memory.
    """

    def __init__(
        self,
        n_users: int,
        n_items: int,
        n_factors: int = 20,
        y_range: Range | None = None,
        mean: float = 0.0,
        *,
        seen: tuple[Indices, Indices],
        dtype: DTypeLike | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        if n_users * n_items > LARGEST:
            raise ValueError(say("too large", users=n_users, items=n_items))
        super().__init__(n_users, n_items, n_factors, y_range, mean, dtype=dtype, rng=rng)
        self.z = nn.Embedding(n_users, n_factors, dtype=dtype, rng=rng)
        nn.init.zeros_(self.z.weight)
        users, items = seen
        counts = np.bincount(items, minlength=n_items)
        audience = np.zeros((n_items, n_users), self.z.weight.dtype)
        audience[items, users] = 1 / np.sqrt(counts[items])
        self.audience = Tensor(audience)

    def factors_of(self, items: Any) -> Tensor:
        """Rows of `item_factors` for these films, shape (n,) to (n, n_factors)."""
        return F.embedding(items, self.item_factors())

    def item_factors(self) -> Tensor:
        """Every film's own row and what its audience says of it, shape (n_items, n_factors)."""
        return self.m.weight + self.audience @ self.z.weight
