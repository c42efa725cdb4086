"""Where the settings in `models/collab/recipes.py` come from: `python -m benchmarks.recommender_settings`.

Every setting of a recipe is varied alone, by factors around the recipe's, and judged on validation data: ratings held
out from the *training* part of MovieLens' 100,004, an eighth of it. The test parts, by which `recommenders.py` judges,
are split off first and never looked at. Models of ratings are judged by RMSE, models that rank by NDCG@10.

    python -m benchmarks.recommender_settings audience/mse dot_bias/softmax      only these

It is no part of `make bench`: all recipes take half an hour.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np

from benchmarks.recommenders import movielens
from benchmarks.timing import table
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models import collab_learner
from tinygrad_vn.models.collab.recipes import RECIPES, Recipe

SEEDS = (0, 1)
FACTORS: dict[str, tuple[float, ...]] = {
    "n_factors": (0.5, 2),
    "epochs": (0.5, 2),
    "lr": (1 / 3, 3),
    "penalty": (0.5, 2),
    "bias_penalty": (0.5, 2),
    "audience_penalty": (0.5, 2),
}


def parts_of(data: RatingsDataset, seed: int) -> tuple[RatingsDataset, RatingsDataset]:
    """What is learned from and what settings are chosen by, both from the training part."""
    training_part, _ = data.split(test=0.2, seed=seed)
    learned, valid = training_part.split(test=0.125, seed=seed)
    return learned, valid


def variants(recipe: Recipe) -> Iterator[tuple[str, Any, Recipe]]:
    """(setting, value, recipe with that value): the recipe itself first."""
    yield "the recipe", "", recipe
    for field in fields(Recipe):
        value = getattr(recipe, field.name)
        if field.name in FACTORS and value:
            for factor in FACTORS[field.name]:
                other = type(value)(value * factor)
                yield field.name, f"{other:g}", replace(recipe, **{field.name: other})


def judged(learned: RatingsDataset, valid: RatingsDataset, model: str, loss: str, recipe: Recipe, seed: int) -> float:
    """RMSE, or NDCG@10 of what only ranks, on the validation data."""
    learner = collab_learner(learned, model, recipe.n_factors, loss=loss, seed=seed)
    learner.recipe = recipe
    (learner.fit_one_cycle if loss == "mse" else learner.fit)(progress=False)
    found = learner.evaluate(valid, baselines=False)
    return found.rmse if loss == "mse" else found.ndcg


def report(data: RatingsDataset, model: str, loss: str) -> str:
    """A table for one recipe."""
    parts = {seed: parts_of(data, seed) for seed in SEEDS}
    rows: list[tuple[object, ...]] = []
    for name, value, recipe in variants(RECIPES[model, loss]):
        scores = [judged(*parts[seed], model, loss, recipe, seed) for seed in SEEDS]
        rows.append((name, value, f"{np.mean(scores):.4f}"))
    measure = "RMSE" if loss == "mse" else "NDCG@10"
    return f"### {model}, {loss}: {RECIPES[model, loss]}\n\n{table(('setting', 'value', measure), rows)}\n"


def main() -> None:
    """The named recipes, or all."""
    data = movielens()
    if data is None:
        sys.exit("TINYGRAD_VN_MOVIELENS names no folder of ratings.csv and movies.csv")
    every = {f"{model}/{loss}": (model, loss) for model, loss in RECIPES}
    if unknown := set(sys.argv[1:]) - set(every):
        sys.exit(f"there is no recipe {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    for name in sys.argv[1:] or every:
        print(report(data, *every[name]), flush=True)


if __name__ == "__main__":
    main()
