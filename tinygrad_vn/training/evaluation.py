"""Judging a model on data that it does not learn from: as it will be used, without dropout and without gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tinygrad_vn.modes import no_grad
from tinygrad_vn.nn.module import Module
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.training.batches import Batches, as_batches, check_batch

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


def as_metrics(metrics: Any) -> Metrics:
    """Metrics by name.

    Args:
        metrics: a dictionary, or functions (prediction, target) → number, each named by its `__name__`.

    Raises:
        TypeError: one of them cannot be called.
        ValueError: two have one name, or one has none.
    """
    if isinstance(metrics, Mapping):
        named = dict(metrics)
    else:
        listed: Iterable[Any] = [metrics] if callable(metrics) else metrics
        named = {}
        for metric in listed:
            name = getattr(metric, "__name__", type(metric).__name__)
            if name in named or name == "<lambda>":
                raise ValueError(
                    f'metrics need names of their own, not {name!r} again; write metrics={{"name": function}}'
                )
            named[name] = metric
    for name, metric in named.items():
        if not callable(metric):
            raise TypeError(f"the metric {name!r} is no function of (prediction, target)")
    if taken := {"epoch", "loss", "lr", "seconds"} & named.keys():
        raise ValueError(f"the history has a column {min(taken)!r} of its own; give this metric another name")
    return named


def measured(metrics: Metrics, prediction: Any, target: Any) -> dict[str, float]:
    """Every metric of one batch."""
    with no_grad():
        if isinstance(prediction, Tensor):
            prediction = prediction.detach()
        return {name: float(metric(prediction, target)) for name, metric in metrics.items()}


@contextmanager
def in_use(model: Module) -> Iterator[None]:
    """Every module in eval mode for a while, and nothing recorded; afterwards each is as it was."""
    were_training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module in were_training:
            module.training = True


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
    metrics = as_metrics(metrics)
    means = Means()
    with in_use(model):
        for i, batch in enumerate(batches.batches()):
            check_batch(batch, f"batch {i + 1}")
            *inputs, target = batch
            prediction = model(*inputs)
            numbers = {"loss": float(loss(prediction, target))} | measured(metrics, prediction, target)
            means.add({prefix + name: value for name, value in numbers.items()}, target)
    return means.values
