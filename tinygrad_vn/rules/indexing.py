"""Indexing: choosing elements, by slices, numbers, arrays of numbers or masks.

Two operations carry the family, and each is the other's adjoint: `getitem` picks elements out, `scatter_add` puts
gradients back where the elements came from, adding up where an element was picked more than once. Sorting is an
argsort and a pick; padding, repeating and rolling are picks as well. `embedding` picks rows of a table, and can give
their gradient as those rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_vn.errors import GradientError
from tinygrad_vn.phrases import phrase
from tinygrad_vn.rules.primitive import Array, Primitive, composite, primitive, values_of
from tinygrad_vn.rules.shaping import normal_axis
from tinygrad_vn.sparse import RowGradient, places

Index = Any  # an int, slice, integer array, boolean mask, None, ..., or a tuple of them


def names_each_once(index: Index) -> bool:
    """Not an array or a sequence of positions, which may name an element more than once?"""
    if isinstance(index, np.ndarray):
        return index.dtype == bool or index.ndim == 0
    return index is None or index is Ellipsis or isinstance(index, slice | int | np.generic)


def pick(a: Array, index: Index) -> Array:
    """a[index]."""
    if type(index) is np.ndarray and index.dtype == np.intp:
        return a.take(index, axis=0)  # rows: three times as fast as a[index]
    return a[index]


def scatter(g: Array, index: Index, shape: tuple[int, ...]) -> Array:
    """Zeros of the given shape, with `g` added at `index`, every time an element is named there.

    Where elements may be named repeatedly, `np.add.at` adds in order, number by number, in the dtype of `g`: so the
    same call always gives the same bits. It is fast for places in a flat array only, so those are counted out first,
    unless the array is so large that this would take longer. `make bench ARGS=scatter` compares the ways.
    """
    out = np.zeros(shape, g.dtype)
    parts = index if isinstance(index, tuple) else (index,)
    if all(names_each_once(part) for part in parts):
        out[index] = g  # slices, numbers and masks name each element once
    elif type(index) is np.ndarray:
        np.add.at(out.reshape(-1), places(index.reshape(-1), shape), np.reshape(g, -1))
    elif out.size <= 4 * g.size:
        positions = np.arange(out.size).reshape(shape)[index]
        np.add.at(out.reshape(-1), positions.reshape(-1), np.reshape(g, -1))
    else:
        np.add.at(out, index, g)
    return out


getitem = primitive(pick, name="getitem", sign="[ ]", a=lambda g, out, a, index: scatter_add(g, index, a.shape))

scatter_add: Primitive = primitive(
    scatter, name="scatter_add", sign="[ ]ᵀ", g=lambda g2, out, g, index, shape: g2[index]
)


def look_up(weight: Array, indices: Array, padding_idx: int | None = None, sparse: bool = False) -> Array:
    """The rows of a table by their numbers."""
    return weight.take(indices, axis=0)


def looked_up(g: Array, out: Array, weight: Array, indices: Array, padding_idx: int | None, sparse: bool) -> Array:
    """The gradient of the table: what each row's places got, as a RowGradient if `sparse`, padding left out.

    A pass that is recorded makes the whole table, whatever `sparse` says.
    """
    shape = weight.shape
    rows = values_of(indices).astype(np.intp, copy=False) % max(shape[0], 1)  # row −1 is the last row
    if padding_idx is not None:
        learned = rows != padding_idx % shape[0]
        rows, g = rows[learned], g[learned]
    if sparse and isinstance(g, np.ndarray | np.generic):
        return RowGradient(rows.reshape(-1), np.reshape(g, (rows.size, *shape[1:])), shape)
    return scatter_add(g, rows, shape)


embedding = primitive(look_up, name="embedding", sign="[ ]", weight=looked_up)


def positions(indices: Any) -> Any:
    """Positions as a bare array, whatever they are given as."""
    return values_of(indices) if hasattr(indices, "_values") else np.asarray(indices)


def along(axis: int, index: Index) -> tuple[Any, ...]:
    """An index that applies to one axis and leaves those before it whole."""
    return (*(slice(None),) * axis, index)


@composite(np.take)
def take(a: Array, indices: Any, axis: int | None = None, mode: str = "raise") -> Array:
    """Elements by their positions along an axis, or in the flattened array."""
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = normal_axis(axis, a.ndim)
    indices = positions(indices)
    if mode != "raise":
        length = a.shape[axis]
        indices = indices % length if mode == "wrap" else np.clip(indices, 0, length - 1)
    return a[along(axis, indices)]


@composite(np.take_along_axis)
def take_along_axis(arr: Array, indices: Any, axis: int | None = -1) -> Array:
    """Elements by positions that differ from row to row, as `argsort` and `argmax` give them."""
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    axis, indices = normal_axis(axis, arr.ndim), positions(indices)
    if indices.ndim != arr.ndim:
        raise ValueError(f"take_along_axis needs indices with {arr.ndim} axes, not {indices.ndim}")
    lengths = [n if i != axis else 1 for i, n in enumerate(arr.shape)]
    grid = [
        indices if i == axis else np.arange(n).reshape([-1 if k == i else 1 for k in range(arr.ndim)])
        for i, n in enumerate(lengths)
    ]
    return arr[tuple(grid)]


@composite(np.sort)
def sort(a: Array, axis: int | None = -1, kind: Any = None, stable: Any = None) -> Array:
    """In ascending order; each gradient goes to where its element came from."""
    if axis is None:
        a, axis = a.reshape(-1), 0
    return take_along_axis(a, np.argsort(a, axis, kind=kind, stable=stable), axis)


@composite(np.partition)
def partition(a: Array, kth: Any, axis: int | None = -1, kind: Any = "introselect") -> Array:
    """The element number `kth` in its sorted place, smaller ones before it, larger ones behind."""
    if axis is None:
        a, axis = a.reshape(-1), 0
    return take_along_axis(a, np.argpartition(a, kth, axis, kind), axis)


@composite(np.repeat)
def repeat(a: Array, repeats: Any, axis: int | None = None) -> Array:
    """Every element several times in a row."""
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = normal_axis(axis, a.ndim)
    return a[along(axis, np.repeat(np.arange(a.shape[axis]), repeats))]


@composite(np.tile)
def tile(A: Array, reps: Any) -> Array:
    """The whole array several times along each axis."""
    counts = tuple(np.atleast_1d(reps).tolist())
    ndim = max(A.ndim, len(counts))
    counts = (1,) * (ndim - len(counts)) + counts
    shape = (1,) * (ndim - A.ndim) + A.shape
    pairs = [length for pair in zip((1,) * ndim, shape, strict=True) for length in pair]
    stretched = [length for pair in zip(counts, shape, strict=True) for length in pair]
    tiled = tuple(times * length for times, length in zip(counts, shape, strict=True))
    return np.broadcast_to(A.reshape(tuple(pairs)), tuple(stretched)).reshape(tiled)


@composite(np.roll)
def roll(a: Array, shift: Any, axis: Any = None) -> Array:
    """Elements shifted along an axis; those pushed out at the end come in at the front."""
    return a.reshape(-1)[np.roll(np.arange(a.size).reshape(a.shape), shift, axis)]


@composite(np.pad)
def pad(array: Array, pad_width: Any, mode: Any = "constant", constant_values: Any = 0) -> Array:
    """A frame around the array: of constants, or of elements repeated ("edge", "wrap", "reflect", "symmetric").

    Raises:
        GradientError: E05 for another mode.
    """
    if mode not in ("constant", "edge", "wrap", "reflect", "symmetric"):
        what = phrase("{call} has no gradient rule", call=f"np.pad(…, mode={mode!r})")
        remedy = phrase("Use constant, edge, wrap, reflect or symmetric, or call .detach() first.")
        raise GradientError("E05", what=what, remedy=remedy)
    if mode != "constant":
        return array.reshape(-1)[np.pad(np.arange(array.size).reshape(array.shape), pad_width, mode)]
    origin = np.pad(np.arange(array.size).reshape(array.shape), pad_width, constant_values=-1)
    frame = np.pad(np.zeros(array.shape, array.dtype), pad_width, constant_values=constant_values)
    if array.size == 0:
        return array.sum() + frame
    return np.where(origin < 0, frame, array.reshape(-1)[np.maximum(origin, 0)])


@composite(np.diagonal)
def diagonal(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The elements with equal indices on two axes, as the last axis of the result."""
    a = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = a.shape[-2:]
    length = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    steps = np.arange(length)
    return a[..., steps - min(offset, 0), steps + max(offset, 0)]


@composite(np.diag)
def diag(v: Array, k: int = 0) -> Array:
    """The diagonal of a matrix, or the matrix with a vector on its diagonal."""
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ValueError(f"diag takes a vector or a matrix, not shape {v.shape}; use diagonal for stacks")
    steps, side = np.arange(len(v)), len(v) + abs(k)
    return scatter_add(v, (steps - min(k, 0), steps + max(k, 0)), (side, side))


@composite(np.diagflat)
def diagflat(v: Array, k: int = 0) -> Array:
    """The matrix with all elements of `v` on its diagonal."""
    return diag(v.reshape(-1), k)


@composite(np.trace)
def trace(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The sum of a diagonal."""
    return diagonal(a, offset, axis1, axis2).sum(-1)


@composite(np.triu)
def triu(m: Array, k: int = 0) -> Array:
    """The upper triangle, zeros below diagonal `k`."""
    return np.where(np.tri(*matrix_shape(m), k - 1, dtype=bool), 0, m)


@composite(np.tril)
def tril(m: Array, k: int = 0) -> Array:
    """The lower triangle, zeros above diagonal `k`."""
    return np.where(np.tri(*matrix_shape(m), k, dtype=bool), m, 0)


def matrix_shape(m: Array) -> tuple[int, int]:
    """Rows and columns of the matrices in a stack; a vector counts as every row of a square matrix, as in NumPy."""
    return m.shape[-2:] if m.ndim > 1 else (m.shape[0], m.shape[0])


@composite(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Array], default: Any = 0) -> Array:
    """For every element the first choice whose condition holds."""
    if len(condlist) != len(choicelist):
        raise ValueError(f"select needs a choice for each condition, not {len(choicelist)} for {len(condlist)}")
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = np.where(condition, choice, result)
    return result


@composite(np.diff)
def diff(a: Array, n: int = 1, axis: int = -1, prepend: Array = None, append: Array = None) -> Array:
    """Differences of neighbours along an axis, taken n times."""
    axis = normal_axis(axis, a.ndim)
    if n < 0:
        raise ValueError(f"diff cannot be taken {n} times")
    parts = [end_piece(prepend, a, axis), a, end_piece(append, a, axis)]
    a = np.concatenate([part for part in parts if part is not None], axis)
    for _ in range(n):
        a = a[along(axis, slice(1, None))] - a[along(axis, slice(None, -1))]
    return a


def end_piece(values: Array, a: Array, axis: int) -> Array:
    """What `diff` puts before or behind `a`: a single number is one more element along the axis."""
    if values is None or np.ndim(values) > 0:
        return values
    return np.broadcast_to(values, (*a.shape[:axis], 1, *a.shape[axis + 1 :]))


@composite(np.gradient)
def gradient(f: Array, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    """Finite-difference slopes on a grid, as `np.gradient` takes them, differentiable with respect to `f`.

    Every slope is a fixed combination of three neighbouring values, or of two. NumPy itself gives the factors, whatever
    the spacing and the order at the edges: the slopes of a comb, 1 at every third place and 0 elsewhere, are the
    factors of one neighbour each, so three combs are enough.
    """
    axes = [normal_axis(i, f.ndim) for i in np.atleast_1d(range(f.ndim) if axis is None else axis).tolist()]
    spacings = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"gradient takes one spacing, or one for each of {len(axes)} axes, not {len(varargs)}")
    slopes: list[Array] = []
    for along_axis, spacing in zip(axes, spacings, strict=True):
        values, places = np.moveaxis(f, along_axis, -1), np.arange(f.shape[along_axis])
        slope: Array = 0.0
        first = np.clip(places - 1, 0, max(len(places) - 3, 0))
        for tooth in range(3):
            factors = np.gradient((places % 3 == tooth) * 1.0, np.asarray(spacing), edge_order=edge_order)
            neighbours = np.minimum(first + (tooth - first) % 3, len(places) - 1)
            slope = slope + values[..., neighbours] * factors.astype(np.result_type(f.dtype, np.float32))
        slopes.append(np.moveaxis(slope, -1, along_axis))
    return slopes[0] if len(slopes) == 1 else tuple(slopes)
