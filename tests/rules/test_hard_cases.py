"""Points where a derivative does not exist, almost does not, or is easily computed wrongly; each with its decision."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.errors import GradientError, ShapeError
from tinygrad_vn.rules import activations


def leaf(values: Any, dtype: Any = float) -> tg.Tensor:
    return tg.tensor(np.asarray(values, dtype), requires_grad=True)


def derivative(f: Any, x: Any, weights: Any = None) -> np.ndarray:
    """The gradient of f's result, contracted with `weights`, or of its sum."""
    x = leaf(x)
    y = f(x)
    (g,) = tg.grad(y, x, np.ones(y.shape) if weights is None else np.asarray(weights, float))
    return g.numpy()


def derivatives(f: Any, x: float, order: int) -> list[float]:
    """f′(x), f″(x), … of a function of one number."""
    x = leaf(x)
    found, y = [], f(x)
    for _ in range(order):
        y = tg.grad(y, x, create_graph=True)[0] if y.requires_grad else tg.tensor(0.0)
        found.append(float(y))
    return found


def hessian(f: Any, x: Any) -> np.ndarray:
    return tg.hessian(f, np.asarray(x, float)).numpy()


# --- elementwise ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_a_tie_is_shared_half_and_half(f: Any) -> None:
    x, y = leaf([1.0, 2.0, 3.0]), leaf([1.0, 5.0, 0.0])
    gx, gy = tg.grad(f(x, y), [x, y], np.array([4.0, 6.0, 8.0]))
    assert gx.tolist()[0] == gy.tolist()[0] == 2.0
    assert sorted([gx.tolist()[1], gy.tolist()[1]]) == [0.0, 6.0]


def test_nan_loses_against_a_number_in_fmax_and_fmin() -> None:
    for f in (np.fmax, np.fmin):
        x, y = leaf([np.nan, 2.0]), leaf([1.0, np.nan])
        gx, gy = tg.grad(f(x, y), [x, y], np.array([3.0, 5.0]))
        assert gx.tolist() == [0.0, 5.0]
        assert gy.tolist() == [3.0, 0.0]


@pytest.mark.parametrize("f", [np.max, np.min, np.amax, np.amin])
@pytest.mark.parametrize("keepdims", [False, True])
def test_ties_over_an_axis_share_equally(f: Any, keepdims: bool) -> None:
    x = [[1.0, 1.0, 2.0, 2.0], [0.0, 0.0, 0.0, 0.0]]
    weights = np.array([6.0, 8.0])
    expected = [[0, 0, 3, 3], [2, 2, 2, 2]] if f in (np.max, np.amax) else [[3, 3, 0, 0], [2, 2, 2, 2]]
    found = derivative(lambda a: f(a, axis=1, keepdims=keepdims), x, weights[:, None] if keepdims else weights)
    np.testing.assert_array_equal(found, expected)


def test_infinity_norm_shares_ties() -> None:
    np.testing.assert_array_equal(
        derivative(lambda x: np.linalg.norm(x, np.inf), [3.0, -3.0, 1.0], 4.0), [2.0, -2.0, 0.0]
    )


def test_clip_passes_the_gradient_on_its_bounds() -> None:
    x = [-2.0, -1.0, 0.0, 1.0, 2.0]
    np.testing.assert_array_equal(derivative(lambda x: np.clip(x, -1, 1), x), [0, 1, 1, 1, 0])
    low = leaf([-1.0])
    (g,) = tg.grad(np.clip(np.array(x), low, 1.0), low, np.arange(1.0, 6.0))
    assert g.tolist() == [1.0]  # only where x < low, not where they are equal


@pytest.mark.parametrize("f", [np.abs, np.fabs, activations.relu, np.sign])
def test_slope_zero_at_the_kink(f: Any) -> None:
    assert derivatives(f, 0.0, 2) == [0.0, 0.0]


def test_leaky_relu_and_elu_take_the_left_slope_at_zero() -> None:
    assert derivatives(lambda x: activations.leaky_relu(x, 0.2), 0.0, 2) == [0.2, 0.0]
    assert derivatives(lambda x: activations.elu(x, 0.5), 0.0, 3) == [0.5, 0.5, 0.5]


def test_sinc_is_smooth_at_zero() -> None:
    """The series 1 − (πx)²/6 + (πx)⁴/120 − … gives the derivatives 0, −π²/3, 0, π⁴/5 at 0."""
    expected = [0.0, -(math.pi**2) / 3, 0.0, math.pi**4 / 5]
    assert derivatives(np.sinc, 0.0, 4) == pytest.approx(expected, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("x", [1e-12, 1e-3, 0.0499999, 0.0500001, 0.3])
def test_sinc_derivatives_agree_with_the_integral(x: float) -> None:
    """sinc x = ∫₀¹ cos(πxt) dt, whose n-th derivative ∫ (πt)ⁿ cos(πxt + nπ/2) dt has nothing that cancels."""
    nodes, weights = np.polynomial.legendre.leggauss(30)
    t, weights = math.pi * (nodes + 1) / 2, weights / 2
    expected = [float(weights @ (t**n * np.cos(x * t + n * math.pi / 2))) for n in (1, 2, 3, 4)]
    assert derivatives(np.sinc, x, 4) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("exponent", [0, 0.0, np.array(0.0), 1, 2, np.array([2.0]), 3, 2.5])
def test_powers_of_zero(exponent: Any) -> None:
    """xⁿ at x = 0 has the slope 0, or 1 for n = 1, and no rule may compute 0 · ∞ on the way there."""
    x = leaf(np.zeros(np.shape(exponent)))
    (first,) = tg.grad(np.power(x, exponent).sum(), x, create_graph=True)
    (second,) = tg.grad(first.sum(), x) if first.requires_grad else (tg.zeros(1),)
    assert first.item() == (1.0 if exponent == 1 else 0.0)
    assert second.item() == (2.0 if exponent == 2 else 0.0)


def test_the_power_0_is_flat_even_at_infinity() -> None:
    np.testing.assert_array_equal(derivative(lambda x: x**0, [np.inf, -3.0, 0.0]), [0.0, 0.0, 0.0])


def test_power_by_its_exponent() -> None:
    """d(xʸ)/dy = xʸ ln x, and 0 at x = 0 for y ≥ 0, where ln x alone is −∞."""
    x, y = leaf([0.0, 0.0, 2.0, 1.0]), leaf([2.0, 0.0, 3.0, 5.0])
    gx, gy = tg.grad((x**y).sum(), [x, y], create_graph=True)
    np.testing.assert_allclose(gy.detach().numpy(), [0.0, 0.0, 8 * math.log(2), 0.0])
    np.testing.assert_allclose(gx.detach().numpy(), [0.0, 0.0, 12.0, 5.0])
    (second,) = tg.grad(gy.sum(), y)
    np.testing.assert_allclose(second.numpy(), [0.0, 0.0, 8 * math.log(2) ** 2, 0.0])


def test_power_by_both_of_its_arguments_where_the_exponent_is_0() -> None:
    """∂²(xʸ)/∂x∂y = xʸ⁻¹ (1 + y ln x), in either order: 1/x for y = 0."""
    x, y = leaf([2.0, 0.5]), leaf([0.0, 0.0])
    gx, gy = tg.grad((x**y).sum(), [x, y], create_graph=True)
    for gradient, other in ((gx, y), (gy, x)):
        np.testing.assert_allclose(tg.grad(gradient.sum(), other)[0].numpy(), [0.5, 2.0])


def test_one_of_several_results_that_are_single_numbers_is_an_array_too() -> None:
    s = np.linalg.slogdet(leaf(2 * np.eye(2)))[1]
    assert isinstance(s.data, np.ndarray)
    assert np.broadcast_arrays(s, leaf(np.ones(3)))[0].shape == (3,)


@pytest.mark.parametrize(("x", "y"), [(1.0, 0.1), (-1.0, 0.1), (0.3, 0.1), (6.0, 0.6), (7.5, -2.5), (-0.7, 0.1)])
def test_remainders_near_a_jump(x: float, y: float) -> None:
    """x = qy + remainder with a whole q, so the slope by y is −q, with the q that NumPy's rounding has led to."""
    for f in (np.remainder, np.fmod):
        slope = derivative(lambda b, f=f: f(np.array(x), b), y)
        assert slope == round(slope.item())
        assert x + float(slope) * y == pytest.approx(float(f(x, y)), abs=1e-12)


def test_slopes_keep_their_digits_near_the_end_of_the_domain() -> None:
    gap = 2.0**-40
    x = 1 - gap
    root = math.sqrt(gap * (2 - gap))
    assert derivative(np.arcsin, x) == pytest.approx(1 / root, rel=1e-14)
    assert derivative(np.arccos, x) == pytest.approx(-1 / root, rel=1e-14)
    assert derivative(np.arctanh, x) == pytest.approx(1 / (gap * (2 - gap)), rel=1e-14)
    assert derivative(np.arccosh, 1 + gap) == pytest.approx(1 / math.sqrt(gap * (2 + gap)), rel=1e-14)


def test_heaviside_sends_the_gradient_to_the_height_of_the_step() -> None:
    x, h = leaf([-1.0, 0.0, 2.0]), leaf([5.0, 6.0, 7.0])
    y = np.heaviside(x, h)
    assert y.tolist() == [0.0, 6.0, 1.0]
    gx, gh = tg.grad(y, [x, h], np.array([1.0, 2.0, 3.0]), allow_unused=True)
    assert gh is not None
    assert gh.tolist() == [0.0, 2.0, 0.0]
    assert gx is None or not gx.numpy().any()


def test_whole_numbers_and_truth_values_beside_floats() -> None:
    x = leaf([1.5, -2.0, 3.0])
    (g,) = tg.grad((x * np.array([1, 2, 3]) + np.array([True, False, True])).sum(), x)
    assert g.tolist() == [1.0, 2.0, 3.0]
    (g,) = tg.grad((np.array([True, False, True]) * x).sum(), x)
    assert g.tolist() == [1.0, 0.0, 1.0]
    (g,) = tg.grad((x ** np.array([2, 0, 1])).sum(), x)
    assert g.tolist() == [3.0, 0.0, 1.0]


# --- activations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu", "relu", "leaky_relu", "elu", "gelu", "gaussian_cdf"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_of_large_numbers(name: str, dtype: Any) -> None:
    """Finite values, first and second derivatives at ±1000, and no warning on the way (here they are errors)."""
    x = leaf([-1000.0, -30.0, 0.0, 30.0, 1000.0], dtype)
    y = getattr(activations, name)(x)
    (first,) = tg.grad(y.sum(), x, create_graph=True)
    second = tg.grad(first.sum(), x)[0] if first.requires_grad else tg.zeros(1)
    for values in (y, first, second):
        assert np.isfinite(values.detach().numpy()).all()


def test_sigmoid_and_softplus_at_a_thousand() -> None:
    x = np.array([-1000.0, 1000.0])
    assert activations.sigmoid(tg.tensor(x)).tolist() == [0.0, 1.0]
    assert activations.softplus(tg.tensor(x)).tolist() == [0.0, 1000.0]
    np.testing.assert_array_equal(derivative(activations.softplus, x), [0.0, 1.0])


def test_softmax_family_at_a_thousand() -> None:
    x = np.array([[-1000.0, 0.0, 1000.0], [1000.0, 1000.0, 1000.0], [-1000.0, -1000.0, -1000.0]])
    third = [1 / 3, 1 / 3, 1 / 3]
    np.testing.assert_allclose(activations.softmax(tg.tensor(x)).numpy(), [[0, 0, 1], third, third])
    totals = activations.logsumexp(tg.tensor(x), 1).numpy()
    np.testing.assert_allclose(totals, [1000.0, 1000 + math.log(3), -1000 + math.log(3)])
    np.testing.assert_allclose(activations.log_softmax(tg.tensor(x)).numpy(), x - totals[:, None], atol=1e-12)
    np.testing.assert_allclose(
        derivative(lambda x: activations.logsumexp(x, 1), x), [[0, 0, 1], third, third], atol=1e-12
    )
    for f in (activations.softmax, activations.log_softmax):
        rows = leaf(x)
        (first,) = tg.grad(f(rows)[:, 0].sum(), rows, create_graph=True)
        (second,) = tg.grad((first * first).sum(), rows)
        assert np.isfinite(second.numpy()).all()


def test_logsumexp_of_nothing_but_minus_infinity() -> None:
    """A fully masked row: log 0 = −∞ without a warning, and a gradient of 0 (PyTorch: NaN)."""
    x = leaf([[-np.inf, -np.inf], [0.0, -np.inf]])
    y = activations.logsumexp(x, 1)
    assert y.tolist() == [-np.inf, 0.0]
    (g,) = tg.grad(y, x, np.ones(2))
    assert g.tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_gaussian_tail_keeps_its_digits() -> None:
    assert activations.gaussian_cdf(tg.tensor(-10.0)).item() == pytest.approx(7.619853024160527e-24, rel=1e-13)


# --- reductions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [1.0, 2.0, 3.0, 4.0, 0.0]])
def test_product_with_zeros(x: list[float]) -> None:
    """Gradient and Hessian are the products of the other elements, exactly."""

    def without(*places: int) -> float:
        return math.prod(value for i, value in enumerate(x) if i not in places)

    n = range(len(x))
    np.testing.assert_array_equal(derivative(np.prod, x), [without(i) for i in n])
    np.testing.assert_array_equal(hessian(np.prod, x), [[0 if i == j else without(i, j) for j in n] for i in n])


def test_running_product_with_zeros() -> None:
    def last_but_one(a: Any) -> Any:
        return np.cumprod(a)[2]

    np.testing.assert_array_equal(derivative(last_but_one, [2.0, 0.0, 0.0, 5.0]), [0.0, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(derivative(last_but_one, [2.0, 0.0, 3.0, 5.0]), [0.0, 6.0, 0.0, 0.0])


@pytest.mark.parametrize(
    "f", [np.linalg.norm, np.std, lambda x: np.hypot(x[0], x[1]), lambda x: np.linalg.norm(x, axis=0)]
)
def test_a_length_of_zero_has_slope_zero_and_no_curvature(f: Any) -> None:
    """The first derivative is taken as 0; the second is NaN, for it would be infinite."""
    x = leaf([0.0, 0.0])
    (first,) = tg.grad(f(x), x, create_graph=True)
    assert first.tolist() == [0.0, 0.0]
    (second,) = tg.grad(first.sum(), x)
    assert np.isnan(second.numpy()).all()


@pytest.mark.parametrize("order", [None, 1, 2, 3, 4.5, np.inf])
def test_norms_of_zero_have_slope_zero(order: Any) -> None:
    assert np.linalg.norm(leaf([0.0, 0.0]), order).item() == 0.0
    np.testing.assert_array_equal(derivative(lambda x: np.linalg.norm(x, order), [0.0, 0.0]), [0.0, 0.0])


def test_too_few_numbers_for_a_variance() -> None:
    x = leaf([1.0])
    for f in (np.var, np.std):
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert math.isnan(f(x, ddof=1).item())
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert math.isnan(f(x, ddof=2).item())


@pytest.mark.parametrize("f", [np.sum, np.mean, np.prod, np.var, np.std, np.max, np.min, np.ptp, np.average])
def test_axes_that_do_not_exist(f: Any) -> None:
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    for axis in (2, -3):
        with pytest.raises(np.exceptions.AxisError):
            f(x, axis=axis)
    with pytest.raises(ValueError, match="duplicate"):
        f(x, axis=(0, -2))


def test_weights_that_do_not_fit() -> None:
    for axis, weights in [(None, [1.0, 2.0]), (1, [1.0, 2.0, 3.0]), ((0, 1), [1.0, 2.0])]:
        with pytest.raises(ValueError, match="weights of shape"):
            np.average(leaf([[1.0, 2.0], [3.0, 4.0]]), axis, weights)


# --- indexing and shaping -------------------------------------------------------------------------------------------


def test_repeated_indices_add_up() -> None:
    expected = [1.0, 0.0, 14.0, 0.0]
    for index in ([0, 2, 2, -2], (np.array([0, 2, 2, 2]),), ((0, 2, 2, 2),), tg.tensor([0, 2, 2, 2])):
        np.testing.assert_array_equal(derivative(lambda a, i=index: a[i], np.zeros(4), [1.0, 2.0, 4.0, 8.0]), expected)
    np.testing.assert_array_equal(
        derivative(lambda a: np.take(a, [0, 2, 2, 2]), np.zeros(4), [1.0, 2.0, 4.0, 8.0]), expected
    )


def test_sorting_sends_each_gradient_home() -> None:
    x, weights = [3.0, 1.0, 2.0], [10.0, 20.0, 30.0]
    np.testing.assert_array_equal(derivative(np.sort, x, weights), [30.0, 10.0, 20.0])
    found = derivative(lambda a: np.partition(a, 1), [5.0, 4.0, 6.0], weights)
    np.testing.assert_array_equal(found, [20.0, 10.0, 30.0])


@pytest.mark.parametrize("mode", ["edge", "wrap", "reflect", "symmetric", "constant"])
def test_padding_adds_the_copies_gradients(mode: str) -> None:
    """The gradient of the sum counts how often each element was copied."""
    x = np.arange(1.0, 5.0)
    copies = [np.sum(np.pad(x, (3, 2), mode) == value) for value in x]
    np.testing.assert_array_equal(derivative(lambda a: np.pad(a, (3, 2), mode), x), copies)


def test_padding_modes_that_compute_are_refused() -> None:
    for options in ({"mode": "mean"}, {"mode": "linear_ramp"}, {"mode": "reflect", "reflect_type": "odd"}):
        with pytest.raises(GradientError, match="E05"):
            np.pad(leaf([1.0, 2.0]), 1, **options)


def test_impossible_shapes_raise_as_in_numpy() -> None:
    x = leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    for impossible in (
        lambda: np.split(x, 4),
        lambda: np.array_split(x, 0),
        lambda: np.expand_dims(x, (0, 0)),
        lambda: np.expand_dims(x, 4),
        lambda: np.squeeze(x, 0),
        lambda: np.flip(x, 2),
        lambda: np.rot90(x, axes=(0, 0)),
        lambda: np.moveaxis(x, 5, 0),
        lambda: np.take_along_axis(x, np.array([0, 1]), 0),
        lambda: np.diff(x, -1),
        lambda: np.diag(x.reshape(1, 2, 3)),
        lambda: np.select([x > 0], [x, x]),
        lambda: np.linalg.norm(x, 5),
        lambda: np.linalg.norm(x, axis=(0, 1, 2)),
        lambda: np.cross(x[:, :2], x[:, :2]),
        lambda: np.tensordot(x, x, 1),
        lambda: np.reshape(x, (4, 2)),
        lambda: np.broadcast_to(x, (3, 3)),
        lambda: np.concatenate([x, x[0]]),
        lambda: np.stack([x, x[:1]]),
    ):
        with pytest.raises((ValueError, IndexError)):
            impossible()


def test_spacings_that_do_not_fit() -> None:
    with pytest.raises(TypeError, match="one for each of 3 axes"):
        np.gradient(leaf(np.ones((2, 2, 2))), 1.0, 2.0)


def test_slopes_on_a_long_grid_need_little_memory() -> None:
    n = 20_000  # a matrix of all stencils would take 3 GB
    found = derivative(lambda f: np.gradient(f, 0.5)[n // 2], np.zeros(n))
    assert {int(i): float(found[i]) for i in np.flatnonzero(found)} == {n // 2 - 1: -1.0, n // 2 + 1: 1.0}


# --- linear algebra -------------------------------------------------------------------------------------------------

SINGULAR = {
    "rank n-1": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
    "rank n-2": [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [-1.0, -2.0, -3.0]],
    "rank 0": [[0.0, 0.0, 0.0]] * 3,
    "close to singular": [[1.0, 1.0, 1.0], [1.0, 1.0 + 1e-9, 1.0], [1.0, 1.0, 1.0 + 1e-9]],
    "regular": [[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 0.0, 4.0]],
}


def cofactor(a: np.ndarray, i: int, j: int) -> float:
    (p, q), (r, s) = (np.delete(np.delete(a, i, 0), j, 1)).tolist()
    return (-1.0) ** (i + j) * (p * s - q * r)


@pytest.mark.parametrize("a", SINGULAR.values(), ids=SINGULAR)
def test_determinant_of_a_singular_matrix(a: list[list[float]]) -> None:
    """The gradient is the matrix of cofactors, the second derivatives are single elements with a sign."""
    a = np.array(a)
    expected = [[cofactor(a, i, j) for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(derivative(np.linalg.det, a), expected, atol=1e-13)
    curvature = hessian(np.linalg.det, a).reshape(3, 3, 3, 3)
    for i, j, k, m in np.ndindex(3, 3, 3, 3):
        bumped, lowered = a.copy(), a.copy()
        bumped[k, m] += 0.5
        lowered[k, m] -= 0.5  # a cofactor is linear in every element, so this difference is exact
        assert curvature[i, j, k, m] == pytest.approx(cofactor(bumped, i, j) - cofactor(lowered, i, j), abs=1e-6)


def test_determinant_of_a_large_singular_matrix() -> None:
    """64 × 64 of rank 63, with a gradient of rank 1; all the minors at once would take 128 MB."""
    rng = np.random.default_rng(0)
    u, v = (np.linalg.qr(rng.normal(size=(64, 64)))[0] for _ in range(2))
    s = np.append(np.full(63, 1.1), 0.0)
    sign = np.linalg.det(u) * np.linalg.det(v)
    expected = sign * 1.1**63 * np.outer(u[:, -1], v[:, -1])
    np.testing.assert_allclose(derivative(np.linalg.det, (u * s) @ v.T), expected, atol=1e-9)


def test_stack_of_determinants_of_which_one_is_singular() -> None:
    stack = np.array([SINGULAR["regular"], SINGULAR["rank n-1"]])
    found = derivative(np.linalg.det, stack)
    np.testing.assert_allclose(
        found, [[[cofactor(a, i, j) for j in range(3)] for i in range(3)] for a in stack], atol=1e-12
    )


def test_symmetric_functions_have_symmetric_gradients() -> None:
    a = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
    weights = np.arange(1.0, 10.0).reshape(3, 3)
    for f in (
        np.linalg.cholesky,
        lambda a: np.linalg.eigh(a)[1] ** 2,
        lambda a: np.linalg.eigh(a, "U")[0] * np.ones((3, 1)),
    ):
        gradient = derivative(f, a, weights)
        np.testing.assert_allclose(gradient, gradient.T, rtol=1e-12)


def repeated() -> np.ndarray:
    """A symmetric matrix with the eigenvalues 1, 2, 2, of which the last two come out 5 units of rounding apart."""
    q = np.linalg.qr(np.random.default_rng(10).normal(size=(3, 3)))[0]
    return q @ np.diag([1.0, 2.0, 2.0]) @ q.T


@pytest.mark.parametrize(
    "a", [np.eye(3), np.diag([1.0, 2.0, 2.0]), repeated()], ids=["identity", "diagonal", "rounded"]
)
def test_repeated_eigenvalues(a: np.ndarray) -> None:
    """The sum of the eigenvalues is the trace; the vectors of equal ones turn freely, so theirs is an error."""
    np.testing.assert_allclose(derivative(np.linalg.eigvalsh, a), np.eye(3), atol=1e-12)
    x = leaf(a)
    with pytest.raises(np.linalg.LinAlgError, match="two eigenvalues are equal"):
        tg.grad(np.linalg.eigh(x)[1].sum(), x)
    (first,) = tg.grad(np.linalg.eigh(x)[0].sum(), x, create_graph=True)
    with pytest.raises(np.linalg.LinAlgError, match="two eigenvalues are equal"):
        tg.grad((first * a).sum(), x)


def test_repeated_singular_values() -> None:
    a = np.diag([2.0, 2.0, 1.0])
    np.testing.assert_allclose(derivative(np.linalg.svdvals, a), np.eye(3), atol=1e-12)
    np.testing.assert_allclose(derivative(lambda a: np.linalg.norm(a, "nuc"), a), np.eye(3), atol=1e-12)
    x = leaf(a)
    with pytest.raises(np.linalg.LinAlgError, match="two singular values are equal"):
        tg.grad(np.linalg.svd(x).U.sum(), x)


def test_small_singular_values_that_differ_are_told_apart() -> None:
    """Their squares, 10⁻¹⁸ and 4·10⁻¹⁸, would look equal beside 1."""
    gradient = derivative(lambda a: np.linalg.svd(a).U[0] ** 2, np.diag([1.0, 2e-9, 1e-9]))
    assert np.isfinite(gradient).all()


def test_unused_results_of_decompositions() -> None:
    a = leaf([[3.0, 1.0], [1.0, 2.0]])
    values, _ = np.linalg.eigh(a)
    _, vectors = np.linalg.eigh(a)
    u, _, _ = np.linalg.svd(a)
    _, _, vh = np.linalg.svd(a)
    sign, logarithm = np.linalg.slogdet(a)
    for result in (values.sum(), (vectors**2)[0, 0], (u**2)[0, 0], (vh**2)[0, 0], logarithm):
        (g,) = tg.grad(result, a, create_graph=True)
        (second,) = tg.grad((g * g).sum(), a)
        assert np.isfinite(second.numpy()).all()
    (g,) = tg.grad(sign, a)
    assert g.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_svd_of_both_results_at_once_equals_the_matrix() -> None:
    """U S Vᵀ is the matrix again, so its gradient is the identity: each of the three parts must be right."""
    for shape in ((3, 3), (4, 2), (2, 4)):
        a = np.random.default_rng(5).normal(size=shape)
        weights = np.random.default_rng(6).normal(size=shape)

        def again(x: Any) -> Any:
            u, s, vh = np.linalg.svd(x, full_matrices=False)
            return (u * s) @ vh

        np.testing.assert_allclose(derivative(again, a, weights), weights, atol=1e-11)


def test_full_svd_of_a_long_matrix_is_refused() -> None:
    with pytest.raises(GradientError, match="full_matrices=False"):
        np.linalg.svd(leaf(np.ones((3, 2))))


@pytest.mark.parametrize(
    ("left", "right", "hint"),
    [
        ((2, 3), (2, 3), "x @ y.T"),
        ((3, 2), (3, 4), "x.T @ y"),
        ((3, 2), (3,), "x.T @ y"),
        ((3,), (2, 3), "x @ y.T"),
        ((2, 3), (4, 5), None),
        ((5, 2, 3), (5, 2, 3), None),
        ((2, 4, 3), (3, 3, 5), "stacks"),
        ((), (3,), "`*`"),
    ],
)
def test_matrices_that_do_not_fit(left: tuple[int, ...], right: tuple[int, ...], hint: str | None) -> None:
    """E06 names both shapes, and suggests a transpose only where one helps."""
    with pytest.raises(ShapeError, match="E06") as raised:
        leaf(np.ones(left)) @ np.ones(right)
    text = str(raised.value)
    assert f"{left} and {right}" in text
    assert hint in text if hint else ".T" not in text


def test_einsum_errors_are_numpys() -> None:
    x = leaf(np.ones((2, 3)))
    for wrong in (
        lambda: np.einsum("ij,jk", x),
        lambda: np.einsum("ii->i", x),
        lambda: np.einsum("ijk->i", x),
        lambda: np.einsum("i", x),
        lambda: np.einsum("...i->i", x),
        lambda: np.einsum("ij->ik", x),
        lambda: np.einsum("ij->ii", x),
        lambda: np.einsum("ij,jk->ik", x, x),
    ):
        with pytest.raises(ValueError, match=r"einsum|einstein|broadcast|size|subscript"):
            wrong()
