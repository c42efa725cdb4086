"""When a recording holds: what must be as it was when the function was recorded.

The arguments have to be of the same kinds: shapes, dtypes, memory layouts, and equal numbers where numbers do not vary.
Modules must be in the same mode and leaves be asked for gradients as before; both are looked at only after a change
has been counted somewhere. What else the function refers to is kept in `surroundings.py`.
"""

from __future__ import annotations

import dis
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.program import is_same

Signature = tuple[Any, ...]


class Same:
    """Stands for an object of which it only matters that it is this one."""

    def __init__(self, item: Any) -> None:
        self.item = item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and is_same(self.item, other.item)

    def __hash__(self) -> int:
        return hash(type(self.item))


def kind_of(arg: Any, varies: bool) -> Any:
    """What must stay the same about an argument."""
    if isinstance(arg, Recorded):
        data, node = arg._data, arg._node
        return data.shape, data.dtype, data.strides, node is not None and node.requires_grad
    if isinstance(arg, np.ndarray):
        return arg.shape, arg.dtype, arg.strides
    if varies and type(arg) is float:
        return float
    return Same(arg)


def question(leaves: list[Any], kinds: tuple[Any, ...], varying: set[int]) -> Callable[..., bool]:
    """A function of arguments: are they of these kinds? Asked at every call, so it is written out for these."""
    names: dict[str, Any] = {"Recorded": Recorded, "ndarray": np.ndarray, "kind_of": kind_of}
    asked = []
    for i, (leaf, kind) in enumerate(zip(leaves, kinds, strict=True)):
        names[f"k{i}"] = kind
        is_tensor = isinstance(leaf, Recorded)
        if not is_tensor and not isinstance(leaf, np.ndarray):
            asked.append(f"kind_of(a{i}, {i in varying}) == k{i}")
            continue
        names |= {f"s{i}": kind[0], f"t{i}": kind[1], f"r{i}": kind[2]}
        array = f"a{i}._data" if is_tensor else f"a{i}"
        asked.append(f"isinstance(a{i}, {'Recorded' if is_tensor else 'ndarray'}) and (d := {array}).shape == s{i}")
        asked.append(f"d.dtype == t{i} and d.strides == r{i}")
        if is_tensor:
            asked.append(f"((n := a{i}._node) is not None and n.requires_grad) == {kind[3]}")
    arguments = ", ".join(f"a{i}" for i in range(len(leaves)))
    return eval(f"lambda {arguments}: {' and '.join(asked) or True}", names)


def flattened(args: tuple[Any, ...], named: dict[str, Any]) -> tuple[list[Any], Any]:
    """The Tensors, arrays and numbers among the arguments, and the nest that they are in, with their numbers."""
    leaves: list[Any] = []

    def inside(item: Any) -> Any:
        if isinstance(item, tuple | list):
            parts = [inside(part) for part in item]
            return type(item)(*parts) if hasattr(item, "_fields") else type(item)(parts)
        if type(item) is dict:
            return {key: inside(part) for key, part in item.items()}
        leaves.append(item)
        return Place(len(leaves) - 1)

    return leaves, (tuple(inside(arg) for arg in args), {name: inside(arg) for name, arg in named.items()})


class Place(int):
    """Stands for an argument, by its number."""


def filled(nest: Any, leaves: list[Any]) -> Any:
    """The nest with arguments in their places."""
    if type(nest) is Place:
        return leaves[nest]
    if isinstance(nest, tuple | list):
        parts = [filled(part, leaves) for part in nest]
        return type(nest)(*parts) if hasattr(nest, "_fields") else type(nest)(parts)
    return {key: filled(part, leaves) for key, part in nest.items()} if type(nest) is dict else nest


def content_of(cell: types.CellType) -> Any:
    """What is in a cell; the cell itself as long as nothing is."""
    try:
        return cell.cell_contents
    except ValueError:
        return cell


def functions_in(function: Any) -> Iterator[types.FunctionType]:
    """The Python function behind a callable, and our wrappers taken off."""
    function = getattr(function, "__func__", function)
    if not isinstance(function, types.FunctionType):
        kind = type(function)
        function = kind.forward if hasattr(kind, "forward") else vars(kind).get("__call__")
    if isinstance(function, types.FunctionType):
        yield function
        if hasattr(function, "__wrapped__"):
            yield from functions_in(function.__wrapped__)


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """A function's code, and that of the functions defined inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes_in(constant)


def side_effect(function: Callable[..., Any]) -> str:
    """The first thing that a function does and a repetition would not: assign to outer names, or print; or ""."""
    for inner in functions_in(function):
        name = assigned_outside(inner.__code__)
        if name:
            return name
        for code in codes_in(inner.__code__):
            for step in dis.get_instructions(code):
                name = str(step.argval)
                if step.opname == "LOAD_GLOBAL" and name in ("print", "input") and name not in inner.__globals__:
                    return f"{name}()"
    return ""


def assigned_outside(function: types.CodeType) -> str:
    """The first global or outer variable that a function's code assigns to, or ""."""
    outer = set(function.co_freevars)
    for code in codes_in(function):
        for step in dis.get_instructions(code):
            name = str(step.argval)
            if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") or (step.opname == "STORE_DEREF" and name in outer):
                return name
    return ""
