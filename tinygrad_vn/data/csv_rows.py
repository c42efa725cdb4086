"""Read a CSV file so that every complaint about it can name the file, the line, the text and the remedy.

Files made by people go wrong in a few well-known ways: the path is mistyped, the file is a folder or still a
zip archive, a spreadsheet saved it in another encoding, a quotation mark is never closed. Each of these ends
here in one line of plain words. What the fields mean is the business of whoever asks for the rows.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from tinygrad_vn.data.words import Text, complaint, in_both, reason_of

__all__ = ["Row", "at_line", "csv_rows", "shown"]

Row = tuple[int, list[str]]
"""The number of the line on which a row begins, counted from 1, and its fields."""

_SHOWN = 60


def csv_rows(path: str | PathLike[str]) -> Iterator[Row]:
    """The rows of a comma-separated file in UTF-8, with or without byte-order mark, LF or CRLF.

    Lines with nothing on them are passed over: they hold no data. A quoted field may contain commas and line
    ends.

    Raises:
        DataError: the file is missing, empty, a folder, not text in UTF-8, or its quotation marks do not
            match.
    """
    reader = csv.reader(io.StringIO(_text(Path(path)), newline=""), strict=True)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error:
        raise complaint("quotation mark", at_line(path, line)) from None


def at_line(path: str | PathLike[str], line: int) -> Text:
    """How complaints name a place: "ratings.csv, line 7", "ratings.csv, dòng 7"."""
    return in_both("line", path=path, line=line)


def shown(text: str) -> str:
    """Text from a file as it appears in a complaint: in quotes, on one line, cut where it is long."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _text(path: Path) -> str:
    """The whole file as text.

    Raises:
        DataError: as `csv_rows`, but for the quotation marks.
    """
    content = _bytes(path)
    if content.startswith(b"PK\x03\x04"):
        raise complaint("zip", path)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise complaint("utf-16", path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = error.object[: error.start].decode().split("\n")
        byte = f"0x{error.object[error.start]:02X}"
        raise complaint("not utf-8", at_line(path, len(lines)), byte=byte, text=shown(lines[-1])) from None
    if not text.strip():
        raise complaint("empty", path)
    return text


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise complaint("folder", path, example=path / "ratings.csv")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        key = "missing" if path.is_absolute() else "missing here"
        raise complaint(key, path, folder=Path.cwd()) from None
    except OSError as error:
        raise complaint("unreadable", path, reason=reason_of(error)) from error
