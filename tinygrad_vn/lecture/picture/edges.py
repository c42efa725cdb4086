"""What stands on an arrow: the local derivative ∂z/∂x = y = 3, or for whole arrays the rule ∇W = Xᵀ ∇Y (64×10).

A value that goes into an operation in several places has a derivative in each, told apart by ⁽¹⁾ and ⁽²⁾; where an
argument was repeated on the way forward, (∑₀) says along which axis its gradient is added up.
"""

from __future__ import annotations

import re

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.lecture.computation.graph import Argument, Operation
from tinygrad_vn.lecture.notation.formula import SUBSCRIPTS, SUPERSCRIPTS
from tinygrad_vn.lecture.notation.notation import gradient_text, local_text, texts_of
from tinygrad_vn.lecture.numbers import in_words, shape_text

WRITTEN_OUT = 4  # elements of a local derivative that are written on an arrow


def edge_text(operation: Operation, argument: Argument, out: str, precision: int) -> str:
    """The local derivative on an arrow, ∂z/∂x = y = 3; for an operation on whole arrays ∇W = Xᵀ ∇Y (64×10)."""
    name = argument.text + _which(operation, argument)
    if argument.local is None:
        formula = gradient_text(operation, argument, texts_of(operation, out, f"∇{out}"))
        shape = shape_text(argument.contribution.shape) if argument.contribution is not None else ""
        shape = shape if shape.startswith("(") else f"({shape})"
        return f"∇{name} = {formula} {shape}" if formula else ""
    formula = local_text(operation, argument, texts_of(operation, out))
    local = argument.local.flat[0] if is_one_number(argument.local) else argument.local
    value = in_words(np.asarray(local), precision) if np.size(local) <= WRITTEN_OUT else ""
    parts = [f"∂{_bracketed(out)}/∂{_bracketed(name)}", formula, value if value != formula else ""]
    text = " = ".join(part for part in parts if part)
    axes = summed_axes(argument)
    if axes is None:
        return text
    is_all = argument.contribution is None or argument.contribution.size == 1
    return f"{text} (∑{'' if is_all else ''.join(map(str, axes)).translate(SUBSCRIPTS)})"


def summed_axes(argument: Argument) -> list[int] | None:
    """The axes along which the gradient of a repeated argument is added up; None where nothing was repeated."""
    local, contribution = argument.local, argument.contribution
    if local is None or contribution is None or local.shape == contribution.shape:
        return None
    new = local.ndim - contribution.ndim
    return [*range(new), *(i for i, n in enumerate(contribution.shape, new) if n != local.shape[i])]


def equal_parts(text: str) -> list[str]:
    """A line of formulas, taken apart at its equals signs, but not at those within brackets."""
    parts = [""]
    depth = 0
    for piece in re.split(r"( = )", text):
        if piece == " = " and depth == 0:
            parts.append("")
            continue
        parts[-1] += piece
        depth += sum(sign in "([" for sign in piece) - sum(sign in ")]" for sign in piece)
    return parts


def _which(operation: Operation, argument: Argument) -> str:
    """⁽¹⁾ ⁽²⁾ for a value that goes into an operation in several places: each has a derivative of its own."""
    places = [a.parameter for a in operation.sources if a.source == argument.source]
    return f"⁽{str(places.index(argument.parameter) + 1).translate(SUPERSCRIPTS)}⁾" if len(places) > 1 else ""


def is_one_number(array: Values) -> bool:
    """Whether all elements are the same number."""
    return array.size > 0 and bool((array == array.flat[0]).all())


def _bracketed(name: str) -> str:
    """A name of which a derivative is taken; one that is a fraction itself needs brackets: ∂(∂y/∂x)/∂x."""
    return f"({name})" if "/" in name else name
