"""tinygrad_vn: automatic differentiation on NumPy, made to be understood.

import tinygrad_vn as tg

w = tg.tensor([1.0, 2.0], requires_grad=True, name="w")
loss = (w**2).sum()
loss.backward()
w.grad          # tensor([2., 4.])
"""

import importlib
from typing import TYPE_CHECKING, Any

from tinygrad_vn.creation import (
    arange,
    eye,
    full,
    full_like,
    get_rng_state,
    linspace,
    manual_seed,
    ones,
    ones_like,
    rand,
    rand_like,
    randint,
    randn,
    randn_like,
    randperm,
    set_rng_state,
    tensor,
    zeros,
    zeros_like,
)
from tinygrad_vn.derivatives import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from tinygrad_vn.dtypes import float32, float64, get_default_dtype, set_default_dtype
from tinygrad_vn.errors import (
    DataError,
    DtypeError,
    GradientError,
    GradientWarning,
    ParameterError,
    ShapeError,
    TinygradError,
)
from tinygrad_vn.language import current_language, set_language
from tinygrad_vn.modes import enable_grad, is_grad_enabled, no_grad
from tinygrad_vn.sparse_gradient import SparseGradient
from tinygrad_vn.tensor import Tensor

if TYPE_CHECKING:
    from tinygrad_vn import checking, checkpoint, data, lecture, models, nn, optim, plot, testing, training
    from tinygrad_vn.anomaly import detect_anomaly
    from tinygrad_vn.checking import (
        GradcheckError,
        GradcheckWarning,
        check_grads,
        check_module,
        gradcheck,
        gradcheck_report,
        gradgradcheck,
    )
    from tinygrad_vn.checkpoint import CheckpointError, load, save
    from tinygrad_vn.generator import Generator
    from tinygrad_vn.lecture import Drawing, DrawingError, draw, draw_network, explain, make_dot, trace_table
    from tinygrad_vn.tracing import jit

__version__ = "0.1.0"

__all__ = [
    "CheckpointError",
    "DataError",
    "Drawing",
    "DrawingError",
    "DtypeError",
    "Generator",
    "GradcheckError",
    "GradcheckWarning",
    "GradientError",
    "GradientWarning",
    "ParameterError",
    "ShapeError",
    "SparseGradient",
    "Tensor",
    "TinygradError",
    "arange",
    "check_grads",
    "check_module",
    "checking",
    "checkpoint",
    "current_language",
    "data",
    "detect_anomaly",
    "draw",
    "draw_network",
    "elementwise_grad",
    "enable_grad",
    "explain",
    "eye",
    "float32",
    "float64",
    "full",
    "full_like",
    "get_default_dtype",
    "get_rng_state",
    "grad",
    "gradcheck",
    "gradcheck_report",
    "gradgradcheck",
    "hessian",
    "hvp",
    "is_grad_enabled",
    "jacobian",
    "jit",
    "jvp",
    "lecture",
    "linspace",
    "load",
    "make_dot",
    "manual_seed",
    "models",
    "nn",
    "no_grad",
    "ones",
    "ones_like",
    "optim",
    "plot",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "save",
    "set_default_dtype",
    "set_language",
    "set_rng_state",
    "tensor",
    "testing",
    "trace_table",
    "training",
    "value_and_grad",
    "vjp",
    "zeros",
    "zeros_like",
]

_MODULES = ("checking", "checkpoint", "data", "lecture", "models", "nn", "optim", "plot", "testing", "training")
_FROM = {
    "anomaly": ("detect_anomaly",),
    "checking": (
        "GradcheckError",
        "GradcheckWarning",
        "check_grads",
        "check_module",
        "gradcheck",
        "gradcheck_report",
        "gradgradcheck",
    ),
    "checkpoint": ("CheckpointError", "load", "save"),
    "generator": ("Generator",),
    "tracing": ("jit",),
    "lecture": ("Drawing", "DrawingError", "draw", "draw_network", "explain", "make_dot", "trace_table"),
}
_UPSTAIRS = {name: room for room, names in _FROM.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import the upper floors when they are first used, `tg.optim` or `tg.draw`: `import tinygrad_vn` stays quick."""
    if name in _MODULES:
        return importlib.import_module(f"tinygrad_vn.{name}")
    if name in _UPSTAIRS:
        return getattr(importlib.import_module(f"tinygrad_vn.{_UPSTAIRS[name]}"), name)
    try:
        return importlib.import_module("tinygrad_vn.functions").named(name)  # tg.exp, tg.stack
    except AttributeError:
        raise AttributeError(f"module 'tinygrad_vn' has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
