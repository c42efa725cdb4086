"""Ratings laid out as a table: one line per user and one column per film.

As a spreadsheet shows it, under two header lines; an empty cell is a film that the user has not rated:

    movieId,1,110
    userId,Toy Story (1995),Braveheart (1995)
    15,2.0,3.0
    213,3.0,

Or as a matrix of bare numbers, the `ratings.txt` of the report in `000_12180da503bfe391.txt`; 0 is a film that the user
has not rated:

    2 3 0
    3 0 5
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.csv_rows import Row, at_line, csv_rows, shown
from tinygrad_vn.data.rating_files import Scale, ragged, rating_of
from tinygrad_vn.data.rating_layouts import NUMBER, RATING_HEADER, FileLayout, refuse_other_separators, separator_of
from tinygrad_vn.data.words import complaint, in_both
from tinygrad_vn.phrases import Text

_TABLE_HEADER: Final = "movieId,1,110"
_ID: Final = re.compile(r"[0-9]{1,18}")  # 18 digits always fit an int64


@dataclass
class RatingTable:
    """What a table holds: every user and film in its order, the films' titles, and the ratings by their numbers."""

    user_ids: list[int]
    item_ids: list[int]
    titles: dict[int, str]
    users: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    ratings: list[float] = field(default_factory=list)


def read_rating_table(path: str | PathLike[str], scale: Scale, encoding: str = "utf-8") -> RatingTable:
    """Read a table with its two header lines.

    Raises:
        DataError: the file, one of its two header lines or a line cannot be read as meant.
    """
    rows = csv_rows(path, ",", encoding)
    item_ids, titles = _table_header(path, rows)
    table = RatingTable([], item_ids, titles)
    layout = FileLayout(Path(path), "table", ",", ("movieId", *map(str, item_ids)))
    user_lines: dict[int, int] = {}
    known: dict[str, float] = {}
    for line, fields in rows:
        if len(fields) != len(item_ids) + 1:
            raise ragged(layout, line, fields, len(item_ids) + 1)
        user = _id(fields[0], "userId", at_line(path, line))
        if user in user_lines:
            raise complaint("user twice", at_line(path, line), user=user, earlier=user_lines[user])
        user_lines[user] = line
        for number, text in enumerate(fields[1:]):
            if text.strip():
                if text not in known:  # a table has many cells, but few different ratings
                    where = in_both("film of line", path=path, line=line, item=item_ids[number])
                    known[text] = rating_of(text, scale, where)
                table.users.append(len(user_lines) - 1)
                table.items.append(number)
                table.ratings.append(known[text])
    if not table.ratings:
        raise complaint("no ratings in table", path)
    table.user_ids = list(user_lines)
    return table


def _table_header(path: str | PathLike[str], rows: Iterator[Row]) -> tuple[list[int], dict[int, str]]:
    """The film ids of a table's first row, in its order, and the titles of its second by film id.

    Raises:
        DataError: one of the two rows is missing or is something else, or a film has two columns.
    """
    line, fields = next(rows)
    if fields[0].strip() != "movieId" or len(fields) < 2:
        refuse_other_separators(",".join(fields), at_line(path, line), _TABLE_HEADER)
        raise complaint("no films", at_line(path, line), text=shown(",".join(fields)), header=RATING_HEADER)
    columns: dict[int, int] = {}
    for column, text in enumerate(fields[1:], start=2):
        item = _id(text, "movieId", in_both("column of line", path=path, line=line, column=column))
        if item in columns:
            raise complaint("film twice", at_line(path, line), item=item, first=columns[item], second=column)
        columns[item] = column
    line, names = next(rows, (line + 1, [""]))
    if names[0].strip() != "userId":
        raise complaint("no titles", at_line(path, line), text=shown(",".join(names)), header=RATING_HEADER)
    if len(names) != len(fields):
        raise ragged(FileLayout(Path(path), "table", ",", tuple(fields)), line, names, len(fields))
    titles = {item: name.strip() for item, name in zip(columns, names[1:], strict=True)}
    for item, title in titles.items():
        if not title:
            raise complaint("blank title", at_line(path, line), item=item)
    return list(columns), titles


def _id(text: str, column: str, where: Text) -> int:
    """A user's or film's id: a whole number, not negative."""
    digits = text.strip()
    if not digits:
        raise complaint("blank id", where, column=column)
    if not _ID.fullmatch(digits):
        raise complaint("no id", where, column=column, text=shown(text))
    return int(digits)


def matrix_layout(path: str | PathLike[str], encoding: str = "utf-8") -> FileLayout:
    """The layout of a file that is known to be a matrix.

    Raises:
        DataError: the file cannot be read.
    """
    line = next(csv_rows(path, "|", encoding))[1]
    return FileLayout(Path(path), "matrix", separator_of("|".join(line).strip()), encoding=encoding)


def read_matrix(layout: FileLayout, scale: Scale) -> NDArray[np.float64]:
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


def _careful_matrix(layout: FileLayout, scale: Scale) -> NDArray[np.float64]:
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
