"""One language setting for everything that speaks to people: drawings, tables, the command line.

The first of these that says something decides: `set_language("vi")` in the program; the environment variable
`TINYGRAD_VN_LANG`; the locale of the machine; English. A function with an argument `lang=` passes it through
`resolve`, so that `lang="en"` overrides the setting for that one call and `lang=None` follows it.
"""

import contextlib
import locale
import os
import warnings
from collections.abc import Iterator
from typing import Final, Literal

__all__ = ["LANGUAGES", "Language", "current_language", "resolve", "set_language", "speaking"]

Language = Literal["vi", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")

VARIABLE: Final = "TINYGRAD_VN_LANG"

# POSIX's order for the language of messages: the first that is set decides, even for a third language.
_LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")

# How a locale name begins: ISO 639 on Linux and macOS ("vi_VN.UTF-8"), English words on Windows.
_NAMES: Final[dict[str, Language]] = {"vi": "vi", "vietnamese": "vi", "en": "en", "english": "en"}

_chosen: Language | None = None


def set_language(lang: str | None) -> None:
    """Choose the language of everything that speaks to people, for the whole program.

    Args:
        lang: "vi" or "en"; a locale name such as "vi_VN.UTF-8" is understood too. None returns to the
            automatic choice: `TINYGRAD_VN_LANG`, else the locale, else English.

    Raises:
        ValueError: lang is neither Vietnamese nor English; the setting stays as it was.
    """
    global _chosen
    _chosen = None if lang is None else resolve(lang)


@contextlib.contextmanager
def speaking(lang: Language) -> Iterator[None]:
    """A stretch in which everything speaks this language; afterwards the setting is what it was before."""
    global _chosen
    before, _chosen = _chosen, lang
    try:
        yield
    finally:
        _chosen = before


def current_language() -> Language:
    """The language in force: "vi" or "en".

    A value of `TINYGRAD_VN_LANG` that names neither is worth a warning but not a stop, since only words
    depend on it: the locale decides then.
    """
    if _chosen is not None:
        return _chosen
    wish = os.environ.get(VARIABLE, "").strip()
    if not wish:
        return _language_of_locale()
    language = _language_named(wish)
    if language is None:
        language = _language_of_locale()
        warnings.warn(f"{_unknown(f'{VARIABLE}={wish}')}; using {language!r} meanwhile.", stacklevel=2)
    return language


def resolve(lang: str | None) -> Language:
    """The language that an argument `lang=` asks for.

    Args:
        lang: "vi", "en", a locale name that begins with one of them, or None for `current_language()`.

    Raises:
        ValueError: lang is neither Vietnamese nor English.
    """
    if lang is None:
        return current_language()
    language = _language_named(lang)
    if language is None:
        raise ValueError(f"{_unknown(repr(lang))}.")
    return language


def _unknown(wish: str) -> str:
    return f"unknown language {wish}: write 'vi' (Vietnamese) or 'en' (English)"


def _language_named(name: str) -> Language | None:
    """The language of "vi", "VI", "vi_VN.UTF-8", "vi-VN" or "Vietnamese_Vietnam.1258"; None for any other."""
    beginning = name.strip().lower().replace("-", "_").replace(".", "_").split("_", 1)[0]
    return _NAMES.get(beginning)


def _language_of_locale() -> Language:
    """The language that the machine is set to, English where it is neither of ours."""
    for variable in _LOCALE_VARIABLES:
        if name := os.environ.get(variable):
            return _language_named(name) or "en"
    try:
        name = locale.getlocale()[0]  # Windows sets no such variables, but tells its language here
    except ValueError:  # a locale that Python cannot name
        name = None
    return _language_named(name or "") or "en"
