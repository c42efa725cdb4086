"""Losses as modules, as PyTorch has them: made once with their settings, then called with predictions and targets.

    loss_function = nn.CrossEntropyLoss(label_smoothing=0.1)
    loss = loss_function(model(x), y)

What each of them computes, and every error, stands with the function of the same name in `nn.functional`. Weights are
buffers: `state_dict()` contains them, and `to(dtype)` turns them with the rest.
"""

from __future__ import annotations

import inspect
from typing import Any

from tinygrad_vn.nn import functional as F
from tinygrad_vn.nn.functional.losses import check_reduction
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.parameter import Buffer
from tinygrad_vn.tensor import Tensor


class _Loss(Module):
    """What losses share: how the losses of single elements are put together.

    Args:
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: there is no such reduction.
    """

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction(type(self).__name__, reduction)
        self.reduction = reduction

    def extra_repr(self) -> str:
        """The settings that are not left at their defaults; of weights, the shape."""
        changed = []
        for setting in inspect.signature(type(self)).parameters.values():
            value = getattr(self, setting.name)
            if isinstance(value, Buffer):
                changed.append(f"{setting.name}=Buffer{value.shape}")
            elif value != setting.default:
                changed.append(f"{setting.name}={value!r}")
        return ", ".join(changed)


class MSELoss(_Loss):
    """The squared errors (input − target)²: see `nn.functional.mse_loss`.

    Args:
        reduction: "mean", "sum" or "none".
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of predictions and targets of one shape."""
        return F.mse_loss(input, target, self.reduction)


class L1Loss(_Loss):
    """The absolute errors |input − target|: see `nn.functional.l1_loss`.

    Args:
        reduction: "mean", "sum" or "none".
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of predictions and targets of one shape."""
        return F.l1_loss(input, target, self.reduction)


class HuberLoss(_Loss):
    """Squares for small errors, a straight line for large ones: see `nn.functional.huber_loss`.

    Args:
        reduction: "mean", "sum" or "none".
        delta: where the square goes over into the line.
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = delta

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of predictions and targets of one shape."""
        return F.huber_loss(input, target, self.reduction, self.delta)


class SmoothL1Loss(_Loss):
    """Squares for small errors, absolute values for large ones: see `nn.functional.smooth_l1_loss`.

    Args:
        reduction: "mean", "sum" or "none".
        beta: where the square goes over into the line.
    """

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = beta

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of predictions and targets of one shape."""
        return F.smooth_l1_loss(input, target, self.reduction, self.beta)


class BCELoss(_Loss):
    """The cross entropy of two classes, of probabilities: see `nn.functional.binary_cross_entropy`.

    Args:
        weight: a factor for each element.
        reduction: "mean", "sum" or "none".
    """

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.weight = _kept(weight)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of probabilities and targets of one shape."""
        return F.binary_cross_entropy(input, target, self.weight, self.reduction)


class BCEWithLogitsLoss(_Loss):
    """The cross entropy of two classes, of logits: see `nn.functional.binary_cross_entropy_with_logits`.

    Args:
        weight: a factor for each element.
        reduction: "mean", "sum" or "none".
        pos_weight: a factor for the part of class 1, against classes of unequal size.
    """

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(reduction)
        self.weight, self.pos_weight = _kept(weight), _kept(pos_weight)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of logits and targets of one shape."""
        return F.binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)


class NLLLoss(_Loss):
    """The cross entropy of several classes, of logarithms of probabilities: see `nn.functional.nll_loss`.

    Args:
        weight: a factor for each class.
        ignore_index: targets of this number count for nothing.
        reduction: "mean", "sum" or "none".
    """

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.weight = _kept(weight)
        self.ignore_index = ignore_index

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of logarithms of probabilities, (n, classes, …), and class numbers, (n, …)."""
        return F.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class CrossEntropyLoss(_Loss):
    """The cross entropy of several classes, of logits: see `nn.functional.cross_entropy`.

    Args:
        weight: a factor for each class.
        ignore_index: targets of this number count for nothing.
        reduction: "mean", "sum" or "none".
        label_smoothing: the share of each target, from 0 to 1, that goes to all classes alike.
    """

    def __init__(
        self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ) -> None:
        super().__init__(reduction)
        self.weight = _kept(weight)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of logits, (n, classes, …), and class numbers, (n, …), or probabilities, (n, classes, …)."""
        return F.cross_entropy(input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing)


def _kept(weight: Any) -> Buffer | None:
    return None if weight is None else Buffer(weight)
