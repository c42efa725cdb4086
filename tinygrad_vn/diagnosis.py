"""Where numbers went wrong, what is wrong with them, and what to do: for E07 and E14 of `detect_anomaly()`.

Most NaN and infinities come from a few operations that have a value for some numbers only: log for x > 0, ÷ for y ≠ 0.
At the edge of such a domain the slope is mostly infinite, so it matters in a backward pass too: √0 is 0, but its
derivative is ∞. The table below says for each where its domain ends, and how to write it so as to stay inside.
"""

from __future__ import annotations

import linecache
import math
import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from tinygrad_vn.phrases import Text, phrase

Values = Any  # arrays, or numbers


# --- where ------------------------------------------------------------------------------------------------------

LIBRARY = {"numpy", "tinygrad_vn"}


class Place(NamedTuple):
    """A line of the user's program; its text is looked up only when somebody wants to read it."""

    file: str
    line: int

    def text(self) -> Text:
        """How messages name it."""
        source = linecache.getline(self.file, self.line).strip()
        if not source:
            return phrase("{file}, line {line}", file=self.file, line=self.line)
        return phrase("{file}, line {line}: `{source}`", file=self.file, line=self.line, source=source)


def user_frame() -> FrameType:
    """The innermost call that is neither ours nor NumPy's; the outermost of all where there is none."""
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__", "").partition(".")[0] in LIBRARY and frame.f_back is not None:
        frame = frame.f_back
    return frame


def user_place() -> Place:
    """The user's line that is being carried out."""
    frame = user_frame()
    return Place(frame.f_code.co_filename, frame.f_lineno)


def warn_user(warning: Warning) -> None:
    """Give a warning as if the user's line had given it."""
    frame = user_frame()
    module = frame.f_globals.get("__name__", "__main__")  # without a module, the filters would show nothing at all
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    warnings.warn_explicit(warning, type(warning), frame.f_code.co_filename, frame.f_lineno, module, registry)


# --- what -------------------------------------------------------------------------------------------------------


class NotFinite(NamedTuple):
    """The NaN and infinities in an array: which, how many, of what shape, and the index of the first."""

    what: str
    how_many: int
    shape: tuple[int, ...]
    where: tuple[int, ...]

    def text(self) -> Text:
        """How messages tell it."""
        if not self.shape:
            return phrase("is {what}", what=self.what)
        return phrase(
            "has {what} in {count} of {size} elements, the first at index {index}",
            what=self.what,
            count=self.how_many,
            size=math.prod(self.shape),
            index=list(self.where),
        )


def is_finite(values: Values) -> bool:
    """Whether neither NaN nor an infinity is among the numbers of an array."""
    return values.dtype.kind != "f" or bool(np.isfinite(values).all())


def not_finite(values: Values) -> NotFinite:
    """The NaN and infinities in an array that has some."""
    bad = ~np.isfinite(values)
    index = first(bad)
    kinds = {"NaN": np.isnan(values), "Inf": values == np.inf, "-Inf": values == -np.inf}
    present = sorted((kind for kind, where in kinds.items() if where.any()), key=lambda kind: not kinds[kind][index])
    return NotFinite(" / ".join(present), int(np.count_nonzero(bad)), values.shape, index)


def first(mask: Values) -> tuple[int, ...]:
    """The index of the first element that is true."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


# --- domains ----------------------------------------------------------------------------------------------------


class Domain(NamedTuple):
    """The domain of an operation.

    Attributes:
        text: the condition, for people.
        outside: where the arguments violate it.
        inside: a way of writing the operation so that they do not.
        argument: the position of the argument that is to blame.
    """

    text: str | Text
    outside: Callable[..., Values]
    inside: str
    argument: int = 0


def has_no_power(x: Values, y: Values) -> Values:
    """A root of a negative number, or 0 in a denominator."""
    return ((x < 0) & (np.floor(y) != y)) | ((x == 0) & (y < 0))


DOMAINS = {
    "log": Domain("x > 0", lambda x: x <= 0, "np.log(np.maximum(x, 1e-12))"),
    "log2": Domain("x > 0", lambda x: x <= 0, "np.log2(np.maximum(x, 1e-12))"),
    "log10": Domain("x > 0", lambda x: x <= 0, "np.log10(np.maximum(x, 1e-12))"),
    "log1p": Domain("x > -1", lambda x: x <= -1, "np.log1p(np.maximum(x, -1 + 1e-12))"),
    "sqrt": Domain("x ≥ 0", lambda x: x < 0, "np.sqrt(np.maximum(x, 0) + 1e-12)"),
    "divide": Domain("y ≠ 0", lambda x, y: np.equal(y, 0), "x / (y + 1e-12)", 1),
    "reciprocal": Domain("x ≠ 0", lambda x: x == 0, "1 / (x + 1e-12)"),
    "floor_divide": Domain("y ≠ 0", lambda x, y: np.equal(y, 0), "x // np.where(y == 0, 1, y)", 1),
    "remainder": Domain("y ≠ 0", lambda x, y: np.equal(y, 0), "x % np.where(y == 0, 1, y)", 1),
    "fmod": Domain("y ≠ 0", lambda x, y: np.equal(y, 0), "np.fmod(x, np.where(y == 0, 1, y))", 1),
    "power": Domain(phrase("x > 0, or y = 0, 1, 2, …"), has_no_power, "np.maximum(x, 1e-12) ** y"),
    "arcsin": Domain("-1 ≤ x ≤ 1", lambda x: abs(x) > 1, "np.arcsin(np.clip(x, -1 + 1e-7, 1 - 1e-7))"),
    "arccos": Domain("-1 ≤ x ≤ 1", lambda x: abs(x) > 1, "np.arccos(np.clip(x, -1 + 1e-7, 1 - 1e-7))"),
    "arccosh": Domain("x ≥ 1", lambda x: x < 1, "np.arccosh(np.maximum(x, 1 + 1e-7))"),
    "arctanh": Domain("-1 < x < 1", lambda x: abs(x) >= 1, "np.arctanh(np.clip(x, -1 + 1e-7, 1 - 1e-7))"),
}


def outside(name: str, values: list[Values]) -> Values | None:
    """Where the operation of this name is used outside its domain; None where that does not happen."""
    domain = DOMAINS.get(name)
    if domain is None:
        return None
    mask: Values = np.asarray(domain.outside(*values))
    return mask if mask.any() else None


# --- advice -----------------------------------------------------------------------------------------------------

LOGARITHMS = {"log", "log2", "log10"}
EXPONENTIALS = {"exp", "exp2", "expm1"}


def advice_inside(name: str) -> Text:
    """What to write instead of an operation that left its domain."""
    advice = phrase("Keep its input inside the domain, as in `{spelling}`.", spelling=DOMAINS[name].inside)
    if name not in LOGARITHMS:
        return advice
    return phrase("{advice} For logarithms of probabilities, use nn.functional.log_softmax.", advice=advice)


def advice(name: str, what: str, backward: bool) -> Text:
    """What to do about a result or a gradient that is not finite.

    Args:
        name: of the operation.
        what: "NaN", "Inf", "-Inf", or several of these.
        backward: whether it is a gradient.
    """
    if name in DOMAINS and backward:
        edge = phrase(
            "At the edge of its domain ({domain}) its slope is infinite or does not exist: keep its input off the "
            "edge, as in `{spelling}`.",
            domain=DOMAINS[name].text,
            spelling=DOMAINS[name].inside,
        )
        if "NaN" not in what:
            return edge
        return phrase(
            "{advice} If np.where is to choose, let it choose the input, not the result, for 0 · Inf is NaN.",
            advice=edge,
        )
    if name in EXPONENTIALS:
        return phrase(
            "Exponentials of large numbers overflow: subtract the largest first, `np.exp(x - x.max())`, or use "
            "softmax, log_softmax, logsumexp or sigmoid of nn.functional."
        )
    if "NaN" in what:
        return phrase("It has no value for these inputs: change how they are computed, or leave them out.")
    return phrase("The numbers grew too large: take a smaller learning rate, or scale the data to about 1.")
