"""How numbers are written in lectures: four significant digits, a true minus sign, 1.0×10⁻⁷ rather than 1e-07.

Up to nine numbers are written out. Of a larger array nobody reads the elements; its smallest, mean and largest element
and its norm say more. What does not exist (a gradient that has not been computed) is an em dash, never 0.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

NOTHING: Final = "—"
IN_FULL: Final = 9  # elements

_EXACT: Final = 1e-9  # relative: what lies this close to a short number is that number, but for the last bits
_EXACT_SINGLE: Final = 1e-6  # the same for float32, which is no better than that

# Widths of signs in units of the font size: those of DejaVu Sans, the widest font that drawings name.
_WIDE: Final = {".": 0.32, ",": 0.32, "−": 0.84, "×": 0.84, "∞": 0.84, "—": 1.0} | dict.fromkeys("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", 0.53)

_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(x: Any, precision: int = 4) -> str:
    """A number as text.

    Args:
        x: any number; truth values and whole numbers are written out exactly, a complex one is 1 + 2i.
        precision: significant digits; the digits before the decimal point are never cut off below a million. Zeros
            at the end are dropped where nothing was rounded: 0.5 stays 0.5, 0.50003 becomes 0.5000.
    """
    if isinstance(x, bool | np.bool_):
        return str(bool(x))
    if isinstance(x, int | np.integer):
        return str(int(x)).replace("-", "−")
    if isinstance(x, complex | np.complexfloating):
        sign = "−" if x.imag < 0 else "+"
        return f"{number(x.real, precision)} {sign} {number(abs(x.imag), precision)}i"
    exact, x = _exact(x), float(x)
    if not np.isfinite(x):
        return "NaN" if np.isnan(x) else "∞" if x > 0 else "−∞"
    scientific = f"{x:.{precision - 1}e}"
    digits, power = scientific.split("e")[0], int(scientific.split("e")[1])
    is_small = -4 <= power < 6
    text = f"{x:.{max(precision - 1 - power, 0)}f}" if is_small else digits
    if "." in text and abs(float(scientific) - x) <= exact * abs(x):
        text = text.rstrip("0").rstrip(".")
    if not is_small:
        text += ("" if "." in text else ".0") + f"×10{str(power).translate(_SUPERSCRIPTS)}"
    return ("0" if text == "-0" else text).replace("-", "−")


def _exact(x: Any) -> float:
    """How close to a number a shorter one must lie to be the same."""
    return _EXACT_SINGLE if isinstance(x, np.float32 | np.float16) else _EXACT


def is_rounded(array: np.ndarray[Any, Any], precision: int = 4) -> bool:
    """Whether an array is written out with fewer digits than it has."""
    if array.dtype.kind not in "fc" or not is_in_full(array):
        return False
    parts = [part for x in array.reshape(-1) for part in ((x.real, x.imag) if array.dtype.kind == "c" else (x,))]
    return any(_loses_digits(x, precision) for x in parts if np.isfinite(x))


def _loses_digits(x: Any, precision: int) -> bool:
    value = float(x)
    power = int(f"{value:.{precision - 1}e}".split("e")[1])
    shown = round(value, max(precision - 1 - power, 0)) if -4 <= power < 6 else float(f"{value:.{precision - 1}e}")
    return abs(shown - value) > _exact(x) * abs(value)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as it is spoken: 64×10; (5,) for a vector, () for a single number."""
    return "×".join(map(str, shape)) if len(shape) > 1 else str(shape)


def is_in_full(array: np.ndarray[Any, Any]) -> bool:
    """Whether all elements are written out."""
    return array.size <= IN_FULL


def elements(array: np.ndarray[Any, Any], precision: int = 4) -> list[list[str]]:
    """Up to nine elements as rows of a table; a vector stands upright, as on the blackboard."""
    if not array.size:
        return [["[ ]"]]
    columns = array.shape[-1] if array.ndim > 1 else 1
    return [[number(x, precision) for x in row] for row in array.reshape(-1, columns)]


def summary(array: np.ndarray[Any, Any], precision: int = 4) -> list[tuple[str, str]]:
    """What to say of a larger array: (key of a word, number)."""
    with np.errstate(all="ignore"):
        x = np.abs(array) if np.iscomplexobj(array) else array.astype(np.float64)
        facts = {"min": x.min(), "mean": x.mean(), "max": x.max(), "norm": np.sqrt(np.vdot(x, x))}
    return [(key, number(fact, precision)) for key, fact in facts.items()]


def in_words(array: np.ndarray[Any, Any] | None, precision: int = 4) -> str:
    """A whole array on one line, for text that is read rather than seen."""
    if array is None:
        return NOTHING
    if array.ndim == 0:
        return number(array[()], precision)
    if is_in_full(array):
        return _nested(array, precision)
    facts = ", ".join(f"{key} {fact}" for key, fact in summary(array, precision))
    return f"{shape_text(array.shape)} {array.dtype}: {facts}"


def _nested(array: np.ndarray[Any, Any], precision: int) -> str:
    if array.ndim == 0:
        return number(array[()], precision)
    return "[" + ", ".join(_nested(part, precision) for part in array) + "]"


def width_of(text: str, size: float) -> float:
    """The width of a number in points, rounded up: no usual font for this size of letters makes it wider."""
    return size * sum(_WIDE.get(letter, 0.64) for letter in text)
