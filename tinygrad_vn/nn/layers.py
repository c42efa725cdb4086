"""Layers: modules with parameters, and those that behave differently in training; `normalization` has further ones.

Each holds its parameters, checks what it is given, and leaves the computation to its twin in `functional`. The first
values are drawn as PyTorch draws them; `rng=` or `tg.manual_seed` makes them repeatable.
"""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np

from tinygrad_vn.creation import zeros
from tinygrad_vn.dtypes import DTypeLike
from tinygrad_vn.nn import functional as F
from tinygrad_vn.nn import init
from tinygrad_vn.nn.functional.inputs import check_sizes, shape_of
from tinygrad_vn.nn.functional.layers import check_probability
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.parameter import Parameter
from tinygrad_vn.nn.tree import one_line
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


def _empty(*shape: int, dtype: DTypeLike | None) -> Parameter:
    return Parameter(zeros(shape, dtype=dtype))


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
        check_sizes("Linear", in_features=in_features, out_features=out_features)
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
        shape = shape_of(input)
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
        sparse: whether gradients hold only the rows that were used: for `optim.SGD`, `Adagrad` and `SparseAdam`, whose
            steps then take no longer on a larger table. Exact for plain SGD and Adagrad; with momentum or weight decay
            SGD brings a row up to date when its next gradient comes, and all with `optimizer.catch_up()`; SparseAdam
            lets the averages of the other rows rest.
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
        check_sizes("Embedding", num_embeddings=num_embeddings, embedding_dim=embedding_dim)
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
