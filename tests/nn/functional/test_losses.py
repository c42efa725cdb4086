"""The losses as plain functions: closed forms, gradient checks to second order, inputs of any size, and refusals."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.nn import functional as F

rng = np.random.default_rng(0)
X, T = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
P, BITS = rng.uniform(0.1, 0.9, (4, 3)), np.array([[1.0, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]])
CLASSES = np.array([0, 2, 1, 2])
Q = rng.dirichlet(np.ones(3), 4)
COLUMNS = np.array([0.5, 2.0, 1.5])


def logs(x: np.ndarray) -> np.ndarray:
    return np.log(np.exp(x) / np.exp(x).sum(1, keepdims=True))


def of_two(p: np.ndarray, t: np.ndarray) -> np.ndarray:
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


SIGMOID = 1 / (1 + np.exp(-X))
Loss = Callable[..., Any]
CLOSED_FORMS: dict[str, tuple[Loss, np.ndarray, Any, np.ndarray]] = {
    "mse_loss": (F.mse_loss, X, T, (X - T) ** 2),
    "l1_loss": (F.l1_loss, X, T, np.abs(X - T)),
    "huber_loss": (
        lambda x, t, **r: F.huber_loss(x, t, delta=0.5, **r),
        X,
        T,
        np.where(np.abs(X - T) < 0.5, (X - T) ** 2 / 2, 0.5 * (np.abs(X - T) - 0.25)),
    ),
    "smooth_l1_loss": (
        lambda x, t, **r: F.smooth_l1_loss(x, t, beta=0.5, **r),
        X,
        T,
        np.where(np.abs(X - T) < 0.5, (X - T) ** 2, np.abs(X - T) - 0.25),
    ),
    "smooth_l1_loss, beta 0": (lambda x, t, **r: F.smooth_l1_loss(x, t, beta=0, **r), X, T, np.abs(X - T)),
    "binary_cross_entropy": (F.binary_cross_entropy, P, BITS, of_two(P, BITS)),
    "binary_cross_entropy, weight": (
        lambda p, t, **r: F.binary_cross_entropy(p, t, COLUMNS, **r),
        P,
        BITS,
        COLUMNS * of_two(P, BITS),
    ),
    "with logits": (F.binary_cross_entropy_with_logits, X, BITS, of_two(SIGMOID, BITS)),
    "with logits, pos_weight": (
        lambda x, t, **r: F.binary_cross_entropy_with_logits(x, t, pos_weight=COLUMNS, **r),
        X,
        BITS,
        np.where(BITS, COLUMNS, 1) * of_two(SIGMOID, BITS),
    ),
    "cross_entropy": (F.cross_entropy, X, CLASSES, -logs(X)[range(4), CLASSES]),
    "cross_entropy, probabilities": (F.cross_entropy, X, Q, -(Q * logs(X)).sum(1)),
    "nll_loss": (F.nll_loss, X, CLASSES, -X[range(4), CLASSES]),
}
every_loss = pytest.mark.parametrize("name", CLOSED_FORMS)


@every_loss
def test_values_equal_the_closed_form_whatever_the_input_is(name: str) -> None:
    loss, x, target, elements = CLOSED_FORMS[name]
    for given, wanted in ((x, target), (tg.tensor(x), tg.tensor(target)), (x.tolist(), target.tolist())):
        none = loss(given, wanted, reduction="none")
        assert isinstance(none, tg.Tensor)
        np.testing.assert_allclose(none.numpy(), elements, rtol=1e-12)
        assert loss(given, wanted).item() == pytest.approx(elements.mean(), rel=1e-12)
        assert loss(given, wanted, reduction="sum").item() == pytest.approx(elements.sum(), rel=1e-12)


@every_loss
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_first_and_second_derivatives(name: str, reduction: str) -> None:
    loss, x, target, _ = CLOSED_FORMS[name]
    if target.dtype.kind == "f":
        inputs = [x, np.clip(target, 0.01, 0.99) if set(np.unique(target)) <= {0.0, 1.0} else target]
        assert tg.gradcheck(lambda x, t: loss(x, t, reduction=reduction), inputs)
        assert tg.gradgradcheck(lambda x, t: loss(x, t, reduction=reduction), inputs)
    else:
        assert tg.gradcheck(lambda x: loss(x, target, reduction=reduction), [x])
        assert tg.gradgradcheck(lambda x: loss(x, target, reduction=reduction), [x])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_weights_have_gradients_too(reduction: str) -> None:
    """PyTorch has them in some losses only."""
    ignoring = np.where(CLASSES == 1, -100, CLASSES)
    functions: list[Callable[..., Any]] = [
        lambda x, w: F.cross_entropy(x, ignoring, w, reduction=reduction, label_smoothing=0.1),
        lambda x, w: F.cross_entropy(x, Q, w, reduction=reduction),
        lambda x, w: F.nll_loss(x, CLASSES, w, reduction=reduction),
        lambda x, w: F.binary_cross_entropy_with_logits(x, P, w, reduction, pos_weight=w),
        lambda x, w: F.binary_cross_entropy(F.sigmoid(x), P, w, reduction),
    ]
    for function in functions:
        assert tg.gradcheck(function, [X, COLUMNS])
        assert tg.gradgradcheck(function, [X, COLUMNS])


def test_the_mean_squared_error_and_its_gradient() -> None:
    prediction = tg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    target = [[0.0, 2.0], [5.0, 1.0]]
    loss = F.mse_loss(prediction, target)
    loss.backward()
    assert loss.item() == (1 + 0 + 4 + 9) / 4
    assert prediction.grad.tolist() == [[0.5, 0.0], [-1.0, 1.5]]  # 2 (prediction − target) / n
    assert F.mse_loss(prediction, target, reduction="sum").item() == 14.0
    assert F.mse_loss(input=prediction, target=target, reduction="none").tolist() == [[1.0, 0.0], [4.0, 9.0]]


def test_the_mean_squared_error_passes_gradients_to_a_computed_target_too() -> None:
    prediction, target = tg.tensor([1.0, 2.0], requires_grad=True), tg.tensor([3.0, 2.0], requires_grad=True)
    F.mse_loss(prediction, target, "sum").backward()
    assert (prediction.grad.tolist(), target.grad.tolist()) == ([-4.0, 0.0], [4.0, 0.0])


def test_half_precision_is_added_up_in_single_precision() -> None:
    errors = np.full(1000, 10.0, np.float16)
    loss = F.mse_loss(errors, np.zeros(1000, np.float16))
    assert (loss.item(), loss.dtype) == (100.0, np.float16)  # in half precision, the sum would end at 65,504


def test_the_derivative_of_the_absolute_error_at_0_is_0() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    F.l1_loss(x, [1.0, 3.0], "sum").backward()
    assert x.grad.tolist() == [0.0, -1.0]


def test_the_gradient_of_cross_entropy_is_softmax_minus_the_target() -> None:
    x = tg.tensor(X, requires_grad=True)
    F.cross_entropy(x, CLASSES, reduction="sum").backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp(logs(X)) - np.eye(3)[CLASSES], rtol=1e-12, atol=1e-15)


def test_class_numbers_and_one_hot_rows_are_one_loss() -> None:
    one_hot = np.eye(3)[CLASSES]
    for settings in ({}, {"label_smoothing": 0.3}):
        ours, same = F.cross_entropy(X, CLASSES, **settings), F.cross_entropy(X, one_hot, **settings)
        assert ours.item() == pytest.approx(same.item(), rel=1e-13)


def test_an_image_of_classes_is_as_many_cases() -> None:
    scores, classes = rng.normal(size=(2, 3, 4, 5)), rng.integers(0, 3, (2, 4, 5))
    rows = np.moveaxis(scores, 1, -1).reshape(-1, 3)
    image = F.cross_entropy(scores, classes, COLUMNS, 1, "none")
    assert image.shape == (2, 4, 5)
    cases = F.cross_entropy(rows, classes.ravel(), COLUMNS, 1, "none")
    np.testing.assert_allclose(image.numpy().ravel(), cases.numpy(), rtol=1e-13)


def test_weighted_means_divide_by_the_weights_of_what_counts() -> None:
    classes = [0, 2, -7, 2]
    expected = -(0.5 * logs(X)[0, 0] + 1.5 * logs(X)[1, 2] + 1.5 * logs(X)[3, 2]) / (0.5 + 1.5 + 1.5)
    assert F.cross_entropy(X, classes, COLUMNS, ignore_index=-7).item() == pytest.approx(expected, rel=1e-13)
    assert F.cross_entropy(X, classes, ignore_index=-7).item() == pytest.approx(
        -(logs(X)[0, 0] + logs(X)[1, 2] + logs(X)[3, 2]) / 3, rel=1e-13
    )


# --- inputs of any size -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("settings", [{}, {"label_smoothing": 0.1}, {"weight": COLUMNS}], ids=str)
@pytest.mark.parametrize("target", [CLASSES, Q], ids=["classes", "probabilities"])
def test_logits_of_a_thousand_in_cross_entropy(settings: dict[str, Any], target: np.ndarray, dtype: Any) -> None:
    x = tg.tensor(np.array([[1000.0, 0, -1000], [1000, 1000, 999], [-1000, 1000, 0], [0, 0, 0]], dtype))
    x.requires_grad_()
    loss = F.cross_entropy(x, target.astype(dtype) if target is Q else target, **settings)
    loss.backward()
    assert np.isfinite(loss.item())
    assert np.isfinite(x.grad.numpy()).all()
    assert loss.dtype == x.grad.dtype == dtype


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_logits_of_a_thousand_in_the_logistic_loss(dtype: Any) -> None:
    x = tg.tensor(np.array([1000.0, 1000, -1000, -1000, 0], dtype), requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(x, [1, 0, 1, 0, 1], reduction="none", pos_weight=[2.0])
    assert loss.tolist() == pytest.approx([0.0, 1000.0, 2000.0, 0.0, 2 * math.log(2)])
    loss.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, -2.0, 0.0, -1.0]
    assert loss.dtype == x.grad.dtype == dtype


def test_nearly_certain_logits_keep_their_digits() -> None:
    """log(1 + e⁻⁵⁰) is 1.9e-22, which a sum of numbers near 50 would have lost."""
    x = tg.tensor([-50.0, 50.0], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(x, [0, 1], reduction="none")
    assert loss.tolist() == pytest.approx([math.exp(-50)] * 2, rel=1e-14)
    loss.sum().backward()
    assert x.grad.tolist() == pytest.approx([math.exp(-50), -math.exp(-50)], rel=1e-14)


def test_probabilities_0_and_1_are_clamped_as_in_torch() -> None:
    p = tg.tensor([0.0, 1.0, 0.0, 1.0], requires_grad=True)
    t = tg.tensor([0.0, 1.0, 1.0, 0.0], requires_grad=True)
    loss = F.binary_cross_entropy(p, t, reduction="none")
    assert [str(value) for value in loss.tolist()] == ["0.0", "0.0", "100.0", "100.0"]  # and none of them −0.0
    loss.sum().backward()
    assert p.grad.tolist() == pytest.approx([0.0, 0.0, -1e12, 1e12])
    assert t.grad.tolist() == [100.0, -100.0, 100.0, -100.0]


def test_what_is_ignored_may_be_infinite() -> None:
    x = tg.tensor([[-np.inf, 0.0, 0.0], [1.0, 1.0, 1.0]], requires_grad=True)
    for weight in (None, COLUMNS):
        x.zero_grad()
        loss = F.nll_loss(x, [-100, 1], weight)
        loss.backward()
        assert loss.item() == -1.0
        assert x.grad.tolist() == [[0.0, 0.0, 0.0], [0.0, -1.0, 0.0]]


# --- dtypes -----------------------------------------------------------------------------------------------------------


@every_loss
def test_single_precision_stays_whatever_stands_beside_it(name: str) -> None:
    loss, x, target, _ = CLOSED_FORMS[name]
    single = tg.tensor(x, dtype=tg.float32, requires_grad=True)
    for wanted in (target.tolist(), target.astype(int).tolist() if target is BITS else target.tolist()):
        for reduction in ("mean", "sum", "none"):
            result = loss(single, wanted, reduction=reduction)
            assert result.dtype == np.float32
            assert tg.grad(result.sum(), single)[0].dtype == np.float32


@every_loss
def test_arrays_are_data_and_take_the_dtype_of_the_prediction(name: str) -> None:
    loss, x, target, _ = CLOSED_FORMS[name]
    single = tg.tensor(x, dtype=tg.float32, requires_grad=True)
    for reduction in ("mean", "sum", "none"):
        result = loss(single, np.asarray(target), reduction=reduction)
        assert result.dtype == tg.grad(result.sum(), single)[0].dtype == np.float32


def test_a_certain_prediction_costs_nothing_and_not_minus_nothing() -> None:
    assert str(F.cross_entropy([[-np.inf, 1.0]], [1])) == "tensor(0.)"


def test_whole_numbers_become_real() -> None:
    assert F.mse_loss([1, 2], [2, 4]).item() == 2.5
    assert F.binary_cross_entropy([0, 1], [0, 1]).item() == 0.0
    assert F.cross_entropy([[1, 1]], [1]).item() == pytest.approx(math.log(2))
    assert F.cross_entropy([[1, 1]], np.array([1], np.uint8)).item() == pytest.approx(math.log(2))


def test_targets_may_change_after_the_loss_was_computed() -> None:
    x, classes = tg.tensor(X, requires_grad=True), CLASSES.copy()
    single, label = tg.tensor(X[0], requires_grad=True), np.array(2)
    loss, second = F.cross_entropy(x, classes, reduction="sum"), F.cross_entropy(single, label)
    classes[:], label[()] = 0, 0
    (loss + second).backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp(logs(X)) - np.eye(3)[CLASSES], rtol=1e-12, atol=1e-15)
    assert single.grad.numpy().argmin() == 2


# --- what is refused --------------------------------------------------------------------------------------------------

PAIRED: list[Loss] = [
    F.mse_loss,
    F.l1_loss,
    F.huber_loss,
    F.smooth_l1_loss,
    F.binary_cross_entropy,
    F.binary_cross_entropy_with_logits,
]


@pytest.mark.parametrize("loss", PAIRED, ids=lambda loss: loss.__name__)
def test_a_column_beside_a_row_is_refused(loss: Loss) -> None:
    with pytest.raises(
        tg.ShapeError, match=r"^\[E08\] \w*.* broadcast to \(4, 4\).*`target\.reshape\(-1, 1\)`"
    ) as error:
        loss(np.full((4, 1), 0.5), np.ones(4))
    assert str(error.value).startswith(f"[E08] {loss.__name__} ")
    with pytest.raises(tg.ShapeError, match=r"`target\.reshape\(-1\)`"):
        loss(np.full(4, 0.5), np.ones((4, 1)))


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss], ids=lambda loss: loss.__name__)
def test_class_numbers_in_another_shape_are_refused(loss: Loss) -> None:
    column = CLASSES.reshape(-1, 1)
    with pytest.raises(tg.ShapeError, match=r"E08.*\(4, 3\) and the target \(4, 1\)\. Write `target\.reshape\(-1\)`"):
        loss(X, column)
    with pytest.raises(tg.ShapeError, match=r"E08.*one class number for each prediction, in shape \(4,\)"):
        loss(X, CLASSES[:3])
    with pytest.raises(tg.ShapeError) as error:
        loss(X, CLASSES[:3])
    assert "Hãy cho mỗi dự đoán đúng một số hiệu lớp, với shape (4,)." in error.value.texts["vi"]
    with pytest.raises(tg.ShapeError, match="E08"):
        loss(X, COLUMNS)  # real numbers of no fitting shape


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        (np.eye(3, dtype=int)[CLASSES], r"write target\.astype\(float\) for probabilities, or target\.argmax\(1\)"),
        (np.eye(3, dtype=bool)[CLASSES], r"write target\.argmax\(1\)"),
        (CLASSES.astype(float), r"not float64 of shape \(4,\); write target\.astype\(int\)"),
        (CLASSES > 1, r"not bool of shape \(4,\); write target\.astype\(int\)"),
    ],
)
def test_targets_of_the_wrong_kind_are_refused_by_cross_entropy(target: np.ndarray, remedy: str) -> None:
    for given in (target, tg.tensor(target), target.tolist()):
        with pytest.raises(TypeError, match=remedy):
            F.cross_entropy(X, given)


def test_probabilities_are_refused_by_nll_loss() -> None:
    with pytest.raises(TypeError, match=r"nll_loss are class numbers, .* write target\.argmax\(1\)"):
        F.nll_loss(logs(X), Q)
    with pytest.raises(TypeError, match=r"at the class, write target\.argmax\(1\)"):
        F.nll_loss(logs(X), np.eye(3, dtype=int)[CLASSES])


@pytest.mark.parametrize(
    ("target", "settings", "message"),
    [
        ([0, 5, 1, 2], {}, r"class 5 at index \(1,\) of the target, .* scores for 3 classes, 0 to 2; give the input"),
        ([0, 1, -1, 2], {}, r"class -1 at index \(2,\).* pass ignore_index=-1"),
        ([1, 2, 3, 1], {}, r"class 3 .* counted from 0: write target - 1"),
        ([0, 1, -1, 4], {"ignore_index": -1}, r"class 4 at index \(3,\)"),
    ],
)
def test_classes_that_do_not_exist_are_refused(target: list[int], settings: dict[str, Any], message: str) -> None:
    for loss in (F.cross_entropy, F.nll_loss):
        with pytest.raises(IndexError, match=message):
            loss(X, target, **settings)


def test_one_score_for_two_classes_is_refused() -> None:
    with pytest.raises(IndexError, match=r"scores for 1 class, 0 to 0; .* use binary_cross_entropy_with_logits"):
        F.cross_entropy(X[:, :1], [0, 1, 1, 0])


@pytest.mark.parametrize("wrong", [-0.25, 1.5, math.nan])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    p = np.array([[0.5, 0.5], [wrong, 0.5]])
    with pytest.raises(
        ValueError, match=rf"the input {wrong} at index \(1, 0\).* use binary_cross_entropy_with_logits"
    ):
        F.binary_cross_entropy(p, np.ones((2, 2)))
    for loss in (F.binary_cross_entropy, F.binary_cross_entropy_with_logits):
        with pytest.raises(ValueError, match=rf"the target {wrong} at index \(1, 0\).* \(target \+ 1\) / 2"):
            loss(np.full((2, 2), 0.5), p)


def test_targets_may_be_off_by_a_rounding_error() -> None:
    assert F.binary_cross_entropy([0.5], [1 + 1e-12]).item() == pytest.approx(math.log(2))


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(tg.ShapeError, match=r"E06.*\(2,\) and \(4, 3\): the weight needs one number for each of the 3"):
        F.cross_entropy(X, CLASSES, [1.0, 2.0])
    with pytest.raises(tg.ShapeError, match=r"one number for each of the 3 classes"):
        F.nll_loss(X, CLASSES, [1.0])
    column, row = np.full((4, 1), 0.5), np.ones(4)
    with pytest.raises(tg.ShapeError, match=r"the weight has to broadcast to the shape of the input"):
        F.binary_cross_entropy(column, column, weight=row)
    with pytest.raises(tg.ShapeError, match=r"the pos_weight has to broadcast to the shape of the input"):
        F.binary_cross_entropy_with_logits(column, column, pos_weight=np.ones((2, 4, 1)))


@pytest.mark.parametrize(
    "call",
    [
        *(lambda loss=loss: loss(np.zeros((0, 2)), np.zeros((0, 2))) for loss in PAIRED),
        lambda: F.cross_entropy(np.zeros((0, 2)), np.zeros(0, int)),
        lambda: F.cross_entropy(np.zeros((0, 2)), np.zeros((0, 2))),
        lambda: F.cross_entropy(X, [-100] * 4),
        lambda: F.cross_entropy(X, [-100] * 4, COLUMNS),
    ],
)
def test_the_mean_of_no_losses_is_refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"no loss in this batch .* skip it, or write reduction='sum'"):
        call()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_mean_by_weights_that_are_0_is_refused(smoothing: float) -> None:
    with pytest.raises(
        ValueError, match="cross_entropy has no mean, as the weights of all targets in this batch are 0"
    ):
        F.cross_entropy([[1.0, 2.0]], [0], weight=[0.0, 1.0], label_smoothing=smoothing)


def test_the_sum_of_no_losses_is_0() -> None:
    x = tg.tensor(X, requires_grad=True)
    loss = F.cross_entropy(x, [-100] * 4, reduction="sum")
    loss.backward()
    assert (loss.item(), np.abs(x.grad.numpy()).max()) == (0.0, 0.0)


def test_settings_out_of_range_are_refused() -> None:
    for loss in (*PAIRED, F.cross_entropy, F.nll_loss):
        with pytest.raises(
            ValueError, match=rf"{loss.__name__} has no reduction 'average'; write 'mean', 'sum' or 'none'"
        ):
            loss(P, CLASSES if loss in (F.cross_entropy, F.nll_loss) else P, reduction="average")
    with pytest.raises(ValueError, match="positive delta, not 0"):
        F.huber_loss(X, T, delta=0)
    with pytest.raises(ValueError, match="beta of at least 0, not -1"):
        F.smooth_l1_loss(X, T, beta=-1)
    with pytest.raises(ValueError, match=r"label_smoothing from 0 to 1, not 1\.5"):
        F.cross_entropy(X, CLASSES, label_smoothing=1.5)
    with pytest.raises(ValueError, match="no class 1 to ignore"):
        F.cross_entropy(X, Q, ignore_index=1)
    with pytest.raises(ValueError, match=r"scores of at least one class, .* not \(\)"):
        F.cross_entropy(1.0, 0)
