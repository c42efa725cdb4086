"""How far a training run has come: a bar with the time that is left, or now and then a plain line.

A bar is drawn over and over in one place, which a terminal and a notebook can do and a file cannot.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tinygrad_vn.language import Language, current_language
from tinygrad_vn.training.history import NORM, Row, cell
from tinygrad_vn.training.words import say

if TYPE_CHECKING:
    from tqdm import tqdm

    from tinygrad_vn.training.run import Run

LINES: Final = 10
"""So many plain lines a run prints, and more where an epoch takes long."""

PATIENCE: Final = 10.0
"""Seconds after which a plain line is due in any case."""

AUTO: Final = ("auto", True)


class Display:
    """Shows nothing; what `fit` tells about its progress."""

    def step(self, run: Run) -> None:
        """After every step."""

    def epoch(self, run: Run) -> None:
        """After every epoch."""


class Bar(Display):
    """tqdm's bar over all batches of all epochs.

    Args:
        bar: where to show it.
    """

    def __init__(self, bar: tqdm[Any]) -> None:
        self.bar = bar

    def step(self, run: Run) -> None:
        """Move it on, as far as the run has come."""
        self.bar.update((run.epoch - 1) * run.n_batches + run.batch - self.bar.n)

    def epoch(self, run: Run) -> None:
        """Show the epoch's numbers."""
        self.bar.set_postfix_str(_numbers(run.history[-1]), refresh=False)
        self.bar.update(run.epoch * run.n_batches - self.bar.n)


class Lines(Display):
    """A line at each tenth of the run, and whenever the last one is ten seconds ago.

    Args:
        lang: in which language.
    """

    def __init__(self, lang: Language) -> None:
        self.lang = lang
        self.printed = time.monotonic()

    def epoch(self, run: Run) -> None:
        """A line, where it is time for one."""
        now = time.monotonic()
        if run.epoch in milestones(run.epochs, LINES) or run.is_stopped or now - self.printed >= PATIENCE:
            self.printed = now
            width = len(str(run.epochs))
            head = f"{say('epoch', self.lang)} {run.epoch:{width}}/{run.epochs}"
            print(f"{head}  {_numbers(run.history[-1])}", file=sys.stderr, flush=True)


@contextmanager
def display(run: Run, way: str | bool) -> Iterator[Display]:
    """What shows the progress of a run.

    Args:
        run: the run.
        way: "bar", "lines", "auto" for the one that fits, or False for nothing.

    Raises:
        ImportError: "bar" without tqdm.
    """
    if not way or sys.stderr is None or (way in AUTO and run.epoch >= run.epochs):
        yield Display()
        return
    lang = current_language()
    bar = None
    if way == "bar" or (way in AUTO and (sys.stderr.isatty() or "ipykernel" in sys.modules)):
        done = run.epoch * run.n_batches + run.batch
        bar = progress_bar(run.epochs * run.n_batches, say("training", lang), say("step", lang), done)
    if bar is None and way == "bar":
        raise ImportError("progress='bar' needs tqdm, which is not installed here; write progress='lines'")
    if bar is None:
        yield Lines(lang)
        return
    with bar:
        yield Bar(bar)


def progress_bar(total: int, title: str, unit: str, done: int = 0) -> tqdm[Any] | None:
    """tqdm's bar, where it is installed; else None. A notebook gets its own kind."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    screen = shutil.get_terminal_size()  # tqdm shows nothing where a terminal says that it has no rows or columns
    is_notebook = "ipykernel" in sys.modules
    return tqdm(
        total=total,
        initial=done,
        desc=title,
        unit=f" {unit}",
        file=sys.stderr,
        ncols=None if is_notebook else min(screen.columns, 100),
        nrows=None if is_notebook else screen.lines,
    )


def milestones(epochs: int, parts: int) -> set[int]:
    """The epochs at which equal parts of a run are done."""
    return {round(epochs * part / parts) for part in range(1, parts + 1)}


def _numbers(row: Row) -> str:
    """The numbers of an epoch on one line; the gradients' norms and the time are left out."""
    hidden = ("epoch", "seconds")
    return "  ".join(
        f"{name} {cell(value)}" for name, value in row.items() if name not in hidden and not name.startswith(NORM)
    )
