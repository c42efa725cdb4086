"""Names from the caller's variables: where `z = w * x + b` stands above `draw(z)`, the boxes are called w, x, b and z.

A name is taken where it is certain only: a Tensor that exactly one variable of the calling function holds, or a
parameter of the only model among these variables. What is called by two names, by `_` or in a list stays without one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from tinygrad_vn.diagnosis import LIBRARY, user_frame
from tinygrad_vn.nn.module import Module
from tinygrad_vn.tensor import Tensor

MOST: Final = 100_000  # variables: nobody has more, and looking through them takes no time that could be felt

Named = list[tuple[str, Tensor]]


def names_of_variables(taken: Collection[str] = ()) -> Named:
    """The names that the caller's variables give to Tensors, in the order of the variables.

    Args:
        taken: names that something else has already.
    """
    frame = user_frame()
    try:
        if frame.f_globals.get("__name__", "").partition(".")[0] in LIBRARY:
            return []
        variables = dict(frame.f_locals)
    finally:
        del frame  # a frame holds everything that its function does
    return _certain(variables, set(taken)) if len(variables) <= MOST else []


def _certain(variables: dict[str, Any], taken: set[str]) -> Named:
    """What is certain among these variables."""
    public = [(name, value) for name, value in variables.items() if name.isidentifier() and not name.startswith("_")]
    tensors = [(name, value) for name, value in public if issubclass(type(value), Tensor)]
    modules = {id(value): value for _, value in public if issubclass(type(value), Module)}
    named = tensors + (_parameters(next(iter(modules.values()))) if len(modules) == 1 else [])
    looped = _looped([value for _, value in public], {id(tensor) for _, tensor in tensors})
    named = [(name, tensor) for name, tensor in named if id(tensor) not in looped]
    counts: dict[int, int] = {}
    for _, tensor in named:
        counts[identity(tensor)] = counts.get(identity(tensor), 0) + 1
    return [(name, tensor) for name, tensor in named if counts[identity(tensor)] == 1 and name not in taken]


def _looped(values: list[Any], named: set[int]) -> set[int]:
    """Tensors in a list of which others have no name: a variable that holds one is what a loop has left behind."""
    looped: set[int] = set()
    for value in values:
        if type(value) not in (list, tuple) or len(value) > MOST:
            continue
        inside = {id(one) for one in value if issubclass(type(one), Tensor)}
        if not inside <= named:
            looped |= inside
    return looped


def _parameters(model: Module) -> Named:
    try:
        return list(model.named_parameters())
    except Exception:  # a model that is half made has no names to give, and that is not what the caller asked about
        return []


def identity(tensor: Tensor) -> int:
    """What two Tensors share that stand in the same place of the graph."""
    return id(tensor if tensor._node is None else tensor._node)
