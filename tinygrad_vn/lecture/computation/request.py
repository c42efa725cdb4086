"""What somebody asked to be drawn, made into a graph: Tensors, or a model with inputs, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tinygrad_vn.lecture.computation.caller import Named, identity, names_of_variables
from tinygrad_vn.lecture.computation.gradients import recorded_backward
from tinygrad_vn.lecture.computation.graph import Graph
from tinygrad_vn.lecture.computation.recorded import graph_of, parameters_in
from tinygrad_vn.lecture.computation.scopes import Call, tried, with_scopes
from tinygrad_vn.nn.module import Module
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
            raise TypeError(f"to draw a {type(result).__name__}, give it something to compute: draw(model, inputs=x)")
        trial = tried(result, inputs)
        results, calls, suggested = trial.results, trial.calls, trial.inputs
        params = result if params is None else params
    else:
        results = _tensors(result)
        if inputs is not None:
            raise TypeError("inputs= is for a model: draw(model, inputs=x); a Tensor has been computed already")
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
    message = f"{argument}= takes a dictionary or pairs of names and Tensors, or a model, not {given!r:.60}"
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
        raise TypeError(
            f"draw() takes a Tensor, or a list of them, or a model, not {type(result).__name__}: {result!r:.60}"
        )
    return results


def graph_for(request: Request, with_gradients: bool) -> Graph:
    """The graph of what came out."""
    graph = graph_of(request.results, request.names, with_gradients, request.suggested)
    return with_scopes(graph, request.calls) if request.calls else graph


def backward_graph(request: Request) -> Graph:
    """The graph of the gradients: the computation and, after it, the backward pass as a computation of its own.

    Raises:
        GradientError: as `backward()`.
        TypeError: there is more than one result.
    """
    if len(request.results) != 1:
        raise TypeError(f"backward=True draws the gradients of one number, not of {len(request.results)} results")
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
    )
    return with_scopes(graph, request.calls) if request.calls else graph
