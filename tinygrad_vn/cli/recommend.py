"""`tinygrad-vn recommend`: a movie recommender, step by step.

    tinygrad-vn recommend inspect ratings.csv --movies movies.csv
    tinygrad-vn recommend fit ratings.csv --movies movies.csv
    tinygrad-vn recommend top --user 15

`fit` writes two files, recommender.npz and the ratings that it has held out, test_ratings.csv; all later steps read
them. Every step gives its answer three times: as a text for people, as plain values for `--json`, and as a table for
spreadsheets; `--out` writes one of the three into a file.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast, get_args

import numpy as np

from tinygrad_vn.cli import recommend_tables as tables
from tinygrad_vn.cli.arguments import CommandError, Parser, whole_number
from tinygrad_vn.cli.computation import choice
from tinygrad_vn.cli.demo import FEWEST, HELD_OUT, MOST, pairs
from tinygrad_vn.cli.recommend_files import (
    Answer,
    as_json,
    evaluation_rows,
    explanation_rows,
    file_named,
    film_rows,
    rating_rows,
    save,
    table_rows,
    write_rows,
    writing,
)
from tinygrad_vn.cli.recommend_rate import asked, film_named, given
from tinygrad_vn.cli.report import comparison, title_of
from tinygrad_vn.cli.words import WORDS, count, say, several
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.data.ratings.layouts import Kind
from tinygrad_vn.errors import DataError, TinygradError
from tinygrad_vn.language import Language, set_language
from tinygrad_vn.models import CollabLearner, GlobalMean, MeanAndBiases, collab_learner
from tinygrad_vn.models.collab.seeds import evaluate_over_seeds

Step = Callable[[argparse.Namespace, Language], Answer]

MODELS: Final = ("dot_bias", "dot", "audience", "net")
LOSSES: Final = ("mse", "softmax", "bpr")
LAYOUTS: Final[tuple[str, ...]] = get_args(Kind)
FIRST: Final = 10  # films that are shown, and judged by
YOU: Final = "you"
LEARNER, TEST = "recommender.npz", "test_ratings.csv"
OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "inspect": ("movies", "encoding", "layout", "out"),
    "fit": ("movies", "encoding", "layout", "model", "loss", "factors", "epochs", "seed", "out"),
    "evaluate": ("test", "seed", "epochs", "out"),
    "top": ("user", "n", "out"),
    "similar": ("film", "n", "out"),
    "explain": ("user", "film", "out"),
    "rate": ("rated", "seed", "n", "out"),
}
METAVARS: Final = {
    **dict.fromkeys(("movies", "test"), "CSV"),
    **dict.fromkeys(("factors", "epochs", "seed", "n"), "N"),
    **{"model": "|".join(MODELS), "loss": "|".join(LOSSES), "layout": "|".join(LAYOUTS)},
    **{"encoding": "NAME", "out": "FILE", "user": "ID", "film": "ID|TITLE"},
    "rated": "ID=STARS,…",
    "fit out": "DIR",
    "evaluate seed": "N,…",
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
            metavar = METAVARS.get(f"{step} {name}", METAVARS[name])
            own = f"help recommend {step} {name}"
            about = say(own if own in WORDS else f"help recommend {name}", lang)
            one.options.add_argument(f"--{name}", metavar=metavar, help=about)
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
    path = None if options.step == "fit" else file_named(options.out, lang)
    answer = STEPS[options.step](options, lang)
    if path is not None:
        save(path, answer, lang)
    written = "" if path is None else f"\n\n{say('answer written', lang, files=path)}"
    print(as_json(answer.found) if options.json else answer.text + written)
    return 0


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
    layout = None if options.layout is None else cast(Kind, choice("layout", options.layout, LAYOUTS, lang))
    with sensible(lang):
        return RatingsDataset.from_file(path, options.movies, encoding=encoding, layout=layout), path


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
    except (TypeError, ValueError, LookupError) as error:
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
    return Answer(tables.facts(data), tables.inspected(data, source, lang), table_rows(tables.busiest(data)))


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
        write_rows(paths[1], rating_rows(test))
    n_factors, files = learner.settings["n_factors"], [str(path) for path in paths]
    found = {"model": model, "loss": loss, "factors": n_factors, "seed": seed, "train": len(train), "test": len(test)}
    rmse = {name: {"train": a, "test": b} for name, a, b in rows} or None
    found |= {"seconds": seconds, "rmse": rmse, "files": files}
    numbers = {"ratings": several(len(train), "rating", lang), "test": count(len(test), lang)}
    name = model if loss == "mse" else f"{model}, {loss}"
    head = say("fitted", lang, model=name, factors=n_factors, seconds=f"{seconds:.1f}", **numbers)
    judged_by = comparison(rows, lang) if rows else say("only ranks", lang, path=files[0])
    written = say("answer written", lang, files=", ".join(files))
    return Answer(found, "\n\n".join([f"{source}\n{head}", judged_by, written]), [])


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


def evaluate(options: argparse.Namespace, lang: Language) -> Answer:
    """Judge by ratings that were held out, beside the baselines; with --seed, anew on other splits of all ratings."""
    learner = learner_of(options, lang)
    path = options.test if options.test is not None else learner_path(options, lang).parent / TEST
    if options.seed is not None:
        return evaluate_anew(options, learner, path, lang)
    if options.epochs is not None:
        raise CommandError(say("epochs without seed", lang))
    with sensible(lang), warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always", UserWarning)
        test = RatingsDataset.from_file(path, scale=learner.data.scale, layout="list")
        found = learner.evaluate(test, min(FIRST, learner.data.n_items))
    remarks = [str(note.message) for note in notes]
    head = "\n".join([say("judged by", lang, model=learner.kind, path=path), *remarks])
    rows = [row[1:] for row in evaluation_rows({0: found})]
    return Answer({**asdict(found), "remarks": remarks}, f"{head}\n\n{found.text(lang)}", rows)


def evaluate_anew(options: argparse.Namespace, learner: CollabLearner, path: str | Path, lang: Language) -> Answer:
    """The same kind of model, trained and judged once for every seed."""
    seeds = [whole_number("--seed", text, 0, MOST["seed"], lang) for text in options.seed.split(",")]
    epochs = number_of(options, "epochs", None, MOST["epochs"], lang)
    settings = {name: learner.settings[name] for name in ("n_factors", "y_range", "loss", "start")}
    with sensible(lang):
        data = tables.together(learner.data, RatingsDataset.from_file(path, scale=learner.data.scale, layout="list"))
        found = evaluate_over_seeds(
            data,
            learner.kind,
            seeds,
            lambda one: one.fit_one_cycle(epochs, progress=False),
            test=HELD_OUT,
            k=min(FIRST, data.n_items),
            **settings,
        )
    head = say(
        "judged anew", lang, model=learner.kind, ratings=several(len(data), "rating", lang), share=f"{HELD_OUT:.0%}"
    )
    values = {str(seed): asdict(one) for seed, one in found.evaluations.items()}
    return Answer({"seeds": values}, f"{head}\n{found.text(lang)}", evaluation_rows(found.evaluations))


def top(options: argparse.Namespace, lang: Language) -> Answer:
    """Films for a user."""
    learner = learner_of(options, lang)
    n = number_of(options, "n", FIRST, learner.data.n_items, lang) or FIRST
    user = user_of(options, learner, lang)
    films = learner.recommend(user, n)
    shown = tables.suggested(learner.data, films, lang) or say("nothing left", lang)
    head = "top of" if learner.loss == "mse" else "top of, by score"
    found = {"user": user, "recommended": tables.as_json(films)}
    return Answer(found, f"{say(head, lang, user=user)}\n\n{shown}", film_rows(films))


def similar(options: argparse.Namespace, lang: Language) -> Answer:
    """Films like a film."""
    learner = learner_of(options, lang)
    n = number_of(options, "n", FIRST, learner.data.n_items, lang) or FIRST
    film = film_of(options, learner, lang)
    with sensible(lang):
        films = learner.similar_items(film, n)
    title = title_of(learner.data, learner.data.item_ids.tolist().index(film))
    text = f"{say('like', lang, title=title)}\n\n{tables.suggested(learner.data, films, lang)}"
    return Answer({"film": film, "title": title, "similar": tables.as_json(films)}, text, film_rows(films))


def explain(options: argparse.Namespace, lang: Language) -> Answer:
    """Why a prediction is what it is."""
    learner = learner_of(options, lang)
    user, film = user_of(options, learner, lang), film_of(options, learner, lang)
    with sensible(lang):
        explanation = learner.explain(user, film)
    found = asdict(explanation) | {"factors": [term._asdict() for term in explanation.factors]}
    return Answer(found, str(explanation), explanation_rows(explanation))


def rate(options: argparse.Namespace, lang: Language) -> Answer:
    """Learn from a person's own ratings, and recommend at once."""
    learner = learner_of(options, lang)
    n = number_of(options, "n", FIRST, learner.data.n_items, lang) or FIRST
    seed = number_of(options, "seed", None, MOST["seed"], lang)
    if seed is not None and options.rated is not None:
        raise CommandError(say("seed without questions", lang))
    ratings = asked(learner.data, seed, lang) if options.rated is None else given(options.rated, learner.data, lang)
    if not ratings:
        raise CommandError(say("none rated", lang))
    begin = time.perf_counter()
    with sensible(lang):
        films = learner.recommend(learner.fold_in(ratings, YOU), n)
    milliseconds = 1000 * (time.perf_counter() - begin)
    numbers = {"ratings": several(len(ratings), "rating", lang), "milliseconds": f"{milliseconds:.0f}"}
    shown = tables.suggested(learner.data, films, lang) or say("nothing left", lang)
    head = "top of you" if learner.loss == "mse" else "top of you, by score"
    own = f"{say('your ratings', lang)}\n\n{tables.rated(learner.data, ratings)}"
    text = "\n\n".join([say("learned from you", lang, **numbers), own, say(head, lang), shown])
    stars = [{"film": film, "rating": value} for film, value in ratings.items()]
    rows = [["rated", "", film, learner.data.title_of(film), value] for film, value in ratings.items()]
    rows += [["recommended", *row] for row in film_rows(films)[1:]]
    rows.insert(0, ["what", *film_rows([])[0]])
    return Answer({"rated": stars, "recommended": tables.as_json(films)}, text, rows)


STEPS: Final[dict[str, Step]] = {
    "inspect": inspect,
    "fit": fit,
    "evaluate": evaluate,
    "top": top,
    "similar": similar,
    "explain": explain,
    "rate": rate,
}
