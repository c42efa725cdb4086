"""The measured work as people write it with this library: modules, losses, `backward()`, an optimizer; and with jit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np

import tinygrad_vn as tg
from benchmarks.by_hand import HIGH, LOW, MOMENTUM, PENALTY
from benchmarks.workloads import NO_UPDATE, Contestant, Workload, expression
from tinygrad_vn import nn, optim
from tinygrad_vn.nn import functional as F

Loss = Callable[..., tg.Tensor]


class DotBias(nn.Module):
    """EmbeddingDotBias with a sigmoid."""

    def __init__(self, users: int, films: int, factors: int, dtype: str, sparse: bool) -> None:
        super().__init__()
        self.u = nn.Embedding(users, factors, dtype=dtype, sparse=sparse)
        self.m = nn.Embedding(films, factors, dtype=dtype, sparse=sparse)
        self.user_bias = nn.Embedding(users, 1, dtype=dtype, sparse=sparse)
        self.film_bias = nn.Embedding(films, 1, dtype=dtype, sparse=sparse)

    def forward(self, users: tg.Tensor, films: tg.Tensor) -> tg.Tensor:
        """Ratings."""
        z = (self.u(users) * self.m(films)).sum(1) + self.user_bias(users).squeeze(1) + self.film_bias(films).squeeze(1)
        return F.sigmoid(z) * (HIGH - LOW) + LOW


def perceptron(work: Workload, activation: type[nn.Module], at_the_end: bool = False) -> nn.Sequential:
    """Layers of a net, with an activation between them."""
    layers: list[nn.Module] = []
    for n, m in zip(work.sizes, work.sizes[1:], strict=False):
        layers += [nn.Linear(n, m, dtype=work.dtype), activation()]
    return nn.Sequential(*(layers if at_the_end else layers[:-1]))


def net(work: Workload) -> tuple[list[tg.Tensor], Loss]:
    """The three kinds of nets, and logistic regression."""
    values = work.start()
    if work.kind == "sigmoid_net":
        model, loss = perceptron(work, nn.Sigmoid, at_the_end=True), F.mse_loss
    elif work.kind == "relu_net":
        model, loss = perceptron(work, nn.ReLU), F.cross_entropy
    else:
        model, loss = perceptron(work, nn.Identity), F.binary_cross_entropy_with_logits
    for layer, W, b in zip((m for m in model if isinstance(m, nn.Linear)), values[::2], values[1::2], strict=True):
        layer.weight.data, layer.bias.data = W.T.copy(), b
    return list(model.parameters()), lambda x, y: loss(model(x), y)


def factorization(work: Workload) -> tuple[list[tg.Tensor], Loss]:
    """U Mᵀ."""
    U, M = (tg.tensor(p, requires_grad=True) for p in work.start())
    return [U, M], lambda ratings, known, count: ((U @ M.T - ratings) * known).square().sum() / count


def dot_bias(work: Workload) -> tuple[list[tg.Tensor], Loss]:
    """The recommender."""
    model = DotBias(*work.sizes, work.dtype, sparse=work.kind == "dot_bias_rows")
    for p, value in zip(model.parameters(), work.start(), strict=True):
        p.data = value.reshape(p.shape)
    return list(model.parameters()), lambda users, films, ratings: F.mse_loss(model(users, films), ratings)


def scalars(work: Workload) -> tuple[list[tg.Tensor], Loss]:
    """The expression, on two numbers or two columns of them."""
    a, b = (tg.tensor(p, requires_grad=True) for p in work.start())
    if work.kind == "scalar_points":
        return [a, b], lambda: expression(a, b, tg.Tensor.relu).mean()
    return [a, b], lambda: expression(a, b, tg.Tensor.relu)


def gradient_penalty(work: Workload) -> tuple[list[tg.Tensor], Loss]:
    """The loss that contains a gradient."""
    model = perceptron(work, nn.Tanh)
    W, b, w, c = work.start()
    for p, value in zip(model.parameters(), (W.T, b, w.T, c), strict=True):
        p.data = value.copy()

    def loss(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        points = x.detach().requires_grad_()
        f = model(points)
        (slope,) = tg.grad(f.sum(), [points], create_graph=True)
        return F.mse_loss(f, y) + PENALTY * slope.square().sum() / len(x)

    return list(model.parameters()), loss


MODELS: dict[str, Callable[[Workload], tuple[list[tg.Tensor], Loss]]] = {
    "sigmoid_net": net,
    "relu_net": net,
    "logistic": net,
    "factorization": factorization,
    "dot_bias": dot_bias,
    "dot_bias_rows": dot_bias,
    "scalar_expression": scalars,
    "scalar_points": scalars,
    "gradient_penalty": gradient_penalty,
}
OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    "SGD": optim.SGD,
    "momentum": lambda params, **settings: optim.SGD(params, momentum=MOMENTUM, **settings),
    "Adam": optim.Adam,
}


def step_of(work: Workload) -> Callable[..., tg.Tensor]:
    """A training step, called with a batch."""
    params, loss_of = MODELS[work.kind](work)
    if work.update == NO_UPDATE:

        def differentiate(*batch: Any) -> tg.Tensor:
            for p in params:
                p.grad = None
            loss = loss_of(*batch)
            loss.backward()
            return loss

        return differentiate
    if work.kind == "dot_bias_rows" and work.update == "Adam":
        optimizer: optim.Optimizer = optim.SparseAdam(params, lr=work.learning_rate)
    else:
        optimizer = OPTIMIZERS[work.update](params, lr=work.learning_rate, weight_decay=work.weight_decay)

    def step(*batch: Any) -> tg.Tensor:
        optimizer.zero_grad()
        loss = loss_of(*batch)
        loss.backward()
        optimizer.step()
        return loss

    return step


def _in_turn(step: Callable[..., Any], work: Workload) -> Contestant:
    batches = [tuple(tg.tensor(a) if isinstance(a, np.ndarray) else a for a in batch) for batch in work.batches()]
    turns = cycle(batches)
    return lambda: step(*next(turns))


def eager(work: Workload) -> Contestant:
    """As it is written."""
    return _in_turn(step_of(work), work)


def jit(work: Workload) -> Contestant:
    """The same step behind `tg.jit`."""
    if not hasattr(tg, "jit"):
        raise NotImplementedError("not there yet")
    return _in_turn(tg.jit(step_of(work)), work)
