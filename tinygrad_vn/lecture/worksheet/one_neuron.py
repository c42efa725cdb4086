"""One neuron with two inputs: z = w₁x₁ + w₂x₂ + b, a = φ(z), L = (a − y)², and the three gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from tinygrad_vn.creation import tensor
from tinygrad_vn.lecture.worksheet.exercise import Exercise, Question, drawn, gradient_of
from tinygrad_vn.nn import functional as F

# name -> the function on Tensors; its formula; its derivative as a formula, and by hand, from z and a = φ(z)
ACTIVATIONS: Final[dict[str, tuple[Callable[..., Any], str, str, Callable[[float, float], float]]]] = {
    "σ": (F.sigmoid, "σ(z) = 1/(1 + e^(−z))", "a(1 − a)", lambda z, a: a * (1 - a)),
    "tanh": (F.tanh, "tanh z = (e^z − e^(−z))/(e^z + e^(−z))", "(1 − a^2)", lambda z, a: 1 - a * a),
    "ReLU": (F.relu, "ReLU(z) = max(0, z)", "1", lambda z, a: 1.0),
}
BY_HAND: Final[dict[str, Callable[[float], float]]] = {
    "σ": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "ReLU": lambda z: max(0.0, z),
}


def one_neuron(rng: np.random.Generator) -> Exercise:
    """A neuron whose sum lies between −2 and 2, away from 0, and is positive where it meets ReLU."""
    name = str(rng.choice(list(ACTIVATIONS)))
    while True:
        x, w = drawn(rng, [-2, -1, 1, 2, 3], 2), drawn(rng, [-0.5, -0.4, -0.2, 0.1, 0.2, 0.3, 0.5], 2)
        b, y = drawn(rng, [-0.5, -0.3, -0.1, 0.1, 0.2, 0.4]).item(), float(rng.integers(0, 2))
        z = float(x @ w + b)
        if 0.05 < abs(z) < 2 and (name != "ReLU" or (z > 0 and abs(z - y) > 0.05)):
            break
    function, formula, slope, slope_by_hand = ACTIVATIONS[name]
    w1, w2, bias = (tensor(value, requires_grad=True) for value in (*w, b))
    total = w1 * x[0] + w2 * x[1] + bias
    a = function(total)
    loss = (a - y) ** 2
    loss.backward()
    out = BY_HAND[name](z)
    delta = 2 * (out - y) * slope_by_hand(z, out)
    return Exercise(
        "neuron",
        (
            f"z = w_1x_1 + w_2x_2 + b,   a = {name}(z),   L = (a − y)^2,   {formula}",
            ("x_1", x[0]),
            ("x_2", x[1]),
            ("w_1", w[0]),
            ("w_2", w[1]),
            ("b", np.asarray(b)),
            ("y", np.asarray(y)),
        ),
        (
            Question("z", "w_1x_1 + w_2x_2 + b", total, z),
            Question("a", f"{name}(z)", a, out),
            Question("L", "(a − y)^2", loss, (out - y) ** 2),
            Question("∂L/∂w_1", f"2(a − y) · {slope} · x_1", gradient_of(w1), delta * x[0]),
            Question("∂L/∂w_2", f"2(a − y) · {slope} · x_2", gradient_of(w2), delta * x[1]),
            Question("∂L/∂b", f"2(a − y) · {slope}", gradient_of(bias), delta),
        ),
    )
