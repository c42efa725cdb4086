"""Metrics, against counting by hand, and the threshold that belongs to a loss."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.training.runs import table
from tinygrad_vn import nn, optim, training
from tinygrad_vn.data import DataLoader
from tinygrad_vn.nn import functional as F

X, _ = table()
CLASSES = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
BINARY = (X[:, :1] > 0).astype(float)


def test_the_largest_score_wins() -> None:
    scores = tg.tensor([[0.1, 0.7, 0.2], [2.0, 1.0, -1.0], [0.0, 1.0, 5.0], [3.0, 2.0, 1.0]], requires_grad=True)
    assert training.accuracy(scores, tg.tensor([1, 0, 0, 0])) == 0.75
    assert training.accuracy(scores, np.eye(3)[[1, 0, 0, 1]]) == 0.5
    pixels = np.zeros((1, 2, 3))
    pixels[0, 1] = [1, -1, 1]
    assert training.accuracy(pixels, [[1, 1, 1]]) == pytest.approx(2 / 3)


def test_single_numbers_are_above_the_threshold_or_not() -> None:
    assert training.accuracy([[0.4], [-0.1], [3.0]], [[1], [1], [1]], threshold=0) == pytest.approx(2 / 3)
    assert training.accuracy([0.4, 0.6], [0, 1], threshold=0.5) == 1.0
    assert training.accuracy([[0.4, 0.6], [0.9, 0.1]], [[1, 1], [1, 1]], threshold=0.5) == 0.5  # several yes or no


@pytest.mark.parametrize(
    ("prediction", "target", "threshold", "words"),
    [
        (np.zeros((3, 1)), np.zeros((3, 1)), None, "needs a threshold, 0 for logits and 0.5 for probabilities"),
        (np.zeros(3), np.zeros(3), None, "needs a threshold"),
        (np.zeros((3, 1)), np.zeros(3), 0, r"shape \(3, 1\) with targets of shape \(3,\).*in shape \(3, 1\)"),
        (np.zeros((3, 2)), np.zeros((3, 1)), None, r"in shape \(3,\)"),
    ],
)
def test_what_cannot_be_compared_is_refused(prediction: Any, target: Any, threshold: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        training.accuracy(prediction, target, threshold=threshold)


def test_mean_absolute_error() -> None:
    assert training.mae(tg.tensor([[1.0], [5.0]], requires_grad=True), [[2.0], [2.0]]) == 2.0
    with pytest.raises(ValueError, match="E08"):
        training.mae([[1.0], [5.0]], [2.0, 2.0])


@pytest.mark.parametrize("metrics", ["accuracy", ["accuracy"], [training.accuracy], {"accuracy": "accuracy"}])
@pytest.mark.parametrize(
    ("loss", "last", "target", "right"),
    [
        (nn.CrossEntropyLoss(), nn.Linear(3, 3), CLASSES, lambda out: out.argmax(axis=1) == CLASSES),
        (nn.BCEWithLogitsLoss(), nn.Linear(3, 1), BINARY, lambda out: (out > 0) == BINARY),
        (F.binary_cross_entropy_with_logits, nn.Linear(3, 1), BINARY, lambda out: (out > 0) == BINARY),
        (nn.BCELoss(), nn.Sequential(nn.Linear(3, 1), nn.Sigmoid()), BINARY, lambda out: (out > 0.5) == BINARY),
        (F.binary_cross_entropy, nn.Sequential(nn.Linear(3, 1), nn.Sigmoid()), BINARY, lambda p: (p > 0.5) == BINARY),
    ],
)  # fmt: skip
def test_fit_and_evaluate_know_the_threshold(metrics: Any, loss: Any, last: Any, target: Any, right: Any) -> None:
    data = DataLoader((X, target), 7)
    history = training.fit(
        last, loss, optim.SGD(last.parameters(), lr=0.5), data, epochs=2, valid=data, metrics=metrics, progress=False
    )
    share = float(np.mean(right(last(X).detach().numpy())))
    assert history["valid_accuracy"][-1] == pytest.approx(share)
    assert training.evaluate(last, loss, (X, target), metrics)["accuracy"] == share
    assert 0 < history["accuracy"][0] <= 1
