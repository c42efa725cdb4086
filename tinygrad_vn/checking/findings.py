"""Something wrong that is not a matter of one element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tinygrad_vn.checking.verdicts import Verdict
from tinygrad_vn.checking.words import say


@dataclass(frozen=True)
class Finding:
    """Something wrong that is not a matter of one element.

    Attributes:
        verdict: what kind of mistake it is.
        key: which sentence of `words.py` says it.
        details: the names and numbers in that sentence.
    """

    verdict: Verdict
    key: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence, in the language in force."""
        return self.in_language(None)

    def in_language(self, lang: str | None) -> str:
        """The sentence in a language; None for the one in force."""
        return say(self.key, lang, **self.details)
