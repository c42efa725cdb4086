"""What may stand on the command line, and what is said where something else does.

The standard library's argparse does the reading. What it is taught here: to speak Vietnamese, and to say what is wrong
in one line instead of many.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

from tinygrad_vn import __version__
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import LANGUAGES, VARIABLE, Language, current_language

PROGRAM: Final = "tinygrad-vn"
COMMANDS: Final = ("demo",)


class CommandError(Exception):
    """A mistake in the call; the text says what is wrong and what to write instead."""


class Parser(argparse.ArgumentParser):
    """argparse's parser, in one of our languages."""

    def __init__(self, lang: Language, **settings: Any) -> None:
        self.lang = lang
        super().__init__(
            **settings,
            add_help=False,
            allow_abbrev=False,
            formatter_class=lambda prog: Formatter(lang, prog),
        )
        self.options = self.add_argument_group(say("options", lang))
        self.options.add_argument("-h", "--help", action="help", help=say("help help", lang))

    def error(self, message: str) -> NoReturn:
        """CommandError with argparse's complaint in our words."""
        option = re.match(r"argument ([^:/]+)", message)
        if option and "expected one argument" in message:
            message = say("needs value", self.lang, option=option[1])
        elif choice := re.search(r"invalid choice: '(.*?)' \(", message):
            message = say("no such command", self.lang, what=choice[1], known=", ".join(COMMANDS))
        raise CommandError(f"{message} {say('see help', self.lang, prog=self.prog)}")


class Formatter(argparse.HelpFormatter):
    """argparse's help, at a width that fits every screen, and with our word for "usage"."""

    def __init__(self, lang: Language, prog: str) -> None:
        self.lang = lang
        super().__init__(prog, max_help_position=28, width=98)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The first line."""
        super().add_usage(usage, actions, groups, say("usage", self.lang) if prefix is None else prefix)


def language_of(argv: Sequence[str]) -> Language:
    """The language that `--lang` asks for; it must be known before anything else can be said.

    Raises:
        CommandError: it is neither of ours.
    """
    finder = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    finder.add_argument("--lang", nargs="?")
    wish = finder.parse_known_args(list(argv))[0].lang
    for lang in LANGUAGES:
        if wish == lang:
            return lang
    setting = _language_setting()
    if wish is None:
        return setting
    raise CommandError(say("bad lang", setting, text=wish))


def complain(text: str) -> None:
    """One line on the error channel."""
    print(f"{PROGRAM}: {' '.join(text.split())}", file=sys.stderr)


def _language_setting() -> Language:
    """The language without `--lang`; one line instead of Python's warning where the setting is no language."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lang = current_language()
    if caught:
        complain(say("bad setting", lang, text=os.environ.get(VARIABLE, "")))
    return lang


def parsed(argv: Sequence[str], lang: Language) -> argparse.Namespace | None:
    """The options of `demo`, as texts; None where the call only asked for help or the version, which it got.

    Raises:
        CommandError: something that we do not know stands on the command line.
    """
    parser = _parser(lang)
    try:
        options, unknown = parser.parse_known_args(list(argv))
    except SystemExit:  # argparse's way to end after --help and --version
        return None
    if unknown:
        prog = PROGRAM if options.command is None else f"{PROGRAM} {options.command}"
        raise CommandError(f"{say('no such option', lang, what=unknown[0])} {say('see help', lang, prog=prog)}")
    if options.command is None:
        parser.print_help()
        return None
    return options


def whole_number(option: str, text: str, low: int, high: int, lang: Language) -> int:
    """The value of an option that must be a whole number in a range.

    Raises:
        CommandError: it is not.
    """
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text) and low <= int(text) <= high:
        return int(text)
    raise CommandError(say("bad number", lang, option=option, text=text or "''", low=low, high=high))


def _parser(lang: Language) -> Parser:
    parser = Parser(lang, prog=PROGRAM, description=say("about", lang))
    version = f"{PROGRAM} {__version__}"
    parser.options.add_argument("--version", action="version", version=version, help=say("help version", lang))
    parser.options.add_argument("--lang", metavar="vi|en", help=say("help lang", lang))
    commands = parser.add_subparsers(dest="command", title=say("commands", lang), metavar=say("command", lang))
    demo = commands.add_parser("demo", lang=lang, help=say("help demo", lang), description=say("about demo", lang))
    for name, metavar in (
        ("seed", "N"),
        ("user", "ID"),
        ("factors", "N"),
        ("epochs", "N"),
        ("out", "DIR"),
        ("lang", "vi|en"),
        ("ratings", "CSV"),
        ("movies", "CSV"),
    ):
        demo.options.add_argument(f"--{name}", metavar=metavar, help=say(f"help {name}", lang))
    return parser
