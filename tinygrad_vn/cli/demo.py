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
from tinygrad_vn.cli.arguments import CommandError, whole_number
from tinygrad_vn.cli.progress import progress
from tinygrad_vn.cli.report import comparison, completed_table, ranking
from tinygrad_vn.cli.words import count, say
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.language import Language
from tinygrad_vn.models import GlobalMean, MatrixFactorization, MeanAndBiases
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


def run(options: argparse.Namespace, lang: Language) -> None:
    """Carry out the command.

    Raises:
        CommandError: an option makes no sense.
        DataError: a file cannot be read as meant.
    """
    plan = plan_of(options, lang)
    n, users, items = (count(k, lang) for k in (len(plan.data), plan.data.n_users, plan.data.n_items))
    factors, epochs = plan.settings["n_factors"], plan.settings["epochs"]
    details = {"n": n, "users": users, "items": items, "factors": factors, "epochs": epochs, "seed": plan.seed}
    print(say("heading", lang, source=plan.source, **details), end="\n\n", flush=True)
    if plan.is_lecture:
        on_table(plan)
    else:
        on_ratings(plan)


def plan_of(options: argparse.Namespace, lang: Language) -> Plan:
    """Check everything that can be checked before the work begins."""
    is_lecture = options.ratings is None
    settings = dict(TABLE if is_lecture else RATINGS)
    for option, name in (("factors", "n_factors"), ("epochs", "epochs")):
        if (text := getattr(options, option)) is not None:
            settings[name] = whole_number(f"--{option}", text, 1, MOST[option], lang)
    seed = whole_number("--seed", "0" if options.seed is None else options.seed, 0, MOST["seed"], lang)
    if not is_lecture:
        data, source = RatingsDataset.from_csv(options.ratings, options.movies), str(options.ratings)
    elif options.movies is not None:
        raise CommandError(say("movies alone", lang))
    else:
        data, source = lecture_table(), say("lecture table", lang)
    user = user_number(data, options.user, lang)
    return Plan(data, source, is_lecture, user, seed, settings, writable_folder(options.out, lang), lang)


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
    folder = Path("out" if text is None else text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error, lang) from None
    return folder


def on_table(plan: Plan) -> None:
    """The lecture's table: learn all of it, fill in what is missing."""
    model = trained(plan, plan.data)
    predicted = model.predict_table()
    n_missing = predicted.size - len(plan.data)
    print(say("table", plan.lang, n=n_missing), completed_table(plan.data, predicted, plan.lang), sep="\n\n")
    items, ratings = model.recommend(plan.user)
    print_recommendations(plan, items, ratings, len(items))
    write_results(plan, model, plan.data, items, ratings, predicted)


def on_ratings(plan: Plan) -> None:
    """A file of ratings: learn four fifths of them, be judged by the others."""
    train, test = plan.data.split(test=0.2, seed=plan.seed)
    print(say("split", plan.lang, train=count(len(train), plan.lang), test=count(len(test), plan.lang)), end="\n\n")
    model = trained(plan, train)
    X, X_test = pairs(train), pairs(test)
    shape = train.n_users, train.n_items
    rows = [
        (say(name, plan.lang), learned.rmse(X, train.ratings), learned.rmse(X_test, test.ratings))
        for name, learned in (
            ("mean", GlobalMean().fit(X, train.ratings, shape)),
            ("mean and biases", MeanAndBiases().fit(X, train.ratings, shape)),
            ("factorization", model),
        )
    ]
    print(comparison(rows, plan.lang))
    items, ratings = model.recommend(plan.user, exclude=test.items[test.users == plan.user])
    print_recommendations(plan, items[:SHOWN], ratings[:SHOWN], len(items))
    write_results(plan, model, train, items[:SHOWN], ratings[:SHOWN])


def trained(plan: Plan, data: RatingsDataset) -> MatrixFactorization:
    """A model of the ratings; says how well it fits them before and after."""
    lang = plan.lang
    with progress(plan.settings["epochs"], lang) as on_epoch:
        model = MatrixFactorization(**plan.settings, seed=plan.seed, on_epoch=on_epoch)
        model.fit(pairs(data), data.ratings, (data.n_users, data.n_items))
    width = max(len(say(key, lang)) for key in ("before", "after"))
    for key, rmse, figure in (
        ("before", model.history[0], LECTURE_BEFORE),
        ("after", model.history[-1], LECTURE_AFTER),
    ):
        beside = f"   {say('lecture', lang, figure=figure)}" if plan.is_lecture else ""
        print(f"{say(key, lang):{width}}  {rmse:.3f}{beside}")
    print(flush=True)
    return model


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


def write_results(
    plan: Plan,
    model: MatrixFactorization,
    data: RatingsDataset,
    items: Indices,
    ratings: Numbers,
    predicted: Numbers | None = None,
) -> None:
    """Write all files, and say which.

    Raises:
        CommandError: one of them cannot be written.
    """
    of_user = np.flatnonzero(data.users == plan.user)
    rating = int(of_user[0]) if len(of_user) else 0
    lang, folder = plan.lang, plan.folder
    try:
        missing = [results.save_loss_curve(folder, model, lang), results.save_graph(folder, model, data, rating, lang)]
        results.save_recommendations(folder, data, items, ratings)
        if predicted is not None:
            results.save_completed_table(folder, data, predicted)
    except OSError as error:
        raise _unwritable(folder, error, lang) from None
    written = list(_written(missing, predicted is not None))
    print(say("written", lang, folder=folder))
    width = max(len(files) for files, _ in written)
    for files, key in written:
        print(f"  {files:{width}}  {say(key, lang)}")
    for complaint in filter(None, missing):
        print(complaint)


def _written(missing: list[str | None], has_table: bool) -> Iterator[tuple[str, str]]:
    """Which files there are now, and the word for what is in them."""
    for names, key, why_not in zip((results.LOSS_CURVE, results.GRAPH), ("loss curve", "graph"), missing, strict=True):
        if why_not is None:
            yield ", ".join(names), key
    if has_table:
        yield results.COMPLETED, "completed"
    yield results.RECOMMENDATIONS, "recommendations"


def _unwritable(folder: Path, error: OSError, lang: Language) -> CommandError:
    return CommandError(say("cannot write", lang, folder=folder, reason=error.strerror))
