"""Hypothesis strategies: shapes, Tensors, pairs that broadcast, and whole random expressions.

    @given(tensors(shape=(2, 3)))
    def test_gradient_of_tanh(x):
        assert gradcheck(np.tanh, x)

    @given(expressions())
    def test_whatever_is_composed(expression):
        assert gradcheck(expression, expression.tensors())

What fails is shrunk, and printed as code that makes it again: a `tensor(array(...))`, an `Expression("...")`.
Hypothesis is an optional library: `pip install hypothesis`.
"""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_vn.creation import tensor
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.testing.expression import SPELLINGS, Expression
from tinygrad_vn.testing.operations import BINARY, NAMES, UNARY

try:
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as of_numpy
    from hypothesis.strategies import SearchStrategy
except ImportError as error:
    raise ImportError(
        "tinygrad_vn.testing.strategies draws its examples with Hypothesis, which is not installed: "
        "pip install hypothesis"
    ) from error

__all__ = ["Expression", "broadcastable_pairs", "expressions", "shapes", "tensors"]

Shape = tuple[int, ...]

LARGEST = 10.0  # the size of a number in an expression; what is larger is divided
MOST = 36  # elements of an array in an expression
NOTHING = ""  # the simplest operation, so that shrinking can leave one out wherever it stands
ENDS = ["X.sum()", "X.mean()", "np.square(X).mean()"]


def shapes(min_dims: int = 0, max_dims: int = 3, min_side: int = 1, max_side: int = 4) -> SearchStrategy[Shape]:
    """Shapes of arrays, a single number's `()` among them.

    Args:
        min_dims: the smallest number of axes.
        max_dims: the largest number of axes.
        min_side: the smallest length of an axis; 0 for empty arrays too.
        max_side: the largest length of an axis.
    """
    return of_numpy.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side)


def tensors(
    shape: Shape | SearchStrategy[Shape] | None = None,
    dtype: Any = np.float64,
    min_value: float = -10.0,
    max_value: float = 10.0,
    requires_grad: bool | SearchStrategy[bool] = True,
) -> SearchStrategy[Tensor]:
    """Tensors of finite numbers.

    Args:
        shape: a shape or a strategy for shapes; by default `shapes()`.
        dtype: a floating dtype.
        min_value: the smallest element.
        max_value: the largest element.
        requires_grad: whether they require a gradient, or a strategy, `st.booleans()`, that decides.
    """
    dtype = np.dtype(dtype)
    low, high = dtype.type(min_value), dtype.type(max_value)  # which may have been rounded outwards
    low = np.nextafter(low, dtype.type(np.inf)) if float(low) < min_value else low
    high = np.nextafter(high, dtype.type(-np.inf)) if float(high) > max_value else high
    numbers = st.floats(float(low), float(high), width=8 * dtype.itemsize, allow_subnormal=False)
    arrays = of_numpy.arrays(dtype, shapes() if shape is None else shape, elements=numbers)
    required = st.just(requires_grad) if isinstance(requires_grad, bool) else requires_grad
    return st.builds(tensor, arrays, requires_grad=required)


def broadcastable_pairs(
    max_dims: int = 3,
    min_side: int = 1,
    max_side: int = 3,
    dtype: Any = np.float64,
    min_value: float = -10.0,
    max_value: float = 10.0,
    requires_grad: bool | SearchStrategy[bool] = True,
) -> SearchStrategy[tuple[Tensor, Tensor]]:
    """Two Tensors whose shapes broadcast: equal ones, axes of length 1, missing axes, single numbers.

    Args:
        max_dims: the largest number of axes.
        min_side: the smallest length of an axis; 0 for empty arrays too.
        max_side: the largest length of an axis.
        dtype: of both, floating.
        min_value: the smallest element.
        max_value: the largest element.
        requires_grad: whether they require a gradient, or a strategy that decides for each.
    """

    def with_another(shape: Shape) -> SearchStrategy[list[Shape]]:
        other = of_numpy.broadcastable_shapes(shape, max_dims=max_dims, min_side=min_side, max_side=max_side)
        return other.flatmap(lambda fitting: st.permutations([shape, fitting]))

    def of_shapes(pair: list[Shape]) -> SearchStrategy[tuple[Tensor, Tensor]]:
        first, second = (tensors(shape, dtype, min_value, max_value, requires_grad) for shape in pair)
        return st.tuples(first, second)

    return shapes(max_dims=max_dims, min_side=min_side, max_side=max_side).flatmap(with_another).flatmap(of_shapes)


# --- expressions ------------------------------------------------------------------------------------------------------


@st.composite
def expressions(
    draw: st.DrawFn,
    min_operations: int = 1,
    max_operations: int = 8,
    max_variables: int = 3,
    max_dims: int = 3,
    max_side: int = 3,
    scalar: bool = True,
) -> Expression:
    """Random programs over variables `a`, `b`, … that are twice differentiable where they are evaluated.

    Variables and intermediate results are used any number of times, by operations of all kinds; whatever is left
    over is added to the result. The values keep away from kinks, ties and singularities, and from being large.

    Args:
        draw: Hypothesis' own.
        min_operations: how many operations to try at least; one that fits no operand is left out, as is one that a
            failure does not need.
        max_operations: and at most.
        max_variables: the largest number of variables, whose shapes broadcast.
        max_dims: their largest number of axes.
        max_side: their largest length of an axis.
        scalar: whether the result is to be a single number; otherwise it is an array of any shape.
    """
    base = draw(shapes(max_dims=max_dims, max_side=max_side))
    others = of_numpy.mutually_broadcastable_shapes(
        num_shapes=draw(st.integers(1, max_variables)), base_shape=base, max_dims=max_dims, max_side=max_side
    )
    hundredths = st.integers(-150, 150).map(lambda n: n / 100)  # short to read, yet no two alike
    program = _Program()
    for name, shape in zip("abcdefgh", (base, *draw(others).input_shapes[1:]), strict=False):
        values = of_numpy.arrays(np.float64, shape, elements=hundredths, fill=st.nothing(), unique=True)
        program.variable(name, draw(values))
    sixteenth = st.integers(0, 15)
    choice = st.tuples(st.sampled_from((NOTHING, *NAMES)), sixteenth, sixteenth, sixteenth)
    for _ in range(draw(st.integers(min_operations, max_operations))):
        program.operation(*draw(choice))
    return program.expression(program.total(draw(st.sampled_from(ENDS)), scalar))


@dataclass(frozen=True)
class _Step:
    """One operation of a program: its form, the numbers of the steps that X and Y stand for, and its value."""

    form: str
    operands: tuple[int, ...]
    value: Any


class _Program:
    """An expression while it is being put together, evaluated as it grows."""

    def __init__(self) -> None:
        self.steps: list[_Step] = []
        self.pool: list[int] = []  # the steps that may be operands
        self.names: dict[int, str] = {}  # of the variables

    def variable(self, name: str, value: Any) -> None:
        """Begin with a variable."""
        self.names[len(self.steps)] = name
        self.pool.append(self._append(name, (), value))

    def operation(self, name: str, x: int, y: int, form: int) -> None:
        """Apply an operation to operands that suit it, if there are any.

        Args:
            name: of the operation.
            x: sixteenths of the way from the newest result to the oldest, where the search for X begins.
            y: sixteenths of the way from the oldest to the newest, where the search for Y begins.
            form: which of the operation's forms, modulo their number.
        """
        if name == NOTHING:
            return
        newest, oldest = self.pool[::-1], self.pool
        first = newest[x * x * len(newest) // 256 :] + newest[: x * x * len(newest) // 256]  # mostly of the newest
        second = oldest[y * len(oldest) // 16 :] + oldest[: y * len(oldest) // 16]
        pairs = ((i,) for i in first) if name in UNARY else ((i, j) for i in first[:4] for j in second)
        for operands in pairs:
            forms = (UNARY | BINARY)[name](*(self.steps[i].value for i in operands))
            if forms:
                return self._apply(forms[form % len(forms)], operands)

    def total(self, end: str, scalar: bool) -> int:
        """The sum of all that nothing else uses, each of it reduced to a number.

        Args:
            end: the form that reduces.
            scalar: whether the newest of it is reduced too.
        """
        used = {i for step in self.steps for i in step.operands}
        loose = [i for i in self.pool if i not in used and i not in self.names] or self.pool[:1]
        total = loose[-1]
        if scalar and np.ndim(self.steps[total].value):
            total = self._append(end, (total,))
        for i in loose[:-1]:
            part = self._append(end, (i,)) if np.ndim(self.steps[i].value) else i
            total = self._append("X + Y", (total, part))
        return total

    def expression(self, result: int) -> Expression:
        """The program of a step as text, in which whatever is used several times has a name."""
        uses = self._uses(result)
        lines: list[str] = []
        trees: dict[int, ast.expr] = {i: ast.Name(name) for i, name in self.names.items()}
        for i, step in enumerate(self.steps):
            if i not in uses or i in self.names:
                continue
            operands = dict(zip("XY", (trees[k] for k in step.operands), strict=False))
            trees[i] = _Filled(operands).visit(ast.parse(step.form, mode="eval").body)
            if uses[i] > 1:
                name = f"t{len(lines) + 1}"
                lines.append(f"{name} = {ast.unparse(trees[i])}")
                trees[i] = ast.Name(name)
        lines.append(ast.unparse(trees[result]))
        variables = {name: self.steps[i].value for i, name in self.names.items() if i in uses}
        return Expression("\n".join(lines), **variables)

    def _apply(self, form: str, operands: Sequence[int]) -> None:
        """Append a step whose value is of a moderate size, and each of its results where it has several."""
        value = _evaluate(form, [self.steps[i].value for i in operands])
        results = value if isinstance(value, list | tuple) else [value]
        if any(np.size(one) > MOST or np.size(one) == 0 or np.ndim(one) > 3 for one in results):
            return
        step = self._append(form, tuple(operands), value)
        for k, one in enumerate(results):
            result = step if one is value else self._append(f"X[{k}]", (step,), one)
            largest = np.abs(one).max()
            if largest > LARGEST:
                result = self._append(f"X / {10 ** int(np.ceil(np.log10(largest / LARGEST)))}", (result,))
            self.pool.append(result)

    def _append(self, form: str, operands: tuple[int, ...], value: Any = None) -> int:
        """A new step, and its number."""
        if value is None:
            value = _evaluate(form, [self.steps[i].value for i in operands])
        self.steps.append(_Step(form, operands, value))
        return len(self.steps) - 1

    def _uses(self, result: int) -> Counter[int]:
        """How many times the result's program names each step."""
        uses = Counter([result])
        for i in range(result, -1, -1):
            if uses[i]:
                for placeholder, operand in zip("XY", self.steps[i].operands, strict=False):
                    uses[operand] += len(re.findall(rf"\b{placeholder}\b", self.steps[i].form))
        return +uses


class _Filled(ast.NodeTransformer):
    """Puts the operands in the places of X and Y."""

    def __init__(self, operands: dict[str, ast.expr]) -> None:
        self.operands = operands

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.operands.get(node.id, node)


_compiled = functools.cache(lambda form: compile(form, "<form>", "eval"))


def _evaluate(form: str, operands: Sequence[Any]) -> Any:
    return eval(_compiled(form), SPELLINGS | dict(zip("XY", operands, strict=False)))
