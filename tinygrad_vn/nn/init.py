"""First values of parameters: how large they are decides whether signals and gradients die out, grow or pass through.

A sum of n products has n times the variance of one of them, so weights are drawn with a variance of about 1/n, n being
the number of inputs ("fan in": keeps the signals), of outputs ("fan out": keeps the gradients), or the mean of both
(Xavier). relu halves what comes through, hence the factor 2 of Kaiming.

A weight has the shape (out, in), as in `nn.Linear`; for a matrix of the lectures, (in, out), pass `w.T` in thought:
fan in and fan out change places. All functions change their argument in place and return it; `rng=` is a
`numpy.random.Generator`, None being the process's own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.modes import no_grad
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

Generator = np.random.Generator | None


def _fill(tensor: Tensor, values: Any) -> Tensor:
    if not isinstance(tensor, Tensor):
        raise TypeError(said("nn.init changes a Tensor in place, it cannot change {kind}", kind=type(tensor).__name__))
    with no_grad():
        tensor[...] = values
    return tensor


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, rng: Generator = None) -> Tensor:
    """Uniform numbers from [a, b)."""
    return _fill(tensor, default_rng(rng).uniform(a, b, tensor.shape))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, rng: Generator = None) -> Tensor:
    """Normal numbers with this mean and standard deviation."""
    return _fill(tensor, default_rng(rng).normal(mean, std, tensor.shape))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """The same number everywhere."""
    return _fill(tensor, val)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros. Not for the weights of hidden layers, whose nodes would all stay alike."""
    return _fill(tensor, 0.0)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return _fill(tensor, 1.0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix, or as much of it as fits."""
    if tensor.ndim != 2:
        raise ValueError(said("eye_ fills a matrix, not shape {shape}", shape=tensor.shape))
    return _fill(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights are enlarged to make up for what an activation function takes away.

    Args:
        nonlinearity: "linear", "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
        param: the slope of leaky relu below 0; 0.01 by default.

    Raises:
        ValueError: there is no such function.
    """
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in gains:
        text = "no gain is known for {name!r}, but for {names}"
        raise ValueError(said(text, name=nonlinearity, names=", ".join([*gains, "leaky_relu"])))
    return gains[nonlinearity]


def _fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs each output is computed from, and how many outputs each input goes into."""
    if tensor.ndim < 2:
        text = (
            "a weight of shape {shape} has no inputs and outputs to count, it needs two axes: (out, in); for a bias, "
            "use zeros_ or uniform_"
        )
        raise ValueError(said(text, shape=tensor.shape))
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, rng: Generator = None) -> Tensor:
    """Uniform, with variance 2 gain² / (fan in + fan out) (Glorot and Bengio, 2010): for sigmoid and tanh."""
    bound = gain * math.sqrt(6 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, rng)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, rng: Generator = None) -> Tensor:
    """Normal, with variance 2 gain² / (fan in + fan out) (Glorot and Bengio, 2010): for sigmoid and tanh."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(_fans(tensor))), rng)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", rng: Generator = None
) -> Tensor:
    """Uniform, with variance gain² / fan (He et al., 2015): for relu and its relatives.

    Args:
        tensor: shape (out, in, …).
        a: the slope of leaky relu below 0; 0 is relu.
        mode: "fan_in" to keep the size of signals, "fan_out" that of gradients.
        nonlinearity: which function follows, see `calculate_gain`.
        rng: where chance comes from.
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", rng: Generator = None
) -> Tensor:
    """Normal, with variance gain² / fan; the arguments are those of `kaiming_uniform_`."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), rng)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(said("there is no mode {mode!r}; write 'fan_in' or 'fan_out'", mode=mode))
    fan = _fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan) if fan else 0.0
