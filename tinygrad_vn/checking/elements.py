"""Element by element: every number of every gradient against the slope of the function in that direction.

A first look takes two evaluations per element, f(x + h) and f(x − h). The central difference is compared with the
gradient, and f(x + h) − 2 f(x) + f(x − h) tells whether the function bends sharply there. Only what looks suspicious is
examined on the whole ladder of steps, see `slopes.py`.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tinygrad_vn.checking.slopes import Change, Ladder, Slope, Slopes
from tinygrad_vn.checking.subject import Subject
from tinygrad_vn.checking.verdicts import Judgement, Settings, Tolerance, Verdict, judged
from tinygrad_vn.graph import Values

SHARP: Final = 1e-4  # the two sides differ by more than this part: worth a closer look
SAME_SCALE: Final = 256.0  # ladders that begin closer to each other than this see the same

Directions = list[Values | None]


@dataclass(frozen=True)
class Element:
    """One number of a gradient, and what the function itself says of it.

    Attributes:
        input: the name of the input.
        index: the place in it.
        analytic: the gradient by backpropagation.
        numeric: the slope of the function.
        absolute_error: their distance.
        relative_error: the distance over the larger of the two.
        truncation: the part of the numeric slope's uncertainty that comes from steps that are too wide.
        round_off: the part that comes from the last digits of the function.
        left: the slope to the left, right: the slope to the right; NaN where the function has no value.
        step: the step with which the numeric slope was found.
        verdict: see `verdicts.py`.
        between: whether the gradient lies between the slopes of a kink.
    """

    input: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    truncation: float
    round_off: float
    left: float
    right: float
    step: float
    verdict: Verdict
    between: bool = False

    def divided_by(self, weight: float) -> Element:
        """The same element where the function is to be taken without its weight."""
        numbers = {name: getattr(self, name) / weight for name in ("analytic", "numeric", "left", "right")}
        errors = {name: getattr(self, name) / abs(weight) for name in ("truncation", "round_off")}
        return dataclasses.replace(self, **numbers, **errors)

    @property
    def uncertainty(self) -> float:
        """Truncation and round-off of the numeric slope together."""
        return self.truncation + self.round_off

    @property
    def absolute_error(self) -> float:
        """The distance of the two derivatives."""
        return abs(self.analytic - self.numeric)

    @property
    def relative_error(self) -> float:
        """Their distance over the larger of the two, 0 where both are 0."""
        return self.absolute_error / (max(abs(self.analytic), abs(self.numeric)) or 1.0)

    @property
    def label(self) -> str:
        """The element as people write it, `w[1, 0]`."""
        return f"{self.input}[{', '.join(map(str, self.index))}]" if self.index else self.input


class Line:
    """The function along a straight line through its inputs: t ↦ f(x + t·d).

    Args:
        subject: the function.
        directions: for each variable the direction d, None where it stays.
    """

    def __init__(self, subject: Subject, directions: Directions) -> None:
        self.subject = subject
        self.directions = directions
        self.responds: list[Any] = [np.zeros(r.shape, bool) for r in subject.results]

    def change(self, t: float) -> tuple[float, float]:
        """The step, and by how much the function changes with it."""
        pairs = zip(self.subject.points, self.directions, strict=True)
        values = [x if d is None else x + t * d for x, d in pairs]
        return t, self.subject.change(values, self.responds)

    def noise(self) -> float:
        """The round-off of one evaluation."""
        return self.subject.noise(self.responds)


class Axis(Line):
    """The line along which a single element moves."""

    def __init__(self, subject: Subject, i: int, index: tuple[int, ...]) -> None:
        super().__init__(subject, [])
        self.i, self.index = i, index
        self.value = float(subject.points[i][index])

    def moved(self, t: float) -> tuple[float, list[Values]]:
        """The step as rounding leaves it, and the inputs after it."""
        values = list(self.subject.points)
        values[self.i] = values[self.i].copy()
        values[self.i][self.index] += t
        return float(values[self.i][self.index]) - self.value, values

    def change(self, t: float) -> tuple[float, float]:
        """The step as rounding leaves it, and by how much the function changes with it."""
        step, values = self.moved(t)
        return step, self.subject.change(values, self.responds)

    def slopes(self) -> Slopes:
        """The slopes at its own scale."""
        return Ladder(self.change, self.scales()[0]).slopes(self.noise(), self.subject.size)

    def scales(self) -> list[float]:
        """The magnitudes that its steps may follow: its own, that of the array it stands in, and 1."""
        typical = self.subject.variables[self.i].scale
        found = [abs(self.value) or typical]
        for scale in (typical, 1.0):
            if all(not 1 / SAME_SCALE < scale / known < SAME_SCALE for known in found):
                found.append(scale)
        return found


@dataclass(frozen=True)
class Glance:
    """A first look: a plain central difference."""

    numeric: float
    left: float
    right: float
    noise: float
    step: float

    def satisfies(self, analytic: float, allowed: Tolerance) -> bool:
        """Whether nothing about it is suspicious."""
        steepest = max(abs(self.left), abs(self.right))
        tolerance = allowed.around(analytic, self.numeric)
        return (
            math.isfinite(self.numeric)
            and abs(analytic - self.numeric) <= tolerance
            and self.noise <= tolerance
            and abs(self.right - self.left) <= SHARP * steepest + 10 * self.noise
        )


def glance(change: Change, noise: Any, step: float) -> Glance:
    """The central difference over one step, and the slopes of both sides."""
    (after, rise), (before, fall) = change(step), change(-step)
    if not after or not before:  # the step vanished when it was added to a large number
        return Glance(math.nan, math.nan, math.nan, math.inf, step)
    return Glance((rise - fall) / (after - before), fall / before, rise / after, noise() / step, step)


def first_step(subject: Subject, scale: float, eps: float | None) -> float:
    """The step of the first look: where truncation (t²) and round-off (1/t) are about equal, ∛ε of the scale."""
    return eps if eps is not None else float(np.cbrt(subject.precision)) * scale


def examined(line: Line, scales: list[float], analytic: float, allowed: Tolerance) -> tuple[Judgement, Slopes]:
    """The judgement on the ladder of steps, and the slopes; at another scale too where one does not suffice."""
    tried = []
    for scale in scales:
        tried.append(judged_on(Ladder(line.change, scale), line, analytic, allowed))
        if tried[-1][0].verdict is not Verdict.INCONCLUSIVE:
            return tried[-1]
    return min(tried, key=lambda pair: pair[0].slope.uncertainty)


def judged_on(ladder: Ladder, line: Line, analytic: float, allowed: Tolerance) -> tuple[Judgement, Slopes]:
    """The judgement that these values of the function allow.

    What speaks against the gradient is not taken at its word: results that are small because large numbers cancel on
    the way carry the round-off of those.
    """
    subject = line.subject
    found = ladder.slopes(line.noise(), subject.size)
    judgement = judged(analytic, found, allowed)
    if judgement.verdict is Verdict.PASS or subject.inner_noise <= line.noise():
        return judgement, found
    doubted = ladder.slopes(subject.inner_noise, subject.size)
    second = judged(analytic, doubted, allowed)
    if second.verdict in (judgement.verdict, Verdict.FAIL):
        return judgement, found
    if judgement.verdict is Verdict.FAIL:  # for the large numbers may belong to other elements
        second = dataclasses.replace(second, verdict=Verdict.INCONCLUSIVE)
    return second, doubted


def check_element(
    subject: Subject, i: int, index: tuple[int, ...], analytic: float, look: Glance, allowed: Tolerance
) -> Element:
    """The verdict on one element."""
    name = subject.variables[i].name
    if look.satisfies(analytic, allowed):
        # If the third derivative is to the second as the second to the first, the truncation is the bend · step.
        bend = abs(look.right - look.left) * float(np.cbrt(subject.precision))
        numbers = look.numeric, bend, look.noise, look.left, look.right, look.step
        return Element(name, index, analytic, *numbers, Verdict.PASS)
    axis = Axis(subject, i, index)
    judgement, found = examined(axis, axis.scales(), analytic, allowed)
    slope, left, right = judgement.slope, _value(found.left), _value(found.right)
    numbers = slope.value, slope.truncation, slope.round_off, left, right, slope.step
    return Element(name, index, analytic, *numbers, judgement.verdict, judgement.between)


def _value(side: Slope | None) -> float:
    return math.nan if side is None else side.value


def check_elements(
    subject: Subject, gradients: list[Values], settings: Settings, chosen: list[list[tuple[int, ...]]] | None = None
) -> list[Element]:
    """The verdicts on all elements of all variables, or on some.

    Args:
        subject: the function.
        gradients: for each variable what backpropagation says.
        settings: the tolerances.
        chosen: for each variable the places to check; all by default.
    """
    checked = []
    for i, (variable, gradient) in enumerate(zip(subject.variables, gradients, strict=True)):
        places = list(np.ndindex(gradient.shape)) if chosen is None else chosen[i]
        looks = []
        for index in places:
            axis = Axis(subject, i, index)
            looks.append(glance(axis.change, axis.noise, first_step(subject, axis.scales()[0], settings.eps)))
        height = max((finite_magnitude(look.left, look.right, look.numeric) for look in looks), default=0.0)
        height = max(height, finite_magnitude(*gradient.ravel()))
        for index, look in zip(places, looks, strict=True):
            natural = subject.bulk / max(variable.scale, 1.0)
            allowed = Tolerance(settings.rtol, settings.atol, height, natural, subject.rounded_zero)
            checked.append(check_element(subject, i, index, float(gradient[index]), look, allowed))
    return checked


def finite_magnitude(*numbers: float) -> float:
    """The largest magnitude among the finite ones of some numbers."""
    return max((abs(float(n)) for n in numbers if math.isfinite(n)), default=0.0)
