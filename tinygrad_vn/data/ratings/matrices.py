"""Ratings laid out as a matrix of bare numbers: an array, or a file such as the report's `ratings.txt`.

One row per user, one column per film; 0 is a film that the user has not rated:

    2 3 0
    3 0 5

Source: the report `000_12180da503bfe391.txt`.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_vn.data.csv_rows import csv_rows, shown
from tinygrad_vn.data.ratings.columns import RatingColumns, Scale
from tinygrad_vn.data.ratings.headerless import NUMBER
from tinygrad_vn.data.ratings.ids import Ids, ids_of
from tinygrad_vn.data.ratings.layouts import FileLayout, separator_of
from tinygrad_vn.data.ratings.lists import ragged
from tinygrad_vn.data.words import complaint, in_both
from tinygrad_vn.phrases import Text

Numbers = NDArray[np.float64]


def matrix_columns(
    values: Numbers, layout: FileLayout | None, mask: ArrayLike | None, user_ids: Any, item_ids: Any, scale: Scale
) -> RatingColumns:
    """The ratings of a matrix, which may be from a file of this layout.

    Raises:
        DataError: a cell is off the scale, or shapes do not fit.
    """
    rated = rated_cells(values, mask)
    off = rated & ~((values >= scale[0]) & (values <= scale[1]))
    if off.any():
        row, column = (int(k) for k in np.argwhere(off)[0])
        where, text = place_in(layout, row, column), f"{values[row, column]:g}"
        raise complaint("cell off the scale", where, text=text, low=scale[0], high=scale[1])
    users, items = np.nonzero(rated)
    if not len(users):
        raise complaint("no ratings in matrix", None if layout is None else layout.path)
    names = axis_ids(user_ids, "user_ids", len(values)), axis_ids(item_ids, "item_ids", values.shape[1])
    return RatingColumns(users, items, values[rated], *names)


def matrix_layout(path: str | PathLike[str], encoding: str = "utf-8") -> FileLayout:
    """The layout of a file that is known to be a matrix.

    Raises:
        DataError: the file cannot be read.
    """
    line = next(csv_rows(path, "|", encoding))[1]
    return FileLayout(Path(path), "matrix", separator_of("|".join(line).strip()), encoding=encoding)


def read_matrix(layout: FileLayout, scale: Scale) -> Numbers:
    """Read a matrix of bare numbers, shape (users, films).

    Args:
        layout: of the file.
        scale: of the ratings, for what is said of a cell that is no number.

    Raises:
        DataError: the lines differ in length, or a cell is no finite number.
    """
    try:
        mark = None if layout.separator == " " else layout.separator
        encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
        matrix = np.loadtxt(layout.path, delimiter=mark, ndmin=2, comments=None, encoding=encoding)
        if np.isfinite(matrix).all():
            return matrix
    except (ValueError, TypeError):  # ValueError: a cell is no number; TypeError: "::" is too long for a delimiter
        pass
    return _careful_matrix(layout, scale)


def _careful_matrix(layout: FileLayout, scale: Scale) -> Numbers:
    rows: list[list[float]] = []
    for line, fields in csv_rows(layout.path, layout.separator, layout.encoding):
        if rows and len(fields) != len(rows[0]):
            raise ragged(layout, line, fields, len(rows[0]))
        for column, text in enumerate(fields, start=1):
            if not NUMBER.fullmatch(text.strip()) or not np.isfinite(float(text)):
                where = in_both("column of line", path=layout.path, line=line, column=column)
                raise complaint("no cell", where, text=shown(text), low=scale[0], high=scale[1])
        rows.append([float(text) for text in fields])
    return np.array(rows)


def place_in(source: FileLayout | None, row: int, column: int) -> Text:
    """How complaints name a cell: by line and column of its file, counted from 1, or of an array, counted from 0."""
    if source is None:
        return in_both("cell", row=row, column=column)
    rows = csv_rows(source.path, source.separator, source.encoding)
    line = next(line for number, (line, _) in enumerate(rows) if number == row)
    return in_both("column of line", path=source.path, line=line, column=column + 1)


def two_axes(source: ArrayLike) -> Numbers:
    """A matrix of numbers, shape (users, films); NaN is allowed, infinity is not.

    Raises:
        DataError: it has another shape, or a cell is no number.
    """
    try:
        values = np.array(source, np.float64)
    except (TypeError, ValueError):
        raise complaint("no numbers", name="matrix", dtype=np.asarray(source, object).dtype) from None
    if values.ndim != 2:
        raise complaint("no matrix", shape=values.shape)
    return values


def rated_cells(values: Numbers, mask: ArrayLike | None) -> NDArray[np.bool_]:
    """Where there is a rating: where the mask is true, or without one wherever the cell is neither 0 nor NaN.

    Raises:
        DataError: the mask has another shape, or holds something else than truth values, 0 and 1.
    """
    if mask is None:
        return ~np.isnan(values) & (values != 0)
    told = np.asarray(mask)
    if told.shape != values.shape or told.dtype.kind not in "biuf" or not np.isin(told, (0, 1)).all():
        raise complaint("mask", mask=told.shape, dtype=told.dtype, shape=values.shape)
    return told.astype(bool)


def axis_ids(ids: Any, what: str, wanted: int) -> Ids:
    """The ids of the rows or of the columns of a matrix, in their order; 1, 2, 3, … for None.

    Raises:
        DataError: there are more or fewer than wanted, one is blank, or two are equal.
    """
    if ids is None:
        return np.arange(1, wanted + 1)
    different, numbers = ids_of(ids, what)
    if len(numbers) != wanted:
        raise complaint("number of ids", what=what, found=len(numbers), wanted=wanted)
    if len(different) < wanted:
        name = different.tolist()[int(np.argmax(np.bincount(numbers) > 1))]
        raise complaint("id twice", what=what, name=name)
    return different[numbers]
