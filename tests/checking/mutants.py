"""How to break a rule, so that it can be seen whether somebody notices.

A mutant is a primitive with one rule broken in one way, in a function where that makes a difference. Whether it does
is found from the whole Jacobian matrix, row by row, with the true rule and with the broken one: backward passes are
linear in what they start from, so a mutant whose rows are all the same computes the same thing for every start. Such
a mutant is no mutant; it is left out, with the reason.

    from tests.checking.mutants import MUTATIONS, RULES, broken, smallest
    case = smallest(rule, MUTATIONS["sign"])
    with broken(rule, MUTATIONS["sign"]):
        …

Breaking goes through `Primitive.rules` and is undone on the way out, whatever happens in between.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import tinygrad_vn as tg
from tests.samples import SAMPLES, Sample
from tinygrad_vn.backprop import backpropagate
from tinygrad_vn.graph import newest_first
from tinygrad_vn.rules import PRIMITIVES, Primitive
from tinygrad_vn.sparse import RowGradient

Rule = Callable[..., Any]
Arrays = list[np.ndarray]


# --- the ways to break a rule ---------------------------------------------------------------------------------------


def in_each(part: Any, change: Callable[[Any], Any]) -> Any:
    """A change made to a gradient, or to each of the gradients of an operation with several results."""
    if isinstance(part, tuple):
        return tuple(None if p is None else change(p) for p in part)
    return change(part.to_dense() if isinstance(part, RowGradient) else part)


def opposite(part: Any, like: Any, g: Any, place: int) -> Any:
    return in_each(part, lambda p: -p)


def scaled(part: Any, like: Any, g: Any, place: int) -> Any:
    return in_each(part, lambda p: p * 1.001)


def one_element(part: Any, like: Any, g: Any, place: int) -> Any:
    """The sign of one element, always the same one."""

    def change(p: Any) -> Any:
        signs = np.ones(p.shape, p.dtype)
        if signs.size:
            signs.reshape(-1)[place % signs.size] = -1.0
        return p * signs

    return in_each(part, change)


def transposed(part: Any, like: Any, g: Any, place: int) -> Any:
    """The last two axes exchanged; where that changes the shape, the same numbers put back into the old one."""
    return in_each(part, lambda p: p.mT.reshape(p.shape) if len(p.shape) > 1 else p)


def unsummed(part: Any, like: Any, g: Any, place: int) -> Any:
    """One slice of a broadcast axis where the engine would have added all slices up."""

    def change(p: Any) -> Any:
        extra = len(p.shape) - len(like.shape)
        stretched = (slice(0, 1) if n == 1 else slice(None) for n in like.shape)
        return p if p.shape == like.shape else p[(*(0,) * extra, *stretched)]

    return part if isinstance(part, tuple) else change(part)


def nothing(part: Any, like: Any, g: Any, place: int) -> Any:
    return in_each(part, lambda p: p * 0.0)


def writes(part: Any, like: Any, g: Any, place: int) -> Any:
    """The right gradient, but `g`, which may belong to others too, is used as scratch paper."""
    part = in_each(part, lambda p: p.copy() if isinstance(p, np.ndarray) else p)
    for given in g if isinstance(g, tuple) else (g,):
        paper = given if isinstance(given, np.ndarray) else getattr(given, "_data", None)
        if isinstance(paper, np.ndarray):
            np.multiply(paper, 2.0, out=paper)
    return part


Mutation = Callable[[Any, Any, Any, int], Any]
"""Takes the true gradient, the argument it belongs to, the gradient of the result, and a place."""

MUTATIONS: dict[str, Mutation] = {
    "sign": opposite,
    "factor 1.001": scaled,
    "one wrong element": one_element,
    "transposed": transposed,
    "no sum over a broadcast axis": unsummed,
    "backward is 0": nothing,
    "writes into g": writes,
}


# --- which rules there are, and how to put broken ones in their place -----------------------------------------------


@dataclass(frozen=True)
class BrokenPart:
    """A rule of the table, by the name of the operation and of the argument; "arrays" for any number of them."""

    operation: str
    argument: str

    def __str__(self) -> str:
        return f"{self.operation}.{self.argument}"

    def positions(self, primitive: Primitive) -> list[int]:
        """Which of a primitive's rules this is."""
        if self.argument == "arrays":
            return list(range(1, len(primitive.rules)))
        return [primitive.parameters.index(self.argument)]


def all_rules() -> list[BrokenPart]:
    found = []
    for name, primitive in PRIMITIVES.items():
        if primitive.parameters[0] == "setting":
            found.append(BrokenPart(name, "arrays"))
        else:
            pairs = zip(primitive.parameters, primitive.rules, strict=True)
            found.extend(BrokenPart(name, argument) for argument, rule in pairs if rule is not None)
    return found


RULES = all_rules()


def primitives_in(results: list[Any], name: str) -> list[Primitive]:
    """The operations of this name in a graph; `concatenate` and `einsum` are one for every count of arrays."""
    nodes = newest_first([r._node for r in results if r.requires_grad])
    return list({id(n.primitive): n.primitive for n in nodes if n.primitive.name == name}.values())


Replace = Callable[[Rule, int], Rule]


@contextlib.contextmanager
def replaced(rule: BrokenPart, case: Sample, replace: Replace) -> Iterator[None]:
    """While it lasts, the operations of this name in the case's graph use another rule."""
    found = primitives_in(listed(case.f(*leaves(case.inputs))), rule.operation)
    before = [(p, p.rules, p.keeps, p.keeps_out) for p in found]  # what is kept is read from the true rules
    try:
        for primitive in found:
            rules = list(primitive.rules)
            for i in rule.positions(primitive):
                rules[i] = replace(rules[i], i)
            primitive.rules = tuple(rules)
            primitive.keeps, primitive.keeps_out = (True,) * len(rules), True
        yield
    finally:
        for primitive, rules, keeps, keeps_out in before:
            primitive.rules, primitive.keeps, primitive.keeps_out = rules, keeps, keeps_out


def broken(
    rule: BrokenPart, case: Sample, mutation: Mutation, place: int = 0
) -> contextlib.AbstractContextManager[None]:
    """While it lasts, the rule is broken wherever the case uses it."""

    def replace(true: Rule, i: int) -> Rule:
        def mutant(g: Any, out: Any, *args: Any) -> Any:
            return mutation(true(g, out, *args), args[i], g, place)

        return mutant

    return replaced(rule, case, replace)


# --- does it make a difference? -------------------------------------------------------------------------------------


def listed(results: Any) -> list[Any]:
    return list(results) if isinstance(results, list | tuple) else [results]


def leaves(arrays: Any) -> list[tg.Tensor]:
    return [tg.tensor(x, requires_grad=True) for x in arrays]


def pull_back(case: Sample, starts: Arrays | None = None, arrays: Any = None) -> tuple[Arrays, Arrays]:
    """The results of a case, and one backward pass in bare arrays; the first pass of an engine writes into no start."""
    inputs = leaves(case.inputs if arrays is None else arrays)
    results = listed(case.f(*inputs))
    values = [r.detach().numpy() for r in results]
    if starts is None:
        return values, []
    seeds = {r._node: np.asarray(s) for r, s in zip(results, starts, strict=True) if r.requires_grad}
    found, _ = backpropagate(seeds, wanted=[x._node for x in inputs])
    return values, [np.asarray(found.get(x._node, np.zeros(x.shape))) for x in inputs]


def jacobian(case: Sample) -> np.ndarray:
    """One row for each element of the results, one column for each element of the inputs."""
    values, rows = pull_back(case)[0], []
    for k, value in enumerate(values):
        for place in np.ndindex(value.shape):
            starts = [np.zeros(v.shape) for v in values]
            starts[k][place] = 1.0
            rows.append(np.concatenate([g.ravel() for g in pull_back(case, starts)[1]] or [np.zeros(0)]))
    return np.array(rows).reshape(len(rows), sum(x.size for x in case.inputs))


@functools.cache
def true_jacobian(operation: str, number: int) -> np.ndarray:
    return jacobian(SAMPLES[operation][number])


def by_size(operation: str) -> list[int]:
    """The numbers of an operation's samples, from the fewest numbers to the most, those with none left out."""
    sizes = [sum(x.size for x in case.inputs) for case in SAMPLES[operation]]
    return [i for i in sorted(range(len(sizes)), key=sizes.__getitem__) if sizes[i]]


def differs(found: np.ndarray, true: np.ndarray) -> bool:
    """By more than any rounding: the smallest mutation is a factor of 1.001."""
    return bool(np.abs(found - true).max(initial=0.0) > 1e-5 * np.abs(true).max(initial=0.0))


def scribbles(rule: BrokenPart, case: Sample) -> bool:
    """Is `g` ever an array that can be written into? NumPy's single numbers cannot."""
    seen = []

    def replace(true: Rule, i: int) -> Rule:
        def noting(g: Any, *args: Any) -> Any:
            seen.extend(isinstance(x, np.ndarray) and x.size > 0 for x in (g if isinstance(g, tuple) else (g,)))
            return true(g, *args)

        return noting

    with replaced(rule, case, replace):
        values = pull_back(case)[0]
        pull_back(case, [np.ones(v.shape) for v in values])
    return any(seen)


def suitable(rule: BrokenPart, name: str) -> Iterator[tuple[Sample, int]]:
    """The samples in which this mutation of this rule makes a difference, smallest first, each with a place."""
    mutation = MUTATIONS[name]
    for number in by_size(rule.operation):
        case = SAMPLES[rule.operation][number]
        size = sum(x.size for x in case.inputs)
        if mutation is writes:
            if scribbles(rule, case):
                yield case, 0
        elif mutation is not one_element:
            if is_mutant(rule, number, mutation, 0):
                yield case, 0
        elif size > 1:  # one element of one is all of them
            places = (place for place in range(min(size, 4)) if is_mutant(rule, number, mutation, place))
            yield from ((case, place) for place in itertools.islice(places, 1))


def is_mutant(rule: BrokenPart, number: int, mutation: Mutation, place: int) -> bool:
    """Whether this mutation changes the Jacobian matrix of a sample."""
    with broken(rule, SAMPLES[rule.operation][number], mutation, place):
        found = jacobian(SAMPLES[rule.operation][number])
    return differs(found, true_jacobian(rule.operation, number))


@functools.cache
def smallest(rule: BrokenPart, name: str) -> tuple[Sample, int] | None:
    """The smallest sample in which this mutation of this rule makes a difference, and the place; None without one."""
    return next(suitable(rule, name), None)


def why_equal(rule: BrokenPart, name: str) -> str:
    """Why no sample tells this mutant from the original."""
    shapes, zero, same_shape = set(), True, True

    def replace(true: Rule, i: int) -> Rule:
        def noting(g: Any, out: Any, *args: Any) -> Any:
            nonlocal zero, same_shape
            part = true(g, out, *args)
            for p in part if isinstance(part, tuple) else (part,):
                if p is not None:
                    shapes.add(p.shape)
                    zero &= not np.any(p.values if isinstance(p, RowGradient) else p)
                    same_shape &= isinstance(part, tuple) or p.shape == args[i].shape
            return part

        return noting

    for number in by_size(rule.operation):
        case = SAMPLES[rule.operation][number]
        with replaced(rule, case, replace):
            jacobian(case)
    if zero:
        return "the gradient is 0"
    if MUTATIONS[name] is unsummed and same_shape:
        return "nothing is broadcast"
    if MUTATIONS[name] is transposed:
        return "the gradient has one axis" if max(map(len, shapes)) < 2 else "the gradient is symmetric"
    return "unknown"


# --- right at first order, wrong at second --------------------------------------------------------------------------


def baked(rule: BrokenPart, case: Sample) -> contextlib.AbstractContextManager[None]:
    """While it lasts, the rule takes values that are no longer part of the graph: fine until it is differentiated."""

    def bare(x: Any) -> Any:
        if isinstance(x, tuple):
            return tuple(bare(part) for part in x)
        return x.detach() if isinstance(x, tg.Tensor) else x

    def replace(true: Rule, i: int) -> Rule:
        return lambda g, out, *args: true(g, bare(out), *(bare(arg) for arg in args))

    return replaced(rule, case, replace)


def second_derivatives(case: Sample) -> np.ndarray:
    """The gradients, each times a random number, differentiated by the inputs and by what they start from."""
    inputs, numbers = leaves(case.inputs), np.random.default_rng(9)
    results = [r for r in listed(case.f(*inputs)) if r.requires_grad]
    starts = leaves(numbers.uniform(0.5, 1.5, r.shape) for r in results)
    first = tg.grad(results, inputs, starts, create_graph=True, allow_unused=True)
    total = sum(((g * numbers.uniform(0.5, 1.5, g.shape)).sum() for g in first if g is not None), tg.tensor(0.0))
    variables = [*inputs, *starts]
    second = tg.grad(total, variables, allow_unused=True) if total.requires_grad else [None] * len(variables)
    pairs = zip(second, variables, strict=True)
    return np.concatenate([np.zeros(v.size) if g is None else g.numpy().ravel() for g, v in pairs])


@functools.cache
def smallest_baked(rule: BrokenPart) -> Sample | None:
    """The smallest sample in which taking values out of the graph changes a second derivative; None without one."""
    for number in by_size(rule.operation):
        case = SAMPLES[rule.operation][number]
        true = second_derivatives(case)
        with baked(rule, case):
            if differs(second_derivatives(case), true):
                return case
    return None
