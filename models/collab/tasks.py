"""What there is to learn: which numbers of the model, by which loss, on which batches, under which penalties.

mse       the ratings themselves: pairs of a user and a film, and the stars
bpr       which of two films a user would rather watch, see `ranking.py`
softmax   which of all films a user would choose
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from tinygrad_vn import nn, optim
from tinygrad_vn.data import DataLoader, RatingsDataset
from tinygrad_vn.models.collab.ranking import LIKED, Comparisons, EveryFilm, Preference, wish_table
from tinygrad_vn.models.collab.recipes import Recipe
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_audience import LARGEST, EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDotBias

Batch = int | Literal["all"]
MOST_AT_ONCE = 1_000_000  # ratings in a step, so that memory suffices


class Task(NamedTuple):
    """What `training.fit` is to make small."""

    module: nn.Module
    loss: nn.Module
    batches: Any


def task_of(
    model: Any,
    data: RatingsDataset,
    loss: str,
    batch_size: Batch,
    n_rows: tuple[int, int],
    rng: np.random.Generator,
) -> Task:
    """The task of a loss.

    Args:
        model: maps users and films to predictions.
        data: what to learn from.
        loss: "mse", "bpr" or "softmax".
        batch_size: how many ratings, or comparisons, make a step; the softmax always takes all.
        n_rows: how many users and films the model has rows for.
        rng: draws the order of the batches.

    Raises:
        ValueError: the softmax's table of users × films would not fit into memory.
    """
    seen = data.users, data.items
    if loss == "mse":
        whole = batch_size == "all"
        columns = (*seen, data.ratings.astype(next(iter(model.parameters())).dtype))
        return Task(model, nn.MSELoss(), DataLoader(columns, batch_size, shuffle=not whole, rng=None if whole else rng))
    if loss == "bpr":
        size = len(data) if batch_size == "all" else batch_size
        return Task(Preference(model), nn.BCEWithLogitsLoss(), Comparisons(seen, data.n_items, size, rng))
    if n_rows[0] * n_rows[1] > LARGEST:
        raise ValueError(say("too large", users=n_rows[0], items=n_rows[1]))
    wishes = wish_table(seen, data.ratings, LIKED, n_rows)
    return Task(EveryFilm(model), nn.CrossEntropyLoss(), DataLoader((np.arange(n_rows[0]), wishes), n_rows[0]))


def batch_size_of(given: Batch | None, recipe: Recipe, n: int) -> Batch:
    """What was given, or the recipe's; instead of all ratings at most a million."""
    if given is None and recipe.batch_size == "all" and n > MOST_AT_ONCE:
        return MOST_AT_ONCE
    return recipe.batch_size if given is None else given


class Penalties(NamedTuple):
    """The λ of Σ (r − r̂)² + λ ‖…‖², before the sigmoid: of factors, of biases, of what audiences say."""

    factors: float
    biases: float
    audience: float


def penalties_of(recipe: Recipe, stars: float, wd: float | None, n: int) -> Penalties:
    """The recipe's, which are in stars; or what comes of one weight decay for all.

    Args:
        recipe: of the model.
        stars: how many stars one unit before the sigmoid makes.
        wd: the weight decay, None for the recipe's penalties.
        n: how many terms the loss is a mean of.
    """
    if wd is not None:
        return Penalties(*[wd * n / 2] * 3)
    strengths = (recipe.penalty, recipe.bias_penalty, recipe.audience_penalty)
    return Penalties(*(float(strength * stars**2) for strength in strengths))


def groups_of(model: nn.Module, penalties: Penalties, n: int) -> list[dict[str, Any]]:
    """The parameters for an optimizer, with weight decays of 2λ / n, since losses are means over n terms."""
    biases = [model.ub.weight, model.mb.weight] if isinstance(model, EmbeddingDotBias) else []
    audience = [model.z.weight] if isinstance(model, EmbeddingAudience) else []
    apart = {id(p) for p in [*biases, *audience]}
    rest = [p for p in model.parameters() if id(p) not in apart]
    parts = zip((rest, biases, audience), penalties, strict=True)
    return [{"params": params, "weight_decay": 2 * penalty / n} for params, penalty in parts if params]


def is_exact_by_rows(optimizer: optim.Optimizer) -> bool:
    """Does the optimizer leave rows without a gradient where they are, so that those of the batch are all it needs?"""
    groups = optimizer.param_groups
    return isinstance(optimizer, optim.SGD) and not any(group["momentum"] or group["weight_decay"] for group in groups)


def by_rows(model: nn.Module, sparse: bool) -> None:
    """Let the tables of a model have gradients of the rows that a batch looks up, or of all their rows."""
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.sparse = sparse
