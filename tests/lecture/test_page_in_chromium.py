"""The page to click through, in a real browser that opens it from the disk."""

import base64
import io
import re
import unicodedata

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.chromium import By, Keys, assert_offline_and_silent, browser, forget, screen, webdriver
from tests.lecture.stories import STORIES, net, neuron
from tinygrad_vn.lecture import animate, draw
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.story.steps import steps_of
from tinygrad_vn.nn import Linear

__all__ = ["browser"]

PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᵀ₀₁₂₃₄₅₆₇₈₉", "0123456789−+()T0123456789")  # raised and lowered by HTML

OUTSIDE = """
const outside = [];
for (const g of document.querySelectorAll("#graph .node")) {
  const shapes = [...g.querySelectorAll("path, ellipse, polygon, polyline")].map((shape) => shape.getBBox());
  if (!shapes.length) continue;
  const [left, top] = [Math.min(...shapes.map((b) => b.x)), Math.min(...shapes.map((b) => b.y))];
  const right = Math.max(...shapes.map((b) => b.x + b.width));
  const bottom = Math.max(...shapes.map((b) => b.y + b.height));
  for (const text of g.querySelectorAll("text")) {
    const b = text.getBBox();
    if (b.x < left || b.x + b.width > right || b.y < top - 1 || b.y + b.height > bottom + 1)
      outside.push(`${g.dataset.part}: ${text.textContent}`);
  }
}
return outside;
"""
OVERLAPPING = """
const found = [];
for (const g of document.querySelectorAll("#graph .node")) {
  const texts = [...g.querySelectorAll("text")].map((text) => [text.textContent, text.getBBox()]);
  texts.forEach(([one, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
    if (Math.abs(a.y - b.y) < 3 && a.x < b.x + b.width && b.x < a.x + a.width) found.push(`${one} | ${other}`);
  }));
}
return found;
"""


CROSSED = """
const line = document.querySelector("#curve .line");
const points = Array.from({ length: 200 }, (_, i) => line.getPointAtLength((line.getTotalLength() * i) / 199));
return [...document.querySelectorAll("#curve text")].filter((text) => {
  const b = text.getBBox();
  return points.some((p) => p.x > b.x && p.x < b.x + b.width && p.y > b.y && p.y < b.y + b.height);
}).map((text) => text.textContent);
"""


@pytest.fixture
def page(browser, tmp_path, graphviz):
    """Opens a drawing; in the end nothing was asked of any network, and nobody complained."""

    def opened(drawing, hash=""):
        path = drawing.to_html(tmp_path / "page.html") if hasattr(drawing, "to_html") else drawing
        browser.get("about:blank")
        browser.get(path.as_uri() + hash)
        return Page(browser)

    forget(browser)
    screen(browser, 1280, 720)
    yield opened
    assert_offline_and_silent(browser)


def said(step):
    return [step.heading, *(formula.translate(PLAIN) for formula in step.formulas)]


class Page:
    """What a user does and sees."""

    def __init__(self, browser):
        self.browser = browser

    def press(self, *keys):
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    def click(self, name):
        self.browser.find_element(By.ID, name).click()

    def run(self, script):
        return self.browser.execute_script(script)

    @property
    def step(self):
        hash = self.run("return location.hash")
        assert self.run("return document.getElementById('slider').value") == hash.removeprefix("#step=")
        return int(hash.removeprefix("#step="))

    @property
    def caption(self):
        return self.run("return [...document.querySelectorAll('#caption > *')].map((line) => line.textContent)")

    @property
    def cells(self):
        """The table's rows by name."""
        rows = self.run(
            "const rows = [...document.querySelectorAll('#numbers tbody tr')];"
            "return rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
        )
        return {name: rest for name, *rest in rows}

    def numbers(self, part):
        return self.run(
            f"return [...document.querySelectorAll('#graph [data-part={part}] [data-n]')].map((t) => t.textContent)"
        )

    def color(self, selector, of="backgroundColor"):
        return self.run(f"return getComputedStyle(document.querySelector('{selector}')).{of}")


@pytest.mark.parametrize(
    ("keys", "lands"),
    [
        ((Keys.ARROW_RIGHT,), 6),
        ((Keys.PAGE_DOWN,), 6),
        ((" ",), 6),
        ((Keys.ENTER,), 6),
        ((Keys.ARROW_LEFT,), 4),
        ((Keys.PAGE_UP,), 4),
        ((Keys.BACKSPACE,), 4),
        ((Keys.HOME,), 1),
        ((Keys.END,), 12),
        ((Keys.END, Keys.PAGE_DOWN), 12),
        ((Keys.HOME, Keys.PAGE_UP), 1),
        ((Keys.SHIFT, " "), 4),
        ((Keys.CONTROL, Keys.ARROW_RIGHT), 5),
        (("x",), 5),
    ],
)
def test_keys_turn_the_page(page, keys, lands):
    opened = page(neuron(), "#step=5")
    assert opened.step == 5
    with_modifier = webdriver.ActionChains(opened.browser)
    for key in keys:
        (with_modifier.key_down if key in (Keys.SHIFT, Keys.CONTROL) else with_modifier.send_keys)(key)
    with_modifier.key_up(Keys.SHIFT).key_up(Keys.CONTROL).perform()
    assert opened.step == lands


def test_the_caption_the_numbers_and_the_marks_are_those_of_the_step(page):
    drawing = neuron(lang="en")
    opened = page(drawing)
    boxes = drawing.graph.by_id
    for position, step in enumerate(steps_of(drawing.graph, lang="en"), 1):
        assert opened.step == position
        assert opened.caption == said(step)
        active = opened.run("return [...document.querySelectorAll('#graph .active')].map((g) => g.dataset.part)")
        assert set(active) == step.active
        way = "back" if step.kind == "backward" else "forth"
        arrows = opened.run(f"return [...document.querySelectorAll('#graph .{way}')].map((g) => g.dataset.part)")
        assert set(arrows) == {f"e{position}" for position in step.arrows}
        for key, box in boxes.items():
            value = number(box.value[()]) if key in step.values else "—"
            gradient = number(step.gradients[key][()]) if key in step.gradients else "—"
            assert opened.numbers(key) == ([value, gradient] if box.has_gradient else [value])
        opened.press(Keys.PAGE_DOWN)


def test_an_arrow_on_its_way_back_is_dashed_and_points_the_other_way(page):
    opened = page(neuron(), "#step=9")
    assert opened.color("#graph .back path", "strokeDasharray") not in ("none", "")
    assert opened.color("#graph .back .head", "visibility") == "hidden"
    assert opened.color("#graph .back .tail", "visibility") == "visible"
    opened.press(Keys.HOME)
    assert opened.color("#graph .forth path", "strokeDasharray") == "none"
    assert opened.color("#graph .edge .tail", "visibility") == "hidden"


def test_the_table_says_what_the_picture_says(page):
    drawing = net(lang="en")
    opened = page(drawing)
    opened.press(Keys.END)
    cells = opened.cells
    assert cells["b(3)"] == ["parameter", "−0.2", "0.6261"]
    assert cells["W(3)"][1] == "[[0.2], [−1], [−0.2]]"
    assert re.fullmatch(r"4×3: min \S+, mean \S+, max \S+, norm ‖·‖ \S+", cells["Z(1)"][1])
    assert opened.run("return document.documentElement.scrollHeight") <= 720


def test_formulas_are_set_as_mathematics(page):
    opened = page(net(lang="en"))
    opened.press(Keys.END)
    grids = opened.run(
        "return [...document.querySelectorAll('#caption .matrix')].map((m) => [...m.children].map((row) => "
        "[...row.querySelectorAll(':scope > :not(.silent)')].map((cell) => cell.getBoundingClientRect().left)))"
    )
    assert [(len(grid), len(grid[0])) for grid in grids] == [(2, 3), (1, 3), (3, 3), (1, 3), (3, 1)]
    for grid in grids:
        assert all(sorted(row) == row for row in grid)
        assert len({tuple(map(len, grid))}) == 1
    html = opened.run("return document.getElementById('caption').innerHTML")
    assert "<var>W</var><sup>(1)</sup>" in html
    assert not re.search("[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]", html)
    (power,) = re.findall(r"10<sup>([^<]*)</sup>", html)
    assert power == "−5"
    opened.press(Keys.HOME)
    assert 'matmul<span class="silent">_</span><sub>1</sub>' in opened.run(
        "return document.getElementById('caption').innerHTML"
    )


def test_a_long_name_leaves_room_for_the_numbers(page):
    name = "averylongname_" * 9
    opened = page(draw((tg.tensor(2.0, requires_grad=True, name=name) * 3.0 - 1.0) ** 2, lang="en"))
    assert [cell for cell in opened.cells if cell.startswith("avery")] == [name[:39] + "…"]
    assert opened.run("return document.querySelector('tbody th').title") == name
    assert opened.run("const place = document.getElementById('numbers'); return place.scrollWidth <= place.clientWidth")


def test_language_theme_and_blank_screen(page):
    drawing = neuron(lang="en")
    opened = page(drawing, "#step=9")
    opened.press("l")
    step = steps_of(drawing.graph, lang="vi")[8]
    assert opened.caption == [step.heading, *step.formulas]
    assert opened.run("return document.documentElement.lang") == "vi"
    assert "giá trị" in opened.run("return document.querySelector('#graph svg').textContent")
    opened.press("L")
    assert "giá trị" not in opened.run("return document.querySelector('#graph svg').textContent")
    before = opened.color("body")
    opened.press("t")
    assert opened.color("body") != before
    opened.press("t")
    assert opened.color("body") == before
    curtain = opened.browser.find_element(By.ID, "curtain")
    for key in ("b", "."):
        opened.press(key)
        assert curtain.is_displayed()
        opened.press(key)
        assert not curtain.is_displayed()
    opened.press("b")
    opened.press(Keys.PAGE_DOWN)
    assert not curtain.is_displayed()
    assert opened.step == 10


def test_full_screen(page):
    opened = page(neuron())
    opened.press("f")
    opened.run("return new Promise((done) => setTimeout(done, 300))")
    assert opened.run("return document.fullscreenElement === document.documentElement")
    opened.press("f")
    opened.run("return new Promise((done) => setTimeout(done, 300))")
    assert opened.run("return document.fullscreenElement === null")


def test_a_graph_larger_than_the_screen_scrolls_or_is_shown_whole(page):
    opened = page(net(), "#step=9")
    scrolls = "const g = document.getElementById('graph'); return g.scrollWidth > g.clientWidth"
    assert opened.run(scrolls)
    opened.press("z")
    assert not opened.run(scrolls)
    opened.press("z")
    assert opened.run(scrolls)


def test_buttons_do_what_keys_do(page):
    opened = page(neuron())
    assert not opened.browser.find_element(By.ID, "back").is_enabled()
    for name, lands in (("next", 2), ("next", 3), ("back", 2), ("last", 12), ("first", 1)):
        opened.click(name)
        assert opened.step == lands
    opened.click("next")
    opened.press(" ")  # after a click with the mouse the space bar goes on
    assert opened.step == 3
    opened.run("document.getElementById('back').focus()")
    opened.press(Keys.ENTER)  # who has gone to a button by keyboard presses that one
    assert opened.step == 2
    opened.run("document.getElementById('slider').focus()")
    opened.press(Keys.PAGE_DOWN)
    assert opened.step == 3
    for name in ("first", "back", "next", "last", "blank", "whole", "full", "theme", "language", "slider"):
        assert opened.browser.find_element(By.ID, name).accessible_name, name
    live = opened.browser.find_element(By.ID, "caption")
    assert live.get_attribute("aria-live") == "polite"
    assert opened.browser.find_element(By.CSS_SELECTOR, "#graph svg").get_attribute("role") == "graphics-document"


def test_every_control_can_be_reached_by_keyboard(page):
    opened = page(neuron(), "#step=2")
    seen = []
    for _ in range(12):
        opened.press(Keys.TAB)
        seen.append(opened.run("return document.activeElement.id"))
    assert set(seen) == {
        *("graph", "numbers", "first", "back", "next", "last", "slider"),
        *("blank", "whole", "full", "theme", "language"),
    }
    assert seen[0] == "graph"
    assert opened.step == 2


def test_a_swipe_turns_the_page(page):
    opened = page(neuron())
    screen(opened.browser, 390, 800)

    def swipe(start, end):
        touch = {"x": start, "y": 420}
        opened.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
        moved = [{**touch, "x": end}]
        opened.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
        opened.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe(300, 100)
    assert opened.step == 2
    swipe(100, 110)
    assert opened.step == 2
    swipe(100, 300)
    assert opened.step == 1


def test_the_address_says_which_step(page):
    opened = page(neuron(), "#step=7")
    assert opened.step == 7
    opened.run("location.hash = '#step=3'")
    assert opened.caption[0].startswith("Forward: tanh")
    opened.run("location.hash = '#step=4000'")
    assert opened.step == 12
    assert page(neuron(), "#nonsense").step == 1


@pytest.mark.parametrize("name", STORIES)
def test_no_label_leaves_its_box(page, name):
    drawing = STORIES[name]()
    opened = page(drawing)
    for font in ("", "DejaVu Sans"):  # the widest usual font
        if font:
            opened.run(f"document.styleSheets[0].insertRule('svg text {{ font-family: \"{font}\" !important }}', 0)")
        for lang in ("en", "vi"):
            opened.press(Keys.HOME)
            for _ in steps_of(drawing.graph, lang=drawing.style.lang):
                assert opened.run(OUTSIDE) == [], (font, lang)
                assert opened.run(OVERLAPPING) == [], (font, lang)
                opened.press(Keys.PAGE_DOWN)
            opened.press("l")


def test_numbers_are_centred_under_their_words(page):
    opened = page(neuron(), "#step=12")
    middles = opened.run(
        "return [...document.querySelectorAll('#graph [data-part=v1] text')].map((t) => "
        "{const b = t.getBBox(); return [t.textContent, b.x + b.width / 2]})"
    )
    by_text = dict(middles)
    assert by_text["value"] == pytest.approx(by_text["2"], abs=0.3)
    assert by_text["gradient"] == pytest.approx(by_text["−1.594"], abs=0.3)


@pytest.mark.parametrize("name", ['</script><script>document.title = "owned"</script>', '"<b>&\\', "🎓\nđiểm", "x̂ế"])
def test_names_are_shown_and_never_executed(page, name):
    w = tg.tensor(2.0, requires_grad=True, name=name)
    opened = page(draw((w * 3.0 - 1.0) ** 2, lang="en"))
    assert opened.browser.title == "Computation graph of L"
    assert unicodedata.normalize("NFC", name) in opened.run(
        "return [...document.querySelectorAll('#numbers tbody th')].map((th) => th.title || th.textContent)"
    )
    assert opened.run("return document.querySelectorAll('b').length") == 0
    opened.press(Keys.END)
    assert any(" ".join(unicodedata.normalize("NFC", name).split()) in line for line in opened.caption)
    assert opened.run(OUTSIDE) == []


def test_the_policy_forbids_everything_else(browser, tmp_path, graphviz):
    browser.get(neuron().to_html(tmp_path / "page.html").as_uri())
    owned, forbidden = browser.execute_async_script(
        """
        const done = arguments[0], seen = [];
        addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
        document.body.insertAdjacentHTML("beforeend", '<b style="color: red">x</b><img src="x.png">');
        const script = document.createElement("script");
        script.textContent = "window.owned = true";
        document.body.append(script);
        fetch("https://example.org").catch(() => {});
        setTimeout(() => done([window.owned ?? null, seen.sort()]), 200);
        """
    )
    assert owned is None
    assert set(forbidden) == {"connect-src", "img-src", "script-src-elem", "style-src-attr"}


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (390, 800)], ids=["full-hd", "projector", "phone"])
@pytest.mark.parametrize("name", ["neuron", "net"])
def test_everything_has_its_place_on_every_screen(page, name, size):
    opened = page(STORIES[name](), "#step=9")
    screen(opened.browser, *size)
    width, height = size
    assert opened.run("return document.documentElement.scrollWidth") <= width
    rectangles = opened.run(
        "return ['graph', 'side', 'numbers', 'controls'].map((id) => {"
        "const b = document.getElementById(id).getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]})"
    )
    for i, (left, top, right, bottom) in enumerate(rectangles):
        assert left >= 0
        assert top >= 0
        assert right <= width + 1
        assert bottom <= height + 1
        assert (right - left) * (bottom - top) > 0.04 * width * height
        for other in rectangles[i + 1 :]:
            assert right <= other[0] + 1 or bottom <= other[1] + 1 or other[2] <= left + 1
    assert opened.run(
        "return ['caption', 'side'].every((id) => document.getElementById(id).scrollWidth <= "
        "document.getElementById(id).clientWidth)"
    )


def test_the_active_box_is_in_sight(page):
    opened = page(net())
    screen(opened.browser, 1280, 720, reduced_motion="reduce")
    for _ in range(25):
        opened.press(Keys.PAGE_DOWN)
        assert opened.run(
            "const here = document.getElementById('graph').getBoundingClientRect();"
            "return [...document.querySelectorAll('#graph .operation.active')].every((g) => {"
            "const b = g.getBoundingClientRect(); return b.left >= here.left && b.right <= here.right + 1 &&"
            "b.top >= here.top && b.bottom <= here.bottom + 1})"
        )


def test_the_reader_s_colours_and_calm_are_respected(page):
    opened = page(neuron())
    screen(opened.browser, 1280, 720, color_scheme="light")
    assert opened.color("body") == "rgb(255, 255, 255)"
    assert opened.color("#graph .node path", "transitionDuration") != "0s"
    screen(opened.browser, 1280, 720, color_scheme="dark", reduced_motion="reduce")
    assert opened.color("body") == "rgb(13, 17, 23)"
    assert opened.color("#graph .node path", "transitionDuration") == "0s"
    opened.press("t")
    assert opened.color("body") == "rgb(255, 255, 255)"


def test_on_paper_every_step_has_a_page(page):
    pypdf = pytest.importorskip("pypdf")
    drawing = neuron(lang="vi")
    opened = page(drawing, "#step=4")
    opened.press("t")
    asked = {"printBackground": True, "preferCSSPageSize": True}
    printed = base64.b64decode(opened.browser.execute_cdp_cmd("Page.printToPDF", asked)["data"])
    sheets = pypdf.PdfReader(io.BytesIO(printed)).pages
    steps = steps_of(drawing.graph, lang="vi")
    assert len(sheets) == len(steps)
    for sheet, step in zip(sheets, steps, strict=True):
        text = unicodedata.normalize("NFC", sheet.extract_text())
        assert step.heading.split(":")[0] in " ".join(text.split())
    assert opened.run("return document.querySelectorAll('.sheet').length") == 0
    assert opened.step == 4


def test_on_paper_a_long_picture_shows_what_the_step_is_about(page):
    drawing = net(lang="en")
    opened = page(drawing)
    boxes = opened.run(
        "const root = document.querySelector('#graph svg'), all = root.getBoundingClientRect();"
        "const scale = root.viewBox.baseVal.width / all.width;"
        "return Object.fromEntries([...document.querySelectorAll('#graph .node')].map((g) => {"
        "const b = g.getBoundingClientRect(); return [g.dataset.part, [(b.left - all.left) * scale, "
        "(b.top - all.top) * scale, (b.right - all.left) * scale, (b.bottom - all.top) * scale]]}))"
    )
    opened.run("dispatchEvent(new Event('beforeprint'))")
    windows = opened.run(
        "return [...document.querySelectorAll('.sheet')].map((sheet) => "
        "sheet.querySelector('svg:not(.overview)').getAttribute('viewBox').split(' ').map(Number))"
    )
    steps = steps_of(drawing.graph, lang="en")
    assert len(windows) == len(steps)
    for step, (left, top, width, height) in zip(steps[:-1], windows, strict=False):
        assert width < 2000
        for part in step.active & boxes.keys():
            x0, y0, x1, y1 = boxes[part]
            assert left - 1 <= x0 <= x1 <= left + width + 1, (step.heading, part)
            assert top - 1 <= y0 <= y1 <= top + height + 1, (step.heading, part)
    opened.run("dispatchEvent(new Event('afterprint'))")


def test_training_as_an_animation(page, tmp_path):
    model, x = Linear(2, 1), tg.tensor([[1.0, 2.0]], name="x")
    snapshots = {
        epoch: {"weight": tg.tensor([[w, -w]]), "bias": tg.tensor([0.5])}
        for epoch, w in ((0, 1.0), (50, 1e-7), (100, 3))
    }
    path = animate(snapshots, model, lambda: (model(x) ** 2).sum(), tmp_path / "page.html", lang="en")
    opened = page(path)
    for heading, w in (("Epoch 0", 1.0), ("Epoch 50", 1e-7), ("Epoch 100", 3.0)):
        loss = np.square(w - 2 * w + 0.5)
        assert opened.caption == [heading, f"L = {number(loss)}"]
        assert number(w).translate(PLAIN) in opened.cells["weight"][1]
        assert opened.run(OUTSIDE) == []
        assert opened.run("return document.querySelectorAll('#curve circle').length") == 1
        assert opened.run(CROSSED) == []
        opened.press(Keys.PAGE_DOWN)
    assert opened.run("return document.getElementById('count').textContent") == "100 / 100"
