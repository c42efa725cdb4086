"""A damaged file is an error that names what is damaged; it is never another object, and never runs a program."""

import contextlib
import errno
import hashlib
import io
import json
import pickle  # noqa: TID251 - to see it refused
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_vn as tg
from tests.checkpoint.same import assert_same
from tinygrad_vn.checkpoint.archive import VERSION
from tinygrad_vn.language import LANGUAGES, set_language

STATE = {
    "model": {"0.weight": tg.tensor([[1.0, -2.0], [0.5, 4.0]], requires_grad=True, name="w"), "0.bias": tg.ones(2)},
    "epoch": 7,
    "losses": [1.5, float("nan"), 2**70],
    "order": np.array([2, 0, 1]),
}


def content_of(obj: Any) -> bytes:
    file = io.BytesIO()
    tg.save(file, obj)
    return file.getvalue()


def loaded(content: bytes) -> Any:
    return tg.load(io.BytesIO(content))


def test_a_flipped_byte_is_an_error_or_does_not_matter() -> None:
    """Every single byte of the file, changed in one bit and in all."""
    content, random_bit = content_of(STATE), random.Random(0)
    errors = 0
    for position in range(len(content)):
        for change in (1 << random_bit.randrange(8), 0xFF):
            flipped = bytearray(content)
            flipped[position] ^= change
            try:
                obj = loaded(bytes(flipped))
            except tg.CheckpointError:
                errors += 1
            else:
                assert_same(obj, STATE)
    assert errors > len(content)  # the rest are dates, and what the zip format says twice


def test_a_flipped_byte_of_an_array_names_it(tmp_path: Path) -> None:
    content = bytearray(content_of(STATE))
    content[content.index(STATE["order"].tobytes())] ^= 1  # type: ignore[attr-defined]
    (tmp_path / "state.npz").write_bytes(content)
    with pytest.raises(tg.CheckpointError, match=r"state\.npz: 'order' is damaged"):
        tg.load(tmp_path / "state.npz")


def test_a_file_that_was_cut_off_is_an_error_at_every_length(tmp_path: Path) -> None:
    content = content_of(STATE)
    for length in range(len(content)):
        with pytest.raises(tg.CheckpointError, match="BytesIO: "):
            loaded(content[:length])
    (tmp_path / "state.npz").write_bytes(content[:-1])
    with pytest.raises(tg.CheckpointError, match=r"state\.npz: the file was cut off"):
        tg.load(tmp_path / "state.npz")


def changed(
    content: bytes,
    members: dict[str, bytes | None] | None = None,
    meta: Callable[[dict[str, Any]], object] | None = None,
    compression: int = zipfile.ZIP_STORED,
) -> bytes:
    """The file with other members (None: without), or other JSON, by somebody who gets the CRCs right."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", compression) as new:
        parts: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
        if meta:
            said = json.loads(parts["checkpoint.json"] or b"")
            meta(said)
            parts["checkpoint.json"] = json.dumps(said).encode()
        for name, part in (parts | (members or {})).items():
            if part is not None:
                new.writestr(name, part)
    return file.getvalue()


def npy(array: Any, allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


class Bomb:
    """Unpickling it is noticed."""

    went_off = False

    def __reduce__(self) -> Any:
        return setattr, (Bomb, "went_off", True)


BOMB = np.array([Bomb()], dtype=object)


def set_shape(meta: dict[str, Any]) -> None:
    meta["arrays"]["order"]["shape"] = [10**12]


def forget_order(meta: dict[str, Any]) -> None:
    del meta["arrays"]["order"]


def use_twice(meta: dict[str, Any]) -> None:
    meta["tree"] = {"tuple": [{"array": "order"}, {"array": "order"}]}


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"members": {"order.npy": None}}, "the array 'order' is missing"),
    ({"members": {"extra.npy": npy(np.ones(1))}}, r"the array 'extra\.npy' is unexpected"),
    (
        {"members": {"order.npy": npy(np.array([2, 0, 3]))}},
        "'order' is damaged: its values do not match their checksum",
    ),
    (
        {"members": {"order.npy": npy(np.array([[2, 0, 1]]))}},
        r"'order' has shape \(1, 3\) and dtype <i8, but checkpoint\.json says shape \(3,\)",
    ),
    ({"members": {"order.npy": npy(np.array([2.0, 0, 1]))}}, "'order' has shape .3,. and dtype <f8"),
    ({"members": {"order.npy": npy(BOMB, allow_pickle=True)}}, "'order' holds pickled Python objects"),
    ({"members": {"order.npy": npy(np.array([2, 0, 1]))[:-8]}}, "'order' is damaged: .*16 bytes for 24"),
    ({"members": {"order.npy": b"something else"}}, "'order' is damaged"),
    ({"members": {"checkpoint.json": b"{"}}, "'checkpoint.json' is damaged"),
    ({"members": {"checkpoint.json": b"[" * 10**5}}, "'checkpoint.json' is damaged"),
    ({"meta": set_shape}, r"'order' has shape \(3,\) .* says shape \(1000000000000,\)"),
    ({"meta": forget_order}, "'order.npy' is unexpected"),
    ({"meta": use_twice}, "array 'order', which is not there or is used elsewhere"),
    ({"meta": lambda meta: meta.update(tree={"array": "order"})}, "the array 'model.0.weight', .* is unexpected"),
    ({"meta": lambda meta: meta.update(tree={"exec": "1"})}, "unknown tag 'exec'"),
    ({"meta": lambda meta: meta.update(tree={"scalar": ["O", "00" * 8]})}, "dtype 'O'"),
    ({"meta": lambda meta: meta.update(tree={"scalar": ["<f8"]})}, "'checkpoint.json' is damaged"),
    ({"meta": lambda meta: meta.update(tree={"scalar": ["<f8", ""]})}, "dtype '<f8' with 0 bytes"),
    ({"meta": lambda meta: meta.update(tree={"complex": [1.0]})}, "'checkpoint.json' is damaged"),
    ({"meta": lambda meta: meta.update(version="\x1b[31m")}, r"'checkpoint.json' is damaged: .*version '\\x1b"),
    ({"meta": lambda meta: meta.update(version=0)}, r"'checkpoint.json' is damaged: .*version 0"),
    ({"meta": lambda meta: meta.update(version=float("nan"))}, r"'checkpoint.json' is damaged: .*version nan"),
    ({"members": {"checkpoint.json": b"9" * 10**5}}, "'checkpoint.json' is damaged: .*digits"),
    ({"members": {"checkpoint.json": b"\xff"}}, "'checkpoint.json' is damaged"),
    ({"members": {"../../order.npy": npy(np.ones(1))}}, r"the array '\.\./\.\./order\.npy' is unexpected"),
    (
        {"meta": lambda meta: meta.update(version=VERSION + 1)},
        "format version 2, this tinygrad_vn reads up to 1. Update",
    ),
    ({"meta": lambda meta: meta.update(format="else")}, "has no checkpoint.json"),
    ({"compression": zipfile.ZIP_DEFLATED}, "is compressed or encrypted"),
]


@pytest.mark.parametrize(("change", "complaint"), CHANGES)
def test_a_file_that_somebody_changed_is_an_error_that_names_it(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(tg.CheckpointError, match=re.compile(complaint)):
        loaded(changed(content_of(STATE), **change))
    assert not Bomb.went_off


TAGS = ["scalar", "complex", "dict", "tuple", "nan", "float", "int", "bytes", "array", "tensor", "class", "name"]
LEAVES = st.sampled_from([None, 3, 1.5, True, "order", "<f8", "U9999", "M8[s]", "00" * 8, "zz", "Buffer", "Tensor"])


@given(
    st.recursive(
        LEAVES,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(TAGS), inner, max_size=1),
            st.fixed_dictionaries({"class": inner, "array": inner}, optional={"requires_grad": inner, "name": inner}),
        ),
    )
)
def test_whatever_the_tree_says_nothing_but_a_checkpoint_error_is_raised(tree: Any) -> None:
    content = changed(content_of(np.array([2, 0, 1])), meta=lambda meta: meta.update(tree=["array", tree]))
    with contextlib.suppress(tg.CheckpointError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, of odd dtypes
        loaded(content)


@pytest.mark.parametrize("dtype", ["|S0", "<U0", "|V0"])
def test_elements_without_bytes_do_not_unfold(dtype: str) -> None:
    """NumPy would make room for a billion of them, and whatever was in that memory would be shown."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"shape": (10**9,), "fortran_order": False, "descr": dtype})
    entry = {"shape": [10**9], "dtype": dtype, "sha256": hashlib.sha256(b"").hexdigest()}
    content = changed(
        content_of(np.ones(1)), {"array.npy": header.getvalue()}, lambda meta: meta["arrays"].update(array=entry)
    )
    with pytest.raises(tg.CheckpointError, match="'array' is damaged"):
        loaded(content)


def test_a_machine_that_is_too_small_is_not_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    content = content_of(np.ones(3))

    def no_room(*arguments: object, **named: object) -> None:
        raise MemoryError

    monkeypatch.setattr(np, "empty", no_room)
    with pytest.raises(MemoryError):
        loaded(content)


@pytest.mark.parametrize("bit", [0x1, 0x20, 0x40])
def test_an_encrypted_member_is_an_error(bit: int) -> None:
    content = bytearray(content_of(np.ones(3)))
    entry = content.rindex(b"PK\1\2")
    content[entry + 8] |= bit
    with pytest.raises(tg.CheckpointError, match="'array"):
        loaded(bytes(content))


def test_the_bomb_is_a_real_one() -> None:
    np.load(io.BytesIO(npy(BOMB, allow_pickle=True)), allow_pickle=True)
    assert Bomb.went_off
    Bomb.went_off = False


def test_arrays_that_share_their_bytes_do_not_unfold() -> None:
    content = content_of({"a": np.zeros(100_000)})
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        for i in range(100):
            twin = zipfile.ZipInfo(f"twin{i}.npy")
            original = archive.getinfo("a.npy")
            for field in ("header_offset", "CRC", "compress_size", "file_size"):
                setattr(twin, field, getattr(original, field))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
        archive._didModify = True  # type: ignore[attr-defined]
    with pytest.raises(tg.CheckpointError, match=r"claim 80,\d+,\d+ bytes in a file of 8\d\d,\d+ bytes"):
        loaded(file.getvalue())


def test_a_member_that_is_there_twice_is_an_error() -> None:
    file = io.BytesIO(content_of(STATE))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("order.npy", npy(np.array([0, 0, 0])))
    with pytest.raises(tg.CheckpointError, match=r"'order\.npy' is there twice"):
        loaded(file.getvalue())


def plain_npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, w=np.ones(2))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "english", "vietnamese"),
    [
        (b"", "the file is empty", "tệp trống"),
        (b"epoch,loss\n1,0.5\n", "this is no checkpoint", "đây không phải là checkpoint"),
        (b"weights={'a': 1}\n", "this is no checkpoint", "đây không phải là checkpoint"),  # "{" as in safetensors
        (npy(np.ones(2)), "this is no checkpoint", "đây không phải là checkpoint"),
        (pickle.dumps(Bomb()), "this file is a pickle", "đây là tệp pickle"),
        (plain_npz(), "this NPZ file has no checkpoint.json", "tệp NPZ này không có checkpoint.json"),
    ],
)
def test_other_files_are_told_apart(content: bytes, english: str, vietnamese: str, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(content)
    with pytest.raises(tg.CheckpointError) as caught:
        tg.load(tmp_path / "model.npz")
    assert not Bomb.went_off
    assert isinstance(caught.value, ValueError)
    for lang, text in zip(LANGUAGES, (vietnamese, english), strict=True):
        assert f"model.npz: {text}" in caught.value.texts[lang]


def test_a_file_that_is_not_there_is_python_s_own_error_in_the_language_in_force(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    for lang, text in zip(LANGUAGES, ("không có tệp này", "there is no such file"), strict=True):
        set_language(lang)
        with pytest.raises(FileNotFoundError, match=text) as caught:
            tg.load(path)
        assert (caught.value.errno, caught.value.filename) == (errno.ENOENT, str(path))
