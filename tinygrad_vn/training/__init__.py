"""Training: `fit` is the loop, `History` what it was like, callbacks what else is to happen.

history = training.fit(model, nn.MSELoss(), optimizer, loader, epochs=20, valid=(x_valid, y_valid))
history.plot()

fit.py          the loop itself: what a student should read first
run.py          where a run stands; with batches.py (data), evaluation.py (validation), guard.py (NaN), checks.py
history.py      what it was like; progress.py shows it meanwhile
metrics.py      accuracy, mae
lr_find.py      which learning rate to begin with
callbacks.py    clipping, accumulation, a log, snapshots
resume.py       going on after an interruption; with interrupt.py (Ctrl-C) and chance.py (random generators)
"""

from tinygrad_vn.phrases import VIETNAMESE
from tinygrad_vn.training.callbacks import Accumulate, Callback, ClipGradNorm, Log, Snapshots
from tinygrad_vn.training.evaluation import evaluate
from tinygrad_vn.training.fit import fit
from tinygrad_vn.training.guard import DivergedError
from tinygrad_vn.training.history import History
from tinygrad_vn.training.lr_find import LRRange, lr_find
from tinygrad_vn.training.metrics import accuracy, mae
from tinygrad_vn.training.phrases import TRAINING_VIETNAMESE
from tinygrad_vn.training.run import Run

VIETNAMESE.update(TRAINING_VIETNAMESE)

__all__ = [
    "Accumulate",
    "Callback",
    "ClipGradNorm",
    "DivergedError",
    "History",
    "LRRange",
    "Log",
    "Run",
    "Snapshots",
    "accuracy",
    "evaluate",
    "fit",
    "lr_find",
    "mae",
]
