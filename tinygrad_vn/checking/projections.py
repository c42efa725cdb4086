"""The fast mode: look along random directions, and name the bad element only where something is wrong.

Along a direction d the function's slope must be the gradient times d. One such comparison takes as many evaluations as
a single element, but looks at all elements at once: an error in any of them shows, in proportion to its size. Eight
directions with random signs make it improbable that errors cancel. Where one disagrees, the inputs are halved again and
again, and the half that disagrees is followed down to single elements, which are then examined one by one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tinygrad_vn.checking.elements import (
    SAME_SCALE,
    Directions,
    Element,
    Line,
    check_elements,
    examined,
    finite_magnitude,
    first_step,
    glance,
)
from tinygrad_vn.checking.subject import Subject, norm
from tinygrad_vn.checking.verdicts import Settings, Tolerance, Verdict
from tinygrad_vn.graph import Values

PROJECTIONS: Final = 8
WITHIN: Final = 2  # directions per half while a bad element is being looked for
LONGEST: Final = 200  # halvings; a search that takes longer is no faster than looking at every element
SMALLEST: Final = 1e-3  # of the typical element: what is smaller still moves by so much

Chosen = list[np.ndarray[tuple[int], np.dtype[np.intp]]]
"""For each variable the flat positions of some of its elements."""


def check_projections(subject: Subject, gradients: list[Values], settings: Settings) -> list[Element]:
    """The elements that disagree, found by random projections and bisection; none where all projections agree."""
    search = _Search(subject, gradients, settings)
    everything = [np.arange(x.size) for x in subject.points]
    broken = [[i for i, g in enumerate(gradient.ravel()) if not np.isfinite(g)] for gradient in gradients]
    if any(broken):
        return search.one_by_one([np.array(places[: settings.max_report], np.intp) for places in broken])
    found: list[Element] = []
    if not all(search.agrees(everything) for _ in range(PROJECTIONS)):
        found = search.among(everything, settings.max_report)
    if found or len(everything) == 1:
        return found
    none = np.arange(0)
    for i, places in enumerate(everything):  # beside a large gradient a small one would not show
        alone = [places if k == i else none for k in range(len(everything))]
        if not all(search.agrees(alone) for _ in range(WITHIN)):
            found += search.among(alone, settings.max_report - len(found))
    return found


class _Search:
    """The bisection, with its source of random directions."""

    def __init__(self, subject: Subject, gradients: list[Values], settings: Settings) -> None:
        self.subject, self.gradients, self.settings = subject, gradients, settings
        self.rng = np.random.default_rng(settings.seed + 1)
        self.steps = 0

    def agrees(self, chosen: Chosen) -> bool:
        """Whether gradient and function agree along a random direction that moves these elements only."""
        directions = self._direction(chosen)
        parts = [g * d for g, d in zip(self.gradients, directions, strict=True) if d is not None]
        if not parts:
            return True
        products = np.concatenate([part.ravel() for part in parts])
        analytic = float(products.sum())
        count = sum(len(places) for places in chosen)
        typical = norm([products]) / count**0.5  # of one element's part, not of their sum
        line = Line(self.subject, directions)
        look = glance(line.change, line.noise, first_step(self.subject, 1.0, None))
        height = finite_magnitude(typical, look.left, look.right)
        extra = self.settings.rtol * typical
        reach = finite_magnitude(*(float(np.abs(d).max(initial=0.0)) for d in directions if d is not None))
        zero = self.subject.rounded_zero * sum(float(np.abs(d).sum()) for d in directions if d is not None)
        allowed = Tolerance(0.0, self.settings.atol, height, self.subject.bulk * min(1.0, reach), zero, extra)
        if look.satisfies(analytic, allowed):
            return True
        scales = [1.0, 1.0 / reach] if 0 < reach < 1 / SAME_SCALE else [1.0]
        return examined(line, scales, analytic, allowed)[0].verdict is Verdict.PASS

    def among(self, chosen: Chosen, wanted: int) -> list[Element]:
        """The first elements among these whose verdict is not PASS, at most as many as wanted."""
        self.steps += 1
        halves = _halves(chosen)
        suspects: list[Chosen] = []
        if sum(len(places) for places in chosen) > 1 and self.steps < LONGEST:
            suspects = [half for half in halves if not all(self.agrees(half) for _ in range(WITHIN))]
        if not suspects:  # a single one, or nothing more to be found out in this way
            return [e for e in self.one_by_one(chosen) if e.verdict is not Verdict.PASS][:wanted]
        found: list[Element] = []
        for half in suspects:
            found += self.among(half, wanted - len(found)) if len(found) < wanted else []
        return found

    def one_by_one(self, chosen: Chosen) -> list[Element]:
        """The verdicts on these elements."""
        shapes = [x.shape for x in self.subject.points]
        places = [
            [tuple(int(k) for k in np.unravel_index(at, shape)) for at in flat]
            for flat, shape in zip(chosen, shapes, strict=True)
        ]
        return check_elements(self.subject, self.gradients, self.settings, places)

    def _direction(self, chosen: Chosen) -> Directions:
        """Random signs and sizes for the chosen elements, in proportion to their scale."""
        directions: Directions = []
        for variable, x, flat in zip(self.subject.variables, self.subject.points, chosen, strict=True):
            if not len(flat):
                directions.append(None)
                continue
            d = np.zeros(x.size)
            size = np.maximum(np.abs(x.ravel()[flat]), SMALLEST * variable.scale)
            d[flat] = size * self.rng.uniform(0.5, 1.5, len(flat)) * self.rng.choice([-1.0, 1.0], len(flat))
            directions.append(d.reshape(x.shape))
        return directions


def _halves(chosen: Chosen) -> list[Chosen]:
    """The elements in two halves, the first variables' and the others'."""
    total = sum(len(places) for places in chosen)
    left: Chosen = []
    right: Chosen = []
    room = total // 2
    for places in chosen:
        left.append(places[:room])
        right.append(places[room:])
        room = max(0, room - len(places))
    return [left, right]
