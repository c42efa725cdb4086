"""Where the boxes go: Graphviz decides, and this module finds it.

The program `dot` is used where it is installed. Otherwise pygraphviz, whose wheels bring Graphviz' own libraries,
does the same work in a Python process of its own: a crash or a warning of the C code stays there.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.language import current_language
from tinygrad_vn.phrases import Text, phrase, said

FORMATS: Final = ("svg", "png", "pdf")
PNG_DPI: Final = 192  # twice the 96 dots per inch of a screen
LONGEST: Final = 12_000  # pixels of a PNG: more takes long to write and longer to look at
MANY: Final = 24  # arrows: a picture with fewer is never so large

_PYGRAPHVIZ: Final = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""
_SEVERAL: Final = """
import pathlib, sys, pygraphviz
for name in sys.argv[3:]:
    graph = pygraphviz.AGraph(string=pathlib.Path(name).read_bytes().decode())
    pathlib.Path(f"{name}.{sys.argv[1]}").write_bytes(graph.draw(format=sys.argv[1], prog=sys.argv[2]))
"""


class DrawingError(RuntimeError):
    """A drawing that cannot be made into a picture; the text says what to do.

    Args:
        texts: the text in every language. `str(error)` is the one in the language in force.
    """

    def __init__(self, texts: Text) -> None:
        super().__init__(texts)
        self.texts = texts

    def __str__(self) -> str:
        return self.texts[current_language()]


def laid_out(source: str, format: str) -> bytes:
    """A picture of a DOT text.

    Args:
        source: the graph, in DOT.
        format: "svg", "png" or "pdf".

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw this graph.
    """
    source = _sharp(source, format, _dpi_of(source) if format == "png" else PNG_DPI)
    if shutil.which("dot"):
        return _by_dot(source, format)
    if importlib.util.find_spec("pygraphviz"):
        return _by_pygraphviz(source, format)
    raise _nothing_installed()


def all_laid_out(
    sources: Sequence[str], format: str, engine: Literal["dot", "nop2"] = "dot", dpi: int = PNG_DPI
) -> list[bytes]:
    """Pictures of several DOT texts, all by one process.

    Args:
        sources: the graphs, in DOT.
        format: "svg", "png", "pdf", or "json0", which says where everything is.
        engine: "dot" decides where everything goes; "nop2" leaves it where the text says.
        dpi: of a PNG, dots per inch.

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw one of these graphs.
    """
    program = shutil.which("dot")
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{i}.dot" for i in range(len(sources))]
        for name, source in zip(names, sources, strict=True):
            Path(folder, name).write_text(_sharp(source, format, dpi), encoding="utf-8")
        if program:
            command = [program, f"-K{engine}", f"-T{format}", "-O", *names]
        elif importlib.util.find_spec("pygraphviz"):
            command = [sys.executable, "-P", "-c", _SEVERAL, format, engine, *names]
        else:
            raise _nothing_installed()
        done = subprocess.run(command, cwd=folder, capture_output=True)
        paths = [Path(folder, f"{name}.{format}") for name in names]
        if done.returncode or b"Error:" in done.stderr or not all(path.exists() for path in paths):
            raise failed("dot" if program else "pygraphviz", done.stderr)
        return [path.read_bytes() for path in paths]


def _dpi_of(source: str) -> int:
    """The dots per inch of a PNG: fewer where the picture would be so large that nobody could open it quickly."""
    if source.count(" -> ") < MANY:
        return PNG_DPI
    told = json.loads(laid_out(source, "json0"), strict=False)
    left, lower, right, upper = map(float, told["bb"].split(","))
    size = max(right - left, upper - lower) * PNG_DPI / 72
    if size <= LONGEST:
        return PNG_DPI
    dpi = max(1, int(PNG_DPI * LONGEST / size))
    text = (
        "a PNG of this drawing would be {size} pixels long; it is drawn with {dpi} dots per inch: .svg or .pdf is sharp"
    )
    warn_user(UserWarning(said(text, size=round(size), dpi=dpi)))
    return dpi


def _sharp(source: str, format: str, dpi: int = PNG_DPI) -> str:
    return source.replace("{", f'{{\n  dpi="{dpi}"', 1) if format == "png" else source


def _nothing_installed() -> DrawingError:
    text = (
        "this picture needs Graphviz, which is not installed here (a .dot file does not need it); add pygraphviz, "
        "which contains it: {command}"
    )
    return DrawingError(phrase(text, command=pip_install("pygraphviz")))


def pip_install(package: str) -> str:
    """The command that adds a library to the Python that is running, to be copied into a terminal."""
    command = [sys.executable, "-m", "pip", "install", package]
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def _by_dot(source: str, format: str) -> bytes:
    import graphviz

    try:
        return bytes(graphviz.pipe("dot", format, source.encode(), quiet=True))
    except subprocess.CalledProcessError as error:
        raise failed("dot", error.stderr) from error


def _by_pygraphviz(source: str, format: str) -> bytes:
    command = [sys.executable, "-P", "-c", _PYGRAPHVIZ, format]
    done = subprocess.run(command, input=source.encode(), capture_output=True)
    if done.returncode or b"Error:" in done.stderr:  # Graphviz' own word; it draws on without the label it means
        raise failed("pygraphviz", done.stderr)
    return done.stdout


def failed(engine: str, complaint: bytes) -> DrawingError:
    """The error for a Graphviz that did not draw, with its own last words."""
    last = " ".join(complaint.decode(errors="replace").strip().splitlines()[-2:])
    reason = " ".join(last.split()) or phrase("no reason given")
    return DrawingError(phrase("{engine} could not draw this graph: {complaint}", engine=engine, complaint=reason))
