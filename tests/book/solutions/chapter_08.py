"""Solutions of chapter 8."""

import numpy as np


def ridge_gradient(X: np.ndarray, y: np.ndarray, w: np.ndarray, penalty: float) -> np.ndarray:
    """The gradient of mean((X w − y)²) + penalty · sum(w²), shape (n,)."""
    return 2 * X.T @ (X @ w - y) / len(y) + 2 * penalty * w


def epoch_to_keep(losses: list[float], patience: int) -> int:
    """Early stopping: the epoch (from 0) whose model is kept. Stop after `patience` epochs without a new lowest loss.

    Early stopping: epoch (tính từ 0) mà mô hình được giữ lại. Dừng sau `patience` epoch liền không có loss thấp hơn.
    """
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best
