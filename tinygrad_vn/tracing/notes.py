"""Writing down: the steps of a call, and which of its values every array is.

An array that tells knows its value. One that has lost it on the way, as `np.asarray(x)` does, is known again by its
place in memory; any other is taken for an array from outside, and the second recording will show whether it is.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.diagnosis import Place, user_place
from tinygrad_vn.graph import Leaf
from tinygrad_vn.modes import Watch
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.recording import Recorded
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tracing.program import Rows, Step, Value, mapped, values_in
from tinygrad_vn.tracing.traced import Number, Traced, TracedRows, plain, traced


class Notes(Watch):
    """Writes down one call.

    Attributes:
        refusal: why the recording is of no use, and the line that is to blame; None where it is.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.refusal: tuple[Text, Place] | None = None
        self._modules: dict[int, tuple[Any, dict[str, Any]]] = {}
        self.leaves_first: dict[Any, bool | None] = {}
        self._leaves: dict[Leaf, Any] = {}  # those that are known outside, and how they are called
        self._tensors: dict[int, Value] = {}
        self._seen_tensors: list[Value] = []
        self._arrays: dict[int, Value] = {}
        self._places: dict[int, Value] = {}  # by address in memory
        self._given: dict[int, tuple[Any, Any, int]] = {}  # argument Tensors by the id of what stands for them
        self._results: list[weakref.ref[Any]] = []  # Tensors made on the way
        self._returns: dict[int, Any] = {}
        self._inner: set[Any] = set()  # nodes of Tensors that the function has made
        self._twins: dict[int, tuple[Any, Leaf]] = {}  # gradients as the function sees them, and whose they are
        self._required: dict[Leaf, bool] = {}  # whether leaves required a gradient before the function changed that
        self._generators: dict[int, tuple[Any, Any]] = {}
        self._groups: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}  # of optimizers, and their settings
        self.optimizers: list[Any] = []  # those that stepped
        self._inside = 0  # how many operations or rules of our own are running
        self._trouble: tuple[Text, Place] | None = None  # what one of them has asked for that ties it to values
        self._is_forward = False  # whether the outermost of them is an operation, not a rule
        self._paused = 0
        self._usual = np.geterr()
        self._note = ""

    @property
    def writes_down(self) -> bool:
        """Whether what happens now is to be repeated."""
        return self.refusal is None and not self._paused

    def give_up(self, why: Text, is_shape: bool = False) -> None:
        """The recording is of no use, or, inside an operation of ours, its single steps are not.

        Args:
            why: the reason.
            is_shape: shapes depend on values; then the operation must not be a single step either, but for a rule,
                whose result has the shape of an argument.
        """
        if self._inside and not (is_shape and self._is_forward):
            self._trouble = self._trouble or (why, user_place())
        elif self.refusal is None:
            self.refusal = why, user_place()

    def changes(self, what: str) -> None:
        """Somebody asks for values, or writes into memory."""
        if self.writes_down:
            self.give_up(phrase("{what} reads or writes values", what=what))

    def tied(self, why: Text) -> None:
        """A shape depends on values."""
        if self.writes_down:
            self.give_up(why, True)

    def replaced(self, by: str) -> None:
        """Another watch is entered, and this one sees nothing any more."""
        if self.writes_down:
            self.give_up(phrase("{what} watches every operation itself", what=by))

    def _placed(self, value: Value) -> Traced:
        array = value.content
        if array.size:
            self._places[array.__array_interface__["data"][0]] = value
        return traced(array, value)

    def _twin(self, tensor: Recorded, array: Traced) -> Any:
        """The same Tensor, holding an array that tells."""
        twin = object.__new__(type(tensor))
        twin._data, twin._node = array, tensor._node
        return twin

    def _step(self, kind: str, function: Any, args: Any, named: Any, result: Any) -> Any:
        """Write a step down; its result as one that tells."""
        args, named = mapped(args, self._ref), mapped(named, self._ref)
        step = Step(kind, function, tuple(args), named, None, self._note)
        errors: Any = np.geterr()
        if errors != self._usual:
            step.errors = errors
        operands = [value for value in values_in((step.args, named)) if isinstance(value.content, np.ndarray)]

        def known(part: Any) -> Any:
            if isinstance(part, RowGradient):
                rows = TracedRows(part.indices, part.values, part.shape, part.is_coalesced)
                rows.value = Value("step", part)
                return rows
            if isinstance(part, np.ndarray | np.generic):
                array = np.asarray(part)
                value = Value("step", array)
                if array.base is not None:
                    value.views = next((one for one in operands if np.may_share_memory(array, one.content)), None)
                elif any(array is one.content for one in operands):
                    value.views = next(one for one in operands if array is one.content)
                return self._placed(value) if value.views is None else traced(array, value)
            if isinstance(part, float) and not isinstance(part, np.generic) and kind == "call":
                number = Number(part)
                number.value = Value("step", part)
                return number
            if part is not None:
                self.give_up(phrase("{what} gives a Python value", what=getattr(function, "__name__", str(function))))
            return part

        told = mapped(result, known)
        step.result = mapped(told, lambda part: getattr(part, "value", None))
        self.steps.append(step)
        return told

    def _ref(self, item: Any) -> Any:
        """What stands for something in the recording."""
        if isinstance(item, Traced | Number | TracedRows):
            if item.value is None:
                place = self._at(plain(item)) if isinstance(item, Traced) else None
                if place is None:
                    self.give_up(phrase("an array was derived in a way that cannot be followed"))
                    return item
                return place
            return item.value
        if isinstance(item, RowGradient):
            return Rows(self._ref(item.indices), self._ref(item.values), item.shape, bool(item.is_coalesced))
        if isinstance(item, np.ndarray):
            known = self._at(item)
            if known is None:
                known = self._arrays.setdefault(id(item), Value("array", item, item))
            return known
        return item

    def _at(self, array: Any) -> Value | None:
        """The value whose memory a bare array looks at, as the very same array."""
        if not array.size:
            return None
        value = self._places.get(array.__array_interface__["data"][0])
        if value is None or value.content.shape != array.shape or value.content.strides != array.strides:
            return None
        return value if value.content.dtype == array.dtype else None

    def _forget_place(self, value: Value) -> None:
        if isinstance(value.content, np.ndarray) and value.content.size:
            self._places.pop(value.content.__array_interface__["data"][0], None)

    def _pause(self) -> Any:
        return _Pause(self)


class _Pause:
    """A stretch in which nothing is written down."""

    def __init__(self, tracer: Notes) -> None:
        self.tracer = tracer

    def __enter__(self) -> None:
        self.tracer._paused += 1

    def __exit__(self, *exception: object) -> None:
        self.tracer._paused -= 1


def is_known(part: Any) -> bool:
    """Is a part of a result one that tells, or no array at all?"""
    if isinstance(part, Traced | Number | TracedRows):
        return part.value is not None
    return not isinstance(part, np.ndarray | np.generic)


def parts_of(item: Any) -> list[Any]:
    """All that is in nested tuples, lists and dictionaries; of a gradient of rows both arrays."""
    found: list[Any] = []

    def note(part: Any) -> Any:
        if isinstance(part, RowGradient) and not isinstance(part, TracedRows):
            found.extend((part.indices, part.values))
        else:
            found.append(part)
        return part

    mapped(item, note)
    return found


def with_arrays(item: Any, array_of: Callable[[Any], Any]) -> Any:
    """Nested tuples, lists and dictionaries with arrays in the place of Tensors."""
    return mapped(item, lambda part: array_of(part) if isinstance(part, Recorded) else part)


def plain_tensors(item: Any) -> Any:
    """Nested tuples, lists and dictionaries with Tensors that hold bare arrays."""

    def bare(part: Any) -> Any:
        if isinstance(part, Recorded) and isinstance(part._data, Traced):
            twin = object.__new__(type(part))
            twin._data, twin._node = plain(part._data), part._node
            return twin
        return plain(part)

    return mapped(item, bare)
