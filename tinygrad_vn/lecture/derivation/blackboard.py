"""The way forward, as it stands on the blackboard: what is given, and one line after the other.

A value that somebody named gets a line of its own. One without a name is written out where it is used, as long as that
stays short: Z⁽¹⁾ = A⁽⁰⁾ W⁽¹⁾ + b⁽¹⁾ is one line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Graph, Operation, Variable
from tinygrad_vn.lecture.derivation.products import Product, of_numbers
from tinygrad_vn.lecture.notation.formula import Formula, figure, filled, marked
from tinygrad_vn.lecture.notation.notation import forward_text
from tinygrad_vn.lecture.numbers import shape_text
from tinygrad_vn.lecture.words import word

LONGEST = 2  # operations in a formula that is written into another one
FREE = frozenset({"sum", "mean", "negative", "positive", "astype", "copy"})  # those that make no formula hard to read
SAME = frozenset({"positive", "copy"})  # those whose result is their argument
LINES = 400  # forward lines, and backward lines, of one derivation

Texts = Mapping[str, Formula]  # what stands for every box, by its id


@dataclass(frozen=True)
class Line:
    """One line: what it is about, formulas that are all equal, a number or an array at the end, and a remark."""

    left: str
    parts: tuple[str, ...] = ()
    value: Values | None = None
    has_value: bool = True
    shapes: str = ""
    remark: str = ""


@dataclass
class Section:
    """Lines that belong together, under a heading; `about` is the formula that the heading speaks of."""

    heading: str
    about: str = ""
    lines: list[Line] = field(default_factory=list)
    is_main: bool = True


class Blackboard:
    """The forward lines of one computation, in `sections`, and what every value is called."""

    def __init__(self, graph: Graph, lang: Language, precision: int) -> None:
        self.graph, self.lang, self.precision = graph, lang, precision
        self.maker = {operation.result: operation for operation in graph.operations}
        self.uses = Counter(str(a.source) for operation in graph.operations for a in operation.sources)
        self.users: dict[str, set[str]] = {}  # the kinds of the operations that use a box
        for operation in graph.operations:
            for argument in operation.sources:
                self.users.setdefault(str(argument.source), set()).add(operation.kind)
        self.roots = {root.id for root in graph.results}
        self.names: dict[str, Formula] = {}  # under which it is made
        self.symbols: dict[str, Formula] = {}  # under which it is used, or its formula
        self.numbers: dict[str, Formula] = {}  # single numbers only
        self.inlined: set[str] = set()
        self.sections: list[Section] = []
        silent = [(o.kind, o.arguments[0].source) for o in graph.operations if self.is_silent(o)]
        silent += [(o.kind, o.arguments[0].source) for o in graph.operations if self._is_of_classes(o)]
        self.silenced = {key for kind, key in silent if kind != "reshape" or self._is_product(key)}  # and so are these
        self.flat = {  # products that became vectors or single numbers, and their shapes then
            str(o.arguments[0].source): self.shape_of(o.result)
            for o in graph.operations
            if self.is_silent(o) and self._is_product(o.arguments[0].source)
        }
        self._given()
        self._forward()

    def _given(self) -> None:
        lines = []
        for variable in self.graph.variables:
            if variable.id in self.maker:
                continue
            self._enter(variable)
            if variable.name is not None:
                lines.append(Line(self.names[variable.id], value=variable.value, shapes=shape_of_box(variable)))
        if lines:
            self.sections.append(Section(word("given", self.lang), lines=_cut(lines, self.lang)))

    def _forward(self) -> None:
        section = Section(word("forward pass", self.lang))
        sizes: dict[str, int] = {}
        for operation in self.graph.operations:
            box = self.graph.by_id.get(operation.result)
            size = self._size(operation) + sum(sizes.get(str(a.source), 0) for a in operation.sources)
            formula = self.formula(operation, self.symbols)
            if self._is_inlined(box, size):
                sizes[operation.result] = size
                self.inlined.add(operation.result)
                self.symbols[operation.result] = formula
                if self.has_numbers(operation):
                    self.numbers[operation.result] = self.formula(operation, self.numbers)
                continue
            parts = [formula, *([self.formula(operation, self.numbers)] if self.has_numbers(operation) else [])]
            if box is None:
                self.names[operation.result] = self.symbols[operation.result] = Formula(marked(operation.name))
                section.lines.append(Line(marked(operation.name), tuple(parts), has_value=False))
                continue
            self._enter(box)
            shapes = self._shapes_of_product(operation) or shape_of_box(box)
            section.lines.append(Line(self.names[box.id], tuple(parts), box.value, shapes=shapes))
            if box.alias:
                section.lines.append(Line(self.symbols[box.id], (self.names[box.id],), has_value=False))
        section.lines = _cut(section.lines, self.lang)
        self.sections += [section] if section.lines else []

    def _enter(self, variable: Variable) -> None:
        """How a box is called that has a line of its own."""
        name = variable.text if variable.name is None else marked(variable.name)
        self.names[variable.id] = Formula(name)
        self.symbols[variable.id] = Formula(marked(variable.alias) if variable.alias else name)
        if variable.value is not None and variable.value.size == 1:
            self.numbers[variable.id] = Formula(figure(variable.value.reshape(-1)[0], self.precision))

    def _is_inlined(self, box: Variable | None, size: int) -> bool:
        if box is None or box.given or box.id in self.roots:
            return False
        is_short = size <= LONGEST or box.id in self.silenced
        return is_short and self.uses[box.id] == 1

    def _size(self, operation: Operation) -> int:
        """How much an operation adds to the length of a formula."""
        return 0 if operation.kind in FREE or self.is_silent(operation) else 1

    def is_silent(self, operation: Operation) -> bool:
        """Whether it only makes a column of a vector for a product of matrices, or a vector of the product.

        On the blackboard nobody speaks of it: y = W x. Nor does anybody speak of copies.
        """
        if operation.kind in SAME:
            return True
        if operation.kind != "reshape":
            return False
        source = operation.arguments[0].source
        shapes = [[n for n in self.shape_of(key) if n != 1] for key in (source, operation.result)]
        is_factor = self.users.get(operation.result) == {"matmul"} and self.shape_of(source) != ()
        return shapes[0] == shapes[1] and (self._is_product(source) or is_factor)

    def _is_of_classes(self, operation: Operation) -> bool:
        """Whether it is a cross entropy, whose gradient needs the softmax before it: softmax(z) − onehot(y)."""
        if operation.kind != "negative_sum":
            return False
        maker = self.maker.get(str(operation.arguments[0].source))
        return maker is not None and maker.kind == "log_softmax"

    def _is_product(self, key: str | None) -> bool:
        """Whether a box is an unnamed product of matrices that goes into one place only."""
        box, maker = self.graph.by_id.get(str(key)), self.maker.get(str(key))
        is_used_up = box is not None and not box.given and self.uses[box.id] == 1
        return is_used_up and maker is not None and maker.kind == "matmul"

    def has_numbers(self, operation: Operation) -> bool:
        """Whether all arguments are single numbers."""
        return all(str(argument.source) in self.numbers for argument in operation.sources)

    def texts(self, operation: Operation, texts: Texts, g: str = "") -> dict[str, str]:
        """What stands for the arguments, the result and its gradient in an operation's formulas."""
        found: dict[str, str] = {"out": texts.get(operation.result, ""), "g": g}
        if texts is self.symbols and operation.result not in self.inlined:
            found["out"] = self.names.get(operation.result, Formula(""))
        for argument in operation.arguments:
            key = "a" if argument.parameter == "g" else argument.parameter
            found[key] = argument.text if argument.source is None else texts.get(argument.source, argument.text)
        rank = len(self.shape_of(operation.arguments[0].source))
        if rank and found.get("axis"):  # counted from the front
            found["axis"] = re.sub(r"−(\d+)", lambda axis: str(rank - int(axis[1])), found["axis"])
            if operation.kind in ("softmax", "log_softmax") and found["axis"] == str(rank - 1):
                found |= {"last": found["axis"]} if rank > 1 else {"axis": "−1"}
        return found

    def formula(self, operation: Operation, texts: Texts) -> Formula:
        """The formula of an operation's result."""
        if self.is_silent(operation) or (texts is self.numbers and operation.kind == "transpose"):
            return texts.get(str(operation.arguments[0].source), Formula(operation.arguments[0].text))
        product = self.product(operation)
        if product is not None:
            template = of_numbers(product.forward) if texts is self.numbers else product.forward
            return filled(template, self.texts(operation, texts))
        ranks = [len(self.shape_of(argument.source)) for argument in operation.sources]
        arrays = operation.kind != "multiply" and any(ranks)
        return forward_text(operation, self.texts(operation, texts), arrays or sum(rank > 0 for rank in ranks) > 1)

    def shape_of(self, key: str | None) -> tuple[int, ...]:
        """The shape of a box; () where it is not known."""
        variable = self.graph.by_id.get(str(key))
        return (variable.shape or ()) if variable is not None else ()

    def product(self, operation: Operation) -> Product | None:
        """How a product of matrices is written; None for other operations, and for stacks of matrices."""
        if operation.kind != "matmul":
            return None
        left, right = (self.shape_of(argument.source) for argument in operation.sources)
        if len(left) != 2 or len(right) != 2:
            return None
        x, y = (self._is_vector(str(argument.source)) for argument in operation.sources)
        x_is_row, y_is_row = x and left[0] == 1, y and right[1] != 1
        result = self.flat.get(operation.result, self.shape_of(operation.result))
        is_turned = len(result) == 1 and left[0] == 1 and (right[1] != 1 or (x and not y))
        keys = [str(argument.source) for argument in operation.sources]
        chain = (*self._chain_of(keys[0], x_is_row), *self._chain_of(keys[1], y_is_row))
        return Product(left, right, result, x_is_row, y_is_row, is_turned, chain)

    def _is_vector(self, key: str) -> bool:
        """Whether a factor is a vector that was made a row or a column for the product."""
        maker = self.maker.get(key)
        return maker is not None and self.is_silent(maker) and len(self.shape_of(maker.arguments[0].source)) == 1

    def _chain_of(self, key: str, is_row: bool) -> tuple[tuple[int, ...], ...]:
        """The shapes of a factor's factors, from left to right, where the factor is a product that is written out."""
        maker = self.maker.get(key)
        while key in self.inlined and maker is not None and self.is_silent(maker):
            key = str(maker.arguments[0].source)
            maker = self.maker.get(key)
        inner = self.product(maker) if maker is not None and key in self.inlined else None
        if inner is None:
            shape = self.shape_of(key)
            return (shape if len(shape) != 1 else (1, *shape) if is_row else (*shape, 1),)
        return tuple(s[::-1] for s in inner.chain[::-1]) if inner.is_turned and not is_row else inner.chain

    def _shapes_of_product(self, operation: Operation) -> str:
        """4×2 · 2×3 → 4×3, for a product of matrices within a formula, and what became of it."""
        result = self.shape_of(operation.result)
        while operation.kind != "matmul":
            inner = [self.maker[str(a.source)] for a in operation.sources if a.source in self.inlined]
            if len(inner) != 1:
                return ""
            operation = inner[0]
        product = self.product(operation)
        told = product.shapes if product is not None else ""
        if not told or product is None or product.result == result:
            return told
        return f"{told} → {shape_text(result) if result else 'scalar'}"


def shape_of_box(variable: Variable) -> str:
    """3×2, for a matrix; the elements of a vector speak for themselves."""
    shape = variable.shape or ()
    return shape_text(shape) if len(shape) > 1 else ""


def _cut(lines: list[Line], lang: Language) -> list[Line]:
    """No more lines than anybody reads, and a remark where some are missing."""
    if len(lines) <= LINES:
        return lines
    remark = word("lines left out", lang, count=len(lines) - LINES)
    return [*lines[: LINES // 2], Line("", has_value=False, remark=remark), *lines[-LINES // 2 :]]
