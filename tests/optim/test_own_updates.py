"""Optimizers of a user's own: which of them see parameters one by one, and which small ones together."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.optim.every import parameter
from tests.optim.twins import n_packed
from tinygrad_vn.optim import SGD, Optimizer


class Normed(SGD):
    """Steps of a given length for each parameter: SGD's update on a part of the way."""

    def update(self, p: Any, g: Any, state: Any, group: Any, scratch: Any) -> None:
        super().update(p, g / np.sqrt((g * g).sum()), state, group, scratch)


class Mixin:
    def update(self, p: Any, g: Any, state: Any, group: Any, scratch: Any) -> None:
        p -= group["lr"] * g / np.sqrt((g * g).sum())


class Mixed(Mixin, SGD):
    """The same from another base."""


class MixedOnce(Mixed):
    """Nothing new."""


@pytest.mark.parametrize("make", [Normed, Mixed, MixedOnce])
def test_an_update_of_a_users_own_sees_parameters_one_by_one(make: Callable[..., Optimizer]) -> None:
    params = [parameter(3.0, 4.0), parameter(1.0), parameter(2.0), parameter(5.0)]
    optimizer = make(params, lr=1.0)
    for w in params:
        w.grad = w.detach().clone()
    optimizer.step()
    np.testing.assert_allclose(params[0].data, [2.4, 3.2])
    assert [w.item() for w in params[1:]] == [0.0, 1.0, 4.0]


class Counting(SGD):
    """Says of its own update that it is elementwise; remembers whole numbers."""

    elementwise = True

    def initial_state(self, p: Any, group: Any) -> dict[str, Any]:
        return {"moves": np.zeros(p.shape, np.int64)}

    def update(self, p: Any, g: Any, state: Any, group: Any, scratch: Any) -> None:
        state["moves"] = state["moves"] + (g != 0)
        p -= np.multiply(g, group["lr"], out=scratch[0])


def test_an_update_of_a_users_own_that_says_so_is_packed() -> None:
    params = [parameter(3.0, 4.0), parameter(1.0), parameter(2.0)]
    optimizer = Counting(params, lr=1.0)
    for _ in range(3):
        for i, w in enumerate(params):
            w.grad = tg.ones_like(w) * i
        optimizer.step()
    assert [w.tolist() for w in params] == [[3.0, 4.0], [-2.0], [-4.0]]
    assert [optimizer.state[w]["moves"].tolist() for w in params] == [[0, 0], [3], [3]]
    assert optimizer.state[params[0]]["moves"].dtype == np.int64
    assert n_packed(optimizer) == 3


class Watching(Counting):
    """Remembers one number of each parameter, in an array."""

    def initial_state(self, p: Any, group: Any) -> dict[str, Any]:
        return {"largest": np.zeros(())}

    def update(self, p: Any, g: Any, state: Any, group: Any, scratch: Any) -> None:
        np.maximum(state["largest"], abs(g).max(), out=state["largest"])
        p -= np.multiply(g, group["lr"], out=scratch[0])

    elementwise = True


def test_memories_of_another_shape_than_the_parameters_are_not_packed() -> None:
    """Nor taken for those of a parameter that has changed its shape, when others come to rest."""
    params = [parameter(3.0, 4.0), parameter(1.0), parameter(2.0)]
    optimizer = Watching(params, lr=1.0)
    for resting in [None, None, 1, 1, None]:
        for i, w in enumerate(params):
            w.grad = None if i == resting else tg.ones_like(w) * i
        optimizer.step()
    assert [optimizer.state[w]["largest"].tolist() for w in params] == [0.0, 1.0, 2.0]
    assert n_packed(optimizer) == 0
