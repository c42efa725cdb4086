"""`tinygrad-vn recommend`: a movie recommender, step by step.

    tinygrad-vn recommend inspect ratings.csv --movies movies.csv
    tinygrad-vn recommend fit ratings.csv --movies movies.csv
    tinygrad-vn recommend top --user 15

`fit` writes two files, recommender.npz and the ratings that it has held out, test_ratings.csv; all later steps read
them. Every step gives its answer twice: as a text for people, and as plain values for `--json`.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from tinygrad_vn.cli import recommend_tables as tables
from tinygrad_vn.cli.arguments import CommandError, Parser, whole_number
from tinygrad_vn.cli.computation import choice, writing
from tinygrad_vn.cli.demo import FEWEST, HELD_OUT, MOST, pairs
from tinygrad_vn.cli.recommend_rate import asked, film_named, given
from tinygrad_vn.cli.report import comparison, title_of
from tinygrad_vn.cli.words import count, say, several
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.errors import DataError, TinygradError
from tinygrad_vn.language import Language, set_language
from tinygrad_vn.models import GlobalMean, MeanAndBiases
from tinygrad_vn.models.collab.evaluation import Evaluation, baselines
from tinygrad_vn.models.collab.learner import CollabLearner, collab_learner

Answer = tuple[dict[str, Any], str]
Step = Callable[[argparse.Namespace, Language], Answer]

MODELS: Final = ("dot_bias", "dot", "audience", "net")
LOSSES: Final = ("mse", "softmax")
FIRST: Final = 10  # films that are shown, and judged by
YOU: Final = "you"
LEARNER, TEST = "recommender.npz", "test_ratings.csv"
OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "inspect": ("movies", "encoding"),
    "fit": ("movies", "encoding", "model", "loss", "factors", "epochs", "seed", "out"),
    "evaluate": ("test",),
    "top": ("user", "n"),
    "similar": ("film", "n"),
    "explain": ("user", "film"),
    "rate": ("rated", "n"),
}
METAVARS: Final = {
    **dict.fromkeys(("movies", "test"), "CSV"),
    **dict.fromkeys(("factors", "epochs", "seed", "n"), "N"),
    **{"model": "|".join(MODELS), "loss": "|".join(LOSSES)},
    **{"encoding": "NAME", "out": "DIR", "user": "ID", "film": "ID|TITLE"},
    "rated": "ID=STARS,…",
}


def describe(parser: Parser, lang: Language) -> None:
    """Enter the steps of `recommend`, each with its arguments."""
    parser.description = say("about recommend", lang)
    parser.examples = say("recommend examples", lang)
    parser.commands = list(STEPS)
    below = parser.add_subparsers(dest="step", title=say("steps", lang), metavar=say("step", lang))
    for step, names in OPTIONS.items():
        one = below.add_parser(step, lang=lang, help=say(step, lang))
        one.description = say(step, lang)
        kind = "ratings" if step in ("inspect", "fit") else "learner"
        group = one.add_argument_group(say("recommend file", lang))
        group.add_argument("words", nargs="*", metavar=say("FILE", lang), help=say(f"help recommend {kind}", lang))
        for name in names:
            one.options.add_argument(f"--{name}", metavar=METAVARS[name], help=say(f"help recommend {name}", lang))
        one.options.add_argument("--json", action="store_true", help=say("recommend json", lang))
        one.option("lang", "vi|en")


def run(options: argparse.Namespace, lang: Language) -> int:
    """Carry out one step.

    Raises:
        CommandError: an option makes no sense, or there is no such user, film or file.
        DataError: a file cannot be read as meant.
    """
    if options.step is None:
        raise CommandError(say("no step", lang, known=", ".join(STEPS)))
    set_language(lang)  # of what the library says of a recommender
    found, text = STEPS[options.step](options, lang)
    print(json.dumps(without_nan(found), ensure_ascii=False, indent=2) if options.json else text)
    return 0


def without_nan(value: Any) -> Any:
    """The same values with None for NaN, which JSON does not know."""
    if isinstance(value, dict):
        return {key: without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value


# --- data and model ---------------------------------------------------------------------------------------------------


def file_of(options: argparse.Namespace, lang: Language) -> str | None:
    """The one file that may be named."""
    if len(options.words) > 1:
        raise CommandError(say("one file", lang, words=" ".join(options.words)))
    if options.words == [""]:
        raise CommandError(say("no file", lang, option=say("FILE", lang)))
    return options.words[0] if options.words else None


def ratings_of(options: argparse.Namespace, lang: Language) -> tuple[RatingsDataset, str]:
    """The ratings, and where they are from."""
    path = file_of(options, lang)
    if path is None:
        if options.movies is not None:
            raise CommandError(say("movies alone", lang))
        return lecture_table(), say("lecture table", lang)
    encoding = "utf-8" if options.encoding is None else options.encoding
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise CommandError(say("no such encoding", lang, text=encoding or "''")) from None
    with sensible(lang):
        return RatingsDataset.from_file(path, options.movies, encoding=encoding), path


def learner_path(options: argparse.Namespace, lang: Language) -> Path:
    """Where the trained recommender is."""
    return Path(file_of(options, lang) or Path("out") / LEARNER)


def learner_of(options: argparse.Namespace, lang: Language) -> CollabLearner:
    """The trained recommender."""
    path = learner_path(options, lang)
    if not path.is_file():
        raise CommandError(say("no learner", lang, path=path))
    try:
        return CollabLearner.load(path)
    except (TinygradError, ValueError, KeyError) as error:
        text = str(error).removeprefix(f"{path}: ")
        raise CommandError(say("not our learner", lang, path=path, text=text)) from None


@contextmanager
def sensible(lang: Language) -> Iterator[None]:
    """What the library refuses becomes a CommandError."""
    try:
        yield
    except DataError:
        raise
    except (ValueError, LookupError) as error:
        raise CommandError(str(error)) from None


def number_of(options: argparse.Namespace, name: str, otherwise: int | None, most: int, lang: Language) -> int | None:
    """The value of an option that is a whole number; what stands for it where nothing is said."""
    text = getattr(options, name)
    return otherwise if text is None else whole_number(f"--{name}", text, 0 if name == "seed" else 1, most, lang)


def user_of(options: argparse.Namespace, learner: CollabLearner, lang: Language) -> Any:
    """The id of the user that --user names."""
    ids = learner.data.user_ids.tolist()
    if options.user is None:
        raise CommandError(say("needs option", lang, option="--user", example=f"--user {ids[0]}"))
    for name in ids:
        if str(name) == options.user:
            return name
    some = ", ".join(map(str, ids[:5]))
    raise CommandError(say("no such user", lang, text=options.user or "''", count=count(len(ids), lang), some=some))


def film_of(options: argparse.Namespace, learner: CollabLearner, lang: Language) -> Any:
    """The id of the film that --film names."""
    if options.film is None:
        first = learner.data.title_of(learner.data.item_ids.tolist()[0])
        raise CommandError(say("needs option", lang, option="--film", example=f'--film "{first}"'))
    return film_named(options.film, learner.data, lang)


# --- the steps --------------------------------------------------------------------------------------------------------


def inspect(options: argparse.Namespace, lang: Language) -> Answer:
    """What there is in a file of ratings."""
    data, source = ratings_of(options, lang)
    return tables.facts(data), tables.inspected(data, source, lang)


def fit(options: argparse.Namespace, lang: Language) -> Answer:
    """Train on four fifths, and write the recommender and the ratings that were held out."""
    seed = number_of(options, "seed", 0, MOST["seed"], lang) or 0
    factors, epochs = (number_of(options, name, None, MOST[name], lang) for name in ("factors", "epochs"))
    model, loss = choice("model", options.model, MODELS, lang), choice("loss", options.loss, LOSSES, lang)
    if options.out == "":
        raise CommandError(say("no folder", lang))
    data, source = ratings_of(options, lang)
    if len(data) < FEWEST:
        raise CommandError(say("few ratings", lang, ratings=several(len(data), "rating", lang), fewest=FEWEST))
    train, test = data.split(test=HELD_OUT, seed=seed)
    begin = time.perf_counter()
    with sensible(lang):
        learner = collab_learner(train, model, factors, loss=loss, seed=seed)
        learner.fit_one_cycle(epochs, progress=False if options.json else "auto")
    seconds = time.perf_counter() - begin
    rows = errors_of(learner, train, test, model, lang) if loss == "mse" else []
    paths = [Path(options.out or "out") / name for name in (LEARNER, TEST)]
    with writing(paths[0].parent, lang):
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        learner.save(paths[0])
        write_ratings(paths[1], test)
    n_factors, files = learner.settings["n_factors"], [str(path) for path in paths]
    found = {"model": model, "loss": loss, "factors": n_factors, "seed": seed, "train": len(train), "test": len(test)}
    rmse = {name: {"train": a, "test": b} for name, a, b in rows} or None
    found |= {"seconds": seconds, "rmse": rmse, "files": files}
    numbers = {"ratings": several(len(train), "rating", lang), "test": count(len(test), lang)}
    name = model if loss == "mse" else f"{model}, {loss}"
    head = say("fitted", lang, model=name, factors=n_factors, seconds=f"{seconds:.1f}", **numbers)
    judged_by = comparison(rows, lang) if rows else say("only ranks", lang, path=files[0])
    written = say("learner written", lang, files=", ".join(files))
    return found, "\n\n".join([f"{source}\n{head}", judged_by, written])


def errors_of(
    learner: CollabLearner, train: RatingsDataset, test: RatingsDataset, model: str, lang: Language
) -> list[tuple[str, float, float]]:
    """RMSE on the training and on the test part, of the baselines and of the model."""
    parts = (train, test)
    rows = []
    for name, baseline in (("mean", GlobalMean()), ("mean and biases", MeanAndBiases())):
        baseline.fit(pairs(train), train.ratings, (train.n_users, train.n_items))
        errors = [baseline.rmse(pairs(part), part.ratings) for part in parts]
        rows.append((say(name, lang), errors[0], errors[1]))
    predicted = [learner.predict(part.user_ids[part.users], part.item_ids[part.items]) for part in parts]
    errors = [float(np.sqrt(np.mean((p - part.ratings) ** 2))) for p, part in zip(predicted, parts, strict=True)]
    return [*rows, (model, errors[0], errors[1])]


def write_ratings(path: Path, data: RatingsDataset) -> None:
    """Ratings as a list with MovieLens' header, by their ids."""
    users, items = data.user_ids[data.users].tolist(), data.item_ids[data.items].tolist()
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["userId", "movieId", "rating"])
        rows.writerows(zip(users, items, data.ratings.tolist(), strict=True))


def evaluate(options: argparse.Namespace, lang: Language) -> Answer:
    """Judge by ratings that were held out, beside the baselines."""
    learner = learner_of(options, lang)
    path = options.test if options.test is not None else learner_path(options, lang).parent / TEST
    with sensible(lang):
        train, test = beside(learner.data, RatingsDataset.from_file(path, scale=learner.data.scale))
        k = min(FIRST, learner.data.n_items)
        made = {f"{learner.kind}": learner.evaluate(test, k), **baselines(train, test, k)}
    return {name: asdict(one) for name, one in made.items()}, judged(made, lang)


def beside(train: RatingsDataset, test: RatingsDataset) -> tuple[RatingsDataset, RatingsDataset]:
    """Both with the same users and films, those of `train` first."""
    parts: list[dict[str, Any]] = [{}, {}]
    for index, ids in (("users", "user_ids"), ("items", "item_ids")):
        names = list(dict.fromkeys([*getattr(train, ids).tolist(), *getattr(test, ids).tolist()]))
        number = {name: k for k, name in enumerate(names)}
        for part, data in zip(parts, (train, test), strict=True):
            part[ids] = np.array(names, np.int64 if all(type(name) is int for name in names) else object)
            part[index] = np.array([number[name] for name in getattr(data, ids).tolist()], np.intp)[
                getattr(data, index)
            ]
    return replace(train, **parts[0]), replace(test, **parts[1])


def judged(made: dict[str, Evaluation], lang: Language) -> str:
    """Two tables: errors in stars, and what stands at the top of the lists."""
    keys = {"GlobalMean": "mean", "MeanAndBiases": "mean and biases"}
    keys |= {"Popularity": "popularity", "ItemNeighbours": "neighbours"}
    names = {name: say(keys[name], lang) if name in keys else name for name in made}
    first = next(iter(made.values()))
    parts = []
    if first.errors:
        e, known, new = first.errors, say("known", lang), say("new", lang)
        counts = {"count": count(e.n, lang), "warm": count(e.n_warm, lang), "cold": count(e.n_cold, lang)}
        rows = [["", "RMSE", "MAE", f"RMSE {known}", f"MAE {known}", f"RMSE {new}", f"MAE {new}"]]
        for name, one in made.items():
            if one.errors and name not in ("Popularity", "ItemNeighbours"):  # these predict as mean + biases do
                e = one.errors
                values = (e.rmse, e.mae, e.rmse_warm, e.mae_warm, e.rmse_cold, e.mae_cold)
                rows.append([names[name], *map(tables.decimal, values)])
        parts = [say("errors of", lang, **counts), tables.aligned(rows)]
    r = first.ranking
    rows = [["", "precision", "recall", "NDCG", "MAP", say("coverage", lang)]]
    for name, one in made.items():
        if name != "GlobalMean":  # which ranks nothing
            s = one.ranking
            rows.append([names[name], *map(tables.decimal, (s.precision, s.recall, s.ndcg, s.map, s.coverage))])
    ranking = say("ranking of", lang, k=r.k, users=count(r.n_users, lang))
    return "\n\n".join([*parts, ranking, tables.aligned(rows)])


def top(options: argparse.Namespace, lang: Language) -> Answer:
    """Films for a user."""
    learner = learner_of(options, lang)
    n = number_of(options, "n", FIRST, learner.data.n_items, lang) or FIRST
    user = user_of(options, learner, lang)
    films = learner.recommend(user, n)
    shown = tables.suggested(learner.data, films, lang) or say("nothing left", lang)
    head = "top of" if learner.loss == "mse" else "top of, by score"
    return {"user": user, "recommended": tables.as_json(films)}, f"{say(head, lang, user=user)}\n\n{shown}"


def similar(options: argparse.Namespace, lang: Language) -> Answer:
    """Films like a film."""
    learner = learner_of(options, lang)
    n = number_of(options, "n", FIRST, learner.data.n_items, lang) or FIRST
    film = film_of(options, learner, lang)
    with sensible(lang):
        films = learner.similar_items(film, n)
    title = title_of(learner.data, learner.data.item_ids.tolist().index(film))
    text = f"{say('like', lang, title=title)}\n\n{tables.suggested(learner.data, films, lang)}"
    return {"film": film, "title": title, "similar": tables.as_json(films)}, text


def explain(options: argparse.Namespace, lang: Language) -> Answer:
    """Why a prediction is what it is."""
    learner = learner_of(options, lang)
    user, film = user_of(options, learner, lang), film_of(options, learner, lang)
    with sensible(lang):
        explanation = learner.explain(user, film)
    return asdict(explanation) | {"factors": [term._asdict() for term in explanation.factors]}, str(explanation)


def rate(options: argparse.Namespace, lang: Language) -> Answer:
    """Learn from a person's own ratings, and recommend at once."""
    learner = learner_of(options, lang)
    n = number_of(options, "n", FIRST, learner.data.n_items, lang) or FIRST
    ratings = asked(learner.data, lang) if options.rated is None else given(options.rated, learner.data, lang)
    if not ratings:
        raise CommandError(say("none rated", lang))
    begin = time.perf_counter()
    with sensible(lang):
        films = learner.recommend(learner.fold_in(ratings, YOU), n)
    milliseconds = 1000 * (time.perf_counter() - begin)
    numbers = {"ratings": several(len(ratings), "rating", lang), "milliseconds": f"{milliseconds:.0f}"}
    shown = tables.suggested(learner.data, films, lang) or say("nothing left", lang)
    head = "top of you" if learner.loss == "mse" else "top of you, by score"
    text = "\n\n".join([say("learned from you", lang, **numbers), say(head, lang), shown])
    stars = [{"film": film, "rating": value} for film, value in ratings.items()]
    return {"rated": stars, "recommended": tables.as_json(films)}, text


STEPS: Final[dict[str, Step]] = {
    "inspect": inspect,
    "fit": fit,
    "evaluate": evaluate,
    "top": top,
    "similar": similar,
    "explain": explain,
    "rate": rate,
}
