"""Predictions for pairs of a user and a film, and how good they are.

Users and films are named by their ids in the data, of whatever type; inside, everything is a number, counted from 0.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn import nn, plot, training
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.collab.contestants import Contestant, fitted_baselines
from tinygrad_vn.models.collab.evaluation import Evaluation, TestPart, evaluated
from tinygrad_vn.models.collab.names import Names
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_dot import Range
from tinygrad_vn.models.recommender import Indices, Numbers
from tinygrad_vn.nn.use import in_use

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Predictions:
    """What the model says of pairs. `CollabLearner` adds the model's training; see there for the attributes."""

    data: RatingsDataset
    model: nn.Module
    history: training.History
    kind: str
    loss: str
    y_range: Range | None
    settings: dict[str, Any]

    def _index(self) -> None:
        """From ids to numbers, and who has no ratings."""
        data = self.data
        self.users, self.items = Names("users", data.user_ids), Names("films", data.item_ids)
        self.n_rows = data.n_users + 1, data.n_items + 1  # the last row is for ids that the data do not know
        self._cold_users = np.bincount(data.users, minlength=self.n_rows[0]) == 0
        self._item_counts = np.bincount(data.items, minlength=self.n_rows[1])
        self._cold_items = self._item_counts == 0
        self._seen = data.users, data.items
        self._baselines: dict[str, Contestant] = {}

    def predict(self, users: Any, items: Any) -> Numbers:
        """The ratings to be expected, cut off at the ends of the scale.

        Args:
            users: ids, or a single one.
            items: as many, or a single one.

        Returns:
            Shape (n,). Of models that only rank films: their scores.

        Raises:
            TypeError: an id is of another type than those of the data.
            ValueError: there are not as many users as films.
        """
        return self._predict(*self._numbers(users, items))

    def is_cold(self, users: Any, items: Any) -> NDArray[np.bool]:
        """Whether the user or the film has no ratings in the training part, shape (n,): a prediction from means."""
        return self._is_cold(*self._numbers(users, items))

    def evaluate(self, test: RatingsDataset, k: int = 10, liked: float = 4.0, *, baselines: bool = True) -> Evaluation:
        """RMSE, MAE, and precision, recall, NDCG, MAP and coverage of the first k: a table, for users and films that
        are known and for new ones apart, and beside the baselines. It warns where it was trained on what it is
        judged by.

        Args:
            test: ratings that were not learned from.
            k: the length of the lists that are judged.
            liked: a film counts as right where the user gave it at least so many stars.
            baselines: whether to judge the baselines too; they take seconds, once, and settings may be chosen without.

        Raises:
            ValueError: k is below 1 or there are fewer films, or nobody likes anything.
        """
        users, items, _ = self._pairs_of(test)
        learned = np.isin(users * self.n_rows[1] + items, self._seen[0] * self.n_rows[1] + self._seen[1]).sum()
        if learned:
            warnings.warn(say("judged by what was learned", learned=learned, count=len(test)), stacklevel=2)
        part = TestPart(
            users,
            items,
            test.ratings,
            test.users,
            self._cold_users,
            self._cold_items,
            self._seen,
            self.data.n_items,
            liked,
        )
        own = Contestant(self._predict if self.loss == "mse" else None, self._scores)
        return evaluated({self.kind: own, **(self._fitted_baselines() if baselines else {})}, part, k)

    def _fitted_baselines(self) -> dict[str, Contestant]:
        """Fitted once."""
        if not self._baselines:
            pairs, ratings = (self.data.users, self.data.items), self.data.ratings
            self._baselines = fitted_baselines(pairs, ratings, self.n_rows, self.data.n_items, self.data.scale)
        return self._baselines

    def plot_predictions(self, test: RatingsDataset, lang: str | None = None) -> Figure:
        """Every prediction over its rating, with RMSE and R². Raises ValueError where the model only ranks films."""
        if self.loss != "mse":
            raise ValueError(say("needs ratings", call="plot_predictions", loss=self.loss))
        users, items, ratings = self._pairs_of(test)
        return plot.predictions(ratings, self._predict(users, items), title=say("test ratings", lang), lang=lang)

    def _numbers(self, users: Any, items: Any) -> tuple[Indices, Indices]:
        """Rows of users and of films, one of either for all of the other."""
        rows = self.users.rows(users), self.items.rows(items)
        longest = max(map(len, rows))
        if any(len(part) not in (1, longest) for part in rows):
            raise ValueError(say("other lengths", users=len(rows[0]), items=len(rows[1])))
        return np.broadcast_to(rows[0], longest), np.broadcast_to(rows[1], longest)

    def _pairs_of(self, data: RatingsDataset) -> tuple[Indices, Indices, NDArray[Any]]:
        """Users, films and ratings of data, by this learner's numbers, the ratings in the model's precision."""
        users, items = self.users.rows(data.user_ids.tolist()), self.items.rows(data.item_ids.tolist())
        return users[data.users], items[data.items], data.ratings.astype(next(iter(self.model.parameters())).dtype)

    def _is_cold(self, users: Indices, items: Indices) -> NDArray[np.bool]:
        return cast("NDArray[np.bool]", self._cold_users[users] | self._cold_items[items])

    def _predict(self, users: Indices, items: Indices) -> Numbers:
        with in_use(self.model):
            values = self.model(users, items).numpy().astype(np.float64)
        return values if self.loss != "mse" else np.clip(values, *self.data.scale)

    def _scores(self, users: Indices) -> Numbers:
        """By what films are ranked, one row per user, before any sigmoid or cutting off."""
        with in_use(self.model):
            scores = cast("Any", self.model).every_item(users).numpy()
        return cast("Numbers", scores[:, : self.data.n_items].astype(np.float64))
