"""Layers: modules with parameters, and those that behave differently in training.

Each holds its parameters, checks what it is given, and leaves the computation to its twin in `functional`. The first
values are drawn as PyTorch draws them; `rng=` or `tg.manual_seed` makes them repeatable.
"""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np

from tinygrad_vn.creation import ones, zeros
from tinygrad_vn.dtypes import DTypeLike
from tinygrad_vn.nn import functional as F
from tinygrad_vn.nn import init
from tinygrad_vn.nn.functional.inputs import real_tensor
from tinygrad_vn.nn.functional.layers import check_probability
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.parameter import Buffer, Parameter
from tinygrad_vn.nn.tree import one_line
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


def _empty(*shape: int, dtype: DTypeLike | None) -> Parameter:
    return Parameter(zeros(shape, dtype=dtype))


def _shape(input: Any) -> tuple[int, ...]:
    return input.shape if isinstance(input, Tensor) else np.shape(real_tensor(input) if input is None else input)


def _check_count(place: str, **counts: Any) -> None:
    """TypeError or ValueError where a size is not a whole number, or is negative."""
    for name, count in counts.items():
        if not isinstance(count, int | np.integer) or isinstance(count, bool):
            text = "{place}: {name} must be a whole number, not {count:.60}"
            raise TypeError(said(text, place=place, name=name, count=repr(count)))
        if count < 0:
            text = "{place}: {name}={value} makes no sense; it must be 0 or more"
            raise ValueError(said(text, place=place, name=name, value=count))


class Linear(Module):
    """x Wᵀ + b: every output is a weighted sum of all inputs; a dense, or fully connected, layer.

        layer = nn.Linear(784, 10)
        scores = layer(x)  # x: shape (batch, 784), scores: shape (batch, 10)

    Args:
        in_features: the number of inputs.
        out_features: the number of outputs, or nodes.
        bias: whether to add b.
        dtype: of the parameters; the default dtype by default.
        rng: where the first values come from; the process's generator by default.

    Attributes:
        weight: W, shape (out_features, in_features), PyTorch's layout: a row holds the weights of one node. The
            lectures write Z = X W + b with W of shape (in, out), a column per node: their W is `layer.weight.T`. First
            uniform between ±1/√in_features.
        bias: b, shape (out_features,), or None. First uniform between ±1/√in_features.
    """

    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: DTypeLike | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        _check_count("Linear", in_features=in_features, out_features=out_features)
        self.in_features = in_features
        self.out_features = out_features
        self.weight = _empty(out_features, in_features, dtype=dtype)
        self.bias = _empty(out_features, dtype=dtype) if bias else None
        self.reset_parameters(rng)

    def reset_parameters(self, rng: np.random.Generator | None = None) -> None:
        """Draw all values again."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5), rng=rng)  # which comes to ±1/√in_features
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0.0
            init.uniform_(self.bias, -bound, bound, rng=rng)

    def forward(self, input: Any) -> Tensor:
        """Shape (…, in_features) to (…, out_features).

        Raises:
            ValueError: the last axis of the input has another length.
        """
        shape = _shape(input)
        if not shape or shape[-1] != self.in_features:
            raise ValueError(_unfit(self, shape))
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The sizes."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


def _unfit(layer: Linear, shape: tuple[int, ...]) -> str:
    """What is wrong with the shape of a Linear's input, and what would be right."""
    expected, name = layer.in_features, one_line(layer)
    if not shape:
        text = "{layer} got a single number; it takes {expected} features: shape (batch, {expected})"
        return said(text, layer=name, expected=expected)
    if len(shape) == 2 and shape[0] == expected:
        remedy = said("the examples are the rows of a batch, so write x.T")
    elif len(shape) > 2 and math.prod(shape[1:]) == expected:
        reshaped = f"x.reshape({shape[0]}, {expected})"
        remedy = said("put nn.Flatten() before it, or write {spelling}", spelling=reshaped)
    elif len(shape) == 1 and expected == 1:
        remedy = said("for one feature of {count} examples, write x.reshape(-1, 1)", count=shape[0])
    else:
        fitting = f"nn.Linear({shape[-1]}, {layer.out_features})"
        remedy = said("make this layer {fitting}, or change what comes before it", fitting=fitting)
    text = "{layer} got shape {shape}: {count} features where in_features={expected} are expected; {remedy}"
    return said(text, layer=name, shape=shape, count=shape[-1], expected=expected, remedy=remedy)


class Embedding(Module):
    """A table with a row of numbers for every word, user or film, looked up by number.

    Args:
        num_embeddings: the number of rows.
        embedding_dim: the length of each.
        padding_idx: a row that stands for "nothing here": first 0, and never trained. May count from the end.
        sparse: whether gradients hold only the rows that were used.
        dtype: of the table; the default dtype by default.
        rng: where the first values come from; the process's generator by default.

    Attributes:
        weight: the table, shape (num_embeddings, embedding_dim); first normal, with mean 0 and standard deviation 1.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        sparse: bool = False,
        dtype: DTypeLike | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        _check_count("Embedding", num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            text = "{place}: padding_idx={row} is none of the {count} rows"
            raise ValueError(said(text, place="Embedding", row=padding_idx, count=num_embeddings))
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.sparse = sparse
        self.weight = _empty(num_embeddings, embedding_dim, dtype=dtype)
        self.reset_parameters(rng)

    @classmethod
    def from_pretrained(
        cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None, *, sparse: bool = False
    ) -> Self:
        """An embedding with a given table, shape (num_embeddings, embedding_dim), which is copied.

        Args:
            embeddings: the table.
            freeze: whether it is to stay as it is.
            padding_idx: as above; the row keeps its values.
            sparse: as above.
        """
        table = Parameter(embeddings, requires_grad=not freeze)
        if table.ndim != 2:
            text = "an embedding is a table, (num_embeddings, embedding_dim), not of shape {shape}"
            raise ValueError(said(text, shape=table.shape))
        rows, length = table.shape
        layer = cls(rows, length, padding_idx, sparse=sparse, rng=np.random.default_rng(0))  # which it then forgets
        layer.weight = table
        return layer

    def reset_parameters(self, rng: np.random.Generator | None = None) -> None:
        """Draw all values again."""
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            self.weight._own()[self.padding_idx] = 0

    def forward(self, input: Any) -> Tensor:
        """Whole numbers of any shape to that shape and embedding_dim.

        Raises:
            TypeError: an index is no whole number.
            IndexError: an index is negative, or num_embeddings or more.
        """
        return F.embedding(input, self.weight, self.padding_idx, sparse=self.sparse)

    def extra_repr(self) -> str:
        """The sizes."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}{', sparse=True' if self.sparse else ''}"


class Dropout(Module):
    """In training, sets every element to 0 with probability p and divides the others by 1 − p; else changes nothing.

    A net that cannot rely on any single node overfits less (Srivastava et al., 2014).

    Args:
        p: the probability, from 0 to 1.
        inplace: understood, so that PyTorch programs run; the result is always a new Tensor.
        rng: where chance comes from; the process's generator by default.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False, *, rng: np.random.Generator | None = None) -> None:
        check_probability("Dropout", p)
        self.p = p
        self.inplace = inplace
        self.rng = rng

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.dropout(input, self.p, self.training, rng=self.rng)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}"


class BatchNorm1d(Module):
    """Shifts and scales every feature to mean 0 and variance 1 over the batch (Ioffe and Szegedy, 2015).

    In training the statistics are those of the batch, and running statistics follow them; after `eval()` the running
    ones are used, so that an example's result does not depend on its neighbours.

    Args:
        num_features: C, the number of features.
        eps: added to the variance, so that nothing is divided by 0.
        momentum: the share of a new batch in the running statistics; None for the mean over all batches.
        affine: whether `weight` and `bias` are learned.
        track_running_stats: False to use the batch's statistics always.
        dtype: of parameters and buffers; the default dtype by default.

    Attributes:
        weight: shape (C,), what the result is multiplied with; first 1.
        bias: shape (C,), what is added; first 0.
        running_mean: shape (C,), first 0.
        running_var: shape (C,), first 1; over n − 1, whereas the batch itself is scaled with n, as in PyTorch.
        num_batches_tracked: how many batches went into them.
    """

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Buffer | None
    running_var: Buffer | None
    num_batches_tracked: Buffer | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: DTypeLike | None = None,
    ) -> None:
        _check_count("BatchNorm1d", num_features=num_features)
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        tracked = track_running_stats
        self.weight = Parameter(ones(num_features, dtype=dtype)) if affine else None
        self.bias = Parameter(zeros(num_features, dtype=dtype)) if affine else None
        self.running_mean = Buffer(zeros(num_features, dtype=dtype)) if tracked else None
        self.running_var = Buffer(ones(num_features, dtype=dtype)) if tracked else None
        self.num_batches_tracked = Buffer(0) if tracked else None

    def reset_running_stats(self) -> None:
        """Forget all batches."""
        for buffer, value in ((self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0)):
            if buffer is not None:
                buffer[...] = value

    def reset_parameters(self) -> None:
        """Set everything to its first values."""
        self.reset_running_stats()
        if self.weight is not None and self.bias is not None:
            init.ones_(self.weight)
            init.zeros_(self.bias)

    def forward(self, input: Any) -> Tensor:
        """Shape (N, C) or (N, C, L); the same.

        Raises:
            ValueError: the input has another shape; or, in training, a single value per feature.
        """
        shape = _shape(input)
        if len(shape) not in (2, 3) or shape[1] != self.num_features:
            text = "{layer} got shape {shape}; it takes (N, {count}) or (N, {count}, L)"
            raise ValueError(said(text, layer=one_line(self), shape=shape, count=self.num_features))
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.num_batches_tracked is not None and np.prod(shape) > self.num_features:
            self.num_batches_tracked[...] = self.num_batches_tracked + 1
            momentum = 1 / self.num_batches_tracked.item() if self.momentum is None else momentum
        training = self.training or self.running_mean is None
        running = self.running_mean, self.running_var
        return F.batch_norm(input, *running, self.weight, self.bias, training, momentum, self.eps)

    def extra_repr(self) -> str:
        """The sizes and settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


class LayerNorm(Module):
    """Shifts and scales every example by itself to mean 0 and variance 1 (Ba, Kiros and Hinton, 2016).

    Args:
        normalized_shape: the last axes of the input, a number or several: the mean goes over them.
        eps: added to the variance, so that nothing is divided by 0.
        elementwise_affine: whether `weight`, and `bias`, are learned.
        bias: whether there is a `bias`.
        dtype: of the parameters; the default dtype by default.

    Attributes:
        weight: shape normalized_shape, what the result is multiplied with; first 1.
        bias: shape normalized_shape, what is added; first 0.
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: DTypeLike | None = None,
    ) -> None:
        lengths = normalized_shape if isinstance(normalized_shape, tuple | list) else (normalized_shape,)
        if not lengths:
            raise ValueError(said("LayerNorm: normalized_shape=() names no axis to take the mean over"))
        for length in lengths:
            _check_count("LayerNorm", normalized_shape=length)
        self.normalized_shape = tuple(int(length) for length in lengths)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.weight = Parameter(ones(self.normalized_shape, dtype=dtype)) if elementwise_affine else None
        self.bias = Parameter(zeros(self.normalized_shape, dtype=dtype)) if elementwise_affine and bias else None

    def reset_parameters(self) -> None:
        """Set `weight` to 1 and `bias` to 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Any) -> Tensor:
        """Shape (…, *normalized_shape); the same.

        Raises:
            ValueError: the input does not end in these axes.
        """
        shape = _shape(input)
        if shape[-len(self.normalized_shape) :] != self.normalized_shape:
            last = ", ".join(map(str, self.normalized_shape))
            text = "{layer} got shape {shape}; it takes (…, {last})"
            raise ValueError(said(text, layer=one_line(self), shape=shape, last=last))
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The sizes and settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class Flatten(Module):
    """Joins a range of axes into one: by default all but the first, so that an example becomes a row of features."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Any) -> Tensor:
        """Shape (N, a, b, …) to (N, a · b · …)."""
        x = input if isinstance(input, Tensor) else Tensor(input)
        return x.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """The range."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Identity(Module):
    """Gives back what it is given: to stand where a layer is left out. Takes any arguments, and ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def forward(self, input: Any) -> Any:
        """The same."""
        return input
