"""Solutions of chapter 5."""

import numpy as np


def sigmoid_slope(z: np.ndarray) -> np.ndarray:
    """σ′(z), without a warning for z = ±1000.

    σ′(z), không sinh cảnh báo khi z = ±1000.
    """
    small = np.exp(-np.abs(z))
    return small / (1 + small) ** 2


def dead_neurons(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which ReLU neurons of a layer are dead: their sum X @ W + b is ≤ 0 for every row of X. Shape (out,), bool.

    Những neuron ReLU nào của lớp đã chết: tổng X @ W + b ≤ 0 với mọi hàng của X. Shape (out,), kiểu bool.
    """
    return np.all(X @ W + b <= 0, axis=0)
