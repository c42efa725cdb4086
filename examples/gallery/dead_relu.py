"""A dead ReLU: where the sum is negative, the ReLU lets nothing through, and no gradient comes back.

The second neuron's sum is below 0 for this input: ⊘ marks the gradients that are exactly 0. If that is so for every
input, its weights never change again.
"""

import tinygrad_vn as tg

TITLE = {"vi": "ReLU chết (dead ReLU): gradient bằng 0", "en": "A dead ReLU: its gradient is 0"}


def drawing(lang: str) -> tg.lecture.GraphDrawing:
    """Two neurons, one of them dead; the colours are the sizes of the gradients."""
    x, y = tg.tensor(2.0), tg.tensor(1.0)
    w1 = tg.tensor(0.7, requires_grad=True)
    w2 = tg.tensor(-0.9, requires_grad=True)

    h1 = tg.relu(w1 * x)
    h2 = tg.relu(w2 * x)
    loss = (h1 + h2 - y) ** 2
    return tg.draw(loss, heat="grad", show=("value", "grad"), lang=lang)
