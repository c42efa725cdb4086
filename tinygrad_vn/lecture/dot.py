"""A graph in DOT, the language of Graphviz: text in, text out, the same text for the same graph.

Boxes carry HTML-like labels (small tables), since only those can colour a value and its gradient differently. Whatever
comes from outside, such as a name, goes through `escaped` and is then nothing but letters.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Sequence

from tinygrad_vn.graph import Values
from tinygrad_vn.lecture.graph import Graph, Operation, Variable
from tinygrad_vn.lecture.numbers import NOTHING, elements, is_in_full, number, shape_text, summary
from tinygrad_vn.lecture.theme import FONTS, Theme
from tinygrad_vn.lecture.words import word

Column = tuple[str, str, Values | None]  # the key of a heading, a colour, numbers

SUPERSCRIPTS = "²³ᵀ⁺⁻"  # signs that need something to stand on

LONGEST = 40  # letters of a name that are drawn; the picture's tooltip has all of it
BOLD = 8  # points that a bold letter may take: who looks at an SVG may have a wider font than Graphviz had

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # XML allows none of these
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def clean(text: str) -> str:
    """Text that any XML file can hold: composed letters (NFC), one kind of line end, no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _NO_TEXT.sub("\ufffd", lines))


def escaped(text: str) -> str:
    """Text as part of an XML file."""
    return re.sub('[&<>"]', lambda sign: _ENTITIES[sign[0]], clean(text))


def labelled(text: str) -> str:
    """Text as part of an HTML-like label, where a backslash stands apart: Graphviz would take \\N for the node's id."""
    return escaped(text).replace("\\", "<FONT>\\</FONT>")


def drawn(name: str) -> str:
    """A name as it stands in a box: on one line, and not too long."""
    name = " ".join(clean(name).split()) or "␣"
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def source_of(graph: Graph, *, theme: Theme, show: Collection[str], rankdir: str, precision: int, lang: str) -> str:
    """The DOT text of a graph, its lines in the order of the computation."""
    writer = _Writer(theme, show, precision, lang)
    lines = [
        "digraph computation {",
        f'  graph [rankdir="{rankdir}", bgcolor="{theme.background}", nodesep="0.22", ranksep="0.3", pad="0.15"]',
        f'  node [fontname="{FONTS}", fontsize="12", fontcolor="{theme.text}"]',
        f'  edge [color="{theme.arrow}", penwidth="1.1", arrowsize="0.65"]',
        *(writer.box(variable) for variable in graph.variables),
        *(writer.circle(operation) for operation in graph.operations),
        *(f"  {arrow.source} -> {arrow.target}" for arrow in graph.arrows),
        "}",
    ]
    return "\n".join(lines) + "\n"


class _Writer:
    """The labels of one drawing."""

    def __init__(self, theme: Theme, show: Collection[str], precision: int, lang: str) -> None:
        self.theme, self.show, self.precision, self.lang = theme, show, precision, lang

    def box(self, variable: Variable) -> str:
        look = self.theme.boxes[variable.role]
        style = "rounded,filled" if look.style == "solid" else f"rounded,filled,{look.style}"
        return (
            f'  {variable.id} [shape="box", style="{style}", fillcolor="{look.fill}", color="{look.line}", '
            f'penwidth="{look.width:g}", peripheries="{look.borders}", margin="0.05,0.03", '
            f"label=<{self.label(variable)}>]"
        )

    def circle(self, operation: Operation) -> str:
        sign = f"( ){operation.sign}" if operation.sign[0] in SUPERSCRIPTS else operation.sign
        label = self.font(sign, self.theme.text, 15 if len(sign) == 1 else 13)
        if operation.settings:
            label += f"<BR/>{self.font(operation.settings, self.theme.muted, 9)}"
        if len(sign) <= 4 and not operation.settings:
            size = f'shape="circle", fixedsize="true", width="{0.42 if len(sign) <= 2 else 0.64}"'
        else:
            size = 'shape="ellipse", margin="0.03,0.03"'
        return (
            f'  {operation.id} [{size}, style="filled", fillcolor="{self.theme.circle}", color="{self.theme.arrow}", '
            f'ordering="in", label=<{label}>]'
        )

    def label(self, variable: Variable) -> str:
        """What stands in a box: the name, and below it value and gradient."""
        if variable.name is None and variable.value is not None:
            return self.font(number(variable.value[()], self.precision), self.theme.value, 12)
        columns: list[Column] = []
        if "value" in self.show and variable.shape is not None:
            columns.append(("value", self.theme.value, variable.value))
        if "grad" in self.show and variable.has_gradient:
            columns.append(("grad", self.theme.gradient, variable.gradient))
        is_matrix = any(a is not None and is_in_full(a) and a.ndim > 1 and a.shape[-1] > 1 for _, _, a in columns)
        below = self.stacked(columns) if is_matrix else self.side_by_side(columns)
        return _table([[part] for part in (self.heading(variable, bool(columns)), *below) if part])

    def heading(self, variable: Variable, has_numbers: bool) -> str:
        """The name, and the shape where the elements do not show it.

        Intermediate values that nobody named have none: what they are is seen from the circle in front of them.
        """
        text, name = "", drawn(variable.name or "")
        if variable.role != "intermediate" or variable.given:
            text = _at_least(len(name) * BOLD, f"<B>{labelled(name)}</B>")
        elif not has_numbers:
            text = self.font(name, self.theme.muted, 10)
        value, shape = variable.value, variable.shape
        if shape is not None and (value is None or not is_in_full(value) or value.ndim > 2 or not value.size):
            size = self.font(f"{shape_text(shape)} {variable.dtype}", self.theme.muted, 9)
            text = _table([[text, size]]) if text else size
        return text

    def stacked(self, columns: Sequence[Column]) -> list[str]:
        """Small matrices, the gradient below the value."""
        parts = []
        for key, color, array in columns:
            rows = [[NOTHING]] if array is None else elements(array, self.precision)
            cells = [[self.font(text, color, 12) for text in row] for row in rows]
            parts += [self.font(word(key, self.lang), color, 10), _table(cells, "RIGHT")]
        return parts

    def side_by_side(self, columns: Sequence[Column]) -> list[str]:
        """Value and gradient as the columns of one table, with a column of words where they are summed up."""
        if not columns:
            return []
        facts: list[list[str]] = []
        words: list[str] = []
        for _, _, array in columns:
            if array is None:
                facts.append([NOTHING])
            elif is_in_full(array):
                facts.append([row[0] for row in elements(array, self.precision)])
            else:
                summed = summary(array, self.precision)
                words = [word(key, self.lang) for key, _ in summed]
                facts.append([fact for _, fact in summed])
        lines = [[self.font(word(key, self.lang), color, 10) for key, color, _ in columns]]
        for texts in itertools.zip_longest(*facts, fillvalue=""):
            lines.append([self.font(text, color, 12) for text, (_, color, _) in zip(texts, columns, strict=True)])
        if words:
            first = ["", *(self.font(text, self.theme.muted, 10) for text in words)]
            lines = [[text, *line] for text, line in zip(first, lines, strict=True)]
        return [_table(lines, "RIGHT" if len(lines) > 2 else "CENTER")]

    def font(self, text: str, color: str, size: int) -> str:
        return f'<FONT COLOR="{color}" POINT-SIZE="{size}">{labelled(text)}</FONT>' if text else ""


def _at_least(width: int, label: str) -> str:
    """A label in a cell that is never narrower."""
    cell = f'<TR><TD WIDTH="{width}">{label}</TD></TR>'
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{cell}</TABLE>'


def _table(lines: Sequence[Sequence[str]], align: str = "CENTER") -> str:
    """An HTML-like table, with a gap between its columns."""
    start, end, gap = f'<TD ALIGN="{align}">', "</TD>", '<TD WIDTH="7"></TD>'
    rows = "".join(f"<TR>{gap.join(start + cell + end for cell in line)}</TR>" for line in lines)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>'
