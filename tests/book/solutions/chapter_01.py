"""Solutions of chapter 1."""

from collections.abc import Callable


def slope(f: Callable[[float], float], x: float, h: float = 1e-5) -> float:
    """The slope of f at x, from its values at x − h and x + h.

    Độ dốc của f tại x, tính từ giá trị tại x − h và x + h.
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def descend(gradient: Callable[[float], float], x: float, rate: float, steps: int) -> list[float]:
    """All points of gradient descent, the start included: steps + 1 numbers.

    Mọi điểm của gradient descent, kể cả điểm đầu: steps + 1 số.
    """
    points = [x]
    for _ in range(steps):
        points.append(points[-1] - rate * gradient(points[-1]))
    return points


def largest_stable_rate(areas: list[float]) -> float:
    """The rate below which single steps in w alone are stable for every plot: L = (w·x + b − y)², x one of the areas.

    Tốc độ học mà dưới nó các bước theo riêng w ổn định với mọi mảnh đất: L = (w·x + b − y)², x là một diện tích.
    """
    return 1 / max(areas) ** 2
