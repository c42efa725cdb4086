"""The answers of `tinygrad-vn recommend` as files: a text to read, JSON for programs, a table for a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from tinygrad_vn.cli.arguments import CommandError
from tinygrad_vn.cli.words import say
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.data.words import reason_of
from tinygrad_vn.language import Language
from tinygrad_vn.models.collab.answers import Explanation, Suggestion
from tinygrad_vn.models.collab.evaluation import Evaluation

ENDINGS: Final = (".txt", ".json", ".csv")
MEASURES: Final = ("RMSE", "MAE", "precision", "recall", "NDCG", "MAP", "coverage")

Rows = list[list[Any]]


class Answer(NamedTuple):
    """What a step has found out, three times."""

    found: dict[str, Any]
    text: str
    rows: Rows


def file_named(out: str | None, lang: Language) -> Path | None:
    """Where `--out` wants the answer.

    Raises:
        CommandError: its ending says nothing.
    """
    if out is None:
        return None
    if Path(out).suffix.lower() not in ENDINGS:
        raise CommandError(say("out ending", lang, text=out or "''", known=", ".join(ENDINGS)))
    return Path(out)


@contextmanager
def writing(path: Path, lang: Language) -> Iterator[None]:
    """While something is written: what goes wrong with the disk becomes a CommandError."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: NUL in a name
        reason = reason_of(error)[lang] if isinstance(error, OSError) else str(error)
        raise CommandError(say("cannot write answer", lang, path=path, reason=reason)) from None


def save(path: Path, answer: Answer, lang: Language) -> None:
    """Write an answer; the file's ending says how.

    Raises:
        CommandError: it cannot be written.
    """
    with writing(path, lang):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".csv":
            write_rows(path, answer.rows, "utf-8-sig")  # by the mark, Excel knows that it is UTF-8
        else:
            text = as_json(answer.found) if path.suffix.lower() == ".json" else answer.text
            path.write_text(text + "\n", encoding="utf-8")


def as_json(found: Any) -> str:
    """Plain values as JSON, which does not know NaN: null stands for it."""
    return json.dumps(_without_nan(found), ensure_ascii=False, indent=2)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def write_rows(path: Path, rows: Rows, encoding: str = "utf-8") -> None:
    """A CSV file; an empty cell for NaN."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(
            ["" if isinstance(cell, float) and np.isnan(cell) else cell for cell in row] for row in rows
        )


def rating_rows(data: RatingsDataset) -> Rows:
    """A list with MovieLens' header, by ids."""
    users, items = data.user_ids[data.users].tolist(), data.item_ids[data.items].tolist()
    cells = zip(users, items, data.ratings.tolist(), strict=True)
    return [["userId", "movieId", "rating"], *map(list, cells)]


def table_rows(data: RatingsDataset) -> Rows:
    """A table as `RatingsDataset.from_table` reads it."""
    items = data.item_ids.tolist()
    rows = [["movieId", *items], ["userId", *map(data.title_of, items)]]
    return rows + [[user, *cells] for user, cells in zip(data.user_ids.tolist(), data.matrix().tolist(), strict=True)]


def film_rows(films: Sequence[Suggestion]) -> Rows:
    """Films in their order."""
    cells = [[rank, film.item, film.title, film.score] for rank, film in enumerate(films, start=1)]
    return [["rank", "movieId", "title", "score"], *cells]


def explanation_rows(explanation: Explanation) -> Rows:
    """The parts of a prediction; of factors, the user's and the film's numbers too."""
    one = explanation
    rows: Rows = [["part", "user", "film", "value"], ["mean", "", "", one.mean]]
    rows += [["user bias", "", "", one.user_bias], ["film bias", "", "", one.item_bias]]
    rows += [[f"factor {term.factor}", term.user, term.film, term.term] for term in one.factors]
    rows += [["other factors", "", "", one.other_factors], ["total", "", "", one.total]]
    return [*rows, ["prediction", "", "", one.prediction]]


def evaluation_rows(evaluations: dict[int, Evaluation]) -> Rows:
    """A row for every seed, part and model."""
    rows: Rows = [["seed", "part", "model", *MEASURES]]
    for seed, one in evaluations.items():
        rows += [[seed, part, name, *one.values(name, part)] for name in one.judged for part in one.judged[name]]
    return rows
