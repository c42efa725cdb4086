"""The files that the demo leaves in its folder: pictures as SVG and PNG, tables as CSV.

The tables begin with a byte-order mark (`utf-8-sig`), by which Excel knows that they are UTF-8. Where a library for
pictures is missing, the demo says which command adds it, and goes on.
"""

from __future__ import annotations

import csv
import importlib.util
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from tinygrad_vn import Tensor, plot, tensor
from tinygrad_vn.cli.report import shortened, title_of
from tinygrad_vn.cli.words import say
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.language import Language
from tinygrad_vn.lecture import DrawingError, draw
from tinygrad_vn.lecture.picture.layout import pip_install
from tinygrad_vn.lecture.words import word
from tinygrad_vn.models import SparseMatrixFactorization
from tinygrad_vn.models.recommender import Indices, Numbers

LOSS_CURVE = ("loss_curve.svg", "loss_curve.png")
GRAPH = ("rating_graph.svg", "rating_graph.png")
COMPLETED = "completed_table.csv"
RECOMMENDATIONS = "recommendations.csv"


def remove_older(folder: Path) -> None:
    """Remove what an earlier run has left under our names: not every run writes every file."""
    for name in (*LOSS_CURVE, *GRAPH, COMPLETED, RECOMMENDATIONS):
        (folder / name).unlink(missing_ok=True)


def save_loss_curve(
    folder: Path, model: SparseMatrixFactorization, held_out: Mapping[int, float], lang: Language
) -> str | None:
    """RMSE over the epochs, as SVG and PNG; the text says why there is none, where there is none."""

    def make() -> None:
        held_out_name = word("test set", lang)
        figure = plot.loss_curve(
            model.history, held_out=held_out, held_out_name=held_out_name, ylabel="RMSE", lang=lang
        )
        for name in LOSS_CURVE:
            plot.save(figure, folder / name)

    return _attempt(make, LOSS_CURVE, "matplotlib", "matplotlib", _installed("matplotlib"), lang)


def save_graph(
    folder: Path, model: SparseMatrixFactorization, data: RatingsDataset, position: int, lang: Language
) -> str | None:
    """The computation graph of one rating's loss, as SVG and PNG; the text says why there is none.

    Args:
        folder: where to.
        model: what predicts the rating.
        data: the ratings.
        position: which of them.
        lang: the language of the words.
    """

    def make() -> None:
        drawing = draw(loss_of_one_rating(model, data, position, lang), lang=lang)
        for name in GRAPH:
            drawing.render(folder / name)

    engine = shutil.which("dot") is not None or _installed("pygraphviz")
    return _attempt(make, GRAPH, "Graphviz", "pygraphviz", engine, lang)


def loss_of_one_rating(model: SparseMatrixFactorization, data: RatingsDataset, position: int, lang: Language) -> Tensor:
    """(r̂ − r)² of one rating, computed from that user's and that film's numbers alone, after `backward()`."""
    user, item = data.users[position], data.items[position]
    title = shortened(title_of(data, item), 30)
    names = say("u", lang, user=data.user_ids[user]), say("m", lang, title=title)
    u = tensor(model.user_factors.data[user], requires_grad=True, name=names[0])
    m = tensor(model.item_factors.data[item], requires_grad=True, name=names[1])
    prediction = (u * m).sum()
    if model.biases:
        for name, biases, number in (("bᵤ", model.user_biases, user), ("bᵢ", model.item_biases, item)):
            prediction = prediction + tensor(biases.data[number], requires_grad=True, name=name)
        prediction = prediction + model.mean
    prediction.name = word("predicted rating", lang)
    loss: Tensor = (prediction - tensor(data.ratings[position], name=word("true rating", lang))) ** 2
    loss.name = "loss"
    loss.backward()
    return loss


def save_completed_table(folder: Path, data: RatingsDataset, predicted: Numbers) -> None:
    """Users down, films across: known ratings with one decimal, predictions with two.

    All cells stay numbers, for spreadsheets to compute with; a last column names the films that were predicted.
    """
    titles = np.array([title_of(data, item) for item in range(data.n_items)])
    rows: list[list[object]] = [["movieId", *data.item_ids, ""], ["userId", *titles, "predicted"]]
    for user, ratings, row in zip(data.user_ids, data.matrix(), predicted, strict=True):
        is_new = np.isnan(ratings)
        cells = [f"{p:.2f}" if new else f"{r:.1f}" for r, p, new in zip(ratings, row, is_new, strict=True)]
        rows.append([user, *cells, "; ".join(titles[is_new])])
    _write_csv(folder / COMPLETED, rows)


def save_recommendations(folder: Path, data: RatingsDataset, items: Indices, ratings: Numbers) -> None:
    """The recommended films, best first."""
    rows = [
        [rank, data.item_ids[item], title_of(data, item), f"{rating:.2f}"]
        for rank, (item, rating) in enumerate(zip(items, ratings, strict=True), start=1)
    ]
    _write_csv(folder / RECOMMENDATIONS, [["rank", "movieId", "title", "predicted"], *rows])


def _write_csv(path: Path, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # a half-removed installation
        return False


def _attempt(
    make: Callable[[], None], names: Iterable[str], library: str, package: str, installed: bool, lang: Language
) -> str | None:
    """Make pictures; the text says what is missing, where something is."""
    files = ", ".join(names)
    if not installed:
        return say("no picture", lang, files=files, library=library, command=pip_install(package))
    try:
        make()
    except (ImportError, DrawingError) as error:
        return say("picture failed", lang, files=files, reason=str(error).splitlines()[0])
    return None
