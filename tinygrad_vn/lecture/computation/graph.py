"""A computation as boxes, circles and arrows: what a drawing shows, before anybody decides how it looks.

A box (`Variable`) is a value with a name, a role and perhaps a gradient; a circle (`Operation`) makes one box out of
others; an arrow leads from an argument to its operation and from the operation to its result. `x * x` has two arrows
from x, each with a derivative of its own. Everything is numbered in the order of the computation, so the same program
always gives the same names. `recorded.py` reads all this off a Tensor.

A layer of a model is a `Scope`, a frame around what it computed. Where there is too much to draw, a `Group` is one box
that stands for many boxes and circles (`collapse.py`); arrows then lead to the group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.theme import Role


@dataclass(frozen=True)
class Variable:
    """A box.

    Attributes:
        id: "v1", "v2", …, in the order of the computation.
        name: the Tensor's own name, the one given to `draw`, or one such as x1, w1, mul_3; None for a bare number.
        alias: a second name under which it is used, as in Ŷ = A⁽³⁾; mostly None.
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
    alias: str | None
    given: bool
    role: Role
    value: Values | None
    shape: tuple[int, ...] | None
    dtype: np.dtype[Any] | None
    gradient: Values | None
    has_gradient: bool

    @property
    def text(self) -> str:
        """How a formula writes it: its name, or its number, with brackets where a sign stands in front."""
        if self.name is not None:
            return self.alias or self.name
        text = number(0 if self.value is None else self.value[()])
        return f"({text})" if text.startswith("−") else text


@dataclass(frozen=True)
class Argument:
    """What goes into an operation in one place.

    Attributes:
        parameter: the place, as the operation's rules call it: "x", "axis".
        source: the id of the box it comes from; None for a setting, which is not a number to compute with.
        text: how a formula writes it: the name of the box, a number, or the setting.
        local: the local derivative ∂out/∂argument, in the shape of the result, where every element of the result
            comes from one element of the argument; else None.
        contribution: what flows back through this place, in the shape of the argument: the gradient of the source is
            the sum of these. None where there is no gradient.
        turned: whether it goes into a product of matrices as its transpose, or, where it is a vector, as a row.
    """

    parameter: str
    source: str | None
    text: str
    local: Values | None = None
    contribution: Values | None = None
    turned: bool = False


@dataclass(frozen=True)
class Operation:
    """A circle.

    Attributes:
        id: "op1", "op2", …, in the order of the computation.
        name: mul_3: what it does, and its number.
        kind: the primitive: "multiply".
        sign: ×.
        settings: what is not a number to compute with, such as axis=0; often empty.
        arguments: what goes in, in the order of the operation's parameters.
        result: the id of the box that comes out; its own id where several results do, which others then take out.
        order: its place in the order of creation, among all operations of the program.
        form: of a product that is no matrix: "row" for a vector that the product gives as a row, or "number".
    """

    id: str
    name: str
    kind: str
    sign: str
    settings: str
    arguments: tuple[Argument, ...]
    result: str
    order: int
    form: Literal["", "row", "number"] = ""

    @property
    def sources(self) -> Iterator[Argument]:
        """The arguments that have a box."""
        return (argument for argument in self.arguments if argument.source is not None)


@dataclass(frozen=True)
class Scope:
    """A layer that was called: a frame around the operations that it carried out.

    Attributes:
        id: "s1", "s2", …, in the order of the calls.
        path: where it stands in the model: "encoder.0".
        kind: its class and settings: "Linear(2, 3)".
        start: the place of its first operation in the graph's list of all operations.
        stop: the place after its last one.
        parent: the id of the scope around it.
    """

    id: str
    path: str
    kind: str
    start: int
    stop: int
    parent: str | None = None

    @property
    def label(self) -> str:
        """What stands above it: 0 · Linear(2, 3)."""
        return f"{self.path} · {self.kind}" if self.path else self.kind


@dataclass(frozen=True)
class Group:
    """One box that stands for many boxes and circles.

    Attributes:
        id: "g1", "g2", …
        label: of the layer or layers that it stands for; empty for a stretch of the computation, or for mere leaves.
        times: how many equal layers it stands for.
        operations: how many of them it stands for, by their sign: {"×": 500, "+": 500}.
        leaves: how many leaves are inside, by role: {"parameter": 2}.
        members: the ids of all boxes and circles inside.
    """

    id: str
    label: str
    times: int
    operations: Mapping[str, int]
    leaves: Mapping[Role, int]
    members: tuple[str, ...]


@dataclass(frozen=True)
class Arrow:
    """An arrow from one box or circle to another, by their ids.

    Attributes:
        source: where it begins.
        target: where it ends.
        argument: where it leads into an operation, the argument it stands for.
        count: how many it stands for, where one of its ends is a group.
    """

    source: str
    target: str
    argument: Argument | None = None
    count: int = 1


@dataclass(frozen=True)
class Graph:
    """Everything there is to draw: boxes in the order of the computation, circles likewise, and what comes out.

    Attributes:
        variables: the boxes.
        operations: the circles.
        results: the boxes of what was computed in the end.
        scopes: the layers, each after the one around it.
        groups: the boxes that stand for many others.
        place: for what is inside a group, by its id, the id of the group.
        whole: where there are groups, the same graph without them.
        backward: the ids of all that belongs to a recorded backward pass; mostly there is none.
    """

    variables: list[Variable] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    results: list[Variable] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    place: Mapping[str, str] = field(default_factory=dict)
    whole: Graph | None = None
    backward: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.variables) + len(self.operations) + len(self.groups)

    @property
    def parts(self) -> list[Variable | Operation]:
        """Boxes and circles."""
        return [*self.variables, *self.operations]

    @cached_property
    def going_back(self) -> frozenset[str]:
        """The ids of what is drawn of the backward pass; of groups those with nothing else inside."""
        groups = (group.id for group in self.groups if self.backward.issuperset(group.members))
        return (
            frozenset({part.id for part in self.parts} & self.backward | set(groups)) if self.backward else frozenset()
        )

    @cached_property
    def by_id(self) -> dict[str, Variable]:
        """The boxes by their ids, also those inside groups."""
        return {variable.id: variable for variable in (self.whole or self).variables}

    @cached_property
    def arrows(self) -> list[Arrow]:
        """All arrows, those of each operation together: into it, then out of it; between two groups one for all."""
        arrows: list[Arrow] = []
        for operation in (self.whole or self).operations:
            arrows += [Arrow(str(a.source), operation.id, a) for a in operation.sources]
            if operation.result != operation.id:
                arrows.append(Arrow(operation.id, operation.result))
        return self._between_groups(arrows) if self.groups else arrows

    def _between_groups(self, arrows: list[Arrow]) -> list[Arrow]:
        """The arrows that are left when groups are closed."""
        makers = {arrow.target: self.place.get(arrow.source) for arrow in arrows if arrow.argument is None}
        left: dict[tuple[str, str] | int, Arrow] = {}
        for position, arrow in enumerate(arrows):
            source, target = (self.place.get(end, end) for end in (arrow.source, arrow.target))
            if source == target or makers.get(source) == target:  # a result goes out of its group and not back into it
                continue
            if (source, target) == (arrow.source, arrow.target):
                left[position] = arrow
            else:
                before = left.get((source, target))
                left[source, target] = Arrow(source, target, None, before.count + 1 if before else 1)
        return list(left.values())

    @cached_property
    def homes(self) -> dict[str, str]:
        """In which layer everything drawn belongs, by ids: circles, their results, parameters and constants."""
        if not self.scopes:
            return {}
        operations = (self.whole or self).operations
        innermost: list[str | None] = [None] * len(operations)
        for scope in self.scopes:  # inner ones come later
            innermost[scope.start : scope.stop] = [scope.id] * (scope.stop - scope.start)
        parents = {scope.id: scope.parent for scope in self.scopes}
        homes: dict[str, str | None] = {}
        made = {operation.result for operation in operations}
        for operation, home in zip(operations, innermost, strict=True):
            leaves = (str(a.source) for a in operation.sources if a.source not in made)
            for part in (operation.id, operation.result, *leaves):
                part = self.place.get(part, part)
                homes[part] = _common(homes.get(part, home), home, parents)
        outside = {v.id for v in self.variables if v.role == "input"}
        return {part: home for part, home in homes.items() if home is not None and part not in outside}


def _common(one: str | None, other: str | None, parents: Mapping[str, str | None]) -> str | None:
    """The innermost scope that holds both."""
    above = set()
    while one is not None:
        above.add(one)
        one = parents[one]
    while other is not None and other not in above:
        other = parents[other]
    return other
