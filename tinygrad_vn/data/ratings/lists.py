"""The files that ratings and titles come in, one per line, each field checked.

A *list* has one rating per line, as MovieLens' `ratings.csv`; `layouts` knows its relatives:

    userId,movieId,rating,timestamp
    1,31,2.5,1260759144

There are two readers. The fast one takes a list that holds nothing but numbers, millions of lines in seconds. The
careful one takes the rest, and knows the line of whatever is wrong. Nothing is dropped on the way: a line that cannot
be read as meant stops the reading with a `DataError`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from os import PathLike
from typing import Final

import numpy as np

from tinygrad_vn.data.csv_rows import Row, at_line, csv_rows, shown
from tinygrad_vn.data.number_columns import number_columns
from tinygrad_vn.data.ratings.columns import RatingColumns, Scale
from tinygrad_vn.data.ratings.headerless import NUMBER
from tinygrad_vn.data.ratings.ids import BLANK, WHOLE, Ids, Indices, first_pair_twice, numbered, numbered_texts
from tinygrad_vn.data.ratings.layouts import SEPARATORS, TIME_COLUMN, FileLayout, separator_of
from tinygrad_vn.data.words import TEXTS, complaint
from tinygrad_vn.errors import DataError
from tinygrad_vn.phrases import Text

ASCII_LIKE: Final = ("utf-8", "ascii", "latin-1", "iso-8859-1", "cp1252", "cp1258")  # digits are the bytes of ASCII


def read_rating_list(layout: FileLayout, scale: Scale) -> RatingColumns:
    """Read a list of ratings.

    Raises:
        DataError: a line cannot be read as meant, or a user has rated a film twice.
    """
    columns = _fast(layout, scale) or _careful(layout, scale)
    twice = first_pair_twice(columns.users, columns.items, len(columns.item_ids))
    if twice is not None:
        earlier, line = (_line_of(layout, row) for row in twice)
        user, item = columns.user_ids[columns.users[twice[0]]], columns.item_ids[columns.items[twice[0]]]
        raise complaint("pair twice", at_line(layout.path, line), user=user, item=item, earlier=earlier)
    return columns


def _fast(layout: FileLayout, scale: Scale) -> RatingColumns | None:
    """A list that holds nothing but numbers; None where it holds anything else, or a rating off the scale."""
    if layout.separator == " " or layout.encoding.lower() not in ASCII_LIKE or (layout.header and not layout.start):
        return None
    at = layout.columns
    whole = [at[name] for name in ("userId", "movieId", TIME_COLUMN) if name in at]
    width = len(layout.header) if layout.header else _width(layout)
    columns = number_columns(layout.path, layout.start, layout.separator, width, whole, at["rating"])
    if columns is None or not scale[0] <= columns[-1].min() <= columns[-1].max() <= scale[1]:
        return None
    ratings, timestamps = columns.pop().astype(np.float64, copy=False), None
    if TIME_COLUMN in at:
        timestamps = columns.pop().astype(np.int64, copy=False)
    item_ids, items = numbered(columns.pop())
    user_ids, users = numbered(columns.pop())
    return RatingColumns(users, items, ratings, user_ids, item_ids, timestamps)


class _Column:
    """A column whose texts repeat: each different text is checked once, and then known by a number."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: dict[str, int] = {}
        self.codes = array("q")

    def add(self, text: str, path: PathLike[str] | str, line: int) -> None:
        code = self.known.get(text)
        if code is None:
            check_id(text, self.name, at_line(path, line))
            code = self.known[text] = len(self.known)
        self.codes.append(code)

    def numbered(self) -> tuple[Ids, Indices]:
        return numbered_texts(list(self.known), np.frombuffer(self.codes, np.int64).astype(np.intp, copy=False))


def _careful(layout: FileLayout, scale: Scale) -> RatingColumns:
    """A list of any kind, line by line.

    Raises:
        DataError: a line cannot be read as meant, or there is none.
    """
    path, at, width = layout.path, layout.columns, len(layout.header) if layout.header else _width(layout)
    users, items, ratings = _Column("userId"), _Column("movieId"), array("d")
    known: dict[str, float] = {}
    times = Times(at.get(TIME_COLUMN))
    for line, fields in _data_rows(layout):
        if len(fields) != width:
            raise ragged(layout, line, fields, width)
        users.add(fields[at["userId"]], path, line)
        items.add(fields[at["movieId"]], path, line)
        text = fields[at["rating"]]
        if text not in known:
            known[text] = rating_of(text, scale, at_line(path, line))
        ratings.append(known[text])
        times.add(fields, path, line)
    if not ratings:
        raise complaint("no ratings in list", path)
    user_ids, user_numbers = users.numbered()
    item_ids, item_numbers = items.numbered()
    timestamps = None if times.at is None else np.array(times.seconds, np.int64)
    columns = user_numbers, item_numbers, np.array(ratings), user_ids, item_ids
    return RatingColumns(*columns, timestamps, times.wrong)


@dataclass
class Times:
    """The column of timestamps, while it is read. It is optional: one that is no whole number ends it, not the reading.

    Attributes:
        at: its position among the fields; None where there is none, or no longer.
        seconds: what was read.
        wrong: the error for whoever asks for the times later.
    """

    at: int | None
    seconds: array[int] = field(default_factory=lambda: array("q"))
    wrong: DataError | None = None

    def add(self, fields: list[str], path: str | PathLike[str], line: int) -> None:
        """Read the time of one line."""
        if self.at is None:
            return
        text = fields[self.at]
        if WHOLE.fullmatch(text.strip()):
            self.seconds.append(int(text))
        else:
            self.wrong, self.at = complaint("time is no number", at_line(path, line), text=shown(text)), None


def read_titles(layout: FileLayout, whole: bool) -> dict[int, str] | dict[str, str]:
    """Read a file of films into a mapping from film id to title. Two films may share one title.

    Args:
        layout: of the file.
        whole: whether the ratings know films by whole numbers.

    Raises:
        DataError: a line cannot be read as meant, or an id occurs twice.
    """
    path, width = layout.path, len(layout.header) if layout.header else _width(layout)
    titles: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, fields in _data_rows(layout):
        if len(fields) != width:
            raise ragged(layout, line, fields, width)
        item = check_id(fields[layout.columns["movieId"]], "movieId", at_line(path, line))
        if whole:
            if not WHOLE.fullmatch(item):
                raise complaint("no id", at_line(path, line), column="movieId", text=shown(item))
            item = str(int(item))
        if item in titles:
            raise complaint("title twice", at_line(path, line), item=item, earlier=lines[item])
        titles[item] = fields[layout.columns["title"]].strip()
        if not titles[item]:
            raise complaint("blank title", at_line(path, line), item=item)
        lines[item] = line
    return {int(item): title for item, title in titles.items()} if whole else titles


def _data_rows(layout: FileLayout) -> Iterator[Row]:
    """The rows below the header."""
    rows = csv_rows(layout.path, layout.separator, layout.encoding)
    return rows if layout.header is None else islice(rows, 1, None)


def _width(layout: FileLayout) -> int:
    """How many fields the first line has."""
    return len(next(csv_rows(layout.path, layout.separator, layout.encoding))[1])


def _line_of(layout: FileLayout, row: int) -> int:
    """The line at which a row of data begins."""
    return next(islice(_data_rows(layout), row, None))[0]


def ragged(layout: FileLayout, line: int, fields: list[str], width: int) -> DataError:
    """The error for a line with more or fewer fields than the first, or with another separator."""
    text, where = layout.separator.join(fields), at_line(layout.path, line)
    mark = separator_of(text)
    if len(fields) == 1 and mark != layout.separator and len(text.split(mark)) == width:
        marks = (TEXTS[SEPARATORS[name]] for name in (mark, layout.separator))
        return complaint("other separator", where, text=shown(text), mark=next(marks), wanted=next(marks))
    key = "ragged" if layout.header else "ragged without header"
    return complaint(key, where, text=shown(text), found=len(fields), wanted=width)


def check_id(text: str, column: str, where: Text) -> str:
    """A user's or film's id without the space around it: a whole number or a name, but neither blank nor 1.5.

    Raises:
        DataError: it is blank, or a number that is not whole.
    """
    name = text.strip()
    if name.casefold() in BLANK:
        raise complaint("blank id", where, column=column)
    if NUMBER.fullmatch(name) and not WHOLE.fullmatch(name):
        raise complaint("no number, no name", where, column=column, text=shown(text))
    return name


def rating_of(text: str, scale: Scale, where: Text) -> float:
    """A rating on the scale; `where` names the place if it is none.

    Raises:
        DataError: it is blank, no number, or off the scale.
    """
    low, high = scale
    number = text.strip()
    if not number:
        raise complaint("blank rating", where)
    if not NUMBER.fullmatch(number):
        raise complaint("no number", where, text=shown(text), low=low, high=high)
    rating = float(number)
    if not low <= rating <= high:
        raise complaint("off the scale", where, text=shown(text), low=low, high=high)
    return rating
