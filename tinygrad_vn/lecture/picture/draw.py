"""`draw(loss)`: the picture of a computation, for a slide, a notebook or a page.

    w = tg.tensor(2.0, requires_grad=True)
    loss = (w * 3 - 5) ** 2
    draw(loss).render("loss.svg")

Values are blue, gradients orange. The gradients of all boxes are computed on the side, so a drawing can be made before
or after `backward()`, and makes no difference to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from tinygrad_vn.language import resolve
from tinygrad_vn.lecture.arguments import check_choice, check_count, check_names
from tinygrad_vn.lecture.computation.collapse import LEAST, collapsed
from tinygrad_vn.lecture.computation.graph import Graph
from tinygrad_vn.lecture.computation.program import graph_of_program
from tinygrad_vn.lecture.computation.request import Names, backward_graph, graph_for, request_of
from tinygrad_vn.lecture.picture.dot import Style, source_of
from tinygrad_vn.lecture.picture.drawing import Drawing
from tinygrad_vn.lecture.picture.mermaid import markdown_of, mermaid_of
from tinygrad_vn.lecture.picture.said import description_of, title_of, titles_of
from tinygrad_vn.lecture.story.frames import write_frames
from tinygrad_vn.lecture.story.page import page_of, write_page
from tinygrad_vn.lecture.theme import THEMES
from tinygrad_vn.lecture.tikz.tikz import tikz_of
from tinygrad_vn.nn.module import Module
from tinygrad_vn.tensor import Tensor
from tinygrad_vn.tracing import Jitted

SHOWN: Final = ("value", "grad", "local")
DIRECTIONS: Final = ("LR", "TB", "RL", "BT")


@dataclass(frozen=True)
class GraphDrawing(Drawing):
    """The drawing of a computation.

    Attributes:
        graph: what there is.
        style: how it looks.
    """

    graph: Graph = field(repr=False)
    style: Style = field(repr=False)

    def texts(self) -> dict[str, Callable[[], str]]:
        """The formats that are text, by the ends of their files' names."""
        return super().texts() | {
            "mmd": self.to_mermaid,
            "md": lambda: markdown_of(self),
            "tex": lambda: self.to_tikz(document=True),
            "html": lambda: page_of(self.graph, self.style),
        }

    def to_mermaid(self) -> str:
        """The drawing as a Mermaid flowchart, which pages in Markdown can show."""
        return mermaid_of(self)

    def frames(
        self,
        path: str | Path,
        format: Literal["svg", "png", "pdf"] | None = None,
        detail: Literal["operation", "edge"] = "operation",
    ) -> list[Path]:
        """Write the story of the computation as a series of pictures in which nothing moves.

        There is one for every operation forward, one for ∂L/∂L = 1, one for every operation backward, and a summary;
        below the graph stands what happens, with its numbers. A computation of several numbers has only the forward
        part, and says so.

        Args:
            path: a folder, for frame-001.svg, frame-002.svg, …; it is made where it does not exist, and frames of the
                same format that an earlier, longer series has left there are deleted. Or a file that ends in .pdf, for
                one document with a page for every frame; that needs pypdf.
            format: "svg", "png" (at twice the size) or "pdf"; by default "svg" in a folder.
            detail: backward, one frame for every "operation", or one for every "edge", that is, for every contribution.

        Returns:
            The files, in order.

        Raises:
            ValueError: the format or the detail is unknown.
            DrawingError: Graphviz or pypdf is not installed, or there are too many frames; nothing is written then.
            OSError: a file cannot be written.
        """
        return write_frames(self, self.graph, self.style, path, format, detail)

    def to_html(self, path: str | Path) -> Path:
        """Write the story of the computation as one web page to click through, which needs no network.

        → PageDown Space Enter go on, ← PageUp Backspace back, Home and End to the ends; B or . makes the screen black,
        F fills it, Z shows the whole graph where it is larger than the screen, L changes the language and T the theme.
        `page.html#step=7` opens at step 7. Printed, every step has a page of its own.

        Args:
            path: the file; its folder is made where it does not exist.

        Raises:
            DrawingError: no Graphviz is installed, or it could not draw this graph; nothing is written then.
            OSError: the file cannot be written.
        """
        return write_page(page_of(self.graph, self.style), path)

    def to_tikz(self, *, document: bool = False, overlays: bool = False) -> str:
        """The drawing in TikZ, for LaTeX.

        Args:
            document: a whole document for XeLaTeX, rather than what goes between \\begin and \\end{document}.
            overlays: a frame of beamer with an overlay for every step, rather than one picture.

        Raises:
            DrawingError: no Graphviz is installed, or it could not draw this graph.
        """
        return tikz_of(self, document, overlays)


def draw(
    result: Tensor | Sequence[Tensor] | Module | Jitted,
    *,
    inputs: Any = None,
    params: Names = None,
    names: Names = None,
    show: Collection[str] = SHOWN,
    rankdir: Literal["LR", "TB", "RL", "BT"] = "LR",
    depth: int | None = None,
    collapse: Literal["auto"] | bool = "auto",
    max_nodes: int = 150,
    precision: int = 4,
    heat: Literal["grad"] | None = None,
    theme: Literal["light", "dark"] = "light",
    lang: str | None = None,
    backward: bool = False,
) -> GraphDrawing:
    """Draw the computation that led to a result, with the value and the gradient of every step.

    Gradients are those of the one drawn number, whatever else has been added to `.grad` meanwhile. A result of several
    numbers, several results, or a graph whose values `backward()` has released because they are large have none of
    their own; then what stands in `.grad` is shown, and — where nothing does.

    A Tensor is called what `names` says, else `params`, else its own name, else the variable of the caller that holds
    it, where that is certain; else x1, w1, mul_3.

    Args:
        result: a Tensor, before or after `backward()`, several, or a model; of a model the layers become frames. Or a
            function made by `jit`, whose recorded program is drawn, with the values of the recorded call.
        inputs: what the model's `forward` takes; several in a tuple. The model stays as it is.
        params: names for parameters: a dictionary, `model.named_parameters()`, or the model.
        names: names for any Tensors, as a dictionary or in pairs; two for one Tensor are where it is made, and used.
        show: of "value", "grad" and "local" (local derivatives, on the arrows) those to be shown.
        rankdir: the direction of the computation: "LR" from left to right, "TB" from top to bottom, …
        depth: layers within so many others are one box each.
        collapse: "auto" folds equal layers that follow each other, and whatever is more than `max_nodes`; False
            nothing, and True as much as possible. Unless it is False, a product says x Wᵀ where a `Linear` carries
            out two operations.
        max_nodes: the most boxes and circles that "auto" draws.
        precision: significant digits of numbers.
        heat: "grad" colours the boxes by log₁₀‖∇‖; equal layers are then folded only where there is no room.
        theme: "light" or "dark".
        lang: "vi" or "en"; by default the language setting.
        backward: draw also how the gradients are computed.

    Raises:
        TypeError: the result is no Tensor and no model, or names are given in some other form.
        ValueError: an argument has a value that it cannot have.
        GradientError: `backward` is asked for where there is no gradient.
    """
    check_choice("rankdir", rankdir, DIRECTIONS)
    check_choice("theme", theme, tuple(THEMES))
    check_choice("heat", heat, ("grad", None))
    check_choice("collapse", collapse, ("auto", True, False))
    check_count("precision", precision, 1)
    check_count("max_nodes", max_nodes, LEAST)
    check_count("depth", 0 if depth is None else depth, 0)
    check_names("show", show, SHOWN)
    language = resolve(lang)
    is_program = isinstance(result, Jitted)
    shown = tuple(part for part in show if part == "value" or not (backward or is_program))
    if isinstance(result, Jitted):
        graph = graph_of_program(result, plain=collapse is not False)
    elif backward:
        graph = backward_graph(request_of(result, inputs, params, names))
    else:
        with_gradients = bool({"grad", "local"} & set(show)) or heat is not None
        graph = graph_for(request_of(result, inputs, params, names), with_gradients, plain=collapse is not False)
    style = Style(shown, rankdir, precision, THEMES[theme], language, heat)
    return drawing_of(collapsed(graph, max_nodes, depth, collapse, with_equal=heat is None), style)


def make_dot(
    var: Tensor | Sequence[Tensor],
    params: Names = None,
    show_attrs: bool = False,
    show_saved: bool = False,
    max_attr_chars: int = 50,
) -> GraphDrawing:
    """torchviz' name for `draw(var, params=params)`; its other arguments are taken, and everything is shown anyway."""
    return draw(var, params=params)


def drawing_of(graph: Graph, style: Style) -> GraphDrawing:
    """The drawing of a graph that is there already."""
    return GraphDrawing(
        source_of(graph, style),
        title_of(graph, style.lang),
        description_of(graph, style),
        titles_of(graph, style),
        graph,
        style,
    )
