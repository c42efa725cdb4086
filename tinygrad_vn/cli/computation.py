"""What `draw` and `explain` have in common: a formula and its values become a Tensor that remembers how it was made."""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tinygrad_vn.checkpoint.replacing import replacing
from tinygrad_vn.cli.arguments import CommandError, Parser
from tinygrad_vn.cli.check import Question, computing, question_of_formula, remark, values_of
from tinygrad_vn.cli.notation import name_of
from tinygrad_vn.cli.words import say
from tinygrad_vn.data.words import reason_of
from tinygrad_vn.language import Language
from tinygrad_vn.tensor import Tensor

MATRIX: Final = '"[[1,2],[3,4]]"'  # quoted, since shells look for files called so
VECTOR: Final = '"[1,0.5]"'


@dataclass(frozen=True)
class Computation:
    """A formula that was computed.

    Attributes:
        question: the formula and its values.
        result: what came out, with its graph.
    """

    question: Question
    result: Tensor


def describe_computation(parser: Parser, lang: Language, help_out: str) -> None:
    """Enter the arguments that both commands have."""
    what = parser.add_argument_group(say("computation", lang))
    what.add_argument("formula", nargs="?", metavar=say("formula", lang), help=say("help a formula", lang))
    what.add_argument("words", nargs="*", metavar=say("name and value", lang), help=say("help words", lang))
    parser.options.add_argument("-o", "--out", metavar=say("file", lang), help=say(help_out, lang))
    parser.option("grad", "w,b")
    parser.option("name", "L")


def computed(options: argparse.Namespace, command: str, lang: Language) -> Computation:
    """Compute the formula on the command line.

    Args:
        options: with `formula`, `words`, `grad` and `name`.
        command: what it is for, "draw" or "explain".
        lang: of error messages.

    Raises:
        CommandError: it cannot be read or computed.
    """
    words = [*([] if options.formula is None else [options.formula]), *options.words]
    if not words:
        raise CommandError(say("no formula", lang, command=command))
    text = " ".join(words[0].split())
    if re.search(r"\.py(:|$)", text):
        raise CommandError(say("no function here", lang, text=text, command=command))
    question = question_of_formula(text, values_of(words[1:], lang), lang)
    parameters = parameters_in(options.grad, list(question.values), lang)
    name = name_of_result(options.name, list(question.values), lang)
    leaves = question.tensors()
    with computing(question, lang), np.errstate(all="ignore"):
        result = question.func(*leaves)
    for leaf in leaves:  # only now: what is computed from inputs alone, such as x / 2, belongs into the picture too
        leaf.requires_grad_(leaf.name in parameters)
    remark(question)
    if not isinstance(result, Tensor):
        raise CommandError(say("several values", lang, formula=text, first="[0]"))
    if all(result is not leaf for leaf in leaves):
        result.name = name
    return Computation(question, result)


def parameters_in(text: str | None, variables: Sequence[str], lang: Language) -> list[str]:
    """The variables that --grad names; without it, all of them."""
    if text is None:
        return list(variables)
    names = [name_of(name.strip()) for name in text.split(",") if name.strip()]
    if not names:
        raise CommandError(say("no parameter", lang, example=",".join(variables[:2])))
    for name in names:
        if name not in variables:
            raise CommandError(say("unknown parameter", lang, name=name, known=", ".join(variables)))
    return names


def name_of_result(text: str | None, variables: Sequence[str], lang: Language) -> str:
    """What the result is called: f, or the next letter that is free."""
    if text is None:
        return next(name for name in ("f", "out", "result", *(f"f{n}" for n in range(99))) if name not in variables)
    name = " ".join(text.split())
    if not name or name in variables:
        raise CommandError(say("bad name", lang, text=text or "''"))
    return name


def choices(option: str, text: str | None, known: Sequence[str], lang: Language) -> tuple[str, ...]:
    """The words of an option such as value,grad; without it, all that are known."""
    if text is None:
        return tuple(known)
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if not set(words) <= set(known):
        raise CommandError(say("bad choice", lang, option=option, text=text or "''", known=", ".join(known)))
    return words


def choice(option: str, text: str | None, known: Sequence[str], lang: Language) -> str:
    """One word of an option; without it, the first that is known."""
    if text is not None and text not in known:
        raise CommandError(say("bad choice", lang, option=option, text=text or "''", known=", ".join(known)))
    return text or known[0]


def write(path: Path, content: bytes, lang: Language) -> None:
    """Write a file, whole or not at all; its folder is made where it does not exist."""
    with writing(path, lang):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(content)


@contextlib.contextmanager
def writing(path: Path, lang: Language) -> Iterator[None]:
    """While something is written: what goes wrong with the disk becomes a CommandError."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: NUL in a name
        reason = reason_of(error)[lang] if isinstance(error, OSError) else str(error)
        raise CommandError(say("cannot write output", lang, path=path, reason=reason)) from None
