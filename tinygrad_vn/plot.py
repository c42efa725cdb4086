"""Plots for lectures and reports, made with matplotlib, which is imported when the first plot is.

Every function returns a matplotlib `Figure` that stands for itself: it opens no window and changes no settings, so it
works on a server, in a thread and in a notebook alike. `save` writes it, in the format that the file's name ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING

from tinygrad_vn.language import Language, resolve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEXTS: dict[str, dict[Language, str]] = {
    "epoch": {"vi": "epoch", "en": "epoch"},
    "loss": {"vi": "hàm mất mát (loss)", "en": "loss"},
    "loss curve": {"vi": "Đường cong học (loss curve)", "en": "Loss curve"},
}

LINE, TEXT, MUTED = "#0072B2", "#1F2328", "#57606A"  # the colours of our drawings: lecture/theme.py


def loss_curve(
    losses: Sequence[float], *, title: str | None = None, ylabel: str | None = None, lang: str | None = None
) -> Figure:
    """The loss over the epochs, on a logarithmic axis where the losses span more than a factor of five.

    Args:
        losses: one number per epoch; the first is the one before training.
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
    axes.plot(range(len(losses)), losses, color=LINE, linewidth=2)
    if 0 < 5 * min(losses) < max(losses):
        _log_axis(figure)
    axes.set_title(title or TEXTS["loss curve"][language], color=TEXT)
    axes.set_xlabel(TEXTS["epoch"][language], color=TEXT)
    axes.set_ylabel(ylabel or TEXTS["loss"][language], color=TEXT)
    for epoch, place in ((0, (6, -4)), (len(losses) - 1, (-4, 8))):
        side = "left" if epoch == 0 else "right"
        axes.annotate(
            f"{losses[epoch]:.4g}", (epoch, losses[epoch]), place, textcoords="offset points", ha=side, color=TEXT
        )
    axes.grid(True, which="major", color="#D0D7DE", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def save(figure: Figure, path: str | PathLike[str]) -> None:
    """Write a figure as .svg, .png or .pdf; the same figure always gives the same SVG, byte by byte.

    Raises:
        OSError: the file cannot be written.
        ValueError: matplotlib does not know this format.
    """
    import matplotlib

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
            "plots need matplotlib, which is not installed here; add it: pip install matplotlib"
        ) from error
    return Figure(figsize=(7, 4), layout="constrained")


def _log_axis(figure: Figure) -> None:
    """A logarithmic axis with plain numbers on it: 0.5, 1, 2, not powers of ten."""
    from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

    axes = figure.axes[0]
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
