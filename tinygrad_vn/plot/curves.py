"""Curves over epochs or steps: losses of one or several runs, gradient norms, the error of a difference quotient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language, resolve
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.phrases import said
from tinygrad_vn.plot.figures import (
    HELD_OUT,
    LINE,
    MARKERS,
    STYLES,
    TEXT,
    ByEpoch,
    Losses,
    Recorded,
    by_epoch,
    count_epochs,
    dress,
    legend_below,
    log_axis,
    new_figure,
    shade,
    style_of,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def loss_curve(
    losses: Losses,
    *,
    held_out: ByEpoch | None = None,
    held_out_name: str | None = None,
    title: str | None = None,
    ylabel: str | None = None,
    lang: str | None = None,
) -> Figure:
    """The loss over the epochs; the legend has the first and the last.

    The axis is logarithmic where the losses span more than a factor of five.

    Args:
        losses: one number per epoch, the first being the one before training; or the losses by epoch; or the history
            that `training.fit` returns, whose own `plot()` shows the validation loss too.
        held_out: the loss on data that is not learned from, by epoch. Where it rises again, the model begins to learn
            the training data by heart (overfitting).
        held_out_name: what that data is; "validation" by default.
        title: what stands above the plot; "Loss curve" by default.
        ylabel: what the numbers are; "loss" by default.
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
    quantity = ylabel or word("loss", language)
    curves = {word("training set", language) if held_out else quantity: by_epoch(losses)}
    if held_out:
        curves[held_out_name or word("validation set", language)] = by_epoch(held_out)
    for (name, (epochs, values)), color, style in zip(curves.items(), (LINE, HELD_OUT), ("-", "--"), strict=False):
        label = f"{name}: {number(values[0])} → {number(values[-1])}"
        axes.plot(epochs, values, color=color, linestyle=style, linewidth=2, label=label)
    known = np.concatenate([values[np.isfinite(values)] for _, values in curves.values()])
    if known.size and 0 < 5 * known.min() < known.max():
        log_axis(figure, known.max() / known.min())
    legend_below(figure)
    count_epochs(axes)
    dress(axes, title or capitalized(word("loss curve", language)), word("epoch", language), quantity)
    return figure


def loss_curves(
    runs: Mapping[str, Losses],
    *,
    title: str | None = None,
    ylabel: str | None = None,
    lang: str | None = None,
) -> Figure:
    """The losses of several runs over the epochs, each with its last loss in the legend.

    The axis is logarithmic where the losses span more than a factor of five. A run that diverges leaves the plot at the
    top: its axis ends at ten times the largest loss that a run began with.

    Args:
        runs: name of the run -> its losses, one per epoch, the first being the one before training; or the losses by
            epoch; or the history that `training.fit` returns.
        title: what stands above the plot; "Loss curves of several runs" by default.
        ylabel: what the numbers are; "loss" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there are no runs, or one without losses.
    """
    language = resolve(lang)
    empty = [name for name, losses in runs.items() if not len(losses)]
    if not runs or empty:
        if empty:
            raise ValueError(said("there are no losses to plot for {run!r}", run=empty[0]))
        raise ValueError(said("there are no losses to plot"))
    figure = new_figure()
    axes = figure.add_subplot()
    curves = {name: by_epoch(losses) for name, losses in runs.items()}
    for k, (name, (epochs, losses)) in enumerate(curves.items()):
        label = f"{name}: {number(losses[-1])}"
        axes.plot(epochs, np.where(np.isfinite(losses), losses, np.nan), linewidth=2, label=label, **style_of(k))
    everything = [losses for _, losses in curves.values()]
    _fit_losses(figure, np.concatenate(everything), [losses[0] for losses in everything])
    legend_below(figure)
    count_epochs(axes)
    heading = title or capitalized(word("loss curves", language))
    dress(axes, heading, word("epoch", language), ylabel or word("loss", language))
    return figure


def gradient_norms(
    history: Mapping[str, Sequence[float]] | Recorded,
    *,
    vanishing: float = 1e-6,
    exploding: float = 1e3,
    title: str | None = None,
    lang: str | None = None,
) -> Figure:
    """The norm of every parameter's gradient over the epochs, on a logarithmic axis.

    Where the first layers' lines lie far below the last one's, gradients vanish on their way back; where they rise
    from layer to layer, they explode. Lines go from dark to light with the depth of the network. The bands that are in
    sight are named in the legend. What is 0, infinite or NaN has no place on the axis, and is counted in the legend.

    Args:
        history: what `training.fit` returns; or name of the parameter -> one norm per epoch, from epoch 1, in the
            order of the layers.
        vanishing: gradients below this hardly move a parameter; a rule of thumb, for losses and inputs of about 1.
        exploding: gradients above this overshoot at the usual rates; a rule of thumb.
        title: what stands above the plot; "Gradient norm of every parameter" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there is no norm that could be shown.
    """
    language = resolve(lang)
    given = history.gradient_norms if isinstance(history, Recorded) else history
    parameters = {name: np.asarray(norms, dtype=float) for name, norms in given.items()}
    shown = {name: np.where(np.isfinite(norms) & (norms > 0), norms, np.nan) for name, norms in parameters.items()}
    if all(np.isnan(norms).all() for norms in shown.values()):
        raise ValueError(said("there is no gradient norm to plot: all are 0, infinite or NaN, or there are none"))
    figure = new_figure()
    axes = figure.add_subplot()
    for k, (name, norms) in enumerate(shown.items()):
        missing = int(np.isnan(norms).sum())
        label = word("epochs without place", language, name=name, count=missing) if missing else name
        axes.plot(
            range(1, len(norms) + 1),
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
        raise ValueError(said("there is no error to plot: the difference quotient is exact for every step"))
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
