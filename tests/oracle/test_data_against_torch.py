"""Batches and splits have the lengths, and in reading order the rows, of PyTorch's."""

import numpy as np
import pytest

from tinygrad_vn import data

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torch.utils.data")

X, Y = np.arange(34.0).reshape(17, 2), np.arange(17)
SHARES = [[0.5, 0.5], [0.7, 0.3], [0.8, 0.1, 0.1], [1 / 3] * 3, [0.34, 0.33, 0.33], [0.9, 0.1], [0.15] * 6 + [0.1]]


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("n", [10, 17, 100, 101, 999])
def test_shares_are_rounded_alike(shares: list[float], n: int) -> None:
    ours = data.random_split(list(range(n)), shares)
    assert [len(part) for part in ours] == [len(part) for part in theirs.random_split(range(n), shares)]


@pytest.mark.parametrize("size", [1, 2, 5, 16, 17])
@pytest.mark.parametrize("drop_last", [False, True])
def test_the_same_batches_in_reading_order(size: int, drop_last: bool) -> None:
    ours = data.DataLoader(data.TensorDataset(X, Y), size, drop_last=drop_last)
    reference = theirs.DataLoader(theirs.TensorDataset(torch.tensor(X), torch.tensor(Y)), size, drop_last=drop_last)
    assert len(ours) == len(reference)
    for mine, its in zip(ours, reference, strict=True):
        for a, b in zip(mine, its, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())


SAMPLES = [
    [(1.5, 2), (2.5, 3)],
    [{"a": 1, "b": np.ones(2)}, {"a": 2, "b": np.zeros(2)}],
    [1.5, 2.5],
    [[1, [2.0, 3.0]], [4, [5.0, 6.0]]],
    [np.float32(1), np.float32(2)],
    [True, False],
]


@pytest.mark.parametrize("samples", SAMPLES, ids=str)
def test_samples_are_stacked_alike(samples: list[object]) -> None:
    def plain(batch: object) -> object:
        if isinstance(batch, dict):
            return {key: plain(value) for key, value in batch.items()}
        if isinstance(batch, list | tuple):
            return [plain(value) for value in batch]
        return np.asarray(batch).tolist(), str(np.asarray(batch).dtype)

    mine, its = next(iter(data.DataLoader(samples, 2))), next(iter(theirs.DataLoader(samples, 2)))
    assert plain(mine) == plain(its)
