"""`collab_learner`: a recommender for these ratings, with settings that make sense together."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.collab.learner import CollabLearner
from tinygrad_vn.models.collab.questions import check_count
from tinygrad_vn.models.collab.recipes import RECIPES
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_dot import Range

PADDING = 0.5  # stars that a sigmoid's range reaches beyond the ratings', as in the lecture's net
MODELS, LOSSES, STARTS = ("dot", "dot_bias", "audience", "net"), ("mse", "softmax", "bpr"), ("baseline", "lecture")


def collab_learner(
    data: RatingsDataset,
    model: str = "dot_bias",
    n_factors: int | None = None,
    y_range: Range | Literal["padded"] | None = "padded",
    loss: str = "mse",
    *,
    start: str = "baseline",
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> CollabLearner:
    """A recommender for these ratings, to be trained by `fit` or `fit_one_cycle`.

    On a table as small as the lecture's 15 × 15, tastes cannot be told from chance: the usual penalty leaves the mean
    and the biases, with factors near 0, and weaker ones are worse on hidden cells. `learner.fit(wd=0)` learns it by
    heart.

    Args:
        data: the training part.
        model: "dot", the dot product, which puts films that one user gave 5 stars first, as no bias holds them back;
            "dot_bias", with biases; "audience", whose films are known by who rated them too, the best of them where
            the table of users × films fits into memory; or "net".
        n_factors: how many numbers describe a user, or a film; by default what `recipes.py` says.
        y_range: the ends of the sigmoid; "padded" for half a star beyond the ratings on both sides; None for none.
            The dot product never has one; "audience" has none by default, for it does without.
        loss: "mse" to predict ratings; "softmax" or "bpr" to rank films, see `ranking.py`.
        start: "baseline": from the mean and the biases that ridge regression gives, with factors from N(0, 0.1²); or
            "lecture": from the lecture's small uniform numbers, without a mean.
        seed: of all that is drawn at random.
        dtype: of the parameters.

    Raises:
        ValueError: there is no such model, loss or start, n_factors is no whole number above 0, there are no ratings,
            or the range does not hold them.
    """
    for key, given, names in (
        ("no such model", model, MODELS),
        ("no such loss", loss, LOSSES),
        ("no such start", start, STARTS),
    ):
        if given not in names:
            raise ValueError(say(key, name=given, names=", ".join(names)))
    if model == "net" and loss != "mse":
        raise ValueError(say("needs factors", call=f"loss={loss!r}"))
    if not len(data):
        raise ValueError(say("no ratings"))
    if n_factors is None:
        n_factors = RECIPES[model, loss].n_factors
    check_count("n_factors", n_factors)
    ends = range_of(data, model, y_range, loss)
    return CollabLearner(data, model, int(n_factors), ends, loss, start, seed, dtype)


def range_of(data: RatingsDataset, kind: str, given: Any, loss: str) -> Range | None:
    """The ends of the sigmoid, None where there is none.

    Raises:
        ValueError: these are no two ends, a rating lies beyond them, or the model has no sigmoid.
    """
    low, high = data.scale
    if kind == "dot":
        if given not in ("padded", None):
            raise ValueError(say("no range"))
        return None
    if given is None or loss != "mse" or (kind == "audience" and given == "padded"):
        return None
    if given == "padded":
        return low - PADDING, high + PADDING
    try:
        bottom, top = (float(end) for end in given)
    except (TypeError, ValueError):
        bottom, top = 0.0, 0.0
    if not (bottom <= low < top and bottom < high <= top):
        raise ValueError(say("wrong range", given=given, low=low, high=high))
    return bottom, top
