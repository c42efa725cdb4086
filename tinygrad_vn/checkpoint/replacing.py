"""Replacing a file whole or not at all, whatever happens meanwhile: Ctrl-C, a full disk, kill -9, a power cut.

The new content goes into a temporary file beside the old one. Only when all of it is on the disk does it take over
the name, which file systems do in one step: at every moment the name stands for the old file or for the new one.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

ENDING = ".tmp"
LEFT_BEHIND = 600.0  # seconds without a write, after which a temporary file belongs to a process that was killed


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of another when the block ends well; otherwise nothing changes.

    A link stays a link, and the permissions of an old file are kept. Several processes may do this at once: the last
    to finish decides.

    Raises:
        FileNotFoundError: there is no such folder.
        IsADirectoryError: the path is that of a folder.
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}: make it, or choose another path for {path.name}")
    if target.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give a file in it, such as {path / 'checkpoint.npz'}")
    _remove_left_behind(target)
    temporary = target.with_name(f"{_beginning(target)}{secrets.token_hex(8)}{ENDING}")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            if target.exists():
                os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _beginning(target: Path) -> str:
    """How the names of a file's temporary files begin; shortened, as names have at most 255 bytes."""
    return os.fsdecode(b"." + os.fsencode(target.name)[:200] + b".")


def _remove_left_behind(target: Path) -> None:
    """Remove the temporary files of processes that were killed while they wrote this file."""
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if entry.name.startswith(_beginning(target)) and entry.name.endswith(ENDING):
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
