"""What may stand on the command line, and what is said where something else does.

The standard library's argparse does the reading. What it is taught here: to speak Vietnamese, to say what is wrong in
one line instead of many, and that what follows a lone minus may be a formula. Which options a subcommand has, its own
file says: every one has a `describe(parser, lang)` and a `run(options, lang)`, which returns the exit status.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn, Protocol

from tinygrad_vn import __version__
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import LANGUAGES, VARIABLE, Language, current_language

PROGRAM: Final = "tinygrad-vn"
LONGEST: Final = 1000  # characters of a complaint; it may repeat what was written on the command line
SHORT: Final = ("-h", "-o")  # all other words that begin with a single minus are formulas


class CommandError(Exception):
    """A mistake in the call; the text says what is wrong and what to write instead.

    Args:
        text: one line.
        details: what is shown above it, as it is: a traceback.
    """

    def __init__(self, text: str, details: str = "") -> None:
        super().__init__(text)
        self.details = details


class Command(Protocol):
    """A subcommand, which is a module."""

    def describe(self, parser: Parser, lang: Language, /) -> None:
        """Enter its arguments."""

    def run(self, options: argparse.Namespace, lang: Language, /) -> int:
        """Carry it out; the exit status."""


class Parser(argparse.ArgumentParser):
    """argparse's parser, in one of our languages."""

    def __init__(self, lang: Language, **settings: Any) -> None:
        self.lang = lang
        self.commands: Sequence[str] = ()
        self.examples = ""
        super().__init__(
            **settings,
            add_help=False,
            allow_abbrev=False,
            formatter_class=lambda prog: Formatter(lang, prog),
        )
        self.options = self.add_argument_group(say("options", lang))
        self.options.add_argument("-h", "--help", action="help", help=say("help help", lang))

    def option(self, name: str, metavar: str) -> None:
        """An option with a value, a text; its help stands in the table of words under "help " and its name."""
        self.options.add_argument(f"--{name}", metavar=metavar, help=say(f"help {name}", self.lang))

    def format_help(self) -> str:
        """argparse's help, and below it the examples as they are."""
        return super().format_help() + (f"\n{self.examples}\n" if self.examples else "")

    def error(self, message: str) -> NoReturn:
        """CommandError with argparse's complaint in our words."""
        option = re.match(r"argument ([^:/]+)", message)
        if option and "expected one argument" in message:
            message = say("needs value", self.lang, option=option[1])
        elif choice := re.search(r"invalid choice: '(.*?)' \(", message):
            message = say("no such command", self.lang, what=choice[1], known=", ".join(self.commands))
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
    line = " ".join(text.split())
    print(f"{PROGRAM}: {line if len(line) <= LONGEST else f'{line[: LONGEST - 1]}…'}", file=sys.stderr)


def _language_setting() -> Language:
    """The language without `--lang`; one line instead of Python's warning where the setting is no language."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lang = current_language()
    if caught:
        complain(say("bad setting", lang, text=os.environ.get(VARIABLE, "")))
    return lang


def parsed(argv: Sequence[str], commands: Mapping[str, Command], lang: Language) -> argparse.Namespace | None:
    """The options of a subcommand, as texts; None where the call only asked for help or the version, which it got.

    Raises:
        CommandError: something that we do not know stands on the command line.
    """
    parser = _parser(commands, lang)
    try:
        options, unknown = parser.parse_known_args([_as_written(word) for word in argv])
    except SystemExit:  # argparse's way to end after --help and --version
        return None
    for name, value in vars(options).items():
        if isinstance(value, str):
            setattr(options, name, _without_space(value))
    if "words" in options:  # those that stand behind an option are left over by argparse
        options.words = [_without_space(word) for word in options.words]
        options.words += [_without_space(word) for word in unknown if not word.startswith("--")]
        unknown = [word for word in unknown if word.startswith("--")]
    if unknown:
        prog = PROGRAM if options.command is None else f"{PROGRAM} {options.command}"
        what = unknown[0].strip()
        raise CommandError(f"{say('no such option', lang, what=what)} {say('see help', lang, prog=prog)}")
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


def _as_written(word: str) -> str:
    """A word that begins with a single minus, `-x**2`, with a space before it: so argparse takes it for no option."""
    return f" {word}" if re.match(r"-[^-]", word) and word not in SHORT else word


def _without_space(word: str) -> str:
    """What `_as_written` has made of a word, taken back."""
    return word[1:] if word.startswith(" -") else word


def _parser(commands: Mapping[str, Command], lang: Language) -> Parser:
    parser = Parser(lang, prog=PROGRAM, description=say("about", lang))
    version = f"{PROGRAM} {__version__}"
    parser.options.add_argument("--version", action="version", version=version, help=say("help version", lang))
    parser.option("lang", "vi|en")
    parser.commands = list(commands)
    below = parser.add_subparsers(dest="command", title=say("commands", lang), metavar=say("command", lang))
    for name, command in commands.items():
        one = below.add_parser(name, lang=lang, help=say(f"help {name}", lang))
        command.describe(one, lang)
        one.option("lang", "vi|en")
    return parser
