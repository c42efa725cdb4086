"""Which of the user's code runs in a recorded call: `forward()` of a module, a method, a function out of a dictionary.

What a function calls cannot be told from its text, so Python says it while the call is recorded (`sys.setprofile`):
whatever is neither ours nor NumPy's nor Python's own library is the user's. The names in that code say which globals
and attributes matter, see `surroundings.py`; and what it does besides computing is seen here, with its line.
"""

from __future__ import annotations

import gc
import io
import os
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.guards import assigned_outside, codes_in, content_of, functions_in
from tinygrad_vn.tracing.tracer import Tracer

LIBRARIES = ("numpy", "tinygrad_vn", "builtins", "math", "random", "functools", "itertools", "operator", "typing")
OURS = ("numpy", "tinygrad_vn")
PYTHONS_OWN = (os.path.dirname(os.__file__) + os.sep, "<frozen")
NOT_REPEATED = (print, input, open, globals, exec, eval)
EVENTS = ("call", "c_call")
PATIENCE = 4  # calls in which an object that was not met before is waited for


class Met:
    """The user's code and objects that calls of a function have come upon so far.

    Attributes:
        function: the function itself.
        functions: it, those that it calls by a plain name, and those that ran.
        loose: code that ran and whose function is gone, with its globals.
        codes: all their code, and that of the functions defined inside them.
        is_new: whether the last call came upon something for the first time.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.functions = list(functions_called(function))
        self.loose: list[tuple[types.CodeType, dict[str, Any]]] = []
        self.codes = {code for inner in self.functions for code in codes_in(inner.__code__)}
        self.is_new = False
        self._owners: dict[int, Callable[[], Any]] = {}
        self._methods = {id(inner) for inner in self.functions}
        self._calls = 0

    def owners(self) -> list[Any]:
        """The objects whose methods ran, as far as they are still there, and optimizers."""
        return [owner for owner in (known() for known in self._owners.values()) if owner is not None]

    @contextmanager
    def listening(self, tracer: Tracer) -> Iterator[None]:
        """A stretch in which the user's code is noticed.

        The garbage collector rests meanwhile: what it calls back, wherever it happens to strike, is not the function's.
        """
        before, collects = sys.getprofile(), gc.isenabled()
        began: dict[types.CodeType, dict[str, Any]] = {}
        users: dict[types.CodeType, bool] = {}
        known = set(self._owners)

        def note(frame: types.FrameType, event: Any, arg: Any) -> None:
            if before is not None:
                before(frame, event, arg)
            if event not in EVENTS:
                return
            is_own = users.get(frame.f_code)
            if is_own is None:
                is_own = users[frame.f_code] = is_users_code(frame)
            if is_own and tracer.writes_down:
                if event == "c_call":
                    refuse_call(tracer, arg)
                else:
                    self._enter(frame, began)

        gc.disable()
        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(before)
            if collects:
                gc.enable()
            for optimizer in tracer.optimizers:
                self._own(optimizer)
            self._calls += 1
            self._take_in(began)
            fresh = [owner for key, owner in self._owners.items() if key not in known and owner() is not None]
            self.is_new = bool(began) or (bool(fresh) and self._calls < PATIENCE)

    def _enter(self, frame: types.FrameType, began: dict[types.CodeType, dict[str, Any]]) -> None:
        code = frame.f_code
        if code not in self.codes:
            began[code] = frame.f_globals
            self.codes.update(codes_in(code))
        if code.co_argcount:
            owner = frame.f_locals.get(code.co_varnames[0])
            method: Any = getattr(owner if isinstance(owner, type) else type(owner), code.co_name, None)
            if method is not None:
                self._own(owner)
            if getattr(method, "__code__", None) is code and id(method) not in self._methods:
                self._methods.add(id(method))
                self.functions.append(method)
                began[code] = frame.f_globals

    def _own(self, owner: Any) -> None:
        known = self._owners.get(id(owner))
        if isinstance(owner, Recorded | types.FunctionType) or (known is not None and known() is owner):
            return
        try:
            self._owners[id(owner)] = weakref.ref(owner)
        except TypeError:
            self._owners[id(owner)] = lambda: owner

    def _take_in(self, began: dict[types.CodeType, dict[str, Any]]) -> None:
        """Find the functions of the code that ran, for their closures and defaults."""
        have = {inner.__code__ for inner in self.functions}
        rest = [code for code in began if code not in have]
        found = gc.get_referrers(*rest) if rest else []
        found = [one for one in found if type(one) is types.FunctionType and one.__code__ in began]
        self.functions += found
        have.update(one.__code__ for one in found)
        self.loose += [(code, space) for code, space in began.items() if code not in have]

    def assigned(self) -> str:
        """An outer name that code which ran assigns to, or ""."""
        everything = [inner.__code__ for inner in self.functions] + [code for code, _ in self.loose]
        return next(filter(None, map(assigned_outside, everything)), "")


def is_users_code(frame: types.FrameType) -> bool:
    """Is what runs there neither ours nor NumPy's, nor of Python's own library?"""
    if frame.f_globals.get("__name__", "").partition(".")[0] in OURS:
        return False
    file = frame.f_code.co_filename
    return not file.startswith(PYTHONS_OWN) or "site-packages" in file


def refuse_call(tracer: Tracer, function: Any) -> None:
    """Give up where one of Python's own functions does something that a repetition would not."""
    if any(function is one for one in NOT_REPEATED) or isinstance(getattr(function, "__self__", None), io.IOBase):
        tracer.give_up(phrase("it calls {name}, which a repetition would not", name=f"{function.__name__}()"))


def is_library(name: str | None) -> bool:
    """Is this the name of a module of a library whose objects are left alone?"""
    return (name or "").partition(".")[0] in LIBRARIES


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
    return isinstance(function, types.FunctionType) and not is_library(function.__module__)
