"""`explain(loss)`: the derivation of a computation and its gradients in words and formulas, as text or LaTeX.

w = tg.tensor(2.0, requires_grad=True)
x, y = tg.tensor(3.0), tg.tensor(5.0)
z = w * x
loss = (z - y) ** 2
print(explain(loss))
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from html import escape
from typing import Any, Literal

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language, resolve
from tinygrad_vn.lecture.arguments import check_choice, check_count
from tinygrad_vn.lecture.computation.caller import identity
from tinygrad_vn.lecture.computation.graph import Graph
from tinygrad_vn.lecture.computation.request import Names, Request, graph_for, request_of
from tinygrad_vn.lecture.derivation.blackboard import Line, Section
from tinygrad_vn.lecture.derivation.derivation import Derivation
from tinygrad_vn.lecture.notation import latex
from tinygrad_vn.lecture.notation.formula import plain
from tinygrad_vn.lecture.numbers import NOTHING, in_words, is_in_full, shape_text, summary
from tinygrad_vn.lecture.words import word
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.tensor import Tensor

FORMATS = ("text", "markdown", "latex")
WIDEST = 100  # letters of a line of text
MOST_NAMES = 8  # that an error lists
SHORT = 60  # letters of a line of formulas that stays in one row


def explain(
    result: Tensor,
    wrt: Tensor | str | Sequence[Tensor | str] | None = None,
    *,
    names: Names = None,
    params: Names = None,
    lang: str | None = None,
    format: Literal["text", "markdown", "latex"] = "text",
    precision: int = 4,
    document: bool = False,
) -> str:
    """The derivation as a lecturer writes it: every forward line with its numbers, then every backward line.

    Values with a name get a line of their own, others are written out where they are used. Where an array is multiplied
    element by element the sign is ⊗. No `.grad` is read or changed.

    Args:
        result: what was computed; its gradients are derived where it is a single number.
        wrt: a Tensor, its name, or several: only what their gradients need. By default, everything.
        names: names for Tensors, which take precedence over `Tensor.name` and over the caller's variables. A Tensor
            may have two: `[("A⁽³⁾", a), ("Ŷ", a)]` is made as A⁽³⁾ and used as Ŷ.
        params: a model, or its `named_parameters()`, for further names.
        lang: "vi" or "en"; by default the language setting.
        format: "text", "markdown" (with formulas in LaTeX, as notebooks show them) or "latex".
        precision: significant digits of numbers.
        document: with "latex", a whole document for XeLaTeX rather than what goes between \\begin and \\end{document}.

    Raises:
        TypeError: the result is no Tensor.
        ValueError: an argument has a value that it cannot have, or the result was not made from what `wrt` names.
    """
    if not isinstance(result, Tensor):
        raise TypeError(
            said(
                "explain() takes a Tensor that was computed, such as a loss, not {kind}: {result:.60}",
                kind=type(result).__name__,
                result=repr(result),
            )
        )
    check_choice("format", format, FORMATS)
    check_count("precision", precision, 1)
    language = resolve(lang)
    wanted: list[Any] = [] if wrt is None else list(wrt) if isinstance(wrt, list | tuple | set) else [wrt]
    request = _with_names_for(request_of(result, None, params, names), wanted)
    graph = graph_for(request, with_gradients=True)
    sections = Derivation(graph, language, precision, None if wrt is None else _ids(graph, wanted, request)).sections
    if format == "latex":
        body = latex_of(sections, language, precision)
        return latex.document(body) if document else body
    return (
        markdown_of(sections, language, precision) if format == "markdown" else text_of(sections, language, precision)
    )


def _with_names_for(request: Request, wanted: Sequence[Tensor | str]) -> Request:
    """The request, with a name for every Tensor that is asked for and has none."""
    named = [*request.names, *request.suggested]
    known, taken = {identity(tensor) for _, tensor in named}, {name for name, _ in named}
    suggested = list(request.suggested)
    for one in wanted:
        if isinstance(one, Tensor) and identity(one) not in known and not one.name:
            free = next(name for i in itertools.count(1) if (name := f"θ{i}") not in taken)
            suggested.append((free, one))
            taken.add(free)
    return request._replace(suggested=suggested)


def _ids(graph: Graph, wanted: Sequence[Tensor | str], request: Request) -> set[str]:
    """The boxes of what is asked for."""
    names = {identity(tensor): name for name, tensor in [*request.suggested, *request.names]}
    given = {identity(tensor) for _, tensor in request.names}
    found: set[str] = set()
    for one in wanted:
        name = one
        if isinstance(one, Tensor):
            name = names[identity(one)] if identity(one) in given or not one.name else one.name
        ids = {v.id for v in graph.variables if name in (v.name, v.alias) and v.has_gradient}
        if isinstance(one, Tensor):
            ids = _of_this_name(graph, str(name), one) or ids
        if not ids:
            text = "wrt={name!r}: the result was not made from it, or it does not require a gradient; {known}"
            shown = one if isinstance(one, Tensor) and str(name).startswith("θ") and not one.name else name
            raise ValueError(said(text, name=shown, known=_known(graph)))
        found |= ids
    return found


def _of_this_name(graph: Graph, name: str, tensor: Tensor) -> set[str]:
    """The box of a Tensor among those that share its name, which primes tell apart: x, x′."""
    alike = [v for v in graph.variables if (v.alias or v.name or "").rstrip("′") == name.rstrip("′") and v.has_gradient]
    return {v.id for v in alike if len(alike) > 1 and v.value is not None and np.shares_memory(v.value, tensor._data)}


def _known(graph: Graph) -> Text:
    """What errors say of the gradients that there are."""
    names = [v.name for v in graph.variables if v.has_gradient and v.name]
    if not names:
        return phrase("there is no gradient at all")
    listed = ", ".join(names if len(names) <= MOST_NAMES else [*names[:MOST_NAMES], "…"])
    return phrase("there are gradients of {names}", names=listed)


def array_text(array: Values | None, precision: int, lang: Language) -> str:
    """An array on one line, a large one by what sums it up."""
    if array is None or is_in_full(array):
        return in_words(array, precision)
    facts = ", ".join(f"{word(key, lang)} {fact}" for key, fact in summary(array, precision))
    return f"[{shape_text(array.shape)}: {facts}]"


# --- text ---------------------------------------------------------------------------------------------------------


def text_of(sections: Sequence[Section], lang: Language, precision: int) -> str:
    """Plain text, formulas in Unicode."""
    lines: list[str] = []
    for section in sections:
        indent = "  " if section.is_main else "    "
        heading = section.heading if section.is_main else f"  {section.heading} {plain(section.about)}:"
        lines += ["", heading] if section.is_main and lines else [heading]
        for line in section.lines:
            lines += [indent + text for text in _text_lines(line, lang, precision)]
    return "\n".join(lines) + "\n"


def _text_lines(line: Line, lang: Language, precision: int) -> list[str]:
    """One line, or several where it is too long, each beginning with the sign =."""
    parts = [plain(part) for part in line.parts]
    if line.has_value:
        value = array_text(line.value, precision, lang)
        parts += [value] if parts[-1:] != [value] else []
    remarks = "; ".join(filter(None, [_shapes(line), line.remark]))
    remark = f"   ({remarks})" if remarks and line.left else remarks
    left = plain(line.left)
    whole = " = ".join(filter(None, [left, *parts])) + remark
    if len(whole) <= WIDEST or len(parts) < 2:
        return [whole]
    under = " " * len(left)
    starts = [left, *[under] * (len(parts) - 1)]
    rows = [
        f"{start} = {row}" if i == 0 else f"{under}   {row}"
        for start, part in zip(starts, parts, strict=True)
        for i, row in enumerate(_wrapped(part, WIDEST - len(left) - 3))
    ]
    return [*rows[:-1], rows[-1] + remark]


def _wrapped(part: str, width: int) -> list[str]:
    """A long sum on several lines, each beginning with its sign."""
    rows: list[str] = []
    for piece in _summands(part) if len(part) > width else [part]:
        if rows and len(rows[-1]) + len(piece) < width:
            rows[-1] += f" {piece}"
        else:
            rows.append(piece)
    return rows


def _shapes(line: Line) -> str:
    """The shapes that a line tells; what sums up a large array has told its shape already."""
    is_told = line.has_value and line.value is not None and not is_in_full(line.value)
    return "" if is_told and "→" not in line.shapes else line.shapes


# --- LaTeX and Markdown -----------------------------------------------------------------------------------------


def latex_of(sections: Sequence[Section], lang: Language, precision: int) -> str:
    """The body of a LaTeX document: headings and align environments."""
    out: list[str] = []
    for section in sections:
        if section.is_main:
            out.append(f"\\section*{{{latex.text(section.heading)}}}")
        else:
            out.append(f"\\paragraph{{{latex.text(section.heading)}}} ${latex.formula(section.about)}$")
        out += _aligned(section.lines, lang, precision, "align*")
        out += [f"\n{latex.text(line.remark)}\n" for line in section.lines if not line.left]
    return "\n".join(out) + "\n"


def markdown_text(words: str) -> str:
    """Text in which no sign means anything to Markdown."""
    return re.sub(r"([\\`*_{}\[\]#|~$])", r"\\\1", escape(words, quote=False))


def markdown_of(sections: Sequence[Section], lang: Language, precision: int) -> str:
    """Markdown with formulas between dollar signs."""
    out: list[str] = []
    for section in sections:
        if section.is_main:
            out.append(f"## {markdown_text(section.heading)}\n")
        else:
            out.append(f"**{section.heading}** ${latex.formula(section.about)}$\n")
        aligned = _aligned(section.lines, lang, precision, "aligned")
        out += ["$$", *aligned, "$$\n"] if aligned else []
        out += [f"{markdown_text(line.remark)}\n" for line in section.lines if not line.left]
    return "\n".join(out)


def _aligned(lines: Sequence[Line], lang: Language, precision: int, environment: str) -> list[str]:
    rows = [row for line in lines if line.left for row in _rows(line, lang, precision)]
    if not rows:
        return []
    return [f"\\begin{{{environment}}}", *(f"{row} \\\\" for row in rows[:-1]), rows[-1], f"\\end{{{environment}}}"]


def _rows(line: Line, lang: Language, precision: int) -> list[str]:
    """The rows of an align environment that one line takes."""
    parts = [list(part) for part in (map(latex.formula, _summands(part)) for part in line.parts)]
    length = sum(len(plain(part)) for part in [*line.parts, line.left])
    if line.has_value:
        value, width = _value(line.value, lang, precision)
        length += width
        parts += [[value]] if parts[-1:] != [[value]] else []
    shapes = _shapes(line)
    remarks = [latex.formula(shapes)] * bool(shapes) + [latex.words(line.remark)] * bool(line.remark)
    remark = r" \qquad (" + r",\ ".join(remarks) + ")" if remarks else ""
    left = latex.formula(line.left)
    if len(parts) < 2 or (length < SHORT and all(len(part) == 1 for part in parts)):
        return [f"{left} &= {' = '.join(' '.join(part) for part in parts)}{remark}"]
    rows = [f"{'&=' if i == 0 else '&{}'} {piece}" for part in parts for i, piece in enumerate(part)]
    rows[0] = left + " " + rows[0]
    return [*rows[:-1], rows[-1] + remark] if length < WIDEST else [*rows, f"&{remark}"] if remark else rows


def _value(array: Values | None, lang: Language, precision: int) -> tuple[str, int]:
    """A number or an array in LaTeX, and about how many letters wide it is."""
    if array is None:
        return latex.formula(NOTHING), 1
    if is_in_full(array):
        return latex.array(array, precision), 7 * (array.shape[-1] if array.ndim else 1)
    facts = [f"{word(key, lang)} {fact}" for key, fact in summary(array, precision)]
    texts = (f"{shape_text(array.shape)}: {', '.join(facts[:2])},", ", ".join(facts[2:]))
    first, second = map(latex.words, texts)
    return f"\\left[\\begin{{aligned}} &{first} \\\\ &{second} \\end{{aligned}}\\right]", max(map(len, texts))


def _summands(part: str) -> list[str]:
    """A formula in pieces that fit on a line, cut in front of +, − and ⊗ outside all brackets."""
    if len(plain(part)) < WIDEST * 0.7:
        return [part]
    pieces, depth, start = [], 0, 0
    for i, sign in enumerate(part):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and part.startswith((" + ", " − ", " ⊗ "), i):
            pieces.append(part[start:i])
            start = i + 1
    return [*pieces, part[start:]]
