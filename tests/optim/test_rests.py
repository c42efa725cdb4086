"""Rows that rest: with the same gradients a table ends where it ends when every step moves all of it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.errors import ParameterError
from tinygrad_vn.nn import functional as F
from tinygrad_vn.optim import SGD, rests

ROWS, STEPS = 9, 60
TABLE = np.random.default_rng(0).normal(size=(ROWS, 3))
SETTINGS: list[dict[str, Any]] = [
    {"lr": 0.1},
    {"lr": 0.1, "weight_decay": 0.2},
    {"lr": 0.1, "momentum": 0.9},
    {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05},
    {"lr": 0.1, "momentum": 0.8, "dampening": 0.5, "weight_decay": 0.05},
    {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.05},
    {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.05, "maximize": True},
    {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.05, "momentum_form": "velocity"},
    {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.05, "momentum_form": "average"},
]
every_setting = pytest.mark.parametrize("settings", SETTINGS, ids=str)


def looked_up(steps: int = STEPS, seed: int = 1) -> Iterator[tuple[list[int], np.ndarray]]:
    """Rows and their gradients, which do not depend on the table: some rows twice, some seldom, the last never."""
    rng = np.random.default_rng(seed)
    for step in range(steps):
        rows = [] if step == 7 else rng.integers(0, 2 if step % 3 else ROWS - 1, 4).tolist()
        yield rows, rng.normal(size=(len(rows), 3))


def give(w: tg.Tensor, rows: list[int], gradient: np.ndarray, sparse: bool) -> None:
    """Leave this gradient at the table."""
    w.grad = None
    (F.embedding(rows, w, sparse=sparse) * gradient).sum().backward()
    assert w.grad.is_sparse == sparse


def ends(settings: dict[str, Any], sparse: bool, change: Callable[[int, Any], None] = lambda step, group: None) -> Any:
    """The table and its velocity at the end, and the optimizer."""
    w = tg.tensor(TABLE, requires_grad=True)
    optimizer = SGD([w], **settings)
    for step, (rows, gradient) in enumerate(looked_up()):
        change(step, optimizer.param_groups[0])
        give(w, rows, gradient, sparse)
        optimizer.step()
    optimizer.catch_up()
    return w.detach().numpy(), optimizer.state[w].get("momentum_buffer")


def cycle(step: int, group: Any) -> None:
    """A schedule that changes everything at every step."""
    group["lr"] = 0.05 + 0.01 * (step % 10)
    group["momentum"] *= 0.99


def stairs(step: int, group: Any) -> None:
    """A schedule that lowers the rate now and then, and switches momentum and decay off and on."""
    if step % 15 == 14:
        group["lr"] /= 2
    if step in (20, 40) and not group["nesterov"]:
        group["momentum"] = 0.7 * (step == 40)
    if step in (30, 50):
        group["weight_decay"] = 0.1 * (step == 50)


def unchanged(step: int, group: Any) -> None:
    """No schedule."""


@every_setting
@pytest.mark.parametrize("change", [unchanged, cycle, stairs])
def test_in_the_end_all_rows_are_where_whole_steps_bring_them(
    settings: dict[str, Any], change: Callable[[int, Any], None]
) -> None:
    for rested, whole in zip(ends(settings, True, change), ends(settings, False, change), strict=True):
        if whole is not None:
            np.testing.assert_allclose(rested, whole, rtol=1e-11, atol=1e-13)


@every_setting
def test_also_where_the_longest_rest_ends_in_between(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ends(settings, False, stairs)[0]
    monkeypatch.setattr(rests, "_LONGEST", 5)
    np.testing.assert_allclose(ends(settings, True, stairs)[0], expected, rtol=1e-11)


@every_setting
def test_sparse_and_whole_gradients_in_turns(settings: dict[str, Any]) -> None:
    """A gradient of the whole table moves all rows, so those that rested must have caught up by then."""
    ends_at = []
    for sparse in (True, False):
        w = tg.tensor(TABLE, requires_grad=True)
        optimizer = SGD([w], **settings)
        for step, (rows, gradient) in enumerate(looked_up()):
            give(w, rows, gradient, sparse and step % 10 > 2)
            optimizer.step()
        optimizer.catch_up()
        ends_at.append(w.detach().numpy())
    np.testing.assert_allclose(*ends_at, rtol=1e-11)


def test_step_by_step_against_a_loop_over_rows() -> None:
    """The rows that lookups see meanwhile: each with its own count of the steps that it has missed."""
    lr, m, decay = 0.1, 0.9, 0.05
    w = tg.tensor(TABLE, requires_grad=True)
    optimizer = SGD([w], lr=lr, momentum=m, weight_decay=decay)
    p, v, last = TABLE.copy(), np.zeros_like(TABLE), np.zeros(ROWS, int)
    for step, (rows, gradient) in enumerate(looked_up(), start=1):
        give(w, rows, gradient, sparse=True)
        optimizer.step()
        for row in set(rows):
            total = sum(g for r, g in zip(rows, gradient, strict=True) if r == row)
            for missed in range(last[row] + 1, step + 1):
                v[row] = m * v[row] + decay * p[row] + (total if missed == step else 0)
                p[row] = p[row] - lr * v[row]
            last[row] = step
        np.testing.assert_allclose(w.detach().numpy(), p, rtol=1e-12)


def test_without_momentum_and_decay_nothing_is_put_off() -> None:
    w = tg.tensor(TABLE, requires_grad=True)
    optimizer = SGD([w], lr=0.1)
    give(w, [1, 1], np.ones((2, 3)), sparse=True)
    optimizer.step()
    assert optimizer.state[w] == {}
    expected = TABLE.copy()
    expected[1] -= 0.2
    np.testing.assert_allclose(w.detach().numpy(), expected, rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("change", [unchanged, cycle, stairs])
def test_a_saved_run_goes_on_to_the_same_bits(change: Callable[[int, Any], None], dtype: Any) -> None:
    def run(w: tg.Tensor, optimizer: SGD, steps: range) -> None:
        for step, (rows, gradient) in enumerate(looked_up()):
            if step in steps:
                change(step, optimizer.param_groups[0])
                give(w, rows, gradient.astype(dtype), sparse=True)
                optimizer.step()

    w = tg.tensor(TABLE, dtype=dtype, requires_grad=True)
    optimizer = SGD([w], lr=0.1, momentum=0.9, weight_decay=0.1)
    run(w, optimizer, range(33))
    twin, saved = w.detach().clone().requires_grad_(), optimizer.state_dict()
    run(w, optimizer, range(33, STEPS))
    resumed = SGD([twin], lr=0.1)
    resumed.load_state_dict(saved)
    run(twin, resumed, range(33, STEPS))
    for o in (optimizer, resumed):
        o.catch_up()
    assert twin.dtype == w.dtype == dtype
    assert twin.tolist() == w.tolist()


def test_notes_of_another_table_are_refused() -> None:
    w = tg.tensor(TABLE, requires_grad=True)
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    give(w, [1, 2], np.ones((2, 3)), sparse=True)
    optimizer.step()
    others = {"moved": np.full(9, 2), "powers": np.ones((4, 1)), "earlier": np.ones((2, 0)), "since": 2, "step": None}
    for key, wrong in (("moved", np.zeros(4, int)), *others.items()):
        saved = optimizer.state_dict()
        saved["state"][0]["rests"][key] = wrong
        with pytest.raises(ValueError, match=r"'rests' of parameter number 0 does not fit a table of 9 rows"):
            optimizer.load_state_dict(saved)
    saved["state"][0]["rests"] = {}
    with pytest.raises(ValueError, match="does not fit"):
        optimizer.load_state_dict(saved)


def test_catching_up_twice_moves_nothing_again_and_is_harmless_elsewhere() -> None:
    w = tg.tensor(TABLE, requires_grad=True)
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    for rows, gradient in looked_up(5):
        give(w, rows, gradient, sparse=True)
        optimizer.step()
    optimizer.catch_up()
    once = w.tolist()
    optimizer.catch_up()
    assert w.tolist() == once
    adam = optim.Adam([w])
    w.grad = tg.ones(ROWS, 3)
    adam.step()
    adam.catch_up()


def test_decay_that_cannot_be_put_off_is_still_refused() -> None:
    """Adagrad divides by what it has seen, so many steps are not one: nothing short of taking them all would do."""
    w = tg.tensor(TABLE, requires_grad=True)
    give(w, [1], np.ones((1, 3)), sparse=True)
    with pytest.raises(ParameterError, match="together with weight_decay"):
        optim.Adagrad([w], weight_decay=0.1).step()
    np.testing.assert_array_equal(w.detach().numpy(), TABLE)
