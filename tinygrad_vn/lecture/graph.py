"""A computation as boxes, circles and arrows: what a drawing shows, before anybody decides how it looks.

A box (`Variable`) is a value with a name, a role and perhaps a gradient; a circle (`Operation`) makes one box out of
others; an arrow (`Arrow`) leads from an argument to its operation and from the operation to its result. `x * x` has
two arrows from x. Everything is numbered in the order of the computation, so the same program always gives the same
names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tinygrad_vn.backprop import backpropagate
from tinygrad_vn.graph import LARGE, Leaf, Node, Values, newest_first
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.theme import Role
from tinygrad_vn.tensor import Tensor

# Names that lectures use; every other operation goes by NumPy's name.
SHORT_NAMES = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "negative": "neg",
    "power": "pow",
}


@dataclass(frozen=True)
class Variable:
    """A box.

    Attributes:
        id: "v1", "v2", …, in the order of the computation.
        name: the Tensor's own name, the one given to `draw`, or one such as x1, w1, mul_3; None for a bare number.
        given: whether somebody chose that name.
        role: what part it plays.
        value: None where the graph no longer holds it.
        shape: None where not even that is known.
        dtype: likewise.
        gradient: of the result with respect to it; None where it does not exist (yet).
        has_gradient: whether a gradient flows to it at all; none does to inputs and constants.
    """

    id: str
    name: str | None
    given: bool
    role: Role
    value: Values | None
    shape: tuple[int, ...] | None
    dtype: np.dtype[Any] | None
    gradient: Values | None
    has_gradient: bool


@dataclass(frozen=True)
class Operation:
    """A circle.

    Attributes:
        id: "op1", "op2", …, in the order of the computation.
        name: mul_3: what it does, and its number.
        sign: ×.
        settings: what is not a number to compute with, such as axis=0; often empty.
    """

    id: str
    name: str
    sign: str
    settings: str


@dataclass(frozen=True)
class Arrow:
    """An arrow from one box or circle to another, by their ids."""

    source: str
    target: str


@dataclass(frozen=True)
class Graph:
    """Everything there is to draw."""

    variables: list[Variable] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    results: list[Variable] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.variables) + len(self.operations)


def graph_of(
    results: Sequence[Tensor], names: Mapping[str, Tensor] | None = None, with_gradients: bool = True
) -> Graph:
    """The graph of everything that went into these results.

    Args:
        results: one or several Tensors, before or after `backward()`.
        names: names that take precedence over the Tensors' own.
        with_gradients: look for gradients; nobody's `.grad` is changed.
    """
    return _Builder(results, names or {}, with_gradients).build()


def gradients_of(results: Sequence[Tensor], operations: Sequence[Node]) -> dict[Node, Any]:
    """The gradient of the one result with respect to everything it was made from, computed on the side.

    The engine runs over a copy of the graph's skeleton, sharing its arrays: so it works also where `backward()` has
    used the graph, as long as the values are still there, and it changes nothing.

    Args:
        results: what is drawn. Only a single number has a gradient that needs no further question.
        operations: all operations behind it, oldest first.

    Returns:
        Empty where there is no such gradient, or where the values it would be computed from are gone.
    """
    if len(results) != 1 or results[0].size != 1 or any(node.args is None for node in operations):
        return {}
    copies: dict[Node, Node] = {}
    leaves: dict[Node, None] = {}
    for node in operations:
        for source in node.inputs:
            if type(source) is Leaf and source.requires_grad:
                leaves[source] = None
        inputs = [None if source is None else copies.get(source, source) for source in node.inputs]
        copies[node] = Node(node.primitive, inputs, node.args, node.out)
        copies[node].order = node.order
    if not copies:
        return {}
    seed = np.ones(results[0].shape, results[0].dtype)
    with np.errstate(all="ignore"):  # a NaN or ∞ is shown, and that says enough
        found, _ = backpropagate({copies[operations[-1]]: seed}, wanted={*copies.values(), *leaves})
    originals = {copy: node for node, copy in copies.items()} | {leaf: leaf for leaf in leaves}
    return {originals[node]: gradient for node, gradient in found.items()}


def is_stand_in(value: Any) -> bool:
    """Whether the graph kept only shape and dtype of a large array, since no rule reads its values."""
    return type(value) is np.ndarray and value.nbytes > LARGE and not any(value.strides)


class _Builder:
    """The walk along a computation that turns nodes into boxes, circles and arrows."""

    def __init__(self, results: Sequence[Tensor], names: Mapping[str, Tensor], with_gradients: bool) -> None:
        given = {result._node or Leaf(): result._data for result in results}
        self.roots = list(given)
        self.operations = newest_first(self.roots)[::-1]
        self.gradients = gradients_of(results, self.operations) if with_gradients else {}
        self.with_gradients = with_gradients
        self.names = {tensor._node: name for name, tensor in names.items() if tensor._node is not None}
        self.values = self._values() | given
        self.taken = self._taken()
        self.counts: dict[str, int] = {}
        self.boxes: dict[Node, Variable] = {}
        self.graph = Graph()

    def _values(self) -> dict[Node, Any]:
        """What the graph still knows of every node's value: from the node itself, or from who used it."""
        values: dict[Node, Any] = {}
        for node in self.operations:
            values[node] = node.out
            for source, value in zip(node.inputs, node.args or (), strict=False):
                if source is not None and (values.get(source) is None or is_stand_in(values[source])):
                    values[source] = value
        return values

    def _taken(self) -> set[str]:
        """The names that somebody chose, which no automatic name may repeat."""
        nodes: list[Node] = [*self.roots, *self.operations]
        nodes += [source for node in self.operations for source in node.inputs if source is not None]
        return {*self.names.values(), *(node.name for node in nodes if node.name)}

    def build(self) -> Graph:
        for position, node in enumerate(self.operations, 1):
            self._operation(node, position)
        for root in self.roots:
            self.graph.results.append(self._leaf(root) if type(root) is Leaf else self.boxes[root])
        return self.graph

    def _operation(self, node: Node, position: int) -> None:
        """The circle, the arrows to it, and the box of its result."""
        name = f"{SHORT_NAMES.get(node.primitive.name, node.primitive.name)}_{position}"
        operation_id = f"op{position}"
        sources, settings = self._arguments(node)
        sign = node.primitive.sign
        if node.primitive.name == "getitem" and settings:
            sign, settings = f"[{settings[0].partition('=')[2]}]", []
        self.graph.operations.append(Operation(operation_id, name, sign, ", ".join(settings)))
        self.graph.arrows.extend(Arrow(source, operation_id) for source in sources)
        if isinstance(node.out, tuple):  # several results: each has a circle of its own, which takes it out
            self.boxes[node] = Variable(operation_id, name, False, "intermediate", None, None, None, None, False)
            return
        is_loss = node in self.roots and np.size(self.values[node]) == 1
        self.boxes[node] = self._box(node, "loss" if is_loss else "intermediate", name)
        self.graph.arrows.append(Arrow(operation_id, self.boxes[node].id))

    def _arguments(self, node: Node) -> tuple[list[str], list[str]]:
        """Where the arrows come from, and what is said in the circle instead."""
        sources, settings = [], []
        args = node.args or [None] * len(node.inputs)
        for source, arg, rule, parameter in zip(
            node.inputs, args, node.primitive.rules, node.primitive.parameters, strict=True
        ):
            if source is not None:
                sources.append((self._leaf(source) if type(source) is Leaf else self.boxes[source]).id)
            elif isinstance(arg, np.ndarray) or (rule is not None and isinstance(arg, int | float)):
                sources.append(self._constant(np.asarray(arg)).id)
            elif arg is not None and arg is not False:
                settings.append(f"{parameter}={setting_text(arg)}")
        return sources, settings

    def _leaf(self, node: Node) -> Variable:
        if node not in self.boxes:
            role: Role = "parameter" if node.requires_grad else "input"
            self.boxes[node] = self._box(node, role, self._numbered("w" if node.requires_grad else "x"))
        return self.boxes[node]

    def _constant(self, value: Values) -> Variable:
        name = self._numbered("c") if value.ndim else None
        return self._add(Variable(self._id(), name, False, "constant", value, value.shape, value.dtype, None, False))

    def _box(self, node: Node, role: Role, automatic: str) -> Variable:
        name = self.names.get(node) or node.name
        if name is None and role == "loss":
            automatic = "L" if len(self.roots) == 1 else self._numbered("L")
        while automatic in self.taken:
            automatic += "′"
        array = self.values.get(node)
        value = None if array is None or is_stand_in(array) else np.asarray(array)
        has_gradient = node.requires_grad and self.with_gradients
        gradient = self._gradient(node) if has_gradient else None
        like = gradient if array is None else array
        shape, dtype = (None, None) if like is None else (like.shape, like.dtype)
        given = name is not None
        return self._add(
            Variable(self._id(), name or automatic, given, role, value, shape, dtype, gradient, has_gradient)
        )

    def _gradient(self, node: Node) -> Values | None:
        """The gradient computed on the side, else what `backward()` left in `.grad`."""
        if self.gradients:
            gradient = self.gradients.get(node)
            return None if gradient is None else np.asarray(gradient)
        return None if node.grad is None else node.grad._data

    def _id(self) -> str:
        return f"v{len(self.graph.variables) + 1}"

    def _numbered(self, letter: str) -> str:
        self.counts[letter] = self.counts.get(letter, 0) + 1
        return f"{letter}{self.counts[letter]}"

    def _add(self, variable: Variable) -> Variable:
        self.graph.variables.append(variable)
        return variable


def setting_text(setting: Any, longest: int = 16) -> str:
    """A setting as one writes it: 0, (2, 3), 1:3; cut off where it is long."""
    if isinstance(setting, slice):
        bounds = ["" if bound is None else setting_text(bound) for bound in (setting.start, setting.stop, setting.step)]
        text = ":".join(bounds if bounds[2] else bounds[:2])
    elif isinstance(setting, tuple):
        text = ", ".join(map(setting_text, setting[:longest]))
        text = f"({text})" if all(isinstance(part, int) for part in setting) else text
    elif isinstance(setting, np.ndarray):
        text = "…" if setting.size > longest else str(setting.tolist())
    elif isinstance(setting, int | float):
        text = number(setting)
    else:
        text = "…" if setting is Ellipsis else str(setting)
    return text if len(text) <= longest else text[: longest - 1] + "…"
