"""What a file without a header holds: a list of ratings, or a matrix of them. Both may be nothing but numbers:

    1  5  3  881250949          user 1 gave film 5 three stars; or four films of one user?

In a list, the first two columns are ids, whole numbers whose pairs are all different; the third is on the scale; a time
is a large number. In a matrix, every cell is a rating or 0, so that rows soon begin with the same two numbers. One look
at the first few thousand lines nearly always leaves only one of the two. Where both are possible, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from tinygrad_vn.data.ratings.ids import BLANK, WHOLE

NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
FEWEST: Final = 3  # columns of a list
MOST_STARS: Final = 10  # of the scales that people use; a larger number in three columns is an id
MOST_POINTS: Final = 100  # in more columns, where a list would have a time
NOT_RATED: Final = -1  # what some write for a film that was not rated; the reader of matrices will ask for 0
EARLIEST: Final = 10_000_000  # seconds, April 1970: no list of ratings is as old

Rows = Sequence[Sequence[str]]
Found = Literal["list", "matrix", "both"]


def is_data(fields: Sequence[str]) -> bool:
    """Whether a line is data and no header: numbers alone, some of which may be missing, or a rating in third place."""
    third = fields[FEWEST - 1 : FEWEST]
    return all(_is_cell(text) for text in fields) or any(NUMBER.fullmatch(text) or _is_missing(text) for text in third)


def is_missing(text: str) -> bool:
    """Whether a field holds what programs write for nothing: blanks, NaN, NULL …, or infinity."""
    return not text or _is_missing(text)


def list_or_matrix(rows: Rows, scale: tuple[float, float]) -> Found:
    """What the rows of a file can be, all with as many fields as the first; where neither, what they are closer to."""
    as_list, as_matrix = _can_be_list(rows, scale), _can_be_matrix(rows, scale)
    if as_list == as_matrix:
        wide = len(rows[0]) > FEWEST + 1 and not _is_time(rows[0][FEWEST])
        return "both" if as_list else "matrix" if wide else "list"
    return "list" if as_list else "matrix"


def _can_be_list(rows: Rows, scale: tuple[float, float]) -> bool:
    """Ids, ratings on the scale, and times; no user rates a film twice."""
    width = len(rows[0])
    if width < FEWEST:
        return False
    for row in rows:
        if any(NUMBER.fullmatch(text) and not _is_whole(text) for text in (*row[:2], *row[FEWEST : FEWEST + 1])):
            return False
        if NUMBER.fullmatch(row[2]) and not scale[0] <= float(row[2]) <= scale[1]:
            return False
        if width > FEWEST + 1 and not _is_time(row[FEWEST]):
            return False
    return len({tuple(row[:2]) for row in rows}) == len(rows)


def _can_be_matrix(rows: Rows, scale: tuple[float, float]) -> bool:
    """Cells that are missing, −1, 0, or on some scale that people use; at least two films.

    Below the first row there may be slips of the pen, which are no numbers, and which the reader will name.
    """
    width = len(rows[0])
    low, high = min(scale[0], NOT_RATED), max(scale[1], MOST_STARS if width <= FEWEST else MOST_POINTS)
    numbers = (text for row in rows for text in row if NUMBER.fullmatch(text))
    return width > 1 and all(map(_is_cell, rows[0])) and all(low <= float(text) <= high for text in numbers)


def _is_whole(text: str) -> bool:
    return bool(WHOLE.fullmatch(text)) and int(text) >= 0


def _is_time(text: str) -> bool:
    return _is_whole(text) and int(text) >= EARLIEST


def _is_cell(text: str) -> bool:
    return is_missing(text) or bool(NUMBER.fullmatch(text))


def _is_missing(text: str) -> bool:
    plain = text.casefold().lstrip("+-")
    return bool(plain) and (plain in BLANK or plain in ("inf", "infinity"))
