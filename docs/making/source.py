"""Pieces of our own source code for the book: included when the book is made, never copied into it."""

from __future__ import annotations

import ast
from typing import NamedTuple

from docs.making import ROOT


class Piece(NamedTuple):
    """Some lines of a file.

    Attributes:
        path: of the file, from the top of the checkout.
        first: the number of the first line, from 1.
        lines: what they say.
    """

    path: str
    first: int
    lines: list[str]

    def as_markdown(self) -> str:
        """A fenced block with the file's name and its own line numbers."""
        indent = min((len(line) - len(line.lstrip()) for line in self.lines if line.strip()), default=0)
        code = "\n".join(line[indent:] for line in self.lines)
        return f'```{{.python .source title="{self.path}" linenums="{self.first}"}}\n{code}\n```'


def piece(path: str, name: str = "", start: str = "", end: str = "") -> Piece:
    """A file, a function, class, method or assignment in it, or some lines of that.

    Args:
        path: of the file, from the top of the checkout.
        name: "backpropagate", "Node.drop_unread", "tanh"; "" for the whole file.
        start: words in the first line wanted; "" for the beginning.
        end: words in the last line wanted, looked for from there; "" for the end.

    Raises:
        LookupError: there is no such name or line. The book is then out of step with the code.
    """
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    first, last = (1, len(lines)) if not name else place(path, "\n".join(lines), name)
    if start:
        first = line_with(lines, start, first, last, path)
    if end:
        last = line_with(lines, end, first, last, path)
    return Piece(path, first, lines[first - 1 : last])


def line_with(lines: list[str], words: str, first: int, last: int, path: str) -> int:
    """The number of the first line with these words between two others."""
    for number in range(first, last + 1):
        if words in lines[number - 1]:
            return number
    raise LookupError(f"{path}: no line between {first} and {last} has {words!r}")


def place(path: str, text: str, name: str) -> tuple[int, int]:
    """The first and the last line of what is called so."""
    body = ast.parse(text).body
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((statement for statement in body if part in names_of(statement)), None)
        if found is None:
            raise LookupError(f"{path} has no {name!r}")
        body = getattr(found, "body", [])
    assert found is not None
    decorated = [decorator.lineno for decorator in getattr(found, "decorator_list", [])]
    return min([found.lineno, *decorated]), found.end_lineno or found.lineno


def names_of(statement: ast.stmt) -> set[str]:
    """What a statement defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}
