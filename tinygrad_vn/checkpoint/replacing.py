"""Replacing a file whole or not at all, whatever happens meanwhile: Ctrl-C, a full disk, kill -9, a power cut.

The new content goes into a temporary file beside the old one. Only when all of it is on the disk does it take over
the name, which file systems do in one step: at every moment the name stands for the old file or for the new one.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tinygrad_vn.checkpoint.words import say

ENDING = ".tmp"
RANDOM_BYTES = 8
LEFT_BEHIND = 600.0  # seconds without a write, after which a temporary file belongs to a process that was killed


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of another when the block ends well; otherwise nothing changes.

    A link stays a link, and the permissions of an old file are kept. Several processes may do this at once: the last
    to finish decides. What is no file, such as /dev/null or a pipe, is not replaced but written into.

    Raises:
        FileNotFoundError: there is no such folder.
        IsADirectoryError: the path is that of a folder.
        PermissionError: the old file is write-protected, or its folder is.
        OSError: it cannot be written; the error has the path as it was given.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        content = io.BytesIO()  # there may be no going back in it, which archives do
        yield content
        with open(path, "wb") as device:
            device.write(content.getbuffer())
        return
    target = Path(os.path.realpath(path))
    mode = _old_permissions(path, target)
    _remove_left_behind(target)
    temporary = target.with_name(f"{_beginning(target)}{secrets.token_hex(RANDOM_BYTES)}{ENDING}")
    try:
        with open(temporary, "xb") as file:
            if mode is not None and mode != stat.S_IMODE(os.fstat(file.fileno()).st_mode):  # not all disks know modes
                os.chmod(temporary, mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    _sync_folder(target.parent)


def _old_permissions(path: Path, target: Path) -> int | None:
    """The permissions of the file that is to be replaced, if there is one and if it may be replaced.

    Args:
        path: as it was given.
        target: where that leads, along links.
    """
    if not target.parent.is_dir():
        folder = target.parent if path.is_symlink() else path.parent
        raise FileNotFoundError(say("no folder", folder=folder, name=target.name))
    if target.is_dir():
        raise IsADirectoryError(say("is folder", path=path, example=path / "checkpoint.npz"))
    if not target.exists():
        return None
    try:
        with open(target, "r+b"):  # replacing it would need the folder's permission only
            pass
    except PermissionError as error:
        raise PermissionError(error.errno, say("protected"), str(path)) from None
    return stat.S_IMODE(target.stat().st_mode)


def _beginning(target: Path) -> str:
    """How the names of a file's temporary files begin; shortened, as names have at most 255 bytes."""
    return os.fsdecode(b"." + os.fsencode(target.name)[:200] + b".")


def _remove_left_behind(target: Path) -> None:
    """Remove the temporary files of processes that were killed while they wrote this file."""
    ours = re.compile(re.escape(_beginning(target)) + rf"[0-9a-f]{{{2 * RANDOM_BYTES}}}" + re.escape(ENDING))
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if ours.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    if time.time() - entry.stat().st_mtime > LEFT_BEHIND:
                        os.unlink(entry.path)


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too. Only POSIX can, and not on every file system; the file itself is safe."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            number = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
