"""Films as points of a map, each with its title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinygrad_vn.models.recommender import Numbers
from tinygrad_vn.plot.figures import COLORS, TEXT, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def named_points(places: Numbers, names: Sequence[str], title: str, axes_names: Sequence[str]) -> Figure:
    """Points, shape (n, 2), with their names beside them.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
    """
    figure = new_figure()
    figure.set_size_inches(9, 7)
    axes = figure.add_subplot()
    axes.plot(*places.T, linestyle="none", marker="o", markersize=4, color=COLORS[0])
    for (x, y), name in zip(places, names, strict=True):
        short = name if len(name) <= 30 else f"{name[:29]}…"
        axes.annotate(short, (x, y), xytext=(4, 2), textcoords="offset points", fontsize=7, color=TEXT)
    dress(axes, title, *axes_names)
    return figure
