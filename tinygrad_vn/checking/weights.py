"""The weights of the results: a random number for each element, so that no two mistakes cancel by design.

Weights of 1 would be blind: the elements of a softmax always sum to 1, and a rule that returned 0 would pass. Random
ones are blind to a result that is 1e-8 of the others, so results that respond less get greater weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from tinygrad_vn.graph import Values

UNEVEN: Final = 100.0  # results that respond so much more than others would hide them in a sum
FLAT: Final = 1e-4  # of its size: what responds less than this would only bring in round-off

Moved = Callable[[Sequence[Values]], list[Values] | None]
"""The results at other values of the inputs, None outside the domain."""


def random_weights(results: Sequence[Values], rng: np.random.Generator) -> list[Values]:
    """From ½ to 1½, with random signs."""
    return [rng.uniform(0.5, 1.5, r.shape) * rng.choice([-1.0, 1.0], r.shape) for r in results]


def leveled(
    weights: list[Values],
    results: Sequence[Values],
    points: Sequence[Values],
    scales: Sequence[float],
    moved: Moved,
    rng: np.random.Generator,
) -> list[Values]:
    """The weights, divided by how much each result responds to the inputs where that is very uneven.

    Args:
        weights: random ones.
        results: of the function.
        points: its inputs, with their scales.
        scales: the magnitude of each input.
        moved: evaluates the function elsewhere.
        rng: for a random direction.
    """
    step, response = float(np.cbrt(np.finfo(float).eps)), [np.full(r.shape, np.nan) for r in results]
    for floor in (0.1, 0.0):  # steps in proportion to the scale of the array; else to each element, to stay inside
        sizes = [
            np.maximum(np.abs(x), floor * s) * rng.uniform(0.5, 1.5, x.shape)
            for x, s in zip(points, scales, strict=True)
        ]
        elsewhere = moved([x + step * d * rng.choice([-1.0, 1.0], x.shape) for x, d in zip(points, sizes, strict=True)])
        if elsewhere is not None:
            new = [np.abs(there - here) / step for there, here in zip(elsewhere, results, strict=True)]
            response = [np.where(np.isfinite(old), old, n) for old, n in zip(response, new, strict=True)]
    response = [np.fmax(s, FLAT * np.abs(r)) for s, r in zip(response, results, strict=True)]
    usable = [np.isfinite(s) & (s > 0) for s in response]
    known = np.concatenate([np.zeros(0), *(s[on] for s, on in zip(response, usable, strict=True))])
    if not known.size or known.max() <= UNEVEN * known.min():
        return weights
    return [w / np.where(on, s, 1.0) for w, s, on in zip(weights, response, usable, strict=True)]
