"""Samples for `rules/linalg.py` and `rules/einsum.py`."""

from __future__ import annotations

import numpy as np

from tests.samples.families import definite, each, mirrored, real, sample, squares, well
from tinygrad_vn.nn import functional as F

PRODUCTS = [((2, 3), (3, 2)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((0, 3), (3, 2)), ((2, 0), (0, 2))]
STACKS = [
    ((2, 2, 3), (3, 2)),
    ((2, 3), (2, 3, 2)),
    ((2, 1, 2, 3), (3, 3, 2)),
    ((3,), (2, 3, 2)),
    ((2, 2, 3), (3,)),
    ((1, 2, 3), (2, 3, 1)),
]

LINEAR_ALGEBRA = {
    "matmul": [
        *(sample(np.matmul, real(*a), real(*b)) for a, b in PRODUCTS + STACKS),
        sample(np.linalg.matmul, real(2, 3), real(3, 2)),
        sample(lambda x: x @ x.T @ x, real(2, 3)),
        sample(lambda x: np.array([[1.0, 2.0]]) @ x, real(2, 3)),
    ],
    "linear": [
        sample(F.linear, real(2, 3), real(2, 3), real(2)),
        sample(F.linear, real(2, 3), real(2, 3)),
        sample(F.linear, real(3), real(2, 3), real(2)),
        sample(F.linear, real(2, 2, 3), real(2, 3), real(2)),
        sample(F.linear, real(2, 3), real(3), real(1)),
        sample(F.linear, real(0, 3), real(2, 3), real(2)),
        sample(lambda x: F.linear(x, x, x[:, 0]), real(2, 3)),
    ],
    "dot": [
        *(
            sample(np.dot, real(*a), real(*b))
            for a, b in [*PRODUCTS, ((), (2,)), ((2,), ()), ((2, 2, 3), (3,)), ((2, 3), (2, 3, 2)), ((3,), (2, 3, 2))]
        ),
        sample(lambda a: np.dot(a, 2.0), real(2)),
    ],
    "vdot": [sample(np.vdot, real(3), real(3)), sample(np.vdot, real(2, 3), real(3, 2))],
    "vecdot": [
        sample(np.vecdot, real(2, 3), real(3)),
        sample(lambda a, b: np.linalg.vecdot(a, b, axis=0), real(2, 3), real(2, 1)),
    ],
    "inner": [
        sample(np.inner, real(*a), real(*b)) for a, b in [((3,), (3,)), ((2, 3), (2, 3)), ((), (2,)), ((2, 2, 3), (3,))]
    ],
    "outer": [
        sample(np.outer, real(2), real(3)),
        sample(np.outer, real(2, 2), real()),
        sample(np.linalg.outer, real(2), real(3)),
    ],
    "tensordot": [
        sample(np.tensordot, real(2, 2, 3), real(2, 3, 2)),
        sample(lambda a, b: np.tensordot(a, b, axes=1), real(2, 3), real(3, 2)),
        sample(lambda a, b: np.tensordot(a, b, 0), real(2), real(3)),
        sample(lambda a, b: np.tensordot(a, b, ([0, -1], [1, 0])), real(2, 3, 2), real(2, 2, 1)),
        sample(lambda a, b: np.linalg.tensordot(a, b, axes=(-1, 0)), real(2, 3), real(3, 2)),
        sample(np.linalg.tensordot, real(2, 2, 3), real(2, 3, 2)),
    ],
    "kron": [
        sample(np.kron, real(*a), real(*b)) for a, b in [((2, 2), (1, 3)), ((2,), (3,)), ((2,), (2, 2)), ((), (2,))]
    ],
    "cross": [
        sample(np.cross, real(3), real(3)),
        sample(np.cross, real(2, 3), real(3)),
        sample(lambda a, b: np.cross(a, b, axis=0), real(3, 2), real(3, 2)),
        sample(lambda a, b: np.cross(a, b, axisa=0, axisb=1, axisc=0), real(3, 2), real(2, 3)),
        sample(lambda a, b: np.linalg.cross(a, b), real(2, 3), real(2, 3)),
    ],
    "multi_dot": [
        sample(lambda a, b, c: np.linalg.multi_dot([a, b, c]), real(2, 3), real(3, 2), real(2, 2)),
        sample(lambda a, b, c: np.linalg.multi_dot((a, b, c)), real(3), real(3, 2), real(2)),
    ],
    "matrix_power": [
        *each([lambda a, n=n: np.linalg.matrix_power(a, n) for n in (0, 1, 2, 3, 5, -2)], well(2, 2)),
        sample(lambda a: np.linalg.matrix_power(a, 3), well(2, 2, 2)),
        sample(lambda a: np.linalg.matrix_power(a, 0), np.ones((2, 2))),  # singular: nothing may be inverted
    ],
    "inv": [sample(np.linalg.inv, well(3, 3)), sample(np.linalg.inv, well(2, 2, 2)), sample(np.linalg.inv, well(1, 1))],
    "pinv": [
        sample(np.linalg.pinv, real(3, 2)),
        sample(np.linalg.pinv, real(2, 3)),
        sample(np.linalg.pinv, well(2, 2, 2)),
    ],
    "solve": [
        sample(np.linalg.solve, well(3, 3), real(3)),
        sample(np.linalg.solve, well(2, 2), real(2, 3)),
        sample(np.linalg.solve, well(2, 2, 2), real(2, 1)),
        sample(np.linalg.solve, well(2, 2), real(2, 2, 2)),
        sample(np.linalg.solve, well(2, 2, 2), real(2)),
    ],
    "det": [sample(np.linalg.det, a) for a in (well(3, 3), well(2, 2, 2), well(1, 1), real(0, 2, 2), -well(3, 3))],
    "slogdet": [
        sample(lambda a: np.linalg.slogdet(a)[1], well(3, 3)),
        sample(lambda a: np.linalg.slogdet(a).logabsdet, -well(2, 3, 3)),
        sample(lambda a: np.linalg.slogdet(a), well(2, 2)),
    ],
    "eigh": [
        sample(lambda a: squares(np.linalg.eigh(mirrored(a))), definite(3, 3)),
        sample(lambda a: squares(np.linalg.eigh(mirrored(a), UPLO="U")), definite(2, 2, 2)),
        sample(lambda a: np.linalg.eigh(mirrored(a))[0], definite(3, 3)),
        sample(lambda a: np.linalg.eigh(mirrored(a)).eigenvectors ** 2, definite(3, 3)),
    ],
    "eigvalsh": [
        sample(lambda a: np.linalg.eigvalsh(mirrored(a)), definite(3, 3)),
        sample(lambda a: np.linalg.eigvalsh(mirrored(a)), definite(2, 2, 2)),
    ],
    "cholesky": [
        sample(lambda a: np.linalg.cholesky(mirrored(a)), definite(3, 3)),
        sample(lambda a: np.linalg.cholesky(mirrored(a)), definite(2, 2, 2)),
        sample(lambda a: np.linalg.cholesky(mirrored(a), upper=True), definite(2, 2)),
    ],
    "svd": [
        *(
            sample(lambda a: squares(np.linalg.svd(a, full_matrices=False)), a)
            for a in (well(3, 3), real(3, 2), real(2, 3), well(2, 2, 2))
        ),
        sample(lambda a: squares(np.linalg.svd(a)), well(2, 2)),
        sample(
            lambda a: (lambda u, s, vh: u[:, :1] * vh[:1])(*np.linalg.svd(a, False)), real(3, 2)
        ),  # u and v together
        sample(lambda a: np.linalg.svd(a, compute_uv=False), real(2, 3)),
        sample(lambda a: np.linalg.svd(a, full_matrices=False).U ** 2, real(3, 2)),
        sample(lambda a: np.linalg.svd(a, full_matrices=False).Vh ** 2, real(2, 3)),
    ],
    "output": [sample(lambda a: np.linalg.slogdet(a)[1], well(2, 2))],
    "svdvals": [sample(np.linalg.svdvals, real(2, 3)), sample(np.linalg.svdvals, well(2, 2, 2))],
    "norm": [
        *(
            sample(lambda x, o=o: np.linalg.norm(x, o), real(4))
            for o in (None, 1, 2, 3, 0.5, -1, -2, np.inf, -np.inf, 0)
        ),
        *(
            sample(lambda x, o=o: np.linalg.norm(x, o), real(2, 3))
            for o in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
        ),
        *(
            sample(lambda x, o=o: np.linalg.norm(x, o, axis=(0, 2), keepdims=True), real(2, 2, 3))
            for o in (None, "nuc", 1, 2, np.inf)
        ),
        *(sample(lambda x, i=i: np.linalg.norm(x, axis=i), real(2, 2, 3)) for i in (0, -1, (0, 1), (-1, 0), None)),
        sample(lambda x: np.linalg.norm(x, 3, 1, True), real(2, 3)),
    ],
    "vector_norm": [
        sample(np.linalg.vector_norm, real(2, 3)),
        sample(lambda x: np.linalg.vector_norm(x, axis=0, ord=3), real(2, 3)),
        sample(lambda x: np.linalg.vector_norm(x, axis=(0, 1), keepdims=True), real(2, 2, 2)),
    ],
    "matrix_norm": [
        sample(np.linalg.matrix_norm, real(2, 2, 3)),
        sample(lambda x: np.linalg.matrix_norm(x, ord="nuc"), real(2, 3)),
    ],
    "cond": [
        sample(np.linalg.cond, well(3, 3)),
        *(sample(lambda x, p=p: np.linalg.cond(x, p), well(2, 2)) for p in (2, -2, 1, "fro", np.inf)),
    ],
    "einsum": [
        sample(lambda *xs, s=s: np.einsum(s, *xs), *(real(*shape) for shape in shapes))
        for s, *shapes in [
            ("ij,jk->ik", (2, 3), (3, 2)),
            ("ij,jk", (2, 3), (3, 2)),  # the result is implied
            ("ji", (2, 3)),
            ("ij->", (2, 3)),
            ("i,i", (3,), (3,)),
            ("i,j->ji", (2,), (3,)),
            ("ij,ij,j->i", (2, 3), (2, 3), (3,)),
            ("...ij,...jk->...ik", (2, 2, 3), (3, 2)),
            ("...i,i...", (2, 3), (3, 2)),
            ("i...,i...->...", (2, 3), (2, 1)),
            ("ii", (3, 3)),  # repeated letters
            ("ii->i", (3, 3)),
            ("iij->j", (2, 2, 3)),
            ("iji,i->j", (2, 3, 2), (2,)),
            ("ij,k->k", (2, 3), (2,)),  # letters summed in one operand only
            ("ij,jk->k", (2, 3), (3, 2)),
            ("ij->i", (2, 3)),
            ("ij,ij->ij", (1, 3), (2, 3)),  # an axis of length 1 is broadcast
            ("ij,ij->j", (2, 1), (2, 3)),
            (" i j , j -> i ", (2, 3), (3,)),
            (",ij->ij", (), (2, 2)),
            ("ba,cb,dc->da", (2, 2), (2, 2), (2, 2)),
            ("ij,jk->ik", (0, 3), (3, 2)),
            ("B a,a->B", (2, 3), (3,)),
        ]
    ]
    + [
        sample(lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [0, 2]), real(2, 3), real(3, 2)),
        sample(lambda a, b: np.einsum(a, [0, 1], b, [1, 2]), real(2, 3), real(3, 2)),
        sample(lambda a, b: np.einsum(a, [..., 0], b, [0], [...]), real(2, 3), real(3)),
        sample(lambda a: np.einsum("ij,ij->i", a, a, optimize=True), real(2, 3)),
        sample(lambda a, b: np.einsum("ij,jk->ik", a, b), real(2, 1100), real(1100, 2), singles=False),
    ],
}
if hasattr(np, "matvec"):  # NumPy ≥ 2.2
    LINEAR_ALGEBRA["matvec"] = [sample(np.matvec, real(2, 3), real(3)), sample(np.matvec, real(2, 2, 3), real(2, 3))]
    LINEAR_ALGEBRA["vecmat"] = [sample(np.vecmat, real(2), real(2, 3)), sample(np.vecmat, real(2, 2), real(2, 2, 3))]
else:
    LINEAR_ALGEBRA["matvec"] = [sample(lambda a, x: (a @ x[..., None])[..., 0], real(2, 3), real(3))]
    LINEAR_ALGEBRA["vecmat"] = [sample(lambda x, a: (x[..., None, :] @ a)[..., 0, :], real(2), real(2, 3))]
