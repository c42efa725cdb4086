"""Which kind of numbers a Tensor holds.

Python's own numbers become float64, so that gradient checks and hand calculations come out exact;
`set_default_dtype(float32)` gives PyTorch's digits instead. Arrays keep the dtype that they have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_vn.errors import DtypeError
from tinygrad_vn.modes import current
from tinygrad_vn.phrases import phrase, said

if TYPE_CHECKING:
    from numpy.typing import DTypeLike as DTypeLike  # at run time it would take longer than our own modules
else:
    DTypeLike = Any

float32 = np.float32
float64 = np.float64

_default: np.dtype[Any] = np.dtype(np.float64)


def set_default_dtype(dtype: DTypeLike) -> None:
    """Choose what Python floats, `zeros`, `randn` and layers are made of: float64 (the default) or float32.

    Raises:
        DtypeError: E03 for anything that is not a floating dtype.
    """
    global _default
    chosen = np.dtype(dtype)
    if chosen.kind != "f":
        why, remedy = phrase("gradients are real numbers"), phrase("tg.float32 or tg.float64")
        raise DtypeError("E03", dtype=chosen, why=why, remedy=remedy)
    _default = chosen


def get_default_dtype() -> np.dtype[Any]:
    """The dtype of Python floats and of layers."""
    return _default


def new_array(data: Any, dtype: DTypeLike | None = None) -> np.ndarray[Any, np.dtype[Any]]:
    """A fresh array with these values, sharing memory with nothing.

    Raises:
        TypeError: the values are no numbers, or the rows of a table have different lengths.
    """
    if isinstance(data, np.ndarray | np.generic) or dtype is not None:
        watch = current()[1]
        return np.array(data, dtype) if watch is None else watch.array(data, dtype)
    try:
        array = np.array(data)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "biufc":
        text = "a Tensor holds numbers: {data:.60} is no number and no table of rows of equal length"
        raise TypeError(said(text, data=repr(data)))
    return array.astype(_default) if array.dtype.kind == "f" else array


def check_floating(dtype: np.dtype[Any]) -> None:
    """E03 for values that cannot have a gradient: whole numbers, truth values, text, complex numbers."""
    if dtype.kind == "f":
        return
    if dtype.kind in "cO":
        complex_ = dtype.kind == "c"
        why = phrase("complex numbers are not supported") if complex_ else phrase("Python objects are not supported")
        raise DtypeError("E03", dtype=dtype, why=why, remedy=phrase("real numbers"))
    whole = dtype.kind in "iu"
    why = phrase("a step from one whole number to the next has no slope") if whole else phrase("they have no slope")
    raise DtypeError("E03", dtype=dtype, why=why, remedy=phrase("1.0 instead of 1"))
