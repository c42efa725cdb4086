"""Chapter 10: what its exercises have to do."""

import numpy as np
import pytest

import tinygrad_vn as tg

pytestmark = pytest.mark.chapter_10

R = np.array([[3.0, 1, 1, 3, 1], [1, 2, 4, 1, 3], [3, 1, 1, 3, 1], [0, 3, 0, 4, 4]])
EXACT = np.array([[1.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[3.0, 1], [1, 2], [1, 4], [3, 1], [1, 3]])


def test_gradients(answers):
    rng = np.random.default_rng(0)
    U, M = (tg.tensor(rng.normal(size=(n, 2)), requires_grad=True) for n in (4, 5))
    expected = tg.grad((((R - U @ M.T) * (R > 0)) ** 2).sum() / (R > 0).sum(), [U, M])
    got = answers.gradients(R, R > 0, U.detach().numpy(), M.detach().numpy())
    for ours, wanted in zip(got, expected, strict=True):
        assert np.allclose(ours, wanted.numpy(), rtol=1e-12)


def test_the_exact_factors_have_no_gradient(answers):
    assert not any(gradient.any() for gradient in answers.gradients(R, R > 0, *EXACT))


def test_recommend(answers):
    assert list(answers.recommend(R, R > 0, *EXACT, user=3)) == [2, 0]  # M3 (5) before M1 (4)
    assert list(answers.recommend(R, R > 0, *EXACT, user=0)) == []
