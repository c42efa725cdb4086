"""What the fuzz tests share: the value, the gradients and a Hessian-vector product of a random expression.

An expression's result y is weighed with fixed numbers u, L = ∑ u y, so that no gradient cancels in a plain sum. The
gradients are those of L, and the Hessian-vector product is H v = ∂(∑ ∂L/∂x · v)/∂x with fixed vectors v.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import Phase, find, given, seed, settings

import tinygrad_vn as tg
from tinygrad_vn.graph import newest_first
from tinygrad_vn.testing.expression import Expression
from tinygrad_vn.testing.strategies import expressions

Values = np.ndarray[Any, np.dtype[Any]]


def weights(shape: tuple[int, ...], key: int) -> Values:
    """Numbers between 0.5 and 1.5 in magnitude; the same ones for the same shape and key, on every machine."""
    rng = np.random.default_rng(key)
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)


def vectors(expression: Expression) -> list[Values]:
    """The v of the Hessian-vector product: one array for each variable."""
    return [weights(value.shape, 1 + i) for i, value in enumerate(expression.variables.values())]


@dataclass
class Derivatives:
    """What is compared, as arrays, with one entry per variable for gradients and products."""

    value: Values
    gradients: list[Values]
    products: list[Values]
    operations: list[str] = field(default_factory=list)


def ours(expression: Expression) -> Derivatives:
    """By tinygrad_vn; the gradients of a plain pass and of a recorded one must be the same."""
    x = expression.tensors()
    y = expression(*x)
    u = weights(y.shape, 0)
    plain = tg.grad(y, x, u, retain_graph=True, allow_unused=True)
    recorded = tg.grad(y, x, u, create_graph=True, allow_unused=True)
    gradients, again = arrays(plain, x), arrays(recorded, x)
    for once, twice in zip(gradients, again, strict=True):
        np.testing.assert_allclose(twice, once, rtol=1e-10, atol=1e-10 * size(once))
    slope: Any = tg.tensor(0.0)
    for g, v in zip(recorded, vectors(expression), strict=True):
        slope = slope if g is None else slope + (g * v).sum()
    products = tg.grad(slope, x, allow_unused=True) if slope.requires_grad else (None,) * len(x)
    names = [node.primitive.name for node in newest_first([y._node])]
    return Derivatives(y.detach().numpy(), gradients, arrays(products, x), names)


def arrays(gradients: Any, x: list[tg.Tensor]) -> list[Values]:
    """Gradients as arrays, zeros where there is none."""
    return [np.zeros(t.shape) if g is None else g.detach().numpy() for g, t in zip(gradients, x, strict=True)]


def size(array: Values) -> float:
    """The size of the numbers that an error is measured against: the largest of them, but at least 1."""
    return float(np.abs(array).max(initial=1.0))


def fuzz(check: Callable[[Expression], None], *, graphs: int, start: int = 0) -> None:
    """Check so many random expressions; what fails is shrunk.

    They are the same for the same `start` in every run of the same tests. (With other tests beside them perhaps not:
    Hypothesis also tries the constants that it finds in the modules that are loaded.)
    """
    some = expressions(min_operations=6, max_operations=16, scalar=False)
    calm = settings(max_examples=graphs, deadline=None, database=None, report_multiple_bugs=False)
    seed(start)(calm(given(some)(check)))()


def smallest_that_fails(check: Callable[[Expression], None]) -> Expression:
    """The expression to which Hypothesis shrinks a failure of the check.

    Raises:
        NoSuchExample: where the check fails on none of 500.
    """

    def fails(expression: Expression) -> bool:
        try:
            check(expression)
        except AssertionError:
            return True
        return False

    phases = [Phase.generate, Phase.shrink]
    calm = settings(max_examples=500, deadline=None, database=None, derandomize=True, phases=phases)
    return find(expressions(), fails, settings=calm)
