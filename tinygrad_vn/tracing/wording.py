"""The names in the text of a recorded program: what stands for buffers, functions, constants and values.

A parameter's array may be replaced between two calls, and an optimizer writes into it only if nobody else holds it. So
it is read anew at every call, when it is first needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.recording import Recorded
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tracing.handing import as_tensor
from tinygrad_vn.tracing.memory import is_method_of_ufunc
from tinygrad_vn.tracing.numbers import is_number
from tinygrad_vn.tracing.program import AsTensor, Rows, Value


class Words:
    """The lines of the text so far, and all names in it.

    Attributes:
        names: the objects that the text refers to.
        word: what every value is called at present.
        borrowed: values that effects may change, as long as they have a name.
        own: values that are Python's own numbers.
    """

    def __init__(self, arguments: list[Any], own: set[Value]) -> None:
        self.arguments, self.own = arguments, own
        self.lines = [f"def replay({', '.join(f'a{i}' for i in range(len(arguments)))}):"]
        self.names: dict[str, Any] = {"np": np, "__name__": __name__}  # warnings look for the user's line further out
        self.locals = 0
        self.word: dict[Value, str] = {}
        self.known: dict[int, str] = {}  # names of constant objects, by id
        self.borrowed: list[Value] = []

    def _line(self, text: str) -> None:
        self.lines.append("    " + text)

    def constant(self, item: Any, letter: str = "c") -> str:
        """The name of an object that the function refers to."""
        if id(item) not in self.known:
            self.known[id(item)] = name = f"{letter}{len(self.known)}"
            self.names[name] = item
        return self.known[id(item)]

    def function(self, function: Any) -> str:
        """The name of a function: NumPy's own, or ours."""
        short = getattr(function, "__name__", "f")
        if is_method_of_ufunc(function):
            short = f"{function.__self__.__name__}_{short}"
            function = getattr(function.__self__, function.__name__)
            if short in self.names:
                return short
        name = short if short.isidentifier() and short not in self.names else ""
        if not name:
            if short.isidentifier() and self.names.get(short) is function:
                return short
            return self.constant(function, "f")
        self.names[name] = function
        return name

    def expression(self, item: Any) -> str:
        """What is written for an argument."""
        if isinstance(item, Value):
            return self._value(item)
        if isinstance(item, tuple):
            inside = ", ".join(self.expression(part) for part in item)
            return f"({inside},)" if len(item) == 1 else f"({inside})"
        if isinstance(item, list):
            return f"[{', '.join(self.expression(part) for part in item)}]"
        if isinstance(item, slice):
            return f"slice({', '.join(self.expression(part) for part in (item.start, item.stop, item.step))})"
        if isinstance(item, Rows):
            return (
                f"{self.constant(RowGradient)}({self._value(item.indices)}, {self._value(item.values)}, "
                f"{item.shape!r}, {item.is_coalesced})"
            )
        if isinstance(item, AsTensor):
            return f"{self.constant(as_tensor)}({self._value(item.value)})"
        if item is None or item is Ellipsis or type(item) in (bool, int, str):
            return repr(item)
        if type(item) is float and item == item and abs(item) != float("inf"):
            return repr(item)
        return self.constant(item)

    def _value(self, value: Value) -> str:
        """The name of a value, read first where it comes from outside."""
        if value in self.word:
            return self.word[value]
        number = ".item()" if value in self.own else "[()]" if is_number(value) else ""
        if value.kind == "argument" and not isinstance(self.arguments[value.source], Recorded):
            name = f"a{value.source}"
        elif value.kind == "constant":
            content = value.content[()] if number else value.content
            name = self.expression(content.item()) if value in self.own else self.constant(content)
        elif value.kind == "array":
            name = self.constant(value.content)
        else:
            name = self._local("x")
            if value.kind == "argument":
                self._line(f"{name} = a{value.source}._data{number}")
            else:
                of = self.constant(value.source) if value.kind == "tensor" else f"{self._leaf(value.source)}.grad"
                self._line(f"{name} = {of}._data{number}")
                self.borrowed.append(value)
        self.word[value] = name
        return name

    def _local(self, letter: str) -> str:
        self.locals += 1
        return f"{letter}{self.locals}"

    def _leaf(self, name: Any) -> str:
        kind, one = name
        return f"a{one}._node" if kind == "argument" else self.constant(one)
