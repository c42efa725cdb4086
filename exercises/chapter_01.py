"""Chapter 1: derivative and descent.

Replace `raise NotImplementedError` by your own lines, then run  pytest tests/book -m chapter_1

Thay `raise NotImplementedError` bằng code của bạn, rồi chạy  pytest tests/book -m chapter_1
"""

from collections.abc import Callable


def slope(f: Callable[[float], float], x: float, h: float = 1e-5) -> float:
    """The slope of f at x, from its values at x − h and x + h.

    Độ dốc của f tại x, tính từ giá trị tại x − h và x + h.
    """
    raise NotImplementedError


def descend(gradient: Callable[[float], float], x: float, rate: float, steps: int) -> list[float]:
    """All points of gradient descent, the start included: steps + 1 numbers.

    Mọi điểm của gradient descent, kể cả điểm đầu: steps + 1 số.
    """
    raise NotImplementedError


def largest_stable_rate(areas: list[float]) -> float:
    """The rate below which single steps in w alone are stable for every plot: L = (w·x + b − y)², x one of the areas.

    Tốc độ học mà dưới nó các bước theo riêng w ổn định với mọi mảnh đất: L = (w·x + b − y)², x là một diện tích.
    """
    raise NotImplementedError
