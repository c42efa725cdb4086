"""Making Tensors: values, kinds of numbers, copies, chance."""

from collections.abc import Iterator

import numpy as np
import pytest

import tinygrad_vn as tg


@pytest.fixture
def float32_by_default() -> Iterator[None]:
    tg.set_default_dtype(tg.float32)
    yield
    tg.set_default_dtype(tg.float64)


# --- tensor() ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (1.5, np.float64),
        ([1.0, 2], np.float64),
        ([[1.0], [2.0]], np.float64),
        ([], np.float64),
        (1, np.int64),
        ([1, 2], np.int64),
        (range(3), np.int64),
        (True, np.bool_),
        ([True, False], np.bool_),
        (np.array([1, 2], np.float32), np.float32),
        (np.float32(1), np.float32),
        (np.array([1, 2], np.int32), np.int32),
        (np.array([1, 2], np.float16), np.float16),
        (np.uint8(3), np.uint8),
    ],
)
def test_dtype_of_the_elements(data: object, dtype: type) -> None:
    assert tg.tensor(data).dtype == dtype
    assert tg.Tensor(data).dtype == dtype
    assert tg.tensor(tg.tensor(data)).dtype == dtype


def test_default_dtype(float32_by_default: None) -> None:
    assert tg.get_default_dtype() == np.float32
    assert tg.tensor([1.0, 2.0]).dtype == np.float32
    assert tg.tensor([1, 2]).dtype == np.int64
    assert tg.tensor(np.zeros(2)).dtype == np.float64, "arrays keep theirs"
    made = [tg.zeros(2), tg.ones(2), tg.full(2, 0.5), tg.arange(0.0, 1.0, 0.5), tg.linspace(0, 1, 3), tg.eye(2)]
    made += [tg.rand(2), tg.randn(2), tg.tensor(1.0) * 2]
    for t in made:
        assert t.dtype == np.float32
    assert tg.zeros(2, dtype=tg.float64).dtype == np.float64
    assert "dtype" not in repr(tg.zeros(2))
    assert repr(tg.zeros(2, dtype=float)) == "tensor([0., 0.], dtype=float64)"


@pytest.mark.parametrize("wrong", [int, bool, complex, str, np.int64])
def test_default_dtype_is_floating(wrong: type) -> None:
    with pytest.raises(tg.DtypeError, match=r"\[E03\]"):
        tg.set_default_dtype(wrong)
    assert tg.get_default_dtype() == np.float64


def test_dtype_argument() -> None:
    assert tg.tensor([1, 2], dtype=float).dtype == np.float64
    assert tg.tensor([1.9, 2.1], dtype=int).tolist() == [1, 2]
    assert tg.tensor(np.ones(2), tg.float32).dtype == np.float32
    assert tg.tensor([1, 2], tg.float32, True, "w").requires_grad


def test_arguments_by_name() -> None:
    w = tg.tensor(data=[1.0], dtype=None, requires_grad=True, name="w")
    assert w.requires_grad
    assert w.name == "w"
    assert w.is_leaf
    assert w.grad is None
    assert not tg.tensor([1.0]).requires_grad
    assert tg.tensor([1.0]).name is None


def test_tensor_of_a_tensor_is_a_new_leaf() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    for made in (tg.tensor(w), tg.tensor(w * 2)):
        assert made.is_leaf
        assert not made.requires_grad
        assert made._data is not w._data


def test_list_of_tensors() -> None:
    assert tg.tensor([tg.tensor(1.0), tg.tensor(2.0)]).tolist() == [1.0, 2.0]
    assert tg.tensor([[tg.tensor(1.0), 3.0]]).tolist() == [[1.0, 3.0]]
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(tg.GradientError, match=r"\[E05\]"):  # it would be cut out of the graph; np.stack is not
        tg.tensor([w[0], w[1]])


@pytest.mark.parametrize("data", ["abc", ["1.0", "2.0"], None, [None], [object()], {"a": 1.0}, {1.0, 2.0}, b"ab"])
def test_what_is_no_table_of_numbers(data: object) -> None:
    with pytest.raises(TypeError, match="a Tensor holds numbers"):
        tg.tensor(data)


def test_ragged_rows() -> None:
    with pytest.raises(TypeError, match=r"a Tensor holds numbers: \[\[1.0, 2.0\], \[3.0\]\].*rows of equal length"):
        tg.tensor([[1.0, 2.0], [3.0]])


# --- filled --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_shape_as_numbers_or_as_a_tuple(shape: tuple[int, ...]) -> None:
    for make, array in ((tg.zeros, np.zeros), (tg.ones, np.ones)):
        for t in (make(*shape), make(shape), make(list(shape)), make(tuple(np.array(shape, int)))):
            assert t.shape == shape
            assert t.dtype == np.float64
            assert np.array_equal(t.numpy(), array(shape))
    for make in (tg.rand, tg.randn):
        assert make(*shape).shape == make(shape).shape == shape


def test_requires_grad_and_dtype_everywhere() -> None:
    options = {"dtype": tg.float32, "requires_grad": True}
    like = np.ones((2, 2))
    made = [tg.zeros(2, **options), tg.ones(2, **options), tg.full(2, 1.5, **options), tg.arange(3.0, **options)]
    made += [tg.linspace(0, 1, 3, **options), tg.eye(2, **options), tg.rand(2, **options), tg.randn(2, **options)]
    made += [tg.zeros_like(like, **options), tg.ones_like(like, **options), tg.full_like(like, 2, **options)]
    made += [tg.rand_like(like, **options), tg.randn_like(like, **options)]
    for t in made:
        assert t.dtype == np.float32
        assert t.requires_grad
        assert t.is_leaf


def test_full() -> None:
    assert tg.full(3, 2.5).tolist() == [2.5] * 3
    assert tg.full((2, 1), 7).dtype == np.int64
    assert tg.full((), 1.0).shape == ()
    w = tg.tensor(2.0, requires_grad=True)
    tg.full((2, 3), w).sum().backward()
    assert w.grad.item() == 6.0


def test_full_can_be_written_into() -> None:
    t = tg.full(3, 1.0)
    t[0] = 2.0
    t.data[1] = 3.0
    assert t.tolist() == [2.0, 3.0, 1.0]


def test_arange_linspace_eye_as_numpy() -> None:
    assert tg.arange(4).tolist() == [0, 1, 2, 3]
    assert tg.arange(4).dtype == np.int64
    assert tg.arange(1, 4).tolist() == [1, 2, 3]
    assert tg.arange(1.0, 2.0, 0.5).tolist() == [1.0, 1.5]
    assert tg.arange(4, dtype=float).dtype == np.float64
    assert np.array_equal(tg.linspace(-1, 1, 7).numpy(), np.linspace(-1, 1, 7))
    assert tg.linspace(0, 1).shape == (50,)
    assert tg.linspace(0, 1, 2, endpoint=False).tolist() == [0.0, 0.5]
    assert np.array_equal(tg.eye(3).numpy(), np.eye(3))
    assert tg.eye(2, 3).shape == (2, 3)


def test_likes_keep_shape_and_dtype_but_not_the_graph() -> None:
    like = tg.tensor(np.ones((2, 3), np.float32), requires_grad=True) * 2
    for make in (tg.zeros_like, tg.ones_like, tg.rand_like, tg.randn_like):
        t = make(like)
        assert t.shape == (2, 3)
        assert t.dtype == np.float32
        assert not t.requires_grad
    assert tg.zeros_like(like).numpy().sum() == 0
    assert tg.ones_like(like).numpy().sum() == 6
    assert tg.full_like(like, 3).tolist() == [[3.0] * 3] * 2
    assert tg.zeros_like([1, 2]).dtype == np.int64
    assert np.ones_like(like).tolist() == [[1.0] * 3] * 2


# --- chance --------------------------------------------------------------------------------------------------------


def draw() -> list[object]:
    drawn = [tg.rand(3), tg.randn(2, 2), tg.randint(0, 100, (5,)), tg.randperm(6), tg.rand_like(np.ones(2))]
    return [t.tolist() for t in (*drawn, tg.randn_like(np.ones(2)))]


def test_manual_seed_repeats() -> None:
    tg.manual_seed(3)
    first = draw()
    tg.manual_seed(3)
    assert draw() == first
    assert draw() != first
    tg.manual_seed(4)
    assert draw() != first


def test_rng_argument_leaves_the_process_generator_alone() -> None:
    tg.manual_seed(3)
    expected = tg.rand(3).tolist()
    tg.manual_seed(3)
    for make in (tg.rand, tg.randn):
        one, two = (make(4, rng=np.random.default_rng(5)) for _ in range(2))
        assert one.tolist() == two.tolist()
    tg.randperm(4, rng=np.random.default_rng(5))
    tg.randint(0, 4, 2, rng=np.random.default_rng(5))
    tg.rand_like(np.ones(2), rng=np.random.default_rng(5))
    assert tg.rand(3).tolist() == expected


def test_numpy_chance_is_not_touched() -> None:
    np.random.seed(0)  # noqa: NPY002
    expected = np.random.rand(3).tolist()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    tg.manual_seed(1)
    tg.rand(10)
    assert np.random.rand(3).tolist() == expected  # noqa: NPY002


def test_distributions() -> None:
    rng = np.random.default_rng(0)
    uniform, normal = tg.rand(20_000, rng=rng).numpy(), tg.randn(20_000, rng=rng).numpy()
    assert 0 <= uniform.min() < uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.01
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1) < 0.03
    whole = tg.randint(2, 5, 1000, rng=rng)
    assert set(whole.tolist()) == {2, 3, 4}
    assert sorted(tg.randperm(9, rng=rng).tolist()) == list(range(9))
