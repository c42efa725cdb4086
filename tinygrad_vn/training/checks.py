"""Mistakes that can be seen before the first step, each with its remedy."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.nn.module import Module
from tinygrad_vn.optim import LBFGS, Optimizer
from tinygrad_vn.optim.stopping import StoppingRule
from tinygrad_vn.phrases import said
from tinygrad_vn.training.callbacks import Callback

Fit = TypeVar("Fit", bound=Callable[..., Any])


def explains_calls(fit: Fit) -> Fit:
    """Let `fit` say what to write where it is called as other libraries' `fit` is; otherwise it is as it was."""

    @functools.wraps(fit)
    def explained(*given: Any, **settings: Any) -> Any:
        if len(given) > 4:
            raise TypeError(said("give the data as one pair: fit(model, loss, optimizer, (X, y), epochs=…)"))
        if "batch_size" in settings:
            size = settings["batch_size"]
            raise TypeError(
                said(
                    "fit has no batch_size; for batches, write DataLoader((X, y), batch_size={size}) in place of "
                    "(X, y)",
                    size=size,
                )
            )
        return fit(*given, **settings)

    return cast(Fit, explained)


def check_given(model: Any, loss: Any, optimizer: Any, schedule: Any, stop: Any, epochs: Any, progress: Any) -> None:
    """What `fit` was given, apart from the data.

    Raises:
        TypeError: something is of the wrong kind.
        ValueError: the model has nothing to learn, or the optimizer or the schedule belongs to something else.
    """
    _refuse_classes(model=model, loss=loss, optimizer=optimizer, schedule=schedule, stop=stop)
    if not isinstance(model, Module):
        raise TypeError(said("the model is of type {kind}; fit trains an nn.Module", kind=type(model).__name__))
    if not callable(loss):
        raise TypeError(said("the loss is {loss!r}; give a function or a module, such as nn.MSELoss()", loss=loss))
    if not isinstance(optimizer, Optimizer):
        kind = type(optimizer).__name__
        raise TypeError(said("the optimizer is of type {kind}; write optim.SGD(model.parameters(), lr=0.1)", kind=kind))
    if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 1:
        raise ValueError(said("epochs={epochs!r} makes no sense; it must be a whole number from 1", epochs=epochs))
    if progress not in ("auto", "bar", "lines", True, False, None):
        raise ValueError(
            said("progress={progress!r} is unknown; write 'auto', 'bar', 'lines' or False", progress=progress)
        )
    if schedule is not None and getattr(schedule, "optimizer", None) is not optimizer:
        raise ValueError(said("the schedule does not belong to this optimizer: make it from the one that fit is given"))
    if stop is not None and not isinstance(stop, StoppingRule):
        raise TypeError(
            said("stop={stop!r} is no stopping rule; give one of optim.stopping, such as EarlyStopping(10)", stop=stop)
        )
    _check_parameters(model, optimizer)


def check_callbacks(callbacks: Sequence[Callback], optimizer: Optimizer) -> None:
    """TypeError where a callback changes or adds up gradients that the optimizer does not use.

    LBFGS computes its own: it follows the loss from point to point within a step, and a gradient that is not this
    loss's would mislead it.
    """
    for callback in callbacks:
        kind = type(callback)
        if isinstance(optimizer, LBFGS) and (
            kind.before_step is not Callback.before_step or kind.holds_back is not Callback.holds_back
        ):
            raise TypeError(
                said(
                    "{callback} wants to handle the gradient before a step, but LBFGS computes several within its "
                    'step: leave it out, with LBFGS(…, line_search_fn="strong_wolfe") against steps that are too long',
                    callback=kind.__name__,
                )
            )


def _refuse_classes(**given: Any) -> None:
    """TypeError where a class was given in place of an object of it: the call that makes one."""
    for what, value in given.items():
        if isinstance(value, type):
            raise TypeError(
                said(
                    "{what} is the class {name} itself; make an object of it: {call}",
                    what=what,
                    name=value.__name__,
                    call=_call(value),
                )
            )


def _call(made: type) -> str:
    """How an object of a class is made: with what it asks for, and of an optimizer with a learning rate."""
    usual = {"params": "model.parameters()", "optimizer": "optimizer"}
    try:
        parameters: Mapping[str, inspect.Parameter] = inspect.signature(made).parameters
    except ValueError:  # a class of Python's own, such as int
        return f"{made.__name__}(…)"
    arguments = [
        usual.get(name, f"{name}=…")
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    if issubclass(made, Optimizer) and "lr=…" not in arguments:
        arguments.append("lr=…")
    return f"{made.__name__}({', '.join(arguments)})"


def _check_parameters(model: Module, optimizer: Optimizer) -> None:
    """Whether the optimizer changes what the model learns: ValueError where none, a warning where not all."""
    owned = {id(p) for group in optimizer.param_groups for p in group["params"]}
    learning = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if not learning:
        raise ValueError(said("{model} has no parameter to learn: none requires grad", model=type(model).__name__))
    left_out = [name for name, p in learning.items() if id(p) not in owned]
    if len(left_out) == len(learning):
        raise ValueError(
            said(
                "the optimizer has none of the model's parameters: make it from this model, "
                "{optimizer}(model.parameters(), …), and after the model",
                optimizer=type(optimizer).__name__,
            )
        )
    if left_out:
        told = said(
            "the optimizer does not have {some} of the model's {all} parameters, which will not change: {names}. If "
            "that is meant, freeze them with requires_grad_(False).",
            some=len(left_out),
            all=len(learning),
            names=", ".join(left_out[:3]) + (", …" if len(left_out) > 3 else ""),
        )
        warn_user(UserWarning(told))
