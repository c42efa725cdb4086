"""Newton's method: a loss with a single valley is taken for a parabola, whose lowest point is one step away.

    step  =  −H⁻¹ · gradient          H: the second derivatives of the loss

A gradient says which way is down, H how soon the slope ends: along a steep, narrow direction soon, along a flat one
late. So a valley a million times longer than wide takes no more steps than a round one, and near the lowest point every
step doubles the number of digits that are right.

For one layer, z = W x + b, H is made of the second derivatives of each sample's loss by its own z: backpropagation
carried out twice. Where H is too large to be written down, conjugate gradients solve H · step = −gradient with products
H · v alone.

Source: Nocedal and Wright, "Numerical optimization", 2nd edition, chapters 3 and 7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from tinygrad_vn import nn, optim
from tinygrad_vn.models.fitting.inputs import Numbers

LARGEST: Final = 2_500  # rows of an H that is written down: 50 MB, and about a second to solve
ROUNDING: Final = 1e-16

Bend = Callable[[Numbers], Numbers]
"""Of a change of the layer's outputs, shape (n, k): how the slopes of the loss by them change."""


class Valley(Protocol):
    """What Newton's method asks of a loss."""

    def value(self) -> float:
        """The loss where the layer stands."""

    def bend(self) -> Bend:
        """How its slopes by the outputs change there."""

    def stiffness(self) -> Numbers:
        """What penalties add to the diagonal of H, shape (k, d)."""

    def moved(self, start: Numbers, step: Numbers, gradient: Numbers) -> float:
        """Told of every step of W; how far this loss is from the one that is meant, 0 where it is the same."""


class Newton(optim.Optimizer):
    """Newton's steps for one layer, halved where a whole one leads uphill.

    Args:
        layer: what learns.
        rows: its inputs, shape (n, d).
        valley: the loss.
        units: of every output, shape (k, 1): weights much smaller count as 0.

    Attributes:
        far: the last step of W beside W itself; close to the minimum, that is how far away it was.
        gain: by how much the parabola said that the loss would fall, beside the loss.
    """

    def __init__(self, layer: nn.Linear, rows: Numbers, valley: Valley, units: Numbers) -> None:
        super().__init__(layer.parameters(), {"lr": 1.0})
        self.layer, self.valley, self.units = layer, valley, units
        self.rows = rows if layer.bias is None else np.column_stack([rows, np.ones(len(rows))])
        self.far = self.gain = np.inf

    def check_settings(self, group: Any) -> None:
        """There are none."""

    def update(self, *_: Any) -> None:
        """Not for Newton, whose `step` moves all parameters together."""
        raise NotImplementedError("Newton moves all parameters together, in step()")

    def step(self, closure: Any = None, *, accumulate: bool = False) -> None:
        """One step down the gradients that are there."""
        gradient = self._side_by_side([p.grad.numpy() for p in self.layer.parameters() if p.grad is not None])
        start = self._side_by_side([p.detach().numpy() for p in self.layer.parameters()])
        before, d = self.valley.value(), self.layer.in_features
        direction = self._direction(gradient)
        slope, length = float(np.vdot(gradient, direction)), 1.0
        self._go_to(start + direction)
        while self.valley.value() > before + 1e-4 * length * slope + 10 * ROUNDING * abs(before) and length > 1e-10:
            length /= 2
            self._go_to(start + length * direction)
        apart = self.valley.moved(start[:, :d], length * direction[:, :d], gradient)
        sizes = np.maximum(np.abs(start[:, :d]).max(axis=1, keepdims=True), self.units)
        self.far = max(float((np.abs(direction[:, :d]) / sizes).max()), apart)
        self.gain = np.inf if apart else -slope / 2 / max(abs(before), np.finfo(float).tiny)

    def _direction(self, gradient: Numbers) -> Numbers:
        """−H⁻¹ · gradient, shape (k, d + 1) as the gradient."""
        bend, stiffness = self.valley.bend(), np.zeros_like(gradient)
        stiffness[:, : self.layer.in_features] = self.valley.stiffness()
        if gradient.size > LARGEST:
            return conjugate_gradients(lambda v: bend(self.rows @ v.T).T @ self.rows + stiffness * v, -gradient)
        H = self._second_derivatives(bend, len(gradient))
        if not stiffness.any():  # several W may be equally good: the shortest step
            shortest: Any = -np.linalg.lstsq(H, gradient.ravel())[0]
            return shortest.reshape(gradient.shape)
        level = 1e-12 * H.diagonal().max()  # of b alone there may still be several
        H[np.diag_indices_from(H)] += stiffness.ravel() + level
        step: Any = -np.linalg.solve(H, gradient.ravel())
        return step.reshape(gradient.shape)

    def _second_derivatives(self, bend: Bend, k: int) -> Numbers:
        """H of the data: of the weights of two outputs i and j, ∑ (∂² loss / ∂zᵢ ∂zⱼ) · x xᵀ."""
        n, width = self.rows.shape
        H = np.zeros((k, width, k, width))
        at_once = max(1, 2_000_000 // (k * width))
        for i in range(k):
            unit = np.zeros((n, k))
            unit[:, i] = 1.0
            bent = bend(unit)[:, i:]
            for first in range(0, n, at_once):
                rows = self.rows[first : first + at_once]
                scaled = bent[first : first + at_once, :, np.newaxis] * rows[:, np.newaxis]
                H[i, :, i:] += (rows.T @ scaled.reshape(len(rows), -1)).reshape(width, k - i, width)
            H[i:, :, i] = H[i, :, i:].transpose(1, 2, 0)
        return H.reshape(k * width, k * width)

    def _side_by_side(self, arrays: list[Numbers]) -> Numbers:
        """W and b as one table, shape (k, d + 1)."""
        return np.column_stack(arrays)

    def _go_to(self, place: Numbers) -> None:
        self.layer.weight.data[...] = place[:, : self.layer.in_features]
        if self.layer.bias is not None:
            self.layer.bias.data[...] = place[:, -1]


def conjugate_gradients(
    product: Callable[[Numbers], Numbers], right: Numbers, precision: float = 1e-6, steps: int = 1_000
) -> Numbers:
    """x with H x = right, from products with H alone; H is symmetric, and no direction bends it downwards.

    Args:
        product: v → H v.
        right: the right side, of any shape; x has the same.
        precision: how small H x − right has to be, beside right.
        steps: how many products at most.

    Source: Nocedal and Wright, algorithm 5.2.
    """
    x, rest = np.zeros_like(right), right.copy()
    way, size = rest.copy(), float(np.vdot(rest, rest))
    enough = precision**2 * size
    for _ in range(steps):
        bent = product(way)
        curvature = float(np.vdot(way, bent))
        if size <= enough or curvature <= 0:
            break
        x += size / curvature * way
        rest -= size / curvature * bent
        before, size = size, float(np.vdot(rest, rest))
        way = rest + size / before * way
    return x
