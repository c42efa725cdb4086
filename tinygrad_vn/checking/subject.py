"""The function under test: its inputs, its values at other points, and the gradients that backpropagation gives.

A gradient check compares two answers to one question, so both are asked in the same way. Every result gets a random
weight for each of its elements; the question is how the weighted sum of all results changes with one input. Backward
passes start from these weights, and difference quotients are taken of this sum. Weights of 1 would be blind: the
elements of a softmax always sum to 1, and a rule that returned 0 would pass.

Inputs are copied for every evaluation. Parameters, which the function finds by itself, are given other values for the
time of one call and get their own buffers back.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_vn.checking.weights import leveled, random_weights
from tinygrad_vn.derivatives import grad
from tinygrad_vn.dtypes import check_floating
from tinygrad_vn.graph import Node, Values, leaves, newest_first
from tinygrad_vn.modes import enable_grad
from tinygrad_vn.recording import linked
from tinygrad_vn.rules import Primitive
from tinygrad_vn.tensor import Tensor

Function = Callable[..., Any]
Arrangement = Callable[[Values], Values]
Params = Mapping[str, Tensor] | Sequence[Tensor]


@dataclass(frozen=True)
class Variable:
    """An input whose gradient is checked.

    Attributes:
        name: how the report speaks of it.
        values: its values in float64.
        dtype: its own dtype.
        position: which argument of the function it is; None for a parameter.
        param: the parameter itself.
    """

    name: str
    values: Values
    dtype: np.dtype[Any]
    position: int | None = None
    param: Tensor | None = None

    @property
    def scale(self) -> float:
        """The magnitude of its largest element, 1 where all are 0."""
        finite = np.abs(self.values[np.isfinite(self.values)])
        return float(finite.max(initial=0.0)) or 1.0

    def label(self, index: tuple[int, ...]) -> str:
        """One of its elements as people write it, `w[1, 0]`."""
        return f"{self.name}[{', '.join(map(str, index))}]" if index else self.name


class Subject:
    """A function with the inputs at which it is checked.

    Attributes:
        variables: what is checked. points: their values. results: those of the function there.
        weights: a random number for each element of the results.
        unchecked: the names of what else the results depend on, None for what has no name.
        dtype: the coarsest among the results. precision: its rounding, relative. size: the magnitude of the results.

    Args:
        func: takes Tensors (and whatever else stands among the inputs), returns a Tensor or several.
        inputs: its arguments. Arrays and floats are checked, and the Tensors that require a gradient, or all Tensors
            where none does.
        params: Tensors that the function uses without being given them, by name or as a list.
        seed: of the weights.

    Raises:
        DtypeError: E03 where nothing among the inputs, or none of the results, can have a gradient.
        TypeError: the function returns something that is no Tensor, or a parameter is none.
    """

    def __init__(self, func: Function, inputs: Any, params: Params | None = None, seed: int = 0) -> None:
        self.func = func
        self.args = _listed(inputs)
        self.variables = [*self._variables_among(self.args), *self._params(params)]
        if not self.variables:
            if self.args:
                check_floating(_array(self.args[0]).dtype)
            raise TypeError("there is nothing to check: no input is a number, an array or a Tensor; or pass params=")
        self.points = [variable.values for variable in self.variables]
        rng = np.random.default_rng(seed)
        with self.given(self.points):
            tensors, results = self.run(self.points)
        self.results = [np.array(r.detach().numpy()) for r in results]
        used = {leaf for r in results if r._node is not None for leaf in leaves(r._node)}
        self.unchecked = sorted((leaf.name for leaf in used - {t._node for t in tensors}), key=str)
        scales = [v.scale for v in self.variables]
        even = random_weights(self.results, rng)
        self.weights = leveled(even, self.results, self.points, scales, self.moved, rng)
        self.dtype = min((r.dtype for r in self.results), key=lambda d: d.itemsize, default=np.dtype(float))
        self.precision = float(np.finfo(self.dtype).eps)
        self.size = norm(v * r for v, r in zip(self.weights, self.results, strict=True))

    def run(self, values: Sequence[Values], arrange: Arrangement | None = None) -> tuple[list[Tensor], list[Tensor]]:
        """Call the function on fresh Tensors with these values.

        Args:
            values: for each variable its values; the Tensors take their dtypes.
            arrange: puts a buffer into another memory layout.

        Returns:
            The variables as Tensors that require a gradient, and the results, those of floating dtype.
        """
        args, tensors = list(self.args), []
        for variable, array in zip(self.variables, values, strict=True):
            if variable.position is None:
                tensors.append(variable.param)
            else:
                leaf = Tensor(array, requires_grad=True, name=variable.name)
                if arrange:
                    leaf._data = arrange(leaf._data)
                args[variable.position] = leaf
                tensors.append(leaf)
        args = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        with enable_grad():
            returned = self.func(*args)
        results = list(returned) if isinstance(returned, tuple | list) else [returned]
        for i, result in enumerate(results):
            if not isinstance(result, Tensor):
                raise TypeError(_no_tensor(result, i))
        floating = [result for result in results if result.dtype.kind == "f"]
        if results and not floating:
            check_floating(results[0].dtype)
        return tensors, floating  # type: ignore[return-value]

    def evaluated(self, values: Sequence[Values]) -> list[Values]:
        """The results with these values of the variables, as arrays."""
        with self.given(values):
            return [np.array(result.detach().numpy()) for result in self.run(values)[1]]

    def moved(self, values: Sequence[Values]) -> list[Values] | None:
        """The results elsewhere; None where the function has no value there, or one of another shape."""
        with np.errstate(all="ignore"):
            try:
                moved = self.evaluated(values)
            except Exception:  # it has run at the point itself, so it is this place: a matrix without inverse, a NaN …
                return None
        return moved if [r.shape for r in moved] == [r.shape for r in self.results] else None

    def gradients(self, arrange: Arrangement | None = None) -> list[Tensor | None]:
        """What backpropagation says of each variable, None where no result depends on it."""
        with self.given(self.points):
            tensors, results = self.run(self.points, arrange)
            return self.backward(tensors, results)

    def backward(
        self, tensors: Sequence[Tensor], results: Sequence[Tensor], weights: Sequence[Values] | None = None
    ) -> list[Tensor | None]:
        """The gradients of a run that was made before, from the weights or from other numbers."""
        pairs = zip(results, self.weights if weights is None else weights, strict=True)
        started = [(r, v.copy()) for r, v in pairs if r.requires_grad]
        if not started:
            return [None for _ in tensors]
        outputs, starts = zip(*started, strict=True)
        return list(grad(outputs, tensors, starts, retain_graph=weights is not None, allow_unused=True))

    @contextlib.contextmanager
    def given(self, values: Sequence[Values]) -> Iterator[None]:
        """The parameters with other values and without gradients; afterwards everything is as it was."""
        held = [v.param for v in self.variables if v.param is not None]
        before = [(p, p._data, p._node, p._node.grad if p._node else None) for p in held]
        try:
            for variable, array in zip(self.variables, values, strict=True):
                if variable.param is not None:
                    variable.param._data = array.copy()
                    variable.param.grad = None
            yield
        finally:
            for p, data, node, gradient in before:
                p._data, p._node = data, node
                if node is not None:
                    node.grad = gradient

    def change(self, values: Sequence[Values], responds: list[Any]) -> float:
        """By how much the weighted sum of all results changes when the variables take these values.

        Args:
            values: of the variables.
            responds: for each result, which of its elements have changed so far; updated.

        Returns:
            The change, NaN where the function has no value there.
        """
        moved = self.moved(values)
        if moved is None:
            return math.nan
        with np.errstate(all="ignore"):
            for i, (new, old) in enumerate(zip(moved, self.results, strict=True)):
                responds[i] = responds[i] | (new != old)
            changes = zip(self.weights, moved, self.results, strict=True)
            return float(sum(np.sum(w * (new - old)) for w, new, old in changes))

    def noise(self, responds: list[Any]) -> float:
        """The round-off of one evaluation, from the elements that respond at all, or from all where none does."""
        if not any(np.any(r) for r in responds):
            responds = [True] * len(self.results)
        terms = (v * r * on for v, r, on in zip(self.weights, self.results, responds, strict=True))
        return float(self.precision * norm(terms))

    @property
    def inner_noise(self) -> float:
        """The round-off of one evaluation, if every operation on the way contributes its own."""
        return float(self.precision * self.bulk)

    @property
    def weight(self) -> float:
        """The weight of the only number that the function returns; 1 where it returns more."""
        return float(self.weights[0].item()) if [r.size for r in self.results] == [1] else 1.0

    @property
    def bulk(self) -> float:
        """The size of all intermediate values, each in proportion to its influence on the results.

        An intermediate value a is rounded by ε·|a|, and changes the weighted sum by its gradient times that: the first
        order of a running error analysis (Griewank & Walther, "Evaluating Derivatives", 2nd ed. 2008, section 3.4).
        """
        return max(self.size, norm(value * gradient for value, gradient in self._inner))

    @property
    def rounded_zero(self) -> float:
        """What rounding leaves of a gradient that is 0 because everything cancels."""
        largest = max((float(np.abs(g[np.isfinite(g)]).max(initial=0.0)) for _, g in self._inner), default=0.0)
        return 64 * float(self.precision) * largest

    @functools.cached_property
    def _inner(self) -> list[tuple[Values, Values]]:
        """Every intermediate value with its gradient."""
        with self.given(self.points):
            _, results = self.run(self.points)
            inner = [linked(n.out, n) for n in self.nodes(results) if isinstance(n.out, np.ndarray)]
            influence = self.backward(inner, results) if len(results) == len(self.weights) else []
        return [(x._data, g._data) for x, g in zip(inner, influence, strict=False) if g is not None]

    def nodes(self, results: Sequence[Tensor]) -> list[Node]:
        """All operations behind these results."""
        return newest_first([r._node for r in results if r._node is not None])

    def _variables_among(self, args: Sequence[Any]) -> list[Variable]:
        floating = [i for i, a in enumerate(args) if _is_floating(a)]
        asked = any(isinstance(a, Tensor) and a.requires_grad for a in args)
        chosen = [i for i in floating if not (asked and isinstance(args[i], Tensor) and not args[i].requires_grad)]
        names = _parameter_names(self.func, len(args))
        found = []
        for i in chosen:
            array = _array(args[i])
            name = getattr(args[i], "name", None) or names[i]
            found.append(Variable(name, array.astype(np.float64), array.dtype, position=i))
        return found

    def _params(self, params: Any) -> list[Variable]:
        if isinstance(params, Mapping):
            named = list(params.items())
        else:
            listed = [params] if isinstance(params, Tensor) else params or ()
            named = [(getattr(p, "name", None) or f"params[{i}]", p) for i, p in enumerate(listed)]
        for name, p in named:
            if not (isinstance(p, Tensor) and p.is_leaf and p.requires_grad):
                raise TypeError(f"params: {name!r} must be a leaf Tensor with requires_grad=True, not {p!r:.60}")
        distinct = {id(p): (name, p) for name, p in reversed(named)}
        return [Variable(name, p._data.astype(np.float64), p.dtype, param=p) for name, p in reversed(distinct.values())]


def _listed(inputs: Any) -> list[Any]:
    """The arguments of a call: several in a tuple, or in a list that holds arrays; else one. Lists become arrays."""
    several = isinstance(inputs, tuple)
    if isinstance(inputs, list):
        several = not inputs or any(isinstance(a, Tensor | np.ndarray) for a in inputs)
    return [np.array(a) if isinstance(a, list) else a for a in (inputs if several else [inputs])]


def _no_tensor(result: Any, i: int) -> str:
    """What is wrong with a function that returns something else than a Tensor."""
    kind = type(result).__name__
    if result is None:
        return "the function to check returns None: is its `return` missing?"
    if isinstance(result, dict):
        return "the function to check returns a dictionary: return its Tensors in a tuple"
    cut = isinstance(result, float | int | np.generic | np.ndarray)
    why = ": it has left the graph on the way, for example through float(…), .item() or .numpy()" if cut else ""
    return f"the function to check must return Tensors, but result {i} is of type {kind}{why}"


def norm(terms: Iterable[Any]) -> float:
    """The root of the sum of squares of all finite elements of some arrays, which may be too large to square."""
    flat = np.concatenate([np.zeros(1), *(np.ravel(t).astype(float) for t in terms)])
    flat = flat[np.isfinite(flat)]
    largest = float(np.abs(flat).max())
    return largest * float(np.linalg.norm(flat / largest)) if largest else 0.0


def _array(value: Any) -> Values:
    return value._data if isinstance(value, Tensor) else np.asarray(value)


def _is_floating(value: Any) -> bool:
    return isinstance(value, Tensor | np.ndarray | float | np.floating) and _array(value).dtype.kind == "f"


def _parameter_names(func: Function, count: int) -> list[str]:
    """The names that the function gives its arguments; x, or x0, x1, … where it has none to give."""
    try:
        parameters = inspect.signature(func).parameters.values()
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        names = []
    if isinstance(func, Primitive):
        names = list(func.parameters)
    return [names[i] if i < len(names) else "x" if count == 1 else f"x{i}" for i in range(count)]
