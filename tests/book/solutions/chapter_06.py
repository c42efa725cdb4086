"""Solutions of chapter 6."""

import numpy as np


def forward(X: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """Ŷ, shape (m, out)."""
    return np.tanh(X @ W1 + b1) @ W2 + b2


def gradients(
    X: np.ndarray, Y: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """∂J/∂W¹, ∂J/∂b¹, ∂J/∂W², ∂J/∂b², each of the shape of its parameter; no loops.

    Mỗi gradient có shape của tham số tương ứng; không dùng vòng lặp.
    """
    A1 = np.tanh(X @ W1 + b1)
    delta2 = 2 * (A1 @ W2 + b2 - Y) / Y.size
    delta1 = delta2 @ W2.T * (1 - A1 * A1)
    return X.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)
