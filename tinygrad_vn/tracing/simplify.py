"""Fewer steps that do the same: constants worked out, the same thing not done twice, nothing done that nobody needs.

None of this changes a bit of what comes out. Whatever is done to the world stays, in its order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.tracing.program import Recording, Step, Value, mapped, values_in


def simplified(recording: Recording, made: Iterable[Value]) -> Recording:
    """The recording with as few steps as do the same; `made` are arrays that are known to be constants."""
    for value in made:
        value.kind = "constant"
    steps, replaced = [], dict[Value, Value]()
    seen: dict[Any, Step] = {}
    roots = {value: value.root() for step in recording.steps for value in step.results()}  # as it was recorded

    def now(item: Any) -> Any:
        return replaced.get(item, item) if isinstance(item, Value) else item

    for step in recording.steps:
        args, named = mapped(step.args, now), mapped(step.named, now)
        step = Step(step.kind, step.function, args, named, step.result, step.note, step.errors)
        for value in step.results():
            value.views = replaced.get(value.views, value.views) if value.views is not None else None
        if step.kind == "method" and step.function == "copy" and _is_settled(args[0]):
            replaced[step.result] = args[0]
            continue
        if isinstance(step.result, Value) and is_all_of_it(step.result, roots[step.result]):
            root = roots[step.result]
            replaced[step.result] = replaced.get(root, root)
            continue
        if step.stays:
            if step.kind == "effect":
                seen.clear()
            if step.kind != "check" or seen.setdefault(identity(step), step) is step:
                steps.append(step)
            continue
        if all(value.kind == "constant" for value in step.inputs()):
            for value in step.results():
                value.kind, value.views = "constant", None
            continue
        step.args = without_stretching(step)
        known = seen.setdefault(identity(step), step)
        if known is step:
            steps.append(step)
        else:
            replaced.update(zip(step.results(), known.results(), strict=True))
    returned = mapped(recording.returned, now)
    steps = checks_first(needed(steps, returned))
    return Recording(steps, returned, recording.leaves, recording.settings)


def _is_settled(value: Any) -> bool:
    """Nobody writes into the array while the function runs, so a copy of it is as good as itself."""
    settled = ("argument", "constant", "step")
    return isinstance(value, Value) and value.root().kind in settled and value.content.flags.c_contiguous


def without_stretching(step: Step) -> tuple[Any, ...]:
    """A constant that is the same number everywhere, as this one number, beside an operand of the full shape."""
    args = step.args
    if not (isinstance(step.function, np.ufunc) and step.function.signature is None and len(args) == 2):
        return args
    for i, one in enumerate(args):
        other = args[1 - i]
        if isinstance(one, Value) and isinstance(other, Value) and one.kind == "constant" and one.content.ndim:
            content, same = one.content, other.content.shape == step.result.content.shape
            if same and content.size and (content == content.flat[0]).all():
                number = Value("constant", np.array(content.flat[0]))
                return (number, other) if i == 0 else (other, number)
    return args


def is_all_of_it(view: Value, root: Value) -> bool:
    """Is it a view that shows its whole array as it is? A transpose of a transpose does."""
    if view.views is None:
        return False
    one, other = view.content, root.content
    same = one.shape == other.shape and one.strides == other.strides and one.dtype == other.dtype
    return bool(same and one.__array_interface__["data"] == other.__array_interface__["data"])


def needed(steps: list[Step], returned: Any) -> list[Step]:
    """The steps that something depends on: what is returned, or done to the world."""
    wanted, kept = set(values_in(returned)), []
    for step in reversed(steps):
        if step.stays or not wanted.isdisjoint(step.results()):
            wanted.update(step.inputs())
            kept.append(step)
    return kept[::-1]


class Tangled(Exception):  # noqa: N818 - not an error, but a reason
    """Steps that cannot be put into an order in which they can be repeated."""

    def __init__(self, why: Text) -> None:
        super().__init__()
        self.why = why


def may_diverge(step: Step) -> bool:
    """May a function that looks at values give None here, and a result at another call?"""
    returns = str(getattr(step.function, "__annotations__", {}).get("return", ""))
    return step.kind in ("check", "call") and "| None" in returns


def checks_first(steps: list[Step]) -> list[Step]:
    """The steps, with whatever could still lead to another way before all that cannot be undone.

    Raises:
        Tangled: what is looked at depends on what is done before.
    """
    begin = next((i for i, step in enumerate(steps) if step.stays and step.kind not in ("check", "clear")), len(steps))
    late = [step for step in steps[begin:] if may_diverge(step)]
    if not late:
        return steps
    makers = {value: step for step in steps for value in step.results()}
    moved: set[Step] = set()
    waiting = list(late)
    while waiting:
        step = waiting.pop()
        if step in moved or step not in steps[begin:]:
            continue
        moved.add(step)
        if (step.stays and step.kind != "check") or any(value.kind in ("tensor", "grad") for value in step.inputs()):
            what = late[0].called
            raise Tangled(phrase("{what} looks at values after something has been changed", what=what))
        waiting += [makers[value] for value in step.inputs() if value in makers]
    return [*steps[:begin], *(s for s in steps[begin:] if s in moved), *(s for s in steps[begin:] if s not in moved)]


def identity(step: Step) -> Any:
    """What is equal for two steps that do the same."""
    return step.kind, fingerprint(step.function), fingerprint(step.args), fingerprint(step.named), str(step.errors)


def fingerprint(item: Any) -> Any:
    """Something hashable that is equal for equal arguments: numbers by type too, so that 1 and 1.0 differ."""
    if isinstance(item, tuple | list):
        return (type(item).__name__, *(fingerprint(part) for part in item))
    if isinstance(item, dict):
        return tuple((name, fingerprint(part)) for name, part in item.items())
    if isinstance(item, slice):
        return ("slice", fingerprint((item.start, item.stop, item.step)))
    if isinstance(item, int | float | str | bytes | None | np.dtype):
        return (type(item).__name__, repr(item))
    if callable(item) and hasattr(item, "__self__"):  # np.add.reduce is made anew each time it is named
        return ("method", id(item.__self__), item.__name__)
    return id(item)
