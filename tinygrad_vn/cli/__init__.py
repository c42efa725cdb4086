"""The command `tinygrad-vn`, the same as `python -m tinygrad_vn`; one file per subcommand.

    arguments.py    what may stand on the command line
    demo.py         tinygrad-vn demo; with report.py (tables), results.py (files) and progress.py
    check.py        tinygrad-vn check; with notation.py and expression.py (formulas) and user_file.py (functions)
    draw.py         tinygrad-vn draw and explain.py tinygrad-vn explain; with computation.py, what both have in common
    fit_table.py    tinygrad-vn fit-table
    fetch.py        tinygrad-vn fetch
    recommend.py    tinygrad-vn recommend; with recommend_tables.py and recommend_rate.py (asking a person)
    worksheet.py    tinygrad-vn worksheet
    play.py         tinygrad-vn play
    words.py        everything that is said, Vietnamese and English; what `check` says is in check_words.py, and
                    what `draw` and `explain` say in draw_words.py, `fit-table` in fit_table_words.py,
                    `recommend` in recommend_words.py, `worksheet` in worksheet_words.py,
                    `play` in play_words.py

Whatever goes wrong ends in one line on the error channel and an exit status: 2 for a mistake in the call or in a file,
130 after Ctrl-C, 141 where the reader of the output has gone away (`| head`). A check that fails ends with 1.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Final

from tinygrad_vn.cli import check, demo, draw, explain, fetch, fit_table, play, recommend, worksheet
from tinygrad_vn.cli.arguments import Command, CommandError, complain, language_of, parsed
from tinygrad_vn.cli.words import say
from tinygrad_vn.data.words import reason_of
from tinygrad_vn.errors import DataError
from tinygrad_vn.language import Language, speaking

__all__ = ["main"]

COMMANDS: Final[dict[str, Command]] = {
    "demo": demo,
    "draw": draw,
    "explain": explain,
    "check": check,
    "fit-table": fit_table,
    "fetch": fetch,
    "recommend": recommend,
    "worksheet": worksheet,
    "play": play,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        argv: the words behind the program's name; by default those of this process.

    Returns:
        The exit status: 0, or as this module's opening says.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    _speak_utf8()
    try:
        lang = language_of(argv)
    except CommandError as error:
        return _failed(str(error), 2)
    with speaking(lang):  # also for what the engine, a drawing or a user's file has to say
        return _run(argv, lang)


def _run(argv: Sequence[str], lang: Language) -> int:
    """Run a command line in the language that it asks for."""
    try:
        options = parsed(argv, COMMANDS, lang)
        status = 0 if options is None else COMMANDS[options.command].run(options, lang)
        print(end="", flush=True)
    except CommandError as error:
        print(error.details, end="", file=sys.stderr)
        return _failed(str(error), 2)
    except DataError as error:
        return _failed(error.texts[lang], 2)
    except MemoryError:
        return _failed(say("no memory", lang), 2)
    except KeyboardInterrupt:
        return _failed(say("interrupted", lang), 130)
    except OSError as error:  # the output itself; files are dealt with where they are written
        # Python would try to write the rest once more on its way out, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141 if isinstance(error, BrokenPipeError) else _failed(reason_of(error)[lang], 2)
    return status


def _failed(text: str, status: int) -> int:
    complain(text)
    return status


def _speak_utf8() -> None:
    """Write UTF-8 also where Windows, or a variable, has chosen an encoding without Vietnamese letters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="replace")
