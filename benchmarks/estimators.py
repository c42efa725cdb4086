"""Our estimators beside scikit-learn's on its bundled data: the same five folds, scores, coefficients and times.

Penalised models are compared at the same penalty, and scikit-learn's with a tolerance that gives their true minimum.
Nets have the same hidden layer, (100,), and are compared

- as they come, scikit-learn's with up to 5,000 epochs to converge in instead of 200, on the numbers as they are and on
  standardized ones: columns, and where it predicts numbers the targets too, as ours does by itself;
- at the same penalties on diabetes, where the penalty decides;
- since the defaults of ours were chosen on these data, with the penalty that suits the data: for every fold, each net's
  is chosen anew from `PENALTIES`, by five inner folds of the fold's training part, so that no row of the test fold has
  a say in it. Both have standardized numbers there, without which penalties are not in the same units. With 56 fits for
  one score this takes most of an hour, and is no part of `make bench`:

    python -m benchmarks.estimators
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.timing import table
from tinygrad_vn.data import Standardizer
from tinygrad_vn.models import LinearRegression, LogisticRegression, MLPClassifier, MLPRegressor

SEEDS = (0, 1, 2)
PENALTIES = tuple(np.logspace(-2, 3, 11).tolist())
BUNDLED = ("iris", "breast_cancer", "digits", "diabetes")


@dataclass(frozen=True)
class Match:
    """Two estimators of the same thing.

    Attributes:
        data: the name of the data.
        model: the name of the model.
        ours: made anew for every fold, from a seed.
        theirs: likewise, scikit-learn's.
        scaled: whether both get standardized columns.
    """

    data: str
    model: str
    ours: Any
    theirs: Any
    scaled: bool = False


def matches() -> list[Match]:
    """All models that have a single minimum."""
    from sklearn import linear_model as sk

    strict: dict[str, Any] = {"tol": 1e-8, "max_iter": 100_000}
    found = [
        Match("diabetes", "least squares", lambda: LinearRegression(), lambda: sk.LinearRegression()),
        Match("diabetes", "ridge, α = 0.1", lambda: LinearRegression("l2", 0.1), lambda: sk.Ridge(0.1)),
        Match("diabetes", "lasso, α = 0.1", lambda: LinearRegression("l1", 0.1), lambda: sk.Lasso(0.1, **strict)),
    ]
    for data in ("iris", "breast_cancer", "digits"):
        for C in (1.0, 100.0):
            ours = lambda C=C: LogisticRegression(C=C)
            theirs = lambda C=C: sk.LogisticRegression(C=C, solver="newton-cholesky", **strict)
            found.append(Match(data, f"logistic, L2, C = {C:g}", ours, theirs))
    for data in ("iris", "breast_cancer"):
        ours = lambda: LogisticRegression("l1", C=0.1)
        theirs = lambda: sk.LogisticRegression(l1_ratio=1.0, C=0.1, solver="saga", **strict)
        found.append(Match(data, "logistic, L1, C = 0.1, scaled", ours, theirs, scaled=True))
    return found


def folds(data: str, seed: int = 0) -> Iterator[tuple[Any, Any, Any, Any]]:
    """X_train, X_test, y_train, y_test, five times; classes in equal shares."""
    from sklearn import datasets

    X, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    for train, test in folds_of(data, X, y, seed, 5):
        yield X[train], X[test], y[train], y[test]


def folds_of(data: str, X: Any, y: Any, seed: int, count: int) -> Iterator[tuple[Any, Any]]:
    """The rows to learn from and those held out, `count` times."""
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = KFold if data == "diabetes" else StratifiedKFold
    yield from kind(count, shuffle=True, random_state=seed).split(X, y)


def compared(match: Match) -> tuple[np.ndarray, np.ndarray, float]:
    """Scores and seconds of both, (5, 2) each, and the largest difference of any coefficient in any fold."""
    scores, seconds, apart = [], [], 0.0
    for X, X_test, y, y_test in folds(match.data):
        if match.scaled:
            scaler = Standardizer().fit(X)
            X, X_test = scaler.transform(X), scaler.transform(X_test)
        pair = [match.ours(), match.theirs()]
        seconds.append([timed(estimator, X, y) for estimator in pair])
        scores.append([estimator.score(X_test, y_test) for estimator in pair])
        apart = max(apart, float(np.abs(pair[0].coef_ - pair[1].coef_).max()))
    return np.array(scores), np.array(seconds), apart


def nets(data: str, seed: int) -> tuple[Any, Any, Any]:
    """Our net, scikit-learn's, and scikit-learn's on standardized numbers."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier as TheirClassifier
    from sklearn.neural_network import MLPRegressor as TheirRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    settings = {"random_state": seed, "max_iter": 5_000}
    if data != "diabetes":
        scaled = make_pipeline(StandardScaler(), TheirClassifier(**settings))
        return MLPClassifier(seed=seed), TheirClassifier(**settings), scaled
    on_columns = make_pipeline(StandardScaler(), TheirRegressor(**settings))
    scaled = TransformedTargetRegressor(on_columns, transformer=StandardScaler())
    return MLPRegressor(seed=seed), TheirRegressor(**settings), scaled


def with_chosen_penalty(net: Any, inner: list[tuple[Any, Any]]) -> Any:
    """The net, with the penalty of `PENALTIES` that is best on the inner folds, learned on all their rows."""
    from sklearn.model_selection import GridSearchCV

    name = next(name for name in net.get_params() if name.split("__")[-1] == "alpha")
    return GridSearchCV(net, {name: PENALTIES}, cv=inner)


def compared_nets(data: str, seed: int, choose: bool) -> tuple[np.ndarray, np.ndarray]:
    """Scores and seconds in five folds: of the three `nets` as they come, (5, 3); or of our net and scikit-learn's on
    standardized numbers, with chosen penalties, (5, 2).
    """
    scores, seconds = [], []
    for X, X_test, y, y_test in folds(data, seed):
        contestants: list[Any] = list(nets(data, seed))
        if choose:
            inner = list(folds_of(data, X, y, seed, 5))
            contestants = [with_chosen_penalty(net, inner) for net in (contestants[0], contestants[2])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on diabetes, 5,000 epochs are not enough for scikit-learn to converge
            seconds.append([timed(net, X, y) for net in contestants])
        scores.append([net.score(X_test, y_test) for net in contestants])
    return np.array(scores), np.array(seconds)


def row_of_nets(data: str, choose: bool) -> tuple[str, ...]:
    """A row of their tables: mean and spread over the seeds, and the median seconds of a `fit`."""
    results = [compared_nets(data, seed, choose) for seed in SEEDS]
    means = 100 * np.array([scores.mean(axis=0) for scores, _ in results])
    cells = [f"{mean:.2f} ± {std:.2f}" for mean, std in zip(means.mean(axis=0), means.std(axis=0), strict=True)]
    times = np.median(np.concatenate([seconds for _, seconds in results]), axis=0)
    return (data, *cells, *(f"{taken:.2f}" for taken in times))


def at_the_same_penalty(alpha: float) -> tuple[str, ...]:
    """A row about diabetes: both nets on standardized numbers, in steps of all rows, with one and the same loss.

    scikit-learn halves the squared error as well as the penalty, so its α is half of ours.
    """
    from sklearn.base import clone

    means = []
    for seed in SEEDS:
        scores = []
        for X, X_test, y, y_test in folds("diabetes", seed):
            ours, _, theirs = (clone(net) for net in nets("diabetes", seed))
            ours.set_params(alpha=alpha, batch_size=len(X), epochs=5_000, standardize=True)
            theirs.regressor[-1].set_params(alpha=alpha / 2, batch_size=len(X))
            scores.append([net.fit(X, y).score(X_test, y_test) for net in (ours, theirs)])
        means.append(np.mean(scores, axis=0))
    points = 100 * np.array(means)
    return (f"{alpha:g}", *(f"{m:.2f} ± {s:.2f}" for m, s in zip(points.mean(axis=0), points.std(axis=0), strict=True)))


def timed(estimator: Any, X: Any, y: Any) -> float:
    """The seconds that `fit` takes."""
    start = time.perf_counter()
    estimator.fit(X, y)
    return time.perf_counter() - start


def report() -> str:
    """Three tables; scores are R² for diabetes, else accuracies, in points of a hundred."""
    try:
        import sklearn
    except ImportError:
        return "scikit-learn is not installed"
    rows: list[tuple[object, ...]] = []
    for match in matches():
        scores, seconds, apart = compared(match)
        cells = [f"{100 * score:.2f}" for score in scores.mean(axis=0)]
        rows.append(
            (match.data, match.model, *cells, f"{apart:.0e}", *(f"{t:.3f}" for t in np.median(seconds, axis=0)))
        )
    head = (
        "data",
        "model",
        "ours",
        f"scikit-learn {sklearn.__version__}",
        "coefficients apart",
        "ours, s",
        "theirs, s",
    )
    convex = table(head, rows)
    theirs = ("scikit-learn", "scikit-learn, scaled")
    head = ("net, 100 hidden", "ours", *theirs, "ours, s", "theirs, s", "theirs, scaled, s")
    as_they_come = table(head, [row_of_nets(data, choose=False) for data in BUNDLED])
    head = ("net, diabetes, α", "ours", "scikit-learn, scaled, α / 2")
    same = table(head, [at_the_same_penalty(alpha) for alpha in (10.0, 30.0, 100.0)])
    return (
        f"{convex}\n\n{as_they_come}\n\n{same}\n\nNets: mean and spread over the seeds {SEEDS}, of folds and of nets."
    )


def main() -> None:
    """The nets with chosen penalties, row by row."""
    head = ("net, 100 hidden, penalty chosen", "ours", "scikit-learn, scaled", "ours, s", "theirs, s")
    print(table(head, []), flush=True)
    for data in BUNDLED:
        print("| " + " | ".join(row_of_nets(data, choose=True)) + " |", flush=True)


if __name__ == "__main__":
    main()
