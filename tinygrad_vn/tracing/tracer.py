"""The tracer: runs a function once, as always, and writes down every call of NumPy's that this takes.

Forward pass, backward pass and whatever else computes with arrays are all seen in the same way, through the arrays of
`traced.py`. What is done to the world is written down in its place, to be done again: random numbers drawn, an
optimizer's step, running statistics, gradients handed to leaves.

Where the function asks for values, a repetition could go another way, and the tracer gives up: the call goes on like
any other, and the recording is thrown away. Our own operations may ask; they are then written down as one call.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.graph import Leaf, Node
from tinygrad_vn.modes import Mode, watched_by
from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import Recorded, apply, call_bare, tensors_in
from tinygrad_vn.rules import Primitive
from tinygrad_vn.tracing.notes import is_known, parts_of, plain_tensors, with_arrays
from tinygrad_vn.tracing.program import AsTensor, Recording, Settings, Value, are_same, mapped, slot
from tinygrad_vn.tracing.traced import Number, Traced, TracedRows, plain, traced
from tinygrad_vn.tracing.world import World

SHAPES_FROM_VALUES = {
    np.nonzero, np.flatnonzero, np.argwhere, np.unique, np.extract, np.compress, np.trim_zeros, np.setdiff1d,
    np.union1d, np.intersect1d, np.delete,
}  # fmt: skip
MADE_FROM_SHAPES = {np.zeros_like, np.ones_like, np.empty_like, np.shape, np.ndim, np.size, np.result_type}
ASKING = {np.can_cast, np.common_type, np.min_scalar_type, np.iscomplexobj, np.isrealobj, np.may_share_memory}


class Tracer(World):
    """Writes down one call: its arguments, operations and results."""

    def run(self, function: Callable[..., Any], args: list[Any], named: dict[str, Any]) -> Any:
        """Call the function under this watch."""
        mode = object.__new__(Mode)
        mode.watch = self
        with mode:
            return function(*args, **named)

    def recording(self, returned: Any) -> Recording:
        """What was written down, once the function has returned."""
        self._check_generators()
        self._check_groups()
        inner = [step for step in self.steps if step.kind == "require" and step.args[0][1] not in self._leaves]
        self.steps = (
            [step for step in self.steps if step not in inner] if inner else self.steps
        )  # leaves that the function has made itself
        told = mapped(returned, self._returned)
        return Recording(self.steps, told, self.leaves_first, self._settings())

    def _settings(self) -> Settings:
        """The attributes of modules, the leaves that required a gradient, and what kind of array Tensors held."""
        settings = Settings()
        for module, before in self._modules.values():
            if not are_same(before, vars(module)):
                self.give_up(phrase("a module changes its attributes in forward()"))
            settings.attributes.append((module, before))
        for leaf, (kind, _) in self._leaves.items():
            if kind == "leaf":
                settings.required.append((leaf, self._required.get(leaf, leaf.requires_grad)))
        settings.kinds = [(value.source, slot(value.content)) for value in self._seen_tensors]
        return settings

    def aliases(self) -> tuple[list[int], set[Any]]:
        """The arguments that the function also knows by another name, and the leaves that it knows."""
        outside = {id(value.source) for value in self._seen_tensors}
        found = [number for _, given, number in self._given.values() if id(given) in outside]
        return found, {value.source._node for value in self._seen_tensors}

    def finish(self, returned: Any) -> Any:
        """What the function returned, or None; Tensors hold bare arrays again, wherever they are."""
        for twin, given, _ in self._given.values():
            data = plain(twin._data)
            if data is not given._data and not shows_the_same(data, given._data):
                given._data = data
        for leaf in self._leaves:
            if leaf.grad is not None and not leaf.grad.is_sparse:
                leaf.grad._data = plain(leaf.grad._data)
            elif leaf.grad is not None:
                leaf.grad.rows = plain(leaf.grad.rows)
        for tensor in (made() for made in self._results):
            if tensor is not None:
                tensor._data = plain(tensor._data)
        return mapped(returned, self._bare)

    def _bare(self, item: Any) -> Any:
        if id(item) in self._given:
            return self._given[id(item)][1]
        if isinstance(item, Recorded) and not item.is_sparse:
            item._data = plain(item._data)
            if type(item._node) is Leaf and item._node.grad is not None and not item._node.grad.is_sparse:
                item._node.grad._data = plain(item._node.grad._data)
        if isinstance(item, Traced) and not item.ndim:
            return plain(item)[()]  # a function of NumPy's gives a number, not an array without axes
        return plain(item)

    def argument(self, number: int, given: Any) -> Any:
        """An argument as the function is to see it."""
        if isinstance(given, Recorded):
            node = given._node
            if type(node) is Node:
                self.give_up(phrase("an argument is the result of a computation outside, with its own graph"))
                return given
            value = Value("argument", given._data, number)
            self._leaves[given._leaf()] = ("argument", number)
            twin = self._twin(given, self._placed(value))
            self._given[id(twin)] = twin, given, number
            return twin
        if isinstance(given, np.ndarray):
            return self._placed(Value("argument", given, number))
        if type(given) is float:
            known = Number(given)
            known.value = Value("argument", given, number)
            return known
        return given

    def _seen(self, arg: Any) -> Any:
        """An operand as one that tells."""
        if isinstance(arg, Recorded):
            if isinstance(arg._data, Traced):
                if id(arg) not in self._given:
                    self._inner.add(arg._node)
                return arg
            if type(arg._node) is Node:
                self.give_up(phrase("a result of a computation outside is used, with its own graph"))
                return arg
            return self._twin(arg, self.values(arg)) if not getattr(arg, "is_sparse", False) else arg
        if isinstance(arg, np.ndarray) and not isinstance(arg, Traced):
            return traced(arg, self._ref(arg))
        return arg

    def operation(self, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        """Apply a primitive."""
        if not self.writes_down:
            return apply(primitive, *args, forward=primitive.forward)
        seen = [self._seen(arg) for arg in args]
        for arg, one in zip(args, seen, strict=True):  # a leaf that had no node has got one by now
            if isinstance(arg, Recorded) and arg._node is None and one is not arg:
                one._node = arg._leaf()
        result = apply(primitive, *seen, forward=functools.partial(self._forward, primitive))
        self._results += [weakref.ref(tensor) for tensor in tensors_in(result)]
        return result

    def _forward(self, primitive: Primitive, *values: Any) -> Any:
        was, self._is_forward = self._is_forward, not self._inside or self._is_forward
        try:
            return self._as_steps(primitive.forward, values, primitive.name)
        finally:
            self._is_forward = was

    def rule(self, primitive: Any, i: int, args: tuple[Any, ...]) -> Any:
        """The gradient of one argument."""
        if not self.writes_down:
            return primitive.rules[i](*args)
        return self._as_steps(primitive.rules[i], args, f"∂ {primitive.name}")

    def _as_steps(self, function: Callable[..., Any], args: tuple[Any, ...], note: str) -> Any:
        """Call a function of ours: its single steps are written down, or it as a whole where it asks for values."""
        mark, before, noted = len(self.steps), self._trouble, self._note
        self._trouble, self._note = None, noted or note
        self._inside += 1
        try:
            result = function(*args)
        finally:
            self._inside -= 1
        trouble: Any = self._trouble
        if trouble and any(isinstance(part, Recorded) for part in parts_of((result, args))):
            self.refusal = self.refusal or trouble  # a pass that is recorded itself cannot be one step
        elif trouble or not all(is_known(part) for part in parts_of(result)):
            for step in self.steps[mark:]:
                for value in step.results():
                    self._forget_place(value)
            del self.steps[mark:]
            result = self._step("call", function, args, {}, plain(result))
        self._trouble, self._note = before, noted
        return result

    def constant(self, call: str, function: Callable[..., Any], args: Any, named: Any) -> Any:
        """Call a function that has no gradient."""
        if not self.writes_down:
            with watched_by(None):
                return call_bare(call, function, plain_tensors(args), plain_tensors(named))
        args, named = (with_arrays(item, self.values) for item in (args, named))
        return function(*args, **named)

    def seed(self, gradient: Any) -> Any:
        """The 1 that a backward pass starts from."""
        return traced(gradient, Value("constant", gradient)) if self.writes_down else gradient

    def array(self, data: Any, dtype: Any) -> Any:
        """A new array with these values."""
        if not self.writes_down:
            return np.array(plain(data), dtype)
        if isinstance(data, np.ndarray):
            told = data if isinstance(data, Traced) else traced(data, self._ref(data))
            return told.copy() if dtype is None or dtype == data.dtype else told.astype(dtype)
        made = np.array(plain(data), dtype)
        if isinstance(data, Number):
            return np.multiply(np.ones_like(made), data)
        return traced(made, Value("constant", made))

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, named: dict[str, Any]) -> Any:
        """A universal function of NumPy's, or a method of one."""
        outs = named.get("out", ())
        if method == "at" or named.get("where", True) is not True or any(out is not None for out in outs):
            self.give_up(phrase("{what} writes into an array", what=f"np.{ufunc.__name__}"))
            return getattr(ufunc, method)(*plain(inputs), **plain(named))
        named = {name: value for name, value in named.items() if name not in ("out", "where")}
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        return self._step("call", function, inputs, named, function(*plain(inputs), **plain(named)))

    def function(self, function: Callable[..., Any], args: Any, named: Any) -> Any:
        """Another function of NumPy's."""
        result = function(*plain(args), **plain(named))
        if function in MADE_FROM_SHAPES or function in ASKING:
            if not isinstance(result, np.ndarray):
                return result
            return traced(result, Value("constant", result))
        if function in SHAPES_FROM_VALUES or (function is np.where and len(args) == 1):
            self.give_up(phrase("the shape of the result of {what} depends on values", what=function.__name__), True)
            return result
        if named.get("out") is not None or function in (np.copyto, np.put, np.place, np.putmask, np.fill_diagonal):
            self.give_up(phrase("{what} writes into an array", what=f"np.{function.__name__}"))
            return result
        return self._step("call", function, args, named, result)

    def method(self, name: str, args: Any, named: Any) -> Any:
        """A method of an array."""
        if named.get("out") is not None:
            self.give_up(phrase("{what} writes into an array", what=f".{name}(out=…)"))
        result = getattr(plain(args[0]), name)(*plain(args[1:]), **plain(named))
        return self._step("method", name, args, named, result)

    def index(self, array: Traced, index: Any) -> Any:
        """Elements of an array."""
        parts = index if isinstance(index, tuple) else (index,)
        result = plain(array)[plain(index)]
        if any(isinstance(part, np.ndarray) and part.dtype == bool for part in parts):
            self.give_up(phrase("the shape of the result of {what} depends on values", what="x[mask]"), True)
            return result
        return self._step("index", None, (array, index), {}, result)

    def arithmetic(self, compute: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Python's arithmetic with numbers."""
        return self._step("call", compute, args, {}, compute(*plain(args)))

    def whole(self, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """A function that looks at values, as a single step."""
        if not self.writes_down or any(isinstance(part, Recorded) for part in parts_of((args, named))):
            return function(*args, **named)  # of Tensors, in a pass that is recorded itself, every operation is seen
        with self._pause():
            result = function(*plain(args), **plain(named))
        if not any(isinstance(part, Traced | Number | TracedRows) for part in parts_of((args, named))):
            return result
        return self._step("check" if result is None else "call", function, args, named, result)

    def _returned(self, item: Any) -> Any:
        """What stands for something that the function returns."""
        if id(item) in self._given:
            return Value("given", None, self._given[id(item)][2])
        if isinstance(item, Recorded):
            if item.is_sparse:
                self.give_up(phrase("a sparse gradient is computed with"))
                return item
            if not isinstance(item._data, Traced):
                return item
            node = item._node
            if type(node) is Node and not node.spent:
                self.give_up(
                    phrase(
                        "it returns a result that still waits for backward(); call backward() inside, or return "
                        "result.detach()"
                    )
                )
            if id(item) not in self._returns:  # one that is returned twice is the same object twice
                self._returns[id(item)] = AsTensor(self._ref(item._data), len(self._returns))
            return self._returns[id(item)]
        return self._ref(item) if isinstance(item, Traced | Number) else item


def shows_the_same(one: Any, other: Any) -> bool:
    """Are both arrays views of the same memory, read in the same way?"""
    return bool(one.__array_interface__ == other.__array_interface__)
