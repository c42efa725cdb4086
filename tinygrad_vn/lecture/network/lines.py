"""Lines of text in a network: how much room they need, and how DOT writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from tinygrad_vn.lecture.picture.labels import labelled

BLANK: Final = "\u00a0"  # where a number has room that is not known yet
_LEADING: Final = 1.36  # from line to line, in units of the font size
# Widths of signs in units of the font size, those of DejaVu Sans, the widest font that drawings name.
_WIDTHS: Final = {
    **dict.fromkeys(" .,()", 0.36),
    **dict.fromkeys("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻", 0.42),
    **dict.fromkeys("⁽⁾", 0.25),
    **dict.fromkeys("w−=×—→∞", 0.84),
}


class Line(NamedTuple):
    """A line of text; `prose` is none of the formulas."""

    text: str
    color: str
    size: float
    bold: bool = False
    prose: bool = False


def size_of(lines: Sequence[Line]) -> tuple[float, float]:
    """Width and height that lines of text need, in points."""
    widths = [line.size * (1.08 if line.bold else 1) * sum(_WIDTHS.get(c, 0.64) for c in line.text) for line in lines]
    return max(widths), sum(_LEADING * line.size for line in lines)


def radius_of(lines: Sequence[Line]) -> float:
    """Of the smallest circle that these lines fit into."""
    top, radius = size_of(lines)[1] / 2, 17.0
    for line in lines:
        middle = top - _LEADING / 2 * line.size
        radius = max(radius, math.hypot(size_of([line])[0] / 2, abs(middle) + 0.35 * line.size) + 2.5)
        top -= _LEADING * line.size
    return float(math.ceil(radius))


def html_of(lines: Sequence[Line]) -> str:
    """A table with one line in each row: only there every line has its own height."""
    if len(lines) == 1:
        return _font(lines[0])
    rows = "".join(f"<TR><TD>{_font(line)}</TD></TR>" for line in lines)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>'


def _font(line: Line) -> str:
    text = f"<B>{labelled(line.text)}</B>" if line.bold else labelled(line.text)
    return f'<FONT COLOR="{line.color}" POINT-SIZE="{line.size:g}">{text}</FONT>'
