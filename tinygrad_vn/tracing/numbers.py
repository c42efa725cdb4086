"""Single numbers: a step on them alone is written with Python's own operators, a tenth of what a call of NumPy's costs.

A number of 64 bits is a Python float as long as nothing but such steps read it: sums, products and comparisons of
those give the same bits, in half the time. A division by 0 is left to NumPy, for Python would end there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.tracing.memory import LET_THROUGH
from tinygrad_vn.tracing.program import AsTensor, Recording, Step, Value, mapped

OPERATORS = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.greater: ">", np.greater_equal: ">=",
    np.less: "<", np.less_equal: "<=", np.equal: "==", np.not_equal: "!=",
}  # fmt: skip
ARITHMETIC = {np.add, np.subtract, np.multiply, np.divide, np.negative, np.square}
WRITTEN = {*OPERATORS, np.negative, np.square, np.maximum, np.where, LET_THROUGH}
PLAIN = {np.dtype(np.float64), np.dtype(bool)}  # what Python's own numbers are

Spelling = Callable[[Any], str]


def python_numbers(recording: Recording) -> set[Value]:
    """The values that can be Python's own numbers, for whoever reads them can do with those."""
    readers = defaultdict[Value, list[Step]](list)
    for step in recording.steps:
        for value in step.inputs():
            readers[value].append(step)
    kept: set[Any] = set()  # what is returned as an array, not as a Tensor made of it
    mapped(recording.returned, lambda item: None if isinstance(item, AsTensor) else kept.add(item))
    return {
        value
        for value, steps in readers.items()
        if is_number(value) and value not in kept and all(_is_plain(value, step) for step in steps)
    }


def is_number(item: Any) -> bool:
    """Whether it is an array without axes."""
    return isinstance(item, Value) and isinstance(item.content, np.ndarray) and not item.content.ndim


def is_of_numbers(step: Step) -> bool:
    """Whether it makes one number of others, and can be written with operators."""
    return (
        step.kind == "call"
        and step.function in WRITTEN
        and is_number(step.result)
        and not step.named
        and step.errors is None
        and (step.result.content.dtype.kind != "b" or step.function not in ARITHMETIC)
        and not any(isinstance(value.content, np.ndarray) and value.content.ndim for value in step.inputs())
    )


def _is_plain(value: Value, reader: Step) -> bool:
    """Whether a step that reads a number can do with Python's own, in place of NumPy's.

    One of two truth values is that only as a condition: Python adds them up to 2.
    """
    kind = value.content.dtype
    if reader.kind == "grad":
        return kind == np.float64 and not reader.function
    if not is_of_numbers(reader):
        return False
    if kind.kind == "b":
        conditions = {np.where: 0, LET_THROUGH: 1}
        return [i for i, arg in enumerate(reader.args) if arg is value] == [conditions.get(reader.function)]
    kinds = {one.content.dtype for one in reader.inputs() if isinstance(one.content, np.ndarray)}
    return kind == np.float64 and kinds <= PLAIN


def written(step: Step, spell: Spelling, function: Spelling, own: set[Value]) -> str:
    """The step as an operation on single numbers; "" where there is no such thing.

    Args:
        step: of numbers, see `is_of_numbers`.
        spell: what is written for an argument.
        function: what is written for a function of NumPy's.
        own: the values that are Python's own numbers.
    """
    is_own = any(arg in own for arg in step.args if isinstance(arg, Value))
    text = _text(step, spell, function, step.result in own)
    if step.function is np.divide and is_own:
        above, below = map(spell, step.args)
        text = f"{text} if {below} else {function(np.divide)}({above}, {below})"
    if text and is_own and step.result not in own:  # a number of NumPy's, for readers who need one
        return f"{function(step.result.content.dtype.type)}({text})"
    return text


def _text(step: Step, spell: Spelling, function: Spelling, is_own: bool) -> str:
    args, kind = step.args, step.result.content.dtype
    if step.function in OPERATORS:
        return f"{spell(args[0])} {OPERATORS[step.function]} {spell(args[1])}"
    if step.function is np.negative:
        return f"-{spell(args[0])}"
    if step.function is np.square:
        return f"{spell(args[0])} * {spell(args[0])}"

    def number(arg: Any) -> Any:
        """A literal, in the kind of the result."""
        return arg if isinstance(arg, Value) else kind.type(arg).item() if is_own else kind.type(arg)

    if step.function is np.maximum:  # of equal zeros and NaN, NumPy's choice
        first, second = (spell(number(arg)) for arg in args)
        larger = f"{second} if {second} > {first} else " if is_own else ""
        return f"{first} if {first} > {second} else {larger}{function(np.maximum)}({first}, {second})"
    if step.function is LET_THROUGH:
        return f"{spell(args[0])} if {spell(args[1])} else {spell(number(0))}"
    chosen, other = map(number, args[1:])
    if any(isinstance(arg, Value) and arg.content.dtype != kind for arg in (chosen, other)):
        return ""
    return f"{spell(chosen)} if {spell(args[0])} else {spell(other)}"
