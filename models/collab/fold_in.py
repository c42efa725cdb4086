"""A new user, from a few ratings: only that user's row is learned, all else stays as it is.

    minimise   ∑ (r − r̂)² + λ ‖u‖² + λ_b b_u²        over u and b_u alone, r̂ = μ + b_u + b_i + u · m, or a sigmoid of it

That is a problem with a few dozen unknowns, so it takes moments where training the model again would take its whole
time. Without a sigmoid it is ridge regression, with the films' factors as its table, and `ridge_row` solves it at once;
gradient descent arrives at the same row.

A model that learned by the softmax to rank films has the objective of its training, for one user, and no bias:

    minimise   − ∑ w_i log softmax(s)_i + λ ‖u‖²          over u alone, s_i = b_i + u · m, w as in `ranking.wish_table`

Source: the first objective is that of Koren, Bell and Volinsky, Computer 42(8), 2009, equation 5, for one user.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tinygrad_vn import Tensor, tensor
from tinygrad_vn.models.embedding_dot import Range, in_range
from tinygrad_vn.models.recommender import Numbers
from tinygrad_vn.nn.functional import log_softmax
from tinygrad_vn.optim import SGD

STEPS = 5_000
CLOSE_ENOUGH = 1e-9


def learn_row(
    table: Numbers, offset: Numbers, ratings: Numbers, penalties: Numbers, y_range: Range | None = None
) -> Numbers:
    """Gradient descent, with momentum, until the gradient has vanished.

    Args:
        table: one row per film that was rated: 1 and the film's factors, shape (n, 1 + k).
        offset: μ + b_i of these films, shape (n,).
        ratings: r, shape (n,).
        penalties: λ_b, and λ for every factor, shape (1 + k,), above 0.
        y_range: the ends of the sigmoid, None for a linear prediction.

    Returns:
        b_u and u, shape (1 + k,).
    """
    row = tensor(np.zeros(table.shape[1]), requires_grad=True, name="row")
    # Beyond 2 / curvature, steps overshoot. The curvature is that of the squares, at most, and that of the penalties; a
    # sigmoid of this width adds its own: σ'² ≤ 1/16, and errors, up to the width, times |σ''| ≤ 0.0963.
    steep = 1.0 if y_range is None else (y_range[1] - y_range[0]) ** 2 * (1 / 16 + 0.0963)
    curvature = 2 * (steep * np.linalg.norm(table, 2) ** 2 + penalties.max())
    inputs, target, weights = Tensor(table), Tensor(ratings), Tensor(penalties)

    def loss() -> Tensor:
        predicted = in_range(inputs @ row + offset, y_range)
        return ((predicted - target) ** 2).sum() + (weights * row**2).sum()

    return _descend(row, loss, curvature)


def learn_taste(factors: Numbers, biases: Numbers, wishes: Numbers, penalty: float) -> Numbers:
    """The same for the softmax over all films.

    Args:
        factors: of all films, shape (n, k).
        biases: b_i of all films, shape (n,).
        wishes: w, shape (n,), 0 for films that were not rated.
        penalty: λ, above 0.

    Returns:
        u, shape (k,).
    """
    row = tensor(np.zeros(factors.shape[1]), requires_grad=True, name="row")
    # The softmax's second derivative, the covariance of the factors by its shares, is at most half their largest
    # squared length: that of two films that lie opposite to one another.
    curvature = float(wishes.sum() * (factors**2).sum(1).max() + 2 * penalty)
    inputs, target = Tensor(factors), Tensor(wishes)

    def loss() -> Tensor:
        return -(target * log_softmax(inputs @ row + biases, 0)).sum() + penalty * (row**2).sum()

    return _descend(row, loss, curvature)


def _descend(row: Tensor, loss: Callable[[], Tensor], curvature: float) -> Numbers:
    """From zero, with steps that suit the curvature."""
    optimizer = SGD([row], lr=1 / curvature, momentum=0.9)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss().backward()
        if row.grad is not None and np.abs(row.grad.numpy()).max() < CLOSE_ENOUGH * curvature:
            break
        optimizer.step()
    learned: Numbers = row.detach().numpy().copy()
    return learned


def ridge_row(table: Numbers, offset: Numbers, ratings: Numbers, penalties: Numbers) -> Numbers:
    """The same without a sigmoid, solved at once: (AᵀA + diag λ) x = Aᵀ (r − offset)."""
    row = np.linalg.solve(table.T @ table + np.diag(penalties), table.T @ (ratings - offset))
    return row.astype(np.float64)
