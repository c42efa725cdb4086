"""Hooks: functions that are called before or after every `forward` of a module."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Self

from tinygrad_vn.phrases import said

Hook = Callable[..., Any]

_numbers = itertools.count()  # never used again: an old hook must not take away a new one


class Hooked:
    """A hook that was registered; `remove()` takes it away again."""

    def __init__(self, hooks: dict[int, Hook], number: int) -> None:
        self._hooks, self._number = hooks, number

    def remove(self) -> None:
        """Take the hook away; a second time does nothing."""
        self._hooks.pop(self._number, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def registered(hooks: dict[int, Hook], hook: Hook) -> Hooked:
    """Add a hook to others.

    Raises:
        TypeError: it is no function.
    """
    if not callable(hook):
        raise TypeError(said("a hook is a function, not {item:.60}", item=repr(hook)))
    number = next(_numbers)
    hooks[number] = hook
    return Hooked(hooks, number)
