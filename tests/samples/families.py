"""Numbers to sample with, and the families of samples that many operations share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

rng = np.random.default_rng(20240229)  # the tables are read in one order, so every run has the same numbers


@dataclass(frozen=True)
class Sample:
    """A function of arrays or Tensors, and what to call it with.

    Attributes:
        f: in plain NumPy spelling, returns one result, or a tuple or list of them.
        inputs: float64 arrays, each of which gets a gradient.
        reference: what `f` computes, said in NumPy only; by default `f` itself, called with arrays.
        singles: whether float32 is precise enough for this function at this point.
    """

    f: Callable[..., Any]
    inputs: tuple[np.ndarray, ...]
    reference: Callable[..., Any] | None = None
    singles: bool = True


def sample(f: Callable[..., Any], *inputs: Any, reference: Any = None, singles: bool = True) -> Sample:
    return Sample(f, tuple(np.asarray(x, float) for x in inputs), reference, singles)


# --- numbers ------------------------------------------------------------------------------------------------------


def real(*shape: int) -> np.ndarray:
    """Positive and negative numbers, none of them near 0, no two of them equal."""
    return rng.uniform(0.3, 2.0, shape) * rng.choice([-1.0, 1.0], shape)


def positive(*shape: int) -> np.ndarray:
    return rng.uniform(0.4, 2.5, shape)


def fraction(*shape: int) -> np.ndarray:
    """Between −1 and 1, neither near these nor near 0."""
    return rng.uniform(0.1, 0.9, shape) * rng.choice([-1.0, 1.0], shape)


def above_one(*shape: int) -> np.ndarray:
    return rng.uniform(1.2, 3.0, shape)


def definite(*shape: int) -> np.ndarray:
    """Symmetric positive definite matrices with well separated eigenvalues."""
    n = shape[-1]
    q = np.linalg.qr(rng.normal(size=shape))[0]
    return q @ (np.diag(np.arange(1.0, n + 1)) @ q.mT)


def well(*shape: int) -> np.ndarray:
    """Square matrices that are far from singular."""
    return rng.uniform(-0.5, 0.5, shape) + np.diag(np.arange(2.0, 2.0 + shape[-1]))


def mirrored(a: Any) -> Any:
    return (a + a.mT) * 0.5


# --- families -----------------------------------------------------------------------------------------------------

Numbers = Callable[..., np.ndarray]
BROADCASTING = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2, 2)), ((2,), ()), ((), ()), ((0, 2), (2,))]


def unary(f: Any, numbers: Numbers = real, reference: Any = None) -> list[Sample]:
    return [sample(f, numbers(*shape), reference=reference) for shape in [(2, 3), (), (0, 3)]]


def binary(f: Any, first: Numbers = real, second: Numbers | None = None) -> list[Sample]:
    pairs = [sample(f, first(*a), (second or first)(*b)) for a, b in [*BROADCASTING, ((3,), (2, 3)), ((1,), (4,))]]
    return [
        *pairs,
        sample(lambda x: f(x, 1.5), first(2, 2)),  # a Python number beside a Tensor
        sample(lambda y: f(1.5, y), (second or first)(2, 2)),
        sample(lambda x: f(x, np.array([0.7, 1.3])), first(2, 2)),
        sample(lambda y: f(np.array([[0.7], [1.3]]), y), (second or first)(2)),
        sample(lambda x: f(x, x * 1.1), positive(3)),  # one Tensor on both sides
    ]


AXES = [None, 0, 1, -1, (0, 2), (-1, 0), (0, 1, 2), ()]


def reducing(f: Any, numbers: Numbers = real, axes: Any = AXES, reference: Any = None) -> list[Sample]:
    """A reduction with every form of `axis`, with and without `keepdims`, over a block, a number and nothing."""

    def reduced(axis: Any, keepdims: bool) -> Callable[..., Any]:
        return lambda a: f(a, axis=axis, keepdims=keepdims)

    def expected(axis: Any, keepdims: bool) -> Callable[..., Any] | None:
        return reference and (lambda a: reference(a, axis=axis, keepdims=keepdims))

    choices = [(axis, keepdims) for axis in axes for keepdims in (False, True)]
    return [sample(reduced(*c), numbers(2, 3, 2), reference=expected(*c)) for c in choices] + [
        sample(f, numbers(5), reference=reference),
        sample(f, numbers(), reference=reference),
        sample(lambda a: f(a, axis=1), numbers(0, 3), reference=reference and (lambda a: reference(a, axis=1))),
    ]


def each(functions: list[Any], *inputs: Any) -> list[Sample]:
    """One sample for each of several functions of the same inputs."""
    return [sample(f, *inputs) for f in functions]


def squares(results: Any) -> list[Any]:
    """The squares of vectors that are only determined up to their sign."""
    return [x * x for x in results]
