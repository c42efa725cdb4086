"""The baselines and the matrix factorization: what they learn, what they predict, what they refuse."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tinygrad_vn.data import lecture_table
from tinygrad_vn.language import set_language
from tinygrad_vn.models import (
    GlobalMean,
    MatrixFactorization,
    MeanAndBiases,
    Recommender,
    SparseMatrixFactorization,
)

X = np.array([[0, 0], [0, 1], [1, 0], [1, 2], [2, 1]])
Y = np.array([5.0, 3.0, 4.0, 2.0, 1.0])


def small(**settings: Any) -> SparseMatrixFactorization:
    return SparseMatrixFactorization(n_factors=2, epochs=500, **settings)


def test_global_mean() -> None:
    model = GlobalMean().fit(X, Y)
    assert model.predict([[0, 0], [2, 2]]).tolist() == [3.0, 3.0]
    assert model.rmse(X, Y) == pytest.approx(np.std(Y))
    assert model.score(X, Y) == pytest.approx(0)


def test_mean_and_biases_minimise_their_objective() -> None:
    """Against the normal equations, solved at once."""
    model = MeanAndBiases(user_penalty=0.5, item_penalty=0.7, n_sweeps=200).fit(X, Y)
    A = np.zeros((len(Y), 6))
    A[np.arange(len(Y)), X[:, 0]] = A[np.arange(len(Y)), 3 + X[:, 1]] = 1
    exact = np.linalg.solve(A.T @ A + np.diag([0.5] * 3 + [0.7] * 3), A.T @ (Y - Y.mean()))
    np.testing.assert_allclose(np.concatenate([model.user_biases, model.item_biases]), exact, atol=1e-12)
    np.testing.assert_allclose(model.predict(X), Y.mean() + A @ exact)


@pytest.mark.parametrize("seed", range(10))
def test_the_lectures_table_from_every_seed(seed: int) -> None:
    """The lecture, with a spreadsheet's solver: 2.82 before, 0.41 after."""
    data = lecture_table()
    X = np.stack([data.users, data.items], axis=1)
    model = SparseMatrixFactorization(seed=seed).fit(X, data.ratings)
    assert 2.6 <= model.history[0] <= 3.2
    assert model.history[-1] <= 0.41
    assert model.history[-1] == model.rmse(X, data.ratings)
    assert len(model.history) == 3001


def test_biases_learn_what_the_baseline_learns() -> None:
    """Without room for factors, the same objective has the same minimum."""
    model = SparseMatrixFactorization(1, biases=True, epochs=2000, penalty=1e3, bias_penalty=0.5).fit(X, Y)
    baseline = MeanAndBiases(user_penalty=0.5, item_penalty=0.5, n_sweeps=200).fit(X, Y)
    np.testing.assert_allclose(model.user_biases.data, baseline.user_biases, atol=1e-3)
    np.testing.assert_allclose(model.predict(X), baseline.predict(X), atol=1e-3)


def test_the_penalty_is_the_documented_one() -> None:
    """At the minimum of Σ (r − r̂)² + λ(‖U‖² + ‖M‖²) each user's factors are the ridge solution for fixed M."""
    model = SparseMatrixFactorization(2, epochs=4000, lr=0.02, penalty=0.3).fit(X, Y)
    M = model.item_factors.data
    for user in range(3):
        rated = X[:, 0] == user
        A = M[X[rated, 1]]
        exact = np.linalg.solve(A.T @ A + 0.3 * np.eye(2), A.T @ Y[rated])
        np.testing.assert_allclose(model.user_factors.data[user], exact, atol=1e-4)


def test_training_fits_and_repeats_itself() -> None:
    model, twin, other = (
        small(seed=3).fit(X, Y),
        small(seed=np.random.default_rng(3)).fit(X, Y),
        small(seed=4).fit(X, Y),
    )
    assert model.score(X, Y) > 0.999
    assert model.predict_table().tolist() == twin.predict_table().tolist()
    assert model.predict_table().tolist() != other.predict_table().tolist()


def test_progress_is_reported() -> None:
    told: list[tuple[int, float]] = []
    model = SparseMatrixFactorization(2, epochs=3, on_epoch=lambda epoch, rmse: told.append((epoch, rmse))).fit(X, Y)
    assert told == list(zip([1, 2, 3], model.history, strict=False))


def test_recommendations_are_the_unseen_films_best_first() -> None:
    model = small().fit(X, Y, shape=(3, 5))
    items, ratings = model.recommend(0)
    assert sorted(items) == [2, 3, 4]
    assert ratings.tolist() == sorted(ratings, reverse=True)
    assert ratings.tolist() == model.predict([[0, item] for item in items]).tolist()
    assert model.recommend(0, n=1)[0].tolist() == items[:1].tolist()
    assert sorted(model.recommend(0, exclude=[4])[0]) == [2, 3]
    assert [len(part) for part in small().fit([[0, 0]], [3.0]).recommend(0)] == [0, 0]
    with pytest.raises(ValueError, match="user number 7"):
        model.recommend(7)
    with pytest.raises(ValueError, match="user number -1"):
        model.recommend(-1)


def test_users_and_films_without_ratings_get_the_mean() -> None:
    model = SparseMatrixFactorization(2, biases=True, epochs=400, penalty=1, bias_penalty=1).fit(X, Y, shape=(4, 4))
    assert model.predict([[3, 3]])[0] == pytest.approx(3.0, abs=0.01)


@pytest.mark.parametrize(
    ("pairs", "ratings", "shape", "says"),
    [
        (np.zeros((0, 2), int), [], None, "no ratings"),
        ([0, 1], [3.0, 4.0], None, r"shape \(n, 2\)"),
        ([[0.0, 1.0]], [3.0], None, "whole numbers"),
        ([[0, 1]], [3.0, 4.0], None, "one rating for each pair"),
        ([[0, 1]], [np.nan], None, r"y\[0\] is nan, no rating"),
        ([[0, 1]], ["good"], None, "y holds something that is no number"),
        ([[0, 1], [0, 2]], [1.0, np.inf], None, r"y\[1\]"),
        ([[-1, 1]], [3.0], None, "user number -1"),
        ([[0, 2]], [3.0], (1, 2), "film number 2 is unknown; they go from 0 to 1"),
    ],
)
@pytest.mark.parametrize("model", [GlobalMean(), MeanAndBiases(), small()], ids=lambda m: type(m).__name__)
def test_unfit_ratings_are_refused(model: Recommender, pairs: Any, ratings: Any, shape: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        model.fit(pairs, ratings, shape)


@pytest.mark.parametrize("settings", [{"n_factors": 0}, {"epochs": 0}, {"n_factors": 2.5}])
def test_a_model_of_nothing_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="makes no sense; take a whole number from 1"):
        SparseMatrixFactorization(**settings)
    with pytest.raises(ValueError, match="makes no sense; take a whole number from 1"):
        MatrixFactorization(**settings)


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (lambda: small().fit(np.zeros((0, 2), int), []), "không có điểm đánh giá nào để học"),
        (lambda: small().fit([0, 1], [3.0]), "X cần shape (n, 2) và các số nguyên"),
        (lambda: small().fit([[0, 1]], [3.0, 4.0]), "X có 1 cặp, còn y có shape (2,); y cần mỗi cặp một điểm"),
        (lambda: small().fit([[0, 1]], [np.nan]), "y[0] là nan, không phải là điểm"),
        (lambda: small().fit([[0, 1]], ["hay"]), "y chứa thứ không phải là số"),
        (lambda: GlobalMean().fit(X, Y).predict([[3, 0]]), "không có người dùng số 3; các số đi từ 0 đến 2"),
        (lambda: GlobalMean().fit(X, Y).predict([[0, 9]]), "không có phim số 9; các số đi từ 0 đến 2"),
        (lambda: MeanAndBiases().predict(X), "MeanAndBiases này chưa học gì"),
        (lambda: small().recommend(0), "SparseMatrixFactorization này chưa học gì"),
        (lambda: MatrixFactorization(0), "n_factors=0 không hợp lệ; hãy chọn một số nguyên từ 1 trở lên"),
    ],
)
def test_errors_speak_vietnamese(mistake: Callable[[], Any], says: str) -> None:
    set_language("vi")
    with pytest.raises(ValueError, match=re.escape(says)):
        mistake()


def test_a_recommender_must_say_how_it_learns_and_predicts() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Recommender()  # type: ignore[abstract]
