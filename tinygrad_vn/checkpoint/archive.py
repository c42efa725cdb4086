"""The NPZ file: a member per array, as `np.load` reads it, and `checkpoint.json`, which says how they belong together.

Nothing is compressed, so that a file cannot unfold into more than its own size. The JSON has shape, dtype and SHA-256
of every array; the zip archive around it has a CRC of every member. A file is believed only where all of that agrees.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any, Final

import numpy as np

from tinygrad_vn.checkpoint.tree import is_plain
from tinygrad_vn.checkpoint.words import CheckpointError, damage
from tinygrad_vn.graph import Values

FORMAT: Final = "tinygrad_vn.checkpoint"
VERSION: Final = 1
META: Final = "checkpoint.json"
MEMBER: Final = ".npy"
PIECE: Final = 2**20  # bytes that are read at a time: large arrays are not held twice
LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # as the date of every member: equal objects make equal files


def write(file: IO[bytes], tree: Any, arrays: dict[str, Values]) -> None:
    """Write an archive of what `tree.packed` made."""
    stored = {name: _in_one_piece(array) for name, array in arrays.items()}
    table = {
        name: {"shape": array.shape, "dtype": array.dtype.str, "sha256": hashlib.sha256(_bytes_of(array)).hexdigest()}
        for name, array in stored.items()
    }
    meta = {"format": FORMAT, "version": VERSION, "tree": tree, "arrays": table}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(META, LONG_AGO), json.dumps(meta, ensure_ascii=False, allow_nan=False))
        for name, array in stored.items():
            large = array.nbytes > zipfile.ZIP64_LIMIT // 2
            with archive.open(zipfile.ZipInfo(name + MEMBER, LONG_AGO), "w", force_zip64=large) as member:
                np.lib.format.write_array_header_1_0(member, np.lib.format.header_data_from_array_1_0(array))
                member.write(_bytes_of(array))


def read(file: IO[bytes], place: str) -> tuple[Any, dict[str, Values]]:
    """Read an archive: the tree, and its arrays by name.

    Args:
        file: at its beginning; it can be wound back.
        place: how errors call it.

    Raises:
        CheckpointError: something is damaged, missing, too much, newer, or no checkpoint.
    """
    with _opened(file, place) as archive:
        members = _members(archive, file, place)
        with _damage(place, META):
            meta = json.loads(archive.read(META))
            is_ours, version = meta["format"] == FORMAT, meta["version"]
            if type(version) is not int or version < 1:
                raise ValueError(f"version {version!r:.40}")
        if not is_ours:
            raise damage(place, "plain npz", meta=META)
        if version > VERSION:
            raise damage(place, "newer", version=version, known=VERSION)
        with _damage(place, META):
            table = {name + MEMBER: (name, entry) for name, entry in meta["arrays"].items()}
            tree = meta["tree"]
        if missing := [name for member, (name, _) in table.items() if member not in members]:
            raise damage(place, "missing", keys=", ".join(map(repr, missing)))
        if unexpected := [member for member in members if member not in table and member != META]:
            raise damage(place, "unexpected", keys=", ".join(map(repr, unexpected)), meta=META)
        return tree, {name: _array(archive, name, entry, place) for name, entry in table.values()}


def _in_one_piece(array: Values) -> Values:
    """The array, copied where its elements do not lie one behind the other in rows or columns."""
    return array if array.flags.forc else array.copy()


def _bytes_of(array: Values) -> memoryview:
    """The memory of an array in one piece, as bytes in their order; to read and to write."""
    return array.ravel(order="K").view(np.uint8).data if array.nbytes else memoryview(b"")


# What zipfile, NumPy and json raise for a damaged file; also OSError, for a place in the file that does not exist. No
# MemoryError: what is made room for is in the file, so the file is sound and the machine too small.
SIGNS_OF_DAMAGE = (
    zipfile.BadZipFile, EOFError, LookupError, NotImplementedError, OSError, OverflowError, RuntimeError, TypeError,
    ValueError, struct.error, AttributeError, SyntaxError,
)  # fmt: skip


@contextlib.contextmanager
def _damage(place: str, key: str) -> Iterator[None]:
    """Whatever goes wrong inside means that this member of the file is damaged."""
    try:
        yield
    except CheckpointError:
        raise
    except SIGNS_OF_DAMAGE as error:
        raise damage(place, "damaged", key=repr(key), detail=f"{type(error).__name__}: {error}") from error


def _opened(file: IO[bytes], place: str) -> zipfile.ZipFile:
    """The archive in a file."""
    try:
        return zipfile.ZipFile(file)
    except SIGNS_OF_DAMAGE as error:
        file.seek(0)
        beginning = file.read(4)
        if beginning.startswith(b"\x80") and beginning[1:2] in b"\2\3\4\5":
            raise damage(place, "pickle") from error
        if beginning != b"PK\3\4"[: len(beginning)]:
            raise damage(place, "other") from error
        raise damage(place, "cut off", detail=error) from error


def _members(archive: zipfile.ZipFile, file: IO[bytes], place: str) -> set[str]:
    """The names in the archive, which is as `write` makes them: nothing twice, nothing packed."""
    found = archive.infolist()
    names = Counter(info.filename for info in found)
    if META not in names:
        kind = "torch" if any(name.endswith("/data.pkl") for name in names) else "plain npz"
        raise damage(place, kind, meta=META)
    for info in found:
        if names[info.filename] > 1:
            raise damage(place, "twice", key=repr(info.filename))
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.flag_bits & 1:
            raise damage(place, "compressed", key=repr(info.filename))
    claimed, size = sum(info.file_size for info in found), file.seek(0, 2)
    if claimed > size:
        raise damage(place, "too big", claimed=claimed, size=size)
    return set(names)


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """What an array says of itself: shape, whether it lies by columns, dtype."""
    if np.lib.format.read_magic(member) != (1, 0):
        raise ValueError("another version of NumPy's format")
    try:
        return np.lib.format.read_array_header_1_0(member)
    except MemoryError as error:  # what Python's parser raises for brackets within brackets within brackets
        raise ValueError("its header is nested too deep") from error


def _array(archive: zipfile.ZipFile, name: str, entry: dict[str, Any], place: str) -> Values:
    """One array, which is what the table says of it."""
    with _damage(place, name), archive.open(name + MEMBER) as member:
        shape, by_columns, dtype = _header(member)
        if dtype.hasobject:
            raise damage(place, "objects", key=repr(name))
        if (list(shape), dtype.str) != (entry["shape"], entry["dtype"]):
            said = {"expected_shape": tuple(entry["shape"]), "expected_dtype": entry["dtype"]}
            raise damage(place, "differs", key=repr(name), shape=shape, dtype=dtype.str, meta=META, **said)
        size, there = math.prod(shape) * dtype.itemsize, archive.getinfo(name + MEMBER).file_size - member.tell()
        if not is_plain(dtype) or size != there:
            raise ValueError(f"{there:,} bytes for {size:,}")
        array = np.empty(shape, dtype, order="F" if by_columns else "C")
        content, start, checksum = _bytes_of(array), 0, hashlib.sha256()
        while piece := member.read(PIECE):
            content[start : start + len(piece)] = piece
            start += len(piece)
            checksum.update(piece)
        if checksum.hexdigest() != entry["sha256"]:
            raise damage(place, "checksum", key=repr(name))
        return array
