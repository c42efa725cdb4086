"""A map of films: as points along the directions in which their factors differ most, each with its title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.models.collab.words import say
from tinygrad_vn.plot.figures import COLORS, TEXT, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def film_map(factors: NDArray[Any], titles: Sequence[str], lang: str | None) -> Figure:
    """The first two principal components of the factors, shape (n, k), of films with these titles.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
    """
    centred = factors - factors.mean(0)
    places = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    figure = new_figure()
    figure.set_size_inches(9, 7)
    axes = figure.add_subplot()
    axes.plot(*places.T, linestyle="none", marker="o", markersize=4, color=COLORS[0])
    for (x, y), name in zip(places, titles, strict=True):
        short = name if len(name) <= 30 else f"{name[:29]}…"
        axes.annotate(short, (x, y), xytext=(4, 2), textcoords="offset points", fontsize=7, color=TEXT)
    dress(axes, say("film factors", lang, count=len(titles)), *(say("component", lang, k=k) for k in (1, 2)))
    return figure
