"""Chapter 4: what its exercises have to do."""

import numpy as np
import pytest

pytestmark = pytest.mark.chapter_4


def test_numeric_gradient(answers):
    x = np.array([[0.5, -1.0], [2.0, 3.0]])
    before = x.copy()
    slopes = answers.numeric_gradient(lambda a: float(np.sum(np.sin(a) * a)), x)
    assert np.allclose(slopes, np.sin(x) + x * np.cos(x), atol=1e-8)
    assert np.array_equal(x, before)


def test_agree(answers):
    right = np.array([1000.0, 1e-3, 0.0])
    assert answers.agree(right, right)
    assert answers.agree(right * (1 + 1e-6), right)
    assert answers.agree(right + np.array([0, 0, 5e-8]), right)  # beside 0 only atol can say what is close
    assert not answers.agree(right * 1.001, right)
    assert not answers.agree(right + np.array([0, 0, 1e-3]), right)
    assert not answers.agree(np.array([np.nan, 1e-3, 0.0]), right)
