"""Rules under supervision: do they leave alone what they are given, and return as many digits?

An array that a rule receives belongs to others too: `g` may be the gradient of two arguments, the arguments may be
somebody's parameters. So for one backward pass every rule is wrapped in a guard that compares them before and after.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_vn.checking.findings import Finding
from tinygrad_vn.checking.subject import Subject
from tinygrad_vn.checking.verdicts import Verdict
from tinygrad_vn.graph import Values
from tinygrad_vn.rules import Primitive
from tinygrad_vn.rules.primitive import Rule
from tinygrad_vn.tensor import Tensor

Caught = dict[tuple[str, ...], Finding]
"""What was found, each once."""


def guard_rules(subject: Subject, tensors: Sequence[Tensor], results: Sequence[Tensor]) -> list[Finding]:
    """Go backward through a run that was made for this, and tell what its rules did that they must not do."""
    caught: Caught = {}
    guards: dict[Primitive, Primitive] = {}
    for node in subject.nodes(results):
        if node.primitive not in guards:
            guards[node.primitive] = _guarded(node.primitive, caught)
        node.primitive = guards[node.primitive]
    subject.backward(tensors, results)
    return list(caught.values())


def _guarded(primitive: Primitive, caught: Caught) -> Primitive:
    """The same operation with guarded rules."""
    guarded = copy.copy(primitive)
    guarded.rules = tuple(rule and _guard(rule, primitive, i, caught) for i, rule in enumerate(primitive.rules))
    return guarded


def _guard(rule: Rule, primitive: Primitive, argument: int, caught: Caught) -> Rule:
    """A rule that is looked at while it works."""
    name = primitive.parameters[argument]

    def call(*given: Any) -> Any:
        arrays = _arrays(given, primitive)
        before = [array.copy() for _, array in arrays]
        gradient = rule(*given)
        for (what, array), old in zip(arrays, before, strict=True):
            if array.tobytes() != old.tobytes():
                details = {"operation": primitive.name, "argument": name, "what": what}
                caught.setdefault((primitive.name, name, what), Finding(Verdict.MUTATES, "writes rule", details))
                if array.flags.writeable:
                    np.copyto(array, old)
        if _loses_digits(gradient, given[0], given[2 + argument]):
            details = {"operation": primitive.name, "argument": name, "got": gradient.dtype}
            details["expected"] = given[2 + argument].dtype
            caught.setdefault((primitive.name, name), Finding(Verdict.FAIL, "rule dtype", details))
        return gradient

    return call


def _loses_digits(gradient: Any, g: Any, argument: Any) -> bool:
    """Whether a gradient has fewer digits than what it came from and belongs to; the engine would hide that."""
    arrays = all(isinstance(a, np.ndarray | np.floating) and a.dtype.kind == "f" for a in (gradient, g, argument))
    return arrays and gradient.dtype.itemsize < min(g.dtype.itemsize, argument.dtype.itemsize)


def _arrays(given: Sequence[Any], primitive: Primitive) -> list[tuple[str, Values]]:
    """The arrays that a rule gets, with the names that it knows them by."""
    named = itertools.zip_longest(("g", "out", *primitive.parameters), given)
    flat = [(n, part) for n, value in named for part in (value if isinstance(value, tuple | list) else [value])]
    return [(name, value) for name, value in flat if isinstance(value, np.ndarray)]
