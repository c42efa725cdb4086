"""Chapter 7: optimizers."""

import numpy as np


def momentum_step(
    theta: np.ndarray, v: np.ndarray, g: np.ndarray, rate: float, gamma: float
) -> tuple[np.ndarray, np.ndarray]:
    """θ and v after one step in the velocity form: v = γv + η∇, θ = θ − v.

    θ và v sau một bước theo dạng vận tốc: v = γv + η∇, θ = θ − v.
    """
    raise NotImplementedError


def adam(
    theta: np.ndarray, gradients: list[np.ndarray], rate: float, beta1: float = 0.9, beta2: float = 0.999
) -> np.ndarray:
    """θ after one Adam step for each of the gradients, with bias correction and ε = 1e-8 outside the root.

    θ sau mỗi gradient một bước Adam, có bias correction và ε = 1e-8 nằm ngoài căn.
    """
    raise NotImplementedError
