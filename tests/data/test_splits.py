"""Splits: no row in two parts, none lost; and for a seed the rows that scikit-learn chooses."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.data import DataLoader, KFold, Subset, TensorDataset, random_split, train_test_split
from tinygrad_vn.errors import DataError

X, Y = np.arange(20.0).reshape(10, 2), np.arange(10)


@pytest.mark.parametrize("lengths", [[7, 3], [0.7, 0.3], [0.5, 0.25, 0.25], [1.0]])
def test_a_random_split_deals_out_every_sample_once(lengths: list[float]) -> None:
    parts = random_split((X, Y), lengths, np.random.default_rng(0))
    assert len(parts) == len(lengths)
    assert sorted(y.item() for part in parts for _, y in part) == list(range(10))
    assert all(isinstance(part, Subset) for part in parts)


def test_a_random_split_of_a_dataset_feeds_loaders_and_repeats_itself() -> None:
    data = TensorDataset(X, Y)
    (train, test), (again, _) = (random_split(data, [8, 2], generator=tg.manual_seed(1)) for _ in range(2))
    assert train.dataset is data
    assert train.indices.tolist() == again.indices.tolist() != list(range(8))
    assert [len(y) for _, y in DataLoader(test, 1)] == [1, 1]


@pytest.mark.parametrize(
    ("lengths", "text"),
    [
        ([5, 4], "add up to 9, but there are 10"),
        ([0.5, 0.4], "add up to 0.9"),
        ([1.5, -0.5], "add up to 1.0"),
        ([12, -2], "one is empty"),
        ([10, 0], "one is empty"),
        ([0.99, 0.01], r"parts of \[10, 0\]"),
        ([], "add up to 0"),
    ],
)
def test_lengths_that_do_not_add_up_are_refused(lengths: list[float], text: str) -> None:
    with pytest.raises(DataError, match=text):
        random_split((X, Y), lengths)


def test_scikit_learns_rows() -> None:
    """The example of scikit-learn's documentation of train_test_split, and its result there."""
    x_train, x_test, y_train, y_test = train_test_split(
        np.arange(10).reshape(5, 2), list(range(5)), test_size=0.33, random_state=42
    )
    assert x_train.tolist() == [[4, 5], [0, 1], [6, 7]]
    assert x_test.tolist() == [[2, 3], [8, 9]]
    assert (y_train, y_test) == ([2, 0, 3], [1, 4])
    assert train_test_split(list(range(5)), shuffle=False) == [[0, 1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        ({}, (7, 3)),  # 0.25 of 10, rounded up
        ({"test_size": 0.2}, (8, 2)),
        ({"test_size": 4}, (6, 4)),
        ({"train_size": 0.55}, (5, 5)),
        ({"train_size": 3, "test_size": 0.31}, (3, 4)),
        ({"test_size": 1}, (9, 1)),
    ],
)
def test_sizes_of_the_parts(sizes: dict[str, Any], lengths: tuple[int, int]) -> None:
    x_train, x_test, y_train, y_test = train_test_split(X, Y, seed=0, **sizes)
    assert (len(x_train), len(x_test)) == (len(y_train), len(y_test)) == lengths
    assert len({*y_train, *y_test}) == sum(lengths)
    np.testing.assert_array_equal(x_test, X[y_test])


def test_every_kind_of_data_stays_what_it_is() -> None:
    rng = np.random.default_rng(0)
    tensor, items, data = tg.tensor(X), Y.tolist(), TensorDataset(X, Y)
    t_train, _, i_train, _, d_train, _ = train_test_split(tensor, items, data, rng=rng)
    assert (type(t_train), type(i_train), type(d_train)) == (tg.Tensor, list, Subset)
    assert t_train.tolist() == X[i_train].tolist()
    assert [y.item() for _, y in d_train] == i_train


@pytest.mark.parametrize("n_test", [10, 13, 37])
def test_stratified_parts_have_the_shares_of_the_whole(n_test: int) -> None:
    classes = np.repeat(["a", "b", "c"], [60, 30, 10])
    train, test = train_test_split(classes, test_size=n_test, seed=0, stratify=classes)
    assert (len(train), len(test)) == (100 - n_test, n_test)
    for name, count in zip("abc", (60, 30, 10), strict=True):
        assert abs((test == name).sum() - n_test * count / 100) < 1
    assert test.tolist() != sorted(test.tolist())


def test_a_pair_is_parted_by_rows_into_pairs() -> None:
    train, test = train_test_split((X, Y), test_size=0.2, seed=0)
    x_train, x_test, y_train, y_test = train_test_split(X, Y, test_size=0.2, seed=0)
    for part, (x, y) in ((train, (x_train, y_train)), (test, (x_test, y_test))):
        assert isinstance(part, tuple)
        np.testing.assert_array_equal(part[0], x)
        np.testing.assert_array_equal(part[1], y)
    with pytest.raises(DataError, match="x has 10 rows but y has 9"):
        train_test_split((X, Y[:9]))


def test_a_list_of_arrays_is_not_parted_by_arrays() -> None:
    with pytest.raises(DataError, match=r"train_test_split\(X, y\), or a tuple"):
        train_test_split([X, Y], test_size=0.5)
    assert len(train_test_split(list(X), test_size=0.2, seed=0)[0]) == 8


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"test_size": 12}, "number of rows from 1 to 9"),
        ({"test_size": 1.0}, "test_size=1.0"),
        ({"train_size": True}, "train_size=True"),
        ({"train_size": 8, "test_size": 3}, "parted into 8 to learn from and 3"),
        ({"train_size": 0.05}, "parted into 0 to learn from"),
        ({"stratify": Y}, "class 0 has a single row"),
        ({"stratify": Y[:9] > 4}, "x has 10 rows but stratify has 9"),
        ({"stratify": Y // 2, "test_size": 3}, "there are 5 classes, but 7 rows to learn from and 3"),
    ],
)
def test_impossible_parts_are_refused(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(DataError, match=text):
        train_test_split(X, Y, seed=0, **arguments)


def test_different_lengths_and_no_data() -> None:
    with pytest.raises(DataError, match="x has 10 rows but y has 9"):
        train_test_split(X, Y[:9])
    with pytest.raises(DataError, match="x has 10 rows but y has 9"):
        KFold(2).split((X, Y[:9]))
    with pytest.raises(DataError, match="empty"):
        train_test_split(X[:0])
    with pytest.raises(DataError, match="no arrays"):
        train_test_split()


def test_a_seed_that_would_have_no_effect_is_refused() -> None:
    for wrong in (lambda: KFold(2, seed=0), lambda: train_test_split(X, shuffle=False, seed=0)):
        with pytest.raises(ValueError, match="no effect without shuffling"):
            wrong()
    with pytest.raises(ValueError, match="stratify"):
        train_test_split(X, shuffle=False, stratify=Y // 5)
    with pytest.raises(TypeError, match="one of them"):
        train_test_split(X, seed=0, rng=np.random.default_rng(0))


@pytest.mark.parametrize("shuffle", [False, True])
def test_every_row_is_tested_once(shuffle: bool) -> None:
    folds = list(KFold(3, shuffle=shuffle, seed=0 if shuffle else None).split((X, Y)))
    assert [len(test) for _, test in folds] == [4, 3, 3]
    assert sorted(np.concatenate([test for _, test in folds]).tolist()) == list(range(10))
    for train, test in folds:
        assert sorted([*train, *test]) == list(range(10))
    assert (folds[0][1].tolist() == [0, 1, 2, 3]) == (not shuffle)


def test_folds_by_a_generator_differ_and_too_many_are_refused() -> None:
    folds = KFold(5, shuffle=True, rng=np.random.default_rng(0))
    assert next(folds.split(X))[1].tolist() != next(folds.split(X))[1].tolist()
    with pytest.raises(DataError, match="10 rows cannot make 11 folds"):
        KFold(11).split(X)
    with pytest.raises(ValueError, match="n_splits=1"):
        KFold(1)
