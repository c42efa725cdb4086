"""The tables that `tinygrad-vn check` prints: every variable with both of its derivatives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from tinygrad_vn.checking import Element, Report, Verdict
from tinygrad_vn.cli.words import count, say
from tinygrad_vn.language import Language

MOST: Final = 20  # rows; the worst ones of a large array


def table(report: Report, values: Mapping[str, Any], lang: Language) -> str:
    """One order of derivatives: every element, what was found beside, and the verdict.

    Args:
        report: the checker's.
        values: of the variables, by name.
        lang: the language of the words.
    """
    elements = list(report.elements)
    if len(elements) > MOST:
        elements.sort(key=lambda e: (e.verdict is Verdict.PASS, -_size(e.relative_error)))
    names = ("gradient", "slope of function") if report.order == 1 else ("second derivative", "slope of gradient")
    head = ["", say("at", lang), *(say(name, lang) for name in names), say("distance", lang), ""]
    rows = [head, *(_row(e, values) for e in elements[:MOST])]
    lines = _aligned(rows) if elements else []
    if len(elements) > MOST:
        lines.append("  " + say("more rows", lang, n=count(len(elements) - MOST, lang)))
    notes = [f"- {note}" for note in report.notes(elements, lang)]
    return "\n".join([*lines, "", *notes[:MOST], report.headline(lang)]).strip("\n")


def _row(e: Element, values: Mapping[str, Any]) -> list[str]:
    value = f"{float(values[e.input][e.index]):.6g}" if e.input in values else ""
    return [e.label, value, f"{e.analytic:.10g}", f"{e.numeric:.10g}", f"{e.absolute_error:.1e}", str(e.verdict)]


def _aligned(rows: list[list[str]]) -> list[str]:
    """Columns of numbers to the right, names and verdicts to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    return [
        "  ".join(
            cell.ljust(width) if k in (0, last) else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _size(error: float) -> float:
    return math.inf if math.isnan(error) else error
