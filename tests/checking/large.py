"""Functions of 1,024 elements, one for each rule that is written for arrays of any size: where fast mode must see.

All elementwise operations and activations are here, and one function for every other family. Left out are
decompositions (eigh, svd, pinv, det, cholesky), in which all the time would go, and what has nothing to break.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.checking.mutants import RULES, BrokenPart, listed, pull_back, replaced
from tests.samples import Sample
from tests.samples.families import well
from tinygrad_vn.rules import PRIMITIVES, indexing

N, SIDE = 1024, 32
rng = np.random.default_rng(1024)


def between(low: float, high: float, *shape: int) -> np.ndarray:
    return rng.uniform(low, high, shape)


def signed(low: float, high: float, *shape: int) -> np.ndarray:
    return between(low, high, *shape) * rng.choice([-1.0, 1.0], shape)


UNARY = {  # the operations of one number, and where they are defined
    (0.4, 2.5): "sqrt log log2 log10",
    (1.2, 3.0): "arccosh",
    (-0.9, 0.9): "log1p tan arcsin arccos arctanh",
    (0.3, 2.0): "reciprocal reciprocal_or_zero cbrt absolute",
    (-2.0, 2.0): "negative positive copy conjugate square exp exp2 expm1 sin cos arctan sinh cosh tanh arcsinh deg2rad "
    "rad2deg sigmoid relu leaky_relu elu softplus silu gaussian_cdf",
}
BINARY = (
    "add subtract multiply divide power logaddexp logaddexp2 arctan2 hypot maximum minimum fmax fmin remainder fmod"
)

ORDER = rng.permutation(N)
MASK = rng.random(N) < 0.5


def table() -> dict[str, Sample]:
    """By operation; a later entry of an operation may have another number of arguments in its name's place."""
    cases: dict[str, Sample] = {}
    for (low, high), names in UNARY.items():
        cases |= {name: Sample(PRIMITIVES[name], (between(low, high, N),)) for name in names.split()}
    for name in BINARY.split():
        cases[name] = Sample(PRIMITIVES[name], (between(0.4, 2.5, N), between(0.4, 2.5, N)))
    x, matrix, other = signed(0.3, 2, N), signed(0.3, 2, SIDE, SIDE), signed(0.3, 2, SIDE, SIDE)
    functions: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
        "where": (lambda a, b: np.where(MASK, a, b), (x, x + 1)),
        "reshape": (lambda a: a.reshape((SIDE, SIDE)), (x,)),
        "transpose": (lambda a: a.T, (matrix,)),
        "broadcast_to": (lambda a: np.broadcast_to(a, (2, N)), (x,)),
        "concatenate": (lambda a, b: np.concatenate([a, b]), (x[: N // 2], x[N // 2 :])),
        "sum": (lambda a: a.sum(1), (matrix,)),
        "mean": (lambda a: a.mean(1), (matrix,)),
        "max": (lambda a: a.max(1), (matrix,)),
        "min": (lambda a: a.min(1), (matrix,)),
        "cumsum": (np.cumsum, (x,)),
        "root_sum_of_squares": (lambda a: np.linalg.norm(a, axis=1), (matrix,)),
        "logsumexp": (lambda a: PRIMITIVES["logsumexp"](a, 1), (matrix,)),
        "softmax": (PRIMITIVES["softmax"], (matrix,)),
        "log_softmax": (PRIMITIVES["log_softmax"], (matrix,)),
        "getitem": (lambda a: a[ORDER], (x,)),
        "embedding": (lambda a: indexing.embedding(a, ORDER, None, True), (x,)),
        "scatter_add": (lambda g: indexing.scatter_add(g, ORDER // 2, (N // 2,)), (x,)),
        "matmul": (np.matmul, (matrix, other)),
        "einsum": (lambda a, b: np.einsum("ij,jk->ik", a, b), (matrix, other)),
        "inv": (np.linalg.inv, (well(SIDE, SIDE),)),
        "solve": (np.linalg.solve, (well(SIDE, SIDE), other)),
        "slogdet": (lambda a: np.linalg.slogdet(a)[1], (well(SIDE, SIDE),)),
    }
    return cases | {name: Sample(f, inputs) for name, (f, inputs) in functions.items()}


LARGE = table()
LARGE_RULES = [rule for rule in RULES if rule.operation in LARGE]
BIAS = Sample(lambda x, b: x * b, (signed(0.3, 2, SIDE, SIDE), signed(0.3, 2, SIDE)))  # "no sum over a broadcast axis"


def live_places(rule: BrokenPart) -> np.ndarray:
    """The flat places of the gradient that a rule returns at which it is not 0: only there a flipped sign shows."""
    case, parts = LARGE[rule.operation], []

    def noting(true: Any, i: int) -> Any:
        def note(*given: Any) -> Any:
            parts.append(true(*given))
            return parts[-1]

        return note

    starts = [np.random.default_rng(3).uniform(0.5, 1.5, v.shape) for v in pull_back(case)[0]]
    with replaced(rule, case, noting):
        pull_back(case, starts)
    return np.flatnonzero(listed(parts[0])[0])
