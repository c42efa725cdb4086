"""Elementwise operations: one number in, one number out, for every element.

Each entry reads like the blackboard: the operation, its sign in drawings, and the gradient of each argument.
`g` is the gradient of the loss with respect to the result `out`; where arguments were broadcast, the engine sums.

Conventions where a derivative does not exist, all equal to PyTorch's: |x| and sign have 0 at 0; `maximum` and
`minimum` share a tie half and half; `clip` passes the gradient on its bounds. (`fmax` and `fmin` share a tie too;
PyTorch's give all of it to the first.)

Where two formulas are equal on the blackboard, the one that keeps its digits is taken: (1 − x)(1 + x) for 1 − x²,
which near x = 1 would subtract two nearly equal numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.rules.primitive import Array, composite, primitive

LN2, LN10 = math.log(2), math.log(10)


def times(g: Array, number: float) -> Array:
    """`g` times a number; where one gradient was spread over all elements, as by a sum, only that is multiplied."""
    if isinstance(g, np.ndarray) and g.size > 1 and not any(g.strides):
        return np.broadcast_to(g[(0,) * g.ndim] * number, g.shape)
    return g * number


# --- arithmetic -------------------------------------------------------------------------------------------------

add = primitive(np.add, sign="+", x=lambda g, out, x, y: g, y=lambda g, out, x, y: g)

subtract = primitive(np.subtract, sign="−", x=lambda g, out, x, y: g, y=lambda g, out, x, y: -g)

multiply = primitive(np.multiply, sign="×", x=lambda g, out, x, y: g * y, y=lambda g, out, x, y: g * x)

divide = primitive(np.divide, sign="÷", x=lambda g, out, x, y: g / y, y=lambda g, out, x, y: -g * out / y)

negative = primitive(np.negative, sign="−", x=lambda g, out, x: -g)

positive = primitive(np.positive, sign="+", x=lambda g, out, x: g)

copy = primitive(lambda a: a.copy(), name="copy", sign="=", numpy=(np.copy,), a=lambda g, out, a: g)

conjugate = primitive(np.conjugate, sign="conj", x=lambda g, out, x: g)

reciprocal = primitive(np.reciprocal, sign="1/", x=lambda g, out, x: -g * out * out)

square = primitive(np.square, sign="²", x=lambda g, out, x: times(g, 2) * x)

remainder = primitive(np.remainder, sign="mod", x=lambda g, out, x, y: g, y=lambda g, out, x, y: -g * (x // y))

fmod = primitive(np.fmod, sign="fmod", x=lambda g, out, x, y: g, y=lambda g, out, x, y: -g * np.rint((x - out) / y))


@composite(np.divmod)
def divmod(x: Array, y: Array) -> tuple[Array, Array]:
    """How often y goes into x, which has no gradient, and what remains."""
    return x // y, x % y


def slope_of_power(x: Array, y: Array) -> Array:
    """d(xʸ)/dx = y xʸ⁻¹, which is 0 for y = 0 even at x = 0, where xʸ⁻¹ would divide by zero."""
    if isinstance(y, (int, float)):
        return y * x ** (y - 1) if y != 0 else 0.0
    return y * x ** np.where((x == 0) & (y == 0), 1.0, y - 1)


def slope_of_exponent(out: Array, x: Array, y: Array) -> Array:
    """d(xʸ)/dy = xʸ ln x, which is 0 for x = 0 and y ≥ 0, where ln x alone would be −∞."""
    flat = (x == 0) & (y >= 0)
    return np.where(flat, 0.0, out * np.log(np.where(flat, 1.0, x)))


power = primitive(
    np.power,
    sign="^",
    x=lambda g, out, x, y: g * slope_of_power(x, y),
    y=lambda g, out, x, y: g * slope_of_exponent(out, x, y),
)


@composite(np.float_power)
def float_power(x: Array, y: Array) -> Array:
    """`power` for which whole numbers count as real ones; unlike NumPy's, it leaves float32 as it is."""
    return power(np.multiply(x, 1.0), np.multiply(y, 1.0))


# --- roots, exponentials, logarithms ----------------------------------------------------------------------------

sqrt = primitive(np.sqrt, sign="√", x=lambda g, out, x: g * 0.5 / out)

cbrt = primitive(np.cbrt, sign="∛", x=lambda g, out, x: g / (3 * out * out))

exp = primitive(np.exp, sign="exp", x=lambda g, out, x: g * out)

exp2 = primitive(np.exp2, sign="2^", x=lambda g, out, x: g * out * LN2)

expm1 = primitive(np.expm1, sign="expm1", x=lambda g, out, x: g * (out + 1))

log = primitive(np.log, sign="log", x=lambda g, out, x: g / x)

log2 = primitive(np.log2, sign="log₂", x=lambda g, out, x: g / (x * LN2))

log10 = primitive(np.log10, sign="log₁₀", x=lambda g, out, x: g / (x * LN10))

log1p = primitive(np.log1p, sign="log1p", x=lambda g, out, x: g / (1 + x))


logaddexp = primitive(
    np.logaddexp,
    sign="logaddexp",
    x=lambda g, out, x, y: g * np.exp(x - out),
    y=lambda g, out, x, y: g * np.exp(y - out),
)

logaddexp2 = primitive(
    np.logaddexp2,
    sign="logaddexp2",
    x=lambda g, out, x, y: g * np.exp2(x - out),
    y=lambda g, out, x, y: g * np.exp2(y - out),
)

# --- trigonometric and hyperbolic functions and their inverses --------------------------------------------------

sin = primitive(np.sin, sign="sin", x=lambda g, out, x: g * np.cos(x))

cos = primitive(np.cos, sign="cos", x=lambda g, out, x: -g * np.sin(x))

tan = primitive(np.tan, sign="tan", x=lambda g, out, x: g * (1 + out * out))

arcsin = primitive(np.arcsin, sign="arcsin", x=lambda g, out, x: g / np.sqrt((1 - x) * (1 + x)))

arccos = primitive(np.arccos, sign="arccos", x=lambda g, out, x: -g / np.sqrt((1 - x) * (1 + x)))

arctan = primitive(np.arctan, sign="arctan", x=lambda g, out, x: g / (1 + x * x))

arctan2 = primitive(
    np.arctan2,
    sign="arctan2",
    y=lambda g, out, y, x: g * x / (x * x + y * y),
    x=lambda g, out, y, x: -g * y / (x * x + y * y),
)

sinh = primitive(np.sinh, sign="sinh", x=lambda g, out, x: g * np.cosh(x))

cosh = primitive(np.cosh, sign="cosh", x=lambda g, out, x: g * np.sinh(x))

tanh = primitive(np.tanh, sign="tanh", x=lambda g, out, x: g * (1 - out * out))

arcsinh = primitive(np.arcsinh, sign="arsinh", x=lambda g, out, x: g / np.sqrt(x * x + 1))

arccosh = primitive(np.arccosh, sign="arcosh", x=lambda g, out, x: g / np.sqrt((x - 1) * (x + 1)))

arctanh = primitive(np.arctanh, sign="artanh", x=lambda g, out, x: g / ((1 - x) * (1 + x)))

deg2rad = primitive(np.deg2rad, sign="rad", numpy=(np.radians,), x=lambda g, out, x: g * (math.pi / 180))

rad2deg = primitive(np.rad2deg, sign="deg", numpy=(np.degrees,), x=lambda g, out, x: g * (180 / math.pi))

# --- distances, choices, cuts -----------------------------------------------------------------------------------

absolute = primitive(np.absolute, sign="|·|", numpy=(np.fabs,), x=lambda g, out, x: g * np.sign(x))

sign = primitive(np.sign, sign="sign", x=lambda g, out, x: g * 0.0)

reciprocal_or_zero = primitive(
    lambda x: np.divide(1.0, x, out=np.zeros_like(x), where=x != 0),
    name="reciprocal_or_zero",
    sign="1/",
    x=lambda g, out, x: -g * np.where(x == 0, np.nan, out * out),
)

hypot = primitive(
    np.hypot,
    sign="hypot",
    x=lambda g, out, x, y: g * x * reciprocal_or_zero(out),
    y=lambda g, out, x, y: g * y * reciprocal_or_zero(out),
)


def to_larger(g: Array, x: Array, y: Array) -> Array:
    """`g` where x > y, half of it where they tie, nothing where x < y."""
    return np.where(x > y, g, np.where(x == y, g * 0.5, 0.0))


maximum = primitive(
    np.maximum,
    sign="max",
    x=lambda g, out, x, y: to_larger(g, x, y),
    y=lambda g, out, x, y: to_larger(g, y, x),
)

minimum = primitive(
    np.minimum,
    sign="min",
    x=lambda g, out, x, y: to_larger(g, y, x),
    y=lambda g, out, x, y: to_larger(g, x, y),
)

fmax = primitive(
    np.fmax,
    sign="fmax",
    x=lambda g, out, x, y: np.where(np.isnan(y), g, to_larger(g, x, y)),
    y=lambda g, out, x, y: np.where(np.isnan(x), g, to_larger(g, y, x)),
)

fmin = primitive(
    np.fmin,
    sign="fmin",
    x=lambda g, out, x, y: np.where(np.isnan(y), g, to_larger(g, y, x)),
    y=lambda g, out, x, y: np.where(np.isnan(x), g, to_larger(g, x, y)),
)

choose = primitive(
    lambda condition, x, y: np.where(condition, x, y),
    name="where",
    sign="where",
    x=lambda g, out, condition, x, y: np.where(condition, g, 0.0),
    y=lambda g, out, condition, x, y: np.where(condition, 0.0, g),
)


@composite(np.where)
def where(condition: Array, x: Array = None, y: Array = None) -> Array:
    """x where the condition holds, else y; with the condition alone, the positions where it holds."""
    return np.nonzero(condition) if x is None and y is None else choose(condition, x, y)


@composite(np.heaviside)
def heaviside(x: Array, h: Array) -> Array:
    """The step from 0 to 1, with `h` at the place of the step: only there does a gradient flow, and only to `h`."""
    return np.where(np.equal(x, 0), h, np.sign(x) * 0.5 + 0.5)


astype = primitive(lambda x, dtype: x.astype(dtype), name="astype", sign="cast", x=lambda g, out, x, dtype: g)


@composite(np.astype)
def as_type(x: Array, dtype: Any, copy: bool = True) -> Array:
    """The elements as another kind of numbers; whole numbers and truth values have no gradient."""
    return x.astype(dtype)


@composite(np.full_like)
def full_like(a: Array, fill_value: Array, dtype: Any = None) -> Array:
    """A Tensor of `a`'s shape and dtype in which every element is `fill_value`."""
    zeros = np.zeros_like(a, dtype)
    return (zeros + fill_value).astype(zeros.dtype)


@composite(np.clip)
def clip(a: Array, a_min: Array = None, a_max: Array = None, min: Array = None, max: Array = None) -> Array:
    """`a` kept between two bounds, either of which may be None; on a bound the gradient passes, as in PyTorch."""
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    if low is not None:
        a = np.where(a < low, low, a)
    if high is not None:
        a = np.where(a > high, high, a)
    return a


@composite(np.sinc)
def sinc(x: Array) -> Array:
    """sin(πx) / (πx), by its Taylor series below |x| = 0.05, so that every derivative at 0 is right.

    Patching the one point x = 0 would give the right value and a wrong second derivative. Nine terms reach
    (0.05 π)¹⁸/19! < 1e-31 of the value, and four derivatives lower still stay below rounding error.
    """
    near = abs(x) < 0.05
    angle = np.where(near, 1.0, x) * math.pi
    squared = np.where(near, x, 0.0) ** 2 * math.pi**2
    series: Array = 0.0
    for k in range(8, -1, -1):
        series = (-1.0) ** k / math.factorial(2 * k + 1) + squared * series
    return np.where(near, series, np.sin(angle) / angle)


@composite(np.nan_to_num)
def nan_to_num(x: Array, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Array:
    """NaN and infinities replaced by numbers; the gradient passes where nothing was replaced."""
    limits = np.finfo(x.dtype)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == np.inf, limits.max if posinf is None else posinf, x)
    return np.where(x == -np.inf, limits.min if neginf is None else neginf, x)


@composite(np.real)
def real(val: Array) -> Array:
    """The real part of real numbers: themselves."""
    return +val


@composite(np.real_if_close)
def real_if_close(a: Array, tol: float = 100) -> Array:
    """Real numbers stay themselves."""
    return +a


@composite(np.imag)
def imag(val: Array) -> Array:
    """The imaginary part of real numbers: 0."""
    return val * 0.0


@composite(np.angle)
def angle(z: Array, deg: bool = False) -> Array:
    """The angle of a real number in the complex plane: 0, or half a turn for a negative one."""
    return np.where(z < 0, 180.0 if deg else math.pi, z * 0.0)
