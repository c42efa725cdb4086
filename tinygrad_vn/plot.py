"""Plots for lectures and reports, made with matplotlib, which is imported when the first plot is.

Every function returns a matplotlib `Figure` that stands for itself: it opens no window and changes no settings, so it
works on a server, in a thread and in a notebook alike. `save` writes it, in the format that the file's name ends with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import resolve
from tinygrad_vn.lecture.layout import pip_install
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.words import capitalized, word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINE, HELD_OUT, TEXT = "#0072B2", "#9A3412", "#1F2328"  # the colours of our drawings: lecture/theme.py


def loss_curve(
    losses: Sequence[float],
    *,
    held_out: Mapping[int, float] | None = None,
    title: str | None = None,
    ylabel: str | None = None,
    lang: str | None = None,
) -> Figure:
    """The loss over the epochs, on a logarithmic axis where the losses span more than a factor of five.

    Args:
        losses: one number per epoch; the first is the one before training.
        held_out: the loss on data that is not learned from, by epoch. Where it rises again, the model begins to learn
            the training data by heart (overfitting).
        title: what stands above the plot; "Loss curve" by default.
        ylabel: what the numbers are; "loss" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there are no losses, or the language is neither.
    """
    language = resolve(lang)
    if not len(losses):
        raise ValueError("there are no losses to plot")
    figure = _figure()
    axes = figure.add_subplot()
    axes.plot(range(len(losses)), losses, color=LINE, linewidth=2, label=word("training set", language))
    _mark(figure, 0, losses[0], (6, -4), "left")
    _mark(figure, len(losses) - 1, losses[-1], (-4, 8), "right")
    if held_out:
        epochs, values = list(held_out), list(held_out.values())
        axes.plot(epochs, values, color=HELD_OUT, linewidth=2, linestyle="--", label=word("test set", language))
        _mark(figure, epochs[-1], values[-1], (-4, 8), "right")
        axes.legend(frameon=False, labelcolor=TEXT)
    if 0 < 5 * min(losses) < max(losses):
        _log_axis(figure)
    axes.set_title(title or capitalized(word("loss curve", language)), color=TEXT)
    axes.set_xlabel(word("epoch", language), color=TEXT)
    axes.set_ylabel(ylabel or word("loss", language), color=TEXT)
    axes.grid(True, which="major", color="#D0D7DE", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def step_curve(steps: Values, errors: Values, *, label: str, lang: str | None = None) -> Figure:
    """The error of a difference quotient against its step: truncation on one side, round-off on the other.

    Args:
        steps: the steps h, of any shape (n,).
        errors: the error with each; those that are 0 or not finite have no place on a logarithmic axis.
        label: what was differentiated by what.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: no error can be shown.
    """
    language = resolve(lang)
    shown = np.isfinite(errors) & (errors > 0)
    if not shown.any():
        raise ValueError("there is no error to plot: the difference quotient is exact for every step")
    h, e = steps[shown], errors[shown]
    best = int(e.argmin())
    figure = _figure()
    axes = figure.add_subplot()
    axes.loglog(h, e, color=LINE, marker="o", markersize=3, linewidth=1.5)
    for power, key, side in ((2, "truncation", h >= 10 * h[best]), (-1, "round-off", h <= h[best] / 10)):
        _guide(figure, h[side], e[side], power, word(key, language))
    axes.plot(h[best], e[best], marker="o", markersize=9, markerfacecolor="none", color=HELD_OUT)
    note = word("best step", language, step=number(float(h[best]), 2))
    axes.annotate(note, (h[best], e[best]), (0, -14), textcoords="offset points", ha="center", color=HELD_OUT)
    axes.margins(y=0.15)
    axes.set_title(word("error of central difference", language, label=label), color=TEXT)
    axes.set_xlabel(word("step h", language), color=TEXT)
    axes.set_ylabel(word("error", language), color=TEXT)
    axes.grid(True, which="major", color="#D0D7DE", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def save(figure: Figure, path: str | PathLike[str]) -> None:
    """Write a figure as .svg, .png or .pdf; the same figure always gives the same SVG, byte by byte.

    Its folder is made where it does not exist.

    Raises:
        OSError: the file cannot be written.
        ValueError: matplotlib does not know this format.
    """
    import matplotlib

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    is_svg = str(path).lower().endswith(".svg")
    with matplotlib.rc_context({"svg.hashsalt": "tinygrad_vn"}):
        figure.savefig(path, dpi=200, metadata={"Date": None} if is_svg else None)


def _figure() -> Figure:
    """An empty figure, of a slide's proportions.

    Raises:
        ImportError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            f"plots need matplotlib, which is not installed here; add it: {pip_install('matplotlib')}"
        ) from error
    return Figure(figsize=(7, 4), layout="constrained")


def _guide(figure: Figure, h: Values, e: Values, power: int, text: str) -> None:
    """A dotted line through the typical height of one side of the curve, with the law that it follows."""
    if len(h) < 2:
        return
    axes = figure.axes[0]
    height = np.median(np.log(e) - power * np.log(h))
    axes.plot(h, np.exp(height) * h**power, color=TEXT, linewidth=1, linestyle=":")
    third = len(h) // 3 if power < 0 else 2 * len(h) // 3
    place = (h[third], np.exp(height) * h[third] ** power)
    text, side = text.replace(" (", "\n("), 1 if power < 0 else -1  # inside the V, beside the line
    align = "left" if side > 0 else "right"
    axes.annotate(text, place, (12 * side, 4), textcoords="offset points", ha=align, color=TEXT)


def _mark(figure: Figure, epoch: int, value: float, offset: tuple[int, int], side: str) -> None:
    """Write a number at its point of the curve."""
    figure.axes[0].annotate(f"{value:.4g}", (epoch, value), offset, textcoords="offset points", ha=side, color=TEXT)


def _log_axis(figure: Figure) -> None:
    """A logarithmic axis with plain numbers on it: 0.5, 1, 2, not powers of ten."""
    from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

    axes = figure.axes[0]
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
