"""The calculus: for every operation, one short rule per argument.

    primitive     what an operation is, and the tables that list them
    elementwise   + − × ÷, powers, exp, log, sin, tanh, maximum, where, …
    activations   sigmoid, relu, softmax and their kin
    reductions    sum, mean, max, prod, std, …
    shaping       reshape, transpose, concatenate, split, flip, …
    indexing      a[…], take, sort, pad, repeat, diagonal, …
    products      matmul, dot, tensordot, kron, …
    linalg        solve, det, svd, norm, …
    einsum        sums of products by letters
    losses        squared errors, cross entropies, safe for inputs of any size
    constant      comparisons, roundings, positions: what has no derivative

This floor knows NumPy and nothing else (but for the texts of errors); the Tensor is built on top of it.
"""

from tinygrad_vn.rules import (
    activations,
    constant,
    einsum,
    elementwise,
    indexing,
    linalg,
    losses,
    products,
    reductions,
    shaping,
)
from tinygrad_vn.rules.primitive import COMPOSITES, FUNCTIONS, PIECEWISE_CONSTANT, PRIMITIVES, Primitive

__all__ = [
    "COMPOSITES",
    "FUNCTIONS",
    "PIECEWISE_CONSTANT",
    "PRIMITIVES",
    "Primitive",
    "activations",
    "constant",
    "einsum",
    "elementwise",
    "indexing",
    "linalg",
    "losses",
    "products",
    "reductions",
    "shaping",
]
