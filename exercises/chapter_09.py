"""Chapter 9: logistic regression."""

import numpy as np


def cross_entropy(z: np.ndarray, y: np.ndarray) -> float:
    """The mean of −y ln σ(z) − (1 − y) ln(1 − σ(z)), finite for z = ±1000.

    Trung bình của −y ln σ(z) − (1 − y) ln(1 − σ(z)), hữu hạn cả khi z = ±1000.
    """
    raise NotImplementedError


def gradient(X: np.ndarray, y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Its gradient with respect to w, where z = X @ w.

    Gradient của nó theo w, với z = X @ w.
    """
    raise NotImplementedError
