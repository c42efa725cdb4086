"""A small program over named arrays: what a test found, in a form that can be pasted and run again.

    Expression("np.tanh(a * b + a).sum()", a=0.5, b=[1.0, -2.0])

The program is written in NumPy's spelling, so the same text is evaluated on arrays, on Tensors, and, given a table of
other spellings for `np` and `F`, on the arrays of another library. It may have several statements, the last of which
is its result: `t = a * b; (t + t[0]).sum()`.
"""

from __future__ import annotations

import ast
import textwrap
from types import SimpleNamespace
from typing import Any

import numpy as np

from tinygrad_vn.creation import tensor
from tinygrad_vn.rules import activations, products
from tinygrad_vn.tensor import Tensor

OF_NETS = SimpleNamespace(**vars(activations), linear=products.linear)
SPELLINGS = {"np": np, "F": OF_NETS}  # `F` gives arrays for arrays; for Tensors it is `nn.functional`
SHORT = 100  # characters: a longer program gets a line for every statement


class Expression:
    """A program and the values of its variables.

    Attributes:
        source: the program, one statement per line.
        variables: the value of each variable by name, as float64 arrays.
    """

    def __init__(self, source: str, /, **variables: Any) -> None:
        """Read a program.

        Args:
            source: statements separated by `;` or by new lines; the last one is an expression, the result. They may
                use the variables, `np` and `F` (the functions of `nn.functional`).
            **variables: numbers, nested lists or arrays.

        Raises:
            ValueError: where the last statement has no value.
        """
        tree = ast.parse(textwrap.dedent(source).strip())
        self.source = ast.unparse(tree)
        self.variables = {name: np.array(value, np.float64) for name, value in variables.items()}
        if not tree.body or not isinstance(tree.body[-1], ast.Expr):
            raise ValueError("the last statement of the program must be an expression, the result")
        result = tree.body.pop()
        assert isinstance(result, ast.Expr)
        self._statements = compile(tree, "<expression>", "exec")
        self._result = compile(ast.Expression(result.value), "<expression>", "eval")

    def __call__(self, *values: Any, **spellings: Any) -> Any:
        """Run the program.

        Args:
            *values: what to put in for the variables, in their order: arrays, Tensors or another library's arrays;
                by default the variables' own arrays.
            **spellings: other meanings of `np` and `F`.
        """
        names = {**SPELLINGS, **spellings}
        names |= zip(self.variables, values or self.variables.values(), strict=True)
        exec(self._statements, names)
        return eval(self._result, names)

    def tensors(self, requires_grad: bool = True) -> list[Tensor]:
        """New Tensors with the values and names of the variables, in their order."""
        return [tensor(value, requires_grad=requires_grad, name=name) for name, value in self.variables.items()]

    def __repr__(self) -> str:
        """The call that makes this expression again."""
        given = [f"{name}={_written(value)}" for name, value in self.variables.items()]
        short = self.source.replace("\n", "; ")
        if len(short) <= SHORT:
            return f"Expression({', '.join([_quoted(short), *given])})"
        lines = [f'"""\n{textwrap.indent(self.source, "    ")}\n    """', *given]
        return "Expression(\n" + "".join(f"    {line},\n" for line in lines) + ")"


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text and "\\" not in text else repr(text)


def _written(value: np.ndarray[Any, Any]) -> str:
    """Nested lists, which say the shape of all arrays but empty ones."""
    return repr(value.tolist()) if value.size else f"np.zeros({value.shape})"
