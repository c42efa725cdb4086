"""What a drawing says to those who cannot see it: its title, its description, and a text for every part of it."""

from __future__ import annotations

from collections import Counter

from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Graph, Group, Variable
from tinygrad_vn.lecture.notation.formula import plain
from tinygrad_vn.lecture.notation.notation import forward_text, texts_of
from tinygrad_vn.lecture.numbers import in_words
from tinygrad_vn.lecture.picture.dot import PARTS, Style, group_texts, notes_of
from tinygrad_vn.lecture.picture.edges import edge_text
from tinygrad_vn.lecture.picture.heat import Heat
from tinygrad_vn.lecture.words import word

MOST_STEPS = 20  # that are read out
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
    kinds = [
        "inputs",
        "parameters",
        "constants",
        "operations",
        *["gradients"] * bool(graph.backward),
        *["folded parts"] * bool(graph.groups),
    ]
    parts = [f"{word(kind, lang)}: {count[kind]}" for kind in kinds]
    results = [f"{r.name} = {in_words(r.value, style.precision)}" for r in graph.results[:MOST_RESULTS]]
    text = f"{title_of(graph, lang)}. {'; '.join([*parts, *results])}."
    notes = [word(key, lang) for key in notes_of(graph, style)]
    return " ".join([text, *notes, *_told(graph, style)])


def _told(graph: Graph, style: Style) -> list[str]:
    """The first steps of the computation, one sentence each: z = w · x = 6, gradient 22."""
    makers = {operation.result: operation for operation in graph.operations}
    steps = []
    for variable in graph.variables:
        maker = makers.get(variable.id)
        if maker is None or variable.name is None:
            continue
        parts = [variable.name, plain(forward_text(maker, texts_of(maker, variable.name)))]
        if "value" in style.show and variable.value is not None:
            parts.append(in_words(variable.value, style.precision))
        text = " = ".join(parts)
        if "grad" in style.show and variable.gradient is not None:
            text += f"; {word('grad', style.lang)} = {in_words(variable.gradient, style.precision)}"
        steps.append(f"{text}.")
    return [*steps[:MOST_STEPS], *["…"] * (len(steps) > MOST_STEPS)]


def titles_of(graph: Graph, style: Style) -> dict[str, str]:
    """What to say about every box, circle, group and frame, by its id in the DOT text."""
    lang = style.lang
    heat = Heat(graph, style.precision) if style.heat else None
    titles = {variable.id: _of_box(variable, style, heat) for variable in graph.variables}
    for operation in graph.operations:
        titles[operation.id] = "\n".join(filter(None, [operation.name, word("operation", lang), operation.settings]))
    titles |= _of_arrows(graph, style)
    titles |= {f"cluster_{name}": word(PARTS[name], lang) for name in PARTS if graph.backward}
    titles |= {group.id: _of_group(group, lang, heat) for group in graph.groups}
    titles |= {f"cluster_{scope.id}": f"{scope.label}\n{word('layer', lang)}" for scope in graph.scopes}
    return titles | ({"legend": word("heat", lang)} if heat else {})


def _of_arrows(graph: Graph, style: Style) -> dict[str, str]:
    """The local derivatives, by the ids of the arrows that they belong to."""
    operations = {operation.id: operation for operation in graph.operations}
    titles = {}
    for position, arrow in enumerate(graph.arrows):
        argument = arrow.argument
        if argument is None or (argument.local is None and argument.contribution is None):
            continue
        result = graph.by_id.get(operations[arrow.target].result)
        if "local" in style.show and result is not None:
            text = edge_text(operations[arrow.target], argument, result.text, style.precision)
            titles[f"e{position}"] = f"{word('local derivatives', style.lang)}\n{text}"
    return titles


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
    if group.times > 1 and not group.label:
        lines.append(f"×{group.times}")
    elif group.times > 1:
        lines.append(word("equal layers", lang, count=group.times))
    lines.append(word("folded", lang))
    if heat is not None and group.id in heat.norms:
        lines.append(heat.text(group.id))
    return "\n".join(line for line in lines if line)
