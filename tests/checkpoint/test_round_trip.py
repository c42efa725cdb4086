"""What is saved comes back: in value, in type, in dtype and to the last bit."""

import io
import os
import random
import struct
import tracemalloc
from collections import OrderedDict, namedtuple
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinygrad_vn as tg
from tests.checkpoint.same import assert_same
from tinygrad_vn import nn, optim
from tinygrad_vn.nn import Buffer, Parameter


def through_a_file(obj: Any) -> Any:
    file = io.BytesIO()
    tg.save(file, obj)
    file.seek(0)
    return tg.load(file)


DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(endianness="?"),
    hnp.unicode_string_dtypes(max_len=5),
    hnp.byte_string_dtypes(max_len=5),
    hnp.datetime64_dtypes(),
    hnp.timedelta64_dtypes(),
)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0, max_side=4)))
TEXTS = st.text()
SINGLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(2**53 - 2, 2**53 + 2),
    st.integers(min_value=2**100),
    st.floats(),
    st.complex_numbers(),
    TEXTS,
    st.binary(),
    ARRAYS,
    DTYPES.flatmap(hnp.from_dtype).filter(lambda value: isinstance(value, np.generic)),
    hnp.arrays(st.sampled_from(["f4", "f8", "i8"]), hnp.array_shapes(min_dims=0, max_side=3)).map(tg.Tensor),
)
OBJECTS = st.recursive(
    SINGLE,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.one_of(TEXTS, st.integers()), inner)
    ),
    max_leaves=8,
)


@given(OBJECTS)
def test_any_object_comes_back_as_it_was(obj: Any) -> None:
    assert_same(through_a_file(obj), obj)


@pytest.mark.parametrize("bits", [0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001, 0xFFF123456789ABCD])
def test_every_nan_comes_back_with_its_sign_and_payload(bits: int) -> None:
    nan = struct.unpack("d", struct.pack("Q", bits))[0]
    assert_same(through_a_file([nan, complex(0.0, nan)]), [nan, complex(0.0, nan)])


@pytest.mark.parametrize("nothing", [np.str_(""), np.bytes_(b"")])
def test_an_empty_text_of_numpy_comes_back(nothing: Any) -> None:
    assert_same(through_a_file({"note": nothing}), {"note": nothing})


def test_what_stands_in_two_places_comes_back_twice() -> None:
    """As parameters do that a model uses in two places."""
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    second.weight = first.weight
    model = nn.Sequential(first, second)
    wanted = first.weight.tolist()
    state = through_a_file(model.state_dict())
    first.weight.data[...] = 0.0
    model.load_state_dict(state)
    assert first.weight is second.weight
    assert first.weight.tolist() == state["1.weight"].tolist() == wanted
    state["0.weight"].data[...] = 7.0
    assert state["1.weight"].tolist() == wanted


@pytest.mark.parametrize(
    "tensor", [tg.ones((3, 2)), tg.tensor([1.0, 2.0], requires_grad=True), Parameter([1.0]), Buffer([1.0])]
)
def test_a_loaded_tensor_shares_its_numbers_with_nobody(tensor: tg.Tensor) -> None:
    loaded = through_a_file({"w": tensor})["w"]
    kept, row = loaded.detach(), loaded.detach()[0]
    with tg.no_grad():
        loaded *= 3.0
    assert (kept.tolist(), row.tolist()) == (tensor.tolist(), tensor[0].tolist())
    assert loaded.tolist() == (tensor.detach() * 3.0).tolist()


def test_loading_holds_the_arrays_once(tmp_path: Path) -> None:
    tg.save(tmp_path / "large.npz", {"w": tg.ones(2_000_000), "more": np.ones(500_000)})  # 20 MB
    tracemalloc.start()
    try:
        loaded = tg.load(tmp_path / "large.npz")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert loaded["w"].size == 2_000_000
    assert most < 1.2 * 20e6 + 2 * 2**20  # a piece that is being read, and what zipfile needs


def test_what_is_known_of_a_tensor_comes_back() -> None:
    frozen = Parameter([1.0, 2.0], requires_grad=False)
    tensors = [
        tg.tensor([1.0, 2.0], requires_grad=True, name="w"),
        tg.tensor(np.float32(3.0)),
        Parameter(np.eye(2, dtype="f4")),
        frozen,
        Buffer([0, 1], persistent=False),
        Buffer(0.5),
    ]
    tensors[2].name = "weight"
    assert_same(through_a_file(tensors), tensors)


def test_a_result_is_saved_as_its_values() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    loaded = through_a_file({"loss": loss})["loss"]
    assert_same(loaded, tg.tensor(5.0))
    loss.backward()  # saving has not touched the graph
    assert w.grad.tolist() == [2.0, 4.0]


def test_the_order_of_the_memory_is_kept_where_it_is_one_piece() -> None:
    rows = np.arange(6.0).reshape(2, 3)
    for array in (rows, rows.T, np.asfortranarray(rows)):
        loaded = through_a_file(array)
        assert_same(loaded, array)
        assert loaded.strides == array.strides
    assert_same(
        through_a_file(np.arange(12.0).reshape(3, 4)[::2, ::-1]), np.arange(12.0).reshape(3, 4)[::2, ::-1].copy()
    )
    assert_same(through_a_file(np.broadcast_to(1.5, (2, 3))), np.full((2, 3), 1.5))


def test_what_was_loaded_may_be_written_into() -> None:
    loaded = through_a_file({"array": np.zeros(2), "tensor": tg.zeros(2)})
    loaded["array"] += 1
    loaded["tensor"].data += 1
    assert loaded["array"].tolist() == loaded["tensor"].tolist() == [1.0, 1.0]


def test_whole_numbers_of_any_size_come_back() -> None:
    numbers = [sign * 10**digits for sign in (1, -1) for digits in (15, 16, 5000)]  # Python reads 4300 digits at most
    assert_same(through_a_file(numbers), numbers)


def test_an_ordered_dictionary_becomes_a_plain_one() -> None:
    assert_same(through_a_file(OrderedDict(b=1, a=2)), {"b": 1, "a": 2})


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_a_generator_goes_on_where_it_was(kind: str) -> None:
    rng = np.random.Generator(getattr(np.random, kind)(3))
    rng.integers(10, size=3, dtype=np.int32)
    other = np.random.Generator(getattr(np.random, kind)(4))
    other.bit_generator.state = through_a_file(rng.bit_generator.state)
    assert other.normal(size=5).tolist() == rng.normal(size=5).tolist()


def step(w: tg.Tensor, optimizer: Any) -> None:
    optimizer.zero_grad()
    ((w - 3.0) ** 4).sum().backward()
    optimizer.step()


def test_an_optimizer_goes_on_where_it_was(tmp_path: Path) -> None:
    start = tg.randn(3, rng=np.random.default_rng(0))
    w = tg.tensor(start, requires_grad=True)
    optimizer = optim.Adam([w], lr=0.1, amsgrad=True)
    for _ in range(3):
        step(w, optimizer)
    tg.save(tmp_path / "training.npz", {"w": w, "optimizer": optimizer.state_dict(), "epoch": 3})

    state = tg.load(tmp_path / "training.npz")
    again = state["w"]
    resumed = optim.Adam([again], lr=0.5, amsgrad=True)
    resumed.load_state_dict(state["optimizer"])
    for _ in range(3):
        step(w, optimizer)
        step(again, resumed)
    assert again.tolist() == w.tolist()


class Line(nn.Module):
    """A model of two parameters."""

    def __init__(self, inputs: int = 2) -> None:
        self.weight = Parameter(np.arange(float(inputs)))
        self.bias = Parameter(0.5)


def test_load_state_dict_names_what_does_not_fit_the_file(tmp_path: Path) -> None:
    tg.save(tmp_path / "line.npz", Line().state_dict())
    model = Line()
    model.weight.data[...] = 9.0
    model.load_state_dict(tg.load(tmp_path / "line.npz"))
    assert model.weight.tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match=r"weight.*\(2,\).*\(3,\)"):
        Line(3).load_state_dict(tg.load(tmp_path / "line.npz"))
    tg.save(tmp_path / "line.npz", {"weight": model.weight, "slope": model.bias})
    with pytest.raises(ValueError, match=r"missing.*'bias'.*unexpected.*'slope'"):
        model.load_state_dict(tg.load(tmp_path / "line.npz"))


def test_numpy_reads_the_arrays_by_their_place(tmp_path: Path) -> None:
    state = {"model": {"0.weight": tg.tensor([[1.0, 2.0]]), "ma trận": [np.arange(3)]}, 7: np.ones(1)}
    tg.save(tmp_path / "state.npz", state)
    with np.load(tmp_path / "state.npz") as found:
        assert found["model.0.weight"].tolist() == [[1.0, 2.0]]
        assert found["model.ma trận[0]"].tolist() == [0, 1, 2]
        assert found["[7]"].tolist() == [1.0]


def test_places_of_the_same_name_are_kept_apart() -> None:
    state = {"a": {"b": np.array(1)}, "a.b": np.array(2), "a/b": np.array(3), "a\\b": np.array(4), "../b": np.array(5)}
    assert_same(through_a_file(state), state)


def test_equal_objects_make_equal_files() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    tg.save(first, {"w": tg.ones(3)})
    tg.save(second, {"w": tg.ones(3)})
    assert first.getvalue() == second.getvalue()


class Slow(io.RawIOBase):
    """A file without a buffer that takes a few bytes at a time, as operating systems are free to do."""

    def __init__(self) -> None:
        self.content, self.random = b"", random.Random(0)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        taken = self.random.randint(1, 100)
        self.content += bytes(content[:taken])
        return min(taken, len(content))


def test_a_file_that_takes_a_part_at_a_time_gets_all_of_it() -> None:
    file = Slow()
    tg.save(file, {"w": np.arange(100.0)})
    assert_same(tg.load(io.BytesIO(file.content)), {"w": np.arange(100.0)})


def test_an_open_file_stays_open_and_gives_errors_its_name(tmp_path: Path) -> None:
    with open(tmp_path / "state.npz", "w+b") as file:
        tg.save(file, {"a": 1})
        file.seek(0)
        assert tg.load(file) == {"a": 1}
        file.truncate(30)
        file.seek(0)
        with pytest.raises(tg.CheckpointError, match=r"state\.npz: the file was cut off"):
            tg.load(file)
    with open(tmp_path / "state.npz", encoding="latin-1") as text, pytest.raises(TypeError, match="not bytes: open it"):
        tg.load(text)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"dict is no path: write tg\.load\(path\)"):
        tg.load({"a": 1})  # type: ignore[arg-type]


def test_the_name_is_as_given_and_both_orders_are_understood(tmp_path: Path) -> None:
    tg.save(str(tmp_path / "model.pt"), {"a": 1})
    tg.save({"a": 2}, tmp_path / "model")  # torch.save's order
    assert sorted(os.listdir(tmp_path)) == ["model", "model.pt"]
    assert tg.load(tmp_path / "model.pt", weights_only=True) == {"a": 1}
    assert tg.load(str(tmp_path / "model")) == {"a": 2}
    with pytest.raises(TypeError, match=r"neither dict nor list is a path: write tg.save\(path, obj\)"):
        tg.save({"a": 1}, [2])


def sparse_gradient() -> Any:
    table = nn.Embedding(4, 2, sparse=True)
    table(tg.tensor([1, 2])).sum().backward()
    return table.weight.grad


class Odd(tg.Tensor):
    """A kind of Tensor that nobody else knows."""


@pytest.mark.parametrize(
    ("obj", "complaint"),
    [
        (Line(), r"the object is of type Line, which cannot be saved: save its \.state_dict\(\)"),
        ({"model": {"layers": [1, 2, Line()]}}, r"model\.layers\[2\] is of type Line.*state_dict"),
        ({"optimizer": optim.SGD([tg.zeros(1, requires_grad=True)])}, r"optimizer is of type SGD.*state_dict"),
        ({"loss": nn.functional.relu}, r"loss is of type .*, which cannot be saved: save dictionaries"),
        ([np.random.default_rng(0)], r"\[0\] is of type Generator.*bit_generator\.state"),
        ([np.random.RandomState(0)], r"\[0\] is of type RandomState.*get_state\(legacy=False\)"),
        ({3: {1, 2}}, r"\[3\] is of type set.*save a list"),
        ({"best": Path("a.npz")}, r"best is of type \w+Path.*save it as text"),
        ({"dtype": np.dtype("f4")}, r"dtype is of type \w+, .*save it as text"),
        ({"size": namedtuple("Size", "rows columns")(1, 2)}, r"size is of type Size.*save tuple\(…\) of it"),
        ({"kind": IntEnum("Kind", "A")(1)}, r"kind is of type Kind.*save int\(…\) of it"),
        ({"raw": bytearray(b"x")}, r"raw is of type bytearray.*save bytes\(…\) of it"),
        ({"grad": sparse_gradient()}, r"grad is of type SparseGradient.*save its \.to_dense\(\)"),
        ({"notes": np.empty(3, [("text", "S0")])["text"]}, r"notes holds elements of dtype \|S0"),
        ({"w": np.array([None])}, r"w holds Python objects"),
        ({"w": np.zeros(2, "i4,f8")}, r"w holds elements of dtype"),
        ({"w": np.ma.masked_array([1.0, 2.0], [True, False])}, r"w is of type MaskedArray.*mask"),
        ({"w": Odd([1.0])}, r"w is of type Odd.*detach"),
        ({"w": {(1, 2): 3}}, r"w has the key \(1, 2\) of type tuple: keys are text or whole numbers"),
        ({True: 3}, r"the dictionary has the key True of type bool"),
    ],
)
def test_what_cannot_be_saved_is_named_with_its_remedy(obj: Any, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=complaint):
        tg.save(tmp_path / "state.npz", obj)
    assert os.listdir(tmp_path) == []


def test_half_a_character_and_an_object_inside_itself_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="notes cannot be written as UTF-8"):
        tg.save(tmp_path / "state.npz", {"notes": "\ud800"})
    inside: list[Any] = []
    inside.append(inside)
    with pytest.raises(ValueError, match="does it contain itself"):
        tg.save(tmp_path / "state.npz", inside)
    assert os.listdir(tmp_path) == []
