"""What a recommender is before its training, and what is done to it afterwards.

From zero, biases and factors grow at the same time, and factors learn what biases could say with less. So training
starts from the biases that ridge regression gives, and from factors that are large enough for the gradient to take
hold of; or, to see the difference, from the lecture's small uniform numbers.

Rows of users and films without ratings have learned nothing: they are only what chance began with. They are set to 0,
so that predictions fall back on what is known; without biases there is nothing to fall back on, and they become the
mean of all other rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn import nn, no_grad
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.baselines import MeanAndBiases
from tinygrad_vn.models.embedding_audience import EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDot, EmbeddingDotBias, Range, before_sigmoid
from tinygrad_vn.models.embedding_net import EmbeddingNet


def new_model(
    data: RatingsDataset,
    kind: str,
    n_factors: int,
    y_range: Range | None,
    loss: str,
    start: str,
    dtype: np.dtype[Any],
    rng: np.random.Generator,
) -> nn.Module:
    """The model, with one more row for users, and for films, that the data do not know; see `collab_learner`."""
    users, items = data.n_users + 1, data.n_items + 1
    common: dict[str, Any] = {"dtype": dtype, "rng": rng}
    if kind == "dot":
        return EmbeddingDot(users, items, n_factors, **common)
    if kind == "net":
        return EmbeddingNet(users, items, n_factors, y_range, **common)
    has_mean = start == "baseline" and loss == "mse"
    mean = before_sigmoid(float(data.ratings.mean()), y_range) if has_mean else 0.0
    if kind == "audience":
        return EmbeddingAudience(users, items, n_factors, y_range, mean, seen=(data.users, data.items), **common)
    return EmbeddingDotBias(users, items, n_factors, y_range, mean, **common)


def slope(model: nn.Module, y_range: Range | None) -> float:
    """How many stars one unit before the sigmoid makes, at the model's mean; 1 without a sigmoid."""
    if y_range is None:
        return 1.0
    share = 1 / (1 + np.exp(-getattr(model, "mean", 0.0)))
    return float((y_range[1] - y_range[0]) * share * (1 - share))


def start_from_baseline(model: nn.Module, data: RatingsDataset, loss: str, rng: np.random.Generator) -> None:
    """Biases by ridge regression, or 0 where films are only ranked, and factors from N(0, 0.1²).

    Without biases, the factors' mean is such that products are about as large as the ratings.
    """
    if not isinstance(model, EmbeddingDot | EmbeddingDotBias):
        return
    has_biases = isinstance(model, EmbeddingDotBias)
    level = 0.0 if has_biases else np.sqrt(data.ratings.mean() / model.u.embedding_dim)
    for table in (model.u, model.m):
        nn.init.normal_(table.weight, level, 0.1, rng=rng)
    if isinstance(model, EmbeddingDotBias):
        shape = model.u.num_embeddings, model.m.num_embeddings
        baseline = MeanAndBiases().fit(np.stack([data.users, data.items], axis=1), data.ratings, shape)
        stars = slope(model, model.y_range)
        for layer, biases in ((model.ub, baseline.user_biases), (model.mb, baseline.item_biases)):
            layer.weight.data[:, 0] = biases / stars if loss == "mse" else 0


def settle(model: Any, cold_users: NDArray[np.bool], cold_items: NDArray[np.bool]) -> None:
    """Rows of users and films without ratings: 0, or without biases the mean of the others."""
    with no_grad():
        for is_cold, names in ((cold_users, ("u", "ub", "z")), (cold_items, ("m", "mb"))):
            for name in names:
                if hasattr(model, name):
                    values = getattr(model, name).weight.data
                    values[is_cold] = 0 if isinstance(model, EmbeddingDotBias) else values[~is_cold].mean(0)
