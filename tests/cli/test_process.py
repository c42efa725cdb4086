"""`python -m tinygrad_vn` as a process of its own: encodings, closed pipes, Ctrl-C, missing libraries, terminals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEMO = [sys.executable, "-m", "tinygrad_vn", "demo", "--epochs", "20"]
posix = pytest.mark.skipif(os.name == "nt", reason="signals and terminals of POSIX")


def run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "TINYGRAD_VN_LANG": "en", **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


def test_it_runs_in_any_folder_and_writes_to_out(tmp_path: Path) -> None:
    done = run(DEMO, tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"RMSE after" in done.stdout
    assert (tmp_path / "out/recommendations.csv").is_file()


def test_nonsense_has_exit_status_2_and_no_traceback(tmp_path: Path) -> None:
    done = run([*DEMO, "--factors", "0"], tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert not (tmp_path / "out").exists()


def test_vietnamese_where_the_encoding_is_western(tmp_path: Path) -> None:
    done = run([*DEMO, "--lang", "vi"], tmp_path, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "Người dùng 212 chưa xem 2 phim" in done.stdout.decode("utf-8")
    done = run([*DEMO, "--lang", "vi", "--user", "x"], tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 2
    assert "không có người dùng này" in done.stderr.decode("utf-8")


def test_without_libraries_for_pictures(tmp_path: Path) -> None:
    hide = "import sys; sys.modules |= dict.fromkeys(['matplotlib', 'tqdm', 'pygraphviz', 'graphviz'])\n"
    program = hide + "from tinygrad_vn.cli import main; sys.exit(main())"
    done = run([sys.executable, "-c", program, *DEMO[3:]], tmp_path, PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    out = done.stdout.decode()
    assert "-m pip install matplotlib" in out
    assert "-m pip install pygraphviz" in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["completed_table.csv", "recommendations.csv"]


@posix
def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    with subprocess.Popen(DEMO, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        demo.stdout.readline()
        demo.stdout.close()
        complaints = demo.stderr.read()
    assert demo.returncode == 141
    assert b"Traceback" not in complaints
    assert b"Exception" not in complaints


@posix
def test_ctrl_c(tmp_path: Path) -> None:
    endless = [*DEMO[:-1], "1000000"]
    with subprocess.Popen(endless, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        demo.stdout.readline()
        time.sleep(0.3)
        demo.send_signal(signal.SIGINT)
        complaints = demo.stderr.read()
    assert demo.returncode == 130
    assert b"Traceback" not in complaints
    assert complaints.count(b"\n") == 1


@posix
def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    pytest.importorskip("tqdm")
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen([*DEMO, "--lang", "en"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=theirs) as demo:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # how Linux says that the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    assert demo.returncode == 0
    assert b"Training:" in shown
    assert b"20/20" in shown


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        demo = subprocess.run(DEMO, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert demo.returncode == 2
    assert b"Traceback" not in demo.stderr
    assert b"Exception" not in demo.stderr


@posix
def test_no_output_at_all(tmp_path: Path) -> None:
    done = run(["sh", "-c", 'exec "$@" >&-', "sh", *DEMO], tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/recommendations.csv").is_file()
