"""How a file of ratings is laid out: what separates its fields, and which column holds what.

MovieLens alone has published its ratings in three forms, and a spreadsheet saves them in a fourth:

    userId,movieId,rating,timestamp       196 TAB 242 TAB 3 TAB 881250949       1::1193::5::978300760
    1,31,2.5,1260759144

The first line tells: the separator is the first one that occurs in it, and it is a header if it names the columns
instead of holding a number where the rating should be. Without a header, `headerless` looks at the numbers. What was
found is kept, and shown by the dataset.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Final, Literal, NoReturn, get_args

from tinygrad_vn.data.csv_rows import at_line, csv_rows, first_bytes, shown
from tinygrad_vn.data.ratings.headerless import NUMBER, Rows, is_data, is_missing, list_or_matrix
from tinygrad_vn.data.words import TEXTS, complaint, in_both
from tinygrad_vn.phrases import Text

RATING_HEADER: Final = "userId,movieId,rating,timestamp"
TITLE_HEADER: Final = "movieId,title,genres"
RATING_COLUMNS: Final = ("userId", "movieId", "rating")
TITLE_COLUMNS: Final = ("movieId", "title")
TIME_COLUMN: Final = "timestamp"

SEPARATORS: Final = {
    "::": "double colons",
    "\t": "tabs",
    ",": "commas",
    ";": "semicolons",
    "|": "vertical bars",
    " ": "spaces",
}
"""Every separator, with its name in the table of words."""

# How other collections call the columns, in small letters and without marks between them.
ALIASES: Final = {
    "userId": ("userid", "user", "uid", "usr", "reviewerid", "customerid", "mãngườidùng", "ngườidùng"),
    "movieId": ("movieid", "movie", "itemid", "item", "iid", "filmid", "film", "isbn", "productid", "mãphim", "phim"),
    "rating": ("rating", "ratings", "stars", "star", "score", "bookrating", "điểm", "đánhgiá"),
    "timestamp": ("timestamp", "time", "unixtime", "unixreviewtime", "ts", "thờigian"),
    "title": ("title", "movietitle", "name", "tênphim", "tên"),
}

_ID: Final = re.compile(r"[0-9]{1,18}")
SAMPLE: Final = 10_000  # fields of a file without header that are looked at, but 200 lines at least

Kind = Literal["list", "table", "matrix"]


@dataclass(frozen=True)
class FileLayout:
    """What was found out about a file.

    Attributes:
        path: the file.
        kind: "list", one rating per line; "table", a line per user with ids and titles above; "matrix", bare numbers.
        separator: what stands between the fields: ",", ";", "|", "::", a tab, or " " for any number of spaces.
        header: the names of the columns; None where the file begins with data.
        columns: of a list, at which position each of our columns stands, counted from 0.
        start: of a list, the byte at which its data begin.
        encoding: of the text.
    """

    path: Path
    kind: Kind
    separator: str
    header: tuple[str, ...] | None = None
    columns: dict[str, int] = field(default_factory=dict)
    start: int = 0
    encoding: str = "utf-8"

    def __str__(self) -> str:
        """In one line: "ratings.csv: separated by commas, header userId,movieId,rating,timestamp"."""
        header = "no header" if self.header is None else f"header {self.separator.join(self.header)!r}"
        return f"{self.path.name}: {self.kind}, separated by {TEXTS[SEPARATORS[self.separator]]['en']}, {header}"


def separator_of(line: str) -> str:
    """What separates the fields of a line: the first that occurs outside quotation marks, spaces only if nothing else.

    A line with none of them has one field, as if separated by commas.
    """
    bare = re.sub(r'"[^"]*"', "", line)
    places = {mark: bare.find(mark) for mark in SEPARATORS if mark in bare and mark != " "}
    if places:
        return min(places, key=places.__getitem__)
    return " " if " " in bare.strip() else ","


def comma_list(path: str | PathLike[str], wanted: Sequence[str], example: str) -> FileLayout:
    """The layout of a list that must have our header, separated by commas: MovieLens' CSV files.

    Raises:
        DataError: the first row is no header, lacks a wanted column or has it twice, or is not separated by commas.
    """
    line, fields = next(csv_rows(path))
    names = [name.strip() for name in fields]
    if all(names.count(name) == 1 for name in wanted):
        columns = {name: names.index(name) for name in (*wanted, TIME_COLUMN) if name in names}
        return FileLayout(Path(path), "list", ",", tuple(names), columns, _data_start(path, "utf-8"))
    text, where = ",".join(fields), at_line(path, line)
    refuse_other_separators(text, where, example)
    if NUMBER.fullmatch(names[0]):
        raise complaint("no header", where, text=shown(text), header=example)
    if "rating" in wanted and is_table_header(names):
        raise complaint("table, not list", where, header=example)
    _refuse_header(names, [name for name in wanted if name not in names], ",", where, example)


def any_layout(
    path: str | PathLike[str], scale: tuple[float, float], encoding: str = "utf-8", kind: Kind | None = None
) -> FileLayout:
    """The layout of a file of ratings, told by its first line, or without a header by its first few thousand.

    Args:
        path: the file.
        scale: the lowest and the highest rating.
        encoding: of the file.
        kind: of the layout, where it is known.

    Raises:
        DataError: the first line is neither data nor a header that we understand, or the file could be a list as well
            as a matrix.
    """
    if kind not in (None, *get_args(Kind)):
        raise complaint("no such layout", layout=kind)
    separator = separator_of(_first_line(path, encoding))
    line, fields = next(csv_rows(path, separator, encoding))
    names, place = [name.strip() for name in fields], Path(path)
    if kind == "table" or (kind is None and separator == "," and is_table_header(names)):
        return FileLayout(place, "table", ",", tuple(names), encoding=encoding)
    if kind == "list" and separator == "," and is_table_header(names):
        raise complaint("table, not list", at_line(path, line), header=RATING_HEADER)
    if kind == "matrix":
        return FileLayout(place, "matrix", separator, encoding=encoding)
    columns = _named(names, (*RATING_COLUMNS, TIME_COLUMN), separator, at_line(path, line), RATING_HEADER)
    if all(name in columns for name in RATING_COLUMNS):
        start = _data_start(path, encoding)
        return FileLayout(place, "list", separator, tuple(names), columns, start, encoding)
    if is_data(names) and (kind or _without_header(place, separator, encoding, scale)) == "matrix":
        return FileLayout(place, "matrix", separator, encoding=encoding)
    if is_data(names) and len(names) >= len(RATING_COLUMNS):
        columns = {name: at for at, name in enumerate((*RATING_COLUMNS, TIME_COLUMN)[: len(names)])}
        mark = len(b"\xef\xbb\xbf") if first_bytes(path, encoding).startswith(b"\xef\xbb\xbf") else 0
        return FileLayout(place, "list", separator, None, columns, mark, encoding)
    absent = [name for name in RATING_COLUMNS if name not in columns]
    _refuse_header(names, absent, separator, at_line(path, line), RATING_HEADER)


def _without_header(path: Path, separator: str, encoding: str, scale: tuple[float, float]) -> Kind:
    """Whether a file without a header is a list or a matrix.

    Raises:
        DataError: it could be both.
    """
    rows = csv_rows(path, separator, encoding)
    line, fields = next(rows)
    more = islice(rows, max(200, SAMPLE // len(fields)))
    sample = [(line, fields), *(row for row in more if len(row[1]) == len(fields))]
    cells: Rows = [[text.strip() for text in row] for _, row in sample]
    found = list_or_matrix(cells, scale)
    if found != "both":
        return found
    for (at, _), row in zip(sample, cells, strict=True):
        for column, text in enumerate(row, start=1):
            if is_missing(text):
                where = in_both("column of line", path=path, line=at, column=column)
                raise complaint("missing number", where, text=shown(text))
    text, header = shown(separator.join(fields)), separator.join(RATING_COLUMNS)
    raise complaint("list or matrix", at_line(path, line), text=text, header=shown(header))


def titles_layout(path: str | PathLike[str], encoding: str = "utf-8") -> FileLayout:
    """The layout of a file of films, told by its first line: a header, or an id and a title.

    Raises:
        DataError: the first line is neither.
    """
    separator = separator_of(_first_line(path, encoding))
    line, fields = next(csv_rows(path, separator, encoding))
    names = [name.strip() for name in fields]
    where = at_line(path, line)
    columns = _named(names, TITLE_COLUMNS, separator, where, TITLE_HEADER)
    if all(name in columns for name in TITLE_COLUMNS):
        return FileLayout(Path(path), "list", separator, tuple(names), columns, encoding=encoding)
    if len(names) < len(TITLE_COLUMNS) or columns or not _ID.fullmatch(names[0]):
        absent = [name for name in TITLE_COLUMNS if name not in columns]
        _refuse_header(names, absent, separator, where, TITLE_HEADER)
    columns = {"movieId": 0, "title": 1}
    return FileLayout(Path(path), "list", separator, None, columns, encoding=encoding)


def is_table_header(names: Sequence[str]) -> bool:
    """Whether a line begins a table: "movieId", and the ids of films."""
    return names[0] == "movieId" and len(names) > 1 and all(map(_ID.fullmatch, filter(None, names[1:])))


def refuse_other_separators(text: str, where: Text, example: str) -> None:
    """DataError where the first line of a file has another separator than commas."""
    for mark in ("\t", "::", ";", "|"):
        if mark in text:
            name = TEXTS[SEPARATORS[mark]]
            raise complaint("separator", where, text=shown(text), mark=name, header=example)


def _named(names: Sequence[str], wanted: Sequence[str], separator: str, where: Text, example: str) -> dict[str, int]:
    """At which position each of our columns stands in a header, by our name or by one of its aliases.

    Raises:
        DataError: two columns of the header could be the same one of ours.
    """
    plain = [re.sub(r"[\W_]", "", name).casefold() for name in names]
    found: dict[str, int] = {}
    for name in wanted:
        own = [at for at, text in enumerate(names) if text == name]
        places = own or [at for at, text in enumerate(plain) if text in ALIASES[name]]
        if len(places) > 1:
            _refuse_header(names, [], separator, where, example)
        if places:
            found[name] = places[0]
    return found


def _refuse_header(names: Sequence[str], absent: Sequence[str], separator: str, where: Text, example: str) -> NoReturn:
    """DataError that says which columns are missing in a header; with none missing, that one stands in it twice."""
    listed: Text = {"vi": " và ".join(absent), "en": " and no ".join(absent)}
    key = "no column" if absent else "column twice"
    raise complaint(key, where, text=shown(separator.join(names)), columns=listed, header=example)


def _first_line(path: str | PathLike[str], encoding: str) -> str:
    """The first line with something on it, as text; its end is cut off where it is very long.

    Raises:
        DataError: the file cannot be read, or is empty.
    """
    text = first_bytes(path, encoding).decode(encoding, "replace").removeprefix("\ufeff").lstrip("\r\n \t")
    if not text:
        raise complaint("empty", path)
    return text.splitlines()[0]


def _data_start(path: str | PathLike[str], encoding: str) -> int:
    """The byte behind the header line; 0, where nothing can be read as numbers, for a header with line ends in it."""
    head = first_bytes(path, encoding)
    mark = len(head) - len(head.lstrip(b"\xef\xbb\xbf\r\n"))
    line, newline, _ = head[mark:].partition(b"\n")
    quoted = next(csv.reader([line.decode(encoding, "replace")]), [])
    return mark + len(line) + 1 if newline and quoted and line.count(b'"') % 2 == 0 else 0
