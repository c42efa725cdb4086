"""Which settings a recommender is trained with when nobody says otherwise.

They were chosen on ratings set aside from the training part of MovieLens' 100,004 ratings (October 2016), never on its
test part; `benchmarks/recommender_settings.py` does so again, varying one setting at a time by a factor of 2, learning
rates by 3. Means of two seeds that it printed, for the recipe and for the best and the worst of its neighbours:

    dot, mse              RMSE     .8959    .8957 (half the penalty)    .9349 (a third of the learning rate)
    dot_bias, mse         RMSE     .8706    .8688 (100 factors)         .8910 (half the penalty)
    audience, mse         RMSE     .8408    .8414 (twice the bias penalty) .8546 (half the penalty)
    audience, softmax     NDCG@10  .1653    .1661 (40 factors)          .1521 (a third of the learning rate)

Where a neighbour is a little better, it takes twice as long, or differs by less than seeds do.

A penalty is the λ of Σ (r − r̂)² + λ ‖…‖², which does not change with the number of ratings; optimizers want it as a
weight decay of the *mean* squared error, 2λ / n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Recipe:
    """How to train one kind of model.

    Attributes:
        n_factors: how many numbers describe a user, or a film.
        epochs, lr, batch_size: as `fit` takes them.
        penalty: λ of the factors.
        bias_penalty: λ of the biases.
        audience_penalty: λ of what an audience says of a film.
    """

    n_factors: int
    epochs: int
    lr: float
    batch_size: int | Literal["all"]
    penalty: float
    bias_penalty: float
    audience_penalty: float = 0.0


RECIPES: Final[dict[tuple[str, str], Recipe]] = {
    ("dot", "mse"): Recipe(5, 60, 0.01, "all", 0.5, 0.0),
    ("dot_bias", "mse"): Recipe(50, 40, 0.06, "all", 10.0, 4.0),
    ("audience", "mse"): Recipe(20, 40, 0.03, "all", 16.0, 4.0, 30.0),
    ("net", "mse"): Recipe(50, 3, 1e-3, 64, 0.4, 0.4),
    ("dot", "softmax"): Recipe(20, 100, 0.03, "all", 5.0, 0.0),
    ("dot_bias", "softmax"): Recipe(20, 100, 0.03, "all", 5.0, 0.0),
    ("audience", "softmax"): Recipe(20, 100, 0.03, "all", 5.0, 0.0, 40.0),
    ("dot", "bpr"): Recipe(20, 30, 0.01, 4096, 1.0, 0.0),
    ("dot_bias", "bpr"): Recipe(20, 30, 0.01, 4096, 1.0, 0.0),
    ("audience", "bpr"): Recipe(20, 30, 0.01, 4096, 1.0, 0.0, 10.0),
}
