"""The path of a descent: the points are the ones visited, the contour lines those of the function."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.plot.gallery import descend, drawn
from tinygrad_vn import plot

pytest.importorskip("matplotlib")


def bowl(x: Any, y: Any) -> Any:
    return x * x / 2 + 3 * y * y


PATH = descend(bowl, [-4.0, 2.5], 0.3, 30)


def legend(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_path_its_ends_and_its_height() -> None:
    figure = plot.descent_path(bowl, PATH, names=("w", "b"))
    axes = figure.axes[0]
    for line in axes.lines[:2]:  # a white rim, and the path
        np.testing.assert_array_equal(line.get_xydata(), PATH)
    assert axes.lines[2].get_xydata().tolist() == [[-4, 2.5]]
    assert axes.lines[3].get_xydata().tolist() == [PATH[-1].tolist()]
    assert axes.lines[2].get_marker() != axes.lines[3].get_marker()
    assert legend(figure)[0] == "start (−4, 2.5): f = 26.75"
    assert legend(figure)[1].startswith("after 30 steps (")
    assert (axes.get_xlabel(), axes.get_ylabel(), figure.axes[1].get_ylabel()) == ("w", "b", "f(w, b)")
    assert axes.get_aspect() == 1


def test_contour_lines_are_the_functions() -> None:
    axes = plot.descent_path(bowl, PATH).axes[0]
    lines = axes.collections[-1]
    for level, path in zip(lines.levels[2:8], lines.get_paths()[2:8], strict=True):
        heights = [bowl(x, y) for x, y in path.vertices]
        np.testing.assert_allclose(heights, level, rtol=0.03, atol=0.03)


def test_a_path_of_two_scales_fills_its_plot() -> None:
    axes = plot.descent_path(bowl, [[0, 0], [1e-3, 5], [-2e-3, 9]]).axes[0]
    assert axes.get_xlim()[1] - axes.get_xlim()[0] == pytest.approx(1.3 * 3e-3)
    assert axes.get_aspect() == "auto"


@pytest.mark.parametrize("path", [[[1, 2]], [[1, 2], [1, 2]], [[0, 0], [0, 1]], [[1e-300, 0], [0, 0]]])
def test_degenerate_paths_can_be_drawn(path: Any) -> None:
    drawn(plot.descent_path(bowl, path))


def test_tensors_inside_flat_functions_and_poles() -> None:
    drawn(plot.descent_path(lambda x, y: tg.tensor(x) ** 2 + y, PATH))
    drawn(plot.descent_path(lambda x, y: 1.0, PATH))
    drawn(plot.descent_path(lambda x, y: np.nan if x > 0 else x + y, PATH))


def test_a_path_ends_where_it_diverges() -> None:
    figure = plot.descent_path(bowl, [[0, 1], [2, 3], [np.inf, 0], [1, 1]])
    assert figure.axes[0].lines[1].get_xydata().tolist() == [[0, 1], [2, 3]]
    assert "after 1 steps" in legend(figure)[1]


@pytest.mark.parametrize(("path", "text"), [([1, 2], "shape"), (np.zeros((3, 3)), "shape"), ([[np.nan, 1]], "finite")])
def test_what_is_no_path_is_refused(path: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        plot.descent_path(bowl, path)
