"""Embeddings with sparse gradients take PyTorch's steps: 200 of them agree to 1e-10, with the rows that it looks up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.graph import Values
from tinygrad_vn.nn import functional as F

torch = pytest.importorskip("torch")
torch.sparse.check_sparse_tensor_invariants.enable()  # else it warns that it does not check them

STEPS, BATCH = 200, 12
USERS, ITEMS, FACTORS = 7, 9, 3
SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "maximize": True}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.01, "initial_accumulator_value": 0.1, "eps": 1e-6}),
    ("SparseAdam", {}),
    ("SparseAdam", {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-6}),
    ("SparseAdam", {"lr": 0.01, "maximize": True}),
]


def batches() -> list[tuple[Values, Values, Values]]:
    """Few users and items, so that most batches have some of them several times, and leave some of them out."""
    rng = np.random.default_rng(1)
    every = [
        (rng.integers(0, USERS, BATCH), rng.integers(0, ITEMS, BATCH), rng.normal(size=BATCH)) for _ in range(STEPS)
    ]
    assert all(len(np.unique(users)) < BATCH for users, _, _ in every)
    assert any(len(np.unique(items)) < ITEMS for _, items, _ in every)
    return every


def start() -> list[Values]:
    """User and item factors, user and item biases."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((USERS, FACTORS), (ITEMS, FACTORS), (USERS, 1), (ITEMS, 1))]


def path(
    params: list[Any], optimizer: Any, embed: Callable[..., Any], as_tensor: Callable[..., Any]
) -> list[list[Values]]:
    """All parameters after every step of the dot product with biases."""
    points, sign = [], -1 if optimizer.param_groups[0]["maximize"] else 1
    for users, items, ratings in batches():
        u, i = as_tensor(users), as_tensor(items)
        of_user, of_item, bias_u, bias_i = (embed(n, w) for n, w in zip((u, i, u, i), params, strict=True))
        guess = (of_user * of_item).sum(1) + bias_u[:, 0] + bias_i[:, 0]
        optimizer.zero_grad()
        (sign * (guess - as_tensor(ratings)) ** 2).mean().backward()
        assert all(p.grad.is_sparse for p in params)
        optimizer.step()
        if isinstance(optimizer, optim.Optimizer):
            optimizer.catch_up()  # with momentum, PyTorch moves all rows at every step
        points.append([np.array(p.detach().numpy()) for p in params])
    return points


@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=str)
def test_trajectory(name: str, settings: dict[str, Any]) -> None:
    ours = [tg.tensor(values, requires_grad=True) for values in start()]
    theirs = [torch.tensor(values, requires_grad=True) for values in start()]
    mine = path(ours, getattr(optim, name)(ours, **settings), lambda n, w: F.embedding(n, w, sparse=True), tg.tensor)
    yours = path(
        theirs,
        getattr(torch.optim, name)(theirs, **settings),
        lambda n, w: torch.nn.functional.embedding(n, w, sparse=True),
        torch.tensor,
    )
    for step, (here, there) in enumerate(zip(mine, yours, strict=True)):
        for a, b in zip(here, there, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-10, err_msg=f"step {step}")


@pytest.mark.parametrize("padding_idx", [None, 0, -2])
def test_the_gradient_has_the_same_rows(padding_idx: int | None) -> None:
    indices, table = np.array([[1, 4, 1], [0, 3, 4]]), np.random.default_rng(2).normal(size=(5, 2))
    grads = []
    for library, embed in ((tg, F.embedding), (torch, torch.nn.functional.embedding)):
        w = library.tensor(table, requires_grad=True)
        for _ in range(2):  # the second is added to the first
            (embed(library.tensor(indices), w, padding_idx=padding_idx, sparse=True) ** 3).sum().backward()
        grads.append(w.grad)
    ours, theirs = grads[0], grads[1].coalesce()
    assert ours.is_sparse
    assert ours.nnz <= grads[1]._nnz()
    assert ours.coalesce().nnz == theirs._nnz()
    np.testing.assert_array_equal(ours.indices().numpy(), theirs.indices().numpy())
    np.testing.assert_allclose(ours.values().numpy(), theirs.values().numpy(), rtol=1e-13)
    np.testing.assert_allclose(ours.to_dense().numpy(), theirs.to_dense().numpy(), rtol=1e-13)


def test_sparse_and_dense_together_are_dense() -> None:
    for library, embed in ((tg, F.embedding), (torch, torch.nn.functional.embedding)):
        w = library.tensor(np.ones((4, 2)), requires_grad=True)
        (embed(library.tensor([1, 1]), w, sparse=True).sum() + (w * w).sum()).backward()
        assert not w.grad.is_sparse
        assert w.grad.tolist() == [[2.0, 2.0], [4.0, 4.0], [2.0, 2.0], [2.0, 2.0]]


@pytest.mark.parametrize("name", ["Adam", "AdamW", "NAdam", "RMSprop", "Adadelta", "Adagrad with decay"])
def test_the_others_refuse_it_as_pytorch_does(name: str) -> None:
    kind, _, decay = name.partition(" with ")
    settings = {"weight_decay": 0.1} if decay else {}
    for library, embed in ((tg, F.embedding), (torch, torch.nn.functional.embedding)):
        w = library.tensor(np.ones((4, 2)), requires_grad=True)
        embed(library.tensor([1]), w, sparse=True).sum().backward()
        with pytest.raises((TypeError, ValueError, RuntimeError, NotImplementedError)):
            getattr(library.optim, kind)([w], **settings).step()
        assert (w.detach().numpy() == 1).all()
