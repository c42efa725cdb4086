"""Our estimators beside scikit-learn's on its bundled data: the same five folds, scores, coefficients and times.

Penalised models are compared at the same penalty, nets at the same hidden layer, (100,), with scikit-learn's defaults
as they are and behind its StandardScaler. Our nets' defaults were chosen by cross-validation within training folds.
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
        theirs = lambda: sk.LogisticRegression(solver="newton-cg", **strict)
        found.append(Match(data, "logistic, L2, C = 1", lambda: LogisticRegression(), theirs))
    for data in ("iris", "breast_cancer"):
        ours = lambda: LogisticRegression("l1", C=0.1)
        theirs = lambda: sk.LogisticRegression(l1_ratio=1.0, C=0.1, solver="saga", **strict)
        found.append(Match(data, "logistic, L1, C = 0.1, scaled", ours, theirs, scaled=True))
    return found


def folds(data: str, seed: int = 0) -> Iterator[tuple[Any, Any, Any, Any]]:
    """X_train, X_test, y_train, y_test, five times; classes in equal shares."""
    from sklearn import datasets
    from sklearn.model_selection import KFold, StratifiedKFold

    X, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    kind = KFold if data == "diabetes" else StratifiedKFold
    for train, test in kind(5, shuffle=True, random_state=seed).split(X, y):
        yield X[train], X[test], y[train], y[test]


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


def compared_nets(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores and seconds of our net, scikit-learn's, and scikit-learn's on standardized columns: (5, 3) each."""
    from sklearn.neural_network import MLPClassifier as TheirClassifier
    from sklearn.neural_network import MLPRegressor as TheirRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    ours, theirs = (MLPRegressor, TheirRegressor) if data == "diabetes" else (MLPClassifier, TheirClassifier)
    scores, seconds = [], []
    for X, X_test, y, y_test in folds(data, seed):
        three = [ours(seed=seed), theirs(random_state=seed)]
        three.append(make_pipeline(StandardScaler(), theirs(random_state=seed)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scikit-learn's nets do not converge within their 200 epochs
            seconds.append([timed(estimator, X, y) for estimator in three])
        scores.append([estimator.score(X_test, y_test) for estimator in three])
    return np.array(scores), np.array(seconds)


def timed(estimator: Any, X: Any, y: Any) -> float:
    """The seconds that `fit` takes."""
    start = time.perf_counter()
    estimator.fit(X, y)
    return time.perf_counter() - start


def report() -> str:
    """Two tables; scores are R² for diabetes, else accuracies, in points of a hundred."""
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
    rows = []
    for data in ("iris", "breast_cancer", "digits", "diabetes"):
        results = [compared_nets(data, seed) for seed in SEEDS]
        means = np.array([scores.mean(axis=0) for scores, _ in results])
        cells = [f"{100 * m:.2f} ± {100 * s:.2f}" for m, s in zip(means.mean(axis=0), means.std(axis=0), strict=True)]
        times = np.median(np.concatenate([seconds for _, seconds in results]), axis=0)
        rows.append((data, *cells, *(f"{t:.2f}" for t in times[:2])))
    head = ("net, 100 hidden", "ours", "scikit-learn", "scikit-learn, scaled", "ours, s", "theirs, s")
    return f"{convex}\n\n{table(head, rows)}\n\nNets: mean and spread over the seeds {SEEDS}, of folds and of nets."
