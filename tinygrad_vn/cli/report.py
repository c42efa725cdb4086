"""The tables that the demo prints, each as a text of at most 100 columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.words import word
from tinygrad_vn.models.recommender import Indices, Numbers

WIDTH: Final = 100


def completed_table(data: RatingsDataset, predicted: Numbers, lang: Language) -> str:
    """Users down, films across, a star behind what was predicted; below it the films' titles.

    Args:
        data: the ratings that are known.
        predicted: the predictions for every pair, shape (users, films).
        lang: the language of the words.
    """
    known = data.matrix()
    marks = np.where(np.isnan(known), "*", " ")
    filled = np.where(np.isnan(known), predicted, known)
    head = word("user", lang)
    lines = [head + "".join(f"{film:5} " for film in range(1, data.n_items + 1))]
    for user, ratings, row in zip(data.user_ids, filled, marks, strict=True):
        cells = "".join(f"{rating:5.1f}{mark}" for rating, mark in zip(ratings, row, strict=True))
        lines.append(f"{user:{len(head)}}{cells}")
    lines = [line.rstrip() for line in lines]
    return "\n".join([*lines, "", *_two_columns([title_of(data, item) for item in range(data.n_items)])])


def ranking(data: RatingsDataset, items: Indices, ratings: Numbers) -> str:
    """Films in the order of recommendation, each with its predicted rating."""
    lines = [
        f"{rank:4}.  {rating:4.2f}  {shortened(title_of(data, item), WIDTH - 13)}"
        for rank, (item, rating) in enumerate(zip(items, ratings, strict=True), start=1)
    ]
    return "\n".join(lines)


def comparison(rows: Sequence[tuple[str, float, float]], lang: Language) -> str:
    """RMSE of several models on the ratings they have learned from, and on those held out."""
    heads = word("training set", lang), word("test set", lang)
    width, across = max(len(name) for name, _, _ in rows), max(9, *map(len, heads))
    lines = [f"{'RMSE':{width}}  {heads[0]:>{across}}  {heads[1]:>{across}}"]
    lines += [f"{name:{width}}  {train:{across}.4f}  {test:{across}.4f}" for name, train, test in rows]
    return "\n".join(lines)


def title_of(data: RatingsDataset, item: int | np.intp) -> str:
    """A film's title as people say it: MovieLens files "The Matrix" under "Matrix, The (1999)"."""
    title = data.title_of(data.item_ids[item])
    return re.sub(r"^(.*), (The|A|An)( \(\d{4}\))?$", r"\2 \1\3", title)


def shortened(title: str, width: int) -> str:
    """A title cut to a width; the year at its end stays."""
    if len(title) <= width:
        return title
    year = re.search(r" \(\d{4}\)$", title)
    end = "…" + (year[0] if year else "")
    return title[: width - len(end)].rstrip() + end


def _two_columns(titles: Sequence[str]) -> list[str]:
    """Numbered titles, the second half beside the first."""
    width = WIDTH // 2 - 5
    cells = [f"{number:3} {shortened(title, width - 1)}" for number, title in enumerate(titles, start=1)]
    half = (len(cells) + 1) // 2
    right = [*cells[half:], ""]
    return [f"{left:{width + 5}}{other}".rstrip() for left, other in zip(cells[:half], right, strict=False)]
