"""The measured work, written by hand in NumPy: what everything else is compared with.

For every kind of work one function computes the loss and then its gradients, derived on paper, and a class per
optimizer changes the parameters in place. This is what a good NumPy programmer writes for one model and no other:
plain formulas, no work twice, operators in place where that is natural, no buffers kept from call to call.
The tests compare every loss along 20 steps with ours.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from benchmarks.workloads import Contestant, Workload

Array = np.ndarray[Any, Any]
Arrays = list[Array]
LossAndGradients = tuple[Any, Arrays]

LOW, HIGH = 0.0, 5.5  # the ends of the recommender's sigmoid
MOMENTUM, BETA1, BETA2, EPS = 0.9, 0.9, 0.999, 1e-8
PENALTY = 0.1  # the weight of the gradient penalty
BLOCKS = 100  # of ten operations each, in the scalar expressions


def sigmoid_net(params: Arrays, x: Array, y: Array) -> LossAndGradients:
    """Layers of sigmoids, mean squared error."""
    outputs = [x]
    for W, b in zip(params[::2], params[1::2], strict=True):
        outputs.append(1 / (1 + np.exp(-(outputs[-1] @ W + b))))
    error = outputs[-1] - y
    loss = (error**2).mean()
    g = 2 / error.size * error
    gradients: Arrays = []
    for i in reversed(range(len(params) // 2)):
        h = outputs[i + 1]
        g = g * h * (1 - h)
        gradients += [g.sum(axis=0), outputs[i].T @ g]
        if i:
            g = g @ params[2 * i].T
    return loss, gradients[::-1]


def relu_net(params: Arrays, x: Array, y: Array) -> LossAndGradients:
    """Layers with relu between them, softmax cross entropy."""
    inputs = [x]
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        inputs.append(np.maximum(inputs[-1] @ W + b, 0))
    logits = inputs[-1] @ params[-2] + params[-1]
    logits -= logits.max(axis=1, keepdims=True)
    g = np.exp(logits)
    total = g.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = (np.log(total[:, 0]) - logits[rows, y]).mean()
    g /= total
    g[rows, y] -= 1
    g /= len(y)
    gradients: Arrays = []
    for i in reversed(range(len(params) // 2)):
        gradients += [g.sum(axis=0), inputs[i].T @ g]
        if i:
            g = g @ params[2 * i].T
            g *= inputs[i] > 0
    return loss, gradients[::-1]


def logistic(params: Arrays, x: Array, y: Array) -> LossAndGradients:
    """Logistic regression of two classes, mean cross entropy."""
    w, b = params
    z = x @ w + b
    loss = (np.logaddexp(0, z) - y * z).mean()
    g = (1 / (1 + np.exp(-z)) - y) / len(y)
    return loss, [x.T @ g, g.sum(axis=0)]


def factorization(params: Arrays, ratings: Array, known: Array, count: float) -> LossAndGradients:
    """The whole table of ratings as U Mᵀ, mean squared error over the known ones."""
    U, M = params
    error = (U @ M.T - ratings) * known
    loss = (error**2).sum() / count
    error *= 2 / count
    return loss, [error @ M, error.T @ U]


def guesses(params: Arrays, users: Array, films: Array, ratings: Array) -> tuple[Any, Array, Array, Array]:
    """EmbeddingDotBias: the loss, its slope by the number before the sigmoid, and the factors that were looked up."""
    U, M, user_bias, film_bias = params
    u, m = U[users], M[films]
    p = 1 / (1 + np.exp(-((u * m).sum(axis=1) + user_bias[users] + film_bias[films])))
    error = LOW + (HIGH - LOW) * p - ratings
    return (error**2).mean(), 2 * (HIGH - LOW) / len(error) * error * p * (1 - p), u, m


def dot_bias(params: Arrays, users: Array, films: Array, ratings: Array) -> LossAndGradients:
    """EmbeddingDotBias with gradients as large as the tables, as they are written down."""
    loss, g, u, m = guesses(params, users, films, ratings)
    gradients = [np.zeros_like(p) for p in params]
    np.add.at(gradients[0], users, g[:, None] * m)
    np.add.at(gradients[1], films, g[:, None] * u)
    np.add.at(gradients[2], users, g)
    np.add.at(gradients[3], films, g)
    return loss, gradients


def dot_bias_rows(params: Arrays, users: Array, films: Array, ratings: Array) -> tuple[Any, list[Any]]:
    """EmbeddingDotBias with gradients of the rows that were looked up: their numbers, and a gradient for each."""
    loss, g, u, m = guesses(params, users, films, ratings)
    return loss, [(users, g[:, None] * m), (films, g[:, None] * u), (users, g), (films, g)]


def scalar_expression(params: Arrays) -> LossAndGradients:
    """Ten operations on two numbers, again and again, and their sum; for NumPy's numbers and for arrays of points."""
    a, b = params
    tape = []
    for _ in range(BLOCKS):
        c = a * b
        d = c + a
        is_positive = d > 0
        i = d * is_positive - c + 1
        k = i * i + 1
        tape.append((a, b, is_positive, i, k))
        a = i / k
        b = b + 0.1 * a
    loss = a + b
    ga = gb = 1.0
    for a, b, is_positive, i, k in reversed(tape):
        gi = (ga + 0.1 * gb) * (1 - i * i) / (k * k)
        gd = gi * is_positive
        gc = gd - gi
        ga = gd + gc * b
        gb = gb + gc * a
    return loss, [ga, gb]


def scalar_points(params: Arrays) -> LossAndGradients:
    """The same at many points at once, and the mean."""
    values, (ga, gb) = scalar_expression(params)
    return values.mean(), [ga / len(values), gb / len(values)]


def gradient_penalty(params: Arrays, x: Array, y: Array) -> LossAndGradients:
    """A net f = w·tanh(x W + b) + c whose slopes ∂f/∂x are penalized: mean (f − y)² + λ mean ‖∂f/∂x‖²."""
    W, b, w, c = params
    h = np.tanh(x @ W + b)
    bend = 1 - h**2
    slope_of_h = bend * w[:, 0]
    slope = slope_of_h @ W.T
    error = h @ w + c - y
    loss = (error**2).mean() + PENALTY * (slope**2).sum() / len(x)
    g = 2 / len(x) * error
    g_slope = 2 * PENALTY / len(x) * slope
    g_bent = g_slope @ W
    gz = bend * (g @ w.T - 2 * h * w[:, 0] * g_bent)
    gw = h.T @ g + (bend * g_bent).sum(axis=0)[:, None]
    return loss, [x.T @ gz + g_slope.T @ slope_of_h, gz.sum(axis=0), gw, g.sum(axis=0)]


GRADIENTS: dict[str, Callable[..., tuple[Any, list[Any]]]] = {
    work.__name__: work
    for work in (
        sigmoid_net,
        relu_net,
        logistic,
        factorization,
        dot_bias,
        dot_bias_rows,
        scalar_expression,
        scalar_points,
        gradient_penalty,
    )
}


class SGD:
    """p ← p − η g, with the slope λ p of the penalty in g where there is one."""

    def __init__(self, params: Arrays, lr: float, weight_decay: float = 0.0) -> None:
        self.params, self.lr, self.weight_decay = params, lr, weight_decay

    def step(self, gradients: Arrays) -> None:
        """Change the parameters."""
        for p, g in zip(self.params, gradients, strict=True):
            if self.weight_decay:
                g += self.weight_decay * p
            p -= self.lr * g


class Momentum(SGD):
    """v ← m v + g, p ← p − η v."""

    def __init__(self, params: Arrays, lr: float, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay)
        self.velocities = [np.zeros_like(p) for p in params]

    def step(self, gradients: Arrays) -> None:
        """Change the parameters."""
        for p, v, g in zip(self.params, self.velocities, gradients, strict=True):
            if self.weight_decay:
                g += self.weight_decay * p
            v *= MOMENTUM
            v += g
            p -= self.lr * v


class Adam(SGD):
    """p ← p − η m̂ / (√v̂ + ε), from the running means m of g and v of g²."""

    def __init__(self, params: Arrays, lr: float, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay)
        self.means = [(np.zeros_like(p), np.zeros_like(p)) for p in params]
        self.steps = 0

    def step(self, gradients: Arrays) -> None:
        """Change the parameters."""
        self.steps += 1
        m_scale, v_scale = 1 - BETA1**self.steps, 1 - BETA2**self.steps
        for p, (m, v), g in zip(self.params, self.means, gradients, strict=True):
            if self.weight_decay:
                g += self.weight_decay * p
            m *= BETA1
            m += (1 - BETA1) * g
            v *= BETA2
            v += (1 - BETA2) * (g * g)
            p -= self.lr / m_scale * m / (np.sqrt(v / v_scale) + EPS)


UPDATES: dict[str, type[SGD]] = {"SGD": SGD, "momentum": Momentum, "Adam": Adam}


class RowSGD(SGD):
    """Descent of the rows that were looked up, some of them more than once."""

    def step(self, gradients: list[Any]) -> None:
        """Change the rows."""
        for p, (rows, g) in zip(self.params, gradients, strict=True):
            np.add.at(p, rows, -self.lr * g)


class RowMomentum(SGD):
    """Momentum and weight decay for tables: a row makes up for all that it has missed when it gets a gradient.

    Without a gradient a step takes (p, v) to A (p, v) with a 2 × 2 matrix A; k steps take it to Aᵏ, whose eigenvalues
    are powers.
    """

    def __init__(self, params: Arrays, lr: float, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay)
        self.velocities = [np.zeros_like(p) for p in params]
        self.moved = [np.zeros(len(p), int) for p in params]
        self.steps = 0
        A = np.array([[1 - lr * weight_decay, -lr * MOMENTUM], [weight_decay, MOMENTUM]])
        self.eigenvalues, self.vectors = np.linalg.eig(A)
        self.inverse = np.linalg.inv(self.vectors)

    def step(self, gradients: list[Any]) -> None:
        """Change the rows."""
        self.steps += 1
        for p, v, moved, (rows, g) in zip(self.params, self.velocities, self.moved, gradients, strict=True):
            once, total = summed(rows, g)
            missed = self.steps - moved[once]
            powers = (self.vectors * self.eigenvalues ** missed[:, None, None]) @ self.inverse
            a, b, c, d = powers.astype(p.dtype).reshape(-1, 4).T.reshape(4, -1, *[1] * (p.ndim - 1))
            old_p, old_v = p[once], v[once]
            p[once] = a * old_p + b * old_v - self.lr * total
            v[once] = c * old_p + d * old_v + total
            moved[once] = self.steps


class RowAdam(Adam):
    """Adam of the rows that were looked up; what the others remember rests."""

    def step(self, gradients: list[Any]) -> None:
        """Change the rows."""
        self.steps += 1
        m_scale, v_scale = 1 - BETA1**self.steps, 1 - BETA2**self.steps
        rate = self.lr * v_scale**0.5 / m_scale
        for p, (m, v), (rows, g) in zip(self.params, self.means, gradients, strict=True):
            once, total = summed(rows, g)
            m[once] = new_m = BETA1 * m[once] + (1 - BETA1) * total
            v[once] = new_v = BETA2 * v[once] + (1 - BETA2) * (total * total)
            p[once] -= rate * new_m / (np.sqrt(new_v) + EPS)


def summed(rows: Array, g: Array) -> tuple[Array, Array]:
    """Every row once, with the sum of its gradients."""
    once, place = np.unique(rows, return_inverse=True)
    total = np.zeros((len(once), *g.shape[1:]), g.dtype)
    np.add.at(total, place, g)
    return once, total


ROW_UPDATES: dict[str, type[SGD]] = {"SGD": RowSGD, "momentum": RowMomentum, "Adam": RowAdam}


def contestant(work: Workload) -> Contestant:
    """The work by hand, step by step."""
    params, gradients, turns = work.start(), GRADIENTS[work.kind], cycle(work.batches())
    if work.update not in UPDATES:
        return lambda: gradients(params, *next(turns))[0]
    updates = ROW_UPDATES if work.kind == "dot_bias_rows" else UPDATES
    optimizer = updates[work.update](params, work.learning_rate, work.weight_decay)

    def step() -> Any:
        loss, found = gradients(params, *next(turns))
        optimizer.step(found)
        return loss

    return step
