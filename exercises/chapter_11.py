"""Chapter 11: higher derivatives, with tinygrad_vn."""

from collections.abc import Callable

import tinygrad_vn as tg


def derivatives(f: Callable[[tg.Tensor], tg.Tensor], x: float, order: int) -> list[float]:
    """f(x), f′(x), …, up to the derivative of that order.

    f(x), f′(x), … đến đạo hàm cấp `order`.
    """
    raise NotImplementedError


def newton(f: Callable[[tg.Tensor], tg.Tensor], x: float, steps: int) -> float:
    """Where Newton's method for a minimum of f is after so many steps.

    Phương pháp Newton tìm cực tiểu của f đến đâu sau chừng ấy bước.
    """
    raise NotImplementedError
