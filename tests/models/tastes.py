"""Ratings of people with simple tastes, and learners of them: what tests of the recommender share."""

from typing import Any

import numpy as np

from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models import CollabLearner, collab_learner

KINDS = ["dot", "dot_bias", "audience", "net"]


def tastes(n_users: int = 40, n_items: int = 30, seed: int = 0) -> RatingsDataset:
    """Two kinds of people and two kinds of films: everyone likes one kind only. Films are named by letters."""
    rng = np.random.default_rng(seed)
    rated = rng.random((n_users, n_items)) < 0.6
    rated[0, 0], rated[1, :2] = False, False
    users, items = np.nonzero(rated)
    ratings = np.where(users % 2 == items % 2, 4.5, 1.5) + rng.choice([-0.5, 0.0, 0.5], len(users))
    return RatingsDataset.from_arrays(
        users + 100, [f"film {k:02d}" for k in items], ratings, titles={"film 00": "The First"}
    )


def choices() -> RatingsDataset:
    """Everyone watches one kind of films only."""
    rng = np.random.default_rng(0)
    users, items = np.nonzero((np.add.outer(np.arange(40), np.arange(30)) % 2 == 0) & (rng.random((40, 30)) < 0.6))
    return RatingsDataset.from_arrays(users, items, np.full(len(users), 4.0))


def trained(kind: str = "dot_bias", epochs: int = 60, **settings: Any) -> CollabLearner:
    learner = collab_learner(tastes(), kind, n_factors=4, **settings)
    learner.fit(epochs, lr=0.05, wd=1e-3, batch_size="all", progress=False)
    return learner


def problem_with(learner: CollabLearner, items: Any, ratings: Any) -> tuple[Any, ...]:
    table, offset, penalties = learner.fold_in_problem(items)
    return table, offset, np.asarray(ratings, float), penalties
