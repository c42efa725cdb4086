"""SGD and Adam take PyTorch's steps: 200 of them agree to 1e-10 in float64, on a net and on a factorization."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.graph import Values

torch = pytest.importorskip("torch")

STEPS = 200
SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adam", {}),
    ("Adam", {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-6}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "amsgrad": True, "weight_decay": 0.01}),
]

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
USERS, ITEMS = np.array([0, 0, 1, 2, 3, 3, 4]), np.array([1, 2, 0, 3, 3, 0, 2])
RATINGS = rng.uniform(0.5, 5, len(USERS))
NET = [rng.normal(size=shape) for shape in ((3, 4), (4,), (4, 2), (2,))]
FACTORS = [rng.normal(size=shape) for shape in ((5, 3), (4, 3))]


def net_loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    return (((X_OF[type(w1)] @ w1 + b1).tanh() @ w2 + b2 - Y_OF[type(w1)]) ** 2).mean()


def factorization_loss(u: Any, v: Any) -> Any:
    return (((u[USERS] * v[ITEMS]).sum(1) - RATINGS_OF[type(u)]) ** 2).mean()


X_OF, Y_OF, RATINGS_OF = (
    {tg.Tensor: tg.tensor(values), torch.Tensor: torch.tensor(values)} for values in (X, Y, RATINGS)
)


def path(params: list[Any], optimizer: Any, loss: Callable[..., Any]) -> list[list[Values]]:
    """All parameters after every step."""
    points = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(*params).backward()
        optimizer.step()
        points.append([np.array(p.detach().numpy()) for p in params])
    return points


def compare(start: list[Values], loss: Callable[..., Any], name: str, make: Callable[[Any, list[Any]], Any]) -> None:
    ours = [tg.tensor(values, requires_grad=True) for values in start]
    theirs = [torch.tensor(values, requires_grad=True) for values in start]
    pairs = zip(
        path(ours, make(getattr(optim, name), ours), loss),
        path(theirs, make(getattr(torch.optim, name), theirs), loss),
        strict=True,
    )
    for step, (mine, yours) in enumerate(pairs):
        for a, b in zip(mine, yours, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-10, err_msg=f"step {step}")


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize(("start", "loss"), [(NET, net_loss), (FACTORS, factorization_loss)], ids=["net", "factors"])
@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=lambda value: str(value))
def test_trajectory(
    name: str, settings: dict[str, Any], start: list[Values], loss: Callable[..., Any], maximize: bool
) -> None:
    if maximize:
        compare(start, lambda *params: -loss(*params), name, lambda C, p: C(p, **settings, maximize=True))
    else:
        compare(start, loss, name, lambda C, p: C(p, **settings))


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_groups(name: str) -> None:
    compare(
        FACTORS,
        factorization_loss,
        name,
        lambda C, p: C([{"params": p[:1], "weight_decay": 0.1}, {"params": p[1:], "lr": 0.001}], lr=0.01),
    )


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_defaults_are_the_same(name: str) -> None:
    ours = getattr(optim, name)([tg.tensor(1.0, requires_grad=True)]).param_groups[0]
    theirs = getattr(torch.optim, name)([torch.tensor(1.0, requires_grad=True)]).param_groups[0]
    for setting, value in ours.items():
        if setting != "params":
            assert theirs[setting] == value, setting
