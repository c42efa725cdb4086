"""The measured work in PyTorch, eager and compiled, as its users write it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.by_hand import HIGH, LOW, MOMENTUM, PENALTY
from benchmarks.workloads import NO_UPDATE, Contestant, Workload, expression

Loss = Callable[..., Any]


class DotBias(nn.Module):
    """EmbeddingDotBias with a sigmoid."""

    def __init__(self, users: int, films: int, factors: int, sparse: bool) -> None:
        super().__init__()
        self.u = nn.Embedding(users, factors, sparse=sparse)
        self.m = nn.Embedding(films, factors, sparse=sparse)
        self.user_bias = nn.Embedding(users, 1, sparse=sparse)
        self.film_bias = nn.Embedding(films, 1, sparse=sparse)

    def forward(self, users: Any, films: Any) -> Any:
        """Ratings."""
        z = (self.u(users) * self.m(films)).sum(1) + self.user_bias(users).squeeze(1) + self.film_bias(films).squeeze(1)
        return torch.sigmoid(z) * (HIGH - LOW) + LOW


def perceptron(work: Workload, activation: type[nn.Module], at_the_end: bool = False) -> nn.Sequential:
    """Layers of a net, with an activation between them, from the workload's start."""
    layers: list[nn.Module] = []
    for n, m in zip(work.sizes, work.sizes[1:], strict=False):
        layers += [nn.Linear(n, m, dtype=getattr(torch, work.dtype)), activation()]
    model = nn.Sequential(*(layers if at_the_end else layers[:-1]))
    for p, value in zip(model.parameters(), work.start(), strict=True):
        p.data = torch.tensor(value.T.copy())  # a bias is its own transpose
    return model


def net(work: Workload) -> tuple[list[Any], Loss]:
    """The nets, and logistic regression."""
    if work.kind == "sigmoid_net":
        model, loss = perceptron(work, nn.Sigmoid, at_the_end=True), F.mse_loss
    elif work.kind == "relu_net":
        model, loss = perceptron(work, nn.ReLU), F.cross_entropy
    else:
        model, loss = perceptron(work, nn.Identity), F.binary_cross_entropy_with_logits
    return list(model.parameters()), lambda x, y: loss(model(x), y)


def factorization(work: Workload) -> tuple[list[Any], Loss]:
    """U Mᵀ."""
    U, M = (torch.tensor(p, requires_grad=True) for p in work.start())
    return [U, M], lambda ratings, known, count: ((U @ M.T - ratings) * known).square().sum() / count


def dot_bias(work: Workload) -> tuple[list[Any], Loss]:
    """The recommender, with gradients of whole tables or of rows."""
    sparse = work.kind == "dot_bias_rows"
    if sparse and work.weight_decay:
        raise NotImplementedError("no weight decay for rows")
    model = DotBias(*work.sizes, sparse)
    for p, value in zip(model.parameters(), work.start(), strict=True):
        p.data = torch.tensor(value).reshape(p.shape)
    return list(model.parameters()), lambda users, films, ratings: F.mse_loss(model(users, films), ratings)


def scalars(work: Workload) -> tuple[list[Any], Loss]:
    """The expression, on two numbers or two columns of them."""
    a, b = (torch.tensor(p, requires_grad=True) for p in work.start())
    if work.kind == "scalar_points":
        return [a, b], lambda: expression(a, b, torch.relu).mean()
    return [a, b], lambda: expression(a, b, torch.relu)


def gradient_penalty(work: Workload) -> tuple[list[Any], Loss]:
    """The loss that contains a gradient."""
    model = perceptron(work, nn.Tanh)

    def loss(x: Any, y: Any) -> Any:
        points = x.detach().requires_grad_()
        f = model(points)
        (slope,) = torch.autograd.grad(f.sum(), [points], create_graph=True)
        return F.mse_loss(f, y) + PENALTY * slope.square().sum() / len(x)

    return list(model.parameters()), loss


MODELS: dict[str, Callable[[Workload], tuple[list[Any], Loss]]] = {
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


def optimizer_of(work: Workload, params: list[Any]) -> Any:
    """PyTorch's, with its defaults."""
    if work.kind == "dot_bias_rows" and work.update == "Adam":
        return torch.optim.SparseAdam(params, lr=work.learning_rate)
    settings = {"lr": work.learning_rate, "weight_decay": work.weight_decay}
    if work.update == "Adam":
        return torch.optim.Adam(params, **settings)
    return torch.optim.SGD(params, momentum=MOMENTUM if work.update == "momentum" else 0, **settings)


def _training(work: Workload, params: list[Any], loss_of: Loss, compiled: bool) -> Contestant:
    turns = cycle([tuple(torch.tensor(a) if isinstance(a, np.ndarray) else a for a in b) for b in work.batches()])
    if work.update == NO_UPDATE:

        def differentiate() -> Any:
            for p in params:
                p.grad = None
            loss = loss_of(*next(turns))
            loss.backward()
            return loss.detach()

        return differentiate
    optimizer = optimizer_of(work, params)
    update = torch.compile(optimizer.step) if compiled else optimizer.step

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_of(*next(turns))
        loss.backward()
        update()
        return loss.detach()

    return step


def eager(work: Workload) -> Contestant:
    """As it is written, with PyTorch's own number of threads."""
    return _training(work, *MODELS[work.kind](work), compiled=False)


def compiled(work: Workload) -> Contestant:
    """The loss and the optimizer's step behind `torch.compile`."""
    if work.kind == "gradient_penalty":
        raise NotImplementedError("no second derivatives")
    torch._dynamo.reset()
    params, loss_of = MODELS[work.kind](work)
    return _training(work, params, torch.compile(loss_of), compiled=True)
