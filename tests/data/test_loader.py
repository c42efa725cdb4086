"""Batches: every row once per epoch, in the order that the generator's state decides, without a copy of the data."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.data import DataLoader, RatingsDataset, Subset, TensorDataset, lecture_table
from tinygrad_vn.errors import DataError

X, Y = np.arange(20.0).reshape(10, 2), np.arange(10)


def rows(loader: DataLoader, skip: int = 0) -> list[list[int]]:
    """The numbers of the rows of every batch."""
    return [y.tolist() for _, y in loader.batches(skip)]


@pytest.mark.parametrize(
    ("size", "drop_last", "lengths"),
    [(1, False, [1] * 10), (4, False, [4, 4, 2]), (4, True, [4, 4]), (5, True, [5, 5]), ("all", True, [10])],
)
@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_has_every_row_once(size: Any, drop_last: bool, lengths: list[int], shuffle: bool) -> None:
    loader = DataLoader((X, Y), size, shuffle, drop_last=drop_last, rng=np.random.default_rng(0))
    batches = list(loader)
    assert [len(x) for x, _ in batches] == lengths
    assert len(loader) == len(lengths)
    seen = np.concatenate([y.numpy() for _, y in batches])
    assert len(set(seen.tolist())) == len(seen)
    for x, y in batches:  # x and y are still the same rows
        np.testing.assert_array_equal(x.numpy(), X[y.numpy()])
    assert (seen.tolist() == sorted(seen.tolist())) == (not shuffle)


def test_batches_are_one_sample_by_default_and_keep_their_dtype() -> None:
    x, y = next(iter(DataLoader((X.astype(np.float32), Y))))
    assert (x.shape, y.shape) == ((1, 2), (1,))
    assert (x.dtype, y.dtype) == (np.float32, Y.dtype)


def test_epochs_differ_and_a_generator_repeats_them() -> None:
    loader, again = (DataLoader((X, Y), 4, shuffle=True, rng=np.random.default_rng(5)) for _ in range(2))
    first, second = rows(loader), rows(loader)
    assert first != second
    assert [rows(again), rows(again)] == [first, second]


@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_can_be_resumed_in_the_middle(shuffle: bool) -> None:
    loader = DataLoader((X, Y), 3, shuffle, rng=np.random.default_rng(1))
    rows(loader)
    state = loader.rng.bit_generator.state
    whole, after = rows(loader), rows(loader)
    for skip in range(5):
        loader.rng.bit_generator.state = state
        assert rows(loader, skip) == whole[skip:]
        assert rows(loader) == after
    for wrong in (-1, 5):
        with pytest.raises(ValueError, match="an epoch of 4"):
            loader.batches(wrong)


def test_only_shuffling_draws_and_it_draws_before_the_first_batch() -> None:
    rng = np.random.default_rng(0)
    start = rng.bit_generator.state
    rows(DataLoader((X, Y), 4, rng=rng))
    assert rng.bit_generator.state == start
    epoch = DataLoader((X, Y), 4, shuffle=True, rng=rng).batches()
    drawn = rng.bit_generator.state
    assert drawn != start
    list(epoch)
    assert rng.bit_generator.state == drawn


def test_manual_seed_decides_without_a_generator() -> None:
    loader = DataLoader((X, Y), 10, shuffle=True)
    tg.manual_seed(3)
    first = rows(loader)
    tg.manual_seed(3)
    assert rows(loader) == first
    assert rows(DataLoader((X, Y), 10, shuffle=True, generator=tg.manual_seed(3))) == first


@pytest.mark.parametrize("shuffle", [False, True])
def test_no_copy_of_the_data_per_epoch(shuffle: bool) -> None:
    x = np.zeros((20_000, 100))
    loader = DataLoader((x, np.zeros(20_000)), 100, shuffle, rng=np.random.default_rng(0))
    held = loader.dataset.tensors[0].data  # even while somebody may write there
    tracemalloc.start()
    for _ in loader:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    batch, order = held.nbytes // 200, 8 * len(x)
    assert peak < (3 * batch + 2 * order if shuffle else 20_000)


def test_tensors_and_subsets_of_them_are_not_copied() -> None:
    x = tg.tensor(np.zeros((20_000, 100)))
    tracemalloc.start()
    dataset = TensorDataset(x)
    for _ in DataLoader(Subset(dataset, np.arange(0, 20_000, 2)), 100):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < x.numpy().nbytes / 20


def test_nobody_can_write_into_the_data_by_a_batch_or_change_a_batch_by_the_data() -> None:
    mine, tensor = X.copy(), tg.tensor(X)
    loader = DataLoader((mine, tensor), 5)
    first, second = next(iter(loader))
    mine[...] = tensor.data[...] = -1
    tensor[0] = -2
    np.testing.assert_array_equal(first.numpy(), X[:5])
    first += 100
    second.data[...] = 100
    for batch in next(iter(loader)):
        np.testing.assert_array_equal(batch.numpy(), X[:5])


def test_the_gradient_of_a_batch_survives_changes_of_the_data() -> None:
    w = tg.tensor(np.ones(2), requires_grad=True)
    mine = X.copy()
    loader = DataLoader((mine,), "all")
    (x,) = next(iter(loader))
    loss = (x @ w).sum()
    mine[...] = 0
    loader.dataset.tensors[0].zero_()
    loss.backward()
    np.testing.assert_array_equal(w.grad.numpy(), X.sum(axis=0))


class Squares:
    """A dataset of one's own: it has a length and numbered samples."""

    def __len__(self) -> int:
        return 5

    def __getitem__(self, k: int) -> tuple[float, list[Any]]:
        return float(k), [np.array([k * k, 1], dtype=np.float32), {"even": k % 2 == 0, "t": tg.tensor([1.0, k])}]


def test_a_dataset_of_ones_own_is_stacked_part_by_part() -> None:
    k, (square, more) = list(DataLoader(Squares(), 2))[1]
    assert (k.tolist(), square.tolist(), more["even"].tolist()) == ([2, 3], [[4, 1], [9, 1]], [True, False])
    assert more["t"].tolist() == [[1, 2], [1, 3]]
    assert (k.dtype, square.dtype, more["even"].dtype) == (np.float64, np.float32, bool)
    tg.set_default_dtype(tg.float32)
    try:
        assert next(iter(DataLoader(Squares())))[0].dtype == np.float32
    finally:
        tg.set_default_dtype(tg.float64)


@pytest.mark.parametrize("data", [Y, tg.tensor(Y), Y.tolist()], ids=["array", "tensor", "list"])
def test_numbers_alone_come_as_one_tensor(data: Any) -> None:
    assert [batch.tolist() for batch in DataLoader(data, 4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_subsets_of_subsets() -> None:
    part = Subset(Subset((X, Y), [9, 7, 5, 3]), np.array([-1, 0]))
    assert rows(DataLoader(part, 2)) == [[3, 9]]
    assert [y.item() for _, y in part] == [3, 9]
    assert next(iter(DataLoader(Subset(Squares(), [4, 2]), 2)))[0].tolist() == [4, 2]


def test_the_lectures_ratings_in_batches() -> None:
    table = lecture_table()
    assert isinstance(table, RatingsDataset)
    loader = DataLoader((table.users, table.items, table.ratings), 50, shuffle=True, rng=np.random.default_rng(0))
    assert len(loader) == 5  # 206 ratings
    total = sum(ratings.sum().item() for _, _, ratings in loader)
    assert total == pytest.approx(table.ratings.sum())


def test_what_a_loader_says_of_itself() -> None:
    assert repr(DataLoader((X, Y), 4, True)) == "DataLoader(10 samples, 3 batches of 4, shuffled)"
    assert repr(TensorDataset(X, Y)) == "TensorDataset((10, 2) float64, (10,) int64)"
    assert repr(Subset((X, Y), [1])) == "Subset(1 of 10 samples)"


WRONG: list[tuple[Any, Any, list[str]]] = [
    ((X, Y[:9]), 1, ["x has 10 rows but y has 9", "x có 10 dòng nhưng y có 9"]),
    ((X, Y, Y[:4]), 1, ["array 1 has 10 rows but array 3 has 4", "array 3 có 4"]),
    ((X, Y), 64, ["a batch of 64 is larger than the data (10 samples)", "batch gồm 64 mẫu lớn hơn dữ liệu (10 mẫu)"]),
    ([X, Y], 5, ["write a tuple", "hãy viết tuple"]),
    ((X[:0], Y[:0]), 1, ["the data are empty", "dữ liệu trống"]),
    ([], 1, ["the data are empty", "dữ liệu trống"]),
    ((), 1, ["no arrays", "chưa có mảng nào"]),
    (X, Y, ["DataLoader((X, y), batch_size=…)", "thành một cặp"]),
    ((X, Y), 0, ["batch_size=0", "từ 1 trở lên"]),
    ((X, Y), None, ["batch_size=None", "'all'"]),
    ((X, Y), 2.5, ["batch_size=2.5", "số nguyên"]),
    ((X, 3.0), 1, ["y is a single number", "y là một số"]),
    ((X, np.array(["a"] * 10)), 1, ["y is no table of numbers", "y không phải là bảng số"]),
    ((X, [[1], [2, 3]]), 1, ["y is no table of numbers", "y không phải là bảng số"]),
    ((X, tg.tensor(X, requires_grad=True)), 1, ["Pass y.detach()", "y.detach()"]),
    (iter([1, 2]), 1, ["does not hold numbered samples", "__getitem__"]),
    ({"x": X}, 1, ["does not hold numbered samples", "__getitem__"]),
]


@pytest.mark.parametrize(("data", "size", "texts"), WRONG)
def test_what_cannot_be_cut_is_refused_in_both_languages(data: Any, size: Any, texts: list[str]) -> None:
    for lang, text in zip(("en", "vi"), texts, strict=True):
        tg.set_language(lang)
        with pytest.raises(DataError) as caught:
            DataLoader(data, size)
        assert text in str(caught.value)


@pytest.mark.parametrize(
    ("samples", "text"),
    [
        ([np.ones(2), np.ones(3)], "sample 0 is array(2,) but sample 1 is array(3,)"),
        ([(1, 2), (1, 2, 3)], "sample 0 is tuple(2) but sample 1 is tuple(3)"),
        ([{"a": 1}, {"b": 1}], "sample 0 is dict(a) but sample 1 is dict(b)"),
        (["one", "two"], "str cannot go into a batch"),
        ([(1, None), (2, None)], "NoneType cannot go into a batch"),
    ],
)
def test_samples_that_do_not_stack_are_named(samples: list[Any], text: str) -> None:
    with pytest.raises(DataError) as caught:
        next(iter(DataLoader(samples, 2)))
    assert text in str(caught.value)


def test_numbers_of_samples_are_checked() -> None:
    with pytest.raises(DataError, match="no sample number 10: there are 10"):
        Subset((X, Y), [0, 10])
    with pytest.raises(DataError, match="flatnonzero"):
        Subset((X, Y), Y < 5)


def test_pytorchs_other_arguments_are_explained() -> None:
    DataLoader((X, Y), 2, num_workers=0, pin_memory=False, collate_fn=None, shuffle=None)
    for name, value, remedy in (
        ("num_workers", 4, "leave it out"),
        ("pin_memory", True, "leave it out"),
        ("sampler", Y, "Subset"),
        ("collate_fn", list, "one shape"),
    ):
        with pytest.raises(TypeError, match=f"DataLoader\\({name}=.*{remedy}"):
            DataLoader((X, Y), 2, **{name: value})
    with pytest.raises(TypeError, match="no argument 'batchsize'"):
        DataLoader((X, Y), batchsize=2)
    with pytest.raises(TypeError, match=r"np\.random\.default_rng"):
        DataLoader((X, Y), shuffle=True, rng=0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="two names of one argument"):
        DataLoader((X, Y), rng=tg.manual_seed(0), generator=tg.manual_seed(0))
