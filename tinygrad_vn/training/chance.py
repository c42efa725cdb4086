"""Every random generator that a training run draws from: repeating the run means setting all of them back.

These are the process's own, which `manual_seed` starts, and those that are attributes of the model's modules (Dropout),
of the loss, of the data (a DataLoader that shuffles) or of a callback.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.nn.module import Module

States = dict[str, dict[str, Any]]
"""The states of generators, by name."""


def generators_of(**owners: Any) -> dict[str, np.random.Generator]:
    """The process's generator and those among the attributes of these objects, by name."""
    found = {"process": default_rng()}
    for name, owner in _with_datasets(owners):
        modules = owner.named_modules() if isinstance(owner, Module) else [("", owner)]
        for path, module in modules:
            for attribute, value in getattr(module, "__dict__", {}).items():
                if isinstance(value, np.random.Generator):
                    found[".".join(part for part in (name, path, attribute) if part)] = value
    return found


def _with_datasets(owners: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The owners, and of a DataLoader the dataset, of a Subset the dataset that it is a part of, and so on."""
    for name, owner in owners.items():
        while owner is not None:
            yield name, owner
            name, owner = f"{name}.dataset", getattr(owner, "dataset", None)


def states_of(generators: Mapping[str, np.random.Generator]) -> States:
    """Where they have come to, as plain numbers."""
    return {name: dict(generator.bit_generator.state) for name, generator in generators.items()}


def set_states(generators: Mapping[str, np.random.Generator], states: States) -> None:
    """Let them go on from there; those that are not mentioned are left alone."""
    for name, generator in generators.items():
        if name in states:
            generator.bit_generator.state = states[name]
