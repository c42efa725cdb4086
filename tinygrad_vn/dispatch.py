"""NumPy's spellings and PyTorch's: what a call written for one of them means in our operations.

`np.sum(t, 0)`, `np.sum(a=t, axis=0)` and `t.sum(dim=0)` are one operation. An argument that has no gradient rule
(`out=`, `where=`, an exotic mode) is refused by name, never dropped.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.errors import GradientError
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.rules import Primitive

Function = Callable[..., Any]


@functools.cache
def parameters(function: Function) -> dict[str, Any] | None:
    """The names and defaults of a function's arguments; None where it takes any number, or does not say."""
    if isinstance(function, Primitive):
        return dict(zip(function.parameters, function.defaults or (inspect.Parameter.empty,) * 9, strict=False))
    try:
        found = inspect.signature(function).parameters
    except ValueError:
        return None
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in found.values()):
        return None
    return {name: p.default for name, p in found.items() if p.kind is not inspect.Parameter.VAR_KEYWORD}


def in_our_spelling(
    function: Function, ours: Function, args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A call of NumPy's `function`, with its arguments named as `ours` names them.

    Raises:
        GradientError: E05 for an argument that `ours` does not know and that is not left at its default.
    """
    theirs, known = parameters(function), parameters(ours)
    if theirs is None or known is None:
        names = inspect.signature(ours).parameters
        for name in [name for name in named if name not in names and named[name] is not None]:
            raise without_rule(function, name, named[name])
        return args, {name: value for name, value in named.items() if name in names}
    given = dict(zip(theirs, args, strict=False)) | named
    for name in [name for name in given if name not in known]:
        value = given.pop(name)
        default = theirs.get(name)
        if not (value is None or value is np._NoValue or (isinstance(value, str | bool) and value == default)):
            raise without_rule(function, name, value)
    return (), {name: value for name, value in given.items() if value is not np._NoValue}


def without_rule(function: Function, name: str, value: Any) -> GradientError:
    """E05 for an argument that our operation does not know."""
    what = phrase("{call} has no gradient rule", call=f"np.{function.__name__}(…, {name}={value!r:.40})")
    return GradientError("E05", what=what, remedy=phrase("Leave `{name}` out, or call .detach() first.", name=name))


def in_numpy_spelling(method: str, axis: Any, keepdims: bool, torch: dict[str, Any]) -> tuple[Any, bool]:
    """`dim=` and `keepdim=` as `axis=` and `keepdims=`, for methods where both libraries mean the same.

    Raises:
        TypeError: for any other keyword.
    """
    for name, value in torch.items():
        if name == "dim":
            axis = tuple(value) if isinstance(value, list) else value
        elif name == "keepdim":
            keepdims = value
        else:
            text = "{method}() takes axis= and keepdims= (or dim= and keepdim=), not {name}="
            raise TypeError(said(text, method=method, name=name))
    return axis, keepdims


def values_and_places(values: str, places: str, elementwise: str = "") -> Text:
    """What to write for PyTorch's functions that return both the elements they found and where those stand."""
    if not elementwise:
        return phrase("{values} for the values and {places} for their places", values=values, places=places)
    text = "{values} for the values and {places} for their places; of two Tensors, {elementwise}"
    return phrase(text, values=values, places=places, elementwise=elementwise)


def refuse_torch_spelling(method: str, torch: dict[str, Any], instead: Text) -> None:
    """An error for `dim=` where PyTorch would return something else than NumPy.

    Raises:
        TypeError: naming what to write instead.
    """
    for name in torch:
        if name not in ("dim", "keepdim", "correction", "unbiased"):
            raise TypeError(said("the method {method}() does not take {name}=", method=method, name=name))
        raise else_in_pytorch(f"{method}({name}=…)", instead)


def else_in_pytorch(call: str, instead: Text) -> TypeError:
    """An error that says what to write in place of a call that the two libraries understand differently."""
    text = "{call} means something else in PyTorch than in NumPy; write {instead}"
    return TypeError(said(text, call=call, instead=instead))
