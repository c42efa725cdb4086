"""Gradient heat: the colours are cividis on log₁₀‖∇‖, what has no colour says why, and everything can be read."""

import math
import re

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.lecture import draw
from tinygrad_vn.lecture.picture.heat import Heat, cividis, norm
from tinygrad_vn.lecture.theme import contrast, ink_on
from tinygrad_vn.nn import functional as F


def deep_sigmoid(layers=6):
    h = tg.tensor(np.ones((1, 3)), name="x")
    for layer in range(layers):
        W = tg.tensor(np.full((3, 3), 0.5), requires_grad=True, name=f"W{layer + 1}")
        h = F.sigmoid(h @ W)
    return (h**2).sum()


def fill_of(drawing, name):
    part = next(variable.id for variable in drawing.graph.variables if variable.name == name)
    return re.search(rf'  {part} \[.*?fillcolor="(#\w+)"', drawing.source)[1]


def test_the_scale_is_that_of_matplotlib():
    matplotlib = pytest.importorskip("matplotlib")
    wanted = matplotlib.colormaps["cividis"]
    for at in np.linspace(0, 1, 50):
        ours = [int(cividis(at)[i : i + 2], 16) for i in (1, 3, 5)]
        np.testing.assert_allclose(ours, np.array(wanted(at)[:3]) * 255, atol=9)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_vanishing_gradient_is_seen_and_every_text_can_be_read(theme):
    drawing = draw(deep_sigmoid(), heat="grad", theme=theme)
    heat = Heat(drawing.graph)
    places = [heat.color(v.id) for v in drawing.graph.variables if v.name.startswith("W")]
    brightness = [int(color[1:3], 16) + int(color[3:5], 16) for color in places]
    assert brightness == sorted(brightness)
    assert brightness[0] < brightness[-1]
    assert fill_of(drawing, "W1") == places[0]
    for line in drawing.source.splitlines():
        fill = re.search(r'fillcolor="(#\w+)"', line)
        for ink in re.findall(r'(?:FONT COLOR|fontcolor)="(#\w+)"', line) if fill and "[class=" in line else []:
            assert contrast(ink, fill[1]) >= 4.5, line
    assert 'class="legend"' in drawing.source


def test_an_ink_can_be_read_on_every_colour_of_the_scale():
    assert min(contrast(cividis(at), ink_on(cividis(at))) for at in np.linspace(0, 1, 300)) >= 4.5


def test_a_dead_relu_shows_zeros_in_words():
    w, b = tg.tensor(-1.0, requires_grad=True), tg.tensor(-2.0, requires_grad=True)
    drawing = draw(F.relu(w * 2.0 + b), heat="grad", show=("value",), lang="vi")
    assert drawing.source.count("⊘ ‖∇‖ = 0</FONT>") == 4
    assert fill_of(drawing, "w") == "#FFFFFF"
    assert "‖∇‖ = 0" in drawing.titles["v1"]


@pytest.mark.parametrize(("x", "badge"), [(0.0, "⚠ ‖∇‖ = ∞"), (np.nan, "⚠ ‖∇‖ = NaN")])
def test_what_is_not_finite_is_told_in_words(x, badge):
    w = tg.tensor(x, requires_grad=True)
    assert badge in draw(np.sqrt(w) * 1.0, heat="grad").source


def test_a_group_has_the_colour_of_the_largest_gradient_inside(graphviz):
    y = w = tg.tensor(1.0, requires_grad=True)
    for _ in range(300):
        y = y * 0.9 + w
    drawing = draw(y, heat="grad")
    heat = Heat(drawing.graph)
    groups = [heat.norms[group.id] for group in drawing.graph.groups]
    assert groups == sorted(groups)
    whole = {v.id: abs(float(v.gradient)) for v in drawing.graph.whole.variables if v.gradient is not None}
    group = drawing.graph.groups[0]
    assert groups[0] == max(whole[part] for part in group.members if part in whole)
    assert b'class="node legend"' in drawing.pipe("svg")


@pytest.mark.parametrize(
    ("gradient", "wanted"), [([3.0, 4.0], 5.0), ([1e200, 1e200], math.sqrt(2) * 1e200), ([], 0.0), ([np.inf], math.inf)]
)
def test_norms(gradient, wanted):
    assert norm(np.array(gradient)) == pytest.approx(wanted)


def test_one_size_only_and_no_gradient_at_all():
    w = tg.tensor(1.0, requires_grad=True)
    assert fill_of(draw(w + 0.0, heat="grad"), "w") == cividis(1.0)
    nothing = draw([w * 2.0, w * 3.0], heat="grad")
    assert 'class="legend"' not in nothing.source
    assert "no gradients to colour" in nothing.source


def test_gradients_of_about_one_size_have_about_one_colour():
    x = tg.tensor([1.0, 1.1], requires_grad=True)
    heat = Heat(draw(x[0] * x[1] * 1.1).graph)
    assert heat.high - heat.low == 3.0
    assert min(int(heat.color(part)[1:3], 16) for part in heat.norms) > 0xB0  # nothing dark


def test_equal_layers_hide_no_vanishing_gradient():
    tg.manual_seed(0)
    model = nn.Sequential(*[layer for _ in range(12) for layer in (nn.Linear(4, 4), nn.Sigmoid())], nn.Linear(4, 1))
    drawing = draw(model, inputs=np.ones((1, 4)), heat="grad")
    assert drawing.graph.groups == []
    first, last = (drawing.graph.by_id[v.id] for v in drawing.graph.variables if v.name in ("0.weight", "24.weight"))
    heat = Heat(drawing.graph)
    assert heat.norms[first.id] < 1e-5 * heat.norms[last.id]
    folded = draw(model, inputs=np.ones((1, 4)), heat="grad", max_nodes=60)
    (group,) = folded.graph.groups
    ends = Heat(folded.graph).ranges[group.id]
    whole = [norm(v.gradient) for v in folded.graph.whole.variables if v.id in group.members]
    assert ends == (min(whole), max(whole))
    assert f" … {ends[1]:.4f}"[:6] in folded.source
    assert Heat(folded.graph).low <= math.log10(ends[0])
