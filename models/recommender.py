"""What all recommenders share.

A recommender learns from pairs and ratings, in scikit-learn's manner: row k of `X` says that user number `X[k, 0]` saw
film number `X[k, 1]`, and `y[k]` how many stars the user gave. Users and films are counted from 0. Afterwards it
predicts a rating for any pair, and so knows what a user might like to see next.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_vn.phrases import phrase, said

Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]


class Recommender(ABC):
    """Base class: a model that predicts ratings. A subclass says how it learns, and how it predicts.

    Attributes:
        shape: (number of users, number of films), known after `fit`.
    """

    shape: tuple[int, int]

    def fit(self, X: ArrayLike, y: ArrayLike, shape: tuple[int, int] | None = None) -> Self:
        """Learn from ratings.

        Args:
            X: who rated what, shape (n, 2): numbers of users and of films, counted from 0.
            y: the ratings, shape (n,).
            shape: how many users and films there are, where some may have no rating in X.

        Raises:
            ValueError: there are no ratings, the shapes do not fit, or a number is negative, too large or not finite.
        """
        users, items = _columns(X)
        ratings = _numbers(y)
        if not len(users):
            raise ValueError(said("there are no ratings to learn from"))
        self.shape = (int(users.max()) + 1, int(items.max()) + 1) if shape is None else shape
        self._check_known(users, items)
        if ratings.shape != users.shape:
            says = "X has {count} pairs, y has shape {shape}; y needs one rating for each pair"
            raise ValueError(said(says, count=len(users), shape=ratings.shape))
        if not np.isfinite(ratings).all():
            row = int(np.argmin(np.isfinite(ratings)))
            raise ValueError(
                said("y[{row}] is {value}, no rating; leave unrated pairs out", row=row, value=ratings[row])
            )
        self._seen = np.unique(users * self.shape[1] + items)
        self._learn(users, items, ratings)
        return self

    def predict(self, X: ArrayLike) -> Numbers:
        """The ratings to be expected for pairs of users and films, shape (n, 2) → (n,).

        They are not cut off at the ends of the scale: 5.3 stars is even better than 5.

        Raises:
            ValueError: a user or film has a number that the model does not know.
        """
        users, items = _columns(X)
        self._check_known(users, items)
        return self._predict(users, items)

    def predict_table(self) -> Numbers:
        """The ratings to be expected for every pair, shape (users, films); for tables that fit into memory."""
        users, items = np.indices(self.shape)
        return self._predict(users.ravel(), items.ravel()).reshape(self.shape)

    def scores(self, users: Indices) -> Numbers:
        """By what films are ranked for users: the larger, the sooner recommended.

        Args:
            users: their numbers, shape (k,).

        Returns:
            One row per user, one column per film; for most models the ratings to be expected.
        """
        items = np.arange(self.shape[1])
        pairs = np.repeat(users, len(items)), np.tile(items, len(users))
        return self._predict(*pairs).reshape(len(users), len(items))

    def rmse(self, X: ArrayLike, y: ArrayLike) -> float:
        """The root of the mean squared error of the predictions, in stars: 0 is perfect."""
        return float(np.sqrt(np.mean((self.predict(X) - _numbers(y)) ** 2)))

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """R², the share of the ratings' variance that is explained, as in scikit-learn: 1 is perfect."""
        return float(1 - self.rmse(X, y) ** 2 / np.var(_numbers(y)))

    def recommend(self, user: int, n: int | None = None, exclude: ArrayLike = ()) -> tuple[Indices, Numbers]:
        """The films that a user has not rated in the training data, best first.

        Args:
            user: the user's number, counted from 0.
            n: how many films, all by default.
            exclude: numbers of other films that are not to be recommended, shape (k,).

        Returns:
            The films' numbers and their predicted ratings, both of shape (n,).

        Raises:
            ValueError: the model does not know this user.
        """
        self._check_known(np.array([user]), np.arange(0))
        items = np.arange(self.shape[1])
        items = items[~np.isin(user * self.shape[1] + items, self._seen)]
        items = items[~np.isin(items, np.asarray(exclude))]
        ratings = self.predict(np.stack([np.full(len(items), user), items], axis=1))
        best = np.argsort(-ratings, kind="stable")[:n]
        return items[best], ratings[best]

    def _check_known(self, users: Indices, items: Indices) -> None:
        """ValueError where nothing was learned, or a number is negative or too large."""
        if not hasattr(self, "shape"):
            says = "this {estimator} has not learned anything yet: call fit(X, y)"
            raise ValueError(said(says, estimator=type(self).__name__))
        for k, (numbers, count) in enumerate(zip((users, items), self.shape, strict=True)):
            wrong = (numbers < 0) | (numbers >= count)
            if wrong.any():
                what = phrase("film") if k else phrase("user")
                says = "{what} number {number} is unknown; they go from 0 to {last}"
                raise ValueError(said(says, what=what, number=numbers[np.argmax(wrong)], last=count - 1))

    @abstractmethod
    def _learn(self, users: Indices, items: Indices, ratings: Numbers) -> None:
        """Learn from checked arrays, all of shape (n,)."""

    @abstractmethod
    def _predict(self, users: Indices, items: Indices) -> Numbers:
        """The ratings to be expected, for checked arrays of shape (n,)."""


def check_counts(**settings: object) -> None:
    """ValueError where one of these settings is no whole number from 1."""
    for name, value in settings.items():
        if not isinstance(value, int | np.integer) or value < 1:
            raise ValueError(
                said("{name}={value!r} makes no sense; take a whole number from 1", name=name, value=value)
            )


def _columns(X: ArrayLike) -> tuple[Indices, Indices]:
    """The users and the films of X; ValueError where it is no table of whole numbers with two columns."""
    pairs = np.asarray(X)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or (pairs.size and pairs.dtype.kind not in "iu"):
        says = "X needs shape (n, 2) and whole numbers, a user and a film in each row, not shape {shape} and {dtype}"
        raise ValueError(said(says, shape=pairs.shape, dtype=pairs.dtype))
    return np.ascontiguousarray(pairs[:, 0], np.intp), np.ascontiguousarray(pairs[:, 1], np.intp)


def _numbers(y: ArrayLike) -> Numbers:
    """The ratings as floats; ValueError where they are something else."""
    try:
        return np.asarray(y, np.float64)
    except (TypeError, ValueError):
        raise ValueError(said("y holds something that is no number; give one rating for each pair")) from None
