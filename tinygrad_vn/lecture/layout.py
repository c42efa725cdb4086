"""Where the boxes go: Graphviz decides, and this module finds it.

The program `dot` is used where it is installed. Otherwise pygraphviz, whose wheels bring Graphviz' own libraries,
does the same work in a Python process of its own: a crash or a warning of the C code stays there.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from typing import Final

FORMATS: Final = ("svg", "png", "pdf")
PNG_DPI: Final = 192  # twice the 96 dots per inch of a screen

_PYGRAPHVIZ: Final = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""


class DrawingError(RuntimeError):
    """A drawing that cannot be made into a picture; the text says what to do."""


def laid_out(source: str, format: str) -> bytes:
    """A picture of a DOT text.

    Args:
        source: the graph, in DOT.
        format: "svg", "png" or "pdf".

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw this graph.
    """
    if format == "png":
        source = source.replace("{", f'{{\n  dpi="{PNG_DPI}"', 1)
    if shutil.which("dot"):
        return _by_dot(source, format)
    if importlib.util.find_spec("pygraphviz"):
        return _by_pygraphviz(source, format)
    raise DrawingError(
        f"drawing as {format} needs Graphviz, and neither its program `dot` nor pygraphviz is installed here. "
        f"This command adds it:\n    {pip_install('pygraphviz')}\n"
        "Without it, drawing.source and drawing.render('graph.dot') still work."
    )


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
    lines = complaint.decode(errors="replace").strip().splitlines() or ["no reason given"]
    return DrawingError(f"{engine} could not draw this graph: {' '.join(lines[-2:])}")
