"""Samples for `rules/shaping.py`."""

from __future__ import annotations

import numpy as np

from tests.samples.families import each, real, sample

SHAPING = {
    "reshape": [
        *each(
            [
                lambda a: np.reshape(a, (3, 2)),
                lambda a: np.reshape(a, -1),
                lambda a: a.reshape(1, 6),
                lambda a: a.reshape((3, -1)),
                lambda a: np.reshape(a, [6]),
            ],
            real(2, 3),
        ),
        sample(lambda a: np.reshape(a, (1, 1)), real()),
        sample(lambda a: np.reshape(a, (2, 0)), real(0, 3)),
    ],
    "transpose": [
        *each([np.transpose, lambda a: np.transpose(a, axes=(1, 2, 0)), lambda a: a.transpose(2, 0, 1)], real(2, 3, 2)),
        *each([lambda a: np.permute_dims(a, (-1, 0, -2)), lambda a: a.T], real(2, 3, 2)),
        sample(np.transpose, real()),
    ],
    "broadcast_to": [
        sample(lambda a: np.broadcast_to(a, (2, 3)), real(3)),
        sample(lambda a: np.broadcast_to(a, (2, 3, 2)), real(3, 1)),
        sample(lambda a: np.broadcast_to(a, (0, 2)), real()),
    ],
    "concatenate": [
        sample(lambda a, b: np.concatenate([a, b]), real(2, 2), real(1, 2)),
        sample(lambda a, b, c: np.concatenate((a, b, c), axis=-1), real(2, 1), real(2, 2), real(2, 0)),
        sample(lambda a, b: np.concatenate([a, b], axis=None), real(2, 2), real(3)),
        sample(lambda a: np.concat([a, [1.0, 2.0], a]), real(2)),
    ],
    "stack": [
        *each([lambda a, b, i=i: np.stack([a, b], axis=i) for i in (0, 1, -1)], real(2, 3), real(2, 3)),
        sample(lambda a, b: np.stack((a, b, a)), real(), real()),
    ],
    "vstack": [
        sample(lambda a, b: np.vstack([a, b]), real(2), real(3, 2)),
        sample(lambda a, b: np.vstack((a, b)), real(), real()),
    ],
    "hstack": [
        sample(lambda a, b: np.hstack([a, b]), real(2), real(3)),
        sample(lambda a, b: np.hstack([a, b]), real(2, 1), real(2, 2)),
    ],
    "dstack": [
        sample(lambda a, b: np.dstack([a, b]), real(2), real(2)),
        sample(lambda a, b: np.dstack([a, b]), real(2, 2), real(2, 2, 2)),
    ],
    "column_stack": [sample(lambda a, b: np.column_stack([a, b]), real(2), real(2, 2))],
    "append": [
        sample(np.append, real(2, 2), real(3)),
        sample(lambda a, b: np.append(a, b, axis=1), real(2, 1), real(2, 2)),
    ],
    "array_split": [
        sample(lambda a: np.array_split(a, 3), real(7)),
        sample(lambda a: np.array_split(a, 1), real(2)),
        sample(lambda a: np.array_split(a, [1, 3], axis=-1), real(2, 4)),
        sample(lambda a: np.array_split(a, [3, 1, 9]), real(4)),
    ],
    "split": [sample(lambda a: np.split(a, 2), real(4)), sample(lambda a: np.split(a, [1], axis=1), real(2, 3))],
    "vsplit": [sample(lambda a: np.vsplit(a, 2), real(4, 2))],
    "hsplit": [sample(lambda a: np.hsplit(a, 2), real(4)), sample(lambda a: np.hsplit(a, [1]), real(2, 3))],
    "dsplit": [sample(lambda a: np.dsplit(a, 2), real(2, 1, 2))],
    "ravel": [sample(np.ravel, real(2, 3)), sample(np.ravel, real()), sample(np.ravel, real(0, 2))],
    "squeeze": each([np.squeeze, lambda a: np.squeeze(a, 0), lambda a: np.squeeze(a, axis=(0, -1))], real(1, 2, 1)),
    "expand_dims": each([lambda a, i=i: np.expand_dims(a, i) for i in (0, 1, -1, (0, 2), [0, -1])], real(2, 3)),
    "swapaxes": each([lambda a: np.swapaxes(a, 0, 2), lambda a: np.swapaxes(a, -1, 1)], real(2, 3, 2)),
    "matrix_transpose": each([np.matrix_transpose, np.linalg.matrix_transpose, lambda a: a.mT], real(2, 3, 2)),
    "moveaxis": each(
        [lambda a: np.moveaxis(a, 0, -1), lambda a: np.moveaxis(a, (0, 1), (2, 0)), lambda a: np.moveaxis(a, -1, 0)],
        real(2, 3, 2),
    ),
    "rollaxis": each(
        [
            lambda a: np.rollaxis(a, 2),
            lambda a: np.rollaxis(a, 0, 3),
            lambda a: np.rollaxis(a, 1, -1),
            lambda a: np.rollaxis(a, -1, 1),
        ],
        real(2, 3, 2),
    ),
    "atleast_1d": [
        sample(np.atleast_1d, real()),
        sample(np.atleast_1d, real(2)),
        sample(np.atleast_1d, real(), real(2)),
    ],
    "atleast_2d": [sample(np.atleast_2d, real()), sample(np.atleast_2d, real(2), real(2, 2))],
    "atleast_3d": [
        sample(np.atleast_3d, real()),
        sample(np.atleast_3d, real(2)),
        sample(np.atleast_3d, real(2, 3), real(1, 2, 2)),
    ],
    "flip": [
        *each([np.flip, lambda a: np.flip(a, 0), lambda a: np.flip(a, axis=(0, -1))], real(2, 3)),
        sample(np.flip, real()),
    ],
    "flipud": [sample(np.flipud, real(2, 3))],
    "fliplr": [sample(np.fliplr, real(2, 3))],
    "rot90": each([lambda a, k=k: np.rot90(a, k) for k in (0, 1, 2, 3, 4, 5, 6, 7, -1)], real(2, 3))
    + each([lambda a: np.rot90(a, axes=(1, 2)), lambda a: np.rot90(a, 3, axes=(-1, 0))], real(2, 3, 2)),
    "broadcast_arrays": [sample(lambda a, b: np.broadcast_arrays(a, b), real(2, 1), real(3))],
    "linspace": [
        sample(lambda a, b: np.linspace(a, b, 4), real(2), real(2)),
        sample(lambda a, b: np.linspace(a, b, num=3, endpoint=False, axis=-1), real(2), real()),
        sample(lambda b: np.linspace(0, b, 5), real()),
        sample(lambda a: np.linspace(a, 1.0, 1), real(2)),
    ],
}
