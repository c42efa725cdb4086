"""Drawings as texts and as files: the same every time, readable by others, and safe with any name."""

import os
import re
import shlex
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.lecture import Drawing, DrawingError, draw
from tinygrad_vn.lecture.picture import layout
from tinygrad_vn.lecture.picture.draw import make_dot
from tinygrad_vn.lecture.picture.edges import equal_parts
from tinygrad_vn.lecture.theme import ROLES, THEMES

SVG = "{http://www.w3.org/2000/svg}"

PROGRAM = """
import sys
import numpy as np
import tinygrad_vn as tg
from tinygrad_vn.lecture import draw
w = tg.tensor([[0.5, -1.0]], requires_grad=True)
b = tg.tensor(1e-7, requires_grad=True, name='b "phụ"')
x = tg.tensor([2.0, 3.0])
sys.stdout.buffer.write(draw(np.tanh(w @ x + b * b).sum()).source.encode())
"""


def one_rating():
    u = tg.tensor([0.5, -1.0, 2.0, 0.1, 0.3], requires_grad=True, name="u")
    m = tg.tensor([1.0, 1.5, 0.7, -0.2, 2.0], requires_grad=True, name="m")
    predicted = (u * m).sum()
    predicted.name = "r̂"
    return (predicted - tg.tensor(4.0, name="r")) ** 2


def titles(drawing):
    """The texts of the boxes, circles and arrows in a drawing's SVG."""
    groups = ET.fromstring(drawing.pipe("svg")).iter(f"{SVG}g")
    return [group.findtext(f"{SVG}title") for group in groups if group.get("class") != "graph"]


def test_the_text_is_the_same_in_every_process_and_for_every_hash_seed():
    texts = set()
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True, env=environment)
        texts.add(done.stdout)
    assert len(texts) == 1
    assert b"1.0\xc3\x97" in texts.pop()


def test_values_and_gradients_have_words_and_colours_of_their_own():
    source = draw(one_rating()).source
    light = THEMES["light"]
    assert f'<FONT COLOR="{light.value}" POINT-SIZE="10">value</FONT>' in source
    assert f'<FONT COLOR="{light.gradient}" POINT-SIZE="10">gradient</FONT>' in source
    assert f'<FONT COLOR="{light.value}" POINT-SIZE="12">9.120</FONT>' in source
    assert light.gradient not in draw(one_rating(), show=("value",)).source
    assert light.value not in draw(one_rating(), show=["grad"]).source


def test_both_languages_and_the_setting():
    assert "giá trị" in draw(one_rating(), lang="vi").source
    tg.set_language("vi")
    drawing = draw(one_rating())
    assert "giá trị" in drawing.source
    assert drawing.title == "Đồ thị tính toán (computation graph) của L"
    assert "tham số: 2" in drawing.description
    assert draw(one_rating(), lang="en").title == "Computation graph of L"


def luminance(colour):
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_can_be_read_and_roles_can_be_told_apart_without_colour(theme):
    for role in ROLES:
        for text in (theme.text, theme.value, theme.gradient, theme.muted):
            dark, light = sorted(map(luminance, (text, theme.boxes[role].fill)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (role, text)
    lines = {role: (box.style, box.borders, box.width) for role, box in theme.boxes.items()}
    assert len(set(lines.values())) == 6  # inputs begin arrows, intermediate values stand between them
    assert lines["input"] == lines["intermediate"]


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *(("rankdir", "left"), ("theme", "blue"), ("show", "value"), ("show", ["heat"]), ("lang", "fr")),
        *(("precision", 0), ("depth", -1), ("collapse", "yes"), ("max_nodes", 5), ("heat", "value")),
    ],
)
def test_arguments_are_checked(argument, value):
    with pytest.raises(ValueError, match=re.escape(repr(value))):
        draw(one_rating(), **{argument: value})


@pytest.mark.parametrize("nonsense", [3.0, None, [], [tg.tensor(1.0), 2.0], np.ones(2)])
def test_only_tensors_can_be_drawn(nonsense):
    with pytest.raises(TypeError, match="takes a Tensor"):
        draw(nonsense)


def test_names_may_come_from_named_parameters():
    a = tg.tensor(1.0, requires_grad=True)
    assert "<B>layer.weight</B>" in draw(a * a, names=[("layer.weight", a)]).source


def test_an_intermediate_value_is_called_by_name_where_formulas_speak_of_it():
    w = tg.tensor(2.0, requires_grad=True)
    (y,) = (w * 3.0,)
    loss = (y + 1.0 - 5.0) ** 2
    assert ">add_2</FONT>" in draw(loss).source
    plain = draw(loss, show=("value", "grad"))
    assert "add_2" not in plain.source
    assert plain.titles["v5"].startswith("add_2\n")  # under the mouse, and read aloud, it still has one
    assert "add_2" in draw(loss, show=()).source  # no box is empty
    assert "<B>ŷ</B>" in draw(loss, names={"ŷ": y}).source
    assert "<B>y</B>" in draw(loss, names=[("a", w)]).source


def test_a_box_has_room_for_its_name_in_a_wider_font():
    w = tg.tensor(2.0, requires_grad=True, name="trọng số <1>")
    assert 'WIDTH="96"><B>trọng số &lt;1&gt;</B></TD>' in draw(w * 3.0).source


def test_a_long_formula_on_an_arrow_stands_on_several_lines():
    w, x = tg.tensor(2.0, requires_grad=True), tg.tensor(3.0)
    lines = '>∂mul_1/∂w<BR ALIGN="LEFT"/>= x<BR ALIGN="LEFT"/>= 3<BR ALIGN="LEFT"/></FONT>'
    assert lines in draw(np.tanh(w * x)).source
    assert ">∂L/∂w = 1</FONT>" in draw(w + 1.0).source


def test_a_formula_does_not_say_the_same_twice():
    u = tg.tensor([1.0, 2.0], requires_grad=True)
    source = draw((u + 1.0).sum()).source
    assert '∂add_1/∂u<BR ALIGN="LEFT"/>= 1<BR ALIGN="LEFT"/></FONT>' in source
    slope = draw(u[0] * 2.0, names=[("∂y/∂x", u)]).source
    assert "((" not in slope


def test_gradients_that_do_not_exist_are_dashes_and_may_be_left_out():
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    y = w * 3.0
    assert ">—</FONT>" in draw(y).source
    assert ">0</FONT>" not in draw(y).source
    assert "—" not in draw(y, show=("value",)).source
    assert w.grad is None


def test_the_backward_pass_as_a_graph():
    w, x = tg.tensor(2.0, requires_grad=True), tg.tensor(3.0)
    b = tg.tensor(-6.5, requires_grad=True)
    L = np.tanh(w * x + b)
    before = draw(L, backward=True)
    values = {v.name: float(v.value) for v in before.graph.variables if v.given}
    slope = 1 - np.tanh(-0.5) ** 2
    assert values == pytest.approx(
        {"w": 2, "x": 3, "b": -6.5, "L": np.tanh(-0.5), "∂L/∂L": 1, "∂L/∂w": 3 * slope, "∂L/∂b": slope}
    )
    assert [result.role for result in before.graph.results] == ["loss", "gradient", "gradient"]
    assert w.grad is None
    L.backward()  # the graph was not used up
    assert draw(L, backward=True).source == before.source  # and that it is used up now makes no difference
    assert "∂L/∂w = 2.359" in before.description


@pytest.mark.parametrize(
    ("compute", "slope"), [(lambda x: x + x, 2.0), (lambda x: 3 * x + 1, 3.0), (lambda x: x + 1.0, 1.0)]
)
def test_a_gradient_that_depends_on_nothing_still_comes_from_the_seed(compute, slope):
    x = tg.tensor(2.0, requires_grad=True, name="x")
    graph = draw(compute(x), backward=True).graph
    seed, gradient = (v for v in graph.variables if v.role == "gradient")
    assert (seed.name, seed.value) == ("∂L/∂L", 1.0)
    assert (gradient.name, gradient.value) == ("∂L/∂x", slope)
    (maker,) = [operation for operation in graph.operations if operation.result == gradient.id]
    assert seed.id in [argument.source for argument in maker.sources]


def test_sixteen_doublings_backward():
    y = tg.tensor(1.0, requires_grad=True, name="x")
    for _ in range(16):
        y = y + y
    graph = draw(y, names={"y": y}, backward=True).graph
    assert len(graph.operations) == 32
    assert {v.name: v.value for v in graph.variables}["∂y/∂x"] == 2.0**16


def test_forward_and_backward_have_frames_of_their_own(graphviz):
    w, x = tg.tensor(2.0, requires_grad=True, name="w"), tg.tensor(3.0, name="x")
    drawing = draw(np.tanh(w * x), backward=True, lang="vi")
    graph = drawing.graph
    assert {v.name for v in graph.variables if v.id not in graph.going_back} == {"w", "x", "mul_1", "L"}
    forward, backward = drawing.source.split('subgraph "cluster_backward"')
    assert 'subgraph "cluster_forward"' in forward
    assert ">lan truyền ngược</FONT>" in backward
    color = THEMES["light"].gradient
    for position, arrow in enumerate(graph.arrows):
        (line,) = [line for line in drawing.source.splitlines() if f'id="e{position}"' in line]
        inside = arrow.source in graph.going_back and arrow.target in graph.going_back
        assert ('style="dashed"' in line and color in line) == inside
    assert ">mul_1</FONT>" in forward  # boxes have names
    assert "<title>lan truyền ngược</title>" in drawing.pipe("svg").decode()
    assert 'subgraph backward["lan truyền ngược"]' in drawing.to_mermaid()


def test_what_is_missing_is_explained_below_the_picture(graphviz):
    x = tg.tensor(2.0, requires_grad=True)
    with tg.no_grad():
        nothing = x * 3.0
    assert "requires_grad=True" in draw(nothing, lang="vi").description
    assert "no_grad()" in draw(nothing).source
    w = tg.tensor(np.ones((200, 100)), requires_grad=True)
    loss = (w + 1.0).sum()
    drawing = draw(loss)
    assert {v.name: v.value is None for v in drawing.graph.variables if v.name} == {
        "w": False,
        "add_1": True,
        "loss": False,
    }
    assert "no longer holds" in drawing.source
    loss.backward()
    assert "no longer holds" in draw(loss).source
    assert draw(loss).graph.results[0].gradient == 1.0
    assert "no longer holds" not in draw(x * 3.0).source


def test_a_repeated_argument_says_along_which_axis_its_gradient_is_added_up():
    b = tg.tensor([1.0, 2.0], requires_grad=True, name="b")
    c = tg.tensor(1.0, requires_grad=True, name="c")
    loss = (np.ones((3, 2)) + b + c).sum()
    assert "= 1 (∑₀)<" in draw(loss).source
    assert "= 1 (∑)<" in draw(loss).source


def test_no_line_of_a_formula_begins_in_the_midst_of_brackets():
    assert equal_parts("∂y/∂x = [x = y] + ½ = (a = b)") == ["∂y/∂x", "[x = y] + ½", "(a = b)"]


def test_masks_are_called_so_and_the_last_axis_has_its_number():
    x = tg.tensor([[1.0, 2.0]], requires_grad=True)
    graph = draw(np.clip(x, 0.0, 1.5).mean(axis=-1).sum()).graph
    assert [v.name for v in graph.variables if v.value is not None and v.value.dtype == bool] == ["mask1", "mask2"]
    assert "axis=1" in [operation.settings for operation in graph.operations]


def test_a_png_that_would_be_huge_is_drawn_with_fewer_dots(graphviz):
    y = tg.tensor(1.0, requires_grad=True, name="x")
    for _ in range(60):
        y = y * 0.9
    with pytest.warns(UserWarning, match="pixels"):
        png = draw(y, collapse=False).pipe("png")
    assert int.from_bytes(png[16:20], "big") <= 12_000


def test_the_backward_pass_asks_for_one_number_that_depends_on_something():
    w = tg.tensor([2.0], requires_grad=True)
    with pytest.raises(tg.GradientError, match="E02"):
        draw(np.concatenate([w, w]) * 2.0, backward=True)
    with pytest.raises(tg.GradientError, match="This result is not connected"):
        draw(tg.tensor(1.0) * 2.0, backward=True)
    with pytest.raises(TypeError, match="one number"):
        draw([w.sum(), w.sum()], backward=True)


def test_two_parameters_with_one_gradient_have_two_boxes():
    w, b = tg.tensor(2.0, requires_grad=True), tg.tensor(1.0, requires_grad=True)
    drawing = draw(np.exp(w + b), backward=True)
    assert [result.name for result in drawing.graph.results][1:] == ["∂L/∂w", "∂L/∂b"]


def test_a_second_derivative_draws_like_anything_else():
    x = tg.tensor(2.0, requires_grad=True)
    (slope,) = tg.grad(x**3, x, create_graph=True)
    drawing = draw(slope, names={"∂y/∂x": slope})
    assert drawing.graph.results[0].value == 12.0
    assert {v.name: v.gradient for v in drawing.graph.variables}["x"] == 12.0  # 6x


def test_torchviz_name(tmp_path):
    w = tg.tensor(2.0, requires_grad=True)
    y = w * 3.0
    drawing = make_dot(y, params={"weight": w}, show_saved=True)
    assert "<B>weight</B>" in drawing.source
    assert drawing.render(tmp_path / "graph", format="dot").name == "graph.dot"


def test_show_opens_a_browser_or_displays_in_a_notebook(graphviz, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    path = draw(one_rating()).show()
    assert opened == [path.as_uri()]
    assert ET.parse(path).getroot().tag == f"{SVG}svg"
    shown, ipython, display = [], ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    display.display = shown.append
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    drawing = draw(one_rating())
    assert drawing.show() is None
    assert shown == [drawing]
    assert len(opened) == 1


# --- without Graphviz -------------------------------------------------------------------------------------------


def test_without_graphviz_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    drawing = draw(one_rating())
    monkeypatch.setattr(sys, "executable", "/một thư mục/python")
    with pytest.raises(DrawingError, match=r"'/một thư mục/python' -m pip install pygraphviz|\"/một"):
        drawing.render(tmp_path / "loss.svg")
    assert not (tmp_path / "loss.svg").exists()
    assert drawing.render(tmp_path / "loss.dot").read_text(encoding="utf-8") == drawing.source
    assert "pip install" in drawing._repr_mimebundle_()["text/plain"]


def test_an_engine_that_fails_is_quoted(graphviz):
    with pytest.raises(DrawingError, match="could not draw this graph: "):
        layout.laid_out("digraph {{{", "svg")


@pytest.mark.parametrize("suffix", ["", ".jpeg", ".SVGZ"])
def test_unknown_formats_are_named(suffix, tmp_path):
    with pytest.raises(ValueError, match="svg, png, pdf, dot"):
        draw(one_rating()).render(tmp_path / f"loss{suffix}")


# --- with Graphviz ----------------------------------------------------------------------------------------------


def test_files_in_every_format(graphviz, tmp_path):
    drawing = draw(one_rating(), lang="vi")
    folder = tmp_path / "chưa có" / "bài giảng"
    svg = ET.parse(drawing.render(folder / "đồ thị.SVG")).getroot()
    assert svg.tag == f"{SVG}svg"
    png = drawing.render(str(folder / "loss.png")).read_bytes()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(png[i : i + 4], "big") for i in (16, 20))
    points = [float(n) for n in svg.get("viewBox").split()[2:]]
    assert [width, height] == pytest.approx([n * 192 / 72 for n in points], rel=0.02)
    assert drawing.render(folder / "loss.pdf").read_bytes().startswith(b"%PDF-")


def test_an_svg_scales_speaks_and_has_no_ids_that_could_clash(graphviz):
    drawing = draw(one_rating())
    svg = ET.fromstring(drawing.pipe("svg"))
    assert svg.get("width") == "100%"
    assert svg.get("height") is None
    assert svg[0].tag == f"{SVG}title"
    assert svg[0].text == drawing.title == "Computation graph of L"
    assert svg[1].tag == f"{SVG}desc"
    assert svg[1].text == drawing.description
    assert "inputs: 1; parameters: 2; constants: 0; operations: 4" in drawing.description
    assert not [element for element in svg.iter() if "id" in element.attrib]
    bundle = drawing._repr_mimebundle_()
    assert ET.fromstring(bundle["image/svg+xml"]).get("style").startswith("max-width")


def test_every_box_circle_and_arrow_says_what_it_is(graphviz):
    x = tg.tensor(3.0, requires_grad=True, name="x")
    assert sorted(titles(draw(x * x))) == [
        "L\nloss\nvalue = 9\ngradient = 1",
        "mul_1\noperation",
        "mul_1 → L",
        "x\nparameter\nvalue = 3\ngradient = 6",
        "x → mul_1\nlocal derivatives\n∂L/∂x⁽²⁾ = x = 3",
        "x → mul_1\nlocal derivatives\n∂L/∂x⁽¹⁾ = x = 3",
    ]


@pytest.mark.parametrize(
    "name",
    [
        'say "w"',
        "back\\slash\\",
        "\\N \\G \\n",
        "<b>bold</b>",
        "{left|right}",
        "&lt;b&gt; &amp; &#65;",
        "</script><script>alert(1)</script>",
        "<!-- -->",
        "]]>",
        "two\nlines",
        "😀 số",
        "tô\u0309ng tro\u0323ng so\u0302\u0301",
        "%s {0}",
        "x->y",
        " ",
        "long " * 30,
    ],
)
def test_names_are_drawn_as_they_are(graphviz, name):
    w = tg.tensor(2.0, requires_grad=True, name=name)
    drawing = draw(w * 3.0)
    composed = unicodedata.normalize("NFC", name)
    assert f"{composed}\nparameter\nvalue = 2\ngradient = 3" in titles(drawing)
    groups = ET.fromstring(drawing.pipe("svg")).iter(f"{SVG}g")
    box = next(group for group in groups if (group.findtext(f"{SVG}title") or "").startswith(composed))
    drawn = "".join(text.text for text in box.iter(f"{SVG}text")).partition("value")[0].replace("\xa0", " ")
    line = " ".join(composed.split()) or "␣"
    assert drawn == (line if len(line) <= 40 else line[:39] + "…")


@pytest.mark.parametrize("name", ["\x00\x07", "\ud800", "\x85"])
def test_what_is_no_text_is_replaced(graphviz, name):
    w = tg.tensor(2.0, requires_grad=True, name=name)
    assert any(title.startswith("\ufffd") for title in titles(draw(w * 3.0)))


def test_pygraphviz_draws_where_there_is_no_dot(monkeypatch):
    pytest.importorskip("pygraphviz", reason="pygraphviz is not installed")
    monkeypatch.setenv("PATH", "")
    assert draw(one_rating()).pipe("svg").startswith(b"<svg")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a script with a #! line")
@pytest.mark.parametrize(("status", "answer"), [(0, ""), (1, "could not draw this graph: bad luck")])
def test_dot_is_used_where_it_is_installed(monkeypatch, tmp_path, status, answer):
    folder = tmp_path / "một thư mục"
    folder.mkdir()
    (folder / "fake.py").write_text(
        "import sys\nprint('<svg>', *sys.argv[2:], sys.stdin.read(7), end='')\n"
        f"print('bad luck', file=sys.stderr)\nsys.exit({status})\n",
        encoding="utf-8",
    )
    command = shlex.join([sys.executable, str(folder / "fake.py")])  # a #! line takes no spaces and no long paths
    (folder / "dot").write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    (folder / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    source = draw(one_rating()).source
    if status:
        with pytest.raises(DrawingError, match=answer):
            layout.laid_out(source, "svg")
    else:
        assert "-Tsvg" in layout.laid_out(source, "svg").decode()
        assert layout.laid_out(source, "svg").decode().endswith("digraph")


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_matrices_summaries_and_everything_else_that_a_label_can_hold(graphviz, rankdir):
    X, W = tg.tensor(np.ones((4, 3))), tg.tensor(np.ones((3, 2)), requires_grad=True)
    cube = tg.tensor(np.ones((2, 2, 2)), requires_grad=True, name="cube")
    empty = tg.tensor(np.ones((0, 3)), requires_grad=True, name="empty")
    loss = np.tanh(X @ W).sum() + (cube**3).sum() + empty.sum() + W.T[0].mean()
    for show in (("value", "grad"), ("grad",), ()):
        drawing = draw(loss, show=show, theme="dark", rankdir=rankdir)
        assert isinstance(drawing, Drawing)
        assert len(titles(drawing)) == drawing.source.count('[class="') + drawing.source.count(" -> ")
    assert "2×2×2 float64" in draw(loss).source
