"""assert_gradcheck, as a test author meets it."""

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.rules import Primitive
from tinygrad_vn.rules.primitive import values_of
from tinygrad_vn.testing import GradcheckError, GradcheckWarning, assert_gradcheck

# Its gradient is right, but for second derivatives it is a constant: it leaves the graph on the way.
cube_cut_short = Primitive("cube", lambda x: x**3, "x³", {"x": lambda g, out, x: g * 3 * values_of(x) ** 2})


def half(x):
    """x², of which backpropagation sees one factor only."""
    return x.detach() * x


def test_what_is_right_passes_and_returns_nothing():
    assert assert_gradcheck(np.tanh, np.array([0.5, -1.0]), order=2) is None
    assert assert_gradcheck(lambda a, x: a @ x, np.ones((2, 3)), tg.tensor([1.0, 2.0, 3.0]), order=2) is None
    assert assert_gradcheck(lambda w, x: w * x, 2.0, 3.0) is None


def test_what_is_wrong_fails_with_the_report():
    with pytest.raises(GradcheckError, match=r"1 FAIL") as caught:
        assert_gradcheck(half, 1.0)
    assert isinstance(caught.value, AssertionError)
    (wrong,) = caught.value.report.failures()
    assert abs(wrong.numeric / wrong.analytic - 2) < 1e-6


def test_the_traceback_ends_in_assert_gradcheck():
    with pytest.raises(GradcheckError) as caught:
        assert_gradcheck(half, 1.0)
    assert [entry.name for entry in caught.traceback] == [
        "test_the_traceback_ends_in_assert_gradcheck",
        "assert_gradcheck",
    ]


def test_order_2_looks_at_second_derivatives_too():
    x = np.array([0.5, 2.0])
    assert_gradcheck(cube_cut_short, x)
    with pytest.raises(GradcheckError):
        assert_gradcheck(cube_cut_short, x, order=2)
    with pytest.raises(GradcheckError):
        assert_gradcheck(half, x, order=2)


def test_options_reach_the_checker():
    with pytest.raises(GradcheckError) as caught:
        assert_gradcheck(half, 1.0, seed=7, rtol=1e-3, fast_mode=True)
    settings = caught.value.report.settings
    assert (settings.seed, settings.rtol, settings.fast_mode) == (7, 1e-3, True)
    assert_gradcheck(half, 1.0, rtol=0.9)
    w = tg.tensor(2.0, requires_grad=True, name="w")
    with pytest.raises(GradcheckError, match=r"w .* FAIL"):
        assert_gradcheck(lambda x: x * w * w.detach(), 1.0, params={"w": w})


def test_inputs_may_stand_in_one_tuple_as_for_gradcheck():
    assert_gradcheck(lambda w, x: w * x, (2.0, 3.0))
    with pytest.raises(GradcheckError):
        assert_gradcheck(lambda w, x: w * x.detach(), (2.0, 3.0))


def test_kinks_are_worth_a_warning_at_the_line_of_the_test():
    with pytest.warns(GradcheckWarning, match="kink") as caught:
        assert_gradcheck(tg.nn.functional.relu, 0.0)
    assert caught[0].filename == __file__


def test_an_option_that_does_not_exist_is_an_error():
    with pytest.raises(TypeError, match="tolerance"):
        assert_gradcheck(np.tanh, 0.5, tolerance=1e-3)
    with pytest.raises(TypeError, match="no option 'raise_exception'; it has: atol, check_grad_dtypes, eps, "):
        assert_gradcheck(np.tanh, 0.5, raise_exception=False)
    with pytest.raises(ValueError, match="order"):
        assert_gradcheck(np.tanh, 0.5, order=3)


def test_errors_of_the_function_stay_what_they_are():
    with pytest.raises(ZeroDivisionError):
        assert_gradcheck(lambda x: x / (1 // 0), 0.5)
