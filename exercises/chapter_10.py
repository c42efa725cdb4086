"""Chapter 10: matrix factorization."""

import numpy as np


def gradients(R: np.ndarray, rated: np.ndarray, U: np.ndarray, M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """∂L/∂U and ∂L/∂M of the mean of (R − U Mᵀ)² over the cells where `rated` is True; no loops.

    ∂L/∂U và ∂L/∂M của trung bình (R − U Mᵀ)² trên các ô mà `rated` là True; không dùng vòng lặp.
    """
    raise NotImplementedError


def recommend(R: np.ndarray, rated: np.ndarray, U: np.ndarray, M: np.ndarray, user: int) -> list[int]:
    """The films that a user has not rated, the highest prediction first.

    Những phim người dùng chưa chấm, dự đoán cao nhất đứng trước.
    """
    raise NotImplementedError
