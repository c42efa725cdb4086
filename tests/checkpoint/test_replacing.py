"""A file is replaced whole or not at all: under kill -9, on a full disk, by several processes, in the right order."""

import errno
import io
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.checkpoint.replacing import LEFT_BEHIND

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")

KILLS = 50
KILLER = """
import os, random, signal, sys, time
import numpy as np
import tinygrad_vn as tg

folder, kills = sys.argv[1], int(sys.argv[2])
path = os.path.join(folder, "state.npz")
ELEMENTS = 400_000  # 3.2 MB

def version_in_the_file():
    state = tg.load(path)
    assert sorted(state) == ["version", "w"] and state["w"].shape == (ELEMENTS,)
    assert (state["w"].numpy() == state["version"]).all()
    return state["version"]

def save_for_ever(version, started):
    while True:
        version += 1
        tg.save(path, {"version": version, "w": tg.full((ELEMENTS,), float(version))})
        os.write(started, b".")

rng = random.Random(0)
tg.save(path, {"version": 0, "w": tg.zeros(ELEMENTS)})
version, replaced, litter = 0, 0, 0
for _ in range(kills):
    listen, started = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            save_for_ever(version, started)
        finally:
            os._exit(1)
    os.close(started)
    assert os.read(listen, 1), "it could not save"
    time.sleep(rng.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it ended by itself"
    os.close(listen)
    found = version_in_the_file()
    assert found > version
    version = found
    left = sum(name.endswith(".tmp") for name in os.listdir(folder))
    assert left - litter in (0, 1)
    litter = left
print(version, litter)
"""


@posix
def test_after_a_kill_at_any_moment_the_old_or_the_new_file_loads(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", KILLER, str(tmp_path), str(KILLS)]  # forking is what it is about
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    versions, litter = map(int, done.stdout.split())
    assert versions > KILLS
    assert litter > KILLS // 5  # else the kills did not come in the middle of a save

    old = time.time() - LEFT_BEHIND - 1
    for name in os.listdir(tmp_path):
        if name.endswith(".tmp"):
            os.utime(tmp_path / name, (old, old))
    (tmp_path / ".other.npz.0.tmp").touch()
    os.utime(tmp_path / ".other.npz.0.tmp", (old, old))
    tg.save(tmp_path / "state.npz", {"version": -1})
    assert sorted(os.listdir(tmp_path)) == [".other.npz.0.tmp", "state.npz"]


def test_the_temporary_file_of_somebody_who_is_still_writing_stays(tmp_path: Path) -> None:
    (tmp_path / ".state.npz.0123456789abcdef.tmp").write_bytes(b"half")
    tg.save(tmp_path / "state.npz", {"version": 1})
    assert sorted(os.listdir(tmp_path)) == [".state.npz.0123456789abcdef.tmp", "state.npz"]


def test_old_files_of_other_people_stay(tmp_path: Path) -> None:
    names = [".state.npz.backup.tmp", ".state.npz.0123456789abcdef.tmp.npz", "state.npz.0123456789abcdef.tmp"]
    for name in names:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1e9, 1e9))
    tg.save(tmp_path / "state.npz", {"version": 1})
    assert sorted(os.listdir(tmp_path)) == sorted([*names, "state.npz"])


@posix
def test_the_content_is_on_the_disk_before_it_takes_over_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[Any] = []
    sync, replace = os.fsync, os.replace

    def note_sync(number: int) -> None:
        happened.append((os.readlink(f"/proc/self/fd/{number}"), os.fstat(number).st_size))
        sync(number)

    def note_replace(source: Path, target: Path) -> None:
        happened.append("replaced")
        replace(source, target)

    if not os.path.exists("/proc/self/fd"):
        pytest.skip("needs /proc")
    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_replace)
    tg.save(tmp_path / "state.npz", {"w": np.ones(1000)})
    (temporary, size), replaced, (folder, _) = happened
    assert temporary.startswith(str(tmp_path / ".state.npz."))
    assert size == (tmp_path / "state.npz").stat().st_size
    assert (replaced, folder) == ("replaced", str(tmp_path))


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_trouble_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, trouble: BaseException
) -> None:
    tg.save(tmp_path / "state.npz", {"version": 1})

    def fail(*arguments: object) -> None:
        raise trouble

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(trouble)):
        tg.save(tmp_path / "state.npz", {"version": 2})
    assert tg.load(tmp_path / "state.npz") == {"version": 1}
    assert os.listdir(tmp_path) == ["state.npz"]


FULL = """
import errno, io, os, resource, sys
import tinygrad_vn as tg

path, old, new = sys.argv[1], {"w": tg.ones(10)}, {"a": tg.zeros(900), "w": tg.zeros(9000)}
if path.endswith(".npz"):
    old["version"], new["version"] = 1, 2
tg.save(path, new)
size = os.path.getsize(path)
tg.save(path, old)
for room in [*range(0, size, size // 50), size - 1]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        tg.save(path, new)
    except OSError as error:
        assert (error.errno, error.filename) == (errno.EFBIG, path), error
    else:
        sys.exit(f"{size} bytes were saved where there was room for {room}")
    assert os.listdir(os.path.dirname(path)) == [os.path.basename(path)]
    assert tg.load(path)["w"].tolist() == [1.0] * 10
"""


@posix
@pytest.mark.parametrize("name", ["state.npz", "state.safetensors"])
def test_a_real_disk_that_takes_no_more_leaves_the_old_file_wherever_it_ends(tmp_path: Path, name: str) -> None:
    if name.endswith(".safetensors"):
        pytest.importorskip("safetensors")
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path / name)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


PROTECTED = """
import os, sys
import tinygrad_vn as tg

os.chdir(sys.argv[1])
for path in ("locked.npz", "folder/old.npz"):
    os.makedirs("folder", exist_ok=True)
    tg.save(path, {"version": 1})
os.chmod(".", 0o777)
os.chmod("locked.npz", 0o444)
os.chmod("folder", 0o555)
os.chmod("folder/old.npz", 0o666)
if os.geteuid() == 0:  # who may do anything
    os.seteuid(65534)
for path in ("locked.npz", "folder/old.npz", "folder/new.npz"):
    try:
        tg.save(path, {"version": 2})
    except PermissionError as error:
        print(error.filename, error.strerror)
os.seteuid(os.getuid())
assert tg.load("locked.npz") == tg.load("folder/old.npz") == {"version": 1}
assert os.listdir("folder") == ["old.npz"]
os.chmod("folder", 0o755)
"""


@posix
def test_what_is_write_protected_stays_and_the_error_has_its_path() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders can be entered by nobody else
        done = subprocess.run([sys.executable, "-c", PROTECTED, folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    locked, old, new = done.stdout.splitlines()
    assert "locked.npz this file is write-protected" in locked or "tệp này được bảo vệ" in locked
    assert old.startswith("folder/old.npz ")
    assert new.startswith("folder/new.npz ")


@posix
def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    """As is /dev/null: to replace it would harm the whole machine."""
    path, contents = tmp_path / "pipe.npz", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: contents.append(path.read_bytes()))
    reader.start()
    tg.save(path, {"version": 1, "w": np.arange(50_000)})
    reader.join(timeout=60)
    assert stat.S_ISFIFO(path.stat().st_mode)
    loaded = tg.load(io.BytesIO(contents[0]))
    assert loaded["version"] == 1
    assert np.array_equal(loaded["w"], np.arange(50_000))


@posix
def test_a_device_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    path = Path(os.devnull)
    if os.geteuid() == 0:  # who could harm the real one
        path = tmp_path / "null"
        try:
            os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))  # Linux's number of it
            path.write_bytes(b"")
        except OSError:
            pytest.skip("no devices can be made here")
    tg.save(path, {"version": 1, "w": np.arange(50_000)})
    assert stat.S_ISCHR(path.stat().st_mode)


def test_a_relative_path_means_the_folder_at_the_time_of_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        tg.save("state.npz", {"folder": folder})
    assert tg.load("../one/state.npz") == {"folder": "one"}
    assert tg.load(tmp_path / "two" / "state.npz") == {"folder": "two"}


@posix
def test_a_private_file_stays_private_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, modes, sync = tmp_path / "state.npz", [], os.fsync
    tg.save(path, {"version": 1})
    path.chmod(0o600)
    monkeypatch.setattr(os, "fsync", lambda number: (modes.append(os.fstat(number).st_mode & 0o777), sync(number)))
    tg.save(path, {"version": 2})
    assert modes[0] == 0o600


def test_savers_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    path, troubles = tmp_path / "state.npz", []
    tg.save(path, {"saver": -1, "w": np.full(50_000, -1)})

    def work(saver: int) -> None:
        try:
            for _ in range(10):
                tg.save(path, {"saver": saver, "w": np.full(50_000, saver)})
                state = tg.load(path)
                assert (state["w"] == state["saver"]).all()
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=work, args=(saver,)) for saver in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert os.listdir(tmp_path) == ["state.npz"]


@posix
def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        tg.save(tmp_path / "run3.npz", {"version": 1})
    finally:
        os.umask(before)
    assert (tmp_path / "run3.npz").stat().st_mode & 0o777 == 0o640  # as any new file, not a private temporary one
    (tmp_path / "run3.npz").chmod(0o604)
    (tmp_path / "latest.npz").symlink_to("run3.npz")
    tg.save(tmp_path / "latest.npz", {"version": 2})
    assert (tmp_path / "latest.npz").is_symlink()
    assert tg.load(tmp_path / "run3.npz") == {"version": 2}
    assert (tmp_path / "run3.npz").stat().st_mode & 0o777 == 0o604


def test_the_longest_name_can_be_saved(tmp_path: Path) -> None:
    name = "ữ" * 83 + ".npz"  # 253 bytes of the 255 that names may have
    tg.save(tmp_path / name, {"version": 1})
    assert tg.load(tmp_path / name) == {"version": 1}


def test_a_folder_that_is_missing_or_in_the_way_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*runs: make it.* for model\.npz"):
        tg.save(tmp_path / "runs" / "model.npz", {"version": 1})
    with pytest.raises(IsADirectoryError, match=r"is a folder: give a file in it, such as .*checkpoint\.npz"):
        tg.save(tmp_path, {"version": 1})
    assert os.listdir(tmp_path) == []
    (tmp_path / "link.npz").symlink_to(tmp_path / "gone" / "model.npz")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*gone: make it.* for model\.npz"):
        tg.save(tmp_path / "link.npz", {"version": 1})
