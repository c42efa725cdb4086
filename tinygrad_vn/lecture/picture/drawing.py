"""A drawing: a text in DOT that can be written as a picture, shown in a notebook or opened on the screen."""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinygrad_vn.lecture.picture import svg
from tinygrad_vn.lecture.picture.layout import FORMATS, laid_out
from tinygrad_vn.notebook import in_notebook
from tinygrad_vn.phrases import said


@dataclass(frozen=True)
class Drawing:
    """A picture.

    Attributes:
        source: the drawing in DOT, the language of Graphviz; the same program always gives the same text.
        title: what it shows, in a few words.
        description: what it shows, for those who cannot see it.
        titles: what to say about every part, by its id in the DOT text.
    """

    source: str = field(repr=False)
    title: str
    description: str = field(repr=False)
    titles: Mapping[str, str] = field(repr=False)

    def texts(self) -> dict[str, Callable[[], str]]:
        """The formats that are text, and need nobody else to be made, by the ends of their files' names."""
        return {"dot": lambda: self.source}

    def pipe(self, format: str = "svg") -> bytes:
        """The content of a file of this format: "svg", "png" (at twice the size), "pdf", "dot", or another text.

        Raises:
            ValueError: for any other format.
            DrawingError: no Graphviz is installed, or it could not draw this graph.
        """
        texts = self.texts()
        if format in texts:
            return texts[format]().encode()
        if format not in FORMATS:
            text = "a drawing cannot be written as {format!r}; there are {known}, as in drawing.render('loss.svg')"
            raise ValueError(said(text, format=format, known=", ".join([*FORMATS, *texts])))
        content = laid_out(self.source, format)
        if format == "svg":
            return svg.finished(content.decode(), self.title, self.description, self.titles).encode()
        return content

    def render(self, path: str | Path, format: str | None = None) -> Path:
        """Write a file in the format that its name ends with: .svg, .png (at twice the size), .pdf, .dot, …

        Its folder is made where it does not exist. Where a format is given its ending is added to the name, as
        graphviz and torchviz do.

        Raises:
            OSError: the file cannot be written.
            ValueError, DrawingError: as `pipe`; nothing is written then.
        """
        path = Path(path if format is None else f"{path}.{format}")
        content = self.pipe(path.suffix.lower().removeprefix("."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def show(self) -> Path | None:
        """Show the drawing: in a notebook below the cell; else in the web browser, and then the file it is in.

        That file is in the system's folder for passing things.
        """
        display = getattr(sys.modules.get("IPython.display"), "display", None)
        if display is not None and in_notebook():
            display(self)
            return None
        folder = Path(tempfile.mkdtemp(prefix="tinygrad-vn-"))
        path = self.render(folder / "drawing.svg")
        webbrowser.open(path.as_uri())
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the picture, or else why there is none. Never raises."""
        try:
            return {"image/svg+xml": svg.for_notebook(self.pipe("svg").decode()), "text/plain": repr(self)}
        except Exception as error:  # a notebook would hide the error and show nothing
            return {"text/plain": f"{self!r}\n{error}"}
