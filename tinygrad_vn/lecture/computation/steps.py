"""A layer's one operation, taken apart into the steps that it stands for: Wᵀ, x Wᵀ, x Wᵀ + b.

That `nn.Linear` is recorded as a single operation makes it quick; on the blackboard it is a product and a sum. So
before a graph is drawn or explained, every such operation is replaced by those, in the graph itself. `backward()` then
finds a graph like any other, and the same gradients: of a matrix to the last bit, of a stack of matrices, and where the
pass itself is recorded, up to rounding.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tinygrad_vn.graph import Leaf, Node, newest_first
from tinygrad_vn.modes import enable_grad
from tinygrad_vn.recording import linked
from tinygrad_vn.rules import products


def step_by_step(roots: Iterable[Node]) -> list[Node]:
    """All operations that the roots depend on, newest first, with every layer in several steps."""
    roots = list(roots)
    for node in newest_first(roots):
        if node.primitive is products.linear:
            _take_apart(node)
    return newest_first(roots)


def _take_apart(layer: Node) -> None:
    """The layer's node becomes its last step; the steps before get nodes of their own, which are older."""
    values = [np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)] if layer.args is None else layer.args
    inputs: dict[Node, Node] = {}  # stand-ins, which require a gradient if the real ones did when the layer computed
    given = []
    for value, node in zip(values, layer.inputs, strict=True):
        if node is None:
            given.append(value)
            continue
        stand_in = Leaf(requires_grad=type(node) is not Leaf or node.was_required(layer.order))
        inputs[stand_in] = node
        given.append(linked(value, stand_in))
    x, weight, bias = given
    with enable_grad():
        result = x @ weight.T if bias is None else x @ weight.T + bias
    last = result._node
    steps = newest_first([last])
    for place, step in enumerate(steps):
        step.inputs = [None if source is None else inputs.get(source, source) for source in step.inputs]
        step.order = layer.order - place / 10  # type: ignore[assignment]  # nobody else is between two whole numbers
        step.spent, step.large = layer.spent, layer.large
        if layer.args is None:
            step.args = step.out = None
    layer.primitive, layer.inputs, layer.args = last.primitive, last.inputs, last.args
