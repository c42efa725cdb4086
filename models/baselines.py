"""What a recommender has to beat: predictions that know nothing of tastes, and neighbours.

Some users are generous and some are strict, some films are liked by nearly everybody. That alone explains a good part
of all ratings; factors are worth their cost only by what they add. Of films to watch next, the same holds of what
everybody watches, and of what goes with the films that a user has seen.
"""

from __future__ import annotations

import numpy as np

from tinygrad_vn.models.recommender import Indices, Numbers, Recommender


class GlobalMean(Recommender):
    """Predicts for everybody and every film the mean μ of all ratings."""

    def _learn(self, users: Indices, items: Indices, ratings: Numbers) -> None:
        self.mean = float(ratings.mean())

    def _predict(self, users: Indices, items: Indices) -> Numbers:
        return np.full(len(users), self.mean)


class MeanAndBiases(Recommender):
    """Predicts μ + b_u + b_i: the mean, what user u usually adds to it, and what film i usually adds.

    The biases minimise Σ (r − μ − b_u − b_i)² + λ_u Σ b_u² + λ_i Σ b_i² (ridge regression). For given film biases the
    best b_u is the sum of the user's residuals divided by (their number + λ_u), and the other way round; a few turns
    of both arrive at the minimum.

    Args:
        user_penalty: λ_u. Both were chosen on ratings set aside from the training part of MovieLens' 100,004.
        item_penalty: λ_i.
        n_sweeps: how many turns.

    Source: Koren, Bell and Volinsky, "Matrix factorization techniques for recommender systems", Computer 42(8), 2009.
    """

    def __init__(self, user_penalty: float = 5.0, item_penalty: float = 3.0, n_sweeps: int = 20) -> None:
        self.user_penalty = user_penalty
        self.item_penalty = item_penalty
        self.n_sweeps = n_sweeps

    def _learn(self, users: Indices, items: Indices, ratings: Numbers) -> None:
        n_users, n_items = self.shape
        self.mean = float(ratings.mean())
        self.user_biases, self.item_biases = np.zeros(n_users), np.zeros(n_items)
        user_weights = np.bincount(users, minlength=n_users) + self.user_penalty
        item_weights = np.bincount(items, minlength=n_items) + self.item_penalty
        rest = ratings - self.mean
        for _ in range(self.n_sweeps):
            self.item_biases = np.bincount(items, rest - self.user_biases[users], n_items) / item_weights
            self.user_biases = np.bincount(users, rest - self.item_biases[items], n_users) / user_weights

    def _predict(self, users: Indices, items: Indices) -> Numbers:
        predicted: Numbers = self.mean + self.user_biases[users] + self.item_biases[items]
        return predicted


class Popularity(MeanAndBiases):
    """Recommends to everybody what most people rated, whatever they gave; predicts ratings as `MeanAndBiases` does."""

    def _learn(self, users: Indices, items: Indices, ratings: Numbers) -> None:
        super()._learn(users, items, ratings)
        self.counts = np.bincount(items, minlength=self.shape[1]).astype(np.float64)

    def scores(self, users: Indices) -> Numbers:
        """How many people rated each film, the same row for every user."""
        return np.tile(self.counts, (len(users), 1))


class ItemNeighbours(MeanAndBiases):
    """Recommends what goes with what a user has seen; predicts ratings as `MeanAndBiases` does.

    Two films are the more similar the more people rated both, measured by what their own numbers of ratings would let
    expect: s_ij = n_ij / (√(n_i n_j) + shrinkage). A film's score is the sum of its similarities to the films that the
    user has rated, as far as these are among its nearest.

    Args:
        n_neighbours: how many nearest films of each count. This and the shrinkage were chosen on ratings set aside
            from the training part of MovieLens' 100,004.
        shrinkage: keeps films with few ratings from being very similar by chance.

    Source: Deshpande and Karypis, "Item-based top-N recommendation algorithms", ACM TOIS 22(1), 2004.
    """

    def __init__(self, n_neighbours: int = 200, shrinkage: float = 50.0) -> None:
        super().__init__()
        self.n_neighbours, self.shrinkage = n_neighbours, shrinkage

    def _learn(self, users: Indices, items: Indices, ratings: Numbers) -> None:
        super()._learn(users, items, ratings)
        self.rated = np.zeros(self.shape, np.float32)
        self.rated[users, items] = 1
        similar = self.rated.T @ self.rated
        roots = np.sqrt(similar.diagonal())
        similar /= np.outer(roots, roots) + np.float32(self.shrinkage)
        np.fill_diagonal(similar, 0)
        if self.n_neighbours < self.shape[1]:
            nearest = np.partition(similar, -self.n_neighbours, axis=1)[:, -self.n_neighbours]
            similar[similar < nearest] = 0  # column i keeps what is among the nearest of film i
        self.similar = similar

    def scores(self, users: Indices) -> Numbers:
        """The sums of similarities, one row per user."""
        return np.stack([self.similar[self.rated[user] > 0].sum(0) for user in users]).astype(np.float64)
