"""Activation functions, each written so that no input, however large, overflows or loses its digits.

exp(1000) is infinite, but sigmoid, softplus, softmax and log-sum-exp are not: each formula below only ever takes the
exponential of numbers that are at most 0.

relu′(0) is 0, as in PyTorch; the lecture `001_138430595a83a231.txt` takes 1 for x ≥ 0. Either is a subgradient.
"""

from __future__ import annotations

import math

import numpy as np

from tinygrad_vn.modes import looks_at_values
from tinygrad_vn.rules.primitive import Array, composite, primitive
from tinygrad_vn.rules.reductions import Axis, largest, total, with_kept_axes


def stable_sigmoid(x: Array) -> Array:
    """1 / (1 + exp(−x)) as exp x / (1 + exp x), which overflows nowhere: from x = 40 on it is 1 to the last digit."""
    powers = np.exp(np.minimum(x, 11.0 if x.dtype == np.float16 else 40.0))
    return powers / (1.0 + powers)


sigmoid = primitive(stable_sigmoid, name="sigmoid", sign="σ", x=lambda g, out, x: g * out * (1 - out))


def zeros_of(x: Array) -> Array:
    """Zeros like `x`; two whole arrays are compared several times as fast as an array and one number."""
    return np.zeros(x.shape, x.dtype) if type(x) is np.ndarray and x.flags.c_contiguous else np.zeros_like(x)


@looks_at_values
def let_through(g: Array, is_open: Array) -> Array:
    """`g` where it is open, elsewhere 0, even where `g` is infinite, so that no product will do.

    With a mask of random bits `np.where` waits for every one of them; the bits of a number, and-ed with ones or zeros,
    come a tenth as late.
    """
    if isinstance(g, np.generic):
        return g if is_open else g.dtype.type(0)
    if not isinstance(g, np.ndarray) or g.dtype.itemsize > 8:
        return np.where(is_open, g, 0.0)
    bits = f"i{g.dtype.itemsize}"
    return np.bitwise_and(g.view(bits), np.negative(is_open.view(np.int8))).view(g.dtype)


relu = primitive(
    lambda x: np.maximum(x, zeros_of(x)), name="relu", sign="relu", x=lambda g, out, x: let_through(g, out > 0)
)

leaky_relu = primitive(
    lambda x, negative_slope=0.01: np.where(x > 0, x, x * negative_slope),
    name="leaky_relu",
    sign="leaky relu",
    x=lambda g, out, x, negative_slope: np.where(x > 0, g, g * negative_slope),
)

elu = primitive(
    lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
    name="elu",
    sign="elu",
    x=lambda g, out, x, alpha: np.where(x > 0, g, g * (alpha * np.exp(np.where(x > 0, 0.0, x)))),
)

softplus = primitive(
    lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    name="softplus",
    sign="softplus",
    x=lambda g, out, x: g * sigmoid(x),
)

silu = primitive(
    lambda x: x * stable_sigmoid(x),
    name="silu",
    sign="silu",
    x=lambda g, out, x: g * (sigmoid(x) * (1 + x * sigmoid(-x))),
)


def normal_cdf(x: Array) -> Array:
    """Φ(x), the share of a normal distribution below x, elementwise, to about 1e-15."""
    erfc = np.frompyfunc(math.erfc, 1, 1)
    return np.asarray(erfc(x / -math.sqrt(2)), np.result_type(x, np.float32)) * 0.5


gaussian_cdf = primitive(
    normal_cdf,
    name="gaussian_cdf",
    sign="Φ",
    x=lambda g, out, x: g * (np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)),
)


@composite()
def gelu(x: Array) -> Array:
    """x Φ(x), Φ being the normal distribution function (Hendrycks and Gimpel, 2016)."""
    return x * gaussian_cdf(x)


def finite_or_zero(x: Array) -> Array:
    """x, but 0 where it is infinite or NaN, so that it can be subtracted from −∞."""
    return np.where(np.isfinite(x), x, 0.0)


def logsumexp_forward(a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """log ∑ exp(a − top) + top, `top` being the largest element."""
    top = finite_or_zero(np.maximum.reduce(a, axis=axis, keepdims=True))
    with np.errstate(divide="ignore"):  # nothing but −∞ adds up to log 0 = −∞
        out = np.log(np.add.reduce(np.exp(a - top), axis=axis, keepdims=True)) + top
    return out if keepdims else out.squeeze(axis)


logsumexp = primitive(
    logsumexp_forward,
    name="logsumexp",
    sign="logsumexp",
    a=lambda g, out, a, axis, keepdims: (
        with_kept_axes(g, a.shape, axis) * np.exp(a - with_kept_axes(finite_or_zero(out), a.shape, axis))
    ),
)


def softmax_forward(x: Array, axis: int = -1) -> Array:
    """exp x / ∑ exp x; a constant taken off x beforehand changes nothing but the size of the numbers."""
    powers = np.exp(x - largest(x, axis))
    return powers / total(powers, axis)


softmax = primitive(
    softmax_forward,
    name="softmax",
    sign="softmax",
    x=lambda g, out, x, axis: out * (g - total(g * out, axis)),
)


def log_softmax_forward(x: Array, axis: int = -1) -> Array:
    """x − log ∑ exp x, without ever taking the logarithm of a number near 0."""
    shifted = x - largest(x, axis)
    return shifted - np.log(total(np.exp(shifted), axis))


log_softmax = primitive(
    log_softmax_forward,
    name="log_softmax",
    sign="log softmax",
    x=lambda g, out, x, axis: g - np.exp(out) * total(g, axis),
)
