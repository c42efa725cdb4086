"""A graph as an SVG that a web page can bring to life: laid out once, with room for whatever it will ever show.

Colours are CSS variables, so that a page can change its theme. Every number knows where it stands (`data-n` says
whether it is a value or a gradient) and is centred in its cell, whatever font the reader has. Every word that differs
between the languages is numbered (`data-w`). Every arrow has a second point at its other end, for the way back.
"""

from __future__ import annotations

import html
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, Final, NamedTuple

from tinygrad_vn.language import LANGUAGES
from tinygrad_vn.lecture.computation.graph import Graph
from tinygrad_vn.lecture.numbers import width_of
from tinygrad_vn.lecture.offline import variables_of
from tinygrad_vn.lecture.picture import svg
from tinygrad_vn.lecture.picture.dot import NUMBERS, Style, source_of
from tinygrad_vn.lecture.picture.layout import laid_out
from tinygrad_vn.lecture.picture.said import description_of, title_of, titles_of
from tinygrad_vn.lecture.story.steps import Step
from tinygrad_vn.lecture.theme import Box, Theme

_SVG: Final = "http://www.w3.org/2000/svg"
_CELL: Final = "#fe00fe"  # cells are filled with it, which is how we learn where they are; then it goes
_TEXT_CELL: Final = re.compile(r"<TD([^<>]*)>((?:<(?:FONT[^<>]*|B)>)*)([^<>]+)")
_POINT: Final = (8.0, 3.0)  # length, and half the width, of the point of an arrow on its way back
_DROPPED: Final = ("font-family", "text-anchor", "{http://www.w3.org/XML/1998/namespace}space")


class Canvas(NamedTuple):
    """The picture.

    Attributes:
        svg: its text.
        words: those that differ between the languages, in the order of `LANGUAGES`, by their number in the picture.
    """

    svg: str
    words: list[tuple[str, ...]]


def canvas_of(graph: Graph, style: Style, told: Sequence[Step]) -> Canvas:
    """The picture of a graph, with everything that is known of it.

    Args:
        graph: what there is.
        style: how it looks; its theme does not matter, nor does heat, which would say at once what a story finds out.
        told: all moments that it will show.

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw this graph.
    """
    names = variables_of(style.theme)
    marks = {name: f"#0001{i:02x}" for i, name in enumerate(names)}
    neutral = replace(style, theme=_marked(style.theme, iter(marks.values())), heat=None)
    sources = [source_of(graph, replace(neutral, lang=lang), None, told) for lang in LANGUAGES]
    source, words = _roomy(sources)
    lines = [_with_cells(line, " -> " not in line[:40]) for line in source.split("\n")]
    picture = laid_out("\n".join(lines), "svg").decode()
    plain = svg.finished(picture, title_of(graph, style.lang), description_of(graph, style), titles_of(graph, neutral))
    root = ET.fromstring(plain)
    _prepare(root, marks, words, LANGUAGES.index(style.lang))
    ET.register_namespace("", _SVG)
    return Canvas(ET.tostring(root, encoding="unicode"), list(words.values()))


def _marked(theme: Theme, marks: Iterator[str]) -> Theme:
    """The same theme with a colour of its own for everything, so that it can be found again; in the order of above."""

    def marked(look: str | Box) -> str | Box:
        return next(marks) if isinstance(look, str) else replace(look, fill=next(marks), line=next(marks))

    changed: dict[str, Any] = {}
    for one in fields(theme):
        value = getattr(theme, one.name)
        is_table = isinstance(value, dict)
        changed[one.name] = {key: marked(look) for key, look in value.items()} if is_table else marked(value)
    return replace(theme, **changed)


def _roomy(sources: Sequence[str]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """One DOT text out of several that differ in their words only: each word the longest; and the words by that one."""
    pieces, words = [], {}
    for texts in zip(*(re.split(r"(<[^<>]*>)", source) for source in sources), strict=True):
        longest = max(texts, key=lambda text: width_of(text, NUMBERS))
        pieces.append(longest)
        if len(set(texts)) > 1:
            words[html.unescape(longest)] = tuple(map(html.unescape, texts))
    return "".join(pieces), words


def _with_cells(line: str, is_box: bool) -> str:
    """A line of DOT whose cells show where they are; those in boxes have room for their text in any usual font."""

    def cell(found: re.Match[str]) -> str:
        settings, tags, text = found.groups()
        given, size = re.search(r'WIDTH="(\d+)"', settings), re.search(r'POINT-SIZE="(\d+)"', tags)
        room = width_of(html.unescape(text), int(size[1]) if size else NUMBERS) * (1.08 if "<B>" in tags else 1)
        width = max(int(given[1]) if given else 0, math.ceil(room) if is_box else 0)
        settings = re.sub(r' WIDTH="\d+"', "", settings) + (f" WIDTH='{width}'" if width else "")
        return f"<TD BGCOLOR='{_CELL}'{settings}>{tags}{text}"

    return _TEXT_CELL.sub(cell, line)


# --- from Graphviz' SVG to ours ------------------------------------------------------------------------------------


def _prepare(root: ET.Element, marks: dict[str, str], words: dict[str, tuple[str, ...]], lang: int) -> None:
    names = {mark: name for name, mark in marks.items()}
    numbered = {longest: number for number, longest in enumerate(words)}
    root.attrib.pop("width", None)
    for group in root.iter(f"{{{_SVG}}}g"):
        kind = group.get("class", "").partition(" ")[0]
        if kind != "graph":
            group[:] = [part for part in group if not part.tag.endswith("title")]  # the page writes its own
            _join_texts(group)
        if kind == "node":
            _centre_texts(group)
        elif kind == "edge":
            _add_tail(group)
    for part in root.iter():
        part.tail = "\n" if part.tag.endswith("g") else None
        if part.tag == f"{{{_SVG}}}text":
            _describe(part, names, numbered, words, lang)
        for attribute in ("fill", "stroke"):
            name = names.get(part.get(attribute, "").lower())
            if name:
                part.set(attribute, f"var(--{name})")
        for attribute in _DROPPED:
            if part.get(attribute) != "middle":
                part.attrib.pop(attribute, None)
    for group in root.iter(f"{{{_SVG}}}g"):
        group.text = None


def _describe(
    part: ET.Element, names: dict[str, str], numbered: dict[str, int], words: dict[str, tuple[str, ...]], lang: int
) -> None:
    """Say of a text whether it is a number, or a word of one of the languages."""
    size, text = float(part.get("font-size", "0")), part.text or ""
    part.set("font-size", f"{size:g}")
    name = names.get(part.get("fill", "").lower())
    if text in numbered and part.get("font-weight") != "bold":
        part.set("data-w", str(numbered[text]))
        part.text = words[text][lang]
    elif size == NUMBERS and name in ("value", "gradient"):
        part.set("data-n", name)


def _join_texts(group: ET.Element) -> None:
    """Make one text of those that follow each other on a line: where there was a backslash, Graphviz made three."""
    joined: list[ET.Element] = []
    for part in group:
        last = joined[-1] if joined else None
        same = last is not None and last.tag == part.tag == f"{{{_SVG}}}text" and last.get("y") == part.get("y")
        if same and last is not None:
            last.text = f"{last.text or ''}{part.text or ''}"
        else:
            joined.append(part)
    group[:] = joined


def _centre_texts(group: ET.Element) -> None:
    """Put every text in the middle of its cell; where there is no cell, of the box or circle."""
    shape = next(part for part in group if part.get("fill") != _CELL)
    middle, left = _middle(shape), []
    for part in group:
        if part.get("fill") == _CELL:
            middle = _middle(part)
            continue
        if part.tag == f"{{{_SVG}}}text":
            part.set("x", f"{middle:.2f}")
            part.set("text-anchor", "middle")
        left.append(part)
    group[:] = left


def _middle(shape: ET.Element) -> float:
    """The x of the middle of a shape."""
    if "cx" in shape.attrib:
        return float(shape.attrib["cx"])
    xs = [x for x, _ in _pairs(shape.get("points") or shape.get("d") or "0,0")]
    return (min(xs) + max(xs)) / 2


def _add_tail(group: ET.Element) -> None:
    """Give an arrow a second point, where it begins, for a gradient that goes back along it."""
    group[:] = [part for part in group if part.get("fill") != _CELL]
    for part in list(group):
        if part.tag == f"{{{_SVG}}}polygon":
            part.set("class", "head")
        elif part.tag == f"{{{_SVG}}}path":
            start, *others = _pairs(part.get("d", ""))
            ahead = next((point for point in others if math.dist(start, point) > 0.5), (start[0] + 1, start[1]))
            length = math.dist(start, ahead)
            dx, dy = (ahead[0] - start[0]) / length, (ahead[1] - start[1]) / length
            base, half = (start[0] + _POINT[0] * dx, start[1] + _POINT[0] * dy), _POINT[1]
            corners = [start, (base[0] - half * dy, base[1] + half * dx), (base[0] + half * dy, base[1] - half * dx)]
            tail = ET.SubElement(group, f"{{{_SVG}}}polygon", {"class": "tail"})
            tail.set("points", " ".join(f"{x:.2f},{y:.2f}" for x, y in corners))


def _pairs(text: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
