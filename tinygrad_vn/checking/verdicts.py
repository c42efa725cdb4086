"""From numbers to a verdict: does what backpropagation says agree with what the function does?

    PASS              they agree
    FAIL              they do not, and the numeric slope is known well enough to say so
    KINK              the slopes to the left and to the right differ, so there is no derivative here
    INCONCLUSIVE      the numeric slope is not known well enough to judge by
    NONFINITE         the gradient, or the function itself, is NaN or infinite
    NONDETERMINISTIC  two runs with the same inputs differ
    MUTATES           the function, or a rule, writes into what it was given

A KINK passes, with a warning, where the gradient lies between the two slopes (a subgradient); otherwise it fails.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from tinygrad_vn.checking.slopes import Slope, Slopes


class Verdict(StrEnum):
    """What a check has found, from harmless to grave."""

    PASS = "PASS"
    KINK = "KINK"
    INCONCLUSIVE = "INCONCLUSIVE"
    FAIL = "FAIL"
    NONFINITE = "NONFINITE"
    NONDETERMINISTIC = "NONDETERMINISTIC"
    MUTATES = "MUTATES"


@dataclass(frozen=True)
class Tolerance:
    """How far two derivatives may lie apart.

    Attributes:
        relative: to the larger of the two.
        absolute: for gradients of about 1 or more; smaller ones are held to their own scale.
        height: the magnitude of the gradient that the element belongs to.
        natural: the slope to expect of a function of this size at an input of this scale. A gradient that is 0
            because everything cancels can only be known to within round-off of that.
        zero: what rounding leaves of a gradient that is 0 because everything cancels.
        extra: allowed besides.
    """

    relative: float
    absolute: float
    height: float
    natural: float
    zero: float
    extra: float = 0.0

    def around(self, *values: float) -> float:
        """What is allowed for slopes of this size."""
        steepest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
        return self.extra + self.absolute * min(1.0, self.height) + self.relative * steepest

    def is_zero(self, analytic: float, uncertainty: float, secant: float) -> bool:
        """Whether a gradient of 0 is confirmed by a slope that is known this well.

        Args:
            analytic: the gradient.
            uncertainty: of the slope.
            secant: how steep the function is in the neighbourhood.
        """
        known = math.isfinite(uncertainty) and uncertainty <= self.absolute * max(self.natural, secant)
        return known and abs(analytic) <= self.zero


@dataclass(frozen=True)
class Settings:
    """What the caller of a check has decided.

    Attributes:
        eps: the step of the first look; by default it follows the scale of each element.
        atol: the absolute tolerance, for gradients of about 1 or more; those of an input whose gradient is smaller
            throughout are held to its largest element.
        rtol: the relative tolerance.
        seed: of all random choices.
        nondet_tol: by how much two runs with the same inputs may differ.
        check_grad_dtypes: whether a gradient must have its input's dtype.
        fast_mode: look along random directions first.
        strict: whether INCONCLUSIVE fails.
        max_report: how many elements a report shows, and how many bad ones the fast mode looks for.
    """

    eps: float | None = None
    atol: float = 1e-7
    rtol: float = 1e-5
    seed: int = 0
    nondet_tol: float = 0.0
    check_grad_dtypes: bool = True
    fast_mode: bool = False
    strict: bool = False
    max_report: int = 5

    def __post_init__(self) -> None:
        for name in ("atol", "rtol", "nondet_tol"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name}={getattr(self, name)!r} makes no sense; it must be a number, 0 or more")
        if self.eps is not None and not 0 < self.eps < math.inf:
            raise ValueError(f"eps={self.eps!r} makes no sense; it must be above 0, or None to follow the inputs")
        if self.max_report < 1:
            raise ValueError(f"max_report={self.max_report!r} makes no sense; it must be 1 or more")


@dataclass(frozen=True)
class Judgement:
    """A verdict and the slope that it rests on."""

    verdict: Verdict
    slope: Slope
    between: bool = False  # a KINK at which the gradient lies between the slopes


NOTHING = Slope(math.nan, 0.0, math.inf, math.nan)


def judged(analytic: float, found: Slopes, allowed: Tolerance) -> Judgement:
    """Whether a gradient agrees with the slopes that were found."""
    left, right, central = found.left, found.right, found.central
    if not math.isfinite(analytic):
        return Judgement(Verdict.NONFINITE, central or right or left or NOTHING)
    if left is None and right is None:
        return Judgement(Verdict.INCONCLUSIVE, NOTHING)
    if left is None or right is None or central is None or _differ(left, right, allowed):
        return Judgement(Verdict.KINK, central or right or left or NOTHING, _between(analytic, left, right, allowed))
    return _smooth(analytic, central, found, allowed)


def _differ(left: Slope, right: Slope, allowed: Tolerance) -> bool:
    """Whether the two sides have different slopes, beyond what is uncertain about them."""
    if math.isinf(left.value) or math.isinf(right.value):
        return True
    slack = 3 * (left.uncertainty + right.uncertainty) + allowed.around(left.value, right.value)
    return abs(left.value - right.value) > slack


def _between(analytic: float, left: Slope | None, right: Slope | None, allowed: Tolerance) -> bool:
    """Whether a gradient is a subgradient; at the edge of the domain, whether it is the slope of the one side."""
    sides = [side for side in (left, right) if side is not None]
    slack = allowed.around(analytic) + 3 * max(side.uncertainty for side in sides)
    finite = [side for side in sides if math.isfinite(side.value)]
    if len(finite) < 2:  # at a jump the one slope there is; infinitely steep on both sides, none is right
        return bool(finite) and abs(analytic - finite[0].value) <= slack
    return min(side.value for side in sides) - slack <= analytic <= max(side.value for side in sides) + slack


def _smooth(analytic: float, slope: Slope, found: Slopes, allowed: Tolerance) -> Judgement:
    """The verdict where both sides have the same slope."""
    tolerance, coarse = allowed.around(analytic, slope.value), found.coarse
    error, doubt = abs(analytic - slope.value), slope.uncertainty
    trusted = doubt <= tolerance or allowed.is_zero(analytic, doubt, found.secant)
    if error <= tolerance + 3 * doubt:
        return Judgement(Verdict.PASS if trusted else Verdict.INCONCLUSIVE, slope)
    if coarse and abs(analytic - coarse.value) <= tolerance + 3 * coarse.uncertainty:
        return Judgement(Verdict.INCONCLUSIVE, coarse)  # flat only because its digits are cut off
    certain = trusted or error > tolerance + 10 * doubt
    return Judgement(Verdict.FAIL if certain else Verdict.INCONCLUSIVE, slope)
