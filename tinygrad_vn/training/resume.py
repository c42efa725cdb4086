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
from tinygrad_vn.nn.module import Module
from tinygrad_vn.optim.stopping import StoppingRule
from tinygrad_vn.phrases import Text, said
from tinygrad_vn.training.batches import count_samples
from tinygrad_vn.training.callbacks import Callback
from tinygrad_vn.training.chance import set_states, states_of
from tinygrad_vn.training.run import Run
from tinygrad_vn.training.words import WORDS, in_all, say


class Checkpoint:
    """The file in which a run is kept.

    Args:
        run: the run; with `resume` it is brought to where the file says.
        path: the file; None for none.
        every: write it after so many epochs.
        resume: whether to go on from the file, where it exists.

    Attributes:
        is_resumed: whether the run goes on from it.

    Raises:
        ValueError: the file holds another run, or `resume` has no path.
    """

    def __init__(self, run: Run, path: str | PathLike[str] | None, every: int, resume: bool) -> None:
        self.path = None if path is None else Path(path)
        self.every = every
        self.made_of = _kinds(run)
        run.is_kept = path is not None
        if every < 1:
            raise ValueError(said("checkpoint_every={every} makes no sense; it must be at least 1", every=every))
        if resume and self.path is None:
            raise ValueError(said("resume=True needs checkpoint=, the file to go on from"))
        self.is_resumed = resume and self.path is not None and self.path.exists()
        if self.path is not None and self.is_resumed:
            state = checkpoint.load(self.path)
            restore(run, state, str(self.path))
            self.made_of = state["made of"]
        elif self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, run: Run, *, is_last: bool) -> None:
        """Write the file, if its time has come; a reader finds the old one or the new one, never half of it."""
        if self.path is not None and (is_last or run.epoch % self.every == 0):
            checkpoint.save(self.path, state_of(run, self.made_of))


def state_of(run: Run, made_of: Mapping[str, Any]) -> dict[str, Any]:
    """All that the rest of the run depends on.

    Args:
        run: the run.
        made_of: what it was made of at its very beginning.
    """
    return {
        "made by": "tinygrad_vn.training.fit",
        "made of": made_of,
        "made of now": _kinds(run),
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "schedule": run.schedule.state_dict() if run.schedule is not None else None,
        "stop": run.stop.state_dict() if run.stop is not None else None,
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
        ValueError: the other one had another model, loss, optimizer, schedule, rule, callbacks or data, or other
            settings of them; nothing is changed.
    """
    if state.get("made by") != "tinygrad_vn.training.fit":
        raise ValueError(said("{path} was not written by fit, so there is no run to resume in it", path=path))
    _compare(_kinds(run), state["made of"], state["made of now"], path)
    before = run.model.state_dict(), run.optimizer.state_dict()
    try:
        run.model.load_state_dict(state["model"])
        run.optimizer.load_state_dict(state["optimizer"])
    except (TypeError, ValueError) as error:
        run.model.load_state_dict(before[0])
        run.optimizer.load_state_dict(before[1])
        raise ValueError(said("{path} cannot be resumed: {why}", path=path, why=error)) from error
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


def _compare(ours: Mapping[str, str], first: Mapping[str, str], last: Mapping[str, str], path: str) -> None:
    """ValueError where a run is made of something else than it was at its beginning and at its interruption.

    At its beginning: a program that is started again says the same again. At its interruption: in a notebook, the
    optimizer and the schedule are still there, where the run has brought them.
    """
    for what, kind in ours.items():
        if what in first and kind not in (first[what], last.get(what)):
            raise ValueError(
                said(
                    "{path} cannot be resumed: its {what} was {then}, now it is {now}. Give the same, or start another "
                    'run from its parameters: model.load_state_dict(tg.load({path!r})["model"])',
                    path=path,
                    what=_called(what),
                    then=_kind_called(first[what]),
                    now=_kind_called(kind),
                )
            )


def _called(what: str) -> Text:
    """How messages speak of a setting: "optimizer's lr", "lr của optimizer"."""
    parts = [say(part, "vi") if part in WORDS else part.replace("part ", "phần ") for part in what.split("'s ")]
    return {"en": what, "vi": " của ".join(reversed(parts))}


def _kind_called(kind: str) -> Text | str:
    return in_all(kind) if kind in ("none", "empty") else kind


def _kinds(run: Run) -> dict[str, str]:
    """What a run is made of, as far as it can be compared: name -> kind or setting."""
    kinds = {
        "loss": _name(run.loss),
        "optimizer": _name(run.optimizer),
        "schedule": _name(run.schedule),
        "stopping rule": _name(run.stop),
        "list of callbacks that remember something": ", ".join(map(_name, _with_memory(run))) or "empty",
        "number of samples": str(count_samples(run.data)),
        "number of batches per epoch": str(run.n_batches),
        "set of random generators": ", ".join(sorted(run.generators())),
    }
    for i, group in enumerate(run.optimizer.param_groups):
        kinds |= _settings("optimizer" if i == 0 else f"optimizer's group {i}", group)
    if run.schedule is not None:
        kinds |= _settings("schedule", {**run.schedule.state_dict(), "interval": run.schedule.interval})
    if isinstance(run.loss, Module):
        kinds |= _settings("loss", {key: value for key, value in vars(run.loss).items() if not key.startswith("_")})
    kinds |= _settings("stopping rule", _settings_of_rule(run.stop) if run.stop is not None else {})
    return kinds | _settings("data", {key: getattr(run.data, key, None) for key in ("batch_size", "shuffle")})


def _settings(owner: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings by name, those that are numbers and texts, or lists and dictionaries of them."""
    named: dict[str, str] = {}
    for key, value in settings.items():
        name = f"{owner}'s {key.removeprefix('_')}"
        if isinstance(value, Mapping):
            named |= _settings(name, value)
        elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
            named |= _settings(name, {str(i): item for i, item in enumerate(value)})
        elif isinstance(value, list | tuple | str | int | float) and key not in ("params", "_last_lr"):
            named[name] = str(value)
    return named


def _settings_of_rule(rule: StoppingRule) -> dict[str, Any]:
    """What a stopping rule was made with; of a combination, what each of its rules was."""
    parts: list[StoppingRule] = getattr(rule, "rules", [])
    own = {key: value for key, value in vars(rule).items() if not key.startswith("_") and key not in rule.remembers}
    return {f"part {i}, {_name(part)}": _settings_of_rule(part) for i, part in enumerate(parts, 1)} if parts else own


def _with_memory(run: Run) -> list[Callback]:
    """The callbacks that have something to remember; others may come and go."""
    return [callback for callback in run.callbacks if type(callback).state_dict is not Callback.state_dict]


def _state(owner: Any) -> dict[str, Any]:
    """The state of a loss that has one."""
    states: Callable[[], dict[str, Any]] | None = getattr(owner, "state_dict", None)
    return states() if states else {}


def _name(owner: Any) -> str:
    """The class of an object; a function's own name."""
    return "none" if owner is None else getattr(owner, "__name__", type(owner).__name__)
