"""`tinygrad-vn play`: one offline web page to play with gradient descent.

tinygrad-vn play -o play.html --lang vi
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tinygrad_vn.cli.arguments import CommandError, Parser
from tinygrad_vn.cli.computation import write
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.play import play_page


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `play`."""
    parser.description = say("about play", lang)
    parser.options.add_argument(
        "-o", "--out", metavar=say("file", lang), default="play.html", help=say("help play out", lang)
    )


def run(options: argparse.Namespace, lang: Language) -> int:
    """Write the page.

    Raises:
        CommandError: it is to be no web page, or cannot be written.
    """
    path = Path(options.out)
    if path.suffix.lower() not in (".html", ".htm"):
        raise CommandError(say("play not html", lang, path=options.out or "''"))
    write(path, play_page(lang).encode(), lang)
    print(say("play written", lang, path=path))
    return 0
