"""Chapter 5: what its exercises have to do."""

import numpy as np
import pytest

import tinygrad_vn as tg

pytestmark = pytest.mark.chapter_5


def test_sigmoid_slope(answers):
    z = np.array([-3.0, -0.1, 0.0, 2.0])
    point = tg.tensor(z, requires_grad=True)
    (expected,) = tg.grad(tg.sigmoid(point).sum(), [point])
    assert np.allclose(answers.sigmoid_slope(z), expected.numpy(), rtol=1e-12)
    assert np.array_equal(answers.sigmoid_slope(np.array([-1000.0, 1000.0])), [0.0, 0.0])


def test_dead_neurons_are_those_without_a_gradient(answers):
    rng = np.random.default_rng(0)
    X, b = rng.normal(size=(20, 2)), np.array([0.0, -9.0, 9.0, -1.0])
    W = tg.tensor(rng.normal(size=(2, 4)), requires_grad=True)
    tg.relu(X @ W + b).sum().backward()
    without = ~W.grad.numpy().any(axis=0)
    assert np.array_equal(answers.dead_neurons(X, W.detach().numpy(), b), without)
    assert without.tolist() == [False, True, False, False]
    assert answers.dead_neurons(np.zeros((3, 2)), np.ones((2, 2)), np.array([0.0, 1e-9])).tolist() == [True, False]
