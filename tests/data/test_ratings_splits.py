"""Parts of ratings, and the busiest of them: against pandas' definitions written out in plain Python."""

from collections import Counter

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.data import RatingsDataset, RatingsSplit, lecture_table
from tinygrad_vn.errors import DataError


@pytest.fixture(scope="module")
def real(movielens):
    return RatingsDataset.from_csv(movielens / "ratings.csv", movielens / "movies.csv")


def test_top_makes_the_table_of_the_lecture(real):
    top, table = real.top(users=15, films=15), lecture_table()
    np.testing.assert_array_equal(top.user_ids, table.user_ids)
    np.testing.assert_array_equal(top.item_ids, table.item_ids)
    np.testing.assert_array_equal(top.matrix(), table.matrix())
    assert [top.title_of(film) for film in top.item_ids] == [table.title_of(film) for film in table.item_ids]
    np.testing.assert_array_equal(real.ratings[top.rows], top.ratings)


def test_top_takes_the_busiest_and_of_equals_the_smaller_id(real):
    films = Counter(real.item_ids[real.items].tolist())
    wanted = sorted(films, key=lambda film: (-films[film], film))[:40]
    assert real.top(users=3, films=40).item_ids.tolist() == sorted(wanted)
    assert films[1198] == films[2858]  # the lecture's fifteenth film, and the one that is as often rated
    whole = real.top(users=10**6, films=10**6)
    assert (len(whole), whole.n_users, whole.n_items) == (len(real), real.n_users, real.n_items)


@pytest.mark.parametrize("wrong", [0, -1, 2.5])
def test_top_refuses_what_is_no_count(wrong):
    with pytest.raises(DataError, match=rf"users={wrong} is not possible. Write a whole number from 1"):
        lecture_table().top(users=wrong)


def test_a_validation_part_leaves_the_test_part_as_it_is(real):
    train, test = real.split(test=0.2, seed=3)
    smaller, valid, same = real.split(valid=0.1, test=0.2, seed=3)
    np.testing.assert_array_equal(same.rows, test.rows)
    assert (len(smaller), len(valid), len(test)) == (70_004, 10_000, 20_000)
    np.testing.assert_array_equal(np.concatenate([valid.rows, smaller.rows]), train.rows)
    order = np.random.RandomState(3).permutation(len(real))
    np.testing.assert_array_equal(valid.rows, order[20_000:30_000])
    np.testing.assert_array_equal(real.ratings[valid.rows], valid.ratings)
    np.testing.assert_array_equal(real.timestamps[valid.rows], valid.timestamps)


def test_rows_of_a_part_of_a_part_are_those_of_the_whole(real):
    inner = real.split(test=0.2, seed=0)[0].split(test=0.2, seed=1)[1]
    np.testing.assert_array_equal(real.ratings[inner.rows], inner.ratings)
    np.testing.assert_array_equal(real.users[inner.rows], inner.users)


def test_by_user_time_every_user_is_judged_by_the_latest_ratings(real):
    train, valid, test = real.split(valid=0.1, test=0.2, by="user_time")
    assert len(train) + len(valid) + len(test) == len(real)
    assert len(np.unique(np.concatenate([train.rows, valid.rows, test.rows]))) == len(real)
    for user in range(real.n_users):
        times = [part.timestamps[part.users == user] for part in (train, valid, test)]
        n = sum(map(len, times))
        assert [len(part) for part in times] == [n - int(n * 0.1) - int(n * 0.2), int(n * 0.1), int(n * 0.2)]
        assert times[0].max() <= times[1].min(initial=2**62)
        assert times[1].max(initial=0) <= times[2].min(initial=2**62)


def test_by_user_time_chance_decides_among_equal_times_only():
    users, items = np.divmod(np.arange(40), 10)
    data = RatingsDataset.from_arrays(users, items, np.full(40, 3.0), np.where(users < 2, items, 0))
    tests = [data.split(test=0.3, seed=seed, by="user_time")[1] for seed in range(5)]
    first = [sorted(part.items[part.users < 2].tolist()) for part in tests]
    assert first == [[7, 7, 8, 8, 9, 9]] * 5
    assert len({tuple(sorted(part.rows[part.users >= 2].tolist())) for part in tests}) > 1
    again = data.split(test=0.3, seed=4, by="user_time")[1]
    np.testing.assert_array_equal(again.rows, tests[4].rows)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"valid": 0.5, "test": 0.5}, "valid=0.5 and test=0.5 add up to 1 or more"),
        ({"valid": -0.1}, "valid=-0.1 is not a share of the ratings"),
        ({"valid": float("nan")}, "valid=nan is not a share"),
        ({"valid": 0.001}, "valid=0.001 of 206 ratings holds out 0"),
        ({"by": "time"}, "by='time' is no way to split. Write 'random', or 'user_time'"),
        ({"by": "user_time"}, "needs the time of every rating, and there is none. Add a column timestamp"),
    ],
)
def test_a_split_that_cannot_be_says_why(options, text):
    with pytest.raises(DataError) as caught:
        lecture_table().split(**options)
    assert text in str(caught.value)


def test_a_timestamp_that_is_no_number_is_named_when_it_is_needed(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("userId,movieId,rating,timestamp\n1,1,3,0\n1,2,3,\n2,1,3,2016-10-17\n")
    data = RatingsDataset.from_csv(path)
    assert data.timestamps is None
    assert len(data.split(test=0.4)[1]) == 1
    with pytest.raises(DataError, match=r"line 3: the timestamp '' is not a whole number \(seconds\)"):
        data.split(test=0.4, by="user_time")


@pytest.mark.parametrize("by", ["random", "user_time"])
def test_a_split_is_stored_with_a_model_and_comes_back(by, real, tmp_path):
    split = real.choose_split(valid=0.1, test=0.2, seed=5, by=by)
    tg.save(tmp_path / "model.npz", {"split": split.state()})
    again = RatingsSplit.from_state(tg.load(tmp_path / "model.npz")["split"])
    for mine, theirs in zip(real.split_as(again), real.split(valid=0.1, test=0.2, seed=5, by=by), strict=True):
        np.testing.assert_array_equal(mine.rows, theirs.rows)
    assert (again.by, again.seed) == (by, 5)
    with pytest.raises(DataError, match="this split was made for other ratings"):
        lecture_table().split_as(again)


@pytest.mark.parametrize(
    "change",
    [{"train": None}, {"train": [0.5]}, {"valid": [-1]}, {"by": "hand"}, {"seed": "x"}, "test"],
    ids=["nothing", "no row number", "negative", "no way", "no seed", "a row in two parts"],
)
def test_a_damaged_split_is_refused(change):
    state = lecture_table().choose_split(test=0.2).state()
    change = {"test": state["train"][:1]} if change == "test" else change
    with pytest.raises(DataError, match="this is no stored split"):
        RatingsSplit.from_state({**state, **change})


def test_a_split_without_a_part_is_refused():
    state = lecture_table().choose_split(test=0.2).state()
    del state["valid"]
    with pytest.raises(DataError, match="KeyError: 'valid'"):
        RatingsSplit.from_state(state)


def test_a_fingerprint_notices_one_changed_rating(real):
    changed = RatingsDataset.from_arrays(real.users, real.items, np.where(np.arange(len(real)) == 7, 1.0, real.ratings))
    assert changed.fingerprint() != real.fingerprint()
    assert real.part(np.arange(len(real))).fingerprint() == real.fingerprint()
