"""The lecture's table of 15 × 15 ratings, and why its small error is no achievement.

With 5 factors there are 150 numbers for 206 ratings: the table can nearly be learned by heart. The lecture's
spreadsheet brings the error from 2.82 to 0.41 stars. But hide some of the ratings first, and the same model is wrong by
more than a star about them, worse than the plain mean: it has learned the table, not the people. A penalty on the
factors, which makes the error on the known cells *larger*, makes that on the hidden ones smaller (until it is so strong
that it pulls all predictions towards 0). That is overfitting, and why models are judged by ratings they have not seen.

Source: `002_8a50c176e41375fb.txt`, the spreadsheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.language import resolve
from tinygrad_vn.models.baselines import GlobalMean, MeanAndBiases
from tinygrad_vn.models.recommender import Indices, Recommender
from tinygrad_vn.models.sparse_matrix_factorization import SparseMatrixFactorization
from tinygrad_vn.phrases import phrase

EPOCHS = 3000


def pairs_of(data: RatingsDataset) -> Indices:
    """Users and films as the two columns of X, shape (n, 2)."""
    return np.stack([data.users, data.items], axis=1)


def best_of_restarts(n_factors: int = 5, seed: int = 0, restarts: int = 3) -> SparseMatrixFactorization:
    """The lecture's factorization of the whole table, from several random starts: that with the smallest error.

    Gradient descent ends in one of a few valleys, 0.393, 0.403 or 0.412 stars deep, and no single start is sure to find
    the deepest. Choosing by the error on the training data is right here: that is what is to be made small.

    Args:
        n_factors: how many numbers describe a user, or a film.
        seed: of all the starts.
        restarts: how many starts.
    """
    data = lecture_table()
    starts = np.random.default_rng(seed).spawn(restarts)
    models = [SparseMatrixFactorization(n_factors, epochs=EPOCHS, seed=start) for start in starts]
    return min((model.fit(pairs_of(data), data.ratings) for model in models), key=lambda model: model.history[-1])


@dataclass(frozen=True)
class HiddenCells:
    """RMSE in stars on the known and on the hidden cells: medians over several choices of hidden cells.

    Attributes:
        n_hidden: how many cells are hidden each time.
        mean: (known, hidden) of the mean alone.
        biases: the same of mean and biases.
        factors: (number of factors, penalty) → (known, hidden).
    """

    n_hidden: int
    mean: tuple[float, float]
    biases: tuple[float, float]
    factors: dict[tuple[int, float], tuple[float, float]]

    def text(self, lang: str | None = None) -> str:
        """The table, in Vietnamese ("vi") or English ("en"), by default the language in force."""
        language = resolve(lang)
        rows = [
            (phrase("the mean alone")[language], self.mean),
            (phrase("mean and biases")[language], self.biases),
        ]
        for (count, penalty), errors in self.factors.items():
            rows.append(
                (phrase("{count} factors, penalty {penalty:g}", count=count, penalty=penalty)[language], errors)
            )
        says = (
            "RMSE (stars) with {count} cells of the table hidden: more factors always fit the known cells better, "
            "but not the hidden ones (overfitting)"
        )
        heads = phrase("known")[language], phrase("hidden")[language]
        lines = [phrase(says, count=self.n_hidden)[language], f"{'':<32}{heads[0]:>10}{heads[1]:>10}"]
        return "\n".join(lines + [f"{name:<32}{known:>10.3f}{hidden:>10.3f}" for name, (known, hidden) in rows])

    def __str__(self) -> str:
        return self.text()


def hidden_cells(
    n_factors: Sequence[int] = (1, 2, 3, 5, 8),
    penalties: Sequence[float] = (0.0, 1.0, 3.0, 10.0),
    seeds: Sequence[int] = range(5),
    epochs: int = EPOCHS,
) -> HiddenCells:
    """Hide a fifth of the table's ratings, learn the others, and compare both errors.

    Args:
        n_factors: numbers of factors to try.
        penalties: λ of Σ (r − r̂)² + λ (‖U‖² + ‖M‖²) to try with each.
        seeds: each hides other cells.
        epochs: steps of each training.
    """
    parts = [(lecture_table().split(test=0.2, seed=seed), seed) for seed in seeds]

    def errors(make: Callable[[int], Recommender]) -> tuple[float, float]:
        found = []
        for (known, hidden), seed in parts:
            model = make(seed).fit(pairs_of(known), known.ratings, (known.n_users, known.n_items))
            found.append([model.rmse(pairs_of(part), part.ratings) for part in (known, hidden)])
        first, second = np.median(found, axis=0)
        return float(first), float(second)

    def factorization(count: int, penalty: float) -> Callable[[int], Recommender]:
        return lambda seed: SparseMatrixFactorization(count, epochs=epochs, penalty=penalty, seed=seed)

    table = {(k, penalty): errors(factorization(k, penalty)) for k in n_factors for penalty in penalties}
    mean, biases = errors(lambda seed: GlobalMean()), errors(lambda seed: MeanAndBiases())
    return HiddenCells(len(parts[0][0][1]), mean, biases, table)
