"""Tables of bare numbers as text files, one line per row with spaces between; and room for large arrays in memory."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_vn.data.csv_rows import csv_rows
from tinygrad_vn.errors import DataError
from tinygrad_vn.models.recommender import Numbers
from tinygrad_vn.phrases import phrase, said

ROOM = 16 << 20  # bytes


def write_numbers(path: str | PathLike[str], table: Numbers) -> Path:
    """Write a table so that reading gives the same numbers again, to the last digit; folders are made."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(place, table, fmt="%.17g", encoding="utf-8")
    return place


def read_numbers(path: str | PathLike[str]) -> Numbers:
    """Read a table of numbers with spaces or tabs between them, shape (rows, columns).

    Raises:
        DataError: the file cannot be read, a line has another length than the first, or a field is no finite number;
            the text names file, line and remedy.
    """
    rows: list[list[float]] = []
    for line, fields in csv_rows(path, " "):
        row = [_number(text) for text in fields]
        if None in row:
            text, column = fields[row.index(None)], row.index(None) + 1
            says = "{path}, line {line}, column {column}: {text!r} is no number; write one such as 0.25, with a point"
            raise DataError(phrase(says, path=path, line=line, column=column, text=text[:40]))
        if rows and len(row) != len(rows[0]):
            says = "{path}, line {line}: there are {found} numbers, on the first line {wanted}; give all lines the same"
            raise DataError(phrase(says, path=path, line=line, found=len(row), wanted=len(rows[0])))
        rows.append([value for value in row if value is not None])
    return np.array(rows)


def checked_features(values: ArrayLike, shape: tuple[int, int], name: str) -> Numbers:
    """A copy of a table of features; ValueError where it has another shape than the table of ratings asks for."""
    if np.shape(values) != shape:
        text = "{name} needs shape {wanted}, one row for each, not {found}"
        raise ValueError(said(text, name=name.removesuffix(".txt"), wanted=shape, found=np.shape(values)))
    return np.array(values, np.float64)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def keep_freed_memory() -> None:
    """Let this process keep the memory of freed arrays, of up to 16 MB each, for the next ones.

    The C library of Linux gives an array of 400 KB back to the system when it is freed, and the next one must be
    fetched page by page again, which takes four times as long as computing with it. It stops doing so for sizes of
    which one was freed before; elsewhere this does nothing.
    """
    np.empty(ROOM, np.uint8)
