"""Solutions of chapter 11."""

from collections.abc import Callable

import tinygrad_vn as tg


def derivatives(f: Callable[[tg.Tensor], tg.Tensor], x: float, order: int) -> list[float]:
    """f(x), f′(x), …, up to the derivative of that order.

    f(x), f′(x), … đến đạo hàm cấp `order`.
    """
    point = tg.tensor(x, requires_grad=True)
    results = [f(point)]
    for _ in range(order):
        (result,) = tg.grad(results[-1], [point], create_graph=True)
        results.append(result)
    return [result.item() for result in results]


def newton(f: Callable[[tg.Tensor], tg.Tensor], x: float, steps: int) -> float:
    """Where Newton's method for a minimum of f is after so many steps.

    Phương pháp Newton tìm cực tiểu của f đến đâu sau chừng ấy bước.
    """
    for _ in range(steps):
        _, slope, bend = derivatives(f, x, 2)
        x -= slope / bend
    return x
