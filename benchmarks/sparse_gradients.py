"""A training step of a recommender, with gradients of whole tables and of the rows that were looked up.

671 users and 9,066 films with 50 factors and a bias each, as in MovieLens ml-latest-small; the guess is the dot product
of the factors plus the biases. A step is a lookup, the loss, the gradients and the update, in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg
from benchmarks.timing import in_turns, table
from tinygrad_vn import optim
from tinygrad_vn.nn import functional as F

USERS, FILMS, FACTORS = 671, 9_066, 50
SHAPES = [(USERS, FACTORS), (FILMS, FACTORS), (USERS, 1), (FILMS, 1)]
CONTESTANTS: list[tuple[str, bool, dict[str, Any]]] = [
    ("SGD", False, {"lr": 0.01}),
    ("SGD", True, {"lr": 0.01}),
    ("SGD", False, {"lr": 0.01, "momentum": 0.9}),
    ("SGD", True, {"lr": 0.01, "momentum": 0.9}),
    ("Adagrad", False, {"lr": 0.01}),
    ("Adagrad", True, {"lr": 0.01}),
    ("Adam", False, {"lr": 0.01}),
    ("SparseAdam", True, {"lr": 0.01}),
]


def steps(batch: int, name: str, sparse: bool, settings: dict[str, Any], library: Any = tg) -> Callable[[], Any]:
    """A function that takes one step on the next of many batches; `library` is ours or PyTorch."""
    rng = np.random.default_rng(0)
    params = [library.tensor(rng.normal(0, 0.1, shape), requires_grad=True) for shape in SHAPES]
    optimizer = getattr(optim if library is tg else library.optim, name)(params, **settings)
    embed = F.embedding if library is tg else library.nn.functional.embedding
    numbers = rng.integers(0, USERS, (64, batch)), rng.integers(0, FILMS, (64, batch)), rng.normal(size=(64, batch))
    batches = [tuple(library.tensor(column) for column in rows) for rows in zip(*numbers, strict=True)]

    def step() -> Any:
        users, films, ratings = batches[0]
        batches.append(batches.pop(0))
        optimizer.zero_grad()
        of_user, of_film, user_bias, film_bias = (
            embed(n, p, sparse=sparse) for n, p in zip((users, films, users, films), params, strict=True)
        )
        guess = (of_user * of_film).sum(1) + user_bias[:, 0] + film_bias[:, 0]
        loss = ((guess - ratings) ** 2).mean()
        loss.backward()
        optimizer.step()
        return loss

    return step


def report(rounds: int = 15, repeat: int = 8) -> str:
    """The table, with PyTorch on one thread where it is installed."""
    try:
        import torch

        torch.set_num_threads(1)
        torch.sparse.check_sparse_tensor_invariants.disable()
    except ImportError:
        torch = None
    rows: list[tuple[object, ...]] = []
    for batch in (64, 1_024):
        for name, sparse, settings in CONTESTANTS:
            work = {"ours": steps(batch, name, sparse, settings)}
            if torch is not None:
                work["PyTorch"] = steps(batch, name, sparse, settings, torch)
            times = in_turns(work, repeat, rounds)
            label = f"{name}, momentum" if "momentum" in settings else name
            cells = (f"{1e3 * times[who]:.2f}" if who in times else "not installed" for who in ("ours", "PyTorch"))
            rows.append((batch, label, "rows" if sparse else "whole tables", *cells))
    return table(("batch", "optimizer", "gradients", "tinygrad_vn, ms", "PyTorch, ms"), rows)
