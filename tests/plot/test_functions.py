"""Activation functions: the curves are the functions, the derivatives those of the textbook."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tinygrad_vn import plot
from tinygrad_vn.nn import functional as F

pytest.importorskip("matplotlib")

DERIVATIVES = {
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "sigmoid": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
    "relu": lambda x: np.where(x > 0, 1.0, 0.0),
    "softplus": lambda x: 1 / (1 + np.exp(-x)),
    "elu": lambda x: np.where(x > 0, 1.0, np.exp(x)),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_a_function_and_its_derivative(name: str) -> None:
    axes = plot.activation(name, low=-3, high=5).axes[0]
    function, derivative = axes.lines[:2]
    x = function.get_xdata()
    assert (x[0], x[-1]) == (-3, 5)
    np.testing.assert_allclose(function.get_ydata(), getattr(F, name)(x).numpy())
    slopes = derivative.get_ydata()
    known = ~np.isnan(slopes)
    np.testing.assert_allclose(slopes[known], DERIVATIVES[name](x)[known], atol=1e-12)
    assert (~known).sum() == (name == "relu")  # its jump is left open, and nothing else
    assert axes.get_title() == f"Activation function: {name}"


def test_several_side_by_side() -> None:
    figure = plot.activation(["tanh", F.relu], title="Hai hàm")
    values, slopes = figure.axes
    assert [line.get_label() for line in values.lines[:2]] == ["tanh", "relu"]
    assert slopes.lines[0].get_ydata().max() == pytest.approx(1, abs=1e-4)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["tanh", "relu"]
    named = plot.activation({"x²": lambda x: x * x, "hard": lambda x: np.clip(x, -1, 1)})
    np.testing.assert_allclose(named.axes[1].lines[0].get_ydata(), 2 * named.axes[1].lines[0].get_xdata())
    assert np.isnan(named.axes[1].lines[1].get_ydata()).sum() == 2


def test_steep_functions_are_not_torn_apart() -> None:
    assert not np.isnan(plot.activation(lambda x: np.tanh(40 * x)).axes[0].lines[1].get_ydata()).any()


@pytest.mark.parametrize(
    ("functions", "text"),
    [
        ("no_such", "no function 'no_such'"),
        ("__all__", "no function"),
        ([], "no activation"),
        ("softmax", "elementwise"),
    ],
)
def test_what_cannot_be_drawn_is_refused(functions: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        plot.activation(functions)


def test_matplotlib_is_imported_only_when_a_plot_is_made() -> None:
    program = "import sys, tinygrad_vn.plot; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "False"
