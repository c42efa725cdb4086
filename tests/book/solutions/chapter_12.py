"""Solutions of chapter 12."""

import numpy as np


def losses_of_rates(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> np.ndarray:
    """The mean squared error of many linear models at once: for each column w of W, mean((X w − y)²). No loops.

    MSE của nhiều mô hình tuyến tính cùng lúc: với mỗi cột w của W, mean((X w − y)²). Không dùng vòng lặp.
    """
    return np.mean((X @ W - y[:, np.newaxis]) ** 2, axis=0)


def distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Squared distances between all rows of A and all rows of B, shape (a, b), with one matrix product and no loops.

    Bình phương khoảng cách giữa mọi hàng của A và mọi hàng của B, shape (a, b), một phép nhân ma trận, không vòng lặp.
    """
    return (A * A).sum(axis=1)[:, np.newaxis] - 2 * A @ B.T + (B * B).sum(axis=1)
