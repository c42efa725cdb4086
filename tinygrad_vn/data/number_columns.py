"""Columns of numbers out of a large text file, millions of lines in seconds, in nothing but NumPy.

A file of ratings is a long run of bytes. Read piece by piece, each piece as an array of bytes, all fields of a column
are worked out at once: the separators tell where every field begins and ends, and a digit is its byte minus 48,

    "1260" = 0 + 10·(6 + 10·(2 + 10·1))

This reads plain numbers only, without quotation marks, signs or spaces. Whatever else it meets, it gives up, and the
careful reader of `csv_rows` takes its place: that one knows the rest of the format, and can name a wrong line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]

PIECE: Final = 1 << 23  # bytes read at once; the work on a piece takes about 15 times as much
LONGEST_WHOLE: Final = 18  # digits that always fit an int64
LONGEST_DECIMAL: Final = 15  # digits that a float64 holds exactly, so that the division by a power of ten rounds once
POWERS: Final = np.array([float(10**k) for k in range(LONGEST_DECIMAL + 1)])
NEWLINE, POINT, ZERO = b"\n"[0], b"."[0], b"0"[0]
UNIT_SEPARATOR: Final = b"\x1f"  # stands in for "::", so that every separator is one byte; never part of a number


def number_columns(
    path: Path, start: int, separator: str, width: int, whole: list[int], decimal: int
) -> list[NDArray[np.int64] | NDArray[np.float64]] | None:
    """Columns of a file with one line per row.

    Args:
        path: the file.
        start: the byte at which the first line of numbers begins.
        separator: one character other than a space, or "::".
        width: how many fields every line has.
        whole: the columns with whole numbers, not negative, counted from 0.
        decimal: the column with decimal numbers, not negative.

    Returns:
        The columns `whole`, int64, and the column `decimal`, float64; None where a line is not as said, or where there
        are no lines.
    """
    pieces: list[list[NDArray[np.int64] | NDArray[np.float64]]] = []
    for piece in _pieces(path, start):
        columns = _columns(piece, separator.encode(), width, whole, decimal)
        if columns is None:
            return None
        pieces.append(columns)
    if not pieces:
        return None
    joined: list[NDArray[np.int64] | NDArray[np.float64]] = []
    for _ in range(len(whole) + 1):  # one column after the other, letting go of its pieces: half the memory
        joined.append(np.concatenate([columns.pop(0) for columns in pieces]))
    return joined


def _pieces(path: Path, start: int) -> Iterator[bytes]:
    """The bytes from `start`, in pieces of whole lines; blank lines at the end are left out."""
    rest = b""
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(PIECE):
            rest += block
            end = rest.rstrip().rfind(b"\n") + 1  # the last line, and what is blank behind it, waits for the next block
            if end:
                yield rest[:end]
                rest = rest[end:]
    if rest.strip():
        yield rest.rstrip(b"\r\n") + b"\n"


def _columns(
    piece: bytes, separator: bytes, width: int, whole: list[int], decimal: int
) -> list[NDArray[np.int64] | NDArray[np.float64]] | None:
    """The wanted columns of one piece; None where it has something else than numbers, or lines of another width."""
    if b"\r" in piece:
        piece = piece.replace(b"\r\n", b"\n")
    if len(separator) > 1:
        if UNIT_SEPARATOR in piece:
            return None
        piece, separator = piece.replace(separator, UNIT_SEPARATOR), UNIT_SEPARATOR
    text = np.frombuffer(piece, np.uint8)
    places = np.flatnonzero((text == separator[0]) | (text == NEWLINE))
    if len(places) % width or text.max() > 127 or b'"' in piece:
        return None
    ends = places.reshape(-1, width)
    if (text[ends] == NEWLINE).sum() != len(ends) or (text[ends[:, -1]] != NEWLINE).any():
        return None
    starts = np.empty_like(ends)
    starts[:, 1:] = ends[:, :-1] + 1
    starts[0, 0], starts[1:, 0] = 0, ends[:-1, -1] + 1
    columns: list[NDArray[np.int64] | NDArray[np.float64]] = []
    for k in [*whole, decimal]:
        column = (_decimal if k == decimal else _whole)(text, starts[:, k].copy(), ends[:, k].copy())
        if column is None:
            return None
        columns.append(column)
    return columns


def _whole(text: Bytes, starts: Places, ends: Places) -> NDArray[np.int64] | None:
    """Whole numbers, from their last digit to their first."""
    widths = ends - starts
    shortest, longest = int(widths.min()), int(widths.max())
    if shortest < 1 or longest > LONGEST_WHOLE:
        return None
    value = np.zeros(len(starts), np.int64)
    for k in range(longest):
        # Before its first digit, a shorter number has zeros: places that would run into the field before stop there.
        digit = text[ends - 1 - k if k < shortest else np.maximum(ends - 1 - k, starts)] - ZERO
        if digit.max() > 9:
            return None
        if k >= shortest:
            digit[widths <= k] = 0
        value += digit * np.int64(10**k)
    return value


def _decimal(text: Bytes, starts: Places, ends: Places) -> NDArray[np.float64] | None:
    """Decimal numbers such as 3, 3.5 or 3.25, from their first digit to their last; exactly what `float` makes."""
    widths = ends - starts
    if widths.min() < 1 or widths.max() > LONGEST_DECIMAL:
        return None
    mantissa = np.zeros(len(starts), np.int64)
    points = np.zeros(len(starts), np.int8)
    decimals = np.zeros(len(starts), np.int8)
    for k in range(int(widths.max())):
        byte = text[np.minimum(starts + k, ends - 1)]
        there = widths > k
        point = there & (byte == POINT)
        digit = there & ~point
        if (byte[digit] - ZERO > 9).any():
            return None
        mantissa = np.where(digit, mantissa * 10 + byte - ZERO, mantissa)
        decimals += digit & (points > 0)
        points += point
    if points.max() > 1 or (widths == points).any():
        return None
    return mantissa / POWERS[decimals]
