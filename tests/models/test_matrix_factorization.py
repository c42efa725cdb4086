"""The report's factorization of a whole table, against its own numbers and against its formulas by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.errors import DataError
from tinygrad_vn.models import GlobalMean, MatrixFactorization
from tinygrad_vn.models.report_tables import LAST_USER, RATINGS, START, random_table, worked_example
from tinygrad_vn.nn import functional as F

# As the report prints them.
PRODUCTS = [
    [1.44, 1.37, 2.26, 0.7, 0.59],
    [1.32, 1.53, 1.85, 0.91, 0.5],
    [2.76, 3.37, 3.73, 2.07, 1.02],
    [1.68, 1.99, 2.32, 1.2, 0.63],
]
FULL = [[3, 1, 1, 3, 1], [1, 2, 4, 1, 3], [3, 1, 1, 3, 1], [4, 3, 5, 4, 4]]


def by_hand(table: np.ndarray, U: np.ndarray, M: np.ndarray, lr: float, steps: int, rates: dict[float, float]) -> list:
    """The report's program: the loss after every step."""
    rated, errors, passed = table != 0, [], 0
    target = np.where(rated, table - table[rated].mean(), 0)
    for _ in range(steps):
        difference = (target - U @ M.T) * rated
        errors.append((difference**2).sum() / rated.sum())
        below = [threshold for threshold in sorted(rates, reverse=True) if errors[-1] < threshold]
        if len(below) > passed:
            passed, lr = len(below), rates[below[-1]]
        gradients = -2 / rated.sum() * difference @ M, -2 / rated.sum() * difference.T @ U
        U, M = U - lr * gradients[0], M - lr * gradients[1]
    return errors


def test_the_worked_example_is_solved_exactly() -> None:
    model = MatrixFactorization(2, lr=0.1, centred=False, stop_below=1e-20, start=START).fit_table(RATINGS)
    np.testing.assert_allclose(START[0] @ START[1].T, PRODUCTS, atol=1e-12)
    assert model.errors[0] == pytest.approx(np.mean((np.array(PRODUCTS) - RATINGS)[RATINGS != 0] ** 2))
    np.testing.assert_allclose(model.predict_table(), FULL, atol=1e-8)
    items, ratings = model.recommend(3)
    assert items.tolist() == [2, 0]  # M3 before M1
    np.testing.assert_allclose(ratings, [5, 4], atol=1e-8)
    assert [len(found) for found in model.recommend(0)] == [0, 0]


def test_the_worked_example_as_data() -> None:
    data = worked_example()
    assert (len(data), data.user_ids.tolist(), data.item_ids.tolist()) == (
        18,
        [*"ABCD"],
        ["M1", "M2", "M3", "M4", "M5"],
    )
    assert np.argwhere(np.isnan(data.matrix())).tolist() == [[3, 0], [3, 2]]
    known = ~np.isnan(data.matrix())
    assert data.matrix()[known].tolist() == np.array(FULL)[known].tolist()


def test_steps_are_those_of_the_reports_program() -> None:
    """With its rates by threshold; once passed, a threshold stays passed."""
    table = random_table(40, 12, seed=3).matrix()
    rng = np.random.default_rng(1)
    start = rng.standard_normal((41, 4)), rng.standard_normal((12, 4))
    rates = {1.2: 1.5, 1.0: 0.5}
    model = MatrixFactorization(4, lr=3, epochs=400, rates=rates, start=start).fit_table(table)
    expected = by_hand(np.nan_to_num(table), *start, 3, 401, rates)
    np.testing.assert_allclose(model.errors, expected, rtol=1e-9)
    assert expected[-1] < 1.0 < expected[0]
    assert model.history == [math.sqrt(error) for error in model.errors]
    assert start[0][0, 0] == np.random.default_rng(1).standard_normal((41, 4))[0, 0]  # the start is only read


@pytest.mark.parametrize(
    ("lr", "threshold", "iterations"),
    [(0.5, 3, 117), (1, 3, 55), (0.8, 2, 205), (0.3, 2, 540), (2, 2, 81), (10, 2, 16)],
)
def test_the_early_path_is_the_reports(lr: float, threshold: float, iterations: int) -> None:
    """At which iteration its loss is first printed: below the threshold. Its table and its start are not known."""
    model = MatrixFactorization(lr=lr, epochs=700).fit_table(random_table().matrix())
    found = int(np.argmax(np.array(model.errors[1:]) < threshold))
    assert found == pytest.approx(iterations, rel=0.1, abs=2)


def test_ten_thousand_steps_end_where_the_report_ends() -> None:
    """It prints 1.5731 at rate 10, and 1.5545 for its longest run."""
    data = random_table()
    assert (data.n_users, data.n_items) == (501, 100)
    model = MatrixFactorization(lr=10, epochs=10_000).fit_table(data.matrix())
    assert model.errors[-1] == pytest.approx(1.56, abs=0.02)
    assert model.mean == pytest.approx(3, abs=0.05)
    items, ratings = model.recommend(500)
    assert len(items) == 97
    assert not {film - 1 for film in LAST_USER} & set(items.tolist())
    assert ratings.tolist() == sorted(ratings, reverse=True)
    np.testing.assert_allclose(model.predict([[500, film - 1] for film in LAST_USER]), [*LAST_USER.values()], atol=0.7)


def test_the_reports_rates_by_threshold_arrive_at_its_long_run() -> None:
    rates = {1.6: 50.0, 1.4: 30.0}
    model = MatrixFactorization(lr=100, epochs=2000, rates=rates).fit_table(random_table().matrix())
    assert model.errors[-1] == pytest.approx(1.5545, abs=0.015)


def test_a_penalty_is_the_documented_one() -> None:
    """At the minimum, each user's factors are the ridge solution for fixed M."""
    table = random_table(12, 8, seed=2).matrix()
    model = MatrixFactorization(2, lr=1, epochs=6000, penalty=1.5).fit_table(table)
    M = model.item_factors.detach().numpy()
    for user, row in enumerate(table[:12]):
        A, r = M[~np.isnan(row)], row[~np.isnan(row)] - model.mean
        exact = np.linalg.solve(A.T @ A + 1.5 * np.eye(2), A.T @ r)
        np.testing.assert_allclose(model.user_factors.detach().numpy()[user], exact, atol=1e-5)


def test_it_stops_where_it_is_told() -> None:
    model = MatrixFactorization(2, lr=0.1, centred=False, stop_below=0.5, start=START).fit_table(RATINGS)
    assert model.errors[-1] < 0.5 <= model.errors[-2]
    assert model.history[-1] == pytest.approx(model.rmse(*pairs_and_ratings(worked_example())))


def pairs_and_ratings(data: RatingsDataset) -> tuple[np.ndarray, np.ndarray]:
    return np.stack([data.users, data.items], axis=1), data.ratings


def test_pairs_and_tables_are_the_same() -> None:
    data = random_table(20, 10)
    one = MatrixFactorization(3, lr=1, epochs=50).fit_table(data.matrix())
    two = MatrixFactorization(3, lr=1, epochs=50).fit(*pairs_and_ratings(data), (21, 10))
    assert one.errors == two.errors
    assert (
        one.errors[0] > GlobalMean().fit(*pairs_and_ratings(data)).rmse(*pairs_and_ratings(data)) ** 2 > one.errors[-1]
    )


def test_text_files(tmp_path: Path) -> None:
    """Written in full precision, as bare numbers that every program reads."""
    model = MatrixFactorization(3, lr=1, epochs=50).fit_table(random_table(20, 10).matrix())
    files = model.save_text(tmp_path / "out")
    assert [file.name for file in files] == ["ratings.txt", "user_features.txt", "movie_features.txt"]
    R, U, M = (np.loadtxt(file) for file in files)
    assert R.tolist() == np.nan_to_num(random_table(20, 10).matrix()).tolist()
    assert U.tolist() == model.user_factors.detach().numpy().tolist()
    np.testing.assert_allclose(R[R != 0].mean() + U @ M.T, model.predict_table(), rtol=1e-12)
    assert RatingsDataset.from_matrix(files[0]).fingerprint() == random_table(20, 10).fingerprint()
    again = MatrixFactorization.load_text(tmp_path / "out")
    assert again.predict_table().tolist() == model.predict_table().tolist()
    assert again.recommend(20)[0].tolist() == model.recommend(20)[0].tolist()
    trained_on = MatrixFactorization.load_text(tmp_path / "out", lr=1, epochs=5).fit_table(again.ratings)
    assert trained_on.errors[0] == pytest.approx(model.errors[-1])


def test_text_files_of_the_report(tmp_path: Path) -> None:
    for name, table in zip(["ratings", "user_features", "movie_features"], [RATINGS, *START], strict=True):
        np.savetxt(tmp_path / f"{name}.txt", table)
    model = MatrixFactorization.load_text(tmp_path, centred=False)
    np.testing.assert_allclose(model.predict_table(), PRODUCTS, atol=1e-12)
    assert model.recommend(3)[0].tolist() == [2, 0]


@pytest.mark.parametrize(
    ("name", "content", "english", "vietnamese"),
    [
        ("ratings.txt", None, "there is no such file", "không có tệp này"),
        ("ratings.txt", "1 2 0\n1 x 3\n", "line 2, column 2: 'x' is no number", "dòng 2, cột 2: 'x' không phải là số"),
        ("movie_features.txt", "1 2\n\n1 2 3\n", "line 3: there are 3 numbers, on the first line 2", "dòng 3: có 3 số"),
        ("user_features.txt", "1 nan\n2 3\n", "line 1, column 2: 'nan'", "dòng 1, cột 2"),
        ("user_features.txt", "", "is empty", "tệp trống"),
    ],
)
def test_damaged_text_files(tmp_path: Path, name: str, content: str | None, english: str, vietnamese: str) -> None:
    MatrixFactorization(2, epochs=2).fit_table([[1, 2, 0], [0, 2, 3]]).save_text(tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        MatrixFactorization.load_text(tmp_path)
    assert english in caught.value.texts["en"]
    assert vietnamese in caught.value.texts["vi"]
    assert name in str(caught.value)


def test_text_files_that_do_not_fit_together(tmp_path: Path) -> None:
    MatrixFactorization(2, epochs=2).fit_table([[1, 2, 0], [0, 2, 3]]).save_text(tmp_path)
    (tmp_path / "movie_features.txt").write_text("1 2\n3 4\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"movie_features needs shape \(3, 2\), one row for each, not \(2, 2\)"):
        MatrixFactorization.load_text(tmp_path)
    (tmp_path / "ratings.txt").write_text("0 0\n0 0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no rating"):
        MatrixFactorization.load_text(tmp_path)


def test_what_makes_no_sense_is_refused() -> None:
    model = MatrixFactorization(2, epochs=50)
    with pytest.raises(ValueError, match=r"a row per user and a column per film, not \(3,\)"):
        model.fit_table([1, 2, 3])
    with pytest.raises(ValueError, match="no ratings"):
        model.fit_table(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="rates a film twice"):
        model.fit([[0, 0], [0, 0]], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"y\[1\] is inf, no rating"):
        model.fit_table([[1, np.inf]])
    with pytest.raises(ValueError, match=r"user_features needs shape \(2, 2\)"):
        MatrixFactorization(2, start=START).fit_table([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]])
    with pytest.raises(ValueError, match="there is no film 101; they go from 1 to 100"):
        random_table(last={101: 5})
    with pytest.raises(DataError, match="the rating 6 is outside"):
        random_table(last={1: 6})
    tg.set_language("vi")
    with pytest.raises(ValueError, match="lr=1000 quá lớn"):
        MatrixFactorization(2, lr=1000, epochs=50).fit_table(random_table(20, 10).matrix())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_squared_errors_of_long_vectors(dtype: type) -> None:
    """They are added up piece by piece."""
    x = np.random.default_rng(0).standard_normal(20_003).astype(dtype)
    loss = F.mse_loss(tg.tensor(x), np.zeros_like(x), reduction="sum")
    assert loss.dtype == dtype
    assert loss.item() == pytest.approx(math.fsum(x.astype(float) ** 2), rel=1e-12 if dtype is np.float64 else 1e-6)
