"""How far to go: a line search for the strong Wolfe conditions.

A direction d that leads downhill is given; wanted is a length t such that the loss f(x + t·d) has fallen by a fair
share of what its slope promised (`c1`), and its slope has become a fair share flatter (`c2`). First t grows until such
a point lies between two lengths, then that bracket is narrowed, each time to where a cubic through values and slopes
has its minimum.

Source: Nocedal and Wright, "Numerical optimization", 2nd edition, algorithms 3.5 and 3.6, equation 3.59; the safeguards
and the order of all decisions are those of PyTorch's "strong_wolfe".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tinygrad_vn.graph import Values


class Trial(NamedTuple):
    """What is known of a length t: the loss there, its gradient, and its slope along the direction."""

    t: float
    loss: float
    gradient: Values
    slope: float


class StrongWolfe:
    """A search along one direction.

    Args:
        evaluate: maps t to the loss and the flat gradient at x + t·d.
        d: the direction, shape (n,).
        max_evaluations: how often the loss may be evaluated after the first time.
        smallest: a bracket whose ends differ by less than this in every number is not narrowed further.
        c1, c2: how much the loss must have fallen, and the slope flattened.
    """

    def __init__(
        self,
        evaluate: Callable[[float], tuple[float, Values]],
        d: Values,
        max_evaluations: int,
        smallest: float,
        c1: float = 1e-4,
        c2: float = 0.9,
    ) -> None:
        self._evaluate, self._d, self._limit = evaluate, d, max_evaluations
        self._smallest, self._c1, self._c2 = smallest, c1, c2

    def search(self, start: Trial, t: float) -> Trial:
        """The best length found.

        Args:
            start: what is known of the length 0; its slope is below 0.
            t: the first length to try.
        """
        self.start = start
        low, high, n_tried = self._bracket(t)
        return low if high is None else self._narrow(low, high, n_tried)

    def _try(self, t: float) -> Trial:
        loss, gradient = self._evaluate(t)
        return Trial(t, loss, gradient, float(np.dot(gradient, self._d)))

    def _is_too_high(self, at: Trial) -> bool:
        return at.loss > self.start.loss + self._c1 * at.t * self.start.slope

    def _is_flat(self, at: Trial) -> bool:
        return abs(at.slope) <= -self._c2 * self.start.slope

    def _bracket(self, t: float) -> tuple[Trial, Trial | None, int]:
        """Go farther and farther until a good point lies between two lengths.

        Returns:
            the better of the two, the other one (None where there is nothing to look for between them, because the
            first is a good point already or nothing may be tried any more), and how many lengths were passed over.
        """
        before, at = self.start, self._try(t)
        for n_tried in range(self._limit):
            if self._is_too_high(at) or (n_tried > 1 and at.loss >= before.loss):
                return *_better_first(before, at), n_tried
            if self._is_flat(at):
                return at, None, n_tried
            if at.slope >= 0:
                return *_better_first(before, at), n_tried
            farther = minimum_of_cubic(before, at, at.t + 0.01 * (at.t - before.t), at.t * 10)
            before, at = at, self._try(farther)
        return _better_first(self.start, at)[0], None, self._limit

    def _narrow(self, low: Trial, high: Trial, n_tried: int) -> Trial:
        """Shrink the bracket until its better end is a good point."""
        size = float(np.abs(self._d).max())
        stalled = False
        while n_tried < self._limit and abs(high.t - low.t) * size >= self._smallest:
            left, right = (low, high) if low.t <= high.t else (high, low)
            t = minimum_of_cubic(left, right, left.t, right.t)
            t, stalled = _kept_off_the_ends(t, left.t, right.t, stalled)
            at = self._try(t)
            n_tried += 1
            if self._is_too_high(at) or at.loss >= low.loss:
                low, high = _better_first(low, at)
                continue
            if self._is_flat(at):
                return at
            if at.slope * (high.t - low.t) >= 0:
                high = low
            low = at
        return low


def minimum_of_cubic(left: Trial, right: Trial, lowest: float, highest: float) -> float:
    """Where the cubic through two losses with these slopes is smallest, between two bounds; the middle if nowhere."""
    with np.errstate(all="ignore"):
        width = np.float64(right.t) - left.t
        a = left.slope + right.slope - 3 * (right.loss - left.loss) / width
        square = a * a - left.slope * right.slope
        root = np.sqrt(square)
        t = right.t - width * ((right.slope + root - a) / (right.slope - left.slope + 2 * root))
    return min(max(float(t), lowest), highest) if math.isfinite(t) else (lowest + highest) / 2


def _better_first(one: Trial, other: Trial) -> tuple[Trial, Trial]:
    return (one, other) if one.loss <= other.loss else (other, one)


def _kept_off_the_ends(t: float, left: float, right: float, stalled: bool) -> tuple[float, bool]:
    """A length that is not for the second time in the outer tenths of the bracket, and whether it is for the first."""
    margin = 0.1 * (right - left)
    if min(right - t, t - left) >= margin:
        return t, False
    if not (stalled or t >= right or t <= left):
        return t, True
    return (right - margin if abs(t - right) < abs(t - left) else left + margin), False
