"""Samples for `rules/activations.py`, which NumPy does not have: each with its formula."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.samples.families import real, reducing, sample, unary
from tinygrad_vn.rules import activations


def normal_cdf(x: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))), otypes=[float])(x)


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def shares(a: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.exp(a) / np.exp(a).sum(axis=axis, keepdims=True)


def log_total(a: np.ndarray, axis: Any = None, keepdims: bool = False) -> np.ndarray:
    return np.log(np.exp(a).sum(axis=axis, keepdims=keepdims))


ACTIVATIONS = {
    "sigmoid": unary(activations.sigmoid, reference=logistic),
    "relu": unary(activations.relu, reference=lambda x: x * (x > 0)),
    "leaky_relu": [
        *unary(activations.leaky_relu, reference=lambda x: np.where(x > 0, x, 0.01 * x)),
        sample(lambda x: activations.leaky_relu(x, 0.2), real(3), reference=lambda x: np.where(x > 0, x, 0.2 * x)),
    ],
    "elu": [
        *unary(activations.elu, reference=lambda x: np.where(x > 0, x, np.exp(x) - 1)),
        sample(
            lambda x: activations.elu(x, 0.5), real(3), reference=lambda x: np.where(x > 0, x, 0.5 * np.exp(x) - 0.5)
        ),
    ],
    "softplus": unary(activations.softplus, reference=lambda x: np.log(1 + np.exp(x))),
    "silu": unary(activations.silu, reference=lambda x: x * logistic(x)),
    "gaussian_cdf": unary(activations.gaussian_cdf, reference=normal_cdf),
    "gelu": unary(activations.gelu, reference=lambda x: x * normal_cdf(x)),
    "logsumexp": reducing(activations.logsumexp, reference=log_total),
    "softmax": [
        sample(activations.softmax, real(2, 2, 3), reference=shares),
        *(
            sample(lambda x, i=i: activations.softmax(x, i), real(2, 3, 2), reference=lambda x, i=i: shares(x, i))
            for i in (0, 1, -1, (0, 2))
        ),
        sample(activations.softmax, real(0, 3), reference=shares),
    ],
    "log_softmax": [
        sample(activations.log_softmax, real(2, 2, 3), reference=lambda x: np.log(shares(x))),
        *(
            sample(
                lambda x, i=i: activations.log_softmax(x, axis=i),
                real(2, 3, 2),
                reference=lambda x, i=i: np.log(shares(x, i)),
            )
            for i in (0, 1, -1, (0, 2))
        ),
        sample(activations.log_softmax, real(0, 3), reference=lambda x: np.log(shares(x))),
    ],
}
