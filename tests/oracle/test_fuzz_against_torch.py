"""Random graphs: values, gradients and Hessian-vector products are PyTorch's, in float64, to 1e-10.

The error of an array is its largest difference from PyTorch's, divided by the largest number in PyTorch's array, or
by 1 where that is smaller. `make oracle` checks 500 graphs; `make oracle ARGS="--graphs 10000"` as many as asked for,
`--graphs-seed` others. The count and the worst errors are printed below the results.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.fuzzing import Derivatives, fuzz, ours, size, smallest_that_fails, vectors, weights
from tests.oracle.conftest import Tally
from tinygrad_vn.rules import PRIMITIVES
from tinygrad_vn.testing.expression import Expression

torch = pytest.importorskip("torch", reason="PyTorch is not installed; `make oracle` brings it")
F = torch.nn.functional

TOLERANCE = 1e-10


# --- how PyTorch spells it --------------------------------------------------------------------------------------------


def reduction(f: Any) -> Any:
    """NumPy's axis=None is a call without an axis."""
    return lambda x, axis=None, keepdims=False: f(x) if axis is None else f(x, axis, keepdims)


def axes(x: Any, axis: Any) -> Any:
    """And where an axis must be named, it is all of them."""
    return tuple(range(x.ndim)) if axis is None else axis


class Spellings:
    """PyTorch's functions under NumPy's names: most are called the same, the others are listed."""

    def __init__(self, module: Any, **others: Any) -> None:
        self.module, self.others = module, others

    def __getattr__(self, name: str) -> Any:
        return self.others[name] if name in self.others else getattr(self.module, name)


NP = Spellings(
    torch,
    arctan=torch.atan,
    arcsinh=torch.asinh,
    arcsin=torch.asin,
    arccos=torch.acos,
    arctanh=torch.atanh,
    arccosh=torch.acosh,
    arctan2=torch.atan2,
    cbrt=lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3),
    clip=torch.clamp,
    maximum=lambda x, y: torch.maximum(x, torch.as_tensor(y, dtype=torch.float64)),
    sum=reduction(torch.sum),
    mean=reduction(torch.mean),
    prod=reduction(torch.prod),
    max=reduction(torch.amax),
    min=reduction(torch.amin),
    var=lambda x, axis=None, keepdims=False: torch.var(x, axis, correction=0, keepdim=keepdims),
    std=lambda x, axis=None: torch.std(x, axis, correction=0),
    expand_dims=torch.unsqueeze,
    flip=lambda x, axis: torch.flip(x, (axis,)),
    roll=lambda x, shift, axis: torch.roll(x, shift, axis),
    transpose=torch.permute,
    take=lambda x, places, axis: torch.index_select(x, axis, torch.tensor(places)),
    diff=lambda x, axis: torch.diff(x, dim=axis),
    pad=lambda x, width: F.pad(x, (width, width) * x.ndim),
    tile=lambda x, times: torch.tile(x, (times,)),
    repeat=lambda x, times, axis: torch.repeat_interleave(x, times, dim=axis),
    sort=lambda x, axis: torch.sort(x, dim=axis).values,
    split=lambda x, count, axis: torch.tensor_split(x, count, dim=axis),
    broadcast_arrays=torch.broadcast_tensors,
    tensordot=lambda x, y, axes: torch.tensordot(x, y, axes),
    kron=lambda x, y: torch.kron(x.contiguous(), y.contiguous()),  # its second derivative fails on transposed ones
    cross=torch.linalg.cross,
    eye=lambda n: torch.eye(n, dtype=torch.float64),
    linalg=Spellings(torch.linalg, norm=lambda x, axis=None: torch.linalg.vector_norm(x, dim=axis)),
)
ACTIVATIONS = Spellings(
    F,
    softmax=torch.softmax,
    log_softmax=torch.log_softmax,
    logsumexp=lambda x, axis=None, keepdims=False: torch.logsumexp(x, axes(x, axis), keepdims),
)


def theirs(expression: Expression) -> Derivatives:
    """By PyTorch."""
    x = [torch.tensor(value, requires_grad=True) for value in expression.variables.values()]
    y = expression(*x, np=NP, F=ACTIVATIONS)
    gradients = torch.autograd.grad(y, x, torch.tensor(weights(y.shape, 0)), create_graph=True, allow_unused=True)
    slope = torch.tensor(0.0, dtype=torch.float64)
    for g, v in zip(gradients, vectors(expression), strict=True):
        slope = slope if g is None else slope + (g * torch.tensor(v)).sum()
    products = torch.autograd.grad(slope, x, allow_unused=True) if slope.requires_grad else [None] * len(x)

    def bare(found: Any) -> list[Any]:
        return [np.zeros(t.shape) if g is None else g.numpy(force=True) for g, t in zip(found, x, strict=True)]

    return Derivatives(y.numpy(force=True), bare(gradients), bare(products))


# --- the comparison ---------------------------------------------------------------------------------------------------


def compare(expression: Expression, tally: Tally) -> None:
    mine, yours = ours(expression), theirs(expression)
    tally.count(mine.operations)
    for what, a, b in [
        ("values", [mine.value], [yours.value]),
        ("gradients", mine.gradients, yours.gradients),
        ("Hessian-vector products", mine.products, yours.products),
    ]:
        for one, other in zip(a, b, strict=True):
            assert one.shape == other.shape
            error = float(np.abs(one - other).max(initial=0.0)) / size(other)
            assert error <= TOLERANCE, f"{what} differ by {error:.1e}: {one} here, {other} in PyTorch"
            tally.error(what, error)


def test_random_graphs(request: pytest.FixtureRequest, tally: Tally) -> None:
    graphs = request.config.getoption("--graphs", 500)
    fuzz(
        lambda expression: compare(expression, tally), graphs=graphs, start=request.config.getoption("--graphs-seed", 0)
    )
    assert tally.graphs >= graphs  # Hypothesis found so many different ones


# --- the comparison bites ---------------------------------------------------------------------------------------------


def test_a_rule_that_is_off_by_a_billionth_is_found_and_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(PRIMITIVES["tanh"], "rules", (lambda g, out, x: g * (1 - out * out) * (1 + 1e-9),))
        found = smallest_that_fails(lambda expression: compare(expression, Tally()))
        with pytest.raises(AssertionError, match="gradients differ by"):
            compare(found, Tally())
    compare(found, Tally())  # it was the rule
    assert "np.tanh" in found.source
    assert len(found.source) <= 40, found.source
