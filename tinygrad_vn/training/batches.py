"""What `fit` accepts as data, made into one thing: something that gives its batches, epoch after epoch.

A batch is a tuple: the inputs of the model, and at the end the target, `(x, y)` or `(x1, x2, y)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np

from tinygrad_vn.data import DataLoader, Subset, TensorDataset
from tinygrad_vn.diagnosis import is_finite, not_finite
from tinygrad_vn.graph import Values
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.tensor import Tensor

Batch = Sequence[Tensor]

_NO_LOADERS: Final = (np.ndarray, Tensor, Mapping, str, bytes)


class Batches(Protocol):
    """Data in batches, as `data.DataLoader` gives them."""

    def __len__(self) -> int:
        """How many batches an epoch has."""

    def batches(self, skip: int = 0) -> Iterator[Any]:
        """The batches of one more epoch, but for the first `skip`; a random order is drawn right away."""


class Repeated:
    """Batches of a loader of one's own, which can be gone through again and again.

    Args:
        dataset: the loader; it has a length, the number of its batches.
    """

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset  # by this name chance.py finds the generators that it shuffles with

    def __len__(self) -> int:
        return len(self.dataset)

    def batches(self, skip: int = 0) -> Iterator[Any]:
        """The batches of one epoch, but for the first `skip`, which are made and thrown away."""
        batches = iter(self.dataset)
        for _ in range(skip):  # right away, while the generators are where they were at the epoch's beginning
            next(batches)
        return batches


class Listed:
    """Batches that are the same in every epoch.

    Args:
        listed: the batches.
        is_whole: whether there is one, of all the data.
    """

    def __init__(self, listed: Sequence[Batch], is_whole: bool = False) -> None:
        self.listed, self.is_whole = listed, is_whole

    def __len__(self) -> int:
        return len(self.listed)

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, but for the first `skip`."""
        return iter(self.listed[skip:])


def as_batches(data: Any, what: str = "data") -> Batches:
    """Data in batches.

    Args:
        data: a DataLoader, or a loader of one's own with `__iter__` and `__len__`; a tuple of arrays or a dataset,
            which is one batch of everything; or a list of batches.
        what: how errors call it.

    Raises:
        TypeError: it is none of these, or a batch is no tuple of inputs and target.
        ValueError: there is nothing in it, or the arrays of a batch have different lengths.
    """
    batches: Batches
    if callable(getattr(data, "batches", None)):
        batches = data
    elif isinstance(data, tuple):
        batches = Listed([_tensors(data, what)], is_whole=True)
    elif isinstance(data, list):
        if data and all(isinstance(item, np.ndarray | Tensor) for item in data):
            raise TypeError(said("{what} is a list of arrays; write it as a tuple, (X, y)", what=what))
        batches = Listed([_tensors(batch, f"{what}[{i}]") for i, batch in enumerate(data)])
    elif isinstance(data, TensorDataset | Subset):
        batches = DataLoader(data, batch_size="all")
    elif hasattr(data, "__iter__") and hasattr(data, "__len__") and not isinstance(data, _NO_LOADERS):
        batches = Repeated(data)
    else:
        raise TypeError(
            said(
                "{what} is of type {kind}; give a DataLoader, a tuple of arrays (x, y), or a list of such batches: "
                "what can be gone through only once, such as a generator, does not last for several epochs",
                what=what,
                kind=type(data).__name__,
            )
        )
    if not len(batches):
        raise ValueError(said("{what} is empty: there is no batch in it", what=what))
    return batches


def count_samples(data: Any) -> int:
    """How many samples an epoch goes through; of a loader that does not say, how many batches."""
    if isinstance(data, Listed):
        return sum(len(batch[-1]) if batch[-1].ndim else 1 for batch in data.listed)
    return len(data.dataset) if hasattr(data, "dataset") else len(data)


def check_batch(batch: Any, what: str | Text) -> None:
    """TypeError where a batch is no tuple (or list) of inputs and target."""
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        kind = type(batch).__name__
        if isinstance(batch, tuple | list):
            kind += f"({len(batch)})"
        raise TypeError(
            said(
                "{what} is of type {kind}; a batch is a tuple of the model's inputs and the target, (x, y) or "
                "(x1, x2, y)",
                what=what,
                kind=kind,
            )
        )


def where_not_finite(data: Batches, number: int, batch: Batch) -> Text | None:
    """What is NaN or infinite in a batch that led nowhere, and where in the data; None where all is finite.

    Args:
        data: what the batch is from.
        number: which batch of the epoch it was, from 1.
        batch: the inputs and the target.
    """
    if all(is_finite(_values(item)) for item in batch):
        return None
    arrays, name = batch, "batch"
    dataset = getattr(data, "dataset", None)
    if isinstance(dataset, TensorDataset):
        arrays, name = dataset.tensors, "data"
    elif isinstance(data, Listed):
        name = "data" if data.is_whole else f"data[{number - 1}]"
    k = next(k for k, array in enumerate(arrays) if not is_finite(_values(array)))
    found = not_finite(_values(arrays[k]))
    place = f"{name}[{k}][{', '.join(map(str, found.where))}]"
    if k < len(arrays) - 1:
        return phrase("the inputs contain {what}, first at {place}", what=found.what, place=place)
    return phrase("the target contains {what}, first at {place}", what=found.what, place=place)


def _values(item: Any) -> Values:
    return item._data if isinstance(item, Tensor) else np.asarray(item)


def _tensors(batch: Any, what: str) -> Batch:
    """A batch of arrays as a batch of Tensors, looked at closely, since this is done once only."""
    check_batch(batch, what)
    tensors = tuple(item if isinstance(item, Tensor) else Tensor(item) for item in batch)
    lengths = [len(tensor) if tensor.ndim else None for tensor in tensors]
    if len(set(lengths)) > 1:
        raise ValueError(
            said(
                "the arrays of {what} have different lengths, {lengths}",
                what=what,
                lengths=", ".join(map(str, lengths)),
            )
        )
    if lengths[0] == 0:
        raise ValueError(said("{what} is empty: its arrays have no rows", what=what))
    return tensors
