"""Losses of several runs and gradient norms of layers, read back from the figures."""

from typing import Any

import numpy as np
import pytest

from tests.plot.gallery import EXPLODING, RUNS, VANISHING
from tinygrad_vn import plot

pytest.importorskip("matplotlib")


def legend(figure: Any) -> list[str]:
    return [text.get_text() for box in figure.legends for text in box.get_texts()]


def test_several_runs_keep_their_numbers_and_say_the_last_one() -> None:
    figure = plot.loss_curves({"a": [3, 2.5, 2], "b": np.array([3, 2.75])}, ylabel="MSE", title="Hai lần chạy")
    axes = figure.axes[0]
    assert [line.get_ydata().tolist() for line in axes.lines] == [[3, 2.5, 2], [3, 2.75]]
    assert legend(figure) == ["a: 2", "b: 2.75"]
    assert (axes.get_title(), axes.get_ylabel(), axes.get_yscale()) == ("Hai lần chạy", "MSE", "linear")
    assert all(tick == int(tick) for tick in axes.get_xticks())  # no epoch 0.5


def test_a_run_that_diverges_does_not_press_the_others_flat() -> None:
    figure = plot.loss_curves(RUNS | {"NaN": [5.0, 50.0, np.inf, np.nan]})
    axes = figure.axes[0]
    assert axes.get_yscale() == "log"
    assert axes.get_ylim()[1] == pytest.approx(10 * max(run[0] for run in RUNS.values()))
    assert "SGD, lr = 1: 4.567×10⁸" in legend(figure)
    assert "NaN: NaN" in legend(figure)
    np.testing.assert_array_equal(axes.lines[-1].get_ydata(), [5, 50, np.nan, np.nan])


def test_runs_of_nothing_but_nan_can_be_drawn() -> None:
    assert legend(plot.loss_curves({"a": [np.nan, np.nan]})) == ["a: NaN"]


@pytest.mark.parametrize("runs", [{}, {"a": [1.0], "empty": []}])
def test_runs_without_losses_are_refused(runs: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="no losses to plot" + (" for 'empty'" if runs else "")):
        plot.loss_curves(runs)


@pytest.mark.parametrize(
    ("norms", "band", "lang"),
    [
        (VANISHING, "vanishing gradient: below 1.0×10⁻⁶", "en"),
        (VANISHING, "gradient triệt tiêu (vanishing): dưới 1.0×10⁻⁶", "vi"),
        (EXPLODING, "exploding gradient: above 1000", "en"),
        (EXPLODING, "gradient bùng nổ (exploding): trên 1000", "vi"),
    ],
)
def test_bands_in_sight_are_explained(norms: dict[str, Any], band: str, lang: str) -> None:
    figure = plot.gradient_norms(norms, lang=lang)
    assert [text for text in legend(figure) if text.split(":")[0] == band.split(":")[0]] == [band]
    assert len(legend(figure)) == len(norms) + 1  # the other band is out of sight
    assert figure.axes[0].get_yscale() == "log"
    for line, values in zip(figure.axes[0].lines, norms.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), np.where(values > 0, values, np.nan))


def test_healthy_gradients_have_no_bands_and_own_limits_make_them() -> None:
    norms = {"w": [1.0, 0.5], "b": [0.2, 0.1]}
    assert legend(plot.gradient_norms(norms)) == ["w", "b"]
    assert legend(plot.gradient_norms(norms, vanishing=0.15))[2:] == ["vanishing gradient: below 0.15"]


def test_norms_that_have_no_place_on_the_axis_are_counted() -> None:
    figure = plot.gradient_norms({"w": [1.0, 0.0, np.inf, np.nan], "b": [1.0, 1.0, 1.0, 1.0]})
    assert legend(figure) == ["w\n(0, ∞ or NaN in 3 epochs)", "b"]
    for nothing in ({}, {"w": [0.0, np.nan]}):
        with pytest.raises(ValueError, match="no gradient norm to plot"):
            plot.gradient_norms(nothing)
