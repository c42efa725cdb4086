"""Learning rates: the loss over them, as a range test finds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinygrad_vn.language import resolve
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.words import word
from tinygrad_vn.phrases import said
from tinygrad_vn.plot.figures import HELD_OUT, LINE, dress, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def lr_find_curve(
    rates: Sequence[float],
    losses: Sequence[float],
    smoothed: Sequence[float],
    *,
    suggestion: float | None = None,
    lang: str | None = None,
) -> Figure:
    """The loss over growing learning rates, with its running mean and the rate to begin with.

    Args:
        rates: the learning rates, on a logarithmic axis.
        losses: the loss with each of them; where it explodes, it leaves the plot.
        smoothed: its running mean.
        suggestion: the rate that is marked; None for none.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there are no losses, or the language is neither.
    """
    language = resolve(lang)
    if not len(losses):
        raise ValueError(said("there are no losses to plot"))
    figure = new_figure()
    axes = figure.add_subplot()
    axes.semilogx(rates, losses, color=LINE, linewidth=1, alpha=0.45, label=word("next loss", language))
    axes.semilogx(rates, smoothed, color=LINE, linewidth=2, label=word("running mean", language))
    low, high = min(*losses, *smoothed), max(smoothed)
    room = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - room, high + room)
    if suggestion is not None:
        label = word("suggested rate", language, rate=number(suggestion, 2))
        axes.axvline(suggestion, color=HELD_OUT, linewidth=1.5, linestyle="--", label=label)
    legend_below(figure)
    dress(
        axes,
        word("learning rate range test", language),
        word("learning rate", language),
        word("loss", language),
    )
    return figure
