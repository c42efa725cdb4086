"""DataLoader: the data in batches, epoch after epoch.

How many samples an update looks at is what tells the three kinds of gradient descent apart
(`001_138430595a83a231.txt`, part 2): all of them (batch), one (stochastic), or a few (mini-batch).

    DataLoader((x, y), batch_size="all")               # batch gradient descent
    DataLoader((x, y), shuffle=True)                   # stochastic gradient descent: batch_size=1
    DataLoader((x, y), batch_size=32, shuffle=True)    # mini-batch gradient descent

    for epoch in range(10):
        for x_batch, y_batch in loader:
            ...
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.data.datasets import Indices, as_dataset, batch_of
from tinygrad_vn.data.words import complaint
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.tensor import Tensor

# What PyTorch's loader takes besides, with the value of each that means what this one does anyway.
_TORCH: Final[dict[str, Any]] = {
    "num_workers": 0,
    "pin_memory": False,
    "persistent_workers": False,
    "timeout": 0,
    "prefetch_factor": None,
    "sampler": None,
    "batch_sampler": None,
    "collate_fn": None,
    "worker_init_fn": None,
    "multiprocessing_context": None,
    "pin_memory_device": "",
    "in_order": True,
}


class DataLoader:
    """Cuts a dataset into batches; every iteration over it is one epoch.

    Nothing is copied per epoch but, when shuffling, the batch in hand: batches in reading order are views of the data.
    Arguments that PyTorch has besides (`num_workers`, `pin_memory`, …) are accepted with the value that they have when
    not given, and refused otherwise.

    Args:
        dataset: a tuple of arrays or Tensors of equal length, `(x, y)`; one array; a `TensorDataset` or `Subset`; or
            anything with a length whose `[k]` is a sample: a number, an array, or a tuple, list or dictionary of them.
        batch_size: how many samples make a batch, from 1 to all of them; "all" for all of them.
        shuffle: whether every epoch has its own random order.
        drop_last: leave out the last batch of an epoch if it is smaller than the others.
        rng: draws the order; None for the process's generator, which `tg.manual_seed` starts.
        generator: PyTorch's name of `rng`.

    Raises:
        DataError: empty data, arrays of different lengths, a batch that does not fit the data.
        TypeError: an argument of PyTorch's that has no meaning here.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | Literal["all"] = 1,
        shuffle: bool | None = False,
        *,
        drop_last: bool = False,
        rng: np.random.Generator | None = None,
        generator: np.random.Generator | None = None,
        **torch_options: Any,
    ) -> None:
        _check_options(torch_options)
        self.dataset = as_dataset(dataset)
        self.batch_size = _checked_size(batch_size, len(self.dataset), isinstance(dataset, list))
        self.shuffle = bool(shuffle)
        self.drop_last = drop_last
        self._rng = one_generator(rng, generator)

    @property
    def rng(self) -> np.random.Generator:
        """The generator that draws the order; its state before an epoch decides that epoch's order."""
        return default_rng(self._rng)

    def __len__(self) -> int:
        """How many batches an epoch has."""
        whole, rest = divmod(len(self.dataset), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        return self.batches()

    def batches(self, skip: int = 0) -> Iterator[Any]:
        """The batches of one epoch. Its order is drawn right away, by one draw from `rng`, and only when shuffling.

        Args:
            skip: how many batches to leave out at the beginning. With `rng` in the state that it had before an
                interrupted epoch, what follows is the rest of that epoch.

        Yields:
            Tuples of Tensors, one for every array, of shape (batch, …); a Tensor alone where a sample is a single
            array or number, a dictionary where it is one.

        Raises:
            DataError: the epoch has fewer than `skip` batches.
        """
        if not 0 <= skip <= len(self):
            raise complaint("skip", skip=skip, count=len(self))
        order = self.rng.permutation(len(self.dataset)) if self.shuffle else None
        return self._cut(order, range(skip, len(self)))

    def _cut(self, order: Indices | None, numbers: range) -> Iterator[Any]:
        for k in numbers:
            rows = slice(k * self.batch_size, min((k + 1) * self.batch_size, len(self.dataset)))
            yield batch_of(self.dataset, rows if order is None else order[rows])

    def __repr__(self) -> str:
        samples, order = f"{len(self.dataset):,} samples", "shuffled" if self.shuffle else "in reading order"
        return f"DataLoader({samples}, {len(self):,} batches of {self.batch_size:,}, {order})"


def one_generator(rng: np.random.Generator | None, generator: np.random.Generator | None) -> np.random.Generator | None:
    """The one that was given of two names for the same argument.

    Raises:
        TypeError: both were given, or one that is no generator of NumPy's.
    """
    if rng is not None and generator is not None:
        raise TypeError(said("rng and generator are two names of one argument; give one of them"))
    chosen = generator if rng is None else rng
    if chosen is not None and not isinstance(chosen, np.random.Generator):
        raise TypeError(
            said(
                "rng is a generator of NumPy's, such as np.random.default_rng(0), not {given}", given=f"{chosen!r:.60}"
            )
        )
    return chosen


def _checked_size(batch_size: Any, count: int, is_list: bool) -> int:
    """The number of samples in a batch of `count` samples in all."""
    if not count:
        raise complaint("no data")
    if isinstance(batch_size, np.ndarray | Tensor | list | tuple):
        raise complaint("arrays apart")
    if batch_size == "all":
        return count
    if isinstance(batch_size, bool) or not isinstance(batch_size, int | np.integer):
        raise complaint("no batch size", size=repr(batch_size))
    if batch_size < 1:
        raise complaint("no batch size", size=batch_size)
    if batch_size > count:
        raise complaint("list too short" if is_list else "batch too large", size=batch_size, count=count)
    return int(batch_size)


def _check_options(options: dict[str, Any]) -> None:
    for name, value in options.items():
        if name not in _TORCH:
            raise TypeError(said("DataLoader has no argument {name!r}", name=name))
        usual = _TORCH[name]
        if type(value) is not type(usual) or value != usual:
            raise TypeError(_why_not(name, value))


def _why_not(name: str, value: Any) -> Text:
    """What to write instead of an argument that only PyTorch's loader has."""
    if name == "sampler":
        remedy = phrase("Choose samples and their order by a Subset(dataset, indices), or shuffle=True.")
    elif name in ("batch_sampler", "collate_fn"):
        remedy = phrase(
            "Let dataset[k] return arrays of one shape, which are stacked, or loop over batches of your own."
        )
    else:
        remedy = phrase(
            "Batches are cut in this process, from memory, and there is no GPU to pin memory for: leave it out."
        )
    call = f"DataLoader({name}={value!r:.60})"
    return phrase("{call} has no meaning here. {remedy}", call=call, remedy=remedy)
