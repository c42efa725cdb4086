"""Errors and ranking scores against counting by hand; the baselines; the lecture's table and its overfitting."""

import math
import re
from dataclasses import astuple
from typing import Any

import numpy as np
import pytest

from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.language import set_language
from tinygrad_vn.models import ItemNeighbours, Popularity, collab_learner, evaluate_over_seeds
from tinygrad_vn.models.collab import contestants
from tinygrad_vn.models.collab.ranking import Comparisons, wish_table
from tinygrad_vn.models.collab.scores import RankingScores, first_films, list_scores, ranking_scores, rating_errors
from tinygrad_vn.models.collab.words import TEXTS
from tinygrad_vn.models.overfitting import best_of_restarts, hidden_cells, pairs_of

X = np.array([[0, 0], [0, 1], [1, 0], [1, 2], [2, 1], [2, 0]])
Y = np.array([5.0, 3.0, 4.0, 2.0, 1.0, 4.0])


def ranked(scores: Any, seen: Any, right: Any, k: int) -> RankingScores:
    """Of all users who like something, by tables of scores, of what was seen and of what is right."""
    scores, right = np.asarray(scores, float), np.asarray(right, bool)
    users = np.flatnonzero(right.any(1))
    lists = first_films(lambda rows: scores[rows], users, np.nonzero(np.asarray(seen)), scores.shape[1], k)
    return ranking_scores(lists, list_scores(lists, np.nonzero(right[users])), scores.shape[1])


def test_errors() -> None:
    found = rating_errors(np.array([3.0, 4.0, 1.0]), np.array([4.0, 4.0, 4.0]))
    assert astuple(found) == pytest.approx((math.sqrt(10 / 3), 4 / 3))
    assert math.isnan(rating_errors(np.ones(0), np.ones(0)).rmse)


def test_ranking_scores_counted_by_hand() -> None:
    """User 0 has seen film 0; films 1 … 5 are listed as 5, 4, 3, 2, 1, of which 5, 3 and 1 are right. User 1: none."""
    scores, seen = [[9, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]], [[1, 0, 0, 0, 0, 0], [0] * 6]
    found = ranked(scores, seen, [[0, 1, 0, 1, 0, 1], [0] * 6], 3)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    ndcg = (1 + 1 / math.log2(4)) / ideal
    assert astuple(found) == pytest.approx((2 / 3, 2 / 3, ndcg, (1 + 2 / 3) / 3, 3 / 6))
    perfect = ranked(scores, seen, [[0, 0, 0, 0, 0, 1]] * 2, 1)
    assert astuple(perfect) == pytest.approx((1, 1, 1, 1, 1 / 6))


def test_a_list_that_is_too_short_ends_early() -> None:
    lists = first_films(lambda rows: np.ones((1, 3)), np.array([0]), (np.array([0, 0]), np.array([0, 2])), 3, 2)
    assert lists.tolist() == [[1, 3]]
    found = ranking_scores(lists, list_scores(lists, (np.array([0]), np.array([1]))), 3)
    assert astuple(found) == pytest.approx((0.5, 1, 1, 1, 1 / 3))


def test_equal_scores_are_listed_in_the_films_order() -> None:
    lists = first_films(
        lambda rows: np.array([[1.0, 2, 1, 1, 2, 1]]), np.array([0]), (np.array([0]), np.array([2])), 6, 4
    )
    assert lists.tolist() == [[1, 4, 0, 3]]


def test_ranking_scores_against_counting_over_many_users() -> None:
    rng = np.random.default_rng(0)
    scores, seen, right = rng.random((700, 20)), rng.random((700, 20)) < 0.3, rng.random((700, 20)) < 0.1
    right &= ~seen
    found = ranked(scores, seen, right, 5)
    by_hand, shown = [], set()
    for user in np.flatnonzero(right.any(1)):
        best = [film for film in np.argsort(-scores[user]) if not seen[user, film]][:5]
        shown |= set(best)
        hits = [right[user, film] for film in best]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(5, right[user].sum())))
        by_hand.append((sum(hits) / 5, sum(hit / math.log2(place + 2) for place, hit in enumerate(hits)) / ideal))
    assert (found.precision, found.ndcg) == pytest.approx(tuple(np.mean(by_hand, axis=0)))
    assert found.coverage == len(shown) / 20


@pytest.mark.parametrize(("options", "says"), [({"k": 0}, "from 1 to 15"), ({"k": 16}, "15"), ({"liked": 6}, "liked")])
def test_lists_that_cannot_be_judged_are_refused(options: Any, says: str) -> None:
    train, test = lecture_table().split(seed=3)
    with pytest.raises(ValueError, match=says):
        collab_learner(train, "dot_bias", 2).evaluate(test, **options)


def test_popularity_and_neighbours() -> None:
    popular = Popularity().fit(X, Y)
    assert popular.scores(np.array([0, 2])).tolist() == [[3, 2, 1], [3, 2, 1]]
    near = ItemNeighbours(n_neighbours=99, shrinkage=1.0).fit(X, Y)
    similar = 2 / (math.sqrt(6) + 1), 1 / (math.sqrt(3) + 1), 0.0  # films 0 and 1, 0 and 2, 1 and 2
    assert near.scores(np.array([0]))[0] == pytest.approx([similar[0], similar[0], similar[1] + similar[2]], rel=1e-6)
    only = ItemNeighbours(n_neighbours=1, shrinkage=1.0).fit(X, Y)
    assert only.scores(np.array([0]))[0] == pytest.approx([similar[0], similar[0], similar[1]], rel=1e-6)
    assert popular.rmse(X, Y) == near.rmse(X, Y)


def test_learner_and_baselines_are_judged_alike() -> None:
    """A learner that has learned nothing but mean and biases is told from them by nothing but rounding."""
    train, test = lecture_table().split(seed=3)
    learner = collab_learner(train, "dot_bias", 2, y_range=None, dtype=np.float64)
    model: Any = learner.model
    model.u.weight.data[...] = 0
    found = learner.evaluate(test, k=3)
    assert list(found.judged) == ["dot_bias", "GlobalMean", "MeanAndBiases", "Popularity", "ItemNeighbours"]
    for part in ("all", "warm", "cold"):
        assert found.values("dot_bias", part) == pytest.approx(found.values("MeanAndBiases", part), nan_ok=True)
    off = test.ratings - train.ratings.mean()
    mean = found.judged["GlobalMean"]["all"]
    assert astuple(mean.errors) == pytest.approx((math.sqrt(np.mean(off**2)), np.mean(abs(off))))
    assert all(math.isnan(value) for value in astuple(mean.ranking))
    for name in ("Popularity", "ItemNeighbours"):
        assert math.isnan(found.judged[name]["all"].errors.rmse)
        assert 0 < found.judged[name]["all"].ranking.ndcg < 1
    assert (found.rmse, found.ndcg) == (found["all"].errors.rmse, found["all"].ranking.ndcg)


def test_new_users_are_judged_apart() -> None:
    """User 9 is not in the data and user 3 has no ratings in them: two new users, whose lists are the best for all."""
    train = RatingsDataset.from_arrays([1, 1, 2, 3], ["a", "b", "a", "c"], [4, 5, 3, 3]).part(np.arange(3))
    test = RatingsDataset.from_arrays([9, 3, 1, 2, 2], ["a", "b", "z", "b", "z"], [4, 4, 2, 5, 5])
    learner = collab_learner(train, "dot_bias", 2)
    found = learner.evaluate(test, k=1)
    assert found.n_ratings == {"all": 5, "warm": 1, "cold": 4}
    assert found.n_users == {"all": 3, "warm": 1, "cold": 2}
    assert (found.users_left_out, found.ratings_left_out) == (1, 2)  # user 1 likes nothing, z cannot be recommended
    best = learner.recommend(9, 1)[0].item  # for everybody new
    assert found["cold"].ranking.precision == sum(best == film for film in "ab") / 2
    assert found["warm"].ranking.precision == 1 * (learner.recommend(2, 1)[0].item == "b")
    both = [found[part].ranking.precision for part in ("warm", "cold")]
    assert found["all"].ranking.precision == pytest.approx(both[0] / 3 + 2 * both[1] / 3)
    for lang, says in {"en": ["1 other users have no list", "2 ratings are of films"], "vi": ["tập kiểm tra"]}.items():
        assert all(text in found.text(lang) for text in says)
    without = collab_learner(train, "dot", 2).evaluate(test.part(np.array([3])), k=1)
    assert without.n_users == {"all": 1, "warm": 1, "cold": 0}
    assert math.isnan(without["cold"].ranking.ndcg)


def test_the_table_has_a_row_for_every_contestant() -> None:
    train, test = lecture_table().split(seed=3)
    found = collab_learner(train, "dot_bias", 2).evaluate(test, k=3)
    lines = found.text("en").splitlines()
    assert lines[0].split() == ["RMSE", "MAE", "P@3", "R@3", "NDCG@3", "MAP@3", "coverage"]
    for part in range(3):
        names = [line[2:19].strip() for line in lines[2 + 6 * part : 7 + 6 * part]]
        assert names == ["dot_bias", "mean", "mean + biases", "popularity", "item neighbours"]
    assert lines[1] == "all: 41 ratings, lists of 13 users"
    assert lines[2].split()[1] == f"{found.rmse:.4f}"
    assert lines[3].split()[3:] == ["–"] * 5
    vietnamese = found.text("vi")
    assert "phim lân cận" in vietnamese
    assert not [word for word in ("ratings", "users", "mean", "coverage", "popularity") if word in vietnamese]
    assert str(found) == found.text("en")


def test_neighbours_are_left_out_where_films_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "MOST_FILMS", 14)
    train, test = lecture_table().split(seed=3)
    found = collab_learner(train, "dot_bias", 2).evaluate(test, k=3)
    assert "ItemNeighbours" not in found.judged
    assert "neighbours are left out" in found.text("en")


@pytest.mark.parametrize(("lang", "says"), [("en", "165 of these 165 ratings"), ("vi", "165 trong 165 đánh giá")])
def test_judging_by_what_was_learned_warns(lang: str, says: str) -> None:
    train, test = lecture_table().split(seed=3)
    learner = collab_learner(train, "dot_bias", 2)
    set_language(lang)
    with pytest.warns(UserWarning, match=says) as caught:
        learner.evaluate(train, k=3)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="1.*42"):  # and where only a part was learned
        learner.evaluate(lecture_table().part(np.append(test.rows, train.rows[:1])), k=3)
    learner.evaluate(test, k=3)


def test_an_added_user_can_be_judged() -> None:
    train, test = lecture_table().split(seed=3)
    learner = collab_learner(train, "dot_bias", 2)
    learner.evaluate(test, k=3)
    learner.fold_in({1: 4.0}, "Lan")
    ratings = RatingsDataset.from_arrays(["Lan"], [2571], [5.0])
    assert learner.evaluate(ratings, k=3).n_users == {"all": 1, "warm": 1, "cold": 0}


def test_over_seeds() -> None:
    found = evaluate_over_seeds(
        lecture_table(), "dot_bias", (0, 4), lambda learner: learner.fit(5, progress=False), k=3, n_factors=2
    )
    by_hand = []
    for seed in (0, 4):
        train, test = lecture_table().split(seed=seed)
        learner = collab_learner(train, "dot_bias", 2, seed=seed)
        learner.fit(5, progress=False)
        by_hand.append(learner.evaluate(test, 3).rmse)
    assert found.values("dot_bias")[:, 0].tolist() == by_hand
    assert f"{np.mean(by_hand):.4f} ± {np.std(by_hand, ddof=1):.4f}" in found.text("en")
    assert "seeds 0, 4" in found.text("en")
    assert "độ lệch chuẩn" in found.text("vi")
    with pytest.raises(ValueError, match="seeds is empty"):
        evaluate_over_seeds(lecture_table(), seeds=())


def test_bpr_compares_with_films_that_were_not_rated() -> None:
    rng = np.random.default_rng(0)
    rated = rng.random((30, 12)) < 0.8
    rated[:, 0] = False
    batches = Comparisons(np.nonzero(rated), 12, 50, rng)
    columns = zip(*([part.numpy() for part in batch] for batch in batches), strict=True)
    users, items, others, answers = (np.concatenate(parts) for parts in columns)
    assert len(batches) == -(-rated.sum() // 50)
    assert sorted(zip(users, items, strict=True)) == sorted(zip(*np.nonzero(rated), strict=True))
    assert not rated[users, others].any()
    assert set(answers) == {1.0}


def test_what_was_liked_counts_more() -> None:
    wishes = wish_table((np.array([0, 1]), np.array([2, 0])), np.array([4.0, 3.5]), 4.0, (2, 3))
    assert wishes == pytest.approx(np.array([[0, 0, 1], [0.3, 0, 0]]))


@pytest.mark.parametrize("seed", range(10))
def test_the_lectures_table_from_every_seed(seed: int) -> None:
    """The lecture's spreadsheet: 0.41."""
    model = best_of_restarts(seed=seed)
    data = lecture_table()
    assert model.rmse(pairs_of(data), data.ratings) <= 0.395


def test_hidden_cells_show_overfitting() -> None:
    found = hidden_cells(n_factors=(1, 5), penalties=(0.0, 3.0), seeds=range(3))
    (known_1, hidden_1), (known_5, hidden_5) = found.factors[1, 0.0], found.factors[5, 0.0]
    assert known_5 < 0.5 * known_1
    assert hidden_5 > 1.5 * hidden_1
    assert hidden_5 > found.mean[1]
    known_penalised, hidden_penalised = found.factors[5, 3.0]
    assert known_penalised > known_5
    assert hidden_penalised < hidden_5
    assert found.n_hidden == 41
    assert "overfitting" in found.text("vi")


def test_every_text_has_the_same_gaps_in_both_languages() -> None:

    for key, text in TEXTS.items():
        gaps = [sorted(re.findall(r"(?<!{){(\w+)", text[lang])) for lang in ("vi", "en")]
        assert gaps[0] == gaps[1], key
