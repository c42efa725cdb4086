"""The methods of a Tensor that are operations: `t.sum()`, `t.exp()`, `t.reshape(2, 3)`.

They have NumPy's names and meaning; what only PyTorch has a word for stands in `idioms.py`. PyTorch's `dim=` and
`keepdim=` are understood where the two libraries agree, and refused, with the right spelling, where PyTorch returns
something else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from tinygrad_vn.dispatch import in_numpy_spelling, refuse_torch_spelling, values_and_places
from tinygrad_vn.operators import Operators
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.recording import apply
from tinygrad_vn.rules import Primitive, activations, elementwise, indexing, products, reductions, shaping


def _unary(primitive: Primitive) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return apply(primitive, self)

    method.__name__ = primitive.name
    method.__doc__ = f"`{primitive.name}` of every element; same shape."
    return method


class Methods(Operators):
    """What a Tensor can be asked to compute."""

    __slots__ = ()

    ndim: Any
    shape: Any

    abs = _unary(elementwise.absolute)
    arccos = _unary(elementwise.arccos)
    arcsin = _unary(elementwise.arcsin)
    arctan = _unary(elementwise.arctan)
    cos = _unary(elementwise.cos)
    cosh = _unary(elementwise.cosh)
    exp = _unary(elementwise.exp)
    expm1 = _unary(elementwise.expm1)
    log = _unary(elementwise.log)
    log10 = _unary(elementwise.log10)
    log1p = _unary(elementwise.log1p)
    log2 = _unary(elementwise.log2)
    reciprocal = _unary(elementwise.reciprocal)
    relu = _unary(activations.relu)
    sigmoid = _unary(activations.sigmoid)
    sign = _unary(elementwise.sign)
    sin = _unary(elementwise.sin)
    sinh = _unary(elementwise.sinh)
    sqrt = _unary(elementwise.sqrt)
    square = _unary(elementwise.square)
    tan = _unary(elementwise.tan)
    tanh = _unary(elementwise.tanh)

    def to_dense(self) -> Any:
        """Itself; a sparse gradient gives the whole table, with all its zeros."""
        return self

    # --- reductions ---

    def sum(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Self:
        """The sum over all elements, or over the given axis or axes."""
        if torch:
            axis, keepdims = in_numpy_spelling("sum", axis, keepdims, torch)
        return apply(reductions.sum, self, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Self:
        """The mean over all elements, or over the given axis or axes."""
        if torch:
            axis, keepdims = in_numpy_spelling("mean", axis, keepdims, torch)
        return apply(reductions.mean, self, axis, keepdims)

    def prod(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Self:
        """The product over all elements, or over the given axis or axes."""
        axis, keepdims = in_numpy_spelling("prod", axis, keepdims, torch)
        return np.prod(self, axis, keepdims=keepdims)  # type: ignore[call-overload]

    def max(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Self:
        """The largest element; elements that tie share the gradient."""
        if torch:
            refuse_torch_spelling("max", torch, values_and_places("max(axis=…)", "argmax(axis=…)"))
        return apply(reductions.max, self, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Self:
        """The smallest element; elements that tie share the gradient."""
        if torch:
            refuse_torch_spelling("min", torch, values_and_places("min(axis=…)", "argmin(axis=…)"))
        return apply(reductions.min, self, axis, keepdims)

    def var(self, axis: Any = None, ddof: float = 0, keepdims: bool = False, **torch: Any) -> Self:
        """The variance, divided by n − ddof; NumPy's default is ddof=0, PyTorch's corresponds to ddof=1."""
        if torch:
            refuse_torch_spelling(
                "var", torch, phrase("{spelling} for PyTorch's number", spelling="var(axis=…, ddof=1)")
            )
        return reductions.var(self, axis, ddof, keepdims)

    def std(self, axis: Any = None, ddof: float = 0, keepdims: bool = False, **torch: Any) -> Self:
        """The standard deviation; NumPy's default is ddof=0, PyTorch's corresponds to ddof=1."""
        if torch:
            refuse_torch_spelling(
                "std", torch, phrase("{spelling} for PyTorch's number", spelling="std(axis=…, ddof=1)")
            )
        return reductions.std(self, axis, ddof, keepdims)

    def cumsum(self, axis: Any = None, **torch: Any) -> Self:
        """Running totals along an axis, or over the flattened elements."""
        axis, _ = in_numpy_spelling("cumsum", axis, False, torch)
        return apply(reductions.cumsum, self, axis)

    def norm(self, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Self:
        """The length of a vector, or the Frobenius norm; see `np.linalg.norm`."""
        return np.linalg.norm(self, ord, axis, keepdims)  # type: ignore[call-overload]

    def logsumexp(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Self:
        """log ∑ exp, without overflow."""
        axis, keepdims = in_numpy_spelling("logsumexp", axis, keepdims, torch)
        return apply(activations.logsumexp, self, axis, keepdims)

    def softmax(self, axis: int = -1, **torch: Any) -> Self:
        """Exponentials divided by their sum along an axis: positive numbers that add up to 1."""
        axis, _ = in_numpy_spelling("softmax", axis, False, torch)
        return apply(activations.softmax, self, axis)

    def log_softmax(self, axis: int = -1, **torch: Any) -> Self:
        """The logarithm of `softmax`, without losing digits."""
        axis, _ = in_numpy_spelling("log_softmax", axis, False, torch)
        return apply(activations.log_softmax, self, axis)

    # --- questions whose answer has no gradient ---

    def argmax(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Any:
        """The place of the largest element: a Tensor of whole numbers, without gradient."""
        axis, keepdims = in_numpy_spelling("argmax", axis, keepdims, torch)
        return np.argmax(self, axis, keepdims=keepdims)  # type: ignore[call-overload]

    def argmin(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Any:
        """The place of the smallest element: a Tensor of whole numbers, without gradient."""
        axis, keepdims = in_numpy_spelling("argmin", axis, keepdims, torch)
        return np.argmin(self, axis, keepdims=keepdims)  # type: ignore[call-overload]

    def argsort(self, axis: Any = -1, **torch: Any) -> Any:
        """The order that sorts: a Tensor of whole numbers, without gradient."""
        axis, _ = in_numpy_spelling("argsort", axis, False, torch)
        return np.argsort(self, axis)  # type: ignore[arg-type]

    def all(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Any:
        """Whether all elements are true (not 0)."""
        axis, keepdims = in_numpy_spelling("all", axis, keepdims, torch)
        return np.all(self, axis, keepdims=keepdims)  # type: ignore[call-overload]

    def any(self, axis: Any = None, keepdims: bool = False, **torch: Any) -> Any:
        """Whether any element is true (not 0)."""
        axis, keepdims = in_numpy_spelling("any", axis, keepdims, torch)
        return np.any(self, axis, keepdims=keepdims)  # type: ignore[call-overload]

    def round(self, decimals: int = 0) -> Any:
        """Rounded, without gradient."""
        return np.round(self, decimals)  # type: ignore[call-overload]

    # --- shaping ---

    def reshape(self, *shape: Any) -> Self:
        """The same elements in another shape, given as numbers or as a tuple; one of them may be −1."""
        return apply(shaping.reshape, self, one_or_many(shape))

    def ravel(self) -> Self:
        """All elements in one row."""
        return apply(shaping.reshape, self, (-1,))

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Self:
        """All elements in one row, or a range of axes joined into one."""
        if self.ndim == 0:
            return self.ravel()
        start, end = shaping.normal_axis(start_dim, self.ndim), shaping.normal_axis(end_dim, self.ndim)
        return apply(shaping.reshape, self, (*self.shape[:start], -1, *self.shape[end + 1 :]))

    def transpose(self, *axes: Any) -> Self:
        """The axes in the given order, or reversed.

        Raises:
            ValueError: for `transpose(0, 1)` on a matrix, which NumPy and PyTorch read differently.
        """
        order = one_or_many(axes)
        if len(axes) == 2 and (self.ndim != 2 or (axes[0] % 2, axes[1] % 2) == (0, 1)):
            text = (
                "transpose{axes} of shape {shape} is an order of axes in NumPy and an exchange in PyTorch; "
                "write .swapaxes{axes}"
            )
            or_short = said(" or .T") if self.ndim == 2 else ""
            raise ValueError(said(text, axes=axes, shape=self.shape) + or_short)
        return apply(shaping.transpose, self, order or None)

    def swapaxes(self, axis1: int, axis2: int) -> Self:
        """Two axes exchanged."""
        return shaping.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Any = None, **torch: Any) -> Self:
        """Without the axes of length 1, or without the given ones."""
        axis, _ = in_numpy_spelling("squeeze", axis, False, torch)
        return shaping.squeeze(self, axis)

    def expand_dims(self, axis: Any) -> Self:
        """With an axis of length 1 put in; PyTorch's `unsqueeze`."""
        return shaping.expand_dims(self, axis)

    def view(self, *shape: Any) -> Self:
        """PyTorch's name for `reshape`; no two Tensors share their numbers here."""
        return self.reshape(*shape)

    def unsqueeze(self, dim: int) -> Self:
        """With an axis of length 1 put in; NumPy's `expand_dims`."""
        return shaping.expand_dims(self, dim)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Self:
        """The elements with equal indices on two axes."""
        return indexing.diagonal(self, offset, axis1, axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Self:
        """The sum of a diagonal."""
        return indexing.trace(self, offset, axis1, axis2)

    # --- choosing and cutting ---

    def take(self, indices: Any, axis: int | None = None) -> Self:
        """Elements by their positions along an axis, or in the flattened Tensor."""
        return indexing.take(self, indices, axis)

    def repeat(self, *repeats: Any, axis: int | None = None) -> Self:
        """Every element several times in a row, as in NumPy: `repeat(2, axis=0)`; the whole several times: `np.tile`.

        Raises:
            ValueError: for a number per axis, `repeat(2)` of a vector or `repeat(2, 1)` of a matrix: PyTorch's `repeat`
                is NumPy's `tile`.
        """
        if axis is None and len(repeats) >= max(self.ndim, 1) and all(isinstance(n, int | np.integer) for n in repeats):
            spelling = f".repeat({repeats[0]}, axis={repeats[1] if len(repeats) == 2 < self.ndim + 1 else 0})"
            text = (
                "repeat{given} of shape {shape} repeats every element in NumPy and the whole in PyTorch; write "
                "{spelling}, or np.tile(x, {given})"
            )
            given = f"({repeats[0]})" if len(repeats) == 1 else str(repeats)
            raise ValueError(said(text, given=given, shape=self.shape, spelling=spelling))
        count, *axes = repeats
        return indexing.repeat(self, count, axes[0] if axes else axis)

    def sort(self, axis: int | None = -1, **torch: Any) -> Self:
        """In ascending order, as a new Tensor."""
        if torch:
            refuse_torch_spelling("sort", torch, values_and_places("sort(axis=…)", "argsort(axis=…)"))
        return indexing.sort(self, axis)

    def clip(self, min: Any = None, max: Any = None) -> Self:
        """Kept between two bounds; PyTorch's `clamp`."""
        return elementwise.clip(self, min, max)

    def clamp(self, min: Any = None, max: Any = None) -> Self:
        """Kept between two bounds; NumPy's `clip`."""
        return elementwise.clip(self, min, max)

    # --- products ---

    def pow(self, exponent: Any) -> Self:
        """Every element to a power."""
        return self**exponent

    def dot(self, other: Any) -> Self:
        """NumPy's `dot`: vectors by vectors, matrices by matrices."""
        return products.dot(self, other)

    def matmul(self, other: Any) -> Self:
        """The matrix product, `self @ other`."""
        return products.matmul(self, other)


def one_or_many(numbers: tuple[Any, ...]) -> tuple[int, ...]:
    """`f(2, 3)` and `f((2, 3))` mean the same."""
    if len(numbers) == 1 and not isinstance(numbers[0], int | np.integer):
        return () if numbers[0] is None else tuple(numbers[0])
    return numbers
