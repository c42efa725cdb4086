"""The same operations in PyTorch, in float64: values, first and second derivatives agree to 1e-10.

Points include the ones where only a convention decides: ties, bounds of `clip`, 0 in |x| and relu. Left out are three
where the two differ: fmax and fmin share a tie here; the second derivative of elu at 0 is the left one here, 0 there;
and that of xʸ by y at x = 0 is 0 here, NaN there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.rules import activations as A

torch = pytest.importorskip("torch", reason="PyTorch is not installed; `make oracle` brings it")
F = torch.nn.functional
rng = np.random.default_rng(7)

X = rng.uniform(-2.0, 2.0, (2, 3))
Y = rng.uniform(-2.0, 2.0, (2, 3))
ROW = rng.uniform(-2.0, 2.0, 3)
P = rng.uniform(0.3, 2.5, (2, 3))
Q = rng.uniform(0.3, 2.5, (2, 1))
U = rng.uniform(-0.9, 0.9, (2, 3))
BLOCK = rng.uniform(-2.0, 2.0, (2, 3, 4))
SQUARE = rng.uniform(-0.5, 0.5, (2, 3, 3)) + np.diag([2.0, 3.0, 4.0])
FACTOR = rng.uniform(-1.0, 1.0, (3, 3))
DEFINITE = FACTOR @ FACTOR.T + np.diag([1.0, 2.0, 4.0])
KINKS = np.array([-2.0, -1.0, -0.0, 0.0, 1.0, 2.0])
TIES = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
HUGE = np.array([[-1000.0, 0.0, 1000.0], [700.0, 710.0, -700.0]])
FEW = torch.tensor([2, 0, 0, 1])

Pair = tuple[Callable[..., Any], Callable[..., Any], tuple[np.ndarray, ...]]

CASES: dict[str, Pair] = {
    # arithmetic, with broadcasting
    "add": (np.add, torch.add, (X, ROW)),
    "subtract": (np.subtract, torch.sub, (ROW, X)),
    "multiply": (np.multiply, torch.mul, (X, ROW)),
    "divide": (np.divide, torch.div, (X, Q)),
    "power": (np.power, torch.pow, (P, Y)),
    "power, whole": (lambda x: x**3, lambda x: x**3, (KINKS,)),
    "power, 0": (lambda x: x**0, lambda x: x**0, (KINKS,)),
    "power of 0": (lambda x: x ** np.array([2, 3]), lambda x: x ** torch.tensor([2, 3]), (np.zeros(2),)),
    "number to a power": (lambda y: 2.0**y, lambda y: 2.0**y, (X,)),
    "remainder": (np.remainder, torch.remainder, (X, P)),
    "fmod": (np.fmod, torch.fmod, (X, P)),
    "square": (np.square, torch.square, (X,)),
    "reciprocal": (np.reciprocal, torch.reciprocal, (P,)),
    # functions of one number
    "sqrt": (np.sqrt, torch.sqrt, (P,)),
    "exp": (np.exp, torch.exp, (X,)),
    "exp2": (np.exp2, torch.exp2, (X,)),
    "expm1": (np.expm1, torch.expm1, (X,)),
    "log": (np.log, torch.log, (P,)),
    "log2": (np.log2, torch.log2, (P,)),
    "log10": (np.log10, torch.log10, (P,)),
    "log1p": (np.log1p, torch.log1p, (U,)),
    "sin": (np.sin, torch.sin, (X,)),
    "cos": (np.cos, torch.cos, (X,)),
    "tan": (np.tan, torch.tan, (U,)),
    "arcsin": (np.arcsin, torch.asin, (U,)),
    "arccos": (np.arccos, torch.acos, (U,)),
    "arctan": (np.arctan, torch.atan, (X,)),
    "arctan2": (np.arctan2, torch.atan2, (X, ROW)),
    "sinh": (np.sinh, torch.sinh, (X,)),
    "cosh": (np.cosh, torch.cosh, (X,)),
    "tanh": (np.tanh, torch.tanh, (X,)),
    "arcsinh": (np.arcsinh, torch.asinh, (X,)),
    "arccosh": (np.arccosh, torch.acosh, (1 + P,)),
    "arctanh": (np.arctanh, torch.atanh, (U,)),
    "deg2rad": (np.deg2rad, torch.deg2rad, (X,)),
    "rad2deg": (np.rad2deg, torch.rad2deg, (X,)),
    "sinc": (np.sinc, torch.sinc, (X,)),
    "hypot": (np.hypot, torch.hypot, (X, ROW)),
    "logaddexp": (np.logaddexp, torch.logaddexp, (X, ROW)),
    "logaddexp2": (np.logaddexp2, torch.logaddexp2, (X, ROW)),
    # conventions
    "abs at 0": (np.abs, torch.abs, (KINKS,)),
    "sign": (np.sign, torch.sign, (KINKS,)),
    "relu at 0": (A.relu, torch.relu, (KINKS,)),
    "leaky_relu at 0": (lambda x: A.leaky_relu(x, 0.1), lambda x: F.leaky_relu(x, 0.1), (KINKS,)),
    "elu": (lambda x: A.elu(x, 1.5), lambda x: F.elu(x, 1.5), (X,)),
    "maximum, ties": (np.maximum, torch.maximum, (KINKS, np.abs(KINKS))),
    "minimum, ties": (np.minimum, torch.minimum, (KINKS, np.abs(KINKS))),
    "maximum with a number": (lambda x: np.maximum(x, 1.0), lambda x: torch.maximum(x, torch.tensor(1.0)), (KINKS,)),
    "fmax": (np.fmax, torch.fmax, (X, Y)),
    "fmin": (np.fmin, torch.fmin, (X, Y)),
    "clip on its bounds": (lambda x: np.clip(x, -1, 1), lambda x: torch.clamp(x, -1, 1), (KINKS,)),
    "clip from below": (lambda x: np.clip(x, 0, None), lambda x: torch.clamp(x, min=0), (KINKS,)),
    "clip, bounds with gradients": (np.clip, torch.clamp, (KINKS, KINKS * 0 - 1, np.abs(KINKS))),
    "max, ties": (lambda x: np.max(x, axis=1), lambda x: torch.amax(x, 1), (TIES,)),
    "min, ties": (lambda x: np.min(x, axis=0), lambda x: torch.amin(x, 0), (TIES,)),
    "max of all, ties": (np.max, torch.amax, (TIES,)),
    "norm": (np.linalg.norm, torch.linalg.norm, (np.array([3.0, 0.0, 4.0]),)),
    "infinity norm, ties": (lambda x: np.linalg.norm(x, np.inf), lambda x: torch.linalg.norm(x, torch.inf), (KINKS,)),
    "where": (lambda x, y: np.where(x > y, x * y, y), lambda x, y: torch.where(x > y, x * y, y), (X, Y)),
    # activations
    "sigmoid": (A.sigmoid, torch.sigmoid, (X,)),
    "softplus": (A.softplus, F.softplus, (X,)),
    "silu": (A.silu, F.silu, (X,)),
    "gelu": (A.gelu, F.gelu, (X,)),
    "softmax": (A.softmax, lambda x: F.softmax(x, -1), (X,)),
    "softmax, rows": (lambda x: A.softmax(x, 0), lambda x: F.softmax(x, 0), (X,)),
    "log_softmax": (A.log_softmax, lambda x: F.log_softmax(x, -1), (X,)),
    "logsumexp": (lambda x: A.logsumexp(x, 1), lambda x: torch.logsumexp(x, 1), (X,)),
    "sigmoid, huge": (A.sigmoid, torch.sigmoid, (HUGE,)),
    "softplus, huge": (A.softplus, F.softplus, (HUGE,)),
    "softmax, huge": (A.softmax, lambda x: F.softmax(x, -1), (HUGE,)),
    "log_softmax, huge": (A.log_softmax, lambda x: F.log_softmax(x, -1), (HUGE,)),
    "logsumexp, huge": (lambda x: A.logsumexp(x, 1), lambda x: torch.logsumexp(x, 1), (HUGE,)),
    # reductions
    "sum": (lambda x: np.sum(x, axis=(0, -1)), lambda x: torch.sum(x, (0, -1)), (BLOCK,)),
    "mean": (lambda x: np.mean(x, axis=1, keepdims=True), lambda x: torch.mean(x, 1, keepdim=True), (BLOCK,)),
    "prod": (lambda x: np.prod(x, axis=1), lambda x: torch.prod(x, 1), (X,)),
    "prod with a zero": (np.prod, torch.prod, (np.array([2.0, 0.0, 3.0]),)),
    "prod with zeros": (np.prod, torch.prod, (np.array([2.0, 0.0, 3.0, 0.0]),)),
    "var": (lambda x: np.var(x, axis=1), lambda x: torch.var(x, 1, correction=0), (X,)),
    "var, ddof": (lambda x: np.var(x, axis=(0, 2), ddof=1), lambda x: torch.var(x, (0, 2)), (BLOCK,)),
    "std": (lambda x: np.std(x, axis=1, ddof=1), lambda x: torch.std(x, 1), (X,)),
    "cumsum": (lambda x: np.cumsum(x, axis=1), lambda x: torch.cumsum(x, 1), (X,)),
    "cumprod": (lambda x: np.cumprod(x, axis=1), lambda x: torch.cumprod(x, 1), (X,)),
    "cumprod with zeros": (
        lambda x: np.cumprod(x, 0),
        lambda x: torch.cumprod(x, 0),
        (np.array([2.0, 0.0, 3.0, 0.0]),),
    ),
    "trapezoid": (np.trapezoid, torch.trapezoid, (X, np.cumsum(P, 1))),
    # shaping and indexing
    "reshape": (lambda x: np.reshape(x, (3, 2)) ** 2, lambda x: torch.reshape(x, (3, 2)) ** 2, (X,)),
    "transpose": (lambda x: np.transpose(x, (2, 0, 1)) ** 2, lambda x: torch.permute(x, (2, 0, 1)) ** 2, (BLOCK,)),
    "concatenate": (lambda x, y: np.concatenate([x, x * y], 1), lambda x, y: torch.cat([x, x * y], 1), (X, Q)),
    "stack": (lambda x, y: np.stack([x, x * y], 1), lambda x, y: torch.stack([x, x * y], 1), (X, Y)),
    "tile": (lambda x: np.tile(x, (2, 2)) ** 2, lambda x: torch.tile(x, (2, 2)) ** 2, (X,)),
    "roll": (lambda x: np.roll(x, 1, 1) * x, lambda x: torch.roll(x, 1, 1) * x, (X,)),
    "flip": (lambda x: np.flip(x, 1) * x, lambda x: torch.flip(x, (1,)) * x, (X,)),
    "pad, reflect": (
        lambda x: np.pad(x, ((0, 0), (2, 1)), "reflect") ** 2,
        lambda x: F.pad(x, (2, 1), "reflect") ** 2,
        (X,),
    ),
    "pad, edge": (
        lambda x: np.pad(x, ((0, 0), (2, 1)), "edge") ** 2,
        lambda x: F.pad(x, (2, 1), "replicate") ** 2,
        (X,),
    ),
    "repeated positions": (lambda x: x[:, [2, 0, 0, 1]] ** 2, lambda x: x[:, FEW] ** 2, (X,)),
    "a mask": (lambda x: x[x > 0] ** 2, lambda x: x[x > 0] ** 2, (X,)),
    "take": (lambda x: np.take(x, [5, 0, 5]) ** 2, lambda x: torch.take(x, torch.tensor([5, 0, 5])) ** 2, (X,)),
    "sort": (lambda x: np.sort(x, axis=1) ** 2, lambda x: torch.sort(x, 1).values ** 2, (X,)),
    "diagonal": (lambda x: np.diagonal(x, 1, 1, 2) ** 2, lambda x: torch.diagonal(x, 1, 1, 2) ** 2, (BLOCK,)),
    "triu": (lambda x: np.triu(x, 1) ** 2, lambda x: torch.triu(x, 1) ** 2, (BLOCK,)),
    "diff": (lambda x: np.diff(x, 2) ** 2, lambda x: torch.diff(x, 2) ** 2, (BLOCK,)),
    "gradient": (lambda x: np.gradient(x, 0.5) ** 2, lambda x: torch.gradient(x, spacing=0.5)[0] ** 2, (ROW,)),
    # linear algebra
    "matmul": (np.matmul, torch.matmul, (X, BLOCK)),
    "matmul with a vector": (np.matmul, torch.matmul, (ROW, BLOCK)),
    "tensordot": (lambda x, y: np.tensordot(x, y, 1), lambda x, y: torch.tensordot(x, y, 1), (X, BLOCK[0])),
    "kron": (np.kron, torch.kron, (X, Y)),
    "cross": (np.cross, torch.linalg.cross, (X, Y)),
    "einsum": (
        lambda a, b, c: np.einsum("ij,bjk,ik->bi", a, b, c),
        lambda a, b, c: torch.einsum("ij,bjk,ik->bi", a, b, c),
        (X, BLOCK, rng.uniform(-1, 1, (2, 4))),
    ),
    "inv": (np.linalg.inv, torch.linalg.inv, (SQUARE,)),
    "pinv": (np.linalg.pinv, torch.linalg.pinv, (X,)),
    "pinv, tall": (np.linalg.pinv, torch.linalg.pinv, (BLOCK[0].T,)),
    "solve": (np.linalg.solve, torch.linalg.solve, (SQUARE, BLOCK)),
    "solve, vector": (np.linalg.solve, torch.linalg.solve, (SQUARE[0], ROW)),
    "det": (np.linalg.det, torch.linalg.det, (SQUARE,)),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], lambda a: torch.linalg.slogdet(a)[1], (-SQUARE,)),
    "matrix_power": (lambda a: np.linalg.matrix_power(a, 3), lambda a: torch.linalg.matrix_power(a, 3), (SQUARE,)),
    "cholesky": (lambda a: np.linalg.cholesky(a), lambda a: torch.linalg.cholesky(a), (DEFINITE,)),
    "eigvalsh": (np.linalg.eigvalsh, torch.linalg.eigvalsh, (DEFINITE,)),
    "eigh": (lambda a: np.linalg.eigh(a)[1] ** 2, lambda a: torch.linalg.eigh(a)[1] ** 2, (DEFINITE,)),
    "svdvals": (np.linalg.svdvals, torch.linalg.svdvals, (X,)),
    "svd, u": (lambda a: np.linalg.svd(a).U ** 2, lambda a: torch.linalg.svd(a).U ** 2, (SQUARE,)),
    "svd, vh": (
        lambda a: np.linalg.svd(a, full_matrices=False).Vh ** 2,
        lambda a: torch.linalg.svd(a, full_matrices=False).Vh ** 2,
        (X,),
    ),
    "nuclear norm": (lambda a: np.linalg.norm(a, "nuc"), lambda a: torch.linalg.norm(a, "nuc"), (X,)),
    "spectral norm": (lambda a: np.linalg.norm(a, 2), lambda a: torch.linalg.norm(a, 2), (X,)),
    "3-norm": (lambda a: np.linalg.norm(a, 3, axis=1), lambda a: torch.linalg.vector_norm(a, 3, 1), (X,)),
    "cond": (np.linalg.cond, torch.linalg.cond, (SQUARE,)),
}


def close(ours: Any, theirs: Any) -> None:
    theirs = theirs.numpy(force=True)
    size = np.abs(theirs).max(initial=1.0)
    np.testing.assert_allclose(ours.detach().numpy(), theirs, rtol=1e-10, atol=1e-10 * size)


def test_norm_and_std_at_0_have_the_same_slope() -> None:
    for f, theirs in [(np.linalg.norm, torch.linalg.norm), (np.std, lambda x: torch.std(x, correction=0))]:
        x, x_torch = tg.zeros(3, requires_grad=True), torch.zeros(3, requires_grad=True)
        close(tg.grad(f(x), x)[0], torch.autograd.grad(theirs(x_torch), x_torch)[0])


@pytest.mark.parametrize("name", CASES)
def test_same_as_torch(name: str) -> None:
    f, theirs, arrays = CASES[name]
    x = [tg.tensor(a, requires_grad=True) for a in arrays]
    x_torch = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, y_torch = f(*x), theirs(*x_torch)
    close(y, y_torch)

    start = np.random.default_rng(1).uniform(0.5, 1.5, y.shape)
    first = tg.grad(y, x, start, create_graph=True)
    first_torch = torch.autograd.grad(y_torch, x_torch, torch.tensor(start), create_graph=True)
    for ours, other in zip(first, first_torch, strict=True):
        close(ours, other)

    contraction, contraction_torch = tg.tensor(0.0), torch.tensor(0.0)
    for i, (ours, other) in enumerate(zip(first, first_torch, strict=True)):
        weights = np.random.default_rng(2 + i).uniform(0.5, 1.5, ours.shape)
        contraction = contraction + (ours * weights).sum()
        contraction_torch = contraction_torch + (other * torch.tensor(weights)).sum()
    second = tg.grad(contraction, x, allow_unused=True) if contraction.requires_grad else [None] * len(x)
    if contraction_torch.requires_grad:
        second_torch = torch.autograd.grad(contraction_torch, x_torch, allow_unused=True)
    else:
        second_torch = [None] * len(x)
    for ours, other, array in zip(second, second_torch, arrays, strict=True):
        close(tg.zeros(array.shape) if ours is None else ours, torch.zeros(array.shape) if other is None else other)
