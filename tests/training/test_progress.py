"""Progress: a bar on a terminal, plain lines elsewhere, nothing where nothing is wanted."""

import io
import sys
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
    assert last.startswith("Training: 100%")
    assert "12/12" in last
    assert f"loss {history.loss[-1]:.4g}" in last
    tg.set_language("vi")
    run(1)
    assert "Huấn luyện" in terminal.getvalue()


def test_a_resumed_run_goes_on_in_the_middle_of_the_bar(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    pytest.importorskip("tqdm")
    run(3, checkpoint=tmp_path / "run.npz", progress=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(4, checkpoint=tmp_path / "run.npz", resume=True)
    assert " 9/12 " in terminal.getvalue().split("\r")[1]
    before = terminal.getvalue()
    run(4, checkpoint=tmp_path / "run.npz", resume=True)  # nothing is left to do
    assert terminal.getvalue() == before


def test_without_tqdm_a_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(10)
    assert terminal.getvalue().count("\n") == 10
    with pytest.raises(ImportError, match="needs tqdm"):
        run(10, progress="bar")


def test_without_an_error_channel_it_trains_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert len(run(2)) == 2
