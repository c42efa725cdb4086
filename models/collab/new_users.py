"""New users in a trained recommender: a row for each, learned from a few ratings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from tinygrad_vn import Tensor, nn, no_grad
from tinygrad_vn.models.collab.fold_in import learn_row, learn_taste
from tinygrad_vn.models.collab.questions import Questions
from tinygrad_vn.models.collab.ranking import LIKED, wish_table
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_audience import EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDotBias
from tinygrad_vn.models.recommender import Indices, Numbers


class NewUsers(Questions):
    """Questions that a person can ask who is not among the data."""

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
            ValueError: no ratings, an unknown film, a rating out of scale, a known user, or a model without biases
                or with loss="bpr". The learner then stays as it was.
        """
        model = self._with_biases("fold_in")
        if self.loss == "bpr":
            raise ValueError(say("cannot fold in", loss=self.loss))
        if not ratings:
            raise ValueError(say("nothing to fold in"))
        if user in self._users:
            raise ValueError(say("known user", user=user))
        low, high = self.data.scale
        for item, rating in ratings.items():
            if not _is_number(rating):
                raise ValueError(say("no number", item=item, rating=rating, high=high))
            if not low <= rating <= high:
                raise ValueError(say("wrong rating", item=item, rating=rating, low=low, high=high))
        self.add_user(user, ratings)
        self._learn_row(model, user)
        return user

    def _learn_row(self, model: EmbeddingDotBias, user: Hashable) -> None:
        given = self.folded[user]
        items, ratings = np.array([self._known_item(item) for item in given]), np.array(list(given.values()))
        if self.loss == "softmax":
            row = np.append(0.0, self._taste(model, items, ratings))  # a bias would lift all films alike
        else:
            table, offset, penalties = self.fold_in_problem(items)
            row = learn_row(table, offset, ratings, penalties, self.y_range)
        for layer, values in ((model.ub, row[:1]), (model.u, row[1:])):
            layer.weight.data[self._user(user)] = values

    def _taste(self, model: EmbeddingDotBias, items: Indices, ratings: Numbers) -> Numbers:
        films = slice(self.data.n_items)
        factors = self._item_factors("fold_in")[films].astype(np.float64)
        biases = model.mb.weight.detach().numpy()[films, 0].astype(np.float64)
        wishes = wish_table((np.zeros_like(items), items), ratings, LIKED, (1, len(factors)))[0].astype(np.float64)
        return learn_taste(factors, biases, wishes, max(self.penalties[0], 1e-6))

    def _learn_rows_again(self) -> None:
        """Those of all added users, after the films have changed."""
        for user in self.folded:
            self._learn_row(self._with_biases("fold_in"), user)

    def fold_in_problem(self, items: Indices) -> tuple[Numbers, Numbers, Numbers]:
        """What `learn_row` and `ridge_row` take, for these films: the table, the offset and the penalties."""
        model = self._with_biases("fold_in")
        factors = self._item_factors("fold_in")[items].astype(np.float64)
        table = np.concatenate([np.ones((len(items), 1)), factors], axis=1)
        offset = model.mb.weight.detach().numpy()[items, 0].astype(np.float64) + model.mean
        factor_penalty, bias_penalty = (max(penalty, 1e-6) for penalty in self.penalties)
        return table, offset, np.array([bias_penalty] + [factor_penalty] * factors.shape[1])

    def add_user(self, user: Hashable, ratings: Mapping[Any, float]) -> None:
        """One more row at the end of every table of users, 0 so far, for somebody who rated these films."""
        items = np.array([self._known_item(item) for item in ratings], np.intp)  # first, for it may fail
        model = self._with_biases("fold_in")
        layers = [model.ub, model.u]
        if isinstance(model, EmbeddingAudience):  # a part of no audience, so that the films stay as they are
            layers.append(model.z)
            nobody = np.zeros((len(self._cold_items), 1), model.z.weight.dtype)
            with no_grad():
                model.audience = Tensor(np.concatenate([model.audience.numpy(), nobody], axis=1))
        for layer in layers:
            weight = layer.weight.detach().numpy()
            grown = np.concatenate([weight, np.zeros_like(weight[:1])])
            layer.weight, layer.num_embeddings = nn.Parameter(grown), len(grown)
        number = self._users[user] = len(self._cold_users)
        self._cold_users = np.append(self._cold_users, False)
        self.n_rows = len(self._cold_users), self.n_rows[1]
        self._seen = np.append(self._seen[0], np.full(len(items), number)), np.append(self._seen[1], items)
        self.folded[user] = {item: float(rating) for item, rating in ratings.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
