"""In-place changes are never silently wrong: the gradient is that of the forward pass, or an error says no.

Every kind of edit meets every kind of use. An edit happens between forward and backward; what it may do is leave the
gradient as it was, or raise E04.
"""

import array
import copy
import gc
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.graph import LARGE

START = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

# --- edits of a parameter: what is held before the forward pass, and what is done after it -------------------------


def nothing(w: tg.Tensor) -> None:
    return None


def under_no_grad(edit: Callable[[tg.Tensor], None]) -> Callable[[tg.Tensor, Any], None]:
    def edit_under_no_grad(w: tg.Tensor, held: Any) -> None:
        with tg.no_grad():
            edit(w)

    return edit_under_no_grad


def data_minus(w: tg.Tensor, held: Any) -> None:
    w.data -= 7.0


def data_replaced(w: tg.Tensor, held: Any) -> None:
    w.data = np.full((2, 3), 7.0)


def data_replaced_by_its_own_view(w: tg.Tensor, held: Any) -> None:
    w.data = w.data[::-1]
    w.data += 7.0


def data_elements(w: tg.Tensor, held: Any) -> None:
    w.data[...] = 7.0


def data_one_element(w: tg.Tensor, held: Any) -> None:
    w.data[0, 1] = 7.0


def data_fill(w: tg.Tensor, held: Any) -> None:
    w.data.fill(7.0)


def data_sort(w: tg.Tensor, held: Any) -> None:
    w.data[::-1].sort(axis=0)
    w.data *= -1


def data_itself_in_another_shape(w: tg.Tensor, held: Any) -> None:
    w.data.reshape(-1)[:] = 7.0


def out_is_data(w: tg.Tensor, held: Any) -> None:
    np.add(w.data, 7.0, out=w.data)


def copyto_data(w: tg.Tensor, held: Any) -> None:
    np.copyto(w.data, 7.0)


def at_data(w: tg.Tensor, held: Any) -> None:
    np.add.at(w.data, (0, [0, 0, 1]), 7.0)


def write_into_held(w: tg.Tensor, held: Any) -> None:
    held[...] = 7.0


def write_into_memory(w: tg.Tensor, held: Any) -> None:
    for i in range(2):
        for k in range(3):
            held[i, k] = 7.0


def alias_afterwards(w: tg.Tensor, held: Any) -> None:
    alias = w.data
    alias[...] = 7.0


def view_afterwards(w: tg.Tensor, held: Any) -> None:
    view = w.data.T[1:]
    view += 7.0


def detached_plus(w: tg.Tensor, held: Any) -> None:
    detached = w.detach()
    detached += 7.0
    detached.data[...] = 9.0
    detached.numpy()[...] = 11.0


def held_tensor_plus(w: tg.Tensor, held: Any) -> None:
    with tg.no_grad():
        held += 7.0
        held[0] = 9.0
    held.data[...] = 11.0


def swapped_with_another(w: tg.Tensor, held: Any) -> None:
    other = tg.tensor(np.full((2, 3), 7.0), requires_grad=True)
    w.data, other.data = other.data, w.data
    other.data += 7.0


def w_minus(w: tg.Tensor) -> None:
    w -= 7.0


def w_itself(w: tg.Tensor) -> None:
    w *= w


def w_element(w: tg.Tensor) -> None:
    w[0] += 7.0


def w_mask(w: tg.Tensor) -> None:
    w[w > 2] = 7.0


def w_divided(w: tg.Tensor) -> None:
    w /= 7.0


def w_to_the_power(w: tg.Tensor) -> None:
    w **= 3


def numpy_copyto(w: tg.Tensor) -> None:
    np.copyto(w, np.full((2, 3), 7.0))


def numpy_put(w: tg.Tensor) -> None:
    np.put(w, [0, 1], 7.0)


def numpy_at(w: tg.Tensor) -> None:
    np.add.at(w, 0, 7.0)


def numpy_out(w: tg.Tensor) -> None:
    np.add(w, 7.0, out=w)


def momentum_step(w: tg.Tensor, held: Any) -> None:
    velocity = np.zeros((2, 3))
    for _ in range(3):
        velocity = 0.9 * velocity + 1.0
        w.data -= 0.1 * velocity


EDITS: dict[str, tuple[Callable[[tg.Tensor], Any], Callable[[tg.Tensor, Any], None]]] = {
    "nothing": (nothing, lambda w, held: None),
    "data -= …": (nothing, data_minus),
    "data = …": (nothing, data_replaced),
    "data = data[::-1]": (nothing, data_replaced_by_its_own_view),
    "data[...] = …": (nothing, data_elements),
    "data[0, 1] = …": (nothing, data_one_element),
    "data.fill": (nothing, data_fill),
    "data.sort": (nothing, data_sort),
    "data.reshape": (nothing, data_itself_in_another_shape),
    "out=data": (nothing, out_is_data),
    "np.copyto(data)": (nothing, copyto_data),
    "np.add.at(data)": (nothing, at_data),
    "alias kept before": (lambda w: w.data, write_into_held),
    "view kept before": (lambda w: w.data[1:, ::-1], write_into_held),
    "view of a view kept before": (lambda w: w.data.T[1:], write_into_held),
    "memoryview kept before": (lambda w: memoryview(w.data), write_into_memory),
    "alias made after": (nothing, alias_afterwards),
    "view made after": (nothing, view_afterwards),
    "detach() after": (nothing, detached_plus),
    "detach() before": (lambda w: w.detach(), held_tensor_plus),
    "detach().numpy() before": (lambda w: w.detach().numpy(), write_into_held),
    "copy.copy before": (copy.copy, held_tensor_plus),
    "copy.deepcopy before": (copy.deepcopy, held_tensor_plus),
    "tg.tensor(w) before": (lambda w: tg.tensor(w), held_tensor_plus),
    "swap of two data": (nothing, swapped_with_another),
    "momentum": (nothing, momentum_step),
    "w -= …": (nothing, under_no_grad(w_minus)),
    "w *= w": (nothing, under_no_grad(w_itself)),
    "w /= …": (nothing, under_no_grad(w_divided)),
    "w **= …": (nothing, under_no_grad(w_to_the_power)),
    "w[0] += …": (nothing, under_no_grad(w_element)),
    "w[mask] = …": (nothing, under_no_grad(w_mask)),
    "zero_()": (nothing, under_no_grad(lambda w: w.zero_())),
    "np.copyto": (nothing, under_no_grad(numpy_copyto)),
    "np.put": (nothing, under_no_grad(numpy_put)),
    "np.add.at": (nothing, under_no_grad(numpy_at)),
    "out=w": (nothing, under_no_grad(numpy_out)),
}

# --- uses of a parameter, and their gradients at START -------------------------------------------------------------

TOTAL, SQUARES = START.sum(), (START**2).sum()
USES: dict[str, tuple[Callable[[tg.Tensor], tg.Tensor], np.ndarray]] = {
    "w * w": (lambda w: w * w, 2 * START),
    "w ** 3": (lambda w: w**3, 3 * START**2),
    "1 / w": (lambda w: 1 / w, -1 / START**2),
    "exp": (lambda w: w.exp(), np.exp(START)),
    "log of a view": (lambda w: w.reshape(-1).log(), 1 / START),
    "square of w.T": (lambda w: w.T**2, 2 * START),
    "square of rows": (lambda w: w[::-1] ** 2, 2 * START),
    "square of picked rows": (lambda w: w[[1, 0, 1]] ** 2, 2 * START * [[1], [2]]),
    "w @ w.T": (lambda w: w @ w.T, 2 * np.ones((2, 2)) @ START),
    "max": (lambda w: w.max(axis=1), np.array([[0.0, 0, 1], [0, 0, 1]])),
    "clip": (lambda w: w.clip(1.5, 4.5), np.array([[0.0, 1, 1], [1, 0, 0]])),
    "where": (lambda w: np.where(w > 2.5, w * w, 0.0), 2 * START * (START > 2.5)),
    "w / norm": (lambda w: w / (w * w).sum(), 1 / SQUARES - 2 * START * TOTAL / SQUARES**2),
    "prod": (lambda w: w.prod(), 720 / START),
}


def large_of(small: np.ndarray) -> np.ndarray:
    """The same numbers, repeated until graphs treat the array as large."""
    return np.tile(small, (LARGE // small.nbytes + 1, 1, 1))


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("edit", EDITS)
def test_edit_of_a_parameter_between_forward_and_backward(edit: str, use: str) -> None:
    hold, change = EDITS[edit]
    compute, expected = USES[use]
    w = tg.tensor(START, requires_grad=True)
    held = hold(w)
    loss = compute(w).sum()
    try:
        change(w, held)
    except tg.GradientError as error:
        assert error.code == "E04"  # noqa: PT017 - either this, or a right gradient
        assert np.array_equal(w.detach().numpy(), START), "refused, and done nevertheless"
    loss.backward()
    np.testing.assert_allclose(w.grad.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("edit", EDITS)
def test_edit_between_two_passes_over_one_graph(edit: str) -> None:
    hold, change = EDITS[edit]
    w = tg.tensor(START, requires_grad=True)
    held = hold(w)
    loss = (w * w * w).sum()
    loss.backward(retain_graph=True)
    w.zero_grad()
    try:
        change(w, held)
    except tg.GradientError as error:
        assert error.code == "E04"  # noqa: PT017
    loss.backward()
    np.testing.assert_allclose(w.grad.numpy(), 3 * START**2)


@pytest.mark.parametrize("edit", EDITS)
def test_edit_between_first_and_second_derivative(edit: str) -> None:
    hold, change = EDITS[edit]
    w = tg.tensor(START, requires_grad=True)
    held = hold(w)
    (slope,) = tg.grad((w**3).sum(), w, create_graph=True)
    try:
        change(w, held)
    except tg.GradientError as error:
        assert error.code == "E04"  # noqa: PT017
    np.testing.assert_allclose(slope.detach().numpy(), 3 * START**2)
    np.testing.assert_allclose(tg.grad(slope.sum(), w)[0].numpy(), 6 * START)


@pytest.mark.parametrize("edit", EDITS)
def test_edit_does_happen(edit: str) -> None:
    """An edit that is not refused reaches the parameter, except through what is a copy by contract."""
    hold, change = EDITS[edit]
    w = tg.tensor(START, requires_grad=True)
    held = hold(w)
    loss = (w * w).sum()
    copies = {"nothing", "detach() after", "detach() before", "detach().numpy() before", "copy.copy before"}
    copies |= {"copy.deepcopy before", "tg.tensor(w) before"}
    try:
        change(w, held)
    except tg.GradientError as error:
        assert error.code == "E04"  # noqa: PT017
        copies.add(edit)
    assert np.array_equal(w.data, START) == (edit in copies)
    loss.backward()


def test_edit_of_a_large_parameter() -> None:
    start = large_of(START)
    for change in (data_minus, data_elements, alias_afterwards, under_no_grad(w_minus)):
        w = tg.tensor(start, requires_grad=True)
        loss = (w.reshape(-1) ** 2).sum()
        change(w, None)
        loss.backward()
        np.testing.assert_allclose(w.grad.numpy(), 2 * start)


# --- constants: data, masks, indices, operands ---------------------------------------------------------------------


def edit_data(c: tg.Tensor) -> None:
    c.data += 7.0


def edit_setitem(c: tg.Tensor) -> None:
    c[...] = 7.0


def edit_iadd(c: tg.Tensor) -> None:
    c += 7.0


def edit_numpy(c: tg.Tensor) -> None:
    c.numpy()[...] = 7.0


def edit_asarray(c: tg.Tensor) -> None:
    np.asarray(c)[...] = 7.0


def edit_zero(c: tg.Tensor) -> None:
    c.zero_()


def edit_fill_diagonal(c: tg.Tensor) -> None:
    np.fill_diagonal(c, 7.0)


def edit_copyto(c: tg.Tensor) -> None:
    np.copyto(c, 7.0)


def edit_place(c: tg.Tensor) -> None:
    np.place(c, np.ones(c.shape, bool), [7.0])


def edit_putmask(c: tg.Tensor) -> None:
    np.putmask(c, np.ones(c.shape, bool), 7.0)


def edit_put_along_axis(c: tg.Tensor) -> None:
    np.put_along_axis(c, np.zeros((2, 1), int), 7.0, axis=1)


def edit_at(c: tg.Tensor) -> None:
    np.multiply.at(c, [0, 0], 7.0)


def edit_median_out(c: tg.Tensor) -> None:
    np.median(np.ones((5, 2, 3)), axis=0, out=c)


def edit_round_out(c: tg.Tensor) -> None:
    np.round(np.full((2, 3), 7.0), out=c)


def edit_nan_to_num(c: tg.Tensor) -> None:
    np.nan_to_num(c, copy=False, nan=7.0)


def edit_overwrite_input(c: tg.Tensor) -> None:
    np.percentile(c, 50, overwrite_input=True)


def edit_ufunc_out(c: tg.Tensor) -> None:
    np.exp(np.ones((2, 3)), out=c)


CONSTANT_EDITS = [
    edit_data,
    edit_setitem,
    edit_iadd,
    edit_numpy,
    edit_asarray,
    edit_zero,
    edit_fill_diagonal,
    edit_copyto,
    edit_place,
    edit_putmask,
    edit_put_along_axis,
    edit_at,
    edit_median_out,
    edit_round_out,
    edit_nan_to_num,
    edit_overwrite_input,
    edit_ufunc_out,
]


@pytest.mark.parametrize("edit", CONSTANT_EDITS)
def test_edit_of_a_constant_tensor(edit: Callable[[tg.Tensor], None]) -> None:
    c = tg.tensor(START[::-1, ::-1])
    before = c.tolist()
    w = tg.tensor(START, requires_grad=True)
    loss = (w * c).sum()
    try:
        edit(c)
    except tg.GradientError as error:
        assert error.code == "E04"  # noqa: PT017
        assert c.tolist() == before, "refused, and done nevertheless"
    loss.backward()
    assert w.grad.tolist() == before


@pytest.mark.parametrize(
    "function", [np.real, np.ravel, np.transpose, np.squeeze, np.atleast_2d, lambda c: c[:], np.asarray]
)
def test_view_of_a_constant_does_not_follow_an_alias_of_it(function: Callable[[Any], Any]) -> None:
    c = tg.tensor(START)
    alias = c.data
    view = function(c)
    w = tg.tensor(np.ones(view.shape), requires_grad=True)
    loss = (w * view).sum()
    expected = view.tolist()
    alias[...] = 7.0
    loss.backward()
    assert w.grad.tolist() == expected


def test_sliding_window_of_a_constant_does_not_follow_an_alias_of_it() -> None:
    c = tg.tensor([1.0, 2.0, 3.0])
    alias = c.data
    windows = np.lib.stride_tricks.sliding_window_view(c, 2)
    w = tg.tensor([1.0, 1.0], requires_grad=True)
    loss = (windows @ w).sum()
    alias[...] = 7.0
    loss.backward()
    assert w.grad.tolist() == [3.0, 5.0]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("build", [tg.tensor, tg.Tensor, lambda a: tg.full_like(a, a), lambda a: tg.full(a.shape, a)])
def test_source_array_of_a_tensor_is_copied(build: Callable[[Any], tg.Tensor], large: bool) -> None:
    source = large_of(START) if large else START.copy()
    w = build(source).requires_grad_()
    loss = (w * w).sum()
    expected = 2 * source
    source[...] = 7.0
    assert np.array_equal(w.detach().numpy() * 2, expected)
    loss.backward()
    assert np.array_equal(w.grad.numpy(), expected)


@pytest.mark.parametrize(
    "combine", [operator.mul, operator.truediv, operator.pow, lambda w, a: a * w, lambda w, a: a[:] * w]
)
def test_array_operand_may_be_overwritten(combine: Callable[[Any, Any], tg.Tensor]) -> None:
    gradients = []
    for overwrite in (False, True):
        array = np.array([[3.0, 1.0, 2.0], [2.0, 2.0, 5.0]])
        w = tg.tensor(START, requires_grad=True)
        loss = combine(w, array).sum()
        if overwrite:
            array[...] = 7.0
        loss.backward()
        gradients.append(w.grad.tolist())
    assert gradients[0] == gradients[1]


def test_array_operands_of_composites_may_be_overwritten() -> None:
    for function in (np.inner, np.kron, np.outer, np.dot, np.tensordot, np.hypot, np.maximum, np.arctan2, np.cross):
        gradients = []
        for overwrite in (False, True):
            array, w = np.array([[3.0, 1.0, 2.0]] * 3), tg.tensor(np.array([[0.5, 1.5, 2.5]] * 3), requires_grad=True)
            loss = function(w, array).sum()
            if overwrite:
                array[...] = 7.0
            loss.backward()
            gradients.append(w.grad.tolist())
        assert gradients[0] == gradients[1], function.__name__


def test_einsum_and_concatenate_operands_may_be_overwritten() -> None:
    array, w = START.copy(), tg.tensor(START, requires_grad=True)
    loss = np.einsum("ij,ij->", array, w) + (np.concatenate([array, w]) ** 2).sum()
    array[...] = 7.0
    loss.backward()
    assert np.array_equal(w.grad.numpy(), START + 2 * START)


def test_list_operand_may_be_overwritten() -> None:
    numbers, w = [1.0, 2.0], tg.tensor([1.0, 1.0], requires_grad=True)
    loss = (w * numbers).sum()
    numbers[0] = 7.0
    loss.backward()
    assert w.grad.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("wrap", [np.asarray, list, tg.tensor, lambda a: tg.tensor(a).data])
@pytest.mark.parametrize(
    "pick",
    [
        lambda w, i: w[i, 0],
        lambda w, i: w[:, 0][i],
        lambda w, i: w[i][:, 0],
        np.take,
        lambda w, i: np.take(w, i, 0)[:, 0],
    ],
)
def test_index_may_be_overwritten(pick: Callable[[Any, Any], tg.Tensor], wrap: Callable[[Any], Any]) -> None:
    index = wrap(np.array([0, 0]))
    w = tg.tensor(START, requires_grad=True)
    loss = pick(w, index).sum()
    index[0] = index[1] = 1
    loss.backward()
    assert w.grad.tolist() == [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize("wrap", [np.asarray, tg.tensor])
def test_mask_may_be_overwritten(wrap: Callable[[Any], Any]) -> None:
    mask = wrap(START > 2)
    w = tg.tensor(START, requires_grad=True)
    loss = (w[mask] ** 2).sum() + np.where(mask, w, 0.0).sum()
    mask[...] = False
    loss.backward()
    assert np.array_equal(w.grad.numpy(), (2 * START + 1) * (START > 2))


# --- results and gradients -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        lambda y: y.data.__setitem__(..., 0.0),
        lambda y: y.data.fill(0.0),
        lambda y: np.add(y.data, 1.0, out=y.data),
        lambda y: y.data.sort(),
    ],
)
def test_data_of_a_result_is_read_only(edit: Callable[[tg.Tensor], None]) -> None:
    y = tg.tensor(START, requires_grad=True) * 2
    with pytest.raises(ValueError, match="read-only"):
        edit(y)


def test_data_of_a_result_cannot_be_set() -> None:
    y = tg.tensor(START, requires_grad=True) * 2
    with pytest.raises(tg.GradientError, match=r"\[E04\] Setting \.data of the result of 'multiply'.*new Tensor"):
        y.data = START
    with pytest.raises(ValueError, match="read-only"):
        y.data -= 1.0


def test_result_is_refused_in_place_under_no_grad() -> None:
    y = tg.tensor(START, requires_grad=True) * 2
    with tg.no_grad():
        for edit in (w_minus, w_element, w_divided, lambda y: y.zero_()):
            with pytest.raises(tg.GradientError, match=r"\[E04\].*the result of 'multiply'"):
                edit(y)


def test_augmented_assignment_gives_a_result_a_new_value() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    y = first = w * w
    y += 1.0
    y *= w
    assert first.tolist() == [1.0, 4.0]
    y.sum().backward()
    assert w.grad.tolist() == [3 * 1 + 1, 3 * 4 + 1]


def test_edit_of_grad_does_not_reach_the_graph_or_other_gradients() -> None:
    a, b = tg.tensor([1.0, 2.0], requires_grad=True), tg.tensor([3.0, 4.0], requires_grad=True)
    loss = (a + b).sum()
    loss.backward(retain_graph=True)
    a.grad.data[...] = 7.0
    a.grad[0] = 9.0
    a.grad *= 2
    assert b.grad.tolist() == [1.0, 1.0]
    a.zero_grad()
    b.zero_grad()
    loss.backward()
    assert a.grad.tolist() == b.grad.tolist() == [1.0, 1.0]


def test_edit_of_the_starting_gradient_does_not_reach_grad() -> None:
    x, start = tg.tensor([1.0, 2.0], requires_grad=True), np.array([1.0, 10.0])
    (x + 0.0).backward(start)
    start[...] = 7.0
    assert x.grad.tolist() == [1.0, 10.0]
    x.zero_grad()
    start = tg.tensor([1.0, 10.0])
    (x + 0.0).backward(start, create_graph=True)
    start.data[...] = 7.0
    assert x.grad.tolist() == [1.0, 10.0]


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_share_memory_with_nothing(create_graph: bool) -> None:
    def shapes(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        return (x + y).reshape(-1) + x.T.reshape(-1) + (y - x)[0, 0] + np.stack([x, y]).sum()

    x, y = tg.tensor(np.eye(2), requires_grad=True), tg.tensor(np.ones((2, 2)), requires_grad=True)
    start = np.ones(4)
    shapes(x, y).backward(start, create_graph=create_graph)
    arrays = [x._data, y._data, x.grad._data, y.grad._data, start]
    for i, one in enumerate(arrays):
        for other in arrays[:i]:
            assert not np.shares_memory(one, other)
    assert x.grad is not y.grad


def test_one_array_for_two_gradients_is_copied() -> None:
    x, y = tg.tensor(np.ones(3), requires_grad=True), tg.tensor(np.ones(3), requires_grad=True)
    (x + y).backward(np.ones(3))
    assert not np.shares_memory(x.grad._data, y.grad._data)
    (x + y).sum().backward(retain_graph=True)
    x.zero_grad()
    x.sum().backward()  # the gradient of a sum is a view of one number
    assert x.grad._data.flags.owndata


def test_gradients_of_a_recorded_pass_can_be_cleared_separately() -> None:
    x, y = tg.tensor([1.0], requires_grad=True), tg.tensor([2.0], requires_grad=True)
    (x + y).sum().backward(create_graph=True)
    x.grad.zero_()
    assert y.grad.tolist() == [1.0]


def test_leaf_in_place_with_grad_enabled_is_refused() -> None:
    w = tg.tensor(START, requires_grad=True, name="w")
    edits = [w_minus, w_divided, w_to_the_power, w_element, lambda w: w.zero_(), lambda w: w.__setitem__(0, 1.0)]
    for edit in edits:
        with pytest.raises(tg.GradientError, match=r"\[E04\].*Tensor 'w' that requires grad.*tg\.no_grad\(\)"):
            edit(w)
    assert np.array_equal(w.data, START)


def test_assigning_a_tracked_result_to_elements_is_refused() -> None:
    x, w = tg.zeros(3), tg.tensor(2.0, requires_grad=True)
    with pytest.raises(tg.GradientError, match=r"\[E04\].*np\.where"):
        x[0] = w * 3
    with tg.no_grad():
        x[0] = w * 3
    assert x.tolist() == [6.0, 0.0, 0.0]


# --- updates stay in place -----------------------------------------------------------------------------------------


def address(w: tg.Tensor) -> int:
    return w._data.__array_interface__["data"][0]


@pytest.mark.parametrize("n", [3, 200_000])
@pytest.mark.parametrize("hold_loss", [False, True])
@pytest.mark.parametrize("uses", [1, 3])
def test_update_of_a_parameter_stays_in_its_buffer(n: int, hold_loss: bool, uses: int) -> None:
    w = tg.tensor(np.linspace(1, 2, n), requires_grad=True)
    at, held, expected = address(w), [], np.linspace(1, 2, n)
    for _ in range(4):
        loss = sum((w * w).sum() for _ in range(uses)) / uses
        w.zero_grad()
        loss.backward()
        if hold_loss:
            held.append(loss)
        w.data -= 0.1 * w.grad
        expected = expected - 0.1 * 2 * expected
        assert address(w) == at
    np.testing.assert_allclose(w.data, expected)


@pytest.mark.parametrize("n", [3, 200_000])
def test_update_under_no_grad_stays_in_its_buffer(n: int) -> None:
    w = tg.tensor(np.ones(n), requires_grad=True)
    at = address(w)
    for _ in range(3):
        (w * w).sum().backward()
        with tg.no_grad():
            w -= 0.1 * w.grad
        w.zero_grad()
        assert address(w) == at


def test_forward_after_an_update_copies_no_parameter() -> None:
    w = tg.tensor(np.ones(5), requires_grad=True)
    w.data -= 0.5
    y = w * w
    assert y._node.args[0] is w._data
    assert y._node.args[1] is w._data


def test_alias_of_data_follows_the_updates() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    alias = w.data
    loss = (w * w).sum()
    loss.backward()
    w.data -= 0.5 * w.grad
    with tg.no_grad():
        w += 1.0
    assert alias.tolist() == w.tolist() == [1.0, 1.0]


def test_update_while_the_graph_is_retained_leaves_the_graph_alone() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w**3).sum()
    for _ in range(3):
        w.zero_grad()
        loss.backward(retain_graph=True)
        w.data -= 0.1 * w.grad
    assert w.grad.tolist() == [3.0, 12.0]


def test_values_kept_for_a_drawing_are_those_of_the_forward_pass() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    y = w * w
    loss = y.sum()
    loss.backward()
    w.data -= 0.5
    assert y._node.args[0].tolist() == [1.0, 2.0]
    assert y.tolist() == [1.0, 4.0]


def test_data_setter() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    source = np.array([3.0, 4.0])
    w.data = source
    source[...] = 0
    assert w.tolist() == [3.0, 4.0]
    assert w.requires_grad
    other = tg.tensor([5.0, 6.0])
    w.data = other
    other += 1
    assert w.tolist() == [5.0, 6.0]
    with pytest.raises(tg.DtypeError, match=r"\[E03\]"):
        w.data = np.array([1, 2])


def test_edits_do_not_depend_on_the_garbage_collector() -> None:
    gc.disable()
    try:
        w = tg.tensor(START, requires_grad=True)
        loss = (w * w).sum()
        del loss
        at = address(w)
        w.data -= 1.0
        assert address(w) == at, "a dead graph still holds the buffer"
    finally:
        gc.enable()


# --- a leaf that begins to require a gradient late -----------------------------------------------------------------


def test_leaf_that_was_a_constant_in_the_graph_gets_no_partial_gradient() -> None:
    x, w = tg.tensor([1.0, 2.0]), tg.tensor([1.0, 1.0], requires_grad=True)
    loss = ((x * 2) * w + x * w).sum()
    x.requires_grad_()
    loss.backward()
    assert x.grad is None
    loss = ((x * 2) * w + x * w).sum()
    loss.backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_grad_refuses_a_leaf_that_was_a_constant_in_the_graph() -> None:
    x, w = tg.tensor([1.0, 2.0]), tg.tensor([1.0, 1.0], requires_grad=True)
    loss = ((x * 2) * w + x * w).sum()
    x.requires_grad_()
    with pytest.raises(tg.GradientError, match=r"\[E10\]"):
        tg.grad(loss, x)


def test_frozen_parameter_gets_no_gradient_though_thawed_before_backward() -> None:
    w, z = tg.tensor(2.0, requires_grad=True), tg.tensor(3.0, requires_grad=True)
    w.requires_grad_(False)
    loss = (w * w) * z + w * z
    w.requires_grad_(True)
    loss.backward()
    assert w.grad is None
    assert z.grad.item() == 6.0


def test_an_operand_that_is_no_ndarray_is_copied_too() -> None:
    w, operand = tg.tensor([1.0, 2.0], requires_grad=True), array.array("d", [3.0, 4.0])
    loss = (w * operand).sum()
    operand[0] = 99.0
    loss.backward()
    assert w.grad.tolist() == [3.0, 4.0]
