"""Data sets that can be fetched, and how to tell that what arrived is what was meant.

A name such as `ml-latest-small` stays while GroupLens replaces what is behind it, so that figures measured on one
release cannot be had from the next. Each release is therefore known by the SHA-256 of its archive or of its files:
whatever has another one is refused, and both numbers are printed.

Where the numbers are from: that of the archive of September 2018 is quoted, from the list of checksums of TensorFlow
Datasets; this project has not downloaded it to measure for itself, but several public projects name the same number for
what they have downloaded. Those of October 2016 were measured here, on the unpacked files: nobody offers that archive
any more, and no record of its own SHA-256 was found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Release:
    """One release of a data set.

    Attributes:
        name: what people call it.
        archive: the SHA-256 of its zip archive; None where nobody has recorded it.
        files: the SHA-256 of its files, by name, where the archive's is not known. Files beyond these are not kept,
            as nobody can tell what they are.
    """

    name: str
    archive: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """The name, and the SHA-256 by which it is known."""
        known = {"zip": self.archive} if self.archive else self.files
        return f"{self.name}: {', '.join(f'{name} {sha256}' for name, sha256 in known.items())}"


@dataclass(frozen=True)
class Source:
    """Where a data set is published.

    Attributes:
        url: of its archive.
        terms: the page with the terms of use.
        most_bytes: more than its archive, and its files together, can sensibly have.
        releases: those that are known, the latest first.
    """

    url: str
    terms: str
    most_bytes: int
    releases: tuple[Release, ...]


SOURCES: Final[dict[str, Source]] = {
    "movielens-small": Source(
        url="https://files.grouplens.org/datasets/movielens/ml-latest-small.zip",
        terms="https://grouplens.org/datasets/movielens/",
        most_bytes=64_000_000,
        releases=(
            # 978,202 bytes; quoted from TensorFlow Datasets, url_checksums/movielens.txt.
            Release(
                "ml-latest-small, September 2018 (100,836 ratings)",
                archive="696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
            ),
            # What the lecture's and this project's figures were measured on; the numbers are our own.
            Release(
                "ml-latest-small, October 2016 (100,004 ratings)",
                files={
                    "README.txt": "59be481ddf3fab0f9f7cf2f73e0db4d0920a413a313c911b62bd01ee8816ea2f",
                    "movies.csv": "a87480009b75ecd8d1e8f70700c534b6aefd57eed31b087ce8268ef6061a166c",
                    "ratings.csv": "821795331fd974bbe7a8416f2a7eec2b548a485dedb47a073580b0a9a8a0a8d2",
                },
            ),
        ),
    ),
}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def release_of_archive(source: Source, sha256: str) -> Release | None:
    """The release whose archive has this SHA-256; None where there is none."""
    return next((release for release in source.releases if release.archive == sha256), None)


def release_of_files(source: Source, folder: Path) -> Release | None:
    """The release whose files are in a folder, every one with its SHA-256; None where there is none."""
    for release in source.releases:
        wanted = release.files
        if wanted and all((folder / name).is_file() and sha256_of(folder / name) == wanted[name] for name in wanted):
            return release
    return None
