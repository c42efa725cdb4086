"""Recording: every operation on Tensors goes through `apply`, which carries it out and remembers it.

In-place changes are never silently wrong, because nobody writes into an array that a graph holds. A Tensor copies
what it is made from. Whoever is about to write (the `data` setter, `w -= …`, an optimizer) first asks for a buffer of
the Tensor's own: if anything else still refers to the present one, it is copied. In CPython the reference count
tells; elsewhere a copy is always made.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinygrad_vn.dtypes import check_floating, new_array
from tinygrad_vn.errors import GradientError, ShapeError
from tinygrad_vn.graph import LARGE, Leaf, Node, Values
from tinygrad_vn.modes import current, is_grad_enabled
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.rules import PIECEWISE_CONSTANT, Primitive, elementwise, products
from tinygrad_vn.rules.primitive import output
from tinygrad_vn.sparse import RowGradient

count_references = getattr(sys, "getrefcount", lambda buffer: 1)


class Recorded:
    """What recording needs to know of a Tensor: its array, and the node that says how it was made."""

    __slots__ = ("__weakref__", "_data", "_node")

    _data: Values
    _node: Node | None

    is_sparse = False  # True for a gradient of rows, see `sparse_gradient.py`

    @property
    def is_leaf(self) -> bool:
        """Whether it is the beginning of a graph, not the result of a recorded operation."""
        return type(self._node) is not Node

    def _leaf(self) -> Leaf:
        """The node of a Tensor that is no result, made when it is first needed."""
        node = self._node
        if node is None:
            node = self._node = Leaf()
        return node  # type: ignore[return-value]

    def _called(self) -> Text:
        """How messages speak of this Tensor."""
        if self._node is not None and self._node.name:
            return phrase("Tensor {name!r}", name=self._node.name)
        if self._node is None or type(self._node) is Leaf:
            return phrase("a leaf Tensor")
        return phrase("the result of {operation!r}", operation=self._node.primitive.name)

    def _own(self) -> Values:
        """The buffer, to be written into: copied first if a graph or another Tensor may hold it."""
        if self._node is not None and self._node.shared:
            return self._data  # it was handed out before, so no graph holds it, see `_read`
        if count_references(self._data) > _ALONE or self._data.base is not None:
            self._data = self._data.copy()
        return self._data

    def _read(self) -> Values:
        """The buffer, to be held by a graph or another Tensor: copied if others may still write into it."""
        if count_references(self._data) > _ALONE:
            return self._data.copy()
        self._node.shared = False  # type: ignore[union-attr]
        return self._data

    def _values(self) -> Values:
        """The values as an array to go on computing with."""
        watch = current()[1]
        if watch is not None:
            return watch.values(self)
        return self._read() if self._node is not None and self._node.shared else self._data

    def _read_only(self) -> Values:
        """The values as an array that refuses to be written into."""
        view = self._values().view()
        view.flags.writeable = False
        return view


_result_class: type[Any] = Recorded


def results_are(tensor_class: type[Any]) -> type[Any]:
    """Class decorator: what operations return is of this class."""
    global _result_class
    _result_class = tensor_class
    return tensor_class


_sparse_class: type[Any] = Recorded


def sparse_gradients_are(tensor_class: type[Any]) -> type[Any]:
    """Class decorator: a gradient of rows that is handed to a user is of this class."""
    global _sparse_class
    _sparse_class = tensor_class
    return tensor_class


def untracked_rows(rows: RowGradient) -> Any:
    """A gradient of rows as a Tensor."""
    return _sparse_class(rows)


PLAIN = {bool, float, int, np.ndarray, slice, str, type(None), type(Ellipsis)}  # what an operation takes as it is


def as_operand(arg: Any, primitive: Primitive) -> Any:
    """Anything else that may stand beside a Tensor: as a Python number, as an array of our own, or as it is.

    Raises:
        DtypeError: E03 for complex numbers.
    """
    if isinstance(arg, np.generic):
        return arg.item()  # a NumPy scalar must not turn float32 into float64
    if isinstance(arg, complex):
        check_floating(np.dtype(complex))
    if isinstance(arg, numbers.Integral):
        return int(arg)
    if isinstance(arg, numbers.Number):
        return float(arg)  # type: ignore[arg-type]
    if isinstance(arg, type | np.dtype) or (isinstance(arg, tuple) and not isinstance(primitive.forward, np.ufunc)):
        return arg  # a dtype, an index, a shape, axes
    return np.array(arg)


def apply(primitive: Primitive, *args: Any, forward: Callable[..., Any] | None = None) -> Any:
    """Carry out an operation on Tensors, arrays and numbers, and record it where a gradient may be wanted.

    Args:
        primitive: the operation.
        *args: what it is given.
        forward: for a watch: what computes the result instead.
    """
    recording, watch, _ = current()
    if watch is not None and forward is None:
        return watch.operation(primitive, args)
    values: list[Any] = []
    inputs: list[Node | None] = []
    tracked, large, loose, outside = False, False, False, None
    for arg in args:
        if isinstance(arg, Recorded):
            node = arg._node
            if node is None:
                value, loose = arg._data, True
            else:
                value = arg._read() if node.shared else arg._data
                if node.requires_grad:
                    tracked = True
                else:
                    outside = outside or node
            if value.nbytes > LARGE:
                large = True
        else:
            node, value = None, arg if type(arg) in PLAIN else as_operand(arg, primitive)
            if isinstance(value, np.ndarray):
                loose = True
        values.append(value)
        inputs.append(node)
    try:
        out = (forward or primitive.forward)(*values)
    except ValueError as error:
        raise misfit(primitive, values, error) from None
    if not (tracked and recording):
        return as_tensors(out, "no_grad()" if tracked else why_outside(outside))
    if loose:
        make_lasting(args, values, inputs)
    node = Node(primitive, inputs, values, out)
    if not isinstance(out, np.ndarray):
        if isinstance(out, tuple):
            return linked(out, node)
        node.out = out = np.asarray(out)
    if large or out.nbytes > LARGE:
        node.drop_unread()
    result = object.__new__(_result_class)
    result._data = out
    result._node = node
    return result


def make_lasting(args: tuple[Any, ...], values: list[Any], inputs: list[Node | None]) -> None:
    """Give every Tensor a node, and the graph a copy of every bare array, for its owner may write into it."""
    for i, arg in enumerate(args):
        if inputs[i] is None and isinstance(values[i], np.ndarray):
            if isinstance(arg, Recorded):
                inputs[i] = arg._leaf()
            elif values[i] is arg:
                values[i] = arg.copy()
            if values[i].dtype.kind in "cO":
                check_floating(values[i].dtype)


def why_outside(node: Node | None) -> str | None:
    """What E10 will name if somebody asks for a gradient: what cut an input out of a graph, or the input's name."""
    if not isinstance(node, Leaf):
        return None
    return node.cut or (f"leaf {node.name!r}" if node.name else None)


def linked(value: Any, node: Node) -> Any:
    """The Tensor with this value and this place in the graph; for an operation with several results, all of them."""
    if isinstance(value, tuple):
        parts = [linked(np.asanyarray(part), one_result(node, value, i)) for i, part in enumerate(value)]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    result = object.__new__(_result_class)
    result._data = value
    result._node = node
    return result


def one_result(node: Node, results: Any, i: int) -> Node:
    """The node that takes one result out of an operation that has several; neither keeps values after backward()."""
    taken = Node(output, [node, None], [results, i], np.asanyarray(results[i]))
    taken.large = node.large = True
    return taken


def untracked(value: Values, cut: str | None = None) -> Any:
    """A Tensor outside any graph; `cut` says what took it out, for error messages."""
    result = object.__new__(_result_class)
    result._data = value
    result._node = Leaf(cut=cut) if cut else None
    return result


def references_to_buffer(tensor: Recorded) -> int:
    """The count that `_own` and `_read` see, temporary references included."""
    return count_references(tensor._data)


# The count of references to a buffer that nobody else holds. Where counts are not exact, no buffer passes for alone.
_exact = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
_ALONE = references_to_buffer(untracked(np.zeros(1))) if _exact else 0


def as_tensors(out: Any, cut: str | None = None) -> Any:
    """Arrays as Tensors outside any graph, also inside tuples and lists; everything else as it is."""
    if isinstance(out, np.ndarray):
        return untracked(out, cut)
    if isinstance(out, np.generic):
        return untracked(np.asarray(out), cut)
    if isinstance(out, tuple | list):
        parts = [as_tensors(part, cut) for part in out]
        return type(out)(*parts) if hasattr(out, "_fields") else type(out)(parts)
    return out


def bare(value: Any) -> Any:
    """Tensors as read-only arrays, also inside tuples, lists and dictionaries."""
    if isinstance(value, Recorded):
        return value._read_only()
    if isinstance(value, tuple | list):
        return type(value)(bare(part) for part in value)
    if isinstance(value, dict):
        return {name: bare(part) for name, part in value.items()}
    return value


def tensors_in(value: Any) -> Iterator[Recorded]:
    """All Tensors in nested tuples, lists and dictionaries."""
    if isinstance(value, Recorded):
        yield value
    elif isinstance(value, tuple | list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(part)


def holds_floats(args: Any, named: Any = ()) -> bool:
    """Is there a Tensor of real numbers among the arguments? Whole numbers are left to NumPy itself."""
    return any(t._data.dtype.kind == "f" for t in tensors_in([args, named]))


def numpy_name(function: Callable[..., Any]) -> str:
    """What people write for a function of NumPy's: np.exp, np.linalg.qr, np.fft.fft."""
    room = function.__module__.removeprefix("numpy").removeprefix(".") if hasattr(function, "__module__") else ""
    return f"np.{room}.{function.__name__}" if room and not room.startswith("_") else f"np.{function.__name__}"


def constant(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """A function without a gradient: its result is a Tensor outside the graph.

    Raises:
        GradientError: E05 where it should have a gradient, but has no rule here.
    """
    call = numpy_name(function)
    if function not in PIECEWISE_CONSTANT and want_gradient(args, named):
        raise no_rule(
            call,
            phrase("Write it with operations that have a rule (README, table of operations), or call .detach() first."),
        )
    result = call_bare(call, function, args, named)
    return result if named.get("out") is not None else as_tensors(result, call)  # `out` is the caller's own array


def call_bare(call: str, function: Callable[..., Any], args: Any, named: Any) -> Any:
    """The function on bare arrays, which it can read only.

    Raises:
        GradientError: E04 where it writes into a Tensor's array, as `np.copyto` and `np.add.at` do.
    """
    watch = current()[1]
    if watch is not None:
        return watch.constant(call, function, args, named)
    try:
        return function(*bare(args), **bare(named))
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        remedy = phrase("Make a new Tensor, or give it the array of a leaf, `x.data`.")
        raise GradientError("E04", what=phrase("{what} on a Tensor", what=call), remedy=remedy) from None


def want_gradient(*values: Any) -> bool:
    """Whether an operation on these would have to be recorded."""
    return is_grad_enabled() and any(t._node and t._node.requires_grad for t in tensors_in(values))


def no_rule(call: str, remedy: Text) -> GradientError:
    """E05 for a Tensor that needs a gradient, given to what has no rule."""
    return GradientError("E05", what=phrase("{call} has no gradient rule", call=call), remedy=remedy)


def plain_index(index: Any) -> Any:
    """An index that a graph can keep: Tensors and lists as arrays, arrays copied."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    if isinstance(index, Recorded):
        return index._values()
    if isinstance(index, list):
        array = np.array(index)
        return array if array.size else array.astype(np.intp)  # `[]` picks nothing, it is no list of floats
    return new_array(index) if isinstance(index, np.ndarray) else index


def fit_together(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Do two shapes broadcast?"""
    return all(n == m or 1 in (n, m) for n, m in zip(reversed(left), reversed(right), strict=False))


def misfit(primitive: Primitive, values: list[Any], error: ValueError) -> ValueError:
    """E06 in place of NumPy's message, where two shapes do not go together."""
    if primitive is products.matrix_product:
        return products.unfit_matrices(values[0].shape, values[1].shape)
    if primitive is products.linear:
        x, weight, bias = values
        if x.shape[-1:] != weight.shape[1:]:
            return products.unfit_matrices(x.shape, weight.T.shape)
        primitive, values = elementwise.add, [x @ weight.T, bias]
    if not isinstance(primitive.forward, np.ufunc) or len(values) != 2:
        return error
    left, right = (np.shape(value) for value in values)
    if fit_together(left, right):
        return error
    why = phrase("their lengths differ where neither is 1, counted from the last axis")
    return ShapeError(
        "E06", operation=f"{primitive.name} ({primitive.sign})", left=left, right=right, why=why, remedy=""
    )
