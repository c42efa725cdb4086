"""How good a recommender is, beside what it has to beat, and for whom.

`Evaluation` is a table: a row for the model and for every baseline, a column for every measure of `scores.py`, and
three parts of it, since a model may be good for those whom it knows and useless for all others:

    all     everything
    warm    ratings whose user and film both have ratings in the training part; lists for users who have some
    cold    the other ratings, and lists for new users: everybody new gets the same list, so it can only hold what
            pleases most people
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.models.collab.contestants import MOST_FILMS, Contestant
from tinygrad_vn.models.collab.score_table import counted, score_table
from tinygrad_vn.models.collab.scores import (
    NO_ERRORS,
    NO_RANKING,
    Pairs,
    RankingScores,
    RatingErrors,
    first_films,
    list_scores,
    ranking_scores,
    rating_errors,
)
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.recommender import Indices, Numbers


@dataclass(frozen=True)
class Judged:
    """One model on one part; see `scores.py`."""

    errors: RatingErrors
    ranking: RankingScores


@dataclass(frozen=True)
class TestPart:
    """What is judged by, in the numbers of the model.

    Attributes:
        users, items, ratings: the ratings, shape (n,).
        owners: whose they are, shape (n,): two users whom the model does not know share a row, but are two.
        cold_users, cold_items: which of the model's rows have no ratings in the training part.
        seen: who rated what in the training part, which is not recommended again.
        n_items: how many films can be recommended.
        liked: a film is right for whoever gave it at least so many stars.
    """

    __test__ = False  # no test of pytest's

    users: Indices
    items: Indices
    ratings: Numbers
    owners: Indices
    cold_users: NDArray[np.bool]
    cold_items: NDArray[np.bool]
    seen: Pairs
    n_items: int
    liked: float


@dataclass(frozen=True)
class Evaluation:
    """A model and the baselines on a test part; `str()` is the table, in the language in force.

    Attributes:
        judged: by the name of the model or baseline, and "all", "warm" or "cold". The model comes first.
        n_ratings: how many ratings each part has.
        n_users: how many users each part has whose lists are judged.
        k: the length of the lists.
        users_left_out: how many users of the test part like no film in it, so that there is nothing to be found.
        ratings_left_out: how many ratings are of films that the model does not know, and cannot recommend.
    """

    judged: dict[str, dict[str, Judged]]
    n_ratings: dict[str, int]
    n_users: dict[str, int]
    k: int
    users_left_out: int
    ratings_left_out: int

    def __getitem__(self, part: str) -> Judged:
        """What the model reaches on a part: "all", "warm" or "cold"."""
        return next(iter(self.judged.values()))[part]

    @property
    def rmse(self) -> float:
        """The model's, over all test ratings, in stars; NaN for a model that ranks only."""
        return self["all"].errors.rmse

    @property
    def ndcg(self) -> float:
        """The model's, of the first k, over all users."""
        return self["all"].ranking.ndcg

    def values(self, name: str, part: str) -> list[float]:
        """RMSE, MAE, precision, recall, NDCG, MAP and coverage of a model or baseline."""
        one = self.judged[name][part]
        return [*astuple(one.errors), *astuple(one.ranking)]

    def text(self, lang: str | None = None) -> str:
        """The table, in Vietnamese ("vi") or English ("en"), by default the language in force."""
        return score_table(
            list(self.judged),
            lambda name, part: ["–" if np.isnan(value) else f"{value:.4f}" for value in self.values(name, part)],
            {part: (counted(n, lang), counted(self.n_users[part], lang)) for part, n in self.n_ratings.items()},
            self.k,
            self.remarks(lang),
            lang,
        )

    def remarks(self, lang: str | None = None) -> list[str]:
        """What the table does not count."""
        remarks = []
        if self.users_left_out:
            remarks.append(say("users left out", lang, count=counted(self.users_left_out, lang)))
        if self.ratings_left_out:
            remarks.append(say("ratings left out", lang, count=counted(self.ratings_left_out, lang)))
        if "Popularity" in self.judged and "ItemNeighbours" not in self.judged:
            remarks.append(say("no neighbours", lang, most=counted(MOST_FILMS, lang)))
        return remarks

    def __str__(self) -> str:
        return self.text()


def evaluated(contestants: Mapping[str, Contestant], test: TestPart, k: int) -> Evaluation:
    """Judge all of them by the same ratings and the same users.

    Raises:
        ValueError: k is below 1 or there are fewer films, or nobody likes anything.
    """
    if not 1 <= k <= test.n_items:
        raise ValueError(say("wrong k", k=k, films=test.n_items))
    likes = (test.ratings >= test.liked) & (test.items < test.n_items)
    if not likes.any():
        raise ValueError(say("nobody likes anything"))
    owners, first, case = np.unique(test.owners[likes], return_index=True, return_inverse=True)
    users, right = test.users[likes][first], (case, test.items[likes])
    of_ratings = _parts(test.cold_users[test.users] | test.cold_items[test.items])
    of_users = _parts(test.cold_users[users])
    judged: dict[str, dict[str, Judged]] = {}
    for name, one in contestants.items():
        errors, ranking = dict.fromkeys(of_ratings, NO_ERRORS), dict.fromkeys(of_users, NO_RANKING)
        if one.predict is not None:
            predicted = one.predict(test.users, test.items)
            errors = {part: rating_errors(predicted[own], test.ratings[own]) for part, own in of_ratings.items()}
        if one.scores is not None:
            lists = first_films(one.scores, users, test.seen, test.n_items, k)
            found = list_scores(lists, right)
            ranking = {part: ranking_scores(lists[own], found[own], test.n_items) for part, own in of_users.items()}
        judged[name] = {part: Judged(errors[part], ranking[part]) for part in of_ratings}
    n_ratings, n_users = ({part: int(own.sum()) for part, own in parts.items()} for parts in (of_ratings, of_users))
    idle, unknown = len(np.unique(test.owners)) - len(owners), int((test.items >= test.n_items).sum())
    return Evaluation(judged, n_ratings, n_users, k, idle, unknown)


def _parts(is_cold: NDArray[np.bool]) -> dict[str, NDArray[np.bool]]:
    return {"all": np.ones_like(is_cold), "warm": ~is_cold, "cold": is_cold}
