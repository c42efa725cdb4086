"""What a recommender has to beat: predictions that know nothing of tastes.

Some users are generous and some are strict, some films are liked by nearly everybody. That alone explains a good part
of all ratings; factors are worth their cost only by what they add.
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
