"""What a gradient check has found, for people, for documents and for programs."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Final

from tinygrad_vn.checking.elements import Axis, Element
from tinygrad_vn.checking.findings import Finding
from tinygrad_vn.checking.hints import hints
from tinygrad_vn.checking.projections import PROJECTIONS
from tinygrad_vn.checking.slopes import central_differences
from tinygrad_vn.checking.subject import Subject
from tinygrad_vn.checking.verdicts import Settings, Verdict
from tinygrad_vn.checking.words import say
from tinygrad_vn.plot import save, step_curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GRAVITY: Final = {verdict: i for i, verdict in enumerate(Verdict)}
_ERROR_BAR: Final = ("uncertainty", "truncation", "round_off", "left", "right", "step")
_NUMBERS: Final = ("analytic", "numeric", "absolute_error", "relative_error", *_ERROR_BAR)
_COLUMNS: Final = ("element", "analytic", "numeric", "uncertainty", "error", "relative", "verdict")


class Report:
    """The result of a gradient check.

    Attributes:
        elements: every element that was checked by itself, with its verdict. The fast mode names the bad ones only.
        findings: what is wrong beyond single elements: NONDETERMINISTIC, MUTATES, dtypes, aliasing …
        settings: the tolerances, the seed and the mode.
        order: 1 for gradients, 2 for second derivatives.
        dtype: in which the numbers were computed, "float64", or a coarser one where the function computes in it.
    """

    def __init__(
        self,
        subject: Subject,
        elements: Sequence[Element],
        findings: Sequence[Finding],
        settings: Settings,
        order: int = 1,
    ) -> None:
        self._subject = subject
        self.elements = list(elements)
        self.findings = list(findings)
        self.settings = settings
        self.order = order
        self.dtype = str(subject.dtype)

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict."""
        found = [*(e.verdict for e in self.elements), *(f.verdict for f in self.findings), Verdict.PASS]
        return max(found, key=_GRAVITY.__getitem__)

    @property
    def passed(self) -> bool:
        """Whether the check passes, with or without warnings."""
        return not self.findings and not self.failures()

    def failures(self) -> list[Element]:
        """The elements that make the check fail, gravest first."""
        bad = [e for e in self.elements if self.fails(e)]
        return sorted(bad, key=lambda e: (-_GRAVITY[e.verdict], -_magnitude(e.relative_error)))

    def doubts(self) -> list[Element]:
        """The elements that pass with a warning: kinks, and slopes that cannot be found out."""
        return [e for e in self.elements if e.verdict is not Verdict.PASS and not self.fails(e)]

    def fails(self, element: Element) -> bool:
        """Whether an element makes the check fail."""
        match element.verdict:
            case Verdict.PASS:
                return False
            case Verdict.KINK:
                return not element.between
            case Verdict.INCONCLUSIVE:
                return self.settings.strict
            case _:
                return True

    def counts(self) -> dict[Verdict, int]:
        """How many elements there are of each verdict."""
        return dict(Counter(e.verdict for e in self.elements))

    @property
    def hints(self) -> list[str]:
        """What the pattern of the wrong elements suggests, in the language in force."""
        return self._hints(None)

    @property
    def precision(self) -> str:
        """In which precision the check was made, in the language in force."""
        return self._precision(None)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Report {self.verdict}: {len(self.elements)} elements, {len(self.findings)} findings>"

    def notes(self, elements: Sequence[Element], lang: str | None = None) -> list[str]:
        """What there is to say beside the numbers: findings, what is special about some elements, hints."""
        found = [f"{f.verdict}: {f.in_language(lang)}" for f in self.findings]
        remarks = [remark for e in elements if (remark := _remark(e, lang))]
        hints = [say("hint", lang) + hint for hint in self._hints(lang)]
        return [*found, *remarks, *hints, *self._explanations(bool(elements), lang)]

    def _explanations(self, has_table: bool, lang: str | None) -> list[str]:
        """What a reader has to know of the numbers shown, and what was not checked."""
        lines = []
        if has_table and sum(r.size for r in self._subject.results) > 1:
            lines.append(say("weights", lang))
        if has_table and self.order == 2:
            lines.append(say("starts", lang))
        if names := [name or say("unnamed", lang) for name in self._subject.unchecked]:
            lines.append(say("unchecked", lang, names=", ".join(names)))
        return lines

    def to_text(self, lang: str | None = None) -> str:
        """The whole story: what was checked, what is wrong, and the likely cause."""
        found = [*self.failures(), *self.doubts()]
        shown = found[: self.settings.max_report]
        lines = [self.headline(lang)]
        if shown:
            lines += ["", *self._rows(shown, lang)]
        if len(found) > len(shown):
            lines.append("  " + say("and more", lang, count=len(found) - len(shown)))
        elif self.settings.fast_mode and len(shown) == self.settings.max_report:
            lines.append("  " + say("maybe more", lang))
        notes = self.notes(shown, lang)
        return "\n".join([*lines, *([""] if notes else []), *notes])

    def to_table(self, lang: str | None = None) -> str:
        """Every element that was checked, in aligned columns."""
        return "\n".join([self.headline(lang), "", *self._rows(self.elements, lang)])

    def to_markdown(self, lang: str | None = None) -> str:
        """Every element that was checked, the findings and the hints, as Markdown."""
        titles = [say(column, lang) for column in _COLUMNS]
        rows = [titles, ["---", *["---:"] * 5, "---"], *(_cells(e) for e in self.elements)]
        table = ["| " + " | ".join(row) + " |" for row in rows]
        notes = [f"- {note}" for note in self.notes(self.elements, lang)]
        return "\n".join([f"**{self.headline(lang)}**", "", *table, *([""] if notes else []), *notes])

    def to_json(self, lang: str | None = None) -> str:
        """Everything, for programs: numbers in full; those that are not finite as texts, "nan", "inf", "-inf"."""
        facts = {
            "passed": self.passed,
            "verdict": self.verdict,
            "order": self.order,
            "fast_mode": self.settings.fast_mode,
            "seed": self.settings.seed,
            "atol": self.settings.atol,
            "rtol": self.settings.rtol,
            "strict": self.settings.strict,
            "dtype": self.dtype,
            "elements": [_facts(e) for e in self.elements],
            "findings": [{"verdict": f.verdict, "text": f.in_language(lang)} for f in self.findings],
            "hints": self._hints(lang),
            "notes": self._explanations(True, lang),
        }
        return json.dumps(facts, ensure_ascii=False, allow_nan=False, indent=2)

    def plot_steps(
        self,
        index: tuple[int, ...] | int = (),
        input: str | int = 0,
        path: str | PathLike[str] | None = None,
        lang: str | None = None,
    ) -> Figure:
        """The error of the plain central difference against its step: the V-shaped curve.

        To the right the step is too wide and the error falls with h² as it shrinks (truncation); to the left the last
        digits of the function, divided by the step, make it grow again (round-off).

        Args:
            index: which element.
            input: of which input, by its name or number.
            path: where to write the picture, .svg, .png or .pdf.
            lang: "vi" or "en"; by default the language setting.

        Raises:
            ImportError: matplotlib is not installed.
            IndexError, KeyError: there is no such element.
        """
        names = [v.name for v in self._subject.variables]
        if input not in names and not (isinstance(input, int) and input < len(names)):
            raise KeyError(f"there is no input {input!r}; the inputs are {', '.join(names)}")
        i = input if isinstance(input, int) else names.index(input)
        place = (index,) if isinstance(index, int) else tuple(index)
        if len(place) != self._subject.points[i].ndim:
            raise IndexError(
                f"{names[i]} has shape {self._subject.points[i].shape}: name one element, not index {place}"
            )
        axis = Axis(self._subject, i, place)
        steps, quotients = central_differences(axis.change, axis.scales()[0])
        known = [e.analytic for e in self.elements if (e.input, e.index, e.verdict) == (names[i], place, Verdict.PASS)]
        best = known[0] if known else axis.slopes().central
        truth = best if isinstance(best, float) else best.value if best else math.nan
        label = self._subject.variables[i].label(place)
        figure = step_curve(steps, abs(quotients - truth), label=label, lang=lang)
        if path is not None:
            save(figure, path)
        return figure

    def _hints(self, lang: str | None) -> list[str]:
        if any(f.verdict is Verdict.MUTATES for f in self.findings):
            return []  # the numbers may be wrong for that reason alone
        sizes = {v.name: v.values.size for v in self._subject.variables}
        return [say(key, lang, **details) for key, details in hints(self.elements, sizes)]

    def _precision(self, lang: str | None) -> str:
        if self.dtype != "float64":
            return say("in coarser", lang, dtype=self.dtype)
        singles = any(v.dtype != "float64" for v in self._subject.variables)
        return say("from float32", lang) if singles else "float64"

    def headline(self, lang: str | None = None) -> str:
        """Passed or failed, the counts of verdicts, and the settings."""
        counts = Counter([*(f.verdict for f in self.findings), *(e.verdict for e in self.elements)])
        total = sum(x.size for x in self._subject.points)
        parts = [f"{n} {verdict}" for verdict, n in sorted(counts.items(), key=lambda item: -_GRAVITY[item[0]])]
        if self.settings.fast_mode:
            parts.append(say("projections", lang, count=PROJECTIONS, total=total))
        s = self.settings
        setting = say("setting", lang, seed=s.seed, atol=s.atol, rtol=s.rtol, precision=self._precision(lang))
        verdict = say(f"{'passed' if self.passed else 'failed'} {self.order}", lang)
        return f"{verdict}: {', '.join(parts) or say('nothing', lang)} ({setting})"

    def _rows(self, elements: Sequence[Element], lang: str | None) -> list[str]:
        cells = [[say(column, lang) for column in _COLUMNS], *(_cells(e) for e in elements)]
        widths = [max(len(row[k]) for row in cells) for k in range(len(_COLUMNS))]
        return [("  " + "  ".join(map(_aligned, row, widths, range(len(row))))).rstrip() for row in cells]


def _aligned(cell: str, width: int, column: int) -> str:
    """A cell of a table; numbers stand to the right."""
    return cell.ljust(width) if column in (0, len(_COLUMNS) - 1) else cell.rjust(width)


def _cells(e: Element) -> list[str]:
    """An element as a row of a table."""
    numbers = [f"{x + 0.0:.8g}" for x in (e.analytic, e.numeric)]  # + 0.0 takes the sign off a −0
    numbers += [f"{x:.1e}" for x in (e.uncertainty, e.absolute_error, e.relative_error)]
    return [e.label, *numbers, str(e.verdict)]


def _remark(e: Element, lang: str | None) -> str:
    """What there is to say of an element beside its numbers."""
    if e.verdict is Verdict.INCONCLUSIVE:
        parts = {"uncertainty": e.uncertainty, "truncation": e.truncation, "round_off": e.round_off}
        return say("inconclusive", lang, label=e.label, **{name: f"{x:.1e}" for name, x in parts.items()})
    if e.verdict not in (Verdict.KINK, Verdict.NONFINITE):
        return ""
    left, right = (say("no value", lang) if math.isnan(x) else f"{x + 0.0:.6g}" for x in (e.left, e.right))
    sides = {"label": e.label, "left": left, "right": right, "analytic": f"{e.analytic + 0.0:.6g}"}
    if e.verdict is Verdict.NONFINITE:
        return say("nonfinite", lang, **sides)
    return say("kink", lang, **sides, where=say("between" if e.between else "outside", lang))


def _facts(e: Element) -> dict[str, Any]:
    """An element for JSON, which knows no NaN."""
    numbers = {name: float(getattr(e, name)) for name in _NUMBERS}
    plain = {name: x if math.isfinite(x) else str(x) for name, x in numbers.items()}
    return {"input": e.input, "index": list(e.index), **plain, "verdict": e.verdict, "between": e.between}


def _magnitude(x: float) -> float:
    """A size to sort by: without its last digits, so that what is equally wrong stays in the order of its places."""
    return math.inf if math.isnan(x) else float(f"{x:.2g}")
