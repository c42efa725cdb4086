"""What can be wrong with a gradient before its numbers are compared.

Two runs that differ; a function or a rule that writes into what it was given; a gradient of the wrong shape or dtype,
one that shares its memory with another, one that is not added to what was there, one that depends on how the input lies
in memory: each is looked for in a run of its own, and named.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from tinygrad_vn.checking.findings import Finding
from tinygrad_vn.checking.guards import guard_rules
from tinygrad_vn.checking.subject import Subject, Variable
from tinygrad_vn.checking.verdicts import Settings, Verdict
from tinygrad_vn.graph import Leaf, Values, leaves
from tinygrad_vn.tensor import Tensor

TENTH: Final = 0.1  # relative: float32 may be imprecise, but not something else
ILL_CONDITIONED: Final = 1e-6  # relative: by so much rounding may change a gradient
LARGER: Final = -(2.0**20)  # a power of two: nothing is rounded; negative: |g| is not g
LARGER_IN_HALF: Final = -(2.0**8)  # float16 ends at 65,504


def audited(subject: Subject, settings: Settings) -> tuple[list[Values] | None, list[Finding]]:
    """The gradients, and what is wrong with the way they come about.

    Returns:
        For each variable its gradient, zeros where nothing depends on it; None for all where there is no point in
        comparing numbers. And the findings.
    """
    if found := _not_finite(subject) or different_results(subject, settings):
        return None, found
    found, gradients = _writes(subject), subject.gradients()
    if ends := _shapes(subject, gradients) or _different_gradients(subject, settings, gradients):
        return None, found + ends
    if all(np.isfinite(g.numpy()).all() for g in gradients if g is not None):
        found += [*_accumulation(subject, gradients), *_linearity(subject, gradients), *_layout(subject, gradients)]
        found += _dtypes(subject, gradients)
    if not settings.check_grad_dtypes:
        found = [f for f in found if f.key not in ("dtype", "rule dtype")]
    return _filled(subject, gradients), found


def place(result: int, index: tuple[int, ...]) -> str:
    """An element of a result as people write it."""
    return f"{result}[{', '.join(map(str, index))}]" if index else str(result)


def unlike(a: Any, b: Any, tolerance: float) -> tuple[float, tuple[int, ...]] | None:
    """By how much two arrays differ at most and where, None where only by the last digits or within the tolerance."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return float("inf"), ()
    with np.errstate(invalid="ignore"):
        distance = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    distance = np.where(np.isnan(distance), np.inf, distance)
    finite = np.abs(b[np.isfinite(b)])
    slack = tolerance + 8 * np.finfo(float).eps * finite.max(initial=0.0)
    if not distance.size or distance.max() <= slack:
        return None
    at = np.unravel_index(distance.argmax(), distance.shape)
    return float(distance.max()), tuple(int(k) for k in at)


def _rounding(subject: Subject, variable: Variable, gradient: Values, relative: float = 0.0) -> float:
    """What another order of additions may change in a gradient: some last digits of it, and of what cancels in it.

    Args:
        subject: the function.
        variable: whose gradient it is.
        gradient: the gradient.
        relative: what else is allowed, as a part of the largest element: ill-conditioned problems lose more digits.
    """
    largest = float(np.abs(gradient[np.isfinite(gradient)]).max(initial=0.0))
    return 64 * float(subject.precision) * (largest + subject.bulk / variable.scale) + relative * largest


def different_results(subject: Subject, settings: Settings) -> list[Finding]:
    """Two runs of the function with the same inputs must give the same results."""
    again = subject.evaluated(subject.points)
    if len(again) != len(subject.results):
        return [Finding(Verdict.NONDETERMINISTIC, "result count", {"one": len(subject.results), "two": len(again)})]
    for k, (one, two) in enumerate(zip(subject.results, again, strict=True)):
        if different := unlike(one, two, settings.nondet_tol):
            details = {"place": place(k, different[1]), "distance": f"{different[0]:.3g}"}
            return [Finding(Verdict.NONDETERMINISTIC, "random forward", details)]
    return []


def _different_gradients(subject: Subject, settings: Settings, gradients: Sequence[Tensor | None]) -> list[Finding]:
    """Two backward passes of the same function must give the same gradients."""
    for variable, one, two in zip(subject.variables, gradients, subject.gradients(), strict=True):
        if (one is None) != (two is None):
            return [Finding(Verdict.NONDETERMINISTIC, "random backward", {"name": variable.name, "distance": "∞"})]
        if one is None or two is None:
            continue
        if different := unlike(one, two, settings.nondet_tol + _rounding(subject, variable, one.numpy())):
            details = {"name": variable.label(different[1]), "distance": f"{different[0]:.3g}"}
            return [Finding(Verdict.NONDETERMINISTIC, "random backward", details)]
    return []


def _writes(subject: Subject) -> list[Finding]:
    """The function must leave its inputs alone, and every rule what it is given."""
    with subject.given(subject.points):
        extra = [(f"input {i}", a, a.copy()) for i, a in enumerate(subject.args) if isinstance(a, np.ndarray)]
        tensors, results = subject.run(subject.points)
        inputs = zip(subject.variables, tensors, subject.points, strict=True)
        held = [*((v.name, t._data, x) for v, t, x in inputs), *extra]
        written = [name for name, now, before in held if unlike(now, before, 0.0)]
        if not written:
            return guard_rules(subject, tensors, results)
    return [Finding(Verdict.MUTATES, "writes input", {"name": name}) for name in written]


def _accumulation(subject: Subject, gradients: Sequence[Tensor | None]) -> list[Finding]:
    """`backward()` twice must leave twice the gradient, in memory that belongs to nobody else."""
    with subject.given(subject.points):
        tensors, results = subject.run(subject.points)
        with _gradients_kept(results):
            for _ in range(2):
                for result, weight in zip(results, subject.weights, strict=True):
                    if result.requires_grad:
                        result.backward(weight.copy(), retain_graph=True)
            found = _shared(subject, tensors)
            twice = _filled(subject, [tensor.grad for tensor in tensors])
    for variable, total, once in zip(subject.variables, twice, _filled(subject, gradients), strict=True):
        if unlike(total, 2 * once, _rounding(subject, variable, total)):
            found.append(Finding(Verdict.FAIL, "accumulation", {"name": variable.name}))
    return found


@contextlib.contextmanager
def _gradients_kept(results: Sequence[Tensor]) -> Iterator[None]:
    """A stretch of passes that leave no trace in the `.grad` of whatever else the function uses."""
    used = {leaf for r in results if r._node is not None for leaf in leaves(r._node)}
    before = [(leaf, leaf.grad, leaf.additions) for leaf in used if isinstance(leaf, Leaf)]
    try:
        yield
    finally:
        for leaf, gradient, additions in before:
            leaf.grad, leaf.additions = gradient, additions


def _linearity(subject: Subject, gradients: Sequence[Tensor | None]) -> list[Finding]:
    """A gradient is proportional to what the pass starts from, large or small, and parts of it add up."""
    even = [(np.arange(w.size) % 2 == 0).reshape(w.shape) for w in subject.weights]
    with subject.given(subject.points):
        tensors, results = subject.run(subject.points)

        def starting(*weights: Values) -> list[Values]:
            return _filled(subject, subject.backward(tensors, results, weights))

        factor = LARGER if subject.dtype.itemsize > 2 else LARGER_IN_HALF
        larger = [g / factor for g in starting(*(w * factor for w in subject.weights))]
        smaller = [g * factor for g in starting(*(w / factor for w in subject.weights))]
        first = starting(*(w * e for w, e in zip(subject.weights, even, strict=True)))
        second = starting(*(w * ~e for w, e in zip(subject.weights, even, strict=True)))
    answers = zip(larger, smaller, map(np.add, first, second), strict=True)
    return [
        Finding(Verdict.FAIL, "linearity", {"name": v.name})
        for v, expected, given in zip(subject.variables, _filled(subject, gradients), answers, strict=True)
        if any(unlike(expected, g, _rounding(subject, v, expected, ILL_CONDITIONED)) for g in given)
    ]


def _filled(subject: Subject, gradients: Sequence[Tensor | None]) -> list[Values]:
    """The gradients as arrays, zeros where nothing depends on a variable."""
    return [
        np.zeros(x.shape) if g is None else g.numpy().astype(float)
        for g, x in zip(gradients, subject.points, strict=True)
    ]


def _shared(subject: Subject, leaves: Sequence[Tensor]) -> list[Finding]:
    """No gradient may share memory with another, or with a value."""
    named = [
        (v.name, leaf.grad._data) for v, leaf in zip(subject.variables, leaves, strict=True) if leaf.grad is not None
    ]
    values = [(v.name, leaf._data) for v, leaf in zip(subject.variables, leaves, strict=True)]
    pairs = [*itertools.combinations(named, 2), *itertools.product(named, values)]
    return [
        Finding(Verdict.FAIL, "aliasing", {"one": one, "two": two})
        for (one, a), (two, b) in pairs
        if np.shares_memory(a, b)
    ]


def _layout(subject: Subject, gradients: Sequence[Tensor | None]) -> list[Finding]:
    """The gradient must not depend on how an input lies in memory."""
    usual, scattered = (_filled(subject, g) for g in (gradients, subject.gradients(arrange=_backwards)))
    return [
        Finding(Verdict.FAIL, "layout", {"name": variable.label(different[1])})
        for variable, one, two in zip(subject.variables, usual, scattered, strict=True)
        if (different := unlike(one, two, _rounding(subject, variable, one, ILL_CONDITIONED)))
    ]


def _backwards(array: Values) -> Values:
    """The same numbers with every axis stored from its end, and in Fortran's order."""
    turned = (slice(None, None, -1),) * array.ndim
    return array[turned].copy(order="F")[turned] if array.ndim else array


def _shapes(subject: Subject, gradients: Sequence[Tensor | None]) -> list[Finding]:
    """A gradient has the shape of its input."""
    return [
        Finding(Verdict.FAIL, "shape", {"name": v.name, "got": g.shape, "expected": v.values.shape})
        for v, g in zip(subject.variables, gradients, strict=True)
        if g is not None and g.shape != v.values.shape
    ]


def _dtypes(subject: Subject, gradients: Sequence[Tensor | None]) -> list[Finding]:
    """A gradient has the dtype of its input, also where that is float32, and about the same values."""
    own = [v.values.astype(v.dtype) for v in subject.variables]
    with subject.given(own):
        tensors, results = subject.run(own)
        coarse = subject.backward(tensors, results)
    found = []
    for v, g, precise in zip(subject.variables, coarse, _filled(subject, gradients), strict=True):
        if g is not None and g.dtype != v.dtype:
            found.append(Finding(Verdict.FAIL, "dtype", {"name": v.name, "got": g.dtype, "expected": v.dtype}))
        elif g is not None and v.dtype != np.float64:
            coarser = float(np.finfo(v.dtype).eps) / subject.precision
            if different := unlike(g.numpy(), precise, coarser * _rounding(subject, v, precise, TENTH / coarser)):
                at = different[1]
                details = {"dtype": v.dtype, "got": f"{g.numpy()[at]:.4g}", "expected": f"{precise[at]:.4g}"}
                found.append(Finding(Verdict.FAIL, "other in single", {"name": v.label(at), **details}))
    return found


def different_when_recorded(recorded: Subject, plain: Sequence[Values]) -> list[Finding]:
    """A recorded pass must give the gradients of a plain one: a rule may look at what it gets."""
    for k, (one, two) in enumerate(zip(recorded.results, plain, strict=True)):
        largest = float(np.abs(two[np.isfinite(two)]).max(initial=0.0))
        if different := unlike(one, two, 1e-8 * largest + 64 * recorded.inner_noise):
            at = different[1]
            details = {"place": place(k, at), "recorded": f"{one[at]:.6g}", "plain": f"{two[at]:.6g}"}
            return [Finding(Verdict.FAIL, "other when recorded", details)]
    return []


def _not_finite(subject: Subject) -> list[Finding]:
    """A function that is NaN or infinite has no slope."""
    for k, result in enumerate(subject.results):
        if not np.isfinite(result).all():
            index = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
            value = "NaN" if np.isnan(result[index]) else f"{result[index]:+}"
            return [Finding(Verdict.NONFINITE, "nonfinite result", {"value": value, "place": place(k, index)})]
    return []
