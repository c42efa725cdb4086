"""Training steps of a recommender, with gradients of whole tables and of the rows that were looked up.

671 users and 9,066 films with 50 factors and a bias each, as in MovieLens ml-latest-small; the guess is the dot product
of the factors plus the biases. A step is a lookup, the loss, the gradients and the update, in float64, one operation
after the other. The second table repeats it with a hundred times as many users and films. The third has whole epochs,
each in a process of its own: all 100,004 ratings in batches of 64, and 20 million synthetic ones in batches of 4,096.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg
from benchmarks.timing import in_turns, table
from tinygrad_vn import nn, optim
from tinygrad_vn.data import DataLoader
from tinygrad_vn.nn import functional as F

USERS, FILMS, FACTORS = 671, 9_066, 50
MOMENTUM = {"lr": 0.01, "momentum": 0.9, "weight_decay": 1e-5}
CONTESTANTS: list[tuple[str, bool, dict[str, Any]]] = [
    ("SGD", False, {"lr": 0.01}),
    ("SGD", True, {"lr": 0.01}),
    ("SGD", False, {"lr": 0.01, "momentum": 0.9}),
    ("SGD", True, {"lr": 0.01, "momentum": 0.9}),
    ("SGD", False, MOMENTUM),
    ("SGD", True, MOMENTUM),
    ("Adagrad", False, {"lr": 0.01}),
    ("Adagrad", True, {"lr": 0.01}),
    ("Adam", False, {"lr": 0.01}),
    ("SparseAdam", True, {"lr": 0.01}),
]
EPOCHS = [("small", 100_004, (USERS, FILMS), 64), ("large", 20_000_000, (138_493, 26_744), 4_096)]


def steps(
    batch: int, name: str, sparse: bool, settings: dict[str, Any], library: Any = tg, times: int = 1
) -> Callable[[], Any]:
    """A function that takes one step on the next of many batches.

    Args:
        batch: how many ratings.
        name: of the optimizer.
        sparse: whether gradients are rows.
        settings: of the optimizer.
        library: ours or PyTorch.
        times: how many times as many users and films there are.
    """
    rng = np.random.default_rng(0)
    users, films = USERS * times, FILMS * times
    shapes = [(users, FACTORS), (films, FACTORS), (users, 1), (films, 1)]
    params = [library.tensor(rng.normal(0, 0.1, shape), requires_grad=True) for shape in shapes]
    optimizer = getattr(optim if library is tg else library.optim, name)(params, **settings)
    embed = F.embedding if library is tg else library.nn.functional.embedding
    count = 64 * times  # so that large tables do not shrink to the rows of a few batches
    numbers = rng.integers(0, users, (count, batch)), rng.integers(0, films, (count, batch))
    columns = (*numbers, rng.normal(size=(count, batch)))
    batches = [tuple(library.tensor(column) for column in rows) for rows in zip(*columns, strict=True)]

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


def label(name: str, settings: dict[str, Any]) -> str:
    """How tables call an optimizer."""
    return ", ".join([name, *(key.replace("_", " ") for key in ("momentum", "weight_decay") if key in settings)])


def beside_pytorch(rounds: int, repeat: int) -> str:
    """Steps of ours and of PyTorch, on one thread, where it is installed."""
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
            refused = name == "SGD" and sparse and "weight_decay" in settings  # by PyTorch
            if torch is not None and not refused:
                work["PyTorch"] = steps(batch, name, sparse, settings, torch)
            times = in_turns(work, repeat, rounds)
            missing = "refused" if torch is not None else "not installed"
            cells = (f"{1e3 * times[who]:.2f}" if who in times else missing for who in ("ours", "PyTorch"))
            rows.append((batch, label(name, settings), "rows" if sparse else "whole tables", *cells))
    return table(("batch", "optimizer", "gradients", "tinygrad_vn, ms", "PyTorch, ms"), rows)


def by_size(rounds: int, repeat: int) -> str:
    """The same steps, at batch 64, on tables a hundred times as long."""
    rows: list[tuple[object, ...]] = []
    for name, sparse, settings in CONTESTANTS:
        if sparse:
            work = {times: steps(64, name, True, settings, times=times) for times in (1, 100)}
            taken = in_turns({f"{times}": step for times, step in work.items()}, repeat, rounds)
            milliseconds = (f"{1e3 * taken[times]:.2f}" for times in ("1", "100"))
            rows.append((label(name, settings), *milliseconds, f"{taken['100'] / taken['1']:.2f}"))
    return table(("optimizer", "671 × 9,066, ms", "67,100 × 906,600, ms", "ratio"), rows)


class DotBias(nn.Module):
    """The guess as a model."""

    def __init__(self, users: int, films: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.users, self.films, self.user_bias, self.film_bias = (
            nn.Embedding(rows, width, sparse=True, dtype=np.float32, rng=rng)
            for rows, width in ((users, FACTORS), (films, FACTORS), (users, 1), (films, 1))
        )

    def forward(self, users: Any, films: Any) -> tg.Tensor:
        """Numbers of users and films to ratings, all of shape (n,)."""
        biases = self.user_bias(users).squeeze(1) + self.film_bias(films).squeeze(1)
        return (self.users(users) * self.films(films)).sum(1) + biases


def epoch(ratings: int, shape: tuple[int, int], batch: int) -> tuple[float, float, float]:
    """An epoch with momentum and weight decay, in float32: seconds, its mean loss, and megabytes at the peak."""
    rng = np.random.default_rng(0)
    users, films = (rng.integers(0, n, ratings, dtype=np.int32) for n in shape)
    loader = DataLoader((users, films, rng.standard_normal(ratings, np.float32)), batch, shuffle=True, rng=rng)
    model, loss_fn, losses = DotBias(*shape, rng), nn.MSELoss(), []
    optimizer = optim.SGD(model.parameters(), **MOMENTUM)
    start = time.perf_counter()
    for of_users, of_films, wanted in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(of_users, of_films), wanted)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    optimizer.catch_up()
    taken = time.perf_counter() - start
    with open("/proc/self/status", encoding="utf-8") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return taken, float(np.mean(losses)), kilobytes / 1024


def epochs() -> str:
    """Whole epochs, each in a fresh process, since the peak of its memory is asked for."""
    rows: list[tuple[object, ...]] = []
    for name, ratings, shape, batch in EPOCHS:
        done = subprocess.run([sys.executable, "-m", __spec__.name, name], capture_output=True, text=True, check=True)
        seconds, _, megabytes = map(float, done.stdout.split())
        sizes = f"{shape[0]:,} × {shape[1]:,}"
        rows.append((f"{ratings:,}", sizes, f"{batch:,}", f"{seconds:.2f}", f"{megabytes:,.0f}"))
    return table(("ratings", "users × films", "batch", "seconds per epoch", "memory at the peak, MB"), rows)


def report(rounds: int = 15, repeat: int = 8) -> str:
    """The three tables."""
    return "\n\n".join([beside_pytorch(rounds, repeat), by_size(rounds, 16 * repeat), epochs()])


if __name__ == "__main__":
    sizes = next(sizes for name, *sizes in EPOCHS if name == sys.argv[1])
    print(*epoch(*sizes))
