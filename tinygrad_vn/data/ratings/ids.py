"""Numbers for ids: models count users and films from 0, files call them 2571, "tt0133093" or whatever they like.

The ids of a column are put in order, whole numbers by size and texts by the alphabet; an id's number is its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.words import complaint

Ids = NDArray[Any]
Indices = NDArray[np.intp]

WHOLE: Final = re.compile(r"-?[0-9]{1,18}")  # 18 digits always fit an int64
BLANK: Final = ("", "nan", "na", "n/a", "none", "null")  # what programs write where there is no id
TABLE_LIMIT: Final = 1 << 26  # a table of all numbers up to here is made quickly; beyond, ids are sorted


def numbered(ids: Ids) -> tuple[Ids, Indices]:
    """The different ids in their order, and for every id its number: `different[numbers]` are the ids again."""
    if ids.dtype.kind in "iu" and ids.size and ids.min() >= 0 and ids.max() < min(TABLE_LIMIT, 8 * ids.size + 1024):
        there = np.zeros(int(ids.max()) + 1, bool)
        there[ids] = True
        different = np.flatnonzero(there)
        number = np.empty(len(there), np.intp)
        number[different] = np.arange(len(different))
        return different.astype(np.int64), number[ids]
    different, numbers = np.unique(ids, return_inverse=True)
    return different, numbers.astype(np.intp, copy=False)


def numbered_texts(texts: Sequence[str], codes: Indices) -> tuple[Ids, Indices]:
    """As `numbered`, for the ids `texts[code]`: whole numbers if all of them are, and texts otherwise."""
    stripped = [text.strip() for text in texts]
    whole = all(map(WHOLE.fullmatch, stripped))
    different, numbers = numbered(np.array(list(map(int, stripped)), np.int64) if whole else np.array(stripped))
    return different, numbers[codes]


def ids_of(values: Any, what: str) -> tuple[Ids, Indices]:
    """As `numbered`, for ids of any type: whole numbers, texts, or other objects that can be compared.

    Objects that cannot be put in order keep that of their first appearance.

    Raises:
        DataError: there is not one id per rating, or one is None or NaN.
    """
    ids = values if isinstance(values, np.ndarray) else _array_of(values)
    if ids.ndim != 1:
        raise complaint("no flat ids", what=what, shape=ids.shape)
    if ids.dtype.kind == "f":
        if not np.isfinite(ids).all():
            _refuse_blank(ids, what, ~np.isfinite(ids))
        if (ids == np.rint(ids)).all() and (not ids.size or np.abs(ids).max() < 2**53):
            ids = ids.astype(np.int64)  # a column with gaps is floating in pandas, also after the gaps are gone
    elif ids.dtype.kind == "O":
        blank = np.array([value is None or value != value for value in ids.tolist()], bool)
        if blank.any():
            _refuse_blank(ids, what, blank)
    elif ids.dtype.kind in "UT":
        blank = np.array([text.strip() == "" for text in ids.tolist()], bool)
        if blank.any():
            _refuse_blank(ids, what, blank)
    try:
        return numbered(ids)
    except TypeError:  # objects without an order
        numbers: dict[Any, int] = {}
        indices = np.array([numbers.setdefault(value, len(numbers)) for value in ids.tolist()], np.intp)
        different = np.empty(len(numbers), object)
        different[:] = list(numbers)
        return different, indices


def first_pair_twice(users: Indices, items: Indices, n_items: int) -> tuple[int, int] | None:
    """At which positions a pair of user and film stands first and second; None where no pair occurs twice."""
    pairs = users * np.intp(n_items)
    pairs += items
    in_order = np.sort(pairs)
    if not (in_order[1:] == in_order[:-1]).any():
        return None
    order = np.argsort(pairs, kind="stable")
    again = np.flatnonzero(pairs[order[1:]] == pairs[order[:-1]])
    k = again[np.argmin(order[again + 1])]
    return int(order[k]), int(order[k + 1])


def _array_of(values: Any) -> Ids:
    """An array of ids; numbers and texts in one list, or tuples, stay what they are."""
    if not isinstance(values, list | tuple):
        return np.asarray(values)
    kinds = {type(value) for value in values}
    if kinds <= {str} or all(issubclass(kind, int | float | np.number | list | np.ndarray) for kind in kinds):
        return np.asarray(values)
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _refuse_blank(ids: Ids, what: str, blank: NDArray[np.bool_]) -> None:
    at = int(np.argmax(blank))
    raise complaint("blank in array", f"{what}[{at}]", value=ids.tolist()[at])
