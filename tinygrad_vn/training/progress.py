"""How far a training run has come: a bar with the time that is left, or now and then a plain line.

A bar is drawn over and over in one place, which a terminal and a notebook can do and a file cannot.
"""

from __future__ import annotations

import shutil
import sys
import time
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tinygrad_vn.language import Language, current_language
from tinygrad_vn.notebook import in_notebook
from tinygrad_vn.phrases import said
from tinygrad_vn.training.history import NORM, Row, cell
from tinygrad_vn.training.words import say

if TYPE_CHECKING:
    from tqdm import tqdm

    from tinygrad_vn.training.run import Run

LINES: Final = 10
"""So many plain lines a run prints, and more where an epoch takes long."""

PATIENCE: Final = 10.0
"""Seconds after which a plain line is due in any case."""

SHAPE: Final = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
"""What stands on the line of a bar."""

LEAST: Final = len(" 100%|| 00:00<00:00, ") + 10
"""Its columns beside the description and the numbers, with ten for the bar itself."""

AUTO: Final = ("auto", True)


class Display:
    """Shows nothing; what `fit` tells about its progress."""

    def step(self, run: Run) -> None:
        """After every step."""

    def epoch(self, run: Run) -> None:
        """After every epoch."""


class Bar(Display):
    """tqdm's bar over all batches of all epochs, the present epoch before it and the last one's numbers behind.

    Args:
        bar: where to show it.
        lang: in which language.
    """

    def __init__(self, bar: tqdm[Any], lang: Language) -> None:
        self.bar, self.lang = bar, lang
        self.named = 0

    def step(self, run: Run) -> None:
        """Move it on, as far as the run has come."""
        if run.epoch != self.named:
            self.named = run.epoch
            self.bar.set_description_str(printable(_head(run.epoch, run.epochs, self.lang)), refresh=False)
        self.bar.update((run.epoch - 1) * run.n_batches + run.batch - self.bar.n)

    def epoch(self, run: Run) -> None:
        """Show the epoch's numbers, as many as leave room for the bar."""
        room = None if self.bar.ncols is None else self.bar.ncols - len(self.bar.desc) - LEAST
        self.bar.set_postfix_str(printable(_numbers(run.history[-1], room)), refresh=False)
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
            tell(f"{_head(run.epoch, run.epochs, self.lang)}  {_numbers(run.history[-1])}")


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
    if way == "bar" or (way in AUTO and (sys.stderr.isatty() or in_notebook())):
        done = run.epoch * run.n_batches + run.batch
        bar = progress_bar(run.epochs * run.n_batches, _head(run.epoch + 1, run.epochs, lang), done=done, shape=SHAPE)
    if bar is None and way == "bar":
        raise ImportError(said("progress='bar' needs tqdm, which is not installed here; write progress='lines'"))
    if bar is None:
        yield Lines(lang)
        return
    with bar:
        yield Bar(bar, lang)


def progress_bar(total: int, title: str, unit: str = "", done: int = 0, shape: str | None = None) -> tqdm[Any] | None:
    """tqdm's bar, where it is installed; else None. A notebook gets its own kind, if it has ipywidgets.

    Args:
        total: how many steps there are.
        title: what stands before it.
        unit: what a step is called.
        done: how many steps are done already.
        shape: what stands on its line, in tqdm's words; None for tqdm's own choice.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a notebook without ipywidgets gets a bar of text, and need not be told
            from tqdm.auto import tqdm
    except ImportError:
        return None
    screen = shutil.get_terminal_size()  # tqdm shows nothing where a terminal says that it has no rows or columns
    is_notebook = in_notebook()
    return tqdm(
        total=total,
        initial=done,
        desc=printable(title),
        unit=printable(f" {unit}"),
        file=sys.stderr,
        ncols=None if is_notebook else min(screen.columns, 100),
        nrows=None if is_notebook else screen.lines,
        bar_format=shape,
    )


def tell(text: str) -> None:
    """A line on the error channel, where there is one."""
    if sys.stderr is not None:
        print(printable(text), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """The text as far as the error channel can show it: an old Windows console has no Vietnamese letters.

    There accents are left out, which reads better than question marks in their places.
    """
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
        return plain.encode(encoding, "replace").decode(encoding)
    return text


def milestones(epochs: int, parts: int) -> set[int]:
    """The epochs at which equal parts of a run are done."""
    return {round(epochs * part / parts) for part in range(1, parts + 1)}


def _head(epoch: int, epochs: int, lang: Language) -> str:
    """The epoch, and how many there are."""
    return f"{say('epoch', lang)} {epoch:{len(str(epochs))}}/{epochs}"


def _numbers(row: Row, room: int | None = None) -> str:
    """The numbers of an epoch on one line; the gradients' norms and the time are left out.

    Where there is room for so many letters only, the losses come first, then what else there is.
    """
    hidden = ("epoch", "steps", "seconds")
    shown = [name for name in row if name not in hidden and not name.startswith(NORM)]
    texts = {name: f"{name} {cell(row[name])}" for name in shown}
    for name in sorted(shown, key=lambda name: name not in ("loss", "valid_loss")):
        if room is not None and len(texts[name]) + 2 > room:
            del texts[name]
        elif room is not None:
            room -= len(texts[name]) + 2
    return "  ".join(texts.values())
