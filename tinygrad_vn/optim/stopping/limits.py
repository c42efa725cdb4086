"""Rules that stop at a limit: of updates, of time, of the loss."""

from __future__ import annotations

from tinygrad_vn.optim.settings import at_least, check_finite
from tinygrad_vn.optim.stopping.progress import Progress
from tinygrad_vn.optim.stopping.rule import StoppingRule
from tinygrad_vn.optim.stopping.words import in_both
from tinygrad_vn.phrases import Text


class MaxIterations(StoppingRule):
    """Stop after so many updates: the commonest rule, which also sees to it that a program ends.

    Args:
        limit: the number of updates.
    """

    def __init__(self, limit: int) -> None:
        self.limit = at_least("limit", limit, 1)
        super().__init__()

    def judge(self, progress: Progress) -> Text | None:
        """Whether there were as many updates."""
        if progress.iteration < self.limit:
            return None
        return in_both("MaxIterations", count=progress.iteration, limit=self.limit)


class TimeLimit(StoppingRule):
    """Stop after so many seconds.

    Args:
        seconds: the limit; it is noticed at the next update.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = at_least("seconds", seconds, 0)
        super().__init__()

    def judge(self, progress: Progress) -> Text | None:
        """Whether the run has taken as long."""
        if progress.seconds < self.seconds:
            return None
        return in_both("TimeLimit", value=f"{progress.seconds:.4g}", limit=f"{self.seconds:g}")


class TargetLoss(StoppingRule):
    """Stop where the training loss is small enough.

    Args:
        target: the loss that is wanted.
    """

    def __init__(self, target: float) -> None:
        check_finite({"target": target}, "target")
        self.target = target
        super().__init__()

    def judge(self, progress: Progress) -> Text | None:
        """Whether the loss is not larger."""
        if not progress.loss <= self.target:
            return None
        value = f"{progress.loss:.4g}"
        return in_both("TargetLoss", value=value, limit=f"{self.target:g}", count=progress.iteration)
