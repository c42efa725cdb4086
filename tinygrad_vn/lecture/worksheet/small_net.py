"""A net 2-2-1 with ReLU in whole numbers: forward, and back to every weight, without matrices."""

from __future__ import annotations

import numpy as np

from tinygrad_vn.creation import tensor
from tinygrad_vn.lecture.worksheet.exercise import Exercise, Numbers, Question, drawn, gradient_of
from tinygrad_vn.nn import functional as F


def small_net(rng: np.random.Generator) -> Exercise:
    """A net in which at least one hidden neuron is awake, none stands on ReLU's kink, and the prediction is wrong."""
    while True:
        x, W = drawn(rng, [-1, 1, 2, 3], 2), drawn(rng, [-2, -1, 1, 2], 2, 2)
        b, v = drawn(rng, [-1, 0, 1], 2), drawn(rng, [-2, -1, 1, 2], 2)
        c, y = drawn(rng, [-1, 0, 1]).item(), float(rng.integers(-3, 4))
        z = x @ W + b
        error = float(np.maximum(z, 0) @ v + c - y)
        if (z > 0).any() and (z != 0).all() and 0 < abs(error) <= 5:
            break
    return Exercise(
        "net",
        (
            "z_1 = w_11x_1 + w_21x_2 + b_1,   z_2 = w_12x_1 + w_22x_2 + b_2,   h_i = max(0, z_i)",
            "ŷ = v_1h_1 + v_2h_2 + c,   L = (ŷ − y)^2",
            *((f"x_{i + 1}", x[i]) for i in range(2)),
            *((f"w_{i + 1}{j + 1}", W[i, j]) for j in range(2) for i in range(2)),
            *((f"b_{j + 1}", b[j]) for j in range(2)),
            *((f"v_{j + 1}", v[j]) for j in range(2)),
            ("c", np.asarray(c)),
            ("y", np.asarray(y)),
        ),
        _questions(x, W, b, v, c, y),
    )


def _questions(x: Numbers, W: Numbers, b: Numbers, v: Numbers, c: float, y: float) -> tuple[Question, ...]:
    weights, biases, outer, last = (tensor(value, requires_grad=True) for value in (W, b, v, c))
    z = x @ weights + biases
    h = F.relu(z)
    prediction = h @ outer + last
    loss = (prediction - y) ** 2
    loss.backward()
    # by hand, one number after the other
    sums = [x[0] * W[0, j] + x[1] * W[1, j] + b[j] for j in range(2)]
    hidden = [max(0.0, s) for s in sums]
    guess = v[0] * hidden[0] + v[1] * hidden[1] + c
    error = 2 * (guess - y)
    deltas = [error * v[j] * (sums[j] > 0) for j in range(2)]
    inputs = [(i, j) for j in range(2) for i in range(2)]
    weight_gradient, bias_gradient, outer_gradient = map(gradient_of, (weights, biases, outer))
    return (
        *(Question(f"z_{j + 1}", f"w_1{j + 1}x_1 + w_2{j + 1}x_2 + b_{j + 1}", z[j], sums[j]) for j in range(2)),
        *(Question(f"h_{j + 1}", f"max(0, z_{j + 1})", h[j], hidden[j]) for j in range(2)),
        Question("ŷ", "v_1h_1 + v_2h_2 + c", prediction, guess),
        Question("L", "(ŷ − y)^2", loss, (guess - y) ** 2),
        Question("∂L/∂c", "2(ŷ − y)", gradient_of(last), error),
        *(Question(f"∂L/∂v_{j + 1}", f"2(ŷ − y) · h_{j + 1}", outer_gradient[j], error * hidden[j]) for j in range(2)),
        *(
            Question(f"∂L/∂b_{j + 1}", f"2(ŷ − y) · v_{j + 1} · ReLU′(z_{j + 1})", bias_gradient[j], deltas[j])
            for j in range(2)
        ),
        *(
            Question(f"∂L/∂w_{i + 1}{j + 1}", f"∂L/∂b_{j + 1} · x_{i + 1}", weight_gradient[i, j], deltas[j] * x[i])
            for i, j in inputs
        ),
    )
