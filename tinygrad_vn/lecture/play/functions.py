"""The functions that the page offers; whoever types another one gets that.

A window is (left, right) for a curve and (left, right, bottom, top) for a surface; each comes with a start, a rate and
a momentum that show what is peculiar to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Choice:
    """A function to choose.

    Attributes:
        name: the key of its word.
        formula: as it could be typed.
        window: what is shown at first.
        start: x, or x and y.
        rate: the learning rate η.
        momentum: μ.
    """

    name: str
    formula: str
    window: tuple[float, ...]
    start: tuple[float, ...]
    rate: float
    momentum: float = 0.0


CHOICES: Final = (
    Choice("bowl", "x^2", (-5, 5), (4,), 0.1),
    Choice("two valleys", "x^4/4 - x^2 + x/3", (-2.4, 2.4), (2,), 0.05),
    Choice("waves", "x^2/10 + sin(2x)", (-6, 6), (5,), 0.1),
    Choice("plateau", "1 - exp(-x^2/2)", (-5, 5), (2.5,), 0.5),
    Choice("kink", "abs(x)", (-4, 4), (3.2,), 0.5),
    Choice("round", "x^2 + y^2", (-4, 4, -3, 3), (3, 2), 0.1),
    Choice("long valley", "(x^2 + 10y^2)/2", (-6, 6, -3, 3), (-5, 2), 0.15),
    Choice("saddle", "x^2 - y^2 + y^4/4", (-3, 3, -2.5, 2.5), (2, 0.01), 0.1),
    Choice("Rosenbrock", "(1 - x)^2 + 10(y - x^2)^2", (-2, 2, -1, 3), (-1.2, 1), 0.01),
    Choice("Himmelblau", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (-6, 6, -5, 5), (0, 0), 0.01),
)
