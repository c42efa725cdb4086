"""What an operation is: how to compute it, how to draw it, and the gradient of each of its arguments.

A `Primitive` pairs a NumPy function with one short rule per argument. A rule takes `(g, out, *arguments)`: `g` is the
gradient of the loss with respect to the result `out`, and what it returns is the gradient of its argument. Rules are
written with operators and NumPy functions only, so one line serves every order: given arrays it runs at NumPy's
speed, given Tensors it is recorded like any other code and can be differentiated again.

A `composite` is an operation written in terms of others; it needs no rule and is right at every order for free.
"""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any  # an ndarray in a first-order pass, a Tensor where the rule itself is being recorded
Rule = Callable[..., Array]

PRIMITIVES: dict[str, Primitive] = {}
COMPOSITES: dict[str, Callable[..., Any]] = {}
FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}  # NumPy's function -> ours
BARE = (np.ndarray, tuple, int, float, type(None))  # what never is a Tensor
PIECEWISE_CONSTANT: set[Callable[..., Any]] = set()  # NumPy's functions whose derivative is 0 or does not exist


class Primitive:
    """An operation that has rules.

    Attributes:
        name: "multiply", as NumPy calls it.
        sign: "×", as a drawing shows it.
        forward: computes the result from arrays.
        rules: one per argument, None for an argument that has no gradient (an axis, an index).
        parameters: the names of the arguments.
    """

    def __init__(self, name: str, forward: Callable[..., Any], sign: str, rules: dict[str, Rule]) -> None:
        self.name = name
        self.sign = sign
        self.forward = forward
        if isinstance(forward, np.ufunc):
            self.parameters = tuple(rules)
            self.defaults: tuple[Any, ...] = ()
        else:
            self.signature = inspect.signature(forward)
            self.parameters = tuple(self.signature.parameters)
            self.defaults = tuple(p.default for p in self.signature.parameters.values())
        self.rules = tuple(rules.get(parameter) for parameter in self.parameters)

    @functools.cached_property
    def keeps(self) -> tuple[bool, ...]:
        """For each argument, whether any rule reads its values: else the graph need not hold a large one."""
        return tuple(i + 2 in self._read for i in range(len(self.parameters)))

    @functools.cached_property
    def keeps_out(self) -> bool:
        """Whether any rule reads the result."""
        return 1 in self._read

    @functools.cached_property
    def _read(self) -> set[int]:
        return set[int]().union(*(positions_read(rule) for rule in self.rules if rule))

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Apply to arrays, or, as NumPy's own functions do (NEP 18), let a Tensor among them take over."""
        if (named or len(args) < len(self.parameters)) and self.defaults:
            call = self.signature.bind(*args, **named)  # TypeError for an argument it does not know
            call.apply_defaults()
            args = call.args
        for arg in args:
            if not isinstance(arg, BARE) and hasattr(arg, "__array_function__"):
                return arg.__array_function__(self, (type(arg),), args, {})
        return self.forward(*args)

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.parameters)})>"


class Variadic:
    """A primitive with any number of array arguments after one setting: concatenate(axis, *arrays).

    `rule(g, out, setting, *arrays, i)` gives the gradient of array number `i`; there is one Primitive per count.
    `keeps` says whether it reads the values of the arrays; the result it never reads.
    """

    def __init__(self, name: str, forward: Callable[..., Any], sign: str, rule: Rule, keeps: bool = True) -> None:
        self.name, self.sign, self.forward, self.rule, self.keeps = name, sign, forward, rule, keeps
        PRIMITIVES[name] = self.of(1)

    @functools.cache  # noqa: B019 - a handful of module-level instances, which live as long as the cache
    def of(self, count: int) -> Primitive:
        """The primitive for `count` arrays."""
        primitive = Primitive(self.name, self.forward, self.sign, {})
        primitive.parameters = ("setting", *(f"array{i}" for i in range(count)))
        primitive.rules = (None, *(functools.partial(self.rule, i=i) for i in range(count)))
        primitive.keeps, primitive.keeps_out = (True,) + (self.keeps,) * count, False
        return primitive

    def __call__(self, setting: Any, *arrays: Any) -> Any:
        """Apply the primitive for so many arrays."""
        return self.of(len(arrays))(setting, *arrays)


def primitive(
    forward: Callable[..., Any],
    *,
    sign: str,
    name: str = "",
    numpy: tuple[Callable[..., Any], ...] = (),
    **rules: Rule,
) -> Primitive:
    """Define an operation and enter it in the tables.

    Args:
        forward: a NumPy ufunc, or a function of arrays whose parameters are named as in NumPy.
        sign: its sign in drawings.
        name: where it differs from the name of `forward`.
        numpy: further NumPy functions that mean the same.
        **rules: for each differentiable argument, by name, its gradient `(g, out, *arguments)`.
    """
    made = Primitive(name or forward.__name__, forward, sign, rules)
    PRIMITIVES[made.name] = made
    spellings: tuple[Callable[..., Any], ...] = (forward, *numpy) if isinstance(forward, np.ufunc) else numpy
    for function in spellings:
        FUNCTIONS[function] = made
    return made


def composite(*numpy: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter an operation that is written in terms of others, as the meaning of these NumPy functions."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        COMPOSITES[function.__name__] = function
        for original in numpy:
            FUNCTIONS[original] = function
        return function

    return enter


def newer(name: str) -> tuple[Callable[..., Any], ...]:
    """NumPy's function of this name, if this NumPy has it: what came after NumPy 2.0."""
    return (getattr(np, name),) if hasattr(np, name) else ()


def positions_read(rule: Rule) -> set[int]:
    """Which of a rule's parameters it reads values of, as positions; `x.shape` alone does not count as reading.

    This is found in the rule's bytecode, so that nobody has to keep a second list in step with the rule.
    """
    code = rule.__code__
    names = code.co_varnames[: code.co_argcount]
    read = {names.index(name) for name in code.co_cellvars if name in names}  # used by an inner function
    instructions = list(dis.get_instructions(code))
    for step, following in zip(instructions, [*instructions[1:], None], strict=True):
        if "LOAD_FAST" not in step.opname:
            continue
        loaded = list(step.argval) if isinstance(step.argval, tuple) else [step.argval]
        if step.opname.startswith("STORE_FAST"):  # Python ≥ 3.13 stores one and loads the next in one instruction
            loaded = loaded[1:]
        if following and following.opname == "LOAD_ATTR" and following.argval in ("shape", "ndim", "dtype", "size"):
            loaded.pop()
        read.update(names.index(name) for name in loaded if name in names)
    return read


output = primitive(
    lambda results, i: results[i],
    name="output",
    sign="▸",
    results=lambda g, out, results, i: tuple(g if k == i else None for k in range(len(results))),
)  # one of the results of an operation that has several; its rule says "nothing" for the others


@functools.lru_cache(maxsize=64)
def ones(count: int, dtype: Any) -> Any:
    """A vector of ones, to be read only: a product with it is a sum, and quicker."""
    vector = np.ones(count, dtype)
    vector.flags.writeable = False
    return vector


def values_of(a: Array) -> Array:
    """The bare array, where a decision depends on values: which formula to take, which error to raise."""
    return a if isinstance(a, np.ndarray) else a._values()
