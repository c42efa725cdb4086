"""How numbers, arrays, indices and NumPy's functions are written in Python."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.recording import numpy_name

OPERATORS: dict[Any, str] = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.floor_divide: "//", np.remainder: "%",
    np.matmul: "@", np.greater: ">", np.greater_equal: ">=", np.less: "<", np.less_equal: "<=", np.equal: "==",
    np.not_equal: "!=", np.bitwise_and: "&", np.bitwise_or: "|", operator.add: "+", operator.sub: "-",
    operator.mul: "*", operator.truediv: "/", operator.mod: "%", operator.pow: "**",
}  # fmt: skip
SIGNS: dict[Any, str] = {np.negative: "-", operator.neg: "-", operator.pos: "+", np.invert: "~"}
MOST_ELEMENTS = 16  # of an array that is written out


def function_name(function: Any) -> str:
    """np.exp, np.linalg.inv, np.add.reduce; "" for what is not NumPy's."""
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        name = function_name(function.__self__)
        return f"{name}.{function.__name__}" if name else ""
    name = f"np.{function.__name__}" if isinstance(function, np.ufunc) else numpy_name(function)
    found: Any = np
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return name if found is function else ""


def scalar(number: Any) -> str:
    """A Python number."""
    if isinstance(number, float) and not math.isfinite(number):
        return "np.nan" if number != number else "np.inf" if number > 0 else "-np.inf"
    return repr(number)


def literal(array: Any, beside: np.dtype[Any] | None) -> str:
    """A constant, with its dtype unless it takes that of the array beside it; "" where there is too much to write."""
    dtype = array.dtype
    if not array.ndim:
        number = array.item()
        if dtype.kind == "f" and dtype == beside and math.isfinite(number):
            shortest = float(str(array[()]))
            return repr(shortest if dtype.type(shortest) == array[()] else number)
        return f"np.{dtype.type.__name__}({scalar(number)})" if dtype.kind in "fiub" else ""
    usual = dtype in (np.dtype(float), np.dtype(int), np.dtype(bool))
    told = "" if usual else f", dtype=np.{dtype}"
    flat = array.reshape(-1)
    if dtype.kind not in "fiub":
        return ""
    if not array.size:
        return f"np.zeros({array.shape}, dtype=np.{dtype})"
    if (flat == flat[0]).all():
        first, shape = flat[0].item(), array.shape if array.ndim > 1 else array.size
        if first in (0, 1) and dtype.kind == "f" and not (first == 0 and np.signbit(flat[0])):
            return f"np.{'ones' if first else 'zeros'}({shape}{told})"
        return f"np.full({shape}, {scalar(first)}, dtype=np.{dtype})"
    if array.ndim == 1 and dtype == np.intp and array.size > 2 and (np.diff(array) == array[1] - array[0]).all():
        step = int(array[1] - array[0])
        if not array[0]:
            return f"np.arange({array.size})" + (f" * {step}" if step != 1 else "")
        return f"np.arange({array[0]}, {array[-1] + step}, {step})"
    if array.size <= MOST_ELEMENTS and array.flags.c_contiguous and np.isfinite(array).all():
        return f"np.array({array.tolist()}{told})"
    return ""


def index(item: Any, write: Callable[[Any], str]) -> str:
    """What stands between the brackets of x[…]."""
    if isinstance(item, tuple) and item:
        parts = [write(part) if isinstance(part, tuple) else index(part, write) for part in item]
        return ", ".join(parts) + "," * (len(parts) == 1)
    if isinstance(item, slice):
        start, stop, step = ("" if part is None else write(part) for part in (item.start, item.stop, item.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return "..." if item is Ellipsis else write(item)


def tidy(named: dict[str, Any]) -> dict[str, Any]:
    """The settings of a sum as one writes them: axis=0 for axis=(0,), and nothing that is understood."""
    found = {key: arg for key, arg in named.items() if (key, arg) not in (("keepdims", False), ("axis", None))}
    axis = found.get("axis")
    return {**found, "axis": axis[0]} if isinstance(axis, tuple) and len(axis) == 1 else found


def dtype_of(item: Any) -> np.dtype[Any] | None:
    """The dtype of an operand that has one."""
    return getattr(getattr(item, "content", item), "dtype", None)
