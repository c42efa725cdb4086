"""The book as a reader has it: built, opened from the disk, without network, on a phone and on a desk."""

import html.parser
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("mkdocs", reason="mkdocs is not installed: pip install -e '.[docs]'")
pytest.importorskip("material", reason="mkdocs-material is not installed: pip install -e '.[docs]'")
pytest.importorskip("latex2mathml", reason="latex2mathml is not installed: pip install -e '.[docs]'")
pytest.importorskip("pygraphviz", reason="the drawings need pygraphviz: pip install -e '.[lab]'")

from mkdocs.commands.build import build
from mkdocs.config import load_config

import docs.making
from docs.making import drawings, lessons
from docs.making.__main__ import FRONT_DOOR
from docs.making.hooks import in_mathml, piece, section, solutions
from tests.lecture.chromium import WebDriverWait, browser, screen  # noqa: F401  # browser is a fixture

LANGUAGES = ("en", "vi")
MADE_PAGES = {"steps", "sheets"}  # tested where they are made
SHOWN = ("index", "chapters/chapter_03", "chapters/chapter_06", "slides_and_library", "api/tensor", "teach/chapter_01")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Both languages, with one example in place of all, which tests/examples runs."""
    made, site = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        patch.setattr(docs.making, "MADE", made)
        for lang in LANGUAGES:
            drawings.make(made / lang, lang)
            lessons.run(docs.making.ROOT / "examples/ch01_descent.py", made / lang, lang)
            config = load_config(str(docs.making.ROOT / f"docs/{lang}.yml"), site_dir=str(site / lang))
            build(config)  # strict: a link that leads nowhere ends it
    (site / "index.html").write_text(FRONT_DOOR, encoding="utf-8")
    return site


class Links(html.parser.HTMLParser):
    """What a page points to, what it loads, and the places in it that can be pointed to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.places |= {named[key] for key in ("id", "name") if named.get(key)}
        target = named.get("href") or named.get("src")
        if target and not target.startswith(("data:", "javascript:", "mailto:")):
            self.targets.append(target)
            if tag != "a" and named.get("rel") != "canonical":
                self.loaded.append(target)


def test_no_link_is_dead_and_nothing_is_loaded_from_elsewhere(site):
    pages = {page.resolve(): Links(page) for page in site.rglob("*.html") if not MADE_PAGES & {*page.parts}}
    assert len(pages) > 70
    dead = []
    for page, links in pages.items():
        assert [target for target in links.loaded if urlsplit(target).scheme] == []
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme:
                assert parts.scheme == "https"
                continue
            if page.name == "404.html":
                continue  # a server's page, which points to the root of its site
            path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            known = pages.get(path)
            if not path.is_file() or (parts.fragment and known and unquote(parts.fragment) not in known.places):
                dead.append(f"{page.relative_to(site)}: {target}")
    assert dead == []


def test_every_page_leads_to_the_same_page_in_the_other_language(site):
    for lang, other in (LANGUAGES, LANGUAGES[::-1]):
        for page in (site / lang).rglob("*.html"):
            if MADE_PAGES & {*page.parts} or page.name == "404.html":
                continue
            (there,) = re.findall(rf'<a href="([^"]+)" hreflang="{other}"', page.read_text(encoding="utf-8"))
            assert (page.parent / there).resolve() == (site / other / page.relative_to(site / lang)).resolve()


def test_every_chapter_has_what_it_promises(site):
    for lang in LANGUAGES:
        for number in range(1, 13):
            text = (site / lang / f"chapters/chapter_{number:02}.html").read_text(encoding="utf-8")
            assert "{{" not in text.replace("{{ '{{' }}", "")
            assert '<iframe class="steps"' in text
            assert f"exercises/chapter_{number:02}.py" in text
            assert ("<math" in text) == (number not in (3, 12)), number
            slides = (site / lang / f"teach/chapter_{number:02}.html").read_text(encoding="utf-8")
            for ending in ("pdf", "tex", "svg", "html"):
                assert re.search(rf'href="\.\./\w+/\w+\.{ending}"', slides), ending
            assert slides.count("<h2") == 6  # the plan, the board, pitfalls, questions, solutions, slides
            assert f"tests/book/solutions/chapter_{number:02}.py" in slides
    shown = (site / "vi/chapters/chapter_01.html").read_text(encoding="utf-8")
    assert "0.4294966757297516" in shown  # what the example prints
    assert "figures/ch01_descent/" in shown  # and draws


@pytest.mark.parametrize("page", lessons.pages(), ids=lambda page: page.stem)
def test_an_example_is_introduced_in_one_language(page):
    (title, said), (titel, told) = (lessons.opening(page, lang) for lang in LANGUAGES)
    assert title != titel
    assert "Nguồn" not in said
    assert "Source" not in told
    assert re.search(r"\b(the|and|is)\b", said.split("\n\n")[0])
    assert re.search("[ăđơưạ-ỹ]", told.split("\n\n")[0])
    assert said.count("\n\n") == told.count("\n\n") <= 1  # a paragraph, and where it comes from
    assert re.findall(r"`\d{3}_\w+\.txt`", said) == re.findall(r"`\d{3}_\w+\.txt`", told) != []


def test_formulas_are_set_as_in_print():
    assert in_mathml("f'(x)", "inline").count("<msup>") == 0
    minus = re.findall(r"<mo([^>]*)>&#x02212;", in_mathml("a - 1 = -2, (-3) - f' - 4", "inline"))
    assert [("prefix" in settings) for settings in minus] == [False, True, True, False, False]
    assert "<mi>&#x022A4;</mi>" in in_mathml(r"W^\top", "inline")


def test_the_engine_in_the_book_is_the_engine(site):
    text = (site / "en/chapters/chapter_03.html").read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", "", text)
    source = (docs.making.ROOT / "tinygrad_vn/backprop.py").read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, content in enumerate(source, 1) if content.strip().startswith("rules = node")]
    assert source[line - 1].strip() in words
    assert f'<span class="normal">{line}</span>' in text


@pytest.mark.parametrize(
    "asked",
    [("tinygrad_vn/backprop.py", "no_such_function"), ("tinygrad_vn/backprop.py", "backpropagate", "no such line")],
)
def test_a_piece_of_code_that_is_gone_stops_the_build(asked):
    with pytest.raises(LookupError):
        piece(*asked)


def test_a_section_that_is_gone_stops_the_build():
    with pytest.raises(LookupError, match="No such heading"):
        section("en", "", "README.md", "## No such heading")


def test_solutions_that_are_gone_stop_the_build():
    with pytest.raises(LookupError, match="chapter_13"):
        solutions("en", "", "13")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_fit_the_screen_and_ask_for_nothing(browser, site, lang, width):  # noqa: F811
    screen(browser, width, 900)
    for name in SHOWN:
        browser.get("about:blank")
        for kind in ("browser", "performance"):
            browser.get_log(kind)
        browser.get((site / lang / f"{name}.html").as_uri())
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, name
        assert browser.get_log("browser") == [], name
        events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
        urls = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        assert [url for url in urls if not url.startswith(("file:", "data:", "about:"))] == [], name
        heights = browser.execute_script(
            "return [...document.querySelectorAll('math')].map((m) => m.getBoundingClientRect().height)"
        )
        assert all(height > 5 for height in heights), name
        pictures = browser.execute_script(
            "return [...document.images].filter((i) => i.loading !== 'lazy' && !i.naturalWidth).map((i) => i.src)"
        )
        assert pictures == [], name


READY = "return !document.querySelector('.md-search-result__meta').textContent.includes('Initializing')"
FOUND = "return [...document.querySelectorAll('.md-search-result__link')].map((link) => link.href)"


def test_search_works_from_the_disk(browser, site):  # noqa: F811
    screen(browser, 1280, 900)
    patience = WebDriverWait(browser, 60)
    for lang, word, expected in (("en", "momentum", "chapter_07"), ("vi", "thung lũng", "chapter_07")):
        browser.get((site / lang / "index.html").as_uri())
        field = browser.find_element("css selector", ".md-search__input")
        field.click()
        patience.until(lambda browser: browser.execute_script(READY))
        field.send_keys(word)
        found = patience.until(lambda browser: browser.execute_script(FOUND))
        assert any(expected in link for link in found), (lang, found)


def test_a_step_page_opens_in_the_chapter(browser, site):  # noqa: F811
    screen(browser, 1280, 900)
    browser.get((site / "vi/chapters/chapter_02.html").as_uri())
    frame = browser.execute_script(
        "const f = document.querySelector('iframe.steps'); f.loading = 'eager'; f.scrollIntoView(); return f"
    )
    browser.switch_to.frame(frame)
    browser.execute_async_script(
        "const [done] = arguments;"
        "const look = () => document.getElementById('next') ? done() : setTimeout(look, 50); look();"
    )
    browser.find_element("id", "next").click()
    assert browser.execute_script("return document.getElementById('slider').value") == "2"
    browser.switch_to.default_content()
