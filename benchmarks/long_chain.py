"""A chain of 1,000 to 1,000,000 operations: seconds and bytes, which must grow in proportion."""

from __future__ import annotations

import time
import tracemalloc

import tinygrad_vn as tg
from benchmarks.timing import table

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)


def chain(x: tg.Tensor, length: int) -> tg.Tensor:
    """`length` multiplications in a row."""
    y = x
    for _ in range(length):
        y = y * 1.000001
    return y


def bytes_per_node(length: int = 10_000) -> tuple[float, float]:
    """What a recorded operation on a single number takes, with its value and without."""
    x = tg.tensor(1.0, requires_grad=True)
    chain(x, 100)
    tracemalloc.start()
    y = chain(x, length)
    used = tracemalloc.get_traced_memory()[0] / length
    tracemalloc.stop()
    value = y.data.__sizeof__()  # a 0-d array: its header and eight bytes of data
    return used, used - value


def report() -> str:
    """The table."""
    rows: list[tuple[object, ...]] = []
    for length in LENGTHS:
        x = tg.tensor(1.0, requires_grad=True)
        start = time.perf_counter()
        y = chain(x, length)
        recorded = time.perf_counter()
        y.backward()
        differentiated = time.perf_counter()
        del y
        freed = time.perf_counter()
        took = recorded - start, differentiated - recorded, freed - differentiated
        per_node = 1e6 * (freed - start) / length
        rows.append((f"{length:,}", *(f"{t:.4f}" for t in took), f"{per_node:.2f}"))
    with_value, without = bytes_per_node()
    memory = f"\n\nBytes per operation: {with_value:.0f} with its value (a 0-d array), {without:.0f} without."
    return table(("operations", "record, s", "backward, s", "free, s", "µs each"), rows) + memory
