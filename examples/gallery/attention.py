"""Attention, the heart of a transformer, in its smallest form: one query, three keys, three values.

The scores q · k / √2 become weights by the softmax: positive, with sum 1. The output is the mean of the values with
these weights.
"""

import math

import tinygrad_vn as tg
from tinygrad_vn.nn import functional

TITLE = {"vi": "Attention với softmax", "en": "Attention with a softmax"}


def drawing(lang: str) -> tg.lecture.GraphDrawing:
    """The graph from the query to the loss."""
    q = tg.tensor([[1.0, 0.5]], requires_grad=True)
    keys = tg.tensor([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]], requires_grad=True)  # one in each column
    values = tg.tensor([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]], requires_grad=True)  # one in each row
    target = tg.tensor([[2.0, 1.0]])

    scores = q @ keys / math.sqrt(2)
    weights = tg.softmax(scores, axis=1)
    output = weights @ values
    loss = functional.mse_loss(output, target)
    return tg.draw(loss, names={"K": keys, "V": values}, show=("value", "grad"), lang=lang)
