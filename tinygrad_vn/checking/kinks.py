"""Kinks that meet: what no element can tell by itself.

At a tie, max(x) has a kink in every element that shares the maximum. A rule that gives each of them the whole gradient
lies between the slopes of each one, and is still wrong: moved together they would count twice. So wherever two
elements bend the same result, the gradient must also make sense along directions that move both. There it must lie
among the slopes that the function has in the neighbourhood, since a generalized gradient is a mixture of nearby
gradients (Clarke, "Generalized gradients and applications", Transactions of the AMS 205, 1975).
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np

from tinygrad_vn.checking.elements import Axis, Element, first_step
from tinygrad_vn.checking.findings import Finding
from tinygrad_vn.checking.subject import Subject
from tinygrad_vn.checking.verdicts import Verdict
from tinygrad_vn.graph import Values

AROUND: Final = 8  # nearby points, on a circle
DISTANCE: Final = 1e-4  # of the scale: how near
SLACK: Final = 1e-2  # of the slopes, which change a little over that distance where the function is curved

Spot = tuple[int, tuple[int, ...]]
"""The number of a variable, and an index into it."""


def meeting_kinks(subject: Subject, gradients: list[Values], elements: list[Element]) -> list[Finding]:
    """FAIL for every pair of kinks in one result whose gradients do not go together."""
    number = {v.name: i for i, v in enumerate(subject.variables)}
    places = [(number[e.input], e.index) for e in elements if e.verdict is Verdict.KINK and e.between]
    return [
        Finding(Verdict.FAIL, "kinks together", details)
        for pair in _pairs(subject, places)
        if (details := _contradiction(subject, gradients, pair))
    ]


def _pairs(subject: Subject, places: list[Spot]) -> list[tuple[Spot, Spot]]:
    """Neighbours among those that bend the same element of a result."""
    if len(places) < 2:
        return []
    bent = np.array([_bent(subject, i, index) for i, index in places])
    found = {pair for column in bent.T if column.sum() > 1 for pair in itertools.pairwise(np.flatnonzero(column))}
    return [(places[a], places[b]) for a, b in sorted(found)]


def _bent(subject: Subject, i: int, index: tuple[int, ...]) -> Values:
    """Which elements of the results have a kink as this element of an input moves."""
    axis = Axis(subject, i, index)
    step = first_step(subject, axis.scales()[0], None)
    after, before = (subject.moved(axis.moved(t)[1]) for t in (step, -step))
    bends = []
    if after is None or before is None:
        return np.zeros(sum(r.size for r in subject.results), bool)  # at the edge of the domain
    for new, old, now in zip(after, before, subject.results, strict=True):
        steepest = np.maximum(np.abs(new - now), np.abs(now - old))
        bends.append((np.abs(new - 2 * now + old) > 0.01 * steepest + 100 * subject.precision * np.abs(now)).ravel())
    return np.concatenate(bends)


def _contradiction(subject: Subject, gradients: list[Values], pair: tuple[Spot, Spot]) -> dict[str, object] | None:
    """Where the gradient is no mixture of nearby slopes along a direction that moves both elements."""
    scales = [subject.variables[i].scale for i, _ in pair]
    for sign in (1.0, -1.0):
        move = [scales[0], sign * scales[1]]
        analytic = sum(float(gradients[i][index]) * d for (i, index), d in zip(pair, move, strict=True))
        slopes = []
        for k in range(AROUND):
            angle = 0.3 + 2 * np.pi * k / AROUND
            offset = [DISTANCE * scales[0] * np.cos(angle), DISTANCE * scales[1] * np.sin(angle)]
            slopes.append(_slope_near(subject, pair, offset, move))
        low, high = min(slopes), max(slopes)
        slack = SLACK * max(abs(low), abs(high), abs(analytic))
        if not low - slack <= analytic <= high + slack:
            one, two = (subject.variables[i].label(index) for i, index in pair)
            numbers = {"analytic": f"{analytic:.6g}", "low": f"{low:.6g}", "high": f"{high:.6g}"}
            return {"one": one, "two": two, "how": "+" if sign > 0 else "−", **numbers}
    return None


def _slope_near(subject: Subject, pair: tuple[Spot, Spot], offset: list[float], move: list[float]) -> float:
    """The slope along a direction, at a point nearby."""
    ends = []
    for t in (DISTANCE / 100, -DISTANCE / 100):
        values = [x.copy() for x in subject.points]
        for (i, index), start, d in zip(pair, offset, move, strict=True):
            values[i][index] += start + t * d
        ends.append(subject.change(values, [False] * len(subject.results)))
    return (ends[0] - ends[1]) / (2 * DISTANCE / 100)
