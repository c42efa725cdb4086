"""What the settings of optimizers, schedules and stopping rules may be; the rest is refused before training.

A learning rate of NaN, a momentum of "0.9" or `maximize="no"`, which counts as True, would not be noticed until the
parameters are spoilt, and sometimes not even then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any, Final, TypeVar

import numpy as np

from tinygrad_vn.phrases import said

Number = TypeVar("Number", int, float)

Settings = Mapping[str, Any]
"""The settings of a group of parameters by their names."""

NOT_IN_PYTORCH: Final[Settings] = {"momentum_form": "pytorch", "bias_correction": True, "eps_inside": False}
"""The settings that only optimizers here have, for the lectures' forms, with what comes to the same as PyTorch."""

ONLY_IN_PYTORCH: Final = ("foreach", "fused", "capturable", "differentiable")
"""Arguments about how PyTorch runs its own code; they may be given as long as they ask for nothing."""


def refuse_others(optimizer: str, others: Settings, known: Settings) -> None:
    """TypeError for an argument that is unknown, or that asks for what only PyTorch can do."""
    for key, value in others.items():
        if key not in ONLY_IN_PYTORCH:
            raise TypeError(
                said(
                    "{optimizer} has no argument {key!r}; it has {known}",
                    optimizer=optimizer,
                    key=key,
                    known=", ".join(known),
                )
            )
        if value:
            raise TypeError(
                said("{setting} is about how PyTorch runs its own code; leave it out here", setting=f"{key}={value!r}")
            )


def check_known(optimizer: str, given: Iterable[str], known: Settings) -> None:
    """ValueError where a group has a setting that its optimizer does not have."""
    unknown = sorted(set(given) - known.keys())
    if unknown:
        raise ValueError(
            said(
                "{optimizer} has no setting {setting!r}; it has {known}",
                optimizer=optimizer,
                setting=unknown[0],
                known=", ".join(known),
            )
        )


def out_of_range(name: str, value: Any, needed: str) -> ValueError:
    """The error for a setting that makes no sense, with what it must be."""
    return ValueError(
        said("{name}={value} makes no sense; it must be {needed}", name=name, value=_shown(value), needed=needed)
    )


def at_least(name: str, value: Number, least: int) -> Number:
    """The value; TypeError where it is no number, ValueError where it is less or NaN."""
    _check_number(name, value, str(max(least, 1)))
    if not value >= least:
        raise out_of_range(name, value, said("{least} or more", least=least))
    return value


def check_finite(group: Settings, *names: str) -> None:
    """TypeError where one of these settings is no number, ValueError where it is NaN or infinite."""
    for name in names:
        _check_number(name, group[name], "0.1")
        if not math.isfinite(group[name]):
            raise out_of_range(name, group[name], said("finite"))


def check_not_negative(group: Settings, *names: str) -> None:
    """As `check_finite`, and ValueError below 0."""
    check_finite(group, *names)
    for name in names:
        at_least(name, group[name], 0)


def check_flags(group: Settings, *names: str) -> None:
    """TypeError where one of these settings is neither True nor False: "no" would count as True."""
    for name in names:
        if not isinstance(group[name], bool | np.bool):
            value = repr(group[name])
            raise TypeError(said("{name}={value} is neither True nor False", name=name, value=value))


def check_choice(name: str, value: Any, *choices: str | None) -> None:
    """ValueError where a setting is none of the choices there are."""
    if value not in choices:
        known = ", ".join(map(repr, choices))
        raise ValueError(
            said("{name}={value} is unknown; there are {choices}", name=name, value=repr(value), choices=known)
        )


def check_betas(group: Settings) -> None:
    """ValueError where they are no two shares below 1."""
    betas = group["betas"]
    are_two = isinstance(betas, tuple | list) and len(betas) == 2 and all(isinstance(beta, Real) for beta in betas)
    if not (are_two and all(0 <= beta < 1 for beta in betas)):
        raise ValueError(
            said(
                "betas={betas} makes no sense; they are two numbers, 0 or more and below 1, such as (0.9, 0.999)",
                betas=repr(betas),
            )
        )


def check_whole(group: Settings, *names: str) -> None:
    """ValueError where one of these settings is no whole number above 0."""
    for name in names:
        positive_whole(name, group[name])


def positive_whole(name: str, value: Any) -> int:
    """The value; ValueError where it is no whole number above 0."""
    if type(value) is bool or not isinstance(value, Integral) or value < 1:
        raise out_of_range(name, value, said("a whole number of 1 or more"))
    return int(value)


def whole_numbers(name: str, values: Iterable[Any]) -> list[int]:
    """The values as a list; ValueError where one is no whole number: a step number 2.5 never comes."""
    given = list(values)
    if not all(isinstance(value, Integral) for value in given):
        raise ValueError(said("{name}={values} makes no sense; they must be whole numbers", name=name, values=given))
    return [int(value) for value in given]


def _check_number(name: str, value: Any, example: str) -> None:
    if not isinstance(value, Real):
        raise TypeError(
            said(
                "{name}={value} is no number; write one, such as {name}={example}",
                name=name,
                value=_shown(value),
                example=example,
            )
        )


def _shown(value: Any) -> str:
    """A value as the user wrote it: texts in quotes, NumPy's numbers as numbers."""
    return str(value) if isinstance(value, Real) else repr(value)
