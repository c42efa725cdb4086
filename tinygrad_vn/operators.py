"""The operators of a Tensor: what `+`, `@`, `<` and `x -= y` mean.

Arithmetic is recorded. Comparisons give truth values, which have no gradient. An augmented assignment changes a
plain Tensor in place, gives a result a new value under its old name, and is refused where it would break a graph.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from tinygrad_vn.errors import GradientError
from tinygrad_vn.modes import current, is_grad_enabled
from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import Recorded, apply, constant
from tinygrad_vn.rules import Primitive, elementwise, products


class Operators(Recorded):
    """What a Tensor does between operators."""

    __slots__ = ()

    def __add__(self, other: Any) -> Self:
        return apply(elementwise.add, self, other)

    def __radd__(self, other: Any) -> Self:
        return apply(elementwise.add, other, self)

    def __sub__(self, other: Any) -> Self:
        return apply(elementwise.subtract, self, other)

    def __rsub__(self, other: Any) -> Self:
        return apply(elementwise.subtract, other, self)

    def __mul__(self, other: Any) -> Self:
        return apply(elementwise.multiply, self, other)

    def __rmul__(self, other: Any) -> Self:
        return apply(elementwise.multiply, other, self)

    def __truediv__(self, other: Any) -> Self:
        return apply(elementwise.divide, self, other)

    def __rtruediv__(self, other: Any) -> Self:
        return apply(elementwise.divide, other, self)

    def __mod__(self, other: Any) -> Self:
        return apply(elementwise.remainder, self, other)

    def __rmod__(self, other: Any) -> Self:
        return apply(elementwise.remainder, other, self)

    def __pow__(self, other: Any) -> Self:
        if type(other) is int and other == 2:
            return apply(elementwise.square, self)
        return apply(elementwise.power, self, other)

    def __rpow__(self, other: Any) -> Self:
        return apply(elementwise.power, other, self)

    def __matmul__(self, other: Any) -> Self:
        if isinstance(other, Recorded) and self._data.ndim == other._data.ndim == 2:
            return apply(products.matrix_product, self, other)
        return products.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Self:
        return products.matmul(other, self)

    def __neg__(self) -> Self:
        return apply(elementwise.negative, self)

    def __pos__(self) -> Self:
        return apply(elementwise.positive, self)

    def __abs__(self) -> Self:
        return apply(elementwise.absolute, self)

    def __floordiv__(self, other: Any) -> Self:
        return constant(np.floor_divide, self, other)

    def __rfloordiv__(self, other: Any) -> Self:
        return constant(np.floor_divide, other, self)

    def __divmod__(self, other: Any) -> tuple[Self, Self]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Self, Self]:
        return other // self, other % self

    def __eq__(self, other: object) -> Self:  # type: ignore[override]
        return constant(np.equal, self, other)

    def __ne__(self, other: object) -> Self:  # type: ignore[override]
        return constant(np.not_equal, self, other)

    def __lt__(self, other: Any) -> Self:
        return constant(np.less, self, other)

    def __le__(self, other: Any) -> Self:
        return constant(np.less_equal, self, other)

    def __gt__(self, other: Any) -> Self:
        return constant(np.greater, self, other)

    def __ge__(self, other: Any) -> Self:
        return constant(np.greater_equal, self, other)

    def __and__(self, other: Any) -> Self:
        return constant(np.bitwise_and, self, other)

    def __or__(self, other: Any) -> Self:
        return constant(np.bitwise_or, self, other)

    def __xor__(self, other: Any) -> Self:
        return constant(np.bitwise_xor, self, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Self:
        return constant(np.invert, self)

    __hash__ = object.__hash__

    # --- changing it in place -----------------------------------------------------------------------------------

    def __iadd__(self, other: Any) -> Self:
        return self._in_place(elementwise.add, other, "+=")

    def __isub__(self, other: Any) -> Self:
        return self._in_place(elementwise.subtract, other, "-=")

    def __imul__(self, other: Any) -> Self:
        return self._in_place(elementwise.multiply, other, "*=")

    def __itruediv__(self, other: Any) -> Self:
        return self._in_place(elementwise.divide, other, "/=")

    def __ipow__(self, other: Any) -> Self:
        return self._in_place(elementwise.power, other, "**=")

    def __imod__(self, other: Any) -> Self:
        return self._in_place(elementwise.remainder, other, "%=")

    def __ifloordiv__(self, other: Any) -> Self:
        return self._replaced(self // other, "//=")

    def __imatmul__(self, other: Any) -> Self:
        return self._replaced(self @ other, "@=")

    def _replaced(self, result: Self, sign: str) -> Self:
        """`x @= y` gives the name a new Tensor, which for a parameter would silently take its place."""
        if self.is_leaf and self._node is not None and self._node.requires_grad:
            what = phrase("{what} on {tensor} that requires grad", what=f"`{sign}`", tensor=self._called())
            remedy = phrase("Write `{instead}` instead.", instead=f"y = x {sign[:-1]} …")
            raise GradientError("E04", what=what, remedy=remedy)
        return result

    def _in_place(self, primitive: Primitive, other: Any, sign: str) -> Self:
        """`x -= y`: in place for a leaf that may be written, a new result under the old name where it is recorded."""
        mine = self._node is not None and self._node.requires_grad
        theirs = isinstance(other, Recorded) and other._node is not None and other._node.requires_grad
        if is_grad_enabled() and (mine or theirs) and not (self.is_leaf and mine):
            return apply(primitive, self, other)
        self._check_writable(f"`{sign}`", f"y = x {sign[:-1]} …")
        watch = current()[1]
        if watch is None or not watch.update(self, primitive.forward, other):
            buffer = self._own()
            primitive.forward(buffer, other._data if isinstance(other, Recorded) else other, out=buffer)
        return self

    def _check_writable(self, change: str, instead: str) -> None:
        """E04 where an in-place change would pull the rug from under a graph, or would not be recorded."""
        if not self.is_leaf:
            what = phrase("{what} on {tensor}", what=change, tensor=self._called())
            raise GradientError("E04", what=what, remedy=phrase("Write `{instead}` instead.", instead=instead))
        if self._node is not None and self._node.requires_grad and is_grad_enabled():
            what = phrase("{what} on {tensor} that requires grad", what=change, tensor=self._called())
            remedy = phrase(
                "To update a parameter, do it inside `with tg.no_grad():`; to compute, write `{instead}`.",
                instead=instead,
            )
            raise GradientError("E04", what=what, remedy=remedy)
