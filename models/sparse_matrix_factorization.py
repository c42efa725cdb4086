"""Matrix factorization without the matrix: only the ratings that are known are ever computed.

A user's rating of a film is the product of what the user likes and what the film offers. Every user has a few numbers
u, every film as many, m; nobody says what they mean (action? comedy?). The prediction is their dot product, as in the
lectures `002_8a50c176e41375fb.txt` and `000_12180da503bfe391.txt`,

    r̂  =  u · m                       or, with biases,       r̂  =  μ + b_u + b_i + u · m

and training moves all the numbers downhill on the squared error of the ratings that are known. The products for the
pairs that are not known are the predictions. `matrix_factorization.py` multiplies the whole table out, which is shorter
and fast where it is small or well filled; MovieLens' tables have 1 to 2 ratings in 100 cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tinygrad_vn import Tensor, no_grad, tensor
from tinygrad_vn.models.recommender import Indices, Numbers, Recommender, check_counts
from tinygrad_vn.optim import Adam


class SparseMatrixFactorization(Recommender):
    """Factors for users and films, trained by Adam on all ratings at once.

    Minimises Σ (r − r̂)² + penalty · (‖U‖² + ‖M‖²) + bias_penalty · (‖b_u‖² + ‖b_i‖²).

    Args:
        n_factors: how many numbers describe a user, or a film.
        biases: predict with μ, b_u and b_i too. Without them the factors start uniformly in [0, 1), as the lecture's
            do, since they alone must reach the ratings; with them at N(0, 0.1²), since they only model the rest.
        lr: the learning rate.
        epochs: how many steps.
        penalty: keeps the factors of users and films with few ratings small; 0 fits the known ratings best.
        bias_penalty: the same for the biases.
        seed: of the factors' random start; a number or a `numpy.random.Generator`.
        on_epoch: called after every step with its number, from 1, and the RMSE before it.

    Attributes:
        user_factors: U, a Tensor of shape (users, n_factors).
        item_factors: M, a Tensor of shape (films, n_factors).
        user_biases: b_u, a Tensor of shape (users,); zeros without biases.
        item_biases: b_i, a Tensor of shape (films,); zeros without biases.
        mean: μ; 0 without biases.
        history: RMSE on the training ratings before the first step, after it, …, after the last: epochs + 1 numbers.

    Sources: the lectures above; Koren, Bell and Volinsky, Computer 42(8), 2009, equations 1 to 5.
    """

    def __init__(
        self,
        n_factors: int = 5,
        biases: bool = False,
        lr: float = 0.05,
        epochs: int = 3000,
        penalty: float = 0.0,
        bias_penalty: float = 0.0,
        seed: int | np.random.Generator = 0,
        on_epoch: Callable[[int, float], None] | None = None,
    ) -> None:
        check_counts(n_factors=n_factors, epochs=epochs)
        self.n_factors, self.biases, self.lr, self.epochs = n_factors, biases, lr, epochs
        self.penalty, self.bias_penalty, self.seed, self.on_epoch = penalty, bias_penalty, seed, on_epoch

    def forward(self, users: Indices, items: Indices) -> Tensor:
        """The predictions for pairs of users and films, shape (n,) and (n,) → (n,), recorded for `backward()`."""
        rating = (self.user_factors[users] * self.item_factors[items]).sum(1)
        if self.biases:
            rating = rating + self.user_biases[users] + self.item_biases[items] + self.mean
        return rating

    def _learn(self, users: Indices, items: Indices, ratings: Numbers) -> None:
        self._start(ratings)
        target, n = tensor(ratings), len(ratings)
        # Adam adds weight_decay · p to the gradient of the *mean* squared error: the penalty's slope 2λp, divided by n.
        factors = {"params": [self.user_factors, self.item_factors], "weight_decay": 2 * self.penalty / n}
        biases = {"params": [self.user_biases, self.item_biases], "weight_decay": 2 * self.bias_penalty / n}
        optimizer = Adam([factors, biases] if self.biases else [factors], lr=self.lr)
        self.history: list[float] = []
        for epoch in range(1, self.epochs + 1):
            loss = ((self.forward(users, items) - target) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            self.history.append(math.sqrt(loss.item()))
            if self.on_epoch:
                self.on_epoch(epoch, self.history[-1])
        self.history.append(float(np.sqrt(np.mean((self._predict(users, items) - ratings) ** 2))))

    def _start(self, ratings: Numbers) -> None:
        """Random factors, no biases yet."""
        rng = np.random.default_rng(self.seed)
        draw = (lambda shape: rng.normal(0.0, 0.1, shape)) if self.biases else rng.random
        self.mean = float(ratings.mean()) if self.biases else 0.0
        self.user_factors, self.item_factors = (
            tensor(draw((count, self.n_factors)), requires_grad=True, name=name)
            for count, name in zip(self.shape, ("U", "M"), strict=True)
        )
        self.user_biases, self.item_biases = (
            tensor(np.zeros(count), requires_grad=self.biases, name=name)
            for count, name in zip(self.shape, ("b_u", "b_i"), strict=True)
        )

    def _predict(self, users: Indices, items: Indices) -> Numbers:
        with no_grad():
            return self.forward(users, items).numpy()
