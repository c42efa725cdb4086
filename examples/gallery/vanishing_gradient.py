"""Vanishing gradients: five sigmoid neurons in a row.

σ′ is never above 1/4, so every layer makes the gradient at least four times smaller (with weights up to 1). The colours
are log₁₀‖∇‖: yellow at the loss, dark blue where hardly anything arrives.
"""

import tinygrad_vn as tg

TITLE = {"vi": "Gradient triệt tiêu (vanishing gradient)", "en": "Vanishing gradients"}
LAYERS = 5


def drawing(lang: str) -> tg.lecture.GraphDrawing:
    """The chain of neurons, coloured by the sizes of the gradients."""
    a, y = tg.tensor(1.0, name="x"), tg.tensor(1.0, name="y")
    for k in range(1, LAYERS + 1):
        w = tg.tensor(1.0, requires_grad=True, name=f"w{k}")
        a = tg.sigmoid(w * a)
        a.name = f"a{k}"
    loss = (a - y) ** 2
    loss.name = "loss"
    return tg.draw(loss, heat="grad", show=("grad",), lang=lang)
