"""Every operation of the sample table: its value, its derivatives to second order, float32, memory layouts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.samples import SAMPLES, Sample
from tinygrad_vn.checking import Verdict, gradcheck_report, gradgradcheck_report
from tinygrad_vn.graph import newest_first
from tinygrad_vn.rules import COMPOSITES, FUNCTIONS, PRIMITIVES

Arrays = list[np.ndarray]
CASES = [pytest.param(s, id=f"{name}-{i}") for name, group in SAMPLES.items() for i, s in enumerate(group)]
every_sample = pytest.mark.parametrize("case", CASES)


def listed(results: Any) -> list[Any]:
    return list(results) if isinstance(results, list | tuple) else [results]


def leaves(arrays: Sequence[np.ndarray]) -> list[tg.Tensor]:
    return [tg.tensor(x, requires_grad=True) for x in arrays]


def results_of(case: Sample, arrays: Sequence[np.ndarray]) -> Arrays:
    """What the reference says, as float arrays."""
    return [np.asarray(r) for r in listed((case.reference or case.f)(*arrays))]


def cotangents(case: Sample, seed: int = 1) -> Arrays:
    """A random number for every element of every result: what the gradients start from."""
    rng = np.random.default_rng(seed)
    return [
        np.asarray(rng.uniform(0.5, 1.5, r.shape) * rng.choice([-1, 1], r.shape)) for r in results_of(case, case.inputs)
    ]


def gradients(case: Sample, inputs: Sequence[Any], starts: Sequence[Any], create_graph: bool = False) -> list[Any]:
    """The gradient of each input, zeros where no result depends on it."""
    pairs = [(r, v) for r, v in zip(listed(case.f(*inputs)), starts, strict=True) if r.requires_grad]
    if not pairs:
        return [tg.zeros_like(x) for x in inputs]
    outputs, given = zip(*pairs, strict=True)
    found = tg.grad(outputs, inputs, given, create_graph=create_graph, allow_unused=True)
    return [tg.zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True)]


# --- the table is complete ------------------------------------------------------------------------------------------


def test_every_operation_has_samples() -> None:
    operations = set(PRIMITIVES) | set(COMPOSITES)
    assert operations - set(SAMPLES) == set(), "add samples for these in tests/samples/"
    assert set(SAMPLES) - operations == set(), "samples for operations that do not exist"
    assert [name for name, group in SAMPLES.items() if not group] == []


@pytest.mark.parametrize("name", PRIMITIVES)
def test_samples_reach_their_primitive(name: str) -> None:
    made = set()
    for case in SAMPLES[name]:
        results = [r for r in listed(case.f(*leaves(case.inputs))) if r.requires_grad]
        made |= {node.primitive.name for node in newest_first([r._node for r in results])}
    assert name in made


def test_every_numpy_function_is_reached_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    called = set()

    class Noting(dict):  # type: ignore[type-arg]
        def get(self, function: Any, default: Any = None) -> Any:
            called.add(function)
            return super().get(function, default)

    monkeypatch.setattr(sys.modules["tinygrad_vn.tensor"], "FUNCTIONS", Noting(FUNCTIONS))  # tg.tensor is a function
    for group in SAMPLES.values():
        for case in group:
            case.f(*leaves(case.inputs))
    assert {f"{f.__module__}.{f.__name__}" for f in FUNCTIONS.keys() - called} == set()


# --- the checks -----------------------------------------------------------------------------------------------------


@every_sample
def test_value(case: Sample) -> None:
    results = listed(case.f(*leaves(case.inputs)))
    expected = results_of(case, case.inputs)
    assert len(results) == len(expected)
    for result, value in zip(results, expected, strict=True):
        assert isinstance(result, tg.Tensor)
        assert result.dtype == value.dtype
        assert result.shape == value.shape
        np.testing.assert_allclose(result.detach().numpy(), value, rtol=1e-13, atol=1e-13)


@every_sample
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_first_derivative(case: Sample, dtype: type[np.floating[Any]]) -> None:
    """Every element by itself; no sample stands at a kink, or where the numeric slope is in doubt."""
    report = gradcheck_report(case.f, [x.astype(dtype) for x in case.inputs])
    assert report.verdict is Verdict.PASS, str(report)
    assert len(report.elements) == sum(x.size for x in case.inputs)


@every_sample
def test_second_derivative(case: Sample) -> None:
    """The gradient is differentiated by the inputs and by what it started from."""
    report = gradgradcheck_report(case.f, list(case.inputs), fast_mode=True)
    assert report.verdict is Verdict.PASS, str(report)


@every_sample
def test_float32_stays_float32(case: Sample) -> None:
    singles = [x.astype(np.float32) for x in case.inputs]
    starts = [v.astype(r.dtype) for v, r in zip(cotangents(case), listed(case.f(*leaves(singles))), strict=True)]
    variables = leaves([*singles, *starts])
    n = len(singles)
    for result, value in zip(listed(case.f(*variables[:n])), results_of(case, singles), strict=True):
        assert result.dtype in (np.float32, value.dtype)  # float64 only where NumPy's own result is float64
    first = gradients(case, variables[:n], starts)
    assert {g.dtype for g in first} == {np.dtype(np.float32)}
    recorded = gradients(case, variables[:n], variables[n:], create_graph=True)
    assert {g.dtype for g in recorded} == {np.dtype(np.float32)}
    contraction = sum(((g * g).sum() for g in recorded), tg.tensor(0.0, dtype=np.float32))
    if contraction.requires_grad:
        second = tg.grad(contraction, variables[:n], allow_unused=True)
        assert {g.dtype for g in second if g is not None} <= {np.dtype(np.float32)}
    if not case.singles:
        return
    for gradient, precise in zip(first, gradients(case, leaves(case.inputs), cotangents(case)), strict=True):
        size = np.abs(precise.numpy()).max(initial=1.0)
        np.testing.assert_allclose(gradient.numpy(), precise.numpy(), rtol=1e-3, atol=1e-4 * size)


def turned_around(x: np.ndarray) -> np.ndarray:
    """The same numbers with every axis stored backwards, and in Fortran's order."""
    everything = (slice(None, None, -1),) * x.ndim
    return x[everything].copy(order="F")[everything] if x.ndim else x


def spread_out(x: np.ndarray) -> np.ndarray:
    """The same numbers, with a gap after each."""
    return np.repeat(x[..., None], 2, axis=-1)[..., 0]


@every_sample
@pytest.mark.parametrize("stored", [turned_around, spread_out])
def test_memory_layout_changes_nothing(case: Sample, stored: Callable[[np.ndarray], np.ndarray]) -> None:
    def arranged(arrays: Sequence[np.ndarray]) -> list[tg.Tensor]:
        variables = leaves(arrays)
        for variable, x in zip(variables, arrays, strict=True):
            variable._data = stored(x)  # a Tensor made in the usual way copies, and so tidies up
        return variables

    starts = cotangents(case)
    usual = gradients(case, leaves(case.inputs), starts)
    variables, given = arranged(case.inputs), arranged(starts)
    for gradient, expected in zip(gradients(case, variables, given), usual, strict=True):
        np.testing.assert_allclose(gradient.detach().numpy(), expected.numpy(), rtol=1e-12, atol=1e-12)
    for gradient, expected in zip(gradients(case, variables, given, create_graph=True), usual, strict=True):
        np.testing.assert_allclose(gradient.detach().numpy(), expected.numpy(), rtol=1e-12, atol=1e-12)
