"""`tinygrad-vn fetch`: download a set of ratings, and make sure that it is the one that was meant.

    tinygrad-vn fetch movielens-small

It is fetched in four steps: download, compare, unpack, put in its place. Until the last step everything stands in a
folder beside it, which is removed whatever happens; so the data set is there as a whole, or not at all. An archive that
has arrived whole and is known is kept until it is unpacked: after a full disk, say, it is not downloaded again.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tinygrad_vn.cli.arguments import CommandError, Parser
from tinygrad_vn.cli.words import say
from tinygrad_vn.data.releases import SOURCES, Release, Source, release_of_archive, release_of_files, sha256_of
from tinygrad_vn.data.unpacking import unpack
from tinygrad_vn.data.words import reason_of
from tinygrad_vn.errors import DataError
from tinygrad_vn.language import Language

SECONDS: Final = 30  # that a server may be silent
BLOCK: Final = 1 << 16
RECORD: Final = "SHA256SUMS"  # lists the files of a release that is known by its archive, to check them again


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `fetch`."""
    parser.description = say("about fetch", lang)
    what = parser.add_argument_group(say("data set", lang))
    known = ", ".join(SOURCES)
    about = say("help dataset", lang, known=known)
    what.add_argument("dataset", nargs="?", metavar=say("dataset name", lang), help=about)
    parser.option("to", "DIR")
    parser.option("url", "URL")
    parser.examples = say("fetch examples", lang)


def run(options: argparse.Namespace, lang: Language) -> int:
    """Carry out the command.

    Returns:
        The exit status, 0.

    Raises:
        CommandError: an option makes no sense, the download failed, or what arrived is not what was meant.
        DataError: the archive is damaged, or would write elsewhere.
    """
    known = ", ".join(SOURCES)
    if options.dataset is None:
        raise CommandError(say("which data set", lang, known=known))
    if options.dataset not in SOURCES:
        raise CommandError(say("no such data set", lang, name=options.dataset or "''", known=known))
    if options.to == "":
        raise CommandError(say("no to", lang))
    source = SOURCES[options.dataset]
    url = source.url if options.url is None else options.url
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise CommandError(say("bad url", lang, url=url or "''"))
    folder = Path("data" if options.to is None else options.to) / options.dataset
    key, release = "already there", release_there(source, folder, lang)
    if release is None:
        key, release = "fetched", fetched(source, url, folder, lang)
    print(say(key, lang, release=release.name))
    print(say("fetched files", lang, folder=folder, files=", ".join(sorted(path.name for path in folder.iterdir()))))
    print(say("terms", lang, url=source.terms))
    return 0


def release_there(source: Source, folder: Path, lang: Language) -> Release | None:
    """The release that stands in the folder already; None where there is no such folder.

    Raises:
        CommandError: something else stands there.
    """
    if not folder.exists():
        return None
    if folder.is_dir():
        release = release_of_files(source, folder) or _release_of_record(source, folder)
        if release is not None:
            return release
    raise CommandError(say("in the way", lang, folder=folder))


def fetched(source: Source, url: str, folder: Path, lang: Language) -> Release:
    """Download a data set into a folder that does not exist yet.

    Raises:
        CommandError: the download failed, what arrived is no known release, or it cannot be written.
        DataError: the archive is damaged, or would write elsewhere.
    """
    archive = folder.parent / f".{folder.name}.zip"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not (archive.is_file() and release_of_archive(source, sha256_of(archive))):
            print(say("downloading", lang, url=url), flush=True)
            download(source, url, archive, folder, lang)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
            files = Path(beside) / "files"
            files.mkdir()
            release = unpacked(source, url, archive, files, lang)
            files.rename(folder)
        archive.unlink()
    except OSError as error:
        with contextlib.suppress(OSError):
            if release_of_archive(source, sha256_of(archive)) is None:
                archive.unlink()
        raise CommandError(say("cannot store", lang, folder=folder.parent, reason=reason_of(error)[lang])) from None
    except (CommandError, DataError):
        archive.unlink(missing_ok=True)
        raise
    return release


def download(source: Source, url: str, archive: Path, folder: Path, lang: Language) -> None:
    """Download an archive, whole or not at all.

    Raises:
        CommandError: pooch is missing, the server cannot be reached, has no such file, breaks off or sends too much.
        OSError: the archive cannot be written.
    """
    try:
        import pooch
        from requests import exceptions
    except ImportError:
        raise CommandError(say("no pooch", lang, extra="tinygrad-vn[fetch]")) from None
    pooch.get_logger().setLevel(logging.ERROR)  # it would tell of the hash that we are about to compare ourselves
    meter = Meter(source.most_bytes, say("download too large", lang, url=url, most=source.most_bytes // 1_000_000))
    downloader = pooch.HTTPDownloader(progressbar=meter, chunk_size=BLOCK, timeout=SECONDS)
    host = urlsplit(url).netloc
    archive.unlink(missing_ok=True)
    try:
        pooch.retrieve(url, known_hash=None, fname=archive.name, path=archive.parent, downloader=downloader)
    except exceptions.HTTPError as error:
        status = 0 if error.response is None else error.response.status_code
        key = "not found" if 400 <= status < 500 else "server failed"
        raise CommandError(say(key, lang, status=status, url=url, terms=source.terms)) from None
    except (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError):
        raise CommandError(say("broken off", lang, host=host)) from None
    except exceptions.Timeout:
        raise CommandError(say("too slow", lang, host=host, seconds=SECONDS)) from None
    except exceptions.RequestException:
        key = "broken off" if meter.total else "no network"
        raise CommandError(say(key, lang, host=host, url=url, folder=folder)) from None


class Meter:
    """Counts what arrives, and stops the download where it is too much; pooch takes it for a progress bar."""

    def __init__(self, most: int, complaint: str) -> None:
        self.most, self.complaint = most, complaint
        self.arrived = self._announced = 0

    @property
    def total(self) -> int:
        """What the server says will come, in bytes; pooch sets it when the answer begins."""
        return self._announced

    @total.setter
    def total(self, count: int) -> None:
        self._announced = count
        self._check(count)

    def update(self, count: int) -> None:
        """Some bytes have arrived, `count` of them or fewer."""
        self.arrived += count
        self._check(self.arrived - BLOCK)

    def reset(self) -> None:
        """Begin anew."""
        self.arrived = 0

    def close(self) -> None:
        """Everything has arrived."""

    def _check(self, count: int) -> None:
        if count > self.most:
            raise CommandError(self.complaint)


def unpacked(source: Source, url: str, archive: Path, files: Path, lang: Language) -> Release:
    """Unpack an archive into an empty folder, once it is known for what it is.

    Raises:
        CommandError: it is no archive, or no known release.
        DataError: it is damaged, or would write elsewhere.
        OSError: a file cannot be written.
    """
    with archive.open("rb") as file:
        start = file.read(40)
    if not start.startswith(b"PK\x03\x04"):
        raise CommandError(say("wrong content", lang, url=url, start=repr(start.decode("utf-8", "replace"))))
    sha256 = sha256_of(archive)
    release = release_of_archive(source, sha256)
    names = unpack(archive, files, source.most_bytes)
    if release is not None:
        lines = [f"{sha256_of(files / name)}  {name}" for name in names]
        (files / RECORD).write_text("\n".join([f"# {sha256}", *lines, ""]), encoding="utf-8")
        return release
    release = release_of_files(source, files)
    if release is None:
        known = "; ".join(map(str, source.releases))
        raise CommandError(say("unknown release", lang, url=url, sha256=sha256, known=known, terms=source.terms))
    for name in names:
        if name not in release.files:
            (files / name).unlink()
    return release


def _release_of_record(source: Source, folder: Path) -> Release | None:
    """The release whose archive the folder was unpacked from, if its files are still what they were; else None."""
    try:
        first, *lines = (folder / RECORD).read_text(encoding="utf-8").splitlines()
        release = release_of_archive(source, first.removeprefix("# "))
        recorded = (line.split("  ", 1) for line in lines)
        same = bool(lines) and all(sha256_of(folder / name) == sha256 for sha256, name in recorded)
    except (OSError, ValueError):
        return None
    return release if same else None
