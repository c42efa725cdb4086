"""The worksheet and its answer key as two pages to print, on A4; they open in any browser, without a network."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Final

from tinygrad_vn.language import Language
from tinygrad_vn.lecture.offline import policy_of, resource
from tinygrad_vn.lecture.worksheet.exercise import Exercise, Question
from tinygrad_vn.lecture.worksheet.formulas import formula, table, value
from tinygrad_vn.lecture.worksheet.words import WORDS

ROOM: Final = "tinygrad_vn.lecture.worksheet"


def worksheet(exercises: Sequence[Exercise], lang: Language, *, kind: str, seed: int) -> str:
    """The page for students: what is given, what is asked, and room to write.

    Args:
        exercises: what stands on it.
        lang: "vi" or "en".
        kind: as it was asked for; it stands at the foot, with the seed, so that the key can be found again.
        seed: of the numbers.
    """
    blanks = "".join(f'<span class="{name}">{_said(name, lang)}: <i></i></span>' for name in ("name", "class", "date"))
    head = f'<p class="who">{blanks}</p><p class="rounding">{_said("rounding", lang)}</p>'
    body = "".join(_exercise(one, number, lang, answered=False) for number, one in enumerate(exercises, 1))
    return _page("title", head + body, lang, kind, seed)


def answer_key(exercises: Sequence[Exercise], lang: Language, *, kind: str, seed: int) -> str:
    """The page for the teacher: every answer with its formula; arguments as for `worksheet`."""
    body = "".join(_exercise(one, number, lang, answered=True) for number, one in enumerate(exercises, 1))
    return _page("key title", body, lang, kind, seed)


def _page(title: str, body: str, lang: Language, kind: str, seed: int) -> str:
    style_sheet = resource(ROOM, "worksheet.css")
    foot = _said("sheet", lang, kind=kind, seed=str(seed))
    return f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy_of(style_sheet)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_said(title, lang)}</title>
<style>{style_sheet}</style>
</head>
<body>
<main class="{"key" if title == "key title" else "sheet"}">
<header><h1>{_said(title, lang)}</h1><p class="foot">{foot}</p></header>
{body}
</main>
</body>
</html>
"""


def _exercise(exercise: Exercise, number: int, lang: Language, *, answered: bool) -> str:
    heading = _said("exercise", lang, number=str(number), title=_said(exercise.kind, lang))
    task = _said(f"{exercise.kind} task", lang, **exercise.details)
    parts = [f'<section class="exercise {exercise.kind}"><h2>{heading}</h2>']
    if not answered:
        parts.append(f"<p>{formula(task) if 'w_ij' in task else task}</p>")
    parts.append(f'<div class="given">{"".join(_given(exercise, lang))}</div><ol class="asked">')
    parts += [_answer(question) if answered else _room(question) for question in exercise.questions]
    parts.append("</ol>" if answered else '</ol><div class="space"></div>')
    if "first" in exercise.details:
        found = html.escape(exercise.details["first"]) if answered else '<i class="line"></i>'
        parts.append(f'<p class="first">{_said("first", lang)}: {found}</p>')
    return "".join(parts) + "</section>\n"


def _given(exercise: Exercise, lang: Language) -> Iterator[str]:
    """What is given: formulas on lines of their own, then the numbers."""
    lines = [one for one in exercise.given if isinstance(one, str)]
    for line in lines:
        yield f'<p class="formula">{formula(line)}</p>'
    yield f'<div class="numbers">{_said("given", lang)} '
    named = [one for one in exercise.given if not isinstance(one, str)]
    for position, (name, array) in enumerate(named):
        comma = "," if position + 1 < len(named) else "."
        if name == "R":
            yield f"<span>{formula(name)} = {table(array, *exercise.table)}{comma}</span>"
        elif ";" in name:
            yield f"<span>{table(array, name.split('; '))}{comma}</span>"
        else:
            yield f"<span>{formula(name)} = {value(array)}{comma}</span> "
    yield "</div>"


def _room(question: Question) -> str:
    size = "wide" if question.answer.ndim else "narrow"
    return f'<li class="{size}"><span>{formula(question.symbol)} =</span><i></i></li>'


def _answer(question: Question) -> str:
    size = "wide" if question.answer.ndim else "narrow"
    found = f'<b class="answer">{value(question.answer)}</b>'
    named = f"{formula(question.symbol)} = "
    way = formula(question.formula)
    text = f"{way} ⇒ {named}{found}" if question.is_solved else f"{named}{way} = {found}"
    return f'<li class="{size}"><span>{text}</span></li>'


def _said(key: str, lang: Language, **details: str) -> str:
    return WORDS[key][lang].format(**details)
