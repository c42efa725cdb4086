"""A computation as a lecturer derives it on the blackboard: forward line by line, then backward by the chain rule.

A value that somebody named gets a line of its own. One without a name is written out where it is used, as long as that
stays short: Z⁽¹⁾ = A⁽⁰⁾ W⁽¹⁾ + b⁽¹⁾ is one line, and a gradient passes through such a value without stopping.
Backward, elementwise operations multiply by ∂out/∂argument; a product of matrices hands on its gradient by the rules
∇X = ∇Z Yᵀ and ∇Y = Xᵀ ∇Z; whatever was repeated on the way forward is added up on the way back; and a value used in
several places adds up what comes along every path.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Argument, Graph, Operation
from tinygrad_vn.lecture.derivation.blackboard import (
    LINES,
    Blackboard,
    Line,
    Section,
    Texts,
    product_text,
    shape_of_box,
)
from tinygrad_vn.lecture.notation.formula import SUBSCRIPTS, SUM, Formula, figure, filled, is_number, plain
from tinygrad_vn.lecture.notation.notation import gradient_text, has_local, local_text
from tinygrad_vn.lecture.words import word

_DERIVATIVE = re.compile("∂[^/]*/∂")

PATHS = 4  # summands of a gradient that are written out


@dataclass(frozen=True)
class _Flow:
    """A gradient on its way back through one line's formula.

    Attributes:
        formula: so far; None for the 1 that everything starts with.
        is_negative: whether its sign is still to be turned.
        divisor: what is still to be divided by, a mean's number of elements.
        is_spread: whether it is one number that every element gets.
        shapes: of the matrices that were multiplied.
        remark: what else was done.
    """

    formula: Formula | None
    is_negative: bool = False
    divisor: int = 1
    is_spread: bool = False
    shapes: str = ""
    remark: str = ""

    def whole(self, must_be_array: bool = False) -> Formula:
        formula = self.formula or Formula("1")
        if self.is_spread and must_be_array:
            formula = filled("broadcast({x})", {"x": formula})
        if self.divisor > 1:
            is_bare = formula == "1" or "/" not in _DERIVATIVE.sub("", formula)
            formula = filled("{x}/{n}" if is_bare else "1/{n} · {x}", {"x": formula, "n": str(self.divisor)})
        return filled("−{x}", {"x": formula}) if self.is_negative else formula


@dataclass(frozen=True)
class _Path:
    """What one use of a value adds to its gradient: formulas that are equal, and the number."""

    formulas: tuple[Formula, ...]
    value: Values | None
    flow: _Flow


class Derivation(Blackboard):
    """All lines of one computation: `Blackboard`'s, and the way back."""

    def __init__(self, graph: Graph, lang: Language, precision: int, wrt: Collection[str] | None) -> None:
        super().__init__(graph, lang, precision)
        self.expansions: dict[str, Formula] = {}
        self.wanted = self._towards(wrt)
        self._backward()
        self._legend()

    def _towards(self, wrt: Collection[str] | None) -> set[str]:
        """The boxes whose gradients are needed: those on a way from the result to what is asked for."""
        if wrt is None:
            return {variable.id for variable in self.graph.variables} | {o.result for o in self.graph.operations}
        wanted = set(wrt)
        for operation in self.graph.operations:
            if any(argument.source in wanted for argument in operation.sources):
                wanted.add(operation.result)
        return wanted

    def _backward(self) -> None:
        root = self.graph.results[0]
        if root.id not in self.maker or not root.has_gradient:
            return
        main = Section(word("backward pass", self.lang, name=plain(self.symbols[root.id])))
        self.sections.append(main)
        if len(self.graph.results) > 1 or root.gradient is None:
            is_single = len(self.graph.results) == 1 and np.prod(root.shape or (), dtype=int) == 1
            key = "values are gone" if is_single else "no backward pass"
            main.lines.append(Line("", has_value=False, remark=word(key, self.lang)))
            return
        main.lines.append(Line(self._d(root.id), ("1",), has_value=False))
        paths: dict[str, list[_Path]] = {}
        expected = self._expected()
        count = 0
        for operation in reversed(self.graph.operations):
            if operation.result in self.inlined or operation.result not in self.wanted:
                continue
            formula = f"{self.names[operation.result]} = {self.formula(operation, self.symbols)}"
            section = Section(word("through", self.lang), formula, is_main=False)
            reached: dict[str, None] = {}
            for source, path, local in self._back_through(operation):
                paths.setdefault(source, []).append(path)
                reached[source] = None
                section.lines += [local] if local is not None else []
            for source in sorted(reached, key=lambda key: key in self.maker):
                if len(paths[source]) == expected[source]:
                    section.lines.append(self._gradient_line(source, paths.pop(source)))
            count += len(section.lines)
            if count > LINES:
                main.lines.append(Line("", has_value=False, remark=word("cut off", self.lang)))
                break
            self.sections += [section] if section.lines else []

    def _legend(self) -> None:
        """What the less usual signs mean."""
        used = "".join(part for section in self.sections for line in section.lines for part in line.parts)
        keys = {
            "⊗": "⊗ sign",
            "∑₀": "∑₀ sign",
            "∑₁": "∑₁ sign",
            "broadcast(": "broadcast sign",
            "scatter(": "scatter sign",
        }
        remarks = [word(key, self.lang) for sign, key in keys.items() if sign in used]
        if any(found in used for found in (" > 0]", " = ", "≤ 0]")) and "[" in used:
            remarks.append(word("bracket sign", self.lang))
        if remarks:
            lines = [Line("", has_value=False, remark=remark) for remark in remarks]
            self.sections.append(Section(word("signs", self.lang), lines=lines))

    def _expected(self) -> Counter[str]:
        return Counter(str(a.source) for o in self.graph.operations for a in o.sources if self._flows(a))

    def _flows(self, argument: Argument) -> bool:
        return argument.contribution is not None and argument.source in self.wanted

    def _d(self, key: str) -> Formula:
        """∂J/∂key"""
        return Formula(f"∂{self.symbols[self.graph.results[0].id]}/∂{self.symbols[key]}")

    def _back_through(self, operation: Operation) -> list[tuple[str, _Path, Line | None]]:
        """What flows back through one line's formula to every value in it."""
        start, is_array = operation.result, bool(self.shape_of(operation.result))
        is_root = start in self.roots
        symbol = _Flow(None if is_root else self._d(start) if start in self.graph.by_id else Formula("…"))
        box = self.graph.by_id.get(start)
        number = None
        if not is_root and box is not None and box.gradient is not None and box.gradient.size == 1:
            number = Formula(figure(box.gradient.reshape(-1)[0], self.precision))
        expanded = replace(symbol, formula=self.expansions.get(start, symbol.formula))
        places = Counter(str(a.source) for a in self._within(operation) if self._flows(a))
        found: list[tuple[str, _Path, Line | None]] = []
        stack = [(operation, argument, expanded, _Flow(number)) for argument in _backwards(operation)]
        while stack:
            inner, argument, flow, numeric = stack.pop()
            source = str(argument.source)
            if not self._flows(argument):
                continue
            if inner is operation and not is_root and places[source] == 1 and self._is_worth_a_symbol(inner, argument):
                found.append(self._by_symbol(inner, argument, symbol))
                continue
            on = self._step(inner, argument, flow, self.symbols)
            numbers = self._step(inner, argument, numeric, self.numbers)
            if source in self.inlined:
                maker = self.maker[source]
                stack += [(maker, further, on, numbers) for further in _backwards(maker)]
                continue
            formulas = [on.whole(bool(self.shape_of(source)))]
            if source in self.numbers and inner.result in self.numbers and not is_array:
                formulas = self._with_numbers(start, source, on, numbers, places[source] == 1 and not is_root)
            found.append((source, _Path(tuple(formulas), argument.contribution, on), None))
        return found

    def _with_numbers(self, start: str, source: str, flow: _Flow, numeric: _Flow, is_only: bool) -> list[Formula]:
        """∂J/∂z · ∂z/∂w, the same with its local derivative, and with the numbers."""
        formula, numbers = flow.whole(), numeric.whole()
        if not is_only:
            return [formula, numbers]
        if formula == self._d(start):
            formula, numbers = (filled("{x} · 1", {"x": x}) for x in (formula, numbers))
        return [self._chain(start, source), formula, numbers]

    def _within(self, operation: Operation) -> list[Argument]:
        """All arguments in a line's formula."""
        found, stack = [], [operation]
        while stack:
            for argument in stack.pop().sources:
                found.append(argument)
                if argument.source in self.inlined:
                    stack.append(self.maker[str(argument.source)])
        return found

    def _chain(self, start: str, source: str) -> Formula:
        """∂J/∂z · ∂z/∂w"""
        texts = {"g": self._d(start), "local": Formula(f"∂{self.names[start]}/∂{self.symbols[source]}")}
        return filled("{g} · {local}", texts)

    def _is_worth_a_symbol(self, operation: Operation, argument: Argument) -> bool:
        """Whether ∂A/∂Z says it better than its formula: in elementwise functions of arrays."""
        if argument.source in self.inlined or not has_local(operation.kind, argument.parameter):
            return False
        shape = self.shape_of(operation.result)
        if not shape or self.shape_of(argument.source) != shape:
            return False
        texts = self.texts(operation, self.symbols)
        local = local_text(operation, argument, texts)
        return local not in texts.values() and not is_number(local)

    def _by_symbol(self, operation: Operation, argument: Argument, g: _Flow) -> tuple[str, _Path, Line]:
        """∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾, and the line that says what ∂A⁽³⁾/∂Z⁽³⁾ is."""
        source = str(argument.source)
        symbol = Formula(f"∂{self.names[operation.result]}/∂{self.symbols[source]}")
        formula = filled("{g} ⊗ {local}", {"g": g.whole(), "local": symbol})
        if self.uses[source] == 1:
            self.expansions[source] = formula
        local = local_text(operation, argument, self.texts(operation, self.symbols))
        line = Line(symbol, (local,), argument.local, shapes=shape_of_box(self.graph.by_id[source]))
        return source, _Path((formula,), argument.contribution, _Flow(formula)), line

    def _step(self, operation: Operation, argument: Argument, flow: _Flow, texts: Texts) -> _Flow:
        """One operation further back."""
        source = self.shape_of(argument.source)
        result = self.shape_of(operation.result)
        if self.is_silent(operation):
            return flow
        if operation.kind in ("sum", "mean") and (np.prod(result, dtype=int) == 1 or flow.is_spread):
            n = int(np.prod(source, dtype=int) // max(np.prod(result, dtype=int), 1))
            divisor = flow.divisor * (n if operation.kind == "mean" else 1)
            return replace(flow, divisor=divisor, is_spread=source != ())
        filling = self.texts(operation, texts, flow.whole(result != ()))
        if not has_local(operation.kind, argument.parameter):
            formula = gradient_text(operation, argument, filling, result == ())
            formula = _without_one(formula) if flow.formula is None else formula
            return _Flow(formula or Formula("…"), shapes=self._turned(operation, argument), remark=flow.remark)
        local = local_text(operation, argument, filling)
        is_single = self._is_single(local, operation, argument)
        if local == "−1":
            done = replace(flow, is_negative=not flow.is_negative)
        else:
            times = _times(flow.formula, local, is_single or flow.is_spread)
            done = replace(flow, formula=times, is_spread=flow.is_spread and is_single)
        if source == result or texts is self.numbers:
            return done
        axes = _summed_axes(source, result)
        if argument.source in self.inlined and source:  # in the midst of a formula, where no remark can say it
            template = f"∑{''.join(map(str, axes)).translate(SUBSCRIPTS)} {{x}}"
            return _Flow(filled(template, {"x": done.whole(result != ())}), shapes=flow.shapes)
        added = filled("∑ {x}", {"x": done.whole(result != ())})
        return _Flow(added, shapes=flow.shapes, remark=self._sum_in_words(source, result, axes))

    def _is_single(self, local: Formula, operation: Operation, argument: Argument) -> bool:
        """Whether a local derivative is one number for all elements."""
        if is_number(local) or not self.shape_of(operation.result):
            return True
        others = [a.source for a in operation.sources if a is not argument]
        return any(self.symbols.get(str(key)) == local and not self.shape_of(key) for key in others)

    def _sum_in_words(self, source: tuple[int, ...], result: tuple[int, ...], axes: list[int]) -> str:
        """Which sum undoes the broadcasting."""
        if len(result) == 2 and axes in ([0], [1]):
            return word("sum over rows" if axes == [0] else "sum over columns", self.lang)
        if np.prod(source, dtype=int) == 1:
            return word("sum of all elements", self.lang)
        return word("sum over axes", self.lang, axes=", ".join(map(str, axes)))

    def _turned(self, operation: Operation, argument: Argument) -> str:
        """The shapes of the product that a product of matrices hands back."""
        if operation.kind != "matmul":
            return ""
        left, right = (self.shape_of(a.source) for a in operation.sources)
        out = self.shape_of(operation.result)
        turned = (left, right) if argument.parameter == "y" else (right, left)
        other = (*turned[0][:-2], *turned[0][:-3:-1])
        return product_text([other, out] if argument.parameter == "y" else [out, other])

    def _gradient_line(self, source: str, paths: list[_Path]) -> Line:
        """∂J/∂x = … = the sum over all paths."""
        box = self.graph.by_id.get(source)
        value = box.gradient if box is not None else None
        shape = "" if box is None else shape_of_box(box)
        left = self._d(source)
        if len(paths) == 1:
            shapes = paths[0].flow.shapes or shape
            return Line(left, _distinct(paths[0].formulas), value, shapes=shapes, remark=paths[0].flow.remark)
        shown = paths[:PATHS]
        rest = [Formula("…")] if len(paths) > PATHS else []
        rows = zip(*(path.formulas[-1:] if path.value is None else path.formulas[-2:] for path in shown), strict=False)
        parts = [_added([*row, *rest]) for row in rows]
        if all(path.value is not None and path.value.size == 1 for path in shown):
            numbers = [figure(path.value.reshape(-1)[0], self.precision) for path in shown if path.value is not None]
            parts.append(_added([*numbers, *rest]))
        remark = word("sum over paths", self.lang, count=len(paths))
        return Line(left, _distinct(parts), value, shapes=shape, remark=remark)


def _summed_axes(source: tuple[int, ...], result: tuple[int, ...]) -> list[int]:
    """The axes along which broadcasting repeated something of the one shape to get the other."""
    new = len(result) - len(source)
    return [*range(new), *(i for i, n in enumerate(source, new) if n != result[i])]


def _backwards(operation: Operation) -> list[Argument]:
    """An operation's arguments for a stack, from which the first is taken first."""
    return list(operation.sources)[::-1]


def _added(summands: list[str] | list[Formula]) -> Formula:
    total = Formula(summands[0]) if not isinstance(summands[0], Formula) else summands[0]
    for summand in summands[1:]:
        if summand.startswith("−"):  # a + (−b + c) is a − b + c
            total = Formula(f"{total} − {summand[1:]}", SUM)
        else:
            total = filled("{x} + {y}", {"x": total, "y": summand})
    return total


def _distinct(parts: tuple[Formula, ...] | list[Formula]) -> tuple[str, ...]:
    """Formulas without repetitions."""
    return tuple(dict.fromkeys(map(str, parts)))


def _times(g: Formula | None, local: Formula, is_single: bool) -> Formula | None:
    """A gradient times a local derivative."""
    if local == "1":
        return g
    if g is None:
        return local
    return filled("{g} · {local}" if is_single else "{g} ⊗ {local}", {"g": g, "local": local})


def _without_one(formula: Formula) -> Formula:
    """1 · x is x."""
    return Formula(re.sub(r"(?<![\d.⁰¹²³⁴⁵⁶⁷⁸⁹\w])1 [·⊗] ", "", formula), formula.level)
