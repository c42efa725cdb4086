"""Gradients of a few rows: "these rows get these numbers, and all others get nothing".

A table of 9,066 films has a row for every film, but a batch of 64 ratings looks up 64 rows at most. The gradient of the
whole table would be 99 % zeros, made, added and multiplied at every step. A `RowGradient` holds the rows that were
looked up instead. A row may stand in it several times, as a film may in a batch; `coalesce()` adds up what belongs to
one row.

Nobody writes into the arrays of a RowGradient, so they may be shared.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.modes import looks_at_values

Values = np.ndarray[Any, np.dtype[Any]]

_FEW = 8  # as many rows are added faster as rows than number by number; both in the same order, to the same bits


class RowGradient:
    """The gradient of a table that is zero but for some rows.

    Attributes:
        indices: the numbers of the rows, shape (k,); in any order, possibly repeated, never negative.
        values: what each of them gets, shape (k, …).
        shape: of the whole table.
        is_coalesced: whether every row stands there once and in order.
    """

    __slots__ = ("indices", "is_coalesced", "shape", "values")

    __array_ufunc__ = None  # `array + rows` is answered by `__radd__` here, not by NumPy, element by element

    def __init__(
        self, indices: Values, values: Values, shape: tuple[int, ...], is_coalesced: bool | np.bool = False
    ) -> None:
        if values.shape != indices.shape + shape[1:] or indices.ndim != 1:
            raise ValueError(f"{indices.shape} rows with values {values.shape} do not fit a table of shape {shape}")
        self.indices = indices
        self.values = values
        self.shape = shape
        self.is_coalesced = bool(is_coalesced)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of the values."""
        return self.values.dtype

    @property
    def nnz(self) -> int:
        """How many rows are held, repeated ones each time."""
        return len(self.indices)

    def astype(self, dtype: Any) -> RowGradient:
        """The values as another kind of numbers."""
        return RowGradient(self.indices, self.values.astype(dtype), self.shape, self.is_coalesced)

    def coalesce(self) -> RowGradient:
        """The same gradient with every row once, in ascending order; what belongs to one row is added in its order."""
        if self.is_coalesced:
            return self
        narrow = self.shape[0] <= 1 << 16  # numbers of 16 bits are sorted without comparing: four times as fast
        order = (self.indices.astype(np.uint16) if narrow else self.indices).argsort(kind="stable")
        rows = self.indices.take(order)
        is_first = np.empty(len(rows), bool)
        is_first[:1] = True
        np.not_equal(rows[1:], rows[:-1], out=is_first[1:])
        again = np.logical_not(is_first).nonzero()[0]
        if not len(again):
            return RowGradient(rows, self.values.take(order, axis=0), self.shape, is_coalesced=True)
        values = self.values.take(order[is_first], axis=0)
        onto = again - np.arange(1, len(again) + 1)  # of `values`: as far as there are rows that are first
        RowGradient(onto, self.values.take(order.take(again), axis=0), values.shape).added_to(values)
        return RowGradient(rows[is_first], values, self.shape, is_coalesced=True)

    def alone(self) -> RowGradient:
        """The same gradient, holding on to no larger array that its own arrays look into."""
        if all(part.base is None or part.base.nbytes <= part.nbytes for part in (self.indices, self.values)):
            return self
        return RowGradient(self.indices.copy(), self.values.copy(), self.shape, self.is_coalesced)

    def to_dense(self) -> Values:
        """The whole table, zeros included: a new array."""
        return self.added_to(np.zeros(self.shape, self.dtype))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Values:
        return self.to_dense().astype(dtype or self.dtype, copy=False)

    def added_to(self, table: Values, factor: float = 1.0) -> Values:
        """The rows, times a factor, added to those of a table in place."""
        values = self.values if factor == 1 else self.values * factor
        if self.is_coalesced or not table.flags.c_contiguous:
            once = self if self.is_coalesced else RowGradient(self.indices, values, self.shape).coalesce()
            rows = table.take(once.indices, axis=0)
            rows += values if self.is_coalesced else once.values
            table[once.indices] = rows
        elif len(values) <= _FEW:
            np.add.at(table, self.indices, values)
        else:
            np.add.at(table.reshape(-1), places(self.indices, self.shape), values.reshape(-1))
        return table

    @looks_at_values
    def __add__(self, other: Any) -> Any:
        """With another RowGradient the rows of both; with an array of the whole table's shape, such an array."""
        if not isinstance(other, RowGradient):
            return self.__radd__(other)
        if other.shape != self.shape:
            raise ValueError(f"gradients of tables of shapes {self.shape} and {other.shape} cannot be added")
        indices, values = np.concatenate([self.indices, other.indices]), np.concatenate([self.values, other.values])
        both = RowGradient(indices, values, self.shape)
        return both.coalesce() if both.nnz > self.shape[0] else both  # never more rows than the table has

    @looks_at_values
    def __radd__(self, other: Any) -> Any:
        if not isinstance(other, np.ndarray) or other.shape != self.shape:
            return NotImplemented
        return self.added_to(other.astype(np.result_type(other, self.values)))  # a copy: it may be shared

    def __mul__(self, factor: float) -> RowGradient:
        if np.ndim(factor):
            return NotImplemented
        return RowGradient(self.indices, self.values * factor, self.shape, self.is_coalesced)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> RowGradient:
        if np.ndim(divisor):
            return NotImplemented
        return RowGradient(self.indices, self.values / divisor, self.shape, self.is_coalesced)

    def __neg__(self) -> RowGradient:
        return RowGradient(self.indices, -self.values, self.shape, self.is_coalesced)

    def __repr__(self) -> str:
        return f"<RowGradient of {self.nnz} rows of a table of shape {self.shape}, {self.dtype}>"


def places(rows: Values, shape: tuple[int, ...]) -> Values:
    """Where the numbers of some rows of a table stand in the flattened table, shape (k · numbers per row,).

    NumPy adds single numbers at single places about eight times as fast as whole rows, and what it costs to count the
    places is less than what other ways cost: see `make bench ARGS=scatter`.

    Args:
        rows: their numbers, shape (k,); −1 is the last.
        shape: of the table.
    """
    rows, width = rows.astype(np.intp, copy=False), math.prod(shape[1:])
    return rows if width == 1 else (rows[:, None] * width + np.arange(width)).reshape(-1)
