"""The pages of the course: each runs in both languages, quietly and in time, and as a notebook has sound cells.

A page checks its own numbers and ends with a ✓; so what is left to see here is that it got there, that both languages
tell the same numbers, and that the pictures can be opened. It runs in Vietnamese with pictures, in English without.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "examples").glob("ch*.py"))
SECONDS = 60  # of computing; on a busy machine a page may take longer by the clock
DRAWN = {"en": "Drawn: ", "vi": "Đã vẽ: "}
VIETNAMESE = re.compile("[ăđĩũơưạ-ỹ]", re.IGNORECASE)
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e[-+]\d+)?")
MARKER = re.compile(r"^# %%(?: (\[markdown\]))?$")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


def run(page: Path, lang: str, *options: str | Path) -> list[str]:
    """The lines that a page prints; it must leave the error channel empty."""
    command = [sys.executable, "-W", "error", str(page), "--lang", lang, *map(str, options)]
    environ = os.environ | {"PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
    before = os.times()
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, encoding="utf-8", timeout=5 * SECONDS)
    after = os.times()
    assert (done.returncode, done.stderr) == (0, "")
    assert after.children_user - before.children_user < SECONDS
    return done.stdout.splitlines()


def numbers(lines: list[str], lang: str) -> list[str]:
    """Everything that looks like a number, but for the names of the pictures."""
    return [number for line in lines if not line.startswith(DRAWN[lang]) for number in NUMBER.findall(line)]


def cells(page: Path) -> list[tuple[bool, str]]:
    """(whether it is text, what is in it) for every cell."""
    found: list[tuple[bool, list[str]]] = []
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("# %%"):
            marker = MARKER.match(line)
            assert marker, f"{line!r} is no marker that Jupyter knows"
            found.append((marker[1] is not None, []))
        else:
            assert found, f"{line!r} stands before the first cell"
            found[-1][1].append(line)
    return [(is_text, "\n".join(lines)) for is_text, lines in found]


def open_picture(path: Path) -> None:
    """An SVG is well-formed and a PNG is not of one colour; tables are text."""
    if path.suffix == ".svg":
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    elif path.suffix == ".png":
        image = pytest.importorskip("matplotlib.image").imread(path)
        assert image.max() > image.min()
    elif path.suffix in {".csv", ".txt", ".html", ".tex", ".json"}:
        assert path.read_text(encoding="utf-8").strip()


def lesson() -> Any:
    """What the pages share, examples/lesson.py."""
    spec = importlib.util.spec_from_file_location("lesson", ROOT / "examples/lesson.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_page_notices_a_wrong_number(capsys: pytest.CaptureFixture[str]) -> None:
    """What all the others rest on: a digit off, one number missing, or a sentence that is not true."""
    page = lesson().Lesson("ch01_descent", ["--lang", "vi"])
    page.check(0.8757380, 0.8757, decimals=4)
    page.check([1.0, 2.0], [1.0, 2.1], within=0.11)
    for got, expected, room in (
        (0.87576, 0.8757, {"decimals": 4}),
        ([1.0, 2.0], [1.0, 2.1], {}),
        ([1.0, 2.0], [1.0, 2.0, 3.0], {"decimals": 1}),
        (np.nan, 1.0, {"within": 1e9}),
    ):
        with pytest.raises(AssertionError):
            page.check(got, expected, **room)
    page.claim(np.float64(1) < 2, "one is less", "một nhỏ hơn")
    with pytest.raises(AssertionError, match="one is more"):
        page.claim(1 > 2, "one is more", "một lớn hơn")
    page.done()
    assert capsys.readouterr().out.splitlines()[-1].startswith("✓ Đã kiểm tra 4 ")


def test_there_are_pages() -> None:
    assert len(PAGES) >= 10
    listed = (ROOT / "examples/README.md").read_text(encoding="utf-8")
    assert [page.stem for page in PAGES if page.stem not in listed] == []


@each_page
def test_it_runs_in_both_languages_and_says_the_same_numbers(page: Path, tmp_path: Path, graphviz: None) -> None:
    pytest.importorskip("matplotlib")
    vietnamese = run(page, "vi", "--out", tmp_path / "out")
    english = run(page, "en")
    assert vietnamese[-1].startswith("✓ ")
    assert english[-1].startswith("✓ ")
    assert vietnamese[-1] != english[-1]
    assert int(NUMBER.findall(english[-1])[0]) > 0
    assert numbers(vietnamese, "vi") == numbers(english, "en")
    assert VIETNAMESE.search("\n".join(vietnamese))
    assert not VIETNAMESE.search("\n".join(english))
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert files
    for path in files:
        open_picture(path)


@each_page
def test_its_cells_are_those_of_a_notebook(page: Path) -> None:
    """The first is text in both languages; text is comments; every cell of code is whole by itself."""
    found = cells(page)
    is_text, opening = found[0]
    assert is_text
    assert opening.startswith("# # ")
    paragraphs = [paragraph.strip("# \n") for paragraph in re.split(r"^#\s*$", opening, flags=re.MULTILINE)]
    assert any(VIETNAMESE.search(paragraph) and len(paragraph) > 150 for paragraph in paragraphs)
    assert any(re.search(r"\bthe\b", paragraph) and len(paragraph) > 150 for paragraph in paragraphs)
    for is_text, text in found:
        if is_text:
            assert all(line.startswith("#") for line in text.splitlines() if line)
        else:
            ast.parse(text)
    assert found[-1][1].rstrip().endswith("page.done()")


@each_page
def test_it_is_a_screen_or_two_long(page: Path) -> None:
    """Of code; what is said in two languages comes on top."""
    code = [line for line in page.read_text(encoding="utf-8").splitlines() if line.strip() and line.lstrip()[0] != "#"]
    assert len(code) <= 115


def test_every_chapter_has_a_page() -> None:
    assert {page.stem[:4] for page in PAGES} == {f"ch{number:02}" for number in range(1, 13)}


@each_page
def test_it_is_built_on_what_is_public(page: Path) -> None:
    """Every name that it imports from the library is one that its module offers."""
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tinygrad_vn"):
            assert not any(part.startswith("_") for part in (node.module or "").split("."))
            module = importlib.import_module(node.module or "")
            offered = getattr(module, "__all__", None) or [name for name in dir(module) if not name.startswith("_")]
            for alias in node.names:
                is_room = (Path(str(module.__file__)).parent / alias.name).exists()
                assert alias.name in offered or is_room, f"{node.module} does not offer {alias.name}"
        elif isinstance(node, ast.Attribute):
            assert not (node.attr.startswith("_") and not node.attr.startswith("__")), f".{node.attr} is private"
