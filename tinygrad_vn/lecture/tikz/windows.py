"""Which part of a large picture a slide shows at every step, so that what is shown can be read.

A strip of twenty boxes made as small as a slide has letters of two points. Where that would happen, every step shows a
window, in the shape of the room that the slide has, around the boxes that the step is about. It stays where it is as
long as they are in it; the last step, the summary, shows everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tinygrad_vn.lecture.picture.places import Places
from tinygrad_vn.lecture.story.steps import Step

LEGIBLE: Final = 0.5  # of its size: a picture that has to be made smaller is shown in parts
CLOSEST: Final = 0.8
FARTHEST: Final = 0.3
MARGIN: Final = 14.0  # points around the boxes


class Window(NamedTuple):
    """A part of a picture, by its lower left and upper right corner, in points."""

    left: float
    lower: float
    right: float
    upper: float

    def holds(self, other: Window) -> bool:
        """Whether all of the other one is inside."""
        inside = self.left <= other.left and self.lower <= other.lower
        return inside and other.right <= self.right and other.upper <= self.upper


def windows_of(places: Places, told: Sequence[Step], room: tuple[float, float]) -> list[tuple[int, int, Window]]:
    """The windows of a story, each with the first and the last step that looks through it; none where all has room.

    Args:
        places: where everything is.
        told: the steps, counted from 1.
        room: width and height that the slide has for the picture.
    """
    if min(room[0] / places.width, room[1] / places.height) >= LEGIBLE:
        return []
    found: list[tuple[int, int, Window]] = []
    for step, window in enumerate(_one_by_one(places, told, room), 1):
        if found and found[-1][2] == window:
            found[-1] = (found[-1][0], step, window)
        else:
            found.append((step, step, window))
    return found


def _one_by_one(places: Places, told: Sequence[Step], room: tuple[float, float]) -> Iterator[Window]:
    whole = Window(0, 0, places.width, places.height)
    now = whole
    for step in told:
        seen = [_around(places, part) for part in sorted(step.active) if part in places.boxes]
        if step.kind == "summary" or not seen:
            now = whole
        else:
            needed = Window(*map(min, list(zip(*seen, strict=True))[:2]), *map(max, list(zip(*seen, strict=True))[2:]))
            fitting = _fitting(needed, places, room)
            is_close = now.right - now.left <= 1.3 * (fitting.right - fitting.left)
            now = now if now.holds(needed) and is_close else fitting
        yield now


def _around(places: Places, part: str) -> Window:
    (x, y), width, height = places.boxes[part]
    return Window(
        max(x - width / 2 - MARGIN, 0),
        max(y - height / 2 - MARGIN, 0),
        min(x + width / 2 + MARGIN, places.width),
        min(y + height / 2 + MARGIN, places.height),
    )


def _fitting(needed: Window, places: Places, room: tuple[float, float]) -> Window:
    """A window in the shape of the room, around the middle of what is needed."""
    scale = min(room[0] / (needed.right - needed.left), room[1] / (needed.upper - needed.lower), CLOSEST)
    scale = max(scale, FARTHEST)
    left, right = _side(needed.left, needed.right, room[0] / scale, places.width)
    lower, upper = _side(needed.lower, needed.upper, room[1] / scale, places.height)
    return Window(left, lower, right, upper)


def _side(start: float, stop: float, length: float, most: float) -> tuple[float, float]:
    """A stretch of this length around the middle of another one, within the picture where that is long enough."""
    begin = (start + stop - length) / 2
    begin = (most - length) / 2 if length >= most else max(0.0, min(begin, most - length))
    return round(begin, 1), round(begin + length, 1)
