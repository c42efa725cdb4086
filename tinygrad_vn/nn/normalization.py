"""Layers that shift and scale what goes through them to mean 0 and variance 1, so that deep nets train faster.

`BatchNorm1d` does it with every feature, over the examples of a batch, and so behaves differently in training;
`LayerNorm` does it with every example by itself. What is learned is how far to shift and scale it back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.creation import ones, zeros
from tinygrad_vn.dtypes import DTypeLike
from tinygrad_vn.nn import functional as F
from tinygrad_vn.nn import init
from tinygrad_vn.nn.functional.inputs import check_sizes, shape_of
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.parameter import Buffer, Parameter
from tinygrad_vn.nn.tree import one_line
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


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
        check_sizes("BatchNorm1d", num_features=num_features)
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
        shape = shape_of(input)
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
            check_sizes("LayerNorm", normalized_shape=length)
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
        shape = shape_of(input)
        if shape[-len(self.normalized_shape) :] != self.normalized_shape:
            last = ", ".join(map(str, self.normalized_shape))
            text = "{layer} got shape {shape}; it takes (…, {last})"
            raise ValueError(said(text, layer=one_line(self), shape=shape, last=last))
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The sizes and settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
