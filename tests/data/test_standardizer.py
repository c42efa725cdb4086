"""Standardizer: mean 0, deviation 1, and back; and why gradient descent wants it."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.data import Standardizer
from tinygrad_vn.errors import DataError
from tinygrad_vn.nn import functional as F

# The lecture's land prices (003_5f9638466f993df0.txt): square metres, million VND.
AREA = np.array([56.0, 45, 234, 113, 542, 351])
PRICE = np.array([45.0, 23, 199, 123, 448, 367])

rng = np.random.default_rng(0)
TRAIN = rng.normal([3.0, -700, 0.01], [2.0, 50, 1e-4], (200, 3))


def test_mean_0_and_deviation_1_and_back() -> None:
    scaler = Standardizer().fit(TRAIN)
    z = scaler.transform(TRAIN)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(z.std(axis=0), 1)
    np.testing.assert_allclose(scaler.inverse_transform(z), TRAIN, rtol=1e-13)


def test_other_data_are_moved_by_what_the_training_data_said() -> None:
    scaler = Standardizer().fit([[0.0, 5.0], [2.0, 15.0]])
    assert scaler.transform([[4, 10], [1, 10]]).tolist() == [[3, 0], [0, 0]]
    assert (scaler.mean_.tolist(), scaler.scale_.tolist()) == ([1, 10], [1, 5])


@pytest.mark.parametrize("value", [0.1, 7.0, -1e100])
def test_a_constant_column_becomes_0_and_comes_back(value: float) -> None:
    x = np.column_stack([np.full(10, value), np.arange(10.0)])
    scaler = Standardizer().fit(x)
    assert scaler.transform(x)[:, 0].tolist() == [0] * 10
    assert scaler.inverse_transform(scaler.transform(x))[:, 0].tolist() == [value] * 10


def test_dtypes_and_kinds_stay() -> None:
    scaler = Standardizer().fit(TRAIN)
    single = TRAIN.astype(np.float32)
    assert scaler.transform(single).dtype == np.float32
    assert scaler.transform(np.ones((2, 3), dtype=int)).dtype == np.float64
    tensor = scaler.transform(tg.tensor(single))
    assert isinstance(tensor, tg.Tensor)
    assert tensor.dtype == np.float32
    np.testing.assert_array_equal(tensor.numpy(), scaler.transform(single))


def test_gradients_flow_through_it() -> None:
    scaler = Standardizer().fit(TRAIN)
    z = tg.tensor(np.zeros((2, 3)), requires_grad=True)
    scaler.inverse_transform(z).sum().backward()
    np.testing.assert_allclose(z.grad.numpy(), np.tile(TRAIN.std(axis=0), (2, 1)))


def test_targets_with_and_without_an_axis_of_columns() -> None:
    scaler = Standardizer().fit(PRICE)
    assert scaler.transform(PRICE).shape == (6,)
    column = scaler.transform(PRICE.reshape(-1, 1))
    assert column.shape == (6, 1)
    np.testing.assert_array_equal(column[:, 0], scaler.transform(PRICE))
    assert Standardizer().fit(PRICE.reshape(-1, 1)).transform(PRICE).shape == (6,)


def test_it_is_saved_and_loaded() -> None:
    scaler, copy = Standardizer().fit(TRAIN), Standardizer()
    copy.load_state_dict(scaler.state_dict())
    np.testing.assert_array_equal(copy.transform(TRAIN), scaler.transform(TRAIN))
    assert (repr(copy), repr(Standardizer())) == ("Standardizer(fitted to 3 columns)", "Standardizer()")


@pytest.mark.parametrize(
    ("use", "text"),
    [
        (lambda: Standardizer().transform(TRAIN), "Call fit"),
        (lambda: Standardizer().inverse_transform(TRAIN), "Call fit"),
        (lambda: Standardizer().state_dict(), "Call fit"),
        (lambda: Standardizer().fit(TRAIN).transform(TRAIN[:, :2]), "fitted to 3 columns, but here are 2"),
        (lambda: Standardizer().fit(TRAIN).transform(TRAIN[0]), r"x\.reshape\(1, -1\)"),
        (lambda: Standardizer().fit(TRAIN[:0]), "empty"),
        (lambda: Standardizer().fit([[1.0, 2], [3, np.nan]]), "row 1, column 1 is nan"),
        (lambda: Standardizer().fit([np.inf]), "row 0, column 0 is inf"),
        (lambda: Standardizer().fit(np.zeros((2, 2, 2))), r"shape \(2, 2, 2\)"),
        (lambda: Standardizer().fit(TRAIN).transform(["a", "b"]), "takes numbers"),
    ],
)
def test_what_cannot_be_scaled_is_refused(use: Any, text: str) -> None:
    with pytest.raises(DataError, match=text):
        use()


def steps_needed(x: Any, y: Any, lr: float, w: float, b: float, most: int) -> int:
    """Steps of gradient descent until the line explains the prices as well as the best line does, to 1 part in 10⁶."""
    slope, height = np.polyfit(x, y, 1)
    goal = np.mean((slope * x + height - y) ** 2) * (1 + 1e-6)
    line = tg.tensor([w, b], requires_grad=True)
    for step in range(most):
        loss = F.mse_loss(line[0] * x + line[1], tg.tensor(y))
        if loss.item() <= goal:
            return step
        line.zero_grad()
        loss.backward()
        line.data -= lr * line.grad.numpy()
    return most


def test_what_the_docstring_says_of_the_lectures_land_prices() -> None:
    curvature = 2 * np.array([[np.mean(AREA**2), AREA.mean()], [AREA.mean(), 1]])
    assert curvature[0, 0] / curvature[1, 1] == pytest.approx(81_600, rel=1e-3)
    slow, fast = np.linalg.eigvalsh(curvature)
    assert 2 / fast == pytest.approx(1.2e-5, rel=0.03)
    assert slow * 2 / fast == pytest.approx(1e-5, rel=0.1)
    z = Standardizer().fit_transform(AREA)
    assert steps_needed(z, PRICE, 0.5, 2.0, 5.0, most=10) == 1
    assert steps_needed(AREA, PRICE, 1e-5, 2.0, 5.0, most=1000) == 1000
