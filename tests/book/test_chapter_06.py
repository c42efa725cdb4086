"""Chapter 6: what its exercises have to do."""

import numpy as np
import pytest

import tinygrad_vn as tg

pytestmark = pytest.mark.chapter_6


@pytest.fixture
def net():
    rng = np.random.default_rng(0)
    return [rng.normal(size=size) for size in ((5, 2), (5, 1), (2, 3), (3,), (3, 1), (1,))]


def test_forward(answers, net):
    X, _, W1, b1, W2, b2 = net
    first = [np.tanh(X[0] @ W1[:, j] + b1[j]) for j in range(3)]
    assert answers.forward(X, W1, b1, W2, b2)[0, 0] == pytest.approx(np.dot(first, W2[:, 0]) + b2[0])


def test_gradients(answers, net):
    X, Y, *parameters = net
    W1, b1, W2, b2 = (tg.tensor(p, requires_grad=True) for p in parameters)
    expected = tg.grad(((np.tanh(X @ W1 + b1) @ W2 + b2 - Y) ** 2).mean(), [W1, b1, W2, b2])
    for got, wanted in zip(answers.gradients(X, Y, *parameters), expected, strict=True):
        assert got.shape == wanted.shape
        assert np.allclose(got, wanted.numpy(), atol=1e-12)
