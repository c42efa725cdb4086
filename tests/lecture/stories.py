"""Computations whose stories are told in tests."""

from collections.abc import Callable

import numpy as np

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.lecture import GraphDrawing, draw


def neuron(**options: object) -> GraphDrawing:
    """(tanh(w·x + b) − y)²"""
    w, b = tg.tensor(2.0, requires_grad=True, name="w"), tg.tensor(-5.5, requires_grad=True, name="b")
    z = w * tg.tensor(3.0, name="x") + b
    z.name = "z"
    a = np.tanh(z)
    a.name = "a"
    loss = (a - tg.tensor(0.8, name="y")) ** 2
    loss.name = "L"
    return draw(loss, **options)


def square(**options: object) -> GraphDrawing:
    """x·x"""
    x = tg.tensor(3.0, requires_grad=True, name="x")
    return draw(x * x, names={"x": x}, **options)


def net(**options: object) -> GraphDrawing:
    """The net 2-3-3-1 as matrices, with four samples."""
    random = np.random.default_rng(0)
    A = tg.tensor(random.normal(size=(4, 2)).round(1), name="A⁽⁰⁾")
    for k, (n, m) in enumerate(((2, 3), (3, 3), (3, 1)), 1):
        mark = f"⁽{' ¹²³'[k]}⁾"
        W = tg.tensor(random.normal(size=(n, m)).round(1), requires_grad=True, name=f"W{mark}")
        b = tg.tensor(random.normal(size=m).round(1), requires_grad=True, name=f"b{mark}")
        Z = A @ W + b
        Z.name = f"Z{mark}"
        A = np.tanh(Z)
        A.name = f"A{mark}"
    J = ((A - tg.tensor(random.normal(size=(4, 1)).round(1), name="Y")) ** 2).mean()
    J.name = "J"
    return draw(J, **options)


def summed_up(**options: object) -> GraphDrawing:
    """Arrays too large to be written out; one of them used twice."""
    W = tg.tensor(np.linspace(-1, 1, 60).reshape(6, 10), requires_grad=True, name="W")
    x = tg.tensor(np.linspace(0, 2e-7, 60).reshape(10, 6), name="x")
    return draw(np.tanh(x @ W).sum() + (W**2).mean(), **options)


def layers(**options: object) -> GraphDrawing:
    """Layers in frames, and repeated ones folded into one box."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), *[nn.Linear(3, 3)] * 4)
    return draw(model(tg.tensor(np.ones((2, 2)), name="X")).sum(), **options)


def folded(**options: object) -> GraphDrawing:
    """A long chain, most of which is folded."""
    k = tg.tensor(0.9, requires_grad=True, name="k")
    y = k
    for _ in range(300):
        y = y * 0.999 + k
    y.name = "y"
    return draw(y, **options)


STORIES: dict[str, Callable[..., GraphDrawing]] = {
    story.__name__: story for story in (neuron, square, net, summed_up, layers, folded)
}
