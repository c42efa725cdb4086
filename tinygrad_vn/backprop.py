"""The engine: walk the graph from the result back to where it began, applying the chain rule at every operation.

    ∂L/∂x  +=  ∂L/∂out · ∂out/∂x

Every operation is visited once, after all that used its result, so when its turn comes its gradient is complete.
Gradients are collected in a dictionary and handed back at the end. The engine itself changes nothing, neither the
graph nor anybody's `.grad`, so a pass that fails can be repeated; what a finished one changes stands in `passes.py`.
There is no recursion, so a chain of a million operations is as good as one of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from tinygrad_vn.errors import GradientError
from tinygrad_vn.graph import Node, newest_first
from tinygrad_vn.modes import current
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.rules.primitive import ones

VALUES = {np.ndarray, np.float64, np.float32}  # what most rules return: checked at once, without a call
Gradient = Any  # an array, or a Tensor where the backward pass itself is being recorded


def backpropagate(
    seeds: dict[Node, Gradient],
    *,
    wanted: Collection[Node] | None = None,
    link: Callable[[Any, Node], Any] | None = None,
) -> tuple[dict[Node, Gradient], list[Node]]:
    """Gradients of the seeded results with respect to what they depend on.

    Args:
        seeds: for each result the gradient that the pass starts from, of the result's shape.
        wanted: the nodes whose gradients to compute; None for all leaves that require one.
        link: makes a Tensor of an array and the node it came from, where the pass itself is to be recorded.

    Returns:
        The gradient of every wanted node that was reached, and of every node that retains its gradient; and the
        operations whose rules were used, newest first.

    Raises:
        GradientError: E09 where the graph was released before, E12 where a rule returns something unfit.
    """
    order, watch = newest_first(seeds), current()[1]
    useful = None if wanted is None else leading_to(wanted, order)
    gradients, kept, passed = dict(seeds), {}, []
    for node in order:
        g = gradients.pop(node, None)
        if g is None:
            continue
        if node.retains_grad or (wanted is not None and node in wanted):
            kept[node] = g
        if useful is not None and useful.isdisjoint(node.inputs):
            continue  # nothing further down is wanted
        if node.spent:
            raise GradientError("E09")
        out, args = node.out, node.args
        if link:
            out = link(out, node)
            args = [arg if source is None else link(arg, source) for arg, source in zip(args, node.inputs, strict=True)]
        rules = node.primitive.rules
        for i, source in enumerate(node.inputs):
            if source is None or not (source.requires_grad if useful is None else source in useful):
                continue
            rule = rules[i]
            if rule is None or (source.changes and not source.was_required(node.order)):  # type: ignore[attr-defined]
                continue
            part = rule(g, out, *args) if watch is None else watch.rule(node.primitive, i, (g, out, *args))
            like = node.args[i]
            if type(part) not in VALUES or part.shape != like.shape or part.dtype is not like.dtype:
                part = fitted(part, node, i)
            gradients[source] = plus(gradients[source], part) if source in gradients else part
        passed.append(node)
    return gradients | kept, passed


def fitted(g: Gradient, node: Node, i: int) -> Gradient:
    """What a rule returned, in the shape and dtype of its argument: here, and only here, broadcasting is undone."""
    like = node.args[i]
    if isinstance(like, tuple):  # an operation with several results
        return g
    try:
        shape, dtype = g.shape, g.dtype
    except AttributeError:
        raise unfit(g, node, i) from None
    if shape == like.shape and dtype is like.dtype:
        return g
    if dtype.kind != "f":
        raise unfit(g, node, i)
    if shape != like.shape:
        g = summed_to(g, like.shape)
        if g is None:
            raise unfit(shape, node, i)
    return g if dtype == like.dtype else g.astype(like.dtype)


def summed_to(g: Gradient, shape: tuple[int, ...]) -> Gradient:
    """`g` summed over the axes along which an argument of this shape was broadcast; None where that cannot be."""
    if g.ndim == 2 and shape == g.shape[1:] and isinstance(g, np.ndarray):
        return g.T.dot(ones(g.shape[0], g.dtype))  # the bias of a layer; three times as fast as a sum over rows
    extra = g.ndim - len(shape)
    if extra < 0 or any(n not in (1, m) for n, m in zip(shape, g.shape[extra:], strict=True)):
        return None
    stretched = [i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1]
    total = g.sum((*range(extra), *stretched))
    return total if total.shape == shape else total.reshape(shape)


def unfit(got: Any, node: Node, i: int) -> GradientError:
    """E12: which rule, which argument, and what is wrong with the gradient that it returned."""
    like = node.args[i]
    detail: Text | str = ""
    if isinstance(got, tuple):
        returned, detail = phrase("shape {shape}", shape=got), phrase("; the numbers of axes differ")
        if len(got) == like.ndim:
            wrong = [axis for axis, (n, m) in enumerate(zip(like.shape, got, strict=True)) if n != m]
            detail = phrase("; axes that differ: {axes}", axes=wrong)
    elif hasattr(got, "dtype"):
        returned = phrase("dtype {dtype}", dtype=got.dtype)
    else:
        returned = phrase("a {kind}", kind=type(got).__name__)
    return GradientError(
        "E12",
        operation=node.primitive.name,
        argument=node.primitive.parameters[i],
        got=returned,
        expected=phrase("of shape {shape} and dtype {dtype}", shape=like.shape, dtype=like.dtype),
        detail=detail,
    )


def plus(known: Gradient, part: Gradient) -> Gradient:
    """Two contributions to one gradient; for an operation with several results, result by result."""
    if isinstance(known, tuple):
        return tuple(b if a is None else a if b is None else a + b for a, b in zip(known, part, strict=True))
    return known + part  # never in place: the arrays may be shared with another gradient


def leading_to(wanted: Collection[Node], order: list[Node]) -> set[Node]:
    """The wanted nodes and all results that depend on one of them: only these need a gradient."""
    useful = set(wanted)
    for node in reversed(order):
        if not useful.isdisjoint(node.inputs):
            useful.add(node)
    return useful
