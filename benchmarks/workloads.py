"""What is measured: the work, its data and where it starts; who does it stands in `by_hand`, `workloads_ours`, `peers`.

Every piece of work is measured as forward + backward and as full training steps with several optimizers. The data are
drawn from a fixed seed, so that all contestants see the same numbers in the same order. A `Workload` is only a
description: `start()` gives fresh parameters, `batches()` what a step is called with, in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.by_hand import BLOCKS, Arrays

Batch = tuple[Any, ...]
Contestant = Callable[[], Any]
"""Does a step on the next batch and returns the loss."""

USERS, FILMS, FACTORS = 671, 9_066, 50  # MovieLens ml-latest-small of October 2016
NO_UPDATE = "forward + backward"
LEARNING_RATES = {"SGD": 0.05, "momentum": 0.01, "Adam": 0.001}


@dataclass(frozen=True)
class Workload:
    """A piece of work.

    Attributes:
        title: what the tables call it.
        kind: the function of `by_hand` that does it.
        sizes: of its layers or tables.
        batch: how many examples a step sees.
        dtype: of the parameters and the data.
        update: the optimizer, or `NO_UPDATE`.
        weight_decay: λ of the optimizer.
        scale: what the learning rate is multiplied by.
    """

    title: str
    kind: str
    sizes: tuple[int, ...]
    batch: int
    dtype: str = "float64"
    update: str = NO_UPDATE
    weight_decay: float = 0.0
    scale: float = 1.0

    @property
    def name(self) -> str:
        """The title and the update, unique."""
        return f"{self.title} · {self.update}"

    @property
    def learning_rate(self) -> float:
        """Large enough that the loss falls, small enough that rounding errors do not grow."""
        return self.scale * LEARNING_RATES[self.update]

    @property
    def tolerance(self) -> float:
        """How far losses may be apart, relatively, after some steps."""
        return 1e-6 if self.dtype == "float32" else 1e-12

    def start(self) -> Arrays:
        """Fresh parameters; of a net the weights, shape (in, out), and biases in turn."""
        return [p.astype(self.dtype) for p in _STARTS[self.kind](self, np.random.default_rng(1))]

    def batches(self) -> list[Batch]:
        """What the steps are called with, in turn; arrays of numbers have the workload's dtype."""
        found = _BATCHES[self.kind](self, np.random.default_rng(2))
        return [tuple(self._cast(part) for part in batch) for batch in found]

    def _cast(self, part: Any) -> Any:
        return part.astype(self.dtype) if isinstance(part, np.ndarray) and part.dtype.kind == "f" else part


def _net_start(work: Workload, rng: np.random.Generator) -> Arrays:
    pairs = zip(work.sizes, work.sizes[1:], strict=False)
    return [p for n, m in pairs for p in (rng.normal(0, (2 / n) ** 0.5, (n, m)), rng.normal(0, 0.1, m))]


def _factors_start(work: Workload, rng: np.random.Generator) -> Arrays:
    users, films, factors = work.sizes
    return [rng.normal(0, 0.5, (users, factors)), rng.normal(0, 0.5, (films, factors))]


def _tables_start(work: Workload, rng: np.random.Generator) -> Arrays:
    users, films, factors = work.sizes
    shapes = (users, factors), (films, factors), (users,), (films,)
    return [rng.uniform(-0.01, 0.01, shape) for shape in shapes]


def _numbers_start(work: Workload, rng: np.random.Generator) -> Arrays:
    if work.kind == "scalar_expression":
        return [np.array(-4.0), np.array(2.0)]
    return [rng.normal(0, 2, work.batch), rng.normal(0, 2, work.batch)]


def _regression_batches(work: Workload, rng: np.random.Generator) -> list[Batch]:
    shapes = (work.batch, work.sizes[0]), (work.batch, work.sizes[-1])
    return [(rng.normal(size=shapes[0]), rng.uniform(size=shapes[1])) for _ in range(8)]


def _class_batches(work: Workload, rng: np.random.Generator) -> list[Batch]:
    shape, classes = (work.batch, work.sizes[0]), work.sizes[-1]
    return [(rng.normal(size=shape), rng.integers(0, classes, work.batch)) for _ in range(8)]


def _two_classes(work: Workload, rng: np.random.Generator) -> list[Batch]:
    x = rng.normal(size=(work.batch, work.sizes[0]))
    return [(x, (x @ rng.normal(size=(work.sizes[0], 1)) > 0).astype(float))]


def _table_of_ratings(work: Workload, rng: np.random.Generator) -> list[Batch]:
    known = (rng.random(work.sizes[:2]) < 0.3).astype(float)
    return [(rng.integers(1, 6, known.shape) * known, known, float(known.sum()))]


def _pairs(work: Workload, rng: np.random.Generator) -> list[Batch]:
    """Users at random; films as unevenly as people watch them: the one of rank r in proportion to 1 / (r + 10)."""
    users, films, _ = work.sizes
    weights = 1 / (np.arange(films) + 10.0)
    drawn = rng.permutation(films)[rng.choice(films, (64, work.batch), p=weights / weights.sum())]
    ratings = rng.integers(1, 11, (64, work.batch)) / 2
    return list(zip(rng.integers(0, users, (64, work.batch)), drawn, ratings, strict=True))


def _nothing(work: Workload, rng: np.random.Generator) -> list[Batch]:
    return [()]


_STARTS: dict[str, Callable[[Workload, np.random.Generator], Arrays]] = {
    "sigmoid_net": _net_start,
    "relu_net": _net_start,
    "logistic": _net_start,
    "factorization": _factors_start,
    "dot_bias": _tables_start,
    "dot_bias_rows": _tables_start,
    "scalar_expression": _numbers_start,
    "scalar_points": _numbers_start,
    "gradient_penalty": _net_start,
}
_BATCHES: dict[str, Callable[[Workload, np.random.Generator], list[Batch]]] = {
    "sigmoid_net": _regression_batches,
    "relu_net": _class_batches,
    "logistic": _two_classes,
    "factorization": _table_of_ratings,
    "dot_bias": _pairs,
    "dot_bias_rows": _pairs,
    "scalar_expression": _nothing,
    "scalar_points": _nothing,
    "gradient_penalty": _regression_batches,
}


def expression(a: Any, b: Any, relu: Callable[[Any], Any]) -> Any:
    """Ten operations on two numbers, again and again, and the sum; for every library's kind of number."""
    for _ in range(BLOCKS):
        c = a * b
        i = relu(c + a) - c + 1.0
        a = i / (i**2 + 1.0)
        b = b + a * 0.1
    return a + b


def _every_update(*fixed: Any, updates: tuple[str, ...] = (NO_UPDATE, "SGD", "momentum", "Adam"), **more: Any) -> Any:
    return [Workload(*fixed, update=update, **more) for update in updates]


def recommender(batch: int, rows: bool = False, times: int = 1) -> list[Workload]:
    """Steps of EmbeddingDotBias.

    Args:
        batch: how many ratings a step sees.
        rows: whether gradients have the rows that were looked up, or are as large as the tables.
        times: how many times as large the tables are.
    """
    sizes = USERS * times, FILMS * times, FACTORS
    title = f"EmbeddingDotBias {sizes[0]:,} × {sizes[1]:,}{', rows' if rows else ''}, batch {batch:,}"
    decays = ({"SGD": 0.0} if rows else {NO_UPDATE: 0.0}) | {"momentum": 1e-5, "Adam": 0.0}
    kind = "dot_bias_rows" if rows else "dot_bias"
    return [Workload(title, kind, sizes, batch, "float32", update, decay, 10.0) for update, decay in decays.items()]


WORKLOADS: list[Workload] = [
    *_every_update("net 2-3-3-1, batch 4", "sigmoid_net", (2, 3, 3, 1), 4),
    *_every_update("net 64-100-10, batch 64", "relu_net", (64, 100, 10), 64, "float32"),
    *_every_update("net 784-128-10, batch 64", "relu_net", (784, 128, 10), 64, "float32"),
    *_every_update("net 784-512-512-10, batch 128", "relu_net", (784, 512, 512, 10), 128, "float32"),
    *_every_update("logistic regression 569 × 30", "logistic", (30, 1), 569),
    *_every_update("factorization 501 × 100 × 10", "factorization", (501, 100, 10), 501, scale=20),
    *(work for rows in (False, True) for batch in (64, 1_024) for work in recommender(batch, rows)),
    Workload("scalar expression, 1,000 operations", "scalar_expression", (), 1),
    Workload("the same at 1,000 points", "scalar_points", (), 1_000),
    *_every_update(
        "gradient penalty 64-100-1, batch 64", "gradient_penalty", (64, 100, 1), 64, updates=(NO_UPDATE, "Adam")
    ),
]
