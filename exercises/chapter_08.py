"""Chapter 8: overfitting."""

import numpy as np


def ridge_gradient(X: np.ndarray, y: np.ndarray, w: np.ndarray, penalty: float) -> np.ndarray:
    """The gradient of mean((X w − y)²) + penalty · sum(w²), shape (n,)."""
    raise NotImplementedError


def epoch_to_keep(losses: list[float], patience: int) -> int:
    """Early stopping: the epoch (from 0) whose model is kept. Stop after `patience` epochs without a new lowest loss.

    Early stopping: epoch (tính từ 0) mà mô hình được giữ lại. Dừng sau `patience` epoch liền không có loss thấp hơn.
    """
    raise NotImplementedError
