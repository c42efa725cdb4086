"""Formulas that compute: `tanh(w*x + b)` as a function of w, x and b.

Nothing that stands on the command line is ever handed to Python's own `eval`. The tree of the formula is walked once,
and every kind of node that is known here becomes a small function of the variables' values; whatever is not known is an
error with its place.
"""

from __future__ import annotations

import ast
import difflib
import functools
import math
import operator
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from tinygrad_vn.cli.arguments import CommandError
from tinygrad_vn.cli.notation import SHOWN, Formula
from tinygrad_vn.cli.words import say
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.nn import functional
from tinygrad_vn.rules import FUNCTIONS
from tinygrad_vn.tensor import Tensor

Values = Mapping[str, Any]
Part = Callable[[Values], Any]  # a part of a formula: its value, given those of the variables


def _functions() -> dict[str, Callable[..., Any]]:
    """Every differentiable function by NumPy's names, with the activations of nn.functional."""
    found: dict[str, Callable[..., Any]] = {}
    for module in (np.linalg, np):  # a name that both have is NumPy's
        named = {name: f for name, f in vars(module).items() if callable(f)}
        found |= {name: f for name, f in named.items() if not name.startswith("_") and f in FUNCTIONS}
    for name, function in vars(functional).items():
        if isinstance(function, types.FunctionType) and not name.startswith("_"):
            found.setdefault(name, function)
    return found


ALL: Final = _functions()
CONSTANTS: Final = {"pi": math.pi, "e": math.e}
PREFIXES: Final = ("np", "numpy", "np.linalg", "numpy.linalg", "linalg", "math", "F", "nn.functional")
OTHER_NAMES: Final = {"ln": "log", "lg": "log10", "tg": "tan", "sgn": "sign", "logistic": "sigmoid", "swish": "silu"}
# All others are refused by notation.py, before there is a tree.
OPERATORS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}
# A formula is computed many times, and nobody reads arrays of this size.
MOST: Final = 10**7  # elements
SIZED: Final = {"repeat", "tile", "pad", "broadcast_to", "full_like", "linspace", "one_hot", "diff"} | {
    *("split", "array_split", "hsplit", "vsplit", "dsplit", "diag", "diagflat"),
}


class Expression:
    """A formula as a function.

    Attributes:
        formula: its text and its tree.
        variables: their names, in the order in which they occur.
        remark: where the first computation met what has no finite value, log(−1) or 1/0; "" where nothing did.
    """

    def __init__(self, written: str, lang: Language, given: Sequence[str] = ()) -> None:
        """Read a formula.

        Args:
            written: the formula.
            lang: of error messages.
            given: the names that have a value; among them `e` and `pi` are variables, not the constants.

        Raises:
            CommandError: it cannot be read, or does what a formula may not; the text says where.
        """
        self.formula, self.lang, self.given = Formula(written, lang), lang, given
        self.variables: list[str] = []
        self.remark = ""
        self._is_first = True
        try:
            self._value = self._part(self.formula.tree)
        except RecursionError:
            raise CommandError(say("formula too long", lang)) from None

    def __call__(self, *values: Any) -> Any:
        """The value of the formula, given those of its variables in their order.

        Raises:
            CommandError: a power is too large for a number.
        """
        try:
            return self._value(dict(zip(self.variables, values, strict=True)))
        finally:
            self._is_first = False

    @functools.singledispatchmethod
    def _part(self, node: ast.AST) -> Part:
        """A node of the tree as a function of the variables' values; this one is for what is not known below."""
        raise self.formula.mistake("not in formulas", node, text=self.formula.text_of(node))

    @_part.register(ast.Constant)
    def _number(self, node: ast.Constant) -> Part:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.formula.mistake("not in formulas", node, text=self.formula.text_of(node))
        if value > sys.float_info.max:
            raise self.formula.mistake("too large", node, text=self._shown(node))
        return lambda values: value

    @_part.register(ast.Name)
    def _name(self, node: ast.Name) -> Part:
        name = node.id
        if name in CONSTANTS and name not in self.given:
            return lambda values: CONSTANTS[name]
        if name not in self.variables:
            self.variables.append(name)
        return lambda values: values[name]

    @_part.register(ast.BinOp)
    def _operation(self, node: ast.BinOp) -> Part:
        compute, left, right = OPERATORS[type(node.op)], self._part(node.left), self._part(node.right)

        def value(values: Values) -> Any:
            x, y = _operand(left(values)), _operand(right(values))
            if getattr(x, "size", 1) * getattr(y, "size", 1) > MOST:
                self._refuse_giant(node, _size_of_result(compute, x.shape, y.shape))
            return self._looked_at(node, compute(x, y), x, y)

        return value

    @_part.register(ast.UnaryOp)
    def _sign(self, node: ast.UnaryOp) -> Part:
        inner = self._part(node.operand)
        return (lambda values: -inner(values)) if isinstance(node.op, ast.USub) else inner

    @_part.register(ast.List)
    @_part.register(ast.Tuple)
    def _list(self, node: ast.List | ast.Tuple) -> Part:
        kind = list if isinstance(node, ast.List) else tuple
        parts = [self._part(element) for element in node.elts]
        return lambda values: kind(part(values) for part in parts)

    @_part.register(ast.Attribute)
    def _attribute(self, node: ast.Attribute) -> Part:
        name = _dotted(node)
        if name is not None and name.rpartition(".")[0] in PREFIXES and node.attr in CONSTANTS:
            return lambda values: CONSTANTS[node.attr]
        if node.attr not in ("T", "mT"):
            place = self.formula.place_of_name(node)
            raise self.formula.mistake("unknown attribute", place, text=self.formula.text_of(node))
        inner = self._part(node.value)
        return lambda values: getattr(_operand(inner(values)), node.attr)

    @_part.register(ast.Subscript)
    def _elements(self, node: ast.Subscript) -> Part:
        inner, index = self._part(node.value), self._index(node.slice)
        return lambda values: inner(values)[index]

    def _index(self, node: ast.expr) -> Any:
        """What stands between square brackets: whole numbers, slices, `...`, None."""
        if isinstance(node, ast.Tuple):
            return tuple(self._index(element) for element in node.elts)
        if isinstance(node, ast.Slice):
            ends = (node.lower, node.upper, node.step)
            return slice(*(None if end is None else self._index(end) for end in ends))
        try:
            index = ast.literal_eval(node)
        except ValueError:
            index = ""
        if index is not None and index is not ... and type(index) is not int:
            raise self.formula.mistake("bad index", node, text=self.formula.text_of(node), example="[0, 1:]")
        return index

    @_part.register(ast.Call)
    def _call(self, node: ast.Call) -> Part:
        called = str(_dotted(node.func) or getattr(node.func, "attr", "")).rpartition(".")[2]
        function, args = self._function(node), [self._argument(arg) for arg in node.args]
        named = {}
        for keyword in node.keywords:
            if keyword.arg in (None, "out"):
                raise self.formula.mistake("not in formulas", keyword.value, text=self.formula.text_of(keyword))
            named[str(keyword.arg)] = self._argument(keyword.value)
        if function in (np.max, np.min) and len(args) > 1:
            raise self.formula.mistake("largest of two", node, name=self.formula.text_of(node.func))

        def value(values: Values) -> Any:
            given = [arg(values) for arg in args]
            if called in SIZED:
                numbers = [*given[2 if called == "linspace" else 1 :], *(part(values) for part in named.values())]
                self._refuse_giant(node, getattr(given[0], "size", 1) * _product(numbers) if given else 1)
            elif called in ("outer", "kron", "tensordot"):
                self._refuse_giant(node, math.prod(getattr(one, "size", 1) for one in given))
            if isinstance(function, np.ufunc):  # of whole numbers, some have whole results
                given = [_operand(one) for one in given]
            return self._looked_at(
                node, function(*given, **{name: part(values) for name, part in named.items()}), *given
            )

        return value

    def _argument(self, node: ast.expr) -> Part:
        """An argument of a function, which may also be a setting: `keepdims=True`, `ord="fro"`."""
        if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool | str)):
            return lambda values: node.value
        return self._part(node)

    def _function(self, node: ast.Call) -> Callable[..., Any]:
        """The function that is called: `tanh`, `np.tanh`, or a method, `x.sum`."""
        dotted = _dotted(node.func) or ""
        prefix, _, name = dotted.rpartition(".")
        if isinstance(node.func, ast.Name) or prefix in PREFIXES:
            if name in ALL:
                return ALL[name]
            raise self._unknown(node, name)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if not isinstance(node.func, ast.Attribute) or method not in ALL or not hasattr(Tensor, method):
            raise self._unknown(node, method)
        node.args.insert(0, node.func.value)  # x.sum(axis=0) is the method of its first argument
        return lambda x, *args, **named: getattr(x, method)(*args, **named)

    def _looked_at(self, node: ast.BinOp | ast.Call, result: Any, *given: Any) -> Any:
        """A result as it is; where it is the first that is not finite, that is noted, and of a power refused."""
        if not self._is_first or self.remark or _is_finite(result) or not all(map(_is_finite, given)):
            return result
        is_power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
        if is_power and np.isinf(_numbers(result)).any() and _numbers(given[0]).all():
            raise self.formula.mistake("too large", node, text=self._shown(node))
        numbers = _numbers(result)
        value = next(number(x, 4) for x in numbers.flat if not np.isfinite(x))
        key = "not finite" if numbers.size == 1 else "not all finite"
        self.remark = str(self.formula.mistake(key, node, text=self._shown(node), value=value))
        return result

    def _shown(self, node: ast.AST) -> str:
        """A part of the formula, cut to what a message has room for."""
        text = self.formula.text_of(node)
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"

    def _refuse_giant(self, node: ast.AST, size: float) -> None:
        """An error for an array that nobody could look at, before there is one."""
        if size > MOST:
            raise self.formula.mistake("giant", node, size=f"{size:.0e}", most=f"{MOST:,}")

    def _unknown(self, node: ast.Call, name: str) -> CommandError:
        """An error that suggests what may have been meant."""
        close = difflib.get_close_matches(name, ALL, n=3, cutoff=0.6)
        place = self.formula.place_of_name(node.func) if isinstance(node.func, ast.Attribute) else node
        if name in OTHER_NAMES:
            close = [OTHER_NAMES[name]]
        if name in self.given or (not close and len(name) == 1):
            return self.formula.mistake("call of a variable", place, name=name)
        if close:
            return self.formula.mistake("function like", place, name=name, close=", ".join(close))
        return self.formula.mistake("unknown function", place, name=name)


def _numbers(value: Any) -> Any:
    """What somebody gave or got as a NumPy array; of what is no number, an empty one."""
    array = np.asarray(value.detach().numpy() if isinstance(value, Tensor) else value)
    return array if array.dtype.kind in "fiu" else np.zeros(0)


def _is_finite(value: Any) -> bool:
    """Whether all numbers are finite, also those of several results and of lists."""
    if isinstance(value, list | tuple):
        return all(map(_is_finite, value))
    return bool(np.isfinite(_numbers(value)).all())


def _operand(value: Any) -> Any:
    """Numbers as NumPy's, so that 1/0 is inf and not an exception; lists as arrays."""
    return np.asarray(value, np.float64)[()] if isinstance(value, int | float | list | tuple) else value


def _product(value: Any) -> float:
    """The product of all numbers in an argument, at any depth: how many times larger it may make an array."""
    if isinstance(value, list | tuple):
        return math.prod(_product(part) for part in value)
    return max(1.0, abs(float(value))) if isinstance(value, int | float) and abs(value) < math.inf else 1.0


def _size_of_result(compute: Callable[[Any, Any], Any], x: tuple[int, ...], y: tuple[int, ...]) -> int:
    """How many elements x + y or x @ y will have; 0 where the shapes do not fit, which is somebody else's to say."""
    if compute is operator.matmul:
        return math.prod(x[:-1]) * (y[-1] if len(y) > 1 else 1)
    try:
        return math.prod(np.broadcast_shapes(x, y))
    except ValueError:
        return 0


def _dotted(node: ast.AST) -> str | None:
    """`np.linalg.inv` as a text; None for anything but names and dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None
