"""collab_learner: what it refuses, how it trains, what it saves; against numbers worked out independently."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.models.tastes import KINDS, choices, problem_with, tastes, trained
from tinygrad_vn import nn, optim
from tinygrad_vn.checkpoint import CheckpointError
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models import CollabLearner, MeanAndBiases, collab_learner
from tinygrad_vn.models.collab.fold_in import ridge_row
from tinygrad_vn.models.embedding_dot import before_sigmoid, in_range


def test_a_padded_range_reaches_all_ratings_and_a_bare_one_does_not() -> None:
    assert collab_learner(tastes()).y_range == (0.0, 5.5)
    assert in_range(tg.tensor(before_sigmoid(5.0, (0.0, 5.5))), (0.0, 5.5)).item() == pytest.approx(5)
    assert collab_learner(tastes(), y_range=(0.5, 5)).y_range == (0.5, 5.0)
    assert collab_learner(tastes(), y_range=None).y_range is None


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"model": "dots"}, "dot, dot_bias, audience, net"),
        ({"loss": "mae"}, "mse, softmax, bpr"),
        ({"start": "zero"}, "baseline, lecture"),
        ({"y_range": (1, 4)}, "hold all ratings"),
        ({"y_range": 5}, "hold all ratings"),
        ({"model": "dot", "y_range": (0, 6)}, "leave y_range out"),
        ({"model": "net", "loss": "bpr"}, "dot product"),
        ({"n_factors": 0}, "n_factors=0 makes no sense; write a whole number, 1 or more"),
        ({"n_factors": 2.5}, "n_factors=2.5"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        collab_learner(tastes(), **settings)


@pytest.mark.parametrize("kind", KINDS)
def test_every_model_learns_tastes_that_means_do_not_see(kind: str) -> None:
    train, test = tastes().split(seed=1)
    learner = collab_learner(train, kind, n_factors=4, seed=1)
    history = learner.fit(150, lr=0.02, wd=1e-3, batch_size=200, valid=test, progress=False)
    baseline = MeanAndBiases().fit(np.stack([train.users, train.items], 1), train.ratings, (40, 30))
    by_means = baseline.rmse(np.stack([test.users, test.items], 1), test.ratings)
    assert by_means > 1.3
    assert learner.evaluate(test, k=3).rmse < 1.0
    assert learner.history is history
    assert history["valid_loss"][-1] < 1.0


@pytest.mark.parametrize("kind", ["dot_bias", "audience"])
def test_training_starts_from_the_baseline(kind: str) -> None:
    data = tastes()
    learner = collab_learner(data, kind, y_range=None, dtype=np.float64)
    learner.model.u.weight.data[...] = 0  # type: ignore[union-attr]
    baseline = MeanAndBiases().fit(np.stack([data.users, data.items], 1), data.ratings, (40, 30))
    ids = data.user_ids[data.users], data.item_ids[data.items]
    expected = np.clip(baseline.predict(np.stack([data.users, data.items], 1)), 0.5, 5)
    np.testing.assert_allclose(learner.predict(*ids), expected, atol=1e-12)


def test_a_seed_gives_the_same_learner_and_another_seed_another() -> None:
    one, same, other = (trained(seed=seed, epochs=5).predict(100, "film 03")[0] for seed in (1, 1, 2))
    assert one == same != other


def test_the_weight_decay_is_the_penalty_of_the_whole_sum() -> None:
    """At the minimum of Σ (r − r̂)² + λ ‖…‖² every user's row is the ridge solution for the films as they are."""
    learner = collab_learner(tastes(), "dot_bias", 2, y_range=None, dtype=np.float64)
    n = len(learner.data)
    learner.fit(
        3000, lr=0.02, wd=2 * 3.0 / n, schedule=lambda o, k: optim.lr_scheduler.OneCycleLR(o, 0.02, k), progress=False
    )
    assert learner.penalties[:2] == pytest.approx((3.0, 3.0))
    rated = learner.data.users == 7
    exact = ridge_row(*problem_with(learner, learner.data.items[rated], learner.data.ratings[rated]))
    model: Any = learner.model
    row = np.append(model.ub.weight.detach().numpy()[7], model.u.weight.detach().numpy()[7])
    np.testing.assert_allclose(row, exact, atol=1e-4)


def test_one_cycle_and_the_range_test() -> None:
    learner = collab_learner(tastes(), "dot_bias", 4)
    before = learner.predict(100, "film 05")
    found = learner.lr_find(steps=30)
    assert found.rates[0] == pytest.approx(1e-4)
    assert learner.predict(100, "film 05") == before
    rates = learner.fit_one_cycle(30, 0.05, progress=False)["lr"]
    assert max(rates) == pytest.approx(0.05)
    assert rates[-1] < 1e-3


def test_one_cycle_of_a_single_step_learns() -> None:
    learner = collab_learner(tastes(), "dot_bias", 4)
    before = learner.predict(102, ["film 04", "film 05"])
    assert learner.fit_one_cycle(1, 0.03, progress=False)["lr"] == [pytest.approx(0.03)]
    assert abs(learner.predict(102, ["film 04", "film 05"]) - before).max() > 1e-3
    two = collab_learner(tastes(), "dot_bias", 4).fit_one_cycle(2, 0.03, progress=False)["lr"]
    assert (two[0], two[1] < 1e-3) == (pytest.approx(0.03), True)


def test_the_lectures_training_by_sgd_and_batches() -> None:
    learner = collab_learner(tastes(), "dot_bias", 5, (0.5, 5.0), start="lecture")
    assert learner.model.mean == 0
    assert abs(learner.model.u.weight.detach().numpy()).max() <= 0.01  # type: ignore[union-attr]
    history = learner.fit(3, lr=0.1, wd=2e-4, batch_size=64, optimizer=partial(optim.SGD, momentum=0.9), progress=False)
    assert history["steps"][0] == -(-len(learner.data) // 64)


@pytest.mark.parametrize("loss", ["softmax", "bpr"])
@pytest.mark.parametrize("kind", ["dot", "dot_bias", "audience"])
def test_ranking_losses_put_films_that_are_chosen_on_top(kind: str, loss: str) -> None:
    """Ranked by what people choose, the unseen films of their kind come first."""
    data = choices()
    learner = collab_learner(data, kind, 4, loss=loss)
    learner.fit(60, lr=0.05, wd=1e-3, batch_size="all", progress=False)
    right = [one.item % 2 == user % 2 for user in range(40) for one in learner.recommend(user, n=4)]
    assert np.mean(right) > 0.95
    with pytest.warns(UserWarning, match="trained on"):
        assert np.isnan(learner.evaluate(data)["all"].errors.rmse)
    if loss == "bpr":
        with pytest.raises(ValueError, match="softmax"):
            learner.fold_in({3: 4.0})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_comes_back(kind: str, tmp_path: Path) -> None:
    learner = trained(kind, epochs=5)
    if kind != "net":
        learner.fold_in({"film 01": 5.0}, user="Lan")
    learner.save(tmp_path / "films.npz")
    again = CollabLearner.load(tmp_path / "films.npz")
    for user in (103, 7) if kind == "net" else (103, "Lan", 7):
        assert again.recommend(user, n=5) == learner.recommend(user, n=5)
    assert again.data.title_of("film 00") == "The First"
    assert again.penalties == learner.penalties
    assert again.history.rows == []


def test_the_split_is_saved_with_the_model(movielens: Path, tmp_path: Path) -> None:
    ratings = RatingsDataset.from_csv(movielens / "ratings.csv").top(users=60, films=60)
    train, valid, test = ratings.split(valid=0.1, test=0.2, seed=3, by="user_time")
    learner = collab_learner(train, "dot", 2)
    learner.save(tmp_path / "films.npz")
    split = CollabLearner.load(tmp_path / "films.npz").split
    assert split is not None
    assert (split.by, split.seed, split.fingerprint) == ("user_time", 3, ratings.fingerprint())
    for again, part in zip(ratings.split_as(split), (train, valid, test), strict=True):
        np.testing.assert_array_equal(again.rows, part.rows)
    assert collab_learner(ratings).split is None
    assert collab_learner(train.part(np.arange(99))).split is None


@pytest.mark.parametrize(
    ("kind", "loss"),
    [("dot", "mse"), ("dot_bias", "bpr"), ("audience", "softmax"), ("net", "mse"), ("dot_bias", "mse")],
)
def test_training_goes_on_as_if_nothing_had_been_saved(kind: str, loss: str, tmp_path: Path) -> None:
    """To the last bit: with shuffled batches, dropout, films drawn at random, and an added user."""
    learner = collab_learner(tastes(), kind, 4, loss=loss)
    learner.fit(2, batch_size=100, progress=False)
    if kind != "net" and loss != "bpr":
        learner.fold_in({"film 01": 5.0, "film 02": 1.0}, user="Lan")
    learner.save(tmp_path / "films.npz")
    again = CollabLearner.load(tmp_path / "films.npz")
    for one in (learner, again):
        one.fit(3, batch_size=100, progress=False)
    assert again.history.loss == learner.history.loss
    for name, values in learner.model.state_dict().items():
        np.testing.assert_array_equal(again.model.state_dict()[name].numpy(), values.numpy(), err_msg=name)


def test_another_file_is_refused(tmp_path: Path) -> None:
    tg.save(tmp_path / "other.npz", nn.Linear(2, 1).state_dict())
    with pytest.raises(ValueError, match=r"CollabLearner\.save"):
        CollabLearner.load(tmp_path / "other.npz")
    (tmp_path / "broken.npz").write_bytes(b"PK broken")
    with pytest.raises(CheckpointError):
        CollabLearner.load(tmp_path / "broken.npz")


def test_the_promised_errors_on_real_ratings(movielens: Path) -> None:
    data = RatingsDataset.from_csv(movielens / "ratings.csv")
    for kind, limit in (("audience", 0.870), ("dot_bias", 0.885)):
        errors = []
        for seed in (0, 1, 2):
            train, test = data.split(seed=seed)
            learner = collab_learner(train, kind, seed=seed)
            learner.fit_one_cycle(progress=False)
            errors.append(learner.evaluate(test, baselines=False).rmse)
        assert np.mean(errors) <= limit
