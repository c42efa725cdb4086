"""What a training run was like: one row of numbers per epoch, as a table, a file or a plot.

history = training.fit(model, loss, optimizer, data, epochs=100)
history.loss            # one number per epoch
history["valid_loss"]   # any other column
history[-1]             # the last epoch's row
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np

from tinygrad_vn import plot
from tinygrad_vn.language import current_language
from tinygrad_vn.phrases import Text
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.training.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = dict[str, float]

NORM: Final = "grad_norm:"
"""What the columns of the gradients' norms begin with; the name of the parameter follows."""

WHOLE: Final = ("epoch", "steps")
"""The columns of whole numbers."""

SHOWN: Final = 4
"""So many rows `repr` shows at the beginning and at the end."""


class History:
    """The numbers of every epoch.

    Columns: "epoch", from 1; "loss", the mean over the epoch's batches, weighted by their sizes; the metrics by name;
    "valid_loss" and "valid_…", the same for the validation data after the epoch; "lr", the learning rate of the
    epoch's last step ("lr_1", … where further parameter groups have others); "steps", how many there were; "seconds";
    and for every parameter "grad_norm:<its name>", the root mean square over the epoch's steps of its gradient's norm
    ‖∇‖₂, before clipping.

    Attributes:
        rows: one dictionary per epoch.
        snapshots: the model's state by epoch, 0 being before training, where `fit` was asked to keep some.
        reason: why the run ended before its last epoch, in every language; empty where it did not.
        warning: what may be misleading about that reason, in every language.
        interrupted: whether Ctrl-C or SIGTERM ended it.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.snapshots: dict[int, dict[str, Tensor]] = {}
        self.reason: Text = {}
        self.warning: Text = {}
        self.interrupted = False

    @property
    def stopped_by(self) -> str | None:
        """Why the run ended before its last epoch: "interrupted", or what the stopping rule says; else None."""
        return "interrupted" if self.interrupted else self.reason.get(current_language())

    @property
    def caution(self) -> str | None:
        """Why the stopping rule may mislead; None where no rule stopped the run."""
        return self.warning.get(current_language())

    @property
    def columns(self) -> list[str]:
        """The names of all columns, in the order of their first appearance."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    @property
    def loss(self) -> list[float]:
        """The training loss of every epoch."""
        return self["loss"] if self.rows else []

    @property
    def loss_by_epoch(self) -> dict[float, float]:
        """The training loss, by where on the axis of epochs it belongs: 0 is before training, 1 after one epoch.

        It was noted down while the epoch changed the model, before each of its steps; a mean of them belongs to the
        middle of those moments. With one step per epoch that is the epoch's beginning, with many nearly its middle.
        The validation loss, computed at the end of an epoch, belongs to its number: half an epoch later.
        """
        return {row["epoch"] - (row["steps"] + 1) / (2 * row["steps"]): row["loss"] for row in self.rows}

    @property
    def gradient_norms(self) -> dict[str, list[float]]:
        """For every parameter, by name, the norm of its gradient in every epoch."""
        return {name.removeprefix(NORM): self[name] for name in self.columns if name.startswith(NORM)}

    @overload
    def __getitem__(self, key: str) -> list[float]: ...
    @overload
    def __getitem__(self, key: int) -> Row: ...
    def __getitem__(self, key: str | int) -> list[float] | Row:
        if isinstance(key, int):
            return self.rows[key]
        if key not in self.columns:
            raise KeyError(f"there is no column {key!r}; there are {', '.join(self.columns) or 'none yet'}")
        return [row.get(key, math.nan) for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __repr__(self) -> str:
        """A short table, without the gradients' norms."""
        lang = current_language()
        if not self.rows:
            return say("no epochs", lang)
        heads = [name for name in self.columns if not name.startswith(NORM) and name != "steps"]
        shown: list[Row | None] = [*self.rows]
        if len(shown) > 2 * SHOWN + 1:
            shown[SHOWN:-SHOWN] = [None]
        table = [[say("seconds", lang) if name == "seconds" else name for name in heads]]
        table += [["…" if row is None else cell(row.get(name)) for name in heads] for row in shown]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  " + "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) for line in table
        ]
        title = say("one epoch", lang) if len(self) == 1 else say("epochs", lang, n=len(self))
        if self.interrupted:
            title += ", " + say("interrupted", lang)
        elif self.stopped_by:
            title += ", " + say("stopped", lang, reason=self.stopped_by)
        return "\n".join([title, *lines])

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write all columns, those of the gradients' norms too, with a header line; its folder is made.

        Numbers are written so that reading them gives the same numbers again.
        """
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.columns, restval="")
            writer.writeheader()
            writer.writerows(self.rows)

    def plot(self, lang: str | None = None) -> Figure:
        """The loss over the epochs, with that of the validation data where there is some.

        Both stand where they belong: the training loss within its epoch, see `loss_by_epoch`, the validation loss at
        its end. So the distance between the curves is not overfitting that is none, nor hides any.

        Args:
            lang: "vi" or "en"; by default the language setting.

        Raises:
            ImportError: matplotlib is not installed; the text says which command adds it.
            ValueError: there are no epochs.
        """
        held_out = {row["epoch"]: row["valid_loss"] for row in self.rows if "valid_loss" in row}
        return plot.loss_curve(self, held_out=held_out, lang=lang)

    def state_dict(self) -> dict[str, Any]:
        """All of it, in arrays, for a checkpoint."""
        return {
            "columns": {name: np.array(self[name]) for name in self.columns},
            "snapshots": {str(epoch): dict(state) for epoch, state in self.snapshots.items()},
            "reason": self.reason,
            "warning": self.warning,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take on what `state_dict()` gave."""
        columns = {name: _numbers(values) for name, values in state["columns"].items()}
        n_epochs = len(columns.get("epoch", ()))
        self.rows = [
            {name: int(values[i]) if name in WHOLE else values[i] for name, values in columns.items()}
            for i in range(n_epochs)
        ]
        self.snapshots = {int(epoch): dict(states) for epoch, states in state["snapshots"].items()}
        self.reason, self.warning = dict(state["reason"]), dict(state["warning"])


def _numbers(values: Any) -> list[float]:
    listed: list[float] = values.tolist()
    return listed


def cell(value: float | None) -> str:
    """A number in a table: whole ones as they are, others with four significant digits."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.4g}"
