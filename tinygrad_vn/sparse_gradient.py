"""The `.grad` of a table of which only a few rows were looked up: a Tensor that holds just those rows.

It is a Tensor, so whatever works on a gradient works on this one too. What can keep to the rows does: scaling, adding
another gradient of rows, and what the optimizers SGD, Adagrad and SparseAdam do. Everything else (printing elements,
`np.exp`, `.numpy()`, adding a gradient of the whole table) makes the whole table for the moment, with all its zeros.
"""

from __future__ import annotations

import numbers
from typing import Any, Self

import numpy as np

from tinygrad_vn.errors import GradientError
from tinygrad_vn.graph import Values
from tinygrad_vn.idioms import Size
from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import sparse_gradients_are, untracked
from tinygrad_vn.rules import Primitive, elementwise
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tensor import Tensor


@sparse_gradients_are
class SparseGradient(Tensor):
    """A gradient of rows, with the names that PyTorch's sparse tensors have.

    It can be scaled in place, `g *= 0.5`, and other such gradients can be added to it; elements cannot be assigned.

    Attributes:
        rows: the row numbers and what each row gets, as arrays.
    """

    __slots__ = ("rows",)

    is_sparse = True

    def __init__(self, rows: RowGradient) -> None:
        self.rows = rows
        self._node = None

    @property
    def _data(self) -> Values:  # type: ignore[override]
        """The whole table, made anew each time it is asked for: correct everywhere, and to be avoided."""
        return self.rows.to_dense()

    # --- what it is ---------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the whole table."""
        return self.rows.shape

    @property
    def ndim(self) -> int:
        """The number of axes of the whole table."""
        return len(self.rows.shape)

    @property
    def size(self) -> Size:
        """The number of elements of the whole table."""
        return Size.of(self.rows.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of the elements."""
        return self.rows.dtype

    @property
    def nnz(self) -> int:
        """How many rows are held; after `coalesce()`, how many different ones."""
        return self.rows.nnz

    def is_coalesced(self) -> bool:
        """Whether every row is held once and in order."""
        return self.rows.is_coalesced

    def coalesce(self) -> SparseGradient:
        """The same gradient with every row once, in ascending order."""
        return SparseGradient(self.rows.coalesce())

    def indices(self) -> Tensor:
        """The numbers of the rows that got something, each once: shape (1, k), as in PyTorch."""
        return Tensor(self.rows.coalesce().indices[None])

    def values(self) -> Tensor:
        """What each of the rows in `indices()` got: shape (k, …)."""
        return Tensor(self.rows.coalesce().values)

    def to_dense(self) -> Tensor:
        """The whole table as an ordinary Tensor."""
        return untracked(self.rows.to_dense())

    def numpy(self) -> Values:
        """The whole table as an array, to be read only: writing into it would change nothing here."""
        return self.data

    @property
    def data(self) -> Values:
        """The whole table as an array, to be read only."""
        table = self.rows.to_dense()
        table.flags.writeable = False
        return table

    @data.setter
    def data(self, values: Any) -> None:
        self._own()

    def __repr__(self) -> str:
        once = self.rows.coalesce()
        values = np.array2string(once.values, separator=", ", prefix="                values=", precision=6)
        rows = np.array2string(once.indices, separator=", ", prefix="sparse_gradient(rows=")
        return f"sparse_gradient(rows={rows},\n                values={values},\n                shape={self.shape})"

    # --- computing with it --------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        if type(other) is SparseGradient:
            return SparseGradient(self.rows + other.rows)
        if isinstance(other, Tensor) and not other.requires_grad and other.shape == self.shape:
            return untracked(other._data + self.rows)
        return self.to_dense() + other

    __radd__ = __add__

    def __mul__(self, factor: Any) -> Any:
        number = _as_number(factor)
        return self.to_dense() * factor if number is None else SparseGradient(self.rows * number)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Any:
        number = _as_number(divisor)
        return self.to_dense() / divisor if number is None else SparseGradient(self.rows / number)

    def __neg__(self) -> SparseGradient:
        return SparseGradient(-self.rows)

    def _in_place(self, primitive: Primitive, other: Any, sign: str) -> Self:
        """`g *= 0.5`, `g += h` where the result is rows again; what is held is replaced, not written into."""
        number = _as_number(other)
        if primitive is elementwise.add and type(other) is SparseGradient:
            self.rows = self.rows + other.rows
        elif primitive in (elementwise.multiply, elementwise.divide) and number is not None:
            self.rows = self.rows * number if primitive is elementwise.multiply else self.rows / number
        else:
            self._own()
        return self

    def clone(self) -> SparseGradient:
        """The same gradient; since none is ever written into, it needs no memory of its own."""
        return SparseGradient(self.rows)

    detach = clone

    def astype(self, dtype: Any) -> Tensor:
        """The values as another kind of numbers."""
        return SparseGradient(self.rows.astype(dtype)) if np.dtype(dtype).kind == "f" else self.to_dense().astype(dtype)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Refused: a derivative with respect to it would be a whole table."""
        if requires_grad:
            what = phrase("A sparse gradient cannot require grad")
            raise GradientError("E05", what=what, remedy=phrase("Use .to_dense() first."))
        return self

    def zero_(self) -> Self:
        """Forget all rows."""
        none = np.empty(0, np.intp), np.empty((0, *self.shape[1:]), self.dtype)
        self.rows = RowGradient(*none, self.shape, is_coalesced=True)
        return self

    def _own(self) -> Values:
        remedy = phrase("Scale it, `w.grad *= 0.5`, or make a whole table of it first, `w.grad = w.grad.to_dense()`.")
        raise GradientError("E04", what=phrase("Writing into elements of a sparse gradient"), remedy=remedy)

    def __copy__(self) -> Self:
        return type(self)(self.rows)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(self.rows)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.rows,)


def _as_number(factor: Any) -> float | None:
    """A single number, given as one, as an array or as a Tensor without a graph; else None."""
    if isinstance(factor, Tensor) and not factor.requires_grad and factor.ndim == 0:
        return float(factor.item())
    if isinstance(factor, numbers.Real) or (isinstance(factor, np.ndarray) and factor.ndim == 0):
        return float(factor)
    return None
