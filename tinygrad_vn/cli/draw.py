"""`tinygrad-vn draw`: the computation graph of a formula, for a slide, without writing Python.

    tinygrad-vn draw "(w*x + b - y)**2" w=2 x=56 b=5 y=45 --grad w,b -o loss.svg

The ending of the file says what is written. Without one, the table of values and gradients is printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

import numpy as np

from tinygrad_vn.cli.arguments import CommandError, Parser, whole_number
from tinygrad_vn.cli.check import computing
from tinygrad_vn.cli.computation import (
    MATRIX,
    VECTOR,
    Computation,
    choice,
    choices,
    computed,
    describe_computation,
    write,
    writing,
)
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language
from tinygrad_vn.lecture import DrawingError, GraphDrawing, draw, trace_table
from tinygrad_vn.lecture.picture.draw import DIRECTIONS, SHOWN
from tinygrad_vn.lecture.picture.layout import FORMATS
from tinygrad_vn.lecture.theme import THEMES

MOST_DIGITS: Final = 15
STEPWISE: Final = ("tex", "pdf", "html", "")  # the endings of what can be told step by step; "" is a folder


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `draw`."""
    parser.description = say("about draw", lang)
    describe_computation(parser, lang, "help drawing out")
    for flag in ("steps", "heat", "backward"):
        parser.options.add_argument(f"--{flag}", action="store_true", help=say(f"help {flag}", lang))
    parser.option("show", ",".join(SHOWN))
    parser.option("rankdir", "|".join(DIRECTIONS))
    parser.option("precision", "N")
    parser.option("theme", "|".join(THEMES))
    parser.examples = say("draw examples", lang, matrix=MATRIX, vector=VECTOR, first="[0]")


def run(options: argparse.Namespace, lang: Language) -> int:
    """Carry out the command.

    Raises:
        CommandError: an option makes no sense, or the formula cannot be read, computed, drawn or written.
    """
    settings = settings_of(options, lang)
    if options.steps and options.out is None:
        raise CommandError(say("steps need out", lang))
    computation = computed(options, "draw", lang)
    with computing(computation.question, lang), np.errstate(all="ignore"):
        drawing = draw(computation.result, lang=lang, **settings)
    if options.out is None:
        print_table(computation, settings["precision"], lang)
    else:
        write_drawing(drawing, options.out, options.steps, lang)
    if computation.result.size != 1:
        name, count = computation.result.name, computation.result.size
        print(say("hint single", lang, name=name, count=count))
    return 0


def settings_of(options: argparse.Namespace, lang: Language) -> dict[str, Any]:
    """How it is to look, as `draw` takes it."""
    digits = options.precision
    return {
        "show": choices("show", options.show, SHOWN, lang),
        "rankdir": choice("rankdir", options.rankdir, DIRECTIONS, lang),
        "precision": 4 if digits is None else whole_number("--precision", digits, 1, MOST_DIGITS, lang),
        "theme": choice("theme", options.theme, tuple(THEMES), lang),
        "heat": "grad" if options.heat else None,
        "backward": options.backward,
    }


def print_table(computation: Computation, precision: int, lang: Language) -> None:
    """Every value with its gradient, and how to get a picture."""
    table = trace_table(computation.result, precision=precision, lang=lang)
    print(f"{computation.result.name} = {computation.question.title}\n\n{table.rstrip()}\n")
    print(say("hint out", lang, path=f"{computation.result.name}.svg"))


def write_drawing(drawing: GraphDrawing, out: str, steps: bool, lang: Language) -> None:
    """Write the file that is asked for, or nothing."""
    path, ending = Path(out), Path(out).suffix.lower().removeprefix(".")
    known = [*FORMATS, *drawing.texts()]
    if steps and ending not in STEPWISE:
        raise CommandError(say("no steps", lang, path=out or "''"))
    if not out.strip() or (ending not in known and not (steps and not ending)):
        raise CommandError(say("no ending", lang, path=out or "''", known=" ".join(f".{name}" for name in known)))
    try:
        if steps and ending in ("pdf", ""):
            with writing(path, lang):
                made = drawing.frames(path)
            print(say("output folder" if not ending else "output", lang, path=out, count=len(made)))
            return
        slides = steps and ending == "tex"
        content = drawing.to_tikz(document=True, overlays=True).encode() if slides else drawing.pipe(ending)
    except DrawingError as error:
        raise CommandError(error.texts[lang]) from None
    write(path, content, lang)
    print(say("output", lang, path=out))
