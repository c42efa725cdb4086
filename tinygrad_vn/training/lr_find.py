"""Which learning rate to begin with: the range test, in which the rate grows from step to step until training fails.

With a rate that is far too small the loss hardly moves; then it falls, faster and faster; then the steps become too
long, and the loss explodes. One look at that curve tells more than trying rates blindly, as the author of the report
`000_12180da503bfe391.txt` did at first: 0.1, 0.01, 0.001, with up to a million iterations each.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_vn.language import resolve
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.nn.module import Module
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.phrases import said
from tinygrad_vn.plot.rates import lr_find_curve
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.training.batches import as_batches, check_batch
from tinygrad_vn.training.chance import generators_of, set_states, states_of
from tinygrad_vn.training.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class LRRange:
    """What a range test found; `str()` explains it, in the language in force.

    Attributes:
        rates: the learning rates that were tried, growing; with several groups those of the first.
        losses: the loss on the next batch, after a step with each of them.
        smoothed: the running mean of the losses, which the rest follows from.
        has_diverged: whether the test ended because the loss grew out of all proportion.
    """

    rates: list[float]
    losses: list[float]
    smoothed: list[float]
    has_diverged: bool

    @property
    def lowest(self) -> int:
        """The position of the lowest smoothed loss."""
        return int(np.argmin(self.smoothed))

    @property
    def suggestion(self) -> float | None:
        """A tenth of the rate at which the smoothed loss is lowest; None where it does not fall before.

        At the lowest loss itself the steps are about to become too long. Of the usual rules this one did best on small
        nets and linear models, with and without mini-batches; the steepest point often lay where training diverges.
        """
        rate = self.rates[self.lowest] / 10
        return rate if rate >= self.rates[0] else None

    def explanation(self, lang: str | None = None) -> str:
        """What the suggestion rests on, and what to do with it."""
        language = resolve(lang)
        if self.suggestion is None:
            return say("no rate", language, first=number(self.rates[0]), last=number(self.rates[-1]))
        details = {
            "rate": number(self.suggestion, 2),
            "lowest": number(self.rates[self.lowest], 2),
            "loss": number(self.smoothed[self.lowest]),
            "last": number(self.rates[-1], 2),
        }
        end = say("rate diverged" if self.has_diverged else "rate not too large yet", language, **details)
        return f"{say('suggested rate because', language, **details)} {end}"

    def plot(self, lang: str | None = None) -> Figure:
        """The losses over the rates, with the suggestion.

        Raises:
            ImportError: matplotlib is not installed; the text says which command adds it.
        """
        return lr_find_curve(self.rates, self.losses, self.smoothed, suggestion=self.suggestion, lang=lang)

    def __str__(self) -> str:
        return self.explanation()


def lr_find(
    model: Module,
    loss: Any,
    optimizer: Optimizer,
    data: Any,
    *,
    start: float = 1e-7,
    end: float = 10.0,
    steps: int = 100,
    stop_factor: float = 4.0,
    smooth: float = 0.9,
) -> LRRange:
    """Train for a few steps with a learning rate that grows exponentially, and look at where the loss falls.

    Model, optimizer and random generators are as before afterwards, to the last bit.

    Args:
        model: what is to be trained.
        loss: gives a Tensor of one element from prediction and target.
        optimizer: its own rates do not matter, but with several groups their ratios are kept.
        data: batches of inputs and target: a DataLoader, a list, or whatever can be gone through again and again; or a
            tuple of arrays (x, y), all of which are used in every step.
        start: the first rate.
        end: the last rate, if the test gets there.
        steps: the number of rates.
        stop_factor: the test ends where the smoothed loss is this many times its lowest value, or not finite.
        smooth: the weight of the past in the running mean, 0 for none. With 0.98, which is usual for large models, a
            single lucky batch at the beginning can outweigh the whole descent of a small one.

    Raises:
        TypeError: the data cannot be gone through again, or a batch is no tuple of inputs and target.
        ValueError: a setting makes no sense, there are no batches, or the first loss is not finite.

    Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3.3; the running mean
    and the rule for the end are those that Gugger describes, "How do you find a good learning rate", 2018.
    """
    _check_settings(start, end, steps, stop_factor, smooth)
    rates = np.geomspace(start, end, steps).tolist()
    ratios = _ratios(optimizer)
    losses: list[float] = []
    with _all_as_before(model, loss, optimizer, data), np.errstate(all="ignore"):
        if not model.training:
            model.train()
        for k, (*inputs, target) in enumerate(_endless(data)):
            result = loss(model(*inputs), target)
            losses.append(float(result))
            has_diverged = _is_too_large(losses, stop_factor, smooth)
            if has_diverged or k == steps:
                break
            for group, ratio in zip(optimizer.param_groups, ratios, strict=True):
                group["lr"] = rates[k] * ratio
            optimizer.zero_grad()
            result.backward()
            optimizer.step()
    if len(losses) < 2:
        raise ValueError(
            said("the loss is {loss} before the first step; look at model and data first", loss=number(losses[0]))
        )
    if not math.isfinite(losses[-1]):
        losses.pop()
    after = losses[1:]
    return LRRange(rates[: len(after)], after, _smoothed(losses, smooth)[1:], has_diverged)


def _check_settings(start: float, end: float, steps: int, stop_factor: float, smooth: float) -> None:
    """ValueError where no test could be made with them."""
    if not (0 < start < end and steps >= 2):
        raise ValueError(
            said(
                "start={start}, end={end}, steps={steps} make no sense; 0 < start < end and steps ≥ 2 do",
                start=start,
                end=end,
                steps=steps,
            )
        )
    if not (stop_factor > 1 and 0 <= smooth < 1):
        raise ValueError(
            said(
                "stop_factor={factor} must be above 1, smooth={smooth} from 0 to below 1",
                factor=stop_factor,
                smooth=smooth,
            )
        )


def _smoothed(losses: list[float], smooth: float) -> list[float]:
    """The exponential running mean, corrected for its beginning, as in Adam."""
    mean, means = 0.0, []
    for k, loss in enumerate(losses, start=1):
        mean = smooth * mean + (1 - smooth) * loss
        means.append(mean / (1 - smooth**k))
    return means


def _is_too_large(losses: list[float], stop_factor: float, smooth: float) -> bool:
    """Whether the last loss is out of all proportion to the lowest, which may be negative."""
    if not math.isfinite(losses[-1]):
        return True
    means = _smoothed(losses, smooth)
    lowest = min(means)
    return means[-1] - lowest > (stop_factor - 1) * abs(lowest)


def _ratios(optimizer: Optimizer) -> list[float]:
    """The rates of all groups beside that of the first."""
    rates = [float(group["lr"]) for group in optimizer.param_groups]
    return [rate / rates[0] if rates[0] else 1.0 for rate in rates]


def _endless(data: Any) -> Iterator[Iterable[Any]]:
    """One batch after the other, in as many epochs as it takes."""
    if isinstance(data, tuple | list) or hasattr(data, "batches"):
        given = as_batches(data)
        epochs = iter(given.batches, None)
    else:
        if not isinstance(data, Iterable) or iter(data) is data:
            raise TypeError(
                said(
                    "data of type {kind} cannot be gone through again and again; give a DataLoader, a list of batches, "
                    "or a tuple of arrays (x, y)",
                    kind=type(data).__name__,
                )
            )
        epochs = iter(data.__iter__, None)
    for epoch in epochs:
        empty = True
        for batch in epoch:
            empty = False
            check_batch(batch, "data")
            yield [item if isinstance(item, Tensor) else Tensor(item) for item in batch]
        if empty:
            raise ValueError(said("{what} is empty: there is no batch in it", what="data"))


@contextmanager
def _all_as_before(model: Module, loss: Any, optimizer: Optimizer, data: Any) -> Iterator[None]:
    """Whatever happens inside, everything that training changes is set back at the end, to the last bit."""
    modules = [module for root in (model, loss) if isinstance(root, Module) for module in root.modules()]
    tensors = {id(p): p for group in optimizer.param_groups for p in group["params"]}
    for module in modules:
        tensors |= {id(t): t for t in (*module.parameters(recurse=False), *module.buffers(recurse=False))}
    values = [(t, np.array(t.detach().numpy()), t.grad, t._leaf().additions) for t in tensors.values()]
    attributes = [(module, dict(vars(module))) for module in modules]
    groups = [dict(group) for group in optimizer.param_groups]
    remembered = {p: copy.deepcopy(state) for p, state in optimizer.state.items()}
    generators = generators_of(model=model, loss=loss, data=data)
    states = states_of(generators)
    for tensor in tensors.values():
        tensor.zero_grad()  # the gradients of before are kept; nothing may be added to them
    try:
        yield
    finally:
        for module, before in attributes:
            vars(module).clear()
            vars(module).update(before)
        for tensor, array, gradient, additions in values:
            tensor.data[...] = array
            tensor.grad = gradient
            tensor._leaf().additions = additions
        for group, settings in zip(optimizer.param_groups, groups, strict=True):
            group.clear()
            group.update(settings)
        optimizer.state = remembered
        set_states(generators, states)
