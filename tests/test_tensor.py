"""What a Tensor is and does: properties, operators, methods, indexing, NumPy's functions, texts, copies."""

import copy
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg

MATRIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def tracked(values: Any = MATRIX) -> tg.Tensor:
    return tg.tensor(values, requires_grad=True)


# --- properties ----------------------------------------------------------------------------------------------------


def test_properties_are_numpys() -> None:
    t = tg.tensor(MATRIX)
    assert t.shape == (2, 3)
    assert t.ndim == 2
    assert t.size == 6
    assert t.dtype == np.float64
    assert np.array_equal(t.T.numpy(), MATRIX.T)
    stack = np.arange(24.0).reshape(2, 3, 4)
    assert np.array_equal(tg.tensor(stack).T.numpy(), stack.T)
    assert np.array_equal(tg.tensor(stack).mT.numpy(), stack.mT)
    assert tg.tensor(1.0).T.shape == ()
    assert isinstance(t.data, np.ndarray)


def test_leaf_and_requires_grad() -> None:
    w, c = tracked(), tg.tensor(MATRIX)
    assert w.is_leaf
    assert w.requires_grad
    assert c.is_leaf
    assert not c.requires_grad
    y, z = w * 2, c * 2
    assert not y.is_leaf
    assert y.requires_grad
    assert z.is_leaf
    assert not z.requires_grad
    c.requires_grad = True
    assert (c * 2).requires_grad
    assert c.requires_grad_(False) is c
    assert not (c * 2).requires_grad
    assert y.requires_grad_() is y
    with pytest.raises(tg.GradientError, match=r"\[E05\].*detach"):
        y.requires_grad = False


@pytest.mark.parametrize("whole", [tg.tensor([1, 2]), tg.tensor([True]), tracked() > 2, tracked().argmax()])
def test_whole_numbers_cannot_require_grad(whole: tg.Tensor) -> None:
    with pytest.raises(tg.DtypeError, match=r"\[E03\]"):
        whole.requires_grad_()
    assert not whole.requires_grad
    whole.requires_grad_(False)


def test_name() -> None:
    w = tracked()
    w.name = "weight"
    assert w.name == "weight"
    y = w * 2
    assert y.name is None
    y.name = "double"
    assert y.name == "double"
    assert y.requires_grad
    y.sum().backward()
    c = tg.tensor(1.0)
    c.name = "c"
    assert not c.requires_grad
    assert c.is_leaf


def test_no_attribute_out_of_a_typo() -> None:
    w = tracked()
    with pytest.raises(AttributeError):
        w.require_grad = True
    with pytest.raises(AttributeError):
        w.shpae  # noqa: B018


def test_values_out() -> None:
    t = tg.tensor(MATRIX)
    assert t.tolist() == MATRIX.tolist()
    assert np.array_equal(t.numpy(), MATRIX)
    assert tg.tensor(2.5).item() == 2.5
    assert type(tg.tensor([[2.5]]).item()) is float
    assert type(tg.tensor(2).item()) is int
    assert type(tg.tensor(True).item()) is bool
    assert tracked().tolist() == MATRIX.tolist()
    assert tracked(2.0).item() == 2.0
    with pytest.raises(ValueError, match="size 1"):
        t.item()


def test_numpy_of_a_constant_shares_its_buffer() -> None:
    t = tg.tensor(MATRIX)
    t.numpy()[0, 0] = 9.0
    assert t[0, 0].item() == 9.0
    assert np.asarray(t) is not None
    np.asarray(t)[0, 1] = 8.0
    assert t[0, 1].item() == 8.0
    np.array(t)[0, 1] = 7.0
    assert t[0, 1].item() == 8.0
    assert np.asarray(t, dtype=np.float32).dtype == np.float32
    assert np.array(t, copy=True)[1, 2] == 6.0


@pytest.mark.parametrize(
    "convert", [np.asarray, np.array, lambda t: t.numpy(), lambda t: np.array([t, t]), np.ndarray.tolist]
)
def test_tracked_tensor_does_not_become_a_bare_array(convert: Callable[[tg.Tensor], Any]) -> None:
    for t in (tracked(), tracked() * 2):
        with pytest.raises((tg.GradientError, TypeError)) as caught:
            convert(t)
        assert convert is np.ndarray.tolist or "[E05]" in str(caught.value)


def test_detach_and_clone() -> None:
    w = tracked()
    d, c = w.detach(), w.clone()
    assert not d.requires_grad
    assert d.is_leaf
    assert c.requires_grad
    assert not c.is_leaf
    (c * w.detach()).sum().backward()
    assert np.array_equal(w.grad.numpy(), MATRIX)
    plain = tg.tensor(MATRIX)
    twin = plain.clone()
    twin[0] = 0.0
    assert np.array_equal(plain.numpy(), MATRIX)


def test_astype() -> None:
    w = tracked()
    y = w.astype(np.float32)
    assert y.dtype == np.float32
    y.sum().backward()
    assert w.grad.dtype == np.float64
    whole = w.astype(int)
    assert whole.dtype == np.int64
    assert not whole.requires_grad
    assert tg.tensor([1, 0]).astype(bool).tolist() == [True, False]
    assert w.astype(float).requires_grad


def test_zero_and_zero_grad() -> None:
    w = tracked()
    w.sum().backward()
    assert w.grad is not None
    w.zero_grad()
    assert w.grad is None
    with tg.no_grad():
        assert w.zero_() is w
    assert w.tolist() == [[0.0] * 3] * 2
    tg.tensor(1.0).zero_grad()


def test_grad_can_be_set() -> None:
    w = tracked([1.0, 2.0])
    w.grad = tg.tensor([3.0, 4.0])
    assert w.grad.tolist() == [3.0, 4.0]
    (w * 1.0).sum().backward()
    assert w.grad.tolist() == [4.0, 5.0]
    w.grad = [1, 2]
    assert w.grad.dtype == np.float64
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        w.grad = np.ones(3)
    w.grad = None
    assert w.grad is None


# --- operators -----------------------------------------------------------------------------------------------------

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.mod, operator.pow]
COMPARING = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
OPERANDS = [2, 2.5, True, np.float64(2.5), np.float32(2), np.int64(3), np.array([3.0, 1.0, 2.0]), np.full((2, 1), 2.0)]
OPERANDS += [np.array(2.0), np.array([[1, 2, 3]] * 2), [1.0, 2.0, 3.0]]


@pytest.mark.parametrize("operate", [*BINARY, operator.floordiv, *COMPARING, divmod])
@pytest.mark.parametrize("other", OPERANDS, ids=str)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_operator_with_an_operand_on_either_side(operate: Callable[..., Any], other: Any, requires_grad: bool) -> None:
    t = tg.tensor(MATRIX, requires_grad=requires_grad and operate is not divmod)
    array = np.array(other) if isinstance(other, list) else other
    for ours, theirs in ((operate(t, other), operate(MATRIX, array)), (operate(other, t), operate(array, MATRIX))):
        pairs = zip(ours, theirs, strict=True) if operate is divmod else [(ours, theirs)]
        for one, expected in pairs:
            assert type(one) is tg.Tensor
            np.testing.assert_array_equal(one.detach().numpy(), expected)
            assert one.dtype == expected.dtype
            assert one.requires_grad == (requires_grad and operate in BINARY)


@pytest.mark.parametrize("operate", BINARY)
@pytest.mark.parametrize(
    "number", [2, 2.5, np.float64(2.5), np.float32(2.5), np.int64(2), np.array([2, 3], np.float32)]
)
def test_float32_stays_float32(operate: Callable[..., Any], number: Any) -> None:
    w = tg.tensor(np.array([1.5, 2.5], np.float32), requires_grad=True)
    for y in (operate(w, number), operate(number, w)):
        assert y.dtype == np.float32
        w.zero_grad()
        y.sum().backward()
        assert w.grad.dtype == np.float32


def test_result_has_the_wider_dtype_and_gradients_their_own() -> None:
    single = tg.tensor(np.array([1.0, 2.0], np.float32), requires_grad=True)
    double, whole = tracked([3.0, 4.0]), tg.tensor([1, 2])
    y = single * double * whole
    assert y.dtype == np.float64
    y.sum().backward()
    assert single.grad.dtype == np.float32
    assert double.grad.dtype == np.float64
    assert whole.grad is None
    assert (whole + whole).dtype == np.int64
    assert (whole / 2).dtype == np.float64
    assert (whole * 2.5).dtype == np.float64


def test_unary_operators() -> None:
    t = tg.tensor([-1.5, 2.0])
    assert (-t).tolist() == [1.5, -2.0]
    assert (+t).tolist() == [-1.5, 2.0]
    assert abs(t).tolist() == [1.5, 2.0]
    assert (~tg.tensor([True, False])).tolist() == [False, True]
    w = tracked([-1.5, 2.0])
    (-w + abs(w) + (+w)).sum().backward()
    assert w.grad.tolist() == [-1.0, 1.0]


def test_logic_of_masks() -> None:
    a, b = tg.tensor([True, True, False]), np.array([True, False, False])
    for left, right in ((a, b), (b, a), (a, tg.tensor(b))):
        assert (left & right).tolist() == [True, False, False]
        assert (left | right).tolist() == [True, True, False]
        assert (left ^ right).tolist() == [False, True, False]
    assert (True & a).tolist() == [True, True, False]
    w = tracked([1.0, 5.0, 3.0])
    mask = (w > 2) & (w < 4)
    assert type(mask) is tg.Tensor
    assert not mask.requires_grad
    assert mask.tolist() == [False, False, True]


def test_matrix_product_on_either_side() -> None:
    a, b = MATRIX, MATRIX.T.copy()
    expected = a @ b
    sides = [
        (tracked(a), tracked(b)),
        (tracked(a), b),
        (a, tracked(b)),
        (tracked(a), b.tolist()),
        (a.tolist(), tracked(b)),
    ]
    for left, right in sides:
        product = left @ right
        assert type(product) is tg.Tensor
        assert np.array_equal(product.detach().numpy(), expected)
        product.sum().backward()
    assert np.array_equal((tracked(a) @ b[:, 0]).detach().numpy(), a @ b[:, 0])
    assert (tracked([1.0, 2.0]) @ tracked([3.0, 4.0])).shape == ()


@pytest.mark.parametrize("operate", COMPARING)
def test_comparison_gives_truth_values_without_gradient(operate: Callable[..., Any]) -> None:
    answer = operate(tracked(), tracked(MATRIX[::-1].copy()))
    assert type(answer) is tg.Tensor
    assert answer.dtype == bool
    assert not answer.requires_grad
    assert np.array_equal(answer.numpy(), operate(MATRIX, MATRIX[::-1]))


def test_hash_is_by_identity() -> None:
    a, b = tg.tensor([1.0]), tg.tensor([1.0])
    assert len({a, b, a}) == 2
    assert {a: 1}[a] == 1
    assert hash(a) == hash(a)
    held = {a: "a"}
    a += 1
    assert a in held


def test_comparison_with_none_is_elementwise_false() -> None:
    assert (tg.tensor([1.0, 2.0]) == None).tolist() == [False, False]  # noqa: E711


def test_builtin_sum_max_sorted() -> None:
    w = tracked([3.0, 1.0, 2.0])
    total = sum([w[0], w[1] * 2, w[2]])
    total.backward()
    assert w.grad.tolist() == [1.0, 2.0, 1.0]
    assert max(w).item() == 3.0
    assert [t.item() for t in sorted(w)] == [1.0, 2.0, 3.0]
    assert math.prod([w[0], w[1]]).item() == 3.0


def test_running_total_from_a_constant_tensor() -> None:
    w, total = tracked([1.0, 2.0]), tg.tensor(0.0)
    start = total
    for i in range(2):
        total += (w[i] * w[i]).sum()
    assert start.item() == 0.0
    total.backward()
    assert w.grad.tolist() == [2.0, 4.0]
    count = tg.tensor([1.0])
    same = count
    count += 1
    assert same.tolist() == [2.0], "a plain Tensor changes in place, as an array does"


def test_update_by_augmented_assignment() -> None:
    x = tracked([1.0, 2.0])
    same = x
    (x * x).sum().backward()
    with tg.no_grad():
        x -= 0.5 * x.grad
    assert x is same
    assert x.requires_grad
    assert x.is_leaf
    assert x.tolist() == [0.0, 0.0]
    with pytest.raises(tg.GradientError, match=r"\[E04\].*no_grad"):
        x -= 0.5 * x.grad
    assert x.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (operator.iadd, [3.0, 4.0]),
        (operator.isub, [-1.0, 0.0]),
        (operator.imul, [2.0, 4.0]),
        (operator.itruediv, [0.5, 1.0]),
        (operator.ipow, [1.0, 4.0]),
    ],
)
def test_every_augmented_assignment(update: Callable[[Any, Any], Any], expected: list[float]) -> None:
    for other in (2, 2.0, np.array([2.0, 2.0]), tg.tensor([2.0, 2.0]), tracked([2.0, 2.0])):
        x = tracked([1.0, 2.0])
        with tg.no_grad():
            assert update(x, other) is x
        assert x.tolist() == expected
        array = np.array([1.0, 2.0])
        with tg.no_grad():
            assert update(array, other) is array
        assert array.tolist() == expected


def test_array_takes_in_no_tracked_tensor() -> None:
    array = np.zeros(2)
    with pytest.raises(tg.GradientError, match=r"\[E05\]"):
        array += tracked([1.0, 2.0])
    array += tg.tensor([1.0, 2.0])
    assert type(array) is np.ndarray
    assert array.tolist() == [1.0, 2.0]


def test_in_place_keeps_the_dtype() -> None:
    w = tg.tensor(np.ones(2, np.float32), requires_grad=True)
    with tg.no_grad():
        w -= np.float64(0.5) * np.ones(2)
    assert w.dtype == np.float32
    w.data -= 0.25
    assert w.dtype == np.float32
    assert w.tolist() == [0.25, 0.25]


# --- as a sequence, a number, a text ---------------------------------------------------------------------------------


def test_len_iteration_containment() -> None:
    t = tracked()
    assert len(t) == 2
    rows = list(t)
    assert [row.tolist() for row in rows] == MATRIX.tolist()
    assert all(row.requires_grad for row in rows)
    a, b = t
    (a * b).sum().backward()
    assert np.array_equal(t.grad.numpy(), MATRIX[::-1])
    assert 5.0 in t
    assert 7.0 not in t
    assert [row.tolist() for row in reversed(t)] == MATRIX[::-1].tolist()
    for (x, y), row in zip(enumerate(t), MATRIX, strict=True):
        assert y.tolist() == row.tolist()
        assert x in (0, 1)


def test_single_number_has_no_len() -> None:
    with pytest.raises(TypeError):
        len(tg.tensor(1.0))
    with pytest.raises(TypeError):
        iter(tg.tensor(1.0))


def test_truth_value() -> None:
    assert tg.tensor(1.0)
    assert not tg.tensor([[0.0]])
    assert tracked(2.0)
    assert tg.tensor([3.0]) > 2
    for several in (tg.tensor([1.0, 2.0]), tg.zeros(0), tracked() > 2):
        with pytest.raises(tg.ShapeError, match=r"\[E15\].*\.any\(\).*\.all\(\).*\.item\(\)"):
            bool(several)
    with pytest.raises(tg.ShapeError, match=r"\[E15\] a Tensor of shape \(2, 3\)"):
        assert not tracked() > 2


def test_conversion_to_python_numbers() -> None:
    w = tracked([2.25])
    assert float(w) == 2.25
    assert int(w) == 2
    assert math.sqrt(w[0]) == 1.5
    assert math.isclose(math.exp(tg.tensor(1.0)), math.e)
    assert math.floor(w[0]) == 2
    assert [10, 20, 30][tg.tensor(1)] == 20
    assert list(range(tg.tensor(3))) == [0, 1, 2]
    with pytest.raises(TypeError):
        [10, 20][tg.tensor(1.0)]
    with pytest.raises(ValueError, match="size 1"):
        float(tg.tensor([1.0, 2.0]))


def test_format() -> None:
    loss = tracked(1.23456) * 2
    assert f"{loss:.3f}" == "2.469"
    assert f"{tg.tensor([0.5]):6.2f}|" == "  0.50|"
    assert f"{tg.tensor(3):03d}" == "003"
    assert f"{tg.tensor([1.0, 2.0])}" == "tensor([1., 2.])"
    assert f"{tracked([1.0, 2.0]):>45}".endswith("  tensor([1., 2.], requires_grad=True)")
    assert f"{loss.item():.1e}" == "2.5e+00"
    assert "%.2f" % loss == "2.47"  # noqa: UP031


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: tg.tensor([1.0, 2.5]), "tensor([1. , 2.5])"),
        (lambda: tg.tensor(3.0), "tensor(3.)"),
        (lambda: tg.tensor([1, 2]), "tensor([1, 2])"),
        (lambda: tg.tensor([True]), "tensor([ True])"),
        (lambda: tg.tensor(np.float32([1])), "tensor([1.], dtype=float32)"),
        (lambda: tg.tensor(np.int8([1])), "tensor([1], dtype=int8)"),
        (lambda: tg.tensor([]), "tensor([])"),
        (lambda: tg.zeros(0, 3), "tensor([], shape=(0, 3))"),
        (lambda: tg.tensor([1.0], requires_grad=True), "tensor([1.], requires_grad=True)"),
        (lambda: tg.tensor([1.0], requires_grad=True, name="w"), "tensor([1.], name='w', requires_grad=True)"),
        (lambda: tracked([1.0]) + 1, "tensor([2.], made by add)"),
        (lambda: tracked([[1.0]]) @ np.ones((1, 1)), "tensor([[1.]], made by matmul)"),
        (lambda: tracked([1.0]).sum(), "tensor(1., made by sum)"),
        (lambda: tracked([1.0]).tanh() * 0, "tensor([0.], made by multiply)"),
        (lambda: tracked([4.0])[0], "tensor(4., made by getitem)"),
        (lambda: tracked([1.0]) > 0, "tensor([ True])"),
    ],
)
def test_repr(make: Callable[[], tg.Tensor], text: str) -> None:
    assert repr(make()) == text
    assert str(make()) == text


def test_repr_of_several_rows_is_aligned_and_short() -> None:
    assert repr(tg.tensor(MATRIX)) == "tensor([[1., 2., 3.],\n        [4., 5., 6.]])"
    assert len(repr(tg.zeros(1000, 1000))) < 1000
    w = tracked(2.0)
    y = w * w
    y.name = "y"
    assert repr(y) == "tensor(4., name='y', made by multiply)"
    y.backward()
    assert repr(y) == "tensor(4., name='y', made by multiply)"


# --- copies --------------------------------------------------------------------------------------------------------


def test_copies_of_a_leaf() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True, name="w")
    (w * w).sum().backward()
    for twin in (copy.copy(w), copy.deepcopy(w)):
        assert twin is not w
        assert twin.requires_grad
        assert twin.is_leaf
        assert twin.name == "w"
        assert twin.grad.tolist() == [2.0, 4.0]
        with tg.no_grad():
            twin += 1
        assert w.tolist() == [1.0, 2.0]
        (twin * twin).sum().backward()
        assert w.grad.tolist() == [2.0, 4.0]
        assert twin.grad.tolist() == [2.0 + 4.0, 4.0 + 6.0]
    assert copy.deepcopy(w).grad is not w.grad


def test_deepcopy_of_a_structure_keeps_what_is_shared() -> None:
    w = tracked([1.0])
    model = {"first": w, "again": [w], "constant": tg.tensor(2)}
    twin = copy.deepcopy(model)
    assert twin["first"] is twin["again"][0]
    assert twin["first"] is not w
    assert twin["constant"].item() == 2


def test_copies_of_a_result() -> None:
    w = tracked([1.0, 2.0])
    y = w * w
    copy.copy(y).sum().backward()
    assert w.grad.tolist() == [2.0, 4.0]
    with pytest.raises(tg.GradientError, match=r"\[E05\].*clone"):
        copy.deepcopy(w * w)


# --- indexing ------------------------------------------------------------------------------------------------------

CUBE = np.arange(24.0).reshape(2, 3, 4)
INDICES = [
    0, -1, slice(None), slice(1, None), slice(None, None, -1), slice(0, 0), ..., None, (0, 1), (0, 1, 2), (..., 0),
    (None, 0, ..., None), (slice(None), 1), (0, slice(None, None, 2)), [0, 1, 0], np.array([1, 1]),
    (slice(None), [2, 0]), ([0, 1], [2, 2]), ([0, 1], slice(None), [3, 3]), CUBE > 7, np.array([True, False]),
    (slice(None), np.array([True, False, True])), np.array([[0, 1], [1, 0]]), np.int64(1), np.array(1),
    (np.array([0]), ..., np.array([2])), (), True, [], np.array([], int),
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_indexing_of_every_kind(index: Any) -> None:
    t = tracked(CUBE)
    picked = t[index]
    assert np.array_equal(picked.detach().numpy(), CUBE[index])
    (picked * picked).sum().backward()
    expected = np.zeros(CUBE.shape)
    np.add.at(expected, index, 2 * CUBE[index])
    assert np.array_equal(t.grad.numpy(), expected)
    written, plain = tg.tensor(CUBE), CUBE.copy()
    written[index] = 5.0
    plain[index] = 5.0
    assert np.array_equal(written.numpy(), plain)


def test_indexing_by_tensors() -> None:
    t = tracked()
    assert t[tg.tensor([1, 0])].tolist() == MATRIX[[1, 0]].tolist()
    assert t[tg.tensor(1)].tolist() == MATRIX[1].tolist()
    assert t[t > 2.5].tolist() == [3.0, 4.0, 5.0, 6.0]
    assert t[tg.tensor([0, 1]), tg.tensor([2, 0])].tolist() == [3.0, 4.0]
    assert t[np.arange(2), t.argmax(axis=1)].tolist() == [3.0, 6.0]
    assert MATRIX[tg.tensor([1])].tolist() == [MATRIX[1].tolist()]
    written = tg.tensor(MATRIX)
    written[tg.tensor([0]), tg.tensor([1])] = tg.tensor([9.0])
    assert written[0, 1].item() == 9.0


def test_index_out_of_range() -> None:
    for index in (2, (0, 3), [5], "a", 1.0, (0, 0, 0)):
        with pytest.raises(IndexError):
            tracked()[index]


# --- methods -------------------------------------------------------------------------------------------------------

ELEMENTWISE = (
    "abs arccos arcsin arctan cos cosh exp expm1 log log10 log1p log2 reciprocal sign sin sinh sqrt square tan tanh"
)


@pytest.mark.parametrize("name", ELEMENTWISE.split())
def test_elementwise_method_is_numpys(name: str) -> None:
    values = np.array([[0.1, 0.5], [0.7, 0.9]])
    result = getattr(tracked(values), name)()
    np.testing.assert_allclose(result.detach().numpy(), getattr(np, name)(values), rtol=1e-15)
    same = getattr(np, name)(tracked(values))
    assert type(same) is tg.Tensor
    assert np.array_equal(same.detach().numpy(), result.detach().numpy())
    assert getattr(tg.Tensor, name).__doc__


@pytest.mark.parametrize(
    "name", ["sum", "mean", "prod", "max", "min", "var", "std", "argmax", "argmin", "all", "any", "cumsum"]
)
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_reducing_method_is_numpys(name: str, axis: int | None) -> None:
    theirs = getattr(np, name)(MATRIX, axis=axis)
    for t in (tracked(), tg.tensor(MATRIX)):
        for ours in (getattr(t, name)(axis=axis), getattr(t, name)(axis), getattr(np, name)(t, axis)):
            assert type(ours) is tg.Tensor
            np.testing.assert_allclose(ours.detach().numpy(), theirs)
            assert ours.shape == theirs.shape
        if name != "cumsum":
            kept = getattr(t, name)(axis=axis, keepdims=True)
            assert kept.shape == getattr(np, name)(MATRIX, axis=axis, keepdims=True).shape


def test_std_and_var_have_ddof() -> None:
    assert np.isclose(tracked().std().item(), MATRIX.std())
    assert np.isclose(tracked().std(ddof=1).item(), MATRIX.std(ddof=1))
    assert np.allclose(tracked().var(0, ddof=1).detach().numpy(), MATRIX.var(0, ddof=1))


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "logsumexp", "argmax", "argmin", "all", "any"])
def test_dim_is_axis_where_both_libraries_agree(name: str) -> None:
    t = tg.tensor(MATRIX)
    assert getattr(t, name)(dim=1).tolist() == getattr(t, name)(axis=1).tolist()
    assert getattr(t, name)(dim=1, keepdim=True).shape == (2, 1)
    with pytest.raises(TypeError, match=f"{name}.*dims="):
        getattr(t, name)(dims=1)


def test_dim_of_the_others_that_agree() -> None:
    t = tg.tensor(MATRIX)
    assert t.cumsum(dim=0).tolist() == t.cumsum(axis=0).tolist()
    assert t.softmax(dim=0).tolist() == t.softmax(axis=0).tolist()
    assert t.log_softmax(dim=0).tolist() == t.log_softmax(axis=0).tolist()
    assert t.argsort(dim=0).tolist() == t.argsort(axis=0).tolist()
    assert t[None].squeeze(dim=0).shape == (2, 3)
    assert t.sum(dim=[0, 1]).item() == t.sum(dim=(0, 1)).item() == 21.0


@pytest.mark.parametrize("name", ["max", "min", "std", "var", "sort"])
@pytest.mark.parametrize("word", [{"dim": 1}, {"dim": 1, "keepdim": True}, {"keepdim": True}])
def test_dim_is_refused_where_pytorch_returns_something_else(name: str, word: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=rf"{name}\(.*PyTorch.*axis="):
        getattr(tg.tensor(MATRIX), name)(**word)


def test_shaping_methods() -> None:
    t = tracked()
    assert t.reshape(3, 2).tolist() == t.reshape((3, 2)).tolist() == MATRIX.reshape(3, 2).tolist()
    assert t.reshape(-1).shape == t.ravel().shape == t.flatten().shape == (6,)
    assert t.reshape(()).shape == () if t.size == 1 else True
    assert tracked(1.0).flatten().shape == (1,)
    assert tracked(CUBE).flatten(1).shape == (2, 12)
    assert tracked(CUBE).flatten(0, 1).shape == (6, 4)
    assert (
        t.transpose().shape == t.transpose(1, 0).shape == t.transpose((1, 0)).shape == t.swapaxes(0, 1).shape == (3, 2)
    )
    assert tracked(CUBE).transpose(2, 0, 1).shape == (4, 2, 3)
    assert t.expand_dims(0).shape == t.unsqueeze(0).shape == t[None].shape == (1, 2, 3)
    assert t[None].squeeze().shape == t[None].squeeze(0).shape == (2, 3)
    assert tracked(np.eye(3)).trace().item() == 3.0
    assert tracked(np.eye(3)).diagonal().tolist() == [1.0] * 3
    assert (
        t.clip(2, 5).tolist() == t.clamp(2, 5).tolist() == t.clamp(min=2, max=5).tolist() == MATRIX.clip(2, 5).tolist()
    )
    assert t.take([0, 5]).tolist() == [1.0, 6.0]
    assert t.repeat(2, axis=0).shape == (4, 3)
    assert t.dot(MATRIX.T).tolist() == t.matmul(MATRIX.T).tolist() == (MATRIX @ MATRIX.T).tolist()
    assert t.pow(2).tolist() == (MATRIX**2).tolist()
    assert t.round(1).tolist() == MATRIX.round(1).tolist()
    assert np.isclose(t.norm().item(), np.linalg.norm(MATRIX))
    assert t[:, ::-1].sort().tolist() == MATRIX.tolist()
    with pytest.raises(ValueError, match=r"reshape"):
        t.reshape(4, 2)


@pytest.mark.parametrize("axes", [(0, 1), (0, -1), (-2, 1), (-2, -1)])
def test_transpose_of_a_matrix_that_numpy_and_pytorch_read_differently(axes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"NumPy.*PyTorch.*\.swapaxes.*\.T"):
        tracked().transpose(*axes)
    for agreed in ((1, 0), (-1, 0), (1, -2), (-1, -2)):
        assert tracked().transpose(*agreed).shape == (3, 2)


def test_transpose_of_two_axes_out_of_three() -> None:
    with pytest.raises(ValueError, match=r"PyTorch.*\.swapaxes\(1, 2\)"):
        tracked(CUBE).transpose(1, 2)


def test_activations() -> None:
    t = tg.tensor([-1.0, 0.0, 2.0])
    assert t.relu().tolist() == [0.0, 0.0, 2.0]
    assert np.allclose(t.sigmoid().numpy(), 1 / (1 + np.exp([1.0, 0.0, -2.0])))
    assert np.isclose(t.softmax().sum().item(), 1.0)
    assert np.allclose(t.log_softmax().numpy(), np.log(t.softmax().numpy()))
    assert tg.tensor([-800.0, 800.0]).sigmoid().tolist() == [0.0, 1.0]


# --- NumPy's functions ---------------------------------------------------------------------------------------------


def test_numpy_functions_give_tensors() -> None:
    t, u = tracked(), tracked(MATRIX + 1)
    assert np.concatenate([t, u]).shape == (4, 3)
    assert np.concatenate([MATRIX, u], axis=1).shape == (2, 6)
    assert np.stack([t, u, MATRIX]).shape == (3, 2, 3)
    assert np.where(t > 2, t, u).requires_grad
    assert np.where(MATRIX > 2, MATRIX, u).requires_grad
    assert np.maximum(MATRIX, u).requires_grad
    assert np.linalg.norm(t).requires_grad
    assert np.sum(a=t, axis=0, keepdims=True).shape == (1, 3)
    assert np.shape(t) == (2, 3)
    assert np.ndim(t) == 2
    assert np.size(t) == 6
    for result in (np.floor(t), np.round(t), np.argmax(t, axis=0), np.isnan(t), np.argsort(t), np.greater(t, 2)):
        assert type(result) is tg.Tensor
        assert not result.requires_grad
    assert np.allclose(tg.tensor(MATRIX), MATRIX)
    assert np.array_equal(t, MATRIX)


def test_numpy_function_without_a_rule() -> None:
    with pytest.raises(tg.GradientError, match=r"\[E05\] np\.median has no gradient rule.*detach"):
        np.median(tracked())
    assert np.median(tracked().detach()).item() == 3.5
    assert np.median(tg.tensor(MATRIX)).item() == 3.5
    with tg.no_grad():
        assert np.median(tracked()).item() == 3.5
    with pytest.raises(tg.GradientError, match=r"\[E05\]"):
        np.interp(tracked([1.0]), [0.0, 2.0], [0.0, 1.0])
    with pytest.raises(tg.GradientError, match=r"\[E05\]"):
        np.histogram(tracked())


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.exp(t, out=np.zeros((2, 3))),
        lambda t: np.add(t, 1, out=np.zeros((2, 3)), where=MATRIX > 2),
        lambda t: np.add.reduce(t),
        lambda t: np.multiply.outer(t, t),
        lambda t: np.add.at(np.zeros((2, 3)), slice(None), t),
        lambda t: np.sum(t, out=np.zeros(())),
        lambda t: np.sum(t, where=MATRIX > 2),
        lambda t: np.add.accumulate(t),
    ],
)
def test_options_without_a_rule_are_refused_by_name(call: Callable[[tg.Tensor], Any]) -> None:
    with pytest.raises(tg.GradientError, match=r"\[E05\] np\."):
        call(tracked())
    call(tg.tensor(MATRIX))
    with tg.no_grad():
        call(tracked())


def test_out_array_of_a_constant_is_the_callers_own() -> None:
    out = np.zeros(3)
    assert np.median(tg.tensor(MATRIX), axis=0, out=out) is out
    assert np.sum(tg.tensor(MATRIX), 0, out=out) is out
    assert out.tolist() == [5.0, 7.0, 9.0]


def test_array_update_with_a_tensor_gradient_works() -> None:
    w = tracked([1.0, 2.0])
    (w * w).sum().backward()
    buffer = w.data
    w.data -= 0.25 * w.grad
    assert w.data is buffer
    assert w.tolist() == [0.5, 1.0]


def test_subclass_free_results_under_a_mask_of_tensors() -> None:
    t = tracked()
    y = t * (t > 2)
    y.sum().backward()
    assert np.array_equal(t.grad.numpy(), (MATRIX > 2).astype(float))


def test_what_else_may_stand_beside_a_tensor() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    assert (w * Fraction(1, 2)).tolist() == [0.5, 1.0]
    assert (w ** (2.0, 3.0)).tolist() == [1.0, 8.0]
    (w * (1.0, 2.0)).sum().backward()
    assert w.grad.tolist() == [1.0, 2.0]
    quotient, rest = divmod(np.array([5.0, 7.0]), w)
    assert (quotient.tolist(), rest.tolist()) == ([5.0, 3.0], [0.0, 1.0])
    with pytest.raises(tg.DtypeError, match="complex numbers are not supported"):
        w * 1j


def test_data_given_as_python_numbers_keeps_the_dtype() -> None:
    w = tg.tensor([1.0, 2.0], dtype=tg.float32)
    w.data = [3.0, 4.0]
    assert w.dtype == np.float32
