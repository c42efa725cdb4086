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
_TABLE_REMEDY: Final = (
    "A table begins with two header lines, 'movieId' before the film ids and 'userId' before the titles; "
    f"a list with the header {_RATING_HEADER} is read by from_csv"
)

# "::" before ";" and single marks: the first that occurs names what separates the fields instead of commas.
_SEPARATORS: Final = {"\t": "tabs", "::": "'::'", ";": "semicolons", "|": "vertical bars"}
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
            raise DataError(
                f"{at_line(self.path, line)}: user {user} rates film {item} a second time, the first is on "
                f"line {earlier}. Keep one of the two lines."
            )
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
        raise DataError(f"{path}: there is a header but no rating below it. Add lines such as 1,31,2.5.")
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
    for line, fields in rows:
        if len(fields) != len(item_ids) + 1:
            raise _ragged(path, line, fields, len(item_ids) + 1)
        user = _id(fields[0], "userId", at_line(path, line))
        if user in user_lines:
            raise DataError(
                f"{at_line(path, line)}: user {user} already has line {user_lines[user]}. Keep one line per user."
            )
        user_lines[user] = line
        for item, text in zip(item_ids, fields[1:], strict=True):
            if text.strip():
                triples.add(line, user, item, _rating(text, f"{at_line(path, line)}, film {item}"))
    if not triples.ratings:
        raise DataError(f"{path}: the table holds no rating. Add lines such as 15,2.0,3.0 below the two headers.")
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
            raise DataError(f"{at_line(path, line)}: film {item} already has line {lines[item]}. Keep one of the two.")
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
        raise DataError(f"{where}: {shown(text)} is data, not a header. Put the line {example} above it.")
    absent = [name for name in wanted if name not in names]
    fault = f"has no column {' and no '.join(absent)}" if absent else "names a column twice"
    raise DataError(f"{where}: the header {shown(text)} {fault}. It should be {example}.")


def _refuse_other_separators(text: str, where: str, example: str) -> None:
    """DataError where the first line of a file has another separator than commas."""
    for mark, name in _SEPARATORS.items():
        if mark in text:
            raise DataError(
                f"{where}: {shown(text)} is separated by {name}, not commas. Put commas instead, a point in "
                f"numbers such as 3.5, and begin the file with the header {example}."
            )


def _table_header(path: str | PathLike[str], rows: Iterator[Row]) -> tuple[list[int], dict[int, str]]:
    """The film ids of a table's first row, in its order, and the titles of its second by film id.

    Raises:
        DataError: one of the two rows is missing or is something else, or a film has two columns.
    """
    line, fields = next(rows)
    if fields[0].strip() != "movieId" or len(fields) < 2:
        _refuse_other_separators(",".join(fields), at_line(path, line), _TABLE_HEADER)
        raise DataError(f"{at_line(path, line)}: {shown(','.join(fields))} does not list films. {_TABLE_REMEDY}.")
    columns: dict[int, int] = {}
    for column, text in enumerate(fields[1:], start=2):
        item = _id(text, "movieId", f"{at_line(path, line)}, column {column}")
        if item in columns:
            raise DataError(
                f"{at_line(path, line)}: film {item} has the columns {columns[item]} and {column}. "
                "Keep one column per film."
            )
        columns[item] = column
    line, names = next(rows, (line + 1, [""]))
    if names[0].strip() != "userId":
        raise DataError(f"{at_line(path, line)}: {shown(','.join(names))} does not list titles. {_TABLE_REMEDY}.")
    if len(names) != len(fields):
        raise _ragged(path, line, names, len(fields))
    pairs = zip(columns, names[1:], strict=True)
    return list(columns), {item: _title(name, item, at_line(path, line)) for item, name in pairs}


def _ragged(path: str | PathLike[str], line: int, fields: list[str], width: int) -> DataError:
    return DataError(
        f"{at_line(path, line)}: {shown(','.join(fields))} has {len(fields)} fields, but the header has "
        f"{width}. Give every line one field per column; write 3.5 with a point, and put a text with commas "
        "in quotation marks."
    )


def _id(text: str, column: str, where: str) -> int:
    """A user's or film's id: a whole number, not negative."""
    digits = text.strip()
    if not digits:
        raise DataError(f"{where}: the {column} is blank. Fill it in, or delete the line.")
    if not _ID.fullmatch(digits):
        raise DataError(f"{where}: the {column} {shown(text)} is not a whole number such as 31. Correct it.")
    return int(digits)


def _rating(text: str, where: str) -> float:
    """A rating on the scale; `where` names the place if it is none."""
    low, high = RATING_SCALE
    number = text.strip()
    if not number:
        raise DataError(f"{where}: the rating is blank. Fill it in, or delete the line: unrated films have none.")
    if not _NUMBER.fullmatch(number):
        raise DataError(
            f"{where}: the rating {shown(text)} is not a number. Write one from {low} to {high}, with a "
            "point, such as 3.5; films that were not rated have none."
        )
    rating = float(number)
    if not low <= rating <= high:
        raise DataError(
            f"{where}: the rating {shown(text)} is outside the scale from {low} to {high}. Convert the "
            "ratings to that scale; films that were not rated have none, not 0."
        )
    return rating


def _title(text: str, item: int, where: str) -> str:
    title = text.strip()
    if not title:
        raise DataError(f"{where}: the title of film {item} is blank. Fill it in.")
    return title
