"""What all pages of the course share: the language, where pictures go, and the check at the end.

A page is a program (`python examples/ch01_descent.py --lang vi --out out`) and, cell by cell, a notebook. It begins
with

    page = Lesson(__file__ if "__file__" in globals() else "ch01_descent")

says what it will print, prints it, checks every number (`page.check`) and sentence (`page.claim`), which fails where
one is not as promised, and ends with `page.done()`.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_vn import plot
from tinygrad_vn.language import resolve, set_language
from tinygrad_vn.notebook import in_notebook

# Told apart by colour-blind eyes; those of tinygrad_vn.plot.
BLUE, BROWN, GREEN, PINK, OCHRE = "#0072B2", "#9A3412", "#009E73", "#CC79A7", "#C98A00"
INK, GREY, PALE = "#1F2328", "#57606A", "#D0D7DE"


class Lesson:
    """One page of the course.

    Args:
        name: of the page, or its file.
        argv: the words on the command line; in a notebook there are none.
        options: of this page alone: name -> what `argparse` is to know of it.

    Attributes:
        lang: "vi" or "en".
        options: the page's own, as they were given.
        out: the folder for pictures and tables; None where none are wanted.
    """

    def __init__(
        self, name: str, argv: Sequence[str] | None = None, options: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.name = Path(name).stem
        parser = argparse.ArgumentParser(prog=f"python examples/{self.name}.py")
        parser.add_argument("--lang", metavar="vi|en", help="tiếng Việt / English")
        parser.add_argument("--out", type=Path, metavar="DIR", help="pictures / hình vẽ")
        for option, details in (options or {}).items():
            parser.add_argument(f"--{option}", **details)
        self.in_notebook = in_notebook()
        self.options = parser.parse_args([] if self.in_notebook and argv is None else argv)
        if isinstance(sys.stdout, io.TextIOWrapper):  # Windows may have chosen an encoding without Vietnamese letters
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        self.lang = resolve(self.options.lang)
        set_language(self.lang)
        self.out: Path | None = self.options.out
        self.checked = 0

    def say(self, en: str, vi: str) -> None:
        """Print a sentence in the chosen language."""
        print(vi if self.lang == "vi" else en)

    def word(self, en: str, vi: str) -> str:
        """A word in the chosen language, for labels of figures."""
        return vi if self.lang == "vi" else en

    def path(self, name: str) -> Path | None:
        """Where to put a picture or table; None where none are wanted."""
        if self.out is None:
            return None
        self.out.mkdir(parents=True, exist_ok=True)
        return self.out / name

    @property
    def draws(self) -> bool:
        """Whether pictures are wanted: a folder was named, or this is a notebook."""
        return self.out is not None or self.in_notebook

    def figure(self, title: str, xlabel: str, ylabel: str, *, size: tuple[float, float] = (7, 4)) -> tuple[Any, Any]:
        """A matplotlib figure that looks like those of `tinygrad_vn.plot`, and its axes.

        Args:
            title: what stands above it.
            xlabel: what the horizontal axis shows.
            ylabel: what the vertical axis shows.
            size: width and height in inches.
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title, color=INK)
        axes.set_xlabel(xlabel, color=INK)
        axes.set_ylabel(ylabel, color=INK)
        axes.grid(True, color=PALE, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        return figure, axes

    def save(self, figure: Any, name: str) -> None:
        """Write a matplotlib figure, or a drawing of ours, into the folder, if there is one; in a notebook, show it."""
        path = self.path(name)
        if path is None:
            if self.in_notebook:
                _show(figure)
            return
        if hasattr(figure, "savefig"):
            plot.save(figure, path)
        else:
            figure.render(path)
        self.say(f"Drawn: {path}", f"Đã vẽ: {path}")

    def check(self, got: Any, expected: Any, *, decimals: int | None = None, within: float = 0.0) -> None:
        """Make sure that a number, or a list of them, is as the page promised.

        Args:
            got: what came out.
            expected: what the document prints.
            decimals: to how many decimals the document prints it; compared after rounding to as many.
            within: how far it may be off otherwise.

        Raises:
            AssertionError: it is not.
        """
        found, wanted = np.asarray(got, np.float64), np.asarray(expected, np.float64)
        assert found.size, "there is no number to check"
        room = within if decimals is None else 0.5000001 * 10.0**-decimals
        np.testing.assert_allclose(found, wanted, rtol=0, atol=room)
        self.checked += found.size

    def claim(self, is_so: Any, en: str, vi: str) -> None:
        """Say a sentence that is no number, and make sure that it is true.

        Args:
            is_so: whether it is.
            en: the sentence in English.
            vi: the same in Vietnamese.

        Raises:
            AssertionError: it is not.
        """
        self.say(en, vi)
        assert bool(is_so), en
        self.checked += 1

    def done(self) -> None:
        """Say that everything was as promised."""
        self.say(
            f"\n✓ {self.checked} numbers and sentences checked.",
            f"\n✓ Đã kiểm tra {self.checked} con số và câu khẳng định.",
        )


def _show(figure: Any) -> None:
    """A figure or a drawing below a notebook's cell."""
    from IPython.display import SVG, display

    if not hasattr(figure, "savefig"):
        display(figure)
        return
    text = io.StringIO()
    figure.savefig(text, format="svg")
    display(SVG(text.getvalue()))
