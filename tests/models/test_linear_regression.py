"""Linear regression: the lecture's land prices, against normal equations, and the manners that all regressors share."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, training
from tinygrad_vn.models import LinearRegression, MLPClassifier
from tinygrad_vn.models.fitting.convex import ConvergenceWarning
from tinygrad_vn.models.fitting.kept import NotFittedError

AREA = np.array([[56.0], [45.0], [234.0], [113.0], [542.0], [351.0]])  # 003_5f9638466f993df0.txt, m²
PRICE = np.array([45.0, 23.0, 199.0, 123.0, 448.0, 367.0])  # million VND

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4)) * [1.0, 10.0, 0.01, 3.0] + [0.0, 5.0, 100.0, -2.0]
Y = X @ [2.0, -1.0, 50.0, 0.0] + RNG.normal(size=60)
WEIGHT = RNG.uniform(0.1, 3.0, 60)


def exact(X: Any, y: Any, alpha: float = 0.0, weight: Any = None) -> tuple[Any, float]:
    """w and b from the normal equations of centred data."""
    s = np.ones(len(X)) if weight is None else weight
    mean, level = s @ X / s.sum(), s @ y / s.sum()
    A = X - mean
    w = np.linalg.solve((A.T * s) @ A + alpha * np.eye(X.shape[1]), (A.T * s) @ (y - level))
    return w, level - w @ mean


def test_land_prices_three_ways() -> None:
    """The estimator, an nn.Linear trained by hand, and the formula for one feature give the same line."""
    area, price = AREA[:, 0], PRICE
    w = ((area - area.mean()) * (price - price.mean())).sum() / ((area - area.mean()) ** 2).sum()
    b = price.mean() - w * area.mean()
    model = LinearRegression().fit(AREA, PRICE)
    assert model.coef_[0] == pytest.approx(w, rel=1e-9)
    assert model.intercept_ == pytest.approx(b, rel=1e-8)
    net = nn.Linear(1, 1)
    optimizer = optim.LBFGS(net.parameters(), line_search_fn="strong_wolfe")
    training.fit(net, nn.MSELoss(), optimizer, (AREA, PRICE[:, np.newaxis]), epochs=30, progress=False)
    assert net.weight.item() == pytest.approx(w, rel=1e-5)
    assert net.bias.item() == pytest.approx(b, rel=1e-4)
    assert f"{w:.4f} {b:.4f}" == "0.8757 5.1059"  # as the module's opening says


def test_the_network_underneath_says_the_same_in_the_units_of_the_data() -> None:
    model = LinearRegression().fit(AREA, PRICE)
    assert isinstance(model.model, nn.Linear)
    np.testing.assert_allclose(model.model(tg.tensor(AREA)).detach().numpy()[:, 0], model.predict(AREA), rtol=1e-12)
    assert model.history.stopped_by
    assert model.n_iter_ == len(model.history) > 0
    assert model.history.loss[-1] < model.history.loss[0]


@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("alpha", [0.0, 0.5, 30.0])
def test_the_minimum_is_that_of_the_normal_equations(alpha: float, weight: Any) -> None:
    model = LinearRegression("l2" if alpha else None, alpha).fit(X, Y, sample_weight=weight)
    w, b = exact(X, Y, alpha, weight)
    np.testing.assert_allclose(model.coef_, w, rtol=1e-5, atol=1e-6)
    assert model.intercept_ == pytest.approx(b, rel=1e-4)


def test_a_weight_of_two_is_the_row_twice() -> None:
    twice = LinearRegression("l1", 0.3).fit(np.vstack([X, X[:5]]), np.append(Y, Y[:5]))
    weighted = LinearRegression("l1", 0.3).fit(X, Y, sample_weight=np.where(np.arange(60) < 5, 2.0, 1.0))
    np.testing.assert_allclose(weighted.coef_, twice.coef_, rtol=1e-6)


def test_the_lasso_obeys_its_optimality_conditions() -> None:
    """Where w ≠ 0 the slope of the squares is alpha · sign(w), where w = 0 it is no larger than alpha."""
    alpha = 0.4
    model = LinearRegression("l1", alpha).fit(X, Y)
    slope = (X - X.mean(axis=0)).T @ (model.predict(X) - Y) / len(Y)
    chosen = model.coef_ != 0
    assert 0 < chosen.sum() < 4
    np.testing.assert_allclose(slope[chosen], -alpha * np.sign(model.coef_[chosen]), rtol=1e-5)
    assert (np.abs(slope[~chosen]) <= alpha).all()


def test_without_an_intercept() -> None:
    model = LinearRegression(fit_intercept=False).fit(X, Y)
    np.testing.assert_allclose(model.coef_, np.linalg.lstsq(X, Y)[0], rtol=1e-5)
    assert model.intercept_ == 0
    assert model.predict(np.zeros((1, 4))).tolist() == [0.0]


def test_several_targets_at_once() -> None:
    both = np.column_stack([Y, -3 * Y + 1])
    model = LinearRegression().fit(X, both)
    assert model.predict(X).shape == (60, 2)
    assert model.coef_.shape == (2, 4)
    np.testing.assert_allclose(model.coef_[1], -3 * model.coef_[0], rtol=1e-5)
    assert model.score(X, both) == pytest.approx(LinearRegression().fit(X, Y).score(X, Y))
    assert LinearRegression().fit(X, Y[:, np.newaxis]).predict(X).shape == (60, 1)


def test_a_constant_column_changes_nothing() -> None:
    with_constant = np.column_stack([X, np.full(60, 0.1)])
    model = LinearRegression().fit(with_constant, Y)
    np.testing.assert_allclose(model.coef_[:4], exact(X, Y)[0], rtol=1e-5, atol=1e-6)
    assert model.coef_[4] == 0


def test_score_is_the_share_of_the_variance() -> None:
    model = LinearRegression().fit(X, Y)
    error, variance = (Y - model.predict(X)) ** 2, (Y - Y.mean()) ** 2
    assert model.score(X, Y) == pytest.approx(1 - error.sum() / variance.sum())
    assert model.score(X, np.full(60, 3.0)) == 0.0
    level = WEIGHT @ Y / WEIGHT.sum()
    assert model.score(X, Y, WEIGHT) == pytest.approx(1 - (WEIGHT @ error) / (WEIGHT @ (Y - level) ** 2))


def test_a_table_of_objects_that_are_numbers_is_one_of_numbers() -> None:
    mixed = np.array([[1, 2.5], [True, np.float32(3)], [np.int64(4), 0]], dtype=object)
    model = LinearRegression("l2").fit(mixed, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(model.coef_, LinearRegression("l2").fit(mixed.astype(float), [1.0, 2.0, 3.0]).coef_)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.where(np.arange(60) == 7, np.nan, Y), r"1 values of y are NaN or infinite, the first is y\[7\]"),
        (Y[:59], "X has 60 samples, but y has 59: give one for each"),
        (Y.astype(str), r"y\[0\] is '.*', a text"),
        (np.column_stack([Y, Y]), "y has 2 targets per sample, but LinearRegression predicts 1"),
    ],
)
def test_scores_against_what_is_no_target_are_refused(target: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinearRegression().fit(X, Y).score(X, target)


def test_units_of_the_target_do_not_matter() -> None:
    """Prices in billions or in cents: the same relative precision, with corners and without."""
    for penalty, alpha in ((None, 0.0), ("l1", 0.3)):
        once = LinearRegression(penalty, alpha).fit(X, Y)
        for unit in (1e-9, 1e9):
            scaled = LinearRegression(penalty, alpha * unit).fit(X, Y * unit)
            np.testing.assert_allclose(scaled.coef_ / unit, once.coef_, rtol=1e-6, atol=1e-9)


def test_no_minimum_in_a_few_steps_is_told() -> None:
    with pytest.warns(
        ConvergenceWarning, match=r"no minimum was reached in 2 steps: the last moved .* by \d"
    ) as caught:
        LinearRegression("l1", max_iter=2).fit(X, Y)
    assert caught[0].filename == __file__


# --- settings, files, pictures: what all estimators share -----------------------------------------------------------


def test_settings_are_read_changed_and_shown() -> None:
    model = LinearRegression("l2", alpha=0.5)
    assert repr(model) == "LinearRegression(penalty='l2', alpha=0.5)"
    assert repr(LinearRegression()) == "LinearRegression()"
    assert model.get_params() == {"penalty": "l2", "alpha": 0.5, "fit_intercept": True, "tol": 1e-9, "max_iter": 100}
    assert model.set_params(alpha=2.0) is model
    assert model.alpha == 2.0
    with pytest.raises(ValueError, match=r"LinearRegression has no setting 'C'; there are penalty, alpha"):
        model.set_params(alpha=3.0, C=1)
    assert model.alpha == 2.0


def test_save_and_load(tmp_path: Path) -> None:
    model = LinearRegression("l2").fit(X, Y)
    model.save(tmp_path / "line.npz")
    model.set_params(alpha=7.0)
    again = LinearRegression.load(tmp_path / "line.npz")
    assert np.array_equal(again.predict(X), model.predict(X))
    assert again.get_params() == LinearRegression("l2").get_params()
    assert again.history.loss == model.history.loss
    with pytest.raises(ValueError, match=r"line.npz holds LinearRegression, not a MLPClassifier"):
        MLPClassifier.load(tmp_path / "line.npz")
    tg.save(tmp_path / "other.npz", [1.0])
    with pytest.raises(ValueError, match=r"other.npz holds list, not a LinearRegression"):
        LinearRegression.load(tmp_path / "other.npz")


def test_a_failed_fit_leaves_the_earlier_one() -> None:
    model = LinearRegression().fit(AREA, PRICE)
    before = model.predict(AREA)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(X, np.where(np.arange(60) == 3, np.nan, Y))
    assert np.array_equal(model.predict(AREA), before)


def test_draw() -> None:
    source = LinearRegression().fit(AREA, PRICE).draw(AREA[:1]).source
    assert "0.8757" in source


class Frame:
    """As much of a pandas DataFrame as an estimator looks at."""

    def __init__(self, values: Any, columns: list[str]) -> None:
        self.values, self.columns = values, columns

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values


def test_columns_with_names_keep_their_order(tmp_path: Path) -> None:
    model = LinearRegression().fit(Frame(X, ["a", "b", "c", "d"]), Y)
    assert model.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert model.predict(X).shape == (60,)
    model.save(tmp_path / "m.npz")
    for one in (model, LinearRegression.load(tmp_path / "m.npz")):
        with pytest.raises(
            ValueError, match=r"the columns of X are b, a, c, d, but LinearRegression learned from a, b"
        ):
            one.predict(Frame(X, ["b", "a", "c", "d"]))


WRONG: list[tuple[Any, Any, Any, type[Exception], str]] = [
    ([1.0, 2.0], [1.0, 2.0], None, ValueError, r"not \(2,\); write X.reshape\(-1, 1\) if it is one feature"),
    ([[1.0], [np.nan]], [1.0, 2.0], None, ValueError, r"1 values of X are NaN or infinite, the first is X\[1, 0\]"),
    ([[1.0], [np.inf]], [1.0, 2.0], None, ValueError, r"X\[1, 0\]"),
    ([[1.0], [None]], [1.0, 2.0], None, ValueError, r"X\[1, 0\]"),
    ([["a"], ["b"]], [1.0, 2.0], None, ValueError, r"X\[0, 0\] is 'a', a text; turn texts into numbers"),
    (np.array([[1.0], ["2"]], dtype=object), [1.0, 2.0], None, ValueError, r"X\[1, 0\] is '2', a text"),
    ([[{}], [1.0]], [1.0, 2.0], None, ValueError, "X is no table of numbers"),
    ([[1.0], [2.0, 3.0]], [1.0, 2.0], None, ValueError, "X is no table of numbers"),
    ([[1j], [2.0]], [1.0, 2.0], None, ValueError, "X holds complex128"),
    (np.empty((0, 2)), [], None, ValueError, r"X has shape \(0, 2\): there must be at least one sample"),
    ([[1.0], [2.0]], [1.0], None, ValueError, "X has 2 samples, but y has 1"),
    ([[1.0], [2.0]], [1.0, np.nan], None, ValueError, r"y\[1\]"),
    ([[1.0], [2.0]], ["a", "b"], None, ValueError, r"y\[0\] is 'a', a text"),
    ([[1.0], [2.0]], 1.0, None, ValueError, r"y needs shape \(samples,\) or \(samples, targets\), not \(\)"),
    ([[1.0], [2.0]], [1.0, 2.0], [1.0], ValueError, r"one number per sample, shape \(2,\), not \(1,\)"),
    ([[1.0], [2.0]], [1.0, 2.0], [1.0, -1.0], ValueError, r"sample_weight\[1\] is -1.0"),
    ([[1.0], [2.0]], [1.0, 2.0], [0.0, 0.0], ValueError, "all weights in sample_weight are 0"),
]


@pytest.mark.parametrize(("rows", "target", "weight", "kind", "message"), WRONG)
def test_what_cannot_be_meant_is_refused(rows: Any, target: Any, weight: Any, kind: Any, message: str) -> None:
    with pytest.raises(kind, match=message):
        LinearRegression().fit(rows, target, sample_weight=weight)
    tg.set_language("vi")
    with pytest.raises(kind) as caught:
        LinearRegression().fit(rows, target, sample_weight=weight)
    assert any(letter in str(caught.value) for letter in "ảàạốớươđị")


def test_what_was_not_fitted_is_an_error_that_scikit_learns_users_know() -> None:
    for caught in (NotFittedError, ValueError, AttributeError):
        with pytest.raises(caught):
            LinearRegression().predict(X)
    assert {
        name for name in vars(LinearRegression().fit(X, Y)) if not name.startswith("_") and not name.endswith("_")
    } == {
        *LinearRegression().get_params(),
        "model",
        "history",
    }


def test_other_widths_and_unfitted_models_are_refused() -> None:
    with pytest.raises(NotFittedError, match=r"this LinearRegression has not learned anything yet: call fit\(X, y\)"):
        LinearRegression().predict(X)
    with pytest.raises(ValueError, match="X has 1 features, but LinearRegression is expecting 4 features as input"):
        LinearRegression().fit(X, Y).predict(AREA)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"penalty": "L1"}, r"penalty='L1' is none of None, 'l2', 'l1'"),
        ({"alpha": -1.0}, r"alpha=-1.0 makes no sense; it must be a number ≥ 0"),
        ({"max_iter": 2.5}, r"max_iter=2.5 makes no sense; it must be a whole number ≥ 1"),
    ],
)
def test_settings_are_checked_by_fit(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinearRegression(**settings).fit(X, Y)


def test_sparse_tables_are_refused() -> None:
    class Sparse:
        def toarray(self) -> None: ...

    with pytest.raises(TypeError, match=r"X is a sparse matrix; write X.toarray\(\)"):
        LinearRegression().fit(Sparse(), Y)
