"""`tinygrad-vn explain`: a formula's value and gradients, derived line by line as on the blackboard.

tinygrad-vn explain "(w*x + b - y)**2" w=2 x=56 b=5 y=45 --grad w,b
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

import numpy as np

from tinygrad_vn.cli.arguments import CommandError, Parser, whole_number
from tinygrad_vn.cli.check import computing
from tinygrad_vn.cli.computation import MATRIX, VECTOR, choice, computed, describe_computation, write
from tinygrad_vn.cli.draw import MOST_DIGITS
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language
from tinygrad_vn.lecture import explain
from tinygrad_vn.lecture.derivation.explain import FORMATS

ENDINGS: Final = {"txt": "text", "md": "markdown", "tex": "latex"}


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `explain`."""
    parser.description = say("about explain", lang)
    describe_computation(parser, lang, "help derivation out")
    parser.options.add_argument("--format", metavar="|".join(FORMATS), help=say("help derivation format", lang))
    parser.option("precision", "N")
    parser.examples = say("explain examples", lang, matrix=MATRIX, vector=VECTOR)


def run(options: argparse.Namespace, lang: Language) -> int:
    """Carry out the command.

    Raises:
        CommandError: an option makes no sense, or the formula cannot be read, computed or written.
    """
    form: Any = format_of(options, lang)
    digits = options.precision
    precision = 4 if digits is None else whole_number("--precision", digits, 1, MOST_DIGITS, lang)
    computation = computed(options, "explain", lang)
    is_document = options.out is not None
    with computing(computation.question, lang), np.errstate(all="ignore"):
        text = explain(computation.result, lang=lang, format=form, precision=precision, document=is_document)
    if options.out is None:
        print(text.rstrip("\n"))
    else:
        write(Path(options.out), text.encode(), lang)
        print(say("output", lang, path=options.out))
    return 0


def format_of(options: argparse.Namespace, lang: Language) -> str:
    """The format that --format names, else that of the file's ending."""
    if options.out is None:
        return choice("format", options.format, FORMATS, lang)
    ending = Path(options.out).suffix.lower().removeprefix(".")
    if not options.out.strip() or (options.format is None and ending not in ENDINGS):
        known = " ".join(f".{name}" for name in ENDINGS)
        raise CommandError(say("no ending", lang, path=options.out or "''", known=known))
    return choice("format", options.format or ENDINGS[ending], FORMATS, lang)
