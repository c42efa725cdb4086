"""Chapter 6: backpropagation in matrices, for a net with one hidden layer.

A¹ = tanh(X W¹ + b¹), Ŷ = A¹ W² + b², J = mean of (Ŷ − Y)². Weights are (in, out), rows are examples.
"""

import numpy as np


def forward(X: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """Ŷ, shape (m, out)."""
    raise NotImplementedError


def gradients(
    X: np.ndarray, Y: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """∂J/∂W¹, ∂J/∂b¹, ∂J/∂W², ∂J/∂b², each of the shape of its parameter; no loops.

    Mỗi gradient có shape của tham số tương ứng; không dùng vòng lặp.
    """
    raise NotImplementedError
