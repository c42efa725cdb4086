"""Modes: `no_grad()` and `enable_grad()`, and what every mode has in common.

A mode is entered and left, as a `with` block or around every call of a decorated function. Which ones hold is kept in
a context variable, so every thread and every async task has its own. A decorated generator has the mode only
while its own code is running, not while its consumer is.

Two things are settled in this way: whether operations are recorded, and who watches them (`anomaly.py`; else nobody).
An operation reads both at once, so that watching costs nothing where nobody does.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class Watch(Protocol):
    """To whom everything that is about to be computed is handed over (the functions are those of `recording.py`)."""

    def operation(self, primitive: Any, args: tuple[Any, ...]) -> Any:
        """What `apply` would do."""

    def constant(self, call: str, function: Callable[..., Any], args: Any, named: Any) -> Any:
        """What `call_bare` would do."""

    def backward(self, root: Any) -> None:
        """Told before a backward pass from this node begins."""


State = tuple[bool, Watch | None, tuple["Mode", ...]]

# Whether to record, who watches, and the modes that were entered and not yet left, newest first.
_state: ContextVar[State] = ContextVar("modes", default=(True, None, ()))

current = _state.get


def is_grad_enabled() -> bool:
    """Whether operations are being recorded here and now."""
    return _state.get()[0]


@contextlib.contextmanager
def watched_by(watch: Watch | None) -> Iterator[None]:
    """A stretch of our own code with another watch, or none; the modes stay as they are."""
    recording, _, entered = _state.get()
    token = _state.set((recording, watch, entered))
    try:
        yield
    finally:
        _state.reset(token)


class Mode:
    """A stretch of program in which something holds; context manager and decorator.

    Attributes:
        recording: whether operations are recorded; None to leave that as it is.
        watch: who watches them; None to leave that as it is.
    """

    recording: bool | None = None
    watch: Watch | None = None

    def __new__(cls, function: Any = None) -> Any:
        """The mode itself; or, written above a function without parentheses, that function decorated."""
        mode = object.__new__(cls)
        if function is None:
            return mode
        if not callable(function):
            raise TypeError(f"{cls.__name__}() takes no settings: write `with tg.{cls.__name__}():`")
        return mode(function)

    def __enter__(self) -> None:
        _hold((self, *_state.get()[2]))

    def __exit__(self, *exception: object) -> None:
        entered = list(_state.get()[2])
        if self in entered:  # not where a generator was begun in one thread or task and is closed in another
            entered.remove(self)
        _hold(tuple(entered))

    def __call__(self, function: Function) -> Function:
        """Decorate a function, a generator function, a coroutine function or an async generator function."""
        decorate: Callable[..., Any] = _function
        if inspect.isasyncgenfunction(function):
            decorate = _async_generator
        elif inspect.iscoroutinefunction(function):
            decorate = _coroutine
        elif inspect.isgeneratorfunction(function):
            decorate = _generator
        return functools.wraps(function)(decorate(type(self), function))  # type: ignore[return-value]


def _hold(entered: tuple[Mode, ...]) -> None:
    """From now on these modes hold; of two that say something about the same matter, the newer."""
    recording = next((mode.recording for mode in entered if mode.recording is not None), True)
    watch = next((mode.watch for mode in entered if mode.watch is not None), None)
    _state.set((recording, watch, entered))


class no_grad(Mode):  # noqa: N801 - PyTorch's name
    """Nothing inside is recorded: for evaluating a model, and for changing parameters by hand.

    `with tg.no_grad(): …`, or `@tg.no_grad()` above any kind of function. Modes nest, may be left in any order, and
    are seen by their own thread and async task only.
    """

    recording = False


class enable_grad(Mode):  # noqa: N801 - PyTorch's name
    """Everything inside is recorded, also within `no_grad()`."""

    recording = True


def _function(mode: type[Mode], function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with mode():
            return function(*args, **kwargs)

    return call


def _generator(mode: type[Mode], function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        running = function(*args, **kwargs)
        resume, message = running.send, None
        while True:
            try:
                with mode():
                    item = resume(message)
            except StopIteration as stop:
                return stop.value
            try:
                resume, message = running.send, (yield item)
            except GeneratorExit:
                with mode():
                    running.close()
                raise
            except BaseException as error:
                resume, message = running.throw, error

    return call


def _coroutine(mode: type[Mode], function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with mode():
            return await function(*args, **kwargs)

    return call


def _async_generator(mode: type[Mode], function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        running = function(*args, **kwargs)
        resume, message = running.asend, None
        while True:
            try:
                with mode():
                    item = await resume(message)
            except StopAsyncIteration:
                return
            try:
                resume, message = running.asend, (yield item)
            except GeneratorExit:
                with mode():
                    await running.aclose()
                raise
            except BaseException as error:
                resume, message = running.athrow, error

    return call
