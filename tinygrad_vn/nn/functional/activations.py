"""Activation functions as plain functions of Tensors (or arrays), each safe for inputs of any size.

relu′(0) is 0, as in PyTorch; the lecture `001_138430595a83a231.txt` takes 1 for x ≥ 0. `inplace=` is understood, so
that PyTorch programs run, and changes nothing: the result is always a new Tensor.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.nn.functional.inputs import one_axis, real_tensor
from tinygrad_vn.phrases import said
from tinygrad_vn.recording import apply
from tinygrad_vn.rules import activations, elementwise
from tinygrad_vn.tensor import Tensor


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + e⁻ˣ), elementwise: from 0 to 1."""
    return apply(activations.sigmoid, real_tensor(x))


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent, elementwise: from −1 to 1."""
    return apply(elementwise.tanh, real_tensor(x))


def relu(x: Any, inplace: bool = False) -> Tensor:
    """max(0, x), elementwise; its derivative at 0 is taken as 0."""
    return apply(activations.relu, real_tensor(x))


def leaky_relu(x: Any, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where x > 0, else `negative_slope` · x."""
    return apply(activations.leaky_relu, real_tensor(x), negative_slope)


def elu(x: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else alpha · (eˣ − 1) (Clevert, Unterthiner and Hochreiter, 2015)."""
    return apply(activations.elu, real_tensor(x), alpha)


def gelu(x: Any, approximate: str = "none") -> Tensor:
    """x Φ(x), with the normal distribution function Φ (Hendrycks and Gimpel, 2016).

    Args:
        x: any shape.
        approximate: "none" for the exact form, "tanh" for the authors' formula with tanh in the place of Φ.
    """
    x = real_tensor(x)
    if approximate == "none":
        return activations.gelu(x)
    if approximate != "tanh":
        raise ValueError(said("gelu has no approximation {name!r}; write 'none' or 'tanh'", name=approximate))
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))


def silu(x: Any, inplace: bool = False) -> Tensor:
    """x · sigmoid(x), elementwise (also called swish)."""
    return apply(activations.silu, real_tensor(x))


def softplus(x: Any, beta: float = 1.0, threshold: float = math.inf) -> Tensor:
    """log(1 + e^{βx}) / β, elementwise: a smooth relu, the sharper the larger beta.

    Args:
        x: any shape.
        beta: β, above 0.
        threshold: where βx is larger, the result is x itself. PyTorch does so from 20 on, which changes the result by
            less than 3e-9; here nothing overflows, and no threshold is needed.
    """
    x = real_tensor(x)
    y = activations.softplus(x) if beta == 1 else activations.softplus(x * beta) / beta
    return y if threshold == math.inf else np.where(x.detach() * beta > threshold, x, y)


def softmax(x: Any, axis: int = -1, dim: int | None = None) -> Tensor:
    """Exponentials divided by their sum along one axis (PyTorch's `dim`): positive numbers that add up to 1."""
    return activations.softmax(real_tensor(x), one_axis("softmax", axis if dim is None else dim))


def log_softmax(x: Any, axis: int = -1, dim: int | None = None) -> Tensor:
    """The logarithm of `softmax`, without losing digits."""
    return activations.log_softmax(real_tensor(x), one_axis("log_softmax", axis if dim is None else dim))


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False, dim: Any = None) -> Tensor:
    """log ∑ eˣ over the given axes (all by default), without overflow."""
    return activations.logsumexp(real_tensor(x), axis if dim is None else dim, keepdims)
