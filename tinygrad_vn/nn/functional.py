"""Activation functions and losses as plain functions of Tensors (or arrays), each safe for inputs of any size.

relu′(0) is 0, as in PyTorch; the lecture `001_138430595a83a231.txt` takes 1 for x ≥ 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.errors import ShapeError
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.rules import activations, elementwise
from tinygrad_vn.tensor import Tensor


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + e⁻ˣ), elementwise: from 0 to 1."""
    return activations.sigmoid(_tensor(x))


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent, elementwise: from −1 to 1."""
    return elementwise.tanh(_tensor(x))


def relu(x: Any) -> Tensor:
    """max(0, x), elementwise; its derivative at 0 is taken as 0."""
    return activations.relu(_tensor(x))


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, else `negative_slope` · x."""
    return activations.leaky_relu(_tensor(x), negative_slope)


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha · (eˣ − 1) (Clevert, Unterthiner and Hochreiter, 2015)."""
    return activations.elu(_tensor(x), alpha)


def gelu(x: Any) -> Tensor:
    """x Φ(x), with the normal distribution function Φ (Hendrycks and Gimpel, 2016); the exact form."""
    return activations.gelu(_tensor(x))


def silu(x: Any) -> Tensor:
    """x · sigmoid(x), elementwise (also called swish)."""
    return activations.silu(_tensor(x))


def softplus(x: Any) -> Tensor:
    """log(1 + eˣ), elementwise: a smooth relu."""
    return activations.softplus(_tensor(x))


def softmax(x: Any, axis: int = -1, dim: int | None = None) -> Tensor:
    """Exponentials divided by their sum along an axis (PyTorch's `dim`): positive numbers that add up to 1."""
    return activations.softmax(_tensor(x), axis if dim is None else dim)


def log_softmax(x: Any, axis: int = -1, dim: int | None = None) -> Tensor:
    """The logarithm of `softmax`, without losing digits."""
    return activations.log_softmax(_tensor(x), axis if dim is None else dim)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False, dim: Any = None) -> Tensor:
    """log ∑ eˣ over the given axes (all by default), without overflow."""
    return activations.logsumexp(_tensor(x), axis if dim is None else dim, keepdims)


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """The squared errors (input − target)², as their mean, their sum, or all of them.

    Args:
        input: the predictions, any shape.
        target: what they should have been, of the same shape; nothing is broadcast.
        reduction: "mean", "sum" or "none".

    Raises:
        ShapeError: E08 where the shapes differ.
        ValueError: there is no such reduction.
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"mse_loss has no reduction {reduction!r}; write 'mean', 'sum' or 'none'")
    prediction, target = _tensor(input), _tensor(target)
    check_one_target_each("mse_loss", prediction.shape, target.shape)
    squares = (prediction - target) ** 2
    if reduction == "none":
        return squares
    return squares.mean() if reduction == "mean" else squares.sum()


def check_one_target_each(loss: str, prediction: tuple[int, ...], target: tuple[int, ...]) -> None:
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


def _fitting(given: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """What brings an array of one shape into another of as many elements."""
    if len(wanted) == 2 and given == wanted[::-1]:
        return ".T"
    if len(wanted) == 2 and wanted[1] == 1:
        return ".reshape(-1, 1)"
    return ".reshape(-1)" if len(wanted) == 1 else f".reshape({wanted})"


def _tensor(x: Any) -> Tensor:
    """Whole numbers become real ones; everything else stays what it is."""
    x = x if isinstance(x, Tensor) else Tensor(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)
