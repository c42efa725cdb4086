"""Which layer of a model carried out which operation: the model computes once, and every layer is watched.

Hooks note, for every call of a layer, between which two operations it took place. Afterwards the model is as it was:
running statistics, the source of chance, attributes and `.grad`.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from tinygrad_vn.chance import get_rng_state, set_rng_state
from tinygrad_vn.graph import _count
from tinygrad_vn.lecture.arguments import described
from tinygrad_vn.lecture.computation.graph import Graph, Scope
from tinygrad_vn.modes import enable_grad
from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

_SIZE = re.compile(r"(\w+=)?\d+")


class Call(NamedTuple):
    """One call of a layer: its path, its class and settings, and the creation numbers between which it took place."""

    path: str
    kind: str
    start: int
    stop: int


class Trial(NamedTuple):
    """What a model made of its inputs.

    Attributes:
        results: the Tensors that came out.
        inputs: the Tensors that went in, with the names that `forward` gives them.
        calls: of its layers, in the order in which they began.
    """

    results: list[Tensor]
    inputs: list[tuple[str, Tensor]]
    calls: list[Call]


def tried(model: Module, inputs: Any) -> Trial:
    """Let a model compute, in the mode in which it is, and watch its layers; then all is as it was before.

    Args:
        model: any module.
        inputs: what `forward` takes: a Tensor or array, or a tuple or list of them.

    Raises:
        TypeError: no Tensor comes out.
    """
    given = list(inputs) if isinstance(inputs, tuple | list) else [inputs]
    arguments = [Tensor(one) if isinstance(one, np.ndarray) else one for one in given]
    calls: list[Call | None] = []
    begun: list[tuple[int, int]] = []
    paths = {id(module): path for path, module in model.named_modules()}

    def before(module: Module, args: Any) -> None:
        begun.append((len(calls), _count()))
        calls.append(None)

    def after(module: Module, args: Any, result: Any) -> None:
        place, start = begun.pop()
        calls[place] = Call(paths[id(module)], in_short(module), start, _count())

    with _as_before(model), enable_grad(), contextlib.ExitStack() as hooks:
        for module in model.modules():
            hooks.enter_context(module.register_forward_pre_hook(before))
            hooks.enter_context(module.register_forward_hook(after))
        out = model(*arguments)
    results = list(_tensors(out))
    if not results:
        text = "forward() of {model} returned {kind}, but only Tensors can be drawn; does it return its result?"
        raise TypeError(said(text, model=type(model).__name__, kind=described(out)))
    return Trial(results, list(_named(model, arguments)), [call for call in calls if call is not None])


def in_short(module: Module) -> str:
    """A layer in as few words as will do: Linear(2, 3), Dropout(p=0.5)."""
    parts = [part for part in module.extra_repr().split(", ") if part and not part.endswith("=True")]
    sizes = [part.rpartition("=")[2] for part in itertools.takewhile(lambda part: _SIZE.fullmatch(part), parts)]
    return f"{type(module).__name__}({', '.join([*sizes, *parts[len(sizes) :]])})"


@contextlib.contextmanager
def _as_before(model: Module) -> Iterator[None]:
    """Afterwards the model and the sources of chance are as they were."""
    kept = [(module, dict(vars(module))) for module in model.modules()]
    values = [(buffer, buffer.numpy().copy()) for buffer in model.buffers()]
    sources = [v for _, held in kept for v in held.values() if isinstance(v, np.random.Generator)]
    chances = [(source, source.bit_generator.state) for source in sources]
    ours, numpys = get_rng_state(), np.random.get_state()  # noqa: NPY002 - a layer may draw from NumPy's old source
    try:
        yield
    finally:
        for module, held in kept:
            vars(module).clear()
            vars(module).update(held)
        for buffer, value in values:
            buffer._own()[...] = value
        for source, state in chances:
            source.bit_generator.state = state
        set_rng_state(ours)
        np.random.set_state(numpys)  # noqa: NPY002


def _tensors(out: Any) -> Iterator[Tensor]:
    """The Tensors in what a model returned."""
    inside = [out]
    for one in inside:  # the list grows while it is walked
        if isinstance(one, Tensor):
            yield one
        elif isinstance(one, tuple | list | dict):
            inside.extend(one.values() if isinstance(one, dict) else one)


def _named(model: Module, arguments: Sequence[Any]) -> Iterator[tuple[str, Tensor]]:
    """The arguments of `forward`, as it calls them."""
    try:
        parameters = list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):
        return
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    for parameter, argument in zip(parameters, arguments, strict=False):
        if parameter.kind in kinds and isinstance(argument, Tensor):
            yield parameter.name, argument


def with_scopes(graph: Graph, calls: Sequence[Call]) -> Graph:
    """The graph with its layers: those that carried out something that is drawn, without the model itself."""
    orders = [operation.order for operation in graph.operations]
    scopes: list[Scope] = []
    around: list[tuple[int, Scope]] = []
    for call in calls:
        start, stop = bisect_left(orders, call.start), bisect_left(orders, call.stop)
        is_model = not call.path and len(calls) > 1
        if start == stop or is_model:
            continue
        while around and around[-1][0] < call.start:
            around.pop()
        parent = around[-1][1].id if around else None
        scope = Scope(f"s{len(scopes) + 1}", call.path, call.kind, start, stop, parent)
        scopes.append(scope)
        around.append((call.stop, scope))
    return replace(graph, scopes=scopes)
