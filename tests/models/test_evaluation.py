"""Errors and ranking scores against counting by hand; the baselines; the lecture's table and its overfitting."""

import math
import re
from typing import Any

import numpy as np
import pytest

from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.models import ItemNeighbours, Popularity, collab_learner
from tinygrad_vn.models.collab.evaluation import baselines, evaluated, ranking_scores, rating_errors
from tinygrad_vn.models.collab.ranking import Comparisons, wish_table
from tinygrad_vn.models.collab.words import TEXTS
from tinygrad_vn.models.overfitting import best_of_restarts, hidden_cells, pairs_of

X = np.array([[0, 0], [0, 1], [1, 0], [1, 2], [2, 1], [2, 0]])
Y = np.array([5.0, 3.0, 4.0, 2.0, 1.0, 4.0])


def test_errors_of_warm_and_cold_pairs() -> None:
    found = rating_errors(np.array([3.0, 4.0, 1.0]), np.array([4.0, 4.0, 4.0]), np.array([False, False, True]))
    assert (found.n, found.n_warm, found.n_cold) == (3, 2, 1)
    assert found.rmse == pytest.approx(math.sqrt(10 / 3))
    assert found.mae == pytest.approx(4 / 3)
    assert (found.rmse_warm, found.mae_warm) == pytest.approx((math.sqrt(0.5), 0.5))
    assert (found.rmse_cold, found.mae_cold) == (3, 3)
    assert math.isnan(rating_errors(np.ones(1), np.ones(1), np.array([True])).rmse_warm)


def test_ranking_scores_counted_by_hand() -> None:
    """User 0 has seen film 0; films 1 … 5 are listed as 5, 4, 3, 2, 1, of which 5, 3 and 1 are right. User 1: none."""
    scores = np.array([[9.0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]])
    seen, right = (np.array([0]), np.array([0])), (np.array([0, 0, 0]), np.array([1, 3, 5]))
    found = ranking_scores(lambda users: scores[users], seen, right, (2, 6), k=3)
    assert found.n_users == 1
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 3)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found.ndcg == pytest.approx((1 + 1 / math.log2(4)) / ideal)
    assert found.map == pytest.approx((1 + 2 / 3) / 3)
    assert found.coverage == pytest.approx(3 / 6)
    perfect = ranking_scores(lambda users: scores[users], seen, (np.array([0, 1]), np.array([5, 5])), (2, 6), k=1)
    assert (perfect.precision, perfect.recall, perfect.ndcg, perfect.map) == (1, 1, 1, 1)


def test_ranking_scores_against_counting_over_many_users() -> None:
    rng = np.random.default_rng(0)
    scores, seen, right = rng.random((700, 20)), rng.random((700, 20)) < 0.3, rng.random((700, 20)) < 0.1
    right &= ~seen
    found = ranking_scores(lambda users: scores[users], np.nonzero(seen), np.nonzero(right), (700, 20), k=5)
    by_hand = []
    for user in np.flatnonzero(right.any(1)):
        best = [film for film in np.argsort(-scores[user]) if not seen[user, film]][:5]
        hits = [right[user, film] for film in best]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(5, right[user].sum())))
        by_hand.append((sum(hits) / 5, sum(hit / math.log2(place + 2) for place, hit in enumerate(hits)) / ideal))
    assert (found.precision, found.ndcg) == pytest.approx(tuple(np.mean(by_hand, axis=0)))


@pytest.mark.parametrize("k", [0, 7])
def test_lists_of_no_or_too_many_films_are_refused(k: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 6"):
        ranking_scores(lambda users: np.ones((1, 6)), (np.array([0]),) * 2, (np.array([0]),) * 2, (1, 6), k)
    with pytest.raises(ValueError, match="liked"):
        ranking_scores(lambda users: np.ones((1, 6)), (np.array([0]),) * 2, (np.array([], int),) * 2, (1, 6), 1)


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
    train, test = lecture_table().split(seed=3)
    found = baselines(train, test, k=3)
    assert set(found) == {"GlobalMean", "MeanAndBiases", "Popularity", "ItemNeighbours"}
    learner = collab_learner(train, "dot_bias", 2, y_range=None, dtype=np.float64)
    model: Any = learner.model
    model.u.weight.data[...] = 0
    same = learner.evaluate(test, k=3)
    for part in ("errors", "ranking"):
        ours, theirs = (vars(getattr(e, part)) for e in (same, found["MeanAndBiases"]))
        assert ours == pytest.approx(theirs, nan_ok=True)
    assert "NDCG" in same.text("en")
    assert same.text("vi") != same.text("en")
    assert evaluated(Popularity(), train, test, k=3).ndcg == found["Popularity"].ndcg


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


def test_unknown_ids_in_the_test_part_are_cold() -> None:
    train = RatingsDataset.from_arrays([1, 1, 2], ["a", "b", "a"], [4, 5, 3])
    test = RatingsDataset.from_arrays([9, 1, 2], ["a", "z", "b"], [4, 2, 5])
    learner = collab_learner(train, "dot_bias", 2)
    found = learner.evaluate(test, k=1)
    assert found.errors is not None
    assert (found.errors.n_warm, found.errors.n_cold) == (1, 2)
    assert found.ranking.n_users == 1  # user 9 has no row, user 1 likes nothing of the test part
