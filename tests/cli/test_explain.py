"""`tinygrad-vn explain`: derivations on the terminal and in files, in both languages."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tinygrad_vn.cli import main

Out = pytest.CaptureFixture[str]
PRICE = ["(w*x + b - y)**2", "w=2", "x=56", "b=5", "y=45", "--grad", "w,b", "--name", "L"]


def test_the_lectures_first_example(capsys: Out) -> None:
    assert main(["explain", *PRICE]) == 0
    out = capsys.readouterr().out
    assert re.search(r"∂L/∂w = .* = 144 · 56 = 8064$", out, re.MULTILINE)
    assert re.search(r"∂L/∂b = .* = 144$", out, re.MULTILINE)
    assert "∂L/∂x" not in out
    assert main(["explain", *PRICE, "--lang", "vi"]) == 0
    vietnamese = capsys.readouterr().out
    assert "Lan truyền ngược" in vietnamese
    assert not re.search(r"\b(Forward|Backward|pass|the)\b", vietnamese)
    assert "= 144 · 56 = 8064\n" in vietnamese


def test_all_variables_are_parameters_by_default(capsys: Out) -> None:
    assert main(["explain", "w*x", "w=2", "x=3"]) == 0
    out = capsys.readouterr().out
    assert "∂f/∂w = x = 3" in out
    assert "∂f/∂x = w = 2" in out


def test_matrices(capsys: Out) -> None:
    assert main(["explain", "sum((X @ W)**2)", "X=[[1,2],[3,4]]", "W=[1,0.5]", "--grad", "W"]) == 0
    out = capsys.readouterr().out
    assert "Xᵀ" in out
    assert "[34, 48]" in out  # 2 Xᵀ X W


@pytest.mark.parametrize(
    ("name", "beginning", "inside"),
    [
        ("a.txt", "Cho trước\n", "∂L/∂w"),
        ("a.md", "## Cho trước\n", r"\begin{aligned}"),
        ("a.tex", r"\documentclass", "Lan truyền ngược"),
    ],
)
def test_files(name: str, beginning: str, inside: str, tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "new" / name
    assert main(["explain", *PRICE, "--lang", "vi", "-o", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith(beginning)
    assert inside in text
    assert capsys.readouterr().out == f"Đã ghi {path}\n"


def test_formats(tmp_path: Path, capsys: Out) -> None:
    assert main(["explain", *PRICE, "--format", "latex"]) == 0
    body = capsys.readouterr().out
    assert r"\frac{\partial L}{\partial w}" in body
    assert r"\documentclass" not in body
    assert main(["explain", *PRICE, "--format", "markdown", "-o", str(tmp_path / "a.text")]) == 0
    assert "$$" in (tmp_path / "a.text").read_text(encoding="utf-8")
    assert main(["explain", "w/3", "w=1", "--precision", "7"]) == 0
    assert "0.3333333" in capsys.readouterr().out


@pytest.mark.skipif(not shutil.which("xelatex"), reason="xelatex is not installed")
def test_latex_compiles(tmp_path: Path) -> None:
    words = ["sum(tanh(W @ học_phí))", "W=[[1,2],[3,4]]", "học_phí=[1,0.5]", "--lang", "vi"]
    assert main(["explain", *words, "-o", str(tmp_path / "a.tex")]) == 0
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120).returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "there is no formula. For example: tinygrad-vn explain"),
        (["w*x", "w=1", "x=2", "-o", "a.doc"], "-o a.doc: the file needs one of these endings: .txt .md .tex."),
        (["w*x", "w=1", "x=2", "-o", ""], "-o '': the file needs one of these endings"),
        (["w*x", "w=1", "x=2", "--format", "html"], "--format html: there are text, markdown, latex."),
        (["w*x", "w=1", "x=2", "--precision", "16"], "--precision 16: write a whole number from 1 to 15."),
        (["w*x", "w=1", "x=2", "--grad", "y"], "--grad y: the formula has no such variable"),
        (["w*x", "w=1"], "there is no value for x."),
        (["w ? x", "w=1"], "position 3: the sign ? has no meaning here"),
        (["lesson.py:loss"], "call tg.explain(…) there."),
    ],
)
def test_mistakes_end_in_one_line(
    words: list[str], says: str, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for lang in ("en", "vi"):
        assert main(["explain", *words, "--lang", lang]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        said.append(err)
    assert says in said[0]
    assert said[0] != said[1]
    assert list(tmp_path.iterdir()) == []
