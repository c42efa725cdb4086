"""Splits: one part of the data to learn from, another to be judged by.

A model is judged by data that it has not seen. `random_split` is PyTorch's, of datasets; `train_test_split` and `KFold`
are scikit-learn's, of arrays, and with the same seed they choose the same rows as scikit-learn does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.data.datasets import Indices, Subset, as_dataset, common_length
from tinygrad_vn.data.loader import one_generator
from tinygrad_vn.data.words import complaint
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

Seeded = np.random.Generator | np.random.RandomState


def random_split(
    dataset: Any,
    lengths: Sequence[int | float],
    rng: np.random.Generator | None = None,
    *,
    generator: np.random.Generator | None = None,
) -> list[Subset]:
    """Part a dataset at random.

    Args:
        dataset: what `DataLoader` takes, n samples.
        lengths: of the parts: whole numbers that add up to n, or shares that add up to 1. Shares are rounded down,
            and the samples left over are dealt out one each, beginning with the first part.
        rng: draws the parts; None for the process's generator.
        generator: PyTorch's name of `rng`.

    Returns:
        One `Subset` per length.

    Raises:
        DataError: the lengths do not add up, or a part would be empty.
    """
    whole = as_dataset(dataset)
    counts = _counts(lengths, len(whole))
    order = default_rng(one_generator(rng, generator)).permutation(len(whole))
    ends = np.cumsum(counts)
    return [Subset(whole, order[end - count : end]) for end, count in zip(ends, counts, strict=True)]


def _counts(lengths: Sequence[int | float], n: int) -> list[int]:
    """How many samples every part gets.

    Raises:
        DataError: the lengths do not add up, or a part would be empty.
    """
    if n and math.isclose(sum(lengths), 1) and all(0 <= length <= 1 for length in lengths):
        counts = [math.floor(n * share) for share in lengths]
        for k in range(n - sum(counts)):
            counts[k % len(counts)] += 1
    else:
        counts = [int(length) for length in lengths]
        if counts != list(lengths) or sum(counts) != n:
            raise complaint("lengths do not add up", lengths=list(lengths), total=sum(lengths), count=n)
    if not counts or min(counts) < 1:
        raise complaint("no samples for a part", lengths=list(lengths), count=n, counts=counts)
    return counts


def train_test_split(
    *arrays: Any,
    test_size: int | float | None = None,
    train_size: int | float | None = None,
    seed: int | None = None,
    rng: np.random.Generator | None = None,
    shuffle: bool = True,
    stratify: Any = None,
    random_state: int | None = None,
) -> list[Any]:
    """Part arrays of equal length into rows to learn from and rows to be judged by.

        x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.2, seed=0)
        train, test = train_test_split((X, y), test_size=0.2, seed=0)    # pairs, as `fit` and `DataLoader` take them

    Args:
        *arrays: arrays, Tensors or lists of n rows each; tuples of such, which give tuples; datasets, which give
            Subsets.
        test_size: the share of the test part, rounded up to whole rows, or how many rows; 0.25 where nothing is said.
        train_size: the same for the training part, rounded down; by default all other rows.
        seed: the same seed gives the same parts on every machine, and the rows that scikit-learn chooses.
        rng: a generator to draw the parts instead; without both, the process's.
        shuffle: False takes the test rows from the end, as for what is ordered by time.
        stratify: the class of every row, shape (n,): each class then has its share in both parts.
        random_state: scikit-learn's name of `seed`.

    Returns:
        [x_train, x_test, y_train, y_test, …], of the kinds of the arrays.

    Raises:
        DataError: the lengths differ, a part would be empty, or a class is too small to be in both parts.
    """
    n = _rows_in(_flat(arrays))
    n_train, n_test = _part_sizes(test_size, train_size, n)
    seed = seed if random_state is None else random_state
    if not shuffle:
        _no_seed_without_shuffle(seed, rng)
        if stratify is not None:
            raise complaint("stratify without shuffle")
        train, test = np.arange(n_train), np.arange(n_train, n_train + n_test)
    elif stratify is not None:
        train, test = _stratified(_classes(stratify, n), n_train, n_test, _random(seed, rng))
    else:
        order = _random(seed, rng).permutation(n)
        train, test = order[n_test : n_test + n_train], order[:n_test]
    return [rows_of(array, part) for array in arrays for part in (train, test)]


class KFold:
    """Cross-validation: k folds of nearly equal size, each of which is the test part once.

    Args:
        n_splits: how many folds, at least 2.
        shuffle: whether the rows are dealt out at random; otherwise a fold is a run of neighbours.
        seed: the same seed gives the same folds, those of scikit-learn.
        rng: a generator to shuffle by instead; without both, the process's.
        random_state: scikit-learn's name of `seed`.

    Raises:
        DataError: fewer than 2 folds, or a seed without shuffling.
    """

    def __init__(
        self,
        n_splits: int = 5,
        *,
        shuffle: bool = False,
        seed: int | None = None,
        rng: np.random.Generator | None = None,
        random_state: int | None = None,
    ) -> None:
        if n_splits < 2:
            raise complaint("too few folds", folds=n_splits)
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.seed = seed if random_state is None else random_state
        self.rng = rng
        if not shuffle:
            _no_seed_without_shuffle(self.seed, rng)

    def split(self, *arrays: Any) -> Iterator[tuple[Indices, Indices]]:
        """The row numbers of the training and the test part, once for every fold.

        Args:
            *arrays: the data, as `DataLoader` takes them, or several arrays of equal length.

        Yields:
            (train, test), each increasing, shapes (n − n / k,) and (n / k,).

        Raises:
            DataError: fewer rows than folds, or arrays of different lengths.
        """
        n = _rows_in(_flat(arrays))
        if n < self.n_splits:
            raise complaint("more folds than rows", folds=self.n_splits, count=n)
        order = np.arange(n)
        if self.shuffle:
            _random(self.seed, self.rng).shuffle(order)
        return self._folds(order)

    def _folds(self, order: Indices) -> Iterator[tuple[Indices, Indices]]:
        for fold in np.array_split(order, self.n_splits):
            is_test = np.zeros(len(order), dtype=bool)
            is_test[fold] = True
            yield np.flatnonzero(~is_test), np.flatnonzero(is_test)


def rows_of(data: Any, chosen: Indices) -> Any:
    """Some rows of an array, a Tensor, a list or a tuple of these, as the same kind; of any other dataset a Subset."""
    if isinstance(data, tuple):
        return tuple(rows_of(part, chosen) for part in data)
    if isinstance(data, Tensor):
        return data[chosen]
    if isinstance(data, np.ndarray):
        return data.take(chosen, axis=0)
    if isinstance(data, list):
        return [data[k] for k in chosen]
    return Subset(data, chosen)


def _random(seed: int | None, rng: np.random.Generator | None) -> Seeded:
    """What draws the parts: scikit-learn's kind of generator for a seed, ours otherwise."""
    if seed is None:
        return default_rng(one_generator(rng, None))
    if rng is not None:
        raise TypeError(said("seed and rng both say how to draw; give one of them"))
    return np.random.RandomState(seed)


def _no_seed_without_shuffle(seed: int | None, rng: np.random.Generator | None) -> None:
    if seed is not None or rng is not None:
        raise complaint("seed without shuffle")


def _flat(arrays: Sequence[Any]) -> list[Any]:
    """The arrays, those of tuples one by one."""
    return [part for array in arrays for part in (array if isinstance(array, tuple) else (array,))]


def _rows_in(arrays: Sequence[Any]) -> int:
    """How many rows there are.

    Raises:
        DataError: no arrays, no rows, different lengths, or a list of arrays that was meant as several.
    """
    for array in arrays:
        if isinstance(array, list) and 2 <= len(array) <= 3 and all(isinstance(x, np.ndarray | Tensor) for x in array):
            raise complaint("list of arrays", count=len(array))
    n = common_length(arrays)
    if not n:
        raise complaint("no data")
    return n


def _part_sizes(test: int | float | None, train: int | float | None, n: int) -> tuple[int, int]:
    """How many rows there are to learn from, and how many to be judged by.

    Raises:
        DataError: a size that is neither a share nor a number of rows, or parts that do not fit.
    """
    for name, size in (("test_size", test), ("train_size", train)):
        is_share = isinstance(size, float | np.floating) and 0 < size < 1
        is_count = isinstance(size, int | np.integer) and not isinstance(size, bool) and 0 < size < n
        if size is not None and not is_share and not is_count:
            raise complaint("no part size", name=name, size=size, most=n - 1)
    if test is None and train is None:
        test = 0.25
    n_train = None if train is None else math.floor(n * train) if train < 1 else int(train)
    n_test = n - (n_train or 0) if test is None else math.ceil(n * test) if test < 1 else int(test)
    n_train = n - n_test if n_train is None else n_train
    if n_train < 1 or n_test < 1 or n_train + n_test > n:
        raise complaint("parts do not fit", train=n_train, test=n_test, count=n)
    return n_train, n_test


def _classes(stratify: Any, n: int) -> Indices:
    """The class of every row, numbered from 0, shape (n,).

    Raises:
        DataError: not one class per row, or a class of a single row.
    """
    labels = np.asarray(stratify)
    if labels.shape != (n,):
        rows = len(labels) if labels.ndim == 1 else f"shape {labels.shape}"
        raise complaint("lengths", first="x", rows=n, other="stratify", other_rows=rows)
    names, numbers, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        raise complaint("class too small", name=names[counts.argmin()].item())
    return numbers.astype(np.intp)


def _stratified(classes: Indices, n_train: int, n_test: int, rng: Seeded) -> tuple[Indices, Indices]:
    """Rows for both parts, so that each class has its share in both.

    Raises:
        DataError: a part has fewer rows than there are classes.
    """
    counts = np.bincount(classes)
    if min(n_train, n_test) < len(counts):
        raise complaint("more classes than rows", classes=len(counts), train=n_train, test=n_test)
    for_train = _dealt(counts, n_train)
    for_test = _dealt(counts - for_train, n_test)
    train, test = [], []
    for k, (a, b) in enumerate(zip(for_train, for_test, strict=True)):
        rows = rng.permutation(np.flatnonzero(classes == k))
        train.append(rows[:a])
        test.append(rows[a : a + b])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def _dealt(counts: Indices, total: int) -> Indices:
    """`total` rows dealt out in proportion to the counts, the largest remainders rounded up."""
    exact = total * counts / counts.sum()
    dealt = np.floor(exact).astype(np.intp)
    dealt[np.argsort(dealt - exact, kind="stable")[: total - dealt.sum()]] += 1
    return dealt
