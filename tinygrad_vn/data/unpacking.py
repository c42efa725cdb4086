r"""Unpack a zip archive from the internet so that nothing of it lands anywhere but in one folder.

An archive may name its files `../../.bashrc` or `C:\Windows`, may hold links, and may unpack to a million times its own
size. Here it is looked through before the first byte is written, and bytes are counted while they are, since what an
archive says of its sizes need not be true.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from tinygrad_vn.data.words import complaint
from tinygrad_vn.errors import DataError

MOST_FILES: Final = 100
BLOCK: Final = 1 << 16


def unpack(archive: Path, folder: Path, most_bytes: int) -> list[str]:
    """Unpack into an existing folder. The folder that all files of the archive share is left out.

    Args:
        archive: the zip file.
        folder: where its files go.
        most_bytes: how many they may have together.

    Returns:
        The names of the files, relative to the folder.

    Raises:
        DataError: it is no zip file, is damaged or encrypted, too large, or has a file that would land elsewhere.
        OSError: a file cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            names = _checked_names(archive, members)
            written = 0
            for member, name in zip(members, names, strict=True):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as source, target.open("xb") as file:
                    while block := source.read(BLOCK):
                        written += len(block)
                        if written > most_bytes:
                            raise complaint("archive too large", archive, most=most_bytes // 1_000_000)
                        file.write(block)
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise complaint("bad archive", archive, why=" ".join(str(error).split())) from None
    return names


def _checked_names(archive: Path, members: list[zipfile.ZipInfo]) -> list[str]:
    """Where the files go, below the folder.

    Raises:
        DataError: there are none or too many, or one would land elsewhere, is a link, or has the place of another.
    """
    if not 0 < len(members) <= MOST_FILES:
        raise complaint("archive files", archive, count=len(members), most=MOST_FILES)
    paths = [PurePosixPath(member.filename) for member in members]
    for member, path in zip(members, paths, strict=True):
        unsafe = path.is_absolute() or ".." in path.parts or any(mark in member.filename for mark in "\\:\0")
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if unsafe or is_link or not path.parts:
            raise complaint("unsafe name", archive, name=repr(member.filename[:80]))
    shared = {path.parts[0] for path in paths}
    if len(shared) == 1 and all(len(path.parts) > 1 for path in paths):
        paths = [PurePosixPath(*path.parts[1:]) for path in paths]
    names = [str(path) for path in paths]
    folded = [name.casefold() for name in names]
    for name in names:
        if folded.count(name.casefold()) > 1:
            raise complaint("unsafe name", archive, name=repr(name))
    return names
