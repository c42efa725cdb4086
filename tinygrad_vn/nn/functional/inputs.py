"""What the functions of this package do to their inputs first."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.dtypes import get_default_dtype
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


def real_tensor(x: Any) -> Tensor:
    """The input as a Tensor: whole numbers become real ones of the default dtype, what is real stays what it is.

    Raises:
        TypeError: it is None, as where a `forward` has no `return`.
    """
    if x is None:
        raise TypeError(said("the input is None: does the forward() that it comes from return its result?"))
    x = x if isinstance(x, Tensor) else Tensor(x)
    return x if x.dtype.kind == "f" else x.astype(get_default_dtype())


def one_axis(place: str, axis: Any) -> int:
    """The number of an axis; None would mean all elements in NumPy, and in PyTorch an axis that depends on the shape.

    Raises:
        TypeError: it is none, or several.
    """
    if not isinstance(axis, int | np.integer):
        text = "{place}: dim must be the number of an axis, not {axis:.60}; the last one is -1"
        raise TypeError(said(text, place=place, axis=repr(axis)))
    return int(axis)
