"""Chapter 4: gradient checking."""

from collections.abc import Callable

import numpy as np


def numeric_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """The slopes of f at x, one for each element, by symmetric differences; x itself is left as it is.

    Độ dốc của f tại x theo từng phần tử, bằng sai phân đối xứng; x phải giữ nguyên.
    """
    raise NotImplementedError


def agree(analytic: np.ndarray, numeric: np.ndarray, atol: float = 1e-7, rtol: float = 1e-5) -> bool:
    """Whether both agree in every element: |a − n| ≤ atol + rtol·|n|; NaN agrees with nothing.

    Hai gradient có khớp ở mọi phần tử không: |a − n| ≤ atol + rtol·|n|; NaN không khớp với gì cả.
    """
    raise NotImplementedError
