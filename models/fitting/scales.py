"""Columns shifted and scaled for the descent, and the layer turned back afterwards to the columns as they are.

Areas in m² and numbers of rooms make a long, narrow valley: the lecture on land prices, `003_5f9638466f993df0.txt`, has
to take rates of 1e-5 there. `data.Standardizer` does the same for data; here it is a layer that takes it over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinygrad_vn import nn
from tinygrad_vn.models.fitting.inputs import Numbers


@dataclass(frozen=True)
class Scales:
    """How the columns of X are shifted and scaled: z = (x − mean) / scale."""

    mean: Numbers
    scale: Numbers

    @classmethod
    def of(cls, X: Numbers, weight: Numbers | None = None, shift: bool = True) -> Scales:
        """Mean and standard deviation of every column; 1 for the scale of a constant one.

        Args:
            X: shape (n, d).
            weight: of the rows, shape (n,).
            shift: False to leave the mean where it is.
        """
        mean = np.average(X, axis=0, weights=weight) * shift
        if shift:  # of ten times 0.1, rounding leaves a mean beside 0.1
            mean = np.where(X.max(axis=0) == X.min(axis=0), X[0], mean)
        variance = np.average((X - mean) ** 2, axis=0, weights=weight)
        return cls(mean, np.sqrt(np.where(variance > 0, variance, 1.0)))

    def turned_back(self, layer: nn.Linear) -> None:
        """Change a layer that takes z into the one that takes x and says the same."""
        weight = layer.weight.detach().numpy() / self.scale
        if layer.bias is not None:
            layer.bias.data[...] -= weight @ self.mean
        layer.weight.data[...] = weight
