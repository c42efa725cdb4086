"""Around the engine: the gradient that a backward pass starts from, and what becomes of those that it returns."""

from __future__ import annotations

import collections
import operator
import threading
from typing import Any

import numpy as np

from tinygrad_vn.dtypes import new_array
from tinygrad_vn.errors import GradientError
from tinygrad_vn.graph import Leaf, Node, release
from tinygrad_vn.modes import current
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.recording import Recorded, bare, untracked, untracked_rows, why_outside
from tinygrad_vn.sparse import RowGradient

_spent = operator.attrgetter("spent")
_one_at_a_time = threading.RLock()  # two threads that add to one gradient must not lose what the other has added


def starting_gradient(result: Any, gradient: Any, record: bool) -> Any:
    """The gradient of a result with respect to itself: 1, or what the caller gives.

    Args:
        result: the Tensor to go backward from.
        gradient: a Tensor, an array or a number of the result's shape; None for 1.
        record: whether the pass will be recorded, so that a Tensor keeps its place in its graph.

    Raises:
        GradientError: E02 where neither fits the result's shape.
    """
    watch = current()[1]
    if watch is not None:
        watch.backward(result._node)
    is_seed = gradient is None
    if is_seed:
        if result._data.size != 1:
            raise GradientError("E02", shape=result.shape, detail="")
        gradient = np.array(1, result._data.dtype, ndmin=result._data.ndim)
        gradient = gradient if watch is None else watch.seed(gradient)
    elif np.shape(gradient) != result.shape:
        raise GradientError("E02", shape=result.shape, detail=phrase(" (not {shape})", shape=np.shape(gradient)))
    if record and isinstance(gradient, Recorded):
        return gradient.astype(result.dtype)  # type: ignore[attr-defined]
    start = gradient if is_seed and watch is None else new_array(bare(gradient), result.dtype)
    if not record:
        return start
    recorded = untracked(start)
    recorded.name = "seed" if is_seed else None  # as drawings call it
    return recorded


def take_out(gradients: dict[Node, Any], node: Node) -> Any:
    """A finished gradient as a Tensor in memory of its own; a rule may have handed one array to two arguments."""
    g = gradients.pop(node)
    if not isinstance(g, np.ndarray):
        if isinstance(g, Recorded):
            return g.clone()  # type: ignore[attr-defined]
        if isinstance(g, RowGradient):
            return untracked_rows(g.alone())
        return untracked(np.asarray(g))
    whole = g.base
    if type(g) is np.ndarray and whole is not None and whole.shape == g.shape and whole.strides == g.strides:
        g = whole if whole.dtype == g.dtype else g  # a view of all of it, as a transpose of a transpose is
    gradient = untracked(g)
    del g, whole
    gradient._own()
    return gradient


def commit(gradients: dict[Node, Any], passed: list[Node]) -> None:
    """Add finished gradients to `.grad`, and mark and release what the pass went through: all of it, or nothing.

    Args:
        gradients: what the engine found; emptied.
        passed: the operations that no second pass shall go through; none, where the graph is to be kept.
    """
    watch = current()[1]
    if watch is not None and watch.committed(gradients, passed):
        return
    with _one_at_a_time:
        if True in map(_spent, passed):  # by another thread, meanwhile
            raise GradientError("E09")
        changed, names, replaced = [*passed], ["spent"] * len(passed), []
        values: list[Any] = [True] * len(passed)
        for node in list(gradients):
            before, g = node.grad, take_out(gradients, node)
            changed.append(node)
            names.append("grad")
            values.append(g if before is None else before + g)
            if before is None:
                continue
            replaced.append(before)
            if type(node) is Leaf:  # for E01; a gradient that was set to zeros begins anew
                changed.append(node)
                names.append("additions")
                numbers = before.rows.values if before.is_sparse else before._data
                values.append(node.additions + 1 if numbers.any() else 0)
        # Python looks for signals such as Ctrl-C only between bytecodes, and this call never leaves C: all are set or
        # none. What was in `.grad` stays in `replaced` meanwhile, lest freeing it run somebody's code in the middle.
        collections.deque(map(setattr, changed, names, values), maxlen=0)
        release(passed)


def not_connected(result: Recorded, what: Text) -> GradientError:
    """E10, with what cut the result off."""
    node = result._node
    cut = why_outside(node) or ""
    cause: Text | str
    if cut == "no_grad()":
        cause, remedy = phrase(": it was computed under no_grad()"), phrase("Compute it outside.")
    elif cut == "detach()":
        cause, remedy = phrase(": detach() took it out of the graph"), phrase("Use the Tensor itself.")
    elif cut.startswith("leaf "):
        name = cut.removeprefix("leaf ")
        cause = phrase(": leaf {name} was made without requires_grad=True", name=name)
        remedy = phrase("Create it with requires_grad=True, or call .requires_grad_() before computing with it.")
    elif cut:
        cause = phrase(": {function} has no slope", function=cut)
        remedy = phrase("Its result only changes in jumps; use a smooth function for the loss.")
    else:
        cause = ""
        remedy = phrase("Create the parameters with requires_grad=True before computing with them.")
    return GradientError("E10", what=what, cause=cause, remedy=remedy)
