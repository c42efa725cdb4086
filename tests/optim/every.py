"""Every optimizer in a few settings, and what tests do with them."""

from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_vn as tg
from tinygrad_vn.optim import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop

OPTIMIZERS: list[Callable[..., Optimizer]] = [
    lambda params, **k: SGD(params, lr=0.1, **k),
    lambda params, **k: SGD(params, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.1, **k),
    lambda params, **k: SGD(params, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1, **k),
    lambda params, **k: Adam(params, lr=0.1, **k),
    lambda params, **k: Adam(params, lr=0.1, weight_decay=0.1, amsgrad=True, **k),
    lambda params, **k: Adam(params, lr=0.1, bias_correction=False, eps_inside=True, **k),
    lambda params, **k: SGD(params, lr=0.1, momentum=0.9, momentum_form="velocity", **k),
    lambda params, **k: SGD(params, lr=0.1, momentum=0.9, momentum_form="average", **k),
    lambda params, **k: AdamW(params, lr=0.1, weight_decay=0.1, **k),
    lambda params, **k: NAdam(params, lr=0.1, weight_decay=0.1, **k),
    lambda params, **k: NAdam(params, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True, **k),
    lambda params, **k: Adagrad(params, lr=0.1, weight_decay=0.1, lr_decay=0.1, **k),
    lambda params, **k: RMSprop(params, lr=0.1, **k),
    lambda params, **k: RMSprop(params, lr=0.1, weight_decay=0.1, momentum=0.5, centered=True, eps_inside=True, **k),
    lambda params, **k: Adadelta(params, weight_decay=0.1, **k),
]
every = pytest.mark.parametrize("make", OPTIMIZERS)


def parameter(*values: float, dtype: Any = None) -> tg.Tensor:
    return tg.tensor(list(values), dtype=dtype, requires_grad=True)


def step(optimizer: Optimizer, w: tg.Tensor) -> None:
    optimizer.zero_grad()
    ((w - 3.0) ** 2).sum().backward()
    optimizer.step()
