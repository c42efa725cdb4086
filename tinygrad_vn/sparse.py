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

Values = np.ndarray[Any, np.dtype[Any]]


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
        """The same gradient with every row once, in ascending order."""
        if self.is_coalesced:
            return self
        order = np.argsort(self.indices, kind="stable")
        rows = self.indices[order]
        is_first = np.ones(len(rows), bool)
        np.not_equal(rows[1:], rows[:-1], out=is_first[1:])
        values = self.values.take(order[is_first], axis=0)
        again = np.flatnonzero(~is_first)
        if len(again):  # summed by themselves, for a sum over each single row would take longest where few repeat
            begins = np.flatnonzero(is_first[again - 1])
            place = np.cumsum(is_first)[again[begins]] - 1
            values[place] += np.add.reduceat(self.values.take(order[again], axis=0), begins, axis=0)
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

    def added_to(self, table: Values) -> Values:
        """The rows added to those of a table, in place."""
        if self.is_coalesced or not table.flags.c_contiguous:
            once = self.coalesce()
            table[once.indices] += once.values
            return table
        width = math.prod(self.shape[1:])  # number by number: two to seven times as fast as adding up rows first
        places = np.multiply.outer(self.indices, width, dtype=np.intp)[:, None] + np.arange(width)
        np.add.at(table.reshape(-1), places.ravel(), self.values.ravel())
        return table

    def __add__(self, other: Any) -> Any:
        """With another RowGradient the rows of both; with an array of the whole table's shape, such an array."""
        if not isinstance(other, RowGradient):
            return self.__radd__(other)
        if other.shape != self.shape:
            raise ValueError(f"gradients of tables of shapes {self.shape} and {other.shape} cannot be added")
        indices, values = np.concatenate([self.indices, other.indices]), np.concatenate([self.values, other.values])
        both = RowGradient(indices, values, self.shape)
        return both.coalesce() if both.nnz > self.shape[0] else both  # never more rows than the table has

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
