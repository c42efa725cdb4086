"""The same model on several splits: one split may be a lucky one, and two models that differ by less than what chance
does to either do not differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.collab.create import collab_learner
from tinygrad_vn.models.collab.evaluation import Evaluation
from tinygrad_vn.models.collab.learner import CollabLearner
from tinygrad_vn.models.collab.score_table import counted, score_table
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.recommender import Numbers


@dataclass(frozen=True)
class OverSeeds:
    """Evaluations of splits by different seeds; `str()` is a table of means ± standard deviations.

    Attributes:
        evaluations: by seed.
    """

    evaluations: dict[int, Evaluation]

    def values(self, name: str, part: str = "all") -> Numbers:
        """A row for every seed, with RMSE, MAE, precision, recall, NDCG, MAP and coverage of a model or baseline."""
        return np.array([one.values(name, part) for one in self.evaluations.values()])

    def text(self, lang: str | None = None) -> str:
        """The table, in Vietnamese ("vi") or English ("en"), by default the language in force."""
        every = list(self.evaluations.values())
        head = say("over seeds", lang, seeds=", ".join(map(str, self.evaluations)))
        counts = {
            part: (
                _about([one.n_ratings[part] for one in every], lang),
                _about([one.n_users[part] for one in every], lang),
            )
            for part in every[0].n_ratings
        }
        table = score_table(
            list(every[0].judged),
            lambda name, part: [_with_spread(column) for column in self.values(name, part).T],
            counts,
            every[0].k,
            [],
            lang,
        )
        return f"{head}\n{table}"

    def __str__(self) -> str:
        return self.text()


def _with_spread(values: Numbers) -> str:
    """Mean ± standard deviation; a dash where a seed has no value."""
    if np.isnan(values).any():
        return "–"
    return f"{values.mean():.4f} ± {values.std(ddof=min(1, len(values) - 1)):.4f}"


def _about(counts: Sequence[int], lang: str | None) -> str:
    ends = (counted(end, lang) for end in dict.fromkeys([min(counts), max(counts)]))
    return " – ".join(ends)


def evaluate_over_seeds(
    data: RatingsDataset,
    model: str = "dot_bias",
    seeds: Sequence[int] = (0, 1, 2),
    fit: Callable[[CollabLearner], Any] = lambda learner: learner.fit_one_cycle(progress=False),
    *,
    test: float = 0.2,
    k: int = 10,
    **settings: Any,
) -> OverSeeds:
    """Split, train and judge once for every seed, which is that of the split and of the model.

    Args:
        data: all ratings.
        model: as `collab_learner` takes it.
        seeds: which.
        fit: trains a learner.
        test: the share that is held out.
        k: the length of the lists that are judged.
        **settings: what else `collab_learner` takes.

    Raises:
        ValueError: there are no seeds, or what `collab_learner`, `split` and `evaluate` refuse.
    """
    if not seeds:
        raise ValueError(say("no seeds"))
    evaluations = {}
    for seed in seeds:
        learned, held_out = data.split(test=test, seed=seed)
        learner = collab_learner(learned, model, seed=seed, **settings)
        fit(learner)
        evaluations[seed] = learner.evaluate(held_out, k)
    return OverSeeds(evaluations)
