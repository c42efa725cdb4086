"""Ways to add rows up where they came from: what the gradient of a lookup does, `np.add.at(zeros, indices, g)`.

Each way is timed on lookups of some rows of a table, as they occur in training; all give the same sums. `by numbers` is
what `rules/indexing.py` does: it counts out every number's place in the flattened table, since NumPy adds single
numbers at single places many times as fast as rows. `np.bincount` does the same in float64, and makes the whole table
once more for float32. Sorting costs more than it saves, and a matrix of ones and zeros is mostly zeros.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.timing import in_turns, table
from tinygrad_vn.graph import Values
from tinygrad_vn.rules import indexing
from tinygrad_vn.sparse import places

Way = Callable[[Values, Values, tuple[int, int]], Values]


def by_rows(g: Values, indices: Values, shape: tuple[int, int]) -> Values:
    """NumPy's own way."""
    out = np.zeros(shape, g.dtype)
    np.add.at(out, indices, g)
    return out


def by_numbers(g: Values, indices: Values, shape: tuple[int, int]) -> Values:
    """Number by number."""
    out = np.zeros(shape, g.dtype)
    np.add.at(out.reshape(-1), places(indices, shape), g.reshape(-1))
    return out


def counted(g: Values, indices: Values, shape: tuple[int, int]) -> Values:
    """As a histogram whose items have weights."""
    counts = np.bincount(places(indices, shape), g.reshape(-1), shape[0] * shape[1])
    return counts.reshape(shape).astype(g.dtype, copy=False)


def sorted_first(g: Values, indices: Values, shape: tuple[int, int]) -> Values:
    """Equal rows brought together, and each run of them added up."""
    out = np.zeros(shape, g.dtype)
    order = indices.argsort(kind="stable")
    rows = indices.take(order)
    begins = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    out[rows[begins]] = np.add.reduceat(g.take(order, axis=0), begins, axis=0)
    return out


def one_hot(g: Values, indices: Values, shape: tuple[int, int]) -> Values:
    """A product with the matrix that has a 1 where a row was looked up."""
    hot = np.zeros((shape[0], len(indices)), g.dtype)
    hot[indices, np.arange(len(indices))] = 1
    return hot @ g


def looped(g: Values, indices: Values, shape: tuple[int, int]) -> Values:
    """One row after the other, in Python."""
    out = np.zeros(shape, g.dtype)
    for i, row in zip(indices.tolist(), g, strict=True):
        out[i] += row
    return out


WAYS: dict[str, Way] = {
    "ours": indexing.scatter,
    "by numbers": by_numbers,
    "bincount": counted,
    "by rows": by_rows,
    "sort, reduceat": sorted_first,
    "one-hot": one_hot,
    "loop": looped,
}
CASES: list[tuple[int, tuple[int, int], str]] = [
    (batch, shape, dtype)
    for dtype in ("float64", "float32")
    for batch, shape in (
        (64, (671, 50)),
        (64, (9_066, 50)),
        (64, (9_066, 1)),
        (1_024, (671, 50)),
        (1_024, (9_066, 50)),
        (4_096, (671, 50)),
        (4_096, (9_066, 50)),
        (4_096, (9_066, 1)),
        (65_536, (27, 16)),
    )
]


def case(batch: int, shape: tuple[int, int], dtype: str) -> tuple[Values, Values, tuple[int, int]]:
    """Gradients, the rows that they belong to, and the shape of the table."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(batch, shape[1])).astype(dtype), rng.integers(0, shape[0], batch), shape


def report(rounds: int = 9) -> str:
    """The table; ways that would take too long or too much room for a case are left out."""
    rows: list[tuple[object, ...]] = []
    for batch, shape, dtype in CASES:
        g, indices, _ = case(batch, shape, dtype)
        slow = {name for name in ("one-hot", "loop") if batch * (shape[0] if name == "one-hot" else 50) > 5_000_000}
        work = {name: _bound(way, g, indices, shape) for name, way in WAYS.items() if name not in slow}
        times = in_turns(work, repeat=20 if batch < 1_000 else 2, rounds=rounds)
        cells = (f"{1e6 * times[name]:,.0f}" if name in times else "–" for name in WAYS)
        rows.append((batch, f"{shape[0]:,} × {shape[1]}", dtype, *cells))
    return table(("rows looked up", "table", "dtype", *(f"{name}, µs" for name in WAYS)), rows)


def _bound(way: Way, g: Values, indices: Values, shape: tuple[int, int]) -> Callable[[], Values]:
    return lambda: way(g, indices, shape)
