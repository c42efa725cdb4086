"""Products of matrices as one writes them: x Wᵀ, without a circle of its own for ᵀ.

The program carries out more than the blackboard shows. A `Linear` transposes its weight first, and `@` makes a row or a
column of a vector and a vector of the product. Where such a transpose or reshape serves a product only and nobody named
it, the product says it instead: @ᵀ in its circle, and `Argument.turned`. Gradients and contributions stay those of the
boxes that are left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from tinygrad_vn.lecture.computation.graph import Argument, Graph, Operation, Variable


def with_plain_products(graph: Graph) -> Graph:
    """The same graph without transposes and reshapes that only serve a product of matrices.

    What is left keeps its ids and names. Layers and groups come later.
    """
    if all(operation.kind != "matmul" for operation in graph.operations):
        return graph
    reader = _Reader(graph)
    before = {o.result: o for o in graph.operations if reader.is_before(o)}
    after = {str(o.arguments[0].source): o for o in graph.operations if reader.is_after(o)}
    if not before and not after:
        return graph
    gone = {o.id for o in (*before.values(), *after.values())}
    operations = []
    for operation in graph.operations:
        if operation.id in gone:
            continue
        if operation.kind == "matmul":
            operation = reader.product(operation, before, after.get(operation.result))
        operations.append(operation)
    hidden = {*before, *after}
    names = {o.result: graph.by_id[product].name for product, o in after.items() if _is_unnamed(graph.by_id[o.result])}
    return replace(
        graph,
        variables=[_renamed(v, names) for v in graph.variables if v.id not in hidden],
        operations=[replace(o, arguments=tuple(_with_name(a, names) for a in o.arguments)) for o in operations],
        results=[_renamed(v, names) for v in graph.results],
    )


def _is_unnamed(box: Variable) -> bool:
    """Whether a box is called by what made it."""
    return not box.given and box.role == "intermediate"


def _renamed(box: Variable, names: Mapping[str, str | None]) -> Variable:
    """The box of a vector, called by the product that makes it now."""
    return replace(box, name=names[box.id]) if box.id in names else box


def _with_name(argument: Argument, names: Mapping[str, str | None]) -> Argument:
    name = names.get(str(argument.source))
    return argument if name is None else replace(argument, text=name)


class _Reader:
    """Who knows what every value is made by and used for."""

    def __init__(self, graph: Graph) -> None:
        self.boxes = {variable.id: variable for variable in graph.variables}
        self.maker = {operation.result: operation for operation in graph.operations}
        self.uses = Counter(str(a.source) for operation in graph.operations for a in operation.sources)
        self.users = {str(a.source): operation.kind for operation in graph.operations for a in operation.sources}
        self.results = {result.id for result in graph.results}

    def is_passing(self, key: str) -> bool:
        """Whether a value has no name and goes into one place only."""
        box = self.boxes.get(key)
        return box is not None and not box.given and key not in self.results and self.uses[key] == 1

    def is_before(self, operation: Operation) -> bool:
        """Whether it turns a matrix, or makes a row or a column of a vector, for a product."""
        if not self.is_passing(operation.result) or self.users[operation.result] != "matmul":
            return False
        source = self.boxes.get(str(operation.arguments[0].source))
        if source is None or source.shape is None:
            return False
        if operation.kind == "transpose":
            return len(source.shape) == 2 and operation.settings in ("", "axes=(1, 0)")
        return operation.kind == "reshape" and len(source.shape) == 1 and self.is_line(operation.result)

    def is_line(self, key: str) -> bool:
        """Whether a box holds a row or a column."""
        shape = self.boxes[key].shape or ()
        return len(shape) == 2 and 1 in shape

    def is_matrix(self, argument: Argument) -> bool:
        return len(self.boxes[str(argument.source)].shape or ()) == 2

    def is_after(self, operation: Operation) -> bool:
        """Whether it makes a vector or a number of a product."""
        if operation.kind != "reshape":
            return False
        source, result = str(operation.arguments[0].source), self.boxes[operation.result]
        maker = self.maker.get(source)
        if maker is None or maker.kind != "matmul" or not self.is_passing(source):
            return False
        return result.shape is not None and len(result.shape) < 2 and self.is_line(source)

    def product(self, operation: Operation, before: dict[str, Operation], after: Operation | None) -> Operation:
        """A product of what was there before, with the result that comes out in the end."""
        arguments = tuple(
            self.argument(argument, before[str(argument.source)]) if argument.source in before else argument
            for argument in operation.arguments
        )
        left, right = ("ᵀ" if self.is_matrix(a) and a.turned else "" for a in arguments)
        operation = replace(operation, arguments=arguments, sign=f"{left}{operation.sign}{right}")
        if after is None:
            return operation
        if self.boxes[after.result].shape == ():
            form: Literal["", "row", "number"] = "number"
        else:
            form = "row" if self.is_row(operation) else ""
        return replace(operation, result=after.result, form=form)

    def is_row(self, operation: Operation) -> bool:
        """Whether a product that becomes a vector lay down: one number may have done so, or may have stood."""
        first, second = (self.boxes[str(argument.source)].shape or () for argument in operation.arguments)
        rows, columns = self.boxes[operation.result].shape or (0, 0)
        return rows == 1 and (columns != 1 or len(first) < len(second))

    def argument(self, argument: Argument, turning: Operation) -> Argument:
        """The argument of a product, from before it was turned."""
        (first, *_) = turning.sources
        turned: Variable = self.boxes[turning.result]
        is_row = turning.kind == "reshape" and argument.parameter == "x" and (turned.shape or (0,))[0] == 1
        return replace(
            first,
            parameter=argument.parameter,
            local=argument.local,
            turned=is_row or turning.kind == "transpose",
        )
