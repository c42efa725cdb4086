"""Chapter 12: what its exercises have to do."""

import time

import numpy as np
import pytest

pytestmark = pytest.mark.chapter_12


def best_of(function, times=5):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return min(taken)


def test_losses_of_rates(answers):
    rng = np.random.default_rng(0)
    X, y, W = rng.normal(size=(200, 5)), rng.normal(size=200), rng.normal(size=(5, 300))
    one_by_one = [np.mean((X @ w - y) ** 2) for w in W.T]
    assert np.allclose(answers.losses_of_rates(X, y, W), one_by_one, rtol=1e-12)


def test_distances(answers):
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(150, 20)), rng.normal(size=(100, 20))

    def by_loops():
        return [[np.sum((a - b) ** 2) for b in B] for a in A]

    assert np.allclose(answers.distances(A, B), by_loops())
    assert best_of(lambda: answers.distances(A, B)) < best_of(by_loops, 1) / 5
