"""Where results are kept: in buffers made once, and used again as soon as nobody needs what is in them.

NumPy's functions write into an array that they are given as `out=`. Asking the system for fresh memory at every step
costs more than the arithmetic of small arrays, and of large ones the first touch of every page. So every result gets a
place beforehand: the place of an operand, where an elementwise function is its last reader; else one whose content has
been read for the last time; else a new one.

Three kinds of results get none: those that the caller is given, what NumPy's functions cannot be told where to put, and
gradients, which go straight into the arrays that become `.grad`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.rules import activations, shaping
from tinygrad_vn.tracing.program import Recording, Step, Value, Values, slot, values_in

Slot = tuple[Any, ...]

STRETCHED = shaping.stretched.__wrapped__  # type: ignore[attr-defined]  # the function itself
LET_THROUGH = activations.let_through.__wrapped__  # type: ignore[attr-defined]


class Memory:
    """The places of all results of a recording.

    Attributes:
        buffers: the arrays.
        place: for every result that has one, the number of its buffer.
        gradient: for every result that is handed to a leaf as its first gradient, the number of that gradient.
        last: for every value that owns memory, the number of the step that reads it last.
    """

    def __init__(self, recording: Recording) -> None:
        self.buffers: list[Values] = []
        self.place: dict[Value, int] = {}
        self.gradient: dict[Value, int] = {}
        self.last: dict[Value, int] = {}
        steps = recording.steps
        for number, step in enumerate(steps):
            for value in step.inputs():
                self.last[value.root()] = number
        kept = {value.root() for value in values_in(recording.returned)}
        kept |= {value.root() for step in steps if step.kind == "effect" for value in step.inputs()}
        self._give_to_leaves(steps, kept)
        for step in steps:  # gradients that are not computed into such an array leave the program as they are
            if step.kind == "grad":
                kept |= {value.root() for value in step.inputs() if value not in self.gradient}
        self._give_buffers(steps, kept)

    def _give_to_leaves(self, steps: list[Step], kept: set[Value]) -> None:
        """Results that can be computed straight into the array of a leaf's gradient."""
        makers = {step.result: step for step in steps if isinstance(step.result, Value)}
        count = 0
        for step in steps:
            if step.kind != "grad":
                continue
            value = step.args[1]
            free = isinstance(value, Value) and value in makers and value not in kept and value not in self.gradient
            if free and takes_out(makers[value]) and value.views is None and value.content.flags.c_contiguous:
                self.gradient[value] = count
                count += 1

    def _give_buffers(self, steps: list[Step], kept: set[Value]) -> None:
        free: dict[Slot, list[int]] = {}
        for number, step in enumerate(steps):
            result = step.result
            is_free = isinstance(result, Value) and result not in kept and result not in self.gradient
            if is_free and takes_out(step) and result.views is None:
                self.place[result] = self._found(step, number, free)
            taken = self.place.get(result, -1) if isinstance(result, Value) else -1
            for value in {value.root() for value in (*step.inputs(), *step.results())}:
                is_over = value in self.place and self.last.get(value, number) == number
                if is_over and (self.place[value] != taken or value is result):
                    free.setdefault(slot(value.content), []).append(self.place[value])

    def _found(self, step: Step, number: int, free: dict[Slot, list[int]]) -> int:
        """A buffer for the result of a step."""
        wanted = slot(step.result.content)
        if is_elementwise(step):
            for value in step.args:
                is_ours = isinstance(value, Value) and value in self.place
                if is_ours and self.last[value] == number and slot(value.content) == wanted:
                    return self.place[value]
        if free.get(wanted):
            return free[wanted].pop()
        self.buffers.append(np.empty_like(step.result.content, subok=False))
        return len(self.buffers) - 1


def is_elementwise(step: Step) -> bool:
    """Does the result at one place depend on the operands at this place alone?"""
    return isinstance(step.function, np.ufunc) and step.function.signature is None


def takes_out(step: Step) -> bool:
    """Can the function be told where to put its result, and can a buffer look like what it makes?

    Single numbers are left to Python: NumPy's scalars are quicker than arrays without axes.
    """
    array = step.result.content if isinstance(step.result, Value) else None
    if (
        not isinstance(array, np.ndarray)
        or not array.ndim
        or np.empty_like(array, subok=False).strides != array.strides
    ):
        return False
    if step.kind == "call":
        if isinstance(step.function, np.ufunc):
            return step.function.nout == 1
        if is_method_of_ufunc(step.function):
            return step.function.__name__ in ("reduce", "accumulate")
        return step.function in (np.where, np.concatenate, STRETCHED, LET_THROUGH)
    if step.kind == "method":
        if step.function == "dot":
            return array.flags.c_contiguous and array.ndim > 0
        return step.function in ("sum", "copy", "astype") and "dtype" not in step.named and len(step.args) <= 2
    return False


def is_method_of_ufunc(function: Any) -> bool:
    """Is it np.add.reduce or the like?"""
    return isinstance(getattr(function, "__self__", None), np.ufunc)
