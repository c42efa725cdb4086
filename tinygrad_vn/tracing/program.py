"""What a recording consists of: values, and the steps that make them from one another.

A `Value` is an array of the recorded call: an argument, a parameter, the result of a step. A `Step` is one call of
NumPy's, or something that is done to the world, such as an optimizer's step. Every value is made once and never
changed, so the steps can be searched and thinned out like a list of equations; only what is done to the world must stay
in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Values = np.ndarray[Any, np.dtype[Any]]


@dataclass(eq=False, slots=True)
class Value:
    """An array, or a Python number, of the recorded call.

    Attributes:
        kind: where it comes from: "argument", "tensor" (one that the function closes over), "grad" (the gradient that
            a leaf had before), "array" (one of NumPy's from outside), "constant", or "step".
        content: the array or number as it was in the recording.
        source: the number of the argument, the Tensor, the leaf or the array; None for a step's result.
        views: the value whose memory it looks into; None where it has its own.
    """

    kind: str
    content: Any
    source: Any = None
    views: Value | None = None

    def root(self) -> Value:
        """The value that owns the memory."""
        value = self
        while value.views is not None:
            value = value.views
        return value


@dataclass(eq=False, slots=True)
class Step:
    """One thing that was done.

    Attributes:
        kind: "call" (function of arrays), "method" (of an array), "index" (a[…]), or, with an effect, "draw" (random
            numbers), "effect" (an optimizer's step), "check" (a function that returned nothing), "clear", "grad",
            "assign", "update".
        function: what was called; for a method its name.
        args: what it was given: values, literals, and tuples, lists and slices of them.
        named: likewise, by name.
        result: what came out: a value, a tuple of them, or None.
        note: which operation it belongs to, for readers.
        errors: what NumPy was told to do about infinities and NaN, where that was not the usual.
    """

    kind: str
    function: Any
    args: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)
    result: Any = None
    note: str = ""
    errors: dict[str, str] | None = None

    @property
    def stays(self) -> bool:
        """Whether it has to be done even if nobody asks for its result."""
        return self.kind not in ("call", "method", "index")

    @property
    def called(self) -> str:
        """What readers know it by."""
        name = self.function if isinstance(self.function, str) else getattr(self.function, "__name__", self.kind)
        return self.note or name

    def inputs(self) -> Iterator[Value]:
        """The values that it is given."""
        return values_in((self.args, self.named))

    def results(self) -> tuple[Value, ...]:
        """The values that it makes."""
        return tuple(values_in(self.result))


@dataclass(eq=False, slots=True)
class Settings:
    """What a call depends on besides its arguments, and is seldom changed.

    Attributes:
        attributes: the modules that were called, with their attributes.
        required: leaves, and whether they required a gradient.
        kinds: Tensors, and of what kind their arrays were.
    """

    attributes: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    required: list[tuple[Any, bool]] = field(default_factory=list)
    kinds: list[tuple[Any, Any]] = field(default_factory=list)

    def hold(self) -> bool:
        """Whether all is still so."""
        return (
            all(leaf.requires_grad == wanted for leaf, wanted in self.required)
            and all(slot(tensor._data) == kind for tensor, kind in self.kinds)
            and all(are_same(before, vars(module)) for module, before in self.attributes)
        )


@dataclass(eq=False, slots=True)
class Recording:
    """One recorded call.

    Attributes:
        steps: in their order.
        returned: what the function returned: values, Tensors made of values (`AsTensor`), and plain Python.
        leaves: for every leaf whose gradient mattered, whether it had one at the beginning; None where this did not
            matter, since it was forgotten first.
        settings: what must be the same at the next call.
    """

    steps: list[Step]
    returned: Any
    leaves: dict[Any, bool | None]
    settings: Settings

    def leaves_first(self) -> list[tuple[Any, bool | None]]:
        """The same in an order that can be compared."""
        return [(name[1] if name[0] == "argument" else id(name[1]), had) for name, had in self.leaves.items()]


@dataclass(frozen=True, slots=True)
class AsTensor:
    """A value that is returned as a Tensor, or handed to an effect as one.

    Attributes:
        number: tells Tensors that are returned from one another; one that is returned twice is one object.
    """

    value: Value
    number: int = -1


@dataclass(frozen=True, slots=True)
class Rows:
    """A gradient of a few rows of a table: their numbers and values."""

    indices: Value
    values: Value
    shape: tuple[int, ...]
    is_coalesced: bool


def slot(array: Any) -> Any:
    """What two arrays must have in common to take each other's place."""
    return array.shape, array.dtype, array.strides


def is_same(one: Any, other: Any) -> bool:
    """Are both the same object, or equal numbers or texts of one type?"""
    if one is other:
        return True
    if type(one) is not type(other) or not isinstance(one, int | float | str | bytes):
        return False
    return one == other and (bool(one) or repr(one) == repr(other))  # −0.0 is another number than 0.0


def are_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Do two dictionaries hold the same objects?"""
    return len(one) == len(other) and all(name in other and is_same(item, other[name]) for name, item in one.items())


def values_in(item: Any) -> Iterator[Value]:
    """All values in nested tuples, lists, dictionaries and slices."""
    if isinstance(item, Value):
        yield item
    elif isinstance(item, tuple | list):
        for part in item:
            yield from values_in(part)
    elif isinstance(item, dict):
        for part in item.values():
            yield from values_in(part)
    elif isinstance(item, slice):
        yield from values_in((item.start, item.stop, item.step))
    elif isinstance(item, AsTensor):
        yield item.value
    elif isinstance(item, Rows):
        yield item.indices
        yield item.values


def mapped(item: Any, change: Callable[[Any], Any]) -> Any:
    """The same nest of tuples, lists, dictionaries and slices, with everything inside changed."""
    if isinstance(item, tuple):
        parts = [mapped(part, change) for part in item]
        return type(item)(*parts) if hasattr(item, "_fields") else tuple(parts)
    if isinstance(item, list):
        return [mapped(part, change) for part in item]
    if isinstance(item, dict):
        return {name: mapped(part, change) for name, part in item.items()}
    if isinstance(item, slice):
        return slice(mapped(item.start, change), mapped(item.stop, change), mapped(item.step, change))
    if isinstance(item, AsTensor):
        return AsTensor(change(item.value), item.number)
    if isinstance(item, Rows):
        return Rows(change(item.indices), change(item.values), item.shape, item.is_coalesced)
    return change(item)
