"""What optimizers accept as parameters, and what they say about everything else (E13).

The usual slips are a whole model instead of its parameters, a generator that was used up before, and a Tensor that
nobody could ever change. Each is refused at once, with what to write instead, since none would be noticed later: an
optimizer without parameters trains nothing, and says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_vn.errors import ParameterError
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.tensor import Tensor

ParamGroup = dict[str, Any]
"""The settings of some parameters; under "params" the parameters themselves."""

Parameters = Iterable[Tensor] | Iterable[Mapping[str, Any]]
"""What optimizers accept: the parameters, or groups of them."""


def groups_of(params: Any, optimizer: str) -> list[Mapping[str, Any]]:
    """The parameters as groups; one where they were given without.

    Args:
        params: what the user gave.
        optimizer: its name, for messages.

    Raises:
        ParameterError: E13 where that is nothing to optimize.
    """
    given = listed(params, optimizer)
    n_groups = sum(isinstance(item, Mapping) for item in given)
    if 0 < n_groups < len(given):
        remedy = phrase('Put the Tensors into {{"params": […]}}.')
        raise refusal(optimizer, phrase("Tensors and groups mixed"), remedy)
    return given if n_groups else [{"params": given}]


def parameters_of(group: Any, optimizer: str, known: Iterable[Tensor]) -> list[Tensor]:
    """The parameters of a group; an error where one is no parameter, or is among those known."""
    if not isinstance(group, Mapping) or "params" not in group:
        remedy = phrase('Write {{"params": [w, b], …}}.')
        raise refusal(optimizer, phrase("a group that has no parameters"), remedy)
    params = group["params"]
    params = [params] if isinstance(params, Tensor) else listed(params, optimizer)
    seen = {id(p) for p in known}
    for position, p in enumerate(params):
        check_parameter(p, position, optimizer)
        if id(p) in seen:
            what = phrase("parameter number {position} twice", position=position)
            raise refusal(optimizer, what, phrase("Give each one once."))
        seen.add(id(p))
    return params


def listed(params: Any, optimizer: str) -> list[Any]:
    """The parameters as a list; an error where there are none or where they are something else."""
    if isinstance(params, Tensor):
        remedy = phrase("Write {optimizer}([w], …) with a list; of a model, model.parameters().", optimizer=optimizer)
        raise refusal(optimizer, phrase("one Tensor"), remedy)
    if callable(getattr(params, "parameters", None)):
        what = phrase("a whole {kind}", kind=type(params).__name__)
        raise refusal(optimizer, what, phrase("Write model.parameters()."))
    if isinstance(params, str | Mapping) or not isinstance(params, Iterable):
        what = phrase("{value}, which is no list of Tensors", value=_shown(params))
        remedy = phrase("Write {optimizer}([w, b], …); of a model, model.parameters().", optimizer=optimizer)
        raise refusal(optimizer, what, remedy)
    items = list(params)
    if not items:
        remedy = phrase(
            "A generator gives its items only once: call model.parameters() again, or keep list(model.parameters())."
        )
        raise refusal(optimizer, phrase("no parameters"), remedy)
    return items


def check_parameter(p: Any, position: int, optimizer: str) -> None:
    """An error where `p` is nothing that can be optimized."""
    if isinstance(p, Tensor) and p.is_leaf and (p.requires_grad or p._leaf().changes):
        return  # as for `changes`: `requires_grad_(False)` froze it on purpose
    value = _shown(p)
    if isinstance(p, tuple) and len(p) == 2 and isinstance(p[1], Tensor):
        what = phrase("as parameter number {position} a name and a Tensor, {name!r}", position=position, name=str(p[0]))
        raise refusal(optimizer, what, phrase("Write model.parameters() instead of model.named_parameters()."))
    if not isinstance(p, Tensor):
        kind = type(p).__name__
        what = phrase(
            "as parameter number {position} {value}, of type {kind}", position=position, value=value, kind=kind
        )
        remedy = phrase("Make it a Tensor: tg.tensor(…, requires_grad=True); of a model, write model.parameters().")
        if callable(getattr(p, "parameters", None)):
            remedy = phrase("Of several modules, write [*first.parameters(), *second.parameters()].")
        raise refusal(optimizer, what, remedy)
    if not p.is_leaf:
        what = phrase(
            "as parameter number {position} the result of an operation, {value}", position=position, value=value
        )
        remedy = phrase(
            "Optimize the Tensors that it is computed from, or start again from w.detach().requires_grad_()."
        )
        raise refusal(optimizer, what, remedy)
    what = phrase(
        "as parameter number {position} a Tensor without requires_grad, {value}", position=position, value=value
    )
    remedy = phrase("It would never change: create it with requires_grad=True, or leave it out.")
    raise refusal(optimizer, what, remedy)


def check_rate(optimizer: str, position: int, group: ParamGroup) -> None:
    """Whether the learning rate is still a number, whatever schedules and users have done to it."""
    if not math.isfinite(group.get("lr", 0.0)):
        what = phrase("the learning rate {rate} in group number {group}", rate=group["lr"], group=position)
        remedy = phrase("Parameters would become NaN: see which schedule or line of code has set it.")
        raise refusal(optimizer, what, remedy)


def check_shapes(
    optimizer: str, number: int, now: tuple[int, ...], gradient: Tensor, memories: Mapping[str, Any]
) -> None:
    """E13 where the gradient of a parameter, or what is remembered of it, does not have its present shape."""
    if gradient.shape != now:
        raise misshapen(optimizer, number, gradient.shape, now)
    for value in memories.values():
        if isinstance(value, np.ndarray) and value.shape != now:
            text = "parameter number {number} with shape {now}, which had shape {shape} at its last step"
            remedy = phrase("Make a new {optimizer} for it.", optimizer=optimizer)
            raise refusal(optimizer, phrase(text, number=number, now=now, shape=value.shape), remedy)


def misshapen(optimizer: str, number: int, shape: tuple[int, ...], now: tuple[int, ...]) -> ParameterError:
    """E13: a gradient that was computed before its parameter changed its shape."""
    what = phrase(
        "a gradient of shape {shape} for parameter number {number}, which has shape {now} by now",
        shape=shape,
        number=number,
        now=now,
    )
    remedy = phrase("After changing the shape of a parameter, call zero_grad() and backward() again.")
    return refusal(optimizer, what, remedy)


def refusal(optimizer: str, what: Text, remedy: Text) -> ParameterError:
    """E13: what this optimizer was given, and what to write instead."""
    return ParameterError("E13", optimizer=optimizer, what=what, remedy=remedy)


def _shown(value: Any) -> str:
    """The beginning of a value as messages show it, on one line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"
