"""What a function refers to besides its arguments: globals, closure cells, attributes, lists, and what is in them.

All of it must be the same objects when the function is repeated, or equal numbers. And the function must leave it as it
is: if it appends to a list or counts calls in an attribute, a repetition would not, so it is not repeated.

The functions that ran in earlier calls are looked into, too, see `met.py`; only names that occur in their code are
followed, unless it asks for attributes by texts (`getattr`). Modules count their own changes, see
`modes.settings_changed`; optimizers, and whatever else is ours, may change, but for an optimizer's settings, which only
optimizers and schedules may change while a call is recorded.
"""

from __future__ import annotations

import array
import functools
import itertools
import operator
import random
import types
from collections import deque
from typing import Any

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.guards import codes_in, content_of
from tinygrad_vn.tracing.met import Met, is_library, is_users_function
from tinygrad_vn.tracing.program import is_same
from tinygrad_vn.tracing.traced import Number, Traced, plain

DEEPEST = 4  # how far into lists of lists
LONGEST = 256  # of a longer list only the length is watched
CONTAINERS = (list, tuple, set, frozenset, dict, deque, bytearray, array.array)
BY_TEXT = {"getattr", "setattr", "hasattr", "vars", "__dict__", "__getattribute__", "attrgetter"}
MISSING: Any = object()


class Surroundings:
    """All that a function refers to, as it is now.

    Attributes:
        function: itself.
        names: what the code that is known mentions: globals, attributes, methods.
        generators: sources of random numbers.
        modules: the modules that are reached, with their attributes.
        groups: the groups of parameters of the optimizers that are reached.
        refusal: why nothing can be known about what it refers to; None where it can.
    """

    def __init__(self, met: Met, leaves: list[Any]) -> None:
        self.function = met.function
        self.cells: list[tuple[types.CellType, Any, str]] = []
        self.spaces: list[tuple[Any, str, Any, str]] = []  # dictionaries: globals, attributes of objects and classes
        self.slots: list[tuple[Any, Any, Any, str]] = []
        self.containers: list[tuple[Any, list[Any], str]] = []
        self.generators: list[Any] = [random, np.random.mtrand._rand, default_rng()]
        self.modules: list[tuple[Any, dict[str, Any]]] = []
        self.groups: list[dict[str, Any]] = []
        self.refusal: Text | None = None
        self.names = {name for code in met.codes for name in code.co_names} | {"forward"}
        self._has_all = bool(self.names & BY_TEXT)
        self._codes = met.codes
        self._seen: set[int] = set()
        self._functions: set[int] = set()
        for inner in met.functions:
            self._look_around(inner)
        for code, space in met.loose:
            self._look_at_globals(code, space)
        for owner in [getattr(self.function, "__self__", self.function), *met.owners()]:
            self._look_into("self", owner, 0)
        for leaf in leaves:
            self._look_into("…", leaf, 0)

    def _look_around(self, function: types.FunctionType) -> None:
        if id(function) in self._functions:
            return
        self._functions.add(id(function))
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            content = content_of(cell)
            self.cells.append((cell, content, name))
            self._look_into(name, content, 0)
        if function.__defaults__:
            reader: Any = vars(types.FunctionType)["__defaults__"]
            self.slots.append((reader, function, function.__defaults__, function.__name__))
            for i, default in enumerate(function.__defaults__):
                self._look_into(f"default {i}", default, 0)
        for name, default in (function.__kwdefaults__ or {}).items():
            self._enter(function.__kwdefaults__, name, default, name, -1)
        for name in self._meant(vars(function)):
            self._enter(vars(function), name, vars(function)[name], function.__name__, -1)
        self._look_at_globals(function.__code__, function.__globals__)

    def _look_at_globals(self, code: types.CodeType, space: dict[str, Any]) -> None:
        mentioned = {name for inner in codes_in(code) for name in inner.co_names}
        for name in sorted(mentioned & space.keys()):
            self._enter(space, name, space[name], name, -1)

    def _enter(self, space: Any, key: str, content: Any, name: str, depth: int) -> None:
        """Watch what a dictionary holds under a name."""
        self.spaces.append((space, key, content, name))
        self._look_into(name, content, depth + 1)

    def _look_into(self, name: str, item: Any, depth: int) -> None:
        if depth > DEEPEST or id(item) in self._seen:
            return
        self._seen.add(id(item))
        if isinstance(item, np.random.Generator | np.random.RandomState | random.Random):
            self.generators.append(item)
        elif isinstance(item, types.ModuleType):
            if not is_library(item.__name__):
                for part in sorted(self.names & vars(item).keys()):
                    self._enter(vars(item), part, vars(item)[part], part, depth)
        elif isinstance(item, CONTAINERS):
            if not isinstance(item, tuple | frozenset):
                self.containers.append((item, content_within(item), name))
            for part in content_within(item):
                self._look_into(name, part, depth + 1)
        elif isinstance(item, types.FunctionType):
            if is_users_function(item) and item.__code__ in self._codes:
                self._look_around(item)
        elif isinstance(item, types.MethodType):
            self._look_into(name, item.__func__, depth)
            self._look_into(name, item.__self__, depth)
        elif isinstance(item, functools.partial):
            for part in (item.func, *item.args, item.keywords):
                self._look_into(name, part, depth + 1)
        elif hasattr(type(item), "__next__"):
            text = "it takes from {name}, an iterator from outside, which a repetition would not"
            self.refusal = self.refusal or phrase(text, name=name)
        else:
            self._look_at(name, item, depth)

    def _look_at(self, name: str, item: Any, depth: int) -> None:
        """An object, or a class: the attributes that the function may mean."""
        inside = {} if isinstance(item, type) else getattr(item, "__dict__", {})
        if isinstance(inside.get("param_groups"), list):
            self.groups += [group for group in inside["param_groups"] if type(group) is dict]
        elif is_module(item):
            self.modules.append((item, dict(inside)))
            for key in self._meant(inside):
                self._look_into(name, inside[key], depth + 1)
            self._look_at_class(name, type(item), item, depth)
        elif is_users_own(item):
            if self._has_all and inside:
                self._look_into(name, inside, depth)
            for key in self._meant(inside):
                self._enter(inside, key, inside[key], name, depth)
            self._look_at_class(name, item if isinstance(item, type) else type(item), item, depth)

    def _look_at_class(self, name: str, kind: type, item: Any, depth: int) -> None:
        for base in kind.__mro__:
            if is_library(base.__module__):
                continue
            inside = vars(base)
            for key in self._meant(inside):
                content = inside[key]
                if not isinstance(content, types.MemberDescriptorType):
                    self._enter(inside, key, content, name, depth)
                    own = None if isinstance(item, type) or is_module(item) else getattr(item, "__dict__", None)
                    if own is not None and key not in own:
                        self.spaces.append((own, key, MISSING, name))
                elif item is not kind:
                    value = slot_of(content, item)
                    self.slots.append((content, item, value, name))
                    self._look_into(name, value, depth + 1)

    def _meant(self, inside: Any) -> list[str]:
        """Which of these attributes the function may mean."""
        if self._has_all:
            return [key for key in inside if not (key.startswith("__") and key.endswith("__"))]
        return sorted(self.names & inside.keys())

    def changed(self) -> str:
        """The name of something that is no longer as it was, or ""."""
        for cell, content, name in self.cells:
            if not is_same(content_of(cell), content):
                return name
        for space, key, content, name in self.spaces:
            if not is_same(space.get(key, MISSING), content):
                return name
        for module, before in self.modules:
            now = vars(module)
            if any(not is_same(now.get(key, MISSING), before[key]) for key in self._meant(before)):
                return type(module).__name__
        return self._slot_changed() or self._container_changed()

    def _slot_changed(self) -> str:
        for slot, item, content, name in self.slots:
            if not is_same(slot_of(slot, item), content):
                return name
        return ""

    def _container_changed(self) -> str:
        for container, content, name in self.containers:
            if not holds_still(container, content):
                return name
        return ""

    def hold(self) -> bool:
        """Whether all is still the same; modules are asked for elsewhere, when they have counted a change."""
        for cell, content, _ in self.cells:
            now = content_of(cell)
            if now is not content and not is_same(now, content):
                return False
        for space, key, content, _ in self.spaces:
            now = space.get(key, MISSING)
            if now is not content and not is_same(now, content):
                return False
        if self.slots and self._slot_changed():
            return False
        return not self.containers or not self._container_changed()

    def clean(self) -> None:
        """Put plain numbers and arrays where a recorded call has left some that tell."""
        spaces = [space for space, _, _, _ in self.spaces if isinstance(space, dict)]
        spaces += [container for container, _, _ in self.containers if isinstance(container, dict)]
        spaces += [*self.groups, *(vars(module) for module, _ in self.modules)]
        lists: list[Any] = [container for container, _, _ in self.containers if isinstance(container, list | deque)]
        places = [(one, key) for one in {id(space): space for space in spaces}.values() for key in one]
        for space, key in places + [(one, i) for one in lists for i in range(len(one))]:
            if isinstance(space[key], Number | Traced):
                space[key] = plain(space[key])
        for slot, item, _, _ in self.slots:
            if isinstance(slot_of(slot, item), Number | Traced):
                slot.__set__(item, plain(slot_of(slot, item)))


def content_within(item: Any) -> list[Any]:
    """What is in a container; of a long one its length."""
    if len(item) > LONGEST:
        return [MISSING, len(item)]
    return [*item.keys(), *item.values()] if isinstance(item, dict) else list(item)


def holds_still(item: Any, content: list[Any]) -> bool:
    """Is in a container what was in it?"""
    if isinstance(item, dict) and 2 * len(item) == len(content):
        now: Any = itertools.chain(item, item.values())
    elif len(item) == len(content) and not isinstance(item, dict):
        now = item
    else:
        return len(item) > LONGEST and content == [MISSING, len(item)]
    return all(map(operator.is_, now, content)) or all(map(is_same, content_within(item), content))


def slot_of(slot: Any, item: Any) -> Any:
    """What an object holds in a slot."""
    try:
        return slot.__get__(item)
    except AttributeError:
        return MISSING


def is_module(item: Any) -> bool:
    """Is it one of our modules, or of a user's class of modules?"""
    return not isinstance(item, type) and hasattr(type(item), "named_modules")


def is_users_own(item: Any) -> bool:
    """Is it a class that a user has written and that is based on none of ours, or an object of one?"""
    if isinstance(item, Recorded | np.ndarray):
        return False
    kind = item if isinstance(item, type) else type(item)
    if is_library(kind.__module__):
        return False
    if isinstance(item, type) and hasattr(kind, "named_modules"):
        return True
    return not any(is_library(base.__module__) and base.__module__ != "typing" for base in kind.__mro__[:-1])
