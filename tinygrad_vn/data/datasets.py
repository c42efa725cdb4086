"""Datasets: numbered samples, and how some of them become one batch.

A dataset is anything that has a length and gives its k-th sample for `dataset[k]`. Where the samples are the rows of
arrays, a batch is cut from the arrays as a whole: a range of rows is a view of them, chosen rows are one `take`.
Otherwise the samples are fetched one by one and stacked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.words import complaint
from tinygrad_vn.graph import Values
from tinygrad_vn.recording import bare, untracked
from tinygrad_vn.tensor import Tensor

Indices = NDArray[np.intp]


class TensorDataset:
    """Arrays of equal length, side by side: sample k is the k-th row of each.

    Arrays are copied once, as a Tensor always does; of Tensors no copy is made. What is written into either afterwards
    changes nothing here.

    Args:
        *tensors: Tensors, arrays or nested lists, each of shape (n, …). They keep their dtype.

    Attributes:
        tensors: the data as Tensors.

    Raises:
        DataError: the lengths differ, or something is no table of numbers or requires a gradient.
    """

    def __init__(self, *tensors: Any) -> None:
        names = names_of(len(tensors))
        self.tensors = tuple(data_tensor(values, name) for values, name in zip(tensors, names, strict=True))
        common_length(self.tensors)
        self._arrays: tuple[Values, ...] = tuple(bare(tensor) for tensor in self.tensors)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.tensors[0])

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        """Sample number `index`, or several for a slice or an array of numbers: a part of every tensor."""
        return tuple(tensor[index] for tensor in self.tensors)

    def batch(self, chosen: slice | Indices) -> Any:
        """The chosen samples as Tensors: a range of them shares the memory, which is safe, for nobody writes there."""
        return tuple(untracked(a[chosen] if isinstance(chosen, slice) else a.take(chosen, 0)) for a in self._arrays)

    def __repr__(self) -> str:
        shapes = ", ".join(f"{t.shape} {t.dtype}" for t in self.tensors)
        return f"TensorDataset({shapes})"


class RowDataset(TensorDataset):
    """One array alone: sample k is its k-th row, not a tuple of one."""

    def __getitem__(self, index: Any) -> Any:
        """Sample number `index`, or several for a slice or an array of numbers."""
        return self.tensors[0][index]

    def batch(self, chosen: slice | Indices) -> Any:
        """The chosen rows as one Tensor."""
        return super().batch(chosen)[0]


class Subset:
    """Some samples of a dataset, in a given order, without a copy of them.

    Args:
        dataset: the whole.
        indices: the numbers of the samples wanted.

    Raises:
        DataError: a number is no whole number, or there is no such sample.
    """

    def __init__(self, dataset: Any, indices: Any) -> None:
        self.dataset = as_dataset(dataset)
        chosen = np.asarray(indices)
        if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
            raise complaint("no indices", shape=chosen.shape, dtype=chosen.dtype)
        n = len(self.dataset)
        wrong = chosen[(chosen < -n) | (chosen >= n)]
        if wrong.size:
            raise complaint("no such sample", index=wrong[0], count=n)
        self.indices: Indices = chosen.astype(np.intp)

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        """The sample at this place of the subset."""
        return self.dataset[int(self.indices[index])]

    def __repr__(self) -> str:
        return f"Subset({len(self):,} of {len(self.dataset):,} samples)"


def names_of(count: int) -> tuple[str, ...]:
    """How errors speak of several arrays."""
    return ("x", "y") if count == 2 else ("x",) if count == 1 else tuple(f"array {k + 1}" for k in range(count))


def common_length(arrays: Sequence[Any]) -> int:
    """How many rows the arrays have, each of them.

    Raises:
        DataError: there are no arrays, or their lengths differ.
    """
    if not arrays:
        raise complaint("no arrays")
    names, rows = names_of(len(arrays)), len(arrays[0])
    for name, array in zip(names, arrays, strict=True):
        if len(array) != rows:
            raise complaint("lengths", first=names[0], rows=rows, other=name, other_rows=len(array))
    return rows


def data_tensor(values: Any, name: str) -> Tensor:
    """An array of at least one axis, as a Tensor that nobody else writes into.

    Raises:
        DataError: it is no table of numbers, or it requires a gradient, which a batch would silently lose.
    """
    if isinstance(values, Tensor):
        if values.requires_grad:
            raise complaint("gradient wanted", name=name)
        tensor = values.detach()
    else:
        try:
            tensor = Tensor(values)
        except TypeError as error:
            raise complaint("no numbers", name=name, dtype=type(values).__name__) from error
    if tensor.dtype.kind not in "biuf":
        raise complaint("no numbers", name=name, dtype=tensor.dtype)
    if not tensor.ndim:
        raise complaint("no rows", name=name)
    return tensor


def as_dataset(data: Any) -> Any:
    """What a user calls data, as a dataset: a tuple of arrays is a `TensorDataset`, an array alone a `RowDataset`.

    Raises:
        DataError: it has no length or no numbered samples, or the arrays are wrong.
    """
    if isinstance(data, tuple):
        return TensorDataset(*data)
    if isinstance(data, np.ndarray | Tensor):
        return RowDataset(data)
    if isinstance(data, str | dict | set) or not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise complaint("no dataset", kind=type(data).__name__)
    return data


def batch_of(dataset: Any, chosen: slice | Indices) -> Any:
    """The chosen samples as one batch: a tuple of Tensors, or one Tensor where a sample is a single array or number."""
    if isinstance(dataset, TensorDataset):
        return dataset.batch(chosen)
    if isinstance(dataset, Subset):
        return batch_of(dataset.dataset, dataset.indices[chosen])
    numbers = range(len(dataset))[chosen] if isinstance(chosen, slice) else chosen.tolist()
    return collate([dataset[k] for k in numbers], numbers)


def collate(samples: Sequence[Any], numbers: Sequence[int]) -> Any:
    """Samples stacked into one batch; tuples and dictionaries are stacked part by part.

    Args:
        samples: numbers, arrays, Tensors, or tuples, lists or dictionaries of them, all alike.
        numbers: which samples these are, for the error.

    Raises:
        DataError: the samples are not alike, or they are no numbers.
    """
    first = samples[0]
    forms = [_form(sample) for sample in samples]
    for form, number in zip(forms, numbers, strict=True):
        if form != forms[0]:
            raise complaint("unlike samples", first=numbers[0], form=forms[0], other=number, other_form=form)
    if isinstance(first, dict):
        return {key: collate([sample[key] for sample in samples], numbers) for key in first}
    if isinstance(first, tuple | list):
        return tuple(collate(parts, numbers) for parts in zip(*samples, strict=True))
    if isinstance(first, Tensor):
        return np.stack(samples)
    if isinstance(first, np.ndarray | np.generic):
        return untracked(np.stack(samples))
    return Tensor(samples)


def _form(sample: Any) -> str:
    """What has to be the same of all samples in a batch, in words.

    Raises:
        DataError: nothing that can be stacked.
    """
    if isinstance(sample, dict):
        return f"dict({', '.join(map(str, sample))})"
    if isinstance(sample, tuple | list):
        return f"{type(sample).__name__}({len(sample)})"
    if isinstance(sample, bool | int | float):
        return "number"
    if isinstance(sample, Tensor | np.ndarray | np.generic) and sample.dtype.kind in "biuf":
        return f"array{sample.shape}"
    raise complaint("no sample", kind=getattr(sample, "dtype", type(sample).__name__))
