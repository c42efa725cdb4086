"""What a function refers to besides its arguments: globals, closure cells, attributes, lists, and what is in them.

All of it must be the same objects when the function is repeated, or equal numbers. And the function must leave it as it
is: if it appends to a list or counts calls in an attribute, a repetition would not, so it is not repeated.

Functions that are called are looked into, too, but for those of libraries. Modules count their own changes, see
`modes.settings_changed`; optimizers, and whatever else is ours, may change.
"""

from __future__ import annotations

import random
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.guards import codes_in, content_of, functions_in
from tinygrad_vn.tracing.program import is_same

LIBRARIES = ("numpy", "tinygrad_vn", "builtins", "math", "random", "functools", "itertools", "operator", "typing")
DEEPEST = 4  # how far into lists of lists
LONGEST = 256  # of a longer list only the length is watched


class Surroundings:
    """All that a function refers to, as it is now.

    Attributes:
        function: itself.
        names: what its code, and that of the functions it calls, mentions: globals, attributes, methods.
        generators: sources of random numbers.
    """

    def __init__(self, function: Callable[..., Any], leaves: list[Any]) -> None:
        self.function = function
        self.function = function
        self.cells: list[tuple[types.CellType, Any, str]] = []
        self.spaces: list[tuple[dict[str, Any], str, Any]] = []
        self.containers: list[tuple[Any, list[Any], str]] = []
        self.generators: list[Any] = [random, np.random.mtrand._rand, default_rng()]
        self.names: set[str] = set()
        self._seen: set[int] = set()
        functions = list(functions_called(function))
        for inner in functions:
            self.names.update(name for code in codes_in(inner.__code__) for name in code.co_names)
        for inner in functions:
            self._look_around(inner)
        owner = getattr(function, "__self__", function)
        self._look_into("self", owner, 0)
        for leaf in leaves:
            self._look_into("…", leaf, 0)

    def _look_around(self, function: types.FunctionType) -> None:
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            content = content_of(cell)
            self.cells.append((cell, content, name))
            self._look_into(name, content, 0)
        for i, default in enumerate(function.__defaults__ or ()):
            self._look_into(f"default {i}", default, 0)
        mentioned = {name for code in codes_in(function.__code__) for name in code.co_names}
        for name in sorted(mentioned & function.__globals__.keys()):
            item = function.__globals__[name]
            self.spaces.append((function.__globals__, name, item))
            self._look_into(name, item, 0)

    def _look_into(self, name: str, item: Any, depth: int) -> None:
        if depth > DEEPEST or id(item) in self._seen:
            return
        self._seen.add(id(item))
        if isinstance(item, np.random.Generator | np.random.RandomState):
            self.generators.append(item)
        elif isinstance(item, types.ModuleType):
            if item.__name__.partition(".")[0] not in LIBRARIES:
                inside = vars(item)
                self.spaces += [(inside, part, inside[part]) for part in sorted(self.names & inside.keys())]
        elif isinstance(item, list | tuple | set | frozenset | dict) or is_users_own(item):
            if not isinstance(item, tuple | frozenset):
                self.containers.append((item, self._content(item), name))
            for part in self._content(item):
                self._look_into(name, part, depth + 1)

    def _content(self, item: Any) -> list[Any]:
        """What is in a container; of an object the attributes that the function may mean."""
        if isinstance(item, list | tuple | set | frozenset | dict) and len(item) > LONGEST:
            return [len(item)]
        if isinstance(item, dict):
            return [*item.keys(), *item.values()]
        if isinstance(item, list | tuple | set | frozenset):
            return list(item)
        return [vars(item).get(name) for name in sorted(self.names & vars(item).keys())]

    def changed(self) -> str:
        """The name of something that is no longer as it was, or ""."""
        for container, content, name in self.containers:
            now = self._content(container)
            if len(now) != len(content) or not all(map(is_same, now, content)):
                return name
        return ""

    def hold(self) -> bool:
        """Whether all is still the same."""
        for cell, content, _ in self.cells:
            now = content_of(cell)
            if now is not content and not is_same(now, content):
                return False
        for space, name, content in self.spaces:
            now = space.get(name)
            if now is not content and not is_same(now, content):
                return False
        return not self.containers or not self.changed()


def is_users_own(item: Any) -> bool:
    """Is it an object of a class that a user has written, and that is based on none of ours?"""
    if isinstance(item, Recorded | type | types.FunctionType | types.MethodType) or not hasattr(item, "__dict__"):
        return False
    return not any(kind.__module__.partition(".")[0] in LIBRARIES for kind in type(item).__mro__[:-1])


def functions_called(function: Any) -> Iterator[types.FunctionType]:
    """A function, and those that it may call: by a name in its module or around it, or as a method of its object."""
    found: dict[int, types.FunctionType] = {}
    waiting = [function]
    owner = getattr(function, "__self__", None)
    while waiting:
        for inner in functions_in(waiting.pop()):
            if id(inner.__code__) in found:
                continue
            found[id(inner.__code__)] = inner
            names = {name for code in codes_in(inner.__code__) for name in code.co_names}
            parts = [inner.__globals__.get(name) for name in names]
            parts += [content_of(cell) for cell in inner.__closure__ or ()]
            parts += [getattr(type(owner), name, None) for name in names if owner is not None]
            waiting += [part for part in parts if is_users_function(part)]
    yield from found.values()


def is_users_function(item: Any) -> bool:
    """Is it a function, or a method, that no library has defined?"""
    function = getattr(item, "__func__", item)
    if not isinstance(function, types.FunctionType):
        return False
    return (function.__module__ or "").partition(".")[0] not in LIBRARIES
