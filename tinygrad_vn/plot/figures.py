"""What all plots share: an empty figure, our colours, its frame and its numbers, and how it is written to a file.

The colours keep apart for colour-blind readers (after Okabe and Ito, 2008);
a line style or a shape says the same a second time, for prints in grey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.lecture.picture.layout import pip_install
from tinygrad_vn.phrases import said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ByEpoch = Mapping[int, float] | Mapping[float, float]
"""Numbers by epoch; 0.5 is half-way through the first."""


@runtime_checkable
class Recorded(Protocol):
    """The history of a training run, as `training.fit` returns it."""

    def __len__(self) -> int:
        """How many epochs there were."""

    @property
    def loss_by_epoch(self) -> ByEpoch:
        """The training loss, by where on the axis of epochs it belongs."""

    @property
    def gradient_norms(self) -> Mapping[str, Sequence[float]]:
        """For every parameter, by name, the norm of its gradient in every epoch."""


Losses = Sequence[float] | ByEpoch | Recorded
"""The losses of a run: one per epoch, the first being the one before training; or by epoch; or its history."""


LINE, HELD_OUT, TEXT = "#0072B2", "#9A3412", "#1F2328"  # the colours of our drawings: lecture/theme.py
GRID: Final = "#D0D7DE"
COLORS: Final = (LINE, HELD_OUT, "#009E73", "#CC79A7", "#C98A00", TEXT)
STYLES: Final[tuple[Any, ...]] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)), (0, (1, 3)))
MARKERS: Final = ("o", "^", "s", "D", "v", "P", "X", "*")


def new_figure() -> Figure:
    """An empty figure, of a slide's proportions.

    Raises:
        ImportError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        missing = said(
            "plots need matplotlib, which is not installed here; add it: {command}", command=pip_install("matplotlib")
        )
        raise ImportError(missing) from error
    return Figure(figsize=(7, 4), layout="constrained")


def style_of(k: int) -> dict[str, Any]:
    """Colour and line style of the k-th line: no two of the first 42 share both."""
    return {"color": COLORS[k % len(COLORS)], "linestyle": STYLES[k % len(STYLES)]}


def shade(k: int, count: int) -> Any:
    """The colour of the k-th of `count` things in an order: from dark to light, as far as a line is still seen."""
    from matplotlib import colormaps

    return colormaps["cividis"](0.8 * k / max(count - 1, 1))


def dress(axes: Axes, title: str, xlabel: str, ylabel: str) -> None:
    """Title, labels, a pale grid, and no frame above and to the right."""
    axes.set_title(title, color=TEXT)
    axes.set_xlabel(xlabel, color=TEXT)
    axes.set_ylabel(ylabel, color=TEXT)
    axes.grid(True, which="major", color=GRID, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def legend_below(figure: Figure, handles: Sequence[Any] | None = None) -> None:
    """A legend under the plot, where it hides nothing; in as many columns as its texts leave room for."""
    shown = figure.axes[0].get_legend_handles_labels()[0] if handles is None else handles
    if shown:
        longest = max(len(str(handle.get_label())) for handle in shown)
        columns = max(1, min(len(shown), 84 // (longest + 8)))
        look: dict[str, Any] = {"frameon": False, "labelcolor": TEXT, "handlelength": 3}
        figure.legend(handles=shown, loc="outside lower center", ncols=columns, **look)


def count_epochs(axes: Axes) -> None:
    """Whole numbers on the horizontal axis: there is no epoch 2.5."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def by_epoch(losses: Losses) -> tuple[Values, Values]:
    """The epochs and the losses at them, both of shape (n,); where only losses are given, the epochs are 0, 1, 2, …"""
    values = losses.loss_by_epoch if isinstance(losses, Recorded) else losses
    if isinstance(values, Mapping):
        return np.array(list(values), dtype=float), np.array(list(values.values()), dtype=float)
    return np.arange(len(values), dtype=float), np.asarray(values, dtype=float)


def log_axis(figure: Figure, ratio: float) -> None:
    """A logarithmic axis with plain numbers on it, 0.5, 1, 2; powers of ten where it spans a `ratio` above 1000."""
    from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

    axes = figure.axes[0]
    axes.set_yscale("log")
    axes.yaxis.set_minor_formatter(NullFormatter())
    if ratio <= 1000:
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(ScalarFormatter())


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
