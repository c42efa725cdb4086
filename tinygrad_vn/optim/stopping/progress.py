"""What stopping rules look at: how far a run has come, its losses, parameters and gradients."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self, SupportsFloat

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.phrases import said
from tinygrad_vn.sparse_gradient import SparseGradient
from tinygrad_vn.tensor import Tensor


@dataclass
class Progress:
    """Where a run stands: what rules look at.

    Attributes:
        iteration: how many updates there were.
        epoch: how many epochs are over; the one that is going on counts.
        loss: of the last update.
        valid_loss: the loss on data that is not learned from, where it was computed.
        params: all parameters, with the gradients of the last update.
        seconds: how long the run has taken.
        end_of_epoch: whether an epoch ends here.
        buffers: what else belongs to the model's state, to be restored with the parameters: running means, say.
    """

    iteration: int
    epoch: int
    loss: float
    valid_loss: float | None
    params: Sequence[Tensor]
    seconds: float
    end_of_epoch: bool
    buffers: Sequence[Tensor] = ()
    _began: float = field(default_factory=time.perf_counter, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, optimizer: Optimizer) -> Progress:
        """For a loop of one's own: the beginning of a run with this optimizer, to be told about every update."""
        params = [p for group in optimizer.param_groups for p in group["params"]]
        return cls(0, 0, math.nan, None, params, 0.0, True)

    def update(
        self, loss: SupportsFloat, valid_loss: SupportsFloat | None = None, *, end_of_epoch: bool = True
    ) -> Self:
        """Take note of one more update.

        Args:
            loss: a number or a Tensor of one element.
            valid_loss: the loss on data that is not learned from.
            end_of_epoch: False for the mini-batches of an epoch, but for its last; where every update uses all data,
                each one is an epoch.
        """
        self.iteration += 1
        self.epoch += self.end_of_epoch
        self.end_of_epoch = end_of_epoch
        self.loss = float(loss)
        self.valid_loss = None if valid_loss is None else float(valid_loss)
        self.seconds = time.perf_counter() - self._began
        return self


# --- long vectors -------------------------------------------------------------------------------------------------


def gradients(progress: Progress, *, sparse: bool = False) -> list[Values]:
    """The gradients of all parameters, zeros for those without, to be read only.

    Args:
        progress: whose parameters are looked at.
        sparse: of a sparse gradient, only the rows that got something.

    Raises:
        ValueError: no parameter has a gradient.
    """
    found: list[Values] = []
    for p in progress.params:
        if p.grad is None:
            found.append(np.zeros(0 if sparse else p.shape))
        elif sparse and isinstance(p.grad, SparseGradient):
            found.append(p.grad.rows.coalesce().values)
        else:
            found.append(p.grad.detach().numpy())
    if all(p.grad is None for p in progress.params):
        raise ValueError(
            said("no parameter has a gradient: ask the rule after backward() and step(), before zero_grad()")
        )
    return found


def copies(tensors: Iterable[Tensor]) -> list[Values]:
    """Their values, which later updates do not change."""
    return [np.array(tensor.detach().numpy()) for tensor in tensors]


def norm(arrays: Iterable[Values]) -> float:
    """The Euclidean norm of all their numbers together."""
    return math.hypot(*(float(np.linalg.norm(array)) for array in arrays))


def distance(these: Sequence[Values], those: Sequence[Values]) -> float:
    """The Euclidean norm of the difference."""
    return norm(a - b for a, b in zip(these, those, strict=True))
