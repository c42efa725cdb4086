"""What `fit` accepts as data, made into one thing: something that gives its batches, epoch after epoch.

A batch is a tuple: the inputs of the model, and at the end the target, `(x, y)` or `(x1, x2, y)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from tinygrad_vn.tensor import Tensor

Batch = Sequence[Tensor]


class Batches(Protocol):
    """Data in batches, as `data.DataLoader` gives them."""

    def __len__(self) -> int:
        """How many batches an epoch has."""

    def batches(self, skip: int = 0) -> Iterator[Any]:
        """The batches of one more epoch, but for the first `skip`; a random order is drawn right away."""


class Listed:
    """Batches that are the same in every epoch.

    Args:
        listed: the batches.
    """

    def __init__(self, listed: Sequence[Batch]) -> None:
        self.listed = listed

    def __len__(self) -> int:
        return len(self.listed)

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, but for the first `skip`."""
        return iter(self.listed[skip:])


def as_batches(data: Any, what: str = "data") -> Batches:
    """Data in batches.

    Args:
        data: a DataLoader; a tuple of arrays, which is one batch of everything; or a list of batches.
        what: how errors call it.

    Raises:
        TypeError: it is none of these, or a batch is no tuple of inputs and target.
        ValueError: there is nothing in it, or the arrays of a batch have different lengths.
    """
    batches: Batches
    if callable(getattr(data, "batches", None)):
        batches = data
    elif isinstance(data, tuple):
        batches = Listed([_tensors(data, what)])
    elif isinstance(data, list):
        batches = Listed([_tensors(batch, f"{what}[{i}]") for i, batch in enumerate(data)])
    else:
        raise TypeError(
            f"{what} is of type {type(data).__name__}; give a DataLoader, a tuple of arrays (x, y), or a list of such "
            "batches: what can be gone through only once, such as a generator, does not last for several epochs"
        )
    if not len(batches):
        raise ValueError(f"{what} is empty: there is no batch in it")
    return batches


def count_samples(data: Any) -> int:
    """How many samples an epoch goes through."""
    if isinstance(data, Listed):
        return sum(len(batch[-1]) if batch[-1].ndim else 1 for batch in data.listed)
    return len(data.dataset) if hasattr(data, "dataset") else len(data)


def check_batch(batch: Any, what: str) -> None:
    """TypeError where a batch is no tuple (or list) of inputs and target."""
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        of = f" of length {len(batch)}" if isinstance(batch, tuple | list) else ""
        raise TypeError(
            f"{what} gave a {type(batch).__name__}{of}; a batch is a tuple of the model's inputs and the target, "
            "(x, y) or (x1, x2, y)"
        )


def _tensors(batch: Any, what: str) -> Batch:
    """A batch of arrays as a batch of Tensors, looked at closely, since this is done once only."""
    check_batch(batch, what)
    tensors = tuple(item if isinstance(item, Tensor) else Tensor(item) for item in batch)
    lengths = [len(tensor) if tensor.ndim else None for tensor in tensors]
    if len(set(lengths)) > 1:
        raise ValueError(f"the arrays of {what} have different lengths, {', '.join(map(str, lengths))}")
    if lengths[0] == 0:
        raise ValueError(f"{what} is empty: its arrays have no rows")
    return tensors
