"""Safetensors files, as far as it can be tested without PyTorch; with it: tests/oracle/test_safetensors.py."""

import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg


def by_hand(**tensors: tuple[str, list[int], bytes]) -> bytes:
    """A file after the published layout: the header's length in 8 bytes, the header in JSON, the values."""
    header, values = {}, b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(values), len(values) + len(content)]}
        values += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + values


def test_without_the_library_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ImportError, match=r"need the safetensors library.*pip install safetensors"):
        tg.save(tmp_path / "model.safetensors", {"w": tg.ones(2)})
    (tmp_path / "model.safetensors").write_bytes(by_hand(w=("F64", [1], bytes(8))))
    with pytest.raises(ImportError, match=r"need the safetensors library.*pip install safetensors"):
        tg.load(tmp_path / "model.safetensors")


def test_a_file_made_by_hand_loads_and_comes_out_the_same(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    numbers = {
        "a": np.array([[1.5, -2.0, 0.0]]),
        "b": np.array([3, 4], "i4"),
        "c": np.array(True),
        "d": np.zeros((0, 2)),
    }
    dtypes = {"a": "F64", "b": "I32", "c": "BOOL", "d": "F64"}
    made = by_hand(**{key: (dtypes[key], list(array.shape), array.tobytes()) for key, array in numbers.items()})
    (tmp_path / "made.safetensors").write_bytes(made)
    loaded = tg.load(tmp_path / "made.safetensors")
    tg.save(tmp_path / "again.safetensors", loaded)
    for found in (loaded, tg.load(tmp_path / "again.safetensors")):
        assert list(found) == list(numbers)
        for key, array in numbers.items():
            assert type(found[key]) is tg.Tensor
            assert (found[key].dtype, found[key].shape) == (array.dtype, array.shape)
            assert found[key].tolist() == array.tolist()


def test_odd_memory_is_put_in_order(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    rows = np.arange(6.0).reshape(2, 3)
    tg.save(tmp_path / "m.safetensors", {"t": rows.T, "step": rows[:, ::2], "big": rows.astype(">f8")})
    loaded = tg.load(tmp_path / "m.safetensors")
    assert loaded["t"].tolist() == rows.T.tolist()
    assert loaded["step"].tolist() == rows[:, ::2].tolist()
    assert loaded["big"].tolist() == rows.tolist()


@pytest.mark.parametrize(
    ("obj", "complaint"),
    [
        ([tg.ones(1)], r"by name, not list: save a state_dict\(\)"),
        ({"epoch": 3}, "epoch is of type int, and a safetensors file holds Tensors only.*NPZ"),
        ({"model": {"w": tg.ones(1)}}, "model is of type dict"),
        ({1: tg.ones(1)}, "the key 1 is of type int"),
        ({"w": np.array(["a"])}, "w has dtype <U1, which safetensors files lack"),
    ],
)
def test_only_tensors_by_name_can_be_saved(obj: Any, complaint: str, tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    with pytest.raises(TypeError, match=complaint):
        tg.save(tmp_path / "m.safetensors", obj)
    assert list(tmp_path.iterdir()) == []


def test_damage_and_foreign_dtypes_are_errors_that_name_the_file(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    path = tmp_path / "m.safetensors"
    path.write_bytes(by_hand(w=("F64", [2], bytes(16)))[:-1])
    with pytest.raises(tg.CheckpointError, match=r"m\.safetensors: the safetensors file is damaged"):
        tg.load(path)
    path.write_bytes(by_hand(w=("BF16", [1], bytes(2))))
    with pytest.raises(tg.CheckpointError, match=r"Tensors of dtype BF16, which NumPy lacks.*\.float\(\)"):
        tg.load(path)
