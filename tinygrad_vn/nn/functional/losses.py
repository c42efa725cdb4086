"""Losses as plain functions: how far predictions are from what they should have been, in one number.

    how far off       mse_loss, l1_loss, huber_loss, smooth_l1_loss
    two classes       binary_cross_entropy_with_logits, binary_cross_entropy
    several classes   cross_entropy, nll_loss

Names, defaults and numbers are PyTorch's. `reduction` says what becomes of the losses of the single elements: their
"mean", their "sum", or "none", which returns them all. Nothing is broadcast (E08): a prediction of shape (n, 1) beside
targets of shape (n,) would quietly compare every prediction with every target.

Lists and arrays are data: they take the dtype of the prediction, so that float32 stays float32. Between two Tensors the
wider dtype wins, as in PyTorch; the gradient of each keeps its own.

Scores from a last linear layer, before sigmoid or softmax, are called logits. Losses that take them are the ones to
use: they stay finite and exact where a probability would already have been rounded to 0 or 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.modes import current, looks_at_values
from tinygrad_vn.nn.functional.inputs import real_tensor
from tinygrad_vn.nn.functional.targets import (
    ROUNDING,
    beside,
    check_given,
    check_one_target_each,
    check_probabilities,
    check_scores,
    checked_class_weight,
    checked_weight,
    class_axis,
    class_numbers,
    ignored_classes,
    positions_of,
    refuse_exchanged,
    warn_of_probabilities,
)
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.recording import apply
from tinygrad_vn.rules import activations, losses
from tinygrad_vn.tensor import Tensor

# --- how far off ----------------------------------------------------------------------------------------------------


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """The squared errors (input − target)².

    Args:
        input: the predictions, any shape.
        target: what they should have been, of the same shape.
        reduction: "mean", "sum" or "none".

    Raises:
        ShapeError: E08 where the shapes differ.
        ValueError: there is no such reduction, or no element to take the mean of.
    """
    prediction, target = _pair("mse_loss", input, target, reduction)
    if reduction == "none":
        return (prediction - target) ** 2
    divisor = _count("mse_loss", prediction._data.size) if reduction == "mean" else 1
    return apply(losses.squared_error, prediction, target, divisor)


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """The absolute errors |input − target|; the derivative at 0 is taken as 0. Arguments and errors as `mse_loss`."""
    prediction, target = _pair("l1_loss", input, target, reduction)
    if reduction == "none":
        return abs(prediction - target)
    divisor = _count("l1_loss", prediction._data.size) if reduction == "mean" else 1
    return apply(losses.absolute_error, prediction, target, divisor)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Squares for small errors, absolute values for large ones: an outlier pulls no harder than an error of delta.

    d²/2 where d = |input − target| is at most delta, else delta · (d − delta/2) (Huber, 1964).

    Args:
        input: the predictions, any shape.
        target: what they should have been, of the same shape.
        reduction: "mean", "sum" or "none".
        delta: where the square goes over into the straight line, in the units of the target.

    Raises:
        ShapeError: E08 where the shapes differ.
        ValueError: delta is not positive, or as `mse_loss`.
    """
    if not delta > 0:
        raise ValueError(said("huber_loss needs a positive delta, not {delta}", delta=delta))
    prediction, target = _pair("huber_loss", input, target, reduction)
    return _reduced("huber_loss", apply(losses.huber, prediction - target, float(delta)), reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """`huber_loss` with delta = beta, divided by beta, so that the straight part has slope 1; `l1_loss` for beta = 0.

    Args:
        input: the predictions, any shape.
        target: what they should have been, of the same shape.
        reduction: "mean", "sum" or "none".
        beta: where the square goes over into the straight line.

    Raises:
        ShapeError: E08 where the shapes differ.
        ValueError: beta is negative, or as `mse_loss`.
    """
    if not beta >= 0:
        raise ValueError(said("smooth_l1_loss needs a beta of at least 0, not {beta}", beta=beta))
    prediction, target = _pair("smooth_l1_loss", input, target, reduction)
    error = prediction - target
    elements = abs(error) if beta == 0 else apply(losses.huber, error, float(beta)) / float(beta)
    return _reduced("smooth_l1_loss", elements, reduction)


# --- two classes ----------------------------------------------------------------------------------------------------


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Tensor:
    """−t log p − (1 − t) log(1 − p), for probabilities p and targets t; for logits there is a safer one below.

    As in PyTorch, no logarithm is taken to be less than −100, and where p (1 − p) is less than 1e-12, the gradient
    (p − t) / (p (1 − p)) is divided by 1e-12 instead.

    Args:
        input: the probabilities p of class 1, from 0 to 1, any shape.
        target: the classes 0 and 1, or probabilities, of the same shape.
        weight: a factor for each element; it may broadcast to the shape of the input. "mean" divides by the number of
            elements all the same.
        reduction: "mean", "sum" or "none".

    Raises:
        ShapeError: E08 where the shapes differ, E06 where the weight does not fit.
        ValueError: numbers outside [0, 1], or as `mse_loss`.
    """
    loss = "binary_cross_entropy"
    probability, target = _pair(loss, input, target, reduction)
    check_probabilities(loss, "input", probability._values())
    _check_binary_target(loss, target)
    elements = apply(losses.binary_cross_entropy, probability, target)
    if weight is not None:
        elements = elements * checked_weight(loss, "weight", weight, probability)
    return _reduced(loss, elements, reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), exact for logits of any size: finite values, finite gradients.

    Its gradient is sigmoid(input) − target.

    Args:
        input: the logits, any shape.
        target: the classes 0 and 1, or probabilities, of the same shape.
        weight: a factor for each element; it may broadcast to the shape of the input.
        reduction: "mean", "sum" or "none".
        pos_weight: a factor for the part of class 1, against classes of unequal size: (number of 0s) / (number of 1s),
            for example. One number, or one for each column; it may broadcast to the shape of the input.

    Raises:
        ShapeError: E08 where the shapes differ, E06 where a weight does not fit.
        ValueError: targets outside [0, 1], or as `mse_loss`.
    """
    loss = "binary_cross_entropy_with_logits"
    logits, target = _pair(loss, input, target, reduction)
    warn_of_probabilities(loss, logits)
    _check_binary_target(loss, target)
    positive = 1.0 if pos_weight is None else checked_weight(loss, "pos_weight", pos_weight, logits)
    elements = apply(losses.logistic_loss, logits, target, positive)
    if weight is not None:
        elements = elements * checked_weight(loss, "weight", weight, logits)
    return _reduced(loss, elements, reduction)


# --- several classes ------------------------------------------------------------------------------------------------


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """−log softmax(input) at the target class, exact for logits of any size: finite values, finite gradients.

    Its gradient is softmax(input) − (1 at the target class, 0 elsewhere). With probabilities q as targets it is
    −∑ q log softmax(input).

    Args:
        input: the logits: (n, classes), (n, classes, d1, …) or, for a single case, (classes,).
        target: class numbers from 0, of the shape of the input without the axis of the classes; or probabilities
            (real numbers) of the shape of the input.
        weight: a factor for each class, shape (classes,). With class numbers, "mean" is the weighted mean: it divides
            by the sum of the weights of the targets; with probabilities it divides by the number of cases.
        ignore_index: targets of this number count for nothing, in the mean as well.
        reduction: "mean", "sum" or "none".
        label_smoothing: from 0 to 1, the share ε that goes to all classes alike: targets become (1 − ε) q + ε/classes.

    Raises:
        ShapeError: E08 where the shapes do not fit, E06 where there are not as many weights as classes.
        TypeError: the targets are of the wrong kind: real class numbers, or whole numbers in place of probabilities.
        IndexError: there is no such class.
        ValueError: a setting is out of range, or there is no case to take the mean of.
    """
    if not 0 <= label_smoothing <= 1:
        text = "cross_entropy needs a label_smoothing from 0 to 1, not {value}"
        raise ValueError(said(text, value=label_smoothing))
    check_given("cross_entropy", input, target)
    if not isinstance(target, Tensor | np.ndarray):
        target = np.asarray(target)
    refuse_exchanged("cross_entropy", input, target)
    logits = real_tensor(input)
    check_scores("cross_entropy", logits)
    warn_of_probabilities("cross_entropy", logits)
    logarithms = apply(activations.log_softmax, logits, class_axis(logits.shape))
    if target.dtype.kind == "f" and target.shape == logits.shape:
        target = beside(logits, target)
        return _of_probabilities(logarithms, target, weight, ignore_index, reduction, label_smoothing)
    return _of_classes("cross_entropy", logarithms, target, weight, ignore_index, reduction, label_smoothing)


def nll_loss(input: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Tensor:
    """−input at the target class: `cross_entropy` for what is already the logarithm of probabilities (`log_softmax`).

    Args:
        input: logarithms of probabilities: (n, classes), (n, classes, d1, …) or, for a single case, (classes,).
        target: class numbers from 0, of the shape of the input without the axis of the classes.
        weight: a factor for each class, shape (classes,); "mean" divides by the sum of the weights of the targets.
        ignore_index: targets of this number count for nothing, in the mean as well.
        reduction: "mean", "sum" or "none".

    Raises:
        ShapeError: E08 where the shapes do not fit, E06 where there are not as many weights as classes.
        TypeError: the targets are no whole numbers.
        IndexError: there is no such class.
        ValueError: there is no such reduction, or no case to take the mean of.
    """
    check_given("nll_loss", input, target)
    refuse_exchanged("nll_loss", input, target)
    logarithms = real_tensor(input)
    check_scores("nll_loss", logarithms)
    warn_of_probabilities("nll_loss", logarithms)
    return _of_classes("nll_loss", logarithms, target, weight, ignore_index, reduction, 0.0)


def _of_classes(
    loss: str, logarithms: Tensor, target: Any, weight: Any, ignore_index: int, reduction: str, smoothing: float
) -> Tensor:
    """The loss of class numbers, from logarithms of probabilities."""
    check_reduction(loss, reduction)
    shape, axis = logarithms.shape, class_axis(logarithms.shape)
    numbers = class_numbers(loss, target._values() if isinstance(target, Tensor) else np.asanyarray(target), shape)
    ignored = ignored_classes(loss, numbers, shape[axis], ignore_index)
    if ignored is not None:
        numbers = np.where(ignored, 0, numbers)
    positions = positions_of(numbers, shape)
    weight = None if weight is None else checked_class_weight(loss, weight, logarithms)
    if smoothing or reduction == "none":
        elements: Any = _losses_of_classes(logarithms, numbers, positions, weight, smoothing)
        elements = elements if ignored is None else np.where(ignored, 0.0, elements)
        if reduction != "mean":
            return elements if reduction == "none" else elements.sum()
        return elements.sum() / _total_weight(loss, numbers, ignored, weight)
    if ignored is not None:
        _tell_of_ignored(loss)
        numbers, positions = numbers[~ignored], positions[~ignored]
    factors: Any = 1.0 if weight is None else weight[numbers]
    if reduction == "mean":
        factors = factors / _total_weight(loss, numbers, None, weight)
    return apply(losses.negative_sum, logarithms, positions, factors)


def _losses_of_classes(
    logarithms: Tensor, numbers: Values, positions: Values, weight: Tensor | None, smoothing: float
) -> Tensor:
    """The loss of every case by itself."""
    elements = -apply(losses.pick, logarithms, positions)
    if weight is not None:
        elements = elements * weight[numbers]
        logarithms = logarithms * _by_class(weight, logarithms.shape)
    if smoothing:
        axis = class_axis(logarithms.shape)
        elements = elements * (1 - smoothing) - logarithms.sum(axis) * (smoothing / logarithms.shape[axis])
    return elements


def _total_weight(loss: str, numbers: Values, ignored: Values | None, weight: Tensor | None) -> Any:
    """What a mean divides by: the weights of all targets that count, or their number."""
    if ignored is not None:
        _tell_of_ignored(loss)
    counted = numbers if ignored is None else numbers[~ignored]
    _count(loss, counted.size)
    if weight is None:
        return counted.size
    total = weight[counted].sum()
    _check_total(loss, total._values())
    return total


def _tell_of_ignored(loss: str) -> None:
    """Tell whoever watches that the number of cases depends on the targets."""
    watch = current()[1]
    if watch is not None:
        watch.tied(phrase("{loss} leaves out the targets to be ignored, and how many depends on values", loss=loss))


@looks_at_values
def _check_total(loss: str, total: Values) -> None:
    if total.item() == 0:
        text = "{loss} has no mean, as the weights of all targets in this batch are 0"
        raise ValueError(said(text, loss=loss))


def _of_probabilities(
    logarithms: Tensor, target: Tensor, weight: Any, ignore_index: int, reduction: str, smoothing: float
) -> Tensor:
    """The cross entropy of targets that are probabilities."""
    check_reduction("cross_entropy", reduction)
    if ignore_index >= 0:
        text = "targets that are probabilities have no class {number} to ignore; leave cases out"
        raise ValueError(said(text, number=ignore_index))
    shape, axis = logarithms.shape, class_axis(logarithms.shape)
    if smoothing:
        target = target * (1 - smoothing) + smoothing / shape[axis]
    if weight is not None:
        target = target * _by_class(checked_class_weight("cross_entropy", weight, logarithms), shape)
    elements = -(logarithms * target).sum(axis)
    return _reduced("cross_entropy", elements, reduction)


def _by_class(weight: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Weights of classes, shaped so that they stand along the axis of the classes."""
    return weight.reshape((-1,) + (1,) * (len(shape) - 2)) if len(shape) > 2 else weight


# --- what all of them do --------------------------------------------------------------------------------------------


def _pair(loss: str, input: Any, target: Any, reduction: str) -> tuple[Tensor, Tensor]:
    """Predictions and targets as Tensors of real numbers and of one shape."""
    check_reduction(loss, reduction)
    check_given(loss, input, target)
    prediction = real_tensor(input)
    target = beside(prediction, target)
    check_one_target_each(loss, prediction.shape, target.shape)
    return prediction, target


def check_reduction(loss: str, reduction: str) -> None:
    """ValueError for a reduction that there is not."""
    if reduction not in ("mean", "sum", "none"):
        text = "{loss} has no reduction {name:.60}; write 'mean', 'sum' or 'none'"
        raise ValueError(said(text, loss=loss, name=repr(reduction)))


def _check_binary_target(loss: str, target: Tensor) -> None:
    check_probabilities(loss, "target", target._values(), ROUNDING)


def _reduced(loss: str, elements: Tensor, reduction: str) -> Tensor:
    """The losses of the single elements, put together."""
    if reduction == "none":
        return elements
    if reduction == "sum":
        return elements.sum()
    _count(loss, elements._data.size)
    return elements.mean()


def _count(loss: str, elements: int) -> int:
    """The number of elements, of which there must be one for a mean; PyTorch returns NaN, and the weights are lost."""
    if elements == 0:
        text = (
            "{loss} has no mean, as there is no loss in this batch (it is empty, or every target is ignored); skip it, "
            "or write reduction='sum'"
        )
        raise ValueError(said(text, loss=loss))
    return elements
