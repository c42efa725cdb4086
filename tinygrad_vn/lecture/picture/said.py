"""What a drawing says to those who cannot see it: its title, its description, and a text for every part of it."""

from __future__ import annotations

from collections import Counter

from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Graph, Group, Variable
from tinygrad_vn.lecture.numbers import in_words
from tinygrad_vn.lecture.picture.dot import Style, group_texts
from tinygrad_vn.lecture.picture.heat import Heat
from tinygrad_vn.lecture.words import word

MOST_RESULTS = 5  # whose names and values are read out


def title_of(graph: Graph, lang: Language) -> str:
    """What a drawing shows."""
    names = [result.name or "" for result in graph.results]
    return word("graph of", lang, name=", ".join(names[:MOST_RESULTS]) + ", …" * (len(names) > MOST_RESULTS))


def description_of(graph: Graph, style: Style) -> str:
    """How much there is of what, also inside groups, and what comes out."""
    lang, whole = style.lang, graph.whole or graph
    count = Counter(f"{variable.role}s" for variable in whole.variables)
    count["operations"], count["folded parts"] = len(whole.operations), len(graph.groups)
    kinds = ["inputs", "parameters", "constants", "operations", *["folded parts"] * bool(graph.groups)]
    parts = [f"{word(kind, lang)}: {count[kind]}" for kind in kinds]
    results = [f"{r.name} = {in_words(r.value, style.precision)}" for r in graph.results[:MOST_RESULTS]]
    return f"{title_of(graph, lang)}. {'; '.join([*parts, *results])}."


def titles_of(graph: Graph, style: Style) -> dict[str, str]:
    """What to say about every box, circle, group and frame, by its id in the DOT text."""
    lang = style.lang
    heat = Heat(graph, style.precision) if style.heat else None
    titles = {variable.id: _of_box(variable, style, heat) for variable in graph.variables}
    for operation in graph.operations:
        titles[operation.id] = "\n".join(filter(None, [operation.name, word("operation", lang), operation.settings]))
    titles |= {group.id: _of_group(group, lang, heat) for group in graph.groups}
    titles |= {f"cluster_{scope.id}": f"{scope.label}\n{word('layer', lang)}" for scope in graph.scopes}
    return titles | ({"legend": word("heat", lang)} if heat else {})


def _of_box(variable: Variable, style: Style, heat: Heat | None) -> str:
    """Its name, what it is, and its numbers."""
    show, precision, lang = style.show, style.precision, style.lang
    value = in_words(variable.value, precision)
    lines = [variable.name or value, word(variable.role, lang)]
    if "value" in show:
        lines.append(f"{word('value', lang)} = {value}")
    if "grad" in show and variable.has_gradient:
        lines.append(f"{word('grad', lang)} = {in_words(variable.gradient, precision)}")
    if heat is not None and variable.id in heat.norms:
        lines.append(heat.text(variable.id))
    return "\n".join(lines)


def _of_group(group: Group, lang: Language, heat: Heat | None) -> str:
    """What is inside."""
    lines = [group.label, *group_texts(group, lang)]
    if group.times > 1:
        lines.append(word("equal layers", lang, count=group.times))
    lines.append(word("folded", lang))
    if heat is not None and group.id in heat.norms:
        lines.append(heat.text(group.id))
    return "\n".join(line for line in lines if line)
