"""Proximal gradient descent: how a loss with corners, ∑ |W|, is brought to its lowest point.

|W| has a corner at 0, where a gradient says nothing. So a step is taken on the smooth part of the loss alone, then
every weight goes a fixed amount towards 0, and those that would cross it stay there. Between steps, W runs ahead by
what the last ones had in common (FISTA), and stops doing so where that leads uphill.

Sources: Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear inverse problems", SIAM J.
Imaging Sciences 2(1), 2009; O'Donoghue and Candès, "Adaptive restart for accelerated gradient schemes", Foundations of
Computational Mathematics 15, 2015.
"""

from __future__ import annotations

import numpy as np

from tinygrad_vn import nn, training
from tinygrad_vn.models.fitting.inputs import Numbers
from tinygrad_vn.phrases import phrase
from tinygrad_vn.training import Run


class ProximalSteps(training.Callback):
    """Makes of gradient descent the descent of a loss plus ∑ threshold · |W|.

    Args:
        layer: whose weights are penalised; its bias is not.
        threshold: of every column, shape (d,).
        rate: the learning rate.
        tol: stop where a step is so short beside the first, or where nothing moves.
    """

    def __init__(self, layer: nn.Linear, threshold: Numbers, rate: float, tol: float) -> None:
        self.parameters = list(layer.parameters())
        self.thresholds = [threshold * rate, *([0.0] * (len(self.parameters) - 1))]
        self.tol, self.momentum, self.first = tol, 1.0, 0.0
        self.reached = self.left = [p.detach().numpy().copy() for p in self.parameters]

    def after_step(self, run: Run) -> None:
        """The step towards 0, then the running ahead."""
        reached = [
            np.sign(p.detach().numpy()) * np.maximum(np.abs(p.detach().numpy()) - t, 0.0)
            for p, t in zip(self.parameters, self.thresholds, strict=True)
        ]
        moved = [new - from_ for new, from_ in zip(reached, self.left, strict=True)]
        way = [new - old for new, old in zip(reached, self.reached, strict=True)]
        length = max(float(np.abs(move).max()) for move in moved)
        self.first = self.first or length
        if length <= self.tol * self.first:
            run.end(phrase("the steps have become too short to change anything"))
        is_uphill = sum(float(np.vdot(m, w)) for m, w in zip(moved, way, strict=True)) < 0
        momentum = 1.0 if is_uphill else (1 + (1 + 4 * self.momentum**2) ** 0.5) / 2
        ahead = 0.0 if is_uphill else (self.momentum - 1) / momentum
        self.reached, self.momentum = reached, momentum
        self.left = [new + ahead * step for new, step in zip(reached, way, strict=True)]
        self._set(self.left)

    def on_end(self, run: Run) -> None:
        """The weights themselves, not what runs ahead of them."""
        self._set(self.reached)

    def _set(self, values: list[Numbers]) -> None:
        for parameter, value in zip(self.parameters, values, strict=True):
            parameter.data[...] = value
