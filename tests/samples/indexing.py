"""Samples for `rules/indexing.py`: every kind of index first."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.samples.families import each, real, sample
from tinygrad_vn.rules import indexing

MASK = np.array([[True, False, True], [False, False, True]])


def added_up(g: np.ndarray, index: Any, shape: tuple[int, ...]) -> np.ndarray:
    total = np.zeros(shape, g.dtype)
    np.add.at(total, index, g)
    return total


INDICES = {
    "a number": 1,
    "a negative number": -1,
    "numbers": (1, -2),
    "a slice": slice(1, None),
    "a slice with a step": (slice(None), slice(None, None, 2)),
    "a slice backwards": slice(None, None, -1),
    "an empty slice": slice(2, 2),
    "nothing": (),
    "an ellipsis": (..., 0),
    "a new axis": (None, 1, ..., None),
    "positions": np.array([0, 2, 1]),
    "repeated positions": np.array([1, 1, -1, 0, 1]),
    "a list": [2, 0, 0],
    "a table of positions": np.array([[0, 1], [1, 1]]),
    "no positions": np.array([], int),
    "one position, an array": np.array(1),
    "small positions": np.array([0, 0, 1], np.int8),
    "pairs": (np.array([0, 2, 0]), np.array([1, 3, 1])),
    "crossed": (np.array([[0], [2]]), np.array([1, 1])),
    "positions and a slice": (np.array([0, 0]), slice(1, 3)),
    "a slice and positions": (slice(None), np.array([3, 0, 3])),
    "positions and a number": (np.array([2, 2]), 1),
    "positions around a new axis": (np.array([2, 2]), None, np.array([1, 1])),
    "tuples of positions": ((0, 0, 1), (1, 1, 2)),
    "a mask": np.arange(12).reshape(3, 4) % 3 == 0,
    "a mask of rows": np.array([True, False, True]),
    "a mask and a slice": (np.array([True, False, True]), slice(0, 3)),
    "a mask and positions": (np.array([True, False, True]), np.array([0, 0])),
    "a mask of nothing": np.zeros((3, 4), bool),
    "true": True,
}

INDEXING = {
    "getitem": [
        *(sample(lambda a, index=index: a[index], real(3, 4)) for index in INDICES.values()),
        sample(lambda a: a[()], real()),
        sample(lambda a: a[None], real()),
        sample(lambda a: a[np.array([0, 1])], real(40, 2)),  # few of many: another way of adding up
        sample(lambda a: a[np.array([1, 1, 7])], real(30)),
        sample(lambda a: a[:, 1:][np.array([0, 0])] * a[0, 0], real(2, 3)),
    ],
    "scatter_add": [
        sample(
            lambda g, i=i, s=s: indexing.scatter_add(g, i, s), real(*n), reference=lambda g, i=i, s=s: added_up(g, i, s)
        )
        for i, s, n in [
            (np.array([1, 1, 0]), (3,), (3,)),
            (np.array([1, 1, 0]), (40, 2), (3, 2)),
            (slice(1, 3), (4, 2), (2, 2)),
            ((slice(None), np.array([0, 0])), (2, 2), (2, 2)),
        ]
    ],
    "embedding": [
        sample(
            lambda a, i=i, s=s: indexing.embedding(a, i, None, s),
            real(*n),
            reference=lambda a, i=i: np.take(a, i, axis=0),
        )
        for s in (False, True)  # whether the gradient is one of rows
        for i, n in [
            (np.array([1, 1, 0]), (3, 2)),
            (np.array([[2, 0], [0, -1]], np.int8), (4, 2, 3)),
            (np.array([0, 7, 7]), (40,)),
            (np.array(1), (3,)),
            (np.array([], int), (3, 2)),
        ]
    ]
    + [
        sample(  # the padding's gradient is left out, so it is multiplied by 0 here
            lambda a, s=s, i=i, p=p: indexing.embedding(a, i, p, s) * (i % 3 != p % 3)[:, None],
            real(3, 2),
            reference=lambda a, i=i, p=p: a[i] * (i % 3 != p % 3)[:, None],
        )
        for s in (False, True)
        for i, p in [(np.array([1, 2, 0, 2]), 2), (np.array([1, 2, 2]), -1), (np.array([0, 0, 1]), 2)]
    ],
    "take": each(
        [
            lambda a: np.take(a, [0, 2, 2]),
            lambda a: np.take(a, 4),
            lambda a: np.take(a, [[0, 1], [1, 1]], axis=1),
            lambda a: np.take(a, np.array([-1, 0]), axis=0),
            lambda a: np.take(a, [7, -8], mode="wrap"),
            lambda a: np.take(a, [7, -8], axis=-1, mode="clip"),
        ],
        real(2, 3),
    ),
    "take_along_axis": each(
        [
            lambda a: np.take_along_axis(a, np.array([[1, 1, 0]]), axis=0),
            lambda a: np.take_along_axis(a, np.array([[2, 0], [1, 1]]), axis=1),
            lambda a: np.take_along_axis(a, np.array([5, 0, 0]), axis=None),
            lambda a: np.take_along_axis(a, np.array([[0], [2]]), -1),
        ],
        real(2, 3),
    ),
    "sort": each(
        [np.sort, lambda a: np.sort(a, axis=0), lambda a: np.sort(a, None), lambda a: np.sort(a, 1, kind="stable")],
        real(3, 4),
    ),
    "partition": [
        sample(lambda a: np.partition(a, 2)[..., 2], real(2, 5)),
        sample(lambda a: np.partition(a, (0, 1, 2), axis=0), real(3, 2)),
        sample(lambda a: np.partition(a, 3, axis=None)[3], real(2, 3)),
    ],
    "repeat": each(
        [
            lambda a: np.repeat(a, 2),
            lambda a: np.repeat(a, 2, axis=1),
            lambda a: np.repeat(a, [1, 3], axis=0),
            lambda a: np.repeat(a, 0, axis=-1),
        ],
        real(2, 3),
    ),
    "tile": [
        *each([lambda a, r=r: np.tile(a, r) for r in (2, (2, 1), (1, 2, 3), (0, 1))], real(2, 3)),
        sample(lambda a: np.tile(a, 3), real()),
    ],
    "roll": each(
        [
            lambda a: np.roll(a, 1),
            lambda a: np.roll(a, -2, axis=1),
            lambda a: np.roll(a, (1, 2), axis=(0, 1)),
            lambda a: np.roll(a, 7, 0),
        ],
        real(2, 3),
    ),
    "pad": [
        *each(
            [
                lambda a, m=m: np.pad(a, ((1, 2), (0, 3)), mode=m)
                for m in ("constant", "edge", "wrap", "reflect", "symmetric")
            ],
            real(2, 3),
        ),
        *each(
            [
                lambda a: np.pad(a, 1),
                lambda a: np.pad(a, (2, 0), "constant", constant_values=1.5),
                lambda a: np.pad(a, ((1, 0), (0, 1)), constant_values=((1, 2), (3, 4))),
            ],
            real(2, 2),
        ),
        sample(lambda a: np.pad(a, 1), real(0, 2)),
    ],
    "diagonal": [
        *each(
            [np.diagonal, lambda a: np.diagonal(a, 1), lambda a: np.diagonal(a, -1), lambda a: np.diagonal(a, 5)],
            real(3, 4),
        ),
        *each([lambda a: np.diagonal(a, axis1=2, axis2=0), lambda a: np.linalg.diagonal(a, offset=1)], real(2, 3, 3)),
    ],
    "diag": [
        *each([lambda a, k=k: np.diag(a, k) for k in (0, 1, -2)], real(3, 4)),
        *each([np.diag, lambda v: np.diag(v, -1), lambda v: np.diag(v, k=2)], real(3)),
    ],
    "diagflat": [sample(np.diagflat, real(2, 2)), sample(lambda v: np.diagflat(v, 1), real(2))],
    "trace": [
        *each([np.trace, lambda a: np.trace(a, 1), lambda a: np.trace(a, offset=-1)], real(3, 4)),
        *each([lambda a: np.trace(a, axis1=0, axis2=-1), np.linalg.trace], real(2, 3, 3)),
    ],
    "triu": [
        *each([np.triu, lambda a: np.triu(a, 1), lambda a: np.triu(a, k=-1)], real(2, 3, 3)),
        sample(np.triu, real(3)),
        sample(np.triu, real(2, 4)),
    ],
    "tril": [
        *each([np.tril, lambda a: np.tril(a, 1), lambda a: np.tril(a, k=-1)], real(2, 3, 3)),
        sample(np.tril, real(3)),
        sample(np.tril, real(4, 2)),
    ],
    "select": [
        sample(lambda x, y: np.select([MASK, ~MASK], [x, y * 2]), real(2, 3), real(3)),
        sample(lambda x: np.select([x > 0.5, x > -0.5], [x * x, -x], default=7.0), real(2, 3)),
        sample(lambda x, d: np.select([MASK, MASK], [x, x * 9], d), real(2, 3), real()),
    ],
    "diff": [
        *each(
            [
                np.diff,
                lambda a: np.diff(a, 2),
                lambda a: np.diff(a, axis=0),
                lambda a: np.diff(a, n=0),
                lambda a: np.diff(a, 5),
            ],
            real(3, 4),
        ),
        sample(lambda a, b: np.diff(a, prepend=0.5, append=b), real(2, 3), real(2, 2)),
    ],
    "gradient": [
        sample(np.gradient, real(5)),
        sample(np.gradient, real(2, 4)),
        *each(
            [
                lambda f: np.gradient(f, 0.5, axis=1),
                lambda f: np.gradient(f, 0.3, 2.0),
                lambda f: np.gradient(f, axis=(1, 0), edge_order=2),
            ],
            real(3, 4),
        ),
        sample(lambda f: np.gradient(f, np.array([0.0, 0.4, 1.5, 1.7]), edge_order=2), real(4)),
        sample(lambda f: np.gradient(f, [0.0, 0.5]), real(2)),
    ],
}
