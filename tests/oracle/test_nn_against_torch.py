"""Layers compute PyTorch's numbers: values, gradients and buffers agree to 1e-12, weights move in both directions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.nn import functional as F

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

rng = np.random.default_rng(0)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}

# A layer by its expression, which both libraries understand, and the shapes of inputs to try it with.
LAYERS: list[tuple[str, tuple[int, ...]]] = [
    ("nn.Linear(4, 3)", (5, 4)),
    ("nn.Linear(4, 3, bias=False)", (4,)),
    ("nn.Linear(4, 3)", (2, 5, 4)),
    ("nn.Linear(4, 1)", (0, 4)),
    ("nn.BatchNorm1d(4)", (6, 4)),
    ("nn.BatchNorm1d(4, 1e-3, 0.3)", (6, 4, 3)),
    ("nn.BatchNorm1d(4, momentum=None)", (6, 4)),
    ("nn.BatchNorm1d(4, affine=False)", (6, 4)),
    ("nn.BatchNorm1d(4, track_running_stats=False)", (6, 4)),
    ("nn.BatchNorm1d(4)", (1, 4, 3)),
    ("nn.LayerNorm(4)", (6, 4)),
    ("nn.LayerNorm((3, 4), eps=1e-3)", (6, 3, 4)),
    ("nn.LayerNorm(4, bias=False)", (4,)),
    ("nn.LayerNorm(4, elementwise_affine=False)", (2, 3, 4)),
    ("nn.Flatten()", (2, 3, 4)),
    ("nn.Flatten(0, 1)", (2, 3, 4)),
    ("nn.Identity(54, unused=True)", (2, 3)),
    ("nn.Sigmoid()", (3, 4)),
    ("nn.Tanh()", (3, 4)),
    ("nn.ReLU(inplace=True)", (3, 4)),
    ("nn.LeakyReLU(0.2)", (3, 4)),
    ("nn.ELU(1.5)", (3, 4)),
    ("nn.GELU()", (3, 4)),
    ("nn.GELU(approximate='tanh')", (3, 4)),
    ("nn.SiLU()", (3, 4)),
    ("nn.Softplus()", (3, 4)),
    ("nn.Softplus(2.0, 1.0)", (3, 4)),
    ("nn.Softmax(dim=1)", (3, 4)),
    ("nn.Softmax(0)", (3, 4, 2)),
    ("nn.LogSoftmax(dim=-1)", (3, 4)),
    ("nn.Dropout(0.0)", (3, 4)),
    ("nn.Dropout(1.0)", (3, 4)),
    ("nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 2, bias=False))", (6, 4)),
]


def pair(expression: str) -> tuple[nn.Module, Any]:
    """The layer here and in PyTorch, with the same random parameters, moved by load_state_dict."""
    theirs = eval(expression, {"nn": torch.nn}).double()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.copy_(torch.tensor(rng.normal(size=parameter.shape)))
    ours = eval(expression, {"nn": nn})
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def assert_same_state(ours: nn.Module, theirs: Any) -> None:
    state, expected = ours.state_dict(), theirs.state_dict()
    assert list(state) == list(expected)
    for key, value in state.items():
        np.testing.assert_allclose(value.numpy(), expected[key].numpy(), err_msg=key, **CLOSE)


def compare_step(ours: nn.Module, theirs: Any, x: np.ndarray) -> None:
    """One forward and backward pass: the result, all gradients, and what became of the buffers."""
    here, there = tg.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = ours(here), theirs(there + 0.0)  # PyTorch may work in place, but not on a leaf
    np.testing.assert_allclose(y.detach().numpy(), expected.detach().numpy(), **CLOSE)
    start = rng.normal(size=y.shape)
    ours.zero_grad()
    theirs.zero_grad()
    y.backward(start)
    expected.backward(torch.tensor(start))
    np.testing.assert_allclose(here.grad.numpy(), there.grad.numpy(), **CLOSE)
    for (name, p), (their_name, q) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert name == their_name
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), err_msg=name, **CLOSE)
    assert_same_state(ours, theirs)


@pytest.mark.parametrize(("expression", "shape"), LAYERS)
def test_values_gradients_and_buffers_in_training_and_in_use(expression: str, shape: tuple[int, ...]) -> None:
    ours, theirs = pair(expression)
    for _ in range(3):
        compare_step(ours, theirs, rng.normal(2.0, 3.0, shape))
    ours.eval()
    theirs.eval()
    compare_step(ours, theirs, rng.normal(2.0, 3.0, shape))


@pytest.mark.parametrize(("expression", "shape"), LAYERS)
def test_second_derivatives(expression: str, shape: tuple[int, ...]) -> None:
    ours, theirs = pair(expression)
    x, v = rng.normal(size=shape), rng.normal(size=shape)
    here, there = tg.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    (g,) = tg.grad((ours(here) ** 2).sum(), here, create_graph=True)
    expected = torch.autograd.grad((theirs(there + 0.0) ** 2).sum(), there, create_graph=True)[0]
    np.testing.assert_allclose(g.detach().numpy(), expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    if not expected.requires_grad or not g.requires_grad:
        return
    (g * v).sum().backward()
    (expected * torch.tensor(v)).sum().backward()
    np.testing.assert_allclose(here.grad.numpy(), there.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("padding_idx", [None, 0, -1])
def test_an_embedding(padding_idx: int | None) -> None:
    ours, theirs = nn.Embedding(5, 3, padding_idx), torch.nn.Embedding(5, 3, padding_idx).double()
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    indices = np.array([[0, 4, 1], [1, 1, 4]])
    start = rng.normal(size=(2, 3, 3))
    y, expected = ours(indices), theirs(torch.tensor(indices))
    np.testing.assert_array_equal(y.detach().numpy(), expected.detach().numpy())
    y.backward(start)
    expected.backward(torch.tensor(start))
    np.testing.assert_allclose(ours.weight.grad.numpy(), theirs.weight.grad.numpy(), **CLOSE)


def test_a_state_goes_to_pytorch_and_comes_back() -> None:
    expression = "nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))"
    ours, theirs = eval(expression, {"nn": nn}), eval(expression, {"nn": torch.nn}).double()
    ours(rng.normal(size=(5, 3)))  # so that the buffers are no longer those of the beginning
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    assert_same_state(ours, theirs)
    x = rng.normal(size=(5, 3))
    np.testing.assert_allclose(
        ours.eval()(x).detach().numpy(), theirs.eval()(torch.tensor(x)).detach().numpy(), **CLOSE
    )
    back = eval(expression, {"nn": nn})
    assert back.load_state_dict(theirs.state_dict()) == ([], [])
    assert_same_state(back, theirs)


FUNCTIONS: list[Callable[[Any, Any], Any]] = [
    lambda F, t: F.linear(t(X), t(W), t(B)),
    lambda F, t: F.embedding(t(CLASSES), t(W)),
    lambda F, t: F.layer_norm(t(X), (4,), t(X[0]), t(X[1])),
    lambda F, t: F.batch_norm(t(X), t(X[0]), t(X[1] ** 2), eps=1e-3),
    lambda F, t: F.batch_norm(t(X), None, None, t(X[0]), t(X[1]), True),
    lambda F, t: F.one_hot(t(CLASSES)),
    lambda F, t: F.one_hot(t(CLASSES), 5),
    lambda F, t: F.dropout(t(X), 0.5, False),
]
X, W, B, CLASSES = rng.normal(size=(5, 4)), rng.normal(size=(3, 4)), rng.normal(size=3), np.array([[0, 2], [1, 0]])


@pytest.mark.parametrize("call", FUNCTIONS)
def test_functional_twins(call: Callable[[Any, Any], Any]) -> None:
    ours, theirs = call(F, tg.tensor), call(torch.nn.functional, torch.tensor)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), **CLOSE)
    assert (ours.dtype.kind == "i") == (not theirs.is_floating_point())


def test_running_statistics_of_the_function_are_changed_in_place() -> None:
    here, there = [tg.zeros(4), tg.ones(4)], [torch.zeros(4).double(), torch.ones(4).double()]
    F.batch_norm(X, *here, training=True, momentum=0.25)
    torch.nn.functional.batch_norm(torch.tensor(X), *there, training=True, momentum=0.25)
    for ours, theirs in zip(here, there, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), **CLOSE)


# --- first values ---------------------------------------------------------------------------------------------------

SHAPES = [(300, 200), (20, 30, 10)]
SCHEMES = [
    "xavier_uniform_(w)",
    "xavier_uniform_(w, gain=2.0)",
    "xavier_normal_(w)",
    "kaiming_uniform_(w)",
    "kaiming_uniform_(w, a=math.sqrt(5))",
    "kaiming_uniform_(w, mode='fan_out', nonlinearity='relu')",
    "kaiming_normal_(w, nonlinearity='tanh')",
    "kaiming_normal_(w, 0.1, 'fan_out')",
    "uniform_(w, -2, 3)",
    "normal_(w, 1.0, 0.5)",
    "constant_(w, 0.5)",
    "zeros_(w)",
    "ones_(w)",
]


def assert_same_distribution(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Of many numbers the sorted ones agree to a few per cent of their spread: quantile by quantile."""
    quantiles = np.linspace(0.01, 0.99, 33)
    spread = theirs.std() or 1.0
    np.testing.assert_allclose(np.quantile(ours, quantiles), np.quantile(theirs, quantiles), atol=0.12 * spread)
    assert abs(ours.std() - theirs.std()) < 0.03 * spread


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_initialisation_has_pytorchs_distribution(scheme: str, shape: tuple[int, ...]) -> None:
    import math

    tg.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = tg.zeros(shape), torch.empty(shape, dtype=torch.float64)
    eval(f"init.{scheme}", {"init": nn.init, "w": ours, "math": math})
    eval(f"init.{scheme}", {"init": torch.nn.init, "w": theirs, "math": math})
    assert_same_distribution(ours.numpy(), theirs.numpy())
    if "uniform" in scheme:  # bounds are kept, and nearly reached
        assert np.abs(ours.numpy()).max() == pytest.approx(float(theirs.abs().max()), rel=1e-2)


@pytest.mark.parametrize("expression", ["nn.Linear(200, 300)", "nn.Embedding(300, 200)", "nn.LayerNorm(9)"])
def test_layers_begin_as_in_pytorch(expression: str) -> None:
    tg.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = eval(expression, {"nn": nn}), eval(expression, {"nn": torch.nn})
    for (name, p), (_, q) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        if name == "bias" and isinstance(ours, nn.Linear):  # 300 numbers are few; their bounds tell
            bound = 1 / np.sqrt(200)
            assert 0.97 * bound < np.abs(p.detach().numpy()).max() < bound
            assert float(q.detach().abs().max()) < bound
        else:
            assert_same_distribution(p.detach().numpy(), q.detach().numpy())


def test_gains() -> None:
    for name in ("linear", "sigmoid", "tanh", "relu", "selu", "leaky_relu"):
        assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-15)
    assert nn.init.calculate_gain("leaky_relu", 0.3) == torch.nn.init.calculate_gain("leaky_relu", 0.3)


# --- tools ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, float("inf")])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_gradients_are_clipped_by_norm(max_norm: float, norm_type: float) -> None:
    gradients = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    ours = [nn.Parameter(np.zeros(g.shape)) for g in gradients]
    theirs = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in gradients]
    for p, q, g in zip(ours, theirs, gradients, strict=True):
        p.grad, q.grad = tg.tensor(g), torch.tensor(g)
    total = nn.utils.clip_grad_norm_(ours, max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert total.item() == pytest.approx(expected.item(), rel=1e-14)
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-14)
    nn.utils.clip_grad_value_(ours, 0.1)
    torch.nn.utils.clip_grad_value_(theirs, 0.1)
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-14)


def test_parameters_as_a_vector() -> None:
    ours, theirs = pair("nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))")
    vector = nn.utils.parameters_to_vector(ours.parameters())
    np.testing.assert_array_equal(
        vector.detach().numpy(), torch.nn.utils.parameters_to_vector(theirs.parameters()).detach().numpy()
    )
    nn.utils.vector_to_parameters(vector * 2, ours.parameters())
    torch.nn.utils.vector_to_parameters(torch.tensor(vector.detach().numpy()) * 2, theirs.parameters())
    assert_same_state(ours, theirs)
