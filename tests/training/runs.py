"""One small run with everything that has a state: dropout, shuffling, momentum, a schedule, early stopping, a log."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, training
from tinygrad_vn.data import DataLoader
from tinygrad_vn.nn import functional as F
from tinygrad_vn.optim.lr_scheduler import StepLR
from tinygrad_vn.optim.stopping import EarlyStopping

EPOCHS = 6
BATCHES = 4


def table(n: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Some numbers to learn from."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(n, 3))
    return x, np.sin(x.sum(1, keepdims=True))


def net() -> nn.Module:
    """A net with two sources of chance: a generator of its own, and the process's."""
    return nn.Sequential(
        nn.Linear(3, 8), nn.Tanh(), nn.Dropout(0.2, rng=np.random.default_rng(5)), nn.BatchNorm1d(8),
        nn.Dropout(0.1), nn.Linear(8, 1),
    )  # fmt: skip


class Slow(training.Callback):
    """As slow as the program that is killed, or not: the run is the same."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.has_told = seconds == 0

    def before_step(self, run: training.Run) -> None:
        if not self.has_told:
            self.has_told = True
            print("started", flush=True)
        time.sleep(self.seconds)


def whole_run(folder: Path, *, stop_patience: int = 50, **settings: Any) -> tuple[nn.Module, training.History]:
    """The run, begun anew or resumed: the same program says the same things again."""
    tg.manual_seed(3)
    x, y = table()
    model = net()
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    settings = {"epochs": EPOCHS, "progress": False, "checkpoint": folder / "run.npz", "snapshots": 2} | settings
    callbacks = [training.Log(folder / "log.jsonl"), *settings.pop("callbacks", [])]
    history = training.fit(
        model,
        F.mse_loss,
        optimizer,
        DataLoader((x, y), batch_size=8, shuffle=True),
        valid=(x[:9], y[:9]),
        metrics={"mean": lambda prediction, target: prediction.mean().item()},
        schedule=StepLR(optimizer, 2, gamma=0.5),
        stop=EarlyStopping(stop_patience),
        callbacks=callbacks,
        **settings,
    )
    return model, history


def fingerprint(model: nn.Module, history: training.History) -> dict[str, Any]:
    """All bits that must not depend on interruptions: parameters, buffers, and the history but for the time."""
    return {
        "state": {name: value.numpy().tobytes() for name, value in model.state_dict().items()},
        "rows": [{name: value for name, value in row.items() if name != "seconds"} for row in history],
        "snapshots": {
            epoch: {name: value.numpy().tobytes() for name, value in state.items()}
            for epoch, state in history.snapshots.items()
        },
    }
