"""`gradcheck` as people call it: what it accepts, raises and warns of, and that it leaves everything as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.checking.entries import custom
from tinygrad_vn.checking import GradcheckError, GradcheckWarning, Verdict, gradgradcheck_report
from tinygrad_vn.nn import functional as F

rng = np.random.default_rng(5)
X = rng.normal(size=(3, 4))


def scaled_tanh(change: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """tanh, its gradient g·(1 − out²) changed afterwards."""
    made = custom(np.tanh, x=lambda g, out, x: change(g * (1 - out * out), x))
    return lambda x: made(x)


def flip_one(gradient: Any, x: Any) -> Any:
    mask = np.ones(x.shape)
    mask.flat[5] = -1.0
    return gradient * mask


def test_right_gradient_passes_without_a_word() -> None:
    assert tg.gradcheck(np.tanh, X) is True
    assert tg.gradcheck(lambda x, w: x @ w, [X, rng.normal(size=(4, 2))])
    assert tg.gradcheck(lambda x: (np.sin(x), x.sum(axis=0)), X, fast_mode=True)


def test_error_is_an_assertion_error_with_the_report() -> None:
    with pytest.raises(AssertionError) as caught:
        tg.gradcheck(scaled_tanh(flip_one), X)
    assert isinstance(caught.value, GradcheckError)
    report = caught.value.report
    assert str(caught.value) == str(report)
    assert [e.label for e in report.failures()] == ["x[1, 1]"]
    assert report.verdict is Verdict.FAIL
    assert report.counts() == {Verdict.FAIL: 1, Verdict.PASS: 11}
    assert tg.gradcheck(scaled_tanh(flip_one), X, raise_exception=False) is False


def test_fast_mode_names_the_element_too() -> None:
    x = rng.normal(size=1024)
    report = tg.gradcheck_report(scaled_tanh(flip_one), x, fast_mode=True)
    assert [e.label for e in report.elements] == ["x[5]"]
    assert not report.passed
    assert "8 random projections of 1024 elements" in str(report)


def test_fast_mode_stops_after_max_report_elements() -> None:
    report = tg.gradcheck_report(scaled_tanh(lambda g, x: -g), X, fast_mode=True, max_report=3)
    assert len(report.failures()) == 3
    assert "there may be more" in str(report)


def test_fast_mode_needs_few_evaluations() -> None:
    count = 0

    def counted(x: tg.Tensor) -> tg.Tensor:
        nonlocal count
        count += 1
        return np.tanh(x)

    tg.gradcheck(counted, rng.normal(size=1024), fast_mode=True)
    assert count < 50


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda g, x: -g, "sign turned round"),
        (lambda g, x: 2.5 * g, "2.5 times the numeric one"),
        (lambda g, x: g * 0, "is 0 throughout"),
        (flip_one, "only x[1, 1] of 16 elements is wrong"),
        (lambda g, x: np.swapaxes(g, 0, 1), "right when it is transposed"),
        (lambda g, x: g.sum(axis=0, keepdims=True) + g * 0, "summed over axis 0"),
        (lambda g, x: g.sum(axis=1, keepdims=True) + g * 0, "summed over axis 1"),
    ],
)
def test_hint_names_the_likely_cause(change: Callable[[Any, Any], Any], hint: str) -> None:
    report = tg.gradcheck_report(scaled_tanh(change), rng.normal(size=(4, 4)))
    assert len(report.hints) >= 1
    assert hint in report.hints[0]
    assert f"Hint: {report.hints[0]}" in str(report).splitlines()
    with_other_function = tg.gradcheck_report(lambda x: x * x.detach(), rng.normal(size=(4, 4)))
    assert hint not in " ".join(with_other_function.hints)


def test_kink_passes_with_a_warning_where_the_gradient_lies_between_the_slopes() -> None:
    with pytest.warns(GradcheckWarning, match=r"x\[0\] is at a kink: slope \S+ to the left.*between") as caught:
        assert tg.gradcheck(abs, [np.array([0.0, 1.0])])
    assert caught[0].filename == __file__
    outside = custom(np.abs, x=lambda g, out, x: g * 1.5 * np.where(x < 0, -1.0, 1.0))
    with pytest.raises(GradcheckError, match="KINK") as failed:
        tg.gradcheck(outside, np.array([0.0]))
    assert "outside them" in str(failed.value)


def cut_digits(x: tg.Tensor) -> tg.Tensor:
    return x.astype(np.float32).astype(np.float64) ** 2


def test_inconclusive_warns_and_fails_when_strict() -> None:
    with pytest.warns(GradcheckWarning, match=r"INCONCLUSIVE(.|\n)*truncation(.|\n)*round-off"):
        assert tg.gradcheck(cut_digits, np.array([1.1]))
    with pytest.raises(GradcheckError, match="INCONCLUSIVE"):
        tg.gradcheck(cut_digits, np.array([1.1]), strict=True)


def test_nondeterministic_function_is_named_as_such() -> None:
    generator = np.random.default_rng(0)

    def noisy(x: tg.Tensor) -> tg.Tensor:
        return x + 1e-6 * generator.random(3)

    with pytest.raises(GradcheckError, match=r"NONDETERMINISTIC: two runs .* differ by up to \d.*seed"):
        tg.gradcheck(noisy, np.ones(3))
    report = tg.gradcheck_report(noisy, np.ones(3), nondet_tol=1e-5)
    assert not report.findings


def test_function_that_writes_into_its_input_is_named() -> None:
    def careless(x: tg.Tensor) -> tg.Tensor:
        y = x * x
        x.data[...] += 1.0
        return y

    with pytest.raises(GradcheckError, match=r"MUTATES: the function writes into its input x\."):
        tg.gradcheck(careless, X)


def test_rule_that_writes_into_the_gradient_is_named() -> None:
    def rule(g: Any, out: Any, x: Any) -> Any:
        g *= 2
        return g * x

    square = custom(np.square, x=rule)
    with pytest.raises(GradcheckError, match=r"MUTATES: the rule of '.*' for 'x' writes into `g`"):
        tg.gradcheck(lambda x: square(np.tanh(x)) * 3.0, X)


def test_nothing_of_the_callers_is_changed() -> None:
    w = tg.tensor(X, requires_grad=True, name="w")
    (w**2).sum().backward()
    gradient, data, x = w.grad, w.data.copy(), X.copy()
    assert tg.gradcheck(lambda a, b: a * b, [x, w])
    assert tg.gradcheck(lambda a: a * w, x, params=[w])
    assert w.grad is gradient
    np.testing.assert_array_equal(w.grad.numpy(), 2 * X)
    np.testing.assert_array_equal(w.data, data)
    np.testing.assert_array_equal(x, X)

    def fails(a: tg.Tensor) -> tg.Tensor:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        tg.gradcheck(fails, x, params=[w])
    assert w.grad is gradient
    np.testing.assert_array_equal(w.data, data)


def test_closed_over_parameters_are_checked_by_name() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    right = tg.gradcheck_report(lambda x: x * w, np.ones(2), params={"w": w})
    assert {e.label for e in right.elements} == {"x[0]", "x[1]", "w[0]", "w[1]"}
    wrong = tg.gradcheck_report(lambda x: x * w.detach(), np.ones(2), params={"w": w})
    assert {e.label for e in wrong.failures()} == {"w[0]", "w[1]"}
    with pytest.raises(TypeError, match="must be a leaf Tensor with requires_grad=True"):
        tg.gradcheck(lambda x: x, np.ones(2), params={"c": tg.ones(2)})


class Line:
    """A module in miniature."""

    def __init__(self, broken: bool = False) -> None:
        self.weight = tg.tensor([[1.0, -2.0]], requires_grad=True)
        self.bias = tg.tensor([0.5], requires_grad=True)
        self.frozen = tg.tensor([3.0])
        self.broken = broken

    def named_parameters(self) -> Iterator[tuple[str, tg.Tensor]]:
        yield from (("weight", self.weight), ("bias", self.bias), ("frozen", self.frozen))

    def __call__(self, x: tg.Tensor) -> tg.Tensor:
        bias = self.bias.detach() if self.broken else self.bias
        return F.sigmoid(x @ self.weight.T + bias) * self.frozen


def test_module_is_checked_over_all_its_parameters() -> None:
    x = rng.normal(size=(4, 2))
    assert tg.check_module(Line(), x)
    with pytest.raises(GradcheckError, match=r"bias\[0\]") as caught:
        tg.check_module(Line(broken=True), x)
    assert {e.input for e in caught.value.report.elements} == {"x", "weight", "bias"}
    assert {e.input for e in caught.value.report.failures()} == {"bias"}


def wrong_second(x: Any) -> Any:
    """x³, whose rule is right at first order only: it uses the bare values of x."""
    rule = lambda g, out, x: g * 3 * (x if isinstance(x, np.ndarray) else x.detach()) ** 2
    return custom(lambda x: x**3, x=rule)(x)


def test_second_order() -> None:
    assert tg.gradgradcheck(lambda x, y: np.sin(x) * y**2, [X, X + 3])
    assert tg.gradcheck(wrong_second, X)
    with pytest.raises(GradcheckError, match=r"x\[0, 0\]|x\["):
        tg.gradgradcheck(wrong_second, X)
    assert tg.check_grads(wrong_second, X, order=1)
    with pytest.raises(GradcheckError):
        tg.check_grads(wrong_second, X, order=2)
    with pytest.raises(ValueError, match="order must be 1 or 2"):
        tg.check_grads(wrong_second, X, order=3)


def test_second_order_of_what_has_none() -> None:
    assert tg.gradgradcheck(lambda x: 3 * x, X)
    assert tg.gradgradcheck(np.floor, X)


def test_second_order_reaches_parameters() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True, name="w")
    assert tg.gradgradcheck(lambda x: np.tanh(x * w), np.ones(2), params=[w])
    with pytest.raises(GradcheckError):
        tg.gradgradcheck(lambda x: wrong_second(w * x), np.ones(2), params=[w])


@pytest.mark.parametrize("fast", [False, True])
def test_shapes_of_every_kind(fast: bool) -> None:
    def f(x: tg.Tensor) -> tg.Tensor:
        return np.sin(x) * 2.0

    for x in (2.0, np.array(1.5), np.zeros((0, 3)), X.T, X[::2, ::-1], np.ones((2, 1, 3)), tg.tensor(X)):
        assert tg.gradcheck(f, x, fast_mode=fast)


def test_inputs_that_have_no_gradient_are_handed_on() -> None:
    def f(x: tg.Tensor, index: Any, name: str, flag: bool) -> tg.Tensor:
        assert isinstance(index, np.ndarray)
        assert (name, flag) == ("sum", True)
        return x[index] * 2.0

    report = tg.gradcheck_report(f, [X, np.array([0, 2]), "sum", True])
    assert {e.input for e in report.elements} == {"x"}
    assert report.passed


def test_tensors_that_require_no_gradient_are_left_out_beside_those_that_do() -> None:
    w, c = tg.tensor(X, requires_grad=True), tg.tensor(X)
    assert {e.input for e in tg.gradcheck_report(lambda a, b: a * b, [w, c]).elements} == {"a"}
    assert {e.input for e in tg.gradcheck_report(lambda a, b: a * b, [c, c]).elements} == {"a", "b"}


def test_unused_input_has_gradient_zero() -> None:
    report = tg.gradcheck_report(lambda x, y: x * 2.0, [X, X])
    assert report.passed
    assert {e.analytic for e in report.elements if e.input == "y"} == {0.0}


def test_whole_numbers_only_are_refused() -> None:
    with pytest.raises(tg.DtypeError, match="E03"):
        tg.gradcheck(lambda n: n * 2, np.array([1, 2]))


def test_result_that_left_the_graph_is_refused() -> None:
    with pytest.raises(TypeError, match=r"result 0 is of type float: it has left the graph.*\.item\(\)"):
        tg.gradcheck(lambda x: x.sum().item(), X)


def test_function_without_finite_value() -> None:
    with pytest.raises(
        GradcheckError, match=r"NONFINITE: the function itself is -inf at result 0\[1\].*detect_anomaly"
    ):
        tg.gradcheck(np.log, np.array([1.0, 0.0]))
    with pytest.raises(GradcheckError, match=r"x\[0\] .* NONFINITE"):
        tg.gradcheck(lambda x: np.sqrt(x), np.array([0.0, 1.0]))


def test_float32_inputs_are_checked_in_float64_and_the_report_says_so() -> None:
    x = X.astype(np.float32)
    report = tg.gradcheck_report(np.tanh, x)
    assert report.passed
    assert report.precision == "float64 (the inputs are float32)"
    assert max(e.absolute_error for e in report.elements) < 1e-9
    inside = tg.gradcheck_report(lambda x: x.astype(np.float32) ** 2, X)
    assert inside.passed
    assert "float32" in inside.precision
    assert (inside.settings.rtol, inside.settings.atol) == (1e-2, 1e-3)
    assert "rtol 0.01" in str(inside)


def grad_changed(monkeypatch: pytest.MonkeyPatch, change: Callable[[tg.Tensor], tg.Tensor]) -> None:
    """Let the engine return something else: no rule can bring about what is looked for here, the engine sees to it."""
    true = tg.grad
    monkeypatch.setattr(
        "tinygrad_vn.checking.subject.grad", lambda *args, **named: tuple(change(g) for g in true(*args, **named))
    )


def test_gradient_of_another_dtype_or_shape_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    x = X.astype(np.float32)
    grad_changed(monkeypatch, lambda g: g.astype(np.float64))
    with pytest.raises(GradcheckError, match="FAIL: the gradient of x has dtype float64, not float32"):
        tg.gradcheck(lambda x: x * 2.0, x)
    assert tg.gradcheck(lambda x: x * 2.0, x, check_grad_dtypes=False)
    grad_changed(monkeypatch, lambda g: g.reshape(-1))
    with pytest.raises(GradcheckError, match=r"FAIL: the gradient of x has shape \(12,\), not \(3, 4\)"):
        tg.gradcheck(lambda x: x * 2.0, X)


def test_gradients_that_do_not_add_up_or_share_memory_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = tg.Tensor.backward

    def overwrites(self: tg.Tensor, *args: Any, **named: Any) -> None:
        w.grad = None
        true(self, *args, **named)

    w = tg.tensor(X, requires_grad=True)
    monkeypatch.setattr(tg.Tensor, "backward", overwrites)
    with pytest.raises(GradcheckError, match=r"FAIL: backward\(\) twice does not leave twice the gradient of w"):
        tg.gradcheck(lambda: w * 2.0, [], params={"w": w})

    def shares(self: tg.Tensor, *args: Any, **named: Any) -> None:
        true(self, *args, **named)
        w.grad._data = v.grad._data = (w.grad._data + v.grad._data) / 2

    v = tg.tensor(X, requires_grad=True)
    monkeypatch.setattr(tg.Tensor, "backward", shares)
    with pytest.raises(GradcheckError, match="FAIL: the gradient of w shares its memory with v"):
        tg.gradcheck(lambda: w + v, [], params={"w": w, "v": v})


def test_rule_that_depends_on_the_memory_layout_is_found() -> None:
    careless = custom(np.square, x=lambda g, out, x: g * 2 * x.ravel(order="K").reshape(x.shape))
    assert tg.gradcheck(lambda x: x * x, X.T)
    with pytest.raises(GradcheckError, match=r"FAIL: the gradient of x\[\d, \d\] depends on how .* lies in memory"):
        tg.gradcheck(lambda x: careless(x), X)


def test_weights_are_random_so_that_a_softmax_with_zero_gradient_fails() -> None:
    softmax = custom(lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), x=lambda g, out, x: np.zeros_like(x))
    with pytest.raises(GradcheckError, match="is 0 throughout"):
        tg.gradcheck(softmax, X)
    with pytest.raises(GradcheckError):
        tg.gradcheck(softmax, X, fast_mode=True)


def test_tolerances_are_what_decides() -> None:
    off = scaled_tanh(lambda g, x: g * (1 + 1e-4))
    assert not tg.gradcheck(off, X, raise_exception=False)
    assert tg.gradcheck(off, X, rtol=1e-3)
    assert tg.gradcheck(off, X, atol=1e-3)
    assert not tg.gradcheck(scaled_tanh(lambda g, x: g * (1 + 3e-5)), X, raise_exception=False)


def test_tiny_gradients_are_held_to_their_own_scale() -> None:
    """An absolute tolerance of 1e-7 would let any gradient of 1e-10 pass."""
    with pytest.raises(GradcheckError):
        tg.gradcheck(lambda x: scaled_tanh(lambda g, x: -g)(x) * 1e-10, X)


def test_seed_and_step_can_be_chosen() -> None:
    a, b = (tg.gradcheck_report(np.tanh, X, seed=seed) for seed in (1, 2))
    assert a.elements[0].analytic != b.elements[0].analytic
    assert a.elements == tg.gradcheck_report(np.tanh, X, seed=1).elements
    assert tg.gradcheck_report(lambda x: x * 3.0, X, eps=1e-4).elements[0].step == 1e-4


def test_works_under_no_grad() -> None:
    with tg.no_grad():
        assert tg.gradcheck(np.tanh, X)


def test_report_lists_at_most_max_report_elements() -> None:
    text = str(tg.gradcheck_report(scaled_tanh(lambda g, x: -g), X, max_report=2))
    assert text.count(" FAIL\n") == 2
    assert "… and 10 more" in text


# --- the report in its forms ------------------------------------------------------------------------------------------


def test_json_says_everything() -> None:
    facts = json.loads(tg.gradcheck_report(scaled_tanh(flip_one), X).to_json())
    assert (facts["passed"], facts["verdict"], facts["seed"]) == (False, "FAIL", 0)
    assert len(facts["elements"]) == 12
    bad = facts["elements"][5]
    assert (bad["input"], bad["index"], bad["verdict"]) == ("x", [1, 1], "FAIL")
    assert bad["analytic"] == pytest.approx(-bad["numeric"], rel=1e-9)
    assert bad["relative_error"] == pytest.approx(2.0)
    assert bad["uncertainty"] == pytest.approx(bad["truncation"] + bad["round_off"])
    assert facts["hints"]
    edge = json.loads(tg.gradcheck_report(lambda x: x**1.5, np.array([0.0])).to_json())
    assert edge["elements"][0]["left"] == "nan"


def test_table_and_markdown_have_a_row_for_every_element() -> None:
    report = tg.gradcheck_report(scaled_tanh(flip_one), X)
    rows = report.to_table().splitlines()
    assert rows[0].startswith("Gradient check FAILED: 1 FAIL, 11 PASS")
    assert len(rows) == 3 + 12
    columns = rows[2].split("  ")
    assert [c.strip() for c in columns if c.strip()] == [
        "element", "analytic", "numeric", "± of numeric", "error", "relative", "verdict",
    ]  # fmt: skip
    lines = report.to_markdown().splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + 12
    assert {line.count("|") for line in table} == {8}
    assert any(line.startswith("- Hint: ") for line in lines)


def test_report_speaks_vietnamese() -> None:
    report = tg.gradcheck_report(scaled_tanh(flip_one), X)
    english = str(report)
    tg.set_language("vi")
    vietnamese = str(report)
    assert vietnamese.startswith("Kiểm tra gradient KHÔNG ĐẠT")
    assert "Gợi ý: " in vietnamese
    numbers = [word for word in english.split() if word.replace(".", "").replace("-", "").isdigit()]
    assert all(number in vietnamese for number in numbers)
    assert report.to_text(lang="en") == english


def test_curve_of_the_error_against_the_step(tmp_path: Any) -> None:
    report = tg.gradcheck_report(np.sin, np.array([0.7, 1.0]))
    for lang, words in (("en", "round-off"), ("vi", "làm tròn")):
        figure = report.plot_steps(0, path=tmp_path / "v.svg", lang=lang)
        texts = [t.get_text() for t in figure.axes[0].texts]
        assert any(words in t for t in texts)
        assert any("truncation" in t for t in texts)
        assert "x[0]" in figure.axes[0].get_title()
    assert (tmp_path / "v.svg").read_text(encoding="utf-8").count("<svg") == 1
    with pytest.raises(KeyError, match="no input 'w'; the inputs are x"):
        report.plot_steps(0, input="w")


# --- what a reviewer found --------------------------------------------------------------------------------------------


def line(slope: float, offset: float, gradient: float) -> Callable[..., Any]:
    made = custom(lambda x: x * slope + offset, x=lambda g, out, x: g * gradient)
    return lambda x: made(x)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(
    ("slope", "offset"),
    [(1e-3, 1e12), (1.0, 1e16), (1e-6, 1e8)],
)
def test_a_wrong_sign_lost_in_rounding_is_not_passed_in_silence(slope: float, offset: float, fast: bool) -> None:
    for x in np.linspace(0.1, 2.0, 7):
        report = tg.gradcheck_report(line(slope, offset, -slope), x, fast_mode=fast)
        assert report.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE), str(report)
        right = tg.gradcheck_report(line(slope, offset, slope), x, fast_mode=fast)
        assert right.verdict in (Verdict.PASS, Verdict.INCONCLUSIVE), str(right)


def test_tensors_that_the_function_uses_keep_their_gradients_and_are_named_as_unchecked() -> None:
    w, nameless = tg.tensor(2.0, requires_grad=True, name="w"), tg.tensor(3.0, requires_grad=True)
    assert tg.check_grads(lambda x: x * w * nameless, 2.0)
    assert w.grad is None
    report = tg.gradcheck_report(lambda x: x * w.detach() * w * nameless, 2.0)
    assert report.passed
    assert "The result also depends on a Tensor without a name, w, which is not checked: pass params=[…]." in str(
        report
    )
    assert "not checked" not in str(tg.gradcheck_report(lambda x: x * w, 2.0, params=[w]))


def test_an_infinite_gradient_is_nothing_but_that() -> None:
    report = tg.gradcheck_report(np.sqrt, np.array([0.0, 1.0]))
    assert report.findings == []
    assert report.counts() == {Verdict.NONFINITE: 1, Verdict.PASS: 1}
    assert "detect_anomaly" in str(report)


@pytest.mark.parametrize("frequency", [1e13, 1e14, 1e15])
def test_oscillation_that_no_step_resolves_is_inconclusive(frequency: float) -> None:
    for x in np.linspace(0.1, 0.9, 9):
        assert tg.gradcheck_report(lambda x: np.sin(frequency * x), x).verdict in (Verdict.INCONCLUSIVE, Verdict.PASS)


def test_rule_that_drops_digits_is_found() -> None:
    short = custom(lambda x: x * 1.0, x=lambda g, out, x: g.astype(np.float32))
    with pytest.raises(GradcheckError, match="returns float32, but the argument is float64: digits are lost"):
        tg.gradcheck(lambda x: short(x), np.array([1.0, 2.0]))
    assert tg.gradcheck(lambda x: x * np.float32(2.0), X.astype(np.float32))
    assert tg.gradcheck(lambda x, y: x * y, (X.astype(np.float32), X))


def test_function_that_changes_during_the_check_is_nondeterministic() -> None:
    calls = 0

    def changes_late(x: tg.Tensor) -> tg.Tensor:
        nonlocal calls
        calls += 1
        return x * (2.0 if calls < 12 else 3.0)

    with pytest.raises(GradcheckError, match="NONDETERMINISTIC"):
        tg.gradcheck(changes_late, X)


def test_lists_of_numbers_are_arrays_and_tuples_are_several_inputs() -> None:
    report = tg.gradcheck_report(lambda x: (x**2).sum(), [1.0, 2.0, 3.0])
    assert [e.label for e in report.elements] == ["x[0]", "x[1]", "x[2]"]
    assert [e.analytic for e in report.elements] == [2.0, 4.0, 6.0]
    assert len(tg.gradcheck_report(np.exp, [[1.0, 2.0], [3.0, 4.0]]).elements) == 4
    assert len(tg.gradcheck_report(lambda a, b: a * b, ([1.0, 2.0], 3.0)).elements) == 3
    assert len(tg.gradcheck_report(lambda a, b: a * b, [tg.tensor(1.0), 3.0]).elements) == 2


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ({"atol": -1.0}, "atol=-1.0 makes no sense"),
        ({"rtol": float("nan")}, "rtol=nan"),
        ({"eps": 0.0}, "eps=0.0.*above 0"),
        ({"max_report": 0}, "max_report=0"),
    ],
)
def test_options_that_make_no_sense_are_refused(option: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        tg.gradcheck(np.tanh, X, **option)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (None, "is its `return` missing"),
        ({"loss": 1}, "in a tuple"),
        ("text", "is of type str$"),
        (1.0, "left the graph"),
    ],
)
def test_function_that_returns_no_tensor_is_refused_with_the_reason(result: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        tg.gradcheck(lambda x: result, X)


def test_single_numbers_are_shown_with_their_own_derivatives() -> None:
    first = tg.gradcheck_report(lambda x: x**3, 2.0)
    second = gradgradcheck_report(lambda x: x**3, 2.0)
    assert first.elements[0].analytic == pytest.approx(12.0)
    assert {e.label: e.analytic for e in second.elements} == {"x": pytest.approx(12.0), "start 0": pytest.approx(12.0)}
    assert "weights" not in str(tg.gradcheck_report(abs, 0.0))
    assert "random weights" in str(tg.gradcheck_report(abs, [0.0, 1.0]))


def test_headline_says_what_is_wrong_and_which_order() -> None:
    generator = np.random.default_rng(1)
    random = str(tg.gradcheck_report(lambda x: x * generator.random(), X))
    assert random.startswith("Gradient check FAILED: 1 NONDETERMINISTIC (")
    with pytest.raises(GradcheckError, match=r"^Check of second derivatives FAILED"):
        tg.check_grads(wrong_second, X)


def test_second_order_compares_the_recorded_pass_with_the_plain_one() -> None:
    two_faced = custom(np.sin, x=lambda g, out, x: g * np.cos(x) * (1.0 if isinstance(g, np.ndarray) else -1.0))
    assert tg.gradcheck(lambda x: two_faced(x), X)
    with pytest.raises(GradcheckError, match="when the pass is recorded"):
        tg.check_grads(lambda x: two_faced(x), X)


def test_float32_inputs_are_also_computed_with_as_they_are() -> None:
    singles = custom(np.tanh, x=lambda g, out, x: g * (1 - out * out) * (1.0 if x.dtype == np.float64 else -1.0))
    assert tg.gradcheck(lambda x: singles(x), X)
    with pytest.raises(GradcheckError, match=r"computed in float32, as the input is, the gradient of x\[\d, \d\] is"):
        tg.gradcheck(lambda x: singles(x), X.astype(np.float32))
    with pytest.raises(GradcheckError, match="computed in float32"):
        tg.gradcheck(lambda x: np.log(1 + np.exp(x)), np.array([1.0, 100.0], np.float32))


@pytest.mark.parametrize("size", [1.0, 1e8, 1e10])
def test_fast_mode_sees_a_small_gradient_beside_a_large_one(size: float) -> None:
    square = custom(np.square, x=lambda g, out, x: -2 * g * x)
    with pytest.raises(GradcheckError, match=r"b\["):
        tg.gradcheck(lambda a, b: (a * size).sum() + square(b).sum(), (np.ones(50), np.ones(50)), fast_mode=True)


def test_at_a_jump_only_the_slope_that_exists_will_do() -> None:
    def step(gradient: float) -> Callable[[tg.Tensor], tg.Tensor]:
        made = custom(lambda x: np.where(x > 0.5, x + 1, x), x=lambda g, out, x: g * gradient)
        return lambda x: made(x)

    with pytest.warns(GradcheckWarning, match="kink"):
        assert tg.gradcheck(step(1.0), 0.5)
    with pytest.raises(GradcheckError, match="outside"):
        tg.gradcheck(step(100.0), 0.5)
    root = custom(lambda x: np.sqrt(abs(x)), x=lambda g, out, x: g * 7.0)
    with pytest.raises(GradcheckError, match="KINK"):
        tg.gradcheck(lambda x: root(x), 0.0)


def test_flat_points_between_steep_sides_are_no_mistake() -> None:
    assert tg.gradcheck(lambda x: 1e9 * x * abs(x), np.array([0.0]))
    assert tg.gradgradcheck(lambda x: abs(x) ** 3, np.array([0.0, 1.0]))


def test_a_parameter_that_is_given_twice_counts_once() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    assert [e.label for e in tg.gradcheck_report(lambda x: x * w, 2.0, params=[w, w]).elements if e.input != "x"] == [
        "params[0][0]",
        "params[0][1]",
    ]


def test_functions_that_raise_or_change_their_shape_nearby() -> None:
    def picky(x: tg.Tensor) -> tg.Tensor:
        if (x.detach().numpy() < 0).any():
            raise RuntimeError("only for x ≥ 0")
        return x**1.5 + x

    with pytest.warns(GradcheckWarning, match="no value there"):
        assert tg.gradcheck(picky, [0.0, 0.0])
    with pytest.warns(GradcheckWarning, match="kink"):
        assert tg.gradcheck(lambda x: np.concatenate([abs(x), x[x > 1]]), [0.0, 0.0, 1.0])
    with tg.detect_anomaly():
        assert tg.gradcheck(lambda x: np.log(x - 0.9999999).sum(), [1.0, 3.0])


def test_half_precision_is_checked_at_a_tolerance_that_is_stated() -> None:
    report = tg.gradcheck_report(lambda x: np.sin(x.astype(np.float16)), X)
    assert report.passed
    assert "float16" in str(report)
    assert report.settings.rtol == 0.2


def test_fast_mode_gives_up_halving_where_that_is_no_faster() -> None:
    x = np.random.default_rng(0).lognormal(0, 3, 300)
    bad = int(np.argsort(x)[270])
    count = 0

    def f(x: tg.Tensor) -> tg.Tensor:
        nonlocal count
        count += 1
        return square(x).sum()

    square = custom(np.square, x=lambda g, out, x: 2 * g * x * np.where(np.arange(300) == bad, -1.0, 1.0))
    report = tg.gradcheck_report(f, x, fast_mode=True)
    assert count < 100 * len(x)
    assert [e.index for e in report.failures()] == [(bad,)]
