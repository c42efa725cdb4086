"""The page to click through, as a file: what is in it, the same every time, and safe with any name."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.stories import STORIES, net, neuron
from tinygrad_vn import nn
from tinygrad_vn.lecture import DrawingError, animate, draw
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.picture import layout
from tinygrad_vn.lecture.story.page import page_of
from tinygrad_vn.lecture.story.steps import steps_of
from tinygrad_vn.lecture.theme import THEMES, contrast

AWFUL = [
    '</script><script>document.title = "owned"</script>',
    '"<b>&\\"',
    "a\nb",
    "🎓 điểm",
    "x̂",
    "{|}",
    "]]>",
    "\u2028",
]

PROGRAM = """
import sys
from tests.lecture.stories import net
from tinygrad_vn.lecture.story.page import page_of
drawing = net(lang="vi")
sys.stdout.buffer.write(page_of(drawing.graph, drawing.style).encode())
"""


class Reader(HTMLParser):
    """The elements of a page with their attributes, and the texts of its scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.inside = [], {}
        self.last = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.last = tag if tag in ("script", "style") else None
        if self.last:
            self.last = (tag, dict(attributes).get("type"))

    def handle_endtag(self, tag):
        self.last = None

    def handle_data(self, data):
        if self.last:
            self.inside.setdefault(self.last, []).append(data)

    def data(self):
        (text,) = self.inside["script", "application/json"]
        return json.loads(text)


def read(drawing):
    return Reader(page_of(drawing.graph, drawing.style))


def at_each_moment(data):
    """All numbers that are known at each moment."""
    known = {box["id"]: {} for box in data["boxes"]}
    for moment in data["moments"]:
        for key, kinds in moment["now"].items():
            known[key] = known[key] | kinds
        yield moment, dict(known)


@pytest.mark.parametrize("name", STORIES)
def test_the_page_tells_the_steps_in_both_languages(graphviz, name):
    drawing = STORIES[name](lang="en")
    data = read(drawing).data()
    for lang in ("vi", "en"):
        steps = steps_of(drawing.graph, lang=lang)
        assert len(steps) == len(data["moments"])
        for step, moment in zip(steps, data["moments"], strict=True):
            formulas = moment["formulas"]
            said = formulas if isinstance(formulas, list) else formulas[lang]
            assert [moment["heading"][lang], *said] == [step.heading, *step.formulas]
            assert set(moment["active"]) == step.active
            assert set(moment["arrows"]) == step.arrows


def test_numbers_appear_when_they_are_known(graphviz):
    drawing = neuron()
    boxes = drawing.graph.by_id
    moments = list(at_each_moment(read(drawing).data()))
    for step, (_, known) in zip(steps_of(drawing.graph, lang="en"), moments, strict=True):
        for key, kinds in known.items():
            assert ("value" in kinds) == (key in step.values)
            assert ("gradient" in kinds) == (key in step.gradients)
            if "value" in kinds:
                assert kinds["value"] == [number(boxes[key].value[()])]
            if "gradient" in kinds:
                assert kinds["gradient"] == [number(step.gradients[key][()])]


def test_every_number_has_its_place_in_the_picture(graphviz):
    drawing = net()
    text = page_of(drawing.graph, drawing.style)
    final = list(at_each_moment(Reader(text).data()))[-1][1]
    for part, inside in re.findall(r'<g class="node [a-z]+" data-part="(v\d+)">(.*?)</g>', text, re.DOTALL):
        for kind in ("value", "gradient"):
            assert re.findall(rf'data-n="{kind}"[^>]*>([^<]*)<', inside) == final[part].get(kind, []), part


@pytest.mark.parametrize(
    ("lang", "said"), [("vi", ["lan truyền xuôi", "lan truyền ngược"]), ("en", ["forward", "backward"])]
)
def test_the_frames_of_both_passes_speak_the_language(graphviz, lang, said):
    w = tg.tensor(0.5, requires_grad=True)
    drawing = draw(tg.tanh(w * 2.0) ** 2, backward=True, lang=lang)
    labels = re.findall(
        r'<g class="cluster[^>]*>.*?<text([^>]*)>([^<]*)<', page_of(drawing.graph, drawing.style), re.DOTALL
    )
    assert [text for _, text in labels] == said
    assert all("data-w=" in attributes for attributes, _ in labels)  # which is what the script translates


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", STORIES)
def test_nothing_but_its_own_script_and_style_may_run(graphviz, name, lang):
    page = read(STORIES[name](lang=lang))
    (policy,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for kind, key in (("script-src", ("script", None)), ("style-src", ("style", None))):
        (text,) = page.inside[key]
        assert rules.pop(kind) == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules == dict.fromkeys(("default-src", "base-uri", "form-action"), "'none'")
    for tag, attributes in page.elements:
        assert not {"style", "src", "href", "xlink:href", "srcset"} & set(attributes), tag
        assert not [key for key in attributes if key.startswith("on")], tag
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def single_weights():
    """The net 2-3-3-1 neuron by neuron, with a box for every weight."""
    random = np.random.default_rng(1)

    def weight(name):
        return tg.tensor(round(float(random.normal()), 2), requires_grad=True, name=name)

    layer = [tg.tensor(1.0, name="x₁"), tg.tensor(-2.0, name="x₂")]
    for k, width in enumerate((3, 3, 1), 1):
        sums = [sum((weight(f"w{k}{i}{j}") * a for i, a in enumerate(layer)), weight(f"b{k}{j}")) for j in range(width)]
        layer = [np.tanh(z) for z in sums]
    return draw((layer[0] - 1.0) ** 2, collapse=False)


@pytest.mark.parametrize("story", [net, single_weights])
def test_there_is_one_picture_and_the_file_is_small(graphviz, story):
    drawing = story()
    text = page_of(drawing.graph, drawing.style)
    assert text.count("<svg") == 1
    assert len(text.encode()) < 300_000


def test_colours_are_variables_of_both_themes(graphviz):
    drawing = neuron(theme="dark")
    text = page_of(drawing.graph, drawing.style)
    picture = text[text.index("<svg") : text.index("</svg>")]
    assert "#" not in picture
    used = set(re.findall(r"var\(--([\w-]+)\)", text))
    for theme in THEMES.values():
        assert f"--parameter-fill:{theme.boxes['parameter'].fill};" in text
    assert used <= set(re.findall(r"--([\w-]+):#", text))
    assert '<html lang="en" data-theme="dark">' in text
    assert "data-theme" not in page_of(neuron().graph, neuron().style).partition("<style>")[0]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_page_can_be_read(theme):
    assert contrast(theme.text, theme.active.fill) >= 4.5  # whatever stands in an active box is written in that ink
    for ink in (theme.text, theme.muted, theme.value, theme.gradient):
        assert contrast(ink, theme.background) >= 4.5
    button = theme.boxes["intermediate"]
    assert contrast(theme.text, button.fill) >= 4.5
    assert contrast(button.line, theme.background) >= 3  # WCAG 1.4.11
    for look in (theme.active, *theme.boxes.values()):
        assert contrast(look.line, theme.background) >= 3


def test_the_file_is_the_same_in_every_process(graphviz):
    texts = set()
    for seed in ("0", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True, env=environment)
        texts.add(done.stdout)
    assert len(texts) == 1


@pytest.mark.parametrize("name", AWFUL)
def test_names_are_nothing_but_letters(graphviz, name):
    w = tg.tensor(2.0, requires_grad=True, name=name)
    page = read(draw((w * 3.0 - 1.0) ** 2))
    assert [tag for tag, _ in page.elements].count("script") == 2
    assert unicodedata.normalize("NFC", name) in [box["name"] for box in page.data()["boxes"]]
    assert "\u2028" not in page.inside["script", "application/json"][0]


def test_it_is_written_where_one_says(graphviz, tmp_path):
    drawing = neuron()
    path = drawing.to_html(tmp_path / "new" / "neuron.html")
    assert path.read_bytes() == drawing.pipe("html") == drawing.render(tmp_path / "other.html").read_bytes()


def test_without_graphviz_the_error_says_what_helps(tmp_path, monkeypatch):
    monkeypatch.setattr(layout.shutil, "which", lambda name: None)
    monkeypatch.setattr(layout.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DrawingError, match="pip install pygraphviz"):
        neuron().to_html(tmp_path / "neuron.html")
    assert list(tmp_path.iterdir()) == []


# --- training ------------------------------------------------------------------------------------------------------


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(np.array(2.0))

    def forward(self, x):
        return self.w * x


def trained():
    model = Line()
    return model, {epoch: {"w": tg.tensor(w)} for epoch, w in ((0, 2.0), (10, -123.456), (20, 1.5))}


def test_an_animation_shows_every_epoch(graphviz, tmp_path):
    model, snapshots = trained()
    path = animate(snapshots, model, lambda: (model(tg.tensor(3.0)) - 6.0) ** 2, tmp_path / "a.html", lang="en")
    data = Reader(path.read_text(encoding="utf-8")).data()
    w = next(box["id"] for box in data["boxes"] if box["name"] == "w")
    seen = [(m["mark"], m["heading"]["vi"], *known[w].values()) for m, known in at_each_moment(data)]
    assert seen == [
        (epoch, f"Epoch {epoch}", [number(value)], [number(6 * (3 * value - 6))])
        for epoch, value in ((0, 2.0), (10, -123.456), (20, 1.5))
    ]
    assert data["curve"] == pytest.approx([0.0, (3 * -123.456 - 6) ** 2, 2.25])
    assert data["moments"][2]["formulas"] == ["L = 2.25"]
    assert data["axes"]["x"] == [[0, "0"], [1, "10"], [2, "20"]]
    heights = [loss for loss, _ in data["axes"]["y"]]
    assert heights[0] <= 0
    assert heights[-1] >= (3 * -123.456 - 6) ** 2
    assert 3 <= len(heights) <= 7
    assert [text for _, text in data["axes"]["y"]] == [number(loss) for loss in heights]


def test_an_animation_leaves_the_model_as_it_was(graphviz, tmp_path):
    model, snapshots = trained()
    model.w.grad = tg.tensor(7.0)
    animate(snapshots, model, lambda: model(tg.tensor(3.0)), tmp_path / "a.html")
    assert model.state_dict()["w"].item() == 2.0
    assert model.w.grad.item() == 7.0

    def broken():
        if model.state_dict()["w"].item() < 0:
            raise RuntimeError("no")
        return model(tg.tensor(3.0))

    with pytest.raises(RuntimeError, match="no"):
        animate(snapshots, model, broken, tmp_path / "b.html")
    assert model.state_dict()["w"].item() == 2.0
    assert not (tmp_path / "b.html").exists()


def test_what_cannot_be_animated(tmp_path):
    model, snapshots = trained()
    with pytest.raises(ValueError, match="no snapshots"):
        animate({}, model, lambda: model(tg.tensor(3.0)), tmp_path / "a.html")
    with pytest.raises(ValueError, match="one number"):
        animate(snapshots, model, lambda: model(tg.tensor([3.0, 4.0])), tmp_path / "a.html")

    def changing():
        y = model(tg.tensor(3.0))
        return y * y if y.item() < 0 else y

    with pytest.raises(ValueError, match="another way at epoch 10"):
        animate(snapshots, model, changing, tmp_path / "a.html")


def test_a_loss_that_is_not_a_number_is_a_gap_in_the_curve(graphviz, tmp_path):
    model, snapshots = trained()
    snapshots[10]["w"] = tg.tensor(np.inf)
    text = animate(snapshots, model, lambda: model(tg.tensor(3.0)), tmp_path / "a.html").read_text(encoding="utf-8")
    data = Reader(text).data()
    assert data["curve"] == [6.0, None, 4.5]
    assert data["moments"][1]["formulas"] == ["L = ∞"]
