"""Gradients of rows: the same numbers as the whole table's gradient, held and used without making the whole table."""

import copy
import operator
import threading
import tracemalloc
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.test_trust import every_interruption
from tinygrad_vn import optim, passes
from tinygrad_vn.nn import functional as F
from tinygrad_vn.nn.utils import clip_grad_norm_, clip_grad_value_
from tinygrad_vn.sparse import RowGradient

INDICES = np.array([[1, 4, 1], [0, 4, 4]])
TABLE = np.random.default_rng(0).normal(size=(6, 2))


def table(values: Any = TABLE) -> tg.Tensor:
    return tg.tensor(values, requires_grad=True)


def looked_up(w: tg.Tensor, indices: Any = INDICES, **options: Any) -> tg.Tensor:
    return F.embedding(indices, w, sparse=True, **options)


def with_gradient() -> tg.Tensor:
    w = table()
    (looked_up(w) ** 3).sum().backward()
    return w


def expected(indices: Any = INDICES, values: Any = TABLE) -> np.ndarray:
    """Of the sum of the cubes of the rows looked up, by hand."""
    total = np.zeros_like(values)
    for i in np.ravel(indices):
        total[i] += 3 * values[i] ** 2
    return total


# --- rows as a value ------------------------------------------------------------------------------------------------


def rows_of(indices: Any, n: int = 5, columns: tuple[int, ...] = (2,), seed: int = 0) -> RowGradient:
    values = np.random.default_rng(seed).normal(size=(len(indices), *columns))
    return RowGradient(np.array(indices, np.intp), values, (n, *columns))


def added_up(rows: RowGradient) -> np.ndarray:
    total = np.zeros(rows.shape)
    np.add.at(total, rows.indices, rows.values)
    return total


@pytest.mark.parametrize("columns", [(), (2,), (2, 3), (0,)])
@pytest.mark.parametrize("indices", [[], [3], [1, 3], [3, 1], [4, 0, 4, 4, 0, 2]])
def test_coalescing_adds_up_what_belongs_to_one_row(indices: list[int], columns: tuple[int, ...]) -> None:
    rows = rows_of(indices, columns=columns)
    once = rows.coalesce()
    assert once.indices.tolist() == sorted(set(indices))
    assert once.is_coalesced
    assert once.coalesce() is once
    np.testing.assert_allclose(once.to_dense(), added_up(rows), rtol=1e-14)
    np.testing.assert_allclose(rows.to_dense(), added_up(rows), rtol=1e-14)
    np.testing.assert_array_equal(np.asarray(rows), rows.to_dense())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("columns", [(), (2,), (2, 3), (0,)])
@pytest.mark.parametrize("indices", [[], [3], [3, 1], [4, 0, 4, 4, 0, 2]])
def test_rows_are_added_in_place(indices: list[int], columns: tuple[int, ...], order: Any, dtype: Any) -> None:
    rows = rows_of(np.array(indices, np.uint8), columns=columns)  # a byte must not overflow as a place in the table
    whole = np.asarray(np.random.default_rng(5).normal(size=(5, *columns)), dtype=dtype, order=order)
    right = whole + added_up(rows)
    assert rows.added_to(whole) is whole
    np.testing.assert_allclose(whole, right, rtol=1e-14 if dtype is np.float64 else 1e-6, atol=1e-7)


def test_a_place_in_the_table_may_be_larger_than_the_kind_of_the_indices() -> None:
    table = np.zeros((200, 100))
    RowGradient(np.array([199, 199], np.uint8), np.ones((2, 100)), (200, 100)).added_to(table)
    assert (table[199] == 2).all()
    assert table.sum() == 200


def test_arithmetic_of_rows() -> None:
    a, b, whole = rows_of([1, 1]), rows_of([4, 1], seed=1), np.ones((5, 2))
    assert isinstance(a + b, RowGradient)
    np.testing.assert_allclose((a + b).to_dense(), added_up(a) + added_up(b), rtol=1e-14)
    for dense in (whole + a, a + whole):
        assert type(dense) is np.ndarray
        np.testing.assert_allclose(dense, added_up(a) + 1, rtol=1e-14)
    assert (whole == 1).all()
    for mixed in (tg.tensor(whole) + a, a + tg.tensor(whole)):  # where a recorded pass meets one that is not
        np.testing.assert_allclose(mixed.numpy(), added_up(a) + 1, rtol=1e-14)
    for rows, factor in ((a * 3, 3), (3 * a, 3), (a / 4, 0.25), (-a, -1)):
        np.testing.assert_allclose(rows.to_dense(), factor * added_up(a), rtol=1e-14)
    assert "2 rows of a table of shape (5, 2)" in repr(a)
    with pytest.raises(TypeError):
        a + np.ones((4, 2))
    for operation in (operator.mul, operator.truediv):
        with pytest.raises(TypeError):
            operation(a, np.ones((2, 2)))  # of the rows held, or of the table?
    with pytest.raises(TypeError):
        np.exp(a)  # not silently of the rows alone
    with pytest.raises(ValueError, match=r"\(5, 2\) and \(6, 2\)"):
        a + rows_of([1], n=6)
    with pytest.raises(ValueError, match="do not fit"):
        RowGradient(np.array([1, 2]), np.ones((3, 2)), (5, 2))


def test_a_sum_of_many_passes_holds_no_more_rows_than_the_table_has() -> None:
    total = rows_of([0, 1, 2])
    for seed in range(1, 100):
        total = total + rows_of([2, 3, 2], seed=seed)
        assert total.nnz <= 5
    assert np.abs(total.to_dense()[4]).max() == 0


# --- .grad ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indices", [INDICES, [0, 5], 3, [], np.array([2, 2], np.uint8), np.array([[[5]]])])
@pytest.mark.parametrize("values", [TABLE, TABLE[:, 0], TABLE[..., None] * [1.0, 2.0]])
def test_the_numbers_are_those_of_the_whole_gradient(indices: Any, values: np.ndarray) -> None:
    w = table(values)
    (looked_up(w, indices) ** 3).sum().backward()
    gradient: Any = w.grad
    assert isinstance(gradient, tg.Tensor)
    assert (gradient.is_sparse, gradient.shape, gradient.size) == (True, values.shape, values.size)
    assert (gradient.ndim, gradient.dtype, len(gradient)) == (values.ndim, values.dtype, 6)
    right = expected(indices, values)
    np.testing.assert_allclose(gradient.numpy(), right, rtol=1e-14)
    np.testing.assert_allclose(gradient.to_dense().numpy(), right, rtol=1e-14)
    assert gradient.nnz == np.size(indices)
    rows = sorted(set(np.ravel(indices).tolist()))
    assert gradient.indices().tolist() == [rows]
    np.testing.assert_allclose(gradient.values().numpy(), right[rows], rtol=1e-14)


def test_whatever_works_on_a_gradient_works_on_this_one() -> None:
    g, right = with_gradient().grad, expected()
    for ours, numbers in (
        (np.linalg.norm(g), np.linalg.norm(right)),
        (abs(g).max(), right.max()),
        (g[1], right[1]),
        (g - 1.0, right - 1),
        (1.0 + g, 1 + right),
        (g * TABLE, right * TABLE),
        (g / TABLE, right / TABLE),
        (TABLE * g, right * TABLE),
        (np.float32(2) * g, 2 * right),
        (g * tg.tensor(0.5), right / 2),
    ):
        np.testing.assert_allclose(ours.numpy(), numbers, rtol=1e-14)
    for scaled in (2 * g, g * 2.0, g / 3, -g, g * np.float64(2), g.clone(), g.detach(), g + g, g.astype(np.float32)):
        assert scaled.is_sparse
    assert (g.astype(np.float32).dtype, g.coalesce().nnz) == (np.float32, 3)
    np.testing.assert_allclose(g.astype(np.float32).numpy(), right, rtol=1e-6)
    assert g.astype(int).tolist() == right.astype(int).tolist()
    assert repr(g).startswith("sparse_gradient(rows=[0, 1, 4],\n")
    assert tg.tensor([1.0]).is_sparse is False
    maker, parts = g.__reduce__()
    for twin in (copy.copy(g), copy.deepcopy(g), maker(*parts)):
        assert twin.is_sparse
        np.testing.assert_array_equal(twin.numpy(), g.numpy())
    w = with_gradient()
    assert copy.deepcopy(w).grad.is_sparse


def test_in_place_it_can_be_scaled_and_not_be_written_into() -> None:
    w = with_gradient()
    g = w.grad
    g *= 0.5
    g += g
    g /= 4
    assert w.grad is g
    np.testing.assert_allclose(g.numpy(), expected() / 4, rtol=1e-14)
    for change in (
        lambda: g.__setitem__(0, 1.0),
        lambda: g.__iadd__(1.0),
        lambda: g.__imul__(TABLE),
        lambda: setattr(g, "data", TABLE),
    ):
        with pytest.raises(tg.GradientError, match=r"\[E04\] Writing into elements of a sparse gradient"):
            change()
    for array in (g.numpy(), g.data, np.asarray(g)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(tg.GradientError, match=r"\[E05\].*to_dense"):
        g.requires_grad_()
    np.testing.assert_allclose(g.numpy(), expected() / 4, rtol=1e-14)


def test_passes_add_up() -> None:
    w = with_gradient()
    (looked_up(w, [5, 1]) ** 3).sum().backward()
    assert w.grad.is_sparse
    np.testing.assert_allclose(w.grad.numpy(), expected() + expected([5, 1]), rtol=1e-14)
    (w * w).sum().backward()
    assert not w.grad.is_sparse
    (looked_up(w) ** 3).sum().backward()  # onto a whole gradient
    assert not w.grad.is_sparse
    np.testing.assert_allclose(w.grad.numpy(), 2 * expected() + expected([5, 1]) + 2 * TABLE, rtol=1e-14)


@pytest.mark.parametrize("sparse_first", [False, True])
def test_sparse_and_whole_in_one_pass_are_whole(sparse_first: bool) -> None:
    w = table()
    parts = [(looked_up(w) ** 3).sum(), (w * w).sum()]
    (parts[not sparse_first] + parts[sparse_first]).backward()
    assert type(w.grad) is tg.Tensor
    np.testing.assert_allclose(w.grad.numpy(), expected() + 2 * TABLE, rtol=1e-14)


def test_several_lookups_in_one_pass_stay_sparse() -> None:
    w = table()
    ((looked_up(w) ** 3).sum() + (looked_up(w, [5, 1]) ** 3).sum()).backward()
    assert w.grad.is_sparse
    np.testing.assert_allclose(w.grad.numpy(), expected() + expected([5, 1]), rtol=1e-14)


def test_padding_gets_no_gradient() -> None:
    for padding_idx, row in ((4, 4), (-2, 4), (0, 0), (3, 3)):
        right = expected()
        right[row] = 0
        for sparse in (False, True):
            w = table()
            (F.embedding(INDICES, w, padding_idx, sparse=sparse) ** 3).sum().backward()
            np.testing.assert_allclose(w.grad.numpy(), right, rtol=1e-14)
            assert w.grad.is_sparse == sparse


def test_a_table_that_is_itself_a_result_gets_a_whole_gradient() -> None:
    w = table()
    doubled = w * 2
    doubled.retain_grad()
    (looked_up(doubled) ** 3).sum().backward()
    assert not doubled.grad.is_sparse
    np.testing.assert_allclose(w.grad.numpy(), 2 * expected(values=2 * TABLE), rtol=1e-14)


def test_derivatives_of_the_gradient() -> None:
    w = table()
    (g,) = tg.grad((looked_up(w) ** 3).sum(), w, create_graph=True)
    (g * g).sum().backward()
    twice = np.bincount(INDICES.ravel(), minlength=6)[:, None]
    np.testing.assert_allclose(w.grad.numpy(), 2 * expected() * twice * 6 * TABLE, rtol=1e-13)
    (g,) = tg.grad((looked_up(w) ** 3).sum(), w)
    assert g.is_sparse
    w = with_gradient()
    (looked_up(w) ** 3).sum().backward(create_graph=True)  # added to rows
    np.testing.assert_allclose(w.grad.detach().numpy(), 2 * expected(), rtol=1e-14)
    assert tg.gradcheck(lambda v: (looked_up(v) ** 3).sum(), [TABLE])
    assert tg.gradgradcheck(lambda v: (looked_up(v) ** 3).sum(), [TABLE])


def test_it_holds_on_to_no_larger_array() -> None:
    w, other = table(), table(np.ones((10_000, 2)))
    joined = np.concatenate([looked_up(w).reshape(-1, 2), other])
    (joined**2).sum().backward()
    base = w.grad.rows.values.base
    assert base is None or base.nbytes <= w.grad.rows.values.nbytes


def test_nobody_else_can_change_it() -> None:
    indices = tg.tensor(INDICES)
    w, x = table(), table(np.zeros((2, 3, 2)))
    (looked_up(w, indices) + x).sum().backward()
    right = w.grad.numpy().copy()
    x.grad.data[...] = 7  # one array was the gradient of both
    indices.data[...] = 0
    w.grad.values().data[...] = 7
    w.grad.indices().data[...] = 7
    np.testing.assert_array_equal(w.grad.numpy(), right)


# --- around it ------------------------------------------------------------------------------------------------------


def test_sums_over_passes_are_noticed() -> None:
    w = with_gradient()
    optimizer = optim.SGD([w], lr=0.1)
    for set_to_none in (True, False):
        (looked_up(w) ** 3).sum().backward()
        assert w._node.additions == 1
        optimizer.zero_grad(set_to_none)
        (looked_up(w) ** 3).sum().backward()
        assert w._node.additions == 0
    w.zero_grad()
    (looked_up(w) * 0.0).sum().backward()
    (looked_up(w) ** 3).sum().backward()
    assert w._node.additions == 0  # what was there was 0
    assert w.grad.is_sparse
    (looked_up(w) ** 3).sum().backward()
    with pytest.warns(tg.GradientWarning, match="E01"):
        optimizer.step()


def test_a_nan_in_the_rows_is_found() -> None:
    w = table(np.ones((3, 2)))
    with tg.detect_anomaly():
        loss = (looked_up(w, [1]) * tg.tensor([[1.0, 2.0]])).sum()
        start = tg.tensor(np.nan)
        with pytest.raises(tg.GradientError, match="E14"):
            loss.backward(start)
        out = looked_up(w, [1])
        with pytest.raises(tg.GradientError, match=r"E14.*embedding for its argument 'weight' has NaN") as error:
            out.backward([[np.nan, 1.0]])
        assert "incoming gradient" in str(error.value)


def test_clipping() -> None:
    for clip in (
        lambda w: clip_grad_norm_([w], 0.5),
        lambda w: clip_grad_norm_([w], 0.5, np.inf),
        lambda w: clip_grad_value_([w], 0.1),
    ):
        sparse, whole = with_gradient(), table()
        whole.grad = tg.tensor(expected())
        one, two = clip(sparse), clip(whole)
        assert sparse.grad.is_sparse
        np.testing.assert_allclose(sparse.grad.numpy(), whole.grad.numpy(), rtol=1e-14)
        assert one is two is None or abs(one.item() - two.item()) < 1e-14


def test_a_pass_interrupted_at_any_bytecode_has_changed_everything_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "_one_at_a_time", threading.RLock())
    runs: list[Any] = []

    def check() -> None:
        w, loss, before = runs.pop()
        once = w.grad is before
        if once:
            np.testing.assert_array_equal(before.numpy(), expected())
            loss.backward()
        np.testing.assert_allclose(w.grad.numpy(), 2 * expected(), rtol=1e-14)
        outcomes.add(once)

    def work(at: int) -> Callable[[], None]:
        if runs:
            check()
        w = with_gradient()
        runs.append((w, (looked_up(w) ** 3).sum(), w.grad))
        return lambda: copy_context().run(runs[0][1].backward)

    outcomes: set[bool] = set()
    assert every_interruption(work) > 100
    assert outcomes == {True, False}


def test_threads_lose_nothing() -> None:
    w = table()

    def work() -> None:
        for _ in range(50):
            (looked_up(w) ** 3).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(w.grad.numpy(), 200 * expected(), rtol=1e-12)


# --- optimizers -----------------------------------------------------------------------------------------------------


def trained(make: Callable[..., Any], sparse: bool, steps: int = 30) -> np.ndarray:
    """A table after some steps, its optimizer's state saved and loaded on the way."""
    rng, w = np.random.default_rng(3), table()
    optimizer = make([w])
    for step in range(steps):
        indices = rng.integers(0, 6, 4)
        optimizer.zero_grad()
        ((F.embedding(indices, w, sparse=sparse) - indices[:, None]) ** 2).sum().backward()
        assert w.grad.is_sparse == sparse
        optimizer.step()
        optimizer.catch_up()  # so that no lookup sees a row that has rested
        if step == steps // 2:
            saved, optimizer = optimizer.state_dict(), make([w])
            optimizer.load_state_dict(saved)
    return w.detach().numpy().copy()


@pytest.mark.parametrize(
    "make",
    [
        lambda p: optim.SGD(p, lr=0.02),
        lambda p: optim.SGD(p, lr=0.02, momentum=0.9, dampening=0.3),
        lambda p: optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True),
        lambda p: optim.SGD(p, lr=0.02, momentum=0.9, momentum_form="velocity"),
        lambda p: optim.SGD(p, lr=0.02, momentum=0.9, momentum_form="average"),
        lambda p: optim.SGD(p, lr=0.001, momentum=0.5, maximize=True),
        lambda p: optim.SGD(p, lr=0.02, weight_decay=0.1),
        lambda p: optim.SGD(p, lr=0.02, weight_decay=0.1, momentum=0.9),
        lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.1),
    ],
)
def test_sgd_and_adagrad_take_the_steps_of_the_whole_gradient(make: Callable[..., Any]) -> None:
    np.testing.assert_allclose(trained(make, sparse=True), trained(make, sparse=False), rtol=1e-12)


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adagrad, optim.SparseAdam])
def test_rows_of_a_table_in_another_order_or_dtype_are_moved(kind: Any) -> None:
    ends = []
    for order, dtype in (("C", np.float64), ("F", np.float64), ("C", np.float32)):
        w = table(np.asarray(TABLE, dtype=dtype, order=order))
        w.data = np.asarray(TABLE, dtype=dtype, order=order)
        optimizer = kind([w], lr=np.float64(0.05))
        for _ in range(5):
            optimizer.zero_grad()
            (looked_up(w) ** 2).sum().backward()
            optimizer.step()
        assert w.dtype == dtype
        ends.append(w.detach().numpy())
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-14)
    np.testing.assert_allclose(ends[0], ends[2], rtol=1e-5)


def test_sparse_adam_is_adam_where_every_batch_has_every_row() -> None:
    ends = []
    for kind, sparse in ((optim.SparseAdam, True), (optim.Adam, False)):
        w = table()
        optimizer = kind([w], lr=0.05, eps=1e-30)
        for _ in range(50):
            optimizer.zero_grad()
            ((F.embedding(np.arange(12) % 6, w, sparse=sparse) - 1.0) ** 4).sum().backward()
            optimizer.step()
        ends.append(w.detach().numpy())
    np.testing.assert_allclose(*ends, rtol=1e-10)


def test_sparse_adam_leaves_alone_what_was_not_looked_up() -> None:
    w = table()
    optimizer = optim.SparseAdam([w], lr=0.1)
    for indices in ([0, 1], [1, 2]):
        optimizer.zero_grad()
        looked_up(w, indices).sum().backward()
        before = w.detach().numpy().copy()
        optimizer.step()
        moved = np.flatnonzero((w.detach().numpy() != before).any(1))
        assert moved.tolist() == indices


def test_who_takes_which_gradient() -> None:
    w = with_gradient()
    for refusing in (optim.Adam, optim.AdamW, optim.RMSprop, optim.Adadelta, optim.NAdam):
        with pytest.raises(TypeError, match=rf"{refusing.__name__} was given a sparse gradient .* Use SGD, Adagrad or"):
            refusing([w]).step()
    with pytest.raises(ValueError, match="weight_decay, which moves every row"):
        optim.Adagrad([w], weight_decay=0.1).step()
    np.testing.assert_array_equal(w.detach().numpy(), TABLE)
    w.grad = w.grad.to_dense()
    with pytest.raises(TypeError, match=r"SparseAdam was given the gradient of a whole table .* Use Adam"):
        optim.SparseAdam([w]).step()
    for setting in ({"lr": 0.0}, {"eps": 0.0}, {"betas": (1.0, 0.9)}):
        with pytest.raises(ValueError, match=next(iter(setting))):
            optim.SparseAdam([w], **setting)


@pytest.mark.parametrize(
    "make",
    [
        lambda p: optim.SGD(p, lr=0.1),
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
        optim.Adagrad,
        optim.SparseAdam,
    ],
)
def test_no_array_as_large_as_the_table_is_made(make: Callable[..., Any]) -> None:
    w = tg.zeros(20_000, 50, requires_grad=True)
    optimizer = make([w])
    indices = np.arange(0, 20_000, 500)

    def step() -> None:
        optimizer.zero_grad()
        for micro_batch in (indices, indices[:20]):
            ((looked_up(w, micro_batch) - 1.0) ** 2).sum().backward()
        clip_grad_norm_([w], 1.0)
        optimizer.step(accumulate=True)

    step()  # which makes the optimizer's own state
    tracemalloc.start()
    try:
        step()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < w.detach().numpy().nbytes / 10
