"""A program beside itself: once as always, once with its step jitted; all that comes out must be the same bits."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg

World = Callable[[Callable[[Any], Any]], Any]
"""Builds a program, with `jit` as the decorator of its step, and runs it; gives all that is to be compared."""


def same(one: Any, other: Any) -> None:
    """Equal to the last bit, in the same nest."""
    assert type(one) is type(other), (type(one), type(other))
    if isinstance(one, list | tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            same(a, b)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        same(list(one.values()), list(other.values()))
    elif isinstance(one, tg.Tensor):
        assert one.requires_grad == other.requires_grad
        same(one.detach().numpy(), other.detach().numpy())
    elif isinstance(one, np.ndarray | np.generic):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes(), (one, other)
    else:
        assert one == other or one != one


def compared(world: World) -> tuple[Any, list[str]]:
    """Run it both ways and compare; the jitted step that was made last, and what it was said to be refused for."""
    made: list[Any] = []

    def jit(function: Any) -> Any:
        made.append(tg.jit(function))
        return made[-1]

    tg.manual_seed(5)
    expected = world(lambda function: function)
    tg.manual_seed(5)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = world(jit)
    same(expected, found)
    others = [str(warning.message) for warning in said if "[E17]" not in str(warning.message)]
    assert not others, others
    return made[-1], [str(warning.message) for warning in said]


def replayed(world: World) -> None:
    """The same with and without jit, and it is indeed replayed."""
    step, refused = compared(world)
    assert not refused, refused
    assert step.program is not None


def runs_eagerly(world: World, reason: str) -> None:
    """The same with and without jit, after one warning that gives the reason."""
    step, refused = compared(world)
    assert len(refused) == 1, refused
    assert reason in refused[0], refused[0]
    assert step.program is None
