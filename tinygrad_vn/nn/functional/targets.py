"""What a loss asks of its targets and weights before it computes: the right shapes, kinds and ranges.

NumPy would broadcast a target of shape (n,) against predictions of shape (n, 1), and compare every prediction with
every target; a class number that does not exist would pick another row's score. Both are errors here, which name what
to write instead.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.errors import ShapeError
from tinygrad_vn.graph import Values
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.tensor import Tensor

Shape = tuple[int, ...]
ROUNDING = 1e-6  # how far beside [0, 1] a target may lie that was computed


def beside(prediction: Tensor, values: Any) -> Tensor:
    """Targets as a Tensor of real numbers; lists and whole numbers take the dtype of the prediction."""
    if isinstance(values, Tensor | np.ndarray) and values.dtype.kind == "f":
        return values if isinstance(values, Tensor) else Tensor(values)
    return Tensor(values, dtype=prediction.dtype)


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


def check_probabilities(loss: str, what: str, values: Values, remedy: str, tolerance: float = 0.0) -> None:
    """ValueError for what is no probability, naming the first such number."""
    if values.size == 0:
        return
    if np.minimum.reduce(values, None) >= -tolerance and np.maximum.reduce(values, None) <= 1 + tolerance:
        return
    place = tuple(np.argwhere(~((values >= -tolerance) & (values <= 1 + tolerance)))[0].tolist())
    raise ValueError(f"{loss} got {what} {values[place]} at index {place}, not between 0 and 1; {remedy}")


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
        raise ValueError(
            f"{loss} needs the scores of at least one class, in shape (classes,), (n, classes) or "
            f"(n, classes, d1, …), not {input.shape}"
        )


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
        raise TypeError(
            f"the targets of {loss} are class numbers, whole numbers of shape {wanted}, not {target.dtype} "
            f"of shape {target.shape}; write {remedy}"
        )
    if target.shape == shape:
        real = "target.astype(float) for probabilities, or " if loss == "cross_entropy" else ""
        raise TypeError(
            f"{loss} reads whole numbers as class numbers, in shape {wanted}, but these have the shape of the input, "
            f"{shape}; where they are rows with a 1 at the class, write {real}target.argmax({axis})"
        )
    if target.shape != wanted:
        _refuse_shape(loss, shape, target.shape, wanted)
    return target.astype(np.intp, copy=False)


def _refuse_shape(loss: str, shape: Shape, target: Shape, wanted: Shape) -> None:
    remedy = phrase("Give one class number for each prediction, in shape {shape}.", shape=wanted)
    if math.prod(target) == math.prod(wanted):
        remedy = phrase("Write `{spelling}`.", spelling=f"target{_fitting(target, wanted)}")
    raise ShapeError("E08", loss=loss, prediction=shape, target=target, consequence="", remedy=remedy)


def ignored_classes(loss: str, target: Values, count: int, ignore_index: int) -> Values | None:
    """Where targets are to be left out, or None where none is.

    Raises:
        IndexError: a class that is not to be ignored does not exist.
    """
    if target.size == 0:
        return None
    low, high = np.minimum.reduce(target, None), np.maximum.reduce(target, None)
    if low >= 0 and high < count and not low <= ignore_index <= high:
        return None
    ignored = target == ignore_index
    wrong = ~ignored & ((target < 0) | (target >= count))
    if not wrong.any():
        return ignored if ignored.any() else None
    place = tuple(np.argwhere(wrong)[0].tolist())
    remedy = "give the input a score for each class"
    if count == 1:
        remedy = "of one score for two classes, use binary_cross_entropy_with_logits"
    elif target[place] < 0:
        remedy = f"to leave such targets out, pass ignore_index={target[place]}"
    elif low == 1 and high == count:
        remedy = "classes are counted from 0: write target - 1"
    raise IndexError(
        f"{loss} got class {target[place]} at index {place} of the target, but the input has scores for "
        f"{count} class{'' if count == 1 else 'es'}, 0 to {count - 1}; {remedy}"
    )


def positions_of(target: Values, shape: Shape) -> Values:
    """Where the scores of the target classes stand in the flattened input."""
    if len(shape) == 1:
        return target
    rows, count, *others = shape
    first = np.arange(rows).reshape(-1, *(1 for _ in others)) * count
    if not others:
        return first + target
    return (first + target) * math.prod(others) + np.arange(math.prod(others)).reshape(others)
