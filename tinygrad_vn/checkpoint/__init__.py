"""Saving and loading: the values of a model, or a whole training state, in one file.

    tg.save("model.npz", model.state_dict())
    model.load_state_dict(tg.load("model.npz"))

    tg.save("training.npz", {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3})

The file is an NPZ archive, described in `docs/checkpoints.md`: `np.load("model.npz")["0.weight"]` reads an array of it
too. It is written whole or not at all (`replacing.py`), every array in it carries a checksum (`archive.py`), and it
consists of data only, never of pickled objects, so loading a stranger's file runs none of his code. A path that ends in
`.safetensors` makes a file that PyTorch reads with `safetensors.torch.load_file` (`tensors.py`).
"""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import IO, Any

from tinygrad_vn.checkpoint import archive, tensors
from tinygrad_vn.checkpoint.replacing import replacing
from tinygrad_vn.checkpoint.tree import packed, unpacked
from tinygrad_vn.checkpoint.words import CheckpointError, damage, say

__all__ = ["CheckpointError", "load", "save"]

LONGEST_HEADER = 100_000_000  # bytes, of a safetensors file; the library reads no longer one


def save(path: str | os.PathLike[str] | IO[bytes], obj: Any) -> None:
    """Write an object into a file, whole or not at all: should the machine stop halfway, the old file stays.

    The object may consist of dictionaries (with text or whole numbers as keys), lists, tuples, Tensors, arrays, NumPy
    scalars, numbers, text, bytes, True, False and None, nested as you like; `load` gives back just that. Of a Tensor
    the values, dtype, name and `requires_grad` are kept, whether it is a Parameter or a Buffer too; its gradient, and
    the graph that a result stands in, are not. What the object holds in two places is written, and comes back, twice.

    Args:
        path: the file, under just this name. If it ends in ".safetensors", the object is a dictionary of Tensors,
            and nothing but their values is kept. It may also be a file that is open for writing bytes.
        obj: what to write. `torch.save`'s order, the object first, is understood as well.

    Raises:
        TypeError: a part of the object is something else; the text says where it sits and what to save instead.
        ValueError: a part of the object cannot be written, a text with half a character for example.
        FileNotFoundError: there is no such folder.
        PermissionError: the folder or the old file is write-protected.
        OSError: the file cannot be written, as the disk is full for example; the old file is as it was.
    """
    if not _is_file(path):
        path, obj = obj, path
    if not _is_file(path):
        raise TypeError(f"neither {type(obj).__name__} nor {type(path).__name__} is a path: write tg.save(path, obj)")
    if isinstance(path, str | os.PathLike):
        target = Path(path)
        if target.suffix.lower() == ".safetensors":
            content = tensors.encoded(obj)
            with replacing(target) as file:
                file.write(content)
            return
        tree, arrays = packed(obj)
        with replacing(target) as file:
            archive.write(file, tree, arrays)
        return
    buffer = io.BytesIO()
    archive.write(buffer, *packed(obj))
    _write_all(path, buffer.getbuffer())


def load(path: str | os.PathLike[str] | IO[bytes], *, weights_only: bool = True) -> Any:
    """Read what `save` has written, or a safetensors file; everything is checked before anything is returned.

    Args:
        path: the file, or one that is open for reading bytes.
        weights_only: accepted so that PyTorch programs run as they are; nothing but data is ever read.

    Raises:
        CheckpointError: the file is damaged, cut off, of a newer format, or no checkpoint; the text says which, and
            names the array that is missing, too many, of another shape, or changed.
        FileNotFoundError: there is no such file.
    """
    if not isinstance(path, str | os.PathLike):
        if not hasattr(path, "read"):
            raise TypeError(f"{type(path).__name__} is no path: write tg.load(path)")
        content = path.read()
        if not isinstance(content, bytes):
            raise TypeError(f"the file gives {type(content).__name__}, not bytes: open it with open(path, 'rb')")
        return _read(io.BytesIO(content), str(getattr(path, "name", type(path).__name__)))
    try:
        with open(path, "rb") as file:
            return _read(file, os.fspath(path))
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, say("no file"), os.fspath(path)) from None


def _is_file(path: Any) -> bool:
    return isinstance(path, str | os.PathLike) or hasattr(path, "write")


def _write_all(file: IO[bytes], content: memoryview) -> None:
    """Write all of it: a file without a buffer may take only a part at a time, and says how much."""
    while content:
        taken: Any = file.write(content)  # None from files that count nothing
        content = content[len(content) if taken is None else taken :]


def _read(file: IO[bytes], place: str) -> Any:
    """The object in a file; its first bytes tell which kind of file it is."""
    beginning = file.read(9)
    file.seek(0)
    if not beginning:
        raise damage(place, "empty")
    if beginning[8:] == b"{" and int.from_bytes(beginning[:8], "little") <= LONGEST_HEADER:  # safetensors' layout
        return tensors.decoded(file.read(), place)
    return unpacked(*archive.read(file, place), place)
