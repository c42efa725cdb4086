"""States of modules, as `state_dict()` returns them: what fits into a module, and what does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.tensor import Tensor


class KeysThatDiffer(NamedTuple):
    """What `load_state_dict(…, strict=False)` left alone."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def as_array(value: Any) -> Values:
    """The values of a Tensor, an array, or a tensor of PyTorch's."""
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def misfits(own: Mapping[str, Tensor], values: Mapping[str, Values]) -> list[str]:
    """What is wrong with the values that are to be loaded: no numbers, of another shape, at odds with each other."""
    wrong: list[str] = []
    first: dict[int, str] = {}
    for key, value in values.items():
        if value.dtype.kind not in "biuf":
            wrong.append(f"{key!r} holds no real numbers ({value.dtype})")
        elif value.shape != own[key].shape:
            wrong.append(f"{key!r} has shape {value.shape}, this model needs {own[key].shape}")
        twin = first.setdefault(id(own[key]), key)
        if twin != key and not np.array_equal(values[twin], value, equal_nan=value.dtype.kind == "f"):
            wrong.append(f"{twin!r} and {key!r} are one parameter here, but differ")
    return wrong
