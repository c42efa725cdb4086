"""What a lecturer writes on the blackboard at every step: formulas first, then the same with numbers.

Forward `z = w · x = 2 · 3 = 6`, backward `∂L/∂x += ∂L/∂z · ∂z/∂x = 22 · 3 = 66`. Between arrays the product element by
element is ⊗, a broadcast argument gets a sum, and an operation on whole arrays gets its own rule, `∇W = Xᵀ ∇Y (64×10)`.
Small arrays are written out, of larger ones the shape is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Argument, Graph, Operation, Variable
from tinygrad_vn.lecture.notation.formula import Formula, figure, filled, is_number
from tinygrad_vn.lecture.notation.notation import forward_text, gradient_text, local_text, texts_of
from tinygrad_vn.lecture.numbers import in_words, is_in_full, shape_text
from tinygrad_vn.lecture.story.folded import Passage
from tinygrad_vn.lecture.words import word

WRITTEN_OUT = 4  # elements of an array that is computed with; what comes out is written out as in the boxes
SUMMANDS = 6  # contributions to one gradient that are written out
ENDS = 4  # values that go into a folded part, or come out of it, that are named


class Captions:
    """The formulas of one graph, in one language."""

    def __init__(self, graph: Graph, lang: Language, precision: int) -> None:
        self.graph, self.lang, self.precision = graph, lang, precision
        self.loss = graph.results[0].text

    def forward(self, operation: Operation) -> str:
        """z = w · x = 2 · 3 = 6"""
        box = self.graph.by_id.get(operation.result)
        name = operation.name if box is None else box.name or box.text
        texts = texts_of(operation, name)
        ranks = [len(self._shape(argument)) for argument in operation.sources]
        arrays = sum(rank > 0 for rank in ranks) > 1 or (operation.kind != "multiply" and any(ranks))
        formula = forward_text(operation, texts, arrays)
        parts: list[str] = [name, formula]
        sizes = [math.prod(self._shape(argument)) for argument in operation.sources]
        is_matrix = operation.kind == "matmul" and max(sizes) > 1
        numbers = {argument.parameter: self._numbers(argument, is_matrix) for argument in operation.sources}
        if all(numbers.values()):
            parts.append(forward_text(operation, texts | numbers, arrays))
        shape = None if box is None else box.shape
        line = _equal(parts, self.value(None if box is None else box.value, shape))
        return f"{line} = {box.alias}" if box is not None and box.alias else line

    def seed(self) -> str:
        """∂L/∂L = 1"""
        return f"∂{self.loss}/∂{self.loss} = 1"

    def backward(self, operation: Operation, argument: Argument, is_one_of_several: bool) -> str:
        """∂L/∂x += ∂L/∂z · ∂z/∂x = 22 · 3 = 66, or ∇W = Xᵀ ∇Y (64×10)."""
        sign = "+=" if is_one_of_several else "="
        part = np.asarray(argument.contribution)
        box = self.graph.by_id.get(operation.result)
        if argument.local is None or box is None:
            out = operation.name if box is None else box.text
            is_single = box is not None and box.shape == ()
            formula = gradient_text(operation, argument, texts_of(operation, out, f"∇{out}"), is_single)
            right = f" {sign} {formula}" if formula else f" {sign}" if is_in_full(part) else ""
            value = self.value(part, part.shape)
            return f"∇{argument.text}{right}{value if formula else value.removeprefix(' =')}"
        products, remark = self._products(operation, argument, box)
        left = f"{self.partial(argument.text)} {sign} {products[0]}"
        line = _equal([left, *products[1:]], self.value(part, part.shape))
        return f"{line}   ({remark})" if remark else line

    def _products(self, operation: Operation, argument: Argument, box: Variable) -> tuple[list[str], str]:
        """∂L/∂z · ∂z/∂x with symbols and with what they stand for; and which sum undoes the broadcasting, if any."""
        local, gradient = np.asarray(argument.local), box.gradient
        part = np.asarray(argument.contribution)
        g, symbol = Formula(self.partial(box.text)), Formula(f"∂{box.name}/∂{argument.text}")
        if gradient is not None and gradient.size == 1 == local.size:
            numbers = f"{self._number(gradient)} · {figure(local.reshape(-1)[0], self.precision)}"
            return [f"{g} · {symbol}", numbers], ""
        is_summed = part.shape != local.shape
        total = "∑ {x}" if is_summed else "{x}"
        parts: list[str] = [filled(total, {"x": filled("{x} ⊗ {y}", {"x": g, "y": symbol})})]
        formula = local_text(operation, argument, texts_of(operation, box.name or box.text))
        if formula:
            parts.append(filled(total, {"x": self._times(g, formula, operation)}))
        if gradient is not None and gradient.size <= WRITTEN_OUT and not is_number(formula or "1"):
            is_single = self._is_single(formula, operation)
            by = figure(local.reshape(-1)[0], self.precision) if is_single else in_words(local, self.precision)
            texts = {"x": in_words(gradient, self.precision), "y": by}
            parts.append(filled(total, {"x": filled("{x} · {y}" if is_single else "{x} ⊗ {y}", texts)}))
        return parts, self._which_sum(part.shape, local.shape) if is_summed else ""

    def _times(self, g: Formula, local: Formula, operation: Operation) -> Formula:
        """∂L/∂Z ⊗ (1 − A²); a single number in front or behind is multiplied with a point."""
        if local == "1":
            return g
        if local == "−1":
            return filled("−{x}", {"x": g})
        return filled("{x} · {y}" if self._is_single(local, operation) else "{x} ⊗ {y}", {"x": g, "y": local})

    def _is_single(self, local: Formula, operation: Operation) -> bool:
        """Whether a local derivative is one number for all elements: 2, or an argument that is a number."""
        return is_number(local) or str(local) in {a.text for a in operation.sources if not self._shape(a)}

    def total(self, box: Variable, parts: Sequence[Values]) -> str:
        """∂L/∂x = 66 = 22 + 44"""
        whole = np.asarray(sum(parts[1:], start=parts[0]))
        if len(parts) > SUMMANDS or not is_in_full(whole) or (len(parts) - 1) * whole.size > 2 * WRITTEN_OUT:
            words = word("contributions added", self.lang, count=len(parts))
            return f"{self.partial(box.text)} = {words}{self.value(whole, whole.shape)}"
        texts = [self._array(part) for part in parts]
        summands = " + ".join([texts[0], *(f"({text})" if text.startswith("−") else text for text in texts[1:])])
        return f"{self.partial(box.text)}{self.value(whole, whole.shape)} = {summands}"

    def result(self, box: Variable) -> str:
        """L = 3.2"""
        return f"{box.text}{self.value(box.value, box.shape)}"

    def gradient(self, box: Variable, gradient: Values | None, sign: str = "=") -> str:
        """∂L/∂w = 66"""
        value = self.value(gradient, box.shape)
        return self.partial(box.text) + (f" {sign}{value.removeprefix(' =')}" if value.startswith(" =") else value)

    def partial(self, name: str) -> str:
        """∂L/∂x"""
        return f"∂{self.loss}/∂{name}"

    def value(self, array: Values | None, shape: tuple[int, ...] | None) -> str:
        """How a line ends: with the numbers where they are few, else with the shape."""
        if array is not None and is_in_full(array):
            return f" = {self._array(array)}"
        if not shape:
            return " = —" if shape == () else ""
        return f" ({shape_text(shape)})" if len(shape) > 1 else f" {shape_text(shape)}"

    def passage(self, passage: Passage) -> str:
        """mul_3 = 0.9 → mul_9 = 0.53"""
        ends = [self._named(boxes) for boxes in (passage.entering, passage.leaving)]
        return " → ".join(end for end in ends if end)

    def _named(self, boxes: Sequence[Variable]) -> str:
        named = [self.result(box) for box in boxes if box.name is not None]
        return ", ".join([*named[:ENDS], *(["…"] if len(named) > ENDS else [])])

    def through(self, passage: Passage, box: Variable, part: Values, sign: str) -> str:
        """∂L/∂mul_3 = ∂L/∂mul_9 · ∂mul_9/∂mul_3 = 1.8 · 0.59 = 1.1, or what comes out of it."""
        slope = passage.slope(box.id)
        if slope is None:
            return self.gradient(box, part, sign)
        (end,) = passage.leaving
        symbols = f"{self.partial(end.text)} · ∂{end.text}/∂{box.text}"
        numbers = f"{self._number(np.asarray(end.gradient))} · {figure(slope, self.precision)}"
        return f"{self.partial(box.text)} {sign} {symbols} = {numbers}{self.value(part, part.shape)}"

    def why_no_gradient(self) -> str:
        """Why the story ends with the forward pass."""
        root = self.graph.results[0]
        if len(self.graph.results) > 1:
            return word("several results", self.lang)
        if root.shape is not None and math.prod(root.shape) != 1:
            return word("no single number", self.lang, name=root.text, shape=shape_text(root.shape))
        return word(
            "values released" if root.has_gradient and self.graph.operations else "nothing to derive", self.lang
        )

    def _which_sum(self, source: tuple[int, ...], result: tuple[int, ...]) -> str:
        """Which sum undoes the broadcasting from one shape to the other, in words."""
        padded = (1,) * (len(result) - len(source)) + source
        axes = [
            i for i, (n, m) in enumerate(zip(padded, result, strict=True)) if n != m or i < len(result) - len(source)
        ]
        if len(result) == 2 and len(axes) == 1:
            return word("sum over rows" if axes == [0] else "sum over columns", self.lang)
        if math.prod(source) == 1:
            return word("sum of all elements", self.lang)
        return word("sum over axes", self.lang, axes=", ".join(map(str, axes)))

    def _numbers(self, argument: Argument, is_matrix: bool = False) -> str:
        """What is in an argument's box, as part of a formula; nothing where that is too much or not known.

        A single number has no brackets, except where it is a factor of a larger matrix.
        """
        box = self.graph.by_id.get(str(argument.source))
        if box is None or box.value is None or not 0 < box.value.size <= WRITTEN_OUT:
            return ""
        if box.value.size == 1 and not is_matrix:
            return figure(box.value.reshape(-1)[0], self.precision)
        return in_words(box.value.T if argument.turned else box.value, self.precision)

    def _shape(self, argument: Argument) -> tuple[int, ...]:
        box = self.graph.by_id.get(str(argument.source))
        return (box.shape or ()) if box is not None else ()

    def _array(self, array: Values) -> str:
        """An array with its brackets; a single number, whatever its shape, without."""
        return self._number(array) if array.size == 1 else in_words(array, self.precision)

    def _number(self, array: Values) -> str:
        """The one number of an array, without brackets."""
        return in_words(np.asarray(array).reshape(-1)[0], self.precision)


def _equal(parts: Sequence[str], end: str) -> str:
    """Parts that are all equal, each said once; then the value."""
    said = [part for i, part in enumerate(parts) if i == 0 or part != parts[i - 1]]
    return " = ".join(said) + ("" if end == f" = {said[-1]}" else end)
