"""Worksheets in a real browser: from the disk, on paper of A4, and on a phone."""

import base64
import io

import pytest

from tests.lecture.chromium import assert_offline_and_silent, browser, forget, screen
from tinygrad_vn.lecture.worksheet import KINDS, answer_key, exercises, worksheet

__all__ = ["browser"]

pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed: pip install pypdf")

CUT_OFF = """
const sheet = document.querySelector("main").getBoundingClientRect();
return [...document.querySelectorAll("main *")].filter((part) => {
  const box = part.getBoundingClientRect();
  return box.left < sheet.left - 1 || box.right > sheet.right + 1;
}).map((part) => part.outerHTML.slice(0, 80));
"""


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page; in the end nothing was asked of any network, and nobody complained."""

    def open_page(text):
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        browser.get(path.as_uri())
        return browser

    forget(browser)
    screen(browser, 1280, 900)
    yield open_page
    assert_offline_and_silent(browser)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("make", [worksheet, answer_key])
def test_on_paper(opened, make, lang):
    made = exercises("backprop", 2, 7)
    page = opened(make(made, lang, kind="backprop", seed=7))
    printed = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    pdf = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed)))
    assert len(pdf.pages) <= len(made)
    for sheet in pdf.pages:
        assert [float(side) for side in sheet.mediabox[2:]] == pytest.approx([595, 842], abs=2)  # A4, in points
    text = " ".join(sheet.extract_text() for sheet in pdf.pages)
    assert ("Bài 10" if lang == "vi" else "Exercise 10") in text
    # an exercise is not torn apart between two sheets
    title = "Bài" if lang == "vi" else "Exercise"
    starts = [sheet.extract_text().strip().split()[0] for sheet in pdf.pages[1:]]
    assert set(starts) == {title}


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_two_exercises_on_a_sheet(opened, kind, lang):
    """The first sheet has a head as well; from the second on there is room for two."""
    page = opened(worksheet(exercises(kind, 5, 7), lang, kind=kind, seed=7))
    printed = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    assert len(pypdf.PdfReader(io.BytesIO(base64.b64decode(printed))).pages) <= 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_cut_off_on_a_screen(opened, kind, width):
    for make in (worksheet, answer_key):
        page = opened(make(exercises(kind, 3, 5), "vi", kind=kind, seed=5))
        screen(page, width, 800)
        assert page.execute_script(CUT_OFF) == []
        assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth")
