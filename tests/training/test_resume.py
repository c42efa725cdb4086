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
from tinygrad_vn.optim.lr_scheduler import LinearLR, OneCycleLR, SequentialLR, StepLR
from tinygrad_vn.optim.stopping import EarlyStopping, MaxIterations


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
    given |= {"schedule": None, "loss": F.mse_loss} | changes
    optimizer = given["make"](given["model"].parameters(), lr=given["lr"])
    schedule = given["schedule"] and given["schedule"](optimizer)
    return training.fit(
        given["model"], given["loss"], optimizer, given["data"], epochs=given["epochs"], schedule=schedule,
        checkpoint=path, resume=True, progress=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": nn.Sequential(nn.Linear(3, 1))}, "'0.weight'"),
        ({"model": nn.Linear(3, 1, bias=False)}, "'bias'"),
        ({"make": optim.Adam}, "optimizer was SGD, now it is Adam"),
        ({"lr": 0.01}, "optimizer's lr was 0.1, now it is 0.01.*load_state_dict"),
        ({"loss": F.l1_loss}, "its loss was mse_loss, now it is l1_loss"),
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


def with_settings(path: Path, **changes: Any) -> None:
    """A run of which everything can be changed that decides how it goes on."""
    given: dict[str, Any] = {"bias_lr": 0.1, "step_size": 3, "patience": 5, "limit": 90, "batch_size": 8}
    given |= {"shuffle": False, "momentum": 0.5, "interval": "epoch", "epochs": 2, "delta": 1.0} | changes
    model = nn.Linear(3, 1)
    groups = [{"params": [model.weight]}, {"params": [model.bias], "lr": given["bias_lr"]}]
    optimizer = optim.SGD(groups, lr=0.1, momentum=given["momentum"])
    parts = [LinearLR(optimizer, 0.1, total_iters=2), StepLR(optimizer, given["step_size"])]
    schedule = SequentialLR(optimizer, parts, [2])
    schedule.interval = given["interval"]
    stop = EarlyStopping(given["patience"]) & MaxIterations(20) | MaxIterations(given["limit"])
    data = DataLoader(table(), given["batch_size"], shuffle=given["shuffle"])
    training.fit(
        model, nn.HuberLoss(delta=given["delta"]), optimizer, data, epochs=given["epochs"], schedule=schedule,
        stop=stop, checkpoint=path, resume=True, progress=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bias_lr": 0.2}, "optimizer's group 1's lr was 0.01.*, now it is 0.02"),
        ({"delta": 2.0}, "loss's delta was 1.0, now it is 2.0"),
        ({"momentum": 0.9}, "optimizer's momentum was 0.5, now it is 0.9"),
        ({"step_size": 4}, "schedule's schedulers's 1's step_size was 3, now it is 4"),
        ({"interval": "batch"}, "schedule's interval was epoch, now it is batch"),
        ({"patience": 6}, "stopping rule's part 1, AllOf's part 1, EarlyStopping's patience was 5, now it is 6"),
        ({"limit": 80}, "stopping rule's part 2, MaxIterations's limit was 90, now it is 80"),
        ({"batch_size": 9}, "data's batch_size was 8, now it is 9"),  # as many batches, but others
        ({"shuffle": True}, "data's shuffle was False, now it is True"),
    ],
)
def test_other_settings_are_refused_by_name(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    path = tmp_path / "run.npz"
    with_settings(path)
    with_settings(path, epochs=3)  # the same program again, though the rates have changed since
    with pytest.raises(ValueError, match=rf"run\.npz cannot be resumed: its {words}"):
        with_settings(path, epochs=4, **changes)
    with_settings(path, epochs=5)


def test_a_refusal_in_vietnamese(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    small(path)
    tg.set_language("vi")
    with pytest.raises(ValueError, match=r"không chạy tiếp được từ .*: lr của optimizer trước là 0.1, nay là 0.01"):
        small(path, lr=0.01)
    with pytest.raises(ValueError, match="schedule trước là không có, nay là StepLR"):
        small(path, schedule=lambda optimizer: StepLR(optimizer, 3))


def test_it_says_where_it_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.npz"

    def told(**settings: Any) -> str:
        model = nn.Linear(3, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        given = {"epochs": 2, "checkpoint": path, "resume": True, "progress": "lines"} | settings
        training.fit(model, F.mse_loss, optimizer, DataLoader(table(), 10), **given)
        return capsys.readouterr().err

    assert "Resumed" not in told()
    assert told().splitlines() == [
        f"Resumed from {path} after epoch 2 of 2: nothing is left to do; to train on, raise epochs=."
    ]
    assert told(epochs=4).startswith(f"Resumed from {path} after epoch 2 of 4.\nepoch 3/4")
    told(epochs=6, callbacks=[InterruptAfter(14)])
    assert told(epochs=6).startswith(f"Resumed from {path} after batch 2 of epoch 5 of 6.\n")
    assert told(progress=False, epochs=7) == ""
    told(epochs=9, callbacks=lambda run: run.end("enough"))
    assert told(epochs=9) == f"Resumed from {path} after epoch 8 of 9: this run was ended (enough).\n"
    tg.set_language("vi")
    assert "lần chạy này đã kết thúc (enough)" in told(epochs=9)


def test_in_a_notebook_the_same_objects_go_on(tmp_path: Path) -> None:
    def run(pieces: list[int]) -> bytes:
        tg.manual_seed(0)
        model = nn.Linear(3, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        schedule = OneCycleLR(optimizer, 0.3, total_steps=20)
        for epochs in pieces:
            training.fit(
                model, F.mse_loss, optimizer, DataLoader(table(), 8), epochs=epochs, schedule=schedule,
                checkpoint=tmp_path / f"{len(pieces)}.npz", resume=True, progress=False,
            )  # fmt: skip
        return model.state_dict()["weight"].numpy().tobytes()

    assert run([2, 3, 5]) == run([5])


def test_lbfgs_and_a_loader_of_ones_own_are_resumed_bit_by_bit(tmp_path: Path) -> None:
    class Mine:
        """Draws its order and some noise when it is gone through, not before."""

        def __init__(self) -> None:
            self.rng = np.random.default_rng(3)

        def __len__(self) -> int:
            return 3

        def __iter__(self) -> Any:
            x, y = table()
            for rows in np.split(self.rng.permutation(30), 3):
                yield tg.tensor(x[rows] + 0.01 * self.rng.normal(size=(10, 3))), tg.tensor(y[rows])

    def run(at: int = -1, **settings: Any) -> bytes:
        steps = [0]

        def loss(prediction: Any, target: Any) -> Any:
            steps[0] += 1
            if steps[0] == at:
                signal.raise_signal(signal.SIGINT)
            return F.mse_loss(prediction, target)

        tg.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        optimizer = optim.LBFGS(model.parameters(), max_iter=4, line_search_fn="strong_wolfe")
        history = training.fit(model, loss, optimizer, Mine(), epochs=3, progress=False, **settings)
        assert history.interrupted == (at > 0)
        return b"".join(value.numpy().tobytes() for value in model.state_dict().values())

    path = tmp_path / "run.npz"
    whole = run()
    for _ in range(7):
        run(2, checkpoint=path, resume=True)
    assert run(checkpoint=path, resume=True) == whole


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
