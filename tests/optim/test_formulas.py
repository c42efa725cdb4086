"""Every optimizer against its formulas, written out by hand, and against the forms that the lectures print."""

import math

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.optim import SGD, Adam, Optimizer

START = 5.0
STEPS = 50


def slope(x: float) -> float:
    """Of f(x) = x² + sin x, which has one minimum and is no parabola."""
    return 2 * x + math.cos(x)


def path(optimizer: Optimizer, w: tg.Tensor) -> list[float]:
    """The values of w, step by step."""
    points = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (w**2 + np.sin(w)).backward()
        optimizer.step()
        points.append(w.item())
    return points


def start() -> tg.Tensor:
    return tg.tensor(START, requires_grad=True)


def test_gradient_descent() -> None:
    """`000_12180da503bfe391.txt`: θ ← θ − η ∇J(θ)."""
    w = start()
    x, expected = START, []
    for _ in range(STEPS):
        x -= 0.1 * slope(x)
        expected.append(x)
    assert path(SGD([w], lr=0.1), w) == pytest.approx(expected, rel=1e-14)


def test_momentum_of_the_vietnamese_lecture() -> None:
    """`004_2f9e90593bb73649.txt`, 4.3: v ← γv + ηg, θ ← θ − v."""
    w = start()
    x, v, expected = START, 0.0, []
    for _ in range(STEPS):
        v = 0.9 * v + 0.05 * slope(x)
        x -= v
        expected.append(x)
    assert path(SGD([w], lr=0.05, momentum=0.9), w) == pytest.approx(expected, rel=1e-12)


def test_momentum_of_the_chinese_lecture() -> None:
    """`002_8a50c176e41375fb.txt`: v ← (1 − m)g + mv; from v = g at the first step, as PyTorch starts."""
    w = start()
    x, v, expected = START, slope(START), []
    for k in range(STEPS):
        v = v if k == 0 else (1 - 0.9) * slope(x) + 0.9 * v
        x -= 0.1 * v
        expected.append(x)
    assert path(SGD([w], lr=0.1, momentum=0.9, dampening=0.9), w) == pytest.approx(expected, rel=1e-12)


def test_nesterov() -> None:
    w = start()
    x, v, expected = START, 0.0, []
    for _ in range(STEPS):
        g = slope(x)
        v = 0.9 * v + g
        x -= 0.02 * (g + 0.9 * v)
        expected.append(x)
    assert path(SGD([w], lr=0.02, momentum=0.9, nesterov=True), w) == pytest.approx(expected, rel=1e-12)


def test_weight_decay_is_the_slope_of_a_penalty() -> None:
    w = start()
    x, expected = START, []
    for _ in range(STEPS):
        x -= 0.1 * (slope(x) + 0.3 * x)
        expected.append(x)
    assert path(SGD([w], lr=0.1, weight_decay=0.3), w) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_adam(decay: float, amsgrad: bool) -> None:
    """`004_2f9e90593bb73649.txt`, 4.4, and Kingma and Ba's algorithm 1."""
    w = start()
    x, m, v, largest, expected = START, 0.0, 0.0, 0.0, []
    for t in range(1, STEPS + 1):
        g = slope(x) + decay * x
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        largest = max(v, largest) if amsgrad else v
        x -= 0.4 * (m / (1 - 0.8**t)) / (math.sqrt(largest / (1 - 0.95**t)) + 1e-3)
        expected.append(x)
    optimizer = Adam([w], lr=0.4, betas=(0.8, 0.95), eps=1e-3, weight_decay=decay, amsgrad=amsgrad)
    assert path(optimizer, w) == pytest.approx(expected, rel=1e-10)


def test_adam_moves_by_the_learning_rate_at_first() -> None:
    for gradient in (1e-3, 1.0, 1e6):
        w = start()
        w.grad = tg.tensor(gradient)
        Adam([w], lr=0.01).step()
        assert w.item() == pytest.approx(START - 0.01, abs=1e-6)
