"""The landscape of a function of two numbers, and the path that a descent took through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language, resolve
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.modes import no_grad
from tinygrad_vn.phrases import said
from tinygrad_vn.plot.figures import HELD_OUT, TEXT, dress, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS, ROWS = 90, 60  # points at which the function is computed
PROPORTION: Final = 1.6  # width to height of the plot
MOST_POINTS: Final = 60  # of a longer path not every step is marked by a dot


def descent_path(
    function: Callable[[Any, Any], Any],
    path: Any,
    *,
    names: tuple[str, str] = ("x", "y"),
    title: str | None = None,
    lang: str | None = None,
) -> Figure:
    """The way of a descent over the contour lines of its function, the start and the end marked.

    Both axes have one scale where the path is not too long and thin for that; then each step of plain gradient descent
    leaves its contour line at a right angle.

    Args:
        function: of two numbers; it may compute with Tensors. It is called at 5,400 points around the path.
        path: the points visited, the start first, shape (n, 2). Points after one that is not finite are left out.
        names: of the two numbers.
        title: what stands above the plot; "Path of gradient descent" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: the path is not of shape (n, 2), or does not begin at a finite point.
    """
    language = resolve(lang)
    points = _finite_part(path)
    figure = new_figure()
    axes = figure.add_subplot()
    low, high, is_square = _box(points)
    across, up = np.linspace(low[0], high[0], COLUMNS), np.linspace(low[1], high[1], ROWS)
    with no_grad():
        heights = np.array([[float(function(float(x), float(y))) for x in across] for y in up])
        ends = [float(function(float(x), float(y))) for x, y in (points[0], points[-1])]
    _contours(figure, across, up, heights, f"f({', '.join(names)})")
    dots = "." if len(points) <= MOST_POINTS else None
    axes.plot(*points.T, color="white", linewidth=4, zorder=2)
    axes.plot(*points.T, color=HELD_OUT, linewidth=1.6, marker=dots, markersize=7, zorder=3)
    _mark_ends(figure, points, ends, language)
    legend_below(figure)
    dress(axes, title or capitalized(word("descent", language)), *names)
    axes.grid(False)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    if is_square:
        axes.set_aspect("equal")
    return figure


def _finite_part(path: Any) -> Values:
    """The path up to the first point that is not finite.

    Raises:
        ValueError: it has another shape, or no such part.
    """
    points = np.asarray(path, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(said("a path has shape (n, 2), one point per row, not {shape}", shape=points.shape))
    is_finite = np.isfinite(points).all(axis=1)
    points = points[: len(points) if is_finite.all() else int(is_finite.argmin())]
    if not len(points):
        raise ValueError(said("the path has no finite point to start from"))
    return points


def _box(points: Values) -> tuple[Values, Values, bool]:
    """The corners of what is shown, and whether both axes can have the same scale."""
    low, high = points.min(axis=0), points.max(axis=0)
    widest = (high - low).max() or 1.0
    is_line = high - low < 1e-6 * widest  # along an axis, or a single point
    size = np.where(is_line, 0.6 * widest, 1.3 * (high - low))
    middle = (low + high) / 2
    square = np.array([max(size[0], PROPORTION * size[1]), max(size[1], size[0] / PROPORTION)])
    is_square = bool((square <= 6 * size).all())
    half = (square if is_square else size) / 2
    return middle - half, middle + half, is_square


def _contours(figure: Figure, across: Values, up: Values, heights: Values, label: str) -> None:
    """Contour lines through equal shares of the picture, so that steep and flat parts both show some."""
    from matplotlib import colormaps

    known = heights[np.isfinite(heights)]
    levels = np.unique(np.quantile(known, np.linspace(0, 1, 14))) if known.size else known
    if len(levels) < 2:
        return
    axes = figure.axes[0]
    shown = np.ma.masked_invalid(heights)
    shades = colormaps["Blues"](np.linspace(0.02, 0.5, len(levels) - 1))
    filled = axes.contourf(across, up, shown, levels, colors=shades, zorder=0)
    axes.contour(across, up, shown, levels, colors="#57606A", linewidths=0.5, zorder=1)
    bar = figure.colorbar(filled, ax=axes, label=label, ticks=levels[::3], spacing="uniform")
    bar.ax.set_yticklabels([number(level, 3) for level in levels[::3]], color=TEXT)
    bar.outline.set_visible(False)


def _mark_ends(figure: Figure, points: Values, values: list[float], lang: Language) -> None:
    """A circle at the start and a star at the end, with their numbers in the legend."""
    axes = figure.axes[0]
    texts = [f"({number(x, 3)}, {number(y, 3)})" for x, y in (points[0], points[-1])]
    start = word("descent start", lang, point=texts[0], value=number(values[0]))
    end = word("descent end", lang, steps=len(points) - 1, point=texts[1], value=number(values[1]))
    look: dict[str, Any] = {"color": HELD_OUT, "linestyle": "none", "zorder": 4, "markeredgecolor": "white"}
    axes.plot(*points[0], marker="o", markersize=10, label=start, **look)
    axes.plot(*points[-1], marker="*", markersize=16, label=end, **look)
