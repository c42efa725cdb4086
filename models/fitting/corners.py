"""|w| has a corner at 0, where a slope says nothing: it is rounded, and made sharper on the way down.

    |w|  ≈  √(w² + ε²)          ε: first as large as a weight, at last a billionth of it

Each ε leaves a smooth loss, and the lowest point of one is a good start for the next. Newton's steps would still be
short, as the corner's curvature, ε² / √(w² + ε²)³, is all in one place. So the slope of the corner, σ = w / √(w² + ε²)
from −1 to 1, is kept as an unknown of its own, and both are linearised together: w = σ · √(w² + ε²).

Source: Chan, Golub and Mulet, "A nonlinear primal-dual method for total variation-based image restoration", SIAM
J. Scientific Computing 20(6), 1999, who do this for the differences of neighbouring pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn import Tensor
from tinygrad_vn.models.fitting.inputs import Numbers

SHARPEST = 1e-9
SHARPER = 0.3


class Corners:
    """∑ height · |w| with rounded corners.

    Args:
        height: of every column, shape (d,).
        units: of every row, shape (k, 1): about as large as its weights.

    Attributes:
        roundness: ε beside the units.
    """

    def __init__(self, height: Numbers, units: Numbers) -> None:
        self.height, self.units, self.roundness = height, units, 1.0
        self.slope = np.zeros((len(units), len(height)))

    def value(self, weight: Tensor) -> Tensor:
        """What they add to the loss."""
        total: Tensor = (self.height * np.sqrt(weight**2 + (self.roundness * self.units) ** 2)).sum()
        return total

    def curvature(self, weight: Numbers) -> Numbers:
        """What they add to the diagonal of H, shape (k, d)."""
        radius = self._radius(weight)
        return self.height * (1 - self.slope * weight / radius) / radius

    def moved(self, start: Numbers, step: Numbers, gradient: Numbers) -> float:
        """Take σ along with a step of the weights; sharpen where the lowest point for this ε is close.

        Args:
            start: the weights before it, shape (k, d).
            step: shape (k, d).
            gradient: of the whole loss before it, corners and all.

        Returns:
            How round the corners were in this step; 0 where as sharp as they get.
        """
        radius = self._radius(start)
        change = start / radius - self.slope + (1 - self.slope * start / radius) / radius * step
        room = np.where(change > 0, 1 - self.slope, 1 + self.slope)
        share = np.divide(room, np.abs(change), out=np.full_like(room, np.inf), where=change != 0).min()
        self.slope = np.clip(self.slope + min(1.0, 0.999 * share) * change, -1.0, 1.0)
        roundness = self.roundness
        if (np.abs(gradient[:, : len(self.height)]) < 0.5 * self.height).all():
            self.roundness = max(SHARPER * roundness, SHARPEST)
        return roundness if roundness > SHARPEST else 0.0

    def zeros(self, weight: Numbers) -> NDArray[np.bool_]:
        """Which weights are in a corner: those belong to 0."""
        small: NDArray[np.bool_] = np.abs(weight) <= 100 * SHARPEST * self.units
        return small

    def _radius(self, weight: Numbers) -> Numbers:
        radius: Numbers = np.hypot(weight, self.roundness * self.units)
        return radius
