"""Mistakes that can be seen before the first step, each with its remedy."""

from __future__ import annotations

from typing import Any

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.nn.module import Module
from tinygrad_vn.optim import LBFGS, Optimizer
from tinygrad_vn.optim.stopping import StoppingRule


def check_given(model: Any, loss: Any, optimizer: Any, schedule: Any, stop: Any, epochs: Any, progress: Any) -> None:
    """What `fit` was given, apart from the data.

    Raises:
        TypeError: something is of the wrong kind.
        ValueError: the model is in eval mode or has nothing to learn, or the optimizer or the schedule belongs to
            something else.
    """
    if not isinstance(model, Module):
        raise TypeError(f"the model is of type {type(model).__name__}; fit trains an nn.Module")
    if isinstance(loss, type) or not callable(loss):
        raise TypeError(f"the loss is {loss!r}; give a function or a module, such as nn.MSELoss() (with parentheses)")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"the optimizer is of type {type(optimizer).__name__}; write optim.SGD(model.parameters(), lr=0.1)"
        )
    if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 1:
        raise ValueError(f"epochs={epochs!r} makes no sense; it must be a whole number from 1")
    if progress not in ("auto", "bar", "lines", True, False, None):
        raise ValueError(f"progress={progress!r} is unknown; write 'auto', 'bar', 'lines' or False")
    if not model.training:
        raise ValueError("the model is in eval mode, in which dropout and batch norm do not train; call model.train()")
    if schedule is not None and getattr(schedule, "optimizer", None) is not optimizer:
        raise ValueError("the schedule does not belong to this optimizer: make it from the one that fit is given")
    if isinstance(optimizer, LBFGS):
        raise TypeError(
            "LBFGS computes the loss several times per step: write the loop yourself, optimizer.step(closure)"
        )
    if stop is not None and not isinstance(stop, StoppingRule):
        raise TypeError(f"stop={stop!r} is no stopping rule; give one of optim.stopping, such as EarlyStopping(10)")
    _check_parameters(model, optimizer)


def _check_parameters(model: Module, optimizer: Optimizer) -> None:
    """Whether the optimizer changes what the model learns: ValueError where none, a warning where not all."""
    owned = {id(p) for group in optimizer.param_groups for p in group["params"]}
    learning = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if not learning:
        raise ValueError(f"{type(model).__name__} has no parameter to learn: none requires grad")
    left_out = [name for name, p in learning.items() if id(p) not in owned]
    if len(left_out) == len(learning):
        raise ValueError(
            "the optimizer has none of the model's parameters: make it from this model, "
            f"{type(optimizer).__name__}(model.parameters(), …), and after the model"
        )
    if left_out:
        some = ", ".join(left_out[:3]) + (", …" if len(left_out) > 3 else "")
        warn_user(
            UserWarning(
                f"the optimizer does not have {len(left_out)} of the model's {len(learning)} parameters, which will "
                f"not change: {some}. If that is meant, freeze them with requires_grad_(False)."
            )
        )
