"""Jacobians, Hessians and their products, against closed forms; they nest to any order."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg

A = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, -1.0]])
S = np.array([[2.0, 0.5], [0.5, 1.0]])


def test_the_jacobian_of_a_linear_map_is_its_matrix() -> None:
    np.testing.assert_array_equal(tg.jacobian(lambda x: A @ x, [1.0, 2.0, 3.0]).data, A)


def test_a_jacobian_has_the_results_shape_before_the_points() -> None:
    x = np.arange(6.0).reshape(2, 3)
    jacobian = tg.jacobian(lambda x: x.T * 2, x).data
    assert jacobian.shape == (3, 2, 2, 3)
    np.testing.assert_array_equal(jacobian, 2 * np.einsum("il,jk->ijkl", np.eye(3), np.eye(2)))


def test_the_jacobian_of_a_single_number_is_a_single_number() -> None:
    assert tg.jacobian(np.square, 3.0).item() == 6.0


def test_the_jacobian_of_a_constant_is_zero() -> None:
    np.testing.assert_array_equal(tg.jacobian(lambda x: tg.ones(2), [1.0, 2.0, 3.0]).data, np.zeros((2, 3)))


def test_the_jacobian_of_nothing_is_empty() -> None:
    assert tg.jacobian(lambda x: x[:0], [1.0, 2.0]).shape == (0, 2)


def test_the_hessian_of_a_quadratic_form() -> None:
    np.testing.assert_allclose(tg.hessian(lambda x: 0.5 * x @ S @ x, [1.0, -1.0]).data, S)


def test_the_hessian_of_a_matrix_function_has_four_axes() -> None:
    hessian = tg.hessian(lambda x: (x**3).sum(), np.arange(4.0).reshape(2, 2)).data
    assert hessian.shape == (2, 2, 2, 2)
    np.testing.assert_array_equal(hessian.reshape(4, 4), np.diag([0.0, 6.0, 12.0, 18.0]))


def test_products_equal_the_matrices_times_vectors() -> None:
    def f(x: Any) -> Any:
        return np.stack([x[0] * x[1], np.sin(x[2]) * x[0]])

    x, u, v = np.array([1.0, 2.0, 0.5]), np.array([3.0, -1.0]), np.array([0.3, 0.2, -0.7])
    jacobian = np.array([[2.0, 1.0, 0.0], [np.sin(0.5), 0.0, np.cos(0.5)]])
    np.testing.assert_allclose(tg.jacobian(f, x).data, jacobian)
    np.testing.assert_allclose(tg.vjp(f, x, u).data, u @ jacobian)
    np.testing.assert_allclose(tg.jvp(f, x, v).data, jacobian @ v)
    np.testing.assert_allclose(tg.hvp(lambda x: f(x).sum(), x, v).data, tg.hessian(lambda x: f(x).sum(), x).data @ v)


def test_jvp_of_a_function_that_does_not_depend_on_its_argument_is_zero() -> None:
    np.testing.assert_array_equal(tg.jvp(lambda x: tg.ones(2), [1.0], [1.0]).data, np.zeros(2))


def test_value_and_grad_of_one_argument_among_several() -> None:
    value, gradient = tg.value_and_grad(lambda x, w, power=1: ((x * w) ** power).sum(), argnum=1)(
        [1.0, 2.0], 3.0, power=2
    )
    assert (value.item(), gradient.item()) == (45.0, 30.0)
    assert not value.requires_grad


def test_elementwise_derivatives_nest_to_the_fourth_order() -> None:
    derivative, x = np.sin, np.linspace(-2, 2, 7)
    for expected in (np.cos(x), -np.sin(x), -np.cos(x), np.sin(x)):
        derivative = tg.elementwise_grad(derivative)
        np.testing.assert_allclose(derivative(x).data, expected, atol=1e-14)


def test_a_gradient_inside_a_loss_is_differentiated_with_it() -> None:
    w, x = tg.tensor([1.0, 2.0], requires_grad=True), np.array([3.0, 4.0])
    penalty = (tg.jacobian(lambda x: (w * x**2).sum(), x) ** 2).sum()
    penalty.backward()
    np.testing.assert_allclose(w.grad.data, 8 * w.data * x**2)
    with tg.no_grad():
        assert not tg.jacobian(lambda x: (w * x**2).sum(), x).requires_grad


def test_derivatives_work_under_no_grad() -> None:
    with tg.no_grad():
        assert tg.hessian(lambda x: (x**2).sum(), [1.0]).item() == 2.0


def test_whole_numbers_are_taken_as_real_ones() -> None:
    assert tg.jacobian(np.square, [1, 2]).dtype == np.float64


@pytest.mark.parametrize(
    "call",
    [
        lambda: tg.hessian(lambda x: x, [1.0, 2.0]),
        lambda: tg.hvp(lambda x: x, [1.0, 2.0], [1.0, 1.0]),
        lambda: tg.hvp(lambda x: x.sum(), [1.0, 2.0], [1.0]),
        lambda: tg.jvp(np.tanh, [1.0, 2.0], [1.0]),
        lambda: tg.vjp(np.tanh, [1.0, 2.0], [1.0]),
        lambda: tg.value_and_grad(np.tanh)([1.0, 2.0]),
    ],
)
def test_shapes_that_do_not_fit_are_refused(call: Any) -> None:
    with pytest.raises(tg.GradientError, match=r"\[E02\]"):
        call()


def test_a_function_must_return_a_tensor() -> None:
    with pytest.raises(TypeError, match="must return a Tensor, not float"):
        tg.jacobian(lambda x: 1.0, [1.0])
