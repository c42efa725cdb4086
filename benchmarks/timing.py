"""How times are taken: contestants in turns, so that a drifting machine treats all alike; medians are reported."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object], repeat: int) -> float:
    """Seconds per call, over `repeat` calls with the garbage collector off."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        return (time.perf_counter() - start) / repeat
    finally:
        gc.enable()


def in_turns(contestants: dict[str, Callable[[], object]], repeat: int, rounds: int = 15) -> dict[str, float]:
    """The median seconds per call of each contestant, measured in interleaved rounds after one to warm up."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, work in contestants.items():
            taken = seconds(work, repeat)
            if turn:
                times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
