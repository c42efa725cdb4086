"""Chapter 3: what its exercises have to do."""

import pytest

import tinygrad_vn as tg

pytestmark = pytest.mark.chapter_3


def test_values(answers):
    a, b = answers.Value(2.0), answers.Value(-3.0)
    assert (a + b).data == -1.0
    assert (a * b).data == -6.0
    assert a.tanh().data == pytest.approx(0.9640275800758169)


def test_gradients_are_those_of_the_library(answers):
    def f(a, b):
        c = a * b + a
        return (c * c + b).tanh() * c

    numbers = 0.3, -0.6
    ours = [answers.Value(number) for number in numbers]
    f(*ours).backward()
    theirs = [tg.tensor(number, requires_grad=True) for number in numbers]
    f(*theirs).backward()
    assert [value.grad for value in ours] == pytest.approx([tensor.grad.item() for tensor in theirs])


def test_a_value_used_twice_gets_both_contributions(answers):
    x = answers.Value(3.0)
    (x * x + x).backward()
    assert x.grad == pytest.approx(7.0)


def test_a_second_result_adds_to_the_gradient(answers):
    x = answers.Value(3.0)
    (x * x).backward()
    (x + x).backward()
    assert x.grad == pytest.approx(8.0)


def test_what_an_earlier_pass_has_left_in_the_middle_is_not_passed_on(answers):
    x = answers.Value(3.0)
    y = x * x
    y.backward()
    (y * y).backward()
    assert x.grad == pytest.approx(6.0 + 4 * 3.0**3)
    assert y.grad == pytest.approx(1.0 + 2 * 9.0)


def test_a_deep_chain_of_diamonds(answers):
    x = end = answers.Value(1.0)
    for _ in range(60):
        end = end + end
    end.backward()
    assert x.grad == 2.0**60
    x = end = answers.Value(0.0)
    one = answers.Value(1.0)
    for _ in range(10_000):
        end = end + one
    end.backward()
    assert (x.grad, one.grad) == (1.0, 10_000.0)
