"""What stands in an evaluation: the model, and beside it what it has to beat.

The mean alone, the mean with what is usual for a user and a film, what most people watch, and what goes with the films
that a user has seen: each learns from the same ratings as the model. What a baseline does not do it is not judged by:
the mean alone ranks nothing, and popularity and neighbours predict ratings as mean and biases do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tinygrad_vn.models.baselines import GlobalMean, ItemNeighbours, MeanAndBiases, Popularity
from tinygrad_vn.models.collab.scores import Pairs
from tinygrad_vn.models.recommender import Indices, Numbers, Recommender

MOST_FILMS = 10_000  # of which neighbours are looked for: the table of films × films then has 400 MB


class Contestant(NamedTuple):
    """What is judged: something that predicts ratings, or ranks films, or both.

    Attributes:
        predict: maps numbers of users and films, (n,) and (n,), to ratings, (n,); None for what only ranks.
        scores: maps numbers of users, (m,), to a score for every film, (m, n_items); None for what ranks nothing.
    """

    predict: Callable[[Indices, Indices], Numbers] | None
    scores: Callable[[Indices], Numbers] | None


def fitted_baselines(
    seen: Pairs, ratings: Numbers, shape: tuple[int, int], n_items: int, scale: tuple[float, float]
) -> dict[str, Contestant]:
    """What every model is to be compared with, learned from the same ratings; by name.

    Args:
        seen: who rated what, (n,) and (n,).
        ratings: shape (n,).
        shape: how many rows there are for users and films, those for the unknown included.
        n_items: how many films can be recommended.
        scale: the lowest and the highest rating; predictions are cut off at its ends, as the model's are.
    """
    X = np.stack(seen, axis=1)
    mean, biases = GlobalMean().fit(X, ratings, shape), MeanAndBiases().fit(X, ratings, shape)
    rankers: list[MeanAndBiases] = [biases, Popularity().fit(X, ratings, shape)]
    if n_items <= MOST_FILMS:
        rankers.append(ItemNeighbours().fit(X, ratings, shape))
    found = {"GlobalMean": Contestant(_predict_by(mean, scale), None)}
    for model in rankers:
        found[type(model).__name__] = Contestant(
            _predict_by(biases, scale) if model is biases else None, _rank_by(model, n_items)
        )
    return found


def _predict_by(model: Recommender, scale: tuple[float, float]) -> Callable[[Indices, Indices], Numbers]:
    return lambda users, items: np.clip(model.predict(np.stack([users, items], axis=1)), *scale)


def _rank_by(model: Recommender, n_items: int) -> Callable[[Indices], Numbers]:
    return lambda users: model.scores(users)[:, :n_items]
