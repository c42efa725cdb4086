"""Samples for `rules/elementwise.py`."""

from __future__ import annotations

import numpy as np

from tests.samples.families import above_one, binary, each, fraction, positive, real, sample, unary
from tinygrad_vn.rules import elementwise

MASK = np.array([[True, False, True], [False, False, True]])

ELEMENTWISE = {
    "add": binary(np.add),
    "subtract": binary(np.subtract),
    "multiply": binary(np.multiply),
    "divide": binary(np.divide),
    "negative": unary(np.negative),
    "positive": unary(np.positive),
    "copy": unary(np.copy),
    "conjugate": unary(np.conjugate),
    "reciprocal": unary(np.reciprocal),
    "square": [*unary(np.square), *unary(lambda x: x**2)],
    "divmod": binary(lambda x, y: np.divmod(x, y)[1]),
    "remainder": [*binary(np.remainder), sample(lambda x, y: x % y, [5.3, -5.3, 1.0, 0.75], [2.0, 2.0, -0.3, 0.35])],
    "fmod": [*binary(np.fmod), sample(np.fmod, [5.3, -5.3, 1.05, 0.75], [2.0, 2.0, -0.2, 0.35])],
    "power": [
        *binary(np.power, positive, real),
        *each(
            [lambda x: x**3, lambda x: x**-2, lambda x: x**0, lambda x: x**1, lambda x: x ** np.array([2, 3])], real(2)
        ),
        sample(lambda x: x**3.0, [-1.5, 0.0, 2.0]),
        sample(lambda y: 2**y, real(3)),
    ],
    "float_power": [sample(np.float_power, positive(2), real(3, 1)), sample(lambda x: np.float_power(x, 3), real(2))],
    "sqrt": unary(np.sqrt, positive),
    "cbrt": unary(np.cbrt),
    "exp": unary(np.exp),
    "exp2": unary(np.exp2),
    "expm1": unary(np.expm1),
    "log": unary(np.log, positive),
    "log2": unary(np.log2, positive),
    "log10": unary(np.log10, positive),
    "log1p": unary(np.log1p, fraction),
    "logaddexp": [*binary(np.logaddexp), sample(np.logaddexp, [900.0, -900.0, 0.5], [901.0, 900.0, -900.0])],
    "logaddexp2": [*binary(np.logaddexp2), sample(np.logaddexp2, [900.0, -900.0, 0.5], [901.0, 900.0, -900.0])],
    "sin": unary(np.sin),
    "cos": unary(np.cos),
    "tan": unary(np.tan, fraction),
    "arcsin": unary(np.arcsin, fraction),
    "arccos": unary(np.arccos, fraction),
    "arctan": unary(np.arctan),
    "arctan2": binary(np.arctan2),
    "sinh": unary(np.sinh),
    "cosh": unary(np.cosh),
    "tanh": unary(np.tanh),
    "arcsinh": unary(np.arcsinh),
    "arccosh": unary(np.arccosh, above_one),
    "arctanh": unary(np.arctanh, fraction),
    "deg2rad": unary(np.deg2rad) + unary(np.radians),
    "rad2deg": unary(np.rad2deg) + unary(np.degrees),
    "absolute": unary(np.absolute) + unary(np.fabs),
    "sign": unary(np.sign),
    "reciprocal_or_zero": unary(elementwise.reciprocal_or_zero, reference=np.reciprocal),
    "hypot": binary(np.hypot),
    "maximum": binary(np.maximum),
    "minimum": binary(np.minimum),
    "fmax": [*binary(np.fmax), sample(lambda x: np.fmax(x, [np.nan, 0.0, 9.0]), real(3))],
    "fmin": [*binary(np.fmin), sample(lambda x: np.fmin([np.nan, 0.0, 9.0], x), real(3))],
    "heaviside": [
        sample(np.heaviside, [-1.0, 2.0], real(2)),
        sample(lambda h: np.heaviside([-1.0, 0.0, 2.0], h), real(3)),
    ],
    "where": [
        sample(lambda x, y: np.where(MASK, x, y), real(2, 3), real(2, 3)),
        sample(lambda x, y: np.where(MASK, x, y), real(3), real(2, 1)),
        sample(lambda x: np.where(MASK, x, 0.5), real(2, 3)),
        sample(lambda y: np.where(MASK[:, :1], 1, y), real(2, 3)),
        sample(lambda x: np.where(x > 0, x * x, -x), real(2, 3)),
        sample(lambda x, y: np.where(True, x, y), real(), real()),
    ],
    "astype": [sample(lambda x: np.astype(x, x.dtype) * x, real(2, 2))],
    "as_type": [sample(lambda x: np.astype(np.astype(x, np.longdouble), x.dtype) * x, real(2, 2))],
    "full_like": [sample(lambda x, c: np.full_like(x, c) * x, real(2, 2), real())],
    "clip": [
        *each(
            [
                lambda a: np.clip(a, -0.5, 0.8),
                lambda a: np.clip(a, a_min=None, a_max=0.8),
                lambda a: np.clip(a, 0.1, None),
                lambda a: np.clip(a, a_min=-1.0, a_max=1.0),
                lambda a: np.clip(a, 2.0, -2.0),
            ],
            real(2, 3),
        ),
        sample(np.clip, real(3, 2), real(2) - 2, positive(3, 1)),
        sample(lambda low: np.clip(np.array([-1.0, 0.1, 3.0]), low, 2.5), fraction()),
    ],
    "sinc": [*unary(np.sinc), sample(np.sinc, [0.0, 1e-9, -0.03, 0.049, 0.051, -0.2, 1.0, 7.5])],
    "nan_to_num": [
        sample(lambda x: np.nan_to_num(x + np.array([1.0, 2.0, np.nan])), real(3)),
        sample(
            lambda x: np.nan_to_num(x + np.array([0, np.nan, np.inf, -np.inf]), nan=1.0, posinf=2.0, neginf=3.0),
            real(4),
        ),
    ],
    "real": unary(np.real),
    "real_if_close": [sample(np.real_if_close, real(2))],
    "imag": unary(np.imag),
    "angle": [*unary(np.angle), sample(lambda z: np.angle(z, deg=True), real(2))],
}
