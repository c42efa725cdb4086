"""Learning what to show first, instead of how many stars somebody would give.

Squared error learns from rated films only, and of them it learns how good they are: a film that ten enthusiasts rated
5 then stands above one that everybody watches. What to recommend is another question: which films will this user
choose at all? Two losses ask it, for the same models:

    softmax   − ∑ log ( exp s_ui / ∑_j exp s_uj )           over the films i that user u rated: they should take the
                                                            largest shares among all films j
    BPR       − ∑ log σ(s_ui − s_uj)                        for a film i that u rated and one j drawn at random that u
                                                            did not: i should stand above j

Sources: Rendle, Freudenthaler, Gantner and Schmidt-Thieme, "BPR: Bayesian personalized ranking from implicit feedback",
UAI 2009; Liang, Krishnan, Hoffman and Jebara, "Variational autoencoders for collaborative filtering", WWW 2018,
equation 2, for the softmax over all films.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn import Tensor, nn
from tinygrad_vn.models.embedding_dot import EmbeddingDot, EmbeddingDotBias
from tinygrad_vn.models.recommender import Indices, Numbers

LIKED: Final = 4.0  # stars


class EveryFilm(nn.Module):
    """The model's scores of all films: users (k,) → (k, n_items). What the softmax is taken of."""

    def __init__(self, model: EmbeddingDot | EmbeddingDotBias) -> None:
        super().__init__()
        self.model = model

    def forward(self, users: Any) -> Tensor:
        """Logits of all films."""
        return self.model.every_item(users)


class Preference(nn.Module):
    """By how much a user prefers one film to another: s_ui − s_uj, for (n,), (n,), (n,) → (n,)."""

    def __init__(self, model: EmbeddingDot | EmbeddingDotBias) -> None:
        super().__init__()
        self.model = model

    def forward(self, users: Any, items: Any, others: Any) -> Tensor:
        """The logit of "rather this film than the other"."""
        difference: Tensor = self.model(users, items) - self.model(users, others)
        return difference


class Comparisons:
    """Batches for BPR: users, a film that each has rated, one drawn anew that each has not, and the answer, 1.

    Args:
        seen: who rated what: numbers of users and of films, both of shape (n,).
        n_items: how many films there are.
        batch_size: how many comparisons make a batch.
        rng: draws the order and the other films.
    """

    def __init__(self, seen: tuple[Indices, Indices], n_items: int, batch_size: int, rng: np.random.Generator) -> None:
        self.users, self.items = seen
        self.n_items, self.batch_size, self.rng = n_items, batch_size, rng
        self.pairs = np.sort(self.users * n_items + self.items)

    def __len__(self) -> int:
        """How many batches make an epoch."""
        return -(-len(self.users) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        order = self.rng.permutation(len(self.users))
        for begin in range(0, len(order), self.batch_size):
            chosen = order[begin : begin + self.batch_size]
            users, items = self.users[chosen], self.items[chosen]
            others = self._unseen(users)
            yield Tensor(users), Tensor(items), Tensor(others), Tensor(np.ones(len(chosen), np.float32))

    def _unseen(self, users: Indices) -> Indices:
        """A film for each user that the user has not rated (after 100 draws, of users who rated nearly all, any)."""
        others = self.rng.integers(0, self.n_items, len(users))
        for _ in range(100):
            pairs = users * self.n_items + others
            place = np.minimum(np.searchsorted(self.pairs, pairs), len(self.pairs) - 1)
            again = np.flatnonzero(self.pairs[place] == pairs)
            if not len(again):
                break
            others[again] = self.rng.integers(0, self.n_items, len(again))
        return others


def wish_table(
    seen: tuple[Indices, Indices], ratings: Numbers, liked: float, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """The target of the softmax, shape (users, films): 1 for films that were liked, 0.3 for others that were rated.

    Whoever rated a film chose to watch it, which says something too; 0.3 was chosen on ratings set aside from the
    training part of MovieLens' 100,004.
    """
    table = np.zeros(shape, np.float32)
    table[seen] = np.where(ratings >= liked, 1.0, 0.3)
    return table
