"""Modes: `no_grad()` and `enable_grad()`, and what every mode has in common.

A mode is entered and left, as a `with` block or around every call of a decorated function. Which ones hold is kept in
a context variable, so every thread and every async task has its own. A decorated generator has the mode only
while its own code is running, not while its consumer is.

Two things are settled in this way: whether operations are recorded, and who watches them (`anomaly.py`, `jit/`; else
nobody). An operation reads both at once, so that watching costs nothing where nobody does.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])


class Watch:
    """To whom everything that is about to be done with Tensors is handed over, and who then does it.

    The first three are what every watch must answer; the others are for one who has to repeat what he saw.
    """

    def operation(self, primitive: Any, args: tuple[Any, ...]) -> Any:
        """What `recording.apply` would do."""
        raise NotImplementedError

    def constant(self, call: str, function: Callable[..., Any], args: Any, named: Any) -> Any:
        """What `recording.call_bare` would do."""
        raise NotImplementedError

    def backward(self, root: Any) -> None:
        """Told before a backward pass from this node begins."""

    def rule(self, primitive: Any, i: int, args: tuple[Any, ...]) -> Any:
        """The gradient of argument number i of an operation, by its rule."""
        return primitive.rules[i](*args)

    def seed(self, gradient: Any) -> Any:
        """The 1 that a backward pass starts from."""
        return gradient

    def whole(self, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """A function of arrays that looks at their values, see `looks_at_values`."""
        return function(*args, **named)

    def effect(self, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Something that changes the world, see `is_effect`."""
        return function(*args, **named)

    def values(self, tensor: Any) -> Any:
        """The array of a Tensor, for somebody who goes on computing with it."""
        return tensor._data

    def array(self, data: Any, dtype: Any) -> Any:
        """A new array with these values."""
        return np.array(data, dtype)

    def changes(self, what: str) -> None:
        """Told before something is done that a repetition would leave out."""

    def draw(self, rng: Any, method: str, args: tuple[Any, ...], everybodys: bool) -> Any:
        """Random numbers: what a method of a generator gives; `everybodys` says that it is the process's."""
        return getattr(rng, method)(*args)

    def committed(self, gradients: dict[Any, Any], passed: list[Any]) -> bool:
        """What `passes.commit` would do; False to leave it to it."""
        return False

    def graded(self, node: Any, gradient: Any) -> None:
        """Told when the gradient of a leaf has been set from outside; None where it was forgotten."""

    def gradient(self, node: Any) -> Any:
        """The gradient of a Tensor with this node, as a Tensor or None."""
        return node.grad

    def no_gradient(self, tensor: Any) -> None:
        """Told when a Tensor without a node is asked for its gradient, which is None."""

    def assign(self, tensor: Any, index: Any, value: Any) -> bool:
        """`tensor[index] = value`; False to leave it to the Tensor. An index of None stands for all of it."""
        return False

    def update(self, tensor: Any, forward: Callable[..., Any], value: Any) -> bool:
        """`tensor += value` and the like, in place; False to leave it to the Tensor."""
        return False

    def module(self, module: Any, has_hooks: bool) -> None:
        """Told when a module, which may behave differently in training, is called."""

    def required(self, leaf: Any, wanted: bool) -> None:
        """Told when a leaf is asked for gradients, or no longer."""

    def tied(self, why: Any) -> None:
        """Told, with a text, where the shape of what follows depends on values."""

    def replaced(self, by: str) -> None:
        """Told when another watch is entered inside."""


State = tuple[bool, Watch | None, tuple["Mode", ...]]

# Whether to record, who watches, and the modes that were entered and not yet left, newest first.
_state: ContextVar[State] = ContextVar("modes", default=(True, None, ()))

current = _state.get


def is_grad_enabled() -> bool:
    """Whether operations are being recorded here and now."""
    return _state.get()[0]


def looks_at_values(function: Function) -> Function:
    """Decorate a function of arrays whose course depends on their values: a check, or a search.

    Who repeats what was computed calls it again as a whole, with the arrays that there are then.
    """

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        watch = _state.get()[1]
        return function(*args, **named) if watch is None else watch.whole(function, args, named)

    return call  # type: ignore[return-value]


def is_effect(function: Function) -> Function:
    """Decorate a function that changes the world, an optimizer's step for example: it is repeated as it is."""

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        watch = _state.get()[1]
        return function(*args, **named) if watch is None else watch.effect(function, args, named)

    return call  # type: ignore[return-value]


settings_changed = 0  # how often a module has got other attributes, or a leaf another requires_grad or kind of array


def change_settings() -> None:
    """Count such a change, so that who relies on those settings looks at them again."""
    global settings_changed
    settings_changed += 1


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
        watch = _state.get()[1]
        if watch is not None and self.watch is not None:
            watch.replaced(f"{type(self).__name__}()")
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
