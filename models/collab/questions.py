"""What can be asked of a trained recommender: ratings, films to watch, similar films, reasons; and how good it is.

Users and films are named by their ids in the data, of whatever type; inside, everything is a number, counted from 0.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_vn import Tensor, nn, no_grad, plot, training
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.collab.answers import Explanation, FactorTerm, Suggestion
from tinygrad_vn.models.collab.evaluation import Evaluation, ranking_scores, rating_errors
from tinygrad_vn.models.collab.plots import named_points
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_dot import EmbeddingDotBias, Range, in_range
from tinygrad_vn.models.embedding_net import EmbeddingNet
from tinygrad_vn.models.recommender import Indices, Numbers
from tinygrad_vn.nn.use import in_use

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DAMPING = 10.0  # ratings: a film with so many counts half when similar films are looked for


class Questions:
    """The questions. `CollabLearner` adds the model's training; see there for the attributes."""

    data: RatingsDataset
    model: nn.Module
    history: training.History
    kind: str
    loss: str
    y_range: Range | None
    settings: dict[str, Any]
    penalties: tuple[float, float]

    def _index(self) -> None:
        """From ids to numbers, and who has no ratings."""
        data = self.data
        self._users: dict[Any, int] = {user: k for k, user in enumerate(data.user_ids.tolist())}
        self._items: dict[Any, int] = {item: k for k, item in enumerate(data.item_ids.tolist())}
        self.n_rows = data.n_users + 1, data.n_items + 1  # the last row is for ids that the data do not know
        self._cold_users = np.bincount(data.users, minlength=self.n_rows[0]) == 0
        self._item_counts = np.bincount(data.items, minlength=self.n_rows[1])
        self._cold_items = self._item_counts == 0
        self._seen = data.users, data.items
        self.folded: dict[Hashable, dict[Hashable, float]] = {}

    # --- ratings ---------------------------------------------------------------------------------------------------

    def predict(self, users: Any, items: Any) -> Numbers:
        """The ratings to be expected, cut off at the ends of the scale.

        Args:
            users: ids, or a single one.
            items: as many, or a single one.

        Returns:
            Shape (n,). Of models that only rank films: their scores.
        """
        return self._predict(*self._numbers(users, items))

    def is_cold(self, users: Any, items: Any) -> NDArray[np.bool]:
        """Whether the user or the film has no ratings in the training part, shape (n,): a prediction from means."""
        rows = self._numbers(users, items)
        return self._is_cold(*rows)

    def evaluate(self, test: RatingsDataset, k: int = 10, liked: float = 4.0) -> Evaluation:
        """RMSE and MAE, for warm and cold pairs apart, and precision, recall, NDCG, MAP and coverage of the first k.

        Args:
            test: ratings that were not learned from.
            k: the length of the lists that are judged.
            liked: a film counts as right where the user gave it at least so many stars.
        """
        users, items, _ = self._pairs_of(test)
        errors = None
        if self.loss == "mse":
            errors = rating_errors(self._predict(users, items), test.ratings, self._is_cold(users, items))
        right = test.ratings >= liked
        inside = (users < self.data.n_users) & (items < self.data.n_items) & right
        shape = len(self._cold_users), self.data.n_items
        ranking = ranking_scores(self._scores, self._seen, (users[inside], items[inside]), shape, k)
        return Evaluation(errors, ranking)

    # --- films -----------------------------------------------------------------------------------------------------

    def recommend(self, user: Hashable, n: int = 10, exclude_seen: bool = True) -> list[Suggestion]:
        """Films for a user, best first; a user whom the data do not know gets what is best for everybody.

        Args:
            user: the id.
            n: how many films.
            exclude_seen: whether to leave out what the user has rated.

        Raises:
            ValueError: n is no whole number above 0.
        """
        check_count("n", n)
        row = self._user(user)
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

        The sum is exactly what the model computes before its sigmoid, where it has one.

        Raises:
            ValueError: the model has no such parts, or top is no whole number.
        """
        check_count("top", top, 0)
        model = self._with_biases("explain")
        row, column = (int(numbers[0]) for numbers in self._numbers([user], [item]))
        of_user = model.u.weight.detach().numpy()[row].astype(np.float64)
        of_film = self._item_factors("explain")[column].astype(np.float64)
        terms = of_user * of_film
        order = np.argsort(-abs(terms), kind="stable")
        factors = [FactorTerm(int(k), float(of_user[k]), float(of_film[k]), float(terms[k])) for k in order[:top]]
        rest = float(terms[order[top:]].sum())
        bias, film_bias = (
            float(table.weight.detach().numpy()[k, 0]) for table, k in ((model.ub, row), (model.mb, column))
        )
        total = model.mean + bias + film_bias + sum(term.term for term in factors) + rest
        prediction = in_range(Tensor(total), self.y_range).item()
        title, cold = self._title(column, item), bool(self._is_cold(np.array([row]), np.array([column]))[0])
        parts = (model.mean, bias, film_bias, tuple(factors), rest, max(len(terms) - top, 0), total, prediction)
        return Explanation(user, item, title, *parts, self.y_range, cold, self.loss != "mse")

    # --- pictures --------------------------------------------------------------------------------------------------

    def plot_predictions(self, test: RatingsDataset, lang: str | None = None) -> Figure:
        """Every prediction over its rating, with RMSE and R². Raises ValueError where the model only ranks films."""
        if self.loss != "mse":
            raise ValueError(say("needs ratings", call="plot_predictions", loss=self.loss))
        users, items, ratings = self._pairs_of(test)
        return plot.predictions(ratings, self._predict(users, items), title=say("test ratings", lang), lang=lang)

    def plot_embedding(self, n: int = 40, lang: str | None = None) -> Figure:
        """The films with most ratings, along the two directions in which their factors differ most."""
        check_count("n", n, 2)
        factors = self._item_factors("plot_embedding")
        films = np.argsort(-self._item_counts[: self.data.n_items], kind="stable")[:n]
        chosen = factors[films] - factors[films].mean(0)
        places = chosen @ np.linalg.svd(chosen, full_matrices=False)[2][:2].T
        axes_names = [say("component", lang, k=k) for k in (1, 2)]
        titles = [self._title(int(k)) for k in films]
        return named_points(places, titles, say("film factors", lang, count=len(films)), axes_names)

    # --- from ids to numbers ---------------------------------------------------------------------------------------

    def _user(self, user: Any) -> int:
        return self._users.get(_plain(user), self.data.n_users)

    def _known_item(self, item: Any) -> int:
        if _plain(item) not in self._items:
            raise ValueError(say("unknown film", item=item))
        return self._items[_plain(item)]

    def _numbers(self, users: Any, items: Any) -> tuple[Indices, Indices]:
        """Rows of users and of films, the last data row + 1 for those unknown."""
        names = [_listed(users), _listed(items)]
        longest = max(len(part) for part in names)
        if any(len(part) not in (1, longest) for part in names):
            raise ValueError(say("other lengths", users=len(names[0]), items=len(names[1])))
        rows = [self._user(user) for user in names[0]], [self._items.get(i, self.data.n_items) for i in names[1]]
        return tuple(np.broadcast_to(np.array(part, np.intp), longest) for part in rows)  # type: ignore[return-value]

    def _pairs_of(self, data: RatingsDataset) -> tuple[Indices, Indices, NDArray[Any]]:
        """Users, films and ratings of data, by this learner's numbers, the ratings in the model's precision."""
        kind = next(iter(self.model.parameters())).dtype
        if data is self.data:
            return data.users, data.items, data.ratings.astype(kind)
        users = np.array([self._user(user) for user in data.user_ids.tolist()], np.intp)
        items = np.array([self._items.get(item, self.data.n_items) for item in data.item_ids.tolist()], np.intp)
        return users[data.users], items[data.items], data.ratings.astype(kind)

    def _is_cold(self, users: Indices, items: Indices) -> NDArray[np.bool]:
        return cast("NDArray[np.bool]", self._cold_users[users] | self._cold_items[items])

    def _title(self, number: int, item: Any = None) -> str:
        known = self.data.item_ids[number : number + 1].tolist()
        return self.data.title_of(*(known or [item]))

    def _suggestion(self, number: int, score: float, cold: bool) -> Suggestion:
        item = self.data.item_ids[number : number + 1].tolist()[0]
        return Suggestion(item, self.data.title_of(item), float(score), bool(cold))

    # --- the model -------------------------------------------------------------------------------------------------

    def _predict(self, users: Indices, items: Indices) -> Numbers:
        with in_use(self.model):
            values = self.model(users, items).numpy().astype(np.float64)
        return values if self.loss != "mse" else np.clip(values, *self.data.scale)

    def _scores(self, users: Indices) -> Numbers:
        """By what films are ranked, one row per user, before any sigmoid or cutting off."""
        with in_use(self.model):
            if isinstance(self.model, EmbeddingNet):
                items = np.arange(self.data.n_items)
                return np.stack([self.model(np.full(len(items), user), items).numpy() for user in users]).astype(float)
            scores: Numbers = cast("Any", self.model).every_item(users).numpy()[:, : self.data.n_items].astype(float)
            return scores

    def _item_factors(self, call: str) -> NDArray[Any]:
        if isinstance(self.model, EmbeddingNet):
            raise ValueError(say("needs factors", call=call))
        with no_grad():
            return cast("NDArray[Any]", cast("Any", self.model).item_factors().detach().numpy())

    def _with_biases(self, call: str) -> EmbeddingDotBias:
        if not isinstance(self.model, EmbeddingDotBias):
            raise ValueError(say("needs biases", call=call))
        return self.model


def check_count(name: str, given: Any, least: int = 1) -> None:
    """ValueError where this is no whole number, or too small a one."""
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < least:
        raise ValueError(say("wrong count", name=name, given=given, least=least))


def _plain(name: Any) -> Any:
    """An id as Python writes it: NumPy's 3 and Python's 3 name the same film."""
    return name.item() if isinstance(name, np.generic) else name


def _listed(names: ArrayLike | Hashable) -> list[Any]:
    """Ids as a list; a single one, a text among them, as a list of one."""
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        return [_plain(names)]
    return [_plain(name) for name in names]
