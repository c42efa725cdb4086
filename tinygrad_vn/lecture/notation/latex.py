"""Formulas in Unicode, as they stand on drawings and in derivations, turned into LaTeX.

A formula is read from left to right, sign by sign: `A⁽²⁾ᵀ (∂J/∂Ŷ ⊗ x²)` becomes
`(A^{(2)})^{\\top} (\\frac{\\partial J}{\\partial \\hat{Y}} \\otimes x^{2})`.
What comes from outside, such as a name, is
escaped sign by sign, so that no name can be a command. Letters with Vietnamese marks stand in \\text, which XeLaTeX
sets in the fonts that every TeX Live has.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from tinygrad_vn.graph import Values
from tinygrad_vn.lecture.notation.formula import NAME_END, NAME_START
from tinygrad_vn.lecture.numbers import elements

DEEPEST: Final = 20  # roots within roots

_RAISED: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᵀⁱⁿᵏˡ", [*"0123456789-+()", r"\top ", *"inkl"], strict=True))
_LOWERED: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉₋₊₍₎ᵢⱼₖₙₓ", [*"0123456789-+()ijkn", r"\times "], strict=True))
_MARKS: Final = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot", "\u20d7": "vec"}
_SPELLED: Final = {"hat": "hat", "bar": "bar", "tilde": "tilde", "dot": "dot", "vec": "vec"}
_GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_SIGNS: Final = {
    "·": r"\cdot ",
    "⊗": r"\otimes ",
    "×": r"\times ",
    "−": "-",
    "∑": r"\sum ",
    "∏": r"\prod ",
    "∂": r"\partial ",
    "∇": r"\nabla ",
    "∞": r"\infty ",
    "√": r"\surd ",
    "‖": r"\|",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "→": r"\to ",
    "←": r"\leftarrow ",
    "…": r"\ldots ",
    "½": r"\tfrac{1}{2}",
    "—": r"\text{—}",
    "⧺": r"\mathbin{\|}",
    "⁺": "^{+}",
    "′": "'",
    "°": r"^{\circ}",
    "∘": r"\circ ",
} | {sign: sign for sign in "0123456789.,;:!?()[]|+-*/=<>"}
_ESCAPED: Final = {sign: f"\\{sign}" for sign in "{}$&#_%"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
}
_KNOWN: Final = {
    *("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "max", "min", "det"),
}  # what LaTeX has a command for
_NAMED: Final = {
    *("ReLU", "leaky_relu", "elu", "softmax", "mean", "sign", "huber", "conj", "trunc", "fmod", "arsinh", "arcosh"),
    *("artanh", "arctan2", "cumsum", "flip", "broadcast", "reshape", "shape", "transpose", "scatter", "where", "adj"),
    *("onehot", "einsum", "slogdet", "eigh", "svd", "chol", "sym", "diag", "tril", "mod"),
}

_OTHER: Final = "½" + "".join(_RAISED) + "".join(_LOWERED)  # which count as letters or digits elsewhere
_IDENTIFIER: Final = re.compile(f"(?![{_OTHER}])[^\\W\\d_](?:(?![{_OTHER}])\\w|[\u0300-\u036f\u20d7′])*(?:⁽[^⁾]*⁾)?")
_NAME: Final = f"(?:{NAME_START}[^{NAME_END}]*{NAME_END}|{_IDENTIFIER.pattern})"
_QUOTIENT: Final = re.compile(f"∂({_NAME})/∂({_NAME})")
_MARKED: Final = re.compile(f"{NAME_START}([^{NAME_END}]*){NAME_END}")
_DIGITS: Final = re.compile(r"[\d.]+")
_RUN: Final = re.compile(r"(?:\^\{[^{}]*\}){2,}|(?:_\{[^{}]*\}){2,}")
_INDEX: Final = re.compile(r"(.*?[^\W\d_])_?(\d+)")

_DOCUMENT: Final = r"""\documentclass[10pt]{article}
\usepackage[a4paper,margin=1.5cm]{geometry}
\usepackage[fleqn]{amsmath}
\usepackage{fontspec}
\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}
%s\end{document}
"""


def document(body: str) -> str:
    """A whole document for XeLaTeX, in the fonts that every TeX Live has."""
    return _DOCUMENT % body


def text(sentence: str) -> str:
    """Words for a place where LaTeX expects text: every special sign escaped, formulas' signs as formulas."""
    pieces = (f"${piece}$" if is_math else piece for is_math, piece in _pieces(sentence))
    return "".join(pieces)


def words(sentence: str) -> str:
    """Words inside a formula."""
    pieces = (piece if is_math else f"\\text{{{piece}}}" for is_math, piece in _pieces(sentence))
    return "".join(pieces) or "{}"


def _pieces(sentence: str) -> Iterator[tuple[bool, str]]:
    """A sentence cut into formulas' signs, where the first of the pair is true, and words."""
    signs = (_piece(sign) for sign in unicodedata.normalize("NFC", sentence))
    for is_math, group in itertools.groupby(signs, key=lambda piece: piece[0]):
        yield is_math, _RUN.sub(_run, "".join(piece for _, piece in group))


def _run(found: re.Match[str]) -> str:
    """Signs that are raised or lowered one after the other, as one index."""
    inside = "".join(re.findall(r"\{([^{}]*)\}", found[0]))
    return f"{found[0][0]}{{{inside}}}"


def _piece(sign: str) -> tuple[bool, str]:
    """One sign of a sentence."""
    if sign in _ESCAPED:
        return False, _ESCAPED[sign]
    if sign in _SIGNS and not sign.isascii() and sign not in "…—":
        return True, _SIGNS[sign]
    if sign in _RAISED:
        return True, f"^{{{_RAISED[sign].strip()}}}"
    if sign in _LOWERED:
        return True, f"_{{{_LOWERED[sign]}}}"
    if sign in _GREEK:
        return True, f"\\{_GREEK[sign]} "
    return False, sign if sign.isprintable() else " "


def array(values: Values, precision: int = 4) -> str:
    """A number, or a matrix in square brackets; a vector lies down, as it does on the way through a network."""
    if values.ndim == 0 or not values.size or values.ndim > 2:
        flat = elements(values, precision)
        return formula(", ".join(cell for row in flat for cell in row))
    rows = elements(values.reshape(1, -1) if values.ndim == 1 else values, precision)
    inner = r" \\ ".join(" & ".join(formula(cell) for cell in row) for row in rows)
    return f"\\begin{{bmatrix}} {inner} \\end{{bmatrix}}"


def name(raw: str) -> str:
    """A name: W3 as W with an index, W⁽³⁾, Ŷ and Y_hat with a hat, several letters upright, anything else as text."""
    raw = unicodedata.normalize("NFC", raw)
    base, layer = raw, ""
    if raw.endswith("⁾") and "⁽" in raw:
        base, _, inside = raw[:-1].partition("⁽")
        if inside and all(sign in _RAISED for sign in inside):
            layer = f"^{{({_translated(inside, _RAISED)})}}"
        else:
            base = raw
    return _base(base) + layer


def _base(raw: str) -> str:
    """A name without its layer."""
    cut = len(raw.rstrip("".join(_LOWERED)))
    if 0 < cut < len(raw):
        return f"{_base(raw[:cut])}_{{{_translated(raw[cut:], _LOWERED)}}}"
    stem, _, ending = raw.partition("_")
    if ending in _SPELLED and stem:
        return f"\\{_SPELLED[ending]}{{{_base(stem)}}}"
    primes = len(raw) - len(raw.rstrip("′"))
    if primes and primes < len(raw):
        return _base(raw.rstrip("′")) + "'" * primes
    index = _INDEX.fullmatch(raw)
    if index and index[1].replace("_", "a").isalpha():
        return f"{_base(index[1])}_{{{index[2]}}}"
    decomposed = unicodedata.normalize("NFD", raw)
    if len(decomposed) == 2 and decomposed[1] in _MARKS and decomposed[0].isascii():
        return f"\\{_MARKS[decomposed[1]]}{{{decomposed[0]}}}"
    if raw in _GREEK:
        return f"\\{_GREEK[raw]}"
    if raw.isascii() and raw.isalpha():
        return raw if len(raw) == 1 else f"\\mathrm{{{raw}}}"
    if len(stem) == 1 and ending.isascii() and ending.isalnum():
        return f"{_base(stem)}_{{{ending}}}"
    made = words(raw)
    return made if made.count("\\text{") == 1 and made.startswith("\\text{") else f"{{{made}}}"


def _translated(signs: str, table: dict[str, str]) -> str:
    return "".join(table.get(sign, "") for sign in signs).strip()


def formula(source: str, depth: int = 0) -> str:
    """A formula, to stand between dollar signs; `depth` roots and exponents around it."""
    return _Reader(unicodedata.normalize("NFC", source), depth).read() if depth < DEEPEST else words(source)


class _Reader:
    """Reads a formula from left to right."""

    def __init__(self, source: str, depth: int) -> None:
        self.source, self.position, self.depth = source, 0, depth
        self.out: list[str] = []
        self.tall = set(self.around_quotients())

    def around_quotients(self) -> Iterator[int]:
        """The places of brackets that have a quotient between them, and must be as tall."""
        open_ones: list[int] = []
        quotients = [found.start() for found in _QUOTIENT.finditer(self.source)]
        for i, sign in enumerate(self.source):
            if sign == "(":
                open_ones.append(i)
            elif sign == ")" and open_ones:
                start = open_ones.pop()
                if bisect_left(quotients, start) < bisect_left(quotients, i):
                    yield from (start, i)

    def read(self) -> str:
        while self.position < len(self.source):
            self.sign()
        return "".join(self.out).strip()

    def sign(self) -> None:
        """The next sign, name or quotient."""
        source, i = self.source, self.position
        quotient = _QUOTIENT.match(source, i)
        if quotient:
            above, below = (_atom(part) for part in quotient.groups())
            self.put(f"\\frac{{\\partial {above}}}{{\\partial {below}}}", quotient.end())
            return
        found = _MARKED.match(source, i) or _IDENTIFIER.match(source, i)
        if found:
            self.put(_atom(found[0]), found.end())
        elif source[i] in _RAISED:
            self.raised(self.run(_RAISED))
        elif source[i] in _LOWERED:
            end = self.run(_LOWERED)
            self.put(f"_{{{_translated(source[i:end], _LOWERED)}}}", end)
        elif source[i] in "√∛" and i + 1 < len(source):
            self.root("" if source[i] == "√" else "[3]")
        elif source[i] == "^" and i + 1 < len(source):
            inside, end = self.argument(i + 1)
            self.put(f"^{{{formula(inside, self.depth + 1)}}}", end)
        elif source[i].isspace():
            self.put(" ", i + 1)
        elif i in self.tall:
            self.put(("\\left" if source[i] == "(" else "\\right") + source[i], i + 1)
        else:
            known = _SIGNS.get(source[i])
            self.put(words(source[i]) if known is None else known, i + 1)

    def put(self, piece: str, end: int) -> None:
        self.out.append(piece)
        self.position = end

    def run(self, table: dict[str, str]) -> int:
        end = self.position
        while end < len(self.source) and self.source[end] in table:
            end += 1
        return end

    def raised(self, end: int) -> None:
        """An exponent; brackets around what has one already."""
        piece = _translated(self.source[self.position : end], _RAISED)
        if self.out and self.out[-1].endswith("}") and "^{" in self.out[-1]:
            self.out[-1] = f"({self.out[-1]})"
        self.put(f"^{{{piece}}}", end)

    def root(self, degree: str) -> None:
        inside, end = self.argument(self.position + 1)
        self.put(f"\\sqrt{degree}{{{formula(inside, self.depth + 1)}}}", end)

    def argument(self, start: int) -> tuple[str, int]:
        """What a root or an exponent applies to: a bracket's inside, a name, or one sign; and where it ends."""
        source = self.source
        if source[start] == "(":
            depth = 0
            for end in range(start, len(source)):
                depth += (source[end] == "(") - (source[end] == ")")
                if depth == 0:
                    return source[start + 1 : end], end + 1
        found = _MARKED.match(source, start) or _IDENTIFIER.match(source, start) or _DIGITS.match(source, start)
        end = found.end() if found else start + 1
        return source[start:end], end


def _atom(piece: str) -> str:
    """A name, or the name of a function."""
    marked = _MARKED.fullmatch(piece)
    if marked:
        return name(marked[1])
    if piece in _KNOWN:
        return f"\\{piece} "
    return f"\\operatorname{{{text(piece)}}}" if piece in _NAMED else name(piece)
