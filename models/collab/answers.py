"""What a recommender answers: films with their predicted ratings, and why a prediction is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn import Tensor
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_dot import Range, in_range


class Suggestion(NamedTuple):
    """A film.

    Attributes:
        item: its id.
        title: its title, "#31" where film 31 has none.
        score: the predicted rating; of models that only rank, and of similar films, larger is better or nearer.
        cold: whether the user or the film has no ratings in the training part, so that the score falls back on means.
    """

    item: Any
    title: str
    score: float
    cold: bool


class FactorTerm(NamedTuple):
    """One factor's part of a prediction: term = user · film."""

    factor: int
    user: float
    film: float
    term: float


@dataclass(frozen=True)
class Explanation:
    """A prediction, taken apart; `str()` is a table, in the language in force.

    mean + user_bias + item_bias + the terms of `factors` + `other_factors` is `total`, exactly: the prediction where
    there is no sigmoid, and what goes into the sigmoid where there is one. (`predict` cuts off what lies beyond the
    scale, the `prediction` here does not.) A model without biases has factor terms only, and 0 for the rest.

    Attributes:
        user, item, title: which.
        mean: μ.
        user_bias: what the user usually adds.
        item_bias: what the film usually adds.
        factors: the largest terms, the largest first.
        other_factors: the sum of all other terms, and
        n_other: how many they are.
        total: the sum.
        prediction: the total, through the sigmoid where there is one.
        y_range: the ends of the sigmoid.
        cold: whether the user or the film has no ratings; its terms are 0 then.
        has_biases: whether the model has a mean and biases.
        only_ranks: whether the model was trained to rank films: then the prediction is a score, not in stars, and has
            no mean.
    """

    user: Any
    item: Any
    title: str
    mean: float
    user_bias: float
    item_bias: float
    factors: tuple[FactorTerm, ...]
    other_factors: float
    n_other: int
    total: float
    prediction: float
    y_range: Range | None
    cold: bool
    has_biases: bool
    only_ranks: bool

    def text(self, lang: str | None = None) -> str:
        """The table, in Vietnamese ("vi") or English ("en"), by default the language in force."""
        rows = []
        if self.has_biases:
            rows = [] if self.only_ranks else [(say("mean", lang), self.mean)]
            rows += [(say("user", lang), self.user_bias), (say("film", lang), self.item_bias)]
        for term in self.factors:
            rows.append((say("factor", lang, k=term.factor, u=number(term.user), m=number(term.film)), term.term))
        if self.n_other:
            rows.append((say("other factors", lang, count=self.n_other), self.other_factors))
        rows.append((say("sum", lang), self.total))
        if self.y_range is not None:
            low, high = self.y_range
            rows.append((say("after the sigmoid", lang, low=number(low), high=number(high)), self.prediction))
        width = max(len(name) for name, _ in rows)
        lines = [f"  {name:<{width}} {f'{value:+.3f}'.replace('-', '−')}" for name, value in rows]
        head = say("why score" if self.only_ranks else "why", lang, user=self.user, title=self.title)
        return "\n".join([head, *lines, *([say("is cold", lang)] if self.cold else [])])

    def __str__(self) -> str:
        return self.text()


def explained(
    which: tuple[Any, Any, str, bool],
    biases: tuple[float, float, float] | None,
    rows: tuple[NDArray[Any], NDArray[Any]],
    top: int,
    y_range: Range | None,
    only_ranks: bool,
) -> Explanation:
    """Take a prediction apart.

    Args:
        which: user, film, its title, and whether one of both is cold.
        biases: μ, b_u and b_i; None where the model has none.
        rows: u and m, both of shape (k,).
        top: how many factors are named.
        y_range: the ends of the sigmoid, None without one.
        only_ranks: whether the model was trained to rank films.
    """
    of_user, of_film = (row.astype(np.float64) for row in rows)
    terms = of_user * of_film
    order = np.argsort(-abs(terms), kind="stable")
    factors = tuple(FactorTerm(int(k), float(of_user[k]), float(of_film[k]), float(terms[k])) for k in order[:top])
    rest = float(terms[order[top:]].sum())
    mean, user_bias, item_bias = biases or (0.0, 0.0, 0.0)
    total = mean + user_bias + item_bias + sum(term.term for term in factors) + rest
    user, item, title, cold = which
    return Explanation(
        user,
        item,
        title,
        mean,
        user_bias,
        item_bias,
        factors,
        rest,
        max(len(terms) - top, 0),
        total,
        in_range(Tensor(total), y_range).item(),
        y_range,
        cold,
        biases is not None,
        only_ranks,
    )
