"""Is a recording the same as another? Only what came out the same twice is repeated.

Two calls of a function are recorded. If they took the same steps, and every array that was neither given nor known
from outside held the same numbers both times, the steps depend on nothing but what is handed to them. A value that was
baked in, a random mask made with NumPy for example, or a counter, differs from one call to the next and is found here.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.tracing.program import AsTensor, Recording, Rows, Step, Value, is_same


class Comparison:
    """Of two recordings; `difference` says in what they differ, None where they are the same.

    Attributes:
        made: values of the second that were made in the call itself, with the same numbers both times: constants.
    """

    def __init__(self, first: Recording, second: Recording) -> None:
        self.made: list[Value] = []
        self.difference: Text | None = None
        self._pairs: dict[Value, Value] = {}
        if len(first.steps) != len(second.steps):
            text = "one call took {first} steps, the next {second}"
            self.difference = phrase(text, first=len(first.steps), second=len(second.steps))
            return
        for one, other in zip(first.steps, second.steps, strict=True):
            if not self._same_step(one, other):
                return
        if not self._same(first.returned, second.returned):
            self.difference = phrase("it returns another Python value at the next call")
        if first.leaves_first() != second.leaves_first():
            self.difference = phrase("gradients are added up that were forgotten the time before")

    def _same_step(self, one: Step, other: Step) -> bool:
        same = one.kind == other.kind and one.errors == other.errors and self._same(one.function, other.function)
        if not same or len(one.args) != len(other.args) or one.named.keys() != other.named.keys():
            self.difference = phrase(
                "at the next call it took another way, from {operation} on", operation=other.called
            )
            return False
        if not (self._same(one.args, other.args) and self._same(one.named, other.named)):
            self.difference = phrase(
                "a number or array in {operation} was another at the next call", operation=other.called
            )
            return False
        self._pairs.update(zip(one.results(), other.results(), strict=True))
        return True

    def _same(self, one: Any, other: Any) -> bool:
        if isinstance(one, Value):
            return isinstance(other, Value) and self._same_value(one, other)
        if type(one) is not type(other):
            return False
        if isinstance(one, tuple | list):
            return len(one) == len(other) and all(map(self._same, one, other))
        if isinstance(one, dict):
            return list(one) == list(other) and all(map(self._same, one.values(), other.values()))
        if isinstance(one, slice):
            return self._same((one.start, one.stop, one.step), (other.start, other.stop, other.step))
        if isinstance(one, AsTensor):
            return self._same_value(one.value, other.value)
        if isinstance(one, Rows):
            return self._same((one.indices, one.values, one.shape), (other.indices, other.values, other.shape))
        if isinstance(one, float) and math.isnan(one):
            return math.isnan(other)
        if isinstance(one, int | float | str | bytes):
            return is_same(one, other)
        if isinstance(one, np.dtype | np.generic) or callable(one):
            return bool(one == other)
        return one is other

    def _same_value(self, one: Value, other: Value) -> bool:
        if self._pairs.get(one) is other:
            return True
        if one.kind != other.kind or one.kind == "step":
            return False
        if one.kind in ("argument", "grad", "given"):
            return bool(one.source == other.source)
        if one.kind != "constant" and one.source is other.source:
            return True
        a, b = one.content, other.content
        if a.shape != b.shape or a.dtype != b.dtype or not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
            return False
        if one.kind != "constant":
            self.made.append(other)
        return True
