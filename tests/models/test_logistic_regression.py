"""Logistic regression: the one neuron of the lecture, against Newton's method, and what classifiers share."""

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, training
from tinygrad_vn.models import LogisticRegression
from tinygrad_vn.models.fitting.convex import ConvergenceWarning, Objective
from tinygrad_vn.models.fitting.labels import DataConversionWarning

RNG = np.random.default_rng(1)
X = RNG.normal(size=(80, 3)) * [1.0, 20.0, 0.1] + [0.0, 3.0, 50.0]
LABEL = (X @ [1.5, 0.02, 4.0] + RNG.normal(size=80) * 1.5 > 200.3).astype(int)
THREE = np.array(["thấp", "vừa", "cao"])[np.digitize(X[:, 0] + RNG.normal(size=80) * 0.5, [-0.5, 0.5])]


def newton(X: Any, y: Any, C: float = np.inf) -> Any:
    """w and b at the minimum of −∑ log ŷ + ‖w‖²/2C, by Newton's method: solve H·step = gradient until it is 0."""
    A = np.column_stack([X, np.ones(len(X))])
    ridge = np.diag([1 / C] * X.shape[1] + [0.0])
    scale = np.append(1 / X.std(axis=0), 1.0)
    theta = np.zeros(A.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-A @ theta))
        gradient = A.T @ (p - y) + ridge @ theta
        H = (A.T * (p * (1 - p))) @ A + ridge
        theta -= scale * np.linalg.solve(scale[:, None] * H * scale, scale * gradient)
    return theta


def test_the_lectures_neuron_three_ways() -> None:
    """001_138430595a83a231.txt, 2.1: ŷ = σ(w₀ + w₁x₁ + w₂x₂), by the estimator, as a net, and by Newton's method."""
    x = (X[:, :2] - X[:, :2].mean(axis=0)) / X[:, :2].std(axis=0)
    exact = newton(x, LABEL)
    model = LogisticRegression(penalty=None).fit(x, LABEL)
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    exactly = {"tolerance_grad": 1e-12, "tolerance_change": 1e-15}
    optimizer = optim.LBFGS(net.parameters(), line_search_fn="strong_wolfe", **exactly)
    training.fit(net, nn.BCELoss(), optimizer, (x, LABEL[:, np.newaxis] * 1.0), epochs=20, progress=False)
    np.testing.assert_allclose([*model.coef_[0], *model.intercept_], exact, rtol=1e-6)
    np.testing.assert_allclose([*net[0].weight.detach().numpy()[0], net[0].bias.item()], exact, rtol=1e-4)
    by_hand = 1 / (1 + np.exp(-(x @ exact[:2] + exact[2])))
    np.testing.assert_allclose(model.predict_proba(x)[:, 1], by_hand, atol=1e-7)
    np.testing.assert_allclose(net(tg.tensor(x)).detach().numpy()[:, 0], by_hand, atol=1e-4)


def test_the_network_underneath_is_the_lectures_neuron() -> None:
    model = LogisticRegression().fit(X, LABEL)
    assert [type(layer) for layer in model.model] == [nn.Linear, nn.Sigmoid]
    assert np.array_equal(model.model(tg.tensor(X)).detach().numpy()[:, 0], model.predict_proba(X)[:, 1])
    assert "σ" in model.draw(X[:1]).source


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_the_penalised_minimum_is_newtons(C: float) -> None:
    model = LogisticRegression(C=C).fit(X, LABEL)
    np.testing.assert_allclose([*model.coef_[0], *model.intercept_], newton(X, LABEL, C), rtol=1e-3, atol=1e-5)


def test_the_l1_penalty_obeys_its_optimality_conditions() -> None:
    C = 0.5
    model = LogisticRegression("l1", C=C).fit(X, LABEL)
    slope = C * X.T @ (model.predict_proba(X)[:, 1] - LABEL)
    w = model.coef_[0]
    assert 0 < (w != 0).sum() < 3
    np.testing.assert_allclose(slope[w != 0], -np.sign(w[w != 0]), rtol=1e-4)
    assert (np.abs(slope[w == 0]) <= 1).all()
    assert abs((model.predict_proba(X)[:, 1] - LABEL).sum()) < 1e-4  # the intercept is not penalised


def test_several_classes_of_texts() -> None:
    model = LogisticRegression().fit(X, THREE)
    assert model.classes_.tolist() == ["cao", "thấp", "vừa"]
    assert model.coef_.shape == (3, 3)
    probability = model.predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert np.array_equal(model.predict(X), model.classes_[probability.argmax(axis=1)])
    assert model.score(X, THREE) == np.mean(model.predict(X) == THREE) > 0.6
    one_hot = THREE[:, np.newaxis] == model.classes_
    np.testing.assert_allclose((probability - one_hot).T @ X + model.coef_, 0, atol=2e-4)  # the gradient of J


LABELS: list[list[Any]] = [
    [0, 1, 1, 0, 1, 0],
    [-1, 7, 7, -1, 7, -1],
    [False, True, True, False, True, False],
    ["b", "a", "a", "b", "a", "b"],
    [1.0, 2.0, 2.0, 1.0, 2.0, 1.0],
]


@pytest.mark.parametrize("labels", LABELS)
def test_labels_of_any_type_come_back(labels: list[Any], tmp_path: Path) -> None:
    x = [[1.0], [3.0], [2.5], [0.5], [4.0], [1.2]]
    for y in (
        labels,
        np.array(labels),
        np.array(labels, dtype=object),
        tg.tensor(labels) if labels[0] != "b" else labels,
    ):
        model = LogisticRegression(C=100).fit(x, y)
        assert model.predict(x).tolist() == labels
        model.save(tmp_path / "m.npz")
        again = LogisticRegression.load(tmp_path / "m.npz")
        assert again.predict(x).tolist() == labels
        assert again.classes_.dtype == model.classes_.dtype


def test_weights_of_samples() -> None:
    weight = np.where(np.arange(80) < 10, 3.0, 1.0)
    many = np.concatenate([np.arange(80), np.arange(10), np.arange(10)])
    for y in (LABEL, THREE):
        weighted = LogisticRegression().fit(X, y, sample_weight=weight)
        repeated = LogisticRegression().fit(X[many], y[many])
        np.testing.assert_allclose(weighted.coef_, repeated.coef_, rtol=1e-3, atol=1e-5)
    assert weighted.score(X, y, weight) == pytest.approx(weighted.score(X[many], y[many]))


@pytest.mark.parametrize(
    ("y", "kind", "message"),
    [
        ([1, 1], ValueError, "there is only one class in y, 1; a classifier needs samples of at least two"),
        ([0.5, 1.0], ValueError, r"y\[0\] is 0.5: a class is a whole number or a name; .* take a regressor"),
        (["a", None], ValueError, r"y\[1\] is missing"),
        ([1.0, np.nan], ValueError, r"y\[1\] is missing"),
        ([[1, 0], [0, 1]], ValueError, r"y.argmax\(axis=1\)"),
        (np.array(["a", 1], dtype=object), TypeError, r"several types \(int, str\)"),
        ([1, 2, 3], ValueError, "X has 2 samples, but y has 3"),
    ],
)
def test_labels_that_are_none_are_refused(y: Any, kind: Any, message: str) -> None:
    with pytest.raises(kind, match=message):
        LogisticRegression().fit([[1.0], [2.0]], y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1, 1], "X has 80 samples, but y has 3"),
        (np.where(np.arange(80) == 4, np.nan, LABEL), r"y\[4\] is missing; leave such samples out"),
        (LABEL.astype(str), r"y\[0\] is '[01]', but the classes are 0, 1: give labels of the same type"),
        (np.where(np.arange(80) == 2, "1", LABEL.astype(object)), r"y\[2\] is '1', but"),
        (LABEL + 0.5, r"y\[0\] is [01].5: a class is a whole number"),
        (np.eye(2)[LABEL], r"not \(80, 2\); of one column per class, y.argmax"),
    ],
)
def test_scores_against_what_is_no_label_are_refused(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LogisticRegression().fit(X, LABEL).score(X, y)


def test_scores_take_numbers_for_numbers_and_count_unknown_classes_as_wrong() -> None:
    model = LogisticRegression().fit(X, LABEL)
    right = model.score(X, LABEL)
    for same in (LABEL.astype(float), LABEL.astype(bool), LABEL.astype(object), LABEL.tolist()):
        assert model.score(X, same) == right
    assert model.score(X, np.full(80, 7)) == 0.0
    assert LogisticRegression().fit(X, THREE).score(X, THREE.astype(object)) > 0.6


def test_a_column_of_labels_is_taken_with_a_warning() -> None:
    with pytest.warns(DataConversionWarning, match=r"y has shape \(80, 1\), a column; write y.ravel\(\)"):
        model = LogisticRegression().fit(X, LABEL[:, np.newaxis])
    assert model.predict(X).shape == (80,)


def test_more_columns_than_could_be_written_into_a_matrix() -> None:
    """3,000 weights: conjugate gradients. The gradient of J is 0 at the minimum."""
    rows = np.random.default_rng(3).normal(size=(60, 3_000))
    y = (rows[:, 0] > 0).astype(int)
    model = LogisticRegression().fit(rows, y)
    np.testing.assert_allclose((model.predict_proba(rows)[:, 1] - y) @ rows + model.coef_[0], 0, atol=1e-6)


def test_classes_that_a_plane_parts_have_no_minimum() -> None:
    with pytest.warns(UserWarning, match="no minimum"):
        LogisticRegression(penalty=None, max_iter=20, tol=1e-12).fit([[1.0], [2.0], [3.0]], [0, 1, 1])


def test_a_fit_that_is_interrupted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the first step: `training.fit` ends after it, and the coefficients are on their way."""
    value, asked = Objective.value, []

    def interrupted(self: Objective) -> float:
        if not asked:
            asked.append(True)
            signal.raise_signal(signal.SIGINT)
        return value(self)

    monkeypatch.setattr(Objective, "value", interrupted)
    with pytest.warns(ConvergenceWarning, match="no minimum was reached in 1 steps"):
        model = LogisticRegression().fit(X, LABEL)
    assert model.history.interrupted


def test_settings_are_checked() -> None:
    with pytest.raises(ValueError, match="C=0 makes no sense; it must be a number > 0"):
        LogisticRegression(C=0).fit(X, LABEL)
    with pytest.raises(ValueError, match="penalty='elasticnet' is none of 'l2', 'l1', None"):
        LogisticRegression("elasticnet").fit(X, LABEL)
