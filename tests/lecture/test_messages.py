"""What is said where nothing can be drawn, told or derived, in both languages."""

import ast
import pickle  # noqa: TID251 - how processes pass errors on
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.stories import square
from tinygrad_vn import lecture, nn
from tinygrad_vn.lecture import DrawingError, animate, draw, draw_network, explain, trace_table
from tinygrad_vn.lecture.picture import layout

X = np.ones((1, 2))
w = tg.tensor(2.0, requires_grad=True, name="w")
FILE = Path("is-never-written") / "a.html"


class Made(nn.Module):
    """One layer, and a forward() that somebody else wrote."""

    def __init__(self, forward: Callable[..., Any]) -> None:
        self.fc, self.last = nn.Linear(2, 2), nn.Linear(2, 1)
        self.compute = forward

    def forward(self, x: Any) -> Any:
        return self.compute(self, x)


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))


def long() -> None:
    y = w
    for _ in range(500):
        y = y * 0.5
    draw(y, collapse=False).frames(FILE)


def changing() -> None:
    layer = nn.Linear(1, 1, bias=False)
    states = {epoch: {"weight": tg.tensor([[float(epoch - 1)]])} for epoch in (0, 2)}

    def loss() -> tg.Tensor:
        y = layer(np.ones((1, 1))).sum()
        return y * y if y.item() > 0 else y

    animate(states, layer, loss, FILE)


def returning(result: Any) -> None:
    animate({3: {}}, nn.ReLU(), lambda: result, FILE)


Mistake = Callable[[], Any]
MISTAKES: list[tuple[type[Exception], str, str, Mistake]] = [
    # arguments
    (
        ValueError,
        "rankdir='up' is unknown; .*'LR', 'TB'",
        "hãy viết một trong: 'LR'",
        lambda: draw(w * w, rankdir="up"),
    ),
    (ValueError, r"theme=\[\] is unknown", "hãy viết một trong", lambda: draw_network(mlp(), theme=[])),
    (ValueError, "format='html' is unknown.*'latex'", "hãy viết", lambda: explain(w * w, format="html")),
    (ValueError, "detail='node'", "một trong: 'operation'", lambda: square().frames(FILE, "svg", "node")),
    (ValueError, r"show='value' .* such as \('value',\)", r"chẳng hạn \('value',\)", lambda: draw(w * w, show="value")),
    (ValueError, "show=3", "hãy viết một tuple", lambda: draw(w * w, show=3)),
    (ValueError, "show=None", "hãy viết một tuple", lambda: draw(w * w, show=None)),
    (ValueError, r"show=\[\[\]\] .*'weight', 'value'", "một tuple", lambda: draw_network(mlp(), show=[[]])),
    (ValueError, "precision='4' .* from 1", "từ 1 trở lên", lambda: draw(w * w, precision="4")),
    (ValueError, "precision=None .* from 1", "từ 1 trở lên", lambda: trace_table(w * w, precision=None)),
    (ValueError, "depth=1.5 .* from 0", "số nguyên từ 0", lambda: draw(w * w, depth=1.5)),
    (ValueError, "max_neurons=2 .* from 3", "số nguyên từ 3", lambda: draw_network(mlp(), max_neurons=2)),
    # what is to be drawn or derived
    (TypeError, r"draw\(\) takes .*not NoneType: None", "không nhận NoneType", lambda: draw(None)),
    (TypeError, r"write names=\{\"w\": w\}", r"hãy viết names=\{\"w\": w\}", lambda: draw(w * w, names={"vi": 1.0})),
    (TypeError, r"draw\(model, inputs=x\)", "dữ liệu để tính", lambda: draw(mlp())),
    (TypeError, "leave inputs= out", "hãy bỏ inputs=", lambda: draw(w * w, inputs=X)),
    (TypeError, "not of 2 results; draw their sum", "2 kết quả; hãy vẽ tổng", lambda: draw([w, w * w], backward=True)),
    (
        TypeError,
        "Made returned a NoneType, but",
        "return kết quả chưa",
        lambda: draw(Made(lambda m, x: None), inputs=X),
    ),
    (TypeError, r"explain\(\) takes .*such as a loss, not type", "chẳng hạn loss", lambda: explain(nn.Linear)),
    (ValueError, "wrt='v': .*gradients of w, ", "có gradient của w, ", lambda: explain(w * 2.0, "v")),
    (ValueError, "wrt=3: .*gradients of w, ", "có gradient của w, ", lambda: explain(w * 2.0, 3)),
    (ValueError, "no gradient at all", "không có gradient nào", lambda: explain(tg.tensor(1.0) * 2.0, "v")),
    (TypeError, r"trace_table\(\) takes .*not list: \[\]", "không nhận list", lambda: trace_table([])),
    # pictures, files, stories
    (ValueError, "as 'gif'; there are svg, png, pdf, dot", "có các dạng svg", lambda: square().render("a.gif")),
    (ValueError, "as ''; there are svg", "có các dạng svg", lambda: draw_network(mlp()).render("a")),
    (ValueError, "frames cannot be written as 'dot'", "có các dạng svg, png", lambda: square().frames(FILE, "dot")),
    (ValueError, "'a.pdf' is one PDF.*'png'", "ghi tên một thư mục", lambda: square().frames("a.pdf", "png")),
    (DrawingError, "1002 frames .* at most 999.*max_nodes", "tối đa 999; hãy thu gọn", long),
    (DrawingError, "could not draw this graph: ", "không vẽ được đồ thị này: ", lambda: layout.laid_out("{{", "svg")),
    (DrawingError, "no reason given", "không nêu lý do", lambda: raised(layout.failed("dot", b""))),
    # trainings
    (ValueError, r"snapshots=1\) keeps", r"snapshots=1\) lưu", lambda: animate({}, nn.ReLU(), lambda: w, FILE)),
    (ValueError, r"snapshots=1\) keeps", r"snapshots=1\) lưu", lambda: animate(None, nn.ReLU(), lambda: w, FILE)),
    (ValueError, "at epoch 3, .*a float; it must", "ở epoch 3, .*một float; nó phải", lambda: returning(0.5)),
    (ValueError, r"returned shape \(2,\)", r"trả về shape \(2,\)", lambda: returning(tg.ones(2))),
    (ValueError, "another way at epoch 2 .*every time", "ở epoch 2, .*cùng các phép toán", changing),
    # networks
    (TypeError, r"an nn\.Module, not Tensor", "không nhận Tensor", lambda: draw_network(w)),
    (ValueError, r"add loss=nn\.MSELoss\(\)", "hãy thêm loss=", lambda: draw_network(mlp(), X, 1.0)),
    (ValueError, "without an example", "không có mẫu nào", lambda: draw_network(mlp(), loss=nn.MSELoss())),
    (ValueError, "'value' in show needs", "cần một mẫu", lambda: draw_network(mlp(), show=("value",))),
    (ValueError, "'grad' in show need a loss", "cần hàm mất mát", lambda: draw_network(mlp(), show=("grad",))),
    (ValueError, r"hold 3; write inputs\[:1\]", "chứa 3 mẫu", lambda: draw_network(mlp(), np.ones((3, 2)))),
    (
        ValueError,
        "loss .* a NoneType; it must",
        "một NoneType; nó",
        lambda: draw_network(mlp(), X, loss=lambda y: None),
    ),
    (
        ValueError,
        "240 lines .* below 15",
        "nhỏ hơn 15",
        lambda: draw_network(nn.Linear(15, 15), max_neurons=15, show=("weight",)),
    ),
    (DrawingError, "with zeros of shape", "toàn số 0", lambda: draw_network(Made(lambda m, x: m.fc(x[:, [5]])))),
    (
        DrawingError,
        r"'0' \(Embedding\)",
        r"lớp '0' \(Embedding\)",
        lambda: draw_network(nn.Sequential(nn.Embedding(2, 2))),
    ),
    (DrawingError, r"has no nn\.Linear", r"không có nn\.Linear", lambda: draw_network(nn.ReLU())),
    (DrawingError, "calls none of", "không gọi", lambda: draw_network(Made(lambda m, x: x * 2.0))),
    (
        DrawingError,
        "returns a tuple, not",
        "trả về một tuple, không",
        lambda: draw_network(Made(lambda m, x: (m.fc(x),))),
    ),
    (
        DrawingError,
        "2 neurons of layer 'fc'",
        "2 neuron của lớp 'fc'",
        lambda: draw_network(Made(lambda m, x: m.fc(x).sum())),
    ),
    (
        DrawingError,
        "layer 'last' is not fed",
        "lớp 'last' không chỉ nhận",
        lambda: draw_network(Made(lambda m, x: m.last(m.fc(x) + x))),
    ),
    (DrawingError, "the output is not fed", "đầu ra không chỉ", lambda: draw_network(Made(lambda m, x: m.fc(x) + x))),
]


def raised(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(("kind", "en", "vi", "mistake"), MISTAKES)
def test_mistakes_are_explained_in_both_languages(
    kind: type[Exception], en: str, vi: str, mistake: Mistake, request: pytest.FixtureRequest
) -> None:
    if en == "could not draw this graph: ":
        request.getfixturevalue("graphviz")
    for language, says in (("en", en), ("vi", vi)):
        tg.set_language(language)
        with pytest.raises(kind) as caught:
            mistake()
        text = str(caught.value)
        assert type(caught.value) is kind
        assert re.search(says, text), text
        assert "\n" not in text
        assert not re.search(r"\{\w*\}", text), text
        if language == "vi":
            prose = re.sub(r"'[^']*'|[\w.]+\(.*?\)|\(.*?\)", "", text)
            assert not re.search(r"\b(the|of|is|not|which|it|there|are|write|and|or)\b", prose), prose
    assert not FILE.parent.exists()


@pytest.mark.parametrize(
    ("package", "draws"),
    [
        ("pygraphviz", lambda: square().pipe("svg")),
        ("pygraphviz", lambda: square().to_html(FILE)),
        ("pypdf", lambda: square().frames("a.pdf")),
    ],
)
def test_what_is_missing_comes_with_the_one_command_that_adds_it(
    monkeypatch: pytest.MonkeyPatch, package: str, draws: Mistake
) -> None:
    monkeypatch.setenv("PATH", "")
    for name in ("pygraphviz", "pypdf"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(DrawingError, match="not installed here") as caught:
        draws()
    command = layout.pip_install(package)
    assert str(caught.value).endswith(f": {command}")
    tg.set_language("vi")
    assert re.search("hãy cài", str(caught.value))
    assert str(caught.value).endswith(f": {command}")


def test_the_setting_decides_about_errors_and_lang_about_drawings() -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        draw(w * w, lang="vi", precision=0)


def test_a_drawing_error_speaks_the_language_in_which_it_is_read_also_in_another_process() -> None:
    with pytest.raises(DrawingError) as caught:
        draw_network(nn.ReLU())
    twin = pickle.loads(pickle.dumps(caught.value))
    assert str(twin) == caught.value.texts["en"]
    tg.set_language("vi")
    assert str(twin) == str(caught.value) == caught.value.texts["vi"]


def test_every_error_of_this_room_is_in_the_table() -> None:
    """No error has a text of its own; what `said` and `phrase` are given is looked at in tests/test_errors.py."""
    wrong = []
    for path in Path(lecture.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_error = isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error")
            if is_error and any(isinstance(text, ast.Constant | ast.JoinedStr | ast.BinOp) for text in node.args):
                wrong += [f"{path.name}, line {node.lineno}: {ast.unparse(node)}"]
    assert [text for text in wrong if not re.search(r"GradientError\('E\d\d'", text)] == []
