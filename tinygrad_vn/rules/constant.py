"""Functions whose result does not move when their argument does: counts, comparisons, roundings, positions.

Their derivative is 0 wherever it exists, so their results leave the graph. They are still given as Tensors, not as
bare arrays, so that a mask made inside a recorded computation stays a part of it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.rules.primitive import PIECEWISE_CONSTANT

Functions = set[Callable[..., Any]]

COMPARING: Functions = {
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.array_equal, np.array_equiv, np.allclose, np.isclose,
}  # fmt: skip

ASKING: Functions = {
    np.all, np.any, np.isfinite, np.isinf, np.isnan, np.isneginf, np.isposinf, np.signbit, np.isin,
    np.iscomplex, np.isreal, np.iscomplexobj, np.isrealobj, np.may_share_memory, np.shares_memory,
}  # fmt: skip

REASONING: Functions = {
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift,
}  # fmt: skip

ROUNDING: Functions = {
    np.floor, np.ceil, np.rint, np.trunc, np.fix, np.round, np.around, np.floor_divide, np.spacing,
}  # fmt: skip

FINDING: Functions = {
    np.argmax, np.argmin, np.argsort, np.argpartition, np.argwhere, np.nonzero, np.flatnonzero, np.count_nonzero,
    np.searchsorted, np.digitize, np.lexsort,
}  # fmt: skip

DESCRIBING: Functions = {
    np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.min_scalar_type,
    np.zeros_like, np.ones_like, np.empty_like,
}  # fmt: skip

PIECEWISE_CONSTANT.update(COMPARING | ASKING | REASONING | ROUNDING | FINDING | DESCRIBING)
