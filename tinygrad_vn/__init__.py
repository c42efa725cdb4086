"""tinygrad_vn: automatic differentiation on NumPy, made to be understood.

import tinygrad_vn as tg

w = tg.tensor([1.0, 2.0], requires_grad=True, name="w")
loss = (w**2).sum()
loss.backward()
w.grad          # tensor([2., 4.])
"""

from tinygrad_vn.creation import (
    arange,
    eye,
    full,
    full_like,
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
    ShapeError,
    TinygradError,
)
from tinygrad_vn.graph import enable_grad, is_grad_enabled, no_grad
from tinygrad_vn.language import current_language, set_language
from tinygrad_vn.tensor import Tensor

__version__ = "0.1.0"

__all__ = [
    "DataError",
    "DtypeError",
    "GradientError",
    "GradientWarning",
    "ShapeError",
    "Tensor",
    "TinygradError",
    "arange",
    "current_language",
    "elementwise_grad",
    "enable_grad",
    "eye",
    "float32",
    "float64",
    "full",
    "full_like",
    "get_default_dtype",
    "grad",
    "hessian",
    "hvp",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "linspace",
    "manual_seed",
    "no_grad",
    "ones",
    "ones_like",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "set_default_dtype",
    "set_language",
    "tensor",
    "value_and_grad",
    "vjp",
    "zeros",
    "zeros_like",
]
