"""Metrics: numbers that tell people more than the loss does. `fit` and `evaluate` also take them by name.

    history = training.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=20, metrics=["accuracy"])
    history["accuracy"]

The mean over batches is the number of all samples together, for those in here. It is not for a root mean square: with
MSELoss, that is the root of the loss.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from tinygrad_vn import nn
from tinygrad_vn.nn import functional as F
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

Metric = Callable[[Any, Any], Any]


def accuracy(prediction: Any, target: Any, *, threshold: float | None = None) -> float:
    """The share of samples whose class is predicted rightly, from 0 to 1.

    Args:
        prediction: one score per class, shape (n, k): the largest wins. Or one number per sample, shape (n,) or (n, 1),
            which means class 1 above the threshold.
        target: of scores the class numbers, shape (n,), or one number per class, shape (n, k), the largest being that
            of the right class; of single numbers 0 or 1, in the prediction's shape.
        threshold: 0 for logits, 0.5 for probabilities. `fit` knows it from the losses BCEWithLogitsLoss and BCELoss.

    Raises:
        ValueError: the shapes do not fit, or single numbers come without a threshold.
    """
    scores, wanted = _array(prediction), _array(target)
    if scores.ndim > 1 and scores.shape[1] > 1 and threshold is None:
        if wanted.shape == scores.shape:
            wanted = wanted.argmax(axis=1)
        answer = scores.argmax(axis=1)
    elif threshold is None:
        raise ValueError(
            said(
                "accuracy of one number per sample needs a threshold, 0 for logits and 0.5 for probabilities: metrics="
                '{{"accuracy": lambda p, t: training.accuracy(p, t, threshold=0)}}'
            )
        )
    else:
        answer = scores > threshold
    if answer.shape != wanted.shape:
        raise ValueError(
            said(
                "accuracy cannot compare predictions of shape {prediction} with targets of shape {target}; give one "
                "class number for each prediction, in shape {wanted}",
                prediction=scores.shape,
                target=np.shape(_array(target)),
                wanted=answer.shape,
            )
        )
    return float(np.mean(answer == wanted))


def mae(prediction: Any, target: Any) -> float:
    """The mean absolute error, in the units of the target.

    Raises:
        ShapeError: E08 where the shapes differ.
    """
    return float(F.l1_loss(Tensor(_array(prediction)), Tensor(_array(target))))


METRICS: Final[dict[str, Metric]] = {"accuracy": accuracy, "mae": mae}
"""The metrics that have a name."""


def metric_named(name: str, loss: Any) -> Metric:
    """The metric of this name, for predictions that this loss is made for.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in METRICS:
        raise ValueError(
            said(
                "there is no metric {name!r}; there are {names}, or give a function of (prediction, target) that "
                "returns a number",
                name=name,
                names=", ".join(METRICS),
            )
        )
    return for_loss(METRICS[name], loss)


def for_loss(metric: Metric, loss: Any) -> Metric:
    """The metric; accuracy with the threshold that belongs to the loss, where it has one."""
    if metric is not accuracy:
        return metric
    if isinstance(loss, nn.BCEWithLogitsLoss) or loss is F.binary_cross_entropy_with_logits:
        return functools.partial(accuracy, threshold=0.0)
    if isinstance(loss, nn.BCELoss) or loss is F.binary_cross_entropy:
        return functools.partial(accuracy, threshold=0.5)
    return metric


def _array(values: Any) -> Any:
    return values.detach().numpy() if isinstance(values, Tensor) else np.asarray(values)
