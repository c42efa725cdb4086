"""A layer's one operation, taken apart into the steps that it stands for: Wᵀ, x Wᵀ, x Wᵀ + b.

That `nn.Linear` is recorded as a single operation makes it quick; on the blackboard it is a product and a sum. So
before a graph is drawn or explained, every such operation is replaced by those, in the graph itself. Values and
gradients stay what they were, to the last bit, and `backward()` finds a graph like any other.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tinygrad_vn.graph import Node, newest_first
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
    x, weight, bias = (
        value if node is None else linked(value, node) for node, value in zip(layer.inputs, values, strict=True)
    )
    with enable_grad():
        result = x @ weight.T if layer.inputs[2] is None else x @ weight.T + bias
    last = result._node
    steps = [node for node in newest_first([last]) if node.order > layer.order]
    for place, step in enumerate(steps):
        step.order = layer.order - place / 10  # type: ignore[assignment]  # nobody else is between two whole numbers
        step.spent, step.large = layer.spent, layer.large
        if layer.args is None:
            step.args = step.out = None
    layer.primitive, layer.inputs, layer.args = last.primitive, last.inputs, last.args
