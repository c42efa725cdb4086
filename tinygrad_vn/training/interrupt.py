"""Ctrl-C without damage: a signal is remembered, and the training stops at its next step boundary.

Between two steps everything fits together: parameters, momentum, random generators, the position in the data. In the
middle of a step it does not, so a signal that arrives there has to wait, as a rule for less than a second. Whoever
cannot wait presses Ctrl-C a second time, which does at once what it always does.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether a signal asked to stop.

    Attributes:
        asked: a signal has arrived.
    """

    def __init__(self) -> None:
        self.asked = False
        self.earlier: dict[int, Any] = {}

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """The first signal is remembered; a second one meets the handlers that were there before."""
        if self.asked:
            self.restore()
            signal.raise_signal(number)
        self.asked = True

    def install(self) -> None:
        """Take over the signals that would end the program; those that it ignores (`nohup`) stay ignored."""
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if handler is not None and handler is not signal.SIG_IGN:
                self.earlier[number] = handler
                signal.signal(number, self)

    def restore(self) -> None:
        """Give the signals back to those who had them, unless somebody else has taken them meanwhile."""
        for number, handler in self.earlier.items():
            if signal.getsignal(number) is self:
                signal.signal(number, handler)
        self.earlier = {}


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Within the block, SIGINT (Ctrl-C) and SIGTERM only set `asked`. Only the main thread can see to signals."""
    interruption = Interruption()
    if threading.current_thread() is threading.main_thread():
        interruption.install()
    try:
        yield interruption
    finally:
        interruption.restore()
