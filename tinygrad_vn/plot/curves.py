"""Curves over epochs or steps: losses of one or several runs, gradient norms, the error of a difference quotient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language, resolve
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.plot.figures import (
    HELD_OUT,
    LINE,
    MARKERS,
    STYLES,
    TEXT,
    count_epochs,
    dress,
    legend_below,
    log_axis,
    mark,
    new_figure,
    shade,
    style_of,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    figure = new_figure()
    axes = figure.add_subplot()
    axes.plot(range(len(losses)), losses, color=LINE, linewidth=2, label=word("training set", language))
    mark(figure, 0, losses[0], (6, -4), "left")
    mark(figure, len(losses) - 1, losses[-1], (-4, 8), "right")
    if held_out:
        epochs, values = list(held_out), list(held_out.values())
        axes.plot(epochs, values, color=HELD_OUT, linewidth=2, linestyle="--", label=word("test set", language))
        mark(figure, epochs[-1], values[-1], (-4, 8), "right")
        axes.legend(frameon=False, labelcolor=TEXT)
    if 0 < 5 * min(losses) < max(losses):
        log_axis(figure, max(losses) / min(losses))
    count_epochs(axes)
    dress(
        axes,
        title or capitalized(word("loss curve", language)),
        word("epoch", language),
        ylabel or word("loss", language),
    )
    return figure


def loss_curves(
    runs: Mapping[str, Sequence[float]],
    *,
    title: str | None = None,
    ylabel: str | None = None,
    lang: str | None = None,
) -> Figure:
    """The losses of several runs over the epochs, each with its last loss in the legend.

    The axis is logarithmic where the losses span more than a factor of five. A run that diverges leaves the plot at the
    top: its axis ends at ten times the largest loss that a run began with.

    Args:
        runs: name of the run -> one loss per epoch; the first is the one before training.
        title: what stands above the plot; "Loss curves of several runs" by default.
        ylabel: what the numbers are; "loss" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there are no runs, or one without losses.
    """
    language = resolve(lang)
    curves = {name: np.asarray(losses, dtype=float) for name, losses in runs.items()}
    empty = [name for name, losses in curves.items() if not losses.size]
    if not curves or empty:
        raise ValueError(f"there are no losses to plot{f' for {empty[0]!r}' if empty else ''}")
    figure = new_figure()
    axes = figure.add_subplot()
    for k, (name, losses) in enumerate(curves.items()):
        label = f"{name}: {number(losses[-1])}"
        axes.plot(np.where(np.isfinite(losses), losses, np.nan), linewidth=2, label=label, **style_of(k))
    _fit_losses(figure, np.concatenate(list(curves.values())), [losses[0] for losses in curves.values()])
    legend_below(figure)
    count_epochs(axes)
    heading = title or capitalized(word("loss curves", language))
    dress(axes, heading, word("epoch", language), ylabel or word("loss", language))
    return figure


def gradient_norms(
    history: Mapping[str, Sequence[float]],
    *,
    vanishing: float = 1e-6,
    exploding: float = 1e3,
    title: str | None = None,
    lang: str | None = None,
) -> Figure:
    """The norm of every layer's gradient over the epochs, on a logarithmic axis.

    Where the first layers' lines lie far below the last one's, gradients vanish on their way back; where they rise
    from layer to layer, they explode. Lines go from dark to light with the depth of the layer. The bands that are in
    sight are named in the legend. What is 0, infinite or NaN has no place on the axis, and is counted in the legend.

    Args:
        history: name of the layer -> one norm per epoch, in the order of the layers;
            `History.gradient_norms()` gives them.
        vanishing: gradients below this hardly move a parameter; a rule of thumb, for losses and inputs of about 1.
        exploding: gradients above this overshoot at the usual rates; a rule of thumb.
        title: what stands above the plot; "Gradient norm of every layer" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there is no norm that could be shown.
    """
    language = resolve(lang)
    layers = {name: np.asarray(norms, dtype=float) for name, norms in history.items()}
    shown = {name: np.where(np.isfinite(norms) & (norms > 0), norms, np.nan) for name, norms in layers.items()}
    if all(np.isnan(norms).all() for norms in shown.values()):
        raise ValueError("there is no gradient norm to plot: all are 0, infinite or NaN, or there are none")
    figure = new_figure()
    axes = figure.add_subplot()
    for k, (name, norms) in enumerate(shown.items()):
        missing = int(np.isnan(norms).sum())
        label = word("epochs without place", language, name=name, count=missing) if missing else name
        axes.plot(
            norms,
            linewidth=2,
            marker=MARKERS[k % len(MARKERS)],
            markevery=max(1, len(norms) // 10),
            label=label,
            color=shade(k, len(shown)),
            linestyle=STYLES[k % len(STYLES)],
        )
    known = np.concatenate([norms[~np.isnan(norms)] for norms in shown.values()])
    log_axis(figure, known.max() / known.min())
    figure.legend(loc="outside right upper", frameon=False, labelcolor=TEXT, handlelength=3)
    legend_below(figure, _bands(figure, vanishing, exploding, language))
    count_epochs(axes)
    heading = title or capitalized(word("gradient norms", language))
    dress(axes, heading, word("epoch", language), word("gradient norm", language))
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
    figure = new_figure()
    axes = figure.add_subplot()
    axes.loglog(h, e, color=LINE, marker="o", markersize=3, linewidth=1.5)
    for power, key, side in ((2, "truncation", h >= 10 * h[best]), (-1, "round-off", h <= h[best] / 10)):
        _guide(figure, h[side], e[side], power, word(key, language))
    axes.plot(h[best], e[best], marker="o", markersize=9, markerfacecolor="none", color=HELD_OUT)
    note = word("best step", language, step=number(float(h[best]), 2))
    axes.annotate(note, (h[best], e[best]), (0, -14), textcoords="offset points", ha="center", color=HELD_OUT)
    axes.margins(y=0.15)
    dress(
        axes,
        word("error of central difference", language, label=label),
        word("step h", language),
        word("error", language),
    )
    return figure


def _fit_losses(figure: Figure, losses: Values, first: Sequence[float]) -> None:
    """The vertical axis of several runs: logarithmic where that helps, and not stretched by those that diverge."""
    axes = figure.axes[0]
    finite = losses[np.isfinite(losses)]
    if not finite.size:
        return
    starts = [loss for loss in first if np.isfinite(loss) and loss > 0]
    top = min(finite.max(), 10 * max(starts)) if starts else finite.max()
    if 0 < 5 * finite.min() < top:
        log_axis(figure, top / finite.min())
    if top < finite.max():
        axes.set_ylim(top=top)


def _bands(figure: Figure, vanishing: float, exploding: float, lang: Language) -> list[Any]:
    """Hatched bands where gradients vanish and explode, as far as the lines reach them; returns them."""
    axes = figure.axes[0]
    low, high = axes.get_ylim()
    bands = []
    for key, bottom, top, hatch in (("vanishing", low, vanishing, "..."), ("exploding", exploding, high, "///")):
        if bottom < top:
            label = word(key, lang, limit=number(top if key == "vanishing" else bottom))
            look: dict[str, Any] = {"facecolor": "#F3F4F6", "edgecolor": "#C4CAD1", "linewidth": 0, "zorder": 0}
            bands.append(axes.axhspan(bottom, top, hatch=hatch, label=label, **look))
    axes.set_ylim(low, high)
    return bands


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
