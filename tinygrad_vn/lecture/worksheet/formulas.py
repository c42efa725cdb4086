"""Formulas as HTML: w_1 with a lowered 1, e^(−z) with a raised −z, letters in italics; and matrices in brackets."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.worksheet.exercise import Numbers

_LOWERED: Final = re.compile(r"_(\d+|new|rows|ij|i|[A-Z](?:,M\d)?)")
_RAISED: Final = re.compile(r"\^(?:\(([^()]*)\)|(\w))")
_LETTER: Final = re.compile(r"(?<![A-Za-zÀ-ỹ&])([A-Za-zŷηθ])(?![A-Za-zÀ-ỹ;])")


def formula(text: str) -> str:
    """A formula as HTML.

    Args:
        text: with _1 for what is lowered and ^2 or ^(−z) for what is raised.
    """
    pieces = []
    for piece in re.split(r"(_(?:\d+|new|rows|ij|i|[A-Z](?:,M\d)?)|\^(?:\([^()]*\)|\w))", text):
        if lowered := _LOWERED.fullmatch(piece):
            pieces.append(f"<sub>{lowered[1]}</sub>")
        elif raised := _RAISED.fullmatch(piece):
            inside = raised[1] or raised[2]
            pieces.append(f"<sup>{'⊤' if inside == 'T' else _letters(inside)}</sup>")
        else:
            pieces.append(_letters(piece))
    return "".join(pieces)


def value(array: Numbers) -> str:
    """A number, a row of numbers in brackets, or a matrix, as HTML."""
    if array.ndim == 0:
        return number(array.item())
    if array.ndim == 1:
        return "(" + ", ".join(number(x) for x in array.tolist()) + ")"
    rows = ("".join(f"<td>{number(x)}</td>" for x in row) for row in array.tolist())
    return f'<table class="matrix">{"".join(f"<tr>{row}</tr>" for row in rows)}</table>'


def table(array: Numbers, rows: Sequence[str], columns: Sequence[str] = ()) -> str:
    """A table with names, as HTML; what is unknown is an empty cell with a question mark."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in ("", *columns))
    body = "".join(
        f"<tr><th>{formula(name)}</th>"
        + "".join(f"<td>{'?' if np.isnan(x) else number(x)}</td>" for x in line)
        + "</tr>"
        for name, line in zip(rows, array.tolist(), strict=True)
    )
    return f'<table class="data">{f"<tr>{head}</tr>" if columns else ""}{body}</table>'


def _letters(text: str) -> str:
    return _LETTER.sub(r"<var>\1</var>", html.escape(text))
