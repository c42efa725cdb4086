"""Microseconds per recorded operation, forward and backward, beside PyTorch and HIPS autograd.

The work is a chain of 300 operations, `x = tanh(x * w + b)` a hundred times, on arrays of 12 numbers in float64:
small enough that what is measured is the bookkeeping. By hand in NumPy the same chain costs the arithmetic alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg
from benchmarks.timing import in_turns, table

STEPS = 100
OPERATIONS = 3 * STEPS + 1
START, WEIGHT, BIAS = np.linspace(-1, 1, 12).reshape(4, 3), np.full((4, 3), 0.9), np.full((4, 3), 0.1)


def chain(x: Any, w: Any, b: Any, tanh: Callable[[Any], Any]) -> Any:
    """The 300 operations and a sum."""
    for _ in range(STEPS):
        x = tanh(x * w + b)
    return x.sum()


def by_hand_backward() -> tuple[Any, Any]:
    """Forward and backward as one would write them for this chain alone."""
    xs = [START]
    for _ in range(STEPS):
        xs.append(np.tanh(xs[-1] * WEIGHT + BIAS))
    g, of_weight, of_bias = np.ones((4, 3)), np.zeros((4, 3)), np.zeros((4, 3))
    for x, out in zip(xs[-2::-1], xs[:0:-1], strict=True):
        g = g * (1 - out * out)
        of_weight += g * x
        of_bias += g
        g = g * WEIGHT
    return of_weight, of_bias


def tinygrad_vn() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Our forward, and forward with backward."""
    w, b = tg.tensor(WEIGHT, requires_grad=True), tg.tensor(BIAS, requires_grad=True)
    x = tg.tensor(START, requires_grad=True)

    def step() -> None:
        w.grad = b.grad = x.grad = None
        chain(x, w, b, tg.Tensor.tanh).backward()

    return lambda: chain(x, w, b, tg.Tensor.tanh), step


def pytorch() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """PyTorch's."""
    import torch

    w, b, x = (torch.tensor(a, requires_grad=True) for a in (WEIGHT, BIAS, START))

    def step() -> None:
        w.grad = b.grad = x.grad = None
        chain(x, w, b, torch.tanh).backward()

    return lambda: chain(x, w, b, torch.tanh), step


def hips() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """HIPS autograd's; its forward is recorded only as a part of a gradient."""
    import autograd
    import autograd.numpy as anp
    from autograd.core import make_vjp

    def loss(arguments: Any) -> Any:
        return anp.sum(chain(*arguments, anp.tanh))

    gradient = autograd.grad(loss)
    arguments = (START, WEIGHT, BIAS)
    return lambda: make_vjp(loss, arguments), lambda: gradient(arguments)


def report() -> str:
    """The table."""
    forward: dict[str, Callable[[], Any]] = {"NumPy by hand": lambda: chain(START, WEIGHT, BIAS, np.tanh)}
    both: dict[str, Callable[[], Any]] = {"NumPy by hand": by_hand_backward}
    missing = []
    for name, make in {"tinygrad_vn": tinygrad_vn, "PyTorch": pytorch, "HIPS autograd": hips}.items():
        try:
            forward[name], both[name] = make()
        except ImportError:
            missing.append((name, "not installed", "", "", ""))
    forward_times, both_times = in_turns(forward, 5), in_turns(both, 5)
    hand = both_times["NumPy by hand"]
    rows: list[tuple[object, ...]] = []
    for name, whole in both_times.items():
        first = forward_times[name]
        cells = (1e6 * t / OPERATIONS for t in (first, whole - first, whole))
        rows.append((name, *(f"{cell:.2f}" for cell in cells), f"{whole / hand:.2f}"))
    head = ("per operation", "forward, µs", "backward, µs", "both, µs", "both / by hand")
    return table(head, [*rows, *missing])
