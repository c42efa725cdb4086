"""What layers compute, as plain functions of Tensors (or arrays): they keep no parameters of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.chance import drawn
from tinygrad_vn.dtypes import DTypeLike
from tinygrad_vn.graph import Values
from tinygrad_vn.modes import looks_at_values
from tinygrad_vn.nn.functional.inputs import real_tensor
from tinygrad_vn.phrases import said
from tinygrad_vn.recording import apply, untracked
from tinygrad_vn.rules import indexing, products
from tinygrad_vn.tensor import Tensor


def linear(input: Any, weight: Any, bias: Any = None) -> Tensor:
    """x Wᵀ + b: every output is a weighted sum of all inputs.

    Args:
        input: x, shape (…, in).
        weight: W, shape (out, in): one row per output. The lectures write x W with W of shape (in, out). Shape (in,)
            for a single output without an axis of its own.
        bias: b, shape (out,), or None for none.

    Returns:
        Shape (…, out), or (…) for a weight of shape (in,).

    Raises:
        ValueError: the weight has more axes.
        ShapeError: E06 where the shapes do not fit.
    """
    weight = real_tensor(weight)
    if weight.ndim != 2:
        if weight.ndim != 1:
            raise ValueError(said("linear: weight must have shape (out, in), not {shape}", shape=weight.shape))
        return linear(input, weight.reshape((1, -1)), bias)[..., 0]
    return apply(products.linear, _in_dtype_of(weight, input), weight, bias)


def embedding(input: Any, weight: Any, padding_idx: int | None = None, *, sparse: bool = False) -> Tensor:
    """The rows of a table that the indices name.

    Args:
        input: whole numbers from 0 to n − 1, any shape.
        weight: the table, shape (n, d).
        padding_idx: a row that gets no gradient: what stands for "nothing here".
        sparse: whether the gradient is to hold only the rows that were used; not where the table is itself a result.

    Returns:
        The shape of the input, and d.

    Raises:
        TypeError: an index is no whole number.
        IndexError: an index is negative, or n or more.
        ValueError: there is no row padding_idx.
    """
    weight = real_tensor(weight)
    indices = input._values() if isinstance(input, Tensor) else np.asanyarray(input)
    _check_row_numbers(indices, len(weight))
    indices = indices.astype(np.intp, copy=False)
    if padding_idx is not None and not -len(weight) <= padding_idx < len(weight):
        text = "{place}: padding_idx={row} is none of the {count} rows"
        raise ValueError(said(text, place="embedding", row=padding_idx, count=len(weight)))
    return apply(indexing.embedding, weight, indices, padding_idx, sparse and weight.is_leaf)


@looks_at_values
def _check_row_numbers(indices: Values, count: int) -> None:
    """TypeError or IndexError where one of the indices is no number of a row."""
    if not indices.size:
        return
    if indices.dtype.kind not in "iu":
        text = "an embedding is indexed with whole numbers, not {dtype}; write indices.astype(int)"
        raise TypeError(said(text, dtype=indices.dtype))
    rows = indices.astype(np.intp, copy=False)
    if rows.view(np.uintp).max() >= count:  # read without a sign, −1 is the largest number of all
        wrong = indices.max() if indices.min() >= 0 else indices.min()
        text = "index {wrong} is outside of an embedding with num_embeddings={count}: indices go from 0 to {last}"
        raise IndexError(said(text, wrong=wrong, count=count, last=count - 1))


def dropout(
    input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, *, rng: np.random.Generator | None = None
) -> Tensor:
    """In training, every element is set to 0 with probability p, and the others are divided by 1 − p.

    So the expected value of every element stays what it was (Srivastava et al., 2014).

    Args:
        input: any shape.
        p: the probability, from 0 to 1.
        training: otherwise the input is passed on as it is.
        inplace: understood, so that PyTorch programs run; the result is always a new Tensor.
        rng: where chance comes from; by default the process's generator.
    """
    check_probability("dropout", p)
    x = real_tensor(input)
    if not training or p == 0:
        return x
    kept = drawn(rng, "random", x.shape) >= p
    return x * untracked(kept * x.dtype.type(1 / (1 - p) if p < 1 else 0))


def check_probability(place: str, p: float) -> None:
    """ValueError for anything but a number from 0 to 1."""
    if not 0 <= p <= 1:
        text = "{place}: p={p} is no probability; it is the share to be dropped, from 0 to 1"
        raise ValueError(said(text, place=place, p=p))


def batch_norm(
    input: Any,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Every feature shifted and scaled to mean 0 and variance 1 (Ioffe and Szegedy, 2015), then `weight` and `bias`.

    Args:
        input: shape (N, C) or (N, C, …): C features, the mean going over all other axes.
        running_mean: shape (C,): used where not training; else moved towards the batch's mean, in place.
        running_var: shape (C,), likewise, towards the batch's variance over n − 1.
        weight: shape (C,), or None.
        bias: shape (C,), or None.
        training: whether to use the batch's own mean and variance (over n).
        momentum: the share of the batch in the running statistics.
        eps: added to the variance, so that nothing is divided by 0.

    Raises:
        ValueError: in training with a single value per feature, whose variance is 0; or not in training and without
            running statistics.
    """
    x = _in_dtype_of(running_mean if weight is None else weight, input)
    along = (-1,) + (1,) * (x.ndim - 2)  # a vector of features, beside x
    if training:
        axes, n = (0, *range(2, x.ndim)), x.size // x.shape[1] if x.shape[1] else 0
        if n <= 1:
            text = (
                "batch norm in training needs more than one value per feature, not shape {shape}: give a larger "
                "batch, or call model.eval() first"
            )
            raise ValueError(said(text, shape=x.shape))
        mean = x.mean(axes, keepdims=True)
        centred = x - mean
        variance = (centred * centred).mean(axes, keepdims=True)
        _move(running_mean, mean, momentum)
        _move(running_var, variance, momentum, n / (n - 1))
    else:
        if running_mean is None or running_var is None:
            raise ValueError(said("batch norm without training=True needs running_mean and running_var"))
        centred, variance = x - running_mean.reshape(along), running_var.reshape(along)
    scale = (1.0 if weight is None else weight.reshape(along)) / np.sqrt(variance + eps)  # a number per feature
    y = centred * scale
    return y if bias is None else y + bias.reshape(along)


def _move(running: Tensor | None, batch: Tensor, momentum: float, factor: float = 1.0) -> None:
    """A running statistic becomes (1 − momentum) of itself and `momentum` of the batch's."""
    if running is not None:
        batch = batch.detach().reshape(-1) * factor
        running[...] = (1 - momentum) * running + momentum * batch


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Tensor:
    """Every example by itself shifted and scaled to mean 0 and variance 1 (Ba, Kiros and Hinton, 2016).

    Args:
        input: shape (…, *normalized_shape).
        normalized_shape: the last axes of the input, a number or several: the mean goes over them.
        weight: shape normalized_shape, or None: what the result is multiplied with.
        bias: shape normalized_shape, or None: what is added.
        eps: added to the variance, so that nothing is divided by 0.

    Raises:
        ValueError: the input does not end in these axes.
    """
    x = _in_dtype_of(weight, input)
    last = (normalized_shape,) if isinstance(normalized_shape, int | np.integer) else tuple(normalized_shape)
    if not last or x.shape[-len(last) :] != last:
        text = "layer norm over the last axes {last} does not fit an input of shape {shape}"
        raise ValueError(said(text, last=last, shape=x.shape))
    axes = tuple(range(-len(last), 0))
    centred = x - x.mean(axes, keepdims=True)
    y = centred * (1.0 / np.sqrt((centred * centred).mean(axes, keepdims=True) + eps))
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def one_hot(tensor: Any, num_classes: int = -1, dtype: DTypeLike | None = None) -> Tensor:
    """Every class number as a row of zeros with a single 1, in the place of that number.

    Args:
        tensor: whole numbers from 0, any shape.
        num_classes: the length of the rows; −1 for the largest number plus 1.
        dtype: of the result; whole numbers by default, as in PyTorch.

    Raises:
        TypeError: a class is no whole number.
        ValueError: a class is negative, or `num_classes` or more.
    """
    classes = tensor.detach().numpy() if isinstance(tensor, Tensor) else np.asarray(tensor)
    if classes.size and classes.dtype.kind not in "iu":
        text = "one_hot takes whole numbers, not {dtype}; write classes.astype(int)"
        raise TypeError(said(text, dtype=classes.dtype))
    if num_classes == -1 and not classes.size:
        raise ValueError(said("one_hot of nothing needs num_classes"))
    count = int(classes.max()) + 1 if num_classes == -1 else num_classes
    if classes.size and not 0 <= classes.min() <= classes.max() < count:
        wrong = classes.min() if classes.min() < 0 else classes.max()
        text = "one_hot: class {wrong} is not among the {count} classes 0 … {last}"
        raise ValueError(said(text, wrong=wrong, count=count, last=count - 1))
    return Tensor((classes[..., None] == np.arange(count)).astype(np.int64 if dtype is None else dtype))


def _in_dtype_of(weight: Any, input: Any) -> Tensor:
    """The input as a Tensor of the weight's dtype: a layer made in float32 computes in float32."""
    if not isinstance(weight, Tensor):
        return real_tensor(input)
    if isinstance(input, Tensor):
        return input if input._data.dtype == weight._data.dtype else input.astype(weight.dtype)
    return Tensor(input, weight.dtype)
