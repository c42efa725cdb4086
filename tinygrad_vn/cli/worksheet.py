"""`tinygrad-vn worksheet`: exercises to print, with fresh numbers, and their answer key as a file of its own.

    tinygrad-vn worksheet backprop --seed 7 --count 4 --lang vi -o de.html

writes de.html and de.dap-an.html (in English sheet.html and sheet.answers.html).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from tinygrad_vn.cli.arguments import CommandError, Parser, whole_number
from tinygrad_vn.cli.computation import write
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.worksheet import KINDS, answer_key, exercises, worksheet

ALL: Final = "backprop"
MOST: Final = 100  # of each kind


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `worksheet`."""
    parser.description = say("about worksheet", lang)
    what = parser.add_argument_group(say("exercises", lang))
    known = ", ".join((ALL, *KINDS))
    what.add_argument(
        "kind",
        nargs="?",
        default=ALL,
        metavar=say("worksheet kind", lang),
        help=say("help kind", lang, known=known),
    )
    parser.option("seed", "N")
    parser.option("count", "N")
    name = say("sheet name", lang)
    parser.options.add_argument(
        "-o", "--out", metavar=say("file", lang), default=name, help=say("help worksheet out", lang, name=name)
    )
    parser.examples = say("worksheet examples", lang)


def run(options: argparse.Namespace, lang: Language) -> int:
    """Write both files.

    Raises:
        CommandError: there is no such kind of exercise, a number makes no sense, or a file cannot be written.
    """
    kind = options.kind
    if kind not in (ALL, *KINDS):
        raise CommandError(say("no such kind", lang, kind=kind or "''", known=", ".join((ALL, *KINDS))))
    seed = 0 if options.seed is None else whole_number("--seed", options.seed, 0, 2**32 - 1, lang)
    count = 1 if options.count is None else whole_number("--count", options.count, 1, MOST, lang)
    path = Path(options.out)
    if path.suffix.lower() not in (".html", ".htm"):
        raise CommandError(say("sheet not html", lang, path=options.out or "''"))
    key = path.with_name(f"{path.stem}.{say('answers ending', lang)}{path.suffix}")
    made = exercises(kind, count, seed)
    write(path, worksheet(made, lang, kind=kind, seed=seed).encode(), lang)
    write(key, answer_key(made, lang, kind=kind, seed=seed).encode(), lang)
    print(say("sheet written", lang, count=len(made), path=path))
    print(say("answers written", lang, path=key))
    return 0
