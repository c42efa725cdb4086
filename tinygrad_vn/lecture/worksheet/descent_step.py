"""One step of gradient descent for a line ŷ = wx + b through four points: loss, gradients, new parameters, new loss."""

from __future__ import annotations

import numpy as np

from tinygrad_vn.creation import tensor
from tinygrad_vn.lecture.worksheet.exercise import Exercise, Numbers, Question, drawn, gradient_of
from tinygrad_vn.optim import SGD
from tinygrad_vn.tensor import Tensor


def descent_step(rng: np.random.Generator) -> Exercise:
    """Four points on different x, a line that misses them, and a rate at which the loss falls."""
    while True:
        x, y = np.sort(rng.permutation(6)[:4]).astype(float), drawn(rng, range(-2, 9), 4)
        w, b = drawn(rng, [-1, 0, 1, 2]).item(), drawn(rng, [-1, 0, 1]).item()
        rate = drawn(rng, [0.01, 0.02, 0.05]).item()
        e = w * x + b - y
        slope, lift = float(e @ x) / 2, float(e.sum()) / 2
        after = ((w - rate * slope) * x + b - rate * lift - y) @ ((w - rate * slope) * x + b - rate * lift - y) / 4
        if slope and lift and after < 0.95 * float(e @ e) / 4:
            break
    weight, bias = tensor(w, requires_grad=True), tensor(b, requires_grad=True)
    loss = _loss(weight, bias, x, y)
    loss.backward()
    gradients = [gradient_of(parameter) for parameter in (weight, bias)]
    SGD([weight, bias], lr=rate).step()
    points = np.stack([x, y])
    return Exercise(
        "descent",
        (
            "ŷ = w·x + b,   L = (1/4) ∑ (ŷ − y)^2,   θ ← θ − η ∂L/∂θ",
            ("x; y", points),
            ("w", np.asarray(w)),
            ("b", np.asarray(b)),
            ("η", np.asarray(rate)),
        ),
        (
            Question("ŷ − y", "w·x + b − y", w * x + b - y, e),
            Question("L", "(1/4) ∑ (ŷ − y)^2", loss, sum(part**2 for part in e) / 4),
            Question("∂L/∂w", "(2/4) ∑ (ŷ − y) x", gradients[0], slope),
            Question("∂L/∂b", "(2/4) ∑ (ŷ − y)", gradients[1], lift),
            Question("w_new", "w − η ∂L/∂w", weight, w - rate * slope),
            Question("b_new", "b − η ∂L/∂b", bias, b - rate * lift),
            Question("L_new", "(1/4) ∑ (w_new·x + b_new − y)^2", _loss(weight, bias, x, y), after),
        ),
    )


def _loss(w: Tensor, b: Tensor, x: Numbers, y: Numbers) -> Tensor:
    return ((w * x + b - y) ** 2).mean()
