"""From a recording to a Python function: a flat list of calls of NumPy's, in which nothing is looked up or decided.

The text of the function is put together and compiled. It reads the parameters, computes, and hands gradients over; the
names in it stand for buffers, functions and constants that were made beforehand. Views of buffers are made once, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.recording import untracked
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tracing.handing import ALONE, ALONE_DATA, add_up, as_tensor, count, renewed, rewrite, rows_alone
from tinygrad_vn.tracing.memory import LET_THROUGH, STRETCHED, Memory
from tinygrad_vn.tracing.numbers import is_of_numbers, python_numbers, written
from tinygrad_vn.tracing.program import AsTensor, Recording, Rows, Step, Value, Values, mapped
from tinygrad_vn.tracing.simplify import may_diverge
from tinygrad_vn.tracing.wording import Words

LARGE = 64 * 1024  # bytes: a fresh result of more is let go as soon as it has been read


class Diverged(Exception):  # noqa: N818 - not an error, but a way out
    """A check came out otherwise than in the recording: this call has to be carried out as usual."""


def compiled(recording: Recording, arguments: list[Any]) -> tuple[Callable[..., Any], str, int, int]:
    """The function of arguments like these that repeats a recording.

    Returns:
        the function, its text, the bytes of its buffers, and the first line from which on it cannot begin again.
    """
    writer = Writer(recording, arguments)
    text = "\n".join(writer.lines)
    namespace = writer.names
    exec(compile(text, "<recorded>", "exec"), namespace)
    buffers = [*writer.memory.buffers, *(gradient._data for gradient in writer.gradients)]
    done_from = writer.done_from or len(writer.lines) + 1
    return namespace["replay"], text, sum(buffer.nbytes for buffer in buffers), done_from


class Writer(Words):
    """Writes the function down, line by line."""

    def __init__(self, recording: Recording, arguments: list[Any]) -> None:
        super().__init__(arguments, python_numbers(recording))
        self.memory = Memory(recording)
        self.done_from = 0  # the line of the first step that cannot be done twice
        self.harmless = ("call", "method", "index", "check") + ("clear",) * (True not in recording.leaves.values())
        self.number = 0  # of the step that is being written
        self.numbers: dict[Any, Values] = {}  # as arrays without axes
        self.returned: dict[int, str] = {}
        self.gradients: list[Any] = [None] * len(self.memory.gradient)
        self.fixed: dict[Value, Values] = {}  # what stands in buffers, and views of it
        self.pending: list[tuple[str, str]] = []  # leaves and the gradients to be handed over
        for number, buffer in enumerate(self.memory.buffers):
            self.names[f"b{number}"] = buffer
        for self.number, step in enumerate(recording.steps):
            if step.kind != "grad" and self.pending:
                self._hand_over()
            if step.kind not in self.harmless and not self.done_from:
                self.done_from = len(self.lines) + 1
            self._write(step)
        if self.pending:
            self._hand_over()
        self._line(f"return {self._returned(recording.returned)}")

    def _write(self, step: Step) -> None:
        begin = len(self.lines)
        getattr(self, f"_{step.kind}")(step)
        if step.errors is not None:
            told = ", ".join(f"{kind}={what!r}" for kind, what in step.errors.items())
            self.lines[begin:] = [f"    with np.errstate({told}):", *("    " + line for line in self.lines[begin:])]
        for value in {value.root() for value in step.inputs()}:
            is_ours = value.kind == "step" and value not in self.fixed and value not in self.memory.gradient
            if is_ours and self.memory.last[value] == self.number and getattr(value.content, "nbytes", 0) > LARGE:
                self._line(f"{self.word[value]} = None")

    def _arguments(self, step: Step) -> list[str]:
        named = [f"{name}={self.expression(arg)}" for name, arg in step.named.items()]
        return [self._operand(step, arg) for arg in step.args] + named

    def _operand(self, step: Step, arg: Any) -> str:
        """An argument; beside arrays a number as an array without axes, which NumPy takes in half the time."""
        result = step.result
        if isinstance(step.function, np.ufunc) and isinstance(result, Value) and np.ndim(result.content):
            if isinstance(arg, Value) and arg.kind == "constant" and np.ndim(arg.content) == 0:
                return self.constant(arg.content)
            kinds = {value.content.dtype for value in step.inputs() if isinstance(value.content, np.ndarray)}
            if type(arg) in (int, float) and len(kinds) == 1 and (kind := kinds.pop()).kind == "f":
                return self.constant(self.numbers.setdefault((arg, kind), np.array(arg, kind)))
        return self.expression(arg)

    def _call(self, step: Step) -> None:
        where = self._destination(step)
        operation = self._on_numbers(step)
        if operation:
            self._made(step, operation)
        elif where is None:
            self._made(step, f"{self.function(step.function)}({', '.join(self._arguments(step))})")
            if may_diverge(step) and isinstance(step.result, Value):
                self._line(f"if {self.word[step.result]} is None: raise {self.constant(Diverged)}")
        elif step.function is np.where:
            condition, chosen, other = step.args
            copy = self.function(np.copyto)
            self._line(f"{copy}({where}, {self.expression(other)})")
            self._line(f"{copy}({where}, {self.expression(chosen)}, where={self.expression(condition)})")
        elif step.function is STRETCHED:
            self._line(f"{self.function(np.copyto)}({where}, {self.expression(step.args[0])})")
        elif step.function is LET_THROUGH:
            bits, (g, is_open) = f"i{step.result.content.itemsize}", step.args
            mask = f"{self.function(np.negative)}({self._seen_as(is_open, 'i1')})"
            out = self._seen_as(step.result, bits)
            self._line(f"{self.function(np.bitwise_and)}({self._seen_as(g, bits)}, {mask}, out={out})")
        else:
            self._line(f"{self.function(step.function)}({', '.join([*self._arguments(step), f'out={where}'])})")

    def _seen_as(self, value: Value, kind: str) -> str:
        """The bits of an array as numbers of another kind; of a buffer, looked at once and for all."""
        if value in self.fixed:
            return self.constant(self.fixed[value].view(kind), "v")
        return f"{self.expression(value)}.view({kind!r})"

    def _on_numbers(self, step: Step) -> str:
        """The step as an operation on single numbers, where it is one; "" where it is not."""
        return written(step, self.expression, self.function, self.own) if is_of_numbers(step) else ""

    def _method(self, step: Step) -> None:
        where, (array, *args) = self._destination(step), step.args
        written = [self.expression(arg) for arg in args]
        written += [f"{name}={self.expression(arg)}" for name, arg in step.named.items()]
        if where is None:
            is_transpose = step.function == "transpose" and step.args[1:] in ((), (None,))
            call = ".T" if is_transpose else f".{step.function}({', '.join(written)})"
            self._made(step, self.expression(array) + call)
        elif step.function == "sum":
            axis = step.args[1] if len(step.args) > 1 else step.named.get("axis")
            told = f"{axis!r}, None, {where}, {step.named.get('keepdims', False)!r}"
            self._line(f"{self.function(np.add.reduce)}({self.expression(array)}, {told})")
        elif step.function == "dot":
            self._line(f"{self.expression(array)}.dot({written[0]}, out={where})")
        else:
            self._line(f"{self.function(np.copyto)}({where}, {self.expression(array)}, casting='unsafe')")

    def _index(self, step: Step) -> None:
        array, index = step.args
        self._made(step, f"{self.expression(array)}[{self.expression(index)}]")

    def _draw(self, step: Step) -> None:
        rng, *args = step.args
        source = f"{self.function(default_rng)}()" if rng is None else self.constant(rng)
        self._made(step, f"{source}.{step.function}({', '.join(self.expression(arg) for arg in args)})")

    def _check(self, step: Step) -> None:
        call = f"{self.function(step.function)}({', '.join(self._arguments(step))})"
        self._line(f"if {call} is not None: raise {self.constant(Diverged)}")

    def _effect(self, step: Step) -> None:
        arguments = self._arguments(step)
        self._let_go()
        made = ""
        if isinstance(step.result, Value):
            made = self.word[step.result] = self._local("y")
        call = f"{self.function(step.function)}({', '.join(arguments)})"
        self._line(f"{made} = {call}._data" if made else call)

    def _update(self, step: Step) -> None:
        tensor, value = step.args
        written = self.expression(value)
        self._let_go(tensor)
        owned = f"{self.constant(tensor)}._own()"
        self._line(f"w = {owned}")
        self._line(f"{self.function(step.function)}(w, {written}, out=w)")
        self._line("del w")

    def _assign(self, step: Step) -> None:
        tensor, index, value = step.args
        place, written = self.expression(index), self.expression(value)
        self._let_go(tensor)
        self._line(f"{self.constant(tensor)}._own()[{place}] = {written}")

    def _require(self, step: Step) -> None:
        self._line(f"{self._leaf(step.args[0])}.require({step.function})")

    def _rewrite(self, step: Step) -> None:
        leaf, value = step.args
        written = self.expression(value)
        self._let_go()
        self._line(f"{self.constant(rewrite)}({self._leaf(leaf)}, {written})")

    def _clear(self, step: Step) -> None:
        leaf = self._leaf(step.args[0])
        self._line(f"{leaf}.grad = None; {leaf}.additions = 0")

    def _grad(self, step: Step) -> None:
        leaf, value = step.args
        name = self._leaf(leaf)
        if step.function:  # one was there before
            self._line(f"{self.constant(add_up)}({name}, {self._fresh(value)})")
        elif isinstance(value, Value) and value in self.memory.gradient:
            self.pending.append((name, f"t{self.memory.gradient[value]}"))
        else:
            is_rows = isinstance(value, Rows) or isinstance(value.content, RowGradient)
            made, of = (rows_alone, self.expression(value)) if is_rows else (as_tensor, self._fresh(value))
            tensor = self._local("t_")
            self._line(f"{tensor} = {self.constant(made)}({of})")
            self.pending.append((name, tensor))

    def _hand_over(self) -> None:
        """All gradients of one pass at once.

        Python looks for signals such as Ctrl-C after calls, not between such assignments: it finds none of them in its
        place, or all.
        """
        self._line("; ".join(f"{leaf}.grad = {tensor}" for leaf, tensor in self.pending))
        self.pending = []

    def _fresh(self, value: Value) -> str:
        """An array that nobody else has."""
        alone = value.kind == "step" and value.views is None and value not in self.fixed
        if alone and value not in self.memory.gradient:
            return self._value(value)
        return f"{self.constant(np.array)}({self._value(value)})"

    def _let_go(self, tensor: Any = None) -> None:
        """Refer no longer to arrays that are about to be changed, but for those whose old content is still needed."""
        gone = [value for value in self.borrowed if self.memory.last.get(value.root(), -1) <= self.number]
        if tensor is not None:
            gone = [value for value in gone if value.root().source is tensor]
        if gone:
            self._line(f"{' = '.join(self.word.pop(value) for value in gone)} = None")
        self.borrowed = [value for value in self.borrowed if value not in gone]

    def _destination(self, step: Step) -> str | None:
        """The name of the array that the result goes into, where there is one."""
        result = step.result
        if not isinstance(result, Value):
            return None
        if result in self.memory.place:
            name = f"b{self.memory.place[result]}"
            self.fixed[result] = self.memory.buffers[self.memory.place[result]]
        elif result in self.memory.gradient:
            number = self.memory.gradient[result]
            name = f"g{number}"
            self.gradients[number] = untracked(np.empty_like(result.content, subok=False))
            tensor, held = f"t{number}", self.constant(self.gradients, "G")
            self._line(f"{tensor} = {held}[{number}]")
            self._line(
                f"if {self.constant(count)}({tensor}) > {ALONE} or {self.constant(count)}({tensor}._data) > "
                f"{ALONE_DATA}: {tensor} = {held}[{number}] = {self.constant(renewed)}({tensor})"
            )
            self._line(f"{name} = {tensor}._data")
        else:
            return None
        self.word[result] = name
        return name

    def _made(self, step: Step, expression: str) -> None:
        """A result that NumPy finds the place for, or a view."""
        result = step.result
        if isinstance(result, Value):
            if result.views is not None and self._is_fixed(step):
                view = self._view(step)
                self.fixed[result] = view
                self.word[result] = self.constant(view, "v")
                return
            name = self.word[result] = self._local("y")
            if result.root().kind in ("tensor", "grad"):
                self.borrowed.append(result)
            self._line(f"{name} = {expression}")
            return
        names = mapped(result, lambda value: self.word.setdefault(value, self._local("y")))
        self._line(f"{', '.join(names)}{',' * (len(names) == 1)} = {expression}")

    def _is_fixed(self, step: Step) -> bool:
        return all(value in self.fixed or value.kind == "constant" for value in step.inputs())

    def _view(self, step: Step) -> Values:
        """A view of a buffer, made once and for all."""

        def real(item: Any) -> Any:
            if not isinstance(item, Value):
                return item
            return self.fixed.get(item, item.content)

        args, named = mapped(step.args, real), mapped(step.named, real)
        if step.kind == "method":
            return getattr(args[0], step.function)(*args[1:], **named)
        return args[0][args[1]] if step.kind == "index" else step.function(*args, **named)

    def _returned(self, item: Any) -> str:
        if isinstance(item, AsTensor):
            if item.number not in self.returned:
                self.returned[item.number] = self._local("r")
                self._line(f"{self.returned[item.number]} = {self.constant(as_tensor)}({self._fresh(item.value)})")
            return self.returned[item.number]
        if isinstance(item, Value) and item.kind == "given":
            return f"a{item.source}"
        if isinstance(item, Value) and isinstance(item.content, np.ndarray):
            return f"{self._fresh(item)}{'' if item.content.ndim else '[()]'}"
        if isinstance(item, dict):
            return "{" + ", ".join(f"{key!r}: {self._returned(part)}" for key, part in item.items()) + "}"
        if isinstance(item, list):
            return f"[{', '.join(self._returned(part) for part in item)}]"
        if isinstance(item, tuple):
            inside = "".join(f"{self._returned(part)}, " for part in item)
            return f"{self.constant(type(item))}({inside})" if hasattr(item, "_fields") else f"({inside})"
        return self.expression(item)
