"""What stands in the boxes of a drawing in TikZ: LaTeX with formulas, and with beamer's overlays where a story is told.

Whatever comes from outside, such as a name, goes through `notation/latex.py` and is then nothing but letters. A sign
that the fonts of LaTeX do not have, such as an emoji, becomes a small square.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Graph, Variable
from tinygrad_vn.lecture.notation import latex
from tinygrad_vn.lecture.notation.formula import NAME_END, NAME_START, marked, plain
from tinygrad_vn.lecture.numbers import NOTHING, elements, is_in_full, number, shape_text, summary, width_of
from tinygrad_vn.lecture.picture.labels import drawn
from tinygrad_vn.lecture.story.steps import Step
from tinygrad_vn.lecture.words import word

UNKNOWN: Final = "□"  # stands for a sign that no font has
NUMBERS: Final = 12  # points

_LATIN: Final = ((0x20, 0x17F), (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x1E00, 0x1EFF), (0x2013, 0x2026))
_MATHS: Final = frozenset(
    "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᵀⁱⁿᵏˡ₀₁₂₃₄₅₆₇₈₉₋₊ᵢⱼₖₙ"
    "·⊗×−∑∏∂∇∞√∛‖⌊⌋≤≥≠→←…½—⧺′°∘\u0302\u0303\u0304\u0307\u20d7"
)

_NUMBER: Final = "(?:−?(?:[\\d.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|∞)|NaN|True|False|—)"
_ROW: Final = f"\\[{_NUMBER}(?:, {_NUMBER})*\\]"
_MATRIX: Final = re.compile(f"(?<![^\\s([])(\\[{_ROW}(?:, {_ROW})*\\]|{_ROW})")  # and no index, as in x[0]
_SHAPE: Final = re.compile(r" +(\((?:\d+(?:×\d+)+|\d+,)\))")

# A name is no word, and a function stands alone: several words in a row are no formula.
_PROSE: Final = re.compile(
    f"{NAME_START}[^{NAME_END}]*{NAME_END}" + r"|(\s*\(?(?<!\w)[^\W\d_]{2,}(?:[ ,:;]+[^\W\d_]{2,})+[.)]*\s*)"
)


def legible(words: str) -> str:
    """A text without the signs that LaTeX has no letters for."""
    composed = unicodedata.normalize("NFC", words)
    return "".join(sign if _has_letters(sign) else UNKNOWN for sign in composed)


def _has_letters(sign: str) -> bool:
    code = ord(sign)
    return sign in _MATHS or sign in (NAME_START, NAME_END) or any(low <= code <= high for low, high in _LATIN)


def maths(formula: str) -> str:
    """A formula between dollar signs; a shape behind it stands apart, as it is no factor."""
    pieces = [latex.formula(piece) for piece in _SHAPE.split(legible(formula))]
    pieces[1::2] = [f"\\quad {shape}" for shape in pieces[1::2]]
    return f"${''.join(pieces)}$".replace(UNKNOWN, r"$\square$")


def with_matrices(formula: str) -> str:
    """A formula between dollar signs, in which [[1, 2], [3, 4]] stands in large brackets."""
    pieces = _MATRIX.split(formula)
    pieces[::2] = [maths(piece)[1:-1] if piece.strip() else "" for piece in pieces[::2]]
    pieces[1::2] = [_matrix(piece) for piece in pieces[1::2]]
    return f"${''.join(pieces)}$"


def _matrix(text: str) -> str:
    rows = [row.split(", ") for row in text.strip("[]").split("], [")]
    inner = r" \\[1.5pt] ".join(r" & \;".join(latex.formula(cell) for cell in row) for row in rows)
    return f"\\left[\\begin{{smallmatrix}}{inner}\\end{{smallmatrix}}\\right]"


def words(sentence: str) -> str:
    """Words as text."""
    return latex.text(legible(plain(sentence))).replace(UNKNOWN, r"$\square$")


def spoken(line: str) -> str:
    """A line of a caption: formulas between dollar signs, and words, two or more of them, between those."""
    parts, end = [], 0
    for found in _PROSE.finditer(line):
        if found[1]:
            parts += [with_matrices(line[end : found.start()]), words(found[0])]
            end = found.end()
    return "".join(part for part in [*parts, with_matrices(line[end:])] if part != "$$")


def name(raw: str) -> str:
    """A name as it stands in a box."""
    return f"${latex.name(legible(drawn(raw)))}$".replace(UNKNOWN, r"$\square$")


def with_marked_names(graph: Graph) -> Graph:
    """The same graph with names that no formula can take for signs."""
    if graph.whole is not None:
        graph = replace(graph, whole=with_marked_names(graph.whole))
    boxes = {variable.id: _marked(variable) for variable in (graph.whole or graph).variables}
    boxes |= {variable.id: _marked(variable) for variable in graph.variables if graph.whole is None}
    operations = []
    for operation in graph.operations:
        arguments = tuple(
            argument if argument.source not in boxes else replace(argument, text=boxes[argument.source].text)
            for argument in operation.arguments
        )
        operations.append(replace(operation, arguments=arguments))
    return replace(
        graph,
        variables=[boxes.get(variable.id, variable) for variable in graph.variables],
        operations=operations,
        results=[boxes.get(variable.id, variable) for variable in graph.results],
    )


def _marked(variable: Variable) -> Variable:
    if variable.name is None:
        return variable
    alias = marked(drawn(variable.alias)) if variable.alias else None
    return replace(variable, name=marked(drawn(variable.name)), alias=alias)


Grid = list[list[str]]


@dataclass(frozen=True)
class Column:
    """Numbers in a box.

    Attributes:
        key: of its heading, "value" or "grad".
        grids: rows of texts, each with the number of the step from which it holds.
        words: before each row; none where all elements are written out.
        width: of every cell, in points; 0 for as wide as the text.
    """

    key: str
    grids: list[tuple[int, Grid]]
    words: tuple[str, ...]
    width: float

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.grids[0][1])

    @property
    def is_matrix(self) -> bool:
        """Whether a row has several numbers."""
        return len(self.grids[0][1][0]) > 1

    def cell(self, row: int, place: int) -> str:
        """A number in LaTeX, which changes from step to step."""
        runs = [(first, grid[row][place]) for first, grid in self.grids]
        text = changing([(first, maths(text)) for first, text in runs])
        colored = f"\\textcolor{{{COLORS[self.key]}}}{{{text}}}"
        return f"\\makebox[{self.width:g}bp][r]{{{colored}}}" if self.width else colored


COLORS: Final = {"value": "tgValue", "grad": "tgGradient"}


def changing(runs: Sequence[tuple[int, str]]) -> str:
    """Texts, each of which holds from one step to the next, as beamer writes it: \\only<1-4>{—}\\only<5->{66}."""
    if len(runs) == 1:
        return runs[0][1]
    pieces = []
    for (first, text), (after, _) in zip(runs, [*runs[1:], (0, "")], strict=True):
        pieces.append(f"\\only<{first}-{after - 1 if after else ''}>{{{text}}}")
    return "".join(pieces)


class Labels:
    """Who writes into the boxes of one drawing."""

    def __init__(self, show: Sequence[str], precision: int, lang: Language, told: Sequence[Step]) -> None:
        self.show, self.precision, self.lang, self.told = show, precision, lang, told

    def label(self, variable: Variable, badge: str = "") -> str:
        """What stands in a box: the name, and below it value and gradient."""
        if variable.name is None and variable.value is not None:
            return f"\\textcolor{{tgValue}}{{{maths(number(variable.value[()], self.precision))}}}"
        columns = self.columns(variable)
        below = self.stacked(columns) if any(column.is_matrix for column in columns) else self.side_by_side(columns)
        lines = [self.heading(variable, bool(columns)), *below, words(badge)]
        return r" \\ ".join(line for line in lines if line)

    def heading(self, variable: Variable, has_numbers: bool) -> str:
        """The name, and the shape where the elements do not show it, by the same rules as in the other drawings."""
        text = ""
        if variable.role != "intermediate" or variable.given:
            text = name(variable.name or "")
            text += f" $=$ {name(variable.alias)}" if variable.alias else ""
        elif not has_numbers or "local" in self.show:
            text = f"\\tgSmall{{{name(variable.name or '')}}}"
        value, shape = variable.value, variable.shape
        if shape is not None and (value is None or not is_in_full(value) or value.ndim > 2 or not value.size):
            text += f" \\tgSmall{{{words(f'{shape_text(shape)} {variable.dtype}')}}}"
        return text.strip()

    def columns(self, variable: Variable) -> list[Column]:
        """Value and gradient, as far as they are to be shown."""
        columns = []
        if "value" in self.show and variable.shape is not None:
            arrays = [variable.value if variable.id in step.values else None for step in self.told]
            columns.append(self.column("value", variable.value, arrays))
        if "grad" in self.show and variable.has_gradient:
            arrays = [step.gradients.get(variable.id) for step in self.told]
            columns.append(self.column("grad", variable.gradient, arrays))
        return columns

    def column(self, key: str, final: Values | None, told: Sequence[Values | None]) -> Column:
        """One of them.

        Args:
            key: which.
            final: what stands there in the end.
            told: what stands there at every step; empty where no story is told.
        """
        if final is None:
            return Column(key, [(1, [[NOTHING]])], (), 0)
        names = () if is_in_full(final) else tuple(word(fact, self.lang) for fact, _ in summary(final))
        grid = self.grid(final)
        if not told:
            return Column(key, [(1, grid)], names, 0)
        empty = [[NOTHING] * len(row) for row in grid]
        grids: list[tuple[int, Grid]] = []
        before: Values | None = None
        for place, now in enumerate(told, 1):
            if grids and (now is before or (now is not None and before is not None and np.array_equal(now, before))):
                continue
            grids.append((place, empty if now is None else self.grid(now)))
            before = now
        texts = {text for _, grid in grids for row in grid for text in row}
        return Column(key, grids, names, round(max(width_of(text, NUMBERS) for text in texts)))

    def grid(self, array: Values) -> Grid:
        """An array as rows of texts: its elements, or what sums it up."""
        if is_in_full(array):
            return elements(array, self.precision)
        return [[fact] for _, fact in summary(array, self.precision)]

    def title(self, column: Column) -> str:
        """What stands above the numbers."""
        return f"\\tgSmall[{COLORS[column.key]}]{{{words(word(column.key, self.lang))}}}"

    def stacked(self, columns: Sequence[Column]) -> list[str]:
        """Small matrices, the gradient below the value."""
        parts = []
        for column in columns:
            places = range(len(column.grids[0][1][0]))
            rows = [[column.cell(row, place) for place in places] for row in range(column.rows)]
            parts += [self.title(column), _table("r" * len(places), rows)]
        return parts

    def side_by_side(self, columns: Sequence[Column]) -> list[str]:
        """Value and gradient as the columns of one table, with a column of words where they are summed up."""
        if not columns:
            return []
        rows = [[self.title(column) for column in columns]]
        for row in range(max(column.rows for column in columns)):
            rows.append([column.cell(row, 0) if row < column.rows else "" for column in columns])
        names = max((column.words for column in columns), key=len)
        if names:
            before = ["", *(f"\\tgSmall{{{words(fact)}}}" for fact in names)]
            rows = [[text, *row] for text, row in zip(before, rows, strict=True)]
        letter = "r" if len(rows) > 2 else "c"
        return [_table(letter * len(rows[0]), rows)]


def _table(letters: str, rows: Sequence[Sequence[str]]) -> str:
    lines = r" \\ ".join(" & ".join(row) for row in rows)
    spread = r"@{\hspace{7bp}}".join(letters)
    return f"\\begin{{tabular}}{{@{{}}{spread}@{{}}}}{lines}\\end{{tabular}}"
