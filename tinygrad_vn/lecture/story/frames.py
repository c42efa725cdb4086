"""A computation as a series of pictures for slides: one for every step of its story, with what is said below it.

The graph is laid out once, with room for everything that will ever stand in it. That layout is then handed to Graphviz
again for every step, so that nothing jumps when one picture follows the other.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from tinygrad_vn.lecture.computation.graph import Graph
from tinygrad_vn.lecture.numbers import width_of
from tinygrad_vn.lecture.picture import svg
from tinygrad_vn.lecture.picture.dot import Style, source_of
from tinygrad_vn.lecture.picture.drawing import Drawing
from tinygrad_vn.lecture.picture.labels import font
from tinygrad_vn.lecture.picture.layout import FORMATS, PNG_DPI, DrawingError, all_laid_out, pip_install
from tinygrad_vn.lecture.story.steps import Detail, Step, steps_of
from tinygrad_vn.lecture.theme import Theme
from tinygrad_vn.phrases import phrase, said

MOST: Final = 999  # frames: nobody sits through more, and their numbers have three digits
SMALLEST: Final = 13  # points: the size of the caption's letters below a small graph
LETTERS: Final = 100  # of the caption's, side by side, are as wide as a slide: they grow with the graph
WIDEST: Final = 2560  # pixels of a PNG: more than projectors show
ASPECT: Final = 1.5  # of a slide, without its caption
GAP: Final = " " * 6  # between formulas on one line
LEADING: Final = 1.45  # the height of a line, in units of the size of its letters

_PLACE: Final = re.compile(r'^  (?:(\w+)|\S+ -> \S+) \[(?:id="(e\d+)", )?', re.MULTILINE)
_ARROW: Final = re.compile(r"e\d+")
_FRAME: Final = re.compile(r'^  subgraph "(\w+)" \{', re.MULTILINE)


def write_frames(
    drawing: Drawing, graph: Graph, style: Style, path: str | Path, format: str | None, detail: Detail
) -> list[Path]:
    """Write the frames of a drawing: `GraphDrawing.frames`, which see."""
    format = format_of_frames(path, format)
    steps = steps_of(graph, lang=style.lang, precision=style.precision, detail=detail)
    if len(steps) > MOST:
        text = "{count} frames are too many, at most {most} can be made; fold the computation: draw(…, max_nodes=100)"
        raise DrawingError(phrase(text, count=len(steps), most=MOST))
    sources, width = frame_sources(graph, style, steps)
    dpi = min(PNG_DPI, int(WIDEST * 72 / width))
    pictures = all_laid_out(sources, format, "nop2", dpi)
    if format == "svg":
        pictures = [_finished(picture, drawing, step) for picture, step in zip(pictures, steps, strict=True)]
    return save_frames(path, format, pictures, [step.heading for step in steps], drawing.title)


def format_of_frames(path: str | Path, format: str | None) -> str:
    """The format of frames: the one that is asked for, else "pdf" for one document, else "svg".

    Raises:
        ValueError: it is unknown, or not that of the document.
        DrawingError: one document needs pypdf, which is not installed.
    """
    path, is_document = Path(path), Path(path).suffix.lower() == ".pdf"
    format = format or ("pdf" if is_document else "svg")
    if format not in FORMATS:
        text = "frames cannot be written as {format!r}; there are {known}, as in drawing.frames('folder', 'svg')"
        raise ValueError(said(text, format=format, known=", ".join(FORMATS)))
    if is_document and format != "pdf":
        text = (
            "{name!r} is one PDF with all frames, so they cannot be {format!r}; leave the format out, or name a folder"
        )
        raise ValueError(said(text, name=path.name, format=format))
    if is_document:
        _pypdf()  # before the long work
    return format


def save_frames(
    path: str | Path, format: str, pictures: Sequence[bytes], headings: Sequence[str], title: str
) -> list[Path]:
    """Write pictures that follow each other into a folder, or as the pages of one PDF; returns the files."""
    path = Path(path)
    if path.suffix.lower() == ".pdf":
        return [_written(path, _document(pictures, headings, title))]
    names = [f"frame-{i:03d}.{format}" for i in range(1, len(pictures) + 1)]
    paths = [_written(path / name, picture) for name, picture in zip(names, pictures, strict=True)]
    _without_surplus(path, format, set(names))
    return paths


def frame_sources(graph: Graph, style: Style, steps: Sequence[Step]) -> tuple[list[str], float]:
    """The DOT texts of all frames, with everything in its place, where the engine "nop2" leaves it; and their width.

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw this graph.
    """
    style = replace(style, heat=None)  # it would say at once what the story is to find out
    turned = replace(steps[-1], kind="backward", arrows=frozenset(range(len(graph.arrows))))
    forward, backward = all_laid_out([source_of(graph, style, step, steps) for step in (None, turned)], "json0")
    there, and_back = _Layout.read(forward), _Layout.read(backward)
    caption = _Caption(there.width, there.height, steps, style.theme)
    sources = []
    for number, step in enumerate(steps):
        places = there.places
        if step.kind == "backward":  # an arrow that is turned around has its point at the other end
            turned_around = {f"e{position}": and_back.places[f"e{position}"] for position in step.arrows}
            places = {**places, **turned_around}
        source = _frozen(source_of(graph, style, step, steps), places)
        sources.append(source.removesuffix("}\n") + f'{caption.node(number)}  margin="0"\n}}\n')  # no white edge
    return sources, caption.width


class _Layout(NamedTuple):
    """Where Graphviz has put everything: settings by the name of the part, and the size of the whole."""

    places: Mapping[str, str]
    width: float
    height: float

    @classmethod
    def read(cls, text: bytes) -> _Layout:
        told: dict[str, Any] = json.loads(text)
        places = {}
        for part in (*told.get("objects", []), *told.get("edges", [])):
            name = part["id"] if "tail" in part else part["name"]
            places[name] = " ".join(f'{key}="{part[key]}"' for key in ("pos", "bb", "lp") if key in part)
        _, _, width, height = map(float, told["bb"].split(","))
        return cls(places, width, height)


def _frozen(source: str, places: Mapping[str, str]) -> str:
    """A DOT text in which every part is told where it is."""

    def placed(found: re.Match[str]) -> str:
        where = places.get(found[2] or found[1], "")
        return f"{found[0]}{where}, " if where else found[0]

    def framed(found: re.Match[str]) -> str:
        return f"{found[0]} {places.get(found[1], '')}"

    return _FRAME.sub(framed, _PLACE.sub(placed, source))


class _Caption:
    """What is said below the graph: in letters of one size, in a field that has room for the longest."""

    def __init__(self, width: float, height: float, steps: Sequence[Step], theme: Theme) -> None:
        slide = max(width, ASPECT * height, SMALLEST * 0.6 * 60)
        self.size = max(SMALLEST, round(slide / (0.6 * LETTERS)))
        self.width = round(max(width, 0.8 * slide))
        self.middle = width / 2
        self.theme, self.steps = theme, steps
        self.rows = [self.wrapped(number, step) for number, step in enumerate(steps, 1)]
        self.count = max(map(len, self.rows))

    def wrapped(self, number: int, step: Step) -> list[str]:
        """Heading and formulas as rows of text with a size and a colour."""
        theme, size = self.theme, self.size
        color = {"forward": theme.value, "seed": theme.gradient, "backward": theme.gradient}.get(step.kind, theme.text)
        count = f"{number}/{len(self.steps)}"
        first, *others = self.lines(f"{count}   {step.heading}")
        rows = [f"{font(count, theme.muted, size)}<B>{font(first.removeprefix(count), theme.text, size)}</B>"]
        rows += [f"<B>{font(line, theme.text, size)}</B>" for line in others]
        formulas = self.side_by_side(step.formulas) if step.kind == "summary" else step.formulas
        return rows + [font(line, color, size) for formula in formulas for line in self.lines(formula)]

    def side_by_side(self, formulas: Sequence[str]) -> list[str]:
        """As many formulas on one line as have room."""
        rows: list[str] = []
        for formula in formulas:
            longer = f"{rows[-1]}{GAP}{formula}" if rows else formula
            if rows and self.has_room(longer):
                rows[-1] = longer
            else:
                rows.append(formula)
        return rows

    def lines(self, text: str) -> list[str]:
        """A text in lines that have room, broken in front of equals signs where possible."""
        lines, indent = [""], "      "
        for part in re.split(r"(?= = | \+= )", text):
            if not self.has_room(lines[-1] + part) and lines[-1].strip():
                lines.append(indent)
                part = part.lstrip()
            for piece in re.split(r"(?<= )", part):
                while not self.has_room(lines[-1] + piece) and len(piece) > 1:
                    if lines[-1].strip():
                        lines.append(indent)
                        continue
                    end = max(1, sum(self.has_room(lines[-1] + piece[: i + 1]) for i in range(len(piece))))
                    lines[-1], piece = lines[-1] + piece[:end], piece[end:]
                lines[-1] += piece
        return lines

    def has_room(self, text: str) -> bool:
        return width_of(text.rstrip(), self.size) <= self.width

    def node(self, number: int) -> str:
        """The field as a node in DOT."""
        height = round(self.size * LEADING)
        rows = [row.replace("  ", "&#160;&#160;") for row in self.rows[number]]
        rows += [""] * (self.count - len(rows))
        cells = "".join(f'<TR><TD ALIGN="LEFT" WIDTH="{self.width}" HEIGHT="{height}">{row}</TD></TR>' for row in rows)
        table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{cells}</TABLE>'
        tall = height * self.count
        return (
            '  caption [class="caption", shape="none", margin="0", fixedsize="true", '
            f'width="{(self.width + 2) / 72:.4f}", height="{(tall + 2) / 72:.4f}", '
            f'pos="{self.middle:g},{-self.size - tall / 2:g}", label=<{table}>]\n'
        )


def _finished(picture: bytes, drawing: Drawing, step: Step) -> bytes:
    """A frame as SVG that says what it shows at this moment, and not yet what comes later."""
    known = {part: text for part, text in drawing.titles.items() if not _ARROW.fullmatch(part)}
    titles = {part: "\n".join(text.split("\n")[:2]) for part, text in known.items()}
    said = svg.finished(picture.decode(), drawing.title, step.caption, {**titles, "caption": step.caption})
    return said.encode()


def _document(pages: Sequence[bytes], headings: Sequence[str], title: str) -> bytes:
    """One PDF with a page for every frame, and a table of contents for the viewer's margin."""
    pypdf = _pypdf()
    writer = pypdf.PdfWriter()
    for number, (page, heading) in enumerate(zip(pages, headings, strict=True)):
        writer.append(io.BytesIO(page), import_outline=False)
        writer.add_outline_item(title=f"{number + 1}. {heading}", page_number=number)
    writer.add_metadata({"/Title": title})
    writer.compress_identical_objects()
    document = io.BytesIO()
    writer.write(document)
    return document.getvalue()


def _pypdf() -> Any:
    try:
        import pypdf
    except ImportError:
        text = (
            "one PDF with all frames needs pypdf, which is not installed here (a folder of frames does not need it); "
            "add it: {command}"
        )
        raise DrawingError(phrase(text, command=pip_install("pypdf"))) from None
    return pypdf


def _written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _without_surplus(folder: Path, format: str, names: set[str]) -> None:
    """Delete what is left in the folder of an earlier, longer series: it would follow the last frame of this one."""
    for path in folder.glob(f"frame-[0-9][0-9][0-9].{format}"):
        if path.name not in names:
            path.unlink()
