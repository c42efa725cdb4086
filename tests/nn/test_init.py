"""First values: in place, repeatable, in the parameter's own dtype; the distributions are compared with PyTorch's."""

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn

RANDOM = ["uniform_", "normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"]
FIXED = {"zeros_": 0.0, "ones_": 1.0}


@pytest.mark.parametrize("name", RANDOM)
def test_random_values_are_set_in_place_and_repeat_themselves(name: str) -> None:
    fill: Any = getattr(nn.init, name)
    w = nn.Parameter(np.zeros((3, 4), np.float32))
    assert fill(w, rng=np.random.default_rng(1)) is w
    assert w.dtype == np.float32
    assert w.requires_grad
    assert w.is_leaf
    first = w.tolist()
    assert fill(w).tolist() != first
    assert fill(w, rng=np.random.default_rng(1)).tolist() == first
    tg.manual_seed(1)
    assert fill(w).tolist() == first


def test_fixed_values() -> None:
    for name, value in FIXED.items():
        assert getattr(nn.init, name)(nn.Parameter([0.5, 0.5])).tolist() == [value, value]
    assert nn.init.constant_(tg.zeros(2), 3.0).tolist() == [3.0, 3.0]
    assert nn.init.eye_(nn.Parameter(np.ones((2, 3)))).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    with pytest.raises(ValueError, match=r"eye_ fills a matrix, not shape \(2,\)"):
        nn.init.eye_(tg.zeros(2))


def test_bounds_follow_from_the_layout_out_in() -> None:
    w = tg.zeros(50, 2000)  # out, in
    bounds = {
        "xavier_uniform_": math.sqrt(6 / 2050),
        "kaiming_uniform_": math.sqrt(6 / 2000),
    }
    for name, bound in bounds.items():
        values = np.abs(getattr(nn.init, name)(w, rng=np.random.default_rng(0)).numpy())
        assert 0.999 * bound < values.max() < bound
    nn.init.kaiming_uniform_(w, mode="fan_out", rng=np.random.default_rng(0))
    assert 0.999 * math.sqrt(6 / 50) < np.abs(w.numpy()).max() < math.sqrt(6 / 50)


def test_a_graph_keeps_what_it_was_computed_from() -> None:
    w = nn.Parameter([[2.0]])
    x = tg.tensor([[1.0]], requires_grad=True)
    y = x @ w
    nn.init.zeros_(w)
    y.backward()
    assert x.grad.tolist() == [[2.0]]


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match=r"weight of shape \(3,\) .* two axes: \(out, in\); for a bias, use zeros_"):
        nn.init.xavier_normal_(tg.zeros(3))
    with pytest.raises(ValueError, match="no mode 'in'; write 'fan_in' or 'fan_out'"):
        nn.init.kaiming_normal_(tg.zeros(2, 2), mode="in")
    with pytest.raises(ValueError, match="no gain is known for 'gelu', but for linear, sigmoid, tanh, relu"):
        nn.init.calculate_gain("gelu")
    with pytest.raises(TypeError, match="cannot change ndarray"):
        nn.init.zeros_(np.ones(2))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cannot change Linear"):
        nn.init.zeros_(nn.Linear(1, 1))  # type: ignore[arg-type]
