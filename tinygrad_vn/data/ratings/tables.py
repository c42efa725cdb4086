"""Ratings laid out as a table: one line per user and one column per film.

As a spreadsheet shows it, under two header lines; an empty cell is a film that the user has not rated:

    movieId,1,110
    userId,Toy Story (1995),Braveheart (1995)
    15,2.0,3.0
    213,3.0,
"""

import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Final

import numpy as np

from tinygrad_vn.data.csv_rows import Row, at_line, csv_rows, shown
from tinygrad_vn.data.ratings.columns import RatingColumns, Scale
from tinygrad_vn.data.ratings.ids import Ids
from tinygrad_vn.data.ratings.layouts import RATING_HEADER, FileLayout, refuse_other_separators
from tinygrad_vn.data.ratings.lists import ragged, rating_of
from tinygrad_vn.data.words import complaint, in_both
from tinygrad_vn.phrases import Text

_TABLE_HEADER: Final = "movieId,1,110"
_ID: Final = re.compile(r"[0-9]{1,18}")  # 18 digits always fit an int64


def table_layout(path: str | PathLike[str], item_ids: Ids) -> FileLayout:
    """The layout of a table of these films."""
    return FileLayout(Path(path), "table", ",", ("movieId", *map(str, item_ids)))


def read_rating_table(
    path: str | PathLike[str], scale: Scale, encoding: str = "utf-8"
) -> tuple[RatingColumns, dict[int, str]]:
    """Read a table with its two header lines; users and films are numbered in its order.

    Returns:
        The ratings, and film id to title.

    Raises:
        DataError: the file, one of its two header lines or a line cannot be read as meant.
    """
    rows = csv_rows(path, ",", encoding)
    item_ids, titles = _table_header(path, rows)
    layout = table_layout(path, np.array(item_ids))
    user_lines: dict[int, int] = {}
    known: dict[str, float] = {}
    cells: list[tuple[int, int, float]] = []
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
                cells.append((len(user_lines) - 1, number, known[text]))
    if not cells:
        raise complaint("no ratings in table", path)
    users, items, ratings = zip(*cells, strict=True)
    numbers = np.array(users, np.intp), np.array(items, np.intp), np.array(ratings, np.float64)
    return RatingColumns(*numbers, np.array(list(user_lines), np.int64), np.array(item_ids, np.int64)), titles


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
