"""The slope of a function at a point, found from its values alone, with an honest error bar.

A difference quotient (f(x+t) − f(x−t)) / 2t has two errors. The *truncation* error is the curve's own bend within the
step; it shrinks with t². The *round-off* error is the noise in the last digits of f, divided by the step; it grows
with 1/t. So no single step is right for every function. Here f is evaluated on a whole ladder of steps, each four times
the one before. Two neighbours are combined so that the leading truncation error cancels (Richardson, 1911), and from
the smallest step upwards, where only round-off matters and its size is known, the steps are made larger for as long as
the estimates agree within their round-off (the balancing principle of Lepskii, 1991). The largest step that still
agrees with all smaller ones has the smallest error, and its round-off is the error bar.

The same values give the slopes of both sides. Where these differ, there is a kink, and no derivative.

Sources: C. J. F. Ridders, "Accurate computation of F′(x) and F′(x)F″(x)", Advances in Engineering Software 4(2), 1982;
O. V. Lepskii, "On a problem of adaptive estimation in Gaussian white noise", Theory of Probability 35(3), 1991.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tinygrad_vn.graph import Values

RATIO: Final = 4.0  # from one step to the next
RUNGS: Final = 24
WIDEST: Final = 0.237  # of the scale of x; no round number, for a function may have a round number as its period
ALL_NOISE: Final = 0.05  # noise that makes up so much of all changes leaves no slope to be found
NOISE_RUNGS: Final = 6  # so small that only round-off is left

Change = Callable[[float], tuple[float, float]]
"""Takes a step; gives the step that was really made, after rounding, and by how much the function changed."""


@dataclass(frozen=True)
class Slope:
    """A slope with its error bar.

    Attributes:
        value: the estimate.
        truncation: by how much it still changed from the next smaller step to this one.
        round_off: the noise of the function, divided by the step.
        step: the step it was found with.
    """

    value: float
    truncation: float
    round_off: float
    step: float

    @property
    def uncertainty(self) -> float:
        """Truncation and round-off together."""
        return self.truncation + self.round_off


@dataclass(frozen=True)
class Slopes:
    """What is known of a function around a point; None where it has no finite values to find a slope from.

    Attributes:
        left: the slope towards smaller values, infinite where the function jumps or becomes vertical.
        right: the slope towards larger values.
        central: the slope of both sides together.
        coarse: the slope over steps that are large enough for the function to respond, if it is flat on smaller ones.
        secant: the largest slope over the widest steps, for a sense of proportion where all others are 0.
    """

    left: Slope | None
    right: Slope | None
    central: Slope | None
    coarse: Slope | None
    secant: float


class Ladder:
    """The values of a function around a point, over steps of all sizes.

    Args:
        change: evaluates the function at a distance.
        scale: the magnitude of x.
    """

    def __init__(self, change: Change, scale: float) -> None:
        self.steps = scale * WIDEST * RATIO ** np.arange(1.0 - RUNGS, 1.0)
        self.right_steps, self.right = _walk(change, self.steps)
        self.left_steps, self.left = _walk(change, -self.steps)

    def slopes(self, noise: float, size: float) -> Slopes:
        """The slopes at the point.

        Args:
            noise: the round-off of one evaluation, as far as it is known.
            size: the magnitude of the function's values.
        """
        right, left = self.right / self.right_steps, self.left / self.left_steps
        changes, secants = np.abs([self.right, self.left]), np.abs([right[-2:], left[-2:]])
        widest = float(changes[np.isfinite(changes)].max(initial=0.0))
        size = max(size, widest)
        noise = max(noise, self._grain(size))
        (left_noise, left_usual), (right_noise, right_usual) = self._scatter(left), self._scatter(right)
        below = self._one_sided(left, -self.left, max(noise, left_noise), noise, size)
        above = self._one_sided(right, self.right, max(noise, right_noise), noise, size)
        sigma, usual = max(noise, left_noise, right_noise), max(left_usual, right_usual)
        secant = float(secants[np.isfinite(secants)].max(initial=0.0))
        if usual > max(10 * noise, ALL_NOISE * widest) and not any(s and math.isinf(s.value) for s in (below, above)):
            return Slopes(None, None, None, None, secant)  # as sin(1e15·x), of which no two values belong together
        once = extrapolated(self._central(), 2)
        central = [balanced(e, sigma / self.steps, self.steps) for e in (once, extrapolated(once, 4))]
        best = min((c for c in central if c), key=lambda c: c.uncertainty, default=None)
        return Slopes(below, above, best, self._coarse(size), secant)

    def _central(self) -> Values:
        """The difference quotients over both sides."""
        return (self.right - self.left) / (self.right_steps - self.left_steps)

    def _scatter(self, quotients: Values) -> tuple[float, float]:
        """The noise of the function as the smallest steps show it, where little but noise makes quotients differ.

        Returns:
            Three times the least but one, since chance makes some too small, and the bend near a singularity others
            too large; and the median.
        """
        noise = np.abs(np.diff(extrapolated(quotients, 1)[: NOISE_RUNGS + 1])) * self.steps[:NOISE_RUNGS]
        noise = np.sort(noise[np.isfinite(noise)])
        return (3 * float(noise[1]), float(np.median(noise))) if len(noise) > 1 else (0.0, 0.0)

    def _one_sided(self, quotients: Values, rises: Values, sigma: float, noise: float, size: float) -> Slope | None:
        """The slope of one side: infinite where the function does not come to rest as the step shrinks."""
        near = rises[:NOISE_RUNGS]
        if np.isfinite(near).all() and np.abs(near).min() > max(100 * noise, 1e-10 * size):
            shrink = near[:-1] / near[1:]  # 1/4 where there is a slope, 1/2 for a square root, 1 where it jumps
            steady = shrink.max() - shrink.min() < 0.1  # noise shrinks now more, now less
            jumps = shrink.min() > 0.9
            if steady and 0.3 < shrink.min() < 1.1 and not (jumps and np.abs(near).min() < 1e-6 * size):
                return Slope(math.copysign(math.inf, near[0]), 0.0, 0.0, float(self.steps[0]))
        return balanced(extrapolated(quotients, 1), 2 * sigma / self.steps, self.steps)

    def _first_response(self) -> tuple[int, float]:
        """The rung at which the function changes for the first time, where tiny steps change nothing, and how much."""
        responds = (self.right != 0) | (self.left != 0)
        first = int(responds.argmax())
        return first, float(max(abs(self.right[first]), abs(self.left[first])))

    def _grain(self, size: float) -> float:
        """The smallest change, if it is a rounding: of numbers of the function's size, or of a 1 in its formula."""
        first, change = self._first_response()
        return change if first and change <= 8 * np.finfo(float).eps * max(1.0, size) else 0.0

    def _coarse(self, size: float) -> Slope | None:
        """The slope over wider steps, where tiny ones change nothing at all: rounding to fewer digits inside f."""
        first, change = self._first_response()
        if not first or self.steps[first] > 1e-4 * self.steps[-1] or not change < 1e-5 * size:
            return None
        steps = self.steps[first:]
        return balanced(extrapolated(self._central()[first:], 2), change / steps, steps)


def central_differences(change: Change, scale: float) -> tuple[Values, Values]:
    """The plain central difference over steps of all sizes: the V-shaped curve of lectures.

    Returns:
        The steps, each twice the one before, and the difference quotients.
    """
    wanted = scale * WIDEST * 2.0 ** np.arange(-2.0 * RUNGS, 1.0)
    right_steps, right = _walk(change, wanted)
    left_steps, left = _walk(change, -wanted)
    return wanted, (right - left) / (right_steps - left_steps)


def extrapolated(quotients: Values, order: int) -> Values:
    """Neighbours combined so that the error of this order cancels: t of one side, t² and then t⁴ of both."""
    factor = RATIO**order
    finer, wider = quotients[:-1], quotients[1:]
    with np.errstate(invalid="ignore"):
        return (factor * finer - wider) / (factor - 1)


def balanced(estimates: Values, errors: Values, steps: Values) -> Slope | None:
    """The estimate with the widest step that agrees with those of all smaller steps (Lepskii).

    Args:
        estimates: from the smallest step to the widest; those that are not finite end the walk.
        errors: the round-off of each.
        steps: the steps.
    """
    low, high, best, lone = -math.inf, math.inf, None, False
    for value, error, step in zip(estimates, 2 * errors, steps, strict=False):
        if not math.isfinite(value):
            if best is None:
                continue
            break
        low, high = max(low, value - error), min(high, value + error)
        truncation = 0.0 if best is None else abs(float(value) - best.value)
        if low > high:
            return replace(best, truncation=truncation) if best and lone else best
        lone = best is None
        best = Slope(float(value), truncation, float(error), float(step))
    return best


def _walk(change: Change, wanted: Values) -> tuple[Values, Values]:
    """The steps really made, and the changes they brought."""
    made = [change(float(t)) for t in wanted]
    return np.array([step if step else math.nan for step, _ in made]), np.array([delta for _, delta in made])
