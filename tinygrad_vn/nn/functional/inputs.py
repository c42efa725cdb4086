"""What the functions of this package, and the layers, do to their inputs first."""

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
    return x if x._data.dtype.kind == "f" else x.astype(get_default_dtype())


def shape_of(input: Any) -> tuple[int, ...]:
    """The shape of a layer's input, which may be an array, or a list of numbers.

    Raises:
        TypeError: it is None.
    """
    return input._data.shape if isinstance(input, Tensor) else np.shape(real_tensor(input) if input is None else input)


def one_axis(place: str, axis: Any) -> int:
    """The number of an axis; None would mean all elements in NumPy, and in PyTorch an axis that depends on the shape.

    Raises:
        TypeError: it is none, or several.
    """
    if not isinstance(axis, int | np.integer):
        text = "{place}: dim must be the number of an axis, not {axis:.60}; the last one is -1"
        raise TypeError(said(text, place=place, axis=repr(axis)))
    return int(axis)


def check_sizes(place: str, **counts: Any) -> None:
    """TypeError or ValueError where a size of a layer is not a whole number, or is negative."""
    for name, count in counts.items():
        if not isinstance(count, int | np.integer) or isinstance(count, bool):
            text = "{place}: {name} must be a whole number, not {count:.60}"
            raise TypeError(said(text, place=place, name=name, count=repr(count)))
        if count < 0:
            text = "{place}: {name}={value} makes no sense; it must be 0 or more"
            raise ValueError(said(text, place=place, name=name, value=count))
