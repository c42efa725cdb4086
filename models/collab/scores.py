"""What a recommender is judged by: how far its ratings are off, and what stands at the top of its lists.

Ratings: RMSE = √ mean (r̂ − r)², which large errors dominate, and MAE = mean |r̂ − r|, both in stars.

Ranking: all films that a user has not rated in the training part are ranked, and those of the test part that the user
gave enough stars count as right. Of the first k,

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

from tinygrad_vn.models.recommender import Indices, Numbers

USERS_AT_ONCE = 128

Pairs = tuple[Indices, Indices]


@dataclass(frozen=True)
class RatingErrors:
    """In stars; NaN where there are no ratings, or none are predicted."""

    rmse: float
    mae: float


@dataclass(frozen=True)
class RankingScores:
    """What stands among the first k, from 0 to 1; NaN where there are no users, or the model does not rank."""

    precision: float
    recall: float
    ndcg: float
    map: float
    coverage: float


NO_ERRORS = RatingErrors(float("nan"), float("nan"))
NO_RANKING = RankingScores(*[float("nan")] * 5)


def rating_errors(predicted: Numbers, ratings: Numbers) -> RatingErrors:
    """RMSE and MAE of r̂ and r, both of shape (n,)."""
    if not len(ratings):
        return NO_ERRORS
    off = predicted - ratings
    return RatingErrors(float(np.sqrt(np.mean(off**2))), float(np.mean(abs(off))))


def first_films(scores: Callable[[Indices], Numbers], users: Indices, seen: Pairs, n_items: int, k: int) -> Indices:
    """The k films with the largest scores that each user has not seen, the largest first; of equal ones the smaller
    number.

    Args:
        scores: maps numbers of users, shape (m,), to a row of scores for each, shape (m, n_items).
        users: whose lists, shape (m,).
        seen: who has seen what.
        n_items: how many films there are.
        k: the length of the lists, from 1 to n_items.

    Returns:
        Numbers of films, shape (m, k); n_items, which is no film, at the end of a list that is too short.
    """
    order = np.argsort(seen[0], kind="stable")
    viewers, films = seen[0][order], seen[1][order]
    lists = np.full((len(users), k), n_items)
    for begin in range(0, len(users), USERS_AT_ONCE):
        chosen = users[begin : begin + USERS_AT_ONCE]
        values = np.array(scores(chosen), np.float64)
        for row, user in zip(values, chosen, strict=True):
            row[films[slice(*np.searchsorted(viewers, [user, user + 1]))]] = -np.inf
        least = np.partition(values, -k, axis=1)[:, -k]
        for place, row in enumerate(values, begin):
            best = np.flatnonzero(row >= max(least[place - begin], np.finfo(float).min))
            best = best[np.argsort(-row[best], kind="stable")[:k]]
            lists[place, : len(best)] = best
    return lists


def list_scores(lists: Indices, right: Pairs) -> Numbers:
    """Precision, recall, NDCG and MAP of every list.

    Args:
        lists: films, the best first, shape (m, k).
        right: numbers of lists, and of films that are right there; at least one for every list.

    Returns:
        Shape (m, 4).
    """
    (m, k), width = lists.shape, int(max(lists.max(), right[1].max())) + 1
    total = np.bincount(right[0], minlength=m)
    hit = np.isin(lists + width * np.arange(m)[:, None], right[1] + width * right[0])
    discount = 1 / np.log2(np.arange(2, k + 2))
    findable = np.minimum(total, k)
    ideal = np.cumsum(discount)[findable - 1]
    precisions = hit.cumsum(1) / np.arange(1, k + 1)
    columns = (hit.mean(1), hit.sum(1) / total, hit @ discount / ideal, (precisions * hit).sum(1) / findable)
    return np.stack(columns, axis=1)


def ranking_scores(lists: Indices, of_lists: Numbers, n_items: int) -> RankingScores:
    """The means of what `list_scores` gives, and the coverage."""
    if not len(lists):
        return NO_RANKING
    precision, recall, ndcg, mean_precision = of_lists.mean(0).tolist()
    return RankingScores(precision, recall, ndcg, mean_precision, len(np.unique(lists[lists < n_items])) / n_items)
