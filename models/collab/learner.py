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
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_vn import optim, training
from tinygrad_vn.checkpoint import save
from tinygrad_vn.data import RatingsDataset, RatingsSplit
from tinygrad_vn.models.collab.files import FORMAT, content_of, packed, unpacked
from tinygrad_vn.models.collab.new_users import NewUsers
from tinygrad_vn.models.collab.recipes import RECIPES, Recipe
from tinygrad_vn.models.collab.starts import new_model, settle, slope, start_from_baseline
from tinygrad_vn.models.collab.tasks import (
    Batch,
    Penalties,
    Task,
    batch_size_of,
    by_rows,
    groups_of,
    is_exact_by_rows,
    penalties_of,
    task_of,
)
from tinygrad_vn.models.embedding_dot import Range
from tinygrad_vn.optim.lr_scheduler import OneCycleLR


class CollabLearner(NewUsers):
    """A recommender with its data; made by `collab_learner`. What can be asked of it stands in `questions.py`.

    Attributes:
        data: the training part.
        model: the `nn.Module`; its row `data.n_users`, or `data.n_items`, stands for whom the data do not know.
        history: of the last training; empty where there was none, after `load` too, as files do not keep it.
        recipe: what is used where `fit` is not told otherwise.
        penalties: λ of factors, biases and audiences in the last training.
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
        self.model = new_model(data, kind, n_factors, y_range, loss, start, np.dtype(dtype), self.rng)
        self.penalties = self._penalties(None)
        if start == "baseline":
            start_from_baseline(self.model, data, loss, self.rng)
        settle(self.model, self._cold_users, self._cold_items)

    @property
    def split(self) -> RatingsSplit | None:
        """The split whose training part this learned from, also after `load`; None for ratings that were not split.

        `ratings.split_as(learner.split)` gives the same parts again, of the same ratings.
        """
        return self.data.parted

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
        sparse: bool | None = None,
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
            sparse: whether gradients hold only the rows of a batch, so that a step costs the same however many films
                there are. By default where this changes nothing: for SGD without momentum and weight decay. With
                them, rows catch up when they are next looked at (see `optim.SGD`).
            **more: whatever else `training.fit` takes: stop, checkpoint, callbacks, …

        Returns:
            What the training was like; also found in `history`.
        """
        epochs, lr = self.recipe.epochs if epochs is None else epochs, self.recipe.lr if lr is None else lr
        task = self._task(batch_size)
        self.penalties = self._penalties(wd)
        chosen = optimizer(groups_of(self.model, self.penalties, self._n_terms), lr=lr)
        by_rows(self.model, is_exact_by_rows(chosen) if sparse is None else sparse)
        rates = None if schedule is None else schedule(chosen, epochs * len(task.batches))
        if valid is not None:
            more["valid"] = self._pairs_of(valid)
        self.history = training.fit(
            task.module, task.loss, chosen, task.batches, epochs=epochs, schedule=rates, progress=progress,
            **{"jit": "auto", **more},
        )  # fmt: skip
        settle(self.model, self._cold_users, self._cold_items)
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
        task = self._task(batch_size)
        chosen = optim.Adam(groups_of(self.model, self._penalties(None), self._n_terms), lr=self.recipe.lr)
        return training.lr_find(task.module, task.loss, chosen, task.batches, **{"start": 1e-4, **settings})

    def _task(self, batch_size: Batch | None) -> Task:
        size = batch_size_of(batch_size, self.recipe, len(self.data))
        return task_of(self.model, self.data, self.loss, size, self.n_rows, self.rng)

    @property
    def _n_terms(self) -> int:
        """What the loss is a mean of: users for the softmax, else ratings."""
        return self.n_rows[0] if self.loss == "softmax" else len(self.data)

    def _penalties(self, wd: float | None) -> Penalties:
        return penalties_of(self.recipe, slope(self.model, self.y_range), wd, self._n_terms)

    def save(self, path: str | PathLike[str]) -> None:
        """Write all that it is into one file, `tg.save`'s, without pickle: the parameters, the ratings it learned from
        with ids and titles, the split they come from, added users, and how far its random numbers have come.
        """
        content = {"format": FORMAT, "settings": self.settings, "penalties": list(self.penalties)}
        content |= {"data": packed(self.data), "model": self.model.state_dict()}
        content["folded"] = [[user, list(given), list(given.values())] for user, given in self.folded.items()]
        content["chance"] = dict(self.rng.bit_generator.state)
        save(path, content)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """A learner as it was saved, ready to be asked, or to be trained on as if it had never been saved.

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
        learner.penalties = Penalties(*content["penalties"])
        learner.rng.bit_generator.state = content["chance"]
        return learner
