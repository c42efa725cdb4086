"""Linear algebra: inverses, determinants, decompositions and norms of matrices, and of stacks of matrices.

The rules of the decompositions follow Mike Giles, "An extended collection of matrix derivative results for forward
and reverse mode algorithmic differentiation", 2008; of the SVD, James Townsend, "Differentiating the singular value
decomposition", 2016. `cholesky` and `eigh` read one triangle of a symmetric matrix, and their gradients are symmetric.

Where eigenvalues or singular values repeat, their vectors are not differentiable: that is an error, never a zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.errors import GradientError
from tinygrad_vn.phrases import phrase
from tinygrad_vn.rules.indexing import diagonal
from tinygrad_vn.rules.primitive import FUNCTIONS, PIECEWISE_CONSTANT, Array, composite, primitive, values_of
from tinygrad_vn.rules.reductions import root_sum_of_squares
from tinygrad_vn.rules.shaping import as_array, normal_axis

# --- inverses and determinants ----------------------------------------------------------------------------------


def identity_like(a: Array) -> Array:
    """The identity matrix of the size and dtype of the square matrices `a`."""
    return np.eye(a.shape[-1], dtype=a.dtype)


inv = primitive(
    lambda a: np.linalg.inv(a),
    name="inv",
    sign="⁻¹",
    numpy=(np.linalg.inv,),
    a=lambda g, out, a: -(out.mT @ g @ out.mT),
)


def of_pinv(g: Array, out: Array, a: Array) -> Array:
    """Golub and Pereyra, "The differentiation of pseudo-inverses…", 1973, for matrices of constant rank."""
    left_rest = np.eye(a.shape[-2], dtype=a.dtype) - a @ out
    right_rest = np.eye(a.shape[-1], dtype=a.dtype) - out @ a
    return left_rest @ g.mT @ out @ out.mT + out.mT @ out @ g.mT @ right_rest - out.mT @ g @ out.mT


pinv = primitive(
    lambda a: np.linalg.pinv(a),
    name="pinv",
    sign="⁺",
    numpy=(np.linalg.pinv,),
    a=of_pinv,
)

solve_columns = primitive(
    lambda a, b: np.linalg.solve(a, b),
    name="solve",
    sign="solve",
    a=lambda g, out, a, b: -(np.linalg.solve(a.mT, g) @ out.mT),
    b=lambda g, out, a, b: np.linalg.solve(a.mT, g),
)


@composite(np.linalg.solve)
def solve(a: Array, b: Array) -> Array:
    """The x with a @ x = b, for one vector b or for matrices whose columns are such vectors."""
    a, b = as_array(a), as_array(b)
    if b.ndim == 1:
        x = solve_columns(a, b.reshape((-1, 1)))
        return x.reshape(x.shape[:-1])
    return solve_columns(a, b)


def cofactors(a: Array) -> Array:
    """The derivative of det: the matrix of signed determinants that remain when a row and a column are struck out.

    With a = U diag(s) Vᵀ it is det(UVᵀ) U diag(∏ of the other s) Vᵀ, which divides by nothing. Where it must itself be
    differentiable, it is det(a) a⁻ᵀ, or the minors themselves if a matrix is singular or close to it.
    """
    n = a.shape[-1]
    u, s, vh = np.linalg.svd(values_of(a))
    if isinstance(a, np.ndarray):
        others = np.multiply.reduce(np.where(np.eye(n, dtype=bool), 1.0, s[..., None, :]), axis=-1)
        return np.linalg.det(u @ vh)[..., None, None] * ((u * others[..., None, :]) @ vh)
    if n == 0 or (s[..., -1] > np.finfo(s.dtype).eps ** 0.4 * s[..., 0]).all():
        return np.linalg.det(a)[..., None, None] * np.linalg.inv(a).mT
    others = np.array([[k for k in range(n) if k != i] for i in range(n)], dtype=int).reshape((n, n - 1))
    minors = a[..., others[:, None, :, None], others[None, :, None, :]]
    signs = np.array([[(-1.0) ** (i + j) for j in range(n)] for i in range(n)], dtype=a.dtype)
    return signs * np.linalg.det(minors)


det = primitive(
    lambda a: np.linalg.det(a),
    name="det",
    sign="det",
    numpy=(np.linalg.det,),
    a=lambda g, out, a: g[..., None, None] * cofactors(a),
)

slogdet = primitive(
    lambda a: np.linalg.slogdet(a),
    name="slogdet",
    sign="log|det|",
    numpy=(np.linalg.slogdet,),
    a=lambda g, out, a: a * 0.0 if g[1] is None else g[1][..., None, None] * np.linalg.inv(a).mT,
)

# --- decompositions ---------------------------------------------------------------------------------------------


def inverse_gaps(values: Array, what: str) -> Array:
    """1 / (valueⱼ − valueᵢ) off the diagonal, 0 on it.

    Raises:
        LinAlgError: where two values differ by no more than the rounding errors of a decomposition.
    """
    n, identity = values.shape[-1], identity_like(values[..., None, :])
    gaps = values[..., None, :] - values[..., :, None] + identity
    largest = np.abs(values_of(values)).max(-1, initial=0.0)[..., None, None]
    if (np.abs(values_of(gaps)) <= 4 * n * np.finfo(values.dtype).eps * largest).any(where=~np.eye(n, dtype=bool)):
        raise np.linalg.LinAlgError(
            f"two {what} are equal, so their vectors are not differentiable; "
            f"use the {what} alone (first order), or a matrix without repeated ones"
        )
    return (1.0 - identity) / gaps


def symmetric(a: Array) -> Array:
    """The symmetric part of a matrix."""
    return 0.5 * (a + a.mT)


def of_eigh(g: Array, out: Array, a: Array, UPLO: str) -> Array:
    """V (diag(gw) + (Vᵀ gV) ∘ F) Vᵀ with Fᵢⱼ = 1 / (wⱼ − wᵢ)."""
    (gw, gv), (w, v) = g, out
    total = 0.0 if gw is None else (v * gw[..., None, :]) @ v.mT
    if gv is not None:
        total = total + v @ ((v.mT @ gv) * inverse_gaps(w, "eigenvalues")) @ v.mT
    return symmetric(total)


eigh = primitive(
    lambda a, UPLO="L": np.linalg.eigh(a, UPLO), name="eigh", sign="eigh", numpy=(np.linalg.eigh,), a=of_eigh
)


@composite(np.linalg.eigvalsh)
def eigvalsh(a: Array, UPLO: str = "L") -> Array:
    """The eigenvalues of a symmetric matrix, in ascending order."""
    return eigh(a, UPLO)[0]


def of_cholesky(g: Array, out: Array, a: Array) -> Array:
    """L⁻ᵀ Φ(Lᵀ gL) L⁻¹, Φ being the lower triangle with its diagonal halved; made symmetric."""
    inner = np.tril(out.mT @ g)
    inner = inner - 0.5 * inner * identity_like(inner)
    return symmetric(np.linalg.solve(out.mT, np.linalg.solve(out.mT, inner.mT).mT))


cholesky_lower = primitive(lambda a: np.linalg.cholesky(a), name="cholesky", sign="chol", a=of_cholesky)


@composite(np.linalg.cholesky)
def cholesky(a: Array, upper: bool = False) -> Array:
    """The triangular L with L @ L.T = a, or its transpose."""
    return cholesky_lower(a).mT if upper else cholesky_lower(a)


def check_full_rank(s: Array, shape: tuple[int, ...]) -> None:
    """LinAlgError where a singular value is 0 up to rounding: its vectors may then be any of many.

    Only a matrix that is not square needs this; in a square one such vectors are determined by the others.
    """
    sizes = values_of(s)
    tiny = 4 * max(shape[-2:]) * np.finfo(sizes.dtype).eps * sizes.max(-1, keepdims=True, initial=0)
    if (sizes <= tiny).any():
        raise np.linalg.LinAlgError(
            f"a matrix of shape {shape} has less than full rank, so its singular vectors are not differentiable; "
            "use the singular values alone, np.linalg.svd(a, compute_uv=False)"
        )


def of_svd(g: Array, out: Array, a: Array) -> Array:
    """Townsend's equation: the parts through U, through the singular values, and through V."""
    (gu, gs, gvh), (u, s, vh) = g, out
    v, total = vh.mT, 0.0
    if gs is not None:
        total = (u * gs[..., None, :]) @ vh
    if gu is None and gvh is None:
        return total
    if a.shape[-2] != a.shape[-1]:
        check_full_rank(s, a.shape)
    gaps = inverse_gaps(s, "singular values") / (s[..., None, :] + s[..., :, None] + identity_like(s[..., None, :]))
    if gu is not None:
        inner = gaps * (u.mT @ gu - gu.mT @ u)
        total = total + (u @ inner * s[..., None, :]) @ vh
        if a.shape[-2] > s.shape[-1]:
            total = total + ((gu - u @ (u.mT @ gu)) / s[..., None, :]) @ vh
    if gvh is not None:
        gv = gvh.mT
        inner = gaps * (v.mT @ gv - gv.mT @ v)
        total = total + (u * s[..., None, :]) @ inner @ vh
        if a.shape[-1] > s.shape[-1]:
            total = total + (u / s[..., None, :]) @ (gv - v @ (v.mT @ gv)).mT
    return total


thin_svd = primitive(lambda a: np.linalg.svd(a, full_matrices=False), name="svd", sign="svd", a=of_svd)


@composite(np.linalg.svd)
def svd(a: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """U, the singular values in descending order, and Vᵀ.

    Raises:
        GradientError: E05 for the full U and V of a matrix that is not square.
    """
    if not compute_uv:
        return thin_svd(a)[1]
    if full_matrices and a.shape[-1] != a.shape[-2]:
        what = phrase(
            "The full U and V of a matrix of shape {shape} are not unique, so np.linalg.svd has no gradient rule",
            shape=a.shape,
        )
        raise GradientError("E05", what=what, remedy=phrase("Pass full_matrices=False."))
    return thin_svd(a)


@composite(np.linalg.svdvals)
def svdvals(x: Array) -> Array:
    """The singular values in descending order."""
    return thin_svd(x)[1]


# --- norms ------------------------------------------------------------------------------------------------------


def vector_norm_over(x: Array, order: Any, axis: Any, keepdims: bool) -> Array:
    """(∑ |x|ᵖ)^(1/p) along an axis, p being the order."""
    if order is None or order == 2:
        return root_sum_of_squares(x, axis, keepdims)
    if order == np.inf:
        return abs(x).max(axis, keepdims=keepdims)
    if order == -np.inf:
        return abs(x).min(axis, keepdims=keepdims)
    if order == 0:
        return (x != 0).sum(axis, keepdims=keepdims).astype(x.dtype)
    if order == 1:
        return abs(x).sum(axis, keepdims=keepdims)
    total = (abs(x) ** order).sum(axis, keepdims=keepdims)
    return np.where(total == 0, 0.0, np.where(total == 0, 1.0, total) ** (1.0 / order))


def matrix_norm_over(x: Array, order: Any, axes: tuple[int, int], keepdims: bool) -> Array:
    """A norm of the matrices in two axes: of their elements, their singular values, or the sums of rows or columns."""
    rows, columns = (normal_axis(i, x.ndim) for i in axes)
    if order is None or order == "fro":
        return root_sum_of_squares(x, (rows, columns), keepdims)
    matrices = np.moveaxis(x, (rows, columns), (-2, -1))
    if order in ("nuc", 2, -2):
        sizes = thin_svd(matrices)[1]
        result = sizes.sum(-1) if order == "nuc" else sizes.max(-1) if order == 2 else sizes.min(-1)
    elif order in (1, -1, np.inf, -np.inf):
        totals = abs(matrices).sum(-2 if abs(order) == 1 else -1)
        result = totals.max(-1) if order > 0 else totals.min(-1)
    else:
        raise ValueError(f"a matrix has no norm of order {order!r}; NumPy knows 'fro', 'nuc', 1, -1, 2, -2, inf, -inf")
    return np.expand_dims(result, tuple(sorted((rows, columns)))) if keepdims else result


@composite(np.linalg.norm)
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """Lengths of vectors and matrices. At 0 the first derivative is taken as 0, the second is NaN."""
    if axis is None and (ord is None or (ord in (2, "fro") and x.ndim == (1 if ord == 2 else 2))):
        return root_sum_of_squares(x, None, keepdims)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(axes) == 1:
        return vector_norm_over(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return matrix_norm_over(x, ord, axes, keepdims)
    raise ValueError(f"norm works over one axis or two, not over {axes}; name them with axis=")


@composite(np.linalg.vector_norm)
def vector_norm(x: Array, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    """The length of the vectors along the given axes."""
    return vector_norm_over(x, ord, axis, keepdims)


@composite(np.linalg.matrix_norm)
def matrix_norm(x: Array, keepdims: bool = False, ord: Any = "fro") -> Array:
    """The norm of the matrices in the last two axes."""
    return matrix_norm_over(x, ord, (-2, -1), keepdims)


@composite(np.linalg.cond)
def cond(x: Array, p: Any = None) -> Array:
    """The condition number: the norm of a matrix times the norm of its inverse, by default the largest singular value
    over the smallest."""
    if p is None or p in (2, -2):
        sizes = thin_svd(x)[1]
        return sizes[..., -1] / sizes[..., 0] if p == -2 else sizes[..., 0] / sizes[..., -1]
    return matrix_norm_over(x, p, (-2, -1), False) * matrix_norm_over(np.linalg.inv(x), p, (-2, -1), False)


# NumPy's second spelling of a function, whose arguments have other names.
FUNCTIONS[np.linalg.diagonal] = lambda x, offset=0: diagonal(x, offset, -2, -1)
FUNCTIONS[np.linalg.trace] = lambda x, offset=0: diagonal(x, offset, -2, -1).sum(-1)
PIECEWISE_CONSTANT.add(np.linalg.matrix_rank)
