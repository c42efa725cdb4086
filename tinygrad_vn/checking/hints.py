"""What a mistake looks like: the pattern of the wrong elements tells where to look.

Each hint is a question to two arrays of the same shape, the gradient by backpropagation and the numeric one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tinygrad_vn.checking.elements import Element
from tinygrad_vn.checking.verdicts import Verdict
from tinygrad_vn.graph import Values

CLOSE: Final = 1e-4  # relative: a pattern is seen even where the numeric slopes are not perfect

Hint = tuple[str, dict[str, Any]]
"""The key of a sentence in `words.py`, and what stands in it."""


@dataclass(frozen=True)
class Pattern:
    """One variable's two gradients, NaN where an element was not checked, and where they disagree."""

    name: str
    analytic: Values
    numeric: Values
    wrong: Values
    size: int
    complete: bool


def hints(elements: Sequence[Element], sizes: Mapping[str, int]) -> list[Hint]:
    """What the wrong elements have in common, variable by variable.

    Args:
        elements: those that were checked.
        sizes: how many elements each variable has.
    """
    found = []
    for name in dict.fromkeys(e.input for e in elements if e.verdict is Verdict.FAIL):
        found += _hints(_pattern(name, [e for e in elements if e.input == name], sizes[name]))
    return found


def _pattern(name: str, elements: Sequence[Element], size: int) -> Pattern:
    """The elements of one variable put back in their places."""
    shape = tuple(max(axis) + 1 for axis in zip(*(e.index for e in elements), strict=True))
    analytic, numeric = np.full(shape, np.nan), np.full(shape, np.nan)
    wrong = np.zeros(shape, bool)
    for e in elements:
        analytic[e.index], numeric[e.index], wrong[e.index] = e.analytic, e.numeric, e.verdict is Verdict.FAIL
    return Pattern(name, analytic, numeric, wrong, size, len(elements) == size)


def _hints(p: Pattern) -> list[Hint]:
    a, n, wrong = p.analytic, p.numeric, p.wrong
    count = int(wrong.sum())
    if p.complete and not a.any():
        return [("hint zero", {"name": p.name})]
    if p.complete and a.ndim >= 2 and a.shape[-1] == a.shape[-2] and _alike(a, n.swapaxes(-1, -2)):
        return [("hint transpose", {"name": p.name})]
    if p.complete:
        for axis in range(a.ndim):
            if a.shape[axis] > 1 and _alike(a, np.broadcast_to(n.sum(axis, keepdims=True), a.shape)):
                return [("hint summed", {"name": p.name, "axis": axis})]
    if count == 1 and p.size > 1:
        index = tuple(int(k) for k in np.argwhere(wrong)[0])
        return [("hint one element", {"label": f"{p.name}[{', '.join(map(str, index))}]", "count": p.size})]
    ratios = a[wrong] / np.where(n[wrong] == 0, np.nan, n[wrong])
    if not np.isfinite(ratios).all() or not _alike(ratios, np.full(ratios.shape, ratios.mean())):
        return []
    ratio = float(ratios.mean())
    if abs(ratio + 1) < 10 * CLOSE:
        return [("hint sign", {"name": p.name})]
    return [("hint factor", {"name": p.name, "ratio": f"{ratio:.6g}"})] if ratio else []


def _alike(a: Values, b: Values) -> bool:
    """Whether two arrays are the same, for a reader."""
    return bool(np.allclose(a, b, rtol=CLOSE, atol=CLOSE * np.abs(b).max(initial=0.0)))
