"""What all optimizers share: the parameters, their settings, and what is remembered from step to step.

An optimizer is given parameters once, and later only told `step()`: it then reads every parameter's `.grad` and
changes the parameter in place. A subclass says how in one method, `update`, which sees plain arrays only.

Parameters that need different settings come as groups, dictionaries that may set any argument of the optimizer:

    SGD([{"params": factors, "weight_decay": 1e-4}, {"params": biases}], lr=0.1)

The settings stand in `param_groups` and may be changed between steps, which is how a learning rate is lowered:
`optimizer.param_groups[0]["lr"] = 0.01`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.errors import GradientWarning, ParameterError
from tinygrad_vn.graph import Values
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.tensor import Tensor

ParamGroup = dict[str, Any]
"""The settings of some parameters; under "params" the parameters themselves."""

Parameters = Iterable[Tensor] | Iterable[Mapping[str, Any]]
"""What optimizers accept: the parameters, or groups of them."""


class Optimizer(ABC):
    """Base class of all optimizers.

    Args:
        params: the parameters, leaf Tensors of any shape, or groups of them.
        defaults: the settings of groups that do not have their own.

    Attributes:
        param_groups: the parameters with their settings.
        state: what is remembered of each parameter, for example its momentum.

    Raises:
        ParameterError: E13 where params is a single Tensor, a whole model or empty, or holds something that is no
            Tensor, no leaf, there already, or without requires_grad (unless `requires_grad_(False)` froze it).
        ValueError: a group has an unknown setting, or one out of its range.
    """

    def __init__(self, params: Parameters, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.param_groups: list[ParamGroup] = []
        self.state: dict[Tensor, dict[str, Any]] = {}
        self._scratch: dict[Tensor, Values] = {}
        self._has_warned = False
        given = self._listed(params)
        n_groups = sum(isinstance(item, Mapping) for item in given)
        if 0 < n_groups < len(given):
            raise self._refusal(phrase("Tensors and groups mixed"), phrase('Put the Tensors into {{"params": […]}}.'))
        for group in given if n_groups else [{"params": given}]:
            self.add_param_group(group)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Take on more parameters: `{"params": …}` with settings of their own, as in the constructor."""
        if "params" not in group:
            raise self._refusal(phrase("a group that has no parameters"), phrase('Write {{"params": [w, b], …}}.'))
        unknown = sorted(group.keys() - self.defaults.keys() - {"params"})
        if unknown:
            raise ValueError(f"{self._name()} has no setting {unknown[0]!r}; it has {', '.join(self.defaults)}")
        params = group["params"]
        params = [params] if isinstance(params, Tensor) else self._listed(params)
        known = {id(p) for other in self.param_groups for p in other["params"]}
        for position, p in enumerate(params):
            self._check_parameter(p, position)
            if id(p) in known:
                raise self._refusal(
                    phrase("parameter number {position} twice", position=position), phrase("Give each one once.")
                )
            known.add(id(p))
        settings = {**self.defaults, **group, "params": params}
        self.check_settings(settings)
        self.param_groups.append(settings)

    @abstractmethod
    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range; called for every group."""

    @abstractmethod
    def update(self, p: Values, g: Values, state: dict[str, Any], group: ParamGroup, scratch: Values) -> None:
        """Change one parameter in place.

        Args:
            p: the parameter's values, to be overwritten.
            g: its gradient, of p's shape, to be read only.
            state: what is remembered of it; empty at its first step.
            group: its settings.
            scratch: room for intermediate results, of p's shape and dtype.
        """

    def step(self, *, accumulate: bool = False) -> None:
        """Change every parameter that has a gradient, in place.

        Args:
            accumulate: the gradients are meant to be sums over several `backward()`, of micro-batches for example;
                otherwise such sums are worth a warning (E01), once per optimizer.
        """
        if not (accumulate or self._has_warned):
            self._warn_of_sums()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                if p not in self.state:
                    self._scratch[p] = np.empty(p.shape, p.dtype)
                    self.state[p] = {}
                self.update(p._own(), p.grad._data, self.state[p], group, self._scratch[p])

    def _warn_of_sums(self) -> None:
        """E01 at the line that called `step()`, where several passes have added to a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p._node.additions:
                    self._has_warned = True
                    warn_user(GradientWarning("E01", passes=p._node.additions + 1))
                    return

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters, before the next `backward()` adds to them."""
        for group in self.param_groups:
            for p in group["params"]:
                p.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        """The settings and all that is remembered, as copies: later steps do not change them.

        Returns:
            {"state": {0: …, 1: …}, "param_groups": [{…, "params": [0, 1]}]}, the parameters by their numbers.
        """
        params = self._all_parameters()
        number = {id(p): i for i, p in enumerate(params)}
        groups = [{**group, "params": [number[id(p)] for p in group["params"]]} for group in self.param_groups]
        return {
            "state": {i: _copied(self.state[p]) for i, p in enumerate(params) if p in self.state},
            "param_groups": groups,
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Go on where another optimizer over the same parameters had come to.

        Raises:
            ValueError: the groups have other numbers of parameters or other settings, a setting is out of its range,
                or the shapes differ; nothing is changed.
        """
        ours = [len(group["params"]) for group in self.param_groups]
        theirs = [len(group["params"]) for group in saved["param_groups"]]
        if ours != theirs:
            raise ValueError(f"the saved state is for groups of {theirs} parameters, this {self._name()} has {ours}")
        params = self._all_parameters()
        for i, remembered in saved["state"].items():
            for key, value in remembered.items():
                if isinstance(value, np.ndarray) and value.shape != params[i].shape:
                    raise ValueError(
                        f"{key!r} of parameter number {i} was saved with shape {value.shape}, not {params[i].shape}"
                    )
        groups = [
            {**old, "params": group["params"]}
            for group, old in zip(self.param_groups, saved["param_groups"], strict=True)
        ]
        for group, old in zip(self.param_groups, groups, strict=True):
            if group.keys() != old.keys():
                raise ValueError(f"the saved settings are {', '.join(old)}, those of {self._name()} {', '.join(group)}")
            self.check_settings(old)
        for group, old in zip(self.param_groups, groups, strict=True):
            group.update(old)
        self.state = {params[i]: _copied(remembered) for i, remembered in saved["state"].items()}
        self._scratch = {p: np.empty(p.shape, p.dtype) for p in self.state}

    def _all_parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def _name(self) -> str:
        return type(self).__name__

    def _listed(self, params: Any) -> list[Any]:
        """The parameters as a list; an error where there are none or where they are something else."""
        name = self._name()
        if isinstance(params, Tensor):
            remedy = phrase("Write {optimizer}([w], …) with a list; of a model, model.parameters().", optimizer=name)
            raise self._refusal(phrase("one Tensor"), remedy)
        if callable(getattr(params, "parameters", None)):
            what = phrase("a whole {kind}", kind=type(params).__name__)
            raise self._refusal(what, phrase("Write model.parameters()."))
        if isinstance(params, str | Mapping) or not isinstance(params, Iterable):
            what = phrase("{value}, which is no list of Tensors", value=_shown(params))
            remedy = phrase("Write {optimizer}([w, b], …); of a model, model.parameters().", optimizer=name)
            raise self._refusal(what, remedy)
        listed = list(params)
        if not listed:
            remedy = phrase(
                "A generator gives its items only once: call model.parameters() anew, or keep list(model.parameters())."
            )
            raise self._refusal(phrase("no parameters"), remedy)
        return listed

    def _check_parameter(self, p: Any, position: int) -> None:
        """An error where `p` is nothing that can be optimized."""
        if isinstance(p, Tensor) and p.is_leaf and (p.requires_grad or p._leaf().changes):
            return  # as for `changes`: `requires_grad_(False)` froze it on purpose
        value = _shown(p)
        if not isinstance(p, Tensor):
            kind = type(p).__name__
            raise self._refusal(
                phrase(
                    "as parameter number {position} {value}, of type {kind}", position=position, value=value, kind=kind
                ),
                phrase("Make it a Tensor: tg.tensor(…, requires_grad=True); of a model, write model.parameters()."),
            )
        if not p.is_leaf:
            raise self._refusal(
                phrase(
                    "as parameter number {position} the result of an operation, {value}", position=position, value=value
                ),
                phrase(
                    "Optimize the Tensors that it is computed from, or start afresh from w.detach().requires_grad_()."
                ),
            )
        raise self._refusal(
            phrase(
                "as parameter number {position} a Tensor without requires_grad, {value}", position=position, value=value
            ),
            phrase("It would never change: create it with requires_grad=True, or leave it out."),
        )

    def _refusal(self, what: Text, remedy: Text) -> ParameterError:
        """E13: what this optimizer was given, and what to write instead."""
        return ParameterError("E13", optimizer=self._name(), what=what, remedy=remedy)


def descended(p: Values, g: Values, group: ParamGroup, scratch: Values) -> Values:
    """The gradient that is followed downhill, in `scratch` where it differs from `g`.

    `maximize` turns it round (gradient ascent); `weight_decay` λ adds λ·p, the slope of the penalty ½·λ·‖p‖².
    """
    if not (group["maximize"] or group["weight_decay"]):
        return g
    np.multiply(p, group["weight_decay"], out=scratch)
    return (np.subtract if group["maximize"] else np.add)(scratch, g, out=scratch)


def check_not_negative(group: ParamGroup, *names: str) -> None:
    """ValueError where one of these settings is below 0, or no number."""
    for name in names:
        if not group[name] >= 0:
            raise ValueError(f"{name}={group[name]} makes no sense; it must be 0 or more")


def _shown(value: Any) -> str:
    """The beginning of a value as messages show it, on one line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _copied(remembered: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.copy() if isinstance(value, np.ndarray) else value for key, value in remembered.items()}
