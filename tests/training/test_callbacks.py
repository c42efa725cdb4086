"""What callbacks do, and when they are called."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.training.runs import table
from tinygrad_vn import nn, optim, training
from tinygrad_vn.data import DataLoader
from tinygrad_vn.nn import functional as F

X, Y = table(32)


def trained(*callbacks: Any, batch_size: int = 8, epochs: int = 2, data: Any = None, **settings: Any) -> nn.Module:
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    data = data or DataLoader((X, Y), batch_size=batch_size)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    settings = {"progress": False} | settings
    training.fit(model, F.mse_loss, optimizer, data, epochs=epochs, callbacks=callbacks, **settings)
    return model


def test_the_moments_come_in_order() -> None:
    seen: list[str] = []

    class Seen(training.Callback):
        def on_start(self, run: training.Run) -> None:
            seen.append("start")

        def holds_back(self, run: training.Run) -> bool:
            seen.append(f"holds back {run.batch}/{run.n_batches}")
            return False

        def before_step(self, run: training.Run) -> None:
            seen.append(f"before {run.iteration}")

        def after_step(self, run: training.Run) -> None:
            seen.append(f"after {run.iteration}")

        def after_epoch(self, run: training.Run) -> None:
            seen.append(f"epoch {run.epoch} of {run.epochs}: {len(run.history)} row")

        def on_end(self, run: training.Run) -> None:
            seen.append("end")

    trained(Seen(), batch_size=16, epochs=1)
    assert seen == [
        "start", "holds back 1/2", "before 0", "after 1", "holds back 2/2", "before 1", "after 2",
        "epoch 1 of 1: 1 row", "end",
    ]  # fmt: skip


def test_on_end_is_called_also_when_something_fails() -> None:
    seen = []

    class End(training.Callback):
        def on_end(self, run: training.Run) -> None:
            seen.append(run.epoch)

    with pytest.raises(ZeroDivisionError):
        trained(End(), lambda run: 1 / 0)
    assert seen == [1]


def test_accumulated_gradients_are_those_of_the_large_batch() -> None:
    large, small = trained(batch_size=32), trained(training.Accumulate(4), batch_size=8)
    for a, b in zip(large.parameters(), small.parameters(), strict=True):
        np.testing.assert_allclose(b.detach().numpy(), a.detach().numpy(), rtol=1e-13)


def test_the_batches_left_at_the_end_of_an_epoch_make_a_step_of_their_own() -> None:
    steps = []
    of_three_and_one = trained(training.Accumulate(3), lambda run: steps.append(run.iteration), batch_size=8)
    by_hand = trained(data=[(X[:24], Y[:24]), (X[24:], Y[24:])])
    for a, b in zip(of_three_and_one.parameters(), by_hand.parameters(), strict=True):
        np.testing.assert_allclose(b.detach().numpy(), a.detach().numpy(), rtol=1e-13)
    assert steps == [2, 4]


def test_clipping_is_that_of_nn_utils_and_the_history_has_the_norm_before() -> None:
    norms: list[float] = []

    class Norm(training.Callback):
        def before_step(self, run: training.Run) -> None:
            norms.append(sum((p.grad**2).sum().item() for p in run.parameters.values()) ** 0.5)

    tg.manual_seed(0)
    model = nn.Linear(3, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    history = training.fit(
        model, F.mse_loss, optimizer, (X, 100 * Y), epochs=2, callbacks=[Norm(), training.ClipGradNorm(0.5), Norm()],
        progress=False,
    )  # fmt: skip
    before = [np.hypot(*pair) for pair in zip(*history.gradient_norms.values(), strict=True)]
    np.testing.assert_allclose(norms[::2], before)
    np.testing.assert_allclose(norms[1::2], 0.5, rtol=1e-6)
    with pytest.raises(ValueError, match="max_norm=0"):
        training.ClipGradNorm(0)


def test_the_log_can_be_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "run.jsonl"
    counts = []
    log = training.Log(path)
    metrics = {"nothing": lambda p, t: float("nan")}
    trained(log, lambda run: counts.append(len(path.read_text().splitlines())), epochs=3, metrics=metrics)
    assert counts == [1, 2, 3]  # while the run goes on
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert [row["nothing"] for row in rows] == [None] * 3
    assert {"loss", "lr", "seconds", "grad_norm:0.weight"} <= rows[0].keys()
    trained(log, epochs=1)
    assert len(path.read_text().splitlines()) == 1  # a new run, a new log


@pytest.mark.parametrize(("wanted", "kept"), [(2, [0, 2, 4]), ([1, 5], [1, 5]), ({0}, [0])])
def test_snapshots_are_the_parameters_of_their_epochs(wanted: Any, kept: list[int]) -> None:
    tg.manual_seed(0)
    model = nn.Linear(3, 1)
    states = {0: model.weight.tolist()}

    def remember(run: training.Run) -> None:
        states[run.epoch] = model.weight.tolist()

    optimizer = optim.SGD(model.parameters(), lr=0.1)
    history = training.fit(
        model, F.mse_loss, optimizer, (X, Y), epochs=5, snapshots=wanted, callbacks=remember, progress=False
    )
    assert {epoch: state["weight"].tolist() for epoch, state in history.snapshots.items()} == {
        epoch: states[epoch] for epoch in kept
    }
