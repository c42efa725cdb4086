"""A model as it is used once it is trained: without dropout, and without gradients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tinygrad_vn.modes import no_grad
from tinygrad_vn.nn.module import Module


@contextmanager
def in_use(model: Module) -> Iterator[None]:
    """Every module in eval mode for a while, and nothing recorded; afterwards each is as it was."""
    were_training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module in were_training:
            module.training = True
