"""Chapter 1: what its exercises have to do."""

import math

import pytest

pytestmark = pytest.mark.chapter_1


def test_slope(answers):
    assert answers.slope(math.sin, 1.0) == pytest.approx(math.cos(1.0), abs=1e-9)
    assert answers.slope(lambda x: x**2, 3.0, h=0.5) == pytest.approx(6.0)  # exact for parabolas, whatever h


def test_descend(answers):
    points = answers.descend(lambda x: 2 * x, 4.0, 0.1, 10)
    assert len(points) == 11
    assert points[0] == 4.0
    assert points[1] == pytest.approx(3.2)
    assert points[10] == pytest.approx(0.4294967296)
    assert answers.descend(lambda x: 2 * x, 4.0, 0.1, 0) == [4.0]


def test_largest_stable_rate(answers):
    areas = [56.0, 45.0, 234.0, 113.0, 542.0, 351.0]
    rate = answers.largest_stable_rate(areas)
    for factor, shrinks in ((0.99, True), (1.01, False)):
        w = 1.0
        for _ in range(100):
            w -= factor * rate * 2 * 542.0 * 542.0 * w
        assert (abs(w) < 1) == shrinks
