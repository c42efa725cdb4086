"""What optimizers remember from step to step, as it is saved and loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.parameters import ParamGroup
from tinygrad_vn.optim.settings import NOT_IN_PYTORCH, ONLY_IN_PYTORCH
from tinygrad_vn.phrases import said

State = dict[str, Any]
"""What an optimizer remembers of one parameter: arrays of its shape, and numbers."""


def plain(value: Any, fresh: Any) -> Any:
    """What is remembered, with an array in place of PyTorch's Tensor, or a number where a fresh state has one."""
    if isinstance(value, np.ndarray | np.generic) or not hasattr(value, "__array__"):
        return value
    array = value.__array__()
    return array.item() if isinstance(fresh, int | float) else np.array(array)


def copied(value: Any, dtype: np.dtype[Any] | None = None) -> Any:
    """A copy of what is remembered: arrays in this dtype, lists and tuples of them, and numbers; dictionaries as is."""
    if isinstance(value, np.ndarray):
        return np.array(value, dtype)
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(copied(item, dtype) for item in value)
    return value


def take_dtype(state: State, dtype: np.dtype[Any]) -> None:
    """Let what is remembered of a parameter have its dtype, which may have changed since; whole numbers stay so."""
    for key, value in state.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            state[key] = value.astype(dtype, copy=False)


def remembered(state: State, key: str, like: Values) -> Values:
    """An array of the state; zeros where it was not needed so far, as when a setting was changed on the way."""
    array: Values | None = state.get(key)
    if array is None:
        array = state[key] = np.zeros_like(like)
    return array


def check_number(number: Any, count: int, optimizer: str) -> None:
    """ValueError where a saved state is one of a parameter that is not there."""
    if number not in range(count):
        raise ValueError(
            said(
                "there is no parameter number {number!r}; this {optimizer} has {count} of them",
                number=number,
                optimizer=optimizer,
                count=count,
            )
        )


def check_memories(number: int, saved: Mapping[str, Any], fresh: State, shape: tuple[int, ...]) -> None:
    """ValueError where the saved memories of a parameter do not fit it.

    Args:
        number: of the parameter, for the message.
        saved: what was remembered of it.
        fresh: what is remembered of it before its first step.
        shape: the parameter's.
    """
    for key, at_first in fresh.items():
        if key not in saved:
            raise ValueError(said("the saved state of parameter number {number} lacks {key!r}", number=number, key=key))
        if isinstance(at_first, np.ndarray) and not isinstance(saved[key], np.ndarray):
            raise ValueError(
                said(
                    "{key!r} of parameter number {number} was saved as {value}, not as an array",
                    key=key,
                    number=number,
                    value=repr(saved[key]),
                )
            )
    for key, value in saved.items():
        if isinstance(value, np.ndarray) and value.shape != shape:
            raise ValueError(
                said(
                    "{key!r} of parameter number {number} was saved with shape {saved}, not {shape}",
                    key=key,
                    number=number,
                    saved=value.shape,
                    shape=shape,
                )
            )


def fitting_groups(
    groups: Sequence[ParamGroup], saved: Sequence[ParamGroup], defaults: Mapping[str, Any], optimizer: str
) -> list[ParamGroup]:
    """The settings of saved groups, with our parameters.

    Args:
        groups: those of the optimizer.
        saved: those of another, also of PyTorch's.
        defaults: all settings of the optimizer.
        optimizer: its name, for messages.

    Raises:
        ValueError: they have other numbers of parameters, or lack a setting.
    """
    ours = [len(group["params"]) for group in groups]
    theirs = [len(group["params"]) for group in saved]
    if ours != theirs:
        raise ValueError(
            said(
                "the saved state is for groups of {theirs} parameters, this {optimizer} has {ours}",
                theirs=theirs,
                optimizer=optimizer,
                ours=ours,
            )
        )
    assumed = {key: value for key, value in NOT_IN_PYTORCH.items() if key in defaults}
    fitting = []
    for group, old in zip(groups, saved, strict=True):
        missing = defaults.keys() - NOT_IN_PYTORCH.keys() - old.keys()
        if missing:
            raise ValueError(
                said(
                    "the saved settings are {settings}; {optimizer} needs {missing}",
                    settings=", ".join(key for key in old if key != "params"),
                    optimizer=optimizer,
                    missing=", ".join(sorted(missing)),
                )
            )
        known = {key: value for key, value in old.items() if key not in ONLY_IN_PYTORCH}
        fitting.append({**assumed, **known, "params": group["params"]})
    return fitting
