"""Which film is meant, and what a person thinks of it: asked on the terminal, or read from `--rated`."""

from __future__ import annotations

import contextlib
import re
import sys
from difflib import get_close_matches
from typing import Any, Final

import numpy as np

from tinygrad_vn.cli.arguments import CommandError
from tinygrad_vn.cli.report import title_of
from tinygrad_vn.cli.words import count, say
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.language import Language

ENOUGH: Final = 10  # ratings
ASKED: Final = 30  # films at most
KNOWN: Final = 100  # films that many have seen
SHOWN: Final = 5  # films in a complaint


def film_named(text: str, data: RatingsDataset, lang: Language) -> Any:
    """The id of the film with this id, or title, or part of a title.

    Raises:
        CommandError: there is none, or there are several.
    """
    ids, wanted = data.item_ids.tolist(), " ".join(text.split()).casefold()
    for name in ids:
        if str(name) == text.strip():
            return name
    titles = [(data.title_of(name).casefold(), title_of(data, k).casefold()) for k, name in enumerate(ids)]
    for fits in (wanted.__eq__, lambda title: bool(wanted) and wanted in title):
        found = [name for name, both in zip(ids, titles, strict=True) if any(map(fits, both))]
        if len(found) == 1:
            return found[0]
        if found:
            films = _listed(found[:SHOWN], data)
            raise CommandError(say("several films", lang, text=text, count=count(len(found), lang), films=films))
    close = get_close_matches(wanted, [both[0] for both in titles], SHOWN)
    near = [name for name, both in zip(ids, titles, strict=True) if both[0] in close]
    hint = say("film hint" if near else "film ids", lang, films=_listed(near or ids[:SHOWN], data))
    raise CommandError(say("no such film", lang, text=text or "''", hint=hint))


def given(text: str, data: RatingsDataset, lang: Language) -> dict[Any, float]:
    """Ratings as `--rated` has them, 318=5,"Toy Story"=4.5."""
    low, high = data.scale
    first = data.item_ids.tolist()[0]
    ratings: dict[Any, float] = {}
    for part in re.findall(r".*?=[^,=]*(?:,|$)", text) or [text]:  # a title may have commas, and even equals signs
        film, _, stars = part.rstrip(",").rpartition("=")
        if not film or (value := _stars(stars, data)) is None:
            limits = {"low": f"{low:g}", "high": f"{high:g}", "example": f"{first}={high:g}"}
            raise CommandError(say("bad rated", lang, text=part.strip() or "''", **limits))
        name = film_named(film, data, lang)
        if name in ratings:
            raise CommandError(say("rated twice", lang, film=_listed([name], data)))
        ratings[name] = value
    return ratings


def asked(data: RatingsDataset, seed: int | None, lang: Language) -> dict[Any, float]:
    """Ask for films that many have rated, one after the other, until there are enough answers.

    Questions go to the error channel, so that the answer may be sent into a file.

    Args:
        data: what the recommender has learned from.
        seed: draws the films from the best-known ones; None to begin with the best known.
        lang: the language of the questions.
    """
    limits = {"low": f"{data.scale[0]:g}", "high": f"{data.scale[1]:g}"}
    tell(say("ask", lang, **limits) + "\n")
    ratings: dict[Any, float] = {}
    counts = np.bincount(data.items, minlength=data.n_items)
    known = np.argsort(-counts, kind="stable")[:KNOWN]
    for item in (known if seed is None else np.random.default_rng(seed).permutation(known))[:ASKED]:
        while True:
            tell(f"{title_of(data, item)}: ")
            line = sys.stdin.readline()
            text = line.strip()
            if not line or text.casefold() == "q":
                tell("\n")
                return ratings
            if not text:
                break
            if (value := _stars(text, data)) is not None:
                ratings[data.item_ids.tolist()[item]] = value
                break
            tell(say("again", lang, **limits) + "\n")
        if len(ratings) == ENOUGH:
            break
    return ratings


def tell(text: str) -> None:
    """Write a question."""
    print(text, end="", file=sys.stderr, flush=True)


def _stars(text: str, data: RatingsDataset) -> float | None:
    """A rating within the scale, with a point or a comma."""
    with contextlib.suppress(ValueError):
        value = float(text.strip().replace(",", "."))
        if data.scale[0] <= value <= data.scale[1]:
            return value
    return None


def _listed(films: list[Any], data: RatingsDataset) -> str:
    return "; ".join(f"{film} {data.title_of(film)}" for film in films)
