"""Activation functions as modules, to stand between layers in `nn.Sequential`; each calls its twin in `functional`.

`inplace=` is understood, so that PyTorch programs run, and changes nothing: the result is always a new Tensor.
"""

from __future__ import annotations

import math
from typing import Any

from tinygrad_vn.nn import functional as F
from tinygrad_vn.nn.functional.inputs import one_axis
from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ), elementwise: from 0 to 1."""

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent, elementwise: from −1 to 1."""

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.tanh(input)


class ReLU(Module):
    """max(0, x), elementwise; its derivative at 0 is taken as 0."""

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.relu(input)


class LeakyReLU(Module):
    """x where x > 0, else `negative_slope` · x."""

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        """The slope below 0."""
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """x where x > 0, else alpha · (eˣ − 1) (Clevert, Unterthiner and Hochreiter, 2015)."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.elu(input, self.alpha)

    def extra_repr(self) -> str:
        """What it tends to far below 0, negated."""
        return f"alpha={self.alpha}"


class GELU(Module):
    """x Φ(x), Φ being the normal distribution function (Hendrycks and Gimpel, 2016).

    Args:
        approximate: "none" for the exact form, "tanh" for the authors' formula with tanh.
    """

    def __init__(self, approximate: str = "none") -> None:
        F.gelu(0.0, approximate)  # a wrong name is an error here, not only in forward
        self.approximate = approximate

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """Which form."""
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x · sigmoid(x), elementwise (also called swish)."""

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.silu(input)


class Softplus(Module):
    """log(1 + e^{βx}) / β, elementwise: a smooth relu; see `functional.softplus` for the threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = math.inf) -> None:
        if not beta > 0:
            raise ValueError(said("{place}: {name}={value} must be above 0", place="Softplus", name="beta", value=beta))
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """How sharp it is, and from where on it is x itself."""
        limit = "" if self.threshold == math.inf else f", threshold={self.threshold}"
        return f"beta={self.beta}{limit}"


class Softmax(Module):
    """Exponentials divided by their sum along an axis: positive numbers that add up to 1.

    Args:
        dim: the axis, the last one by default. (`nn.CrossEntropyLoss` takes the scores before the softmax.)
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = one_axis("Softmax", dim)

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of `Softmax`, without losing digits.

    Args:
        dim: the axis, the last one by default.
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = one_axis("LogSoftmax", dim)

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        return F.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"
