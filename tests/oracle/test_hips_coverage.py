"""Everything that HIPS autograd's NumPy namespace differentiates is differentiable here, through plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tinygrad_vn.rules import FUNCTIONS, PIECEWISE_CONSTANT

pytest.importorskip("autograd", reason="HIPS autograd is not installed; `make oracle` brings it")

import autograd.numpy  # noqa: F401 - fills the tables
from autograd.core import primitive_vjps
from autograd.tracer import notrace_primitives

OURS = FUNCTIONS.keys() | PIECEWISE_CONSTANT

NOT_HERE = {
    "eig": "complex-valued; eigh is here",
    "full": "np.full(shape, t) does not ask a Tensor what to do, so it is refused (E05); np.full_like is here",
    "array": "np.array([t, u]) asks for bare arrays, so it is refused (E05); np.stack is here",
    "isscalar": "answers for Tensors without any help",
}


def original(function: object) -> object:
    """NumPy's own function inside HIPS' wrapper."""
    return getattr(function, "fun", function)


def name(function: object) -> str:
    return getattr(function, "__name__", str(function))


def is_numpys(function: object) -> bool:
    """Not a helper of HIPS' own, and not one of the Fourier transforms, whose results are complex."""
    return isinstance(function, np.ufunc) or getattr(function, "__module__", "") in ("numpy", "numpy.linalg")


DIFFERENTIATED = [f for f in map(original, primitive_vjps) if is_numpys(f)]
WITHOUT_GRADIENT = [f for group in notrace_primitives.values() for f in map(original, group) if is_numpys(f)]


def test_hips_has_been_read() -> None:
    """Should autograd keep its tables elsewhere one day, the tests below would be empty; this one says so."""
    assert len(DIFFERENTIATED) > 110
    assert len(WITHOUT_GRADIENT) > 40
    assert {np.add, np.einsum, np.linalg.norm} <= set(DIFFERENTIATED)


@pytest.mark.parametrize("function", sorted({f for f in DIFFERENTIATED if name(f) not in NOT_HERE}, key=name), ids=name)
def test_differentiated_by_hips(function: object) -> None:
    assert function in FUNCTIONS


@pytest.mark.parametrize(
    "function", sorted({f for f in WITHOUT_GRADIENT if name(f) not in NOT_HERE}, key=name), ids=name
)
def test_without_gradient_in_hips(function: object) -> None:
    assert function in OURS


@pytest.mark.parametrize("written", ["append", "column_stack", "concatenate", "hstack", "select", "stack", "vstack"])
def test_written_by_hips_in_python(written: str) -> None:
    """What HIPS writes out itself instead of wrapping NumPy's function; `array` is the eighth."""
    assert getattr(np, written) in FUNCTIONS
