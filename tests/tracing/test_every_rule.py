"""Every operation of the sample table through `tg.jit`: the same bits as without it, whether recorded or replayed."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.samples import SAMPLES, Sample

CASES = [pytest.param(name, s, id=f"{name}-{i}") for name, group in SAMPLES.items() for i, s in enumerate(group)]
CALLS = 5  # two are recorded, three replayed

RUNS_EAGERLY = {
    ("getitem", "value_and_gradients"): "of a mask, the shape depends on values",
    ("getitem", "second_order"): "of a mask, the shape depends on values",
    ("getitem", "backward"): "of a mask, the shape depends on values",
    ("det", "second_order"): "which formula is taken depends on how near to singular the matrix is",
    ("eigh", "second_order"): "whether eigenvalues coincide is looked at",
    ("svd", "second_order"): "whether singular values coincide is looked at",
    ("embedding", "second_order"): "places of padding are picked by a mask",
    ("embedding", "value_and_gradients"): "a sparse gradient is returned",
}


def listed(results: Any) -> list[Any]:
    return list(results) if isinstance(results, list | tuple) else [results]


def value_and_gradients(case: Sample) -> Callable[..., Any]:
    """A function of inputs and of what the gradients start from: results, and the gradient of each input."""

    def f(inputs: list[tg.Tensor], starts: list[tg.Tensor]) -> Any:
        results = listed(case.f(*inputs))
        pairs = [(r, v) for r, v in zip(results, starts, strict=True) if r.requires_grad]
        if not pairs:
            return [r.detach() for r in results]
        outputs, given = zip(*pairs, strict=True)
        found = tg.grad(outputs, inputs, given, allow_unused=True)
        return [r.detach() for r in results], found

    return f


def second_order(case: Sample) -> Callable[..., Any]:
    """The same, and the gradient of the squared gradients."""

    def f(inputs: list[tg.Tensor], starts: list[tg.Tensor]) -> Any:
        results = listed(case.f(*inputs))
        pairs = [(r, v) for r, v in zip(results, starts, strict=True) if r.requires_grad]
        if not pairs:
            return [r.detach() for r in results]
        outputs, given = zip(*pairs, strict=True)
        found = tg.grad(outputs, inputs, given, allow_unused=True, create_graph=True)
        penalty = sum(((g * g).sum() for g in found if g is not None), tg.tensor(0.0, dtype=inputs[0].dtype))
        if not penalty.requires_grad:
            return penalty
        return penalty.detach(), tg.grad(penalty, inputs, allow_unused=True)

    return f


def backward(case: Sample) -> Callable[..., Any]:
    """The gradients as `backward()` hands them to the inputs."""

    def f(inputs: list[tg.Tensor], starts: list[tg.Tensor]) -> Any:
        total: Any = None
        for result, start in zip(listed(case.f(*inputs)), starts, strict=True):
            if result.requires_grad:
                part = (result * start).sum()
                total = part if total is None else total + part
        if total is not None:
            total.backward()
        return None if total is None else total.detach()

    return f


def fresh(case: Sample, dtype: Any, call: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Inputs near those of the sample, others at each call, and numbers for the gradients to start from."""
    rng = np.random.default_rng(call)
    inputs = [(x * (1 + 1e-3 * rng.uniform(-1, 1, x.shape))).astype(dtype) for x in case.inputs]
    results = [r.detach().numpy() for r in listed(case.f(*[tg.tensor(x) for x in inputs]))]
    return inputs, [rng.uniform(0.5, 1.5, r.shape).astype(r.dtype) for r in results]


def tensors(arrays: list[np.ndarray], requires_grad: bool) -> list[tg.Tensor]:
    return [tg.tensor(x, requires_grad=requires_grad) for x in arrays]


def same(one: Any, other: Any) -> None:
    """Equal to the last bit, in the same nest."""
    if isinstance(one, list | tuple):
        assert (type(one), len(one)) == (type(other), len(other))
        for a, b in zip(one, other, strict=True):
            same(a, b)
    elif isinstance(one, tg.Tensor):
        a, b = one.detach().numpy(), other.detach().numpy()
        assert type(a) is type(b) is np.ndarray
        assert (a.dtype, a.shape, one.requires_grad) == (b.dtype, b.shape, other.requires_grad)
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), np.max(np.abs(a - b))
    else:
        assert (type(one), one) == (type(other), other)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_same_bits(name: str, case: Sample) -> None:
    for way in (value_and_gradients, second_order, backward):
        for dtype in (np.float64, np.float32):
            refused = compared(case, way(case), dtype)
            assert not refused or (name, way.__name__) in RUNS_EAGERLY, refused


def compared(case: Sample, eager: Callable[..., Any], dtype: Any) -> str:
    """Call a function with and without jit; why it ran eagerly, if it did."""
    jitted: Any = tg.jit(eager)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for call in range(CALLS):
            inputs, starts = fresh(case, dtype, call)
            ours, theirs = tensors(inputs, True), tensors(inputs, True)
            same(jitted(ours, tensors(starts, False)), eager(theirs, tensors(starts, False)))
            same([x.grad for x in ours], [x.grad for x in theirs])
    refused = [str(warning.message) for warning in said if "[E17]" in str(warning.message)]
    assert (jitted.program is None) == bool(refused)
    assert len(refused) <= 1
    return "".join(refused)
