"""Products of vectors, matrices and stacks of matrices.

The product of two matrices has the two rules that backpropagation in a network consists of, `g @ y.mT` and
`x.mT @ g`. (`.mT` transposes the last two axes.) The other products are that one, with axes put in order first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_vn.errors import ShapeError
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.rules.primitive import FUNCTIONS, Array, composite, newer, primitive
from tinygrad_vn.rules.shaping import as_array, normal_axis


def product(x: Array, y: Array) -> Array:
    """x @ y; of two matrices `dot` gives the same, in a third of the time where they are small."""
    if x.ndim == y.ndim == 2 and isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return x.dot(y)
    return x @ y


def product_like(a: Array, x: Array, y: Array) -> Array:
    """x @ y, laid out in memory as `a` is: by columns where `a` is the transpose of an ordinary matrix."""
    if isinstance(a, np.ndarray) and a.ndim == x.ndim == y.ndim == 2:
        return y.T.dot(x.T).T if a.strides[0] < a.strides[1] else x.dot(y)
    return x @ y


matrix_product = primitive(
    product,
    name="matmul",
    sign="@",
    x=lambda g, out, x, y: product_like(x, g, y.mT),
    y=lambda g, out, x, y: product_like(y, x.mT, g),
)


def in_rows(x: Array) -> Array:
    """All vectors along the last axis, as the rows of one matrix."""
    return x if x.ndim == 2 else x.reshape((-1, x.shape[-1]))


linear = primitive(
    lambda x, weight, bias=None: product(x, weight.T) if bias is None else product(x, weight.T) + bias,
    name="linear",
    sign="x Wᵀ + b",
    x=lambda g, out, x, weight, bias: product_like(x, g, weight),
    weight=lambda g, out, x, weight, bias: product_like(weight, in_rows(g).T, in_rows(x)),
    bias=lambda g, out, x, weight, bias: g,
)  # a layer of a network, the work of x @ weight.T + bias; drawings show it as these three steps


@composite(np.matmul)
def matmul(x: Array, y: Array) -> Array:
    """x @ y; a vector on the left counts as a row, one on the right as a column.

    Raises:
        ShapeError: E06 where the inner sizes differ.
    """
    x, y = as_array(x), as_array(y)
    left = x.reshape((1, -1)) if x.ndim == 1 else x
    right = y.reshape((-1, 1)) if y.ndim == 1 else y
    try:
        product = matrix_product(left, right)
    except ValueError:
        raise unfit_matrices(x.shape, y.shape) from None
    if x.ndim > 1 and y.ndim > 1:
        return product
    shape = (
        product.shape[:-2] + ((product.shape[-2],) if x.ndim > 1 else ()) + ((product.shape[-1],) if y.ndim > 1 else ())
    )
    return product.reshape(shape)


def unfit_matrices(left: tuple[int, ...], right: tuple[int, ...]) -> ShapeError:
    """E06: which inner sizes differ, and whether a transpose would help."""
    remedy: Text | str = ""
    if not left or not right:
        why, remedy = phrase("a single number is no matrix"), phrase(" Multiply by single numbers with `*`.")
    else:
        rows = right[-2] if len(right) > 1 else right[0]
        why = phrase("the inner sizes {left} and {right} differ", left=left[-1], right=rows)
        if left[-1] == rows:
            why = phrase("the stacks {left} and {right} do not broadcast", left=left[:-2], right=right[:-2])
        elif len(right) == 2 and right[1] == left[-1]:
            remedy = phrase(" Perhaps `{spelling}` is meant.", spelling="x @ y.T")
        elif len(left) == 2 and left[0] == rows:
            remedy = phrase(" Perhaps `{spelling}` is meant.", spelling="x.T @ y")
    return ShapeError("E06", operation="matmul (@)", left=left, right=right, why=why, remedy=remedy)


@composite(np.dot)
def dot(a: Array, b: Array) -> Array:
    """Numbers times anything; else sums of products over the last axis of a and the last but one of b."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(b) <= 2:
        return matmul(a, b)
    return tensordot(a, b, (-1, -2))


@composite(np.vdot)
def vdot(a: Array, b: Array) -> Array:
    """The dot product of all elements in order."""
    return matmul(np.ravel(a), np.ravel(b))


@composite(np.vecdot, np.linalg.vecdot)
def vecdot(x1: Array, x2: Array, axis: int = -1) -> Array:
    """The dot products of the vectors along one axis."""
    return (x1 * x2).sum(axis)


@composite(*newer("matvec"))
def matvec(x1: Array, x2: Array) -> Array:
    """Matrices times vectors: sums of products over the last axis of both."""
    return matmul(x1, as_array(x2)[..., None])[..., 0]


@composite(*newer("vecmat"))
def vecmat(x1: Array, x2: Array) -> Array:
    """Vectors times matrices."""
    return matmul(as_array(x1)[..., None, :], x2)[..., 0, :]


@composite(np.inner)
def inner(a: Array, b: Array) -> Array:
    """Sums of products over the last axis of both."""
    return a * b if np.ndim(a) == 0 or np.ndim(b) == 0 else tensordot(a, b, (-1, -1))


@composite(np.outer)
def outer(a: Array, b: Array) -> Array:
    """Every element of a times every element of b."""
    return np.ravel(a)[:, None] * np.ravel(b)[None, :]


@composite(np.tensordot)
def tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    """Sums of products over pairs of axes: one matrix product, once the axes are put in order."""
    a, b = as_array(a), as_array(b)
    if np.ndim(axes) == 0:
        axes = range(a.ndim - axes, a.ndim), range(axes)
    summed = [
        [normal_axis(i, x.ndim) for i in np.atleast_1d(of_one).tolist()] for of_one, x in zip(axes, (a, b), strict=True)
    ]
    free_a = [i for i in range(a.ndim) if i not in summed[0]]
    free_b = [i for i in range(b.ndim) if i not in summed[1]]
    rows, columns = [a.shape[i] for i in free_a], [b.shape[i] for i in free_b]
    inner_a, inner_b = [a.shape[i] for i in summed[0]], [b.shape[i] for i in summed[1]]
    if inner_a != inner_b:
        raise ValueError(f"tensordot sums axes of lengths {inner_a} against axes of lengths {inner_b}")
    left = np.transpose(a, (*free_a, *summed[0])).reshape((math.prod(rows), math.prod(inner_a)))
    right = np.transpose(b, (*summed[1], *free_b)).reshape((math.prod(inner_b), math.prod(columns)))
    return matrix_product(left, right).reshape((*rows, *columns))


@composite(np.kron)
def kron(a: Array, b: Array) -> Array:
    """Every element of a, multiplied with the whole of b, in a's place."""
    a, b = as_array(a), as_array(b)
    ndim = max(a.ndim, b.ndim)
    a, b = a.reshape((1,) * (ndim - a.ndim) + a.shape), b.reshape((1,) * (ndim - b.ndim) + b.shape)
    spaced_a = tuple(n for length in a.shape for n in (length, 1))
    spaced_b = tuple(n for length in b.shape for n in (1, length))
    shape = tuple(n * m for n, m in zip(a.shape, b.shape, strict=True))
    return (a.reshape(spaced_a) * b.reshape(spaced_b)).reshape(shape)


@composite(np.cross)
def cross(a: Array, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Array:
    """The vector products of the vectors of three elements along an axis."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(as_array(a), axisa, -1), np.moveaxis(as_array(b), axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(f"cross takes vectors of 3 elements, not of {a.shape[-1]} and {b.shape[-1]}")
    after, before = [1, 2, 0], [2, 0, 1]
    return np.moveaxis(a[..., after] * b[..., before] - a[..., before] * b[..., after], -1, axisc)


@composite(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Array]) -> Array:
    """The product of several matrices, from left to right."""
    product = arrays[0]
    for array in arrays[1:]:
        product = matmul(product, array)
    return product


@composite(np.linalg.matrix_power)
def matrix_power(a: Array, n: int) -> Array:
    """The product of n copies of a square matrix, by repeated squaring; negative n inverts first."""
    if n < 0:
        a, n = np.linalg.inv(a), -n
    result = np.eye(a.shape[-1], dtype=a.dtype) + a * 0.0 if n == 0 else None
    while n:
        if n % 2:
            result = a if result is None else result @ a
        n //= 2
        a = a @ a if n else a
    return result


# NumPy's second spelling of a function, whose arguments have other names.
FUNCTIONS[np.linalg.matmul] = lambda x1, x2: matmul(x1, x2)
FUNCTIONS[np.linalg.outer] = lambda x1, x2: outer(x1, x2)
FUNCTIONS[np.linalg.tensordot] = lambda x1, x2, axes=2: tensordot(x1, x2, axes)
FUNCTIONS[np.linalg.cross] = lambda x1, x2, axis=-1: cross(x1, x2, axis=axis)
