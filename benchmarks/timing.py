"""How times are taken: contestants in turns, so that a drifting machine treats all alike; medians are reported."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


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


@dataclass(frozen=True)
class Pairs:
    """What interleaved pairs gave: median seconds per call of both, and the median of the pairs' ratios."""

    seconds: float
    reference: float
    ratio: float


def in_pairs(work: Callable[[], object], reference: Callable[[], object], pairs: int, block: float = 0.01) -> Pairs:
    """Blocks of calls of `work` and of `reference` in turns: A, B, B, A, …, so that neither is always the first.

    Args:
        work: what is measured.
        reference: what it is compared with.
        pairs: how many of both.
        block: about how many seconds a block takes, at least one call.
    """
    repeats = [max(1, round(block / max(min(seconds(f, 1) for _ in range(3)), 1e-7))) for f in (work, reference)]
    taken: list[tuple[float, float]] = []
    for pair in range(pairs + 1):
        if pair % 2:
            other = seconds(reference, repeats[1])
            taken.append((seconds(work, repeats[0]), other))
        else:
            own = seconds(work, repeats[0])
            taken.append((own, seconds(reference, repeats[1])))
    warm = taken[1:]
    own, other = (statistics.median(column) for column in zip(*warm, strict=True))
    return Pairs(own, other, statistics.median(a / b for a, b in warm))


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
