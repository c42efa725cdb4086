"""Shaping: the same numbers in another arrangement.

Nothing is computed here, so a gradient only has to find its way back: `reshape` is undone by `reshape`, `transpose`
by the inverse permutation, repeating by adding up. Most of the family are composites of five rules: reshape,
transpose, broadcast_to, concatenate, and indexing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tinygrad_vn.modes import looks_at_values
from tinygrad_vn.rules.primitive import FUNCTIONS, Array, Variadic, composite, primitive

reshape = primitive(
    lambda a, shape: a.reshape(shape),
    name="reshape",
    sign="reshape",
    a=lambda g, out, a, shape: g.reshape(a.shape),
)

# NumPy 2.0 called the shape "newshape".
FUNCTIONS[np.reshape] = lambda a, shape=None, newshape=None: reshape(a, shape if newshape is None else newshape)


def inverse(axes: Sequence[int] | None, ndim: int) -> tuple[int, ...] | None:
    """The permutation that undoes `axes`; None reverses all axes and undoes itself."""
    if axes is None:
        return None
    order = [0] * ndim
    for position, axis in enumerate(axes):
        order[axis] = position
    return tuple(order)


transpose = primitive(
    lambda a, axes=None: a.transpose(axes),
    name="transpose",
    sign="ᵀ",
    numpy=(np.transpose, np.permute_dims),
    a=lambda g, out, a, axes: g.transpose(inverse(axes, a.ndim)),
)


@looks_at_values
def stretched(array: Array, shape: Any) -> Array:
    """The array repeated up to a shape: a view, or a copy where that is quicker (np.broadcast_to takes 3 µs)."""
    if isinstance(shape, tuple) and math.prod(shape) <= 1024 and array.ndim <= len(shape):
        out = np.empty(shape, array.dtype)
        out[...] = array
        return out
    return np.broadcast_to(array, shape)


broadcast_to = primitive(
    stretched,
    name="broadcast_to",
    sign="broadcast",
    numpy=(np.broadcast_to,),
    array=lambda g, out, array, shape: g,
)


def part_of(g: Array, out: Array, axis: int, *arrays: Array, i: int) -> Array:
    """The stretch of `g` that array number `i` filled."""
    start = sum(array.shape[axis] for array in arrays[:i])
    index = (slice(None),) * (axis % g.ndim) + (slice(start, start + arrays[i].shape[axis]),)
    return g[index]


concatenation = Variadic("concatenate", lambda axis, *arrays: np.concatenate(arrays, axis), "⧺", part_of, keeps=False)


@composite(np.concatenate, np.concat)
def concatenate(arrays: Sequence[Array], axis: int | None = 0) -> Array:
    """Arrays one after the other along an axis; axis=None flattens them first."""
    if axis is None:
        return concatenation(0, *(np.ravel(array) for array in arrays))
    return concatenation(axis, *arrays)


@composite(np.stack)
def stack(arrays: Sequence[Array], axis: int = 0) -> Array:
    """Arrays of one shape along a new axis."""
    return concatenation(axis, *(np.expand_dims(array, axis) for array in arrays))


@composite(np.vstack)
def vstack(tup: Sequence[Array]) -> Array:
    """Arrays as rows, one below the other."""
    return concatenation(0, *(np.atleast_2d(array) for array in tup))


@composite(np.hstack)
def hstack(tup: Sequence[Array]) -> Array:
    """Arrays side by side: along the second axis, vectors along the first."""
    arrays = [np.atleast_1d(array) for array in tup]
    return concatenation(0 if arrays[0].ndim == 1 else 1, *arrays)


@composite(np.dstack)
def dstack(tup: Sequence[Array]) -> Array:
    """Arrays one behind the other, along the third axis."""
    return concatenation(2, *(np.atleast_3d(array) for array in tup))


@composite(np.column_stack)
def column_stack(tup: Sequence[Array]) -> Array:
    """Vectors as columns, matrices as they are, side by side."""
    return concatenation(1, *(array if np.ndim(array) > 1 else np.atleast_2d(array).T for array in tup))


@composite(np.append)
def append(arr: Array, values: Array, axis: int | None = None) -> Array:
    """`values` behind `arr`; without an axis both are flattened."""
    return concatenate([arr, values], axis)


@composite(np.array_split)
def array_split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Parts along an axis: so many of nearly equal length, or cut at the given positions."""
    length = ary.shape[axis]
    if np.ndim(indices_or_sections) == 0:
        parts = int(indices_or_sections)
        if parts < 1:
            raise ValueError(f"array_split needs at least 1 part, not {parts}")
        short, longer = divmod(length, parts)
        cuts = [0, *np.cumsum([short + 1] * longer + [short] * (parts - longer)).tolist()]
    else:
        cuts = [0, *indices_or_sections, length]
    before = (slice(None),) * (axis % ary.ndim)
    return [ary[(*before, slice(start, stop))] for start, stop in pairwise(cuts)]


@composite(np.split)
def split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """As `array_split`, but equal parts must be equal."""
    if np.ndim(indices_or_sections) == 0 and ary.shape[axis] % indices_or_sections:
        raise ValueError(
            f"split cannot cut {ary.shape[axis]} elements into {indices_or_sections} equal parts; use array_split"
        )
    return array_split(ary, indices_or_sections, axis)


@composite(np.vsplit)
def vsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """`split` along the first axis."""
    return split(ary, indices_or_sections, 0)


@composite(np.hsplit)
def hsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """`split` along the second axis, for vectors along the first."""
    return split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@composite(np.dsplit)
def dsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """`split` along the third axis."""
    return split(ary, indices_or_sections, 2)


@composite(np.ravel)
def ravel(a: Array) -> Array:
    """All elements in one row, in C order."""
    return a.reshape(-1)


@composite(np.squeeze)
def squeeze(a: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """Without the axes of length 1, or without the given ones."""
    return a.reshape(np.squeeze(np.empty(a.shape, bool), axis).shape)


@composite(np.expand_dims)
def expand_dims(a: Array, axis: int | tuple[int, ...]) -> Array:
    """With axes of length 1 put in, so that they stand at the given places of the result."""
    axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    ndim = a.ndim + len(axes)
    places = {normal_axis(i, ndim) for i in axes}
    if len(places) < len(axes):
        raise ValueError(f"expand_dims was given an axis twice: {axis}")
    lengths = iter(a.shape)
    return a.reshape(tuple(1 if i in places else next(lengths) for i in range(ndim)))


def normal_axis(axis: int, ndim: int) -> int:
    """`axis` counted from 0, or NumPy's error for one that does not exist."""
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


@composite(np.swapaxes)
def swapaxes(a: Array, axis1: int, axis2: int) -> Array:
    """Two axes exchanged."""
    axes = list(range(a.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return np.transpose(a, tuple(axes))


@composite(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Array) -> Array:
    """The last two axes exchanged: the transpose of every matrix in a stack."""
    return swapaxes(x, -1, -2)


@composite(np.moveaxis)
def moveaxis(a: Array, source: Any, destination: Any) -> Array:
    """Axes moved to new places, the others in their order."""
    np.moveaxis(np.empty((1,) * a.ndim, bool), source, destination)  # NumPy checks the arguments
    sources = [normal_axis(i, a.ndim) for i in np.atleast_1d(source).tolist()]
    targets = [normal_axis(i, a.ndim) for i in np.atleast_1d(destination).tolist()]
    axes = [i for i in range(a.ndim) if i not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        axes.insert(target, origin)
    return np.transpose(a, tuple(axes))


@composite(np.rollaxis)
def rollaxis(a: Array, axis: int, start: int = 0) -> Array:
    """One axis moved backwards until it stands before the axis `start`."""
    axis = normal_axis(axis, a.ndim)
    start = start + a.ndim if start < 0 else start
    return moveaxis(a, axis, start - 1 if axis < start else start)


@composite(np.atleast_1d)
def atleast_1d(*arys: Array) -> Any:
    """A single number as a vector of one."""
    results = tuple(a.reshape(1) if np.ndim(a) == 0 else a for a in map(as_array, arys))
    return results[0] if len(arys) == 1 else results


@composite(np.atleast_2d)
def atleast_2d(*arys: Array) -> Any:
    """A vector as a matrix of one row."""
    results = tuple(a.reshape((1,) * (2 - a.ndim) + a.shape) if a.ndim < 2 else a for a in map(as_array, arys))
    return results[0] if len(arys) == 1 else results


@composite(np.atleast_3d)
def atleast_3d(*arys: Array) -> Any:
    """A matrix as a block of depth 1, a vector as one column of length n between two axes of length 1."""
    before = {0: (1, 1), 1: (1,), 2: ()}
    results = tuple(a.reshape((*before[a.ndim], *a.shape, 1)) if a.ndim < 3 else a for a in map(as_array, arys))
    return results[0] if len(arys) == 1 else results


def as_array(a: Any) -> Array:
    """A Tensor as it is, anything else as an array."""
    return a if hasattr(a, "__array_function__") else np.asarray(a)


@composite(np.flip)
def flip(m: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """The order reversed along the given axes, or along all."""
    axes = range(m.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    reverse = {normal_axis(i, m.ndim) for i in axes}
    return m[tuple(slice(None, None, -1) if i in reverse else slice(None) for i in range(m.ndim))]


@composite(np.flipud)
def flipud(m: Array) -> Array:
    """Upside down."""
    return flip(m, 0)


@composite(np.fliplr)
def fliplr(m: Array) -> Array:
    """Left to right."""
    return flip(m, 1)


@composite(np.rot90)
def rot90(m: Array, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """Turned by k quarter turns, from the first of the two axes towards the second."""
    first, second = (normal_axis(i, m.ndim) for i in axes)
    if first == second:
        raise ValueError(f"rot90 turns from one axis towards another, not {axes}")
    if k % 4 == 0:
        return +m
    if k % 4 == 2:
        return flip(flip(m, first), second)
    if k % 4 == 1:
        return swapaxes(flip(m, second), first, second)
    return flip(swapaxes(m, first, second), second)


@composite(np.broadcast_arrays)
def broadcast_arrays(*args: Array) -> tuple[Array, ...]:
    """All arguments stretched to their common shape."""
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(np.broadcast_to(a, shape) for a in args)


@composite(np.linspace)
def linspace(start: Array, stop: Array, num: int = 50, endpoint: bool = True, axis: int = 0) -> Array:
    """`num` evenly spaced points from start to stop."""
    span = (stop - start) * 1.0
    steps = np.linspace(0.0, 1.0, num, endpoint, dtype=span.dtype)
    points = start + span * steps.reshape((num,) + (1,) * np.ndim(span))
    return np.moveaxis(points, 0, axis)
