"""States of modules, as `state_dict()` returns them: what fits into a module, and what does not."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

_MOST_PLACES: Final = 100_000  # as of seventeen modules, each of which holds the next one twice

Place = TypeVar("Place")


class KeysThatDiffer(NamedTuple):
    """What `load_state_dict(…, strict=False)` left alone."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def nameable(places: Iterable[Place], kind: str) -> list[Place]:
    """The places of modules as a list; ValueError where there are too many to give each a name."""
    found = list(itertools.islice(places, _MOST_PLACES))
    if len(found) == _MOST_PLACES:
        text = (
            "{kind} holds modules that are shared so often that its state would need more than {count:,} names; save "
            "the parts by themselves, each once"
        )
        raise ValueError(said(text, kind=kind, count=_MOST_PLACES))
    return found


def fitting(
    own: Mapping[str, Tensor], given: Mapping[str, Any], kind: str, strict: bool
) -> tuple[dict[str, Values], KeysThatDiffer]:
    """The values for a module's Tensors, and the keys on one side only.

    Raises:
        ValueError: a value does not fit, or with `strict` a key has no counterpart.
    """
    refuse_checkpoint(own, given)
    missing = [key for key in own if key not in given]
    unexpected = [key for key in given if key not in own]
    values = {key: as_array(given[key]) for key in own if key in given}
    wrong = [said("missing key {key!r}", key=key) for key in missing] if strict else []
    wrong += [said("unexpected key {key!r}", key=key) for key in unexpected] if strict else []
    wrong += misfits(own, values)
    if wrong:
        raise ValueError(said("the state does not fit {kind}: {reasons}", kind=kind, reasons="; ".join(wrong)))
    return values, KeysThatDiffer(missing, unexpected)


def as_array(value: Any) -> Values:
    """The values of a Tensor, an array, or a tensor of PyTorch's."""
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def refuse_checkpoint(own: Mapping[str, Tensor], given: Mapping[str, Any]) -> None:
    """ValueError for what a training left in its file: the model's state is only a part of that."""
    for key in ("model", "model_state_dict", "state_dict"):
        if isinstance(given.get(key), Mapping) and not any(name in own for name in given):
            raise ValueError(
                said(
                    "this is a whole training checkpoint, and the model's state is only a part of it: write "
                    "load_state_dict(tg.load(path)[{key!r}])",
                    key=key,
                )
            )


def misfits(own: Mapping[str, Tensor], values: Mapping[str, Values]) -> list[str]:
    """What is wrong with the values that are to be loaded: no numbers, of another shape, at odds with each other."""
    wrong: list[str] = []
    first: dict[int, str] = {}
    for key, value in values.items():
        if value.dtype.kind not in "biuf":
            wrong.append(said("{key!r} holds no real numbers ({dtype})", key=key, dtype=value.dtype))
        elif value.shape != own[key].shape:
            text = "{key!r} has shape {shape}, this model needs {wanted}"
            wrong.append(said(text, key=key, shape=value.shape, wanted=own[key].shape))
        twin = first.setdefault(id(own[key]), key)
        if twin != key and not np.array_equal(values[twin], value, equal_nan=value.dtype.kind == "f"):
            wrong.append(said("{twin!r} and {key!r} are one parameter here, but differ", twin=twin, key=key))
    return wrong
