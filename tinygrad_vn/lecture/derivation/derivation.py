"""A computation as a lecturer derives it on the blackboard: forward line by line, then backward by the chain rule.

A value that somebody named gets a line of its own. One without a name is written out where it is used, as long as that
stays short: Z⁽¹⁾ = A⁽⁰⁾ W⁽¹⁾ + b⁽¹⁾ is one line, and a gradient passes through such a value without stopping.
Backward, elementwise operations multiply by ∂out/∂argument; a product of matrices hands on its gradient by the rules
∇X = ∇Z Yᵀ and ∇Y = Xᵀ ∇Z; whatever was repeated on the way forward is added up on the way back; and a value used in
several places adds up what comes along every path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Argument, Graph, Operation
from tinygrad_vn.lecture.derivation.blackboard import (
    LINES,
    Blackboard,
    Line,
    Section,
    Texts,
    shape_of_box,
)
from tinygrad_vn.lecture.derivation.legend import legend
from tinygrad_vn.lecture.derivation.paths import Flow, Path, spread, sums, times
from tinygrad_vn.lecture.derivation.products import of_numbers
from tinygrad_vn.lecture.notation.broadcasting import sum_in_words, summed_axes
from tinygrad_vn.lecture.notation.formula import SUBSCRIPTS, Formula, figure, filled, is_number, plain
from tinygrad_vn.lecture.notation.notation import gradient_text, has_local, local_text
from tinygrad_vn.lecture.numbers import is_rounded
from tinygrad_vn.lecture.words import word

STARTS = 8  # of paths to one value, that a heading names


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
        paths: dict[str, list[Path]] = {}
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
            further = []
            for source in sorted(reached, key=lambda key: key in self.maker):
                if len(paths[source]) == expected[source]:
                    line = self._gradient_line(source, paths[source])
                    own = self._of_all_paths(source, paths.pop(source))
                    (section if own is None else own).lines.append(line)
                    further += [] if own is None else [own]
            count += len(section.lines) + len(further)
            if count > LINES:
                main.lines.append(Line("", has_value=False, remark=word("cut off", self.lang)))
                break
            self.sections += [*([section] if section.lines else []), *further]

    def _of_all_paths(self, source: str, paths: list[Path]) -> Section | None:
        """A section for a gradient whose paths come from several lines; None where they come from one."""
        starts = list(dict.fromkeys(path.start for path in paths))
        if len(starts) < 2:
            return None
        named = [str(self.names[start]) for start in starts]
        shown = named if len(named) <= STARTS else [*named[: STARTS - 1], "…"]
        return Section(word("all paths", self.lang), f"{', '.join(shown)} → {self.symbols[source]}", is_main=False)

    def _legend(self) -> None:
        """What the less usual signs mean."""
        lines = [line for section in self.sections for line in section.lines]
        used = "\n".join(
            [*(part for line in lines for part in line.parts), *(section.about for section in self.sections)]
        )
        remarks = legend(used, self.lang)
        if any(line.value is not None and is_rounded(line.value, self.precision) for line in lines):
            remarks.append(word("rounded", self.lang, count=self.precision))
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

    def _back_through(self, operation: Operation) -> list[tuple[str, Path, Line | None]]:
        """What flows back through one line's formula to every value in it."""
        start, is_array = operation.result, bool(self.shape_of(operation.result))
        is_root = start in self.roots
        symbol = Flow(None if is_root else self._d(start) if start in self.graph.by_id else Formula("…"))
        box = self.graph.by_id.get(start)
        number = None
        if not is_root and box is not None and box.gradient is not None and box.gradient.size == 1:
            number = Formula(figure(box.gradient.reshape(-1)[0], self.precision))
        expanded = replace(symbol, formula=self.expansions.get(start, symbol.formula))
        places = Counter(str(a.source) for a in self._within(operation) if self._flows(a))
        found: list[tuple[str, Path, Line | None]] = []
        stack = [(operation, argument, expanded, Flow(number), True) for argument in _backwards(operation)]
        while stack:
            inner, argument, flow, numeric, is_number_so_far = stack.pop()
            source = str(argument.source)
            if not self._flows(argument):
                continue
            if inner is operation and not is_root and places[source] == 1 and self._is_worth_a_symbol(inner, argument):
                found.append(self._by_symbol(inner, argument, symbol))
                continue
            on = self._step(inner, argument, flow, self.symbols)
            numbers = self._step(inner, argument, numeric, self.numbers)
            are_numbers = is_number_so_far and inner.result in self.numbers
            if source in self.inlined:
                maker = self.maker[source]
                stack += [(maker, further, on, numbers, are_numbers) for further in _backwards(maker)]
                continue
            formulas = [on.whole(self.shape_of(source))]
            if source in self.numbers and are_numbers and not is_array:
                formulas = self._with_numbers(start, source, on, numbers, places[source] == 1 and not is_root)
            found.append((source, Path(start, tuple(formulas), argument.contribution, on), None))
        return found

    def _with_numbers(self, start: str, source: str, flow: Flow, numeric: Flow, is_only: bool) -> list[Formula]:
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

    def _by_symbol(self, operation: Operation, argument: Argument, g: Flow) -> tuple[str, Path, Line]:
        """∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾, and the line that says what ∂A⁽³⁾/∂Z⁽³⁾ is."""
        source = str(argument.source)
        symbol = Formula(f"∂{self.names[operation.result]}/∂{self.symbols[source]}")
        formula = filled("{g} ⊗ {local}", {"g": g.whole(), "local": symbol})
        if self.uses[source] == 1:
            self.expansions[source] = formula
        local = local_text(operation, argument, self.texts(operation, self.symbols))
        line = Line(symbol, (local,), argument.local, shapes=shape_of_box(self.graph.by_id[source]))
        return source, Path(operation.result, (formula,), argument.contribution, Flow(formula)), line

    def _step(self, operation: Operation, argument: Argument, flow: Flow, texts: Texts) -> Flow:
        """One operation further back."""
        source = self.shape_of(argument.source)
        result = self.shape_of(operation.result)
        if self.is_silent(operation) or (texts is self.numbers and operation.kind == "transpose"):
            return flow
        if operation.kind in ("sum", "mean") and (np.prod(result, dtype=int) == 1 or flow.is_spread):
            n = int(np.prod(source, dtype=int) // max(np.prod(result, dtype=int), 1))
            divisor = flow.divisor * (n if operation.kind == "mean" else 1)
            return replace(flow, divisor=divisor, is_spread=source != ())
        if not has_local(operation.kind, argument.parameter):
            return self._whole_step(operation, argument, flow, texts)
        done = self._local_step(operation, argument, flow, texts)
        if source == result or texts is self.numbers:
            return done
        axes = summed_axes(source, result)
        if argument.source in self.inlined:  # in the midst of a formula, where no remark can say it
            template = f"∑{''.join(map(str, axes)).translate(SUBSCRIPTS)} {{x}}"
            return Flow(filled(template, {"x": done.whole(result)}), shapes=flow.shapes)
        added = filled("∑ {x}", {"x": done.whole(result)})
        return Flow(added, shapes=flow.shapes, remark=sum_in_words(source, result, self.lang))

    def _whole_step(self, operation: Operation, argument: Argument, flow: Flow, texts: Texts) -> Flow:
        """Back through an operation on whole arrays."""
        product, shape = self.product(operation), self.shape_of(operation.result)
        is_seed = flow.formula is None and not flow.is_spread and flow.divisor == 1
        g = Formula("1") if is_seed else flow.whole(shape if product is None else product.result)
        on = Flow(None, is_negative=is_seed and flow.is_negative, remark=flow.remark)
        filling = self.texts(operation, texts, g)
        if product is not None:
            template = product.gradient(argument.parameter, is_seed)
            formula = filled(of_numbers(template) if texts is self.numbers else template, filling)
            return replace(on, formula=formula, shapes=product.turned_shapes(argument.parameter, is_seed))
        if operation.kind == "log_softmax" and flow.onehot:
            is_last = filling.get("last") or filling.get("axis") == "−1"
            softmax = filled("softmax({x})" if is_last else "softmax{axis}({x})", filling)
            return replace(on, formula=flow.through_log_softmax(softmax), is_negative=flow.is_negative)
        formula = gradient_text(operation, argument, filling, shape == (), is_seed)
        onehot = filled("onehot({labels})" if filling.get("labels") else "onehot({positions})", filling)
        onehot = onehot if operation.kind == "negative_sum" and onehot in formula else Formula("")
        return replace(on, formula=formula or Formula("…"), onehot=onehot)

    def _local_step(self, operation: Operation, argument: Argument, flow: Flow, texts: Texts) -> Flow:
        """Back through an operation that works element by element, before broadcasting is undone."""
        result = self.shape_of(operation.result)
        symbols = self.texts(operation, self.symbols)
        symbol = local_text(operation, argument, symbols)  # a factor is left out where its symbol says that it is 1
        if symbol == "−1":
            return replace(flow, is_negative=not flow.is_negative)
        if symbol == "1":
            return flow
        local = local_text(operation, argument, self.texts(operation, texts))
        is_single = self._is_single(local, operation, argument)
        if flow.is_spread and not is_single and self._shape_in(symbol, operation, symbols) != result:
            flow = replace(flow, formula=spread(flow.formula, result), is_spread=False)
        done = times(flow.formula, local, is_single or flow.is_spread)
        return replace(flow, formula=done, is_spread=flow.is_spread and is_single, onehot="")

    def _shape_in(self, local: Formula, operation: Operation, symbols: dict[str, str]) -> tuple[int, ...]:
        """The shape of what stands in a local derivative, before anything is repeated."""
        used = [self.shape_of(a.source) for a in operation.sources if symbols[_key(a)] in local]
        used += [self.shape_of(operation.result)] if symbols["out"] and symbols["out"] in local else []
        return np.broadcast_shapes(*used)

    def _is_single(self, local: Formula, operation: Operation, argument: Argument) -> bool:
        """Whether a local derivative is one number for all elements."""
        if is_number(local) or not self.shape_of(operation.result):
            return True
        others = [a.source for a in operation.sources if a is not argument]
        return any(self.symbols.get(str(key)) == local and not self.shape_of(key) for key in others)

    def _gradient_line(self, source: str, paths: list[Path]) -> Line:
        """∂J/∂x = … = the sum over all paths."""
        box = self.graph.by_id.get(source)
        value = box.gradient if box is not None else None
        shape = "" if box is None else shape_of_box(box)
        left = self._d(source)
        if len(paths) == 1:
            shapes = paths[0].flow.shapes or shape
            return Line(left, _distinct(paths[0].formulas), value, shapes=shapes, remark=paths[0].flow.remark)
        parts, is_cut = sums(paths, self.precision)
        remark = word("sum over paths", self.lang, count=len(paths))
        if is_cut and paths[0].value is not None and paths[0].value.size == 1:
            remark += "; " + word("rest of the paths", self.lang)
        return Line(left, _distinct(parts), value, shapes=shape, remark=remark)


def _key(argument: Argument) -> str:
    """What an argument is called in templates."""
    return "a" if argument.parameter == "g" else argument.parameter


def _backwards(operation: Operation) -> list[Argument]:
    """An operation's arguments for a stack, from which the first is taken first."""
    return list(operation.sources)[::-1]


def _distinct(parts: tuple[Formula, ...] | list[Formula]) -> tuple[str, ...]:
    """Formulas without repetitions."""
    return tuple(dict.fromkeys(map(str, parts)))
