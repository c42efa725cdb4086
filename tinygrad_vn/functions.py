"""NumPy's functions under the package's own name: `tg.exp(x)`, `tg.stack([a, b])`, `tg.cat([a, b], dim=1)`.

`np.exp(t)` does the same for a Tensor `t`. Programs written for PyTorch say `torch.exp(t)`, and run here with nothing
but their import lines changed. What is a method of Tensors is taken from there, so `dim=` means the same in both.

The names here are not listed by the package itself: they are looked up when a program asks for them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from tinygrad_vn.creation import multinomial, normal, tensor, zeros, zeros_like
from tinygrad_vn.dispatch import else_in_pytorch, values_and_places
from tinygrad_vn.idioms import check_device
from tinygrad_vn.modes import no_grad
from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import tensors_in
from tinygrad_vn.rules import FUNCTIONS, PIECEWISE_CONSTANT
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
    "equal": "array_equal",
}
"""PyTorch's names where NumPy has another."""

ARGUMENTS: Final = {"dim": "axis", "dims": "axis", "keepdim": "keepdims", "diagonal": "k"}
"""PyTorch's names of arguments, for functions that are no methods of Tensors."""

ELSE_IN_PYTORCH: Final = {
    "max": values_and_places("tg.max(x, axis=…)", "tg.argmax(x, axis=…)", "tg.maximum(x, y)"),
    "min": values_and_places("tg.min(x, axis=…)", "tg.argmin(x, axis=…)", "tg.minimum(x, y)"),
    "sort": values_and_places("tg.sort(x, axis=…)", "tg.argsort(x, axis=…)"),
    "split": phrase("np.split(x, 3) for 3 parts, x.split(3) for parts of length 3"),
}
"""Functions whose second argument, given without a name, PyTorch answers with something else; what to write instead."""

OURS: Final[dict[str, Any]] = {
    "float16": np.float16,
    "half": np.float16,
    "float": np.float32,
    "double": np.float64,
    "uint8": np.uint8,
    "int8": np.int8,
    "int16": np.int16,
    "int32": np.int32,
    "int": np.int32,
    "int64": np.int64,
    "long": np.int64,
    "bool": np.bool_,
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "as_tensor": tensor,
    "from_numpy": tensor,
    "empty": zeros,
    "empty_like": zeros_like,
    "multinomial": multinomial,
    "normal": normal,
    "is_tensor": lambda x: isinstance(x, Tensor),
    "inference_mode": no_grad,
    "linalg": np.linalg,
    "device": check_device,
    "cuda": SimpleNamespace(is_available=lambda: False, device_count=lambda: 0),
}
"""What PyTorch has and NumPy has not, or not under this name: kinds of numbers, constants, devices (there is one)."""


def named(name: str) -> Any:
    """The function, or the kind of numbers, with this name.

    Raises:
        AttributeError: there is none, nor is there a function of NumPy's that is at home on Tensors.
    """
    if name in OURS:
        return OURS[name]
    name = PYTORCH.get(name, name)
    if name.startswith("_"):
        raise AttributeError(name)
    method = getattr(Tensor, name, None)
    function = getattr(np, name, None)
    if callable(method):
        call = functools.partial(_by_method, name)
    elif callable(function) and function in FUNCTIONS.keys() | PIECEWISE_CONSTANT:
        call = functools.partial(_by_numpy, function)
    else:
        raise AttributeError(name)
    call.__name__ = name  # type: ignore[attr-defined]  # which messages about it tell
    return call


def _by_method(name: str, x: Any, *args: Any, **named: Any) -> Any:
    """A method of Tensors, called like a function.

    Raises:
        TypeError: for `max(x, 1)` and the like, which return something else in PyTorch than in NumPy.
    """
    if args and name in ELSE_IN_PYTORCH:
        raise else_in_pytorch(f"{name}(x, {args[0]!r:.20})", ELSE_IN_PYTORCH[name])
    return getattr(x if isinstance(x, Tensor) else Tensor(x), name)(*args, **named)


def _by_numpy(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """A function of NumPy's, on a Tensor at least."""
    named = {ARGUMENTS.get(name, name): value for name, value in named.items()}
    if not any(True for _ in tensors_in(args)) and args and not isinstance(args[0], tuple | list):
        args = (Tensor(args[0]), *args[1:])
    if function is np.concatenate or function is np.stack:
        args = ([x if isinstance(x, Tensor) else Tensor(x) for x in args[0]], *args[1:])
    return function(*args, **named)
