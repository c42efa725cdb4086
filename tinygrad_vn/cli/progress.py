"""How far the training has come: a bar on a terminal where tqdm is installed, now and then a plain line elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.words import word
from tinygrad_vn.training.progress import milestones, progress_bar

LINES: Final = 5

OnEpoch = Callable[[int, float], None]
"""Called after every epoch with its number, from 1, and the RMSE."""


@contextmanager
def progress(epochs: int, lang: Language) -> Iterator[OnEpoch]:
    """Something to call after every epoch, for as long as the training lasts. It writes to the error channel."""
    bar = progress_bar(epochs, say("training", lang), word("epoch", lang)) if sys.stderr.isatty() else None
    if bar is None:
        yield _lines(epochs, lang)
        return
    with bar:

        def advance(epoch: int, rmse: float) -> None:
            bar.set_postfix_str(f"RMSE {rmse:.3f}", refresh=False)
            bar.update()

        yield advance


def _lines(epochs: int, lang: Language) -> OnEpoch:
    shown = milestones(epochs, LINES)

    def advance(epoch: int, rmse: float) -> None:
        if epoch in shown:
            width = len(str(epochs))
            print(f"{word('epoch', lang)} {epoch:{width}}/{epochs}  RMSE {rmse:.3f}", file=sys.stderr, flush=True)

    return advance
