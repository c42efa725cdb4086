"""A lecturer's own table: a CSV file with a header, saved by hand or by a spreadsheet, read column by column.

    diện tích (m²);giá (triệu)
    56;45
    45;23,5

Spreadsheets write commas, semicolons or tabs between the fields, and decimal points or decimal commas inside them,
depending on the country they are set to. Both are found out here, for the file as a whole: where one number has a
comma and another a point, one of them sets thousands apart, and nobody but the author knows which. Such a file, and
every cell that is blank or no number, is refused with its line and column.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.csv_rows import at_line, csv_rows, first_bytes, shown
from tinygrad_vn.data.words import complaint, in_both
from tinygrad_vn.phrases import Text

_SEPARATORS: Final = ("\t", ";", ",")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?")
_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+")


@dataclass(frozen=True)
class NumberTable:
    """The cells of a table, as texts.

    Attributes:
        path: the file.
        names: of the columns, from the header.
        separator: what stands between the fields.
        lines: on which line of the file each row begins.
        rows: the cells, without spaces around them, one for each column in every row.
    """

    path: str | PathLike[str]
    names: list[str]
    separator: str
    lines: list[int]
    rows: list[list[str]]

    def texts(self, name: str) -> list[str]:
        """The cells of a column.

        Raises:
            DataError: one is blank.
        """
        at = self.names.index(name)
        for line, row in zip(self.lines, self.rows, strict=True):
            if not row[at]:
                raise complaint("blank cell", self._place(line, name))
        return [row[at] for row in self.rows]

    def is_numeric(self, name: str) -> bool:
        """Whether every cell of a column looks like a number."""
        at = self.names.index(name)
        return all(_NUMBER.fullmatch(row[at]) for row in self.rows)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """The numbers of a column, shape (rows,).

        Raises:
            DataError: a cell is blank or no number, too large, or it has a comma where others have a point.
        """
        texts = self.texts(name)
        for line, text in zip(self.lines, texts, strict=True):
            if not _NUMBER.fullmatch(text):
                raise complaint("no number in cell", self._place(line, name), text=shown(text))
            if _THOUSANDS.fullmatch(text) and self.separator == ",":
                raise complaint("thousands", self._place(line, name), text=shown(text), plain=text.replace(",", ""))
        self._refuse_both_marks(name)
        values = np.array([float(text.replace(",", ".")) for text in texts])
        if not np.isfinite(values).all():
            line = self.lines[int(np.isfinite(values).argmin())]
            raise complaint("number too large", self._place(line, name))
        return values

    def _refuse_both_marks(self, name: str) -> None:
        """DataError where the numbers of the file have both commas and points."""
        first: dict[str, tuple[int, str]] = {}
        for line, row in zip(self.lines, self.rows, strict=True):
            for text in row:
                mark = next((mark for mark in ",." if mark in text), None)
                if mark and _NUMBER.fullmatch(text):
                    first.setdefault(mark, (line, text))
        if len(first) == 2:
            (earlier, this), (line, other) = sorted(first.values())
            details = {"text": shown(other), "other": shown(this), "earlier": earlier}
            raise complaint("comma and point", at_line(self.path, line), **details)

    def _place(self, line: int, name: str) -> Text:
        return in_both("column of line", path=self.path, line=line, column=shown(name))


def read_number_table(path: str | PathLike[str]) -> NumberTable:
    """Read a table with a header, in UTF-8, with or without byte-order mark.

    Raises:
        DataError: the file, its header or a line cannot be read as meant.
    """
    if not Path(path).exists():
        raise complaint("no such table", path)
    if Path(path).is_dir():
        raise complaint("table is a folder", path)
    separator = _separator_of(first_bytes(path))
    rows = csv_rows(path, separator)
    line, header = next(rows)
    names = [name.strip() for name in header]
    _check_header(names, at_line(path, line))
    lines, cells = [], []
    for line, fields in rows:
        if len(fields) != len(names):
            details = {"found": len(fields), "wanted": len(names), "text": shown(separator.join(fields))}
            raise complaint("ragged table", at_line(path, line), **details)
        lines.append(line)
        cells.append([field.strip() for field in fields])
    if not cells:
        raise complaint("only a header", path)
    return NumberTable(path, names, separator, lines, cells)


def _separator_of(head: bytes) -> str:
    """What parts the first line that is not blank into most fields."""
    text = head.decode("utf-8-sig", "replace")
    line = next((line for line in text.splitlines() if line.strip()), "")
    counts = [len(next(csv.reader([line], delimiter=mark))) for mark in _SEPARATORS]
    best = max(counts)
    return _SEPARATORS[counts.index(best)] if best > 1 else ","


def _check_header(names: list[str], where: Text) -> None:
    """DataError where the first line does not name the columns, each differently."""
    if any(_NUMBER.fullmatch(name) for name in names):
        number = next(name for name in names if _NUMBER.fullmatch(name))
        raise complaint("number in header", where, text=shown(number))
    if len(names) < 2:
        raise complaint("one column", where, text=shown(names[0]))
    for k, name in enumerate(names):
        if not name:
            raise complaint("nameless column", where, number=k + 1)
        if name in names[:k]:
            raise complaint("name twice", where, name=shown(name))
