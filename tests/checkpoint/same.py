"""What it means that an object came back as it was."""

import struct
from typing import Any

import numpy as np

import tinygrad_vn as tg


def assert_same(left: Any, right: Any) -> None:
    """Equal with types, dtypes, shapes and bits: NaN equals NaN, and 0.0 is not −0.0."""
    assert type(left) is type(right)
    if isinstance(left, dict):
        assert [(type(key), key) for key in left] == [(type(key), key) for key in right]
        for key in left:
            assert_same(left[key], right[key])
    elif isinstance(left, list | tuple):
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            assert_same(one, other)
    elif isinstance(left, tg.Tensor):
        assert (left.name, left.requires_grad, left.is_leaf) == (right.name, right.requires_grad, right.is_leaf)
        assert getattr(left, "persistent", None) == getattr(right, "persistent", None)
        assert_same(left.detach().numpy(), right.detach().numpy())
    elif isinstance(left, np.ndarray | np.generic):
        assert (left.dtype, left.shape, left.tobytes()) == (right.dtype, right.shape, right.tobytes())
    elif isinstance(left, complex):
        assert_same([left.real, left.imag], [right.real, right.imag])
    elif isinstance(left, float):
        assert struct.pack("d", left) == struct.pack("d", right)
    else:
        assert left == right
