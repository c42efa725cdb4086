"""The steps of a recording as lines of NumPy code, for readers.

One line per step; what only turns an array or changes its shape is written where it is used. What this code cannot say
with NumPy alone it takes from where our own rules stand; arrays that are too long to be written out it asks for.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import numpy as np

from tinygrad_vn.recording import Recorded
from tinygrad_vn.rules import PRIMITIVES, indexing, losses
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tracing import spelling
from tinygrad_vn.tracing.memory import LET_THROUGH, STRETCHED
from tinygrad_vn.tracing.names import Names, identifier
from tinygrad_vn.tracing.program import AsTensor, Recording, Rows, Step, Value, values_in
from tinygrad_vn.tracing.world import assigned

WRITING: dict[Any, str] = {np.add: "+=", np.subtract: "-=", np.multiply: "*=", np.divide: "/="}


class Writer:
    """Writes the steps down; of each line also what part of the program it belongs to, and NumPy's errstate there."""

    def __init__(self, recording: Recording, names: Names) -> None:
        self.recording, self.names = recording, names
        self.imports: set[str] = set()
        self.lines: list[tuple[str, dict[str, str] | None, str]] = []
        self.word: dict[Value, str] = {}  # what is written for a value, where this is not its name
        self.handed: dict[Any, Any] = {}  # gradients, by what they belong to
        self.later: list[str] = []  # what is written into Tensors at the end, since their old content is still needed
        self.renamed: dict[int, str] = {}  # what stands for such Tensors meanwhile, by id
        self.part = "forward"
        self.number = 0  # of the step that is being written
        self.uses: Counter[Value] = Counter()
        self.first: dict[Value, int] = {}  # the steps that read a value first and last
        self.last: dict[Value, int] = {}
        for number, step in enumerate([*recording.steps, Step("returned", None, (recording.returned,))]):
            for value in step.inputs():
                self.uses[value] += 1
                self.first.setdefault(value.root(), number)
                self.last[value.root()] = number
        serving = steps_of_updates(recording)
        for self.number, step in enumerate(recording.steps):
            self._enter(step, self.number in serving)
            getattr(self, f"_{step.kind}", self._compute)(step)
        for line in self.later:
            self._line(line)
        leaves = {names.leaf(key): value for key, value in self.handed.items()}
        order = list(names.inputs)
        self.gradients = {name: self.expression(leaves[name]) for name in sorted(leaves, key=order.index)}
        self.returned = self._result(recording.returned)

    def _enter(self, step: Step, serves_update: bool) -> None:
        """Notice where another part of the program begins."""
        if step.kind == "effect" or (serves_update and self.part != "forward"):
            self.part = "update"
        elif step.note.startswith("∂"):
            self.part = "backward"
        elif step.note and not serves_update and step.kind != "check":
            self.part = "forward"

    def _line(self, text: str, step: Step | None = None, note: str = "") -> None:
        comment = f"  # {note}" if note else ""
        errors = step.errors if step is not None else None
        self.lines.append(("" if step is not None and step.kind == "clear" else self.part, errors, text + comment))

    # --- what is written for things -------------------------------------------------------------------------------

    def expression(self, item: Any, beside: np.dtype[Any] | None = None) -> str:
        """What is written for an argument."""
        if isinstance(item, AsTensor):
            item = item.value
        if isinstance(item, Value):
            return self._value(item, beside)
        if isinstance(item, Rows):
            return self._rows(item)
        if isinstance(item, tuple | list):
            inside = ", ".join(self.expression(part) for part in item)
            return f"[{inside}]" if isinstance(item, list) else f"({inside}{',' * (len(item) == 1)})"
        if isinstance(item, slice):
            return f"slice({', '.join(self.expression(part) for part in (item.start, item.stop, item.step))})"
        if isinstance(item, np.dtype | type) and np.dtype(item).isbuiltin:
            return f"np.{np.dtype(item)}"
        if isinstance(item, np.generic):
            return spelling.literal(np.asarray(item), beside) or self._given(item, "constant")
        if item is None or item is Ellipsis or isinstance(item, bool | int | str | float):
            return spelling.scalar(item)
        return self._given(item, "constant")

    def _value(self, value: Value, beside: np.dtype[Any] | None) -> str:
        if value in self.word or value in self.names.word:
            return self.word.get(value) or self.names.word[value]
        if not isinstance(value.content, np.ndarray):
            return spelling.scalar(value.content)
        if value.kind == "array" and not value.content.ndim:
            return f"np.array({spelling.scalar(value.content.item())}, dtype=np.{value.content.dtype})"
        around = self.names.around.get(id(value.source), (None, None))[0] if value.kind == "array" else None
        text = "" if around else spelling.literal(value.content, beside)
        return text or self._given(value.content, around or value.kind)

    def _given(self, item: Any, name: str) -> str:
        """The name of what cannot be written out, and has to be passed."""
        return self.names.given(("object", id(item)), name, lambda: item)

    def _rows(self, rows: Rows) -> str:
        self.imports.add(f"from {RowGradient.__module__} import RowGradient")
        parts = (self.expression(rows.indices), self.expression(rows.values), rows.shape, rows.is_coalesced)
        return f"RowGradient({', '.join(map(str, parts))})"

    def _result(self, item: Any) -> str:
        """What is returned."""
        if isinstance(item, dict):
            return "{" + ", ".join(f"{key!r}: {self._result(part)}" for key, part in item.items()) + "}"
        if isinstance(item, tuple | list):
            inside = ", ".join(self._result(part) for part in item)
            return f"[{inside}]" if isinstance(item, list) else f"({inside}{',' * (len(item) == 1)})"
        return self.names.tensor(item) if isinstance(item, Recorded) else self.expression(item)

    def _arguments(self, args: Any, named: dict[str, Any]) -> str:
        given = [self.expression(arg) for arg in args] + [f"{key}={self.expression(arg)}" for key, arg in named.items()]
        return ", ".join(given)

    # --- steps ----------------------------------------------------------------------------------------------------

    def _compute(self, step: Step) -> None:
        """A call of NumPy's, or of ours."""
        if step.kind == "call" and self._put(step):
            return None
        if step.kind == "call" and step.function is assigned:
            return self._assigned(step)
        result = step.result
        if step.kind == "call" and result_is_given(step):  # it only looked
            self.word[result] = self.expression(result.views)
            return None
        text = self._postfix(step) if step.kind in ("method", "index") else self._called(step)
        if isinstance(result, Value) and self._is_inside(step):
            self.word[result] = text
            return None
        targets = ", ".join(map(self.names.word.__getitem__, values_in(result)))
        comma = "," if isinstance(result, tuple) and len(result) == 1 else ""
        return self._line(f"{targets}{comma} = {text}", step, step.note)

    def _is_inside(self, step: Step) -> bool:
        """Whether a view is written where it is used, rather than on a line of its own."""
        if step.result.views is None or step.kind != "method" or step.args[0].kind == "constant":
            return False
        return step.function in ("transpose", "swapaxes") or (
            step.function == "reshape" and self.uses.get(step.result) == 1
        )

    def _postfix(self, step: Step) -> str:
        """A method of an array, or some of its elements."""
        array = self.expression(step.args[0])
        if step.kind == "index":
            return f"{array}[{spelling.index(step.args[1], self.expression)}]"
        args, named = step.args[1:], dict(step.named)
        if step.function == "transpose" and args in ((), (None,)):
            return f"{array}.T"
        if step.function in ("sum", "mean", "max", "min", "prod") and args:
            named, args = {"axis": args[0], **named}, args[1:]
        return f"{array}.{step.function}({self._arguments(args, spelling.tidy(named))})"

    def _called(self, step: Step) -> str:
        function, args = step.function, step.args
        if function in spelling.OPERATORS and len(args) == 2 and not step.named:
            left, right = (
                self.expression(arg, spelling.dtype_of(other)) for arg, other in zip(args, args[::-1], strict=True)
            )
            right = f"({right})" if right.startswith("-") else right
            left = f"({left})" if left.startswith("-") and spelling.OPERATORS[function] == "**" else left
            return f"{left} {spelling.OPERATORS[function]} {right}"
        if function in spelling.SIGNS and not step.named:
            return f"{spelling.SIGNS[function]}{self.expression(args[0])}"
        if function is LET_THROUGH:
            return f"np.where({self.expression(args[1])}, {self.expression(args[0])}, 0.0)"
        if function is STRETCHED:
            copied = ".copy()" if step.result.content.flags.c_contiguous else ""
            return f"np.broadcast_to({self._arguments(args, step.named)}){copied}"
        if function == np.add.reduce and len(args) == 1 and "axis" in step.named:
            return f"{self.expression(args[0])}.sum({self._arguments((), spelling.tidy(step.named))})"
        if isinstance(function, np.ufunc) and len(args) == 2:
            both = (self.expression(arg, spelling.dtype_of(other)) for arg, other in zip(args, args[::-1], strict=True))
            return (
                f"{spelling.function_name(function) or self._ours(step)}({', '.join([*both])}{self._more(step.named)})"
            )
        name = spelling.function_name(function) or self._ours(step)
        return f"{name}({self._arguments(args, step.named)})"

    def _more(self, named: dict[str, Any]) -> str:
        return f", {self._arguments((), named)}" if named else ""

    def _ours(self, step: Step) -> str:
        """The name of a function that is not NumPy's, once it has been imported."""
        function = step.function
        module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
        room, _, inner = name.partition(".")
        found = getattr(sys.modules.get(str(module)), room, None)
        found = getattr(found, inner, None) if inner else found
        if function in (found, getattr(found, "__wrapped__", found)) and str(module).startswith("tinygrad_vn"):
            self.imports.add(f"from {module} import {room}")
            return name
        primitive = PRIMITIVES.get(step.note.removeprefix("∂ "))
        for i, rule in enumerate(primitive.rules if primitive is not None else ()):
            if rule is function and primitive is not None:
                self.imports.add("from tinygrad_vn.rules import PRIMITIVES")
                return f'PRIMITIVES["{primitive.name}"].rules[{i}]'
        if primitive is not None and primitive.forward is function:
            self.imports.add("from tinygrad_vn.rules import PRIMITIVES")
            return f'PRIMITIVES["{primitive.name}"].forward'
        return self._given(function, identifier(name or "function"))

    def _put(self, step: Step) -> bool:
        """A gradient of elements that were picked: zeros, and what has come back to these elements."""
        picked = picked_by(step)
        if picked is None:
            return False
        g, place, is_flat = picked
        content, name = step.result.content, self.names.word[step.result]
        told = "" if content.dtype == float else f", dtype=np.{content.dtype}"
        self._line(f"{name} = np.zeros({content.shape}{told})", step, step.note)
        if step.function is losses.negative_sum.rules[0]:
            factors = step.args[4]
            is_known = g.kind == "constant" and isinstance(factors, float)
            put = (
                repr(float(-g.content * factors)) if is_known else f"-{self.expression(g)} * {self.expression(factors)}"
            )
        else:
            put = self.expression(g)
        if is_flat or all(map(names_each_once, place if isinstance(place, tuple) else (place,))):
            where = f"{name}.reshape(-1)" if is_flat else name
            self._line(f"{where}[{spelling.index(place, self.expression)}] = {put}", step)
        else:
            self._line(f"np.add.at({name}, {self.expression(place)}, {put})", step)
        return True

    def _assigned(self, step: Step) -> None:
        array, place, value = step.args
        name = self.names.word[step.result]
        self._line(f"{name} = {self.expression(array)}.copy()", step, step.note)
        self._line(f"{name}[{spelling.index(place, self.expression)}] = {self.expression(value)}", step)

    def _draw(self, step: Step) -> None:
        rng, *args = step.args
        call = f"{self.names.generator(rng)}.{step.function}({self._arguments(args, step.named)})"
        self._line(f"{self.names.word[step.result]} = {call}", step)

    # --- what is done to the world ----------------------------------------------------------------------------------

    def _effect(self, step: Step) -> None:
        self._line(f"# {self.names.effect(step)}", step)

    _check = _effect

    def _clear(self, step: Step) -> None:
        self.handed.pop(step.args[0], None)
        if not self.lines or self.lines[-1][2] != "# .grad = None":
            self._line("# .grad = None", step)

    def _grad(self, step: Step) -> None:
        leaf, value = step.args
        self.handed[leaf] = value

    def _update(self, step: Step) -> None:
        tensor, value = step.args
        name, sign = self._target(tensor), WRITING.get(step.function, "")
        told = self.expression(value, tensor._data.dtype)
        if sign and name == self.names.tensor(tensor):
            return self._line(f"{name} {sign} {told}", step)
        call = f"{spelling.function_name(step.function)}({self.names.tensor(tensor)}, {told}, out={name})"
        return self._line(call, step)

    def _assign(self, step: Step) -> None:
        tensor, place, value = step.args
        self._line(f"{self._target(tensor)}[{spelling.index(place, self.expression)}] = {self.expression(value)}", step)

    def _target(self, tensor: Any) -> str:
        """The name of the array that is written into: another one, as long as the old content is still needed."""
        name = self.names.tensor(tensor)
        if id(tensor) in self.renamed:
            return self.renamed[id(tensor)]
        values = [value for value in self.first if value.kind == "tensor" and value.source is tensor]
        if not any(self.first[value] <= self.number < self.last[value] for value in values):
            return name
        self.renamed[id(tensor)] = new = f"new_{name}"
        self.word |= {value: new for value in values if self.first[value] > self.number}
        self._line(f"{new} = {name}.copy()")
        self.later.append(f"{name}[...] = {new}")
        return new


def picked_by(step: Step) -> tuple[Any, Any, bool] | None:
    """Of a step that puts a gradient back to where elements were picked: it, the place, and whether this is flat."""
    function, args = step.function, step.args
    if function is losses.place.forward:
        return args[0], args[1], True
    if function in (losses.negative_sum.rules[0], losses.pick.rules[0]):
        return args[0], args[3], True
    if function is indexing.scatter_add.forward:
        return args[0], args[1], False
    is_whole = function is indexing.embedding.rules[0] and args[4] is None and not args[5]
    return (args[0], args[3], False) if is_whole or function is indexing.getitem.rules[0] else None


def result_is_given(step: Step) -> bool:
    """Does a function of ours return an array that it was given, as a check does?"""
    result = step.result
    given = result.views if isinstance(result, Value) else None
    if given is None or given not in step.args or spelling.function_name(step.function):
        return False
    one, other = result.content, given.content
    return bool((one.shape, one.strides, one.dtype) == (other.shape, other.strides, other.dtype))


def names_each_once(part: Any) -> bool:
    """Does a part of an index name no element twice?"""
    if isinstance(part, Value):
        return isinstance(part.content, np.ndarray) and indexing.names_each_once(part.content)
    return indexing.names_each_once(part)


def steps_of_updates(recording: Recording) -> set[int]:
    """The numbers of the steps that only serve to change a Tensor in place."""
    needed = set(values_in(recording.returned))
    found = set()
    for number, step in reversed([*enumerate(recording.steps)]):
        if step.kind in ("update", "assign") or not (step.stays or needed.intersection(step.results())):
            found.add(number)
        else:
            needed.update(step.inputs())
    return found
