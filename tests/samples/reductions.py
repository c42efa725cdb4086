"""Samples for `rules/reductions.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.samples.families import each, positive, real, reducing, sample
from tinygrad_vn.rules import reductions


def length(a: np.ndarray, axis: Any = None, keepdims: bool = False) -> np.ndarray:
    return np.sqrt((a**2).sum(axis=axis, keepdims=keepdims))


REDUCTIONS = {
    "sum": reducing(np.sum),
    "mean": reducing(np.mean),
    "max": [*reducing(np.max), sample(lambda a: np.amax(a, 1), real(2, 3))],
    "min": [*reducing(np.min), sample(lambda a: np.amin(a, 1), real(2, 3))],
    "prod": [
        *reducing(np.prod),
        *each([np.prod, lambda a: np.prod(a, 0), lambda a: np.prod(a, 1)], [[2.0, 0.0, 3.0], [0.0, 0.0, 1.5]]),
        sample(np.prod, real(0)),
        sample(lambda a: np.prod(a, 0), real(0, 2)),
        sample(np.prod, real(7)),
    ],
    "var": [
        *reducing(np.var),
        sample(lambda a: np.var(a, 1, ddof=1), real(2, 3)),
        sample(lambda a: np.var(a, correction=1), real(3)),
    ],
    "std": [
        *[
            s for s in reducing(np.std, axes=[None, 0, 1, -1, (0, 2), (0, 1, 2)]) if s.inputs[0].ndim
        ],  # a single number has std 0
        sample(lambda a: np.std(a, 1, ddof=1), real(2, 3)),
        sample(lambda a: np.std(a, axis=-1, ddof=0.5), real(2, 3)),
    ],
    "average": [
        *reducing(np.average)[:-1],  # NumPy's average of an empty array divides by 0
        sample(lambda a, w: np.average(a, 1, w), real(2, 3), positive(3)),
        sample(lambda a, w: np.average(a, weights=w), real(2, 3), positive(2, 3)),
        sample(lambda a: np.average(a, axis=0, weights=[1, 2], keepdims=True), real(2, 3)),
        sample(lambda a, w: np.average(a, (2, 0), w), real(2, 3, 2), positive(2, 2)),
    ],
    "ptp": reducing(np.ptp),
    "cumsum": [
        *each([lambda a, i=i: np.cumsum(a, axis=i) for i in (None, 0, 1, -1)], real(2, 3, 2)),
        sample(np.cumsum, real()),
        sample(lambda a: np.cumsum(a, 1), real(2, 0)),
    ],
    "cumprod": [
        *each([lambda a, i=i: np.cumprod(a, axis=i) for i in (None, 0, 1, -1)], real(2, 5)),
        sample(np.cumprod, [2.0, 0.0, 3.0, 0.0, 1.0]),
        sample(np.cumprod, real()),
        sample(np.cumprod, real(0)),
    ],
    "trapezoid": [
        sample(np.trapezoid, real(4)),
        sample(lambda y: np.trapezoid(y, dx=0.3, axis=0), real(4, 2)),
        sample(np.trapezoid, real(2, 4), np.cumsum(positive(4))),
        sample(lambda y, x: np.trapezoid(y, x, axis=0), real(3, 2), np.cumsum(positive(3, 2), 0)),
    ],
    "root_sum_of_squares": reducing(reductions.root_sum_of_squares, reference=length),
}
