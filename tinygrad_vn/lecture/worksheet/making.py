"""Exercises by kind, seed and number: the same ones for the same seed, whichever other kinds are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from tinygrad_vn.lecture.worksheet.descent_step import descent_step
from tinygrad_vn.lecture.worksheet.exercise import Exercise
from tinygrad_vn.lecture.worksheet.matrix_layer import matrix_layer
from tinygrad_vn.lecture.worksheet.one_neuron import one_neuron
from tinygrad_vn.lecture.worksheet.ratings_table import ratings_table
from tinygrad_vn.lecture.worksheet.small_net import small_net

KINDS: Final[dict[str, Callable[[np.random.Generator], Exercise]]] = {
    "neuron": one_neuron,
    "net": small_net,
    "matrices": matrix_layer,
    "descent": descent_step,
    "factorization": ratings_table,
}


def exercises(kind: str, count: int, seed: int) -> list[Exercise]:
    """Exercises with fresh numbers.

    Args:
        kind: one of `KINDS`, or "backprop" for all of them.
        count: how many of every kind.
        seed: of the numbers.
    """
    kinds = list(KINDS) if kind == "backprop" else [kind]
    numbered = list(KINDS)
    return [
        KINDS[one](np.random.default_rng([seed, numbered.index(one), number]))
        for one in kinds
        for number in range(count)
    ]
