"""What goes into a folded part of a computation and what comes out of it, and how the one depends on the other.

Of a stretch of twenty operations in one box nobody sees the steps. What can be said is the value that enters, the value
that leaves, and the derivative from end to end: the product of the local derivatives along the way, and where there are
several ways the sum of those products.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tinygrad_vn.lecture.computation.graph import Graph, Group, Operation, Variable


@dataclass(frozen=True)
class Passage:
    """A folded part seen from outside.

    Attributes:
        operations: those inside, in the order of the computation.
        entering: the boxes whose values are used inside and come from elsewhere.
        leaving: the boxes that are computed inside and used elsewhere.
    """

    operations: Sequence[Operation]
    entering: Sequence[Variable]
    leaving: Sequence[Variable]

    def slope(self, source: str) -> float | None:
        """The derivative of what leaves with respect to what enters; None where one of them is no single number."""
        return self._slopes.get(source)

    @cached_property
    def _slopes(self) -> Mapping[str, float]:
        """By the id of what enters: chain rule, from what leaves back to what enters."""
        if len(self.leaving) != 1 or self.leaving[0].shape != () or self.leaving[0].gradient is None:
            return {}
        slopes = {self.leaving[0].id: 1.0}
        unknown: set[str] = set()
        for operation in reversed(self.operations):
            slope = slopes.get(operation.result)
            for argument in operation.sources:
                source = str(argument.source)
                if operation.result in unknown or (slope is not None and argument.contribution is not None):
                    if argument.local is None or argument.local.ndim or slope is None or operation.result in unknown:
                        unknown.add(source)
                    else:
                        slopes[source] = slopes.get(source, 0.0) + slope * float(argument.local)
        scalars = {box.id for box in self.entering if box.shape == ()}
        return {source: slope for source, slope in slopes.items() if source in scalars - unknown}


def passages_of(graph: Graph, units: Iterable[tuple[Group | None, Sequence[Operation]]]) -> dict[str, Passage]:
    """What goes into every folded part and comes out of it, by the id of the group."""
    computed = {operation.result for operation in (graph.whole or graph).operations}
    users: dict[str, set[str]] = {}  # by the id of a box, the circles and groups that use it
    for operation in (graph.whole or graph).operations:
        for argument in operation.sources:
            users.setdefault(str(argument.source), set()).add(graph.place.get(operation.id, operation.id))
    results = {result.id for result in graph.results}
    found = {}
    for group, operations in units:
        if group is not None:
            made = {operation.result: None for operation in operations}
            used = {str(argument.source): None for operation in operations for argument in operation.sources}
            entering = [key for key in used if key not in made and graph.place.get(key) != group.id]
            entering.sort(key=lambda key: key not in computed)  # what is on its way first, then the leaves
            leaving = [key for key in made if key in results or users.get(key, set()) - {group.id}]
            boxes = [[graph.by_id[key] for key in keys if key in graph.by_id] for keys in (entering, leaving)]
            found[group.id] = Passage(operations, *boxes)
    return found
