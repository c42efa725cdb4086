"""Chapter 11: what its exercises have to do."""

import math

import numpy as np
import pytest

pytestmark = pytest.mark.chapter_11


def test_derivatives(answers):
    assert answers.derivatives(np.sin, 0.7, 3) == pytest.approx(
        [math.sin(0.7), math.cos(0.7), -math.sin(0.7), -math.cos(0.7)]
    )
    assert answers.derivatives(lambda x: x**3, 2.0, 3) == pytest.approx([8.0, 12.0, 12.0, 6.0])


def test_newton(answers):
    assert answers.newton(lambda x: 3 * (x - 2) ** 2, 100.0, 1) == pytest.approx(2.0)  # a parabola: one step
    assert answers.newton(lambda x: np.exp(x) - 2 * x, 0.0, 6) == pytest.approx(math.log(2))
    assert answers.newton(lambda x: x**4, 1.0, 1) == pytest.approx(2 / 3)
