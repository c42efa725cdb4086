"""Drawings in TikZ: the same boxes and arrows as in the graph, the steps as overlays, and LaTeX that compiles.

Tests that ask for `xelatex` need XeLaTeX with TikZ, beamer and standalone, and pdftotext; on Debian and Ubuntu these
are texlive-xetex, texlive-latex-extra and poppler-utils. Without them they are skipped.
"""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

import tinygrad_vn as tg
from tests.lecture.stories import net
from tinygrad_vn import nn
from tinygrad_vn.lecture import DrawingError, GraphDrawing, draw, draw_network
from tinygrad_vn.lecture.picture import layout
from tinygrad_vn.lecture.story.steps import steps_of

Compile = Callable[[str], list[str]]

NASTY = [
    *("a_b", "100%", "#1", "$x$", "\\", "{", "}", "{}", "&", "~", "^", "_", "x^2", "^^M", "%"),
    *("\\end{document}", "\\input{there}", "\\csname", "a\nb", "a\r\nb", "<b>", "</script>", "{|}", "\"'`", "\x00"),
    *("học phí", "tiê\u0301ng Việt", "Ŷ", "W⁽³⁾", "b₁", "√", "∂", "∂L/∂w", "😀", "数学", "x" * 80, " ", "A & B \\\\"),
]


@pytest.fixture
def compiled(tmp_path: Path, graphviz: None) -> Compile:
    """A document's pages as text, by XeLaTeX; skipped where there is none."""
    needed = ("xelatex", "pdftotext", "kpsewhich")
    if not all(map(shutil.which, needed)):
        pytest.skip(f"not all of {', '.join(needed)} are installed")
    styles = ("tikz.sty", "beamer.cls", "standalone.cls", "fontspec.sty", "amssymb.sty")
    if subprocess.run(["kpsewhich", *styles], capture_output=True).stdout.count(b"\n") < len(styles):
        pytest.skip(f"this LaTeX does not have all of {', '.join(styles)}")

    def compile(document: str) -> list[str]:
        (tmp_path / "one.tex").write_text(document, encoding="utf-8")
        command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "one.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
        log = (tmp_path / "one.log").read_text(encoding="utf-8", errors="replace")
        assert done.returncode == 0, [line for line in log.splitlines() if line.startswith(("!", "l."))]
        assert "Missing character" not in log
        text = subprocess.run(["pdftotext", "one.pdf", "-"], cwd=tmp_path, capture_output=True, check=True).stdout
        return unicodedata.normalize("NFC", text.decode()).split("\f")[:-1]

    return compile


def price(lang: str = "en", **settings: object) -> GraphDrawing:
    """The first land price of the lecture, with x used twice."""
    w, b = (tg.tensor(value, requires_grad=True, name=name) for value, name in ((2.0, "w"), (5.0, "học phí")))
    x = tg.tensor(56.0, name="x")
    loss = (w * x + b - x / 2) ** 2
    loss.name = "L"
    return draw(loss, lang=lang, **settings)  # type: ignore[arg-type]


def story(drawing: GraphDrawing) -> int:
    return len(steps_of(drawing.graph, lang="en"))


def test_every_box_circle_and_arrow_is_there_once(graphviz: None) -> None:
    x = tg.tensor(3.0, requires_grad=True, name="x")
    drawing = draw(x * x + x, lang="en")
    text = drawing.to_tikz()
    assert text == drawing.to_tikz()
    parts = [part.id for part in (*drawing.graph.variables, *drawing.graph.operations)]
    assert sorted(re.findall(r"\\node\[[^]]*\] \((\w+)\)", text)) == sorted(parts)
    arrows = re.findall(r"\\draw\[tg arrow[^]]*\] (.*);", text)
    assert len(arrows) == len(set(arrows)) == len(drawing.graph.arrows) == 6
    assert r"\begin{document}" not in text
    assert r"\only" not in text


def test_roles_are_told_by_colour_and_by_line(graphviz: None) -> None:
    text = price().to_tikz()
    assert r"\definecolor{tgParameterFill}{HTML}{FFF1CC}" in text
    assert r"\definecolor{tgGradient}{HTML}{9A3412}" in text
    looks = dict(re.findall(r"tg (\w+)/\.style=\{tg box, (.*)\},", text))
    cues = {role: ("double" in look, "dashed" in look, "3bp" in look) for role, look in looks.items()}
    assert cues["parameter"] == (True, False, False)
    assert cues["constant"] == (False, True, False)
    assert cues["loss"] == (False, False, True)
    assert cues["input"] == cues["intermediate"] == (False, False, False)


def test_overlays_reach_from_the_first_step_to_the_last(graphviz: None) -> None:
    drawing = price()
    text = drawing.to_tikz(overlays=True)
    said = [int(found) for found in re.findall(r"\\only<(\d+)>", text)]
    assert said == list(range(1, story(drawing) + 1))
    spec = re.findall(r"(?:\bon=\{|\\only)<([\d,-]+)>", text)
    assert max(int(number) for one in spec for number in re.findall(r"\d+", one)) == story(drawing)
    back = [sum(a.contribution is not None for a in operation.sources) for operation in drawing.graph.operations]
    assert sum(back) == 5
    assert text.count("backward on={") == sum(back) + sum(count > 0 for count in back)
    assert text.count(r"\begin{frame}") == 1


def test_of_a_long_strip_every_slide_shows_what_the_step_is_about(graphviz: None) -> None:
    drawing = net(lang="en")
    steps = steps_of(drawing.graph, lang="en")
    text = drawing.to_tikz(overlays=True)
    shape = r"\\only<(\d+)-(\d+)>\{\\clip \(([-\d.]+),([-\d.]+)\) rectangle \(([-\d.]+),([-\d.]+)\);\}"
    windows = [tuple(map(float, found)) for found in re.findall(shape, text)]
    assert [n for first, last, *_ in windows for n in range(int(first), int(last) + 1)] == list(
        range(1, len(steps) + 1)
    )
    nodes = r"minimum width=([\d.]+)bp, minimum height=([\d.]+)bp.*?\] \((\w+)\) at \(([-\d.]+),([-\d.]+)\)"
    boxes = {part: (float(x), float(y), float(w), float(h)) for w, h, part, x, y in re.findall(nodes, text)}
    whole = windows[-1]
    for first, last, left, lower, right, upper in windows[:-1]:
        assert right - left < 0.5 * (whole[4] - whole[2])
        for step in steps[int(first) - 1 : int(last)]:
            for x, y, width, height in (boxes[part] for part in step.active):
                assert left - 0.1 <= x - width / 2 < x + width / 2 <= right + 0.1, step.heading
                assert lower - 0.1 <= y - height / 2 < y + height / 2 <= upper + 0.1, step.heading
    assert r"\clip" not in price().to_tikz()


def test_tex_files(tmp_path: Path, graphviz: None) -> None:
    path = price().render(tmp_path / "loss.tex")
    assert path.read_text(encoding="utf-8") == price().to_tikz(document=True)


def test_without_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = price()
    monkeypatch.setattr(layout.shutil, "which", lambda program: None)
    monkeypatch.setattr(layout.importlib.util, "find_spec", lambda module: None)
    with pytest.raises(DrawingError, match="pip install pygraphviz"):
        drawing.to_tikz()


def test_a_picture_with_vietnamese_words(compiled: Compile) -> None:
    (page,) = compiled(price("vi").to_tikz(document=True))
    for text in ("giá trị", "học phí", "gradient", "7921", "178", "9968"):
        assert text in page


def test_slides_have_a_page_for_every_step(compiled: Compile) -> None:
    drawing = price("vi")
    pages = compiled(drawing.to_tikz(document=True, overlays=True))
    assert len(pages) == story(drawing)
    assert all("Đồ thị tính toán" in page for page in pages)
    assert "Lan truyền xuôi" in pages[0]
    assert "Kết quả" in pages[-1]
    first = {text: next(i for i, page in enumerate(pages) if text in page) for text in ("112", "117", "7921", "9968")}
    assert first["112"] == 0
    assert first["112"] < first["117"] < first["7921"] < first["9968"]
    assert "9968" in pages[-1]


def test_names_are_nothing_but_letters(compiled: Compile, tmp_path: Path) -> None:
    (tmp_path / "there.tex").write_text("never executed", encoding="utf-8")
    whole = tg.tensor(1.0, requires_grad=True, name="w")
    for name in NASTY:
        whole = whole * tg.tensor(2.0, requires_grad=True, name=name)
    whole.name = "$&\\"
    drawing = draw(whole, lang="vi", collapse=False)
    (page,) = compiled(drawing.to_tikz(document=True))
    plain = "".join(page.split())
    assert "neverexecuted" not in plain
    for text in ("100%", "#1", "$x$", "\\end{document}", "\\input{there}", "</script>", "họcphí", "tiếngViệt"):
        assert text in plain
    w = tg.tensor(1.0, requires_grad=True, name="\\end{frame}")
    two = w * tg.tensor(2.0, name="100% {\\\\}") + w
    assert len(compiled(draw(two, lang="en").to_tikz(document=True, overlays=True))) == 6


def test_frames_groups_matrices_heat_and_the_dark_theme(compiled: Compile) -> None:
    tg.manual_seed(0)
    deep = nn.Sequential(*[layer for _ in range(12) for layer in (nn.Linear(3, 3), nn.Sigmoid())])
    x = tg.tensor([[1.0, 2.0, 3.0]] * 4, name="X")
    (page,) = compiled(draw(deep, inputs=x, theme="dark", lang="vi").to_tikz(document=True))
    assert "×12" in "".join(page.split())
    drawing = draw((deep(x) ** 2).mean(), params=deep, heat="grad", lang="vi", max_nodes=40)
    (page,) = compiled(drawing.to_tikz(document=True))
    assert "‖∇‖" in page or "∇" in page
    one = nn.Linear(3, 1)
    upright = draw(one(x).sum(), params=one, lang="vi", rankdir="TB")
    pages = compiled(upright.to_tikz(document=True, overlays=True))
    assert len(pages) == story(upright)
    assert "nhỏ nhất" in pages[0]


def test_two_pictures_in_one_paper(compiled: Compile) -> None:
    pictures = [price("en").to_tikz(), price("vi", theme="dark").to_tikz()]
    needed = re.findall(r"^%   (.*)$", pictures[0], re.MULTILINE)
    (page, *_) = compiled(
        "\n".join([r"\documentclass{article}", *needed, r"\begin{document}", *pictures, "Đủ", r"\end{document}"])
    )
    assert "value" in page
    assert "giá trị" in page


def test_networks_for_latex(compiled: Compile) -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(), nn.Linear(3, 1), nn.Sigmoid())
    show = ("weight", "value", "delta", "grad")
    drawing = draw_network(model, [0.5, -1.0], 1.0, loss=nn.MSELoss(), show=show, lang="vi", theme="dark")
    (page,) = compiled(drawing.to_tikz(document=True))
    assert "Lớp ẩn 1" in page
    assert "MSELoss" in page
    pages = compiled(drawing.to_tikz(document=True, overlays=True))
    assert len(pages) == 6
    assert "Lan truyền ngược" in pages[-1]
