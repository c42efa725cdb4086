"""What a recorded program calls besides NumPy: gradients and results are handed over as Tensors."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from tinygrad_vn.recording import untracked, untracked_rows
from tinygrad_vn.sparse import RowGradient


def as_tensor(value: Any) -> Any:
    """A Tensor of an array that nobody else has."""
    return untracked(np.asarray(value))


def rows_alone(rows: RowGradient) -> Any:
    """A sparse gradient for a leaf."""
    return untracked_rows(rows.alone())


def renewed(tensor: Any) -> Any:
    """Another gradient of the same kind, where somebody still holds the last."""
    return untracked(np.empty_like(tensor._data))


def rewrite(leaf: Any, values: Any) -> None:
    """Write into a leaf's gradient."""
    leaf.grad._own()[...] = values


def add_up(leaf: Any, total: Any) -> None:
    """The sum of a leaf's gradient and another; for E01, a gradient that was set to zeros begins anew."""
    leaf.additions = leaf.additions + 1 if leaf.grad is not None and leaf.grad._data.any() else 0
    leaf.grad = untracked(np.asarray(total))


count: Any = getattr(sys, "getrefcount", lambda item: sys.maxsize)

_probe: dict[str, Any] = {"G": [untracked(np.zeros(1))], "count": count}
exec("def seen():\n t = G[0]\n return count(t), count(t._data)", _probe)
ALONE, ALONE_DATA = _probe["seen"]()
