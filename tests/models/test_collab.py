"""collab_learner: training, asking, new users, saving; against numbers worked out independently."""

from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn, optim
from tinygrad_vn.checkpoint import CheckpointError
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models import CollabLearner, MeanAndBiases, collab_learner
from tinygrad_vn.models.collab.fold_in import learn_row, learn_taste, ridge_row
from tinygrad_vn.models.embedding_audience import EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDot, EmbeddingDotBias, before_sigmoid, in_range
from tinygrad_vn.models.embedding_net import EmbeddingNet

KINDS = ["dot", "dot_bias", "audience", "net"]


def tastes(n_users: int = 40, n_items: int = 30, seed: int = 0) -> RatingsDataset:
    """Two kinds of people and two kinds of films: everyone likes one kind only. Films are named by letters."""
    rng = np.random.default_rng(seed)
    rated = rng.random((n_users, n_items)) < 0.6
    rated[0, 0], rated[1, :2] = False, False
    users, items = np.nonzero(rated)
    ratings = np.where(users % 2 == items % 2, 4.5, 1.5) + rng.choice([-0.5, 0.0, 0.5], len(users))
    return RatingsDataset.from_arrays(
        users + 100, [f"film {k:02d}" for k in items], ratings, titles={"film 00": "The First"}
    )


def choices() -> RatingsDataset:
    """Everyone watches one kind of films only."""
    rng = np.random.default_rng(0)
    users, items = np.nonzero((np.add.outer(np.arange(40), np.arange(30)) % 2 == 0) & (rng.random((40, 30)) < 0.6))
    return RatingsDataset.from_arrays(users, items, np.full(len(users), 4.0))


def trained(kind: str = "dot_bias", epochs: int = 60, **settings: Any) -> CollabLearner:
    learner = collab_learner(tastes(), kind, n_factors=4, **settings)
    learner.fit(epochs, lr=0.05, wd=1e-3, batch_size="all", progress=False)
    return learner


# --- the models -----------------------------------------------------------------------------------------------------


def test_the_dot_products_are_the_lectures_formulas() -> None:
    rng = np.random.default_rng(0)
    users, items = np.array([0, 2]), np.array([3, 1])
    dot = EmbeddingDot(3, 4, 2, rng=rng)
    u, m = dot.u.weight.detach().numpy(), dot.m.weight.detach().numpy()
    assert u.min() >= 0
    assert m.max() < 0.05
    np.testing.assert_allclose(dot(users, items).detach().numpy(), [u[0] @ m[3], u[2] @ m[1]])
    biased = EmbeddingDotBias(3, 4, 2, (0.5, 5.0), 0.25, rng=rng)
    u, m, ub, mb = (table.weight.detach().numpy() for table in (biased.u, biased.m, biased.ub, biased.mb))
    assert abs(u).max() <= 0.01
    z = np.array([u[0] @ m[3] + ub[0, 0] + mb[3, 0], u[2] @ m[1] + ub[2, 0] + mb[1, 0]]) + 0.25
    np.testing.assert_allclose(biased(users, items).detach().numpy(), 0.5 + 4.5 / (1 + np.exp(-z)))
    every = biased.every_item(users).detach().numpy()
    assert every.shape == (2, 4)
    np.testing.assert_allclose([every[0, 3], every[1, 1]], z)


def test_a_film_has_the_factors_of_its_audience() -> None:
    seen = np.array([0, 1, 2, 0]), np.array([0, 0, 1, 1])
    model = EmbeddingAudience(3, 3, 2, seen=seen)
    z = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    model.z.weight.data[...] = z
    m = model.m.weight.detach().numpy()
    expected = [m[0] + (z[0] + z[1]) / np.sqrt(2), m[1] + (z[0] + z[2]) / np.sqrt(2), m[2]]
    np.testing.assert_allclose(model.item_factors().detach().numpy(), expected)
    with pytest.raises(ValueError, match="dot_bias"):
        EmbeddingAudience(100_000, 10_000, 2, seen=seen)


def test_the_net_is_the_lectures() -> None:
    model = EmbeddingNet(3, 4, 2, (0.0, 5.5), rng=np.random.default_rng(0)).eval()
    first, second, u, m = (layer.weight.detach().numpy() for layer in (model.lin1, model.lin2, model.u, model.m))
    hidden = np.maximum(first @ np.concatenate([u[1], m[2]]) + model.lin1.bias.detach().numpy(), 0)
    z = second @ hidden + model.lin2.bias.detach().numpy()
    np.testing.assert_allclose(model([1], [2]).detach().numpy(), 5.5 / (1 + np.exp(-z)))
    assert (model.drop1.p, model.drop2.p, model.lin1.weight.shape) == (0.05, 0.5, (10, 4))


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


# --- training -------------------------------------------------------------------------------------------------------


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
    assert learner.penalties == pytest.approx((3.0, 3.0))
    rated = learner.data.users == 7
    exact = ridge_row(*_with_ratings(learner, learner.data.items[rated], learner.data.ratings[rated]))
    model: Any = learner.model
    row = np.append(model.ub.weight.detach().numpy()[7], model.u.weight.detach().numpy()[7])
    np.testing.assert_allclose(row, exact, atol=1e-4)


def _with_ratings(learner: CollabLearner, items: Any, ratings: Any) -> tuple[Any, ...]:
    table, offset, penalties = learner.fold_in_problem(items)
    return table, offset, np.asarray(ratings, float), penalties


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


# --- answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_recommendations_are_unseen_films_of_the_right_kind(kind: str) -> None:
    learner = trained(kind, epochs=200)
    found = learner.recommend(102, n=3)
    seen = {learner.data.item_ids[i] for i in learner.data.items[learner.data.users == 2]}
    assert not {one.item for one in found} & seen
    assert all(int(one.item.split()[1]) % 2 == 0 for one in found[:2])
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert [one.score for one in found] == pytest.approx(learner.predict(102, [one.item for one in found]), rel=1e-5)
    assert len(learner.recommend(102, n=99, exclude_seen=False)) == 30
    assert len(learner.recommend(102, n=99)) == 30 - len(seen)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_counts_that_make_no_sense_are_refused(lang: Literal["en", "vi"]) -> None:
    learner, says = trained(epochs=1), {"en": "makes no sense; write a whole number", "vi": "hãy viết một số nguyên"}
    tg.set_language(lang)
    for question in (
        lambda: learner.recommend(102, -1),
        lambda: learner.recommend(102, 2.5),  # type: ignore[arg-type]
        lambda: learner.recommend(102, True),
        lambda: learner.similar_items("film 04", -3),
        lambda: learner.explain(102, "film 04", top=-1),
        lambda: learner.plot_embedding(1),
    ):
        with pytest.raises(ValueError, match=says[lang]):
            question()
    assert len(learner.recommend(102, np.int64(2))) == 2  # type: ignore[arg-type]
    assert learner.explain(102, "film 04", top=0).n_other == 4


def test_similar_films_are_of_the_same_kind() -> None:
    learner = trained()
    found = learner.similar_items("film 04", n=5)
    assert all(int(one.item.split()[1]) % 2 == 0 for one in found)
    assert "film 04" not in {one.item for one in found}
    with pytest.raises(ValueError, match="film 99"):
        learner.similar_items("film 99")
    with pytest.raises(ValueError, match="net"):
        trained("net", epochs=1).similar_items("film 04")


@pytest.mark.parametrize("y_range", [None, "padded"])
@pytest.mark.parametrize("kind", ["dot_bias", "audience"])
def test_an_explanation_sums_up_to_the_prediction(kind: str, y_range: Any) -> None:
    learner = trained(kind, y_range=y_range)
    why = learner.explain(103, "film 00", top=2)
    parts = [why.mean, why.user_bias, why.item_bias, *(term.term for term in why.factors), why.other_factors]
    assert sum(parts) == pytest.approx(why.total, abs=1e-12)
    assert [term.term for term in why.factors] == pytest.approx([term.user * term.film for term in why.factors])
    assert len(why.factors) + why.n_other == 4
    users, items = np.array([3]), np.array([0])
    assert why.prediction == pytest.approx(learner.model(users, items).item(), abs=1e-5)
    assert "The First" in why.text("en")
    assert ("sigmoid" in why.text("en")) == (learner.y_range is not None)
    assert "Vì sao" in why.text("vi")


def test_the_explanation_of_a_ranking_speaks_of_a_score() -> None:
    why = trained("dot_bias", epochs=20, loss="softmax").explain(103, "film 00")
    assert why.only_ranks
    assert "score" in why.text("en")
    assert "mean of all" not in why.text("en")
    assert "điểm xếp hạng" in why.text("vi")
    assert "score" not in trained(epochs=1).explain(103, "film 00").text("en")


def test_new_users_and_films_fall_back_on_means_and_are_flagged() -> None:
    whole = tastes()
    known = whole.part(np.flatnonzero((whole.users != 5) & (whole.items != 6)))
    learner = collab_learner(known, "dot_bias", 4, y_range=None)
    learner.fit(50, progress=False)
    model: Any = learner.model
    mean, ub, mb = model.mean, model.ub.weight.detach().numpy()[:, 0], model.mb.weight.detach().numpy()[:, 0]
    for user in (105, 7):  # without ratings, and not in the data at all
        assert learner.predict(user, "film 01")[0] == pytest.approx(mean + mb[1], abs=1e-6)
        assert learner.predict(user, "film 06")[0] == pytest.approx(mean, abs=1e-6)
        assert learner.predict(103, ["film 06", "other"]) == pytest.approx([mean + ub[3]] * 2, abs=1e-6)
        assert learner.recommend(user)[0].cold
    flags = learner.is_cold([103, 105, 7, 103, 103], ["film 01", "film 01", "film 01", "film 06", "other"])
    assert flags.tolist() == [False, True, True, True, True]
    assert learner.explain(7, "other").cold
    assert learner.explain(7, "other").total == pytest.approx(mean)


@pytest.mark.parametrize("kind", ["dot", "net"])
def test_without_biases_new_users_are_like_the_average(kind: str) -> None:
    learner = trained(kind)
    rows = learner.model.u.weight.detach().numpy()  # type: ignore[union-attr]
    np.testing.assert_allclose(rows[-1], rows[:-1].mean(0), rtol=1e-5)


# --- new users ------------------------------------------------------------------------------------------------------


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
    exact = ridge_row(*_with_ratings(learner, items, list(given.values())))
    model: Any = learner.model
    np.testing.assert_allclose(
        np.append(model.ub.weight.detach().numpy()[-1], model.u.weight.detach().numpy()[-1]), exact, atol=1e-5
    )
    np.testing.assert_array_equal(learner.predict(103, ["film 01", "film 02"]), before)
    learner.fold_in({"film 02": 5.0}, user="Minh")
    learner.fit(5, progress=False)
    exact = ridge_row(*_with_ratings(learner, items, list(given.values())))
    np.testing.assert_allclose(model.u.weight.detach().numpy()[-2], exact[1:], atol=1e-5)


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


@pytest.mark.parametrize("kind", ["dot_bias", "audience"])
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


# --- ranking, files, plots ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["softmax", "bpr"])
@pytest.mark.parametrize("kind", ["dot", "dot_bias", "audience"])
def test_ranking_losses_put_films_that_are_chosen_on_top(kind: str, loss: str) -> None:
    """Ranked by what people choose, the unseen films of their kind come first."""
    data = choices()
    learner = collab_learner(data, kind, 4, loss=loss)
    learner.fit(60, lr=0.05, wd=1e-3, batch_size="all", progress=False)
    right = [one.item % 2 == user % 2 for user in range(40) for one in learner.recommend(user, n=4)]
    assert np.mean(right) > 0.95
    assert learner.evaluate(data).errors is None
    if kind == "dot" or loss == "bpr":
        with pytest.raises(ValueError, match=r"softmax|biases"):
            learner.fold_in({3: 4.0})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_comes_back(kind: str, tmp_path: Path) -> None:
    learner = trained(kind, epochs=5)
    if kind in ("dot_bias", "audience"):
        learner.fold_in({"film 01": 5.0}, user="Lan")
    learner.save(tmp_path / "films.npz")
    again = CollabLearner.load(tmp_path / "films.npz")
    for user in (103, "Lan", 7):
        assert again.recommend(user, n=5) == learner.recommend(user, n=5)
    assert again.data.title_of("film 00") == "The First"
    assert again.penalties == learner.penalties
    assert again.history.rows == []
    again.fit(1, progress=False)


def test_another_file_is_refused(tmp_path: Path) -> None:
    tg.save(tmp_path / "other.npz", nn.Linear(2, 1).state_dict())
    with pytest.raises(ValueError, match=r"CollabLearner\.save"):
        CollabLearner.load(tmp_path / "other.npz")
    (tmp_path / "broken.npz").write_bytes(b"PK broken")
    with pytest.raises(CheckpointError):
        CollabLearner.load(tmp_path / "broken.npz")


def test_plots() -> None:
    pytest.importorskip("matplotlib")
    learner = trained()
    axes = learner.plot_embedding(n=10, lang="en").axes[0]
    assert "The First" in {text.get_text() for text in axes.texts} or len(axes.texts) == 10
    assert "RMSE" in learner.plot_predictions(learner.data, lang="vi").axes[0].get_title()


# --- real ratings ---------------------------------------------------------------------------------------------------


def test_the_promised_errors_on_real_ratings(movielens: Path) -> None:
    data = RatingsDataset.from_csv(movielens / "ratings.csv")
    for kind, limit in (("audience", 0.870), ("dot_bias", 0.885)):
        errors = []
        for seed in (0, 1, 2):
            train, test = data.split(seed=seed)
            learner = collab_learner(train, kind, seed=seed)
            learner.fit_one_cycle(progress=False)
            errors.append(learner.evaluate(test).rmse)
        assert np.mean(errors) <= limit
