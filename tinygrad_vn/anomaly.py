"""Where did the NaN come from? `detect_anomaly()` stops at the first one and shows the line that made it.

A NaN or an infinity spreads: a hundred operations later the loss is NaN, and nothing tells where it began. Under
`detect_anomaly()` every result is looked at as soon as it is there, and so is every gradient in a backward pass.
The first bad number is an error (E14) with the operation, its inputs and the user's line; where an operation was given
values that it is not defined for, as in log 0, a warning (E07) says so first.

Nothing of this is in the engine. An operation carried out under the mode gets a primitive of its own, a copy whose
rules check what they return. Remembered are names and numbers, never frames or arrays.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tinygrad_vn.diagnosis import (
    DOMAINS,
    NotFinite,
    Place,
    advice,
    advice_inside,
    first,
    is_finite,
    not_finite,
    outside,
    user_place,
    warn_user,
)
from tinygrad_vn.errors import GradientError, GradientWarning
from tinygrad_vn.graph import Node, Values, newest_first
from tinygrad_vn.modes import Mode, Watch, current, watched_by
from tinygrad_vn.phrases import Text, phrase
from tinygrad_vn.recording import Recorded, apply, call_bare, tensors_in
from tinygrad_vn.rules import Primitive
from tinygrad_vn.rules.primitive import Rule, output
from tinygrad_vn.sparse import RowGradient

# --- the inputs -------------------------------------------------------------------------------------------------


class Input(NamedTuple):
    """What an operation was given: the argument's name, the Tensor's name, and the range of its values."""

    name: str
    tensor: str | None
    low: float
    high: float
    shape: tuple[int, ...]

    def range(self) -> str:
        """From the smallest to the largest value, and the shape."""
        return f"{self.low:.6g} … {self.high:.6g}, shape {self.shape}" if self.shape else f"{self.low:.6g}"

    def __str__(self) -> str:
        return (f"{self.name} ({self.tensor!r}): " if self.tensor else f"{self.name}: ") + self.range()


def numbers_in(names: Iterable[str], args: Iterable[Any]) -> Iterator[tuple[str, Any, Values]]:
    """The arguments that are numbers, as (name, argument, array); no axes, indices or truth values."""
    for name, arg in zip(names, args, strict=False):
        values = bare_values(arg) if name else None
        if values is not None and values.dtype.kind in "iuf" and values.size:
            yield name, arg, values


def bare_values(arg: Any) -> Values:
    """The array that an argument is, or stands for."""
    return arg._data if isinstance(arg, Recorded) else np.asarray(arg)


def ranges(names: Iterable[str], args: Iterable[Any]) -> tuple[Input, ...]:
    """The range of every argument that is numbers; NaN does not count, unless there is nothing else."""
    found = []
    for name, arg, values in numbers_in(names, args):
        tensor = arg._node.name if isinstance(arg, Recorded) and arg._node is not None else None
        low, high = float(np.fmin.reduce(values, axis=None)), float(np.fmax.reduce(values, axis=None))
        found.append(Input(name, tensor, low, high, values.shape))
    return tuple(found)


def listed(inputs: tuple[Input, ...]) -> str:
    """The ranges in one line, of at most six inputs: `concatenate` may have hundreds."""
    return "; ".join([*map(str, inputs[:6]), *(["…"] if len(inputs) > 6 else [])])


def differentiable(primitive: Primitive) -> tuple[str, ...]:
    """The names of the arguments that are values, with blanks for settings, as an axis is one."""
    return tuple(name if rule else "" for name, rule in zip(primitive.parameters, primitive.rules, strict=True))


def called(primitive: Primitive) -> str:
    """An operation in messages: "divide (÷)", but plain "log"."""
    return primitive.name if primitive.sign.isascii() else f"{primitive.name} ({primitive.sign})"


# --- the forward pass -------------------------------------------------------------------------------------------


class Origin(NamedTuple):
    """How an operation came about, to be told if its gradient is not finite.

    Attributes:
        operation: its name in messages.
        place: the line that made it; None where it was carried out outside `detect_anomaly()`.
        inputs: their ranges, where the graph did not keep the arrays.
        whole: for a step in the gradient of another operation, which one.
    """

    operation: str
    place: Place | None
    inputs: tuple[Input, ...] | None = None
    whole: str | None = None


class Supervisor(Watch):
    """Looks at every result as soon as it is there, and makes the rules of its operation look at gradients."""

    def operation(self, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        """Apply a primitive.

        Raises:
            GradientError: E14 where the result is not finite.
        """
        with watched_by(None), np.errstate(all="ignore"):
            result = apply(primitive, *args)
        parts = list(tensors_in(result))
        names = differentiable(primitive)
        check_result(primitive.name, called(primitive), parts, names, args)
        supervise(parts, primitive, Origin(called(primitive), user_place()), names, args)
        return result

    def constant(self, call: str, function: Callable[..., Any], args: Any, named: Any) -> Any:
        """Call a function that is not recorded: `x // y`, `np.add.reduce(x)`.

        Raises:
            GradientError: E14 where the result is not finite.
        """
        with watched_by(None), np.errstate(all="ignore"):
            result = call_bare(call, function, args, named)
        parts = [part for part in (result if isinstance(result, tuple | list) else [result]) if hasattr(part, "dtype")]
        names = ("x", "y") if len(args) <= 2 else tuple(f"input {i}" for i in range(len(args)))
        check_result(call.removeprefix("np."), call, parts, names, args)
        return result

    def backward(self, root: Node) -> None:
        """Supervise also what was recorded outside."""
        for node in newest_first([root]):
            if not is_supervised(node):
                node.primitive = supervised(node.primitive, Origin(called(node.primitive), None))


class InsideRule(Watch):
    """While a rule is being recorded for a second derivative: its steps are not errors, only its result can be one."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin

    def operation(self, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        """Apply a primitive as a step in the gradient of an operation, whose line it gets."""
        with watched_by(None):
            result = apply(primitive, *args)
        origin = Origin(called(primitive), self.origin.place, None, self.origin.whole or self.origin.operation)
        supervise(list(tensors_in(result)), primitive, origin, differentiable(primitive), args)
        return result

    def constant(self, call: str, function: Callable[..., Any], args: Any, named: Any) -> Any:
        """Call a function that is not recorded."""
        with watched_by(None):
            return call_bare(call, function, args, named)

    def backward(self, root: Node) -> None:
        """Rules begin no passes."""


def check_result(name: str, operation: str, parts: list[Any], names: tuple[str, ...], args: tuple[Any, ...]) -> None:
    """E07 where an operation was used outside its domain, E14 where a result of it is not finite."""
    arrays = [bare_values(part) for part in parts]
    bad = next((array for array in arrays if not is_finite(array)), None)
    if bad is None and all(array.dtype.kind == "f" for array in arrays):
        return  # no operation gives finite real numbers outside its domain
    warned = name in DOMAINS and warn_outside_domain(name, operation, [bare_values(arg) for arg in args])
    if bad is None:
        return
    finding, inputs = not_finite(bad), list(numbers_in(names, args))
    culprit = already_there(name, inputs)
    if culprit is None and "NaN" not in finding.what and not all(is_finite(values) for _, _, values in inputs):
        return  # an infinity that was put in on purpose: np.where(mask, scores, -np.inf)
    raise GradientError(
        "E14",
        subject=phrase("forward pass: the result of {operation}", operation=operation),
        found=finding.text(),
        ranges=listed(ranges(names, args)),
        place=phrase("The operation is in {place}.", place=user_place().text()),
        remedy=culprit or (advice_inside(name) if warned else advice(name, finding.what, backward=False)),
    )


def warn_outside_domain(name: str, operation: str, values: list[Any]) -> bool:
    """E07, at the user's line, where values are outside the domain; returns whether there are any."""
    mask = outside(name, values)
    if mask is None:
        return False
    at = first(mask)
    value = np.broadcast_to(values[DOMAINS[name].argument], mask.shape)[at].item()
    found = phrase("the value {value}", value=value)
    if mask.shape:
        found = phrase(
            "{count} of {size} values (the first: {value} at index {index})",
            count=int(np.count_nonzero(mask)),
            size=mask.size,
            value=value,
            index=list(at),
        )
    warning = GradientWarning(
        "E07",
        operation=operation,
        found=found,
        domain=DOMAINS[name].text,
        place=user_place().text(),
        remedy=advice_inside(name),
    )
    warn_user(warning)
    return True


def already_there(operation: str, inputs: list[tuple[str, Any, Values]]) -> Text | None:
    """Which input already had a NaN or an infinity, and is to be looked at instead of the operation."""
    for name, arg, values in inputs:
        if is_finite(values):
            continue
        finding = not_finite(values)
        if "NaN" not in finding.what and (is_meant(arg) or is_mask(operation, arg, finding)):
            continue
        return received(phrase("its input {name}, {what}", name=name, what=kind_of(arg)), finding)
    return None


def is_meant(arg: Any) -> bool:
    """Whether an infinity was written by hand, or has been looked at before and let through."""
    if isinstance(arg, Recorded):
        return arg._node is not None and is_supervised(arg._node)
    return isinstance(arg, int | float | np.generic)


def is_mask(operation: str, arg: Any, finding: NotFinite) -> bool:
    """Whether −∞ is added to scores on purpose, or chosen, so that a softmax makes 0 of it."""
    learned = isinstance(arg, Recorded) and arg._node is not None and arg._node.requires_grad
    return operation in ("add", "where") and finding.what == "-Inf" and not learned


def received(source: Text, finding: NotFinite) -> Text:
    """The operation is not to blame: look further up."""
    return phrase(
        "It was received, not made here: {source}, already {found}. Look where these values come from.",
        source=source,
        found=finding.text(),
    )


def kind_of(arg: Any) -> Text:
    """How messages speak of an input."""
    if isinstance(arg, Recorded):
        return phrase("an untracked Tensor") if arg._node is None else arg._called()
    return phrase("a number") if np.ndim(arg) == 0 else phrase("an array")


# --- the backward pass ------------------------------------------------------------------------------------------


def supervise(
    parts: list[Any], primitive: Primitive, origin: Origin, names: tuple[str, ...], args: tuple[Any, ...]
) -> None:
    """Give a recorded operation a primitive whose rules look at what they return."""
    node = parts[0]._node if parts else None
    if type(node) is not Node:
        return
    if node.primitive is output and primitive is not output:  # one of several results
        node = node.inputs[0]
        assert node is not None
    if node.large:
        origin = origin._replace(inputs=ranges(names, args))
    node.primitive = supervised(primitive, origin)


def supervised(primitive: Primitive, origin: Origin) -> Primitive:
    """A copy of a primitive, with the same rules under supervision."""
    twin = object.__new__(Primitive)
    vars(twin).update(vars(primitive), keeps=primitive.keeps, keeps_out=primitive.keeps_out)
    twin.rules = tuple(
        rule and functools.partial(check_gradient, rule, primitive, i, origin) for i, rule in enumerate(primitive.rules)
    )
    return twin


def is_supervised(node: Node) -> bool:
    """Whether an operation was carried out under `detect_anomaly()`."""
    rules = node.primitive.rules if type(node) is Node else ()
    return any(isinstance(rule, functools.partial) and rule.func is check_gradient for rule in rules)


def check_gradient(
    rule: Rule, primitive: Primitive, argument: int, origin: Origin, g: Any, out: Any, *args: Any
) -> Any:
    """What a rule returns for an argument; under `detect_anomaly()` it is looked at.

    Raises:
        GradientError: E14 where it is not finite.
    """
    if current()[1] is None:
        return rule(g, out, *args)
    with watched_by(InsideRule(origin)), np.errstate(all="ignore"):
        part = rule(g, out, *args)
    bad = next((array for array in arrays_in(part) if not is_finite(array)), None)
    if bad is not None:
        raise bad_gradient(not_finite(bad), primitive, argument, origin, g, args)
    return part


def arrays_in(gradient: Any) -> list[Values]:
    """The arrays of a gradient: one, or for an operation with several results one for each that was used."""
    parts = gradient if isinstance(gradient, tuple) else (gradient,)
    arrays = [part._data if isinstance(part, Recorded) else part for part in parts]
    arrays = [part.values if isinstance(part, RowGradient) else part for part in arrays]
    return [np.asarray(array) for array in arrays if isinstance(array, np.ndarray | np.generic)]


def bad_gradient(
    finding: NotFinite, primitive: Primitive, argument: int, origin: Origin, g: Any, args: tuple[Any, ...]
) -> GradientError:
    """E14 for the gradient of one argument."""
    subject = phrase(
        "backward pass: the gradient of {operation} for its argument {argument!r}",
        operation=origin.operation,
        argument=primitive.parameters[argument],
    )
    if origin.whole:
        subject = phrase("{subject}, a step in the derivative of {operation},", subject=subject, operation=origin.whole)
    incoming = arrays_in(g)
    inputs = origin.inputs or ranges(differentiable(primitive), args)
    culprit = next(
        (received(phrase("the incoming gradient"), not_finite(a)) for a in incoming if not is_finite(a)), None
    )
    place = phrase("The operation was carried out outside detect_anomaly(): do that inside too, to see its line.")
    if origin.place:
        place = phrase("The operation is in {place}.", place=origin.place.text())
    return GradientError(
        "E14",
        subject=subject,
        found=finding.text(),
        ranges=phrase(
            "{inputs}; incoming gradient: {gradient}",
            inputs=listed(inputs),
            gradient=", ".join(given.range() for given in ranges(["g"] * len(incoming), incoming)),
        ),
        place=place,
        remedy=culprit or advice(primitive.name, finding.what, backward=True),
    )


class detect_anomaly(Mode):  # noqa: N801 - PyTorch's name
    """Stop at the first NaN or infinity, forward or backward, and show the line that made it.

    `with tg.detect_anomaly(): …`, or `@tg.detect_anomaly()` above any kind of function, as for `no_grad()`. It costs
    time in every operation inside, and nothing outside: for finding a mistake, not for every training.

    Inside, an operation or a gradient that is not finite raises a GradientError E14, and an operation outside its
    domain, such as log 0, gives a GradientWarning E07 first. NumPy's own warnings do not appear in addition.

    An infinity that stands in the program, `np.where(mask, scores, -np.inf)`, is meant: it may go on, as long as no
    NaN is made of it. One in data or parameters is not.

    Both passes belong inside. `backward()` and `grad()` look at gradients if they are called inside, there or in a
    later block; called outside, they run as ever. Of a graph that was computed outside there is no line to show.
    """

    watch = Supervisor()
