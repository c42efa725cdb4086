"""One picture of every kind, at its hardest: many lines, long names, numbers of all sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg
from tinygrad_vn import plot

rng = np.random.default_rng(0)
EPOCHS = np.arange(40)
RUNS = {
    "SGD, lr = 0.01": 5 * np.exp(-EPOCHS / 30),
    "SGD, lr = 1": 5 * 1.6**EPOCHS,
    "momentum 0.9": 5 * np.exp(-EPOCHS / 10) * (1 + np.cos(EPOCHS) / 2),
    "Adam, β₁ = 0.9, β₂ = 0.999": 4.5 * np.exp(-EPOCHS / 5) + 0.01,
}
VANISHING = {f"layer{k}.weight": 10.0 ** (k - 9) * (1 + rng.random(30)) for k in range(1, 9)}
EXPLODING = {f"layer{k}": 10.0**k * np.exp(EPOCHS / 15) for k in range(3)} | {"dead": np.zeros(40)}
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus"]
TARGETS = rng.uniform(0.5, 5, 206)
GUESSES = TARGETS + rng.normal(0, 0.5, 206)
POINTS = rng.normal(size=(80, 2))
QUADRANT = (POINTS[:, 0] * POINTS[:, 1] > 0).astype(int)
NAMES = np.array(["chó", "gà", "mèo"])  # sorted, as the columns of scores are


def drawn(figure: Any) -> Any:
    """The figure, after it was really drawn: a figure that stands for itself has a canvas that draws nothing."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure).draw()
    return figure


def rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def descend(function: Callable[[Any, Any], Any], start: list[float], lr: float, steps: int) -> Any:
    """The points that gradient descent visits, shape (steps + 1, 2)."""
    point = tg.tensor(start, requires_grad=True)
    path = [point.tolist()]
    for _ in range(steps):
        point.zero_grad()
        function(point[0], point[1]).backward()
        point.data -= lr * point.grad.numpy()
        path.append(point.tolist())
    return np.array(path)


def scores(x: Any) -> Any:
    return np.stack([x[:, 0], x[:, 1], -x.sum(axis=1)], axis=1)


def probability(x: Any) -> Any:
    return 1 / (1 + np.exp(-6 * x[:, 0] * x[:, 1]))


PICTURES: dict[str, Callable[[str], Any]] = {
    "one run": lambda lang: plot.loss_curve(RUNS["momentum 0.9"], held_out={0: 6.0, 39: 0.3}, lang=lang),
    "several runs": lambda lang: plot.loss_curves(RUNS, lang=lang),
    "two short runs": lambda lang: plot.loss_curves({"a": [3, 2.5, 2], "b": [3, 2.7, 2.6]}, lang=lang),
    "vanishing": lambda lang: plot.gradient_norms(VANISHING, lang=lang),
    "exploding": lambda lang: plot.gradient_norms(EXPLODING, lang=lang),
    "descent": lambda lang: plot.descent_path(
        rosenbrock, descend(rosenbrock, [-1.0, 1.5], 1e-3, 200), names=("w", "b"), lang=lang
    ),
    "thin valley": lambda lang: plot.descent_path(
        lambda x, y: 1000 * x * x + y * y, [[0.05, 40], [-0.04, 39], [1e-9, 27.9]], lang=lang
    ),
    "activation": lambda lang: plot.activation("leaky_relu", lang=lang),
    "activations": lambda lang: plot.activation(ACTIVATIONS, lang=lang),
    "predictions": lambda lang: plot.predictions(TARGETS, GUESSES, lang=lang),
    "probabilities": lambda lang: plot.decision_boundary(probability, POINTS, QUADRANT, lang=lang),
    "classes": lambda lang: plot.decision_boundary(scores, POINTS, NAMES[scores(POINTS).argmax(axis=1)], lang=lang),
}
