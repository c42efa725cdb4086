"""What the less usual signs of a derivation mean: a list at its end, of those that stand in it."""

from __future__ import annotations

import re
from typing import Final

from tinygrad_vn.language import Language
from tinygrad_vn.lecture.numbers import shape_text
from tinygrad_vn.lecture.words import word

_AXES: Final = re.compile(r"(?:∑|\b(?:mean|max|min|softmax|cumsum))[₋₀-₉]+")
_ONES: Final = re.compile(r"(?<![\w.])1([₀-₉][₀-₉ₓ]*)")
_DIGITS: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

_SIGNS: Final = {  # how it is recognized: the key of what is said of it
    r"⊗": "⊗ sign",
    r"log₁₀": "log₁₀ sign",
    r"log₂": "log₂ sign",
    r"⁻¹|⁻ᵀ": "inverse sign",
    r"onehot\(": "onehot sign",
    r" ⧺ ": "⧺ sign",
    r"broadcast\(": "broadcast sign",
    r"scatter\(": "scatter sign",
    r"reshape\(": "reshape sign",
    r"shape\(": "shape sign",
    r"transpose\(": "transpose sign",
    r"transpose⁻¹": "transpose⁻¹ sign",
    r"\[[^\]]* (?:[><=]|≤) [^\]]*\]": "bracket sign",
}


def legend(formulas: str, lang: Language) -> list[str]:
    """One sentence for each unusual sign in these formulas."""
    found = dict.fromkeys(match[0] for match in _AXES.finditer(formulas))
    remarks = [word("axis sign", lang, signs=", ".join(found))] if found else []
    ones = _ONES.search(formulas)
    if ones:
        shape = tuple(map(int, ones[1].translate(_DIGITS).split("ₓ")))
        remarks.append(word("ones sign", lang, sign=ones[0], shape=shape_text(shape)))
    plain = formulas.replace("transpose⁻¹", "") if "transpose⁻¹" in formulas else formulas
    for sign, key in _SIGNS.items():
        if re.search(sign, formulas if sign == r"transpose⁻¹" else plain):
            remarks.append(word(key, lang))
    if "[i, " in formulas:
        remarks.append(word("class sign", lang, sign="[i, yᵢ]"))
    if " ⧺ " in formulas and re.search(r"(?:\)|[^\s(\[])\[\ue000", formulas):
        remarks.append(word("part sign", lang, sign="g[A]"))
    return remarks
