"""A network in TikZ, for papers and slides made with LaTeX: the same places as in DOT, with LaTeX's formulas.

Lines stand first, then circles and labels on top of them; a label has the page's colour as its ground, so that no line
crosses it. Vietnamese letters ask for XeLaTeX.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tinygrad_vn.lecture.network.dot import Look, Moment, Writer, short
from tinygrad_vn.lecture.network.layers import Network
from tinygrad_vn.lecture.network.lines import BLANK, Line, size_of
from tinygrad_vn.lecture.network.story import GAP, moments_of
from tinygrad_vn.lecture.picture.places import Point
from tinygrad_vn.lecture.theme import Box, Role
from tinygrad_vn.lecture.tikz.labels import maths, words

STYLES: Final = r"""  tg text/.style={align=center, inner sep=0pt, outer sep=0pt},
  tg label/.style={tg text, fill=tgBackground, inner sep=1bp},
"""


def picture_of(network: Network, look: Look, moment: Moment | None = None) -> str:
    """What goes between \\begin and \\end{document}."""
    writer = _TikzWriter(network, look, moment)
    on_top = [*writer.nodes(), *writer.labels()]  # they say where the lines lead
    parts = [*writer.lines(), *on_top]
    ground = f"\\definecolor{{tgBackground}}{{HTML}}{{{_hex(look.theme.background)}}}%"
    if moment is not None:  # the same for every step, so that nothing moves
        parts.insert(0, f"\\path[use as bounding box] {writer.frame()};")
    body = "\n".join(f"  {part}" for part in parts)
    return f"{ground}\n\\begin{{tikzpicture}}[x=1bp, y=1bp,\n{STYLES}]\n{body}\n\\end{{tikzpicture}}\n"


def frame_of(network: Network, look: Look, title: str) -> str:
    """The story of the example as a frame of beamer, with an overlay for every step.

    Raises:
        DrawingError: the network has no example.
    """
    steps = [
        f"\\only<{place}>{{\\tgFit{{\\textwidth}}{{0.85\\textheight}}{{%\n{picture_of(network, look, moment)}}}}}%"
        for place, moment in enumerate(moments_of(network, look), 1)
    ]
    return "\n".join([f"\\begin{{frame}}{{{words(title)}}}", r"\centering", *steps, r"\end{frame}", ""])


class _TikzWriter(Writer):
    """The parts of one drawing, as TikZ writes them."""

    def __init__(self, network: Network, look: Look, moment: Moment | None) -> None:
        super().__init__(network, look, moment)
        self.places: dict[str, Point] = {}
        self.corners: list[Point] = []

    def frame(self) -> str:
        """The smallest rectangle around everything."""
        x, y = zip(*self.corners, strict=True)
        return f"{_at((min(x), min(y)))} rectangle {_at((max(x), max(y)))}"

    def note(self, at: Point, size: Point) -> None:
        """That something of this size stands here."""
        self.corners += [(at[0] + sign * size[0] / 2, at[1] + sign * size[1] / 2) for sign in (-1, 1)]

    def circle(self, key: str, role: Role, at: Point, radius: float, lines: Sequence[Line]) -> str:
        self.places[key] = at
        self.note(at, (2 * radius + 2, 2 * radius + 2))
        shape = f"circle, minimum size={short(2 * radius)}bp, {_border(self.look_of(key, role))}"
        return f"\\node[tg text, {shape}] at {_at(at)} {{{_stacked(lines)}}};"

    def text(self, key: str, at: Point, lines: Sequence[Line], width: float = 0.0) -> str:
        needed, height = size_of(lines)
        self.note(at, (max(needed, width), height))
        room = f", minimum width={short(width)}bp" if width else ""
        return f"\\node[tg label{room}] at {_at(at)} {{{_stacked(lines)}}};"

    def box(self, key: str, at: Point, size: Point, lines: Sequence[Line]) -> str:
        self.places[key] = at
        self.note(at, (size[0] + 4, size[1] + 4))
        room = f"minimum width={short(size[0])}bp, minimum height={short(size[1])}bp"
        shape = f"rectangle, rounded corners=5bp, {room}, {_border(self.look_of(key, 'loss'))}"
        return f"\\node[tg text, {shape}] at {_at(at)} {{{_stacked(lines)}}};"

    def line(self, source: str, target: str, width: float, style: str) -> str:
        ends = f"{_at(self.places[source])} -- {_at(self.places[target])}"
        return f"\\draw[{_color('draw', self.theme.arrow)}, line width={short(width)}bp, {style}] {ends};"


def _border(look: Box) -> str:
    style = "" if look.style == "solid" else f", {look.style}"
    return f"{_color('fill', look.fill)}, {_color('draw', look.line)}, line width={look.width:g}bp{style}"


def _stacked(lines: Sequence[Line]) -> str:
    """Lines of text, each in its size and colour."""
    return r" \\[1bp] ".join(map(_written, lines))


def _written(line: Line) -> str:
    if line.text == "⋮":
        text = r"$\vdots$"
    elif line.text == BLANK:
        text = r"\strut"
    elif line.text.startswith("∂"):
        text = "/".join(map(maths, line.text.split("/")))  # a fraction would be too high
    elif GAP in line.text and not line.prose:
        text = r"\quad ".join(map(maths, line.text.split(GAP)))
    else:
        text = words(line.text) if line.prose else maths(line.text)
    text = f"\\textbf{{{text}}}" if line.bold and line.prose else text
    size = f"\\fontsize{{{line.size:g}}}{{{1.2 * line.size:g}}}\\selectfont"
    return f"{size}\\color[HTML]{{{_hex(line.color)}}}{text}"


def _color(key: str, color: str) -> str:
    """A colour as an option of TikZ, which takes red, green and blue from 0 to 255."""
    return f"{key}={{rgb,255:red,{int(color[1:3], 16)};green,{int(color[3:5], 16)};blue,{int(color[5:], 16)}}}"


def _hex(color: str) -> str:
    return color.removeprefix("#")


def _at(at: Point) -> str:
    return f"({short(at[0])},{short(at[1])})"
