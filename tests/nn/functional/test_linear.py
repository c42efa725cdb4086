"""F.linear: PyTorch's shapes, and errors that name what does not fit."""

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.errors import ShapeError
from tinygrad_vn.nn import functional as F

X = np.arange(6.0).reshape(2, 3)
W = np.array([[1.0, -1.0, 0.5], [2.0, 0.0, 1.0], [0.0, 3.0, -2.0], [1.0, 1.0, 1.0]])
B = np.array([0.5, -0.5, 1.0, 0.0])


def test_every_shape_of_input():
    for x in (X, X[0], np.stack([X, -X])):
        np.testing.assert_allclose(F.linear(x, W, B).numpy(), np.einsum("...i,oi->...o", x, W) + B)
        np.testing.assert_allclose(F.linear(x, W).numpy(), np.einsum("...i,oi->...o", x, W))
    assert F.linear(X, W[0]).shape == (2,)
    np.testing.assert_allclose(F.linear(X, W[0], 2.0).numpy(), X @ W[0] + 2.0)


def test_a_layer_is_one_operation_and_needs_no_gradient_for_its_data():
    w, b = tg.tensor(W, requires_grad=True), tg.tensor(B, requires_grad=True)
    y = F.linear(X, w, b)
    assert y._node.primitive.name == "linear"
    y.sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), np.tile(X.sum(0), (4, 1)))
    np.testing.assert_array_equal(b.grad.numpy(), [2.0] * 4)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((X.T, W, B), r"E06. matmul \(@\) cannot combine shapes \(3, 2\) and \(3, 4\): the inner sizes 2 and 3"),
        ((X, W, B[:3]), r"E06. add \(\+\) cannot combine shapes \(2, 4\) and \(3,\)"),
        ((1.0, W), r"E06. matmul \(@\).*a single number is no matrix"),
    ],
)
def test_what_does_not_fit_is_named(arguments, text):
    with pytest.raises(ShapeError, match=text):
        F.linear(*arguments)


def test_a_weight_has_one_or_two_axes():
    with pytest.raises(ValueError, match=r"linear: weight must have shape \(out, in\), not \(1, 4, 3\)"):
        F.linear(X, W[None], B)
