"""A graph in DOT, the language of Graphviz: text in, text out, the same text for the same graph.

Boxes carry HTML-like labels (small tables, `labels.py`), since only those can colour a value and its gradient
differently. Layers are frames (clusters) around what they computed.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Argument, Arrow, Graph, Group, Operation, Scope, Variable
from tinygrad_vn.lecture.numbers import (
    NOTHING,
    elements,
    is_in_full,
    number,
    shape_text,
    summary,
    width_of,
)
from tinygrad_vn.lecture.picture.edges import edge_text, equal_parts
from tinygrad_vn.lecture.picture.heat import Heat
from tinygrad_vn.lecture.picture.labels import BOLD, at_least, drawn, font, labelled, signed, spaced, table
from tinygrad_vn.lecture.story.steps import Step
from tinygrad_vn.lecture.theme import FONTS, Theme, ink_on
from tinygrad_vn.lecture.words import word

NUMBERS = 12  # points: the size of numbers in a box
PARTS = {"forward": "forward part", "backward": "backward part"}  # the words above the frames of both passes
ON_ONE_LINE = 12  # letters of a formula on an arrow; of a longer one every equals sign begins a line
KINDS = 6  # kinds of operations that a group names


@dataclass(frozen=True)
class Style:
    """How a graph is to look.

    Attributes:
        show: of "value", "grad" and "local" (local derivatives, on the arrows) those to be shown.
        rankdir: the direction of the computation.
        precision: significant digits of numbers.
        theme: its colours.
        lang: its language.
        heat: "grad" to colour the boxes by the size of their gradients.
    """

    show: tuple[str, ...]
    rankdir: str
    precision: int
    theme: Theme
    lang: Language
    heat: str | None = None


def source_of(graph: Graph, style: Style, step: Step | None = None, told: Sequence[Step] = ()) -> str:
    """The DOT text of a graph, its lines in the order of the computation.

    Args:
        graph: what there is.
        style: how it looks.
        step: the moment at which it is shown; None shows everything.
        told: all steps of the story. Every box gets room for whatever stands in it at any of them. Formulas on arrows
            appear when they are known; `story/frames.py` keeps everything in its place meanwhile.
    """
    writer = _Writer(graph, style, step, told)
    theme = style.theme
    lines = [
        "digraph computation {",
        f'  graph [rankdir="{style.rankdir}", bgcolor="{theme.background}", nodesep="0.22", ranksep="0.3", pad="0.15", '
        f'fontname="{FONTS}"]',
        f'  node [fontname="{FONTS}", fontsize="12", fontcolor="{theme.text}"]',
        f'  edge [color="{theme.arrow}", penwidth="1.1", arrowsize="0.65", fontname="{FONTS}", fontsize="10"]',
        *writer.boxes(),
        *(writer.arrow(position, arrow) for position, arrow in enumerate(graph.arrows)),
        *([] if step is not None or told else writer.notes()),  # at the end, where no frame inherits it
        "}",
    ]
    return "\n".join(lines) + "\n"


class _Column(NamedTuple):
    """Numbers in a box: the key of their heading, a colour, rows of texts, a word before each row, the least width."""

    key: str
    color: str
    grid: list[list[str]]
    words: tuple[str, ...]
    width: int


class _Writer:
    """The labels of one drawing."""

    def __init__(self, graph: Graph, style: Style, step: Step | None, told: Sequence[Step]) -> None:
        self.graph, self.style, self.step, self.told = graph, style, step, told
        self.theme, self.show, self.precision, self.lang = style.theme, style.show, style.precision, style.lang
        self.operations = {operation.id: operation for operation in graph.operations}
        self.heat = Heat(graph, style.precision) if style.heat else None

    def boxes(self) -> Iterator[str]:
        """Boxes and circles in the order of the computation; then, layer by layer, those in frames."""
        lines = {variable.id: self.box(variable) for variable in self.graph.variables}
        lines |= {operation.id: self.circle(operation) for operation in self.graph.operations}
        lines |= {group.id: self.group(group) for group in self.graph.groups}
        back = self.graph.going_back
        if back:
            yield self.part("forward")
        yield from self.in_layers({part: line for part, line in lines.items() if part not in back})
        if back:
            yield "  }"
            yield self.part("backward")
            yield from (line for part, line in lines.items() if part in back)
            yield "  }"
        if self.heat and self.heat.norms:
            yield f'  legend [class="legend", shape="plain", label=<{self.heat.legend(self.theme, self.lang)}>]'

    def in_layers(self, lines: Mapping[str, str]) -> Iterator[str]:
        """Those outside all layers; then, layer by layer, those in frames."""
        homes = self.graph.homes
        yield from (line for part, line in lines.items() if part not in homes)
        inside: dict[str, list[str]] = {}
        for part, home in homes.items():
            if part in lines:
                inside.setdefault(home, []).append(lines[part])
        frames: list[str] = []  # those that are open
        for scope in self.graph.scopes:
            while frames and frames[-1] != scope.parent:
                frames.pop()
                yield "  }"
            frames.append(scope.id)
            yield self.frame(scope)
            yield from inside.get(scope.id, [])
        yield from ("  }" for _ in frames)

    def part(self, name: Literal["forward", "backward"]) -> str:
        """Where the frame of the forward or of the backward pass begins."""
        color = self.theme.gradient if name == "backward" else self.theme.value
        label = font(word(PARTS[name], self.lang), color, 12)
        return (
            f'  subgraph "cluster_{name}" {{ class="layer"; label=<{label}>; labeljust="l"; style="rounded,dashed"; '
            f'color="{color}"; penwidth="0.9"; margin="9"'
        )

    def notes(self) -> Iterator[str]:
        """What stands below the picture: why something is missing that one might look for."""
        notes = [word(key, self.lang) for key in notes_of(self.graph, self.style)]
        if notes:
            label = font("\n".join(notes), self.theme.muted, 10)
            yield f'  label=<{label}>; labelloc="b"; labeljust="l"'

    def frame(self, scope: Scope) -> str:
        """Where the frame of a layer begins."""
        label = font(drawn(scope.label), self.theme.muted, 11)
        return (
            f'  subgraph "cluster_{scope.id}" {{ class="layer"; label=<{label}>; labeljust="l"; style="rounded"; '
            f'color="{self.theme.muted}"; penwidth="0.8"; margin="9"'
        )

    def box(self, variable: Variable) -> str:
        look = self.theme.boxes[variable.role]
        active = self.step is not None and variable.id in self.step.active
        heat = None if active or self.heat is None else self.heat.color(variable.id)
        style = "rounded,filled" if look.style == "solid" else f"rounded,filled,{look.style}"
        fill, line = (self.theme.active.fill, self.theme.active.line) if active else (look.fill, look.line)
        if self.heat is not None and not active:
            fill = heat or self.theme.background
        writer = self.written_on(heat)
        return (
            f'  {variable.id} [class="{variable.role}", shape="box", style="{style}", fillcolor="{fill}", '
            f'color="{line}", penwidth="{look.width:g}", peripheries="{look.borders}", margin="0.05,0.03", '
            f'fontcolor="{writer.theme.text}", label=<{writer.label(variable)}>]'
        )

    def written_on(self, fill: str | None) -> _Writer:
        """Whoever writes on this colour: in the one ink that can be read there."""
        if fill is None:
            return self
        ink = ink_on(fill)
        writer = copy.copy(self)
        writer.theme = replace(self.theme, text=ink, muted=ink, value=ink, gradient=ink)
        return writer

    def group(self, group: Group) -> str:
        """The box that stands for many: what it is called, and how much of what is inside."""
        heat = self.heat.color(group.id) if self.heat else None
        theme = self.written_on(heat).theme
        lines = [f"<B>{font(drawn(group.label), theme.text, 12)}</B>"] if group.label else []
        lines += [font(f"×{group.times}", theme.text, 15)] if group.times > 1 else []
        lines += [font(text, theme.muted, 10) for text in group_texts(group, self.lang)]
        lines += [font(badge, theme.text, 11) for badge in self.badges(group.id)]
        return (
            f'  {group.id} [class="group", shape="box3d", style="filled", fillcolor="{heat or theme.background}", '
            f'color="{theme.muted if heat is None else self.theme.muted}", margin="0.14,0.12", '
            f"label=<{table([[line] for line in lines])}>]"
        )

    def badges(self, part: str) -> list[str]:
        """What heat has to say where it has no colour: the gradient is 0, NaN or ∞."""
        badge = self.heat.badge(part) if self.heat else ""
        return [badge] if badge else []

    def circle(self, operation: Operation) -> str:
        sign = signed(operation.sign)
        active = self.step is not None and operation.id in self.step.active
        fill, line = (
            (self.theme.active.fill, self.theme.active.line) if active else (self.theme.circle, self.theme.arrow)
        )
        label = font(sign, self.theme.text, 15 if len(sign) == 1 else 13)
        if operation.settings:
            label += f"<BR/>{font(operation.settings, self.theme.muted, 9)}"
        if operation.kind == "effect":
            size = 'shape="box", margin="0.08,0.06"'
        elif len(sign) <= 4 and not operation.settings:
            size = f'shape="circle", fixedsize="true", width="{0.42 if len(sign) <= 2 else 0.64}"'
        else:
            size = 'shape="ellipse", margin="0.03,0.03"'
        return (
            f'  {operation.id} [class="operation", {size}, style="filled", fillcolor="{fill}", color="{line}", '
            f'ordering="in", label=<{label}>]'
        )

    def arrow(self, position: int, arrow: Arrow) -> str:
        """An arrow; solid where the computation goes forward, dashed and turned around where a gradient goes back."""
        settings = [f'id="e{position}"']
        if {arrow.source, arrow.target} <= self.graph.going_back:
            settings += ['style="dashed"', f'color="{self.theme.gradient}"']
        if arrow.count > 1:
            settings += ['penwidth="2"', f"label=<{font(f' ×{arrow.count}', self.theme.muted, 10)}>"]
        if self.step is not None and position in self.step.arrows:
            settings += ['penwidth="2.4"']
            if self.step.kind == "backward":
                settings += ['dir="back"', 'style="dashed"', f'color="{self.theme.gradient}"']
            else:
                settings += [f'color="{self.theme.value}"']
        if "local" in self.show and arrow.argument is not None:
            text = self.derivative(self.operations[arrow.target], arrow.argument)
            if text:
                lines = "\n= ".join(equal_parts(text)) if len(text) > ON_ONE_LINE else text
                settings.append(f"label=<{spaced(font(lines, self.theme.gradient, 10))}>")
        return f"  {arrow.source} -> {arrow.target} [{', '.join(settings)}]"

    def derivative(self, operation: Operation, argument: Argument) -> str:
        """What stands on an arrow: ∂z/∂x = y = 3, or ∇W = Xᵀ ∇Y (64×10)."""
        result = self.graph.by_id.get(operation.result)
        if result is None or (argument.local is None and argument.contribution is None):
            return ""
        if self.step is not None:  # a local derivative is known with the result, a product when it has been made
            step, is_product = self.step, argument.local is None
            is_known = argument.source in step.gradients if is_product else result.id in step.values
            if not is_known:
                return ""
        return edge_text(operation, argument, result.text, self.precision)

    def label(self, variable: Variable) -> str:
        """What stands in a box: the name, and below it value and gradient."""
        if variable.name is None and variable.value is not None:
            return font(number(variable.value[()], self.precision), self.theme.value, 12)
        columns = self.columns(variable)
        is_matrix = any(len(column.grid[0]) > 1 for column in columns)
        below = self.stacked(columns) if is_matrix else self.side_by_side(columns)
        badges = [font(badge, self.theme.text, 11) for badge in self.badges(variable.id)]
        return table([[part] for part in (self.heading(variable, bool(columns)), *below, *badges) if part])

    def columns(self, variable: Variable) -> list[_Column]:
        """The numbers in a box, as far as they are known at this moment."""
        columns, step = [], self.step
        if "value" in self.show and variable.shape is not None:
            now = variable.value if step is None or variable.id in step.values else None
            columns.append(self.column("value", self.theme.value, variable.value, now, [variable.value]))
        if "grad" in self.show and variable.has_gradient:
            now = variable.gradient if step is None else step.gradients.get(variable.id)
            columns.append(self.column("grad", self.theme.gradient, variable.gradient, now, self.ever(variable.id)))
        return columns

    def ever(self, part: str) -> list[Values]:
        """The gradients that a box shows in the course of the story, each once."""
        found: list[Values] = []
        for step in self.told:
            gradient = step.gradients.get(part)
            if gradient is not None and (not found or gradient is not found[-1]):
                found.append(gradient)
        return found

    def column(
        self, key: str, color: str, final: Values | None, now: Values | None, ever: Sequence[Values | None]
    ) -> _Column:
        """One of them: a grid of texts as large as the final one, with dashes for what is not known yet."""
        if final is None:
            return _Column(key, color, [[NOTHING]], (), 0)
        words = () if is_in_full(final) else tuple(word(name, self.lang) for name, _ in summary(final))
        grid = self.grid(final)
        if now is not final:
            grid = [[NOTHING] * len(row) for row in grid] if now is None else self.grid(now)
        width = 0
        if self.told:
            shown = (array for array in (*ever, final) if array is not None)
            texts = {text for array in shown for row in self.grid(array) for text in row}
            width = round(max(width_of(text, NUMBERS) for text in texts | {NOTHING}))
        return _Column(key, color, grid, words, width)

    def grid(self, array: Values) -> list[list[str]]:
        """An array as rows of texts: its elements, or what sums it up."""
        if is_in_full(array):
            return elements(array, self.precision)
        return [[fact] for _, fact in summary(array, self.precision)]

    def heading(self, variable: Variable, has_numbers: bool) -> str:
        """The name, and the shape where the elements do not show it.

        Intermediate values that nobody named have none, unless the formulas on the arrows speak of them: what they are
        is seen from the circle in front of them.
        """
        text, name = "", drawn(variable.name or "")
        if variable.role != "intermediate" or variable.given:
            name = f"{name} = {drawn(variable.alias)}" if variable.alias else name
            text = at_least(len(name) * BOLD, f"<B>{labelled(name)}</B>")
        elif not has_numbers or "local" in self.show or self.graph.backward:
            text = font(name, self.theme.muted, 10)
        value, shape = variable.value, variable.shape
        if shape is not None and (value is None or not is_in_full(value) or value.ndim > 2 or not value.size):
            size = font(f"{shape_text(shape)} {variable.dtype}", self.theme.muted, 9)
            text = table([[text, size]]) if text else size
        return text

    def stacked(self, columns: Sequence[_Column]) -> list[str]:
        """Small matrices, the gradient below the value."""
        parts = []
        for column in columns:
            cells = [[font(text, column.color, NUMBERS) for text in row] for row in column.grid]
            heading = font(word(column.key, self.lang), column.color, 10)
            parts += [heading, table(cells, "RIGHT", [column.width] * len(cells[0]))]
        return parts

    def side_by_side(self, columns: Sequence[_Column]) -> list[str]:
        """Value and gradient as the columns of one table, with a column of words where they are summed up."""
        if not columns:
            return []
        lines = [[font(word(column.key, self.lang), column.color, 10) for column in columns]]
        for texts in itertools.zip_longest(*([row[0] for row in column.grid] for column in columns), fillvalue=""):
            lines.append([font(text, column.color, NUMBERS) for text, column in zip(texts, columns, strict=True)])
        widths = [column.width for column in columns]
        words = max((column.words for column in columns), key=len)
        if words:
            first = ["", *(font(text, self.theme.muted, 10) for text in words)]
            lines = [[text, *line] for text, line in zip(first, lines, strict=True)]
            widths = [0, *widths]
        return [table(lines, "RIGHT" if len(lines) > 2 else "CENTER", widths)]


def notes_of(graph: Graph, style: Style) -> list[str]:
    """The keys of the words that explain what a picture does not show."""
    if not graph.operations and not graph.groups and all(box.role == "input" for box in graph.variables):
        return ["note not recorded"]
    notes = []
    if "value" in style.show and any(v.value is None and v.shape is not None for v in graph.variables):
        notes.append("note not kept")
    slopes = [v.gradient for v in graph.variables if v.has_gradient]
    if style.heat and all(gradient is None for gradient in slopes):
        notes.append("note no heat")
    elif "grad" in style.show and any(gradient is None for gradient in slopes):
        notes += ["note no gradient"] * ("note not kept" not in notes)
    return notes


def group_texts(group: Group, lang: Language) -> list[str]:
    """How much of what is inside a group: operations: 36 / 12 @, 12 +, 12 tanh / parameters: 24."""
    texts = []
    if group.operations:
        kinds = sorted(group.operations.items(), key=lambda kind: -kind[1])
        named = ", ".join(f"{count} {signed(sign)}" for sign, count in kinds[:KINDS]) + ", …" * (len(kinds) > KINDS)
        texts = [f"{word('operations', lang)}: {sum(group.operations.values())}", named]
    return [*texts, *(f"{word(f'{role}s', lang)}: {count}" for role, count in group.leaves.items())]
