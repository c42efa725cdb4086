"""Progress: a bar on a terminal, plain lines elsewhere, nothing where nothing is wanted."""

import io
import signal
import sys
import types
from typing import Any

import pytest

import tinygrad_vn as tg
from tests.training.runs import table
from tinygrad_vn import nn, optim, training
from tinygrad_vn.data import DataLoader
from tinygrad_vn.nn import functional as F
from tinygrad_vn.training import progress as display


def run(epochs: int = 20, callbacks: Any = (), **settings: Any) -> training.History:
    tg.manual_seed(0)
    model = nn.Linear(3, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    data = DataLoader(table(), batch_size=10)
    return training.fit(model, F.mse_loss, optimizer, data, epochs=epochs, callbacks=callbacks, **settings)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    history = run()
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert [line.split()[1] for line in lines] == [f"{epoch}/20" for epoch in range(2, 21, 2)]
    assert lines[-1] == f"epoch 20/20  loss {history.loss[-1]:.4g}  lr 0.1"


def test_a_program_that_drives_notebooks_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: None))
    run(2)
    assert [line.split()[1] for line in capsys.readouterr().err.splitlines()] == ["1/2", "2/2"]


def test_a_line_is_printed_after_ten_seconds_in_any_case(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 10_000, 6))
    monkeypatch.setattr(display.time, "monotonic", lambda: float(next(ticks)))
    run(100, callbacks=lambda run: run.end("enough") if run.epoch == 9 else None)
    assert [line.split()[1] for line in capsys.readouterr().err.splitlines()] == [
        "2/100",
        "4/100",
        "6/100",
        "8/100",
        "9/100",
    ]


def test_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(progress=False)
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    history = run(4)
    last = terminal.getvalue().rstrip().split("\r")[-1]
    assert last.startswith("epoch 4/4 100%|")
    assert f"loss {history.loss[-1]:.4g}" in last


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_bar_leaves_room_for_itself(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    pytest.importorskip("tqdm")
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    history = run(12, valid=table(), metrics=["mae"])
    for line in terminal.getvalue().split("\r")[1:]:
        if "loss" in line:
            assert len(line.rstrip()) <= min(columns, 100)
            assert len(line.split("|")[1]) >= 10
    last = terminal.getvalue().rstrip().split("\r")[-1]
    names = ("loss", "mae", "valid_loss", "valid_mae", "lr")
    shown = [name for name in names if f" {name} {history[name][-1]:.4g}" in last]
    assert shown == {60: ["loss"], 80: ["loss", "valid_loss"], 200: ["loss", "mae", "valid_loss", "lr"]}[columns]


def test_a_resumed_run_goes_on_in_the_middle_of_the_bar(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    pytest.importorskip("tqdm")
    run(3, checkpoint=tmp_path / "run.npz", progress=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(4, checkpoint=tmp_path / "run.npz", resume=True)
    assert "epoch 4/4  75%|" in terminal.getvalue().split("\r")[1]
    before = terminal.getvalue()
    run(4, checkpoint=tmp_path / "run.npz", resume=True)
    assert "nothing is left to do" in terminal.getvalue()[len(before) :]
    assert "%|" not in terminal.getvalue()[len(before) :]


def test_without_tqdm_a_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(10)
    assert terminal.getvalue().count("\n") == 10
    with pytest.raises(ImportError, match="needs tqdm"):
        run(10, progress="bar")


class OldConsole(io.TextIOWrapper):
    """Windows before UTF-8: it refuses what it has no letter for."""

    def __init__(self, is_terminal: bool, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict", newline="")
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal

    def shown(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
def test_an_old_console_gets_vietnamese_without_accents(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    tg.set_language("vi")
    metrics = {"độ chính xác ‖∇‖": lambda prediction, target: 0.5}
    terminal, pipe = OldConsole(True, encoding), OldConsole(False, encoding)
    monkeypatch.setattr(sys, "stderr", terminal)
    run(2, metrics=metrics)
    assert "epoch 2/2 100%|#" in terminal.shown()
    assert "do chinh xac" in terminal.shown()
    monkeypatch.setattr(sys, "stderr", pipe)
    run(2, metrics=metrics, callbacks=lambda run: signal.raise_signal(signal.SIGINT))
    assert "do chinh xac ??? 0.5" in pipe.shown()
    assert "Da dung theo yeu cau o epoch 1" in pipe.shown()


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if in a notebook: tqdm is imported there anew, and looks round."""
    shell = types.SimpleNamespace(config={"IPKernelApp": {}}, kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    for name in ("tqdm.auto", "tqdm.autonotebook", "tqdm.notebook"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("notebook")
def test_a_notebook_without_widgets_gets_a_bar_of_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tqdm")
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    run(4)  # without a warning, which would be an error here
    assert "epoch 4/4 100%" in capsys.readouterr().err


@pytest.mark.usefixtures("notebook")
def test_a_notebook_with_widgets_gets_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    tqdm = pytest.importorskip("tqdm")
    made: list[Any] = []

    class Widget(tqdm.tqdm):  # type: ignore[misc, name-defined]
        def __init__(self, **settings: Any) -> None:
            made.append(self)
            assert settings["ncols"] is None  # a widget is as wide as its cell
            super().__init__(**settings | {"file": io.StringIO()})

    monkeypatch.setitem(sys.modules, "tqdm.auto", types.SimpleNamespace(tqdm=Widget))
    history = run(4)
    (bar,) = made
    assert (bar.n, bar.total) == (12, 12)
    assert f"loss {history.loss[-1]:.4g}" in bar.postfix
    assert capsys.readouterr() == ("", "")


def test_without_an_error_channel_it_trains_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert len(run(2)) == 2
