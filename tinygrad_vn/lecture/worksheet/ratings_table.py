"""The 4×5 table of ratings, as in the report: factors of films and of D, the missing ratings, and one descent step.

A = (1, 0) and B = (0, 1) fix the basis, so the films' factors can be read off their rows. D's factors solve a linear
system; our engine finds them from gradient and Hessian instead.

Source: the report `000_12180da503bfe391.txt`, "Matrix Factorization".
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tinygrad_vn.creation import tensor
from tinygrad_vn.derivatives import hessian, value_and_grad
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.worksheet.exercise import Exercise, Numbers, Question, drawn, gradient_of
from tinygrad_vn.optim import SGD
from tinygrad_vn.tensor import Tensor

Places = np.ndarray[Any, np.dtype[np.int64]]  # in a row of the table

USERS: Final = ("A", "B", "C", "D")
FILMS: Final = ("M1", "M2", "M3", "M4", "M5")
RATE: Final = 0.1
START: Final = (0.5, 0.5)


def ratings_table(rng: np.random.Generator) -> Exercise:
    """Ratings from 1 to 5 made of two factors; two of D's are missing, and the step begins away from its goal."""
    while True:
        M = drawn(rng, [1, 2, 3, 4], 5, 2)
        C, D = np.array([[1, 0], [0, 1], [1, 1], [0.5, 0.5]])[rng.permutation(4)[:2]]
        U = np.stack([[1, 0], [0, 1], C, D])
        missing = np.sort(rng.permutation(5)[:2])
        known = np.delete(np.arange(5), missing)
        table = U @ M.T
        G = M[known].T @ M[known]
        can_be_told_apart = abs(np.linalg.det(G)) >= 3 and table[3, missing[0]] != table[3, missing[1]]
        if table.max() <= 5 and can_be_told_apart and tuple(D) != START:
            break
    shown = table.copy()
    shown[3, missing] = np.nan
    first = FILMS[missing[int(np.argmax(table[3, missing]))]]
    return Exercise(
        "factorization",
        ("R ≈ U M^T,   u_A = (1, 0),   u_B = (0, 1)", ("R", shown)),
        _questions(M, table[3], known, missing),
        (USERS, FILMS),
        {
            "first": first,
            "known": ", ".join(FILMS[k] for k in known),
            "missing": ", ".join(FILMS[k] for k in missing),
        },
    )


def _questions(M: Numbers, ratings: Numbers, known: Places, missing: Places) -> tuple[Question, ...]:
    rated, films = ratings[known], M[known]
    d = _found(films, rated)
    # by hand: Cramer's rule on (MᵀM) u = Mᵀr
    (p, q), (_, s) = films.T @ films
    g, h = films.T @ rated
    solved = np.array([g * s - q * h, p * h - q * g]) / (p * s - q * q)
    start = tensor(START, requires_grad=True)
    loss = ((films @ start - rated) ** 2).mean()
    loss.backward()
    gradient = gradient_of(start)
    SGD([start], lr=RATE).step()
    e = films @ np.array(START) - rated
    slope = 2 / 3 * np.array([sum(e * films[:, 0]), sum(e * films[:, 1])])
    equations = ",   ".join(f"m_{k + 1} · u_D = {number(ratings[k])}" for k in known)
    return (
        Question("M^T", "(R_A; R_B)", Tensor(np.eye(2)) @ M.T, M.T),
        Question("u_D", equations, d, solved, is_solved=True),
        *(Question(f"r_D,{FILMS[k]}", f"u_D · m_{k + 1}", d @ M[k], solved @ M[k]) for k in missing),
        Question("L", "(1/3) ∑ (u · m − r)^2", loss, sum(e**2) / 3),
        Question("∂L/∂u", "(2/3) ∑ (u · m − r) m", gradient, slope),
        Question("u_new", "u − η ∂L/∂u", start, np.array(START) - RATE * slope),
    )


def _found(films: Numbers, rated: Numbers) -> Tensor:
    """The factors under which films get these ratings: one step of Newton's method, exact for a squared loss."""

    def loss(u: Tensor) -> Tensor:
        return ((films @ u - rated) ** 2).mean()

    origin = np.zeros(2)
    return Tensor(-np.linalg.solve(hessian(loss, origin).numpy(), value_and_grad(loss)(origin)[1]))
