"""A gradient on its way back through a formula, and what it adds up to where several paths meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.lecture.notation.formula import SUBSCRIPTS, SUM, Formula, figure, filled, level_of

SUMMANDS: Final = 10  # of a gradient that are written out
FEW: Final = 4  # of which also equal ones are written out; of more, equal ones become a product: 4 · 16

_DERIVATIVE = re.compile("∂[^/]*/∂")


@dataclass(frozen=True)
class Flow:
    """A gradient on its way back through one line's formula.

    Attributes:
        formula: so far; None for the 1 that everything starts with.
        is_negative: whether its sign is still to be turned.
        divisor: what is still to be divided by, a mean's number of elements.
        is_spread: whether it is one number that every element gets.
        shapes: of the matrices that were multiplied.
        remark: what else was done.
        onehot: the part of the formula that says the classes, where it is the gradient of a cross entropy.
    """

    formula: Formula | None
    is_negative: bool = False
    divisor: int = 1
    is_spread: bool = False
    shapes: str = ""
    remark: str = ""
    onehot: str = ""

    def whole(self, shape: tuple[int, ...] = ()) -> Formula:
        """The formula; for an array of this shape, 1₂ₓ₃ where every element gets the same."""
        formula = self.formula or Formula("1")
        if self.is_spread and shape:
            formula = spread(formula, shape)
        if self.divisor > 1:
            is_bare = formula == "1" or "/" not in _DERIVATIVE.sub("", formula)
            formula = filled("{x}/{n}" if is_bare else "1/{n} · {x}", {"x": formula, "n": str(self.divisor)})
        return filled("−{x}", {"x": formula}) if self.is_negative else formula

    def through_log_softmax(self, softmax: str) -> Formula:
        """−onehot(y)/n becomes (softmax(z) − onehot(y))/n, since the classes of a row add up to 1."""
        gradient, difference = str(self.formula).removeprefix("−"), f"{softmax} − {self.onehot}"
        if gradient == self.onehot:
            return Formula(difference, SUM)
        formula = gradient.replace(self.onehot, f"({difference})")
        return Formula(formula, level_of(formula))


@dataclass(frozen=True)
class Path:
    """What one use of a value adds to its gradient.

    Attributes:
        start: the box from whose line the path comes.
        formulas: which are equal.
        value: the number.
        flow: how it came about.
    """

    start: str
    formulas: tuple[Formula, ...]
    value: Values | None
    flow: Flow


def spread(formula: Formula | None, shape: tuple[int, ...]) -> Formula:
    """An array of this shape whose elements are all the same: 1₂ₓ₃, ∂L/∂s · 1₂ₓ₃."""
    ones = Formula("1" + "ₓ".join(str(n).translate(SUBSCRIPTS) for n in shape))
    return ones if formula in (None, "1") else filled("{x} · {ones}", {"x": str(formula), "ones": ones})


def times(g: Formula | None, local: Formula, is_single: bool) -> Formula:
    """A gradient times a local derivative."""
    if g is None:
        return local
    return filled("{g} · {local}" if is_single else "{g} ⊗ {local}", {"g": g, "local": local})


def sums(paths: Sequence[Path], precision: int) -> tuple[list[Formula], bool]:
    """The sum over paths: in symbols, where there are any with what they stand for, and in numbers.

    Equal summands become a product, and of very many the last number of the sum is what the others add up to, so that
    the numbers on the blackboard always add up.

    Returns:
        The sums, and whether there were too many summands.
    """
    groups: dict[tuple[object, ...], list[Path]] = {}
    for i, path in enumerate(paths):
        key = _in_sum(path) if len(paths) > FEW else (i,)
        groups.setdefault(key, []).append(path)
    whole = list(groups.values())
    is_cut = len(whole) > SUMMANDS
    shown = whole[: SUMMANDS - 1] if is_cut else whole
    rest = [path for group in whole[len(shown) :] for path in group]
    dots = [Formula("…")] if is_cut else []
    rows = zip(*([_repeated(formula, len(group)) for formula in _in_sum(group[0])] for group in shown), strict=False)
    totals = [added([*row, *dots]) for row in rows]
    if all(path.value is not None and path.value.size == 1 for path in paths):
        numbers = [_repeated(figure(_number(group[0]), precision), len(group)) for group in shown]
        left = [figure(sum(map(_number, rest)), precision)] if is_cut else []
        totals.append(added([*numbers, *left]))
    return totals, is_cut


def _in_sum(path: Path) -> tuple[Formula, ...]:
    """The formulas of a path that stand in a sum."""
    return path.formulas[-1:] if path.value is None else path.formulas[-2:]


def _number(path: Path) -> float:
    return float(np.asarray(path.value).reshape(-1)[0])


def _repeated(summand: str, count: int) -> Formula:
    formula = summand if isinstance(summand, Formula) else Formula(summand)
    return filled("{n} · {x}", {"n": str(count), "x": formula}) if count > 1 else formula


def added(summands: Sequence[str]) -> Formula:
    """Formulas added up; a + (−b + c) is a − b + c."""
    total = summands[0] if isinstance(summands[0], Formula) else Formula(summands[0])
    for summand in summands[1:]:
        if summand.startswith("−"):
            total = Formula(f"{total} − {summand[1:]}", SUM)
        else:
            total = filled("{x} + {y}", {"x": total, "y": summand})
    return total
