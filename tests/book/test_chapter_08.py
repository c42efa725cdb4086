"""Chapter 8: what its exercises have to do."""

import numpy as np
import pytest

import tinygrad_vn as tg

pytestmark = pytest.mark.chapter_8


def test_ridge_gradient(answers):
    rng = np.random.default_rng(0)
    X, y, w = rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=3)
    point = tg.tensor(w, requires_grad=True)
    (expected,) = tg.grad(((X @ point - y) ** 2).mean() + 0.3 * (point**2).sum(), [point])
    assert np.allclose(answers.ridge_gradient(X, y, w, 0.3), expected.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("losses", "patience", "kept"),
    [
        ([3.0, 2.0, 1.0], 2, 2),
        ([3.0, 2.0, 2.5, 2.4, 1.0], 2, 1),  # stopped before it would have improved
        ([3.0, 2.0, 2.5, 2.4, 1.0], 3, 4),
        ([1.0, 1.0, 1.0], 1, 0),  # equal is not lower
        ([1.0], 5, 0),
    ],
)
def test_epoch_to_keep(answers, losses, patience, kept):
    assert answers.epoch_to_keep(losses, patience) == kept
