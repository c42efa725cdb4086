"""Logistic regression on three students: hours of study and of sleep, and whether they passed.

A product of matrices has no number on its arrows: its Jacobian would be large and mostly zeros. There stands the rule
instead, such as ∇w = Xᵀ ∇z.
"""

import tinygrad_vn as tg
from tinygrad_vn.nn import functional

TITLE = {"vi": "Hồi quy logistic (logistic regression)", "en": "Logistic regression"}


def drawing(lang: str) -> tg.lecture.GraphDrawing:
    """The graph of its cross-entropy."""
    X = tg.tensor([[2.0, 9.0], [6.0, 7.0], [8.0, 8.0]])
    y = tg.tensor([[0.0], [1.0], [1.0]])
    w = tg.tensor([[0.4], [-0.2]], requires_grad=True)
    b = tg.tensor(0.0, requires_grad=True)

    z = X @ w + b
    p = tg.sigmoid(z)
    loss = functional.binary_cross_entropy(p, y)
    return tg.draw(loss, lang=lang)
