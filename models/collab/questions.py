"""What can be asked about films: which to watch, which are alike, and why a prediction is what it is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn import no_grad
from tinygrad_vn.models.collab.answers import Explanation, Suggestion, explained
from tinygrad_vn.models.collab.pairs import Predictions
from tinygrad_vn.models.collab.plots import film_map
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_dot import EmbeddingDotBias
from tinygrad_vn.models.embedding_net import EmbeddingNet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DAMPING = 10.0  # ratings: a film with so many counts half when similar films are looked for


class Questions(Predictions):
    """The questions about films, on top of predictions for pairs."""

    def recommend(self, user: Hashable, n: int = 10, exclude_seen: bool = True) -> list[Suggestion]:
        """Films for a user, best first; a user whom the data do not know gets what is best for everybody.

        Args:
            user: the id.
            n: how many films.
            exclude_seen: whether to leave out what the user has rated.

        Raises:
            TypeError: the id is of another type than those of the data.
            ValueError: n is no whole number above 0.
        """
        check_count("n", n)
        row = self.users.row(user)
        scores = self._scores(np.array([row]))[0]
        if exclude_seen:
            scores[self._seen[1][self._seen[0] == row]] = -np.inf
        best = np.argsort(-scores, kind="stable")[:n]
        best = best[np.isfinite(scores[best])]
        values = self._predict(np.full(len(best), row), best)
        cold = self._is_cold(np.full(len(best), row), best)
        return [self._suggestion(*found) for found in zip(best, values, cold, strict=True)]

    def similar_items(self, item: Hashable, n: int = 10) -> list[Suggestion]:
        """The films whose factors point in the most similar direction, nearest first.

        The score is the cosine of the angle, times c / (c + 10) for a film with c ratings: the factors of a film that
        hardly anybody rated point anywhere.

        Raises:
            TypeError: the id is of another type than those of the data.
            ValueError: there is no such film, n is no whole number above 0, or the model has no factors to compare.
        """
        check_count("n", n)
        factors = self._item_factors("similar_items")[: self.data.n_items]
        row = self._known_item(item)
        lengths = np.maximum(np.linalg.norm(factors, axis=1), np.finfo(factors.dtype).tiny)
        counts = self._item_counts[: self.data.n_items]
        scores = factors @ factors[row] / lengths / lengths[row] * counts / (counts + DAMPING)
        scores[row] = -np.inf
        best = np.argsort(-scores, kind="stable")[: min(n, len(scores) - 1)]
        return [self._suggestion(k, scores[k], self._cold_items[k]) for k in best]

    def explain(self, user: Hashable, item: Hashable, top: int = 3) -> Explanation:
        """A prediction as mean + bias of the user + bias of the film + factor terms, of which the `top` largest.

        The sum is exactly what the model computes before its sigmoid, where it has one. A model without biases has
        factor terms only.

        Raises:
            TypeError: an id is of another type than those of the data.
            ValueError: the model has no such parts, or top is no whole number.
        """
        check_count("top", top, 0)
        of_films, model = self._item_factors("explain"), cast("Any", self.model)
        row, column = self.users.row(user), self.items.row(item)
        biases = None
        if isinstance(model, EmbeddingDotBias):
            biases = model.mean, model.ub.weight[row, 0].item(), model.mb.weight[column, 0].item()
        title = self.data.title_of(self.items.plain(item))
        cold = bool(self._cold_users[row] or self._cold_items[column])
        factors = model.u.weight.detach().numpy()[row], of_films[column]
        return explained((user, item, title, cold), biases, factors, top, self.y_range, self.loss != "mse")

    def plot_embedding(self, n: int = 40, lang: str | None = None) -> Figure:
        """The films with most ratings, along the two directions in which their factors differ most."""
        check_count("n", n, 2)
        factors = self._item_factors("plot_embedding")
        films = np.argsort(-self._item_counts[: self.data.n_items], kind="stable")[:n]
        return film_map(factors[films], [self.data.title_of(self.items.ids[film]) for film in films], lang)

    def _known_item(self, item: Any) -> int:
        row = self.items.row(item)
        if row == self.items.unknown:
            raise ValueError(say("unknown film", item=item))
        return row

    def _suggestion(self, number: int, score: float, cold: bool) -> Suggestion:
        item = self.items.ids[number]
        return Suggestion(item, self.data.title_of(item), float(score), bool(cold))

    def _item_factors(self, call: str) -> NDArray[Any]:
        if isinstance(self.model, EmbeddingNet):
            raise ValueError(say("needs factors", call=call))
        with no_grad():
            return cast("NDArray[Any]", cast("Any", self.model).item_factors().detach().numpy())


def check_count(name: str, given: Any, least: int = 1) -> None:
    """ValueError where this is no whole number, or too small a one."""
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < least:
        raise ValueError(say("wrong count", name=name, given=given, least=least))
