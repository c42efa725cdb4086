"""What it costs that in-place changes are never silently wrong, on a step of the net 2-3-3-1 with batch 4.

The same step is timed with the mechanism and with it taken out: buffers are handed out without asking who holds them,
and the lines that detach parameters from the picture which a graph keeps are struck from the source.
"""

from __future__ import annotations

import inspect
import itertools
import statistics
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

import tinygrad_vn as tg
from benchmarks.timing import seconds, table
from tinygrad_vn import graph, passes
from tinygrad_vn.recording import Recorded

STRUCK_OUT = """\
        args = node.args
        for i, source in enumerate(node.inputs):
            if source is not None and source.requires_grad:
                if type(source) is Leaf:
                    args[i] = args[i].copy()
                    room -= args[i].nbytes
                elif args[i].base is not None:
                    args[i] = source.out = args[i].copy()
"""


def make_step() -> Callable[[], None]:
    """One step of plain descent, written as a user writes it."""
    rng = np.random.default_rng(0)
    sizes = (2, 3, 3, 1)
    x, y = tg.tensor(rng.standard_normal((4, 2))), tg.tensor(rng.standard_normal((4, 1)))
    weights = [tg.tensor(rng.standard_normal((n, m)), requires_grad=True) for n, m in itertools.pairwise(sizes)]
    biases = [tg.tensor(np.zeros(m), requires_grad=True) for m in sizes[1:]]

    def step() -> None:
        a: Any = x
        for w, b in zip(weights, biases, strict=True):
            a = (a @ w + b).sigmoid()
        loss = ((a - y) ** 2).mean()
        loss.backward()
        for p in (*weights, *biases):
            p.data -= 0.1 * p.grad
            p.grad = None

    return step


def careless_release() -> Callable[..., None]:
    """`release` as it would be if nobody minded that parameters are overwritten."""
    source = inspect.getsource(graph.release)
    if source.count(STRUCK_OUT) != 1:
        raise RuntimeError(
            "graph.release has changed: say anew in benchmarks/in_place.py which lines are the mechanism"
        )
    names = dict(vars(graph))
    exec("from __future__ import annotations\n" + source.replace(STRUCK_OUT, ""), names)
    return names["release"]


def report(rounds: int = 40, repeat: int = 200) -> str:
    """The table."""
    step, release, ratios = make_step(), careless_release(), []
    with_it, without = [], []
    for _ in range(rounds):
        with_it.append(seconds(step, repeat))
        with (
            mock.patch.object(Recorded, "_own", lambda t: t._data),
            mock.patch.object(passes, "release", release),
        ):
            without.append(seconds(step, repeat))
        ratios.append(with_it[-1] / without[-1])
    rows: list[tuple[object, ...]] = [
        ("with it", f"{1e6 * statistics.median(with_it):.1f}", f"{statistics.median(ratios):.3f}"),
        ("without", f"{1e6 * statistics.median(without):.1f}", "1"),
    ]
    return table(("safety of in-place changes", "µs per step", "ratio of pairs"), rows)
