"""The lecture's net for ratings: a user's numbers and a film's, side by side, through two linear layers.

    r̂ = low + (high − low) · σ( W₂ · dropout( relu( W₁ · dropout([u, m]) + b₁ )) + b₂ )

A dot product only compares the k-th number of the user with the k-th of the film; a net may combine any with any.

Source: `002_8a50c176e41375fb.txt`, "Mini net".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_vn import Tensor, nn
from tinygrad_vn.models.embedding_dot import Range, in_range, table
from tinygrad_vn.nn import functional as F


class EmbeddingNet(nn.Module):
    """Concatenated embeddings, two linear layers, two dropouts.

    Args:
        n_users: how many users.
        n_items: how many films.
        n_factors: how many numbers describe a user, or a film.
        y_range: the ends of the sigmoid; None for a linear prediction.
        n_hidden: how many neurons the hidden layer has.
        p1, p2: the shares of the inputs and of the hidden neurons that are dropped in training.
        dtype: of all parameters; the default dtype by default.
        rng: where first values and dropouts come from. Tables start in [−0.01, 0.01) as in the lecture.
    """

    def __init__(
        self,
        n_users: int,
        n_items: int,
        n_factors: int = 50,
        y_range: Range | None = None,
        n_hidden: int = 10,
        p1: float = 0.05,
        p2: float = 0.5,
        *,
        dtype: DTypeLike | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__()
        self.y_range = y_range
        self.u = table(n_users, n_factors, -0.01, 0.01, dtype, rng)
        self.m = table(n_items, n_factors, -0.01, 0.01, dtype, rng)
        self.lin1 = nn.Linear(2 * n_factors, n_hidden, dtype=dtype, rng=rng)
        self.lin2 = nn.Linear(n_hidden, 1, dtype=dtype, rng=rng)
        self.drop1 = nn.Dropout(p1, rng=rng)
        self.drop2 = nn.Dropout(p2, rng=rng)

    def every_item(self, users: Any) -> Tensor:
        """Every film's z for these users, before the sigmoid and without dropout: (k,) to (k, n_items).

        W₁ [u, m] is a sum, one half of W₁ times u and the other times m. So the first layer computes its half for every
        user and every film once, and not for every pair.
        """
        n_factors = self.u.embedding_dim
        of_user = self.u(users) @ self.lin1.weight[:, :n_factors].mT
        of_film = self.m.weight @ self.lin1.weight[:, n_factors:].mT + self.lin1.bias
        hidden = F.relu(of_user.reshape(-1, 1, self.lin1.out_features) + of_film)
        return self.lin2(hidden).squeeze(2)

    def forward(self, users: Any, items: Any) -> Tensor:
        """Numbers of users and films, both of shape (n,), to ratings, shape (n,)."""
        both = self.drop1(np.concatenate([self.u(users), self.m(items)], 1))
        hidden = self.drop2(F.relu(self.lin1(both)))
        return in_range(self.lin2(hidden).squeeze(1), self.y_range)
