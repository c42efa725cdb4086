"""The two tables of the report: one to follow by hand, and one of random numbers, in which there is nothing to find.

Four users and five films. F1 may stand for action and F2 for comedy; A and C like the one, B the other, D both:

            M1  M2  M3  M4  M5                      F1  F2
        F1   3   1   1   3   1                  A    1   0
        F2   1   2   4   1   3                  B    0   1
                                                C    1   0
        D    ?   3   ?   4   4                  D    1   1

Source: the report `000_12180da503bfe391.txt`, "Matrix Factorization" and "Ý tưởng thực hiện".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.recommender import Numbers
from tinygrad_vn.phrases import said

USERS: Final = ("A", "B", "C", "D")
FILMS: Final = ("M1", "M2", "M3", "M4", "M5")

RATINGS: Final = np.array([[3, 1, 1, 3, 1], [1, 2, 4, 1, 3], [3, 1, 1, 3, 1], [0, 3, 0, 4, 4]], float)
"""What was rated; 0 is a film that was not seen."""

FACTORS: Final[tuple[Numbers, Numbers]] = (
    np.array([[1, 0], [0, 1], [1, 0], [1, 1]], float),
    np.array([[3, 1], [1, 2], [1, 4], [3, 1], [1, 3]], float),
)
"""The factors of users and films from which the ratings were made."""

START: Final[tuple[Numbers, Numbers]] = (
    np.array([[0.2, 0.5], [0.3, 0.4], [0.7, 0.8], [0.4, 0.5]]),
    np.array([[1.2, 2.4], [3.1, 1.5], [0.3, 4.4], [2.5, 0.4], [0.2, 1.1]]),
)
"""The report's random numbers; their products go from 1.44 (A, M1) to 0.63 (D, M5)."""

LAST_USER: Final[Mapping[int, float]] = {1: 5, 2: 4, 3: 1}
"""What the 501st user has rated: number of the film, from 1, and stars. (The report does not say which three.)"""


def worked_example() -> RatingsDataset:
    """The table of four users and five films, without D's ratings of M1 and M3."""
    return RatingsDataset.from_matrix(RATINGS, user_ids=USERS, item_ids=FILMS, titles={film: film for film in FILMS})


def random_table(
    users: int = 500, films: int = 100, last: Mapping[int, float] = LAST_USER, seed: int = 0
) -> RatingsDataset:
    """Whole ratings from 0 to 5 drawn at random, 0 being a film that was not rated; and below them one more user.

    Args:
        users: how many of them rate at random.
        films: how many there are.
        last: what the last user has rated: number of the film, from 1, and stars.
        seed: of the random ratings.

    Raises:
        ValueError: there is no such film, or (DataError) no such rating.
    """
    table = np.random.default_rng(seed).integers(0, 6, (users + 1, films)).astype(float)
    table[users] = 0
    for film, stars in last.items():
        if not 1 <= film <= films:
            raise ValueError(said("there is no film {film}; they go from 1 to {films}", film=film, films=films))
        table[users, film - 1] = stars
    return RatingsDataset.from_matrix(table)
