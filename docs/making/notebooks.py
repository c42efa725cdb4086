"""The examples as Jupyter notebooks: `python -m docs.making.notebooks out/notebooks`.

    python -m docs.making.notebooks out/colab --install "git+https://github.com/OWNER/REPOSITORY"

With --install a notebook needs no checkout beside it: its first cells install the library, from there or from a wheel,
and write the file that all examples share. So it runs in Colab. A script in the "percent" format and its notebook are
the same cells; the notebook is never edited and never committed.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docs.making import ROOT
from docs.making.lessons import pages

SHARED = ROOT / "examples/lesson.py"


def cells_of(script: str) -> list[tuple[str, str]]:
    """The cells of a script in the percent format, as ("markdown" or "code", content)."""
    parts = re.split(r"^# %%(.*)\n", script, flags=re.MULTILINE)[1:]
    cells = []
    for kind, content in zip(parts[::2], parts[1::2], strict=True):
        if "[markdown]" in kind:
            cells.append(("markdown", re.sub(r"^# ?", "", content, flags=re.MULTILINE).strip()))
        elif content.strip():
            cells.append(("code", content.strip()))
    return cells


def notebook(page: Path, install: str = "") -> dict[str, Any]:
    """A page as a notebook in the format 4.5.

    Args:
        page: the script.
        install: what pip is to install first; "" for nothing.
    """
    cells = cells_of(page.read_text(encoding="utf-8"))
    if install:
        shared = SHARED.read_text(encoding="utf-8")
        cells[1:1] = [("code", f'%pip install -q "{install}"'), ("code", f"%%writefile {SHARED.name}\n{shared}")]
    written = []
    for number, (kind, content) in enumerate(cells):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": content}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        written.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": written}


def write(folder: Path, install: str = "") -> list[Path]:
    """All pages as notebooks, with the file that they share beside them.

    Args:
        folder: where to; it is made.
        install: as `notebook` takes it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SHARED, folder)
    made = []
    for page in pages():
        path = folder / f"{page.stem}.ipynb"
        path.write_text(json.dumps(notebook(page, install), ensure_ascii=False, indent=1), encoding="utf-8")
        made.append(path)
    return made


def main(argv: Sequence[str] | None = None) -> None:
    """Run as a program.

    Args:
        argv: the words on the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m docs.making.notebooks")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--install", default="", metavar="WHAT", help="what pip installs in the first cell")
    options = parser.parse_args(argv)
    print(f"{len(write(options.folder, options.install))} notebooks: {options.folder}")


if __name__ == "__main__":
    main()
