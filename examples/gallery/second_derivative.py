"""A second derivative: the gradient of a gradient.

With create_graph=True the first derivative is recorded like any other computation; drawn, its own gradient is the
second derivative. For y = x³ at x = 2: y′ = 3x² = 12, and in the box of x stands y″ = 6x = 12. The box x1 = 1 is
∂y/∂y, with which every backward pass begins.
"""

import tinygrad_vn as tg

TITLE = {"vi": "Đạo hàm cấp hai: gradient của gradient", "en": "A second derivative: the gradient of a gradient"}


def drawing(lang: str) -> tg.lecture.GraphDrawing:
    """The graph of y′ for y = x³."""
    x = tg.tensor(2.0, requires_grad=True)
    y = x**3
    (dy,) = tg.grad(y, [x], create_graph=True)
    return tg.draw(dy, names={"x": x, "y′": dy}, lang=lang)
