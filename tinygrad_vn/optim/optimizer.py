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
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, TypedDict

import numpy as np

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.errors import GradientWarning
from tinygrad_vn.graph import Values
from tinygrad_vn.modes import enable_grad
from tinygrad_vn.optim.parameters import Parameters, ParamGroup, groups_of, parameters_of
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tensor import Tensor

State = dict[str, Any]
"""What an optimizer remembers of one parameter: arrays of its shape, and numbers."""

Scratch = tuple[Values, Values]
"""Two arrays of a parameter's shape and dtype, for intermediate results."""

Closure = Callable[[], Any]
"""A function without arguments that computes the loss and its gradients, and returns the loss."""

_KEPT_BY_SCHEDULES = {"initial_lr"}  # not a setting, but to be found in groups that a schedule has been at


class OnlyInPyTorch(TypedDict, total=False):
    """Arguments about how PyTorch runs its own code; they may be given as long as they ask for nothing."""

    foreach: bool | None
    fused: bool | None
    capturable: bool
    differentiable: bool


class Optimizer(ABC):
    """Base class of all optimizers.

    Args:
        params: the parameters, leaf Tensors of any shape, or groups of them.
        defaults: the settings of groups that do not have their own.
        others: PyTorch's arguments that have no meaning here.

    Attributes:
        param_groups: the parameters with their settings.
        state: what is remembered of each parameter, for example its momentum.

    Raises:
        ParameterError: E13 where params is a single Tensor, a whole model or empty, or holds something that is no
            Tensor, no leaf, there already, or without requires_grad (unless `requires_grad_(False)` froze it).
        TypeError: an argument is unknown, or PyTorch's alone.
        ValueError: a group has an unknown setting, or one out of its range.
    """

    def __init__(self, params: Parameters, defaults: dict[str, Any], others: Mapping[str, Any] | None = None) -> None:
        self._refuse(others or {}, defaults)
        self.defaults = defaults
        self.param_groups: list[ParamGroup] = []
        self.state: dict[Tensor, State] = {}
        self._scratch: dict[Tensor, Scratch] = {}
        self._room: dict[np.dtype[Any], Values] = {}
        self._has_warned = False
        for group in groups_of(params, self._name()):
            self.add_param_group(group)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Take on more parameters: `{"params": …}` with settings of their own, as in the constructor."""
        params = parameters_of(group, self._name(), known=self._all_parameters())
        unknown = sorted(group.keys() - self.defaults.keys() - _KEPT_BY_SCHEDULES - {"params"})
        if unknown:
            raise ValueError(f"{self._name()} has no setting {unknown[0]!r}; it has {', '.join(self.defaults)}")
        settings = {**self.defaults, **group, "params": params}
        self.check_settings(settings)
        self.param_groups.append(settings)

    # --- what a subclass says ---------------------------------------------------------------------------------------

    @abstractmethod
    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range; called for every group."""

    def initial_state(self, p: Values, group: ParamGroup) -> State:
        """What is remembered of a parameter before its first update; nothing, unless a subclass says more."""
        return {}

    @abstractmethod
    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """Change one parameter in place.

        Ctrl-C may strike between any two lines of it; what is remembered must then still serve the next update.

        Args:
            p: the parameter's values, to be overwritten.
            g: the gradient to descend along, of p's shape, to be read only: turned round where `maximize` is set, and
                with the slope of the penalty where there is `weight_decay`.
            state: what is remembered of it.
            group: its settings.
            scratch: two arrays of p's shape and dtype. The second may be `g`: write into it when g is done with.
        """

    def update_rows(self, p: Values, rows: Values, g: Values, state: State, group: ParamGroup) -> None:
        """Change one parameter in place that has a sparse gradient; refused, unless a subclass says how.

        Args:
            p: the parameter's values, shape (n, …), to be overwritten.
            rows: the numbers of the rows that have a gradient, shape (k,), each once.
            g: what to descend along in these rows, shape (k, …), to be read only.
            state: what is remembered of it.
            group: its settings.

        Raises:
            TypeError: this optimizer needs the whole gradient.
        """
        raise TypeError(
            f"{self._name()} does not take sparse gradients; use SGD, Adagrad or SparseAdam, or Embedding(sparse=False)"
        )

    # --- what a user calls ------------------------------------------------------------------------------------------

    def step(self, closure: Closure | None = None, *, accumulate: bool = False) -> Any:
        """Change every parameter that has a gradient, in place.

        Args:
            closure: called before, with gradients enabled: computes the gradients anew and returns the loss.
            accumulate: the gradients are meant to be sums over several `backward()`, of micro-batches for example;
                otherwise such sums are worth a warning (E01), once per optimizer.

        Returns:
            what the closure returned, or None.

        Stopped by Ctrl-C it may have changed some of the parameters; what is remembered still serves the next step.
        """
        loss = None if closure is None else enable_grad(closure)()
        if not (accumulate or self._has_warned):
            self._warn_of_sums()
        for group in self.param_groups:
            for p in group["params"]:
                gradient = p.grad
                if gradient is None:
                    continue
                if gradient.is_sparse:
                    self._move_rows(p, gradient.rows.coalesce(), group)
                else:
                    self._move(p, gradient._data, group)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, before the next `backward()` adds to them.

        Args:
            set_to_none: `.grad` is None afterwards; otherwise it is filled with zeros, and then a parameter that the
                loss does not depend on is still moved by momentum and weight decay.
        """
        for p in self._all_parameters():
            gradient = p.grad
            if set_to_none or gradient is None:
                p.zero_grad()
            elif gradient.requires_grad:  # it is a result that others may depend on
                p.grad = Tensor(np.zeros_like(gradient._data))
            else:
                gradient.zero_()
                p.grad = gradient  # which begins the count of what was added to it anew

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
            ValueError: this is no state of such an optimizer: the groups have other numbers of parameters or lack a
                setting, a setting is out of its range, something is missing from what was remembered of a parameter,
                or has another shape; nothing is changed.
        """
        if not {"state", "param_groups"} <= saved.keys():
            raise ValueError("this is no state of an optimizer: those have the keys 'state' and 'param_groups'")
        groups = self._fitting_groups(saved["param_groups"])
        state = {}
        settings = [group for group in groups for _ in group["params"]]
        params = self._all_parameters()
        for i, remembered in saved["state"].items():
            if i not in range(len(params)):
                raise ValueError(f"there is no parameter number {i!r}; this {self._name()} has {len(params)} of them")
            self.check_state(i, params[i]._data, remembered, settings[i])
            state[params[i]] = _copied(remembered, params[i].dtype)
        for group, old in zip(self.param_groups, groups, strict=True):
            group.update(old)
        self.state = state

    def __repr__(self) -> str:
        lines = [f"{self._name()}("]
        for number, group in enumerate(self.param_groups):
            settings = ", ".join(f"{key}={value!r}" for key, value in group.items() if key != "params")
            lines.append(f"  group {number}: {len(group['params'])} parameters, {settings}")
        return "\n".join([*lines, ")"])

    # --- how it is done ---------------------------------------------------------------------------------------------

    def check_state(self, number: int, p: Values, saved: Mapping[str, Any], group: ParamGroup) -> None:
        """ValueError where a saved state does not fit the parameter with this number."""
        for key, fresh in self.initial_state(p, group).items():
            if key not in saved:
                raise ValueError(f"the saved state of parameter number {number} lacks {key!r}")
            if isinstance(fresh, np.ndarray) and not isinstance(saved[key], np.ndarray):
                raise ValueError(f"{key!r} of parameter number {number} was saved as {saved[key]!r}, not as an array")
        for key, value in saved.items():
            if isinstance(value, np.ndarray) and value.shape != p.shape:
                raise ValueError(
                    f"{key!r} of parameter number {number} was saved with shape {value.shape}, not {p.shape}"
                )

    def _move(self, p: Tensor, g: Values, group: ParamGroup) -> None:
        """One update of one parameter along a dense gradient."""
        values = p._own()
        scratch = self._scratch.get(p)
        if scratch is None or scratch[0].shape != values.shape or scratch[0].dtype != values.dtype:
            scratch = self._new_scratch(p, values)
        state = self.state.get(p)
        if state is None:
            state = self.state[p] = self.initial_state(values, group)
        decay = 0.0 if group.get("decoupled_weight_decay") else group.get("weight_decay", 0.0)
        if decay or group.get("maximize"):
            g = descended(values, g, decay, group.get("maximize", False), out=scratch[1])
        self.update(values, g, state, group, scratch)

    def _move_rows(self, p: Tensor, gradient: RowGradient, group: ParamGroup) -> None:
        """One update of one parameter along a gradient of rows, each once."""
        values, state = p._own(), self.state.get(p)
        if state is None:
            state = self.state[p] = self.initial_state(values, group)
        g = -gradient.values if group.get("maximize") else gradient.values
        self.update_rows(values, gradient.indices, g, state, group)

    def _new_scratch(self, p: Tensor, values: Values) -> Scratch:
        """Room for intermediate results, the same for all parameters of a dtype: as much as the largest needs.

        Raises:
            ValueError: the parameter has another shape than at its last step.
        """
        for key, value in self.state.get(p, {}).items():
            if isinstance(value, np.ndarray):
                if value.shape != values.shape:
                    raise ValueError(
                        f"a parameter had shape {value.shape} at its last step and has {values.shape} now; "
                        f"make a new {self._name()} for it"
                    )
                self.state[p][key] = value.astype(values.dtype, copy=False)
        room = self._room.get(values.dtype)
        if room is None or room.shape[1] < values.size:
            self._scratch = {}  # those of the other parameters lie in the old one, which is not needed any more
            room = self._room[values.dtype] = np.empty((2, values.size), values.dtype)
        first, second = (row[: values.size].reshape(values.shape) for row in room)
        self._scratch[p] = first, second
        return first, second

    def _fitting_groups(self, saved: list[ParamGroup]) -> list[ParamGroup]:
        """The settings of saved groups, with our parameters; ValueError where they do not fit."""
        ours = [len(group["params"]) for group in self.param_groups]
        theirs = [len(group["params"]) for group in saved]
        if ours != theirs:
            raise ValueError(f"the saved state is for groups of {theirs} parameters, this {self._name()} has {ours}")
        groups = [{**old, "params": group["params"]} for group, old in zip(self.param_groups, saved, strict=True)]
        for group in groups:
            missing = self.defaults.keys() - group.keys()
            if missing:
                settings = ", ".join(key for key in group if key != "params")
                raise ValueError(
                    f"the saved settings are {settings}; {self._name()} needs {', '.join(sorted(missing))}"
                )
            self.check_settings(group)
        return groups

    def _warn_of_sums(self) -> None:
        """E01 at the line that called `step()`, where several passes have added to a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p._node.additions:
                    self._has_warned = True
                    warn_user(GradientWarning("E01", passes=p._node.additions + 1))
                    return

    def _refuse(self, others: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        """TypeError for an argument that is unknown, or that asks for what only PyTorch can do."""
        for key, value in others.items():
            if key not in OnlyInPyTorch.__annotations__:
                raise TypeError(f"{self._name()} has no argument {key!r}; it has {', '.join(defaults)}")
            if value:
                raise TypeError(f"{key}={value!r} is about how PyTorch runs its own code; leave it out here")

    def _all_parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def _name(self) -> str:
        return type(self).__name__


def descended(p: Values, g: Values, weight_decay: float, maximize: bool, out: Values) -> Values:
    """The gradient that is followed downhill, in `out`.

    `maximize` turns it round (gradient ascent); `weight_decay` λ adds λ·p, the slope of the penalty ½·λ·‖p‖².
    """
    if not weight_decay:
        return np.negative(g, out=out)
    np.multiply(p, weight_decay, out=out)
    return (np.subtract if maximize else np.add)(out, g, out=out)


def remembered(state: State, key: str, like: Values) -> Values:
    """An array of the state; zeros where it was not needed so far, as when a setting was changed on the way."""
    array: Values | None = state.get(key)
    if array is None:
        array = state[key] = np.zeros_like(like)
    return array


def check_no_decay(group: ParamGroup) -> None:
    """ValueError where there is weight decay beside a sparse gradient."""
    if group["weight_decay"]:
        raise ValueError(
            "weight_decay moves every row of a table, which a sparse gradient is there to avoid; "
            "use weight_decay=0 for it, or Embedding(sparse=False)"
        )


def check_not_negative(group: ParamGroup, *names: str) -> None:
    """ValueError where one of these settings is below 0 or NaN, TypeError where it is no number at all."""
    for name in names:
        if not isinstance(group[name], Real):
            raise TypeError(f"{name}={group[name]!r} is no number")
        if not group[name] >= 0:
            raise ValueError(f"{name}={group[name]} makes no sense; it must be 0 or more")


def check_betas(group: ParamGroup) -> None:
    """ValueError where one of the two is no share below 1."""
    if len(group["betas"]) != 2 or not all(0 <= beta < 1 for beta in group["betas"]):
        raise ValueError(f"betas={group['betas']} make no sense; both must be 0 or more and below 1")


def _copied(value: Any, dtype: np.dtype[Any] | None = None) -> Any:
    """A copy of what is remembered: nested dictionaries, lists and tuples of arrays, in this dtype, and numbers."""
    if isinstance(value, np.ndarray):
        return np.array(value, dtype)
    if isinstance(value, Mapping):
        return {key: _copied(item, dtype) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copied(item, dtype) for item in value)
    return value
