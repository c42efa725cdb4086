"""`draw(loss)`: the picture of a computation, for a slide, a notebook or a page.

    w = tg.tensor(2.0, requires_grad=True, name="w")
    loss = (w * 3 - 5) ** 2
    draw(loss).render("loss.svg")

Values are blue, gradients orange. The gradients of all boxes are computed on the side, so a drawing can be made before
or after `backward()`, and makes no difference to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tinygrad_vn.language import resolve
from tinygrad_vn.lecture import svg
from tinygrad_vn.lecture.dot import source_of
from tinygrad_vn.lecture.graph import Graph, graph_of
from tinygrad_vn.lecture.layout import FORMATS, DrawingError, laid_out
from tinygrad_vn.lecture.numbers import in_words
from tinygrad_vn.lecture.theme import THEMES
from tinygrad_vn.lecture.words import word
from tinygrad_vn.tensor import Tensor

SHOWN = ("value", "grad")
DIRECTIONS = ("LR", "TB", "RL", "BT")


@dataclass(frozen=True)
class Drawing:
    """A drawn computation.

    Attributes:
        source: the drawing in DOT, the language of Graphviz; the same program always gives the same text.
        title: what it shows, in a few words.
        description: what it shows, for those who cannot see it.
        max_nodes: more boxes and circles than this are not laid out.
    """

    source: str = field(repr=False)
    title: str
    description: str = field(repr=False)
    max_nodes: int = field(repr=False)
    _titles: Mapping[str, str] = field(repr=False)

    def pipe(self, format: str = "svg") -> bytes:
        """The content of a file of this format: "svg", "png" (at twice the size), "pdf" or "dot".

        Raises:
            ValueError: for any other format.
            DrawingError: no Graphviz is installed, or the graph is too large to be laid out.
        """
        if format == "dot":
            return self.source.encode()
        if format not in FORMATS:
            raise ValueError(f"drawings can be written as {', '.join(FORMATS)} and dot, not as {format!r}")
        if len(self._titles) > self.max_nodes:
            raise DrawingError(
                f"this graph has {len(self._titles)} boxes and circles, and Graphviz would need very long for it. "
                f"Draw a smaller part, allow more with draw(…, max_nodes={len(self._titles)}), "
                "or keep the text: drawing.render('graph.dot')."
            )
        content = laid_out(self.source, format)
        if format == "svg":
            return svg.finished(content.decode(), self.title, self.description, self._titles).encode()
        return content

    def render(self, path: str | Path) -> Path:
        """Write a file in the format that its name ends with: .svg, .png (at twice the size), .pdf or .dot.

        Its folder is made where it does not exist.

        Raises:
            OSError: the file cannot be written.
            ValueError, DrawingError: as `pipe`; nothing is written then.
        """
        path = Path(path)
        content = self.pipe(path.suffix.lower().removeprefix("."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the picture, or else why there is none. Never raises."""
        try:
            return {"image/svg+xml": svg.for_notebook(self.pipe("svg").decode()), "text/plain": repr(self)}
        except Exception as error:  # a notebook would hide the error and show nothing
            return {"text/plain": f"{self!r}\n{error}"}


def draw(
    result: Tensor | Sequence[Tensor],
    *,
    names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None,
    show: Collection[str] = SHOWN,
    rankdir: Literal["LR", "TB", "RL", "BT"] = "LR",
    max_nodes: int = 500,
    precision: int = 4,
    theme: Literal["light", "dark"] = "light",
    lang: str | None = None,
) -> Drawing:
    """Draw the computation that led to a result, with the value and the gradient of every step.

    Gradients are those of the one drawn number, whatever else has been added to `.grad` meanwhile. A result of several
    numbers, several results, or a graph whose values `backward()` has released because they are large have none of
    their own; then what stands in `.grad` is shown, and — where nothing does.

    Args:
        result: a Tensor, before or after `backward()`, or several.
        names: names for Tensors, such as `model.named_parameters()`; they take precedence over `Tensor.name`.
        show: of "value" and "grad" those to be shown.
        rankdir: the direction of the computation: "LR" from left to right, "TB" from top to bottom, …
        max_nodes: more boxes and circles than this are not laid out; the DOT text is always made.
        precision: significant digits of numbers.
        theme: "light" or "dark".
        lang: "vi" or "en"; by default the language setting.

    Raises:
        TypeError: the result is no Tensor.
        ValueError: an argument has a value that it cannot have.
    """
    results = [result] if isinstance(result, Tensor) else list(result) if isinstance(result, list | tuple) else []
    if not results or not all(isinstance(tensor, Tensor) for tensor in results):
        raise TypeError(f"draw() takes a Tensor, or a list of them, not {type(result).__name__}: {result!r:.60}")
    for argument, value, known in (("rankdir", rankdir, DIRECTIONS), ("theme", theme, tuple(THEMES))):
        if value not in known:
            raise ValueError(f"{argument}={value!r} is not one of {', '.join(map(repr, known))}")
    if isinstance(show, str) or not set(show) <= set(SHOWN):
        raise ValueError(f"show={show!r} is not a tuple of names from {SHOWN}")
    if precision < 1:
        raise ValueError(f"precision={precision!r}: at least one digit is needed")
    lang = resolve(lang)
    graph = graph_of(results, dict(names or {}), "grad" in show)
    source = source_of(graph, theme=THEMES[theme], show=show, rankdir=rankdir, precision=precision, lang=lang)
    titles = _titles(graph, show, precision, lang)
    return Drawing(source, _title(graph, lang), _description(graph, precision, lang), max_nodes, titles)


def _title(graph: Graph, lang: str) -> str:
    return word("graph of", lang, name=", ".join(result.name or "" for result in graph.results))


def _description(graph: Graph, precision: int, lang: str) -> str:
    """How much there is of what, and what comes out."""
    count = Counter(f"{variable.role}s" for variable in graph.variables)
    count["operations"] = len(graph.operations)
    parts = [f"{word(kind, lang)}: {count[kind]}" for kind in ("inputs", "parameters", "constants", "operations")]
    results = [f"{result.name} = {in_words(result.value, precision)}" for result in graph.results]
    return f"{_title(graph, lang)}. {'; '.join([*parts, *results])}."


def _titles(graph: Graph, show: Collection[str], precision: int, lang: str) -> dict[str, str]:
    """What to say about every box and circle: its name, what it is, and its numbers."""
    titles = {}
    for variable in graph.variables:
        value = in_words(variable.value, precision)
        lines = [variable.name or value, word(variable.role, lang)]
        if "value" in show:
            lines.append(f"{word('value', lang)} = {value}")
        if "grad" in show and variable.has_gradient:
            lines.append(f"{word('grad', lang)} = {in_words(variable.gradient, precision)}")
        titles[variable.id] = "\n".join(lines)
    for operation in graph.operations:
        titles[operation.id] = "\n".join(filter(None, [operation.name, word("operation", lang), operation.settings]))
    return titles
