"""Networks as pictures: every neuron and weight in its place, with the numbers that NumPy computes by hand."""

import itertools
import os
import re
import subprocess
import sys
import time
import unicodedata
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.lecture import Drawing, DrawingError, draw_network
from tinygrad_vn.lecture.network.layers import network_of
from tinygrad_vn.lecture.network.story import moments_of
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.picture import layout
from tinygrad_vn.lecture.theme import THEMES

SVG = "{http://www.w3.org/2000/svg}"

X, Y = np.array([0.05, -0.1]), 0.8


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lecture_net():
    """The lectures' 2-3-3-1."""
    rng = np.random.default_rng(5)
    layers = (nn.Linear(2, 3, rng=rng), nn.Tanh(), nn.Linear(3, 3, rng=rng), nn.ReLU(), nn.Linear(3, 1, rng=rng))
    return nn.Sequential(*layers, nn.Sigmoid())


def by_hand(model, shift=(None, None, 0.0)):
    """z of every layer, and the loss, computed with NumPy; shift=(k, j, h) adds h to z of neuron j in layer k."""
    a, sums = X, []
    for k, (place, f) in enumerate(zip((0, 2, 4), (np.tanh, lambda z: np.maximum(z, 0), sigmoid), strict=True)):
        z = model[place].weight.detach().numpy() @ a + model[place].bias.detach().numpy()
        if k == shift[0]:
            z[shift[1]] += shift[2]
        sums.append(z)
        a = f(z)
    return sums, a, ((a - Y) ** 2).mean()


def parts(drawing):
    """Every part of the SVG by its id: its group."""
    groups = ET.fromstring(drawing.pipe("svg")).iter(f"{SVG}g")
    return {group.get("data-part"): group for group in groups if "node" in group.get("class", "")}


def lines_of(source):
    """The lines between neurons: the two ends, and the settings."""
    return {(a, b): settings for a, b, settings in re.findall(r"^  (\w+) -> (\w+) \[(.*)\]$", source, re.MULTILINE)}


# --- what there is ----------------------------------------------------------------------------------------------


def test_every_neuron_bias_and_weight_is_there_once():
    drawing = draw_network(lecture_net())
    assert isinstance(drawing, Drawing)
    keys = re.findall(r"^  (\w+) \[class=", drawing.source, re.MULTILINE)
    assert len(keys) == len(set(keys))
    neurons = [key for key in keys if re.fullmatch(r"n\d_\d", key)]
    assert [sum(key.startswith(f"n{k}") for key in neurons) for k in range(4)] == [2, 3, 3, 1]
    assert [key for key in keys if key.startswith("bias")] == ["bias0", "bias1", "bias2"]
    lines = lines_of(drawing.source)
    expected = {(f"n{k}_{i}", f"n{k + 1}_{j}") for k, (m, n) in enumerate(((2, 3), (3, 3), (3, 1))) for i, j in
                itertools.product(range(1, m + 1), range(1, n + 1))}  # fmt: skip
    expected |= {(f"bias{k}", f"n{k + 1}_{j}") for k, n in enumerate((3, 3, 1)) for j in range(1, n + 1)}
    assert set(lines) == expected
    assert set(keys) == set(drawing.titles)


def test_labels_follow_the_lectures_convention_and_not_pytorchs():
    model = lecture_net()
    drawing = draw_network(model)
    for k, place in enumerate((0, 2, 4), 1):
        weight, bias = model[place].weight.detach().numpy(), model[place].bias.detach().numpy()
        above, below = "⁰¹²³"[k], "₀₁₂₃"
        for j, i in np.ndindex(weight.shape):  # (out, in)
            text = f"w{below[i + 1]}{below[j + 1]}⁽{above}⁾ = {number(weight[j, i])}"
            assert drawing.titles[f"w{k}_{i + 1}_{j + 1}"] == text
            label = "".join(f"<TR><TD><FONT [^>]*>{part}</FONT></TD></TR>" for part in text.split(" = "))
            assert re.search(label, drawing.source)
        for j in range(len(bias)):
            assert drawing.titles[f"b{k}_{j + 1}"] == f"b{below[j + 1]}⁽{above}⁾ = {number(bias[j])}"
    assert drawing.titles["W1"] == "W⁽¹⁾ = 0.weight.T\nb⁽¹⁾ = 0.bias"
    assert ">W⁽¹⁾: 2×3</FONT>" in drawing.source


def test_a_line_is_as_wide_as_its_weight_is_large_and_dashed_where_it_is_negative():
    model = nn.Linear(4, 1, bias=False)
    model.weight.data = np.array([[2.0, -1.0, 0.0, 0.5]])
    lines = lines_of(draw_network(model).source)
    found = [re.search(r'penwidth="(.+?)", style="(\w+)"', lines[f"n0_{i}", "n1_1"]).groups() for i in range(1, 5)]
    assert [style for _, style in found] == ["solid", "dashed", "dotted", "solid"]
    widths = [float(width) for width, _ in found]
    assert widths[0] - widths[2] == pytest.approx(2 * (widths[1] - widths[2])) == pytest.approx(4 * (widths[3] - 0.5))
    assert not [line for line in draw_network(model).source.splitlines() if "bias0" in line]


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e-300, 1e300])
def test_odd_weights_can_be_drawn(value, graphviz):
    model = nn.Linear(2, 1)
    model.weight.data = np.array([[value, 1.0]])
    drawing = draw_network(model, [1.0, 2.0], 1.0, loss=nn.MSELoss(), show=("weight", "value", "delta", "grad"))
    assert number(value) in drawing.titles["w1_1_1"]
    assert "w1_1_1" in parts(drawing)


def test_the_values_of_an_example_are_those_of_numpy():
    model = lecture_net()
    drawing = draw_network(model, X)
    sums, output, _ = by_hand(model)
    assert drawing.titles["n0_2"] == "x₂\ninput layer\nx₂ = −0.1"
    for k, (z, f) in enumerate(zip(sums, (np.tanh, lambda z: np.maximum(z, 0), sigmoid), strict=True), 1):
        for j in range(len(z)):
            lines = drawing.titles[f"n{k}_{j + 1}"].split("\n")
            assert lines[2:] == [f"z = {number(z[j])}", f"a = {number(f(z)[j])}"]
    assert f"a = {number(output[0])}" in drawing.titles["n3_1"]
    assert "δ" not in drawing.source
    assert "z =" not in draw_network(model).source


def test_delta_and_gradients_are_those_of_finite_differences():
    model = lecture_net()
    net = network_of(model, X, Y, nn.MSELoss())
    h = 1e-6
    for k, layer in enumerate(net.layers):
        ups = [by_hand(model, (k, j, h))[2] for j in range(layer.size)]
        downs = [by_hand(model, (k, j, -h))[2] for j in range(layer.size)]
        assert layer.delta == pytest.approx((np.array(ups) - downs) / (2 * h), rel=1e-6, abs=1e-10)
        for (i, j), gradient in np.ndenumerate(layer.weight_gradient):
            weight = model[2 * k].weight
            kept = weight.data[j, i]
            losses = []
            for step in (h, -h):
                weight.data[j, i] = kept + step
                losses.append(by_hand(model)[2])
            weight.data[j, i] = kept
            assert gradient == pytest.approx((losses[0] - losses[1]) / (2 * h), rel=1e-5, abs=1e-10)
        assert layer.bias_gradient == pytest.approx(layer.delta)
    assert net.loss == pytest.approx(by_hand(model)[2])


def test_delta_and_gradients_in_the_picture():
    model = lecture_net()
    net = network_of(model, X, Y, nn.MSELoss())
    drawing = draw_network(model, X, Y, loss=nn.MSELoss(), show=("weight", "delta", "grad"))
    light = THEMES["light"]
    text = f"δ = {number(net.layers[1].delta[0])}"
    assert drawing.titles["n2_1"].endswith(text)
    assert f'<FONT COLOR="{light.gradient}" POINT-SIZE="10">{text}</FONT>' in drawing.source
    gradient = number(net.layers[0].weight_gradient[1, 2])
    assert drawing.titles["w1_2_3"].endswith(f"\n∂L/∂w₂₃⁽¹⁾ = {gradient}")
    assert f">∂L/∂w = {gradient}</FONT>" in drawing.source
    assert f"L = {number(net.loss)}" in drawing.titles["loss"]
    assert "y = 0.8" in drawing.titles["loss"]
    assert ("n3_1", "loss") in lines_of(drawing.source)
    default = draw_network(model, X, Y, loss=nn.MSELoss())
    assert "∂L/∂" not in default.source
    assert text in default.source


def test_what_has_no_gradient_has_a_dash():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    model[0].weight.requires_grad = False
    drawing = draw_network(model, X, loss=lambda out: out.sum(), show=("grad", "delta"))
    assert drawing.titles["w1_1_1"].endswith("= —")
    assert not drawing.titles["b1_1"].endswith("= —")
    detached = draw_network(model, X, loss=lambda out: out.detach().sum())
    assert detached.titles["n1_1"].endswith("δ = —")


def test_the_model_is_left_as_it_was():
    class Normed(nn.Module):
        def __init__(self):
            self.a, self.norm, self.drop, self.b = nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.9), nn.Linear(3, 1)

        def forward(self, x):
            return self.b(self.drop(tg.relu(self.norm(self.a(x)))))

    model = Normed()
    model.norm.eval()
    (model.a.weight.sum() * 2).backward()
    before = {path: value.numpy().copy() for path, value in model.state_dict().items()}
    x = tg.tensor([[0.5, 1.0]], requires_grad=True)
    state = tg.get_rng_state()
    with tg.no_grad():
        drawing = draw_network(model, x, [[1.0]], loss=nn.MSELoss(), show=("value", "delta", "grad"))
    assert [vars(module).get("training") for module in (model, model.norm, model.a)] == [None, False, None]
    assert x.grad is model.b.weight.grad is None
    assert (model.a.weight.grad.numpy() == 2).all()
    after = model.state_dict()
    assert all((after[path].numpy() == value).all() for path, value in before.items())
    assert str(tg.get_rng_state()) == str(state)
    assert "_registered_hooks" not in vars(model.b) or not any(vars(model.b)["_registered_hooks"])
    assert "batch norm → ReLU" in drawing.source


def test_a_drawing_keeps_what_was():
    model = nn.Linear(2, 1)
    net = network_of(model, X)
    kept = net.layers[0].weight.copy()
    model.weight.data += 1.0
    assert (net.layers[0].weight == kept).all()


# --- how models are built -------------------------------------------------------------------------------------


class Functional(nn.Module):
    """Layers called in another order than they were made, with functions between them."""

    def __init__(self, function=tg.tanh):
        self.out, self.fc, self.function = nn.Linear(3, 2), nn.Linear(2, 3), function

    def forward(self, x):
        return self.out(self.function(self.fc(x))).reshape(-1)


def test_how_a_model_is_built_makes_no_difference():
    flat = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    nested = nn.Sequential(nn.Sequential(flat[0], nn.Dropout()), nn.Identity(), nn.Sequential(flat[1], flat[2]))
    custom = Functional()
    custom.fc, custom.out = flat[0], flat[2]
    assert len({draw_network(model, X).source for model in (flat, nested, custom)}) == 1
    assert draw_network(custom, X).titles["W2"].startswith("W⁽²⁾ = out.weight.T")
    with pytest.raises(DrawingError, match=r"zeros of shape \(1, 3\).*draw_network\(model, inputs\)"):
        draw_network(custom)  # its first layer is not the first that forward() calls


@pytest.mark.parametrize(
    ("function", "sign"),
    [
        (tg.sigmoid, "σ"),
        (nn.functional.leaky_relu, "Leaky ReLU"),
        (lambda z: z / (1 + abs(z)), "f"),
        (lambda z: z, ""),
        (nn.GELU(), "GELU"),
        (nn.Sequential(nn.LayerNorm(3), nn.ELU()), "layer norm → ELU"),
    ],
)
def test_activations_are_named(function, sign):
    net = network_of(Functional(function), X)
    assert net.layers[0].activation == sign
    assert net.layers[0].a == pytest.approx(function(tg.tensor([net.layers[0].z])).detach().numpy()[0])


def test_images_are_flattened():
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 2))
    net = network_of(model, np.arange(6.0).reshape(1, 2, 3))
    assert net.inputs.tolist() == [0, 1, 2, 3, 4, 5]
    assert net.steps == ""
    scaled = nn.Sequential(nn.Tanh(), nn.Linear(2, 1))
    assert draw_network(scaled, X).titles["n0_1"] == f"a₁⁽⁰⁾\ninput layer\na₁⁽⁰⁾ = {number(np.tanh(X[0]))}"


class Skip(nn.Module):
    def __init__(self):
        self.first, self.second, self.last = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1)

    def forward(self, x):
        h = self.first(x)
        return self.last(self.second(h) + h)


class Extra(nn.Module):
    def __init__(self):
        self.fc, self.scale = nn.Linear(2, 2), nn.Parameter(tg.ones(2))

    def forward(self, x):
        return self.fc(x) * self.scale


class Pair(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        return self.fc(x), x


class Summed(Pair):
    def forward(self, x):
        return self.fc(x).sum()


class Unused(Pair):
    def forward(self, x):
        return x * 2


class Looked(Pair):
    def forward(self, x):
        return self.fc(x[:, [0, 1, 2]])


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Skip(), "layer 'last'.*skip connection"),
        (Extra(), "the output is not fed .*a parameter outside of nn.Linear"),
        (nn.Sequential(nn.Embedding(5, 2), nn.Linear(2, 1)), r"layer '0' \(Embedding\).*its weight"),
        (nn.Sequential(nn.ReLU()), "Sequential has no nn.Linear"),
        (Pair(), r"forward\(\) of Pair returns a tuple"),
        (Summed(), r"the output is not made of the 2 neurons of layer 'fc' \(Linear\)"),
        (Unused(), r"Unused calls none of its nn\.Linear.*draw\(model, inputs=x\) draws any"),
        (Looked(), r"Looked could not be followed with zeros.*draw_network\(model, inputs\)"),
        (nn.ModuleList([nn.Linear(2, 2)]), "ModuleList could not be followed"),
    ],
)
def test_what_is_no_chain_of_layers_is_refused_by_name(model, message):
    with pytest.raises(DrawingError, match=message):
        draw_network(model)
    assert all(not any(vars(m).get("_registered_hooks", ())) for m in model.modules())


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (((X, X),), ValueError, r"one sample, but inputs of shape \(2, 2\) hold 2"),
        ((X, Y), ValueError, "without a loss"),
        ((None, Y, nn.MSELoss()), ValueError, "without an example"),
        (
            (X, None, lambda out: out * np.ones(3)),
            ValueError,
            r"returned shape \(3,\); it must return a Tensor with one number",
        ),
        ((X, None, lambda out: 3.0), ValueError, "returned a float; it must"),
    ],
)
def test_what_does_not_fit_together_is_refused(arguments, error, message):
    inputs, targets, loss = (*arguments, None, None)[:3]
    with pytest.raises(error, match=message):
        draw_network(lecture_net(), inputs, targets, loss=loss)


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("theme", "blue", "'blue'"),
        ("show", "weight", "'weight'"),
        ("show", ("heat",), "heat"),
        ("show", ("value",), "needs an example"),
        ("show", ("delta",), "need a loss"),
        ("precision", 0, "a whole number from 1"),
        ("max_neurons", 2, "a whole number from 3"),
        ("lang", "fr", "'fr'"),
    ],
)
def test_arguments_are_checked(argument, value, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        draw_network(lecture_net(), **{argument: value})


@pytest.mark.parametrize("nonsense", [None, 3, nn.Linear, tg.tensor(1.0), [nn.Linear(1, 1)]])
def test_only_modules_are_networks(nonsense):
    with pytest.raises(TypeError, match=r"takes a model, an nn\.Module"):
        draw_network(nonsense)


# --- large ones -----------------------------------------------------------------------------------------------


def test_large_layers_are_shortened_and_counted():
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    drawing = draw_network(model)
    keys = [key for key in drawing.titles if key.startswith("n0")]
    assert keys == ["n0_1", "n0_2", "n0_3", "n0_4", "n0_5", "n0_784"]
    assert drawing.titles["dots0"] == "778 neurons not drawn"
    assert drawing.titles["h0"].endswith("neurons: 784")
    assert sum(key.startswith("n2") for key in drawing.titles) == 10
    assert "dots2" not in drawing.titles
    assert not [key for key in drawing.titles if key.startswith("w")]  # no labels where nobody could read them
    assert drawing.title == "Neural network 784-128-10"
    weights = model[0].weight.detach().numpy()
    style = "dashed" if weights[127, 783] < 0 else "solid"
    assert f'style="{style}"' in lines_of(drawing.source)["n0_784", "n1_128"]
    labelled = draw_network(model, max_neurons=3, show=("weight",))
    assert labelled.titles["w1_784_128"] == f"w₇₈₄,₁₂₈⁽¹⁾ = {number(weights[127, 783])}"
    with pytest.raises(ValueError, match="max_neurons below 200"):
        draw_network(model, max_neurons=200, show=("weight",))


def test_labels_are_left_out_where_there_are_too_many_lines():
    for sizes, is_labelled in (((5, 4), True), ((2, 3, 3, 3, 1), True), ((4, 5), False), ((1, 5, 5, 1), False)):
        model = nn.Sequential(*[nn.Linear(m, n) for m, n in itertools.pairwise(sizes)])
        assert any(key.startswith("w") for key in draw_network(model).titles) == is_labelled
        assert any(key.startswith("w") for key in draw_network(model, show=("weight",)).titles)
    with pytest.raises(ValueError, match="72 lines"):
        draw_network(nn.Linear(8, 8), show=("weight",))


def test_a_large_network_is_drawn_at_once(graphviz):
    model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    start = time.process_time()
    draw_network(model, np.ones(784), 3, loss=nn.CrossEntropyLoss()).pipe("svg")
    assert time.process_time() - start < 5  # 0.3 s; a busy machine may take its time


# --- how it looks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("show", [("weight",), ("weight", "value", "delta", "grad")])
@pytest.mark.parametrize("sizes", [(2, 1), (2, 3, 3, 1), (3, 4, 3)])
def test_labels_cover_neither_each_other_nor_neurons_and_lie_on_their_lines(graphviz, show, sizes):
    rng = np.random.default_rng(0)
    model = nn.Sequential(*[nn.Linear(m, n, rng=rng) for m, n in itertools.pairwise(sizes)])
    drawing = draw_network(model, np.ones(sizes[0]), loss=lambda out: (out**2).sum(), show=show)
    boxes, circles = {}, {}
    for key, group in parts(drawing).items():
        polygon, ellipse = group.find(f"{SVG}polygon"), group.find(f"{SVG}ellipse")
        if ellipse is not None:
            circles[key] = [float(ellipse.get(name)) for name in ("cx", "cy", "rx")]
        elif polygon is not None:
            points = np.array([[float(n) for n in p.split(",")] for p in polygon.get("points").split()])
            boxes[key] = np.concatenate([points.min(0), points.max(0)])
    labels = [key for key in boxes if re.fullmatch(r"[wb]\d_\d(_\d)?", key)]
    assert len(labels) == sum((m + 1) * n for m, n in itertools.pairwise(sizes))
    for one, other in itertools.combinations(boxes, 2):
        (a, b, c, d), (e, f, g, h) = boxes[one], boxes[other]
        assert c <= e or g <= a or d <= f or h <= b, (one, other)
    for label, (key, (x, y, radius)) in itertools.product(labels, circles.items()):
        left, top, right, bottom = boxes[label]
        nearest = np.clip(x, left, right) - x, np.clip(y, top, bottom) - y
        assert np.hypot(*nearest) > radius, (label, key)
    for label in labels:
        k, *ends = map(int, re.findall(r"\d+", label))
        first = circles[f"bias{k - 1}" if label[0] == "b" else f"n{k - 1}_{ends[0]}"]
        last = circles[f"n{k}_{ends[-1]}"]
        left, top, right, bottom = boxes[label]
        share = ((left + right) / 2 - first[0]) / (last[0] - first[0])
        assert first[1] + share * (last[1] - first[1]) == pytest.approx((top + bottom) / 2, abs=1.0)


def test_what_stands_in_a_circle_stays_inside(graphviz):
    model = nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(), nn.Linear(3, 2), nn.LogSoftmax())
    drawing = draw_network(model, X * 1e-7, 1, loss=nn.NLLLoss())
    for key, group in parts(drawing).items():
        ellipse = group.find(f"{SVG}ellipse")
        if ellipse is None or not key.startswith("n"):
            continue
        x, y, radius = (float(ellipse.get(name)) for name in ("cx", "cy", "rx"))
        for text in group.iter(f"{SVG}text"):
            left, base, size = float(text.get("x")), float(text.get("y")), float(text.get("font-size"))
            assert np.hypot(left - x, max(abs(base - y), abs(base - 0.7 * size - y))) < radius, (key, text.text)


def test_the_node_one_can_be_told_without_colour():
    for theme in THEMES:
        source = draw_network(lecture_net(), theme=theme).source
        assert re.search(r'bias0 \[class="constant".*style="filled,dashed".*>1</FONT>', source)
        assert THEMES[theme].background in source
        assert not re.search(r"^  n1_1 \[.*dashed", source, re.MULTILINE)


def test_both_languages_and_the_setting():
    drawing = draw_network(lecture_net(), X, Y, loss=nn.MSELoss(), lang="vi")
    for text in (
        "<B>Lớp đầu vào</B>",
        "<B>Lớp ẩn 2</B>",
        "<B>(hidden layer 2)</B>",
        "<B>Lớp đầu ra</B>",
        "số neuron: 3",
    ):
        assert text in drawing.source
    assert drawing.title == "Mạng nơ-ron (neural network) 2-3-3-1"
    assert "lớp ẩn 1 (hidden layer 1): 3 (tanh)" in drawing.description
    tg.set_language("vi")
    assert "số neuron" in draw_network(lecture_net()).source
    english = draw_network(lecture_net(), lang="en")
    assert english.description == (
        "Neural network 2-3-3-1. input layer: 2; hidden layer 1: 3 (tanh); hidden layer 2: 3 (ReLU); "
        "output layer: 1 (σ)."
    )
    assert "<B>Hidden layer 1</B>" in english.source


@pytest.mark.parametrize(
    "name",
    [
        'say "w"',
        "back\\slash\\N",
        "<b>bold</b>",
        "{a|b}",
        "</script>",
        "]]>",
        "two\nlines",
        "😀",
        "lo\u031b\u0301p",
        " ",
    ],
)
def test_names_are_only_letters(graphviz, name):
    model = nn.Sequential({name: nn.Linear(2, 1)})
    loss = type("Loss", (), {"__call__": lambda self, out: out.sum()})()
    loss.__name__ = name
    drawing = draw_network(model, X, loss=loss)
    found = parts(drawing)
    composed = unicodedata.normalize("NFC", name)
    assert found["W1"].findtext(f"{SVG}title") == f"W⁽¹⁾ = {composed}.weight.T\nb⁽¹⁾ = {composed}.bias"
    drawn = found["loss"].find(f".//{SVG}text").text.replace("\xa0", " ")
    assert drawn.startswith(" ".join(composed.split())[:4] or "␣")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_graphviz_has_nothing_to_complain_about(graphviz, theme, format, monkeypatch):
    done = []
    run = subprocess.run

    def noted(*args, **settings):
        done.append(run(*args, **settings))
        return done[-1]

    monkeypatch.setattr(subprocess, "run", noted)
    show = ("weight", "value", "delta", "grad")
    content = draw_network(lecture_net(), X, Y, loss=nn.MSELoss(), theme=theme, show=show).pipe(format)
    assert content.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[format])
    complaints = b"".join(process.stderr for process in done).splitlines()
    assert len(done) == (2 if format == "png" else 1)  # of a PNG the size is asked for first
    assert [line for line in complaints if not line.startswith(b"Fontconfig")] == []  # that is about the machine


def test_every_line_says_what_it_connects(graphviz):
    drawing = draw_network(lecture_net())
    groups = ET.fromstring(drawing.pipe("svg")).iter(f"{SVG}g")
    titles = [group.findtext(f"{SVG}title") for group in groups if group.get("class", "").startswith("edge")]
    assert len(titles) == 25
    assert {"x₁ → a₃⁽¹⁾", "1 → ŷ", "a₂⁽¹⁾ → a₁⁽²⁾"} <= set(titles)


# --- for LaTeX, and step by step ---------------------------------------------------------------------------------


def test_tikz_has_every_part_in_the_same_place(monkeypatch):
    monkeypatch.setenv("PATH", "")
    drawing = draw_network(lecture_net(), X, Y, loss=nn.MSELoss())
    text = drawing.to_tikz()
    places = re.findall(r"\\node\[.*?\] at (\(.*?\)) ", text)
    given = re.findall(r'^  \w+ \[class=.*?pos="(.*?)"', drawing.source, re.MULTILINE)
    assert sorted(places) == sorted(f"({one})" for one in given)
    assert text.count(r"\draw[") == len(lines_of(drawing.source)) == 26
    assert text.count(", dashed] (") == drawing.source.count('style="dashed"]')
    for part in (r"$w_{13}^{(2)}$", rf"${number(drawing.network.layers[1].delta[2]).replace('−', '-')}$"):
        assert part in text or part.replace("$", "", 1) in text
    assert "\\textbf{Hidden layer 2}" in text
    assert r"\begin{document}" not in text
    assert text == drawing.to_tikz()


def test_tex_files(tmp_path):
    drawing = draw_network(lecture_net(), theme="dark")
    path = drawing.render(tmp_path / "net.tex")
    assert path.read_text(encoding="utf-8") == drawing.to_tikz(document=True)
    assert r"\pagecolor{tgPage}" in drawing.to_tikz(document=True)


def seen(svg):
    """What can be read in a frame, part by part, and where every part is."""
    texts, places = {}, {}
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if "node" in group.get("class", ""):
            texts[group.get("data-part")] = [text.text.replace("\xa0", "") for text in group.iter(f"{SVG}text")]
            ellipse = group.find(f"{SVG}ellipse")
            if ellipse is not None:
                places[group.get("data-part")] = [ellipse.get(name) for name in ("cx", "cy", "rx")]
    return {key: [text for text in lines if text] for key, lines in texts.items()}, places


@pytest.mark.parametrize("show", [None, ("weight", "value", "delta", "grad")])
def test_the_story_goes_forward_and_back_and_nothing_moves(graphviz, tmp_path, show):
    drawing = draw_network(lecture_net(), X, Y, loss=nn.MSELoss(), show=show)
    paths = drawing.frames(tmp_path / "story")
    frames = [path.read_text(encoding="utf-8") for path in paths]
    assert [path.name for path in paths] == [f"frame-{i:03d}.svg" for i in range(1, 9)]
    told = [seen(frame)[0] for frame in frames]
    assert all(seen(frame)[1] == seen(frames[0])[1] for frame in frames)
    assert len({re.search(r'viewBox="[^"]*"', frame)[0] for frame in frames}) == 1
    known = [[len(texts[f"n{k}_1"]) for k in range(4)] for texts in told]
    assert known == [[2, 1, 1, 1], [2, 3, 1, 1], [2, 3, 3, 1], [2, 3, 3, 3], [2, 3, 3, 3], [2, 3, 3, 4], [2, 3, 4, 4],
                     [2, 4, 4, 4]]  # fmt: skip
    assert [any("= " in text for text in texts["loss"] if text[0] == "L") for texts in told] == [False] * 4 + [True] * 4
    if show is not None:
        counts = [[len(texts[f"w{k}_1_1"]) for k in (1, 2, 3)] for texts in told]
        assert counts == [[1, 1, 1]] * 5 + [[1, 1, 2], [1, 2, 2], [2, 2, 2]]
    end = seen(drawing.pipe("svg").decode())[0]
    assert {key: lines for key, lines in told[-1].items() if key != "said"} == end
    said = [" ".join(" ".join(texts["said"][1:]).split()) for texts in told]
    assert said[2] == "z⁽²⁾ = a⁽¹⁾ W⁽²⁾ + b⁽²⁾, a⁽²⁾ = ReLU(z⁽²⁾)"
    assert said[5] == "δ⁽³⁾ = ∂L/∂ŷ ⊗ σ′(z⁽³⁾), ∂L/∂W⁽³⁾ = a⁽²⁾ᵀ δ⁽³⁾, ∂L/∂b⁽³⁾ = δ⁽³⁾"
    assert said[7] == "δ⁽¹⁾ = (δ⁽²⁾ W⁽²⁾ᵀ) ⊗ tanh′(z⁽¹⁾), ∂L/∂W⁽¹⁾ = xᵀ δ⁽¹⁾, ∂L/∂b⁽¹⁾ = δ⁽¹⁾"
    active = [
        set(re.findall(r'data-part="(\w+)">\n<title>[^<]*</title>\n<\w+ fill="#ffe08a"', frame)) for frame in frames
    ]
    assert [sorted(parts)[0][:2] for parts in active] == ["n0", "n1", "n2", "n3", "lo", "n3", "n2", "n1"]


def test_formulas_hold_for_softmax_and_for_layers_without_activation_too():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2), nn.Softmax())
    moments = moments_of(*_network(model, loss=lambda out: out[0]))
    said = [moment.said[1] for moment in moments]
    assert said[1] == "z⁽¹⁾ = x W⁽¹⁾,   a⁽¹⁾ = z⁽¹⁾"
    assert said[4].startswith("δ⁽²⁾ = ∂L/∂z⁽²⁾,")
    assert said[5] == "δ⁽¹⁾ = δ⁽²⁾ W⁽²⁾ᵀ,   ∂L/∂W⁽¹⁾ = xᵀ δ⁽¹⁾"


def _network(model, loss):
    drawing = draw_network(model, X, loss=loss)
    return drawing.network, drawing.look


def test_one_document_with_all_steps(graphviz, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    drawing = draw_network(nn.Linear(2, 1), X, lang="vi")
    (path,) = drawing.frames(tmp_path / "steps.pdf")
    reader = pypdf.PdfReader(path)
    assert len(reader.pages) == 2
    titles = [one.title for one in reader.outline]
    assert titles == ["1. Lớp đầu vào (input layer)", "2. Lan truyền xuôi (feedforward): lớp đầu ra (output layer)"]


def test_steps_need_an_example(tmp_path):
    drawing = draw_network(lecture_net())
    for make in (lambda: drawing.frames(tmp_path / "story"), lambda: drawing.to_tikz(overlays=True)):
        with pytest.raises(DrawingError, match=r"draw_network\(model, inputs\)"):
            make()
    with pytest.raises(ValueError, match="'gif'"):
        drawing.frames(tmp_path / "story", "gif")
    assert list(tmp_path.iterdir()) == []


PROGRAM = """
import sys
import numpy as np
import tinygrad_vn as tg
from tinygrad_vn import nn
rng = np.random.default_rng(1)
model = nn.Sequential(nn.Linear(2, 3, rng=rng), nn.Tanh(), nn.Linear(3, 3, rng=rng), nn.Linear(3, 1, rng=rng))
drawing = tg.draw_network(model, [1.0, 2.0], 1.0, loss=nn.MSELoss(), show={"grad", "weight", "value", "delta"})
sys.stdout.buffer.write(drawing.source.encode())
"""


def test_the_text_is_the_same_in_every_process_and_for_every_hash_seed():
    texts = set()
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        texts.add(
            subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True, env=environment).stdout
        )
    assert len(texts) == 1
    assert "w₁₁⁽¹⁾".encode() in texts.pop()


def test_pygraphviz_leaves_everything_in_its_place_too(monkeypatch):
    pytest.importorskip("pygraphviz", reason="pygraphviz is not installed")
    monkeypatch.setenv("PATH", "")
    drawing = draw_network(nn.Linear(2, 1))
    found = {key: group.find(f"{SVG}ellipse") for key, group in parts(drawing).items() if key.startswith("n")}
    assert found["n0_1"].get("cx") == found["n0_2"].get("cx") != found["n1_1"].get("cx")
    assert float(found["n0_1"].get("cy")) < float(found["n1_1"].get("cy")) < float(found["n0_2"].get("cy"))
    assert b"<svg" in layout.laid_out(drawing.source, "svg")
