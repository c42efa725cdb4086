"""Random graphs against finite differences, without any other library; `make oracle` compares many more with PyTorch.

The values are those of plain NumPy. A gradient is right if it predicts how NumPy's values change along a direction,
and a Hessian-vector product if it predicts how the gradients change. Slopes are taken numerically, by central
differences in four steps that Richardson's scheme extrapolates to a step of 0, so that they have ten good digits.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis.errors import NoSuchExample

from tests.fuzzing import Values, fuzz, ours, size, smallest_that_fails, vectors, weights
from tinygrad_vn import backprop
from tinygrad_vn.rules import PRIMITIVES
from tinygrad_vn.testing.expression import Expression

GRAPHS = 60
TOLERANCE = 1e-7


def slope(f: Callable[[float], Values]) -> Values:
    """df/ds at s = 0: the error of a central difference is a series in h², whose first terms are eliminated."""
    steps = [2.0**-k for k in (9, 10, 11, 12)]
    known = [(f(h) - f(-h)) / (2 * h) for h in steps]
    for order in range(1, len(steps)):
        known = [better + (better - worse) / (4**order - 1) for worse, better in itertools.pairwise(known)]
    return known[0]


def moved(expression: Expression, s: float, v: list[Values]) -> Expression:
    """The same program, with every variable a step of length s further along its v."""
    values = {name: x + s * d for (name, x), d in zip(expression.variables.items(), v, strict=True)}
    return Expression(expression.source, **values)


def weighed(expression: Expression) -> Values:
    """L = ∑ u y, by NumPy alone."""
    y = np.asarray(expression())
    return (weights(y.shape, 0) * y).sum()


def agree(what: str, found: Any, expected: Any, scale: float) -> None:
    assert np.shape(found) == np.shape(expected)
    error = np.abs(found - expected).max(initial=0.0) / scale
    assert error <= TOLERANCE, f"{what}: {found}, but numerically {expected}"


def check(expression: Expression) -> None:
    """The value is NumPy's; gradients and Hessian-vector products are the slopes."""
    mine, v = ours(expression), vectors(expression)
    agree("the value", mine.value, np.asarray(expression()), size(mine.value))
    largest = max(map(size, mine.gradients))
    for i, gradient in enumerate(mine.gradients):  # one variable at a time
        along = [d if k == i else 0 * d for k, d in enumerate(v)]
        expected = slope(lambda s, along=along: weighed(moved(expression, s, along)))  # type: ignore[misc]
        agree(f"the gradient of variable {i} along v", (gradient * v[i]).sum(), expected, largest)
    for i, product in enumerate(mine.products):
        expected = slope(lambda s, i=i: ours(moved(expression, s, v)).gradients[i])  # type: ignore[misc]
        agree(f"the Hessian-vector product of variable {i}", product, expected, max(size(product), largest))


def test_random_graphs() -> None:
    fuzz(check, graphs=GRAPHS)


def printed(start: int) -> list[str]:
    graphs: list[str] = []
    fuzz(lambda expression: graphs.append(repr(expression)), graphs=10, start=start)
    return graphs


def test_the_same_graphs_come_again_for_the_same_start() -> None:
    assert printed(0) == printed(0) != printed(1)


# --- the checks bite --------------------------------------------------------------------------------------------------

SUMMED, PLUS = backprop.summed_to, backprop.plus
BROKEN: dict[str, tuple[Any, str, Any, str]] = {
    "a wrong factor": (PRIMITIVES["tanh"], "rules", (lambda g, out, x: 1.001 * g * (1 - out * out),), "np.tanh"),
    "a wrong sign": (PRIMITIVES["multiply"], "rules", (lambda g, out, x, y: g * y, lambda g, out, x, y: -g * x), r"\*"),
    "values outside the graph": (PRIMITIVES["sin"], "rules", (lambda g, out, x: g * np.cos(bare(x)),), "np.sin"),
    "a mean over broadcast axes": (
        backprop,
        "summed_to",
        lambda g, s: SUMMED(g, s) * (np.prod(s) / g.size),
        r"[-+*/,]",
    ),
    "a forgotten contribution": (backprop, "plus", lambda known, part: part, r"\ba\b.*\ba\b"),
}


def bare(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else x.detach()


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_rule_is_found_and_shrunk(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, wrong, sign_of_it = BROKEN[what]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, wrong)
        found = smallest_that_fails(check)
        with pytest.raises(AssertionError, match=r"numerically|[Nn]ot equal"):
            check(found)
    check(found)  # it was the rule
    assert re.search(sign_of_it, found.source)
    assert len(found.source) <= 40, found.source


def test_nothing_is_found_where_nothing_is_broken() -> None:
    with pytest.raises(NoSuchExample):
        smallest_that_fails(
            lambda expression: agree("the value", expression(*expression.tensors()).data, expression(), 1)
        )
