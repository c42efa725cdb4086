"""Read a text file of rows so that every complaint about it can name the file, the line, the text and the remedy.

Files made by people go wrong in a few well-known ways: the path is mistyped, the file is a folder or still a
zip archive, a spreadsheet saved it in another encoding, a quotation mark is never closed. Each of these ends
here in one line of plain words. What the fields mean is the business of whoever asks for the rows.
"""

import codecs
import csv
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import IO, Any, Final

from tinygrad_vn.data.words import complaint, in_both, reason_of
from tinygrad_vn.phrases import Text

__all__ = ["Row", "at_line", "csv_rows", "first_bytes", "shown"]

Row = tuple[int, list[str]]
"""The number of the line on which a row begins, counted from 1, and its fields."""

HEAD: Final = 1 << 16
UNQUOTED: Final = ("::", "|", " ")  # in MovieLens' older files, where a quotation mark is part of a title
_SHOWN: Final = 60
_CAUSES: Final = {"zip": (b"PK\x03\x04",), "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}


def csv_rows(path: str | PathLike[str], separator: str = ",", encoding: str = "utf-8") -> Iterator[Row]:
    """The rows of a file, with or without byte-order mark, LF or CRLF. It is read line by line: a large file fits too.

    Lines with nothing on them are passed over: they hold no data. A quoted field may contain separators and line
    ends; where the separator is "::", "|" or spaces, a quotation mark is a letter like any other.

    Raises:
        DataError: the file is missing, empty, a folder, not text in this encoding, or its quotation marks do not
            match.
    """
    path, line, count = Path(path), 1, 0
    first_bytes(path, encoding)
    with _opened(path, "r", encoding=_with_mark(encoding), newline="") as file:
        try:
            reader = None if separator in UNQUOTED else csv.reader(file, delimiter=separator, strict=True)
            for fields in _split_lines(file, separator) if reader is None else reader:
                if fields and (len(fields) > 1 or fields[0].strip()):
                    count += 1
                    yield line, fields
                line = (line if reader is None else reader.line_num) + 1
        except csv.Error:
            raise complaint("quotation mark", at_line(path, line)) from None
        except UnicodeError:
            _refuse_bytes(path, encoding)
            raise
    if not count:
        raise complaint("empty", path)


def first_bytes(path: str | PathLike[str], encoding: str = "utf-8") -> bytes:
    """The beginning of a file, from which its layout can be told.

    Raises:
        DataError: the file is missing, empty, a folder, cannot be read, or is a zip archive or UTF-16 where neither
            was asked for.
    """
    path = Path(path)
    if path.is_dir():
        raise complaint("folder", path, example=path / "ratings.csv")
    with _opened(path, "rb") as file:
        head: bytes = file.read(HEAD)
    if not head:
        raise complaint("empty", path)
    if "16" not in encoding:
        for key, marks in _CAUSES.items():
            if head.startswith(marks):
                raise complaint(key, path)
        if b"\x00" in head:  # every second byte of UTF-16 is 0 where the text is numbers, with or without a mark
            raise complaint("utf-16", path)
    return head


def at_line(path: str | PathLike[str], line: int) -> Text:
    """How complaints name a place: "ratings.csv, line 7", "ratings.csv, dòng 7"."""
    return in_both("line", path=path, line=line)


def shown(text: str) -> str:
    """Text from a file as it appears in a complaint: in quotes, on one line, cut where it is long."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _split_lines(file: IO[str], separator: str) -> Iterator[list[str]]:
    """The fields of every line, where nothing is quoted."""
    for text in file:
        line = text.rstrip("\r\n")
        yield line.split() if separator == " " else line.split(separator) if line.strip() else []


def _with_mark(encoding: str) -> str:
    """UTF-8 with or without byte-order mark; any other encoding as it is."""
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _opened(path: Path, mode: str, **how: Any) -> IO[Any]:
    """The open file.

    Raises:
        DataError: it cannot be opened, or the encoding has no such name.
    """
    try:
        return path.open(mode, **how)
    except FileNotFoundError:
        key = "missing" if path.is_absolute() else "missing here"
        raise complaint(key, path, folder=Path.cwd()) from None
    except OSError as error:
        raise complaint("unreadable", path, reason=reason_of(error)) from error


def _refuse_bytes(path: Path, encoding: str) -> None:
    """DataError that names the first line which is not text in UTF-8, or in the encoding that was asked for."""
    with _opened(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                byte = f"0x{line[error.start]:02X}"
                before = line[: error.start].decode(encoding, "ignore")
                key = "not utf-8" if codecs.lookup(encoding).name == "utf-8" else "not this encoding"
                where = at_line(path, number)
                raise complaint(key, where, byte=byte, text=shown(before), encoding=encoding) from None
