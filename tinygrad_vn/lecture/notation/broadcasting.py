"""Broadcasting repeats an argument on the way forward; on the way back its gradient is summed along the same axes."""

from __future__ import annotations

import numpy as np

from tinygrad_vn.lecture.words import word

Shape = tuple[int, ...]


def summed_axes(source: Shape, result: Shape) -> list[int]:
    """The axes along which broadcasting repeated something of the one shape to get the other."""
    new = len(result) - len(source)
    return [*range(new), *(i for i, n in enumerate(source, new) if n != result[i])]


def sum_in_words(source: Shape, result: Shape, lang: str | None = None) -> str:
    """Which sum undoes the broadcasting: "sum over the rows"; nothing where nothing was repeated."""
    if source == result:
        return ""
    axes = summed_axes(source, result)
    if len(result) == 2 and axes in ([0], [1]):
        return word("sum over rows" if axes == [0] else "sum over columns", lang)
    if np.prod(source, dtype=int) == 1:
        return word("sum of all elements", lang)
    return word("sum over axes", lang, axes=", ".join(map(str, axes)))
