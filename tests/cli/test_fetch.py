"""`tinygrad-vn fetch` against a server on this machine: what arrives, what is refused, and what is left behind."""

import contextlib
import dataclasses
import errno
import hashlib
import http.server
import io
import stat
import threading
import zipfile

import pytest

from tinygrad_vn.cli import fetch, main
from tinygrad_vn.data import RatingsDataset, releases

pytest.importorskip("pooch")

RATINGS = b"userId,movieId,rating,timestamp\r\n1,31,2.5,1260759144\r\n"
MOVIES = b"movieId,title,genres\r\n31,Dangerous Minds (1995),Drama\r\n"
FILES = {"ratings.csv": RATINGS, "movies.csv": MOVIES, "README.txt": b"terms"}
NAME = "movielens-small"


def zipped(files, folder="ml-latest-small/"):
    """A zip archive, the same bytes at all times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(folder + name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def server(monkeypatch):
    """A server whose answer is set by `server.answer`: (status, content, length that it announces)."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            web.requests += 1
            status, content, length = web.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(content) if length is None else length))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(content)

        def log_message(self, *args):
            pass

    monkeypatch.setenv("NO_PROXY", "*")
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.requests, web.answer = 0, (404, b"", None)
    web.url = f"http://127.0.0.1:{web.server_port}/ml-latest-small.zip"
    thread = threading.Thread(target=web.serve_forever, args=(0.01,))
    thread.start()
    yield web
    web.shutdown()
    web.server_close()
    thread.join()


@pytest.fixture
def known(monkeypatch):
    """Make releases known, in place of the real ones."""

    def set_known(*known_releases, most_bytes=1_000_000):
        source = dataclasses.replace(releases.SOURCES[NAME], releases=known_releases, most_bytes=most_bytes)
        monkeypatch.setitem(releases.SOURCES, NAME, source)

    return set_known


def run(server, folder, *more):
    return main(["fetch", NAME, "--to", str(folder), "--url", server.url, *more])


def refused(server, folder, capsys, *more):
    """The one line that a refused download says; nothing may be left in the folder."""
    assert run(server, folder, *more) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert list(folder.iterdir()) == []
    return said


def test_a_release_that_is_known_by_its_archive(server, known, tmp_path, capsys):
    content = zipped(FILES)
    known(releases.Release("autumn", archive=sha256(content)))
    server.answer = (200, content, None)
    assert run(server, tmp_path) == 0
    folder = tmp_path / NAME
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES
    said = capsys.readouterr()
    assert "SHA-256 agrees: autumn" in said.out
    assert "https://grouplens.org/datasets/movielens/" in said.out
    assert said.err == ""
    data = RatingsDataset.from_csv(folder / "ratings.csv", folder / "movies.csv")
    assert (len(data), data.title_of(31)) == (1, "Dangerous Minds (1995)")


def test_a_release_that_is_known_by_its_files_keeps_only_those(server, known, tmp_path, capsys):
    known(releases.Release("spring", files={name: sha256(content) for name, content in FILES.items()}))
    server.answer = (200, zipped({**FILES, "tags.csv": b"who knows"}), None)
    assert run(server, tmp_path) == 0
    assert {path.name for path in (tmp_path / NAME).iterdir()} == set(FILES)
    assert "SHA-256 agrees: spring" in capsys.readouterr().out


@pytest.mark.parametrize("by", ["archive", "files"])
def test_what_is_there_is_checked_and_not_fetched_again(by, server, known, tmp_path, capsys):
    content = zipped(FILES)
    how = {"archive": sha256(content)} if by == "archive" else {"files": {n: sha256(c) for n, c in FILES.items()}}
    known(releases.Release("autumn", **how))
    server.answer = (200, content, None)
    assert run(server, tmp_path) == run(server, tmp_path) == 0
    assert server.requests == 1
    assert "Already there and unchanged: autumn" in capsys.readouterr().out
    (tmp_path / NAME / "ratings.csv").write_bytes(RATINGS + b"1,32,5,0\r\n")
    assert run(server, tmp_path) == 2
    assert "is there already but is no release that is known. Rename it" in capsys.readouterr().err
    assert (tmp_path / NAME / "ratings.csv").read_bytes().endswith(b"1,32,5,0\r\n")


def test_the_real_release_of_2016_is_known_by_its_files(server, movielens, tmp_path, capsys):
    files = {name: (movielens / name).read_bytes() for name in FILES}
    server.answer = (200, zipped(files), None)
    assert run(server, tmp_path) == 0
    assert "October 2016 (100,004 ratings)" in capsys.readouterr().out
    assert len(RatingsDataset.from_csv(tmp_path / NAME / "ratings.csv")) == 100_004


def test_one_changed_byte_is_refused(server, known, tmp_path, capsys):
    known(releases.Release("spring", files={name: sha256(content) for name, content in FILES.items()}))
    content = zipped({**FILES, "ratings.csv": RATINGS.replace(b"2.5", b"3.5")})
    server.answer = (200, content, None)
    said = refused(server, tmp_path, capsys)
    assert f"has the SHA-256 {sha256(content)}, which is that of no release that is known" in said
    assert f"Known are spring: ratings.csv {sha256(FILES['ratings.csv'])}, movies.csv " in said
    known(releases.Release("spring", archive="ab" * 32), releases.Release("autumn", archive="cd" * 32))
    said = refused(server, tmp_path, capsys)
    assert sha256(content) in said
    assert f"Known are spring: zip {'ab' * 32}; autumn: zip {'cd' * 32}." in said


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((404, b"no", None), "answers 404 for http://127.0.0.1"),
        ((503, b"no", None), "answers 503 for http://127.0.0.1"),
        ((200, b"<html>Please log in</html>", None), "is no zip archive; it begins with '<html>Please log in</html>'"),
        ((200, b"", None), "is no zip archive; it begins with ''"),
        ((200, zipped(FILES)[:100], len(zipped(FILES))), "broke off; nothing of it was kept"),
        ((200, zipped(FILES)[:-30], None), "is no sound zip archive"),
        ((200, b"x" * 3_000_000, None), "sends more than 1 MB"),
        ((200, b"x", 10**12), "sends more than 1 MB"),
    ],
    ids=["not found", "server", "web page", "nothing", "cut off", "damaged", "too much", "too much announced"],
)
def test_what_can_go_wrong_on_the_way(answer, text, server, known, tmp_path, capsys):
    known(releases.Release("autumn", archive="0" * 64))
    server.answer = answer
    assert text in refused(server, tmp_path, capsys)


def test_no_server_at_all(server, tmp_path, capsys):
    server.server_close()
    said = refused(server, tmp_path, capsys)
    assert "127.0.0.1" in said
    assert "cannot be reached. Check the network" in said
    assert f"unpack it into {tmp_path / NAME}" in said
    assert "không kết nối được với 127.0.0.1" in refused(server, tmp_path, capsys, "--lang", "vi")


def test_a_server_that_says_nothing(tmp_path, capsys, monkeypatch, server):
    monkeypatch.setattr(fetch, "SECONDS", 0.2)
    monkeypatch.setattr(server.RequestHandlerClass, "do_GET", lambda self: threading.Event().wait(1))
    assert "did not answer within 0.2 seconds" in refused(server, tmp_path, capsys)


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "ml/../../evil.txt", "/tmp/evil.txt", "C:/evil.txt", "ml/..\\evil.txt", link("ml/evil.txt")],
    ids=["up", "up from below", "absolute", "drive", "backslash", "link"],
)
def test_an_archive_that_would_write_elsewhere(name, server, known, tmp_path, capsys):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("ml/ratings.csv", RATINGS)
        archive.writestr(name, "/etc/passwd")
    known(releases.Release("autumn", archive=sha256(buffer.getvalue())))  # not even a known archive may do so
    server.answer = (200, buffer.getvalue(), None)
    to = tmp_path / "inside"
    to.mkdir()
    assert "would land outside the folder, is a link or is there twice" in refused(server, to, capsys)
    assert list(tmp_path.iterdir()) == [to]


def test_an_archive_that_unpacks_to_far_more_than_it_is(server, known, tmp_path, capsys):
    known(releases.Release("spring"))
    server.answer = (200, zipped({"ratings.csv": b"0" * 5_000_000}), None)
    assert "its files are larger than 1 MB" in refused(server, tmp_path, capsys)


def test_an_archive_of_very_many_files(server, known, tmp_path, capsys):
    known(releases.Release("spring"))
    server.answer = (200, zipped({str(k): b"" for k in range(101)}), None)
    assert "it holds 101 files" in refused(server, tmp_path, capsys)


def test_after_a_full_disk_the_download_is_not_repeated(server, known, tmp_path, capsys, monkeypatch):
    content = zipped(FILES)
    known(releases.Release("autumn", archive=sha256(content)))
    server.answer = (200, content, None)

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(fetch, "unpack", full)
        assert run(server, tmp_path) == 2
    assert "cannot write here: the disk is full. Nothing half-made is left" in capsys.readouterr().err
    assert not (tmp_path / NAME).exists()
    assert run(server, tmp_path) == 0
    assert server.requests == 1
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_folder_that_cannot_be_made(server, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert run(server, tmp_path / "file") == 2
    assert "cannot write here: this is a file, not a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "name a data set: movielens-small"),
        (["movielens"], "there is no data set movielens; there are: movielens-small"),
        ([NAME, "--url", "ftp://x/y.zip"], "--url ftp://x/y.zip: write an address that begins with https://"),
        ([NAME, "--url", "file:///etc/passwd"], "write an address"),
        ([NAME, "--to", ""], "--to '': name a folder"),
        (["movielens", "--lang", "vi"], "không có bộ dữ liệu movielens; có: movielens-small"),
    ],
)
def test_a_mistake_in_the_call(words, text, capsys):
    assert main(["fetch", *words]) == 2
    assert text in capsys.readouterr().err


def test_without_pooch_the_command_says_how_to_get_it(server, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pooch", None)
    assert "pip install 'tinygrad-vn[fetch]'" in refused(server, tmp_path, capsys)


def test_the_address_is_grouplens_own_and_every_hash_is_one():
    source = releases.SOURCES[NAME]
    assert source.url.startswith("https://files.grouplens.org/")
    hashes = [hash for release in source.releases for hash in (release.archive, *release.files.values()) if hash]
    assert all(len(hash) == 64 and int(hash, 16) for hash in hashes)
    assert all(release.archive or release.files for release in source.releases)
