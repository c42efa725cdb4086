"""Solutions of chapter 7."""

import numpy as np


def momentum_step(
    theta: np.ndarray, v: np.ndarray, g: np.ndarray, rate: float, gamma: float
) -> tuple[np.ndarray, np.ndarray]:
    """θ and v after one step in the velocity form: v = γv + η∇, θ = θ − v.

    θ và v sau một bước theo dạng vận tốc: v = γv + η∇, θ = θ − v.
    """
    v = gamma * v + rate * g
    return theta - v, v


def adam(
    theta: np.ndarray, gradients: list[np.ndarray], rate: float, beta1: float = 0.9, beta2: float = 0.999
) -> np.ndarray:
    """θ after one Adam step for each of the gradients, with bias correction and ε = 1e-8 outside the root.

    θ sau mỗi gradient một bước Adam, có bias correction và ε = 1e-8 nằm ngoài căn.
    """
    m = s = np.zeros_like(theta)
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        theta = theta - rate * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + 1e-8)
    return theta
