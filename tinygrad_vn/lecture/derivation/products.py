"""Products of matrices and vectors as the blackboard has them, where every vector is a column: vᵀ A v, with Aᵀ v + A v.

NumPy's `v @ A` makes a row of v, multiplies, and makes a vector of the product. Nobody writes these three steps down.
"""

from __future__ import annotations

from dataclasses import dataclass

from tinygrad_vn.lecture.numbers import shape_text

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Product:
    """One product of two factors.

    Attributes:
        left: the shape of the first factor as it was multiplied.
        right: that of the second one.
        result: the shape of the product when everything is done, () for a single number.
        x_is_row: whether the first factor is a vector that lies down.
        y_is_row: whether the second one is.
        is_turned: whether the product is a row that became a vector, which is a column again.
        chain: the shapes of all factors, also of those that are products themselves, from left to right.
    """

    left: Shape
    right: Shape
    result: Shape
    x_is_row: bool
    y_is_row: bool
    is_turned: bool
    chain: tuple[Shape, ...]

    @property
    def forward(self) -> str:
        """The template of the product."""
        x, y = self._factors
        return f"{_turned(y)} {_turned(x)}" if self.is_turned else f"{x} {y}"

    @property
    def _factors(self) -> tuple[str, str]:
        return "{x}ᵀ" * self.x_is_row or "{x}", "{y}ᵀ" * self.y_is_row or "{y}"

    def gradient(self, parameter: str, is_seed: bool = False) -> str:
        """The template of the gradient of one factor, with {g} for the product's gradient.

        Args:
            parameter: "x" or "y".
            is_seed: whether g is the 1 that everything starts with.
        """
        x, y = self._factors
        is_row = self.x_is_row if parameter == "x" else self.y_is_row
        if is_seed or self.result == ():  # a 1×1 matrix is a matrix like any other
            other = y if parameter == "x" else x
            other = other if is_row else _turned(other)
            return other if is_seed else f"{{g}} · {other}"
        g = "{g}ᵀ" if self.is_turned else "{g}"
        first, second = (g, _turned(y)) if parameter == "x" else (_turned(x), g)
        return f"{_turned(second)} {_turned(first)}" if is_row else f"{first} {second}"

    @property
    def shapes(self) -> str:
        """4×2 · 2×3 → 4×3"""
        return _told(_reversed(self.chain) if self.is_turned else list(self.chain), self.result)

    def turned_shapes(self, parameter: str, is_seed: bool = False) -> str:
        """The same for the product that is the gradient of a factor; nothing where that is no product of matrices."""
        if is_seed or self.result == ():
            return ""
        out = (*self.left[:-1], *self.right[-1:])
        factors = [out, self.right[::-1]] if parameter == "x" else [self.left[::-1], out]
        is_row = self.x_is_row if parameter == "x" else self.y_is_row
        return _told(_reversed(factors) if is_row else factors, self.left if parameter == "x" else self.right)


def of_numbers(template: str) -> str:
    """The template of a product whose factors are single numbers: {x} · {y}, where nothing is transposed."""
    return template.replace("ᵀ", "").replace("} {", "} · {")


def _turned(factor: str) -> str:
    return factor.removesuffix("ᵀ") if factor.endswith("ᵀ") else f"{factor}ᵀ"


def _reversed(shapes: tuple[Shape, ...] | list[Shape]) -> list[Shape]:
    """The shapes of a product that is transposed as a whole."""
    return [shape[::-1] for shape in shapes[::-1]]


def _told(shapes: list[Shape], result: Shape) -> str:
    """Nothing for stacks of matrices, whose shapes are told at the end of the line."""
    if any(len(shape) != 2 for shape in shapes):
        return ""
    out = "scalar" if result == () else shape_text((shapes[0][0], shapes[-1][1]))
    return f"{' · '.join(map(shape_text, shapes))} → {out}"
