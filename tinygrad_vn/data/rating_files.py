"""The files that ratings come in, each read into plain lists of numbers, each field checked.

Two layouts. A *list* has one rating per line, as MovieLens' `ratings.csv`:

    userId,movieId,rating,timestamp
    1,31,2.5,1260759144

A *table* has one line per user and one column per film, as a spreadsheet shows it, under two header lines; an
empty cell is a film that the user has not rated:

    movieId,1,110
    userId,Toy Story (1995),Braveheart (1995)
    15,2.0,3.0
    213,3.0,

Nothing is dropped on the way: a line that cannot be read as meant stops the reading with a `DataError`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from typing import Final

from tinygrad_vn.data.csv_rows import Row, at_line, csv_rows, shown
from tinygrad_vn.data.words import TEXTS, Text, complaint, in_both
from tinygrad_vn.errors import DataError

__all__ = [
    "RATING_SCALE",
    "RatingTable",
    "RatingTriples",
    "read_rating_list",
    "read_rating_table",
    "read_titles",
]

RATING_SCALE: Final = (0.5, 5.0)
"""MovieLens' scale: half a star to five stars."""

_RATING_COLUMNS: Final = ("userId", "movieId", "rating")
_RATING_HEADER: Final = "userId,movieId,rating,timestamp"
_TITLE_COLUMNS: Final = ("movieId", "title")
_TITLE_HEADER: Final = "movieId,title,genres"
_TABLE_HEADER: Final = "movieId,1,110"

# The first that occurs names what separates the fields instead of commas.
_SEPARATORS: Final = {"\t": "tabs", "::": "double colons", ";": "semicolons", "|": "vertical bars"}
_ID: Final = re.compile(r"[0-9]{1,18}")  # 18 digits always fit an int64
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass
class RatingTriples:
    """Ratings one below the other: user `users[k]` gave film `items[k]` the rating `ratings[k]`.

    Users and films stand here with the ids of the file. `lines` remembers where each pair was read, so that
    the second rating of a pair is refused with the places of both.
    """

    path: str | PathLike[str]
    users: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    ratings: list[float] = field(default_factory=list)
    lines: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, line: int, user: int, item: int, rating: float) -> None:
        """Append one rating; DataError where this user has rated this film on an earlier line."""
        earlier = self.lines.get((user, item))
        if earlier is not None:
            raise complaint("pair twice", at_line(self.path, line), user=user, item=item, earlier=earlier)
        self.lines[user, item] = line
        self.users.append(user)
        self.items.append(item)
        self.ratings.append(rating)


@dataclass
class RatingTable:
    """What a table holds beyond its ratings: every user and film in its order, and the films' titles."""

    triples: RatingTriples
    user_ids: list[int]
    item_ids: list[int]
    titles: dict[int, str]


def read_rating_list(path: str | PathLike[str]) -> RatingTriples:
    """Read MovieLens' `ratings.csv`. The columns are found by name; the timestamp, or any other, is not read.

    Raises:
        DataError: the file, its header or a line cannot be read as meant.
    """
    rows = csv_rows(path)
    header, (user_at, item_at, rating_at) = _header(path, rows, _RATING_COLUMNS, _RATING_HEADER)
    triples = RatingTriples(path)
    # A hundred thousand lines repeat some ten thousand ids and ten ratings: each text is checked once.
    ids: dict[str, int] = {}
    ratings: dict[str, float] = {}
    for line, fields in rows:
        if len(fields) != len(header):
            raise _ragged(path, line, fields, len(header))
        user, item, rating = fields[user_at], fields[item_at], fields[rating_at]
        if user not in ids:
            ids[user] = _id(user, "userId", at_line(path, line))
        if item not in ids:
            ids[item] = _id(item, "movieId", at_line(path, line))
        if rating not in ratings:
            ratings[rating] = _rating(rating, at_line(path, line))
        triples.add(line, ids[user], ids[item], ratings[rating])
    if not triples.ratings:
        raise complaint("no ratings in list", path)
    return triples


def read_rating_table(path: str | PathLike[str]) -> RatingTable:
    """Read a table of users and films, laid out as this module's opening shows.

    Raises:
        DataError: the file, one of its two header lines or a line cannot be read as meant.
    """
    rows = csv_rows(path)
    item_ids, titles = _table_header(path, rows)
    triples = RatingTriples(path)
    user_lines: dict[int, int] = {}
    ratings: dict[str, float] = {}
    for line, fields in rows:
        if len(fields) != len(item_ids) + 1:
            raise _ragged(path, line, fields, len(item_ids) + 1)
        user = _id(fields[0], "userId", at_line(path, line))
        if user in user_lines:
            raise complaint("user twice", at_line(path, line), user=user, earlier=user_lines[user])
        user_lines[user] = line
        for item, text in zip(item_ids, fields[1:], strict=True):
            if text.strip():
                if text not in ratings:
                    ratings[text] = _rating(text, in_both("film of line", path=path, line=line, item=item))
                triples.add(line, user, item, ratings[text])
    if not triples.ratings:
        raise complaint("no ratings in table", path)
    return RatingTable(triples, list(user_lines), item_ids, titles)


def read_titles(path: str | PathLike[str]) -> dict[int, str]:
    """Read MovieLens' `movies.csv` into a mapping from film id to title. Two films may share one title.

    Raises:
        DataError: the file, its header or a line cannot be read as meant, or an id occurs twice.
    """
    rows = csv_rows(path)
    header, (item_at, title_at) = _header(path, rows, _TITLE_COLUMNS, _TITLE_HEADER)
    titles: dict[int, str] = {}
    lines: dict[int, int] = {}
    for line, fields in rows:
        if len(fields) != len(header):
            raise _ragged(path, line, fields, len(header))
        item = _id(fields[item_at], "movieId", at_line(path, line))
        if item in titles:
            raise complaint("title twice", at_line(path, line), item=item, earlier=lines[item])
        titles[item] = _title(fields[title_at], item, at_line(path, line))
        lines[item] = line
    return titles


def _header(
    path: str | PathLike[str], rows: Iterator[Row], wanted: tuple[str, ...], example: str
) -> tuple[list[str], list[int]]:
    """The names in the first row, and at which position each wanted one stands.

    Raises:
        DataError: the row is no header, lacks a wanted column or has it twice, or is not separated by commas.
    """
    line, fields = next(rows)
    names = [name.strip() for name in fields]
    if all(names.count(name) == 1 for name in wanted):
        return names, [names.index(name) for name in wanted]
    text, where = ",".join(fields), at_line(path, line)
    _refuse_other_separators(text, where, example)
    if _NUMBER.fullmatch(names[0]):
        raise complaint("no header", where, text=shown(text), header=example)
    if "rating" in wanted and names[0] == "movieId" and all(map(_ID.fullmatch, filter(None, names[1:]))):
        raise complaint("table, not list", where, header=example)
    absent = [name for name in wanted if name not in names]
    columns: Text = {"vi": " và ".join(absent), "en": " and no ".join(absent)}
    raise complaint("no column" if absent else "column twice", where, text=shown(text), columns=columns, header=example)


def _refuse_other_separators(text: str, where: Text, example: str) -> None:
    """DataError where the first line of a file has another separator than commas."""
    for mark, name in _SEPARATORS.items():
        if mark in text:
            raise complaint("separator", where, text=shown(text), mark=TEXTS[name], header=example)


def _table_header(path: str | PathLike[str], rows: Iterator[Row]) -> tuple[list[int], dict[int, str]]:
    """The film ids of a table's first row, in its order, and the titles of its second by film id.

    Raises:
        DataError: one of the two rows is missing or is something else, or a film has two columns.
    """
    line, fields = next(rows)
    if fields[0].strip() != "movieId" or len(fields) < 2:
        _refuse_other_separators(",".join(fields), at_line(path, line), _TABLE_HEADER)
        raise complaint("no films", at_line(path, line), text=shown(",".join(fields)), header=_RATING_HEADER)
    columns: dict[int, int] = {}
    for column, text in enumerate(fields[1:], start=2):
        item = _id(text, "movieId", in_both("column of line", path=path, line=line, column=column))
        if item in columns:
            raise complaint("film twice", at_line(path, line), item=item, first=columns[item], second=column)
        columns[item] = column
    line, names = next(rows, (line + 1, [""]))
    if names[0].strip() != "userId":
        raise complaint("no titles", at_line(path, line), text=shown(",".join(names)), header=_RATING_HEADER)
    if len(names) != len(fields):
        raise _ragged(path, line, names, len(fields))
    pairs = zip(columns, names[1:], strict=True)
    return list(columns), {item: _title(name, item, at_line(path, line)) for item, name in pairs}


def _ragged(path: str | PathLike[str], line: int, fields: list[str], width: int) -> DataError:
    return complaint("ragged", at_line(path, line), text=shown(",".join(fields)), found=len(fields), wanted=width)


def _id(text: str, column: str, where: Text) -> int:
    """A user's or film's id: a whole number, not negative."""
    digits = text.strip()
    if not digits:
        raise complaint("blank id", where, column=column)
    if not _ID.fullmatch(digits):
        raise complaint("no id", where, column=column, text=shown(text))
    return int(digits)


def _rating(text: str, where: Text) -> float:
    """A rating on the scale; `where` names the place if it is none."""
    low, high = RATING_SCALE
    number = text.strip()
    if not number:
        raise complaint("blank rating", where)
    if not _NUMBER.fullmatch(number):
        raise complaint("no number", where, text=shown(text), low=low, high=high)
    rating = float(number)
    if not low <= rating <= high:
        raise complaint("off the scale", where, text=shown(text), low=low, high=high)
    return rating


def _title(text: str, item: int, where: Text) -> str:
    title = text.strip()
    if not title:
        raise complaint("blank title", where, item=item)
    return title
