"""Formulas as people write them: from the text on the command line to Python's grammar.

`2·x² − π` is rewritten as `2*x**2-pi`. What Python would misread or refuse in words that help nobody (`2x`, `x ^ 2`,
a bracket that is never closed) is found first, with its place and with what to write instead.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from typing import Final

from tinygrad_vn.cli.arguments import CommandError
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language

SIGNS: Final = {"×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "²": "**2", "³": "**3", "π": "pi"}
_TOKEN: Final = re.compile(
    r"(?P<space>\s+)|(?P<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)"
    r"|(?P<text>'[^'\\]*'|\"[^\"\\]*\")|(?P<sign>\*\*|//|<=|>=|==|!=|:=|[-+*/@().,\[\]:=^<>%&|~])|(?P<other>.)",
    re.DOTALL,
)
_CLOSING: Final = {")": "(", "]": "["}
SHOWN: Final = 60  # characters of a formula in a message


class Formula:
    """A formula and its grammar.

    Attributes:
        written: the formula as it was given.
        tree: what Python's grammar makes of it.

    Raises:
        CommandError: it cannot be read; the text says where and what to write instead.
    """

    def __init__(self, written: str, lang: Language) -> None:
        self.written, self.lang = written.strip(), lang
        if not self.written:
            raise CommandError(say("empty formula", lang, example="tanh(w*x + b)"))
        pieces = [SIGNS.get(sign, " " if sign.isspace() else sign) for sign in self.written]
        self.python = "".join(pieces)
        self._places = [i for i, piece in enumerate(pieces) for _ in piece]  # in `python` -> in `written`
        self._look_for_slips()
        try:
            self.tree: ast.expr = ast.parse(self.python, mode="eval").body
        except SyntaxError as error:
            raise self.mistake("cannot read on", (error.offset or len(self.python) + 1) - 1) from None
        except (RecursionError, MemoryError, ValueError):
            raise CommandError(say("formula too long", lang)) from None

    def mistake(self, key: str, at: int | ast.AST, **details: object) -> CommandError:
        """The error about a place: a position in `python`, or a part of the tree."""
        if isinstance(at, ast.AST):
            before = self.python.encode()[: getattr(at, "col_offset", 0)]  # which counts bytes
            at = len(before.decode())
        place = self._places[at] + 1 if at < len(self._places) else len(self.written) + 1
        formula = self.written if len(self.written) <= SHOWN else self.written[: SHOWN - 1] + "…"
        reason = say(key, self.lang, **details)
        return CommandError(say("formula mistake", self.lang, formula=formula, place=place, reason=reason))

    def place_of_name(self, node: ast.Attribute) -> int:
        """Where in `python` the name behind the last dot begins."""
        before = self.python.encode()[: node.end_col_offset].decode()
        name = before[before.rindex(".") + 1 :]
        return len(before) - len(name.lstrip())

    def text_of(self, node: ast.AST) -> str:
        """A part of the formula as it was written."""
        return ast.get_source_segment(self.python, node) or ""

    def _look_for_slips(self) -> None:
        """Stop at the first thing that is written in mathematics, or in another language, but not in Python."""
        opened: list[tuple[str, int]] = []
        before, before_kind = "", ""
        for token in _TOKEN.finditer(self.python):
            kind, text, at = str(token.lastgroup), token[0], token.start()
            if kind == "space":
                continue
            self._refuse(kind, text, at, depth=len(opened))
            called = before_kind == "name" and text == "("
            if _ends_factor(before, before_kind) and _begins_factor(text, kind) and not called:
                raise self.mistake("no sign", at, left=before, right=text)
            if text in ("(", "["):
                opened.append((text, at))
            elif text in _CLOSING and (not opened or opened.pop()[0] != _CLOSING[text]):
                raise self.mistake("never opened", at, sign=text)
            before, before_kind = text, kind
        if opened:
            raise self.mistake("never closed", opened[-1][1], sign=opened[-1][0])

    def _refuse(self, kind: str, text: str, at: int, depth: int) -> None:
        """An error for what has no place in a formula."""
        if kind == "other":
            raise self.mistake("foreign sign", at, sign=text)
        if kind == "name" and keyword.iskeyword(text) and text not in ("True", "False", "None"):
            raise self.mistake("word of Python", at, word=text)
        if text == "^":
            raise self.mistake("power sign", at)
        if text in ("<", ">", "<=", ">=", "==", "!="):
            raise self.mistake("comparison", at, sign=text)
        if text == "=" and depth == 0:
            raise self.mistake("equation", at)
        if text in ("%", "//", "&", "|", "~", ":="):
            raise self.mistake("other operator", at, sign=text)


def name_of(text: str) -> str:
    """A name as Python's grammar sees it, which takes letters that look alike for one."""
    return unicodedata.normalize("NFKC", "".join(SIGNS.get(sign, sign) for sign in text))


def _ends_factor(text: str, kind: str) -> bool:
    """Whether this could be a factor of a product: a number, a name, a bracket."""
    return kind in ("number", "name", "text") or text in (")", "]")


def _begins_factor(text: str, kind: str) -> bool:
    """Whether a factor could begin with this; a square bracket behind one is an index."""
    return kind in ("number", "name", "text") or text == "("
