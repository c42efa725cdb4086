"""NumPy's functions under the package's own name: `tg.exp(x)`, `tg.stack([a, b])`, `tg.cat([a, b], dim=1)`.

`np.exp(t)` does the same for a Tensor `t`. Programs written for PyTorch say `torch.exp(t)`, and run here with nothing
but their import lines changed. What is a method of Tensors is taken from there, so `dim=` means the same in both.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from tinygrad_vn.recording import tensors_in
from tinygrad_vn.rules import FUNCTIONS
from tinygrad_vn.tensor import Tensor

PYTORCH: Final = {
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "atan2": "arctan2",
    "cat": "concatenate",
    "mm": "matmul",
    "mul": "multiply",
    "sub": "subtract",
    "div": "divide",
    "neg": "negative",
}
"""PyTorch's names where NumPy has another."""


def named(name: str) -> Callable[..., Any]:
    """The function with this name.

    Raises:
        AttributeError: there is none that is differentiable, or that Tensors have as a method.
    """
    name = PYTORCH.get(name, name)
    if name.startswith("_"):
        raise AttributeError(name)
    method = getattr(Tensor, name, None)
    if callable(method):
        return functools.partial(_by_method, name)
    function = getattr(np, name, None)
    if function is None or not callable(function) or function not in FUNCTIONS:
        raise AttributeError(name)
    return functools.partial(_by_numpy, function)


def _by_method(name: str, x: Any, *args: Any, **named: Any) -> Any:
    """A method of Tensors, called like a function."""
    return getattr(x if isinstance(x, Tensor) else Tensor(x), name)(*args, **named)


def _by_numpy(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """A function of NumPy's, on a Tensor at least; `dim=` is its `axis=`."""
    if "dim" in named:
        named["axis"] = named.pop("dim")
    if not any(True for _ in tensors_in(args)) and args and not isinstance(args[0], tuple | list):
        args = (Tensor(args[0]), *args[1:])
    if function is np.concatenate or function is np.stack:
        args = ([x if isinstance(x, Tensor) else Tensor(x) for x in args[0]], *args[1:])
    return function(*args, **named)
