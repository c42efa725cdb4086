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
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.errors import GradientWarning
from tinygrad_vn.graph import Values
from tinygrad_vn.modes import enable_grad, is_effect
from tinygrad_vn.optim.pack import Plan, Plans, Rooms, Scratch, descended
from tinygrad_vn.optim.parameters import (
    Parameters,
    ParamGroup,
    check_rate,
    check_shapes,
    groups_of,
    parameters_of,
    refusal,
)
from tinygrad_vn.optim.rests import RESTS, settle
from tinygrad_vn.optim.settings import check_known, refuse_others
from tinygrad_vn.optim.state import State, check_memories, check_number, copied, fitting_groups, plain, take_dtype
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tensor import Tensor

Closure = Callable[[], Any]
"""A function without arguments that computes the loss and its gradients, and returns the loss."""

Move = tuple[int, Plan | None, list[Tensor], list[Values], list[tuple[Tensor, RowGradient]]]
"""What moves in a group: its position, a plan that fits, the parameters, their gradients; tables with sparse ones."""

_KEPT_BY_SCHEDULES = {"initial_lr"}  # not a setting, but to be found in groups that a schedule has been at


class Optimizer(ABC):
    """Base class of all optimizers.

    Args:
        params: `model.parameters()`, a list of leaf Tensors, or groups with settings of their own:
            `[{"params": first, "lr": 0.1}, {"params": second}]`.
        defaults: the settings of groups that do not have their own.
        others: PyTorch's arguments about how its own code runs, which may not ask for anything here.

    Attributes:
        param_groups: the parameters with their settings.
        state: what is remembered of each parameter, for example its momentum.

    Raises:
        ParameterError: E13 where params is a single Tensor, a whole model or empty, or holds something that is no
            Tensor, no leaf, there already, or without requires_grad (unless `requires_grad_(False)` froze it).
        TypeError: an argument is unknown, or PyTorch's alone.
        ValueError: a group has an unknown setting, or one out of its range.
    """

    elementwise = False
    """Whether `update` treats every number by itself: then it is called once for many small parameters, see `pack.py`.

    What it is given then are flat arrays of all of them; what it wants to keep of `p` or `g` it has to copy. This holds
    for the class that says so, and for those derived from it that keep `update` and `initial_state`.
    """

    decays_rows = False
    """Whether `update_rows` sees to the weight decay of rows that have no gradient."""

    def __init_subclass__(cls, **named: Any) -> None:
        """Another `update` may look at a parameter as a whole, whatever holds for the one that it replaces."""
        super().__init_subclass__(**named)
        stated = next(c for c in cls.__mro__ if "elementwise" in vars(c))
        if any({"update", "initial_state"} & vars(c).keys() for c in cls.__mro__[: cls.__mro__.index(stated)]):
            cls.elementwise = False

    def __init__(self, params: Parameters, defaults: dict[str, Any], others: Mapping[str, Any] | None = None) -> None:
        refuse_others(self._name(), others or {}, defaults)
        self.defaults = defaults
        self.param_groups: list[ParamGroup] = []
        self.state: dict[Tensor, State] = {}
        self._rooms = Rooms()
        self._plans: defaultdict[int, Plans] = defaultdict(Plans)
        self._shapes: dict[Tensor, tuple[int, ...]] = {}  # at the last step with a dense gradient
        self._has_warned = False
        self._has_found_nothing = False
        for group in groups_of(params, self._name()):
            self.add_param_group(group)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Take on more parameters: `{"params": …}` with settings of their own, as in the constructor."""
        params = parameters_of(group, self._name(), known=self._all_parameters())
        check_known(self._name(), group.keys() - _KEPT_BY_SCHEDULES - {"params"}, self.defaults)
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
        """Change one parameter in place, or several small ones where it is `elementwise`.

        Ctrl-C may strike between any two lines of it; what is remembered must then still serve the next update.

        Args:
            p: the parameter's values, to be overwritten.
            g: the gradient to descend along, of p's shape, to be read only: turned round where `maximize` is set, and
                with the slope of the penalty where there is `weight_decay`.
            state: what is remembered of it.
            group: its settings.
            scratch: two arrays of p's shape and dtype. The second may be `g`: write into it when g is done with.
        """

    def update_rows(self, p: Values, gradient: RowGradient, state: State, group: ParamGroup) -> None:
        """Change one parameter in place that has a sparse gradient; never called, unless a subclass says how.

        Args:
            p: the parameter's values, shape (n, …), to be overwritten.
            gradient: the rows to descend along, turned round where `maximize` is set; `coalesce()` has each once.
            state: what is remembered of it.
            group: its settings.
        """
        raise NotImplementedError(f"{self._name()} has no update for sparse gradients")

    def check_gradient(self, number: int, gradient: Tensor, group: ParamGroup) -> None:
        """ParameterError where this optimizer cannot follow such a gradient; asked before any parameter moves.

        Args:
            number: of the parameter, for the message.
            gradient: its gradient, dense or sparse.
            group: its settings.
        """
        if gradient.is_sparse:
            if type(self).update_rows is Optimizer.update_rows:
                text = "a sparse gradient for parameter number {number}, but needs that of the whole table"
                remedy = phrase("Use SGD, Adagrad or SparseAdam for it, or Embedding(sparse=False).")
                raise refusal(self._name(), phrase(text, number=number), remedy)
            if group.get("weight_decay") and not self.decays_rows:
                text = (
                    "a sparse gradient for parameter number {number} together with weight_decay, which moves every "
                    "row of the table"
                )
                remedy = phrase("Set weight_decay=0 for it, or use Embedding(sparse=False).")
                raise refusal(self._name(), phrase(text, number=number), remedy)

    # --- what a user calls ------------------------------------------------------------------------------------------

    @is_effect
    def step(self, closure: Closure | None = None, *, accumulate: bool = False) -> Any:
        """Change every parameter that has a gradient, in place.

        Args:
            closure: called before, with gradients enabled: computes the gradients again and returns the loss.
            accumulate: the gradients are meant to be sums over several `backward()`, of micro-batches for example;
                otherwise such sums are worth a warning (E01), once per optimizer.

        Returns:
            what the closure returned, or None.

        Raises:
            ParameterError: E13 where a gradient does not fit its parameter or the optimizer, or a rate is not finite;
                no parameter has moved then.

        Stopped by Ctrl-C it may have changed some of the parameters; what is remembered still serves the next step.
        A gradient of NaN makes NaN of its parameter; `fit` and `detect_anomaly()` stop before that.
        """
        loss = None if closure is None else evaluated(closure)
        if not (accumulate or self._has_warned):
            self._warn_of_sums()
        for position, plan, params, gradients, tables in self._moves():
            group = self.param_groups[position]
            decay = 0.0 if group.get("decoupled_weight_decay") else group.get("weight_decay", 0.0)
            maximize = group.get("maximize", False)
            if plan is None:
                plan = self._planned(position, params, gradients)
            for pack in plan.packs:
                pack.move(self.update, gradients, group, decay, maximize)
            for i in plan.alone:
                self._move(params[i], gradients[i], group, decay, maximize)
            for p, rows in tables:
                self.update_rows(p._own(), -rows if maximize else rows, self._remembered(p, group), group)
        return loss

    @is_effect
    def catch_up(self) -> None:
        """Bring every row of every table to where it belongs, where sparse gradients let it rest; see `SGD`.

        To be called before a table is evaluated or saved. Training goes on from there all the same.
        """
        for p, state in self.state.items():
            if RESTS in state:
                settle(p._own(), state)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, before the next `backward()` adds to them.

        Args:
            set_to_none: `.grad` is None afterwards; otherwise it is filled with zeros, and then a parameter that the
                loss does not depend on is still moved by momentum and weight decay.
        """
        for p in self._all_parameters():
            gradient = None if set_to_none else p.grad
            if gradient is None:
                p.zero_grad()
            elif gradient.requires_grad:  # it is a result that others may depend on
                p.grad = Tensor(np.zeros_like(gradient._data))
            else:
                gradient.zero_()
                p.grad = gradient  # which sets the count of what was added to it back to 0

    def state_dict(self) -> dict[str, Any]:
        """The settings and all that is remembered, as copies: later steps do not change them.

        Returns:
            {"state": {0: …, 1: …}, "param_groups": [{…, "params": [0, 1]}]}, the parameters by their numbers.
        """
        params = self._all_parameters()
        number = {id(p): i for i, p in enumerate(params)}
        groups = [{**group, "params": [number[id(p)] for p in group["params"]]} for group in self.param_groups]
        return {
            "state": {i: copied(self.state[p]) for i, p in enumerate(params) if p in self.state},
            "param_groups": groups,
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Go on where another optimizer over the same parameters had come to.

        Args:
            saved: what `state_dict()` gave; that of PyTorch's optimizer of the same name will do (but for LBFGS).

        Raises:
            ValueError: this is no state of such an optimizer: the groups have other numbers of parameters or lack a
                setting, a setting is out of its range, something is missing from what was remembered of a parameter,
                or has another shape; nothing is changed.
        """
        if not {"state", "param_groups"} <= saved.keys():
            raise ValueError(said("this is no state of an optimizer: those have the keys 'state' and 'param_groups'"))
        groups = fitting_groups(self.param_groups, saved["param_groups"], self.defaults, self._name())
        for group in groups:
            self.check_settings(group)
        state = {}
        settings = [group for group in groups for _ in group["params"]]
        params = self._all_parameters()
        for i, remembered in saved["state"].items():
            check_number(i, len(params), self._name())
            fresh = self.initial_state(params[i]._data, settings[i])
            memories = {key: plain(value, fresh.get(key)) for key, value in remembered.items()}
            self.check_state(i, params[i]._data, memories, settings[i])
            state[params[i]] = {key: copied(value, params[i].dtype) for key, value in memories.items()}
        for group, old in zip(self.param_groups, groups, strict=True):
            group.update(old)
        self.state = state
        self._plans.clear()

    def __repr__(self) -> str:
        lines = [f"{self._name()}("]
        for number, group in enumerate(self.param_groups):
            settings = ", ".join(f"{key}={value!r}" for key, value in group.items() if key != "params")
            lines.append(f"  group {number}: {len(group['params'])} parameters, {settings}")
        return "\n".join([*lines, ")"])

    def __getstate__(self) -> dict[str, Any]:
        """What is copied and pickled: not the plans, for copies of views are no views."""
        return {**vars(self), "_plans": defaultdict(Plans)}

    # --- how it is done ---------------------------------------------------------------------------------------------

    def check_state(self, number: int, p: Values, saved: Mapping[str, Any], group: ParamGroup) -> None:
        """ValueError where a saved state does not fit the parameter with this number."""
        check_memories(number, saved, self.initial_state(p, group), p.shape)

    def _moves(self) -> list[Move]:
        """What moves in each group: all checked, before any of it moves."""
        moves = []
        for position, group in enumerate(self.param_groups):
            check_rate(self._name(), position, group)
            params, gradients, tables = [], [], []
            for p in group["params"]:
                gradient = p._node.grad
                if gradient is None:
                    continue
                if gradient.is_sparse:
                    tables.append((p, gradient.rows))
                else:
                    params.append(p)
                    gradients.append(gradient._data)
            if not (params or tables):
                continue
            plan = self._plans[position].fitting(params, gradients, self.state)
            if plan is None or tables:
                self._check_moves([*(params if plan is None else []), *(p for p, _ in tables)], group)
            moves.append((position, plan, params, gradients, tables))
        if not moves:
            self._warn_of_nothing()
        return moves

    def _check_moves(self, params: list[Tensor], group: ParamGroup) -> None:
        """Whether gradients and memories have the parameters' shapes, and the optimizer can follow such gradients."""
        numbers = {p: number for number, p in enumerate(self._all_parameters())}
        for p in params:
            number, gradient, state = numbers[p], p._leaf().grad, self.state.get(p, {})
            check_shapes(self._name(), number, p.shape, gradient, {} if self._shapes.get(p) == p.shape else state)
            self.check_gradient(number, gradient, group)

    def _planned(self, position: int, params: list[Tensor], gradients: list[Values]) -> Plan:
        """Who moves with whom from now on; what is remembered takes the dtypes that the parameters have now."""
        states = [self._remembered(p, self.param_groups[position]) for p in params]
        for p, state in zip(params, states, strict=True):
            take_dtype(state, p.dtype)
        self._shapes.update((p, p.shape) for p in params)
        plan = self._plans[position].made(params, gradients, states, self.elementwise)
        for i in plan.alone:
            self._rooms.new_scratch(params[i], params[i]._data)
        return plan

    def _remembered(self, p: Tensor, group: ParamGroup) -> State:
        """What is remembered of a parameter."""
        state = self.state.get(p)
        if state is None:
            state = self.state[p] = self.initial_state(p._data, group)
        return state

    def _move(self, p: Tensor, g: Values, group: ParamGroup, decay: float, maximize: bool) -> None:
        """One update of one parameter along a dense gradient."""
        values, state = p._own(), self.state.get(p)
        if state is None:
            state = self._remembered(p, group)
        scratch = self._rooms.scratch.get(p) or self._rooms.new_scratch(p, values)
        if RESTS in state:
            settle(values, state)
        if decay or maximize:
            g = descended(values, g, decay, maximize, out=scratch[1])
        self.update(values, g, state, group, scratch)

    def _warn_of_sums(self) -> None:
        """E01 at the line that called `step()`, where several passes have added to a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p._node.additions:
                    self._has_warned = True
                    warn_user(GradientWarning("E01", passes=p._node.additions + 1))
                    return

    def _warn_of_nothing(self) -> None:
        """At the line that called `step()`, once, where nothing could move: `backward()` was forgotten, or undone.

        Not where all is frozen, nor under a schedule, whose rates one may want to look at without training.
        """
        is_scheduled = any(_KEPT_BY_SCHEDULES & group.keys() for group in self.param_groups)
        if not (self._has_found_nothing or is_scheduled) and any(p.requires_grad for p in self._all_parameters()):
            self._has_found_nothing = True
            text = (
                "{optimizer}.step() found no gradient, so nothing moved. Call loss.backward() before step(), and "
                "zero_grad() before backward(), not between the two. If you did: the loss depends on other parameters "
                "than those of this optimizer; after replacing a layer, make a new optimizer."
            )
            warn_user(UserWarning(said(text, optimizer=self._name())))

    def _all_parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def _name(self) -> str:
        return type(self).__name__


def evaluated(closure: Closure) -> Any:
    """What a closure returns, called with gradients enabled; TypeError where it is no function."""
    if not callable(closure):
        raise TypeError(
            said(
                "step() takes a function that computes the loss, not {kind}; with the loss at hand, write "
                "loss.backward() and then step()",
                kind=type(closure).__name__,
            )
        )
    return enable_grad(closure)()
