"""Chapter 9: what its exercises have to do."""

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.nn import functional as F

pytestmark = pytest.mark.chapter_9


def test_cross_entropy(answers):
    z, y = np.array([-2.0, 0.0, 3.0]), np.array([0.0, 1.0, 0.0])
    p = 1 / (1 + np.exp(-z))
    assert answers.cross_entropy(z, y) == pytest.approx(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    assert answers.cross_entropy(np.array([1000.0, -1000.0]), np.array([0.0, 0.0])) == pytest.approx(500.0)


def test_gradient(answers):
    rng = np.random.default_rng(0)
    X, w, y = rng.normal(size=(8, 3)), rng.normal(size=3), np.arange(8) % 2 * 1.0
    point = tg.tensor(w, requires_grad=True)
    (expected,) = tg.grad(F.binary_cross_entropy_with_logits(X @ point, y), [point])
    assert np.allclose(answers.gradient(X, y, w), expected.numpy(), rtol=1e-12)
