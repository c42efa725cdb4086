"""The page to play with descent, in a real browser: its steps are those of `optim.SGD`."""

import re

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.chromium import By, Keys, assert_offline_and_silent, browser, forget, screen, webdriver
from tinygrad_vn import optim
from tinygrad_vn.lecture.play import play_page
from tinygrad_vn.lecture.play.functions import CHOICES
from tinygrad_vn.lecture.play.words import WORDS
from tinygrad_vn.nn import functional as F

__all__ = ["browser"]

NAMES = {"sin": np.sin, "exp": np.exp, "abs": np.abs}
OWN = {
    "2x^4 - 3x^3 + 2": lambda x: 2 * x**4 - 3 * x**3 + 2,
    "x² − sin(πx)/2": lambda x: x**2 - np.sin(np.pi * x) / 2,
    "-x^2(3-x)/e^2": lambda x: -(x**2) * (3 - x) / np.e**2,
    "log(1 + exp(-x)) + 0.1x^2": lambda x: np.log(1 + np.exp(-x)) + 0.1 * x**2,
    "(tanh(x) - 0.5)**2 + sqrt(1+x^2)/4": lambda x: (np.tanh(x) - 0.5) ** 2 + np.sqrt(1 + x**2) / 4,
    "relu(x)*sigmoid(x) + cos(x)*tan(x/9)": lambda x: F.relu(x) * F.sigmoid(x) + np.cos(x) * np.tan(x / 9),
    "2^x + 1.5e-1/x^-2": lambda x: 2**x + 0.15 / x**-2,
    "xycos(0) + x^2 + y^2 + 2": lambda x, y: x * y + x**2 + y**2 + 2,
    "ABS(X - 1) + y^2": lambda x, y: np.abs(x - 1) + y**2,
}


def written(formula):
    """A formula of the list of functions in Python, in which 2x and 10(…) are products."""
    python = re.sub(r"(\d)([xy(])", r"\1*\2", formula).replace("^", "**")
    return lambda x, y=0.0: eval(python, {**NAMES, "x": x, "y": y})


def by_sgd(f, start, rate, momentum, steps):
    """θ, f, ∇f and the velocity at every step, as one row each."""
    theta = [tg.tensor(float(p), requires_grad=True) for p in start]
    optimizer = optim.SGD(theta, lr=rate, momentum=momentum)
    rows, velocity = [], [0.0] * len(start)
    for t in range(steps + 1):
        optimizer.zero_grad()
        loss = f(*theta)
        loss.backward()
        gradient = [p.grad.item() for p in theta]
        rows.append([t, *(p.item() for p in theta), loss.item(), *gradient, *velocity])
        optimizer.step()
        velocity = [g if t == 0 else momentum * v + g for v, g in zip(velocity, gradient, strict=True)]
    return rows


class Page:
    """What a user does and sees."""

    def __init__(self, browser):
        self.browser = browser

    def set(self, **fields):
        for name, text in fields.items():
            field = self.browser.find_element(By.ID, name.replace("_", "-"))
            field.clear()
            field.send_keys(str(text))

    def choose(self, value):
        self.browser.find_element(By.CSS_SELECTOR, f"#function option[value='{value}']").click()

    def click(self, name, times=1):
        for _ in range(times):
            self.browser.find_element(By.ID, name).click()

    def press(self, *keys):
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    def run(self, script):
        return self.browser.execute_script(script)

    def steps(self, times):
        self.run(f"for (let i = 0; i < {times}; i++) document.getElementById('step').click()")

    def text(self, name):
        return self.browser.find_element(By.ID, name).text

    @property
    def rows(self):
        script = (
            "return [...document.querySelectorAll('#rows tbody tr')].map(r => [...r.cells].map(c => c.dataset.value))"
        )
        return [[float(cell) for cell in row] for row in self.run(script)]


@pytest.fixture
def page(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(play_page("en"), encoding="utf-8")
    forget(browser)
    screen(browser, 1280, 800)
    browser.get(path.as_uri())
    yield Page(browser)
    assert_offline_and_silent(browser)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_every_function_goes_the_way_of_sgd(page, momentum):
    for position, choice in enumerate(CHOICES):
        page.choose(position)
        page.set(momentum=momentum)
        page.steps(25)
        expected = by_sgd(written(choice.formula), choice.start, choice.rate, momentum, 25)
        np.testing.assert_allclose(page.rows, expected, rtol=1e-9, atol=1e-11, err_msg=choice.formula)


def test_own_functions_go_the_way_of_sgd(page):
    for formula, f in OWN.items():
        start = [1.3, -0.7][: 2 if "y" in formula else 1]
        page.set(
            formula=formula, rate=0.04, momentum=0.5, start_x=start[0], **{"start_y": -0.7} if "y" in formula else {}
        )
        assert page.text("complaint") == ""
        page.steps(12)
        np.testing.assert_allclose(page.rows, by_sgd(f, start, 0.04, 0.5, 12), rtol=1e-9, atol=1e-11, err_msg=formula)
        assert page.browser.find_element(By.ID, "function").get_attribute("value") == "own"


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("x^2 + z", "«z» at place 7"),
        ("x^2 +", "ends early"),
        ("(x + 1", "bracket ) is missing at place 7"),
        ("x^2)", "«)» at place 4"),
        ("sin x", "sin needs brackets"),
        ("", "ends early"),
        ("x;alert(1)", "«;» at place 2"),
        ("xz", "«z» at place 2"),
        ("constructor(x)", "«constructor» at place 1"),
        ("(" * 99 + "x", "too long"),
        ("x+" * 200 + "x", "too long"),
        ("log(-1-x^2)", "no finite value"),
        ("1/(x-4)", "no finite value"),
    ],
)
def test_what_is_no_formula_is_said(page, formula, says):
    page.browser.execute_script(
        "const f = document.getElementById('formula'); f.value = arguments[0]; f.dispatchEvent(new Event('input'))",
        formula,
    )
    assert says.replace("ends early", "ends too early") in page.text("complaint")


def test_numbers_that_cannot_be_are_said(page):
    for field, wrong, says in (("rate", "-1", "above 0"), ("rate", "x", "number"), ("momentum", "1", "below 1")):
        page.set(**{field: wrong})
        assert says in page.text("complaint")
        assert page.browser.find_element(By.ID, field).get_attribute("aria-invalid") == "true"
        page.choose(1)
        page.choose(0)
        assert page.text("complaint") == ""
    page.set(start_x="2,5")  # a comma, as in Vietnam
    assert page.rows[0][1] == 2.5


def test_overshoot_rest_and_divergence_are_seen_and_said(page):
    page.set(rate=0.75)
    page.click("step", 2)
    assert "Overshoot" in page.text("status")
    assert "so far: 2" in page.text("status")
    assert page.run("return document.querySelectorAll('#picture .over').length") == 2
    assert page.run("return getComputedStyle(document.querySelector('.over')).strokeDasharray") != "none"
    page.set(rate=0.5)
    page.click("step")
    assert "rests here" in page.text("status")
    page.set(rate=1.5)
    page.steps(60)
    assert "diverges" in page.text("status")
    assert not page.browser.find_element(By.ID, "step").is_enabled()
    page.click("back")
    assert page.browser.find_element(By.ID, "step").is_enabled()


def test_contour_lines_are_where_the_function_has_one_value(page):
    page.choose(5)  # x² + y²: circles
    found = page.run(
        "return [...document.querySelectorAll('.contour')].map(p => p.getAttribute('d')).filter(d => d.length > 50)"
    )
    assert len(found) >= 10
    centre = page.run(
        "const box = document.querySelector('.frame').getBBox(); return [box.x + box.width / 2, box.y + box.height / 2]"
    )
    closed = 0
    for d in found:
        points = np.array([[float(a), float(b)] for a, b in re.findall(r"[ML]([-\d.]+),([-\d.]+)", d)])
        radii = np.linalg.norm(points - centre, axis=1)
        closed += np.ptp(radii) < 1.0  # one scale on both axes
    assert closed == len(found)


def test_run_pauses_and_goes_back(page):
    page.click("run")
    assert page.text("run") == "Pause"
    page.run("return new Promise((done) => setTimeout(done, 1300))")
    page.click("run")
    count = len(page.rows)
    assert count >= 3
    assert page.text("run") == "Run"
    page.click("back")
    assert len(page.rows) == count - 1
    page.click("reset")
    assert len(page.rows) == 1


def test_all_of_it_by_keyboard(page):
    page.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert len(page.rows) == 3
    page.press(Keys.HOME)
    assert len(page.rows) == 1
    seen = []
    for _ in range(16):
        page.press(Keys.TAB)
        seen.append(page.run("return document.activeElement.id"))
    wanted = {"theme", "language", "function", "formula", "rate", "rate-slider", "momentum", "momentum-slider"}
    assert wanted | {"start-x", "step", "run", "reset", "rows"} <= set(seen)
    page.run("document.getElementById('rate').focus()")
    page.press("5", Keys.ARROW_RIGHT, "l")  # in a field, letters and arrows are its own
    assert len(page.rows) == 1
    assert page.run("return document.documentElement.lang") == "en"
    for name in (*wanted, "start-x", "step", "run", "back", "reset"):
        assert page.browser.find_element(By.ID, name).accessible_name, name


def test_both_languages_and_themes(page):
    page.set(rate=0.75)
    page.click("step")
    before = page.rows
    page.press(Keys.TAB)
    page.run("document.activeElement.blur()")
    page.press("l")
    assert page.run("return document.documentElement.lang") == "vi"
    assert "Vượt quá" in page.text("status")
    assert page.rows == before
    assert page.text("run") == "Chạy"
    dark = page.run("return getComputedStyle(document.body).backgroundColor")
    page.press("t")
    assert page.run("return getComputedStyle(document.body).backgroundColor") != dark
    assert all(set(texts) == {"vi", "en"} for texts in WORDS.values())
    assert page.run("return document.body.innerText").count("undefined") == 0


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800), (1920, 1080)])
def test_nothing_is_cut_off(page, width, height):
    screen(page.browser, width, height)
    for choice in (1, 6):
        page.choose(choice)
        page.steps(6)
        assert page.run("return document.documentElement.scrollWidth <= innerWidth")
        for name in ("step", "run", "reset", "function", "rate"):
            box = page.run(
                f"const b = document.getElementById('{name}').getBoundingClientRect();"
                "return [b.left, b.right, b.height]"
            )
            assert box[0] >= 0, name
            assert box[1] <= width, name
            assert box[2] >= 43, name  # a finger
        box = page.run("const b = document.getElementById('step').getBoundingClientRect(); return b.bottom")
        assert box <= height  # the picture and its buttons are seen without scrolling
