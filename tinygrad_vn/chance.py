"""Chance: the process's generator of random numbers, which everything draws from that is given no other.

`manual_seed` starts it afresh, so that a program repeats itself; its state can be kept in a checkpoint and set again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinygrad_vn.modes import current
from tinygrad_vn.phrases import said

_generator: np.random.Generator | None = None  # made when first needed: importing numpy.random takes its time


def manual_seed(seed: int) -> np.random.Generator:
    """Start the process's generator of random numbers afresh, so that a program repeats itself.

    Returns:
        The generator, which `rand`, `randn`, … draw from until the next call.
    """
    global _generator
    _generator = np.random.default_rng(seed)
    return _generator


def default_rng(rng: np.random.Generator | None = None) -> np.random.Generator:
    """`rng`, or the process's generator where it is None."""
    global _generator
    if rng is not None:
        return rng
    if _generator is None:
        _generator = np.random.default_rng()
    return _generator


def drawn(rng: np.random.Generator | None, method: str, *args: Any) -> Any:
    """Random numbers: what a method of `rng`, or of the process's generator, gives."""
    watch, generator = current()[1], default_rng(rng)
    return getattr(generator, method)(*args) if watch is None else watch.draw(generator, method, args, rng is None)


def get_rng_state() -> dict[str, Any]:
    """Where the process's generator has come to: numbers and texts only, which a checkpoint can hold."""
    return dict(default_rng().bit_generator.state)


def set_rng_state(state: Mapping[str, Any]) -> None:
    """Let the process's generator go on from where another one had come to.

    Args:
        state: what `get_rng_state()` gave.

    Raises:
        ValueError: it is the state of a generator of another kind, or of none.
    """
    generator = default_rng().bit_generator
    try:
        generator.state = dict(state)
    except (TypeError, KeyError, ValueError) as error:
        text = "this is not the state of a {kind} generator: {error}"
        raise ValueError(said(text, kind=type(generator).__name__, error=error)) from error
