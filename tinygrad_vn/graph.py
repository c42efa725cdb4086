"""The computation graph: how each result was made.

A `Node` stands for one operation and points to the nodes of its inputs, never back, so a graph dies with the last
reference to its result. A `Leaf` is where a graph begins: a Tensor that nobody computed. Tensors hold nodes; nodes
hold arrays. That is why an intermediate Tensor can be dropped while the backward pass still finds its values.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_vn.modes import change_settings, current
from tinygrad_vn.rules import Primitive

Values = np.ndarray[Any, np.dtype[Any]]

LARGE = 64 * 1024  # bytes: a larger array is held only while a rule needs its values
PICTURE = 1024 * 1024  # bytes: what a graph keeps after backward(), so that it can still be drawn

_count = itertools.count().__next__
_order = operator.attrgetter("order")


class Node:
    """One operation that was carried out.

    Attributes:
        primitive: which operation.
        inputs: for each argument the node it came from, or None where it was no Tensor.
        args: the arguments as arrays and plain values.
        out: the result.
        order: creation number; every node is younger than its inputs.
        large: whether it has an array of more than `LARGE` bytes, or several results; a pass then keeps nothing of it.
        spent: whether backward() has used it; its values may be gone.
        name: for errors and drawings.
        grad: the gradient, where `retains_grad` asks for it.
    """

    __slots__ = ("args", "grad", "inputs", "large", "name", "order", "out", "primitive", "retains_grad", "spent")

    requires_grad = True
    shared = False
    changes: tuple[int, ...] = ()

    def __init__(self, primitive: Primitive, inputs: list[Node | None], args: list[Any], out: Any) -> None:
        self.primitive = primitive
        self.inputs = inputs
        self.args: Any = args  # None once released
        self.out = out
        self.order = _count()
        self.large = False
        self.spent = False
        self.name: str | None = None
        self.grad: Any = None
        self.retains_grad = False

    def drop_unread(self) -> None:
        """Replace large arrays that no rule reads by stand-ins of the same shape, which need no memory."""
        primitive, args = self.primitive, self.args
        self.large = True
        self.args = [a if keep else stand_in(a) for a, keep in zip(args, primitive.keeps, strict=True)]
        if not primitive.keeps_out:
            self.out = stand_in(self.out)


class Leaf(Node):
    """Where a graph begins: the identity, name and gradient of a Tensor that was not computed.

    Attributes:
        requires_grad: whether backward() is to leave a gradient here.
        changes: the moments, as creation numbers, at which `requires_grad` was changed.
        shared: whether the Tensor's buffer was handed out through `.data`, so that others may write into it.
        cut: what took the Tensor out of a graph ("detach()", "no_grad()", "np.argmax"), for error messages.
        additions: how many more passes have added to `grad` after the first.
    """

    __slots__ = ("additions", "changes", "cut", "requires_grad", "shared")

    def __init__(self, requires_grad: bool = False, name: str | None = None, cut: str | None = None) -> None:
        self.inputs = []
        self.args = []
        self.out = None
        self.order = -1
        self.large = self.spent = False
        self.name = name
        self.grad = None
        self.retains_grad = False
        self.requires_grad = requires_grad
        self.shared = False
        self.changes = ()
        self.cut = cut
        self.additions = 0

    def require(self, wanted: bool) -> None:
        """Require a gradient from now on, or no longer; what was computed before keeps what held then."""
        if wanted != self.requires_grad:
            changes = (*self.changes, _count())
            self.requires_grad, self.changes, self.cut = wanted, changes, None
            change_settings()
            watch = current()[1]
            if watch is not None:
                watch.required(self, wanted)

    def was_required(self, order: int) -> bool:
        """Whether this leaf required a gradient when the operation with this number was carried out."""
        changed_since = sum(change > order for change in self.changes)
        return self.requires_grad != (changed_since % 2 == 1)


def stand_in(array: Any) -> Any:
    """An array of the same shape and dtype that takes no memory; reading it by mistake gives NaN, never a number."""
    if type(array) is not np.ndarray or array.nbytes <= LARGE:
        return array
    return _empty(array.shape, array.dtype)


@functools.lru_cache(maxsize=64)
def _empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Values:
    one = np.full((), np.nan if dtype.kind == "f" else 0, dtype)
    return np.ndarray(shape, dtype, one.data, strides=(0,) * len(shape))


def newest_first(roots: Iterable[Node]) -> list[Node]:
    """All operations that the roots depend on, each before its inputs: the order of a backward pass."""
    found = [root for root in dict.fromkeys(roots) if type(root) is not Leaf]
    seen = set(found)
    for node in found:  # the list grows while it is walked
        for source in node.inputs:
            if source is not None and type(source) is not Leaf and source not in seen:
                seen.add(source)
                found.append(source)
    found.sort(key=_order, reverse=True)
    return found


def release(passed: Iterable[Node]) -> None:
    """Give up the values that a pass has used, but for about `PICTURE` bytes of small ones, which serve drawings.

    A value kept may be a parameter's buffer, or look into one; since that will soon be overwritten, it is copied.
    """
    room = PICTURE
    for node in passed:
        if node.large or room <= 0:
            node.args = node.out = None
            continue
        if node.out.base is not None:
            node.out = node.out.copy()
        room -= node.out.nbytes
        args = node.args
        for i, source in enumerate(node.inputs):
            if source is not None and source.requires_grad:
                if type(source) is Leaf:
                    args[i] = args[i].copy()
                    room -= args[i].nbytes
                elif args[i].base is not None:
                    args[i] = source.out = args[i].copy()


def leaves(root: Node) -> set[Node]:
    """The leaves requiring a gradient that a result depends on, or the root itself where it is one."""
    sources = [root, *(source for node in newest_first([root]) for source in node.inputs)]
    return {source for source in sources if type(source) is Leaf and source.requires_grad}
