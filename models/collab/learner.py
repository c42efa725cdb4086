"""A movie recommender in three lines:

    learner = collab_learner(ratings, model="audience")
    learner.fit_one_cycle()
    learner.recommend(user=15, n=10)

The learner holds the data, with its ids and titles, and a model, an `nn.Module` that only knows users and films by
their numbers; it trains the model with `training.fit`, and translates questions into numbers and answers into titles.

Whoever has no ratings in the training part is "cold". The policy: their rows are set to 0 after training (in models
without biases: to the mean of all rows), so that a prediction falls back on what is known: for a new user on the mean
and what the film usually adds, for a new film on what the user usually adds, for both on the mean of all. Ids that the
data do not know at all share one such row. `is_cold` flags them.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_vn import nn, no_grad, optim, training
from tinygrad_vn.checkpoint import save
from tinygrad_vn.data import DataLoader, RatingsDataset
from tinygrad_vn.models.baselines import MeanAndBiases
from tinygrad_vn.models.collab.files import FORMAT, content_of, packed, unpacked
from tinygrad_vn.models.collab.new_users import NewUsers
from tinygrad_vn.models.collab.questions import check_count
from tinygrad_vn.models.collab.ranking import LIKED, Comparisons, EveryFilm, Preference, wish_table
from tinygrad_vn.models.collab.recipes import RECIPES, Recipe
from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.embedding_audience import LARGEST, EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDot, EmbeddingDotBias, Range, before_sigmoid
from tinygrad_vn.models.embedding_net import EmbeddingNet
from tinygrad_vn.optim.lr_scheduler import OneCycleLR

Batch = int | Literal["all"]
PADDING = 0.5  # stars that a sigmoid's range reaches beyond the ratings', as in the lecture's net
MOST_AT_ONCE = 1_000_000  # ratings in a step


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

    Args:
        data: the training part.
        model: "dot", the dot product; "dot_bias", with biases; "audience", whose films are known by who rated them
            too, the best of them where the table of users × films fits into memory; or "net".
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
        ("no such model", model, ["dot", "dot_bias", "audience", "net"]),
        ("no such loss", loss, ["mse", "softmax", "bpr"]),
        ("no such start", start, ["baseline", "lecture"]),
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
    ends = _range(data, model, y_range, loss)
    return CollabLearner(data, model, int(n_factors), ends, loss, start, seed, dtype)


class CollabLearner(NewUsers):
    """A recommender with its data; made by `collab_learner`. What can be asked of it stands in `questions.py`.

    Attributes:
        data: the training part.
        model: the `nn.Module`; its last row stands for users, or films, that the data do not know.
        history: of the last training; empty where there was none, after `load` too, as files do not keep it.
        recipe: what is used where `fit` is not told otherwise.
    """

    def __init__(
        self,
        data: RatingsDataset,
        kind: str,
        n_factors: int,
        y_range: Range | None,
        loss: str,
        start: str,
        seed: int,
        dtype: DTypeLike,
    ) -> None:
        self.data, self.kind, self.loss, self.y_range = data, kind, loss, y_range
        self.settings = {"kind": kind, "n_factors": n_factors, "y_range": y_range, "loss": loss, "start": start}
        self.settings |= {"seed": seed, "dtype": np.dtype(dtype).name}
        self.rng = np.random.default_rng(seed)
        self.history = training.History()
        self.recipe: Recipe = RECIPES[kind, loss]
        self._index()
        self.model = self._new_model(n_factors, start, np.dtype(dtype))
        self._scale = 1.0 if y_range is None else _slope(self.model, y_range)  # stars per unit of z
        self._groups(None)
        if start == "baseline":
            self._start_from_baseline()
        self._settle()

    # --- training --------------------------------------------------------------------------------------------------

    def fit(
        self,
        epochs: int | None = None,
        lr: float | None = None,
        wd: float | None = None,
        *,
        batch_size: Batch | None = None,
        optimizer: Callable[..., optim.Optimizer] = optim.Adam,
        schedule: Callable[[optim.Optimizer, int], Any] | None = None,
        valid: RatingsDataset | None = None,
        progress: str | bool = "auto",
        **more: Any,
    ) -> training.History:
        """Train with `training.fit`; a second call trains on, with a new optimizer.

        Args:
            epochs: how often to go through the data; where it, lr or batch_size is None, see `recipes.py`.
            lr: the learning rate.
            wd: the weight decay of all parameters, as in PyTorch; by default what comes of the recipe's penalties.
            batch_size: how many ratings make a step, or "all".
            optimizer: makes an optimizer of groups of parameters and `lr=`.
            schedule: makes a schedule of the optimizer and the number of all steps.
            valid: ratings to judge by after every epoch, with loss="mse".
            progress: as in `training.fit`.
            **more: whatever else `training.fit` takes: stop, checkpoint, callbacks, …

        Returns:
            What the training was like; also found in `history`.
        """
        recipe = self.recipe
        epochs, lr = recipe.epochs if epochs is None else epochs, recipe.lr if lr is None else lr
        module, loss, batches = self._task(self._batch_size(batch_size))
        chosen = optimizer(self._groups(wd), lr=lr)
        rates = None if schedule is None else schedule(chosen, epochs * len(batches))
        if valid is not None:
            more["valid"] = self._pairs_of(valid)
        self.history = training.fit(
            module, loss, chosen, batches, epochs=epochs, schedule=rates, progress=progress, **more
        )
        self._settle()
        self._learn_rows_again()
        return self.history

    def fit_one_cycle(self, epochs: int | None = None, lr: float | None = None, **more: Any) -> training.History:
        """`fit` with a rate that rises to `lr` in the first tenth of all steps and then falls to almost none.

        Of fewer than ten steps, the first has the rate `lr`: a tenth of them is no step, and without one at the top
        nothing would be learned.
        """
        highest = self.recipe.lr if lr is None else lr

        def cycle(chosen: optim.Optimizer, steps: int) -> OneCycleLR:
            return OneCycleLR(chosen, highest, steps, pct_start=max(0.1, 1 / max(steps, 1)))

        return self.fit(epochs, highest, schedule=cycle, **more)

    def lr_find(self, batch_size: Batch | None = None, **settings: Any) -> training.LRRange:
        """Which learning rate to take: `training.lr_find` from 10⁻⁴ to 10, on this model, which stays as it is."""
        module, loss, batches = self._task(self._batch_size(batch_size))
        chosen = optim.Adam(self._groups(None), lr=self.recipe.lr)
        return training.lr_find(module, loss, chosen, batches, **{"start": 1e-4, **settings})

    def _batch_size(self, given: Batch | None) -> Batch:
        """What was given, or the recipe's; instead of all ratings at most a million, so that memory suffices."""
        if given is None and self.recipe.batch_size == "all" and len(self.data) > MOST_AT_ONCE:
            return MOST_AT_ONCE
        return self.recipe.batch_size if given is None else given

    def _task(self, batch_size: Batch) -> tuple[nn.Module, nn.Module, Any]:
        """What is trained, by which loss, on which batches."""
        shape = self.n_rows
        if self.loss == "mse":
            whole = batch_size == "all"
            batches = DataLoader(
                self._pairs_of(self.data), batch_size, shuffle=not whole, rng=None if whole else self.rng
            )
            return self.model, nn.MSELoss(), batches
        dot: Any = self.model
        if self.loss == "bpr":
            size = len(self.data) if batch_size == "all" else batch_size
            known = (self.data.users, self.data.items)
            return Preference(dot), nn.BCEWithLogitsLoss(), Comparisons(known, self.data.n_items, size, self.rng)
        if shape[0] * shape[1] > LARGEST:
            raise ValueError(say("too large", users=shape[0], items=shape[1]))
        wishes = wish_table((self.data.users, self.data.items), self.data.ratings, LIKED, shape)
        return EveryFilm(dot), nn.CrossEntropyLoss(), DataLoader((np.arange(shape[0]), wishes), shape[0])

    def _groups(self, wd: float | None) -> list[dict[str, Any]]:
        """The parameters with their weight decays: 2λ / n, since losses are means over n ratings, or n users."""
        n = self.n_rows[0] if self.loss == "softmax" else len(self.data)
        model, recipe = self.model, self.recipe
        biases = [model.ub.weight, model.mb.weight] if isinstance(model, EmbeddingDotBias) else []
        audience = [model.z.weight] if isinstance(model, EmbeddingAudience) else []
        apart = {id(p) for p in [*biases, *audience]}
        rest = [p for p in model.parameters() if id(p) not in apart]
        strengths = np.array([recipe.penalty, recipe.bias_penalty, recipe.audience_penalty]) * self._scale**2
        if wd is not None:
            strengths[:] = wd * n / 2
        self.penalties = (float(strengths[0]), float(strengths[1]))
        parts = zip((rest, biases, audience), strengths, strict=True)
        return [{"params": params, "weight_decay": 2 * float(strength) / n} for params, strength in parts if params]

    # --- files -----------------------------------------------------------------------------------------------------

    def save(self, path: str | PathLike[str]) -> None:
        """Write parameters, ratings, ids, titles and added users into one file, `tg.save`'s; no pickle is in it."""
        content = {"format": FORMAT, "settings": self.settings, "penalties": list(self.penalties)}
        content |= {"data": packed(self.data), "model": self.model.state_dict()}
        content["folded"] = [[user, list(given), list(given.values())] for user, given in self.folded.items()]
        save(path, content)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """A learner as it was saved, ready to be asked or trained on.

        Raises:
            FileNotFoundError: there is no such file.
            CheckpointError: the file is damaged.
            ValueError: it is not a learner's.
        """
        content = content_of(path)
        learner = cls(unpacked(content["data"]), **content["settings"])
        for user, items, ratings in content["folded"]:
            learner.add_user(user, dict(zip(items, ratings, strict=True)))
        learner.model.load_state_dict(content["model"])
        first, second = content["penalties"]
        learner.penalties = (first, second)
        return learner

    # --- before and after ------------------------------------------------------------------------------------------

    def _new_model(self, n_factors: int, start: str, dtype: np.dtype[Any]) -> nn.Module:
        users, items = self.data.n_users + 1, self.data.n_items + 1
        common: dict[str, Any] = {"dtype": dtype, "rng": self.rng}
        if self.kind == "dot":
            return EmbeddingDot(users, items, n_factors, **common)
        if self.kind == "net":
            return EmbeddingNet(users, items, n_factors, self.y_range, **common)
        mean = 0.0
        if start == "baseline" and self.loss == "mse":
            mean = before_sigmoid(float(self.data.ratings.mean()), self.y_range)
        if self.kind == "audience":
            seen = (self.data.users, self.data.items)
            return EmbeddingAudience(users, items, n_factors, self.y_range, mean, seen=seen, **common)
        return EmbeddingDotBias(users, items, n_factors, self.y_range, mean, **common)

    def _start_from_baseline(self) -> None:
        """Biases as ridge regression gives them, and factors large enough for the gradient to take hold of.

        From zero, biases and factors grow at the same time, and factors learn what biases could say with less.
        """
        model = self.model
        if isinstance(model, EmbeddingDotBias):
            for table in (model.u, model.m):
                nn.init.normal_(table.weight, 0, 0.1, rng=self.rng)
            baseline = MeanAndBiases().fit(
                np.stack([self.data.users, self.data.items], axis=1), self.data.ratings, self.n_rows
            )
            of = (baseline.user_biases, baseline.item_biases)
            for table, biases in zip((model.ub, model.mb), of, strict=True):
                table.weight.data[:, 0] = biases / self._scale if self.loss == "mse" else 0
        elif isinstance(model, EmbeddingDot):  # so that the products are about as large as the ratings
            level = np.sqrt(self.data.ratings.mean() / model.u.embedding_dim)
            for table in (model.u, model.m):
                nn.init.normal_(table.weight, level, 0.1, rng=self.rng)

    def _settle(self) -> None:
        """Rows of users and films without ratings: 0, or without biases the mean of the others."""
        model: Any = self.model
        with no_grad():
            for is_cold, names in ((self._cold_users, ("u", "ub", "z")), (self._cold_items, ("m", "mb"))):
                for name in names:
                    if hasattr(model, name):
                        values = getattr(model, name).weight.data
                        values[is_cold] = 0 if self.kind in ("dot_bias", "audience") else values[~is_cold].mean(0)


def _range(data: RatingsDataset, kind: str, given: Any, loss: str) -> Range | None:
    """The ends of the sigmoid."""
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


def _slope(model: Any, y_range: Range) -> float:
    """How many stars one unit before the sigmoid makes, at the model's mean."""
    share = 1 / (1 + np.exp(-getattr(model, "mean", 0.0)))
    return float((y_range[1] - y_range[0]) * share * (1 - share))
