"""Where Graphviz would put everything: the numbers behind a picture, for those who draw it themselves.

All lengths are in points (72 to the inch), x to the right and y upwards from the picture's lower left corner.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from tinygrad_vn.lecture.picture.layout import laid_out

Point = tuple[float, float]

INCH: Final = 72.0  # points


@dataclass(frozen=True)
class Curve:
    """An arrow.

    Attributes:
        points: of Bézier curves: the start, then three points for each piece.
        tip: where its point ends.
        label: the middle of what stands beside it; None where nothing does.
    """

    points: tuple[Point, ...]
    tip: Point
    label: Point | None


@dataclass(frozen=True)
class Places:
    """A picture in numbers.

    Attributes:
        width: of the whole.
        height: of the whole.
        boxes: middle, width and height of every box and circle, by its id.
        frames: left, lower, right and upper edge of every frame around others, by its id.
        curves: the arrows, by their ids.
    """

    width: float
    height: float
    boxes: dict[str, tuple[Point, float, float]]
    frames: dict[str, tuple[float, float, float, float]]
    curves: dict[str, Curve]


def places_of(source: str) -> Places:
    """Let Graphviz lay out a DOT text.

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw this graph.
    """
    found = json.loads(laid_out(source, "json0"), strict=False)
    left, lower, right, upper = _numbers(found["bb"])
    boxes, frames = {}, {}
    for one in found.get("objects", []):
        if "pos" in one:
            x, y = _numbers(one["pos"])
            boxes[one["name"]] = (x - left, y - lower), float(one["width"]) * INCH, float(one["height"]) * INCH
        elif "bb" in one:
            x0, y0, x1, y1 = _numbers(one["bb"])
            frames[one["name"]] = x0 - left, y0 - lower, x1 - left, y1 - lower
    curves = {edge["id"]: _curve(edge, left, lower) for edge in found.get("edges", [])}
    return Places(right - left, upper - lower, boxes, frames, curves)


def _curve(edge: dict[str, Any], left: float, lower: float) -> Curve:
    """An arrow out of a text such as `e,30,10 0,0 5,5 15,5 25,10`, whose first point is the tip."""
    tip, points = None, []
    for word in edge["pos"].split(";")[0].split():
        mark = word[:2] if word[:2] in ("e,", "s,") else ""
        x, y = _numbers(word.removeprefix(mark))
        if mark == "e,":
            tip = x - left, y - lower
        elif not mark:
            points.append((x - left, y - lower))
    label = None
    if "lp" in edge:
        x, y = _numbers(edge["lp"])
        label = x - left, y - lower
    return Curve(tuple(points), tip or points[-1], label)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]
