"""Predictions and decision boundaries, read back from the figures."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.plot.gallery import NAMES, POINTS, QUADRANT, drawn, probability, scores
from tinygrad_vn import nn, plot

pytest.importorskip("matplotlib")


def test_predictions_over_targets_with_their_quality() -> None:
    """R² of 1 − 1.5/29.1875, the example of scikit-learn's r2_score."""
    targets, guesses = [3, -0.5, 2, 7], tg.tensor([[2.5], [0.0], [2], [8]], requires_grad=True)
    axes = plot.predictions(targets, guesses).axes[0]
    assert axes.get_title() == "Predictions against targets\nRMSE = 0.6124, R² = 0.9486"
    diagonal, points = axes.lines
    assert diagonal.get_xdata().tolist() == diagonal.get_ydata().tolist() == [-0.5, 8]
    assert points.get_xydata().tolist() == [[3, 2.5], [-0.5, 0], [2, 2], [7, 8]]
    assert axes.get_xlim() == axes.get_ylim()


def test_targets_that_are_all_the_same_have_no_r2() -> None:
    assert plot.predictions([2, 2], [2, 3], title="Giá đất").axes[0].get_title() == "Giá đất\nRMSE = 0.7071"
    drawn(plot.predictions([1], [1]))


@pytest.mark.parametrize(
    ("targets", "guesses", "text"),
    [
        ([1, 2], [1], "2 targets and 1 predictions"),
        ([], [], "0 targets"),
        ([1, np.nan], [1, 2], "targets has NaN or infinity at place 1"),
        ([1, 2], np.ones((2, 2)), r"predicted must have shape \(n,\)"),
    ],
)
def test_what_cannot_be_compared_is_refused(targets: Any, guesses: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        plot.predictions(targets, guesses)


def boundary_of(figure: Any) -> Any:
    return np.concatenate([path.vertices for path in figure.axes[0].collections[-1].get_paths()])


def test_the_boundary_is_where_the_probability_is_one_half() -> None:
    seen = []

    def model(x: tg.Tensor) -> tg.Tensor:
        seen.append((type(x), x.dtype, x.requires_grad))
        return tg.Tensor(1 / (1 + np.exp(-(x.numpy() @ [[1.0], [-2.0]]) + 0.5)))

    figure = plot.decision_boundary(model, tg.tensor(POINTS.astype(np.float32)), QUADRANT.reshape(-1, 1))
    assert seen == [(tg.Tensor, np.float32, False)]
    line = boundary_of(figure)
    np.testing.assert_allclose(line[:, 0] - 2 * line[:, 1], 0.5, atol=0.01)
    assert figure.axes[1].get_ylabel() == "probability of class 1"
    for k, points in enumerate(figure.axes[0].lines):
        assert points.get_label() == f"class {k}"
        np.testing.assert_array_equal(points.get_xydata(), POINTS[k == QUADRANT].astype(np.float32))
    assert len({line.get_marker() for line in figure.axes[0].lines}) == 2


@pytest.mark.parametrize("kind", [int, float, str, bool])
def test_classes_of_every_kind(kind: type) -> None:
    def classify(x: Any) -> Any:
        return np.where(np.asarray(x)[:, 0] > 0.3, kind(2), kind(0))

    labels = classify(POINTS)
    figure = plot.decision_boundary(classify, POINTS, labels)
    np.testing.assert_allclose(boundary_of(figure)[:, 0], 0.3, atol=0.03)
    assert [line.get_label() for line in figure.axes[0].lines] == [f"class {name}" for name in np.unique(labels)]


def test_scores_name_the_class_of_the_largest() -> None:
    labels = NAMES[scores(POINTS).argmax(axis=1)]
    order = np.argsort(NAMES)  # a column of scores per class, in the order of np.unique
    figure = plot.decision_boundary(lambda x: scores(x)[:, order], POINTS, labels)
    assert [line.get_label() for line in figure.axes[0].lines] == ["class chó", "class gà", "class mèo"]
    for line in figure.axes[0].lines:
        name = line.get_label().removeprefix("class ")
        np.testing.assert_array_equal(line.get_xydata(), POINTS[labels == name])


def test_a_model_that_says_always_the_same() -> None:
    drawn(plot.decision_boundary(lambda x: np.ones(len(x), dtype=int), POINTS, QUADRANT))
    drawn(plot.decision_boundary(lambda x: np.full(len(x), 0.9), POINTS, QUADRANT))
    drawn(plot.decision_boundary(probability, POINTS[:1], [1]))


def test_a_model_is_asked_in_eval_mode_and_stays_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.9), nn.BatchNorm1d(8), nn.Linear(8, 1), nn.Sigmoid())
    model[2].eval()
    before = [module.training for module in model.modules()]
    pictures = [plot.decision_boundary(model, POINTS, QUADRANT) for _ in range(2)]
    one, other = (np.concatenate([p.vertices for p in f.axes[0].collections[0].get_paths()]) for f in pictures)
    np.testing.assert_array_equal(one, other)
    assert [module.training for module in model.modules()] == before
    assert model[2].num_batches_tracked == 0


def test_logits_get_the_line_to_write() -> None:
    model = nn.Linear(2, 1)
    model.weight.data[...], model.bias.data[...] = [[3.0, -3.0]], 0.5
    words = r"If these are logits, write decision_boundary\(nn\.Sequential\(model, nn\.Sigmoid\(\)\), x, y\)"
    with pytest.raises(ValueError, match=words):
        plot.decision_boundary(model, POINTS, QUADRANT)
    line = boundary_of(plot.decision_boundary(nn.Sequential(model, nn.Sigmoid()), POINTS, QUADRANT))
    np.testing.assert_allclose(3 * line[:, 0] - 3 * line[:, 1], -0.5, atol=0.05)
    drawn(plot.decision_boundary(lambda x: model(x) > 0.5, POINTS, QUADRANT))


@pytest.mark.parametrize(
    ("predict", "x", "y", "text"),
    [
        (probability, POINTS, QUADRANT[:5], r"y \(n,\), but they have \(80, 2\) and \(5,\)"),
        (probability, POINTS[:, :1], QUADRANT, "x needs shape"),
        (lambda x: x.sum(axis=1), POINTS, QUADRANT, "neither a probability nor a class"),
        (probability, POINTS, np.arange(80) % 3, "for 3 classes.*one score per class"),
        (lambda x: np.ones(3), POINTS, QUADRANT, "one answer per point"),
    ],
)
def test_answers_that_are_none_are_refused(predict: Any, x: Any, y: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        plot.decision_boundary(predict, x, y)
