"""The words that random expressions are made of, each with the places where it may be used.

An entry is a function of the values of one operand, X, or of two, X and Y. It lists the forms in which the operation
can be applied to just these values: `np.log(X)` where all of X is well above 0, else `np.log(0.5 + X * X)`. So every
expression is differentiable, twice, where it is evaluated, and keeps a distance from kinks, ties, poles and singular
matrices: if two ways of differentiating it disagree, one of them is wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Forms = list[str]

MARGIN = 0.05  # how far values keep from kinks and from each other where order matters
UNARY: dict[str, Callable[[Array], Forms]] = {}
BINARY: dict[str, Callable[[Array, Array], Forms]] = {}


# --- questions about values -------------------------------------------------------------------------------------------


def away(x: Array, *points: float, by: float = MARGIN) -> bool:
    """Whether no element is near any of these points."""
    return all(bool((np.abs(x - point) >= by).all()) for point in points)


def between(x: Array, low: float, high: float = np.inf) -> bool:
    """Whether all elements are in this range."""
    return bool(((x >= low) & (x <= high)).all())


def apart(x: Array, axis: int | None, by: float = MARGIN) -> bool:
    """Whether no two elements along an axis are near each other."""
    return away(np.diff(np.sort(x, axis), axis=-1 if axis is None else axis), 0.0, by=by)


def broadcast(x: Array, y: Array) -> bool:
    """Whether the shapes fit together, element by element."""
    try:
        np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        return False
    return True


# --- one number in, one number out ------------------------------------------------------------------------------------


def anywhere(*forms: str) -> Callable[[Array], Forms]:
    """Forms that fit all values."""
    return lambda x: list(forms)


def within(low: float, high: float, forms: Forms, otherwise: Forms) -> Callable[[Array], Forms]:
    """Forms for values in a range, and those to use outside."""
    return lambda x: forms if between(x, low, high) else otherwise


def beyond(points: list[float], *forms: str, by: float = MARGIN) -> Callable[[Array], Forms]:
    """Forms for values that keep a distance from these points."""
    return lambda x: list(forms) if away(x, *points, by=by) else []


UNARY |= {
    "negative": anywhere("-X"),
    "tanh": anywhere("np.tanh(X)"),
    "sin": anywhere("np.sin(X)", "np.cos(X)"),
    "square": anywhere("np.square(X)", "X ** 2", "X ** 3"),
    "affine": anywhere("2.0 * X - 1", "1 - X / 3", "0.5 + X"),
    "arctan": anywhere("np.arctan(X)", "np.arcsinh(X)"),
    "sigmoid": anywhere("F.sigmoid(X)", "F.softplus(X)", "F.silu(X)", "F.gelu(X)"),
    "exp": within(-3, 2, ["np.exp(X)", "np.expm1(X)", "np.exp2(X)", "1.5 ** X"], ["np.exp(X / 5)"]),
    "cosh": within(-2, 2, ["np.cosh(X)", "np.sinh(X)"], ["np.cosh(X / 5)", "np.sinh(X / 5)"]),
    "log": within(0.5, np.inf, ["np.log(X)", "np.log2(X)", "np.log10(X)"], ["np.log(0.5 + X * X)"]),
    "log1p": within(-0.5, np.inf, ["np.log1p(X)"], ["np.log1p(X * X)"]),
    "sqrt": within(0.5, np.inf, ["np.sqrt(X)", "X ** 1.5", "X ** -0.5"], ["np.sqrt(1 + X * X)"]),
    "cbrt": beyond([0.0], "np.cbrt(X)", by=0.5),
    "reciprocal": beyond([0.0], "1 / X", "np.reciprocal(X)", "X ** -2", by=0.5),
    "tan": within(-1, 1, ["np.tan(X)"], ["np.tan(X / (1 + X * X))"]),
    "arcsin": within(-0.8, 0.8, ["np.arcsin(X)", "np.arccos(X)"], ["np.arcsin(X / (1 + X * X))"]),
    "arctanh": within(-0.8, 0.8, ["np.arctanh(X)"], ["np.arctanh(X / (1 + X * X))"]),
    "arccosh": within(1.3, np.inf, ["np.arccosh(X)"], ["np.arccosh(1.5 + X * X)"]),
    "sinc": beyond([0.0], "np.sinc(X)", by=0.3),
    "absolute": beyond([0.0], "np.abs(X)"),
    "relu": beyond([0.0], "F.relu(X)", "F.leaky_relu(X, 0.2)", "F.elu(X)"),
    "clip": beyond([-0.7, 0.9], "np.clip(X, -0.7, 0.9)"),
    "clip below": beyond([0.3], "np.clip(X, 0.3, None)", "np.maximum(X, 0.3)"),
    "remainder": lambda x: ["np.remainder(X, 1.5)"] if away(np.remainder(x, 1.5), 0.0, 1.5) else [],
}


def elementwise(*forms: str) -> Callable[[Array, Array], Forms]:
    """Forms that fit all values of two operands that broadcast."""
    return lambda x, y: list(forms) if broadcast(x, y) else []


def of_two(
    safe: Callable[[Array, Array], bool], *forms: str, otherwise: tuple[str, ...] = ()
) -> Callable[[Array, Array], Forms]:
    """Forms for operands that broadcast and are safe, and those to use where they are not."""

    def choose(x: Array, y: Array) -> Forms:
        return [] if not broadcast(x, y) else list(forms if safe(x, y) else otherwise)

    return choose


BINARY |= {
    "add": elementwise("X + Y"),
    "subtract": elementwise("X - Y"),
    "multiply": elementwise("X * Y"),
    "divide": of_two(lambda x, y: away(y, 0.0, by=0.5), "X / Y", otherwise=("X / (1.5 + Y * Y)",)),
    "power": of_two(
        lambda x, y: between(x, 0.5) and away(y, 0.0),  # at Y = 0 PyTorch's mixed second derivative is wrong
        "X ** Y",
        otherwise=("(0.5 + X * X) ** (1 / (1 + Y * Y))",),
    ),
    "maximum": of_two(lambda x, y: away(x - y, 0.0), "np.maximum(X, Y)", "np.minimum(X, Y)", "np.fmax(X, Y)"),
    "where": of_two(lambda x, y: away(y, 0.2), "np.where(Y > 0.2, X, Y)", "np.where(Y < 0.2, X * Y, X)"),
    "where of two": of_two(lambda x, y: away(x - y, 0.0), "np.where(X > Y, X, -Y)"),
    "logaddexp": elementwise("np.logaddexp(X, Y)", "np.logaddexp2(X, Y)"),
    "hypot": of_two(lambda x, y: between(np.hypot(x, y), 0.5), "np.hypot(X, Y)"),
    "arctan2": of_two(lambda x, y: between(y, 0.5), "np.arctan2(X, Y)", otherwise=("np.arctan2(X, 1 + Y * Y)",)),
}


# --- many numbers in, fewer out ---------------------------------------------------------------------------------------


def reducing(function: str, *, several: bool = True, kept: bool = True) -> Callable[[Array], Forms]:
    """A reduction over all elements, over one axis, or over several, with and without `keepdims`."""

    def forms(x: Array) -> Forms:
        axes = ["", *(f", axis={k}" for k in range(-1, x.ndim - 1))]
        axes += [", axis=(0, -1)"] if several and x.ndim > 1 else []
        keeping = [f"{axis}, keepdims=True" for axis in axes[1:]] if kept else []
        return [f"{function}(X{choice})" for choice in axes + keeping]

    return forms


def choosing(function: str) -> Callable[[Array], Forms]:
    """A reduction that takes the element of an extreme value, where no two are near each other."""

    def forms(x: Array) -> Forms:
        axes = [k for k in range(x.ndim) if apart(x, k)]
        whole = [f"{function}(X)"] if apart(x, None) else []
        return whole + [f"{function}(X, axis={k}{kept})" for k in axes for kept in ("", ", keepdims=True")]

    return forms


def along(*functions: str) -> Callable[[Array], Forms]:
    """Functions that work along one axis."""
    return lambda x: [f"{f}(X, axis={k})" for k in range(-1, x.ndim - 1) for f in functions]


def spread(x: Array) -> Forms:
    """Standard deviations, of numbers that are not nearly equal."""
    axes = [k for k in range(x.ndim) if x.shape[k] > 1 and between(np.std(x, k), 0.3)]
    return [f"np.std(X, axis={k})" for k in axes] + (["np.std(X)"] if np.std(x) > 0.3 else [])


def length(x: Array) -> Forms:
    """Norms of vectors that are not nearly 0."""
    axes = [k for k in range(x.ndim) if between(np.linalg.norm(x, axis=k), 0.5)]
    return [f"np.linalg.norm(X, axis={k})" for k in axes] + (["np.linalg.norm(X)"] if np.linalg.norm(x) > 0.5 else [])


UNARY |= {
    "sum": reducing("np.sum"),
    "mean": reducing("np.mean"),
    "var": reducing("np.var"),
    "logsumexp": lambda x: reducing("F.logsumexp")(x)[x.ndim == 0 :],
    "prod": reducing("np.prod", several=False),
    "max": choosing("np.max"),
    "min": choosing("np.min"),
    "std": spread,
    "norm": length,
    "softmax": along("F.softmax", "F.log_softmax"),
    "cumsum": along("np.cumsum", "np.cumprod"),
}


# --- shapes and places ------------------------------------------------------------------------------------------------


def reshaped(x: Array) -> Forms:
    """The same elements in other shapes."""
    n = x.shape[-1] if x.ndim else 1
    forms = ["X.reshape(-1)", f"X.reshape({n}, -1)", "X[None]", "X[..., None]", "np.expand_dims(X, 0)"]
    forms += ["np.squeeze(X)"] if 1 in x.shape else []
    return [*forms, f"np.broadcast_to(X, {(2, *x.shape)})"]


def turned(x: Array) -> Forms:
    """The elements in another order."""
    if x.ndim == 0:
        return []
    forms = [f"np.flip(X, axis={k})" for k in range(x.ndim)] + [f"np.roll(X, 1, axis={k})" for k in range(x.ndim)]
    if x.ndim > 1:
        forms += ["X.mT", "np.swapaxes(X, 0, -1)", "np.moveaxis(X, 0, -1)", "np.rot90(X)"]
    return forms + ([f"np.transpose(X, {axes})" for axes in ((1, 2, 0), (2, 1, 0))] if x.ndim == 3 else [])


def picked(x: Array) -> Forms:
    """Elements by numbers, slices, lists and masks, some of them several times."""
    if x.ndim == 0:
        return ["X[...]"]
    n, last = x.shape[0], x.shape[-1] - 1
    forms = ["X[0]", "X[-1]", "X[..., 0]", "X[::2]", f"X[[0, {n - 1}, 0]]", f"X[..., [{last}, {last}]]"]
    forms += [f"X[{[i != 1 for i in range(n)]}]", f"np.take(X, [{last}, 0], axis=-1)"]
    forms += ["X[1:]", "X[:-1]", "np.diff(X, axis=0)"] if n > 1 else []
    if x.ndim == 2:
        forms += ["X[[0, -1], [-1, 0]]", "np.triu(X)", "np.tril(X)", "np.diagonal(X)", "np.trace(X)"]
    return forms


def repeated(x: Array) -> Forms:
    """More elements than before: copies, zeros around."""
    forms = ["np.tile(X, 2)", "np.pad(X, 1)", "np.repeat(X, 2, axis=-1)", "np.repeat(X, 2, axis=0)"]
    return [] if x.ndim == 0 else forms + (["np.diag(X)"] if x.ndim == 1 else [])


def sorted_along(x: Array) -> Forms:
    """Sorted elements, where no two are near each other."""
    return [f"np.sort(X, axis={k})" for k in range(x.ndim) if apart(x, k)]


def parts(x: Array) -> Forms:
    """Operations that have several results."""
    halves = [f"np.split(X, 2, axis={k})" for k in range(x.ndim) if x.shape[k] % 2 == 0]
    return halves + (["np.gradient(X)"] if x.ndim == 2 and min(x.shape) > 1 else [])


def joined(x: Array, y: Array) -> Forms:
    """Two arrays in one."""
    if x.ndim != y.ndim:
        return []
    unequal = [k for k in range(x.ndim) if x.shape[k] != y.shape[k]]
    forms = [f"np.concatenate([X, Y, X], axis={k})" for k in range(x.ndim) if unequal in ([], [k])]
    return forms + ([f"np.stack([X, Y], axis={k})" for k in (0, -1)] if not unequal else [])


UNARY |= {
    "reshape": reshaped,
    "transpose": turned,
    "getitem": picked,
    "repeat": repeated,
    "sort": sorted_along,
    "split": parts,
}
BINARY |= {
    "concatenate": joined,
    "broadcast_arrays": lambda x, y: ["np.broadcast_arrays(X, Y)"] if broadcast(x, y) and x.shape != y.shape else [],
}


# --- products and linear algebra --------------------------------------------------------------------------------------


def products(x: Array, y: Array) -> Forms:
    """Products of vectors, matrices and stacks whose inner sizes fit."""
    if x.ndim == 0 or y.ndim == 0:
        return []
    inner, stacks = y.shape[-2] if y.ndim > 1 else y.shape[0], broadcast(np.empty(x.shape[:-2]), np.empty(y.shape[:-2]))
    forms = ["X @ Y"] if x.shape[-1] == inner and stacks else []
    forms += ["np.inner(X, Y)"] if x.shape[-1] == y.shape[-1] else []
    forms += ["np.tensordot(X, Y, axes=1)"] if x.shape[-1] == y.shape[0] else []
    forms += ["F.linear(X, Y)", "F.linear(X, Y, Y[:, 0])"] if y.ndim == 2 and x.shape[-1] == y.shape[1] else []
    forms += ["np.outer(X, Y)"] if x.ndim == y.ndim == 1 else []
    forms += ["np.cross(X, Y)"] if x.shape == y.shape and x.shape[-1] == 3 else []
    return forms + (["np.kron(X, Y)"] if x.ndim == y.ndim and x.ndim < 3 else [])


EINSUMS = ["i,j->ji", "ij,jk->ik", "ij,kj->ki", "ij,j->i", "ij,ij->j", "ij,ij", "ij,ji->", "ij,kl->jl", "ijk,jk->ki"]
EINSUMS += ["ijk,ikl->lij", "...i,i->...", "ii,i->i", "ij,jk,ij->k"]


def sums_of_products(x: Array, y: Array) -> Forms:
    """Einsums whose letters fit the shapes."""

    def fits(letters: str) -> bool:
        lengths: dict[str, int] = {}
        operands = letters.split("->")[0].split(",")
        for word, a in zip(operands, (x, y, x), strict=False):
            free = word.startswith("...")
            named = word.removeprefix("...")
            if a.ndim < len(named) or (a.ndim > len(named) and not free):
                return False
            sides = a.shape[a.ndim - len(named) :]
            if any(lengths.setdefault(letter, n) != n for letter, n in zip(named, sides, strict=True)):
                return False
        return True

    return [f"np.einsum('{s}', X, Y{', X' if s.count(',') == 2 else ''})" for s in EINSUMS if fits(s)]


def gram(x: Array) -> str:
    """A symmetric matrix whose eigenvalues are at least 1."""
    return f"X @ X.mT + np.eye({x.shape[-2]})"


def dominant(x: Array) -> str:
    """A square matrix whose diagonal outweighs the rest."""
    return f"X / (1 + X * X) + 2 * np.eye({x.shape[-1]})"


OF_EIGENVALUES = "(lambda e: (e[1] * np.sqrt(e[0])[..., None, :]) @ e[1].mT)(np.linalg.eigh({}))"  # no sign is left


def of_one_matrix(x: Array) -> Forms:
    """Linear algebra on matrices that are made safe; stacks too."""
    if x.ndim < 2:
        return []
    forms, definite = [f"np.linalg.cholesky({gram(x)})", f"np.linalg.slogdet({gram(x)})[1]"], x @ x.mT
    if apart(np.linalg.eigvalsh(definite), -1, by=0.5):
        forms += [f"np.linalg.eigvalsh({gram(x)})", OF_EIGENVALUES.format(gram(x))]
        forms += [f"np.square(np.linalg.eigh({gram(x)})[1])"]
    singular = np.linalg.svdvals(x)
    if between(singular, 0.5):
        forms += ["np.linalg.pinv(X)"] + (["np.linalg.svdvals(X)"] if apart(singular, -1, by=0.3) else [])
    if x.shape[-1] == x.shape[-2]:
        forms += [f"np.linalg.{f}({dominant(x)})" for f in ("inv", "det")]
        forms += [f"np.linalg.matrix_power({dominant(x)}, 3)"]
    return forms


def equations(x: Array, y: Array) -> Forms:
    """Systems of linear equations, for a vector or for matrices of unknowns."""
    square = x.ndim > 1 and x.shape[-1] == x.shape[-2]
    if not square or y.ndim == 0 or not broadcast(np.empty(x.shape[:-2]), np.empty(y.shape[:-2])):
        return []
    rows = y.shape[0] if y.ndim == 1 else y.shape[-2] if y.ndim >= x.ndim else None  # one less is read as a vector
    return [f"np.linalg.solve({dominant(x)}, Y)"] if rows == x.shape[-1] else []


UNARY |= {"linear algebra": of_one_matrix}
BINARY |= {"matmul": products, "einsum": sums_of_products, "solve": equations}

# In an order in which the first ones are the simplest: what is found is shrunk towards them.
NAMES = tuple(
    dict.fromkeys(itertools.chain(["add", "multiply", "tanh", "sum", "subtract", "sin", "divide"], BINARY, UNARY))
)
