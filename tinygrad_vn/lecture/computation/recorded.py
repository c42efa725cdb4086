"""From Tensors to a graph that can be drawn: the walk along a recorded computation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_vn.graph import LARGE, Leaf, Node, Values
from tinygrad_vn.lecture.computation.gradients import NONE, gradients_of, local_derivative
from tinygrad_vn.lecture.computation.graph import Argument, Graph, Operation, Variable
from tinygrad_vn.lecture.computation.steps import step_by_step
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


LAST_AXIS = frozenset({"softmax", "log_softmax"})  # along it, if nobody says otherwise

# What a result is called that nobody named: a loss, or what a model says.
RESULTS: dict[Role, str] = {"loss": "L", "output": "ŷ"}

Named = Iterable[tuple[str, Tensor]]


def graph_of(
    results: Sequence[Tensor],
    names: Named = (),
    with_gradients: bool = True,
    suggested: Named = (),
    gradients: Collection[Tensor] = (),
    seed: Tensor | None = None,
    outputs: bool = False,
) -> Graph:
    """The graph of everything that went into these results.

    Args:
        results: one or several Tensors, before or after `backward()`.
        names: names that take precedence over the Tensors' own. A Tensor may have two, as in Ŷ = A⁽³⁾: it is made
            under the first and used under the last.
        with_gradients: look for gradients; nobody's `.grad` is changed.
        suggested: names for Tensors that have none, as far as nothing else is called so.
        gradients: results that are gradients, not losses.
        seed: the gradient with which a recorded backward pass begins.
        outputs: whether the results are what a model put out.
    """
    return _Walk(results, names, with_gradients, suggested, gradients, seed, outputs).graph


def parameters_in(result: Tensor, names: Named, suggested: Named) -> tuple[str, list[tuple[str, Leaf]]]:
    """What a drawing would call a result, and the leaves behind it that require a gradient, in the order of use."""
    walk = _Walk([result], names, False, suggested, ())
    leaves = [(str(box.name), node) for node, box in walk.boxes.items() if type(node) is Leaf and node.requires_grad]
    return str(walk.graph.results[0].name), leaves


def is_stand_in(value: Any) -> bool:
    """Whether the graph kept only shape and dtype of a large array, since no rule reads its values."""
    return type(value) is np.ndarray and value.nbytes > LARGE and not any(value.strides)


class _Walk:
    """The walk along a computation that turns nodes into boxes, circles and arrows."""

    def __init__(
        self,
        results: Sequence[Tensor],
        names: Named,
        with_gradients: bool,
        suggested: Named,
        gradients: Collection[Tensor],
        seed: Tensor | None = None,
        outputs: bool = False,
    ) -> None:
        names, suggested = list(names), list(suggested)
        given = {result._node or Leaf(): result._data for result in results}
        self.roots = list(given)
        self.operations = step_by_step(self.roots)[::-1]
        self.with_gradients = with_gradients
        self.gradients = gradients_of(results, self.operations) if with_gradients else NONE
        self.names = self._named(names, suggested)
        self.taken = {name for known in self.names.values() for name in known}
        self.values = self._values(tensor for _, tensor in (*names, *suggested)) | given
        self.slopes = {gradient._node for gradient in gradients} | ({seed._node} if seed is not None else set())
        self.outputs, self.losses = (set(self.roots), set()) if outputs else (set(), set(self.roots))
        self.counts: dict[str, int] = {}
        self.boxes: dict[Node, Variable] = {}
        self.graph = Graph()
        with np.errstate(all="ignore"):  # of local derivatives: a NaN or ∞ is shown, and that says enough
            for position, node in enumerate(self.operations, 1):
                self._operation(node, position)
        self.graph.results.extend(self._leaf(root) if type(root) is Leaf else self.boxes[root] for root in self.roots)

    def _values(self, known: Iterable[Tensor]) -> dict[Node, Any]:
        """What is still known of every node's value: from the node itself, from who used it, or from the Tensor."""
        values: dict[Node, Any] = {}
        for node in self.operations:
            values[node] = node.out
            for source, value in zip(node.inputs, node.args or (), strict=False):
                if source is not None and (values.get(source) is None or is_stand_in(values[source])):
                    values[source] = value
        spent = {source for node in self.operations if node.spent for source in node.inputs}
        for tensor in known:  # no rule reads it, but somebody still has it, and no step has changed it since
            leaf = tensor._node
            if type(leaf) is Leaf and leaf not in spent and is_stand_in(values.get(leaf)):
                values[leaf] = tensor._data
        return values

    def _named(self, names: Named, suggested: Named) -> dict[Node, list[str]]:
        """The names that somebody chose for what is drawn: those given, Tensors' own, and suggested ones that are free.

        No automatic name may repeat one of them.
        """
        here: dict[Node, list[str]] = {node: [] for node in (*self.roots, *self.operations)}
        here |= {source: [] for node in self.operations for source in node.inputs if source is not None}
        for name, tensor in names:
            if tensor._node in here:
                here[tensor._node].append(name)
        for node, known in here.items():
            if node.name and not known:
                known.append(node.name)
        taken = {name for known in here.values() for name in known}
        for name, tensor in suggested:
            if tensor._node in here and not here[tensor._node] and name not in taken:
                here[tensor._node].append(name)
                taken.add(name)
        return _told_apart({node: here[node] for node in self._oldest_first() if here[node]}, taken)

    def _oldest_first(self) -> Iterator[Node]:
        """All nodes in the order of the computation; leaves where they are used first."""
        for node in self.operations:
            yield from (source for source in node.inputs if type(source) is Leaf)
            yield node
        yield from (root for root in self.roots if type(root) is Leaf)

    def _operation(self, node: Node, position: int) -> None:
        """The circle with its arguments, and the box of its result."""
        kind, operation_id = node.primitive.name, f"op{position}"
        name = f"{SHORT_NAMES.get(kind, kind)}_{position}"
        arguments = self._arguments(node)
        settings = [f"{a.parameter}={a.text}" for a in arguments if a.source is None and a.text]
        sign = node.primitive.sign
        if kind == "getitem" and settings:
            sign, settings = f"[{arguments[1].text}]", []
        if isinstance(node.out, tuple):  # several results: each has a circle of its own, which takes it out
            box = Variable(operation_id, name, None, False, "intermediate", None, None, None, None, False)
        else:
            box = self._box(node, self._role(node), name)
        self.boxes[node] = box
        self.graph.operations.append(
            Operation(operation_id, name, kind, sign, ", ".join(settings), arguments, box.id, node.order)
        )

    def _role(self, node: Node) -> Role:
        """What part the result of an operation plays."""
        if node in self.slopes or node in self.outputs:
            return "gradient" if node in self.slopes else "output"
        return "loss" if node in self.losses and np.size(self.values[node]) == 1 else "intermediate"

    def _arguments(self, node: Node) -> tuple[Argument, ...]:
        args: list[Any] = [*node.args] if node.args else [None] * len(node.inputs)
        if "axis" in node.primitive.parameters and node.primitive.name not in LAST_AXIS:
            at = node.primitive.parameters.index("axis")
            args[at] = _counted_from_the_front(args[at], np.ndim(args[0]))
        places = zip(node.inputs, args, node.primitive.rules, node.primitive.parameters, strict=True)
        return tuple(
            self._argument(node, i, source, arg, has_rule=rule is not None, parameter=parameter)
            for i, (source, arg, rule, parameter) in enumerate(places)
        )

    def _argument(
        self, node: Node, i: int, source: Node | None, arg: Any, *, has_rule: bool, parameter: str
    ) -> Argument:
        """One argument: with a box, a constant, or a setting."""
        if source is not None:
            box = self._leaf(source) if type(source) is Leaf else self.boxes[source]
            local = local_derivative(node, i) if source.requires_grad and self.with_gradients else None
            contribution = self.gradients.along.get((node, i))
            is_array = contribution is not None and not isinstance(contribution, tuple)
            return Argument(parameter, box.id, box.text, local, np.asarray(contribution) if is_array else None)
        classes = _class_numbers(node, arg) if parameter == "positions" else None
        if classes is not None:
            return Argument("labels", *self._labels(classes))
        if isinstance(arg, np.ndarray) or (has_rule and isinstance(arg, int | float)):
            constant = self._constant(np.asarray(arg))
            return Argument(parameter, constant.id, constant.text)
        return Argument(parameter, None, "" if arg is None or arg is False else setting_text(arg))

    def _leaf(self, node: Node) -> Variable:
        if node not in self.boxes:
            role: Role = "parameter" if node.requires_grad else "input"
            role = "gradient" if node in self.slopes else role
            letter = "w" if node.requires_grad else "mask" if self._is_mask(node) else "x"
            automatic = "" if node in self.names else self._numbered(letter)
            self.boxes[node] = self._box(node, role, automatic)
        return self.boxes[node]

    def _labels(self, classes: Values) -> tuple[str, str]:
        """The box of class numbers, which lectures call y."""
        name = "y"
        while name in self.taken:
            name += "′"
        self.taken.add(name)
        role: Role = "constant"
        box = Variable(self._id(), name, None, False, role, classes, classes.shape, classes.dtype, None, False)
        return self._add(box).id, name

    def _is_mask(self, node: Node) -> bool:
        array = self.values.get(node)
        return isinstance(array, np.ndarray) and array.dtype.kind == "b"

    def _constant(self, value: Values) -> Variable:
        name = self._numbered("mask" if value.dtype.kind == "b" else "c") if value.ndim else None
        return self._add(
            Variable(self._id(), name, None, False, "constant", value, value.shape, value.dtype, None, False)
        )

    def _box(self, node: Node, role: Role, automatic: str) -> Variable:
        given = self.names.get(node, [])
        if not given and role in RESULTS:
            automatic = RESULTS[role] if len(self.roots) == 1 else self._numbered(RESULTS[role])
        while automatic in self.taken:
            automatic += "′"
        array = self.values.get(node)
        value = None if array is None or is_stand_in(array) else np.asarray(array)
        has_gradient = node.requires_grad and self.with_gradients and node not in self.slopes
        gradient = self._gradient(node) if has_gradient else None
        like = gradient if array is None else array
        shape, dtype = (None, None) if like is None else (like.shape, like.dtype)
        name, alias = (given[0], given[-1]) if given else (automatic, None)
        alias = None if alias == name else alias
        return self._add(
            Variable(self._id(), name, alias, bool(given), role, value, shape, dtype, gradient, has_gradient)
        )

    def _gradient(self, node: Node) -> Values | None:
        """The gradient computed on the side, else what `backward()` left in `.grad`."""
        if self.gradients is not NONE:
            gradient = self.gradients.of.get(node)
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


def _class_numbers(node: Node, positions: Any) -> Values | None:
    """The class of every row, where a cross entropy picks one element of each row by its place in the flat array."""
    rows: Any = node.args[0] if node.args else None
    if node.primitive.name != "negative_sum" or np.ndim(rows) != 2 or np.shape(positions) != np.shape(rows)[:1]:
        return None
    count, classes = np.shape(rows)
    first = np.arange(count) * classes
    found: Values = np.asarray(positions) - first
    return found if count and ((found >= 0) & (found < classes)).all() else None


def _told_apart(names: Mapping[Node, list[str]], taken: Collection[str]) -> dict[Node, list[str]]:
    """The same names, with a prime where an older node has that name already: x, x′."""
    used: set[str] = set()
    found = {}
    for node, known in names.items():
        own: list[str] = []
        for name in known:
            while name in used or (name not in known and name in taken):
                name += "′"
            own.append(name)
        used.update(own)
        found[node] = own
    return found


def _counted_from_the_front(axis: Any, rank: int) -> Any:
    """An axis as formulas number it: the last one of a matrix is 1, not −1."""
    return axis + rank if isinstance(axis, int) and axis < 0 else axis


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
