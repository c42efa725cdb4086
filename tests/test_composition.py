"""Derivatives inside derivatives, and other ways in which the parts must go together."""

import copy
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import graph, recording


def leaf(values: Any) -> tg.Tensor:
    return tg.tensor(np.asarray(values, float), requires_grad=True)


def test_the_variable_of_a_derivative_is_not_mixed_up_with_the_point() -> None:
    x = leaf(3.0)
    assert tg.value_and_grad(lambda y: x * y)(x)[1].item() == 3.0


def test_a_function_that_returns_an_outer_variable_is_connected_to_it() -> None:
    def outer(w: Any) -> Any:
        return tg.value_and_grad(lambda x: w)(3.0)[0]

    assert tg.value_and_grad(outer)(2.0)[1].item() == 1.0


@pytest.mark.parametrize(
    ("product", "diagonal"), [(tg.vjp, [27.0, 48.0]), (tg.jvp, [27.0, 48.0]), (tg.hvp, [18.0, 24.0])]
)
def test_products_are_differentiable_in_their_vector(product: Any, diagonal: list[float]) -> None:
    def cubes(x: Any) -> Any:
        return (x**3).sum() if product is tg.hvp else x**3

    jacobian = tg.jacobian(lambda v: product(cubes, [3.0, 4.0], v), [1.0, 2.0])
    assert jacobian.tolist() == np.diag(diagonal).tolist()


@pytest.mark.parametrize("side", [2, 300])
def test_grad_releases_only_what_it_went_through_whatever_the_size(side: int) -> None:
    x = leaf(np.ones((side, side)))
    h = x * x
    loss = (h * h).sum()
    (of_h,) = tg.grad(loss, h)
    h.backward(of_h)
    assert x.grad.data[0, 0] == 4.0
    h = x * x
    h.sum().backward()
    assert tg.grad((h * h).sum(), h)[0].data[0, 0] == 2.0


def test_one_gradient_to_start_from_may_stand_in_a_list() -> None:
    x = leaf([1.0, 2.0])
    for start in ([np.array([3.0, 4.0])], [tg.tensor([3.0, 4.0])], [3.0, 4.0]):
        assert tg.grad(x * 2, x, grad_outputs=start)[0].tolist() == [6.0, 8.0]
    with pytest.raises(ValueError, match="2 gradients to start from, for 1 outputs"):
        tg.grad([x.sum()], x, grad_outputs=[1.0, 1.0])


def test_freezing_and_unfreezing_between_the_passes_loses_nothing() -> None:
    w, late = leaf([1.0]), tg.tensor([2.0])
    before = (w * late).sum()
    w.requires_grad_(False).requires_grad_(True)
    late.requires_grad_()
    before.backward()
    assert (w.grad.tolist(), late.grad) == ([2.0], None)
    (w * late).sum().backward()
    assert late.grad.tolist() == [1.0]


def test_negative_argument_numbers_count_from_the_end() -> None:
    assert tg.value_and_grad(lambda a, b: a * b, argnum=-1)(2.0, 3.0)[1].item() == 2.0


# --- whole numbers are NumPy's business ---------------------------------------------------------------------------

FUNCTIONS = [np.prod, np.cumsum, np.cumprod, np.var, np.std, np.linalg.norm, np.diff, np.nan_to_num, np.triu, np.sort]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, bool])
def test_whole_numbers_give_numpys_values_and_dtypes(function: Any, dtype: Any) -> None:
    values = np.array([[100, 100], [3, 0]]).astype(dtype)
    ours, theirs = function(tg.tensor(values)), np.asarray(function(values))
    np.testing.assert_array_equal(ours.numpy(), theirs)
    assert ours.dtype == theirs.dtype


def test_methods_of_whole_numbers_do_not_overflow() -> None:
    small = tg.tensor(np.array([100, 100], np.int8))
    assert (small.prod().item(), round(small.norm().item(), 1)) == (10_000, 141.4)


# --- memory -------------------------------------------------------------------------------------------------------


def kept_after_backward(result: tg.Tensor) -> int:
    """Bytes of all values that a graph still holds, each array counted once."""
    arrays = {}
    for node in graph.newest_first([result._node]):
        for value in (node.out, *(node.args or ())):
            if isinstance(value, np.ndarray):
                arrays[id(value)] = value.nbytes
    return sum(arrays.values())


def test_about_a_megabyte_is_kept_for_a_drawing_and_no_more() -> None:
    x = leaf(np.ones(1000))
    y = x
    for _ in range(1000):
        y = y * 1.001
    y = y.sum()
    y.backward()
    assert 100_000 < kept_after_backward(y) < 2 * graph.PICTURE


def test_a_parameter_used_many_times_is_not_copied_many_times() -> None:
    w = leaf(np.ones((100, 75)))
    loss = sum(w[i % 100][0] for i in range(500))
    loss.backward()
    assert kept_after_backward(loss) < 2 * graph.PICTURE


def test_a_parameter_used_through_a_view_stays_in_place() -> None:
    w = leaf(np.ones((3, 3)))
    buffers = set()
    for _ in range(3):
        loss = (w.T @ w + w.reshape(-1)[0]).sum()
        w.zero_grad()
        loss.backward()
        w.data -= 0.1 * w.grad
        buffers.add(w.data.ctypes.data)
    assert len(buffers) == 1


def test_what_is_large_is_differentiated_like_what_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    def gradients() -> list[Any]:
        x, w, b = (leaf(np.random.default_rng(k).random(s)) for k, s in enumerate([(5, 4), (4, 3), 3]))
        h = np.concatenate([(x @ w + b).relu(), np.where(x[:, :3] > 0.5, x[:, :3], 0.0)])
        (h.softmax() * h.std(0) + np.pad(h, 1)[1:-1, 1:-1]).mean().backward()
        return [x.grad.data, w.grad.data, b.grad.data]

    normal = gradients()
    monkeypatch.setattr(recording, "LARGE", 0)
    monkeypatch.setattr(graph, "LARGE", 0)
    for usual, with_stand_ins in zip(normal, gradients(), strict=True):
        np.testing.assert_array_equal(usual, with_stand_ins)


# --- subclasses and copies ----------------------------------------------------------------------------------------


class Parameter(tg.Tensor):
    """As a library on top of ours might define it."""


def test_a_subclass_computes_tensors_and_copies_itself() -> None:
    p = Parameter([1.0, 2.0], requires_grad=True)
    p.tag = ["kept"]
    assert type(p * 2) is tg.Tensor
    (p * p).sum().backward()
    twin, deep = copy.copy(p), copy.deepcopy(p)
    assert (type(twin), type(deep), twin.tag, deep.tag) == (Parameter, Parameter, ["kept"], ["kept"])
    assert twin.tag is p.tag
    assert deep.tag is not p.tag
    twin.grad.zero_()
    deep.grad.zero_()
    assert p.grad.tolist() == [2.0, 4.0]


def test_a_deep_copy_after_create_graph() -> None:
    w = leaf([1.0, 2.0])
    (w**3).sum().backward(create_graph=True)
    assert copy.deepcopy(w).grad.tolist() == [3.0, 12.0]


@pytest.mark.parametrize("operator", ["__ifloordiv__", "__imatmul__"])
def test_a_parameter_is_not_silently_replaced(operator: str) -> None:
    w = leaf([1.0, 2.0])
    with tg.no_grad(), pytest.raises(tg.GradientError, match=r"\[E04\]"):
        getattr(w, operator)(np.ones(2))


def test_complex_numbers_are_refused_where_a_gradient_is_wanted() -> None:
    with pytest.raises(tg.DtypeError, match="complex numbers are not supported"):
        leaf([1.0, 2.0]) * np.array([1j, 2.0])


def test_a_mean_of_half_precision_numbers_does_not_overflow() -> None:
    assert tg.tensor(np.full(2000, 100.0, np.float16)).mean().item() == 100.0


def test_an_infinite_gradient_does_not_pass_a_closed_relu() -> None:
    x = leaf([-1.0, 4.0])
    with np.errstate(divide="ignore"):
        np.sqrt(x.relu()).sum().backward()
    assert x.grad.tolist() == [0.0, 0.25]


def test_full_of_a_tensor_takes_dtype_and_gradient() -> None:
    filled = tg.full(3, tg.tensor(2.0), dtype=tg.float32, requires_grad=True)
    assert (filled.dtype, filled.requires_grad) == (np.float32, True)
    w = leaf(2.0)
    tg.full((2, 2), w).sum().backward()
    assert w.grad.item() == 4.0


def test_an_error_of_numpys_own_is_not_blamed_on_shapes() -> None:
    with pytest.raises(ValueError, match="Integers to negative integer powers"):
        tg.tensor([1, 2]) ** -1


def test_einsum_broadcasts_an_axis_of_length_one() -> None:
    x, y = leaf(np.ones((2, 3))), leaf(np.ones((1, 3)))
    np.einsum("ij,ij->j", x, y).sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([[1.0] * 3] * 2, [[2.0] * 3])


def test_vectors_of_a_rank_deficient_matrix_are_refused() -> None:
    u, s, _ = np.linalg.svd(leaf(np.ones((3, 2))), full_matrices=False)
    s.sum().backward(retain_graph=True)
    with pytest.raises(np.linalg.LinAlgError, match="less than full rank"):
        u.sum().backward()
