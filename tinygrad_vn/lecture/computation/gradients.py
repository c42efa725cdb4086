"""The gradient of every box, and how much of it came along which arrow, computed on the side.

The engine runs over a copy of the graph's skeleton that shares its arrays, so nobody's `.grad` changes, and it works
also where `backward()` has used the graph, as long as the values are still there. In the copy a tap stands on every
arrow: an operation that passes on what it is given. What the engine finds there is the contribution of that arrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_vn.backprop import backpropagate
from tinygrad_vn.errors import GradientError
from tinygrad_vn.graph import Leaf, Node, Values
from tinygrad_vn.lecture.computation.steps import step_by_step
from tinygrad_vn.lecture.notation.notation import OF_MATRICES, has_local
from tinygrad_vn.modes import enable_grad
from tinygrad_vn.passes import not_connected
from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import linked
from tinygrad_vn.rules import PRIMITIVES
from tinygrad_vn.tensor import Tensor

Place = tuple[Node, int]  # an operation, and the position of one of its arguments


class Gradients(NamedTuple):
    """Of one number, with respect to everything it was made from.

    Attributes:
        of: for every operation's result and every leaf that requires one, its gradient.
        along: for every argument, what it adds to the gradient of its source.
    """

    of: dict[Node, Any]
    along: dict[Place, Any]


NONE = Gradients({}, {})


def gradients_of(results: Sequence[Tensor], operations: Sequence[Node]) -> Gradients:
    """The gradients of the one result.

    Args:
        results: what is drawn. Only a single number has a gradient that needs no further question.
        operations: all operations behind it, oldest first.

    Returns:
        Empty where there is no such gradient, or where the values it would be computed from are gone.
    """
    if len(results) != 1 or results[0].size != 1 or not operations or any(node.args is None for node in operations):
        return NONE
    copies: dict[Node, Node] = {}
    taps: dict[Node, Place] = {}
    leaves: set[Node] = set()
    for node in operations:
        inputs: list[Node | None] = []
        for i, (source, arg) in enumerate(zip(node.inputs, node.args, strict=True)):
            if source is None or not source.requires_grad:
                inputs.append(None)
                continue
            if type(source) is Leaf:
                leaves.add(source)
            tap = _copy(PRIMITIVES["positive"], [copies.get(source, source)], [arg], arg, node.order - 0.05)
            taps[tap] = (node, i)
            inputs.append(tap)
        copies[node] = _copy(node.primitive, inputs, node.args, node.out, node.order)
    seed = np.ones(results[0].shape, results[0].dtype)
    with np.errstate(all="ignore"):  # a NaN or ∞ is shown, and that says enough
        found, _ = backpropagate({copies[operations[-1]]: seed}, wanted={*copies.values(), *taps, *leaves})
    originals = {copy: node for node, copy in copies.items()}
    of = {originals.get(node, node): gradient for node, gradient in found.items() if node not in taps}
    return Gradients(of, {place: found[tap] for tap, place in taps.items() if tap in found})


class Recording(NamedTuple):
    """A backward pass that was recorded.

    Attributes:
        result: a Tensor with the result's value, and a graph of its own.
        gradients: for every leaf that requires one, what its gradient is called, and that gradient.
        names: the names that were given for the original's Tensors, for their twins.
        seed: ∂L/∂L = 1, with which it begins.
    """

    result: Tensor
    gradients: list[tuple[str, Tensor]]
    names: list[tuple[str, Tensor]]
    seed: Tensor


def recorded_backward(
    result: Tensor, name: str, leaves: Sequence[tuple[str, Leaf]], names: Iterable[tuple[str, Tensor]]
) -> Recording:
    """The backward pass as a computation of its own; neither the graph nor anybody's `.grad` is touched.

    Args:
        result: a single number, before or after `backward()`.
        name: what it is called.
        leaves: the leaves that require a gradient, and what they are called.
        names: names of Tensors in the graph.

    Raises:
        GradientError: E02 for more than one number, E09 where the values are gone, E10 where nothing leads to a leaf.
    """
    if not result.requires_grad or result._node is None:
        raise not_connected(result, phrase("This result"))
    if result.size != 1:
        raise GradientError("E02", shape=result.shape, detail="")
    twins: dict[Node, Node] = {}
    for node in step_by_step([result._node])[::-1]:
        if node.args is None:
            raise GradientError("E09")
        inputs = [source if source is None else twins.get(source, source) for source in node.inputs]
        twins[node] = _copy(node.primitive, inputs, node.args, node.out, node.order)
        twins[node].name = node.name
    root = twins.get(result._node, result._node)
    # that it requires a gradient itself has every step recorded, also those that multiply it by a number
    seed = Tensor(np.ones(result.shape, result.dtype), requires_grad=True, name=f"∂{name}/∂{name}")
    with enable_grad():
        found, _ = backpropagate({root: seed}, wanted={leaf for _, leaf in leaves}, link=linked)
        gradients = _apart((f"∂{name}/∂{called}", found[leaf]) for called, leaf in leaves if leaf in found)
    again = [(given, linked(t._data, twins[t._node]) if t._node in twins else t) for given, t in names]
    return Recording(linked(result._data, root), gradients, again, seed)


def _apart(gradients: Iterable[tuple[str, Tensor]]) -> list[tuple[str, Tensor]]:
    """The same gradients, each in a place of its own: x + y hands one gradient to both."""
    seen: set[Node | None] = set()
    found = []
    for name, gradient in gradients:
        one = gradient.to_dense() if gradient.is_sparse else gradient
        one = one.clone() if one._node in seen or one.is_leaf else one
        seen.add(one._node)
        found.append((name, one))
    return found


def _copy(primitive: Any, inputs: list[Node | None], args: list[Any], out: Any, order: float) -> Node:
    node = Node(primitive, inputs, args, out)
    node.order = order  # type: ignore[assignment]  # between two operations there is room for taps
    return node


def local_derivative(node: Node, i: int) -> Values | None:
    """∂out/∂argument element by element, where such a thing exists and the values are still there.

    It is the operation's own rule, given a gradient of 1 everywhere.

    Args:
        node: the operation.
        i: the position of the argument.
    """
    rule = node.primitive.rules[i]
    if rule is None or node.args is None or isinstance(node.out, tuple):
        return None
    is_number = np.size(node.out) == 1 == np.size(node.args[i]) and node.primitive.name not in OF_MATRICES
    if not (is_number or has_local(node.primitive.name, node.primitive.parameters[i])):
        return None
    local = np.asarray(rule(np.ones(node.out.shape, node.out.dtype), node.out, *node.args))
    return local if is_number else np.broadcast_to(local, node.out.shape)
