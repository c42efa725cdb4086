"""Every error and warning of the engine: a stable code, what went wrong, and what to write instead.

A message has three parts: the code, so that it can be looked up and searched for; what happened, with the shapes,
names and numbers of this very call; and the remedy. The texts stand together in `CATALOGUE`, so they can be read
aloud from top to bottom, and every class below is at the same time a builtin class (`ValueError`, `TypeError`,
`RuntimeError`), so ordinary `except` clauses keep working.
"""

from collections.abc import Mapping

from tinygrad_vn.language import Language, current_language

CATALOGUE = {
    "E02": "backpropagation starts from one number, but this Tensor has shape {shape}. "
    "Reduce it first, `.sum()` or `.mean()`, or pass `gradient=` with shape {shape}{detail}.",
    "E03": "gradients need real numbers, but the values are {dtype}: {why}. Write {remedy} or pass dtype=float.",
    "E04": "{what} would change in place a value that gradients depend on. {remedy}",
    "E05": "{what}. {remedy}",
    "E06": "{operation} cannot combine shapes {left} and {right}: {why}.{remedy}",
    "E09": "this graph was already used by backward(), which released the values saved for it. "
    "Compute the loss again inside the loop, or call backward(retain_graph=True) the first time.",
    "E10": "{what} is not connected to any Tensor that requires grad{cause}. {remedy}",
    "E11": "`.grad` of {what} was read, but only leaves keep their gradient. "
    "Call `.retain_grad()` on it before backward().",
    "E12": "the rule of {operation!r} for its argument {argument!r} returned {got}, "
    "but the gradient of that argument must be {expected}{detail}. Correct that rule.",
    "E15": "a Tensor of shape {shape} has no single truth value. "
    "Write `.any()` or `.all()`, or `.item()` for a Tensor of one element.",
}


class TinygradError(Exception):
    """Base of all errors raised by tinygrad_vn on purpose.

    Attributes:
        code: the stable code, "E02" … "E15".
    """

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        super().__init__(f"[{code}] {CATALOGUE[code].format(**details)}")


class GradientError(TinygradError, RuntimeError):
    """A gradient that cannot be computed as asked: E02, E04, E05, E09, E10, E12."""


class ShapeError(TinygradError, ValueError):
    """Shapes that do not fit the operation: E06, E15."""


class DtypeError(TinygradError, TypeError):
    """Values of a kind that has no gradient: E03."""


class GradientWarning(UserWarning):
    """Legal, but seldom what was meant: E11."""

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        super().__init__(f"[{code}] {CATALOGUE[code].format(**details)}")


class DataError(ValueError):
    """A file or a table that cannot be read as meant; the text names the file, the line and the remedy.

    Args:
        texts: the text in every language. `str(error)` is the one in the language in force.
    """

    def __init__(self, texts: Mapping[Language, str]) -> None:
        super().__init__(texts)
        self.texts = texts

    def __str__(self) -> str:
        return self.texts[current_language()]
