"""What an entry of the corpus consists of, see `corpus.py`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import tinygrad_vn as tg
from tinygrad_vn.recording import apply
from tinygrad_vn.rules import Primitive

Outcome = frozenset[str]

PASSES: Outcome = frozenset({"passes"})
WARNS: Outcome = frozenset({"warns"})  # True, with a GradcheckWarning
NO_ALARM: Outcome = PASSES | WARNS  # right, but whether the noise leaves enough digits to say so is a close call
FAIL: Outcome = frozenset({"FAIL"})
NONFINITE: Outcome = frozenset({"NONFINITE"})
NONDETERMINISTIC: Outcome = frozenset({"NONDETERMINISTIC"})
MUTATES: Outcome = frozenset({"MUTATES"})
REFUSED: Outcome = frozenset({"refused"})  # an exception of ours that says what is wrong with the question
OFF_THE_SLOPES: Outcome = FAIL | {"KINK"}  # a kink at which the gradient is not between the slopes
NOT_SILENT: Outcome = WARNS | OFF_THE_SLOPES | NONFINITE  # no derivative exists, so nothing may be called right
NOT_PASSED: Outcome = FAIL | REFUSED


@dataclass(frozen=True)
class Entry:
    """A function with its truth.

    Attributes:
        name: what it is.
        f: the function, of Tensors.
        inputs: makes what to call it with, anew each time, since some functions write into it.
        slow: the outcomes that are right in slow mode.
        fast: the same in fast mode.
        second: the same for `gradgradcheck`; None where that is not asked.
        why: how the truth is known.
        options: for the checker.
    """

    name: str
    f: Callable[..., Any]
    inputs: Callable[[], tuple[Any, ...]]
    slow: Outcome
    fast: Outcome
    second: Outcome | None
    why: str
    options: dict[str, Any] = field(default_factory=dict)


ENTRIES: list[Entry] = []


def entry(
    name: str,
    f: Callable[..., Any],
    *inputs: Any,
    slow: Outcome = PASSES,
    fast: Outcome | None = None,
    second: Outcome | None = None,
    why: str,
    **options: Any,
) -> None:
    """Enter a function; `fast` is the same as `slow` where it is not given."""

    def fresh() -> tuple[Any, ...]:
        return tuple(given(x) for x in inputs)

    ENTRIES.append(Entry(name, f, fresh, slow, slow if fast is None else fast, second, why, options))


def given(x: Any) -> Any:
    """Numbers as a Tensor that needs a gradient, whole numbers as an array; what a function makes, as it is."""
    if callable(x):
        return x()
    array = np.array(x, order="K")
    return tg.tensor(array, requires_grad=True) if array.dtype.kind == "f" else array


_number = itertools.count()


def custom(forward: Callable[..., Any], **rules: Any) -> Callable[..., Any]:
    """An operation of the user's own, which does not enter the tables."""
    made = Primitive(f"custom{next(_number)}", forward, "?", rules)
    return lambda *args: apply(made, *args)


def rng(seed: int) -> np.random.Generator:
    """Random numbers of their own for each use."""
    return np.random.default_rng(seed)


MATRIX, OTHER, VECTOR = rng(1).normal(size=(2, 3)), rng(2).normal(size=(3, 2)), rng(3).normal(size=3)
