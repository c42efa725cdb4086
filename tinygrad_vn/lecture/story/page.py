"""A computation as one web page to click through: the graph, what happens, its formulas, and all numbers so far.

The file needs nothing but a browser, see offline.py; names reach the page as plain text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tinygrad_vn.graph import Values
from tinygrad_vn.language import LANGUAGES, Language
from tinygrad_vn.lecture.computation.graph import Graph, Variable
from tinygrad_vn.lecture.numbers import elements, is_in_full, summary
from tinygrad_vn.lecture.offline import json_of, policy_of, resource, style_sheet_of
from tinygrad_vn.lecture.picture.dot import Style
from tinygrad_vn.lecture.picture.labels import escaped
from tinygrad_vn.lecture.picture.said import description_of, title_of
from tinygrad_vn.lecture.story.canvas import canvas_of
from tinygrad_vn.lecture.story.steps import Step, steps_of
from tinygrad_vn.lecture.theme import DARK, ROLES
from tinygrad_vn.lecture.words import capitalized, word

Data = dict[str, Any]
Numbers = dict[str, dict[str, list[str]]]  # by the id of a box: the texts of its value and of its gradient

ROOM: Final = "tinygrad_vn.lecture.story"
SCRIPTS: Final = ("typeset.js", "page.js", "player.js")  # in this order one script
WIDE: Final = 1.4  # how many times wider than high a picture is that stands above the text rather than beside it

_WORDS: Final = {  # by the names that the script has for them
    **{key: key for key in (*ROLES, "value", "grad", "min", "mean", "max", "norm")},
    "step": "page step",
    "first": "page first",
    "back": "page back",
    "next": "page next",
    "last": "page last",
    "blank": "page blank",
    "whole": "page whole",
    "full": "page full",
    "language": "page language",
    "theme": "page theme",
    "name": "page name",
    "role": "page role",
    "table": "page table",
    "curve": "loss curve",
    "epoch": "epoch",
}
_BUTTONS: Final = (
    ("first", "⏮", "Home"),
    ("back", "◀", "←"),
    ("next", "▶", "→"),
    ("last", "⏭", "End"),
    ("blank", "■", "B"),
    ("whole", "⤢", "Z"),
    ("full", "⛶", "F"),
    ("theme", "◐", "T"),
    ("language", "", "L"),
)


def page_of(graph: Graph, style: Style) -> str:
    """The page of a computation, told step by step.

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw this graph.
    """
    stories = {lang: steps_of(graph, lang=lang, precision=style.precision) for lang in LANGUAGES}
    steps = stories[style.lang]
    moments, before = [], Numbers()
    for told in zip(*stories.values(), strict=True):
        numbers = _numbers_at(graph, style, told[0])
        moments.append(moment(told[0], changes(before, numbers), dict(zip(stories, told, strict=True))))
        before = numbers
    titles = {lang: title_of(graph, lang) for lang in LANGUAGES}
    return page(graph, style, steps, titles, {"moments": moments, "labels": _first_steps(graph, steps)})


def page(graph: Graph, style: Style, told: Sequence[Step], titles: Mapping[Language, str], data: Data) -> str:
    """A page for any series of moments.

    Args:
        graph: what is drawn, with everything known.
        style: how it looks; its theme and language are those the page opens with.
        told: whatever will stand in the graph at some moment.
        titles: of the page, by language.
        data: the "moments", and what else the script is to know of them.
    """
    canvas = canvas_of(graph, style, told)
    story = {
        "lang": style.lang,
        "title": {lang: capitalized(title) for lang, title in titles.items()},
        "description": {lang: description_of(graph, replace(style, lang=lang)) for lang in LANGUAGES},
        "words": {lang: {key: word(source, lang) for key, source in _WORDS.items()} for lang in LANGUAGES},
        "said_in_picture": dict(zip(LANGUAGES, zip(*canvas.words, strict=True), strict=False)),
        "boxes": [_box(variable, style) for variable in graph.variables],
        "labels": {},
        **data,
    }
    return _assembled(story, canvas.svg, style)


def moment(step: Step, now: Numbers, told: Mapping[Language, Step]) -> Data:
    """What the script is to know of one moment: what is marked, what changes, what is said."""
    formulas: Any = {lang: list(one.formulas) for lang, one in told.items()}
    same = len({one.formulas for one in told.values()}) == 1
    return {
        "kind": step.kind,
        "active": sorted(step.active),
        "arrows": sorted(step.arrows),
        "now": now,
        "heading": {lang: one.heading for lang, one in told.items()},
        "formulas": list(step.formulas) if same else formulas,
    }


def texts_of_array(array: Values, precision: int) -> list[str]:
    """What stands in a box for an array, in the order of its cells."""
    if is_in_full(array):
        return [text for row in elements(array, precision) for text in row]
    return [text for _, text in summary(array, precision)]


def changes(before: Numbers, after: Numbers) -> Numbers:
    """What is new or different."""
    found: Numbers = {}
    for part, kinds in after.items():
        new = {kind: texts for kind, texts in kinds.items() if before.get(part, {}).get(kind) != texts}
        if new:
            found[part] = new
    return found


def _numbers_at(graph: Graph, style: Style, step: Step) -> Numbers:
    """All that is known at a step."""
    found: Numbers = {}
    for variable in graph.variables:
        gradient = step.gradients.get(variable.id)
        arrays = {"value": variable.value if variable.id in step.values else None, "gradient": gradient}
        found[variable.id] = {
            kind: texts_of_array(array, style.precision) for kind, array in arrays.items() if array is not None
        }
    return found


def _first_steps(graph: Graph, steps: Sequence[Step]) -> dict[str, int]:
    """For every arrow with a formula, the step from which on it is known.

    A local derivative is known with the result, the product that carries a gradient back when it has been made.
    """
    values: dict[str, int] = {}
    gradients: dict[str, int] = {}
    for number, step in enumerate(steps):
        for part in step.values:
            values.setdefault(part, number)
        for part in step.gradients:
            gradients.setdefault(part, number)
    results = {operation.id: operation.result for operation in graph.operations}
    found = {}
    for position, arrow in enumerate(graph.arrows):
        if arrow.argument is not None:
            local = arrow.argument.local is not None
            known = values.get(results[arrow.target]) if local else gradients.get(arrow.source)
            found[f"e{position}"] = len(steps) if known is None else known
    return found


def _box(variable: Variable, style: Style) -> Data:
    """What never changes in a box."""
    array = variable.gradient if variable.value is None else variable.value
    return {
        "id": variable.id,
        "name": variable.name,
        "role": variable.role,
        "shape": list(variable.shape or ()),
        "summary": array is not None and not is_in_full(array),
        "value": "value" in style.show and variable.value is not None,
        "gradient": "grad" in style.show and variable.has_gradient,
    }


# --- the file ----------------------------------------------------------------------------------------------------


def _assembled(story: Data, svg: str, style: Style) -> str:
    script = "\n".join(resource(ROOM, name) for name in SCRIPTS)
    style_sheet = style_sheet_of(ROOM, "page.css")
    lang, title = style.lang, escaped(story["title"][style.lang])
    chosen = ' data-theme="dark"' if style.theme == DARK else ""
    return f"""<!DOCTYPE html>
<html lang="{lang}"{chosen}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy_of(style_sheet, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style_sheet}</style>
</head>
<body>
<header><h1 id="title">{title}</h1></header>
<main class="{_shape(story, svg)}">
<div id="graph" tabindex="0" role="group">{svg}</div>
<div id="side"><section id="caption" aria-live="polite" aria-atomic="true"></section>{_curve(story)}</div>
<div id="numbers" tabindex="0" role="group"><table><thead></thead><tbody></tbody></table></div>
</main>
<nav id="controls">
{_controls()}
<noscript>{escaped(word("page scriptless", lang))}</noscript>
</nav>
<div id="curtain" hidden></div>
<div id="paper"></div>
<script type="application/json" id="data">{json_of(story)}</script>
<script>{script}</script>
</body>
</html>
"""


def _controls() -> str:
    buttons = [
        f'<button type="button" id="{name}" data-word="{name}" data-key="{key}">{sign}</button>'
        for name, sign, key in _BUTTONS
    ]
    slider = '<input type="range" id="slider" min="1" max="1" value="1" step="1"><span id="count"></span>'
    return "\n".join([*buttons[:4], slider, *buttons[4:]])


def _curve(story: Data) -> str:
    return '<div id="curve"></div>' if "curve" in story else '<div id="curve" hidden></div>'


def _shape(story: Data, svg: str) -> str:
    width, height = map(float, svg.split('viewBox="', 1)[1].split('"', 1)[0].split()[2:])
    return ("wide" if width >= WIDE * height else "tall") + (" epochs" if "curve" in story else "")


def write_page(text: str, path: str | Path) -> Path:
    """Write a page into a file; its folder is made where it does not exist."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
