"""How good a recommender is: how far its ratings are off, and what stands at the top of its lists.

Ratings: RMSE = √ mean (r̂ − r)², which large errors dominate, and MAE = mean |r̂ − r|, both in stars. Pairs whose user
and film both have ratings in the training part are "warm"; the others are "cold": a model can only fall back on means.

Ranking: all films that a user has not rated in the training part are ranked, and those of the test part that the user
gave at least `liked` stars count as right. Of the first k,

    precision   how many are right, divided by k
    recall      how many are right, divided by all that would be
    NDCG        the right ones at places p, ∑ 1 / log₂(p + 1), divided by the sum that a perfect list has
    MAP         the mean of the precisions at the places of the right ones (up to k or their number, the smaller)
    coverage    how many different films anybody is recommended, divided by all

each the mean over the users with something to be found. What a user watched and did not rate counts as wrong, so all of
these are low for every method: compare them, do not read them as marks.

Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.baselines import GlobalMean, ItemNeighbours, MeanAndBiases, Popularity
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.recommender import Indices, Numbers, Recommender

USERS_AT_ONCE = 256


@dataclass(frozen=True)
class RatingErrors:
    """RMSE and MAE in stars, over all pairs, the warm and the cold; NaN where there are none."""

    rmse: float
    mae: float
    n: int
    rmse_warm: float
    mae_warm: float
    n_warm: int
    rmse_cold: float
    mae_cold: float
    n_cold: int


@dataclass(frozen=True)
class RankingScores:
    """What stands among the first k, from 0 to 1."""

    k: int
    precision: float
    recall: float
    ndcg: float
    map: float
    coverage: float
    n_users: int


@dataclass(frozen=True)
class Evaluation:
    """Errors and ranking of a model on a test part; `str()` is a table, in the language in force."""

    errors: RatingErrors | None
    ranking: RankingScores

    @property
    def rmse(self) -> float:
        """Over all test ratings, in stars; NaN for a model that ranks only."""
        return self.errors.rmse if self.errors else float("nan")

    @property
    def ndcg(self) -> float:
        """Of the first k."""
        return self.ranking.ndcg

    def text(self, lang: str | None = None) -> str:
        """The table, in Vietnamese ("vi") or English ("en"), by default the language in force."""
        parts = []
        if self.errors:
            e = self.errors
            rows = [
                ("all", e.rmse, e.mae, e.n),
                ("warm", e.rmse_warm, e.mae_warm, e.n_warm),
                ("cold", e.rmse_cold, e.mae_cold, e.n_cold),
            ]
            parts = [f"{say(name, lang):<32} RMSE {rmse:.4f}  MAE {mae:.4f}  n = {n:,}" for name, rmse, mae, n in rows]
        r = self.ranking
        parts += [f"{say('ranking', k=r.k, users=r.n_users)}"]
        values = {"precision": r.precision, "recall": r.recall, "NDCG": r.ndcg, "MAP": r.map, "coverage": r.coverage}
        return "\n".join([*parts, "  ".join(f"{name} {value:.4f}" for name, value in values.items())])

    def __str__(self) -> str:
        return self.text()


def baselines(train: RatingsDataset, test: RatingsDataset, k: int = 10, liked: float = 4.0) -> dict[str, Evaluation]:
    """What every model is to be compared with, learned from and judged by the same parts; by name."""
    models = (GlobalMean(), MeanAndBiases(), Popularity(), ItemNeighbours())
    return {type(model).__name__: evaluated(model, train, test, k, liked) for model in models}


def evaluated(
    model: Recommender, train: RatingsDataset, test: RatingsDataset, k: int = 10, liked: float = 4.0
) -> Evaluation:
    """Fit a recommender on one part of the ratings and judge it by another, as `CollabLearner.evaluate` does."""
    shape = train.n_users, train.n_items
    model.fit(np.stack([train.users, train.items], axis=1), train.ratings, shape)
    counts = (np.bincount(part, minlength=n) for part, n in zip((train.users, train.items), shape, strict=True))
    new_user, new_item = (count == 0 for count in counts)
    predicted = np.clip(model.predict(np.stack([test.users, test.items], axis=1)), *train.scale)
    errors = rating_errors(predicted, test.ratings, new_user[test.users] | new_item[test.items])
    right = test.ratings >= liked
    seen = train.users, train.items
    return Evaluation(errors, ranking_scores(model.scores, seen, (test.users[right], test.items[right]), shape, k))


def rating_errors(predicted: Numbers, ratings: Numbers, is_cold: NDArray[np.bool]) -> RatingErrors:
    """RMSE and MAE.

    Args:
        predicted: r̂, shape (n,).
        ratings: r, shape (n,).
        is_cold: whether the user or the film has no rating in the training part, shape (n,).
    """
    off = predicted - ratings
    return RatingErrors(*_errors(off), *_errors(off[~is_cold]), *_errors(off[is_cold]))


def _errors(off: Numbers) -> tuple[float, float, int]:
    """RMSE, MAE, and of how many."""
    if not len(off):
        return float("nan"), float("nan"), 0
    return float(np.sqrt(np.mean(off**2))), float(np.mean(abs(off))), len(off)


def ranking_scores(
    scores: Callable[[Indices], Numbers],
    seen: tuple[Indices, Indices],
    right: tuple[Indices, Indices],
    shape: tuple[int, int],
    k: int = 10,
) -> RankingScores:
    """Precision, recall, NDCG and MAP of the first k, and coverage.

    Args:
        scores: maps numbers of users, shape (m,), to a row of scores for each, shape (m, films).
        seen: who rated what in the training part, which is not recommended again.
        right: who likes what, in the test part.
        shape: (number of users, number of films).
        k: the length of the lists.

    Raises:
        ValueError: k is below 1 or there are fewer films, or nobody likes anything.
    """
    if not 1 <= k <= shape[1]:
        raise ValueError(say("wrong k", k=k, films=shape[1]))
    users = np.unique(right[0])
    if not len(users):
        raise ValueError(say("nobody likes anything"))
    discount, found = 1 / np.log2(np.arange(2, k + 2)), np.zeros((len(users), 4))
    recommended = np.zeros(shape[1], bool)
    for begin in range(0, len(users), USERS_AT_ONCE):
        chosen = users[begin : begin + USERS_AT_ONCE]
        values = np.array(scores(chosen), np.float64)
        values[_table(chosen, seen, shape)] = -np.inf
        is_right = _table(chosen, right, shape)
        best = _first(values, k)
        hit = np.take_along_axis(is_right, best, 1)
        recommended[best] = True
        total = is_right.sum(1)
        ideal = np.concatenate([[0], np.cumsum(discount)])[np.minimum(total, k)]
        precisions = hit.cumsum(1) / np.arange(1, k + 1)
        found[begin : begin + len(chosen)] = np.stack(
            [hit.mean(1), hit.sum(1) / total, hit @ discount / ideal, (precisions * hit).sum(1) / np.minimum(total, k)],
            axis=1,
        )
    precision, recall, ndcg, mean_precision = found.mean(0).tolist()
    return RankingScores(k, precision, recall, ndcg, mean_precision, float(recommended.mean()), len(users))


def _first(values: Numbers, k: int) -> Indices:
    """The columns of the k largest values of each row, the largest first; of equal ones those further left."""
    return np.argsort(-values, axis=1, kind="stable")[:, :k]


def _table(users: Indices, pairs: tuple[Indices, Indices], shape: tuple[int, int]) -> NDArray[np.bool]:
    """Which films the pairs name, one row for each of the users."""
    row = np.full(shape[0], -1)
    row[users] = np.arange(len(users))
    table = np.zeros((len(users), shape[1]), bool)
    chosen = row[pairs[0]] >= 0
    table[row[pairs[0][chosen]], pairs[1][chosen]] = True
    return table
