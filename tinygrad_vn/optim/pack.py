"""Small parameters move together: one call of NumPy for all of them instead of one for each.

A call of NumPy costs about half a microsecond before it comes to the first number. For a matrix of a million numbers
that is nothing; for a net 2-3-3-1, six parameters of 1 to 9 numbers, it is everything: Adam takes eleven calls for each
parameter, 66 in all, and their arithmetic is 25 numbers long. So the small parameters of a group are copied into one
flat array, one behind the other, and their gradients into another. The formulas are applied to these, and then every
parameter gets its part back, into its own buffer:

    W (3, 2)   b (3,)   V (1, 3)                      W      b   V
     ······      ···      ···          ⇄            |······|···|···|

What is remembered lies in flat arrays all the time: `state[W]["exp_avg"]` is a view of W's part of it. Numbers such as
`step` are the same for all members of a pack, or it would be none.

That gives the same results to the last bit, where a formula treats every number by itself. An optimizer says so by
`elementwise`. Large parameters stay alone: to copy them takes longer than the calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from operator import is_
from typing import Any

import numpy as np

from tinygrad_vn import modes
from tinygrad_vn.graph import Values
from tinygrad_vn.optim.parameters import ParamGroup
from tinygrad_vn.optim.state import State
from tinygrad_vn.tensor import Tensor

Scratch = tuple[Values, Values]
"""Two arrays of a parameter's shape and dtype, for intermediate results."""

Update = Callable[[Values, Values, State, ParamGroup, Scratch], None]
"""`Optimizer.update`: of a parameter, its gradient, what is remembered, the settings, and room."""

SMALL = 1_024  # numbers: a larger parameter is faster alone
WORTH = 4  # members and memories of each: the calls that fewer of them save do not make up for the copies
FULL = 8_192  # numbers in a pack: more of them would not stay in the processor's cache from one call to the next


class Plans:
    """How the parameters of a group moved lately.

    Where other parameters move than at the last step, all of them are alone, for it may be others again at the next
    one, as with two losses in turn: packs are made when the same ones move twice running.
    """

    def __init__(self) -> None:
        self._lately: list[Plan] = []

    def fitting(self, params: list[Tensor], gradients: list[Values], memory: Mapping[Tensor, State]) -> Plan | None:
        """The plan to move these parameters by, if there is one."""
        for i, plan in enumerate(self._lately):
            if plan.fits(params, gradients, memory):
                if i > 0:
                    self._lately.insert(0, self._lately.pop(i))
                return plan if plan.is_settled or i > 0 else None
        return None

    def made(self, params: list[Tensor], gradients: list[Values], states: list[State], elementwise: bool) -> Plan:
        """A new plan for these parameters; older ones are kept for others, if they still are of the same kinds."""
        lately = self._lately
        is_settled = not elementwise or not lately or lately[0].is_of(params)
        plan = Plan(params, gradients, states, elementwise and is_settled, is_settled)
        kept = [other for other in lately if not other.is_of(params) and other.has_kinds(other.params)]
        self._lately = [plan, *kept][:4]
        return plan


class Plan:
    """Who moves with whom in a group, as long as nothing about its parameters, gradients and memories changes.

    Attributes:
        params: those that have a dense gradient; the others are named by their places among them.
        is_settled: whether it is to be followed again at the next step.
        packs: small ones that move together.
        alone: the places of the others.
    """

    def __init__(
        self,
        params: list[Tensor],
        gradients: list[Values],
        states: list[State],
        may_pack: bool,
        is_settled: bool,
    ) -> None:
        self.params = params
        self.is_settled = is_settled
        self.packs: list[Pack] = []
        self.alone: list[int] = []
        self._shapes = [p._data.shape for p in params]
        self._settings = modes.settings_changed
        self._dtypes = [p._data.dtype for p in params]
        self._gradient_dtypes = [g.dtype for g in gradients]
        together: dict[Any, list[int]] = {}
        filled: dict[Any, int] = {}
        for place, (p, g, state) in enumerate(zip(params, gradients, states, strict=True)):
            kind = kind_of(p._data, g, state) if may_pack else None
            if kind is None:
                self.alone.append(place)
            else:
                filled[kind] = filled.get(kind, 0) + g.size
                together.setdefault((kind, filled[kind] // FULL), []).append(place)
        for places in together.values():
            numbers = sum(isinstance(value, int | float) for value in states[places[0]].values())
            if len(places) == 1 or len(places) + len(states[places[0]]) - numbers < WORTH:
                self.alone += places
            else:
                self.packs.append(Pack(places, [params[i] for i in places], [states[i] for i in places]))

    def fits(self, params: list[Tensor], gradients: list[Values], memory: Mapping[Tensor, State]) -> bool:
        """Whether all is as it was when the plan was made, but for values."""
        is_as_before = (
            self.is_of(params)
            and [g.shape for g in gradients] == self._shapes
            and [g.dtype for g in gradients] == self._gradient_dtypes
            and (modes.settings_changed == self._settings or self.has_kinds(params))
        )
        if is_as_before:
            for pack in self.packs:
                is_as_before = is_as_before and pack.is_remembered(memory)
        return is_as_before

    def has_kinds(self, params: list[Tensor]) -> bool:
        """Whether these parameters have the shapes and dtypes of then; asked where the settings of anything changed."""
        has = [p._data.shape for p in params] == self._shapes and [p._data.dtype for p in params] == self._dtypes
        if has:
            self._settings = modes.settings_changed
        return has

    def is_of(self, params: list[Tensor]) -> bool:
        """Whether these are the parameters that it was made for."""
        return len(params) == len(self.params) and all(map(is_, params, self.params))


class Pack:
    """Small parameters of one dtype that remember the same things, in flat arrays.

    Attributes:
        places: those of its members in the plan.
    """

    def __init__(self, places: list[int], params: list[Tensor], states: list[State]) -> None:
        self.places = places
        self._params, self._states = params, states
        self._shapes = [p._data.shape for p in params]
        ends = accumulate((p._data.size for p in params), initial=0)
        self._parts = [slice(*part) for part in pairwise(ends)]
        self._p, self._g, *room = np.empty((4, self._parts[-1].stop), params[0]._data.dtype)
        self._scratch: Scratch = room[0], room[1]
        self._p_parts, self._g_parts = self._views(self._p), self._views(self._g)
        self._state = {key: self._gathered(key, value) for key, value in states[0].items()}
        self._known: State = {}
        self._handed_out: list[Any] = []
        self._hand_out()

    def is_remembered(self, memory: Mapping[Tensor, State]) -> bool:
        """Whether what is remembered of the members is still what was handed out: a user may put in something else."""
        if not all(map(is_, map(memory.get, self._params), self._states)):
            return False
        if not self._handed_out:
            return not any(self._states)
        now = [value for state in self._states for value in state.values()]
        return len(now) == len(self._handed_out) and all(map(is_, now, self._handed_out))

    def move(self, update: Update, gradients: list[Values], group: ParamGroup, decay: float, maximize: bool) -> None:
        """One update of all members.

        Args:
            update: the formulas.
            gradients: of all parameters of the plan.
            group: the settings.
            decay: λ of the penalty ½·λ·‖p‖².
            maximize: climb instead of descend.
        """
        p, g = self._p, self._g
        owned = [param._own() for param in self._params]
        fill(self._p_parts, owned)
        fill(self._g_parts, [gradients[place] for place in self.places])
        if decay or maximize:
            g = descended(p, g, decay, maximize, out=self._scratch[1])
        try:
            update(p, g, self._state, group, self._scratch)
        finally:
            self._hand_out()  # also after Ctrl-C: the numbers belong to the arrays, which have changed already
        fill(owned, self._p_parts)

    def _hand_out(self) -> None:
        """Give every member its share of what is new: the numbers, and views of arrays."""
        new = {key: value for key, value in self._state.items() if value is not self._known.get(key, self)}
        if not new:
            return
        numbers = {}
        for key, value in new.items():
            if not isinstance(value, np.ndarray):
                numbers[key] = value
                continue
            for state, view in zip(self._states, self._views(value), strict=True):
                state[key] = view
        for state in self._states:
            state.update(numbers)  # in one line, so that Ctrl-C cannot come between
        self._handed_out = [value for state in self._states for value in state.values()]
        self._known.update(new)

    def _gathered(self, key: str, value: Any) -> Any:
        """What all members remember under this key, of which this is the first one's."""
        if not isinstance(value, np.ndarray):
            return value
        flat = np.empty(self._p.shape, value.dtype)
        for view, state in zip(self._views(flat), self._states, strict=True):
            view[...] = state[key]
        return flat

    def _views(self, flat: Values) -> list[Values]:
        """The members' parts of a flat array, in their shapes."""
        return [flat[part].reshape(shape) for part, shape in zip(self._parts, self._shapes, strict=True)]


def fill(targets: list[Values], sources: list[Values]) -> None:
    """Copy arrays into others."""
    for i, target in enumerate(targets):  # a strict `zip` takes half as long again
        target[...] = sources[i]


def kind_of(p: Values, g: Values, state: State) -> Any:
    """What members of a pack have in common: dtypes, and the numbers that are remembered; None for no member."""
    if p.size > SMALL or g.dtype != p.dtype:
        return None
    kind: list[Any] = [p.dtype]
    for key, value in state.items():
        if isinstance(value, np.ndarray):
            if value.shape != p.shape:
                return None
            kind += key, value.dtype
        elif value is None or isinstance(value, int | float):
            kind += key, value
        else:
            return None
    return tuple(kind)


def descended(p: Values, g: Values, weight_decay: float, maximize: bool, out: Values) -> Values:
    """The gradient that is followed downhill, in `out`.

    `maximize` turns it round (gradient ascent); `weight_decay` λ adds λ·p, the slope of the penalty ½·λ·‖p‖².
    """
    if not weight_decay:
        return np.negative(g, out=out)
    np.multiply(p, weight_decay, out=out)
    return (np.subtract if maximize else np.add)(out, g, out=out)


class Rooms:
    """Room for intermediate results, the same for all parameters of a dtype: as much as the largest needs.

    Attributes:
        scratch: for each parameter that moves alone two arrays, where they have been made.
    """

    def __init__(self) -> None:
        self.scratch: dict[Tensor, Scratch] = {}
        self._room: dict[np.dtype[Any], Values] = {}

    def new_scratch(self, p: Tensor, values: Values) -> Scratch:
        """Two arrays for a parameter that has these values now."""
        room = self._room.get(values.dtype)
        if room is None or room.shape[1] < values.size:
            self.scratch = {}  # those of the other parameters lie in the old one, which is not needed any more
            room = self._room[values.dtype] = np.empty((2, values.size), values.dtype)
        first, second = (row[: values.size].reshape(values.shape) for row in room)
        self.scratch[p] = first, second
        return first, second
