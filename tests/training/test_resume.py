"""A run that was interrupted and resumed ends with the same bits as one that was not."""

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.training.runs import BATCHES, EPOCHS, fingerprint, net, table, whole_run
from tinygrad_vn import nn, optim, training
from tinygrad_vn.data import DataLoader
from tinygrad_vn.nn import functional as F
from tinygrad_vn.optim.lr_scheduler import OneCycleLR, StepLR


class InterruptAfter(training.Callback):
    """Ctrl-C in the middle of a certain step."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def before_step(self, run: training.Run) -> None:
        if run.iteration + 1 == self.steps:
            signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    model, history = whole_run(folder, callbacks=[InterruptAfter(-1)])
    assert not history.interrupted
    assert len(history) == EPOCHS
    return fingerprint(model, history) | {"log": (folder / "log.jsonl").read_text()}


@pytest.mark.parametrize("steps", range(1, EPOCHS * BATCHES))
def test_a_run_interrupted_at_any_step_is_resumed_bit_by_bit(
    uninterrupted: dict[str, Any], tmp_path: Path, steps: int
) -> None:
    _, history = whole_run(tmp_path, callbacks=[InterruptAfter(steps)])
    assert history.interrupted
    assert history.stopped_by == "interrupted"
    assert len(history) == steps // BATCHES
    model, history = whole_run(tmp_path, callbacks=[InterruptAfter(-1)], resume=True)
    assert not history.interrupted
    assert history.stopped_by is None
    whole = dict(uninterrupted)
    whole_log, log = (
        [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in text.splitlines()]
        for text in (whole.pop("log"), (tmp_path / "log.jsonl").read_text())
    )
    assert fingerprint(model, history) == whole
    assert log == whole_log


def test_interrupted_after_every_single_step(uninterrupted: dict[str, Any], tmp_path: Path) -> None:
    for steps in range(1, EPOCHS * BATCHES):
        _, history = whole_run(tmp_path, callbacks=[InterruptAfter(steps)], resume=True)
        assert history.interrupted
    model, history = whole_run(tmp_path, callbacks=[InterruptAfter(-1)], resume=True)
    assert fingerprint(model, history) == {k: v for k, v in uninterrupted.items() if k != "log"}


def test_more_epochs_later_are_the_same_as_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole_run(tmp_path / "a", epochs=2)
    assert fingerprint(*whole_run(tmp_path / "a", epochs=5, resume=True)) == fingerprint(
        *whole_run(tmp_path / "b", epochs=5)
    )


def test_a_finished_run_is_given_back_as_it_was(tmp_path: Path) -> None:
    once = fingerprint(*whole_run(tmp_path))
    assert fingerprint(*whole_run(tmp_path, resume=True)) == once


def test_a_run_that_a_rule_stopped_stays_stopped(tmp_path: Path) -> None:
    model, history = whole_run(tmp_path, epochs=400, stop_patience=2)
    assert len(history) < 400
    again, resumed = whole_run(tmp_path, epochs=400, stop_patience=2, resume=True)
    assert fingerprint(again, resumed) == fingerprint(model, history)
    assert resumed.stopped_by == history.stopped_by
    assert resumed.stopped_by


def test_a_generator_that_shuffles_and_drops_out_at_once(tmp_path: Path) -> None:
    def run(**settings: Any) -> bytes:
        rng = np.random.default_rng(0)
        tg.manual_seed(0)
        model = nn.Sequential(nn.Dropout(0.5, rng=rng), nn.Linear(3, 1))
        optimizer = optim.Adam(model.parameters())
        loader = DataLoader(table(), batch_size=7, shuffle=True, rng=rng)
        schedule = OneCycleLR(optimizer, 0.1, total_steps=5 * len(loader))
        training.fit(
            model, F.mse_loss, optimizer, loader, epochs=5, schedule=schedule, progress=False, **settings
        )  # fmt: skip
        return b"".join(value.numpy().tobytes() for value in model.state_dict().values())

    path = tmp_path / "run.npz"
    whole = run()
    for steps in range(1, 25):
        run(checkpoint=path, resume=True, callbacks=[InterruptAfter(steps)])
    assert run(checkpoint=path, resume=True, callbacks=[InterruptAfter(-1)]) == whole


class Counting(training.Callback):
    def __init__(self) -> None:
        self.steps = 0

    def after_step(self, run: training.Run) -> None:
        self.steps += 1

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps}

    def load_state_dict(self, state: Any) -> None:
        self.steps = state["steps"]


def test_callbacks_remember(tmp_path: Path) -> None:
    whole_run(tmp_path, callbacks=[Counting(), InterruptAfter(9)])
    counting = Counting()
    whole_run(tmp_path, callbacks=[counting, InterruptAfter(-1)], resume=True)
    assert counting.steps == EPOCHS * BATCHES


def small(path: Path, **changes: Any) -> training.History:
    given: dict[str, Any] = {"model": nn.Linear(3, 1), "data": table(), "epochs": 2, "make": optim.SGD, "lr": 0.1}
    given |= {"schedule": None} | changes
    optimizer = given["make"](given["model"].parameters(), lr=given["lr"])
    schedule = given["schedule"] and given["schedule"](optimizer)
    return training.fit(
        given["model"], F.mse_loss, optimizer, given["data"], epochs=given["epochs"], schedule=schedule,
        checkpoint=path, resume=True, progress=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": nn.Sequential(nn.Linear(3, 1))}, "'0.weight'"),
        ({"model": nn.Linear(3, 1, bias=False)}, "'bias'"),
        ({"make": optim.Adam}, "optimizer was SGD, now it is Adam"),
        ({"lr": 0.01}, "lr=0.1.*lr=0.01.*load_state_dict"),
        ({"schedule": lambda optimizer: StepLR(optimizer, 3)}, "schedule was none, now it is StepLR"),
        ({"data": table(31)}, "number of samples was 30, now it is 31"),
        ({"data": DataLoader(table(), 10)}, "number of batches per epoch was 1, now it is 3"),
    ],
)
def test_another_run_is_refused_and_nothing_changed(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    path = tmp_path / "run.npz"
    small(path)
    content = path.read_bytes()
    model = changes.setdefault("model", nn.Linear(3, 1))
    before = [value.numpy().copy() for value in model.state_dict().values()]
    with pytest.raises(ValueError, match=rf"run\.npz cannot be resumed: .*{words}"):
        small(path, epochs=4, **changes)
    assert path.read_bytes() == content
    for old, new in zip(before, model.state_dict().values(), strict=True):
        np.testing.assert_array_equal(new.numpy(), old)


def test_files_of_others_and_missing_paths(tmp_path: Path) -> None:
    tg.checkpoint.save(tmp_path / "other.npz", {"w": np.ones(2)})
    with pytest.raises(ValueError, match="not written by fit"):
        small(tmp_path / "other.npz")
    assert len(small(tmp_path / "new folder" / "run.npz")) == 2
    model = net()
    with pytest.raises(ValueError, match="resume=True needs checkpoint="):
        training.fit(model, F.mse_loss, optim.SGD(model.parameters()), table(), epochs=1, resume=True)


def test_the_state_of_the_process_generator() -> None:
    tg.manual_seed(1)
    tg.rand(3)
    state = tg.get_rng_state()
    first = tg.rand(4).numpy()
    tg.manual_seed(2)
    tg.set_rng_state(state)
    np.testing.assert_array_equal(tg.rand(4).numpy(), first)
    with pytest.raises(ValueError, match="state of a PCG64"):
        tg.set_rng_state({"state": 3})
