"""Judging a model on data that it does not learn from: as it will be used, without dropout and without gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tinygrad_vn.modes import no_grad
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.use import in_use
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.training.batches import Batches, as_batches, check_batch
from tinygrad_vn.training.metrics import for_loss, metric_named

Loss = Callable[[Any, Any], Any]
Metrics = Mapping[str, Callable[[Any, Any], Any]]


class Means:
    """Running means of several numbers, weighted by the sizes of their batches.

    Attributes:
        values: the means, by name.
        weight: the sizes, added up.
    """

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.weight = 0

    def add(self, numbers: Mapping[str, float], target: Tensor) -> None:
        """Take one batch into account; the first batch's mean is exactly its number."""
        size = target.shape[0] if target.shape else 1
        self.weight += size
        share = size / self.weight if self.weight else 0.0
        for name, value in numbers.items():
            mean = self.values.get(name, 0.0)
            self.values[name] = mean + (value - mean) * share


def as_metrics(metrics: Any, loss: Any) -> Metrics:
    """Metrics by name.

    Args:
        metrics: names of `training.metrics`; functions (prediction, target) → number, each named by its `__name__`;
            or a dictionary of them.
        loss: what they stand beside; it tells accuracy whether predictions are logits or probabilities.

    Raises:
        TypeError: one of them cannot be called.
        ValueError: two have one name, one has none, or no metric is called so.
    """
    if isinstance(metrics, Mapping):
        named = dict(metrics)
    else:
        listed: Iterable[Any] = [metrics] if callable(metrics) or isinstance(metrics, str) else metrics
        named = {}
        for metric in listed:
            name = metric if isinstance(metric, str) else getattr(metric, "__name__", type(metric).__name__)
            if name in named or name == "<lambda>":
                raise ValueError(
                    said(
                        'metrics need names of their own, not {name!r} again; write metrics={{"name": function}}',
                        name=name,
                    )
                )
            named[name] = metric
    for name, metric in named.items():
        if isinstance(metric, str):
            named[name] = metric_named(metric, loss)
        elif callable(metric):
            named[name] = for_loss(metric, loss)
        else:
            raise TypeError(
                said(
                    "the metric {name!r} is no function, but {metric!r}; give one of (prediction, target) that returns "
                    "a number",
                    name=name,
                    metric=metric,
                )
            )
    if taken := {"epoch", "loss", "lr", "steps", "seconds"} & named.keys():
        raise ValueError(
            said("the history has a column {name!r} of its own; give this metric another name", name=min(taken))
        )
    return named


def measured(metrics: Metrics, prediction: Any, target: Any) -> dict[str, float]:
    """Every metric of one batch."""
    with no_grad():
        if isinstance(prediction, Tensor):
            prediction = prediction.detach()
        return {name: _number(name, metric(prediction, target)) for name, metric in metrics.items()}


def _number(name: str, value: Any) -> float:
    """A metric as a number; TypeError where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        shape = getattr(value, "shape", None)
        found = phrase("a {kind}", kind=type(value).__name__) if shape is None else phrase("shape {shape}", shape=shape)
        raise TypeError(
            said("the metric {name!r} returned {found}, not a single number; write .mean()?", name=name, found=found)
        ) from error


def evaluate(model: Module, loss: Loss, data: Any, metrics: Any = (), prefix: str = "") -> dict[str, float]:
    """The loss and the metrics on data, in eval mode and without gradients.

    Args:
        model: the model; its mode is as before afterwards.
        loss: takes (prediction, target) and gives a single number.
        data: as for `fit`. Of several batches the weighted mean is taken, which for some metrics (a root mean square)
            is not quite that of all the data at once; a tuple of arrays is taken at once.
        metrics: as for `fit`.
        prefix: what every name begins with.

    Returns:
        The numbers by name: "loss", and the metrics' names.
    """
    batches: Batches = as_batches(data)
    metrics = as_metrics(metrics, loss)
    means = Means()
    with in_use(model):
        for i, batch in enumerate(batches.batches()):
            check_batch(batch, phrase("batch {number} of the data", number=i + 1))
            *inputs, target = batch
            prediction = model(*inputs)
            numbers = {"loss": float(loss(prediction, target))} | measured(metrics, prediction, target)
            means.add({prefix + name: value for name, value in numbers.items()}, target)
    return means.values
