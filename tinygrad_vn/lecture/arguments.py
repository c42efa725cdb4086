"""What functions of this room ask of their arguments, and what they say when an argument does not fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from numbers import Integral
from typing import Any

from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.tensor import Tensor


def check_choice(argument: str, value: Any, known: Sequence[Any]) -> None:
    """ValueError for a value that an argument cannot have."""
    if value not in known:
        text = "{argument}={value!r} is unknown; write one of {known}"
        raise ValueError(said(text, argument=argument, value=value, known=_listed(known)))


def check_names(argument: str, value: Any, known: Sequence[str]) -> None:
    """ValueError for anything but a collection of some of these names."""
    if isinstance(value, str) or not isinstance(value, Collection) or not all(name in known for name in value):
        text = "{argument}={value!r} is no choice of names; write a tuple of some of {known}, such as ({first!r},)"
        raise ValueError(said(text, argument=argument, value=value, known=_listed(known), first=known[0]))


def check_count(argument: str, value: Any, least: int) -> None:
    """ValueError for anything but a whole number that is large enough."""
    if not isinstance(value, Integral) or value < least:
        text = "{argument}={value!r} makes no sense; write a whole number from {least}"
        raise ValueError(said(text, argument=argument, value=value, least=least))


def described(result: Any) -> Text:
    """How errors name what somebody's function returned: "shape (3,)", "a float"."""
    if isinstance(result, Tensor):
        return phrase("shape {shape}", shape=result.shape)
    return phrase("a {kind}", kind=type(result).__name__)


def _listed(known: Sequence[Any]) -> str:
    return ", ".join(map(repr, known))
