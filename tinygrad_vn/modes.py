"""Recording or not: `no_grad()` and `enable_grad()`.

A mode is entered and left, as a `with` block or around every call of a decorated function. Which one holds is kept in
a context variable, so every thread and every async task has its own. A decorated generator has the mode only
while its own code is running, not while its consumer is.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

# Whether to record, and the modes that were entered and not yet left, newest first.
_recording: ContextVar[tuple[bool, tuple[Mode, ...]]] = ContextVar("recording", default=(True, ()))


def is_grad_enabled() -> bool:
    """Whether operations are being recorded here and now."""
    return _recording.get()[0]


class Mode:
    """A stretch of program that is recorded, or is not; context manager and decorator."""

    recording = True

    def __new__(cls, function: Any = None) -> Any:
        """The mode itself; or, written above a function without parentheses, that function decorated."""
        mode = object.__new__(cls)
        return mode if function is None else mode(function)

    def __enter__(self) -> None:
        _recording.set((self.recording, (self, *_recording.get()[1])))

    def __exit__(self, *exception: object) -> None:
        entered = list(_recording.get()[1])
        if self in entered:  # not where a generator was begun in one thread or task and is closed in another
            entered.remove(self)
        _recording.set((entered[0].recording if entered else True, tuple(entered)))

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


class no_grad(Mode):  # noqa: N801 - PyTorch's name
    """Nothing inside is recorded: for evaluating a model, and for changing parameters by hand.

    `with tg.no_grad(): …`, or `@tg.no_grad()` above any kind of function. Modes nest, may be left in any order, and
    are seen by their own thread and async task only.
    """

    recording = False


class enable_grad(Mode):  # noqa: N801 - PyTorch's name
    """Everything inside is recorded, also within `no_grad()`."""


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
