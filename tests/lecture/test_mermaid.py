"""Drawings as Mermaid flowcharts: a line for everything, and names that are nothing but letters."""

import re

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.lecture import draw

TEXT = r'"((?:[^"#;&<>`\\\[\]{}]|#\d+;|<br/>)*)"'
LINES = [
    re.compile(r"flowchart (LR|TB|RL|BT)"),
    re.compile(r"  acc(Title|Descr): [^\n{}<>\"]+"),
    re.compile(rf"  v\d+(\({TEXT}\)|\[\[{TEXT}\]\]):::\w+"),
    re.compile(rf"  op\d+\(\({TEXT}\)\):::operation"),
    re.compile(rf"  g\d+\[{TEXT}\]:::group"),
    re.compile(rf"  (v|op|g)\d+ -->(\|{TEXT}\|)? (v|op|g)\d+"),
    re.compile(rf"  subgraph s\d+\[{TEXT}\]"),
    re.compile(r"  end"),
    re.compile(r"  classDef \w+ [\w:#,.\- ]+"),
    re.compile(r"  style [vg]\d+ fill:#\w{6},color:#\w{6}"),
]


def assert_valid(text):
    for line in text.splitlines():
        assert any(pattern.fullmatch(line) for pattern in LINES), line
    assert text.count("  subgraph ") == len(re.findall(r"^  end$", text, re.M))


@pytest.mark.parametrize("options", [{}, {"lang": "vi"}, {"theme": "dark", "heat": "grad"}, {"show": ()}])
def test_boxes_circles_and_arrows_are_all_there(options):
    w, x = tg.tensor(2.0, requires_grad=True), tg.tensor([3.0, 1e-7])
    drawing = draw((np.tanh(w * x) ** 2).sum(), **options)
    text = drawing.to_mermaid()
    assert_valid(text)
    assert text.count(" -->") == len(drawing.graph.arrows)
    assert len(re.findall(r"^  (?:v|op)\d+[\[(]", text, re.M)) == len(drawing.graph)


@pytest.mark.parametrize(
    "name", ['a"b', "</script><script>", "`code`", "end", "#35;", "a\nb", "{x|y}", "😀 số", "%%{init}%%"]
)
def test_names_are_nothing_but_letters(name):
    w = tg.tensor(2.0, requires_grad=True, name=name)
    text = draw(w * 3.0).to_mermaid()
    assert_valid(text)
    shown = re.search(r'  v1\[\["(.*?)<br/>', text)[1]
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), shown) == " ".join(name.split())


def test_layers_and_groups():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    assert_valid(draw(model, inputs=np.ones((1, 2))).to_mermaid())
    assert '  subgraph s1["0 · Linear(2, 3)"]' in draw(model, inputs=np.ones((1, 2))).to_mermaid()
    y = w = tg.tensor(1.0, requires_grad=True)
    for _ in range(200):
        y = y * 0.5 + w
    assert_valid(draw(y).to_mermaid())


def test_files(tmp_path):
    w = tg.tensor(2.0, requires_grad=True)
    drawing = draw(w * 3.0)
    assert drawing.render(tmp_path / "a.mmd").read_text(encoding="utf-8") == drawing.to_mermaid()
    page = drawing.render(tmp_path / "a.md").read_text(encoding="utf-8")
    assert page.startswith("# Computation graph of L\n")
    assert f"```mermaid\n{drawing.to_mermaid()}```\n" in page
