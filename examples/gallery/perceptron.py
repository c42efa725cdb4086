"""A perceptron: two inputs, two weights and a bias; the sigmoid of their sum is compared with a target.

Every box shows its value in blue and the gradient of the loss in orange; every arrow the local derivative. The chain
rule multiplies what stands on the arrows from the loss back to a weight.
"""

import tinygrad_vn as tg

TITLE = {"vi": "Perceptron với hàm sigmoid", "en": "A perceptron with a sigmoid"}


def drawing(lang: str) -> tg.lecture.GraphDrawing:
    """The graph of its squared error."""
    x1, x2, y = tg.tensor(1.0), tg.tensor(2.0), tg.tensor(1.0)
    w1 = tg.tensor(0.5, requires_grad=True)
    w2 = tg.tensor(-0.25, requires_grad=True)
    b = tg.tensor(0.1, requires_grad=True)

    z = w1 * x1 + w2 * x2 + b
    a = tg.sigmoid(z)
    loss = (a - y) ** 2
    return tg.draw(loss, lang=lang)
