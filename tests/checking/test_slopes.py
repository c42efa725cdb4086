"""Numeric slopes: near the closed form, and with error bars that hold what they promise."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from tinygrad_vn.checking.slopes import Ladder, Slopes, central_differences

EPS = np.finfo(float).eps


def found(f: Callable[[float], float], x: float, scale: float | None = None) -> Slopes:
    def change(t: float) -> tuple[float, float]:
        try:
            return (x + t) - x, f(x + t) - f(x)
        except ValueError:  # outside the domain
            return t, math.nan

    size = abs(f(x))
    return Ladder(change, scale or abs(x) or 1.0).slopes(EPS * size, size)


@pytest.mark.parametrize(
    ("f", "x", "derivative"),
    [
        (math.sin, 0.7, math.cos(0.7)),
        (math.exp, 50.0, math.exp(50.0)),
        (math.exp, -50.0, math.exp(-50.0)),
        (lambda x: x * x, 1e9, 2e9),
        (lambda x: x**3, 1e-9, 3e-18),
        (math.sqrt, 1e-10, 0.5e5),
        (math.sqrt, 1e-300, 0.5e150),
        (math.log, 1e-8, 1e8),
        (lambda x: math.sin(1e5 * x), 0.3, 1e5 * math.cos(3e4)),
        (lambda x: math.sin(2 * math.pi * 64 * x), 0.3, 2 * math.pi * 64 * math.cos(2 * math.pi * 64 * 0.3)),
        (lambda x: 1 / (1 - x), 0.999, 1e6),
        (lambda x: 3 * x - 7, 12.5, 3.0),
        (math.tanh, 0.0, 1.0),
        (lambda x: 1 + 1e-10 * x, 2.0, 1e-10),
    ],
)
def test_smooth_function(f: Callable[[float], float], x: float, derivative: float) -> None:
    slope = found(f, x)
    assert slope.central is not None
    error = abs(slope.central.value - derivative)
    assert error <= 1e-5 * abs(derivative)
    assert error <= 3 * slope.central.uncertainty + 1e-13 * abs(derivative)
    assert slope.central.uncertainty <= 1e-4 * abs(derivative)
    for side in (slope.left, slope.right):
        assert side is not None
        assert side.value == pytest.approx(derivative, rel=1e-3)


@pytest.mark.parametrize("seed", range(40))
def test_error_bar_holds_for_polynomials(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = np.polynomial.Polynomial(rng.normal(size=rng.integers(2, 8)))
    x = float(rng.normal() * 10 ** rng.uniform(-3, 1))
    slope = found(p, x).central
    assert slope is not None
    assert abs(slope.value - p.deriv()(x)) <= 3 * slope.uncertainty


@pytest.mark.parametrize("seed", range(20))
def test_noise_widens_the_error_bar(seed: int) -> None:
    """A function known to eight digits only: the error bar tells, and holds."""

    def noise(t: float) -> float:
        """From 0 to 1, another number for every t, however near."""
        return zlib.crc32(np.float64(t).tobytes()) / 2**32

    x = float(np.random.default_rng(seed).uniform(0.5, 2.0))
    slope = found(lambda t: math.sin(t) + 1e-8 * noise(t), x).central
    assert slope is not None
    assert slope.uncertainty > 1e-9
    assert abs(slope.value - math.cos(x)) <= 3 * slope.uncertainty


def test_kink_has_two_slopes() -> None:
    slope = found(lambda x: abs(x) + 3 * x, 0.0)
    assert slope.left is not None
    assert slope.right is not None
    assert slope.left.value == pytest.approx(2.0, abs=1e-12)
    assert slope.right.value == pytest.approx(4.0, abs=1e-12)


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("side", [-1, 1])
def test_kink_nearby_is_not_mistaken_for_one_here(distance: float, side: int) -> None:
    slope = found(lambda x: max(0.0, x + 1.0), -1.0 + side * distance)
    for s in (slope.left, slope.right, slope.central):
        assert s is not None
        assert s.value == pytest.approx(max(0, side), abs=1e-3)


def test_jump_and_vertical_tangent_are_infinitely_steep() -> None:
    jump = found(lambda x: float(x >= 1.0), 1.0)
    assert jump.left is not None
    assert jump.right is not None
    assert (jump.left.value, jump.right.value) == (math.inf, 0.0)
    cusp = found(lambda x: math.sqrt(abs(x)), 0.0)
    assert cusp.left is not None
    assert cusp.right is not None
    assert (cusp.left.value, cusp.right.value) == (-math.inf, math.inf)


def test_edge_of_the_domain_has_one_side() -> None:
    slope = found(lambda x: x * math.sqrt(x), 0.0)
    assert slope.left is None
    assert slope.right is not None
    assert slope.right.value == pytest.approx(0.0, abs=1e-4)


def test_function_that_is_flat_on_small_steps_shows_its_coarse_slope() -> None:
    slope = found(lambda x: float(np.float32(x)) * 3, 1.2)
    assert slope.coarse is not None
    assert slope.coarse.value == pytest.approx(3.0, abs=3 * slope.coarse.uncertainty)
    assert 1e-7 < slope.coarse.uncertainty < 1e-2
    assert found(math.sin, 1.2).coarse is None


def test_v_shaped_curve() -> None:
    """Truncation falls with h², round-off grows with 1/h: slopes 2 and −1 on logarithmic axes."""
    steps, quotients = central_differences(lambda t: (t, math.sin(0.7 + t) - math.sin(0.7)), 1.0)
    errors = np.abs(quotients - math.cos(0.7))
    wide = (steps > 1e-3) & (steps < 1e-1)
    assert np.polyfit(np.log(steps[wide]), np.log(errors[wide]), 1)[0] == pytest.approx(2.0, abs=0.05)
    narrow = (steps < 1e-7) & (errors > 0)
    assert np.polyfit(np.log(steps[narrow]), np.log(errors[narrow]), 1)[0] == pytest.approx(-1.0, abs=0.4)
    assert 1e-6 < steps[errors.argmin()] < 1e-4
