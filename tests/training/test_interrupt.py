"""Ctrl-C, SIGTERM and SIGKILL: real signals, and real processes that are interrupted and killed."""

import contextlib
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import tinygrad_vn as tg
from tests.training.runs import Slow, fingerprint, table, whole_run
from tinygrad_vn import nn, optim, training
from tinygrad_vn.nn import functional as F

ROOT = Path(__file__).parent.parent.parent
MOMENTS = 50
CHAINS = 2
EPOCHS = 40
PAUSE = 0.002


class Signals(training.Callback):
    """Sends signals in the middle of a certain step."""

    def __init__(self, at: int, *numbers: int) -> None:
        self.at, self.numbers = at, numbers

    def before_step(self, run: training.Run) -> None:
        if run.iteration + 1 == self.at:
            for number in self.numbers:
                signal.raise_signal(number)


def plain_run(*callbacks: Any, **settings: Any) -> training.History:
    model = nn.Linear(3, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    settings = {"epochs": 5, "progress": False} | settings
    return training.fit(model, F.mse_loss, optimizer, table(), callbacks=callbacks, **settings)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_after_the_step(number: int) -> None:
    steps = []
    history = plain_run(Signals(3, number), lambda run: steps.append(run.iteration))
    assert history.interrupted
    assert history.stopped_by == "interrupted"
    assert steps == [1, 2, 3]
    assert len(history) == 3


def test_a_signal_in_the_last_step_interrupts_nothing() -> None:
    history = plain_run(Signals(5, signal.SIGINT))
    assert not history.interrupted
    assert len(history) == 5


def test_a_second_ctrl_c_acts_at_once() -> None:
    steps = []
    with pytest.raises(KeyboardInterrupt):
        plain_run(Signals(3, signal.SIGINT, signal.SIGINT), lambda run: steps.append(run.iteration))
    assert steps == [1, 2]


@pytest.mark.parametrize("callbacks", [(), (Signals(2, signal.SIGINT),), (lambda run: 1 / 0,)])
def test_handlers_are_as_before(callbacks: tuple[Any, ...]) -> None:
    def mine(number: int, frame: Any) -> None:
        raise AssertionError("not called")

    before = signal.signal(signal.SIGTERM, mine)
    try:
        with contextlib.suppress(ZeroDivisionError):
            plain_run(*callbacks)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)


def test_ignored_signals_stay_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert not plain_run(Signals(2, signal.SIGINT)).interrupted
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_a_thread_it_leaves_signals_alone() -> None:
    seen: list[Any] = []
    thread = threading.Thread(
        target=lambda: seen.append(plain_run(lambda run: seen.append(signal.getsignal(signal.SIGINT))))
    )
    thread.start()
    thread.join()
    assert seen[:-1] == [signal.default_int_handler] * 5
    assert len(seen[-1]) == 5


def test_it_says_how_to_continue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.npz"
    plain_run(Signals(2, signal.SIGINT), progress="lines", checkpoint=path)
    assert (
        f"Interrupted in epoch 2 after batch 1. Saved to {path}; run again with resume=True" in capsys.readouterr().err
    )
    tg.set_language("vi")
    plain_run(Signals(2, signal.SIGINT), progress="lines")
    assert "Đã dừng theo yêu cầu ở epoch 2, batch 1. Không lưu gì" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGTERM between processes")
def test_killed_at_50_random_moments_and_resumed_it_comes_out_bit_by_bit(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    expected = fingerprint(*whole_run(tmp_path / "whole", epochs=EPOCHS, callbacks=[Slow(0.0)]))
    with ThreadPoolExecutor(CHAINS) as pool:
        chains = list(pool.map(lambda chain: killed_again_and_again(tmp_path / str(chain), chain), range(CHAINS)))
    outcomes = [outcome for folders, outcomes in chains for outcome in outcomes]
    assert len(outcomes) == MOMENTS
    assert outcomes.count("interrupted\n") >= MOMENTS / 3
    assert outcomes.count("") >= MOMENTS / 6
    for folder in (folder for folders, _ in chains for folder in folders):
        assert fingerprint(*whole_run(folder, epochs=EPOCHS, resume=True, callbacks=[Slow(0.0)])) == expected


def killed_again_and_again(parent: Path, seed: int) -> tuple[list[Path], list[str]]:
    """One run after the other, each in a folder of its own, with a signal at a random moment of every sitting."""
    chance = random.Random(seed)
    folders, outcomes = [parent / "0"], []
    folders[0].mkdir(parents=True)
    for moment in range(MOMENTS // CHAINS):
        number = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)[moment % 3]
        code, said = signalled(folders[-1], number, chance.uniform(0.0, 0.15))
        if number == signal.SIGKILL:
            assert (code, said) in [(-signal.SIGKILL, ""), (-signal.SIGKILL, "done\n"), (0, "done\n")]
        else:
            assert said in ("interrupted\n", "done\n")
            assert code == 0 or said == "done\n"  # once it is done, the interpreter ends as it always does
        outcomes.append(said)
        if said == "done\n":
            folders.append(parent / str(len(folders)))
            folders[-1].mkdir()
    return folders, outcomes


PROGRAM = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a process of the background may have inherited ignored
from pathlib import Path
from tests.training.runs import Slow, whole_run
_, history = whole_run(Path(sys.argv[1]), epochs={EPOCHS}, resume=True, callbacks=[Slow({PAUSE})])
print("interrupted" if history.interrupted else "done", flush=True)
"""


def signalled(folder: Path, number: int, seconds: float) -> tuple[int, str]:
    """Run the program, send it a signal some time after it began to train; its exit code and what it said then."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        if first == "started\n":
            time.sleep(seconds)
            process.send_signal(number)
            first = ""
        return process.wait(60), first + process.stdout.read()
