"""`trace_table(loss)`: a computation as a table, one row for each value, as one fills it in by hand.

Columns are the node, the operation that made it, its value, the local derivatives of that operation, and the gradient.
The table is text, Markdown, HTML, or CSV for a spreadsheet, where single numbers stand with all their digits.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Literal, NamedTuple

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language, resolve
from tinygrad_vn.lecture.arguments import check_choice, check_count
from tinygrad_vn.lecture.computation.graph import Argument, Graph, Operation, Variable
from tinygrad_vn.lecture.computation.request import Names, graph_for, request_of
from tinygrad_vn.lecture.derivation.explain import array_text, markdown_text
from tinygrad_vn.lecture.notation.broadcasting import sum_in_words
from tinygrad_vn.lecture.notation.formula import one_line, plain
from tinygrad_vn.lecture.notation.notation import forward_text, gradient_text, local_text, place_text, texts_of
from tinygrad_vn.lecture.numbers import NOTHING, is_in_full, shape_text
from tinygrad_vn.lecture.words import word
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

FORMATS = ("text", "markdown", "html", "csv")
COLUMNS = ("node", "operation", "value", "local derivatives", "grad")
ROWS = 1000  # of a table that people read; CSV has them all

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would compute


class Row(NamedTuple):
    """One value; numbers are still numbers."""

    node: str
    operation: str
    value: Values | None
    local: tuple[str, ...]
    gradient: Values | None


def trace_table(
    result: Tensor | Sequence[Tensor],
    *,
    names: Names = None,
    params: Names = None,
    format: Literal["text", "markdown", "html", "csv"] = "text",
    precision: int = 4,
    lang: str | None = None,
) -> str:
    """The table of a computation: node, operation, value, local derivatives, gradient.

    Args:
        result: a Tensor, before or after `backward()`, or several.
        names: names for Tensors; they take precedence over `Tensor.name` and over the caller's variables.
        params: a model, or its `named_parameters()`, for further names.
        format: "text", "markdown", "html", or "csv", in which single numbers have all their digits.
        precision: significant digits of numbers.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        TypeError: the result is no Tensor.
        ValueError: an argument has a value that it cannot have.
    """
    results = [result] if isinstance(result, Tensor) else list(result) if isinstance(result, list | tuple) else []
    if not results or not all(isinstance(tensor, Tensor) for tensor in results):
        text = "trace_table() takes a Tensor that was computed, or a list of them, not {kind}: {result:.60}"
        raise TypeError(said(text, kind=type(result).__name__, result=repr(result)))
    check_choice("format", format, FORMATS)
    check_count("precision", precision, 1)
    language = resolve(lang)
    graph = graph_for(request_of(results, None, params, names), with_gradients=True)
    rows = rows_of(graph, language, precision)
    if format == "csv":
        return _csv(rows, language, precision)
    cells = [[word(key, language) for key in COLUMNS], *(_cells(row, language, precision) for row in rows[:ROWS])]
    if len(rows) > ROWS:
        cells.append([word("lines left out", language, count=len(rows) - ROWS), *[""] * (len(COLUMNS) - 1)])
    return {"text": _text, "markdown": _markdown, "html": _html}[format](cells)


def rows_of(graph: Graph, lang: Language, precision: int) -> list[Row]:
    """One row for each box with a name, in the order of the computation."""
    makers = {operation.result: operation for operation in graph.operations}
    rows = []
    for variable in graph.variables:
        if variable.name is None:
            continue
        name = f"{variable.name} = {variable.alias}" if variable.alias else variable.name
        maker = makers.get(variable.id)
        operation = word(variable.role, lang) if maker is None else _formula(maker, variable)
        local = () if maker is None else _derivatives(maker, variable, lang, precision)
        rows.append(Row(name, operation, variable.value, local, variable.gradient if variable.has_gradient else None))
    return rows


def _formula(operation: Operation, variable: Variable) -> str:
    return plain(forward_text(operation, texts_of(operation, variable.name or "")))


def _derivatives(operation: Operation, variable: Variable, lang: Language, precision: int) -> tuple[str, ...]:
    """∂z/∂x = y = 3 for every argument; ∇W = Xᵀ ∇Y where no element goes its own way."""
    found = (_derivative(operation, argument, variable, lang, precision) for argument in operation.sources)
    return tuple(text for text in found if text)


def _derivative(operation: Operation, argument: Argument, variable: Variable, lang: Language, precision: int) -> str:
    name, place = variable.name or "", place_text(operation, argument)
    if argument.local is None:
        if argument.contribution is None:
            return ""
        formula = gradient_text(operation, argument, texts_of(operation, name, f"∇{variable.text}"))
        shape = argument.contribution.shape
        return f"∇{place} = {formula}{f' ({shape_text(shape)})' if len(shape) > 1 else ''}" if formula else ""
    formula = local_text(operation, argument, texts_of(operation, name))
    value = array_text(argument.local, precision, lang)
    text = " = ".join(dict.fromkeys(filter(None, [f"∂{name}/∂{place}", formula, value])))
    part = argument.contribution
    summed = "" if part is None else sum_in_words(part.shape, argument.local.shape, lang)
    return f"{text} ({summed})" if summed else text


def _cells(row: Row, lang: Language, precision: int) -> list[str]:
    """A row as texts that stand on one line each."""
    numbers = [array_text(row.value, precision, lang), "; ".join(row.local), array_text(row.gradient, precision, lang)]
    return [one_line(text) for text in (row.node, row.operation, *numbers)]


# --- formats ------------------------------------------------------------------------------------------------------


def width_of(text: str) -> int:
    """How many places of a terminal a text takes: Chinese letters and emoji take two, marks above a letter none."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    none = sum(unicodedata.category(letter) in ("Mn", "Me", "Cf") for letter in text)
    return len(text) + wide - none


def _text(cells: list[list[str]]) -> str:
    widths = [max(width_of(row[i]) for row in cells) for i in range(len(COLUMNS))]
    lines = [
        "  ".join(text + " " * (width - width_of(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]]) + "\n"


def _markdown(cells: list[list[str]]) -> str:
    lines = [f"| {' | '.join(map(markdown_text, row))} |" for row in cells]
    return "\n".join([lines[0], f"|{' --- |' * len(COLUMNS)}", *lines[1:]]) + "\n"


def _html(cells: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in cells[0])
    body = []
    for row in cells[1:]:
        rest = "".join(f"<td>{escape(text)}</td>" for text in row[1:])
        body.append(f'<tr><th scope="row">{escape(row[0])}</th>{rest}</tr>')
    lines = ['<table class="trace">', f"<thead><tr>{head}</tr></thead>", "<tbody>", *body, "</tbody>", "</table>"]
    return "\n".join(lines) + "\n"


def _csv(rows: list[Row], lang: Language, precision: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([word(key, lang) for key in COLUMNS])
    for row in rows:
        texts = [_harmless(one_line(text)) for text in (row.node, row.operation, "; ".join(row.local))]
        value, gradient = (_exact(array, precision, lang) for array in (row.value, row.gradient))
        writer.writerow([texts[0], texts[1], value, texts[2], gradient])
    return out.getvalue()


def _harmless(text: str) -> str:
    """Text that a spreadsheet shows and does not compute."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _exact(array: Values | None, precision: int, lang: Language) -> str:
    """A number with all its digits, as spreadsheets read it; up to nine in a list, and a large array summed up."""
    if array is None:
        return NOTHING
    if not is_in_full(array):
        return array_text(array, precision, lang)
    return repr(np.asarray(array).tolist())
