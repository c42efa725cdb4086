"""New users: their rows against the closed form, and what cannot be folded in."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.models.tastes import choices, problem_with, trained
from tinygrad_vn.models import CollabLearner, collab_learner
from tinygrad_vn.models.collab.fold_in import learn_row, learn_taste, ridge_row


def test_gradient_descent_arrives_at_the_ridge_solution() -> None:
    rng = np.random.default_rng(0)
    table = np.concatenate([np.ones((8, 1)), rng.normal(size=(8, 5))], axis=1)
    problem = table, rng.normal(3, 1, 8), rng.uniform(0.5, 5, 8), np.array([4.0, *[2.0] * 5])
    np.testing.assert_allclose(learn_row(*problem), ridge_row(*problem), atol=1e-7)


def test_a_row_through_a_sigmoid_is_a_minimum() -> None:
    rng = np.random.default_rng(0)
    table, offset = rng.normal(size=(8, 3)), rng.normal(size=8)
    ratings, penalties = rng.uniform(0.5, 5, 8), np.full(3, 0.5)
    row = learn_row(table, offset, ratings, penalties, (0.0, 5.5))

    def objective(x: Any) -> float:
        return float(((5.5 / (1 + np.exp(-table @ x - offset)) - ratings) ** 2).sum() + (penalties * x**2).sum())

    slopes = [(objective(row + step) - objective(row - step)) / 2e-5 for step in np.eye(3) * 1e-5]
    np.testing.assert_allclose(slopes, 0, atol=1e-5)


@pytest.mark.parametrize("kind", ["dot_bias", "audience"])
def test_a_new_user_gets_films_of_the_liked_kind(kind: str) -> None:
    learner = trained(kind, y_range=None)
    before = learner.predict(103, ["film 01", "film 02"])
    given = {"film 01": 5.0, "film 03": 4.5, "film 02": 1.0, "film 04": 1.5}
    assert learner.fold_in(given, user="Lan") == "Lan"
    assert all(int(one.item.split()[1]) % 2 == 1 for one in learner.recommend("Lan", n=5))
    assert not set(given) & {one.item for one in learner.recommend("Lan", n=30)}
    assert not learner.is_cold("Lan", "film 05")[0]
    items = np.array([1, 3, 2, 4])
    exact = ridge_row(*problem_with(learner, items, list(given.values())))
    model: Any = learner.model
    np.testing.assert_allclose(
        np.append(model.ub.weight.detach().numpy()[-1], model.u.weight.detach().numpy()[-1]), exact, atol=1e-5
    )
    np.testing.assert_array_equal(learner.predict(103, ["film 01", "film 02"]), before)
    learner.fold_in({"film 02": 5.0}, user="Minh")
    learner.fit(5, progress=False)
    exact = ridge_row(*problem_with(learner, items, list(given.values())))
    np.testing.assert_allclose(model.u.weight.detach().numpy()[-2], exact[1:], atol=1e-5)


def test_a_new_user_of_the_dot_product_has_a_row_by_ridge_regression_without_bias() -> None:
    learner = trained("dot")
    given = {"film 01": 5.0, "film 03": 4.5, "film 02": 1.0}
    learner.fold_in(given, user="Lan")
    model: Any = learner.model
    films, penalty = model.m.weight.detach().numpy()[[1, 3, 2]].astype(float), learner.penalties.factors
    exact = np.linalg.solve(films.T @ films + penalty * np.eye(4), films.T @ [5.0, 4.5, 1.0])
    np.testing.assert_allclose(model.u.weight.detach().numpy()[-1], exact, atol=1e-5)
    assert learner.predict("Lan", "film 05")[0] > learner.predict("Lan", "film 04")[0]
    with pytest.raises(ValueError, match="net"):
        trained("net", epochs=1).fold_in(given)


@pytest.mark.parametrize(
    ("ratings", "user", "says"),
    [
        ({}, "you", "at least one rating"),
        ({"film 99": 4}, "you", "film 99"),
        ({"film 01": 4, "film 99": 4}, "you", "film 99"),
        ({"film 01": "5"}, "you", "'5' of film 'film 01' is no number"),
        ({"film 01": 6}, "you", r"0\.5…5"),
        ({"film 01": float("nan")}, "you", "nan"),
        ({"film 01": 4}, 103, "another name"),
    ],
)
def test_unfit_new_users_are_refused(ratings: Any, user: Any, says: str, tmp_path: Path) -> None:
    learner = trained(epochs=1)
    with pytest.raises(ValueError, match=says):
        learner.fold_in(ratings, user)
    assert len(learner.model.u.weight) == 41  # type: ignore[union-attr, arg-type]
    learner.fold_in({"film 01": 4.0}, "later")
    learner.save(tmp_path / "films.npz")
    assert CollabLearner.load(tmp_path / "films.npz").recommend("later") == learner.recommend("later")


def test_a_taste_is_a_minimum() -> None:
    rng = np.random.default_rng(0)
    factors, biases, wishes = rng.normal(size=(9, 3)), rng.normal(size=9), np.array([1.0, 0.3, 0.3, 1, *[0] * 5])
    row = learn_taste(factors, biases, wishes, 0.5)

    def objective(x: Any) -> float:
        scores = factors @ x + biases
        return float(-(wishes * (scores - np.log(np.exp(scores).sum()))).sum() + 0.5 * (x**2).sum())

    slopes = [(objective(row + step) - objective(row - step)) / 2e-5 for step in np.eye(3) * 1e-5]
    np.testing.assert_allclose(slopes, 0, atol=1e-5)


@pytest.mark.parametrize("kind", ["dot", "dot_bias", "audience"])
def test_a_new_user_in_a_ranking_gets_films_of_the_chosen_kind(kind: str, tmp_path: Path) -> None:
    learner = collab_learner(choices(), kind, 4, loss="softmax")
    learner.fit(60, lr=0.05, wd=1e-3, batch_size="all", progress=False)
    learner.fold_in({3: 4.5, 5: 5, 7: 4}, "Lan")
    assert all(one.item % 2 == 1 for one in learner.recommend("Lan", n=8))
    learner.save(tmp_path / "films.npz")
    again = CollabLearner.load(tmp_path / "films.npz")
    assert again.recommend("Lan") == learner.recommend("Lan")
    again.fit(2, progress=False)
    assert all(one.item % 2 == 1 for one in again.recommend("Lan", n=8))
