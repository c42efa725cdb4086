"""A graph as a Mermaid flowchart: text that pages in Markdown show as a picture.

Every letter that could mean something to Mermaid, to Markdown or to HTML is written as its number, so a name is nothing
but letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from tinygrad_vn.lecture.computation.graph import Arrow, Graph, Group, Operation, Variable
from tinygrad_vn.lecture.numbers import in_words, shape_text
from tinygrad_vn.lecture.picture.dot import PARTS, Style, group_texts
from tinygrad_vn.lecture.picture.edges import edge_text
from tinygrad_vn.lecture.picture.heat import Heat
from tinygrad_vn.lecture.picture.labels import clean, drawn, signed
from tinygrad_vn.lecture.theme import ROLES, Box, ink_on
from tinygrad_vn.lecture.words import word

HARMLESS = set(" .,·=|()")  # signs that may stand between quotation marks as they are


class Drawn(Protocol):
    """What a drawing has to tell."""

    @property
    def graph(self) -> Graph:
        """What there is."""

    @property
    def style(self) -> Style:
        """How it looks."""

    @property
    def title(self) -> str:
        """What it shows."""

    @property
    def description(self) -> str:
        """What it shows, in one or two sentences."""


def mermaid_of(drawing: Drawn) -> str:
    """The text of the flowchart."""
    return "\n".join(_Flowchart(drawing).lines()) + "\n"


def markdown_of(drawing: Drawn) -> str:
    """The flowchart in a page of Markdown, below its title and description."""
    title, description = (in_numbers(text, "&#") for text in (drawing.title, drawing.description))
    return f"# {title}\n\n{description}\n\n```mermaid\n{mermaid_of(drawing)}```\n"


def in_numbers(text: str, mark: str = "#") -> str:
    """Text on one line in which nothing is a sign for anybody: all but a few ASCII characters are numbers."""
    return "".join(
        letter if letter.isalnum() or ord(letter) > 127 or letter in HARMLESS else f"{mark}{ord(letter)};"
        for letter in " ".join(clean(text).split())
    )


class _Flowchart:
    """The lines of one flowchart."""

    def __init__(self, drawing: Drawn) -> None:
        self.graph, self.style = drawing.graph, drawing.style
        self.title, self.description = drawing.title, drawing.description
        self.operations = {operation.id: operation for operation in self.graph.operations}
        self.heat = Heat(self.graph, self.style.precision) if self.style.heat else None

    def lines(self) -> Iterator[str]:
        graph = self.graph
        yield f"flowchart {self.style.rankdir}"
        yield f"  accTitle: {in_numbers(self.title)}"
        yield f"  accDescr: {in_numbers(self.description)}"
        yield from self.boxes()
        for arrow in graph.arrows:
            label = self.label(arrow)
            yield f'  {arrow.source} -->|"{label}"| {arrow.target}' if label else f"  {arrow.source} --> {arrow.target}"
        theme = self.style.theme
        for role in ROLES:
            yield f"  classDef {role} {_look(theme.boxes[role], theme.text)}"
        yield f"  classDef operation fill:{theme.circle},stroke:{theme.arrow},color:{theme.text}"
        yield f"  classDef group fill:{theme.background},stroke:{theme.muted},color:{theme.text}"
        for part in (*(variable.id for variable in graph.variables), *(group.id for group in graph.groups)):
            fill = self.heat.color(part) if self.heat else None
            if fill:
                yield f"  style {part} fill:{fill},color:{ink_on(fill)}"

    def boxes(self) -> Iterator[str]:
        """Boxes, circles and groups; those of a layer in its frame."""
        graph = self.graph
        lines = {variable.id: self.box(variable) for variable in graph.variables}
        lines |= {operation.id: self.circle(operation) for operation in graph.operations}
        lines |= {group.id: self.group(group) for group in graph.groups}
        back = graph.going_back
        for name in PARTS if back else ():
            yield f'  subgraph {name}["{in_numbers(word(PARTS[name], self.style.lang))}"]'
            inner = (line for part, line in lines.items() if (part in back) == (name == "backward"))
            yield from inner
            yield "  end"
        lines = {} if back else lines
        yield from (line for part, line in lines.items() if part not in graph.homes)
        inside: dict[str, list[str]] = {}
        for part, home in graph.homes.items():
            if part in lines:
                inside.setdefault(home, []).append(lines[part])
        frames: list[str] = []  # those that are open
        for scope in () if back else graph.scopes:
            while frames and frames[-1] != scope.parent:
                frames.pop()
                yield "  end"
            frames.append(scope.id)
            yield f'  subgraph {scope.id}["{in_numbers(drawn(scope.label))}"]'
            yield from inside.get(scope.id, [])
        yield from ("  end" for _ in frames)

    def box(self, variable: Variable) -> str:
        """A box: parameters have a double border."""
        text = self.joined(self.texts(variable))
        left, right = ("[[", "]]") if variable.role == "parameter" else ("(", ")")
        return f'  {variable.id}{left}"{text}"{right}:::{variable.role}'

    def texts(self, variable: Variable) -> Iterator[str]:
        """What stands in a box, line by line."""
        show, precision, lang = self.style.show, self.style.precision, self.style.lang
        if variable.name is None:
            yield in_words(variable.value, precision)
            return
        alias = f" = {drawn(variable.alias)}" if variable.alias else ""
        yield drawn(variable.name) + alias
        if variable.shape:
            yield shape_text(variable.shape)
        if "value" in show:
            yield f"{word('value', lang)} = {in_words(variable.value, precision)}"
        if "grad" in show and variable.has_gradient:
            yield f"{word('grad', lang)} = {in_words(variable.gradient, precision)}"
        if self.heat and self.heat.badge(variable.id):
            yield self.heat.badge(variable.id)

    def circle(self, operation: Operation) -> str:
        text = self.joined([signed(operation.sign), operation.settings])
        return f'  {operation.id}(("{text}")):::operation'

    def group(self, group: Group) -> str:
        times = f"×{group.times}" if group.times > 1 else ""
        badge = self.heat.badge(group.id) if self.heat else ""
        texts = [drawn(group.label) if group.label else "", times, *group_texts(group, self.style.lang), badge]
        return f'  {group.id}["{self.joined(texts)}"]:::group'

    def label(self, arrow: Arrow) -> str:
        """What stands on an arrow."""
        if arrow.count > 1:
            return f"×{arrow.count}"
        argument = arrow.argument
        if "local" not in self.style.show or argument is None:
            return ""
        if argument.local is None and argument.contribution is None:
            return ""
        operation = self.operations[arrow.target]
        result = self.graph.by_id.get(operation.result)
        return in_numbers(edge_text(operation, argument, result.text, self.style.precision)) if result else ""

    def joined(self, texts: Iterable[str]) -> str:
        return "<br/>".join(in_numbers(text) for text in texts if text)


def _look(box: Box, color: str) -> str:
    """A role's colours and lines."""
    dashes = ",stroke-dasharray:5 3" if box.style == "dashed" else ""
    return f"fill:{box.fill},stroke:{box.line},stroke-width:{box.width:g}px,color:{color}{dashes}"
