"""Every program of the book runs, prints what stands beside or below it, and is the same in both languages."""

import ast
import contextlib
import io
import re
import shlex
import warnings
from pathlib import Path

import pytest

import tinygrad_vn as tg
from docs.making.source import piece

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS / "en").as_posix() for path in (DOCS / "en").rglob("*.md"))


def blocks(page: Path) -> list[tuple[str, str]]:
    """The fenced blocks as (language, content), indented ones too."""
    return re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def promised(program: str) -> list[str]:
    """What stands as a comment behind each print."""
    return re.findall(r"^\s*print\(.*\)  # (.*)$", program, re.MULTILINE)


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(DOCS / "en" / page)])
def test_programs_print_what_is_shown(lang, page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tg.set_language(lang)
    names = {"__name__": "__main__"}
    found = blocks(DOCS / lang / page)
    for (language, program), (next_language, shown) in zip(found, [*found[1:], ("", "")], strict=True):
        if language != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(program, f"{lang}/{page}", "exec"), names)
        if next_language == "text" and "print(" in program and not promised(program):
            assert printed.getvalue().rstrip() == shown.rstrip()
        else:
            comments = " ".join(promised(program)).split()
            assert printed.getvalue().split() == comments


def without_words(program: str) -> str:
    """A program without its comments."""
    return ast.unparse(ast.parse(program))


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_programs_and_macros(page):
    texts = [(DOCS / lang / page).read_text(encoding="utf-8") for lang in ("en", "vi")]
    programs = [
        [without_words(c) for kind, c in blocks(DOCS / lang / page) if kind == "python"] for lang in ("en", "vi")
    ]
    assert programs[0] == programs[1]
    for pattern in (r"^\{\{ (?!section).* \}\}$", r"^#+ ", r"^\|"):
        english, vietnamese = (re.findall(pattern, text, re.MULTILINE) for text in texts)
        assert english == vietnamese, pattern
    formulas = [
        re.sub(r"\\text\{[^}]*\}", "", "".join(re.findall(r"\$\$(.*?)\$\$", text, re.DOTALL))) for text in texts
    ]
    assert formulas[0] == formulas[1]


def test_every_page_stands_in_both_languages():
    vietnamese = sorted(path.relative_to(DOCS / "vi").as_posix() for path in (DOCS / "vi").rglob("*.md"))
    assert vietnamese == PAGES
    assert sum(page.startswith("chapters/") for page in PAGES) == 12


@pytest.mark.parametrize("page", PAGES)
def test_every_piece_of_our_code_is_still_there(page):
    """A quick look before `make docs`: words by which a page finds its lines, see docs/making/source.py."""
    for lang in ("en", "vi"):
        for call in re.findall(
            r"^\{\{ source (.+) \}\}$", (DOCS / lang / page).read_text(encoding="utf-8"), re.MULTILINE
        ):
            assert piece(*shlex.split(call)).lines
