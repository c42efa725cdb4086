"""einsum: sums of products, spelled with one letter per axis.

"ij,jk->ik" multiplies two matrices. The gradient of an operand is again such a sum: the operand's letters change
places with the result's, "ik,jk->ij". Two things need a step of their own: a letter that stands twice in one operand
(a diagonal, taken first), and a letter that stands in one operand only (summed out, so its gradient is spread back).
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from tinygrad_vn.rules.primitive import Array, Variadic, composite
from tinygrad_vn.rules.shaping import as_array


def forward(subscripts: str, *operands: Array) -> Array:
    """NumPy's einsum; many numbers go through matrix products, which take time to arrange and are then far faster."""
    return np.einsum(subscripts, *operands, optimize=sum(operand.size for operand in operands) > 4096)


def of_operand(g: Array, out: Array, subscripts: str, *operands: Array, i: int) -> Array:
    """The gradient of operand number `i`: the same sum with its letters and the result's exchanged."""
    inputs, result = subscripts.split("->")
    terms = inputs.split(",")
    wanted, others = terms[i], [(t, o) for k, (t, o) in enumerate(zip(terms, operands, strict=True)) if k != i]
    known = set(result).union(*(t for t, _ in others))
    kept = "".join(letter for letter in wanted if letter in known)
    spelled = ",".join([result, *(t for t, _ in others)]) + "->" + kept
    gradient = sum_of_products.of(len(others) + 1)(spelled, g, *(o for _, o in others))
    lengths = dict(zip(kept, gradient.shape, strict=True))
    gradient = gradient.reshape(tuple(lengths.get(letter, 1) for letter in wanted))
    sizes = zip(wanted, operands[i].shape, strict=True)
    return np.broadcast_to(gradient, tuple(max(lengths.get(letter, 0), size) for letter, size in sizes))


sum_of_products = Variadic("einsum", forward, "einsum", of_operand)


@composite(np.einsum)
def einsum(*operands: Any, optimize: Any = False) -> Array:
    """NumPy's einsum, in both of its spellings; `optimize`, which changes the speed only, is chosen by size."""
    subscripts, arrays = spelled_out(operands)
    inputs, result = subscripts.split("->")
    terms = inputs.split(",")
    for k, term in enumerate(terms):
        terms[k], arrays[k] = without_repeats(term, arrays[k])
    return sum_of_products(",".join(terms) + "->" + result, *arrays)


def spelled_out(operands: tuple[Any, ...]) -> tuple[str, list[Array]]:
    """The subscripts with an explicit result and letters in place of "...", and the operands."""
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0].replace(" ", ""), [as_array(o) for o in operands[1:]]
    else:
        subscripts, arrays = from_lists(operands)
    inputs, arrow, result = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(arrays):
        raise ValueError(f"einsum {subscripts!r} names {len(terms)} operands, but {len(arrays)} were given")
    for term, array in zip(terms, arrays, strict=True):
        letters = len(term.replace("...", ""))
        if letters != array.ndim and not ("..." in term and letters < array.ndim):
            raise ValueError(f"einsum names the axes {term!r} of an operand of shape {array.shape}")
    unused = [letter for letter in string.ascii_letters if letter not in subscripts]
    widest = max(
        (a.ndim - len(t.replace("...", "")) for t, a in zip(terms, arrays, strict=True) if "..." in t), default=0
    )
    if arrow and widest and "..." not in result:
        raise ValueError(f"einsum {subscripts!r} has '...' in its operands, so it needs one in its result")
    if not arrow:
        counts = "".join(terms).replace("...", "")
        result = "..." * ("..." in inputs) + "".join(sorted(c for c in set(counts) if counts.count(c) == 1))
    for k, (term, array) in enumerate(zip(terms, arrays, strict=True)):
        width = array.ndim - len(term.replace("...", ""))
        terms[k] = term.replace("...", "".join(unused[widest - width : widest]))
    return ",".join(terms) + "->" + result.replace("...", "".join(unused[:widest])), arrays


def from_lists(operands: tuple[Any, ...]) -> tuple[str, list[Array]]:
    """einsum(a, [0, 1], b, [1, 2], [0, 2]) in letters."""

    def letters(axes: Any) -> str:
        return "".join("..." if axis is Ellipsis else string.ascii_letters[axis] for axis in axes)

    pairs = len(operands) // 2
    arrays = [as_array(operands[2 * k]) for k in range(pairs)]
    subscripts = ",".join(letters(operands[2 * k + 1]) for k in range(pairs))
    return subscripts + ("->" + letters(operands[-1]) if len(operands) % 2 else ""), arrays


def without_repeats(term: str, array: Array) -> tuple[str, Array]:
    """A letter that stands twice means the diagonal of those two axes."""
    for letter in dict.fromkeys(term):
        while term.count(letter) > 1:
            first = term.index(letter)
            second = term.index(letter, first + 1)
            if array.shape[first] != array.shape[second]:
                raise ValueError(f"einsum: {letter!r} names axes of two lengths in an operand of shape {array.shape}")
            array = np.diagonal(array, 0, first, second)
            term = term[:first] + term[first + 1 : second] + term[second + 1 :] + letter
    return term, array
