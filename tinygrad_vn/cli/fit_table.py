"""`tinygrad-vn fit-table`: a lecturer's own table, fitted, judged on rows that were held out, and plotted.

    tinygrad-vn fit-table houses.csv --target price
    tinygrad-vn fit-table iris.csv --target species --model logistic --standardize

A fifth of the rows is held out. Beside the scores stands what knows nothing of the other columns would do: the mean of
the training rows, or their most frequent class.
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import numpy as np

from tinygrad_vn import plot
from tinygrad_vn.cli.arguments import CommandError, Parser, whole_number
from tinygrad_vn.cli.computation import choice, writing
from tinygrad_vn.cli.words import count, say
from tinygrad_vn.data import Standardizer, train_test_split
from tinygrad_vn.data.number_table import NumberTable, read_number_table
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.picture.layout import pip_install
from tinygrad_vn.models import LinearRegression, LogisticRegression, MLPClassifier, MLPRegressor
from tinygrad_vn.models.fitting.answers import Classifier
from tinygrad_vn.models.fitting.estimator import Estimator
from tinygrad_vn.models.fitting.inputs import Labels, Numbers

MODELS: Final = ("linear", "logistic", "mlp")
HELD_OUT: Final = 0.2  # of the rows
FEWEST: Final = 5  # rows of which one is held out
SHOWN_CLASSES: Final = 3  # columns of coefficients that fit a screen
HIGHEST_SEED: Final = 2**32 - 1
SEPARATORS: Final = {"\t": "tabs", ";": "semicolons", ",": "commas"}
PICTURES: Final = ("fit_table.svg", "fit_table.png")


@dataclass(frozen=True)
class Parts:
    """The rows to learn from and those that are held out."""

    X: Numbers
    X_test: Numbers
    y: Labels
    y_test: Labels


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `fit-table`."""
    parser.description = say("about fit-table", lang)
    what = parser.add_argument_group(say("table file", lang))
    what.add_argument("table", metavar="CSV", help=say("help table", lang))
    parser.option("target", say("column", lang))
    parser.option("model", "|".join(MODELS))
    parser.option("features", "a,b")
    parser.options.add_argument("--standardize", action="store_true", help=say("help standardize", lang))
    for name, metavar in (("seed", "N"), ("out", "DIR")):
        parser.option(name, metavar)


def run(options: argparse.Namespace, lang: Language) -> int:
    """Carry out the command.

    Raises:
        CommandError: an option makes no sense, or the table does not suit the model.
        DataError: the table cannot be read as meant.
    """
    seed = 0 if options.seed is None else whole_number("--seed", options.seed, 0, HIGHEST_SEED, lang)
    model = choice("model", options.model, MODELS, lang) or "linear"
    folder = Path("out" if options.out is None else options.out)
    if options.out == "":
        raise CommandError(say("no folder", lang))
    table = read_number_table(options.table)
    target, features = columns_of(table, options, lang)
    X = np.column_stack([table.numbers(name) for name in features])
    y, estimator = chosen(table, target, model, seed, lang)
    parts = parted(X, y, seed, isinstance(estimator, Classifier), lang)
    if options.standardize:
        scaler = Standardizer().fit(parts.X)
        parts = Parts(scaler.transform(parts.X), scaler.transform(parts.X_test), parts.y, parts.y_test)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        estimator.fit(parts.X, parts.y)
    print(heading(table, target, parts, lang))
    print(summary(estimator, X, features, options.standardize, lang))
    if caught:
        print(say("no minimum", lang))
    if model != "mlp" and len(parts.X) <= len(features):
        print(say("too few for columns", lang, rows=len(parts.X), columns=len(features)))
    print(f"\n{scores(estimator, parts, lang)}\n")
    with writing(folder, lang):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            pictured(estimator, parts, features, target, folder, lang)
        except ImportError:
            files, command = ", ".join(PICTURES), pip_install("matplotlib")
            print(say("no picture", lang, files=files, library="matplotlib", command=command))
            return 0
    print(say("plot written", lang, files=", ".join(str(folder / name) for name in PICTURES)))
    return 0


def columns_of(table: NumberTable, options: argparse.Namespace, lang: Language) -> tuple[str, list[str]]:
    """The target's column and those that it is predicted from."""
    if not options.target:
        raise CommandError(say("no target", lang, known=", ".join(table.names)))
    others = [name for name in table.names if name != options.target]
    wanted = others if options.features is None else [name.strip() for name in options.features.split(",")]
    for name in (options.target, *wanted):
        if name not in table.names:
            close = get_close_matches(name, table.names, n=1)
            known = ", ".join(close or table.names)
            raise CommandError(say("meant column" if close else "no such column", lang, name=name, known=known))
    if options.target in wanted or len(set(wanted)) < len(wanted):
        raise CommandError(say("features twice", lang, target=options.target))
    return options.target, wanted


def chosen(table: NumberTable, target: str, model: str, seed: int, lang: Language) -> tuple[Labels, Estimator]:
    """The target's values, and what is to learn them.

    The net takes texts, and numbers of which there are only two, as classes, and other numbers as measured.
    """
    is_numeric = table.is_numeric(target)
    if model == "linear":
        if not is_numeric and all(table.texts(target)) and not any(map(_has_digit, table.texts(target))):
            raise CommandError(say("classes need logistic", lang, target=target))
        return table.numbers(target), LinearRegression()
    y: Labels = table.numbers(target) if is_numeric else np.array(table.texts(target))
    kinds = np.unique(y)
    if len(kinds) < 2:
        raise CommandError(say("one class", lang, target=target, name=kinds[0]))
    is_class = not is_numeric or len(kinds) == 2
    if model == "mlp":
        return y, MLPClassifier(seed=seed) if is_class else MLPRegressor(seed=seed)
    if is_numeric and (kinds != np.round(kinds)).any():
        raise CommandError(say("measured target", lang, target=target, value=f"{kinds[kinds != np.round(kinds)][0]:g}"))
    return y.astype(np.int64) if is_numeric else y, LogisticRegression()


def parted(X: Numbers, y: Labels, seed: int, are_classes: bool, lang: Language) -> Parts:
    """A fifth of the rows held out; of every class, where each has more than one row."""
    if len(X) < FEWEST:
        raise CommandError(say("too few rows", lang, rows=len(X), fewest=FEWEST))
    frequent = min(Counter(y.tolist()).values()) > 1 and len(set(y.tolist())) <= HELD_OUT * len(y)
    stratify = y if are_classes and frequent else None
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=HELD_OUT, seed=seed, stratify=stratify)
    if are_classes and len(np.unique(y_train)) < 2:
        raise CommandError(say("one class left", lang))
    return Parts(X_train, X_test, y_train, y_test)


def heading(table: NumberTable, target: str, parts: Parts, lang: Language) -> str:
    """What was read, and how it was parted."""
    separator = say(SEPARATORS[table.separator], lang)
    rows, columns = count(len(table.rows), lang), len(table.names)
    first = say("table read", lang, path=table.path, rows=rows, columns=columns, separator=separator)
    train, test = count(len(parts.X), lang), count(len(parts.X_test), lang)
    return f"{first}\n{say('table parted', lang, target=target, train=train, test=test)}\n"


def summary(estimator: Estimator, X: Numbers, features: list[str], standardized: bool, lang: Language) -> str:
    """The columns with their ranges and coefficients; of a net, its layers."""
    head = [say("column name", lang), say("smallest", lang), say("largest", lang)]
    rows = [[name, _short(x.min()), _short(x.max())] for name, x in zip(features, X.T, strict=True)]
    coefficients = getattr(estimator, "coef_", None)
    if coefficients is None:
        sizes = [X.shape[1], *getattr(estimator, "hidden", ()), getattr(estimator, "n_outputs_", 1)]
        net = say("net", lang, sizes="-".join(map(str, sizes)), epochs=len(estimator.history))
        return "\n".join([*_aligned([head, *rows]), "", net])
    weights = np.atleast_2d(coefficients)
    biases = np.atleast_1d(getattr(estimator, "intercept_", 0.0))
    titles = [say("coefficient", lang)]
    if isinstance(estimator, Classifier):
        titles = [str(label) for label in (estimator.classes_[1:] if len(weights) == 1 else estimator.classes_)]
    shown = slice(SHOWN_CLASSES)
    rows = [[*row, *map(_short, w)] for row, w in zip(rows, weights.T[:, shown], strict=True)]
    rows.append([say("intercept", lang), "", "", *map(_short, biases[shown])])
    lines = _aligned([[*head, *titles[shown]], *rows])
    if len(weights) > SHOWN_CLASSES:
        lines.append(say("more classes", lang, n=len(weights) - SHOWN_CLASSES))
    if standardized:
        lines.append(say("per deviation", lang))
    return "\n".join(lines)


def scores(estimator: Estimator, parts: Parts, lang: Language) -> str:
    """How good it is on the rows that it learned from, and on those held out; and what is to be beaten."""
    rows = [["", say("training rows", lang), say("held-out rows", lang)]]
    both = ((parts.X, parts.y), (parts.X_test, parts.y_test))
    if isinstance(estimator, Classifier):
        usual = Counter(parts.y.tolist()).most_common(1)[0][0]
        rows.append([say("accuracy", lang), *(f"{estimator.score(X, y):.1%}" for X, y in both)])
        rows.append([say("always class", lang, name=usual), *(f"{np.mean(y == usual):.1%}" for _, y in both)])
    else:
        rows.append(["RMSE", *(_short(_rmse(estimator.predict(X), y)) for X, y in both)])
        rows.append([say("always mean", lang), *(_short(_rmse(parts.y.mean(), y)) for _, y in both)])
        r2 = (f"{estimator.score(X, y):.4f}" if np.ptp(y) else "–" for X, y in both)
        rows.append(["R²", *r2])
    return "\n".join(_aligned(rows))


def pictured(
    estimator: Estimator, parts: Parts, features: list[str], target: str, folder: Path, lang: Language
) -> None:
    """Predictions of held-out rows; of two columns and classes, where the boundary runs; else the loss curve."""
    if not isinstance(estimator, Classifier):
        title = say("predicted title", lang, target=target)
        figure = plot.predictions(parts.y_test, estimator.predict(parts.X_test), title=title, lang=lang)
    elif len(features) == 2:
        names = (features[0], features[1])
        figure = plot.decision_boundary(lambda x: estimator.predict(x), parts.X, parts.y, names=names, lang=lang)
    else:
        figure = estimator.history.plot(lang=lang)
    for name in PICTURES:
        plot.save(figure, folder / name)


def _rmse(predicted: Any, y: Labels) -> float:
    return float(np.sqrt(np.mean((predicted - y) ** 2)))


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _short(value: float) -> str:
    return f"{value:.5g}".replace("-", "−")


def _aligned(rows: list[list[str]]) -> list[str]:
    """Names to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.rjust(w) if k else cell.ljust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
