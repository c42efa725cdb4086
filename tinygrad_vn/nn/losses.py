"""Losses as modules, as PyTorch has them: made once with their settings, then called with predictions and targets.

    loss_function = nn.CrossEntropyLoss(label_smoothing=0.1)
    loss = loss_function(model(x), y)

More about each of them, and every error, stands with the function of the same name in `nn.functional`. Weights are
buffers: `state_dict()` contains them, and `to(dtype)` turns them with the rest.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Self

import numpy as np

from tinygrad_vn.nn import functional as F
from tinygrad_vn.nn.functional.losses import check_reduction
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.parameter import Buffer
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


class Loss(Module):
    """What losses share: how the losses of single elements are put together.

    Args:
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: there is no such reduction.
        TypeError: predictions are given where settings are wanted: `nn.MSELoss(prediction, target)`.
    """

    __signature__: ClassVar[inspect.Signature]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _, *settings = inspect.signature(cls.__init__).parameters.values()
        cls.__signature__ = inspect.Signature(settings)  # for help(), which would show that of __new__

    def __new__(cls, *settings: Any, **named: Any) -> Self:
        """An object, unless it was given predictions and targets, as functions are."""
        has_weight = "weight" in cls.__signature__.parameters
        if any(isinstance(one, Tensor | np.ndarray) for one in settings[has_weight:]):
            text = "{loss} is a class: make it once, `loss_fn = nn.{loss}()`, and call that with input and target"
            raise TypeError(said(text, loss=cls.__name__))
        return super().__new__(cls)

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction(type(self).__name__, reduction)
        self.reduction = reduction

    def extra_repr(self) -> str:
        """The settings that are not left at their defaults; of weights, the shape."""
        changed = []
        for setting in self.__signature__.parameters.values():
            value = getattr(self, setting.name)
            if isinstance(value, Buffer):
                changed.append(f"{setting.name}=Buffer{value.shape}")
            elif value != setting.default:
                changed.append(f"{setting.name}={value!r}")
        return ", ".join(changed)


class MSELoss(Loss):
    """The squared errors (input − target)²: see `nn.functional.mse_loss`.

        loss_fn = nn.MSELoss()
        loss = loss_fn(model(x), y)  # mean of (input − target)², one number

    Args:
        reduction: "mean", "sum" or "none".

    The call takes input and target of one shape, any shape, and gives shape (), or with "none" that shape.

    Raises:
        ShapeError: (in the call) E08 where the shapes differ, as (n, 1) and (n,) do.
        ValueError: there is no such reduction, or (in the call) no element to take the mean of.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of predictions and targets of one shape."""
        return F.mse_loss(input, target, self.reduction)


class L1Loss(Loss):
    """The absolute errors |input − target|: see `nn.functional.l1_loss`.

    Args:
        reduction: "mean", "sum" or "none".
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of predictions and targets of one shape."""
        return F.l1_loss(input, target, self.reduction)


class HuberLoss(Loss):
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


class SmoothL1Loss(Loss):
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


class BCELoss(Loss):
    """The cross entropy of two classes, of probabilities: see `nn.functional.binary_cross_entropy`.

    −t log p − (1 − t) log(1 − p) for every probability p of class 1, which comes out of a sigmoid, and its target t.
    `BCEWithLogitsLoss` takes what goes into the sigmoid, and is the safer one.

    Args:
        weight: a factor for each element.
        reduction: "mean", "sum" or "none".

    The call takes input and target of one shape, any shape, and gives shape (), or with "none" that shape.

    Raises:
        ShapeError: (in the call) E08 where the shapes differ, E06 where the weight does not fit.
        ValueError: (in the call) an input or a target is not between 0 and 1, or as `MSELoss`.
    """

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.weight = _kept(weight)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss of probabilities and targets of one shape."""
        return F.binary_cross_entropy(input, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Loss):
    """The cross entropy of two classes, of logits: see `nn.functional.binary_cross_entropy_with_logits`.

    `BCELoss` of sigmoid(input), in one: no sigmoid before it (E16 warns). Errors as there, but any input is taken.

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


class NLLLoss(Loss):
    """The cross entropy of several classes, of logarithms of probabilities: see `nn.functional.nll_loss`.

    −input at the target class. What goes in comes out of a log_softmax, not a softmax (E16 warns); errors and shapes
    as `CrossEntropyLoss`.

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


class CrossEntropyLoss(Loss):
    """The cross entropy of several classes, of logits: see `nn.functional.cross_entropy`.

        loss_fn = nn.CrossEntropyLoss()
        loss = loss_fn(model(x), y)  # model(x): scores, shape (n, classes); y: whole numbers from 0, shape (n,)

    −log softmax(input) at the target class. The softmax is part of it: no softmax before it (E16 warns), the model
    ends in a Linear layer.

    Args:
        weight: a factor for each class.
        ignore_index: targets of this number count for nothing.
        reduction: "mean", "sum" or "none".
        label_smoothing: the share of each target, from 0 to 1, that goes to all classes alike.

    The call takes logits (n, classes, …) and class numbers (n, …), or probabilities in the shape of the logits, and
    gives shape (), or with "none" (n, …).

    Raises:
        ShapeError: (in the call) E08 where the shapes do not fit, E06 where there are not as many weights as classes.
        TypeError: (in the call) class numbers are no whole numbers.
        IndexError: (in the call) there is no such class.
        ValueError: a setting is out of range, or (in the call) there is no case to take the mean of.
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
