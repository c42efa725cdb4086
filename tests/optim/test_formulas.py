"""Every optimizer against its formulas, written out by hand, and against the forms that the lectures print."""

import math

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.optim import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop

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


@pytest.mark.parametrize("form", ["velocity", "pytorch"])
def test_momentum_of_the_vietnamese_lecture(form: str) -> None:
    """`004_2f9e90593bb73649.txt`, 4.3: v ← γv + ηg, θ ← θ − v."""
    w = start()
    x, v, expected = START, 0.0, []
    for _ in range(STEPS):
        v = 0.9 * v + 0.05 * slope(x)
        x -= v
        expected.append(x)
    assert path(SGD([w], lr=0.05, momentum=0.9, momentum_form=form), w) == pytest.approx(expected, rel=1e-12)


def test_momentum_of_the_vietnamese_lecture_when_the_rate_falls() -> None:
    """The velocity was gathered at the old rate and stays what it is; PyTorch's form is braked at once."""
    ends = {}
    for form in ("velocity", "pytorch"):
        w = start()
        optimizer = SGD([w], lr=0.05, momentum=0.9, momentum_form=form)
        path(optimizer, w)
        v = optimizer.state[w]["momentum_buffer"].item() * (1 if form == "velocity" else 0.05)
        x = w.item()
        optimizer.param_groups[0]["lr"] = 0.01
        for _ in range(3):
            v = 0.9 * v + 0.01 * slope(x)
            x -= v
        ends[form] = (path(optimizer, w)[2], x)
    assert ends["velocity"][0] == pytest.approx(ends["velocity"][1], rel=1e-12)
    assert ends["pytorch"][0] != pytest.approx(ends["pytorch"][1], rel=1e-3)


def test_momentum_of_the_chinese_lecture() -> None:
    """`002_8a50c176e41375fb.txt`: v ← (1 − m)g + mv, a ← a − v·lr."""
    w = start()
    x, v, expected = START, 0.0, []
    for _ in range(STEPS):
        v = slope(x) * (1 - 0.9) + v * 0.9
        x -= v * 0.1
        expected.append(x)
    assert path(SGD([w], lr=0.1, momentum=0.9, momentum_form="average"), w) == pytest.approx(expected, rel=1e-12)


def test_dampening_starts_from_the_first_gradient() -> None:
    """PyTorch's relative of that average differs from it at the first step."""
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


def test_adam_of_the_chinese_lecture() -> None:
    """`002_8a50c176e41375fb.txt`: without correction, ε inside the root."""
    w = start()
    x, v, square, expected = START, 0.0, 0.0, []
    for _ in range(STEPS):
        da = slope(x)
        v = da * (1 - 0.8) + v * 0.8
        square = 0.95 * square + (1 - 0.95) * da**2
        x -= 0.05 * v / math.sqrt(square + 1e-2)
        expected.append(x)
    optimizer = Adam([w], lr=0.05, betas=(0.8, 0.95), eps=1e-2, bias_correction=False, eps_inside=True)
    assert path(optimizer, w) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("corrected", [True, False])
def test_adam_with_one_of_the_two(corrected: bool) -> None:
    w = start()
    x, m, v, expected = START, 0.0, 0.0, []
    for t in range(1, STEPS + 1):
        m = 0.8 * m + 0.2 * slope(x)
        v = 0.95 * v + 0.05 * slope(x) ** 2
        if corrected:
            x -= 0.05 * m / (1 - 0.8**t) / math.sqrt(v / (1 - 0.95**t) + 1e-2)
        else:
            x -= 0.05 * m / (math.sqrt(v) + 1e-2)
        expected.append(x)
    optimizer = Adam([w], 0.05, (0.8, 0.95), 1e-2, bias_correction=corrected, eps_inside=corrected)
    assert path(optimizer, w) == pytest.approx(expected, rel=1e-12)


def test_adamw_shrinks_beside_the_step() -> None:
    w = start()
    x, m, v, expected = START, 0.0, 0.0, []
    for t in range(1, STEPS + 1):
        g = slope(x)
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        x = (1 - 0.1 * 0.3) * x - 0.1 * (m / (1 - 0.8**t)) / (math.sqrt(v / (1 - 0.95**t)) + 1e-3)
        expected.append(x)
    assert path(AdamW([w], 0.1, (0.8, 0.95), 1e-3, 0.3), w) == pytest.approx(expected, rel=1e-12)


def test_nadam() -> None:
    """Dozat's update, with his schedule of μ."""
    w = start()
    x, m, v, product, expected = START, 0.0, 0.0, 1.0, []
    for t in range(1, STEPS + 1):
        g = slope(x)
        mu, mu_next = 0.8 * (1 - 0.96 ** (t * 0.1) / 2), 0.8 * (1 - 0.96 ** ((t + 1) * 0.1) / 2)
        product *= mu
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        ahead = (1 - mu) * g / (1 - product) + mu_next * m / (1 - product * mu_next)
        x -= 0.1 * ahead / (math.sqrt(v / (1 - 0.95**t)) + 1e-3)
        expected.append(x)
    assert path(NAdam([w], 0.1, (0.8, 0.95), 1e-3, momentum_decay=0.1), w) == pytest.approx(expected, rel=1e-12)


def test_adagrad() -> None:
    """Duchi, Hazan and Singer's diagonal update, with a falling rate."""
    w = start()
    x, total, expected = START, 0.2, []
    for t in range(1, STEPS + 1):
        total += slope(x) ** 2
        x -= 0.5 / (1 + (t - 1) * 0.01) * slope(x) / (math.sqrt(total) + 1e-3)
        expected.append(x)
    optimizer = Adagrad([w], lr=0.5, lr_decay=0.01, initial_accumulator_value=0.2, eps=1e-3)
    assert path(optimizer, w) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("inside", [True, False])
def test_rmsprop(inside: bool) -> None:
    """ε inside the root is `002_8a50c176e41375fb.txt`: S ← βS + (1 − β)da², a ← a − lr·da/√(S + ε)."""
    w = start()
    x, square, expected = START, 0.0, []
    for _ in range(STEPS):
        da = slope(x)
        square = 0.95 * square + (1 - 0.95) * da**2
        x -= 0.05 * da / (math.sqrt(square + 1e-2) if inside else math.sqrt(square) + 1e-2)
        expected.append(x)
    optimizer = RMSprop([w], lr=0.05, alpha=0.95, eps=1e-2, eps_inside=inside)
    assert path(optimizer, w) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("inside", [True, False])
def test_rmsprop_centered_with_momentum(inside: bool) -> None:
    """Graves, arXiv 1308.0850, equations 38–45; his ε is inside the root."""
    w = start()
    x, square, mean, velocity, expected = START, 0.0, 0.0, 0.0, []
    for _ in range(STEPS):
        g = slope(x)
        square = 0.95 * square + 0.05 * g**2
        mean = 0.95 * mean + 0.05 * g
        size = math.sqrt(square - mean**2 + 1e-2) if inside else math.sqrt(square - mean**2) + 1e-2
        velocity = 0.9 * velocity + g / size
        x -= 0.01 * velocity
        expected.append(x)
    optimizer = RMSprop([w], 0.01, 0.95, 1e-2, momentum=0.9, centered=True, eps_inside=inside)
    assert path(optimizer, w) == pytest.approx(expected, rel=1e-10)


def test_rmsprop_centered_survives_a_constant_gradient() -> None:
    """Its variance is 0, which rounding makes negative: the root of that would be NaN, as it is in PyTorch."""
    w = tg.zeros(50, requires_grad=True)
    w.grad = tg.linspace(0.1, 3.0, 50)
    optimizer = RMSprop([w], lr=1e-12, alpha=0.5, centered=True)
    for _ in range(200):
        optimizer.step()
        assert np.isfinite(w.data).all()


def test_rmsprop_without_memory_sees_a_gradient_that_became_tiny() -> None:
    w = start()
    optimizer = RMSprop([w], lr=1.0, alpha=0.0, eps=0.0)
    for gradient in (1.0, 1e-9, -1e-9):
        before = w.item()
        w.grad = tg.tensor(gradient)
        optimizer.step()
        assert before - w.item() == pytest.approx(math.copysign(1.0, gradient))


def test_adadelta() -> None:
    """Zeiler's algorithm 1."""
    w = start()
    x, square, deltas, expected = START, 0.0, 0.0, []
    for _ in range(STEPS):
        g = slope(x)
        square = 0.8 * square + 0.2 * g**2
        delta = math.sqrt(deltas + 1e-3) / math.sqrt(square + 1e-3) * g
        deltas = 0.8 * deltas + 0.2 * delta**2
        x -= 0.5 * delta
        expected.append(x)
    assert path(Adadelta([w], lr=0.5, rho=0.8, eps=1e-3), w) == pytest.approx(expected, rel=1e-12)
