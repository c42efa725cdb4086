"""How an evaluation is printed: for every part, a row for each model and a column for each measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tinygrad_vn.language import resolve
from tinygrad_vn.models.collab.words import say

NAMES: Final = {
    "GlobalMean": "the mean alone",
    "MeanAndBiases": "mean and biases",
    "Popularity": "popularity",
    "ItemNeighbours": "item neighbours",
}


def name_of(name: str, lang: str | None) -> str:
    """A baseline in words; a model by its own name."""
    return say(NAMES[name], lang) if name in NAMES else name


def counted(number: int, lang: str | None) -> str:
    """A whole number, the thousands set apart: by a comma, in Vietnamese by a space, since commas begin decimals."""
    return f"{number:,}".replace(",", "," if resolve(lang) == "en" else "\u00a0")


def score_table(
    names: Sequence[str],
    cells: Callable[[str, str], list[str]],
    counts: Mapping[str, tuple[str, str]],
    k: int,
    remarks: Sequence[str],
    lang: str | None,
) -> str:
    """The text.

    Args:
        names: of the model and the baselines.
        cells: maps a name and a part to RMSE, MAE, precision, recall, NDCG, MAP and coverage.
        counts: for every part how many ratings, and how many users' lists.
        k: the length of the lists.
        remarks: what stands below the table.
        lang: "vi" or "en", None for the language in force.
    """
    head = ["RMSE", "MAE", *(f"{name}@{k}" for name in ("P", "R", "NDCG", "MAP")), say("coverage", lang)]
    rows = {(part, name): cells(name, part) for part in counts for name in names}
    widths = [max(map(len, column)) for column in zip(head, *rows.values(), strict=True)]
    left = max(len(name_of(name, lang)) for name in names) + 2

    def line(first: str, values: Sequence[str]) -> str:
        return "  ".join([f"{first:<{left}}", *map(str.rjust, values, widths)]).rstrip()

    lines = [line("", head)]
    for part, (ratings, users) in counts.items():
        lines.append(say(f"part {part}", lang, ratings=ratings, users=users))
        lines += [line(f"  {name_of(name, lang)}", rows[part, name]) for name in names]
    return "\n".join([*lines, *remarks])
