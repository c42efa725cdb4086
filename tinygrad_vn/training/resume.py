"""Going on after an interruption as if there had been none.

A checkpoint holds all that the next step depends on: parameters and buffers, the optimizer's memory, schedule, stopping
rule and callbacks, the random generators, and the position in the data, also in the middle of an epoch; and the history
with the sums of the epoch that is not over yet. What the program itself says again (the model, the loss, the data)
is not in it, but compared where that is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from tinygrad_vn import checkpoint
from tinygrad_vn.training.batches import count_samples
from tinygrad_vn.training.callbacks import Callback
from tinygrad_vn.training.chance import set_states, states_of
from tinygrad_vn.training.run import Run


class Checkpoint:
    """The file in which a run is kept.

    Args:
        run: the run; with `resume` it is brought to where the file says.
        path: the file; None for none.
        every: write it after so many epochs.
        resume: whether to go on from the file, where it exists.

    Raises:
        ValueError: the file holds another run, or `resume` has no path.
    """

    def __init__(self, run: Run, path: str | PathLike[str] | None, every: int, resume: bool) -> None:
        self.path = None if path is None else Path(path)
        self.every = every
        run.is_kept = path is not None
        if every < 1:
            raise ValueError(f"checkpoint_every={every} makes no sense; it must be at least 1")
        if resume and self.path is None:
            raise ValueError("resume=True needs checkpoint=, the file to go on from")
        if resume and self.path is not None and self.path.exists():
            restore(run, checkpoint.load(self.path), str(self.path))
        elif self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, run: Run, *, is_last: bool) -> None:
        """Write the file, if its time has come; a reader finds the old one or the new one, never half of it."""
        if self.path is not None and (is_last or run.epoch % self.every == 0):
            checkpoint.save(self.path, state_of(run))


def state_of(run: Run) -> dict[str, Any]:
    """All that the rest of the run depends on."""
    return {
        "made by": "tinygrad_vn.training.fit",
        "made of": _kinds(run),
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "schedule": run.schedule.state_dict() if run.schedule else None,
        "stop": run.stop.state_dict() if run.stop else None,
        "callbacks": [callback.state_dict() for callback in _with_memory(run)],
        "loss": _state(run.loss),
        "random": states_of(run.generators()),
        "order": run.order_states,
        "epoch": run.epoch,
        "batch": run.batch,
        "iteration": run.iteration,
        "last_loss": run.last_loss,
        "sums": run.sums(),
        "seconds": run.seconds,
        "is_stopped": run.is_stopped,
        "history": run.history.state_dict(),
    }


def restore(run: Run, state: Mapping[str, Any], path: str) -> None:
    """Bring a run to where another one had come to.

    Raises:
        ValueError: the other one had another model, optimizer, schedule, rule, callbacks or data; nothing is changed.
    """
    if state.get("made by") != "tinygrad_vn.training.fit":
        raise ValueError(f"{path} was not written by fit, so there is no run to resume in it")
    ours, theirs = _kinds(run), state["made of"]
    for what, kind in ours.items():
        if theirs[what] != kind:
            raise ValueError(
                f"{path} cannot be resumed: its {what} was {_shown(theirs[what])}, now it is {_shown(kind)}. Give the "
                f'same, or start another run from its parameters: model.load_state_dict(tg.load({path!r})["model"])'
            )
    before = run.model.state_dict(), run.optimizer.state_dict()
    try:
        run.model.load_state_dict(state["model"])
        run.optimizer.load_state_dict(state["optimizer"])
    except ValueError as error:
        run.model.load_state_dict(before[0])
        run.optimizer.load_state_dict(before[1])
        raise ValueError(f"{path} cannot be resumed: {error}") from error
    owners: list[tuple[Any, str]] = [(run.schedule, "schedule"), (run.stop, "stop"), (run.loss, "loss")]
    for owner, key in owners:
        if state[key]:
            owner.load_state_dict(state[key])
    for callback, remembered in zip(_with_memory(run), state["callbacks"], strict=True):
        callback.load_state_dict(remembered)
    run.history.load_state_dict(state["history"])
    run.epoch, run.batch, run.iteration = state["epoch"], state["batch"], state["iteration"]
    run.last_loss, run.seconds, run.is_stopped = state["last_loss"], state["seconds"], state["is_stopped"]
    if run.batch:
        run.epoch -= 1  # it is begun once more, in the middle
        run.go_on_from(state["sums"])
        run.order_states, run.resumed_states = state["order"], state["random"]
    else:
        set_states(run.generators(), state["random"])


def _kinds(run: Run) -> dict[str, Any]:
    """What a run is made of, as far as it can be compared."""
    return {
        "optimizer": type(run.optimizer).__name__,
        "list of the optimizer's settings": [f"{key}={value}" for key, value in run.optimizer.defaults.items()],
        "schedule": type(run.schedule).__name__ if run.schedule else None,
        "stopping rule": type(run.stop).__name__ if run.stop else None,
        "list of callbacks that remember something": [type(callback).__name__ for callback in _with_memory(run)],
        "number of samples": count_samples(run.data),
        "number of batches per epoch": run.n_batches,
        "set of random generators": sorted(run.generators()),
    }


def _with_memory(run: Run) -> list[Callback]:
    """The callbacks that have something to remember; others may come and go."""
    return [callback for callback in run.callbacks if type(callback).state_dict is not Callback.state_dict]


def _state(owner: Any) -> dict[str, Any]:
    """The state of a loss that has one."""
    states: Callable[[], dict[str, Any]] | None = getattr(owner, "state_dict", None)
    return states() if states else {}


def _shown(kind: Any) -> str:
    return "none" if kind is None else ", ".join(kind) or "empty" if isinstance(kind, list) else str(kind)
