"""Matrix factorization: the whole table of ratings as the product of two thin ones, the report's recommender.

    R ≈ μ + U Mᵀ          loss  L = 1/N ∑ over the N known ratings of (r − r̂)²

Every user has a row of U, every film a row of M; nobody says what the columns mean. Gradient descent moves all numbers
at once, U ← U − η ∂L/∂U and M ← M − η ∂L/∂M, always on the whole table: cells without a rating are multiplied by 0, so
they pull at nothing, and what the product says there is the prediction. Where the loss has fallen below a threshold,
another learning rate may take over.

Source: the report `000_12180da503bfe391.txt`, "Ý tưởng thực hiện" and "Quá trình chạy code".
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_vn import Tensor, no_grad, tensor
from tinygrad_vn.models.number_files import checked_features, keep_freed_memory, read_numbers, write_numbers
from tinygrad_vn.models.recommender import Indices, Numbers, Recommender, check_counts
from tinygrad_vn.nn import functional as F
from tinygrad_vn.optim import SGD
from tinygrad_vn.optim.lr_scheduler import LossThresholds
from tinygrad_vn.phrases import said

BEYOND_ALL_BOUNDS = 1e9
FILES = ("ratings.txt", "user_features.txt", "movie_features.txt")


class MatrixFactorization(Recommender):
    """Factors for users and films, trained by gradient descent on the whole table.

    Args:
        n_factors: how many numbers describe a user, or a film.
        lr: η, the learning rate; 10 suits the report's 501 × 100, where each number has a part in few of N ratings.
        epochs: how many steps at most.
        centred: whether to subtract μ, the mean of the known ratings, first; else μ is 0.
        rates: the learning rate below each threshold of the loss, as `optim.lr_scheduler.LossThresholds` takes them.
        stop_below: a loss at which to stop.
        penalty: λ, which adds λ · (‖U‖² + ‖M‖²) to the sum of the squared errors.
        start: U and M to start from; drawn from N(0, 1) where nothing is said.
        seed: of that.

    Attributes:
        user_factors, item_factors: U, shape (users, n_factors), and M, shape (films, n_factors), Tensors.
        mean: μ.
        errors: the loss before the first step, after it, …, after the last; `history` has their roots, in stars.
    """

    def __init__(
        self,
        n_factors: int = 10,
        lr: float = 10.0,
        epochs: int = 10_000,
        *,
        centred: bool = True,
        rates: Mapping[float, float] | None = None,
        stop_below: float = 0.001,
        penalty: float = 0.0,
        start: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int | np.random.Generator = 0,
    ) -> None:
        check_counts(n_factors=n_factors, epochs=epochs)
        self.n_factors, self.lr, self.epochs, self.centred, self.rates = n_factors, lr, epochs, centred, rates
        self.stop_below, self.penalty, self.start, self.seed = stop_below, penalty, start, seed

    def fit_table(self, table: ArrayLike) -> Self:
        """Learn a table with a row per user and a column per film; 0 and NaN are films that were not rated.

        Raises:
            ValueError: it is no table, or holds no rating.
        """
        values = np.asarray(table, np.float64)
        if values.ndim != 2:
            raise ValueError(said("ratings need a row per user and a column per film, not {shape}", shape=values.shape))
        known = ~np.isnan(values) & (values != 0)
        return self.fit(np.argwhere(known), values[known], values.shape)

    def forward(self, users: Indices, items: Indices) -> Tensor:
        """μ + u · m for pairs of users and films, shape (n,) and (n,) → (n,), recorded for `backward()`."""
        return (self.user_factors[users] * self.item_factors[items]).sum(1) + self.mean

    def _learn(self, users: Indices, items: Indices, ratings: Numbers) -> None:
        if len(self._seen) < len(users):
            raise ValueError(said("a user rates a film twice; a table has room for one of the two"))
        self._start(ratings)
        self.ratings, centred, ones = np.zeros((3, *self.shape))
        self.ratings[users, items], centred[users, items], ones[users, items] = ratings, ratings - self.mean, 1
        U, M, target, rated, n = self.user_factors, self.item_factors, Tensor(centred), Tensor(ones), len(ratings)
        optimizer = SGD([U, M], lr=self.lr, weight_decay=2 * self.penalty / n)
        schedule = LossThresholds(optimizer, self.rates) if self.rates else None
        self.errors: list[float] = []
        keep_freed_memory()
        for _ in range(self.epochs):
            loss = F.mse_loss(U @ M.T * rated, target, reduction="sum") / n
            self.errors.append(error := loss.item())
            if not error < BEYOND_ALL_BOUNDS:
                raise ValueError(
                    said("the loss has grown to {error:.1e}: lr={lr} is too large", error=error, lr=self.lr)
                )
            if error < self.stop_below:
                break
            if schedule:
                schedule.step(loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        else:
            self.errors.append(float(np.mean((self._predict(users, items) - ratings) ** 2)))
        self.history = [error**0.5 for error in self.errors]

    def _predict(self, users: Indices, items: Indices) -> Numbers:
        with no_grad():
            return self.forward(users, items).numpy()

    def _start(self, ratings: Numbers) -> None:
        """μ, and the factors to start from."""
        self.mean = float(ratings.mean()) if self.centred else 0.0
        rng, k = np.random.default_rng(self.seed), self.n_factors
        self._take(*([rng.standard_normal((count, k)) for count in self.shape] if self.start is None else self.start))

    def _take(self, *factors: ArrayLike) -> None:
        """U and M as parameters; ValueError where they do not fit the table."""
        U, M = map(checked_features, factors, [(count, self.n_factors) for count in self.shape], FILES[1:])
        self.user_factors = tensor(U, requires_grad=True, name="U")
        self.item_factors = tensor(M, requires_grad=True, name="M")

    def save_text(self, folder: str | PathLike[str]) -> list[Path]:
        """Write the report's files, one line per row: ratings.txt (0 = not rated) and both tables of features."""
        tables = self.ratings, self.user_factors.detach().numpy(), self.item_factors.detach().numpy()
        return [write_numbers(Path(folder) / name, table) for name, table in zip(FILES, tables, strict=True)]

    @classmethod
    def load_text(cls, folder: str | PathLike[str], **settings: Any) -> Self:
        """What `save_text`, or another program, has written, ready to predict; `fit_table(m.ratings)` trains on.

        Raises:
            DataError: a file is missing, or holds something that is no number.
            ValueError: the tables do not fit together.
        """
        ratings, users, items = (read_numbers(Path(folder) / name) for name in FILES)
        self = cls(users.shape[1], start=(users, items), **settings)
        self.ratings, self.shape = ratings, (ratings.shape[0], ratings.shape[1])
        self._seen = np.flatnonzero(ratings)
        if not self._seen.size:
            raise ValueError(said("ratings.txt holds no rating: every number is 0"))
        self._start(ratings[ratings != 0])
        return self
