"""Rules that stop where the gradient is close to 0, or where something hardly changes any more.

Each compares two points of the way; what lies between them and the minimum it cannot know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.settings import at_least
from tinygrad_vn.optim.stopping.progress import Progress, copies, distance, gradients, norm
from tinygrad_vn.optim.stopping.rule import StoppingRule
from tinygrad_vn.optim.stopping.words import in_both
from tinygrad_vn.phrases import Text


class _Tolerance(StoppingRule):
    """A rule that stops where a number is at most `tol`, or at most `rel` times another.

    Args:
        tol: the absolute tolerance.
        rel: the relative tolerance, 0 for none.
    """

    def __init__(self, tol: float, *, rel: float = 0.0) -> None:
        self.tol, self.rel = at_least("tol", tol, 0), at_least("rel", rel, 0)
        super().__init__()

    def _judged(self, value: float, scale: float, progress: Progress, **details: object) -> Text | None:
        """The reason, where the value is small enough by itself or beside `scale`."""
        limit = max(self.tol, self.rel * scale) if math.isfinite(scale) else self.tol
        if not value <= limit:
            return None
        numbers = {"value": f"{value:.3g}", "limit": f"{limit:.3g}", "count": progress.iteration}
        return in_both(type(self).__name__, **numbers, **details)


class GradientNorm(_Tolerance):
    """Stop where the gradient is close to 0: ‖∇J‖ ≤ tol, or ≤ rel · ‖∇J‖ at the first update.

    Args:
        tol: the absolute tolerance.
        rel: the relative tolerance, 0 for none.

    Raises:
        TypeError, ValueError: a tolerance is no number, negative or NaN; in `met`, no parameter has a gradient.
    """

    remembers: ClassVar[Mapping[str, Any]] = {"first": None}
    first: float | None

    def judge(self, progress: Progress) -> Text | None:
        """Whether the gradient of the last update is short.

        Raises:
            ValueError: no parameter has a gradient.
        """
        value = norm(gradients(progress, sparse=True))
        if self.first is None:
            self.first = value
        return self._judged(value, self.first, progress)


class GradientChange(_Tolerance):
    """Stop where the gradients at two successive updates agree: ‖∇J(θₜ) − ∇J(θₜ₋₁)‖ ≤ tol, or ≤ rel · ‖∇J(θₜ₋₁)‖.

    It keeps a copy of all gradients.

    Args:
        tol: the absolute tolerance.
        rel: the relative tolerance, 0 for none.
    """

    remembers: ClassVar[Mapping[str, Any]] = {"previous": None}
    previous: list[Values] | None

    def judge(self, progress: Progress) -> Text | None:
        """Whether the gradient of the last update is that of the one before.

        Raises:
            ValueError: no parameter has a gradient.
        """
        previous, now = self.previous, [np.array(g) for g in gradients(progress)]
        self.previous = now
        if previous is None:
            return None
        return self._judged(distance(now, previous), norm(previous), progress)


class LossChange(_Tolerance):
    """Stop where the losses at two successive updates agree: |J(θₜ) − J(θₜ₋₁)| ≤ tol, or ≤ rel · |J(θₜ₋₁)|.

    In `fit` the loss is that of a batch, and at the end of an epoch the mean of the epoch: like is compared with like.

    Args:
        tol: the absolute tolerance.
        rel: the relative tolerance, 0 for none.
    """

    remembers: ClassVar[Mapping[str, Any]] = {"previous": (None, None)}
    previous: tuple[float | None, float | None]

    def judge(self, progress: Progress) -> Text | None:
        """Whether the loss is that of the update (or epoch) before."""
        of_batch, of_epoch = self.previous
        before = of_epoch if progress.end_of_epoch else of_batch
        now = progress.loss
        self.previous = (of_batch, now) if progress.end_of_epoch else (now, of_epoch)
        if before is None:
            return None
        return self._judged(abs(now - before), abs(before), progress)


class ParameterChange(_Tolerance):
    """Stop where the solution has hardly moved over some updates: ‖θₜ − θₜ₋ₖ‖ ≤ tol, or ≤ rel · ‖θₜ₋ₖ‖.

    The usual rule for stochastic and mini-batch gradient descent, whose single steps go to and fro. It keeps a copy of
    all parameters.

    Args:
        tol: the absolute tolerance.
        every: k, the number of updates between two comparisons.
        rel: the relative tolerance, 0 for none.
    """

    remembers: ClassVar[Mapping[str, Any]] = {"previous": None, "compared_at": 0}
    previous: list[Values] | None
    compared_at: int

    def __init__(self, tol: float, every: int = 1, *, rel: float = 0.0) -> None:
        self.every = at_least("every", every, 1)
        super().__init__(tol, rel=rel)

    def judge(self, progress: Progress) -> Text | None:
        """Whether the parameters are those of k updates ago, where it is time to compare."""
        previous, since = self.previous, progress.iteration - self.compared_at
        if previous is not None and since < self.every:
            return None
        now = copies(progress.params)
        self.previous = now
        self.compared_at = progress.iteration
        if previous is None:
            return None
        return self._judged(distance(now, previous), norm(previous), progress, every=since)
