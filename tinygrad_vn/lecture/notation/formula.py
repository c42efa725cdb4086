"""Formulas out of templates, with brackets exactly where they are needed.

A template is a formula with gaps, such as "{x} · {y}". What goes into a gap is a name, a number, or a formula made
before; `w · x + b` put into "{x} · {y}" needs brackets, put into "σ({x})" it needs none. How tightly a formula holds
together is its `level`; how tightly it must hold together to stand in a gap is seen from the signs around the gap.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

from tinygrad_vn.lecture.numbers import number

NEGATIVE, SUM, PRODUCT, MATRIX_PRODUCT, POWER, ATOM = range(6)  # how tightly a formula holds together
ENCLOSED: Final = -1  # a gap with brackets around it already

NAME_START, NAME_END = "\ue000", "\ue001"  # around a name, where what is in it must not be read as signs

SUPERSCRIPTS: Final = str.maketrans("0123456789−-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
SUBSCRIPTS: Final = str.maketrans("0123456789−-", "₀₁₂₃₄₅₆₇₈₉₋₋", "(), ")

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_GAP: Final = re.compile(r"\{(\w+)\}")
_RAISED: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀ"
_NUMBER: Final = re.compile(r"−?(?:[\d.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|∞)|NaN|½")
_TWICE: Final = re.compile(r"\(([^()\s]+)ᵀ\)ᵀ")  # (Xᵀ)ᵀ is X
_FACTOR: Final = (  # of a product of matrices: a derivative, a name, or something in brackets
    rf"∂[^()\s]+/∂[^()\s]*[^()\s{_RAISED}]|[^()\s−·⊗/∑√]*[^()\s−·⊗/∑√{_RAISED}]|\([^()]*\)"
)
_TURNED: Final = re.compile(rf"(?<![^\s(])\(({_FACTOR})(ᵀ?) ({_FACTOR})(ᵀ?)\)ᵀ")  # (Aᵀ v)ᵀ
_ALONE: Final = re.compile(r"^\((∂[^()\s]+)\)$")  # a derivative in brackets
_BRACKETED: Final = re.compile(r"\((−(?:[\d.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|∞))\)")


class Formula(str):
    """A text that knows how tightly it holds together; any other text is a name or a number, which nothing parts."""

    __slots__ = ("level",)
    level: int

    def __new__(cls, text: str, level: int = ATOM) -> Formula:
        """The text, and how tightly it holds together."""
        made = super().__new__(cls, text)
        made.level = level
        return made


class Gap(NamedTuple):
    """A place in a template, and how tightly what goes into it must hold together."""

    name: str
    needed: int
    is_raised: bool  # an exponent follows


def one_line(text: str) -> str:
    """Text on one line, its letters composed (NFC), without control characters."""
    return unicodedata.normalize("NFC", _CONTROL.sub("␣", text))


def is_number(text: str) -> bool:
    """Whether a text is a number as `number` writes it, with or without brackets."""
    return bool(_NUMBER.fullmatch(text) or _BRACKETED.fullmatch(text))


def marked(name: str) -> str:
    """A name whose letters are not signs, whatever they are."""
    return f"{NAME_START}{one_line(name).replace(NAME_START, '').replace(NAME_END, '')}{NAME_END}"


def plain(formula: str) -> str:
    """A formula as text to read."""
    return formula.replace(NAME_START, "").replace(NAME_END, "")


def figure(x: object, precision: int = 4) -> str:
    """A number as part of a formula: (−3), since · −3 reads badly."""
    text = number(x, precision)
    return f"({text})" if text.startswith("−") else text


def filled(template: str, texts: Mapping[str, str]) -> Formula:
    """A template with its gaps filled.

    Args:
        template: a formula with names in braces.
        texts: what to put there; a gap that has no text stays empty, and the comma before it goes.
    """
    parts, level = _read(template)
    if len(parts) == 1 and isinstance(parts[0], Gap):
        text = texts.get(parts[0].name, "")
        inner = _BRACKETED.fullmatch(text)
        return Formula(inner[1], NEGATIVE) if inner else text if isinstance(text, Formula) else Formula(text)
    out: list[str] = []
    for i, part in enumerate(parts):
        if isinstance(part, str):
            out.append(part)
            continue
        text = texts.get(part.name, "")
        if not text and out and out[-1].endswith(", "):
            out[-1] = out[-1][:-2]
        placed = _placed(text, part)
        is_turned = "".join(map(str, parts[i + 1 : i + 2])).startswith("ᵀ")
        out.append(_derivative(placed) if is_turned else placed)
    whole = _TWICE.sub(r"\1", "".join(out).strip())
    turned = _TURNED.sub(_turned, whole)
    return Formula(turned, level if turned == whole else level_of(turned))


def _turned(product: re.Match[str]) -> str:
    """The transpose of a product where one of the factors loses its own by that: (Aᵀ v)ᵀ is vᵀ A."""
    first, first_turned, second, second_turned = product.groups()
    if not first_turned and not second_turned:
        return product[0]
    factors = (second, second_turned), (first, first_turned)
    return " ".join(_ALONE.sub(r"\1", factor) if turned else f"{_derivative(factor)}ᵀ" for factor, turned in factors)


def _derivative(factor: str) -> str:
    """A factor that is to be transposed; a derivative needs brackets: (∂L/∂y)ᵀ."""
    return f"({factor})" if factor.startswith("∂") else factor


def _placed(text: str, gap: Gap) -> str:
    """A text as it stands in a gap."""
    if gap.name == "axis":
        return text.translate(SUBSCRIPTS)
    if gap.name == "index" and text.startswith("(") and text.endswith(")"):
        return text[1:-1]
    bare = _BRACKETED.fullmatch(text)
    if bare:
        return bare[1] if gap.needed == ENCLOSED else text
    level = text.level if isinstance(text, Formula) else NEGATIVE if text.startswith("−") else ATOM
    ends_raised = bool(text) and plain(text)[-1:] in _RAISED + "⁾"
    return f"({text})" if level < gap.needed or (gap.is_raised and ends_raised) else text


@functools.cache
def _read(template: str) -> tuple[tuple[str | Gap, ...], int]:
    """A template in parts, and the level of what it makes."""
    parts: list[str | Gap] = []
    end = 0
    for found in _GAP.finditer(template):
        if found.start() > end:
            parts.append(template[end : found.start()])
        before, after = (_GAP.sub("a", part.replace("{axis}", "")) for part in _around(template, found))
        parts.append(Gap(found[1], _needed(before, after), after[:1] in _RAISED.replace("ᵀ", "") and after != ""))
        end = found.end()
    if end < len(template):
        parts.append(template[end:])
    return tuple(parts), level_of(_GAP.sub("a", template))


def _around(template: str, found: re.Match[str]) -> tuple[str, str]:
    return template[: found.start()], template[found.end() :]


def _needed(before: str, after: str) -> int:
    """How tightly something must hold together to stand between these two pieces of a formula."""
    left, right = before.rstrip()[-1:], after.lstrip()[:1]
    if (after and after[0] in f"{_RAISED}^[") or (before and before[-1] in "√∛^"):
        return ATOM
    if left and left in "/∑":
        return POWER
    beside_left = before.endswith(" ") and (left.isalnum() or left in f"){_RAISED}₀")
    beside_right = after.startswith(" ") and (right.isalnum() or right in "(√|")
    if beside_left or beside_right:
        return MATRIX_PRODUCT
    if left in [*"·⊗−"] or right in [*"·⊗/"]:
        return PRODUCT
    if before.endswith(("(", "[", "|", "‖", "⌊", ", ")) and after.startswith((")", "]", "|", "‖", "⌋", ",")):
        return ENCLOSED
    if (before[-1:] in ("", "(", "[") and right in [*"+−><=≤"]) or left in [*"><=≤"]:
        return ENCLOSED
    return SUM


def level_of(formula: str) -> int:
    """How tightly a formula holds together, seen from the signs outside all brackets."""
    outside, depth = "", 0
    for sign in formula:
        depth -= sign in ")]"
        outside += sign if depth == 0 else ""
        depth += sign in "(["
    if outside.startswith("−"):
        return NEGATIVE
    if any(sign in outside for sign in (" + ", " − ", "∑", " mod ", " ⧺ ")):
        return SUM
    if any(sign in outside for sign in "·⊗/"):
        return PRODUCT
    if " " in outside:
        return MATRIX_PRODUCT
    return POWER if any(sign in outside for sign in f"{_RAISED}√∛^") else ATOM
