"""Functions of which the truth is known, and what a gradient checker has to say about them.

Each entry is a function, a point, and the outcome that is right there: silence, a warning, or a failure with its
verdict; in slow mode, in fast mode, and at second order where the question makes sense. The `why` of each entry says
how the truth is known. Many are traps: a right gradient that looks wrong to a difference quotient with a fixed step,
or a wrong one that looks right at this point, with this step, or for this start of the backward pass.

    entries     what an entry is
    points      where the numeric side is hard: kinks, scales, oscillation, edges, jumps, noise
    programs    what programs do: right, random, careless with memory or with the graph, or with a wrong rule
"""

from tests.checking import points, programs
from tests.checking.entries import ENTRIES, Entry

__all__ = ["ENTRIES", "Entry", "points", "programs"]
