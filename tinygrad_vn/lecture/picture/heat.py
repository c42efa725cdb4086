"""Gradient heat: boxes coloured by how large their gradients are, so that a vanishing gradient is seen at a glance.

The colour says log₁₀‖∇‖, from dark blue for the smallest gradient in the drawing to yellow for the largest. The scale
is cividis, which looks the same to readers who cannot tell red from green (Nuñez, Anderton, Renslow: "Optimizing
colormaps with consideration for color vision deficiency", PLoS ONE 13(7), 2018). A gradient that is 0, NaN or infinite
has no place on the scale; it is told in words.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.computation.graph import Graph
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.picture.labels import font, table
from tinygrad_vn.lecture.theme import Theme
from tinygrad_vn.lecture.words import word

# Twelve colours of cividis at equal distances, and straight lines between them: never off by more than 8 of 255.
CIVIDIS: Final = (
    *("#00224E", "#013271", "#2F426D", "#48526C", "#5E636F", "#727374"),
    *("#878478", "#9D9576", "#B6A96F", "#CEBC63", "#E7D150", "#FEE838"),
)
SPAN: Final = 3  # decades that the scale has at least
SIGNS: Final = {"0": "⊘", "NaN": "⚠", "∞": "⚠"}


class Heat:
    """The colours of one drawing.

    Attributes:
        norms: ‖∇‖ of every box with a gradient; of a group the largest one inside.
        ranges: of a group the smallest and the largest one inside, where they differ.
        low: log₁₀ of the smallest, or less where all are of about the same size.
        high: log₁₀ of the largest.
    """

    def __init__(self, graph: Graph, precision: int = 4) -> None:
        self.precision = precision
        self.ranges: dict[str, tuple[float, float]] = {}
        known = {v.id: norm(v.gradient) for v in (graph.whole or graph).variables if v.gradient is not None}
        self.norms = {v.id: known[v.id] for v in graph.variables if v.id in known}
        for group in graph.groups:
            inside = [known[part] for part in group.members if part in known]
            if inside:
                least, most = (end(inside, key=lambda x: (math.isnan(x), x)) for end in (min, max))
                self.norms[group.id] = most
                if least < most:
                    self.ranges[group.id] = (least, most)
        sizes = (*self.norms.values(), *(least for least, _ in self.ranges.values()))
        logs = [math.log10(x) for x in sizes if 0 < x < math.inf]
        self.high = max(logs, default=0.0)
        self.low = min([*logs, self.high - SPAN])  # gradients of about the same size have about the same colour

    def color(self, part: str) -> str | None:
        """The colour of a box; None where it has no gradient, or none on the scale."""
        x = self.norms.get(part, 0.0)
        if not 0 < x < math.inf:
            return None
        width = self.high - self.low
        return cividis((math.log10(x) - self.low) / width if width else 1.0)

    def badge(self, part: str) -> str:
        """What to write where there is no colour: ⊘ ‖∇‖ = 0; else nothing."""
        text = self.text(part) if part in self.norms and self.color(part) is None else ""
        if not text and part in self.ranges:
            return self.text(part)
        return f"{SIGNS[text.rpartition(' ')[2]]} {text}" if text else ""

    def text(self, part: str) -> str:
        """How large the gradient of a box is: ‖∇‖ = 0.5; of a group from … to: ‖∇‖ = 2.2×10⁻¹⁰ … 0.48."""
        if part in self.ranges:
            least, most = (number(end, self.precision) for end in self.ranges[part])
            return f"‖∇‖ = {least} … {most}"
        return f"‖∇‖ = {number(self.norms[part], self.precision)}"

    def legend(self, theme: Theme, lang: Language) -> str:
        """A label that shows the scale, with its ends."""
        cells = "".join(f'<TD BGCOLOR="{color}" WIDTH="16" HEIGHT="14" FIXEDSIZE="TRUE"></TD>' for color in CIVIDIS)
        ends = [number(10**end, 2) for end in (self.low, self.high)]
        scale = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cells}</TR></TABLE>'
        row = [font(ends[0], theme.text, 11), scale, font(ends[1], theme.text, 11)]
        return table([[font(word("heat", lang), theme.text, 11)], [table([row])]])


def norm(gradient: Values) -> float:
    """‖∇‖: the square root of the sum of squares; NaN where one is in it, without overflow on the way."""
    x = np.abs(gradient.astype(np.float64))
    largest = float(x.max(initial=0.0))
    if not 0 < largest < math.inf:
        return largest
    return largest * math.sqrt(float(np.square(x / largest).sum()))


def cividis(at: float) -> str:
    """A colour of the scale, from 0 for its dark end to 1 for its bright one."""
    place = min(max(at, 0.0), 1.0) * (len(CIVIDIS) - 1)
    left = min(int(place), len(CIVIDIS) - 2)
    pairs = ((int(CIVIDIS[left][i : i + 2], 16), int(CIVIDIS[left + 1][i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * (place - left)):02X}" for a, b in pairs)
