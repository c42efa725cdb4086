"""How far the training has come: a bar on a terminal where tqdm is installed, now and then a plain line elsewhere."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.words import word

if TYPE_CHECKING:
    from tqdm import tqdm

LINES: Final = 5

OnEpoch = Callable[[int, float], None]
"""Called after every epoch with its number, from 1, and the RMSE."""


@contextmanager
def progress(epochs: int, lang: Language) -> Iterator[OnEpoch]:
    """Something to call after every epoch, for as long as the training lasts. It writes to the error channel."""
    bar = _bar(epochs, lang) if sys.stderr.isatty() else None
    if bar is None:
        yield _lines(epochs, lang)
        return
    with bar:

        def advance(epoch: int, rmse: float) -> None:
            bar.set_postfix_str(f"RMSE {rmse:.3f}", refresh=False)
            bar.update()

        yield advance


def _bar(epochs: int, lang: Language) -> tqdm[NoReturn] | None:
    """tqdm's bar, where it is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    screen = shutil.get_terminal_size()  # tqdm shows nothing where a terminal says that it has no rows or columns
    return tqdm(
        total=epochs,
        desc=say("training", lang),
        unit=f" {word('epoch', lang)}",
        ncols=min(screen.columns, 100),
        nrows=screen.lines,
        file=sys.stderr,
    )


def _lines(epochs: int, lang: Language) -> OnEpoch:
    shown = {round(epochs * part / LINES) for part in range(1, LINES + 1)}

    def advance(epoch: int, rmse: float) -> None:
        if epoch in shown:
            width = len(str(epochs))
            print(f"{word('epoch', lang)} {epoch:{width}}/{epochs}  RMSE {rmse:.3f}", file=sys.stderr, flush=True)

    return advance
