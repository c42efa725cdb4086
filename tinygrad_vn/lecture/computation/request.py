"""What somebody asked to be drawn, made into a graph: Tensors, or a model with inputs, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from tinygrad_vn.lecture.computation.caller import Named, identity, names_of_variables
from tinygrad_vn.lecture.computation.gradients import recorded_backward
from tinygrad_vn.lecture.computation.graph import Graph
from tinygrad_vn.lecture.computation.matrices import with_plain_products
from tinygrad_vn.lecture.computation.recorded import graph_of, parameters_in
from tinygrad_vn.lecture.computation.scopes import Call, tried, with_scopes
from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

Names = Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | Module | None


class Request(NamedTuple):
    """What is to be drawn.

    Attributes:
        results: the Tensors that came out.
        names: names that somebody gave.
        suggested: names that are taken where there is no other.
        calls: of a model's layers, where it is one.
    """

    results: list[Tensor]
    names: Named
    suggested: Named
    calls: list[Call]


def request_of(result: Any, inputs: Any, params: Names, names: Names) -> Request:
    """The Tensors to draw, and what they are called.

    Raises:
        TypeError: it is neither Tensors nor a model with inputs, or names are given in some other form.
    """
    given = pairs("names", names)
    known = {identity(tensor) for _, tensor in given}
    calls: list[Call] = []
    suggested: Named = []
    if isinstance(result, Module):
        if inputs is None:
            text = "to draw a {kind}, give it something to compute: draw(model, inputs=x)"
            raise TypeError(said(text, kind=type(result).__name__))
        trial = tried(result, inputs)
        results, calls, suggested = trial.results, trial.calls, trial.inputs
        params = result if params is None else params
    else:
        results = _tensors(result)
        if inputs is not None:
            text = (
                "inputs= is for a model, draw(model, inputs=x); a Tensor has been computed already: leave inputs= out"
            )
            raise TypeError(said(text))
    given += [(name, tensor) for name, tensor in pairs("params", params) if identity(tensor) not in known]
    return Request(results, given, [*names_of_variables(), *suggested], calls)


def pairs(argument: str, given: Names) -> Named:
    """Names in whatever form they were given: a dictionary, pairs, a model, its `named_parameters()`.

    Raises:
        TypeError: it is none of these.
    """
    if given is None:
        return []
    if isinstance(given, Module):
        return list(given.named_parameters())
    text = (
        "{argument}= takes a dictionary or pairs of names and Tensors, or a model, not {given:.60}; write "
        '{argument}={{"w": w}}'
    )
    message = said(text, argument=argument, given=repr(given))
    try:
        found: list[Any] = list(given.items() if isinstance(given, Mapping) else given)
        if all(isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in found):
            return found
    except (TypeError, ValueError) as error:
        raise TypeError(message) from error
    raise TypeError(message)


def _tensors(result: Any) -> list[Tensor]:
    results = [result] if isinstance(result, Tensor) else list(result) if isinstance(result, list | tuple) else []
    if not results or not all(isinstance(tensor, Tensor) for tensor in results):
        text = "draw() takes a Tensor, or a list of them, or a model, not {kind}: {result:.60}"
        raise TypeError(said(text, kind=type(result).__name__, result=repr(result)))
    return results


def graph_for(request: Request, with_gradients: bool, plain: bool = False) -> Graph:
    """The graph of what came out.

    Args:
        request: what is to be drawn.
        with_gradients: look for gradients.
        plain: as one draws it: products of matrices are x Wᵀ, and ∂L/∂L is 1, whatever else has been released.
    """
    outputs = bool(request.calls)
    graph = graph_of(request.results, request.names, with_gradients, request.suggested, outputs=outputs)
    graph = _with_one_at_the_end(with_plain_products(graph)) if plain else graph
    return with_scopes(graph, request.calls) if request.calls else graph


def _with_one_at_the_end(graph: Graph) -> Graph:
    """The derivative of a number with respect to itself is known without any graph."""
    (result, *others) = graph.results
    if others or not result.has_gradient or result.gradient is not None or result.value is None:
        return graph
    if result.value.size != 1 or not graph.operations:
        return graph
    known = replace(result, gradient=np.ones_like(result.value))
    return replace(graph, variables=[known if v.id == result.id else v for v in graph.variables], results=[known])


def backward_graph(request: Request) -> Graph:
    """The graph of the gradients: the computation and, after it, the backward pass as a computation of its own.

    Raises:
        GradientError: as `backward()`.
        TypeError: there is more than one result.
    """
    if len(request.results) != 1:
        text = "backward=True draws the gradients of one number, not of {count} results; draw their sum"
        raise TypeError(said(text, count=len(request.results)))
    (result,) = request.results
    name, leaves = parameters_in(result, request.names, request.suggested)
    recording = recorded_backward(result, name, leaves, [*request.names, (name, result)])
    gradients: Sequence[Tensor] = [gradient for _, gradient in recording.gradients]
    graph = graph_of(
        [recording.result, *gradients],
        [*recording.names, *recording.gradients],
        with_gradients=False,
        suggested=request.suggested,
        gradients=gradients,
        seed=recording.seed,
    )
    graph = replace(graph, backward=frozenset(_after(graph, graph.results[0].id)))
    return with_scopes(graph, request.calls) if request.calls else graph


def _after(graph: Graph, result: str) -> set[str]:
    """Whatever was made after a result, and the leaves that only this uses."""
    place = next((i for i, operation in enumerate(graph.operations, 1) if operation.result == result), 0)
    before, later = graph.operations[:place], graph.operations[place:]
    old = {result, *(str(argument.source) for operation in before for argument in operation.sources)}
    parts = {str(argument.source) for operation in later for argument in operation.sources} - old
    return parts | {part for operation in later for part in (operation.id, operation.result)}
