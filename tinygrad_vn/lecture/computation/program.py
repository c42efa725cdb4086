"""The graph of a recorded program: every call of NumPy's that `tg.jit` repeats is a circle.

Forward and backward pass are both there, as two parts, since both were recorded; the gradients of parameters are
results like the loss. What is done to the world, an optimizer's step for example, is a box behind the gradients that it
uses. Steps of one operation, such as the four of a sigmoid, are one circle, unless every single call is asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tinygrad_vn.lecture.computation.graph import Argument, Graph, Operation, Variable
from tinygrad_vn.lecture.computation.recorded import is_stand_in, setting_text
from tinygrad_vn.lecture.theme import Role
from tinygrad_vn.phrases import said
from tinygrad_vn.rules import FUNCTIONS, PRIMITIVES, Primitive
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tracing import Jitted, Listing
from tinygrad_vn.tracing.lines import steps_of_updates
from tinygrad_vn.tracing.memory import STRETCHED
from tinygrad_vn.tracing.program import Step, Value, values_in
from tinygrad_vn.tracing.spelling import tidy

WORLD = ("effect", "update", "assign")  # what is done to the world
METHODS = {"dot": "matmul", "take": "getitem"}  # that are called otherwise here
REDUCTIONS = {"add.reduce": "sum", "multiply.reduce": "prod", "maximum.reduce": "max", "minimum.reduce": "min"}
UPDATES = {np.add: "+", np.subtract: "−", np.multiply: "×", np.divide: "/"}


def graph_of_program(function: Jitted, plain: bool = True) -> Graph:
    """The graph of what a function made by `jit` repeats.

    Args:
        function: what `jit` has made.
        plain: an operation of several calls is one circle, and a product says x Wᵀ; else there is one for every call.

    Raises:
        ValueError: it has not been recorded.
    """
    if function.program is None:
        name = getattr(function, "__name__", "step")
        text = "{name} has not been recorded yet: call it three times with arguments of one kind, then draw it"
        raise ValueError(said(text, name=name))
    return _Builder(function.program, plain).graph


class _Builder:
    """Makes boxes and circles of values and steps."""

    def __init__(self, program: Listing, plain: bool) -> None:
        self.recording, self.names, self.plain = program.recording, program.names, plain
        self.variables: list[Variable] = []
        self.operations: list[Operation] = []
        self.boxes: dict[Value, Variable] = {}
        self.back: set[str] = set()
        self.is_back = False
        steps = self.recording.steps
        self.returned = list(dict.fromkeys(values_in(self.recording.returned)))
        self.gradients = {v: None for step in steps if step.kind == "grad" for v in values_in(step.args)}
        self.turned = turned_in(steps) if plain else {}
        serving = {id(steps[number]) for number in steps_of_updates(self.recording)}
        handed: dict[Any, Any] = {}  # the gradients that an optimizer finds, by what they belong to
        for together in circles(steps, {*self.returned, *self.gradients}) if plain else ([step] for step in steps):
            step = together[-1]
            if step.kind == "grad":
                handed[step.args[0]] = step.args[1]
            elif step.kind not in ("clear", "check") and not (step.kind == "method" and step.result in self.turned):
                self.is_back = bool(self.gradients) and (
                    step.note.startswith("∂") or (self.is_back and (not step.note or id(step) in serving))
                )
                self._operation(together, list(handed.values()))
        made = {operation.result for operation in self.operations}
        ends = [self._box(value) for value in dict.fromkeys((*self.returned, *self.gradients))]
        results = [box for box in ends if box.id in made] or ends
        self.graph = Graph(self.variables, self.operations, results, backward=frozenset(self.back))

    def _operation(self, together: list[Step], handed: list[Any]) -> None:
        """The circle of a step, or of several that are one operation, and the box of the result."""
        step = together[-1]
        if step.kind in WORLD:
            return self._done(step, handed)
        kind, sign, parameters = operation_of(step) if len(together) == 1 else whole_of(step)
        arguments: list[Argument] = []
        settings = []
        if len(together) > 1:
            inside = {value for one in together for value in one.results()}
            used = dict.fromkeys(value for one in together for value in one.inputs() if is_variable(value))
            outside = [value for value in used if value not in inside]
            names = [*parameters, *("a" for _ in outside)]
            arguments = [self._argument(name, value)[0] for name, value in zip(names, outside, strict=False)]
        else:
            args = step.args[1:] if step.kind == "draw" else step.args
            for i, (key, arg) in enumerate([*enumerate(args), *tidy(step.named).items()]):
                parameter = parameters[i] if isinstance(key, int) and i < len(parameters) else str(key)
                found = self._argument(parameter, arg, isinstance(step.function, np.ufunc))
                arguments += found
                if not found and arg is not None and arg is not False and step.kind != "draw":
                    arg = arg[0] if parameter == "axis" and isinstance(arg, tuple) and len(arg) == 1 else arg
                    settings.append(setting_text(arg) if parameter.isdigit() else f"{parameter}={setting_text(arg)}")
        if kind == "matmul" and len(arguments) == 2:
            left, right = ("ᵀ" if argument.turned else "" for argument in arguments)
            sign = f"{left}{sign}{right}"
        self._circle(step, kind, sign, ", ".join(settings), tuple(arguments))

    def _circle(self, step: Step, kind: str, sign: str, settings: str, arguments: tuple[Argument, ...]) -> None:
        number = len(self.operations) + 1
        first, *others = (self._box(value) for value in step.results())
        made = Operation(f"op{number}", f"{kind}_{number}", kind, sign, settings, arguments, first.id, number)
        self.operations.append(made)
        self.back |= {made.id, first.id} if self.is_back else set()
        for i, other in enumerate(others, 2):  # of several results each has a circle that takes it out
            taken = Argument("a", first.id, first.text)
            self.operations.append(replace(made, id=f"op{number}_{i}", arguments=(taken,), result=other.id))
            self.back |= {f"op{number}_{i}", other.id} if self.is_back else set()

    def _done(self, step: Step, handed: list[Any]) -> None:
        """The box of what is done to the world, behind what it uses."""
        used = [value for item in (step.args[1:], step.named) for value in values_in(item)]
        text = self.names.effect(step)
        if step.kind == "effect":
            used += [value for item in handed for value in values_in(item)]
            self.is_back = bool(self.gradients)
        else:
            tensor = self.names.tensor(step.args[0])
            text = f"{tensor}[…] =" if step.kind == "assign" else f"{tensor} {UPDATES.get(step.function, '…')}="
        arguments = tuple(part for value in dict.fromkeys(used) for part in self._argument("a", value))
        number = len(self.operations) + 1
        self.operations.append(Operation(f"op{number}", text, "effect", text, "", arguments, f"op{number}", number))
        self.back |= {f"op{number}"} if self.is_back else set()

    def _argument(self, parameter: str, arg: Any, is_number: bool = False) -> list[Argument]:
        """What goes in, with its box; nothing for a setting."""
        is_turned = isinstance(arg, Value) and arg in self.turned
        arg = self.turned[arg] if is_turned else arg
        if isinstance(arg, Value):
            box = self._box(arg)
        elif is_number and isinstance(arg, int | float | np.generic):
            box = self._new(None, False, "constant", np.asarray(arg))
        else:
            return [part for value in values_in(arg) for part in self._argument(parameter, value)]
        return [Argument(parameter, box.id, box.text, turned=is_turned)]

    def _box(self, value: Value) -> Variable:
        if value in self.boxes:
            return self.boxes[value]
        role, name = self._role(value), self.names.word.get(value)
        is_fixed = value.kind in ("constant", "array")
        name = "c" if is_fixed and np.ndim(value.content) else name
        box = self._new(name, role not in ("intermediate", "constant"), role, value.content)
        if not is_fixed:  # a constant has a box of its own wherever it is used, so that its arrows are short
            self.boxes[value] = box
        return box

    def _role(self, value: Value) -> Role:
        """What part a value plays."""
        if value in self.gradients or value.kind == "grad":
            return "gradient"
        if value.kind == "tensor":
            node = value.source._node
            return "parameter" if node is not None and node.requires_grad else "constant"
        if value in self.returned and value.kind == "step":
            return "loss" if self.gradients and np.size(value.content) == 1 else "output"
        return {"argument": "input", "step": "intermediate"}.get(value.kind, "constant")  # type: ignore[return-value]

    def _new(self, name: str | None, given: bool, role: Role, content: Any) -> Variable:
        shape = tuple(content.shape) if isinstance(content, RowGradient) else np.shape(content)
        dtype, value = None, None
        if not isinstance(content, RowGradient):  # of a gradient of rows only the shape is told
            array = np.asarray(content)
            dtype, value = array.dtype, None if is_stand_in(array) else array
        number = f"v{len(self.variables) + 1}"
        box = Variable(number, name, None, given, role, value, shape, dtype, None, False)
        self.variables.append(box)
        self.back |= {number} if role == "constant" and self.is_back else set()
        return box


def is_variable(value: Value) -> bool:
    """Is it more than a constant?"""
    return value.kind not in ("constant", "array")


def turned_in(steps: list[Step]) -> dict[Value, Value]:
    """The transposes of matrices that only go into products, and what they are transposes of."""
    readers: dict[Value, set[bool]] = {}
    for step in steps:
        for value in step.inputs():
            readers.setdefault(value, set()).add(step.kind == "method" and step.function == "dot")
    return {
        step.result: step.args[0]
        for step in steps
        if step.kind == "method" and step.function == "transpose" and step.args[1:] in ((), (None,))
        if readers.get(step.result) == {True} and step.result.content.ndim == 2
    }


def circles(steps: list[Step], kept: set[Value]) -> Iterator[list[Step]]:
    """The steps, those together that are one operation: of one note, with one result that others read."""
    numbers = {id(step): number for number, step in enumerate(steps)}
    last = {value: numbers[id(step)] for step in steps for value in step.inputs()}
    for note, run in itertools.groupby(
        steps, lambda step: step.note if step.kind in ("call", "method", "index") else ""
    ):
        together: list[Step] = []
        operation = PRIMITIVES.get(note.removeprefix("∂ "))
        is_one = operation is None or (isinstance(operation.forward, np.ufunc) and not note.startswith("∂"))
        listed = list(run)
        end = numbers[id(listed[-1])]
        for step in listed:
            together.append(step)
            is_inner = all(
                value not in kept and numbers[id(step)] < last.get(value, -1) <= end for value in step.results()
            )
            if is_one or not is_inner:
                yield together
                together = []
        yield from ([step] for step in together)


def whole_of(step: Step) -> tuple[str, str, tuple[str, ...]]:
    """The same of an operation that takes several steps."""
    primitive = PRIMITIVES[step.note.removeprefix("∂ ")]
    is_rule = step.note.startswith("∂")
    return (step.note, f"∂ {primitive.sign}", ()) if is_rule else (primitive.name, primitive.sign, primitive.parameters)


def operation_of(step: Step) -> tuple[str, str, tuple[str, ...]]:
    """What a step is called, its sign, and the names of what it is given."""
    function = step.function
    if step.kind == "draw":
        return "random", "random", ()
    if step.kind == "index":
        function = PRIMITIVES["getitem"]
    elif step.kind == "method":
        function = PRIMITIVES.get(METHODS.get(function, function), function)
    elif isinstance(getattr(function, "__self__", None), np.ufunc):
        name = f"{function.__self__.__name__}.{function.__name__}"
        function = PRIMITIVES.get(REDUCTIONS.get(name, ""), name)
    elif function is STRETCHED:
        function = PRIMITIVES["broadcast_to"]
    function = function if isinstance(function, str | Primitive) else FUNCTIONS.get(function, function)
    if isinstance(function, Primitive):
        return function.name, function.sign, function.parameters
    kind = function if isinstance(function, str) else getattr(function, "__name__", "")
    kind = kind if kind.isidentifier() or "." in kind else step.note
    return kind, kind, ()
