"""Gradients as values, and what follows from them: Jacobians, Hessians, and products with either.

Everything here stands on one function, `grad`, which goes backward through a graph without touching anybody's
`.grad`. With `create_graph=True` the pass is recorded too, and a gradient can be differentiated like any result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_vn.backprop import backpropagate
from tinygrad_vn.creation import zeros_like
from tinygrad_vn.errors import GradientError
from tinygrad_vn.graph import Node, leaves
from tinygrad_vn.modes import enable_grad, is_grad_enabled
from tinygrad_vn.passes import commit, not_connected, starting_gradient, take_out
from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import linked
from tinygrad_vn.tensor import Tensor

Function = Callable[..., Any]


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """Gradients of the outputs (of their sum) with respect to the inputs; no `.grad` is changed.

    Args:
        outputs: one or several results.
        inputs: one or several Tensors, leaves or results, that the outputs depend on.
        grad_outputs: the gradient to start from for each output, of its shape; 1 for single numbers.
        create_graph: record the pass, so that the gradients can be differentiated again.
        retain_graph: keep the values saved in the graph for another pass; by default as `create_graph`.
        allow_unused: give None for an input that the outputs do not depend on, instead of an error.

    Returns:
        One gradient per input, of its shape and dtype.

    Raises:
        GradientError: E02, E09, E10 as in `backward()`; E10 also where an input is not reached.
    """
    if isinstance(outputs, Tensor):
        listed = isinstance(grad_outputs, tuple | list) and len(grad_outputs) == 1
        listed = listed and np.shape(grad_outputs[0]) == outputs.shape
        outputs, grad_outputs = [outputs], grad_outputs if listed else [grad_outputs]
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    starts = [None] * len(outputs) if grad_outputs is None else grad_outputs
    if len(starts) != len(outputs):
        raise ValueError(f"grad_outputs has {len(starts)} gradients to start from, for {len(outputs)} outputs")
    seeds: dict[Node, Any] = {}
    for output, start in zip(outputs, starts, strict=True):
        if output._node is None or not output.requires_grad:
            raise not_connected(output, phrase("An output of grad()"))
        seed = starting_gradient(output, start, create_graph)
        seeds[output._node] = seeds[output._node] + seed if output._node in seeds else seed
    wanted = dict.fromkeys(x._node for x in inputs if x._node is not None and x.requires_grad)
    with enable_grad() if create_graph else contextlib.nullcontext():
        found, passed = backpropagate(seeds, wanted=wanted, link=linked if create_graph else None)
        gradients = {node: take_out(found, node) for node in wanted if node in found}
        results = [gradients.get(x._node) if x._node is not None else None for x in inputs]
        if len(wanted) < len(inputs):  # whoever is named twice gets two gradients, not one in two places
            results = [gradient if gradient is None else gradient.clone() for gradient in results]
    for i, (x, gradient) in enumerate(zip(inputs, results, strict=True)):
        if gradient is None and not allow_unused:
            raise unused(x, i)
    kept = create_graph if retain_graph is None else retain_graph
    commit({}, [] if kept else passed)
    return tuple(results)


def unused(x: Tensor, position: int) -> GradientError:
    """E10 for an input that the outputs do not depend on."""
    what = phrase("Input {position} of grad()", position=position)
    if x.name:
        what = phrase("Input {position} of grad() ({name!r})", position=position, name=x.name)
    if not x.requires_grad:
        cause, remedy = phrase(": it has requires_grad=False"), phrase("Set it before computing.")
    else:
        cause = phrase(", as the outputs do not depend on it")
        remedy = phrase("Leave it out, or pass allow_unused=True to get None for it.")
    return GradientError("E10", what=what, cause=cause, remedy=remedy)


def _tracked(x: Any) -> Tensor:
    """`x` in a Tensor of its own: connected to `x` where a derivative is wanted outside too, else a new leaf."""
    if isinstance(x, Tensor) and x.requires_grad:
        with enable_grad():
            return x.clone()  # f may use x itself as well, and there it is another variable
    x = Tensor(x)
    return x.astype(float).requires_grad_() if x.dtype.kind in "iu" else x.requires_grad_()


def _call(f: Function, x: Any) -> tuple[Tensor, Tensor, bool]:
    """The point as a tracked Tensor, f there, and whether the derivative must itself be differentiable.

    It must where f also depends on something else that requires a gradient: a parameter, or a point further out.
    """
    point = _tracked(x)
    with enable_grad():
        value = f(point)
    if not isinstance(value, Tensor):
        raise TypeError(f"the function to differentiate must return a Tensor, not {type(value).__name__}")
    others = () if value._node is None else leaves(value._node) - {point._node}
    return point, value, is_grad_enabled() and len(others) > 0


def _is_tracked(v: Any) -> bool:
    """Whether somebody may want the derivative with respect to the vector of a product."""
    return isinstance(v, Tensor) and v.requires_grad and is_grad_enabled()


def _gradient_at(value: Tensor, point: Tensor, start: Any = None, *, create: bool, retain: bool = True) -> Tensor:
    """The gradient of `value` at `point`, zeros where it does not depend on it."""
    if not value.requires_grad:
        return zeros_like(point)
    (gradient,) = grad(value, point, start, create_graph=create, retain_graph=retain, allow_unused=True)
    return zeros_like(point) if gradient is None else gradient


def _one_number(value: Tensor) -> Tensor:
    if value.size != 1:
        raise GradientError("E02", shape=value.shape, detail="")
    return value


def vjp(f: Function, x: Any, v: Any) -> Tensor:
    """A vector times the Jacobian of f: one backward pass.

    Args:
        f: maps a Tensor of x's shape to a Tensor.
        x: the point, shape (...), floating.
        v: the vector, of the shape of f(x).

    Returns:
        vᵀ J(x), x's shape.

    Raises:
        GradientError: E02 where v has another shape than f(x).
    """
    point, value, nested = _call(f, x)
    return _gradient_at(value, point, v, create=nested or _is_tracked(v))


def jvp(f: Function, x: Any, v: Any) -> Tensor:
    """The Jacobian of f times a vector: the derivative of f at x in the direction v.

    Args:
        f: maps a Tensor of x's shape to a Tensor.
        x: the point, shape (...), floating.
        v: the direction, x's shape.

    Returns:
        J(x) v, of the shape of f(x).

    Raises:
        GradientError: E02 where v has another shape than x.

    uᵀJ is linear in u, and its derivative with respect to u is J: two backward passes make a forward one.
    Source: Townsend, "A new trick for calculating Jacobian vector products", 2017.
    """
    point, value, nested = _call(f, x)
    if np.shape(v) != point.shape:
        raise GradientError("E02", shape=point.shape, detail=phrase(" (not {shape})", shape=np.shape(v)))
    if not value.requires_grad:
        return zeros_like(value)
    u = zeros_like(value, requires_grad=True)
    pulled_back = _gradient_at(value, point, u, create=True)
    if not pulled_back.requires_grad:
        return zeros_like(value)
    return _gradient_at(pulled_back, u, v, create=nested or _is_tracked(v))


def jacobian(f: Function, x: Any) -> Tensor:
    """All first derivatives, one backward pass per element of f(x).

    Args:
        f: maps a Tensor of x's shape to a Tensor.
        x: the point, shape (...), floating.

    Returns:
        The Tensor J[i…, j…] = ∂f(x)[i…] / ∂x[j…], of shape f(x).shape + x.shape.
    """
    point, value, nested = _call(f, x)
    units = np.eye(value.size).reshape(value.size, *value.shape)
    rows = [_gradient_at(value, point, unit, create=nested) for unit in units]
    if not rows:
        return zeros_like(point, dtype=value.dtype).reshape(-1)[:0].reshape(value.shape + point.shape)
    stacked: Any = np.stack(rows)
    return stacked.reshape(value.shape + point.shape)


def hessian(f: Function, x: Any) -> Tensor:
    """All second derivatives of a scalar function.

    Args:
        f: maps a Tensor of x's shape to a Tensor of one element.
        x: the point, shape (...), floating.

    Returns:
        H[i…, j…] = ∂²f / ∂x[i…] ∂x[j…], of shape x.shape + x.shape.

    Raises:
        GradientError: E02 where f's result is not a single number.
    """

    def gradient(point: Tensor) -> Tensor:
        return _gradient_at(_one_number(f(point)), point, create=True)

    return jacobian(gradient, x)


def hvp(f: Function, x: Any, v: Any) -> Tensor:
    """The Hessian of a scalar function times a vector, without forming the Hessian.

    Args:
        f: maps a Tensor of x's shape to a Tensor of one element.
        x: the point, shape (...), floating.
        v: the direction, x's shape.

    Returns:
        H(x) v, x's shape, at the cost of two backward passes.

    Raises:
        GradientError: E02 where f's result is not a single number, or v has another shape than x.

    Source: Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6(1), 1994.
    """
    point, value, nested = _call(f, x)
    slope = _gradient_at(_one_number(value), point, create=True)
    if np.shape(v) != point.shape:
        raise GradientError("E02", shape=point.shape, detail=phrase(" (not {shape})", shape=np.shape(v)))
    return _gradient_at(slope, point, v, create=nested or _is_tracked(v))


def value_and_grad(f: Function, argnum: int = 0) -> Callable[..., tuple[Tensor, Tensor]]:
    """The function that returns both f(...) and its gradient with respect to one argument.

    Args:
        f: returns a Tensor of one element.
        argnum: which positional argument to differentiate with respect to.

    Returns:
        A function with f's arguments that gives (value, gradient). It nests: calls inside one another differentiate
        to higher orders.
    """

    def both(*args: Any, **named: Any) -> tuple[Tensor, Tensor]:
        point, value, nested = _call(_of_argument(f, argnum, args, named), args[argnum])
        gradient = _gradient_at(_one_number(value), point, create=nested, retain=nested)
        return value if nested else value.detach(), gradient

    return both


def elementwise_grad(f: Function, argnum: int = 0) -> Callable[..., Tensor]:
    """The derivative of a function that works element by element, as a function: `elementwise_grad(np.tanh)`.

    Args:
        f: every element of its result depends on the same element of its argument only.
        argnum: which positional argument to differentiate with respect to.

    Returns:
        A function with f's arguments that gives the derivative at every element. It nests to higher orders.
    """

    def derivative(*args: Any, **named: Any) -> Tensor:
        point, value, nested = _call(_of_argument(f, argnum, args, named), args[argnum])
        return _gradient_at(value, point, np.ones(value.shape), create=nested, retain=nested)

    return derivative


def _of_argument(f: Function, argnum: int, args: tuple[Any, ...], named: dict[str, Any]) -> Function:
    """f as a function of one of its arguments, the others held fixed."""

    def of_one(x: Any) -> Any:
        given = list(args)
        given[argnum] = x
        return f(*given, **named)

    return of_one
