"""README.vi.md says what README.md says: the same sections, programs, tables, pictures and links, in Vietnamese."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ENGLISH, VIETNAMESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.vi.md"))
FENCED = r"^ *```.*?^ *```$"


def outside_code(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(FENCED, "", text, flags=re.DOTALL | re.MULTILINE)


def in_either_language(target: str) -> str:
    """A link, the same for both languages."""
    if target.startswith("#"):
        return "#"
    return target.replace(".vi.md", ".md").replace("/vi/", "/en/").replace("gallery/vi", "gallery/en")


def test_the_programs_are_the_same():
    english, vietnamese = (re.findall(FENCED, text, re.DOTALL | re.MULTILINE) for text in (ENGLISH, VIETNAMESE))
    assert vietnamese == english
    assert len(english) > 20


@pytest.mark.parametrize("pattern", [r"^#+(?= )", r"^(?:- |\d+\. )", r"^!\["], ids=["headings", "lists", "pictures"])
def test_the_structure_is_the_same(pattern):
    english, vietnamese = (re.findall(pattern, outside_code(text), re.MULTILINE) for text in (ENGLISH, VIETNAMESE))
    assert [part[:1] for part in vietnamese] == [part[:1] for part in english]


def test_tables_have_the_same_numbers_and_code():
    rows = [re.findall(r"^\|.*$", outside_code(text), re.MULTILINE) for text in (ENGLISH, VIETNAMESE)]
    assert len(rows[0]) == len(rows[1]) > 100
    for english, vietnamese in zip(*rows, strict=True):
        assert english.count("|") == vietnamese.count("|"), vietnamese
        assert re.findall(r"`[^`]+`", english) == re.findall(r"`[^`]+`", vietnamese), vietnamese
        numbers = [re.findall(r"\d+", re.sub(r"(?<=\d)[.,](?=\d{3}\b)", "", row)) for row in (english, vietnamese)]
        assert numbers[0] == numbers[1], vietnamese


def test_links_are_the_same():
    links = [sorted(map(in_either_language, re.findall(r"\]\(([^)]+)\)", text))) for text in (ENGLISH, VIETNAMESE)]
    assert links[0] == links[1]


def test_paragraphs_name_the_same_things():
    """What stands in backquotes outside tables is the same, section by section."""

    def named(text):
        sections = re.split(r"^## ", outside_code(text), flags=re.MULTILINE)
        prose = [re.sub(r"^\|.*$", "", section, flags=re.MULTILINE) for section in sections]
        return [sorted(" ".join(name.split()) for name in re.findall(r"`([^`]+)`", section)) for section in prose]

    for english, vietnamese in zip(named(ENGLISH), named(VIETNAMESE), strict=True):
        assert vietnamese == english


def test_it_is_vietnamese():
    paragraphs = [
        part for part in outside_code(VIETNAMESE).split("\n\n") if len(part) > 200 and not part.startswith("|")
    ]
    assert len(paragraphs) > 20
    for paragraph in paragraphs:
        assert len(re.findall(r"[ăđơưạ-ỹ]", paragraph.lower())) > len(paragraph) / 60, paragraph


def test_every_link_leads_somewhere():
    anchors = {
        re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^#+ (.*)$", VIETNAMESE, re.M)
    }
    for target in re.findall(r"\]\(([^)]+)\)", VIETNAMESE):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert target.startswith("https://") or (ROOT / target).exists(), target
