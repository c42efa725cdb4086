"""Our own time per recorded operation, in microseconds: recording and its share of backward, NumPy's time taken off.

The work is the chain of `per_operation`. Both parts are timed with the graph kept, so that freeing it is not in them;
what NumPy needs for the same calls is the time of the chain by hand. Rounds take turns; the median difference counts.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import tinygrad_vn as tg
from benchmarks.long_chain import bytes_per_node
from benchmarks.per_operation import BIAS, OPERATIONS, START, WEIGHT, by_hand_backward, chain
from benchmarks.timing import table


def once() -> tuple[float, float]:
    """Seconds of recording the chain and of its backward, without freeing."""
    w, b = tg.tensor(WEIGHT, requires_grad=True), tg.tensor(BIAS, requires_grad=True)
    x = tg.tensor(START, requires_grad=True)
    start = time.perf_counter()
    y = chain(x, w, b, tg.Tensor.tanh)
    recorded = time.perf_counter()
    y.backward(retain_graph=True)
    return recorded - start, time.perf_counter() - recorded


def clock(work: Callable[[], Any]) -> float:
    """Seconds of a single call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def own_microseconds(rounds: int = 200) -> tuple[float, float, float]:
    """Per operation: recording, backward, and both without NumPy's time."""
    taken: list[tuple[float, float, float]] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            recorded, backward = once()
            taken.append((recorded, backward, recorded + backward - clock(by_hand_backward)))
    finally:
        gc.enable()
    recorded, backward, own = (1e6 * statistics.median(column) / OPERATIONS for column in zip(*taken, strict=True))
    return recorded, backward, own


def report() -> str:
    """The table."""
    recorded, backward, own = own_microseconds()
    with_value, without = bytes_per_node()
    rows: list[tuple[object, ...]] = [
        ("recording, µs", f"{recorded:.2f}"),
        ("backward, µs", f"{backward:.2f}"),
        ("both, NumPy's and freeing excluded, µs", f"{own:.2f}"),
        ("bytes with the value", f"{with_value:.0f}"),
        ("bytes without", f"{without:.0f}"),
    ]
    return table(("per recorded operation", ""), rows)
