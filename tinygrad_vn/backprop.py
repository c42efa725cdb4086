"""The engine: walk the graph from the result back to where it began, applying the chain rule at every operation.

    ∂L/∂x  +=  ∂L/∂out · ∂out/∂x

Every operation is visited once, after all that used its result, so when its turn comes its gradient is complete.
Gradients are collected in a dictionary and handed back at the end: nothing outside changes until the whole pass has
succeeded. There is no recursion, so a chain of a million operations is as good as one of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from tinygrad_vn.errors import GradientError
from tinygrad_vn.graph import PICTURE, Leaf, Node, newest_first

Gradient = Any  # an array, or a Tensor where the backward pass itself is being recorded


def backpropagate(
    seeds: dict[Node, Gradient],
    *,
    wanted: Collection[Node] | None = None,
    link: Callable[[Any, Node], Any] | None = None,
    retain_graph: bool = False,
) -> dict[Node, Gradient]:
    """Gradients of the seeded results with respect to what they depend on.

    Args:
        seeds: for each result the gradient that the pass starts from, of the result's shape.
        wanted: the nodes whose gradients to compute; None for all leaves that require one.
        link: makes a Tensor of an array and the node it came from, where the pass itself is to be recorded.
        retain_graph: keep the values saved in the graph for another pass.

    Returns:
        The gradient of every wanted node that was reached, and of every node that retains its gradient.

    Raises:
        GradientError: E09 where the graph was released before, E12 where a rule returns something unfit.
    """
    order = newest_first(seeds)
    useful = None if wanted is None else leading_to(wanted, order)
    gradients, kept, room = dict(seeds), {}, 0 if retain_graph else PICTURE
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
        out, args, keeps = node.out, node.args, room > 0 and not node.large
        if link:
            out = link(out, node)
            args = [arg if source is None else link(arg, source) for arg, source in zip(args, node.inputs, strict=True)]
        for i, (source, rule) in enumerate(zip(node.inputs, node.primitive.rules, strict=True)):
            if source is None or rule is None or not (source.requires_grad if useful is None else source in useful):
                continue
            if source.changes and not source.was_required(node.order):  # type: ignore[attr-defined]
                continue
            part = fitted(rule(g, out, *args), node, i)
            gradients[source] = plus(gradients[source], part) if source in gradients else part
            if keeps and (type(source) is Leaf or node.args[i].base is not None):
                room -= node.detach_argument(i)
        if not retain_graph:
            room -= node.release(keeps)
    if not retain_graph:
        mark_spent(order, useful)
    return gradients | kept


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
    extra = g.ndim - len(shape)
    if extra < 0 or any(n not in (1, m) for n, m in zip(shape, g.shape[extra:], strict=True)):
        return None
    stretched = [i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1]
    return g.sum((*range(extra), *stretched)).reshape(shape)


def unfit(got: Any, node: Node, i: int) -> GradientError:
    """E12: which rule, which argument, and what is wrong with the gradient that it returned."""
    like, detail = node.args[i], ""
    if isinstance(got, tuple):
        wrong = [axis for axis, (n, m) in enumerate(zip(like.shape, got, strict=False)) if n != m]
        detail = f"; axes that differ: {wrong or 'the number of axes'}"
        got = f"shape {got}"
    else:
        got = f"dtype {got.dtype}" if hasattr(got, "dtype") else f"a {type(got).__name__}"
    return GradientError(
        "E12",
        operation=node.primitive.name,
        argument=node.primitive.parameters[i],
        got=got,
        expected=f"of shape {like.shape} and dtype {like.dtype}",
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


def mark_spent(order: list[Node], useful: set[Node] | None) -> None:
    """Remember which operations the pass went through: a second one would find them without their values."""
    for node in order:
        if useful is None or not useful.isdisjoint(node.inputs):
            node.spent = True
