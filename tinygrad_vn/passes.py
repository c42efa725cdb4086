"""Around the engine: the gradient that a backward pass starts from, and what becomes of those that it returns."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.dtypes import new_array
from tinygrad_vn.errors import GradientError
from tinygrad_vn.graph import Node
from tinygrad_vn.recording import Recorded, bare, untracked, why_outside


def starting_gradient(result: Any, gradient: Any, record: bool) -> Any:
    """The gradient of a result with respect to itself: 1, or what the caller gives.

    Args:
        result: the Tensor to go backward from.
        gradient: a Tensor, an array or a number of the result's shape; None for 1.
        record: whether the pass will be recorded, so that a Tensor keeps its place in its graph.

    Raises:
        GradientError: E02 where neither fits the result's shape.
    """
    if gradient is None:
        if result.size != 1:
            raise GradientError("E02", shape=result.shape, detail="")
        gradient = np.ones(result.shape, result.dtype)
    elif np.shape(gradient) != result.shape:
        raise GradientError("E02", shape=result.shape, detail=f" (not {np.shape(gradient)})")
    if record and isinstance(gradient, Recorded):
        return gradient.astype(result.dtype)  # type: ignore[attr-defined]
    start = new_array(bare(gradient), result.dtype)
    return untracked(start) if record else start


def take_out(gradients: dict[Node, Any], node: Node) -> Any:
    """A finished gradient as a Tensor in memory of its own; a rule may have handed one array to two arguments."""
    g = gradients.pop(node)
    if isinstance(g, Recorded):
        return g.clone() if g.is_leaf else g  # type: ignore[attr-defined]
    gradient = untracked(np.asarray(g))
    del g
    gradient._own()
    return gradient


def commit(gradients: dict[Node, Any]) -> None:
    """Add finished gradients to `.grad`, all or none."""
    finished = [(node, take_out(gradients, node)) for node in list(gradients)]
    finished = [(node, g if node.grad is None else node.grad + g) for node, g in finished]
    for node, g in finished:
        node.grad = g


def not_connected(result: Recorded, what: str) -> GradientError:
    """E10, with what cut the result off."""
    node = result._node
    cut = why_outside(node) or ""
    if cut == "no_grad()":
        cause, remedy = ": it was computed under no_grad()", "Compute it outside."
    elif cut == "detach()":
        cause, remedy = ": detach() took it out of the graph", "Use the Tensor itself."
    elif cut.startswith("leaf "):
        cause = f": {cut} was made without requires_grad=True"
        remedy = "Create it with requires_grad=True, or call .requires_grad_() before computing with it."
    elif cut:
        cause, remedy = f": {cut} has no slope", "Its result only changes in jumps; use a smooth function for the loss."
    else:
        cause, remedy = "", "Create the parameters with requires_grad=True before computing with them."
    return GradientError("E10", what=what, cause=cause, remedy=remedy)
