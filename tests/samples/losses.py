"""Samples for `rules/losses.py`, which NumPy does not have: each with its formula."""

from __future__ import annotations

import numpy as np

from tests.samples.families import positive, real, rng, sample
from tinygrad_vn.rules import losses


def share(*shape: int) -> np.ndarray:
    """Between 0 and 1, near neither."""
    return rng.uniform(0.1, 0.9, shape)


def two_logs(p: np.ndarray, target: np.ndarray) -> np.ndarray:
    return -target * np.log(p) - (1 - target) * np.log(1 - p)


def of_logits(x: np.ndarray, target: np.ndarray, pos_weight: np.ndarray | float = 1.0) -> np.ndarray:
    p = 1 / (1 + np.exp(-x))
    return -pos_weight * target * np.log(p) - (1 - target) * np.log(1 - p)


def bent(delta: float = 1.0) -> object:
    return lambda x: np.where(np.abs(x) <= delta, x * x / 2, delta * (np.abs(x) - delta / 2))


FLAT = np.array([5, 0, 3])
TABLE = np.array([[4, 1], [0, 5]])

LOSSES = {
    "squared_error": [
        sample(losses.squared_error, real(2, 3), real(2, 3), reference=lambda x, t: np.sum((x - t) ** 2)),
        sample(
            lambda x, t: losses.squared_error(x, t, 6),
            real(2, 3),
            real(2, 3),
            reference=lambda x, t: np.mean((x - t) ** 2),
        ),
        sample(lambda x: losses.squared_error(x, x * 2), real(4), reference=lambda x: np.sum(x**2)),
        sample(losses.squared_error, real(), real(), reference=lambda x, t: (x - t) ** 2),
        sample(losses.squared_error, real(0, 3), real(0, 3), reference=lambda x, t: np.sum((x - t) ** 2)),
    ],
    "absolute_error": [
        sample(losses.absolute_error, real(2, 3), 3 + real(2, 3), reference=lambda x, t: np.sum(np.abs(x - t))),
        sample(
            lambda x, t: losses.absolute_error(x, t, 6),
            3 + real(2, 3),
            real(2, 3),
            reference=lambda x, t: np.mean(np.abs(x - t)),
        ),
        sample(losses.absolute_error, real(), 3 + real(), reference=lambda x, t: np.abs(x - t)),
        sample(losses.absolute_error, real(0, 3), real(0, 3), reference=lambda x, t: np.sum(np.abs(x - t))),
    ],
    "huber": [
        *(sample(losses.huber, 2 * real(*shape), reference=bent()) for shape in [(2, 3), (), (0, 3)]),
        sample(lambda x: losses.huber(x, 0.25), real(5), reference=bent(0.25)),
        sample(lambda x: losses.huber(x, 3.0), real(5), reference=bent(3.0)),
    ],
    "log_odds": [
        sample(losses.log_odds, share(*s), reference=lambda p: np.log(p / (1 - p))) for s in [(2, 3), (), (0,)]
    ],
    "binary_cross_entropy": [
        sample(losses.binary_cross_entropy, share(*shape), share(*shape), reference=two_logs)
        for shape in [(2, 3), (), (0, 3)]
    ],
    "logistic_loss": [
        *(sample(losses.logistic_loss, real(*s), share(*s), reference=of_logits) for s in [(2, 3), (), (0, 3)]),
        *(
            sample(losses.logistic_loss, 3 * real(2, 3), share(2, 3), positive(*s), reference=of_logits)
            for s in [(2, 3), (3,), (2, 1), ()]
        ),
    ],
    "pick": [
        sample(lambda a: losses.pick(a, FLAT), real(2, 3), reference=lambda a: a.ravel()[FLAT]),
        sample(lambda a: losses.pick(a, TABLE), real(2, 3), reference=lambda a: a.ravel()[TABLE]),
        sample(lambda a: losses.pick(a, FLAT[:0]), real(0, 3), reference=lambda a: a.ravel()),
    ],
    "negative_sum": [
        sample(lambda a: losses.negative_sum(a, FLAT, 1 / 3), real(2, 3), reference=lambda a: -a.ravel()[FLAT].mean()),
        sample(lambda a: losses.negative_sum(a, TABLE), real(2, 3), reference=lambda a: -a.ravel()[TABLE].sum()),
        sample(
            lambda a, f: losses.negative_sum(a, TABLE, f),
            real(2, 3),
            real(2, 2),
            reference=lambda a, f: -(a.ravel()[TABLE] * f).sum(),
        ),
        sample(lambda a: losses.negative_sum(a, FLAT[:0]), real(0, 3), reference=lambda a: -a.sum()),
    ],
    "place": [
        sample(
            lambda g: losses.place(g, FLAT, (2, 3)),
            real(),
            reference=lambda g: np.array([[g, 0, 0], [g, 0, g]]),
        ),
        sample(
            lambda g: losses.place(g, FLAT, (2, 3)),
            real(3),
            reference=lambda g: np.array([[g[1], 0, 0], [g[2], 0, g[0]]]),
        ),
        sample(lambda g: losses.place(g, FLAT[:0], (0, 3)), real(0), reference=lambda g: np.zeros((0, 3))),
    ],
}
