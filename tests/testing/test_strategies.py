"""Strategies give what they promise, of every kind, and what fails is printed as code that makes it again."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import tinygrad_vn as tg
from tinygrad_vn.graph import newest_first
from tinygrad_vn.rules import PRIMITIVES
from tinygrad_vn.testing.operations import BINARY, UNARY
from tinygrad_vn.testing.strategies import Expression, broadcastable_pairs, expressions, shapes, tensors

steady = settings(derandomize=True, database=None, deadline=None, max_examples=60)


def exists(strategy: Any, wanted: Any) -> Any:
    """An example that is wanted, of a few hundred.

    Raises:
        NoSuchExample: where there is none.
    """
    return find(strategy, wanted, settings=settings(steady, max_examples=400, phases=[Phase.generate]))


def simplest(strategy: Any, wanted: Any) -> Any:
    """The one to which it shrinks."""
    return find(strategy, wanted, settings=steady)


# --- shapes, Tensors, pairs -------------------------------------------------------------------------------------------


@steady
@given(shapes(min_dims=1, max_dims=2, min_side=0, max_side=3))
def test_shapes_stay_in_their_bounds(shape: tuple[int, ...]) -> None:
    assert 1 <= len(shape) <= 2
    assert all(0 <= n <= 3 for n in shape)


def test_shapes_begin_with_a_single_number() -> None:
    assert simplest(shapes(), lambda shape: True) == ()
    assert simplest(shapes(min_side=0), lambda shape: 0 in shape) == (0,)
    assert simplest(shapes(), lambda shape: len(shape) == 3) == (1, 1, 1)
    exists(shapes(), lambda shape: max(shape, default=0) == 4)


@steady
@given(st.data(), st.sampled_from([np.float32, np.float64]), st.floats(-3, 0), st.floats(0.5, 3))
def test_tensors_have_the_shape_dtype_and_range_asked_for(data: Any, dtype: Any, low: float, high: float) -> None:
    t = data.draw(tensors((2, 3), dtype, low, high))
    assert (t.shape, t.dtype, t.requires_grad) == ((2, 3), dtype, True)
    assert low <= t.data.astype(float).min()
    assert t.data.astype(float).max() <= high


def test_tensors_by_default() -> None:
    t = simplest(tensors(), lambda t: t.ndim == 2)
    assert (t.shape, t.dtype, t.tolist(), t.requires_grad) == ((1, 1), np.float64, [[0.0]], True)
    exists(tensors(), lambda t: t.ndim == 0 and -10.0 <= t.item() < -1.0)


def test_tensors_may_leave_the_gradient_and_the_shape_to_chance() -> None:
    both = tensors(shape=st.sampled_from([(2,), (3,)]), requires_grad=st.booleans())
    for shape in [(2,), (3,)]:
        for required in (True, False):
            exists(both, lambda t, shape=shape, required=required: (t.shape, t.requires_grad) == (shape, required))
    with pytest.raises(NoSuchExample):
        exists(tensors(requires_grad=False), lambda t: t.requires_grad)


@steady
@given(broadcastable_pairs(min_side=0))
def test_pairs_broadcast(pair: tuple[tg.Tensor, tg.Tensor]) -> None:
    x, y = pair
    out = x * y
    assert out.shape == np.broadcast_shapes(x.shape, y.shape)
    g = tg.grad(out, [x, y], np.ones(out.shape))
    assert [t.shape for t in g if t is not None] == [x.shape, y.shape]


KINDS: dict[str, Any] = {
    "a number": lambda x, y: x == () and len(y) > 1,
    "missing axes": lambda x, y: len(x) == 3 and len(y) == 1 and x[-1] == y[-1] > 1,
    "axes of length 1 in both": lambda x, y: (
        {n > m for n, m in zip(x[::-1], y[::-1], strict=False) if n != m} == {0, 1}
    ),
    "equal": lambda x, y: x == y and len(x) > 1 and max(x) > 1,
}


def test_pairs_are_of_every_kind_and_not_empty_unless_asked_for() -> None:
    seen: set[tuple[Any, Any]] = set()

    @settings(steady, max_examples=400)
    @given(broadcastable_pairs(min_value=0, max_value=0))
    def look(pair: tuple[tg.Tensor, tg.Tensor]) -> None:
        seen.add((pair[0].shape, pair[1].shape))

    look()
    assert [kind for kind, wanted in KINDS.items() if not any(wanted(*pair) for pair in seen)] == []
    assert not any(0 in x + y for x, y in seen)
    exists(broadcastable_pairs(min_side=0), lambda pair: pair[0].size == 0 and pair[1].size == 1)


def failure(test: Any) -> str:
    """What Hypothesis prints on a failing test."""
    with pytest.raises(AssertionError) as caught:
        test()
    return "\n".join(caught.value.__notes__)


def test_a_failing_tensor_is_printed_as_code() -> None:
    @steady
    @given(tensors(shape=(2,)))
    def small(t: Any) -> None:
        assert t.sum().item() <= 1

    text = failure(small)
    (call,) = re.findall(r"t=(tensor\(.*\)),", text)
    again = eval(call, {"tensor": tg.tensor, "array": np.array})
    assert again.requires_grad
    assert again.sum().item() > 1


# --- expressions ------------------------------------------------------------------------------------------------------


def test_an_expression_runs_on_arrays_and_on_tensors() -> None:
    e = Expression("t = a * b; np.tanh(t + t[0]).sum()", a=0.5, b=[1.0, -2.0])
    assert list(e.variables) == ["a", "b"]
    by_hand = np.tanh(np.array([1.0, -0.5])).sum()
    assert e() == by_hand
    assert e(0.25, np.array([2.0, -4.0])) == by_hand
    a, b = e.tensors()
    assert (a.name, b.name, a.requires_grad) == ("a", "b", True)
    y = e(a, b)
    y.backward()
    assert y.item() == by_hand
    assert a.grad is not None
    np.testing.assert_allclose(a.grad.data, 2 / np.cosh(1) ** 2 - 1 / np.cosh(0.5) ** 2, rtol=1e-14)  # 2b₀, b₁ + b₀


def test_an_expression_takes_other_spellings() -> None:
    class Doubling:
        tanh = staticmethod(lambda x: 2 * x)

    assert Expression("np.tanh(a)", a=3.0)(np=Doubling) == 6.0
    assert Expression("F.relu(a)", a=-3.0)() == 0.0


def test_an_expression_is_not_changed_through_the_array_it_was_made_from() -> None:
    values = np.ones(2)
    e = Expression("a.sum()", a=values)
    values[:] = 5
    assert e() == 2.0


@pytest.mark.parametrize("source", ["", "t = a", "t = a; u = t"])
def test_a_program_without_a_result_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="must be an expression"):
        Expression(source, a=1.0)


def test_too_few_values_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Expression("a + b", a=1.0, b=2.0)(1.0)


def test_empty_arrays_keep_their_shape_in_print() -> None:
    e = Expression("a.sum() + b", a=np.zeros((0, 3)), b=1)
    assert repr(e) == 'Expression("a.sum() + b", a=np.zeros((0, 3)), b=1.0)'
    assert eval(repr(e)).variables["a"].shape == (0, 3)


@steady
@given(expressions(max_operations=12, scalar=False))
def test_a_printed_expression_is_the_same_expression(e: Expression) -> None:
    again = eval(repr(e), {"Expression": Expression, "np": np})
    assert repr(again) == repr(e)
    np.testing.assert_array_equal(again(), e())
    assert "\n" in repr(e) or len(e.source) <= 100


@steady
@given(expressions())
def test_expressions_use_all_their_variables_and_end_in_a_number(e: Expression) -> None:
    assert np.shape(e()) == ()
    assert np.isfinite(e())
    y = e(*e.tensors())
    assert y.shape == ()
    assert all(name in e.source for name in e.variables)


def test_expressions_share_broadcast_and_are_not_always_numbers() -> None:
    exists(expressions(), lambda e: e.source.count("t1") > 2)
    exists(expressions(), lambda e: {v.ndim for v in e.variables.values()} >= {0, 2})
    exists(expressions(scalar=False), lambda e: np.ndim(e()) > 0)


def test_expressions_of_one_variable_within_bounds() -> None:
    @steady
    @given(expressions(max_variables=1, max_dims=1, max_side=2, max_operations=2))
    def bounded(e: Expression) -> None:
        assert [v.shape for v in e.variables.values()] in ([()], [(1,)], [(2,)])

    bounded()


SHAPES: list[tuple[int, ...]] = [(), (1,), (2,), (3,), (2, 3), (3, 2), (3, 3), (2, 2), (1, 3), (2, 2, 3), (2, 3, 3)]


def test_every_form_runs_and_together_they_lead_to_every_primitive() -> None:
    rng = np.random.default_rng(0)
    ranges = [(-0.8, 0.8), (-1.5, 1.5), (1.3, 1.9)]
    operands = [rng.uniform(low, high, shape) for shape in SHAPES for low, high in ranges]
    calls = [(form, {"X": x}) for forms in UNARY.values() for x in operands for form in forms(x)]
    pairs = [(x, rng.uniform(0.6, 1.2, shape)) for x in operands for shape in SHAPES]
    calls += [(form, {"X": x, "Y": y}) for forms in BINARY.values() for x, y in pairs for form in forms(x, y)]
    seen: set[str] = set()
    for form, values in {form: (form, values) for form, values in calls}.values():
        e = Expression(form, **values)
        expected, found = e(), e(*e.tensors())
        one, other = (found[-1], expected[-1]) if isinstance(expected, list | tuple) else (found, expected)
        np.testing.assert_allclose(one.data, other, rtol=1e-12, atol=1e-12)
        seen.update(node.primitive.name for node in newest_first([one._node]))
    assert set(PRIMITIVES) - seen == LEFT_OUT


LEFT_OUT = {"sign", "deg2rad", "rad2deg", "conjugate", "positive", "fmod", "fmin"}  # nothing to learn from these
LEFT_OUT |= {"astype", "copy", "reciprocal_or_zero"}  # and these serve other rules
LEFT_OUT |= {"embedding"}  # a getitem for tables
LEFT_OUT |= {"squared_error", "absolute_error", "huber", "log_odds", "binary_cross_entropy", "logistic_loss"}  # losses
LEFT_OUT |= {"pick", "place", "negative_sum"}


def test_a_failing_expression_is_short_and_can_be_pasted() -> None:
    @steady
    @given(expressions())
    def nothing_is_added(e: Expression) -> None:
        assert "+" not in e.source

    text = failure(nothing_is_added)
    call = text[text.index("Expression(") : text.index("),\n") + 1]
    assert len(call) <= 60, text
    assert np.isfinite(eval(call)())


# --- without Hypothesis -----------------------------------------------------------------------------------------------


def test_without_hypothesis_the_error_says_how_to_get_it() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import tinygrad_vn.testing\n"
        "try: import tinygrad_vn.testing.strategies\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install hypothesis" in done.stdout
