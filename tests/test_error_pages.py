"""docs/errors.md and docs/errors.vi.md do what they say: every wrong program fails as shown, every right one works."""

import ast
import contextlib
import io
import linecache
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tinygrad_vn as tg
from tinygrad_vn.errors import CATALOGUE, Coded
from tinygrad_vn.rules.primitive import PRIMITIVES

DOCS = Path(__file__).parent.parent / "docs"
FILE = "train.py"  # what messages call the student's program


class Section(NamedTuple):
    """What a page says about one code."""

    code: str
    wrong: str
    message: str
    right: str
    output: str


def blocks(text: str) -> list[tuple[str, str]]:
    """The fenced blocks as (language, content)."""
    return re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)


def read(language: str) -> tuple[str, str, list[Section]]:
    """A page: its text, the lines that every program begins with, and its sections."""
    text = (DOCS / f"errors{'' if language == 'en' else '.vi'}.md").read_text(encoding="utf-8")
    introduction, *parts = re.split(r'^<a id="(e\d\d)"></a>$', text, flags=re.MULTILINE)
    sections = []
    for anchor, body in zip(parts[::2], parts[1::2], strict=True):
        (heading,) = re.findall(r"^## (E\d\d): \S.*$", body, re.MULTILINE)
        assert heading == anchor.upper()
        kinds, contents = zip(*blocks(body), strict=True)
        assert kinds == ("python", "text", "python", "text"), heading
        sections.append(Section(heading, *contents))
    ((kind, preamble),) = blocks(introduction)
    assert kind == "python"
    return text, preamble, sections


PAGES = {language: read(language) for language in ("en", "vi")}
SECTIONS = [
    pytest.param(language, section, id=f"{section.code}-{language}")
    for language, (_, _, sections) in PAGES.items()
    for section in sections
]


@pytest.fixture(autouse=True)
def operations_of_a_page() -> Iterator[None]:
    """A page may define an operation; the table of ours does not keep it."""
    names = set(PRIMITIVES)
    yield
    for name in set(PRIMITIVES) - names:
        del PRIMITIVES[name]


def run(language: str, program: str) -> tuple[str, list[Any]]:
    """What a program prints, and the warnings and the error that it causes, as a student would run it."""
    tg.set_language(language)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(PAGES[language][1], names)
    linecache.cache[FILE] = (len(program), None, program.splitlines(keepends=True), FILE)
    printed, caught = io.StringIO(), []
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            exec(compile(program, FILE, "exec"), names)
        except Coded as error:
            caught.append(error)
        finally:
            del linecache.cache[FILE]
    assert [warning.filename for warning in warned] == [FILE] * len(warned)
    return printed.getvalue(), [warning.message for warning in warned] + caught


def words(text: str) -> str:
    """The text on one line: where the page breaks it does not matter."""
    return " ".join(text.split())


@pytest.mark.parametrize(("language", "section"), SECTIONS)
def test_the_wrong_program_says_what_is_shown(language: str, section: Section) -> None:
    printed, caught = run(language, section.wrong)
    assert printed == ""
    assert caught[0].code == section.code
    says = f"{type(caught[0]).__name__}: {caught[0]}"
    assert words(section.message) == words(says)
    assert [message.code for message in caught[1:]] == (["E14"] if section.code == "E07" else [])


@pytest.mark.parametrize(("language", "section"), SECTIONS)
def test_the_right_program_prints_what_is_shown(language: str, section: Section) -> None:
    printed, caught = run(language, section.right)
    assert caught == []
    assert printed == section.output != ""


def test_every_code_has_a_section_in_both_pages() -> None:
    for _, _, sections in PAGES.values():
        assert [section.code for section in sections] == sorted(CATALOGUE)


def test_every_code_is_in_the_list_at_the_top_and_the_links_work() -> None:
    for text, _, _ in PAGES.values():
        listed = re.findall(r"^\| \[(E\d\d)\]\(#(e\d\d)\) \|", text, re.MULTILINE)
        assert [code for code, _ in listed] == sorted(CATALOGUE)
        anchors = set(re.findall(r'<a id="(e\d\d)">', text))
        for target in re.findall(r"\]\(([^)]+)\)", text):
            assert target[1:] in anchors if target.startswith("#") else (DOCS / target).exists(), target


def test_both_pages_have_the_same_programs() -> None:
    english, vietnamese = PAGES["en"], PAGES["vi"]
    assert english[1] == vietnamese[1]
    for ours, theirs in zip(english[2], vietnamese[2], strict=True):
        for program in ("wrong", "right"):  # comments may differ
            one, other = (ast.unparse(ast.parse(getattr(section, program))) for section in (ours, theirs))
            assert one == other, ours.code
        assert ours.output == theirs.output
