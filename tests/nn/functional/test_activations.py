"""The activation functions as plain functions: closed forms, any kind of input, no input too large."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.nn import functional as F

X = np.array([-3.0, -0.5, 0.0, 0.5, 3.0])
CLOSED_FORMS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "gelu": lambda x: x * np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x]),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(),
    "log_softmax": lambda x: x - np.log(np.exp(x).sum()),
    "logsumexp": lambda x: np.log(np.exp(x).sum()),
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_values_equal_the_closed_form(name: str) -> None:
    for given in (X, tg.tensor(X), X.tolist()):
        result = getattr(F, name)(given)
        assert isinstance(result, tg.Tensor)
        np.testing.assert_allclose(result.numpy(), CLOSED_FORMS[name](X), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_large_inputs_give_finite_values_and_gradients(name: str) -> None:
    x = tg.tensor([-1000.0, -30.0, 30.0, 1000.0], requires_grad=True)
    result = getattr(F, name)(x)
    result.sum().backward()
    assert np.isfinite(result.data).all()
    assert np.isfinite(x.grad.data).all()


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_single_precision_stays_and_whole_numbers_become_real(name: str) -> None:
    function = getattr(F, name)
    assert function(tg.tensor(X, dtype=tg.float32)).dtype == np.float32
    assert function([1, 2, 3]).dtype == np.float64
    np.testing.assert_array_equal(function([1, 2]).numpy(), function([1.0, 2.0]).numpy())


def test_settings() -> None:
    assert F.leaky_relu([-2.0], 0.5).tolist() == [-1.0]
    assert F.elu([-50.0], alpha=2.0).tolist() == pytest.approx([-2.0])


def test_the_derivative_of_relu_at_zero_is_zero() -> None:
    x = tg.tensor(0.0, requires_grad=True)
    F.relu(x).backward()
    assert x.grad.item() == 0.0


def test_an_axis_in_either_spelling() -> None:
    table = np.arange(6.0).reshape(2, 3)
    for function in (F.softmax, F.log_softmax, F.logsumexp):
        np.testing.assert_array_equal(function(table, axis=0).numpy(), function(table, dim=0).numpy())
    np.testing.assert_allclose(F.softmax(table, dim=0).numpy().sum(0), np.ones(3))
    assert F.logsumexp(table, axis=1, keepdims=True).shape == (2, 1)


@pytest.mark.parametrize("function", [F.softmax, F.log_softmax])
@pytest.mark.parametrize("axis", [None, (0, 1), 1.0])
def test_a_softmax_is_along_one_axis(function: Any, axis: Any) -> None:
    with pytest.raises(TypeError, match=r"softmax: dim must be the number of an axis, not .*; the last one is -1"):
        function(np.ones((2, 3)), axis=axis)


def test_whole_numbers_become_real_ones_of_the_default_kind() -> None:
    tg.set_default_dtype(tg.float32)
    try:
        assert (
            F.relu([1, -2]).dtype == F.softmax(tg.tensor([1, 2]), 0).dtype == F.mse_loss([1], [2]).dtype == np.float32
        )
    finally:
        tg.set_default_dtype(tg.float64)
    assert F.relu([1, -2]).dtype == np.float64


@pytest.mark.parametrize("function", [F.relu, F.leaky_relu, F.elu, F.silu, F.dropout])
def test_working_in_place_is_understood_and_never_done(function: Any) -> None:
    x = tg.tensor([-1.0, 2.0])
    function(x, inplace=True)
    assert x.tolist() == [-1.0, 2.0]
