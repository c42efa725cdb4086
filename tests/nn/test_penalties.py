"""L1 and L2 penalties: their sums, their gradients, and what they have to do with weight decay."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn, optim


class Line(nn.Module):
    def __init__(self) -> None:
        self.weight = nn.Parameter([[1.0, -2.0], [0.0, 3.0]])
        self.bias = nn.Parameter([-4.0, 0.5])

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        return x @ self.weight.T + self.bias


class Two(nn.Module):
    def __init__(self) -> None:
        self.first, self.second = Line(), Line()
        self.again = self.first  # counts once


def test_the_sums() -> None:
    assert nn.l1_penalty(Line(), 0.5).item() == 0.5 * (6 + 4.5)
    assert nn.l2_penalty(Line(), 0.5).item() == 0.5 * (14 + 16.25)
    assert nn.l1_penalty(Line(), 0.5, biases=False).item() == 0.5 * 6
    assert nn.l2_penalty(Two(), 2.0, biases=False).item() == 2 * (14 + 14)
    assert nn.l2_penalty(Line().parameters(), 1.0).item() == nn.l2_penalty(Line(), 1).item() == 14 + 16.25
    assert nn.l1_penalty(Line().weight, 1.0).item() == 6.0


def test_the_gradients() -> None:
    model = Line()
    nn.l1_penalty(model, 0.5).backward()
    assert model.weight.grad.tolist() == [[0.5, -0.5], [0.0, 0.5]]
    assert model.bias.grad.tolist() == [-0.5, 0.5]
    model.zero_grad()
    nn.l2_penalty(model, 0.5, biases=False).backward()
    assert model.weight.grad.tolist() == [[1.0, -2.0], [0.0, 3.0]]
    assert model.bias.grad is None


def test_twice_the_weight_is_the_weight_decay() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 8, 2))
    penalised, decayed = Line(), Line()
    ours = optim.SGD(penalised.parameters(), lr=0.05, momentum=0.9)
    same = optim.SGD(decayed.parameters(), lr=0.05, momentum=0.9, weight_decay=0.02)
    for _ in range(20):
        ours.zero_grad()
        same.zero_grad()
        (nn.functional.mse_loss(penalised(tg.tensor(x)), y) + nn.l2_penalty(penalised, 0.01)).backward()
        nn.functional.mse_loss(decayed(tg.tensor(x)), y).backward()
        ours.step()
        same.step()
    np.testing.assert_allclose(penalised.weight.detach().numpy(), decayed.weight.detach().numpy(), rtol=1e-12)


def test_single_precision_stays() -> None:
    assert nn.l2_penalty(Line().to(np.float32), 1e-3).dtype == np.float32


def test_what_is_refused() -> None:
    parameters = Line().parameters()
    list(parameters)
    for penalty in (nn.l1_penalty, nn.l2_penalty):
        with pytest.raises(ValueError, match=r"no parameters; .* write model\.parameters\(\) again"):
            penalty(parameters, 0.1)
        with pytest.raises(ValueError, match=r"weight of at least 0, not -0\.1"):
            penalty(Line(), -0.1)
        with pytest.raises(TypeError, match=r"which of these parameters are biases: give it the model"):
            penalty(Line().parameters(), 0.1, biases=False)
        with pytest.raises(TypeError, match=r"takes a module or Tensors; number 0 is a list"):
            penalty([[1.0, 2.0]], 0.1)
