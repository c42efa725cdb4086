"""`tinygrad-vn demo`: a movie recommender learns, by our own backpropagation, from ratings that people gave.

On the lecture's table of 15 users and 15 films it fills in the films that were not seen. On a whole `ratings.csv` it
holds ratings out to be judged by, and is compared with two baselines that know nothing of tastes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tinygrad_vn.cli import results
from tinygrad_vn.cli.arguments import CommandError, Parser, whole_number
from tinygrad_vn.cli.progress import progress
from tinygrad_vn.cli.report import comparison, completed_table, ranking
from tinygrad_vn.cli.words import count, say, several
from tinygrad_vn.data import RATING_SCALE, RatingsDataset, lecture_table
from tinygrad_vn.data.words import reason_of
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.words import word
from tinygrad_vn.models import GlobalMean, MeanAndBiases, SparseMatrixFactorization
from tinygrad_vn.models.recommender import Indices, Numbers

# The lecture's own model: nothing but factors, fitted as closely as they can be.
TABLE: Final[dict[str, Any]] = {"n_factors": 5, "epochs": 3000, "lr": 0.05}

# For MovieLens' 100,004 ratings. Chosen on validation data, 20 % split off the training part for each of the seeds 0, 1
# and 2, among 5 to 60 factors, penalties of 10 to 18 and 1 to 4, rates of .03 to .1 and 30 to 120 epochs: there this
# setting has a mean RMSE of .8755, mean and biases .8867. The test part had no say in it.
RATINGS: Final[dict[str, Any]] = {
    "n_factors": 30,
    "epochs": 60,
    "lr": 0.05,
    "biases": True,
    "penalty": 13.0,
    "bias_penalty": 2.5,
}

LECTURE_BEFORE, LECTURE_AFTER = 2.82, 0.41  # 002_8a50c176e41375fb.txt, the spreadsheet's solver
HELD_OUT: Final = 0.2  # of a file's ratings
FEWEST: Final = 5  # ratings of which one is held out
JUDGED: Final = 100  # times during training that the held-out ratings are looked at, for the loss curve
SHOWN: Final = 10  # recommendations out of thousands of films
MOST: Final = {"factors": 1000, "epochs": 1_000_000, "seed": 2**32 - 1}


@dataclass(frozen=True)
class Plan:
    """What a call of the demo asks for, checked.

    Attributes:
        data: all ratings.
        source: where they are from, for people.
        is_lecture: whether they are the lecture's table.
        user: to whom to recommend, counted from 0.
        seed: of the split and of the factors' start.
        settings: of the model.
        folder: for the results, writable.
        lang: the language of everything that is said.
    """

    data: RatingsDataset
    source: str
    is_lecture: bool
    user: int
    seed: int
    settings: dict[str, Any]
    folder: Path
    lang: Language


@dataclass(frozen=True)
class Learned:
    """What came out of the training.

    Attributes:
        model: the trained model.
        data: the ratings that it has learned from.
        held_out: its RMSE on those held out, by epoch; empty where none were.
    """

    model: SparseMatrixFactorization
    data: RatingsDataset
    held_out: dict[int, float]


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `demo`."""
    parser.description = say("about demo", lang)
    for name, metavar in (
        ("seed", "N"),
        ("user", "ID"),
        ("factors", "N"),
        ("epochs", "N"),
        ("out", "DIR"),
        ("ratings", "CSV"),
        ("movies", "CSV"),
    ):
        parser.option(name, metavar)


def run(options: argparse.Namespace, lang: Language) -> int:
    """Carry out the command.

    Returns:
        The exit status, 0.

    Raises:
        CommandError: an option makes no sense.
        DataError: a file cannot be read as meant.
    """
    plan = plan_of(options, lang)
    numbers = {
        "ratings": several(len(plan.data), "rating", lang),
        "users": several(plan.data.n_users, "user", lang),
        "items": several(plan.data.n_items, "film", lang),
        "factors": several(plan.settings["n_factors"], "factor", lang),
        "epochs": several(plan.settings["epochs"], "epoch", lang),
    }
    print(say("heading", lang, **numbers, seed=plan.seed, source=plan.source), end="\n\n", flush=True)
    if plan.is_lecture:
        on_table(plan)
    else:
        on_ratings(plan)
    return 0


def plan_of(options: argparse.Namespace, lang: Language) -> Plan:
    """Check everything that can be checked before the work begins."""
    is_lecture = options.ratings is None
    settings = dict(TABLE if is_lecture else RATINGS)
    for option, name in (("factors", "n_factors"), ("epochs", "epochs")):
        if (text := getattr(options, option)) is not None:
            settings[name] = whole_number(f"--{option}", text, 1, MOST[option], lang)
    seed = whole_number("--seed", "0" if options.seed is None else options.seed, 0, MOST["seed"], lang)
    if not is_lecture:
        data, source = ratings_of(options, lang), str(options.ratings)
    elif options.movies is not None:
        raise CommandError(say("movies alone", lang))
    else:
        data, source = lecture_table(), say("lecture table", lang)
    user = user_number(data, options.user, lang)
    return Plan(data, source, is_lecture, user, seed, settings, writable_folder(options.out, lang), lang)


def ratings_of(options: argparse.Namespace, lang: Language) -> RatingsDataset:
    """The ratings in a file, enough of them to hold some out."""
    for option in ("ratings", "movies"):
        if getattr(options, option) == "":
            raise CommandError(say("no file", lang, option=f"--{option}"))
    data = RatingsDataset.from_csv(options.ratings, options.movies)
    if len(data) < FEWEST:
        ratings = several(len(data), "rating", lang)
        raise CommandError(say("too few", lang, path=options.ratings, ratings=ratings, fewest=FEWEST))
    return data


def user_number(data: RatingsDataset, text: str | None, lang: Language) -> int:
    """The user with this id, counted from 0; without one the first who has not rated every film."""
    if text is None:
        rated = np.bincount(data.users, minlength=data.n_users)
        return int(np.argmax(rated < data.n_items))
    ids = [str(user_id) for user_id in data.user_ids]
    if text in ids:
        return ids.index(text)
    some = ", ".join(ids if len(ids) <= 15 else [*ids[:5], "…", ids[-1]])
    raise CommandError(say("unknown user", lang, text=text or "''", count=count(len(ids), lang), some=some))


def writable_folder(text: str | None, lang: Language) -> Path:
    """The folder for the results, made where it does not exist."""
    if text == "":
        raise CommandError(say("no folder", lang))
    folder = Path("out" if text is None else text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CommandError(say("cannot write", lang, folder=folder, reason=reason_of(error)[lang])) from None
    return folder


def on_table(plan: Plan) -> None:
    """The lecture's table: learn all of it, fill in what is missing."""
    learned = trained(plan, plan.data)
    predicted = learned.model.predict_table()
    missing = predicted[np.isnan(plan.data.matrix())]
    print(say("table", plan.lang, n=missing.size), completed_table(plan.data, predicted, plan.lang), sep="\n\n")
    print_not_cut_off(plan, missing, "\n{}", decimals=1)
    items, ratings = learned.model.recommend(plan.user)
    print_recommendations(plan, items, ratings, len(items))
    write_results(plan, learned, items, ratings, predicted)


def on_ratings(plan: Plan) -> None:
    """A file of ratings: learn four fifths of them, be judged by the others."""
    lang = plan.lang
    train, test = plan.data.split(test=HELD_OUT, seed=plan.seed)
    print(say("split", lang, train=several(len(train), "rating", lang), test=count(len(test), lang)), end="\n\n")
    learned = trained(plan, train, test)
    X, X_test = pairs(train), pairs(test)
    shape = train.n_users, train.n_items
    rows = [
        (name, model.rmse(X, train.ratings), model.rmse(X_test, test.ratings))
        for name, model in (
            (say("mean", lang), GlobalMean().fit(X, train.ratings, shape)),
            (say("mean and biases", lang), MeanAndBiases().fit(X, train.ratings, shape)),
            (word("matrix factorization", lang), learned.model),
        )
    ]
    print(comparison(rows, lang))
    items, ratings = learned.model.recommend(plan.user, exclude=test.items[test.users == plan.user])
    print_recommendations(plan, items[:SHOWN], ratings[:SHOWN], len(items))
    print_not_cut_off(plan, ratings[:SHOWN], "{}\n", decimals=2)
    write_results(plan, learned, items[:SHOWN], ratings[:SHOWN])


def trained(plan: Plan, data: RatingsDataset, test: RatingsDataset | None = None) -> Learned:
    """A model of the ratings; says how well it fits them before and after."""
    lang, epochs = plan.lang, plan.settings["epochs"]
    held_out: dict[int, float] = {}

    def after_epoch(epoch: int, rmse: float) -> None:
        show(epoch, rmse)
        if test is not None and (epoch == epochs or epoch % max(1, epochs // JUDGED) == 0):
            held_out[epoch] = model.rmse(pairs(test), test.ratings)

    model = SparseMatrixFactorization(**plan.settings, seed=plan.seed, on_epoch=after_epoch)
    with progress(epochs, lang) as show:
        model.fit(pairs(data), data.ratings, (data.n_users, data.n_items))
    width = max(len(say(key, lang)) for key in ("before", "after"))
    for key, rmse, figure in (
        ("before", model.history[0], LECTURE_BEFORE),
        ("after", model.history[-1], LECTURE_AFTER),
    ):
        beside = f"   {say('lecture', lang, figure=figure)}" if plan.is_lecture else ""
        print(f"{say(key, lang):{width}}  {rmse:.3f}{beside}")
    print(flush=True)
    return Learned(model, data, held_out)


def pairs(data: RatingsDataset) -> Indices:
    """Users and films as the two columns of X, shape (n, 2)."""
    return np.stack([data.users, data.items], axis=1)


def print_recommendations(plan: Plan, items: Indices, ratings: Numbers, n_unseen: int) -> None:
    """The films that the user has not seen, best first; of thousands only the first few."""
    lang, key = plan.lang, "recommended"
    if n_unseen == 0:
        key, n_unseen = "all seen", plan.data.n_items
    elif n_unseen == 1:
        key = "recommended one"
    elif n_unseen > len(items):
        key = "recommended first"
    details = {"user": plan.data.user_ids[plan.user], "n": count(n_unseen, lang), "shown": len(items)}
    print(f"\n{say(key, lang, **details)}\n")
    if len(items):
        print(ranking(plan.data, items, ratings), end="\n\n", flush=True)


def print_not_cut_off(plan: Plan, ratings: Numbers, layout: str, decimals: int) -> None:
    """Explain predictions above the end of the scale, where they are shown as such."""
    highest = round(float(ratings.max(initial=0.0)), decimals)
    if highest > RATING_SCALE[1]:
        print(layout.format(say("not cut off", plan.lang, highest=highest)))


def worst_fitted(learned: Learned, user: int) -> int:
    """Where among the ratings the one stands that the model misses most: of this user's, if there are any."""
    model, data = learned.model, learned.data
    candidates = np.flatnonzero(data.users == user)
    if not len(candidates):
        candidates = np.arange(len(data))
    missed_by = np.abs(model.predict(pairs(data)[candidates]) - data.ratings[candidates])
    return int(candidates[np.argmax(missed_by)])


def write_results(
    plan: Plan, learned: Learned, items: Indices, ratings: Numbers, predicted: Numbers | None = None
) -> None:
    """Write all files, and say which.

    Raises:
        CommandError: one of them cannot be written.
    """
    lang, folder, model, data = plan.lang, plan.folder, learned.model, learned.data
    try:
        results.remove_older(folder)
        missing = [
            results.save_loss_curve(folder, model, learned.held_out, lang),
            results.save_graph(folder, model, data, worst_fitted(learned, plan.user), lang),
        ]
        results.save_recommendations(folder, data, items, ratings)
        if predicted is not None:
            results.save_completed_table(folder, data, predicted)
    except OSError as error:
        name, reason = Path(error.filename or "").name, reason_of(error)[lang]
        raise CommandError(say("cannot write file", lang, folder=folder, name=name, reason=reason)) from None
    written = list(_written(missing, predicted is not None))
    print(say("written", lang, folder=folder))
    width = max(len(files) for files, _ in written)
    for files, key in written:
        print(f"  {files:{width}}  {say(key, lang)}")
    for complaint in filter(None, missing):
        print(complaint)


def _written(missing: list[str | None], has_table: bool) -> Iterator[tuple[str, str]]:
    """Which files there are now, and the word for what is in them."""
    for names, key, why_not in zip((results.LOSS_CURVE, results.GRAPH), ("curve", "graph"), missing, strict=True):
        if why_not is None:
            yield ", ".join(names), key
    if has_table:
        yield results.COMPLETED, "completed"
    yield results.RECOMMENDATIONS, "recommendations"
