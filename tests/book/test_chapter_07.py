"""Chapter 7: what its exercises have to do."""

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import optim

pytestmark = pytest.mark.chapter_7

START = np.array([4.0, -1.0])
GRADIENTS = [np.array([1.0, 10.0]), np.array([0.5, -8.0]), np.array([0.0, 3.0])]


def by_library(optimizer, p):
    for g in GRADIENTS:
        p.grad = tg.tensor(g)
        optimizer.step()
    return p.detach().numpy()


def test_momentum(answers):
    p = tg.tensor(START, requires_grad=True)
    expected = by_library(optim.SGD([p], lr=0.1, momentum=0.9, momentum_form="velocity"), p)
    theta, v = START, np.zeros(2)
    for g in GRADIENTS:
        theta, v = answers.momentum_step(theta, v, g, 0.1, 0.9)
    assert np.allclose(theta, expected, rtol=1e-12)


def test_adam(answers):
    p = tg.tensor(START, requires_grad=True)
    assert np.allclose(answers.adam(START, GRADIENTS, 0.01), by_library(optim.Adam([p], lr=0.01), p), rtol=1e-12)
    assert np.allclose(answers.adam(START, GRADIENTS[:1], 0.01), START - [0.01, 0.01])  # the first step is η
    assert np.allclose(answers.adam(START, [np.full(2, 1e-8)], 0.01), START - 0.005)  # where ε is as large as the root
