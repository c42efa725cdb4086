"""What a loss asks of its targets and weights before it computes: the right shapes, kinds and ranges.

NumPy would broadcast a target of shape (n,) against predictions of shape (n, 1), and compare every prediction with
every target; a class number that does not exist would pick another row's score. Both are errors here, which name what
to write instead.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.errors import GradientWarning, ShapeError
from tinygrad_vn.graph import Node, Values
from tinygrad_vn.modes import looks_at_values
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.rules import activations
from tinygrad_vn.tensor import Tensor

Shape = tuple[int, ...]
ROUNDING = 1e-6  # how far beside [0, 1] a target may lie that was computed


def beside(prediction: Tensor, values: Any) -> Tensor:
    """Targets as a Tensor of real numbers: data, and whole numbers, take the dtype of the prediction.

    So float64 arrays, as NumPy makes them, do not turn a training in float32 into one in float64. Two Tensors are
    another matter: as in PyTorch, the loss then has the wider dtype, and each gradient that of its own Tensor.
    """
    if isinstance(values, Tensor) and values.dtype.kind == "f":
        return values
    return Tensor(values, dtype=prediction.dtype)


def check_given(loss: str, input: Any, target: Any) -> None:
    """TypeError where the input or the target is None, as where a `forward` has no `return`."""
    if input is None:
        raise TypeError(said("{loss} was given None as its input: does forward() return its result?", loss=loss))
    if target is None:
        raise TypeError(said("{loss} was given None as its target", loss=loss))


def refuse_exchanged(loss: str, input: Any, target: Any) -> None:
    """E08 for `cross_entropy(target, logits)`: whole numbers first, and real ones with an axis more second."""
    if isinstance(input, Tensor) and input.dtype.kind == "f":
        return
    numbers, scores = (x if isinstance(x, Tensor) else np.asarray(x) for x in (input, target))
    first, second = numbers.shape, scores.shape
    if (
        numbers.dtype.kind in "iu"
        and scores.dtype.kind == "f"
        and len(second) == len(first) + 1
        and first[:1] == second[:1]
    ):
        remedy = phrase("Input and target are exchanged: write `{spelling}`.", spelling=f"{loss}(logits, target)")
        raise ShapeError("E08", loss=loss, prediction=first, target=second, consequence="", remedy=remedy)


def warn_of_probabilities(loss: str, input: Tensor) -> None:
    """E16 where the input was made by softmax or sigmoid, but is to be scores, or logarithms."""
    node = input._node
    if type(node) is not Node or node.primitive is not _TAKEN_FOR_SCORES[loss]:
        return
    made_by = node.primitive.name
    if loss == "nll_loss":
        takes, remedy = phrase("the logarithms of probabilities"), phrase("Use log_softmax in its place.")
    else:
        takes = phrase("scores (logits) and applies {function} itself", function=made_by)
        remedy = phrase("Leave {function} out before the loss.", function=made_by)
    warn_user(GradientWarning("E16", loss=loss, takes=takes, function=made_by, remedy=remedy))


_TAKEN_FOR_SCORES = {
    "cross_entropy": activations.softmax,
    "nll_loss": activations.softmax,
    "binary_cross_entropy_with_logits": activations.sigmoid,
}


def check_one_target_each(loss: str, prediction: Shape, target: Shape) -> None:
    """E08 where a loss would compare predictions with the targets of others, or could not compare them at all."""
    if prediction == target:
        return
    consequence: Text | str = ""
    try:
        shape = np.broadcast_shapes(prediction, target)
        consequence = phrase(", which NumPy would broadcast to {shape}", shape=shape)
    except ValueError:  # they do not even broadcast
        pass
    remedy = phrase("Give one target for each prediction, in shape {shape}.", shape=prediction)
    if math.prod(prediction) == math.prod(target):
        remedy = phrase("Write `{spelling}`.", spelling=f"target{_fitting(target, prediction)}")
    raise ShapeError("E08", loss=loss, prediction=prediction, target=target, consequence=consequence, remedy=remedy)


def _fitting(given: Shape, wanted: Shape) -> str:
    """What brings an array of one shape into another of as many elements."""
    if len(wanted) == 2 and given == wanted[::-1]:
        return ".T"
    if len(wanted) == 2 and wanted[1] == 1:
        return ".reshape(-1, 1)"
    return ".reshape(-1)" if len(wanted) == 1 else f".reshape({wanted})"


@looks_at_values
def check_probabilities(loss: str, what: str, values: Values, tolerance: float = 0.0) -> None:
    """ValueError for what is no probability, naming the first such number; `what` is "input" or "target"."""
    if values.size == 0:
        return
    if np.minimum.reduce(values, None) >= -tolerance and np.maximum.reduce(values, None) <= 1 + tolerance:
        return
    place = tuple(np.argwhere(~((values >= -tolerance) & (values <= 1 + tolerance)))[0].tolist())
    text = (
        "{loss} got the input {value} at index {place}, not between 0 and 1; of logits, use "
        "binary_cross_entropy_with_logits"
    )
    if what == "target":
        text = (
            "{loss} got the target {value} at index {place}, not between 0 and 1; the two classes are 0 and 1: of "
            "targets −1 and 1, write (target + 1) / 2"
        )
    raise ValueError(said(text, loss=loss, value=values[place], place=place))


def checked_weight(loss: str, name: str, weight: Any, input: Tensor) -> Tensor:
    """A weight for each element, in the dtype of the input.

    Raises:
        ShapeError: E06 where the shape of the losses would not be that of the input.
    """
    weight = (weight if isinstance(weight, Tensor) else Tensor(weight)).astype(input.dtype)
    extra = input.ndim - weight.ndim
    if extra < 0 or any(n not in (1, m) for n, m in zip(weight.shape, input.shape[extra:], strict=True)):
        why = phrase("the {name} has to broadcast to the shape of the input", name=name)
        raise _misfit(loss, weight.shape, input.shape, why)
    return weight


def checked_class_weight(loss: str, weight: Any, input: Tensor) -> Tensor:
    """A weight for each class, in the dtype of the input.

    Raises:
        ShapeError: E06 where they are not as many as the classes.
    """
    weight = (weight if isinstance(weight, Tensor) else Tensor(weight)).astype(input.dtype)
    count = input.shape[class_axis(input.shape)]
    if weight.shape != (count,):
        why = phrase("the weight needs one number for each of the {count} classes", count=count)
        raise _misfit(loss, weight.shape, input.shape, why)
    return weight


def _misfit(loss: str, left: Shape, right: Shape, why: Text) -> ShapeError:
    return ShapeError("E06", operation=loss, left=left, right=right, why=why, remedy="")


# --- classes ------------------------------------------------------------------------------------------------------


def class_axis(shape: Shape) -> int:
    """The axis of the classes: the second, as in PyTorch, or the only one."""
    return 1 if len(shape) > 1 else 0


def check_scores(loss: str, input: Tensor) -> None:
    """ValueError where the input has no axis of classes, or no class."""
    if input.ndim == 0 or input.shape[class_axis(input.shape)] == 0:
        text = (
            "{loss} needs the scores of at least one class, in shape (classes,), (n, classes) or (n, classes, d1, …), "
            "not {shape}"
        )
        raise ValueError(said(text, loss=loss, shape=input.shape))


def class_numbers(loss: str, target: Values, shape: Shape) -> Values:
    """Targets as class numbers, of the shape of the scores without the axis of the classes.

    Raises:
        ShapeError: E08 where the shape is another.
        TypeError: they are no whole numbers, or rows with a 1 at the class.
    """
    axis = class_axis(shape)
    wanted = shape[:axis] + shape[axis + 1 :]
    if target.dtype.kind not in "iu":
        if target.shape != wanted and target.shape != shape:
            _refuse_shape(loss, shape, target.shape, wanted)
        remedy = "target.astype(int)" if target.shape == wanted else f"target.argmax({axis})"
        if target.dtype.kind not in "fb":
            remedy = "names, target = np.unique(target, return_inverse=True)"
        text = (
            "the targets of {loss} are class numbers, whole numbers of shape {wanted}, not {dtype} of shape {shape}; "
            "write {remedy}"
        )
        raise TypeError(said(text, loss=loss, wanted=wanted, dtype=target.dtype, shape=target.shape, remedy=remedy))
    if target.shape == shape:
        spelling = f"target.argmax({axis})"
        if loss == "cross_entropy":
            spelling = said("target.astype(float) for probabilities, or {spelling}", spelling=spelling)
        text = (
            "{loss} reads whole numbers as class numbers, in shape {wanted}, but these have the shape of the input, "
            "{shape}; where they are rows with a 1 at the class, write {spelling}"
        )
        raise TypeError(said(text, loss=loss, wanted=wanted, shape=shape, spelling=spelling))
    if target.shape != wanted:
        _refuse_shape(loss, shape, target.shape, wanted)
    return target.astype(np.intp, copy=False)


def _refuse_shape(loss: str, shape: Shape, target: Shape, wanted: Shape) -> None:
    remedy = phrase("Give one class number for each prediction, in shape {shape}.", shape=wanted)
    if math.prod(target) == math.prod(wanted):
        remedy = phrase("Write `{spelling}`.", spelling=f"target{_fitting(target, wanted)}")
    raise ShapeError("E08", loss=loss, prediction=shape, target=target, consequence="", remedy=remedy)


@looks_at_values
def ignored_classes(loss: str, target: Values, count: int, ignore_index: int) -> Values | None:
    """Where targets are to be left out, or None where none is.

    Raises:
        IndexError: a class that is not to be ignored does not exist.
    """
    if target.size == 0:
        return None
    if (
        target.dtype == np.intp
        and not 0 <= ignore_index < count
        and np.maximum.reduce(target.view(np.uintp), None) < count
    ):
        return None  # as a number without a sign, a negative one would be very large
    low, high = np.minimum.reduce(target, None), np.maximum.reduce(target, None)
    if low >= 0 and high < count and not low <= ignore_index <= high:
        return None
    ignored = target == ignore_index
    wrong = ~ignored & ((target < 0) | (target >= count))
    if not wrong.any():
        return ignored if ignored.any() else None
    place = tuple(np.argwhere(wrong)[0].tolist())
    found = target[place]
    if count == 1:
        text = (
            "{loss} got class {found} at index {place} of the target, but the input has scores for 1 class, 0 to 0; "
            "of one score for two classes, use binary_cross_entropy_with_logits"
        )
        raise IndexError(said(text, loss=loss, found=found, place=place))
    remedy = said("give the input a score for each class")
    if found < 0:
        remedy = said("to leave such targets out, pass ignore_index={found}", found=found)
    elif low == 1 and high == count:
        remedy = said("classes are counted from 0: write target - 1")
    text = (
        "{loss} got class {found} at index {place} of the target, but the input has scores for {count} classes, "
        "0 to {last}; {remedy}"
    )
    raise IndexError(said(text, loss=loss, found=found, place=place, count=count, last=count - 1, remedy=remedy))


@functools.lru_cache(maxsize=16)
def _first_of_rows(rows: int, count: int) -> Values:
    """Where every row begins, to be read only; the same for every batch."""
    return np.arange(0, rows * count, count)


def positions_of(target: Values, shape: Shape) -> Values:
    """Where the scores of the target classes stand in the flattened input."""
    if len(shape) == 1:
        return target
    rows, count, *others = shape
    if not others:
        return _first_of_rows(rows, count) + target
    first = np.arange(rows).reshape(-1, *(1 for _ in others)) * count
    return (first + target) * math.prod(others) + np.arange(math.prod(others)).reshape(others)
