"""What an exercise is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_vn.tensor import Tensor

Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Question:
    """One thing to find.

    Attributes:
        symbol: what it is called, as a formula: "∂L/∂w_1".
        formula: how it is found, in symbols; or the equations that it solves.
        by_engine: the answer that our engine computes.
        by_hand: the same from a formula solved by hand.
        is_solved: whether `formula` is equations.

    Raises:
        AssertionError: the two disagree.
    """

    symbol: str
    formula: str
    by_engine: ArrayLike | Tensor
    by_hand: ArrayLike
    is_solved: bool = False

    def __post_init__(self) -> None:
        np.testing.assert_allclose(self.answer, np.asarray(self.by_hand, np.float64), rtol=1e-9, atol=1e-9)

    @property
    def answer(self) -> Numbers:
        """The answer as an array; what is 0 but for rounding is 0."""
        found = self.by_engine.detach().numpy() if isinstance(self.by_engine, Tensor) else self.by_engine
        array = np.asarray(found, np.float64)
        return np.where(np.abs(array) < 1e-9, 0.0, array)


@dataclass(frozen=True)
class Exercise:
    """An exercise with its answers.

    Attributes:
        kind: "neuron", "net", "matrices", "descent" or "factorization".
        given: formulas and numbers, a line each: a formula, or (name, array).
        questions: what is asked, in the order in which it can be found.
        table: for a table of ratings, its rows' and columns' names; of `given`, it concerns the array R.
        details: what stands in the texts' `{…}`.
    """

    kind: str
    given: tuple[str | tuple[str, Numbers], ...]
    questions: tuple[Question, ...]
    table: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    details: Mapping[str, str] = field(default_factory=dict)


def drawn(rng: np.random.Generator, choices: ArrayLike, *shape: int) -> Numbers:
    """Numbers drawn from a few nice ones."""
    return rng.choice(np.asarray(choices, np.float64), shape)


def gradient_of(tensor: Tensor) -> Tensor:
    """The gradient that a backward pass has left, as it is now: a later step or pass does not change it."""
    assert tensor.grad is not None
    return Tensor(np.array(tensor.grad.detach().numpy()))
