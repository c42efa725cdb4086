"""A layer for two samples at once, A = ReLU(X W + b), and its backpropagation in matrices."""

from __future__ import annotations

import numpy as np

from tinygrad_vn.creation import tensor
from tinygrad_vn.lecture.worksheet.exercise import Exercise, Question, drawn, gradient_of
from tinygrad_vn.nn import functional as F


def matrix_layer(rng: np.random.Generator) -> Exercise:
    """Two samples of three numbers, two neurons; none of the sums is 0, and two or three of four let a gradient by."""
    while True:
        X, W = drawn(rng, [-1, 0, 1, 2], 2, 3), drawn(rng, [-2, -1, 1, 2], 3, 2)
        b, Y = drawn(rng, [-1, 1], 1, 2), drawn(rng, [0, 1, 2], 2, 2)
        Z = X @ W + b
        awake = Z > 0
        passed = (awake & (Z != Y)).sum()
        if (Z != 0).all() and 2 <= passed <= awake.sum() <= 3 and abs(Z).max() <= 6 and X.any(axis=0).all():
            break
    inputs, weights, bias = (tensor(value, requires_grad=True) for value in (X, W, b))
    sums = inputs @ weights + bias
    sums.retain_grad()
    out = F.relu(sums)
    loss = ((out - Y) ** 2).sum() / 2
    loss.backward()
    # by hand: every element as its own sum of products
    A = np.where(awake, Z, 0)
    delta = (A - Y) * awake
    return Exercise(
        "matrices",
        (
            "Z = X W + b,   A = ReLU(Z),   J = (1/2) ∑ (A − Y)^2",
            ("X", X),
            ("W", W),
            ("b", b),
            ("Y", Y),
        ),
        (
            Question("Z", "X W + b", sums, [[sum(r * c) + s for c, s in zip(W.T, b[0], strict=True)] for r in X]),
            Question("A", "ReLU(Z)", out, A),
            Question(
                "J", "(1/2) ∑ (A − Y)^2", loss, sum((a - y) ** 2 for a, y in zip(A.flat, Y.flat, strict=True)) / 2
            ),
            Question("∂J/∂Z", "(A − Y) ⊙ ReLU′(Z)", gradient_of(sums), delta),
            Question("∂J/∂W", "X^T ∂J/∂Z", gradient_of(weights), [[sum(c * d) for d in delta.T] for c in X.T]),
            Question("∂J/∂b", "∑_rows ∂J/∂Z", gradient_of(bias), [[sum(d) for d in delta.T]]),
            Question("∂J/∂X", "∂J/∂Z W^T", gradient_of(inputs), [[sum(d * row) for row in W] for d in delta]),
        ),
    )
