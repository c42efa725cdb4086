"""Tensor: a value, its gradient, and how it was made.

A Tensor behaves like a NumPy array; in addition, operations on it are recorded, so that `backward()` can go through
them in reverse. This file has what a Tensor is, its values, its gradient, and the ways into it: NumPy's protocols.
What can be computed with it stands in `operators.py`, `methods.py` and `idioms.py`, how that is remembered in
`recording.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np

from tinygrad_vn.backprop import backpropagate
from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.dispatch import in_our_spelling
from tinygrad_vn.dtypes import DTypeLike, check_floating, get_default_dtype, new_array
from tinygrad_vn.errors import GradientError, GradientWarning, ShapeError
from tinygrad_vn.graph import Leaf, Node, Values
from tinygrad_vn.idioms import Idioms, Size
from tinygrad_vn.modes import change_settings, current, enable_grad, is_grad_enabled
from tinygrad_vn.passes import commit, not_connected, starting_gradient
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.recording import (
    apply,
    as_tensors,
    call_bare,
    constant,
    holds_floats,
    linked,
    no_rule,
    plain_index,
    results_are,
    untracked,
    want_gradient,
)
from tinygrad_vn.rules import FUNCTIONS, Primitive, elementwise, indexing, shaping


@results_are
class Tensor(Idioms):
    """An array of numbers that remembers how it was computed.

    No two Tensors share their numbers, whatever NumPy would share: `r = x[0]; r += 1` leaves `x` as it is.

    Args:
        data: numbers, nested lists, an array or a Tensor; always copied.
        dtype: of the elements; Python floats take the default dtype, arrays keep theirs.
        requires_grad: whether `backward()` is to compute the gradient with respect to this Tensor.
        name: for error messages and drawings.

    Raises:
        DtypeError: E03 where a gradient is asked for whole numbers or truth values.
    """

    __slots__ = ()

    def __init__(
        self, data: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, name: str | None = None
    ) -> None:
        self._data = new_array(data._data if isinstance(data, Tensor) else data, dtype)
        self._node = None
        if requires_grad:
            check_floating(self._data.dtype)
        if requires_grad or name is not None:
            self._node = Leaf(requires_grad, name)

    # --- what it is ---------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of every axis."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    @property
    def size(self) -> Size:
        """The number of elements, as in NumPy; called, as in PyTorch, it gives the shape or the length of an axis."""
        return Size.of(self._data.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of the elements."""
        return self._data.dtype

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """All axes in reverse order, as in NumPy."""
        return apply(shaping.transpose, self, None)

    @property
    def mT(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The last two axes exchanged: the transpose of every matrix in a stack."""
        return shaping.matrix_transpose(self)

    @property
    def name(self) -> str | None:
        """A name for error messages and drawings."""
        return self._node.name if self._node else None

    @name.setter
    def name(self, name: str | None) -> None:
        self._node = self._node or Leaf()
        self._node.name = name

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to it: set for a leaf, true for every result that depends on such a leaf."""
        return self._node is not None and self._node.requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        self.requires_grad_(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for the gradient with respect to this leaf, or no longer.

        Raises:
            DtypeError: E03 where the elements are no real numbers.
            GradientError: E05 where a result is to be taken out of its graph; `detach()` does that.
        """
        if not self.is_leaf:
            if not requires_grad:
                what = phrase(
                    "What was computed from Tensors that require grad does so too, {tensor} included",
                    tensor=self._called(),
                )
                raise GradientError("E05", what=what, remedy=phrase("Use .detach()."))
            return self
        if requires_grad:
            check_floating(self.dtype)
        self._leaf().require(requires_grad)
        return self

    # --- its values ---------------------------------------------------------------------------------------------

    @property
    def data(self) -> Values:
        """The values as an array; of a leaf to read and to write, of a result to read only.

        Writing into it, as in `w.data -= lr * w.grad`, never changes what an earlier result was computed from.
        """
        _told(".data")
        if type(self._node) is Node:
            return self._read_only()
        buffer = self._own()
        self._leaf().shared = True
        return buffer

    @data.setter
    def data(self, values: Any) -> None:
        _told(".data = …")
        if values is self._data:
            return  # `w.data -= …` has already written into the buffer
        if not self.is_leaf:
            what = phrase("Setting .data of {tensor}", tensor=self._called())
            raise GradientError("E04", what=what, remedy=phrase("Make a new Tensor instead."))
        if isinstance(values, Tensor):
            values = values._data
        values = new_array(values, None if isinstance(values, np.ndarray) else self.dtype)
        if self.requires_grad:
            check_floating(values.dtype)
        if values.shape != self._data.shape or values.dtype != self._data.dtype or values.strides != self._data.strides:
            change_settings()
        self._data = values
        if self._node is not None:
            self._node.shared = False  # type: ignore[misc]

    def item(self) -> Any:
        """The one element as a Python number."""
        _told(".item()")
        return self._data.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        _told(".tolist()")
        return self._data.tolist()

    def numpy(self) -> Values:
        """The values as an array, for a Tensor that needs no gradient.

        Raises:
            GradientError: E05 where it does: what NumPy computes from the array could not be differentiated.
        """
        if self.requires_grad:
            what = phrase("A Tensor that requires grad cannot become a bare array")
            remedy = phrase("Write .detach().numpy(), or use NumPy's functions on the Tensor itself.")
            if self.ndim == 0:
                remedy = phrase(
                    "Write .item(); to collect losses, `losses.append(loss.item())`; for a list of Tensors, "
                    "tg.stack(losses)."
                )
            raise GradientError("E05", what=what, remedy=remedy)
        return self.data

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Values:
        return np.array(self.numpy(), dtype, copy=copy)

    def detach(self) -> Tensor:
        """The same values, outside the graph."""
        return untracked(self._values(), "detach()")

    def clone(self) -> Tensor:
        """A copy, recorded as an operation, so gradients flow through it."""
        return apply(elementwise.copy, self)

    def astype(self, dtype: DTypeLike) -> Tensor:
        """The elements as another kind of numbers; gradients flow between floating kinds."""
        if np.dtype(dtype).kind != "f":
            return untracked(self._values().astype(dtype), f"astype({np.dtype(dtype)})")
        return apply(elementwise.astype, self, np.dtype(dtype))

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        twin._data = self._read() if self._node is not None and self._node.shared else self._data
        twin._node = self._node
        if self._node is not None and self.is_leaf:
            twin._node = Leaf(self.requires_grad, self.name, self._leaf().cut)
            twin._node.grad = copy.copy(self._node.grad)
            twin._node.additions = self._leaf().additions
        if hasattr(self, "__dict__"):  # a subclass with attributes of its own
            vars(twin).update(vars(self))
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        if not self.is_leaf:
            what = phrase("A deep copy of {tensor} would tear it out of its graph", tensor=self._called())
            remedy = phrase("Use .clone() inside the graph, .detach().clone() outside.")
            raise GradientError("E05", what=what, remedy=remedy)
        _told("copy.deepcopy(tensor)")
        twin = copy.copy(self)
        twin._data = self._data.copy()
        if twin._node is not None and twin._node.grad is not None:
            twin._node.grad = twin._node.grad.detach().clone()
        memo[id(self)] = twin
        if hasattr(self, "__dict__"):
            vars(twin).update(copy.deepcopy(vars(self), memo))
        return twin

    # --- its gradient -------------------------------------------------------------------------------------------

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward()` left here, summed over passes; None before the first."""
        if self._node is None:
            watch = current()[1]
            if watch is not None:
                watch.no_gradient(self)
            return None
        if type(self._node) is Node and not self._node.retains_grad:
            warn_user(GradientWarning("E11", what=self._called()))
        watch = current()[1]
        return self._node.grad if watch is None else watch.gradient(self._node)

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if gradient is not None:
            gradient = gradient if isinstance(gradient, Tensor) else Tensor(gradient, self.dtype)
            if gradient.shape != self.shape:
                text = "the gradient of a Tensor of shape {shape} cannot have shape {other}"
                raise ValueError(said(text, shape=self.shape, other=gradient.shape))
        node = self._node = self._node or Leaf()
        node.grad = gradient
        if type(node) is Leaf:
            node.additions = 0
        watch = current()[1]
        if watch is not None:
            watch.graded(node, gradient)

    def zero_grad(self) -> None:
        """Forget the gradient, before the next `backward()` adds to it."""
        if self._node is not None:
            self.grad = None

    def retain_grad(self) -> None:
        """Ask `backward()` to leave a gradient at this result too, as it does at leaves."""
        if self._node is None or not self._node.requires_grad:
            raise not_connected(self, phrase("This Tensor"))
        self._node.retains_grad = True

    def backward(self, gradient: Any = None, retain_graph: bool = False, create_graph: bool = False) -> None:
        """Compute the gradient of this result with respect to every leaf that requires one, and add it to `.grad`.

        Args:
            gradient: the gradient to start from, of this Tensor's shape; 1 for a single number.
            retain_graph: keep the values saved in the graph, for a second pass.
            create_graph: record the pass itself, so that the gradients can be differentiated. A parameter then
                points to a graph that points to the parameter; `tg.grad` avoids that cycle.

        Raises:
            GradientError: E02 where there is no single number to start from, E09 where the graph was used before,
                E10 where nothing requires a gradient. Every `.grad` is then as it was.

        A pass that is stopped, by an error or by Ctrl-C, has changed nothing and can be repeated.
        """
        if self._node is None or not self._node.requires_grad:
            raise not_connected(self, phrase("This result"))
        seeds = {self._node: starting_gradient(self, gradient, create_graph)}
        if create_graph:
            with enable_grad():
                gradients, _ = backpropagate(seeds, link=linked)
                commit(gradients, [])
        else:
            gradients, passed = backpropagate(seeds)
            commit(gradients, [] if retain_graph else passed)

    # --- changing it in place -----------------------------------------------------------------------------------

    def __setitem__(self, index: Any, value: Any) -> None:
        self._check_writable("`x[…] = …`", "y = np.where(mask, value, x)")
        if isinstance(value, Tensor) and value.requires_grad and is_grad_enabled():
            what = phrase("Assigning a result that requires grad to elements of a Tensor")
            remedy = phrase("Write y = np.where(mask, value, x), or build it with np.concatenate or np.stack.")
            raise GradientError("E04", what=what, remedy=remedy)
        watch = current()[1]
        if watch is None or not watch.assign(self, index, value):
            self._own()[plain_index(index)] = value._data if isinstance(value, Tensor) else value

    # --- as a sequence, a number, a text ------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Tensor:
        return apply(indexing.getitem, self, plain_index(index))

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __contains__(self, value: object) -> bool:
        return bool((self == value).any())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ShapeError("E15", shape=self.shape)
        _told("bool(tensor)")
        return bool(self._data.item())

    def __float__(self) -> float:
        _told("float(tensor)")
        return float(self._data.item())

    def __int__(self) -> int:
        _told("int(tensor)")
        return int(self._data.item())

    def __index__(self) -> int:
        _told("tensor.__index__()")
        return self._data.__index__()

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.size == 1 else format(str(self), spec)

    def __repr__(self) -> str:
        _told("repr(tensor)")
        values = np.array2string(self._data, separator=", ", prefix="tensor(", precision=6)
        parts = [values if self.size or self.ndim == 1 else f"[], shape={self.shape}"]
        usual = {"f": get_default_dtype(), "i": np.dtype(np.int64), "b": np.dtype(bool)}
        if self.dtype != usual.get(self.dtype.kind):
            parts.append(f"dtype={self.dtype}")
        if self.name:
            parts.append(f"name={self.name!r}")
        if not self.is_leaf:
            parts.append(f"made by {self._node.primitive.name}")  # type: ignore[union-attr]
        elif self.requires_grad:
            parts.append("requires_grad=True")
        return f"tensor({', '.join(parts)})"

    # --- NumPy's protocols --------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Any:
        """NEP 13: `np.exp(t)`, and `array * t` with the array on the left."""
        if method == "__call__" and not named:
            ours = FUNCTIONS.get(ufunc)
            if isinstance(ours, Primitive):
                return apply(ours, *inputs)
            return ours(*inputs) if ours is not None and holds_floats(inputs) else constant(ufunc, *inputs)
        call = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        options = ", ".join(f"{name}=…" for name in named)
        if want_gradient(inputs, named):
            raise no_rule(f"{call}({options})", _plain_call(named))
        targets = inputs[:1] if method == "at" else named.get("out", ())
        if any(isinstance(target, Tensor) for target in targets):
            what = phrase("{what} on a Tensor", what=f"{call}({options})")
            raise GradientError("E04", what=what, remedy=phrase("Write `{instead}` instead.", instead="y = …"))
        result = call_bare(call, getattr(ufunc, method), inputs, named)
        return result if "out" in named else as_tensors(result)  # `array -= t` gets its own array back

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, named: Any) -> Any:
        """NEP 18: NumPy's other functions, and our own primitives, which dispatch in the same way."""
        if isinstance(function, Primitive):
            return apply(function, *args)
        ours = FUNCTIONS.get(function)
        if ours is not None and holds_floats(args, named):
            try:
                ours_args, ours_named = in_our_spelling(function, ours, args, named)
                return ours(*ours_args, **ours_named)
            except GradientError:
                if want_gradient(args, named):
                    raise
        return constant(function, *args, **named)


def _told(what: str) -> None:
    """Tell whoever watches that something is about to be done behind his back."""
    watch = current()[1]
    if watch is not None:
        watch.changes(what)


def _plain_call(named: dict[str, Any]) -> Text:
    """What to write instead of a universal function with options: `np.exp(t, out=…)`, `np.add.reduce(t)`."""
    without = phrase(", without {names}", names=", ".join(f"{name}=" for name in named)) if named else ""
    if "out" not in named:
        return phrase("Use the plain operator or function{without}.", without=without)
    return phrase(
        "Use the plain operator or function{without}. To update a parameter, do it inside `with tg.no_grad():`.",
        without=without,
    )
