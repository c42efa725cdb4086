"""A computation told step by step: forward, the seed ∂L/∂L = 1, backward by the chain rule, and a summary.

A `Step` says which boxes and arrows it is about, what is known by then, and what to say. Frames, web pages, overlays
and tables all tell the same steps; how they show them is their own affair. What was folded into one box is one step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.arguments import check_choice
from tinygrad_vn.lecture.computation.graph import Argument, Graph, Group, Operation, Variable
from tinygrad_vn.lecture.picture.labels import clean, signed
from tinygrad_vn.lecture.story.captions import Captions
from tinygrad_vn.lecture.story.folded import passages_of
from tinygrad_vn.lecture.words import word

Kind = Literal["forward", "seed", "backward", "summary"]
Detail = Literal["operation", "edge"]

DETAILS: tuple[Detail, ...] = ("operation", "edge")
LINES = 12  # formulas of one step

Unit = tuple[Group | None, list[Operation]]  # what one step is about: one operation, or those inside a group


@dataclass(frozen=True)
class Step:
    """One moment of the story.

    Attributes:
        kind: what happens in it.
        active: the ids of the boxes and circles that it is about.
        arrows: the positions, in the graph's list of arrows, of those it goes along: forward along solid ones,
            backward along dashed ones.
        values: the ids of the boxes whose value is known by now.
        gradients: what is known by now of the gradients, by the id of the box; sums may still be growing.
        heading: what happens, in words.
        formulas: the lines that a lecturer writes on the blackboard.
    """

    kind: Kind
    active: frozenset[str]
    arrows: frozenset[int]
    values: frozenset[str]
    gradients: Mapping[str, Values]
    heading: str
    formulas: tuple[str, ...]

    @property
    def caption(self) -> str:
        """Heading and formulas, on lines of their own."""
        return "\n".join((self.heading, *self.formulas))


def steps_of(graph: Graph, *, lang: Language, precision: int = 4, detail: Detail = "operation") -> list[Step]:
    """The story of a graph.

    Args:
        graph: what there is. Of gradients it tells where it has them for everything, that is, of one number; else the
            story ends with the forward pass, and its last step says why.
        lang: the language of the headings.
        precision: significant digits.
        detail: a backward step for each "operation", or one for each "edge", that is, for each contribution.

    Raises:
        ValueError: there is no such detail.
    """
    check_choice("detail", detail, DETAILS)
    units = list(_units(graph))
    teller = _Teller(graph, units, lang, precision)
    for group, operations in units:
        if group is None:
            teller.forward(operations[0])
        else:
            teller.forward_through(group, operations)
    if teller.has_gradients:
        teller.seed(graph.results[0])
        for group, operations in reversed(units):
            if group is None:
                teller.backward(operations[0], detail)
            else:
                teller.backward_through(group, operations)
    teller.summary()
    return teller.steps


def _units(graph: Graph) -> Iterator[Unit]:
    """The operations, one by one, and those that were folded into one box together with their group."""
    groups = {group.id: group for group in graph.groups}
    operations = (graph.whole or graph).operations
    for key, unit in groupby(operations, key=lambda operation: graph.place.get(operation.id, operation.id)):
        yield groups.get(key), list(unit)


class _Teller:
    """Who tells the story, and remembers what is known by now."""

    def __init__(self, graph: Graph, units: Sequence[Unit], lang: Language, precision: int) -> None:
        self.graph, self.lang = graph, lang
        self.captions = Captions(graph, lang, precision)
        self.passages = passages_of(graph, units)
        self.steps: list[Step] = []
        self.boxes = {variable.id: variable for variable in graph.variables}  # those that are drawn
        self.values = set(self.boxes) - {operation.result for _, operations in units for operation in operations}
        self.gradients: dict[str, Values] = {}
        self.parts: dict[str, list[Values]] = {}  # the contributions so far, by the id of the box
        self.expected: Counter[str] = Counter()  # how many there will be
        for group, operations in units:
            flows = [str(a.source) for o in operations for a in o.sources if a.contribution is not None]
            self.expected.update(flows if group is None else set(flows))
        self.has_gradients = len(graph.results) == 1 and bool(self.expected) and graph.results[0].gradient is not None
        self.into: dict[str, list[int]] = {}  # positions of the arrows into a circle or a group
        self.out_of: dict[str, list[int]] = {}
        self.along: dict[tuple[str, str], int] = {}  # by both ends, for arrows that stand for several
        self.exact: dict[int, int] = {}  # by the argument, for arrows that stand for one
        for position, arrow in enumerate(graph.arrows):
            self.into.setdefault(arrow.target, []).append(position)
            self.out_of.setdefault(arrow.source, []).append(position)
            self.along[arrow.source, arrow.target] = position
            if arrow.argument is not None:
                self.exact[id(arrow.argument)] = position

    def tell(
        self, kind: Kind, active: Collection[str], arrows: Collection[int], heading: str, formulas: Sequence[str]
    ) -> None:
        lines = [_on_one_line(formula) for formula in formulas]
        if len(lines) > LINES:
            lines[LINES - 1 :] = [word("lines left out", self.lang, count=len(lines) - LINES + 1)]
        self.steps.append(
            Step(
                kind,
                frozenset(self.graph.place.get(part, part) for part in active),
                frozenset(arrows),
                frozenset(self.values),
                dict(self.gradients),
                _on_one_line(heading),
                tuple(lines),
            )
        )

    # --- forward ------------------------------------------------------------------------------------------------

    def forward(self, operation: Operation) -> None:
        """One operation computes its result."""
        is_recorded = operation.id in self.graph.backward  # computed later, but a part of the backward pass
        key = "recorded backward step" if is_recorded else "forward step"
        heading = word(key, self.lang, sign=signed(operation.sign))
        self.values.add(operation.result)
        arrows = [*self.into.get(operation.id, []), *self.to_results([operation])]
        active = [operation.id, operation.result, *(str(argument.source) for argument in operation.sources)]
        self.tell("forward", active, arrows, heading, [self.captions.forward(operation)])

    def forward_through(self, group: Group, operations: Sequence[Operation]) -> None:
        """Everything inside a group is computed."""
        shown = [operation.result for operation in operations if operation.result in self.boxes]
        self.values.update(shown)
        arrows = self.into.get(group.id, [])
        sources = [self.graph.arrows[position].source for position in arrows]
        heading = word("forward step", self.lang, sign=self.name_of(group, operations))
        formulas = [self.captions.passage(self.passages[group.id])]
        self.tell("forward", [group.id, *shown, *sources], [*arrows, *self.to_results(operations)], heading, formulas)

    def to_results(self, operations: Sequence[Operation]) -> list[int]:
        """The arrows from a circle, or from the group that these are in, to their results."""
        place = self.graph.place
        ends = ((place.get(operation.id, operation.id), operation.result) for operation in operations)
        return [self.along[end] for end in ends if end in self.along]

    def name_of(self, group: Group, operations: Sequence[Operation]) -> str:
        """0 … 11 · Linear(4, 4) ×12 (operations each time: 3)"""
        what = group.label or word("folded", self.lang)
        each, rest = divmod(len(operations), group.times)
        if group.times > 1 and not rest:
            return f"{what} ×{group.times} ({word('operations each time', self.lang)}: {each})"
        return f"{what} ({word('operations', self.lang)}: {len(operations)})"

    # --- backward -----------------------------------------------------------------------------------------------

    def seed(self, root: Variable) -> None:
        """The backward pass starts with ∂L/∂L = 1."""
        self.gradients[root.id] = np.ones(root.shape or ())
        heading = word("seed step", self.lang, name=root.text)
        self.tell("seed", [root.id], [], heading, [self.captions.seed()])

    def backward(self, operation: Operation, detail: Detail) -> None:
        """The gradient of the result goes back to the arguments, at once or one after the other."""
        arguments = [argument for argument in operation.sources if argument.contribution is not None]
        for part in [arguments] if detail == "operation" else [[argument] for argument in arguments]:
            if part:
                self.backward_to(operation, part)

    def backward_to(self, operation: Operation, arguments: Sequence[Argument]) -> None:
        """It goes back to these arguments."""
        formulas, arrows = [], self.to_results([operation])
        if operation.result == operation.id:  # several results: it comes from what was taken out
            arrows = list(self.out_of.get(operation.id, []))
        for argument in arguments:
            source = str(argument.source)
            formulas.append(self.captions.backward(operation, argument, self.expected[source] > 1))
            formulas += self.contribute(source, np.asarray(argument.contribution))
            end = (self.graph.place.get(source, source), operation.id)
            arrows.append(self.exact[id(argument)] if id(argument) in self.exact else self.along[end])
        heading = word("backward step", self.lang, sign=signed(operation.sign))
        sources = [str(argument.source) for argument in arguments]
        self.tell("backward", [operation.id, operation.result, *sources], arrows, heading, formulas)

    def backward_through(self, group: Group, operations: Sequence[Operation]) -> None:
        """It goes back through everything inside a group; said is what that adds to the boxes around it."""
        parts: dict[str, Values] = {}
        for operation in reversed(operations):
            for argument in operation.sources:
                if argument.contribution is not None:
                    before = parts.get(str(argument.source))
                    part = np.asarray(argument.contribution)
                    parts[str(argument.source)] = part if before is None else before + part
        if not parts:
            return
        formulas, passage = [], self.passages[group.id]
        entering = {box.id for box in passage.entering}
        for source, part in parts.items():
            if source in self.boxes or source in entering:
                sign = "+=" if self.expected[source] > 1 else "="
                formulas.append(self.captions.through(passage, self.graph.by_id[source], part, sign))
            if source in self.boxes:
                formulas += self.contribute(source, part)
        places = {self.graph.place.get(source, source) for source in parts}
        arrows = [place for place in self.into.get(group.id, []) if self.graph.arrows[place].source in places]
        active = [group.id, *(self.graph.arrows[place].source for place in arrows)]
        active += [operation.result for operation in operations if operation.result in self.boxes]
        heading = word("backward step", self.lang, sign=self.name_of(group, operations))
        self.tell("backward", active, [*self.to_results(operations), *arrows], heading, formulas)

    def contribute(self, source: str, part: Values) -> list[str]:
        """Add to the gradient of a box; where that was the last of several parts, the line that adds them up."""
        parts = self.parts.setdefault(source, [])
        parts.append(part)
        self.gradients[source] = part if len(parts) == 1 else self.gradients[source] + part
        is_whole = len(parts) == self.expected[source] > 1
        return [self.captions.total(self.graph.by_id[source], parts)] if is_whole else []

    # --- summary ------------------------------------------------------------------------------------------------

    def summary(self) -> None:
        """What came out: the results, and the gradients of all parameters."""
        formulas = [self.captions.result(box) for box in self.graph.results]
        parameters = [box for box in self.graph.variables if box.role == "parameter" and box.has_gradient]
        if self.has_gradients:
            formulas += [self.captions.gradient(box, self.gradients.get(box.id)) for box in parameters]
        elif not self.graph.backward:
            formulas.append(self.captions.why_no_gradient())
        key = "summary step" if self.has_gradients or self.graph.backward else "summary without gradients"
        active = [box.id for box in (parameters if self.has_gradients else self.graph.results)]
        self.tell("summary", active, [], word(key, self.lang), formulas)


def _on_one_line(text: str) -> str:
    """Text as it can be drawn, whatever names are in it."""
    return clean(text).replace("\n", " ").replace("\t", " ")
