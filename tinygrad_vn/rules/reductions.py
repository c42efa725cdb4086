"""Reductions: many numbers in, fewer out, along one axis, several, or all.

A sum hands its gradient to every element that it added up, so most rules here first `spread` the gradient back to
the shape of the argument. Everything that can be said with a sum, a mean or a maximum is a composite.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.rules.elementwise import reciprocal_or_zero
from tinygrad_vn.rules.primitive import Array, composite, ones, primitive
from tinygrad_vn.rules.shaping import as_array, broadcast_to

Axis = int | tuple[int, ...] | None
NARROW = 32  # columns


def reduced_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes that a reduction removes, counted from 0."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(i % ndim if ndim else i for i in (axis if isinstance(axis, tuple) else (axis,)))


def with_kept_axes(g: Array, shape: tuple[int, ...], axis: Axis) -> Array:
    """`g` with the axes that reducing `shape` over `axis` removed put back as axes of length 1."""
    gone = reduced_axes(axis, len(shape))
    return g.reshape(tuple(1 if i in gone else n for i, n in enumerate(shape)))


def spread(g: Array, shape: tuple[int, ...], axis: Axis) -> Array:
    """Every element of `shape` gets the gradient of the result that it went into."""
    return broadcast_to(g if g.ndim == 0 else with_kept_axes(g, shape, axis), shape)


def count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many elements go into one result."""
    total = 1
    for i in reduced_axes(axis, len(shape)):
        total *= shape[i]
    return total


def sum_forward(a: Array, axis: Axis = None, keepdims: Any = False) -> Array:
    """The sum; np.sum itself would take 2 µs longer."""
    return np.add.reduce(a, axis=axis, keepdims=keepdims)


sum = primitive(
    sum_forward, name="sum", sign="∑", numpy=(np.sum,), a=lambda g, out, a, axis, keepdims: spread(g, a.shape, axis)
)


def largest(a: Array, axis: int) -> Array:
    """The largest elements along an axis, which stays; of a few columns all at once, not row by row."""
    if a.ndim == 2 and axis in (1, -1) and a.shape[1] <= NARROW:
        return np.maximum.reduce(a.T.copy(), axis=0)[:, None]
    return np.maximum.reduce(a, axis=axis, keepdims=True)


def total(a: Array, axis: int) -> Array:
    """The sums along an axis, which stays; of rows as a product with ones, which takes a third of the time."""
    if a.ndim == 2 and axis in (1, -1) and isinstance(a, np.ndarray) and a.dtype != np.float16:
        return a.dot(ones(a.shape[1], a.dtype))[:, None]
    return a.sum(axis, keepdims=True)


def mean_forward(a: Array, axis: Axis = None, keepdims: Any = False) -> Array:
    """The sum over the number of elements; np.mean itself would take 4 µs longer."""
    if a.dtype == np.float16:
        return np.mean(a, axis, keepdims=keepdims)  # which adds up in float32, where 65,504 is not yet the end
    return np.add.reduce(a, axis=axis, keepdims=keepdims) / count(a.shape, axis)


mean = primitive(
    mean_forward,
    name="mean",
    sign="mean",
    numpy=(np.mean,),
    a=lambda g, out, a, axis, keepdims: spread(g / count(a.shape, axis), a.shape, axis),
)


def share_of_ties(g: Array, out: Array, a: Array, axis: Axis) -> Array:
    """`g` goes to the elements that equal the extreme value, in equal parts."""
    chosen = (a == with_kept_axes(out, a.shape, axis)).astype(g.dtype)
    ties = chosen.sum(axis, keepdims=True)
    return chosen / ties * with_kept_axes(g, a.shape, axis)


max = primitive(
    lambda a, axis=None, keepdims=False: np.maximum.reduce(a, axis=axis, keepdims=keepdims),
    name="max",
    sign="max",
    numpy=(np.max, np.amax),
    a=lambda g, out, a, axis, keepdims: share_of_ties(g, out, a, axis),
)

min = primitive(
    lambda a, axis=None, keepdims=False: np.minimum.reduce(a, axis=axis, keepdims=keepdims),
    name="min",
    sign="min",
    numpy=(np.min, np.amin),
    a=lambda g, out, a, axis, keepdims: share_of_ties(g, out, a, axis),
)


def sum_from_the_end(g: Array, shape: tuple[int, ...], axis: int | None) -> Array:
    """The adjoint of a cumulative sum is the cumulative sum that starts at the other end."""
    along = 0 if axis is None else axis
    return np.flip(np.cumsum(np.flip(g, along), along), along).reshape(shape)


cumsum = primitive(
    lambda a, axis=None: np.cumsum(a, axis),
    name="cumsum",
    sign="cumsum",
    numpy=(np.cumsum,),
    a=lambda g, out, a, axis: sum_from_the_end(g, a.shape, axis),
)

root_sum_of_squares = primitive(
    lambda a, axis=None, keepdims=False: np.sqrt(np.add.reduce(a * a, axis=axis, keepdims=keepdims)),
    name="root_sum_of_squares",
    sign="‖·‖",
    a=lambda g, out, a, axis, keepdims: a * with_kept_axes(g * reciprocal_or_zero(out), a.shape, axis),
)


@composite(np.prod)
def prod(a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """The product along an axis, by halving.

    Dividing the product by an element, as the textbook rule does, fails where that element is 0. Multiplying halves
    needs log₂ n steps and is exact at every order, with any number of zeros.
    """
    shape = np.empty(a.shape, bool).all(axis, keepdims=keepdims).shape  # NumPy checks the axes
    gone = reduced_axes(axis, a.ndim)
    rest = tuple(i for i in range(a.ndim) if i not in gone)
    a = np.transpose(a, gone + rest).reshape((count(a.shape, axis), *(a.shape[i] for i in rest)))
    while len(a) > 1:
        half = len(a) // 2
        odd = a[2 * half :]
        a = a[:half] * a[half : 2 * half]
        if len(odd):
            a = np.concatenate([a, odd])
    return (a[0] if len(a) else a.sum(0) + 1.0).reshape(shape)


@composite(np.cumprod)
def cumprod(a: Array, axis: int | None = None) -> Array:
    """Running products, by doubling: after k rounds every element holds the product of the last 2ᵏ.

    As with `prod`, nothing is divided, so zeros do no harm.
    """
    a = a.reshape(-1) if axis is None or a.ndim == 0 else np.moveaxis(a, axis, 0)
    step = 1
    while step < len(a):
        a = np.concatenate([a[:step], a[step:] * a[:-step]])
        step *= 2
    return a if axis is None else np.moveaxis(a, 0, axis)


@composite(np.trapezoid)
def trapezoid(y: Array, x: Array = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """The area under a curve through the points (x, y), by trapezoids."""
    heights = np.moveaxis(as_array(y), axis, -1)
    if x is None:
        widths = dx
    else:
        widths = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(as_array(x), axis, -1))
    return (widths * (heights[..., 1:] + heights[..., :-1])).sum(-1) * 0.5


def centred(a: Array, axis: Axis, mean: Any) -> Array:
    """The deviations from the mean."""
    return a - (a.mean(axis, keepdims=True) if mean is None else mean)


def freedom(a: Array, axis: Axis, ddof: float, correction: float | None) -> float:
    """n − ddof, what a sum of squares is divided by; `correction` is the array API's name for ddof."""
    degrees = count(a.shape, axis) - (ddof if correction is None else correction)
    return degrees if degrees > 0 else 0.0


@composite(np.var)
def var(
    a: Array, axis: Axis = None, ddof: float = 0, keepdims: bool = False, mean: Any = None, correction: Any = None
) -> Array:
    """The mean squared distance from the mean, over n − ddof; NumPy's ddof is 0, PyTorch's is 1."""
    deviation = centred(a, axis, mean)
    return (deviation * deviation).sum(axis, keepdims=keepdims) / freedom(a, axis, ddof, correction)


@composite(np.std)
def std(
    a: Array, axis: Axis = None, ddof: float = 0, keepdims: bool = False, mean: Any = None, correction: Any = None
) -> Array:
    """The square root of `var`. Where all elements are equal its first derivative is taken as 0, its second is NaN."""
    return root_sum_of_squares(centred(a, axis, mean), axis, keepdims) / freedom(a, axis, ddof, correction) ** 0.5


@composite(np.average)
def average(a: Array, axis: Axis = None, weights: Array = None, keepdims: bool = False) -> Array:
    """The mean, with weights of `a`'s shape or of the shape of the axes that are averaged over.

    Raises:
        ValueError: where the weights have neither shape.
    """
    a = as_array(a)
    if weights is None:
        return a.mean(axis, keepdims=keepdims)
    weights = as_array(weights)
    if weights.shape != a.shape:
        axes = reduced_axes(axis, a.ndim)
        if axis is None or weights.shape != tuple(a.shape[i] for i in axes):
            raise ValueError(f"weights of shape {weights.shape} do not fit shape {a.shape} averaged over axis {axis}")
        weights = np.transpose(weights, tuple(sorted(range(len(axes)), key=axes.__getitem__)))
        weights = np.broadcast_to(with_kept_axes(weights, a.shape, tuple(set(range(a.ndim)) - set(axes))), a.shape)
    return (a * weights).sum(axis, keepdims=keepdims) / weights.sum(axis, keepdims=keepdims)


@composite(np.ptp)
def ptp(a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """The largest minus the smallest element."""
    return a.max(axis, keepdims=keepdims) - a.min(axis, keepdims=keepdims)
