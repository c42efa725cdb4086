"""NumPy's spellings: keywords, positional and named; arguments without a rule are refused; dtypes are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.errors import GradientError
from tinygrad_vn.rules import FUNCTIONS, PIECEWISE_CONSTANT, PRIMITIVES, activations, linalg
from tinygrad_vn.rules.primitive import Primitive, positions_read

BLOCK = np.arange(1.0, 13.0).reshape(2, 3, 2) ** 1.5
MATRIX = np.array([[4.0, 1.0], [2.0, 3.0]])

SPELLINGS = {
    "sum(a=, axis=)": lambda t: np.sum(a=t, axis=0),
    "sum(axis, dtype, out, keepdims)": lambda t: np.sum(t, 1, None, None, True),
    "mean(a=, keepdims=)": lambda t: np.mean(a=t, axis=(0, -1), keepdims=True),
    "max(axis=, out=None)": lambda t: np.max(t, axis=-1, out=None),
    "prod(axis=, keepdims=)": lambda t: np.prod(t, axis=1, keepdims=True),
    "std(ddof=)": lambda t: np.std(t, axis=1, ddof=1),
    "var(mean=)": lambda t: np.var(t, axis=1, mean=np.mean(t, axis=1, keepdims=True)),
    "cumsum(a=, axis=)": lambda t: np.cumsum(a=t, axis=2),
    "transpose(axes=)": lambda t: np.transpose(t, axes=(2, 0, 1)),
    "transpose(axes list)": lambda t: np.transpose(t, [2, 0, 1]),
    "reshape(shape=)": lambda t: np.reshape(t, shape=(3, 4)),
    "reshape(order='C')": lambda t: np.reshape(t, (4, 3), order="C"),
    "swapaxes(axis1=, axis2=)": lambda t: np.swapaxes(t, axis1=0, axis2=1),
    "moveaxis(source=, destination=)": lambda t: np.moveaxis(t, source=0, destination=-1),
    "expand_dims(axis=)": lambda t: np.expand_dims(t, axis=(0, -1)),
    "clip(min=, max=)": lambda t: np.clip(t, min=2, max=20),
    "clip(a_min=, a_max=)": lambda t: np.clip(t, a_min=2, a_max=20),
    "clip(positional)": lambda t: np.clip(t, 2, None),
    "concatenate(arrays, axis=)": lambda t: np.concatenate((t, t), axis=1),
    "stack(arrays=, axis=)": lambda t: np.stack(arrays=[t, t], axis=-1),
    "vstack(tup=)": lambda t: np.vstack(tup=(t, t)),
    "split(ary=, indices_or_sections=)": lambda t: np.split(ary=t, indices_or_sections=3, axis=1)[1],
    "repeat(a=, repeats=)": lambda t: np.repeat(a=t, repeats=2, axis=0),
    "tile(A=, reps=)": lambda t: np.tile(A=t, reps=(2, 1)),
    "roll(shift=)": lambda t: np.roll(t, shift=1, axis=1),
    "pad(mode=)": lambda t: np.pad(t, pad_width=1, mode="edge"),
    "take(indices=, axis=)": lambda t: np.take(t, indices=[1, 1], axis=1),
    "sort(axis=, kind=)": lambda t: np.sort(t, axis=1, kind="stable"),
    "diff(n=, axis=)": lambda t: np.diff(t, n=1, axis=1),
    "diagonal(offset=)": lambda t: np.diagonal(t, offset=1, axis1=1, axis2=2),
    "where(positional)": lambda t: np.where(t > 5, t, 0),
    "select(condlist=, choicelist=)": lambda t: np.select(condlist=[t > 5], choicelist=[t]),
    "tensordot(axes=)": lambda t: np.tensordot(t, t, axes=([0, 1], [0, 1])),
    "einsum(optimize=)": lambda t: np.einsum("ijk,ijk->k", t, t, optimize=True),
    "norm(x=, ord=, axis=)": lambda t: np.linalg.norm(x=t, ord=None, axis=1),
    "average(weights=)": lambda t: np.average(t, axis=1, weights=[1, 2, 3]),
    "nan_to_num(nan=)": lambda t: np.nan_to_num(t, nan=0.0),
    "copy(order='K')": lambda t: np.copy(t, order="K"),
    "array @ Tensor": lambda t: np.ones((3, 3)) @ t,
    "array * Tensor": lambda t: np.ones(2) * t,
    "list + Tensor": lambda t: np.add([1.0, 2.0], t),
    "NumPy number - Tensor": lambda t: np.float64(2) - t,
}

if np.lib.NumpyVersion(np.__version__) < "2.1.0":  # names that came with it
    del SPELLINGS["reshape(shape=)"], SPELLINGS["clip(min=, max=)"]


@pytest.mark.parametrize("f", SPELLINGS.values(), ids=SPELLINGS)
def test_call(f: Any) -> None:
    """The value is NumPy's, and a gradient comes back: its product with the input is the slope along the input."""
    x = tg.tensor(BLOCK, requires_grad=True)
    y = f(x)
    expected = f(BLOCK)
    np.testing.assert_allclose(y.detach().numpy(), expected, rtol=1e-14)
    (g,) = tg.grad(y, x, np.ones(y.shape))
    slope = (np.sum(f(BLOCK * (1 + 1e-6))) - np.sum(f(BLOCK * (1 - 1e-6)))) / 2e-6
    assert np.sum(g.numpy() * BLOCK) == pytest.approx(slope, rel=1e-6, abs=1e-6)


REFUSED = {
    "where=": lambda t: np.sum(t, where=t > 2),
    "initial=": lambda t: np.max(t, initial=3.0),
    "dtype=": lambda t: np.sum(t, dtype=np.float32),
    "out=": lambda t: np.sum(t, axis=0, out=np.empty(2)),
    "mean(where=)": lambda t: np.mean(t, where=np.array([True, False])),
    "reshape(order='F')": lambda t: np.reshape(t, (4,), order="F"),
    "ravel(order='F')": lambda t: np.ravel(t, order="F"),
    "average(returned=)": lambda t: np.average(t, returned=True),
    "linspace(retstep=)": lambda t: np.linspace(t, 1.0, 3, retstep=True),
    "pad(stat_length=)": lambda t: np.pad(t, 1, mode="edge", stat_length=1),
    "pinv(rcond=)": lambda t: np.linalg.pinv(t, rcond=0.1),
    "svd(hermitian=)": lambda t: np.linalg.svd(t, hermitian=True),
    "einsum(out=)": lambda t: np.einsum("ij->i", t, out=np.empty(2)),
    "einsum(dtype=)": lambda t: np.einsum("ij->i", t, dtype=np.float32),
    "dot(out=)": lambda t: np.dot(t, t, out=np.empty((2, 2))),
    "concatenate(dtype=)": lambda t: np.concatenate([t, t], dtype=np.float32),
    "exp(out=)": lambda t: np.exp(t, out=np.empty((2, 2))),
    "exp(where=)": lambda t: np.exp(t, where=np.array([True, False])),
    "add.reduce": lambda t: np.add.reduce(t),
    "add.at": lambda t: np.add.at(t, [0], 1.0),
    "multiply.outer": lambda t: np.multiply.outer(t, t),
    "a function without a rule": lambda t: np.median(t),
    "unique": lambda t: np.unique(t),
    "complex eigenvalues": lambda t: np.linalg.eigvals(t),
    "a bare array": lambda t: np.asarray(t),
    "a list of Tensors": lambda t: np.array([t, t]),
    "a Tensor in a constant place": lambda t: np.full((2,), t[0, 0]),
    "a spacing": lambda t: np.gradient(t, t[0, 0]),
}


@pytest.mark.parametrize("f", REFUSED.values(), ids=REFUSED)
def test_what_has_no_rule_is_refused(f: Any) -> None:
    """E05, where a gradient would otherwise be lost without a word."""
    with pytest.raises(GradientError, match="E05"):
        f(tg.tensor(MATRIX, requires_grad=True))


@pytest.mark.parametrize(
    "f",
    [
        lambda t: np.sum(t, where=np.array([True, False])),
        lambda t: np.max(t, initial=3.0),
        lambda t: np.pad(t, 1, mode="mean"),
        lambda t: np.linalg.svd(t[:, :1])[0],
        lambda t: np.median(t, axis=0),
        lambda t: np.unique(t),
        lambda t: np.add.reduce(t),
    ],
)
def test_where_no_gradient_is_wanted_numpy_computes(f: Any) -> None:
    """What is refused above works for a Tensor that needs no gradient, and under no_grad()."""
    expected = f(MATRIX)
    plain = f(tg.tensor(MATRIX))
    with tg.no_grad():
        inside = f(tg.tensor(MATRIX, requires_grad=True))
    for result in (plain, inside):
        assert isinstance(result, tg.Tensor)
        np.testing.assert_allclose(result.numpy(), expected)


# --- functions without slope ----------------------------------------------------------------------------------------

QUESTIONS = {
    "floor": np.floor,
    "round": np.round,
    "argmax": lambda t: np.argmax(t, axis=0),
    "argsort": np.argsort,
    "floor_divide": lambda t: t // 2,
    "comparison": lambda t: t > 2,
    "equal": lambda t: np.equal(t, 1.0),
    "isfinite": np.isfinite,
    "zeros_like": np.zeros_like,
    "count_nonzero": np.count_nonzero,
    "searchsorted": lambda t: np.searchsorted(np.arange(4.0), t),
}


@pytest.mark.parametrize("f", QUESTIONS.values(), ids=QUESTIONS)
def test_questions_give_tensors_without_gradient(f: Any) -> None:
    answer = f(tg.tensor(MATRIX, requires_grad=True))
    if not isinstance(answer, int):
        assert isinstance(answer, tg.Tensor)
        assert not answer.requires_grad
        answer = answer.numpy()
    np.testing.assert_array_equal(answer, f(MATRIX))


def test_no_function_is_in_both_tables() -> None:
    assert FUNCTIONS.keys() & PIECEWISE_CONSTANT == set()


# --- dtypes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 2.5, True, np.float64(2.5), np.int64(3), np.bool_(True)])
def test_a_number_beside_float32_keeps_float32(number: Any) -> None:
    x = tg.tensor(np.array([0.5, 1.5], np.float32), requires_grad=True)
    for y in (
        *(x + number, number - x, x * number, number / x, x**number, abs(number) ** x, np.maximum(x, number)),
        *(
            np.where(x > 1, x, number),
            np.clip(x, number, None),
            np.hypot(number, x),
            np.logaddexp(x, number),
            x % number,
        ),
    ):
        assert isinstance(y, tg.Tensor)
        assert y.dtype == np.float32
        (first,) = tg.grad(y.sum(), x, create_graph=True)
        assert first.dtype == np.float32
        if first.requires_grad:
            assert tg.grad(first.sum(), x)[0].dtype == np.float32


def test_mixed_precision_gives_each_argument_its_own() -> None:
    x = tg.tensor(np.ones(2, np.float32), requires_grad=True)
    y = tg.tensor(np.ones((3, 2)), requires_grad=True)
    gx, gy = tg.grad((x * y).sum(), [x, y])
    assert (gx.dtype, gx.shape) == (np.float32, (2,))
    assert (gy.dtype, gy.shape) == (np.float64, (3, 2))


def test_casting_to_whole_numbers_leaves_the_graph() -> None:
    x = tg.tensor([1.5, 2.5], requires_grad=True)
    assert not np.astype(x, int).requires_grad
    assert np.astype(x, int).tolist() == [1, 2]
    assert np.astype(x, np.float32).requires_grad


def test_triangles_of_whole_numbers_stay_whole() -> None:
    x = tg.tensor([[1, 2], [3, 4]])
    assert np.tril(x).tolist() == [[1, 0], [3, 4]]
    assert np.triu(x).dtype == x.dtype


# --- what an operation is -------------------------------------------------------------------------------------------


def test_primitives_know_their_arguments() -> None:
    x = tg.tensor([[1.0, 2.0], [0.5, 0.0]], requires_grad=True)
    np.testing.assert_allclose(activations.softmax(x, axis=0).detach().numpy().sum(0), [1.0, 1.0])
    np.testing.assert_allclose(activations.softmax(axis=0, x=x).detach().numpy().sum(0), [1.0, 1.0])
    for wrong in (lambda: activations.softmax(x, dim=0), lambda: activations.softmax(), lambda: linalg.inv(x, 1)):
        with pytest.raises(TypeError):
            wrong()


def test_a_rule_says_what_it_reads() -> None:
    """Positions of the parameters whose values matter; a shape alone does not count."""
    assert positions_read(lambda g, out, x, y: g * y) == {0, 3}
    assert positions_read(lambda g, out, x: g.reshape(x.shape)) == {0}
    assert positions_read(lambda g, out, x, y: g * x.ndim + out.size) == {0}
    assert positions_read(lambda g, out, x, y: sum(g * part for part in y)) == {0, 3}
    assert positions_read(lambda g, out, x, y: [g * x * i for i in y.shape]) == {0, 2}

    def in_steps(g: Any, out: Any, x: Any, y: Any) -> Any:
        half = 0.5
        return x * half + g

    assert positions_read(in_steps) == {0, 2}


KEPT = {
    "add": ((False, False), False),
    "multiply": ((True, True), False),
    "divide": ((False, True), True),
    "exp": ((False,), True),
    "sum": ((False, True, False), False),
    "matmul": ((True, True), False),
    "linear": ((True, True, False), False),
    "where": ((True, False, False), False),
    "relu": ((False,), True),
    "reshape": ((False, False), False),
    "getitem": ((False, True), False),
    "softmax": ((False, True), True),
}


@pytest.mark.parametrize("name", KEPT)
def test_graphs_keep_only_what_rules_read(name: str) -> None:
    primitive = PRIMITIVES[name]
    assert (primitive.keeps, primitive.keeps_out) == KEPT[name]


def test_large_arrays_that_no_rule_reads_are_let_go() -> None:
    """And what is kept is enough: the gradient of a large array is the same as those of its two halves."""
    rng = np.random.default_rng(0)
    big = rng.uniform(0.5, 1.5, (2, 60, 100))  # 96 kB, above the limit of 64 kB; each half is below it

    def chain(x: Any) -> Any:
        y = np.exp(x + 1) / (x * x) - np.sqrt(x) + np.where(x > 1, x, -x) + np.maximum(x, 1.0) + np.hypot(x, 2 * x)
        y = activations.sigmoid(y) + activations.relu(y) + np.tanh(y) + activations.softplus(y)
        return np.concatenate([y, y * y], axis=-1).reshape(-1, 4).sum(1) ** 2

    whole = tg.tensor(big, requires_grad=True)
    (g,) = tg.grad(chain(whole).sum(), whole)
    for i in range(2):
        half = tg.tensor(big[i], requires_grad=True)
        (expected,) = tg.grad(chain(half).sum(), half)
        np.testing.assert_allclose(g.numpy()[i], expected.numpy(), rtol=1e-12)


def test_a_new_operation_is_one_entry() -> None:
    """As CONTRIBUTING.md shows it: one rule per argument, right at second order with no further code."""
    cube = Primitive("cube", lambda x: x * x * x, "³", {"x": lambda g, out, x: g * (3 * x * x)})
    x = tg.tensor([1.0, -2.0], requires_grad=True)
    (first,) = tg.grad(cube(x).sum(), x, create_graph=True)
    (second,) = tg.grad(first.sum(), x)
    assert first.tolist() == [3.0, 12.0]
    assert second.tolist() == [6.0, -12.0]
