"""Where the neurons of a network stand, and where the labels of its edges find room.

Layers are columns, as in every lecture, so no layout program is needed: a neuron's place follows from its layer and its
number. The labels are the harder part. Each has to lie on its own edge, must not cover another, and should not hide a
stretch of a foreign edge. So the space between two columns is divided into a few lanes, side by side; every label
chooses the lane that costs least, again and again, until none wants to move. Where no choice is free of overlaps, the
columns move apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

BIAS: Final = -1  # the number of the bias node among the neurons of its layer

_SHORTENED: Final = 7  # places in a column that is not drawn in full, its ellipsis included
_CLEAR: Final = 5.0  # points between the labels of two lanes, and between labels and circles
_TRIES: Final = 6  # distances between the columns that are tried
_GOOD: Final = 0.3  # how far foreign edges may run behind a label: 0 not at all, 1 along its middle
_PITCH: Final = 5.0  # from neuron to neuron at least, in heights of a label
_SLANT: Final = 0.6  # from column to column at least, in heights of a column: no line is too steep for a label
_STARTS: Final = 12  # ways to begin the search, of which the best result counts


@dataclass(frozen=True)
class Column:
    """A layer's places, from the top.

    Attributes:
        neurons: the numbers of the neurons that are drawn, from 0.
        hidden: how many are not; they are where the ellipsis is, before the last one.
        has_bias: whether a node 1 stands on top of them.
    """

    neurons: tuple[int, ...]
    hidden: int
    has_bias: bool

    @property
    def places(self) -> int:
        """How many places the neurons and the ellipsis take."""
        return len(self.neurons) + bool(self.hidden)

    @property
    def sources(self) -> tuple[int, ...]:
        """The nodes that edges to the next layer begin at, from the top."""
        return (BIAS, *self.neurons) if self.has_bias else self.neurons


@dataclass(frozen=True)
class Plan:
    """Where everything stands, in points; y grows upward.

    Attributes:
        x: of the columns.
        nodes: the height of every neuron that is drawn, and of the bias node, by its number; one table per column.
        dots: the height of the ellipsis, per column; None where there is none.
        labels: where the label of the edge from i to j stands; one table per gap, empty where there are no labels.
    """

    x: tuple[float, ...]
    nodes: tuple[dict[int, float], ...]
    dots: tuple[float | None, ...]
    labels: tuple[dict[tuple[int, int], tuple[float, float]], ...]


def columns_of(sizes: Sequence[int], biases: Sequence[bool], max_neurons: int) -> list[Column]:
    """What is drawn of each layer.

    Args:
        sizes: the numbers of neurons.
        biases: whether the layer after it has a bias; False for the last.
        max_neurons: a layer with more of them is shortened.
    """
    columns = []
    for size, has_bias in zip(sizes, biases, strict=True):
        neurons = tuple(range(size))
        if size > max_neurons:
            neurons = (*neurons[: min(max_neurons, _SHORTENED) - 2], size - 1)
        columns.append(Column(neurons, size - len(neurons), has_bias))
    return columns


def planned(
    columns: Sequence[Column], radius: float, labels: Sequence[tuple[float, float] | None], least: float
) -> Plan:
    """The places of everything.

    Args:
        columns: what is drawn.
        radius: of the circles.
        labels: width and height of the edge labels between each column and the next; None where there are none.
        least: how far the middles of two columns are apart at least.
    """
    tall = max(column.places for column in columns)
    pitch = 2 * radius + max(10.0, 0.4 * radius)
    pitch = max([pitch, *(_PITCH * label[1] for label in labels if label is not None)])
    best: tuple[float, Plan] | None = None
    for attempt in range(_TRIES):
        stretch = 1.12**attempt
        nodes, dots = _heights(columns, pitch * stretch)
        gaps = [max(_gap(label, radius, tall * pitch * stretch, stretch), least - 2 * radius) for label in labels]
        x = tuple(float(sum(gaps[:k]) + 2 * radius * k) for k in range(len(columns)))
        found = [
            _labels(columns[k : k + 2], nodes[k : k + 2], x[k : k + 2], radius, label) for k, label in enumerate(labels)
        ]
        worst = max(cost for _, cost in found)
        if best is None or worst < best[0]:
            best = worst, Plan(x, tuple(nodes), tuple(dots), tuple(places for places, _ in found))
        if worst <= _GOOD:
            break
    assert best is not None
    return best[1]


def _heights(columns: Sequence[Column], pitch: float) -> tuple[list[dict[int, float]], list[float | None]]:
    """How high the nodes stand: the neurons of every column around the same middle, the bias node on top of them."""
    nodes, dots = [], []
    for column in columns:
        top = (column.places - 1) / 2 * pitch
        heights = {neuron: top - place * pitch for place, neuron in enumerate(column.neurons)}
        if column.hidden:
            heights[column.neurons[-1]] = -top
        if column.has_bias:
            heights[BIAS] = top + pitch
        nodes.append(heights)
        dots.append(-top + pitch if column.hidden else None)
    return nodes, dots


def _gap(label: tuple[float, float] | None, radius: float, height: float, stretch: float) -> float:
    """How far the circles of two columns are apart."""
    if label is None:
        return max(3.0 * radius, 0.45 * height, 60.0)
    return max(2.2 * stretch * (label[0] + _CLEAR), _SLANT * height)


def _labels(
    columns: Sequence[Column],
    nodes: Sequence[dict[int, float]],
    x: Sequence[float],
    radius: float,
    label: tuple[float, float] | None,
) -> tuple[dict[tuple[int, int], tuple[float, float]], float]:
    """Where the labels between two columns stand, and how bad the worst place is, in the units of `_GOOD`."""
    if label is None:
        return {}, 0.0
    edges = [(i, j) for i in columns[0].sources for j in columns[1].neurons]
    ends = np.array([[nodes[0][i], nodes[1][j]] for i, j in edges])
    lanes = _lanes(x[0] + radius, x[1] - radius, label[0])
    share = (lanes - x[0]) / (x[1] - x[0])
    y = ends[:, :1] * (1 - share) + ends[:, 1:] * share
    slopes = (ends[:, 1] - ends[:, 0]) / (x[1] - x[0])
    chosen, worst = _chosen(y, lanes, slopes, label)
    places = {
        edge: (float(lanes[lane]), float(y[e, lane])) for e, (edge, lane) in enumerate(zip(edges, chosen, strict=True))
    }
    return places, worst


def _lanes(left: float, right: float, width: float) -> Array:
    """The middles of the lanes between two columns of circles; there are several within the width of a label."""
    first, last = left + _CLEAR + width / 2, right - _CLEAR - width / 2
    steps = max(int((last - first) / (width / 4 + _CLEAR)), 0)
    return np.linspace(first, last, steps + 1) if steps else np.array([(first + last) / 2])


def _chosen(y: Array, lanes: Array, slopes: Array, label: tuple[float, float]) -> tuple[list[int], float]:
    """A lane for every label.

    Args:
        y: how high each edge is in each lane, shape (edges, lanes).
        lanes: their middles.
        slopes: of the edges.
        label: width and height.

    Returns:
        The number of the lane for each label, and how bad the worst place is: above 1 where labels overlap, else 1 for
        a flat foreign edge along the middle of a label, and less for one further off, or one that only cuts across.
    """
    width, height = label
    beside = np.abs(lanes[:, None] - lanes) < width + _CLEAR
    hidden = height / 2 + np.abs(slopes) * width / 2
    apart = np.abs(y[:, None, :] - y[None, :, :]) + np.where(np.eye(len(y)), np.inf, 0)[:, :, None]
    along = np.clip(height / width / np.maximum(np.abs(slopes), 1e-9), None, 1)  # how much of it a label would hide
    crossed = np.clip(1 - apart / hidden[None, :, None], 0, None) * (0.4 + 0.6 * along)[None, :, None]
    middle = np.abs(np.linspace(-1, 1, len(lanes))) if len(lanes) > 1 else np.zeros(1)
    unary = 4 * np.square(crossed).sum(1) + 0.15 * middle
    best: tuple[float, float, list[int]] | None = None
    for start in range(min(_STARTS, len(y)) if len(y) <= 40 else 1):
        order = np.roll(np.arange(len(y)), start)[:: -1 if start % 2 else 1]
        chosen = _search(y, unary, beside, height + _CLEAR, [int(e) for e in order])
        overlap = sum(_overlap(y, beside, height + _CLEAR, e, chosen)[chosen[e]] for e in range(len(y))) / 2
        cost = 100 * overlap + float(unary[np.arange(len(y)), chosen].sum())
        if best is None or cost < best[0] - 1e-9:
            worst = 1 + overlap if overlap else crossed.max(1)[np.arange(len(y)), chosen].max()
            best = cost, float(worst), chosen
    assert best is not None
    return best[2], best[1]


def _search(y: Array, unary: Array, beside: Array, height: float, order: Sequence[int]) -> list[int]:
    """Every label in turn takes the lane that is best for it, until none moves."""
    chosen = [-1] * len(y)
    for _ in range(10):
        before = list(chosen)
        for e in order:
            chosen[e] = -1
            cost = unary[e] + 100 * _overlap(y, beside, height, e, chosen)
            chosen[e] = int(np.argmin(np.round(cost, 6)))  # rounded: the same choice on every machine
        if chosen == before:
            break
    return chosen


def _overlap(y: Array, beside: Array, height: float, e: int, chosen: Sequence[int]) -> Array:
    """How much a label would overlap the others in each lane, in heights of a label."""
    others = np.array([f for f, lane in enumerate(chosen) if lane >= 0 and f != e], dtype=int)
    if not len(others):
        return np.zeros(y.shape[1])
    theirs = np.array([chosen[f] for f in others])
    apart = np.abs(y[e][:, None] - y[others, theirs][None, :])
    overlaps: Array = (np.clip(1 - apart / height, 0, None) * beside[:, theirs]).sum(1)
    return overlaps
