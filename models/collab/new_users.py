"""New users in a trained recommender: a row for each, learned from a few ratings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, cast

import numpy as np

from tinygrad_vn import Tensor, nn, no_grad
from tinygrad_vn.models.collab.fold_in import learn_row, learn_taste
from tinygrad_vn.models.collab.questions import Questions
from tinygrad_vn.models.collab.ranking import LIKED, wish_table
from tinygrad_vn.models.collab.tasks import Penalties
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_audience import EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDotBias
from tinygrad_vn.models.recommender import Indices, Numbers

LEAST_PENALTY = 1e-6  # so that a row is determined, also by one rating


class NewUsers(Questions):
    """Questions that a person can ask who is not among the data."""

    penalties: Penalties

    def _index(self) -> None:
        super()._index()
        self.folded: dict[Hashable, dict[Hashable, float]] = {}

    def fold_in(self, ratings: Mapping[Any, float], user: Hashable = "you") -> Hashable:
        """Add a user from a few ratings, by gradient descent on that user's row alone: see `fold_in.py`.

        Nothing else changes: the films do not learn from these ratings. Further training does not use them either, but
        learns the row again at its end.

        Args:
            ratings: id of a film → stars.
            user: the id that the user is to have.

        Returns:
            The id, for `recommend`, `predict` and `explain`.

        Raises:
            TypeError: a film's id is of another type than those of the data.
            ValueError: no ratings, an unknown film, a rating out of scale, a known user, model="net" or loss="bpr".
                The learner then stays as it was.
        """
        self._item_factors("fold_in")  # refuses a net
        if self.loss == "bpr":
            raise ValueError(say("cannot fold in", loss=self.loss))
        if not ratings:
            raise ValueError(say("nothing to fold in"))
        if user in self.users:
            raise ValueError(say("known user", user=user))
        low, high = self.data.scale
        for item, rating in ratings.items():
            if not _is_number(rating):
                raise ValueError(say("no number", item=item, rating=rating, high=high))
            if not low <= rating <= high:
                raise ValueError(say("wrong rating", item=item, rating=rating, low=low, high=high))
        self.add_user(user, ratings)
        self._learn_row(user)
        return user

    def add_user(self, user: Hashable, ratings: Mapping[Any, float]) -> None:
        """One more row at the end of every table of users, 0 so far, for somebody who rated these films."""
        items = np.array([self._known_item(item) for item in ratings], np.intp)  # first, for it may fail
        model: Any = self.model
        layers = [model.u, model.ub] if isinstance(model, EmbeddingDotBias) else [model.u]
        if isinstance(model, EmbeddingAudience):  # a part of no audience, so that the films stay as they are
            layers.append(model.z)
            nobody = np.zeros((self.n_rows[1], 1), model.z.weight.dtype)
            with no_grad():
                model.audience = Tensor(np.concatenate([model.audience.numpy(), nobody], axis=1))
        for layer in layers:
            weight = layer.weight.detach().numpy()
            grown = np.concatenate([weight, np.zeros_like(weight[:1])])
            layer.weight, layer.num_embeddings = nn.Parameter(grown), len(grown)
        row = self.n_rows[0]
        self.users.add(user, row)
        self._cold_users = np.append(self._cold_users, False)
        self.n_rows = row + 1, self.n_rows[1]
        self._seen = np.append(self._seen[0], np.full(len(items), row)), np.append(self._seen[1], items)
        self._baselines = {}
        self.folded[user] = {item: float(rating) for item, rating in ratings.items()}

    def _learn_row(self, user: Hashable) -> None:
        given, model, place = self.folded[user], cast("Any", self.model), self.users.row(user)
        items, ratings = np.array([self._known_item(item) for item in given]), np.array(list(given.values()))
        if self.loss == "softmax":
            model.u.weight.data[place] = self._taste(items, ratings)  # a bias would lift all films alike
            return
        table, offset, penalties = self.fold_in_problem(items)
        row = learn_row(table, offset, ratings, penalties, self.y_range)
        if isinstance(model, EmbeddingDotBias):
            model.ub.weight.data[place], row = row[0], row[1:]
        model.u.weight.data[place] = row

    def _taste(self, items: Indices, ratings: Numbers) -> Numbers:
        films = np.arange(self.data.n_items)
        wishes = wish_table((np.zeros_like(items), items), ratings, LIKED, (1, len(films)))[0].astype(np.float64)
        factors, offset = self._films(films)
        return learn_taste(factors, offset, wishes, max(self.penalties.factors, LEAST_PENALTY))

    def _learn_rows_again(self) -> None:
        """Those of all added users, after the films have changed."""
        for user in self.folded:
            self._learn_row(user)

    def _films(self, items: Indices) -> tuple[Numbers, Numbers]:
        """Factors of films, shape (n, k), and what is known of their ratings without the user, μ + b_i, shape (n,)."""
        factors = self._item_factors("fold_in")[items].astype(np.float64)
        if not isinstance(self.model, EmbeddingDotBias):
            return factors, np.zeros(len(items))
        return factors, self.model.mb.weight.detach().numpy()[items, 0].astype(np.float64) + self.model.mean

    def fold_in_problem(self, items: Indices) -> tuple[Numbers, Numbers, Numbers]:
        """What `learn_row` and `ridge_row` take, for these films: the table, the offset and the penalties.

        The row begins with the user's bias, where the model has biases.
        """
        table, offset = self._films(items)
        penalties = np.full(table.shape[1], max(self.penalties.factors, LEAST_PENALTY))
        if isinstance(self.model, EmbeddingDotBias):
            table = np.concatenate([np.ones((len(items), 1)), table], axis=1)
            penalties = np.append(max(self.penalties.biases, LEAST_PENALTY), penalties)
        return table, offset, penalties


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
