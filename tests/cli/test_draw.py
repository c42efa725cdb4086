"""`tinygrad-vn draw`: what it writes and prints, and that nothing on its command line is ever run as a program."""

import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tinygrad_vn.cli import main
from tinygrad_vn.cli.expression import Expression
from tinygrad_vn.language import current_language
from tinygrad_vn.lecture.picture import layout

Out = pytest.CaptureFixture[str]
PRICE = ["(w*x + b - y)**2", "w=2", "x=56", "b=5", "y=45"]


def drawn(folder: Path, name: str, *words: str) -> str:
    """The content of the file that a command line writes, as text."""
    path = folder / name
    assert main(["draw", *words, "-o", str(path)]) == 0
    return path.read_bytes().decode("utf-8", "replace")


def boxes(svg: str) -> dict[str, str]:
    """Role -> the titles of its boxes."""
    found: dict[str, str] = {}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        kind, _, role = group.get("class", "").partition(" ")
        if kind == "node":
            found[role] = found.get(role, "") + "|" + (group[0].text or "").split("\n")[0]
    return found


def test_the_table(capsys: Out) -> None:
    assert main(["draw", *PRICE, "--grad", "w,b", "--name", "loss"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("loss = (w*x + b - y)**2\n")
    assert re.search(r"^w .* 2 .* 8064$", out, re.MULTILINE)
    assert re.search(r"^b .* 5 .* 144$", out, re.MULTILINE)
    assert re.search(r"^x .* 56 .* —$", out, re.MULTILINE)
    assert re.search(r"^loss .* 5184 .* 1$", out, re.MULTILINE)
    assert "add -o loss.svg" in out
    assert main(["draw", *PRICE, "--grad", "w,b", "--lang", "vi"]) == 0
    assert "Để vẽ: thêm -o f.svg" in capsys.readouterr().out


def test_what_is_computed_from_inputs_alone_is_there_too(capsys: Out) -> None:
    assert main(["draw", "(W @ (x/2)).sum()", "W=[[1,2],[3,4]]", "x=[1,3]", "--grad", "W"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^x +input +\[1, 3\] +—$", out, re.MULTILINE)
    assert "x / 2" in out
    assert re.search(r"^W .* \[\[0.5, 1.5\], \[0.5, 1.5\]\]$", out, re.MULTILINE)


def test_parameters_and_inputs(tmp_path: Path, graphviz: None, capsys: Out) -> None:
    some = boxes(drawn(tmp_path, "a.svg", *PRICE, "--grad", "w, b"))
    assert (some["parameter"], some["input"]) == ("|w|b", "|x|y")
    all_ = boxes(drawn(tmp_path, "b.svg", *PRICE))
    assert all_["parameter"] == "|w|x|b|y"
    assert "input" not in all_
    assert capsys.readouterr().out == f"Written: {tmp_path / 'a.svg'}\nWritten: {tmp_path / 'b.svg'}\n"


def test_every_format(tmp_path: Path, graphviz: None) -> None:
    beginnings = {
        **{"svg": "<svg", "pdf": "%PDF", "png": "\ufffdPNG", "dot": "digraph", "tex": r"\documentclass"},
        **{"mmd": "", "md": "", "html": "<!"},
    }
    for ending, beginning in beginnings.items():
        assert drawn(tmp_path, f"x/{ending}.{ending}", *PRICE, "--lang", "vi").lower().startswith(beginning.lower())
    assert "```mermaid\n" in (tmp_path / "x/md.md").read_text(encoding="utf-8")
    assert "8064" in (tmp_path / "x/md.md").read_text(encoding="utf-8")
    assert "giá trị" in (tmp_path / "x/tex.tex").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in (tmp_path / "x").iterdir()) == sorted(f".{e}" for e in beginnings)


def test_step_by_step(tmp_path: Path, graphviz: None, capsys: Out) -> None:
    text = drawn(tmp_path, "slides.tex", *PRICE, "--steps", "--grad", "w,b")
    assert "{beamer}" in text
    assert main(["draw", *PRICE, "--steps", "--grad", "w,b", "-o", str(tmp_path / "frames")]) == 0
    frames = len(list((tmp_path / "frames").iterdir()))
    assert frames == len(re.findall(r"\\only<\d+>", text)) == 10
    assert "10 files in" in capsys.readouterr().out
    pypdf = pytest.importorskip("pypdf")
    drawn(tmp_path, "steps.pdf", *PRICE, "--steps", "--grad", "w,b")
    assert len(pypdf.PdfReader(tmp_path / "steps.pdf").pages) == frames


def test_settings(tmp_path: Path, graphviz: None) -> None:
    words = ["tanh(w*x)", "w=0.123456", "x=2"]
    plain = drawn(tmp_path, "a.dot", *words)
    assert 'rankdir="LR"' in plain
    assert "0.1235" in plain
    assert "∂" in plain
    look = ["--rankdir", "TB", "--theme", "dark", "--precision", "2", "--show", "value,grad", "--heat"]
    other = drawn(tmp_path, "b.dot", *words, *look, "--lang", "vi")
    for text in ('rankdir="TB"', 'bgcolor="#0D1117"', "0.12", "legend", "giá trị"):
        assert text in other
    assert "∂" not in other
    assert "0.1235" not in other
    assert len(re.findall("->", drawn(tmp_path, "c.dot", *words, "--backward"))) > len(re.findall("->", plain))


def test_vectors_matrices_and_our_functions(capsys: Out) -> None:
    words = ["sum(relu(W @ x + softmax(x)))", "W=[[1,2],[3,4]]", "x=[1,0.5]", "--grad", "W"]
    assert main(["draw", *words]) == 0
    out = capsys.readouterr().out
    assert "[[1, 0.5], [1, 0.5]]" in out  # ∂/∂W of a sum whose relu lets everything through
    assert "softmax" in out
    assert main(["draw", "x**2", "x=[1,2,3]"]) == 0
    assert "f has 3 elements: only a single number has gradients" in capsys.readouterr().out
    assert main(["draw", "f*out", "f=2", "out=3"]) == 0
    assert capsys.readouterr().out.startswith("result = f*out\n")
    assert main(["draw", "x", "x=2"]) == 0
    assert re.search(r"^x .* 2 ", capsys.readouterr().out, re.MULTILINE)


def test_the_examples_of_the_help_work(
    tmp_path: Path,
    graphviz: None,
    capsys: Out,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("draw", "explain"):
        for lang in ("en", "vi"):
            assert main([command, "--help", "--lang", lang]) == 0
            out = capsys.readouterr().out
            assert max(map(len, out.splitlines())) <= 120
            examples = [line for line in out.splitlines() if line.startswith("  tinygrad-vn")]
            assert len(examples) >= 2
            for example in examples:
                assert main(shlex.split(example)[1:]) == 0
    assert {path.name for path in tmp_path.iterdir()} >= {"loss.svg", "loss.html", "slides.tex", "derivation.tex"}


MISTAKES = [
    ([], "there is no formula"),
    (["lesson.py:loss", "w=1"], "only formulas can be taken here"),
    (["w*x", "w=1", "x=2", "--grad", "b"], "--grad b: the formula has no such variable; there are: w, x."),
    (["w*x", "w=1", "x=2", "--grad", ""], "--grad '': name variables, as in --grad w,x."),
    (["w*x", "w=1", "x=2", "--name", "w"], "--name w: choose a name that no variable has."),
    (["svd(A)", "A=[[1,2],[3,4]]"], "'svd(A)' has several results. Choose one, as in (svd(A))[0]."),
    (["x", "x=1", "--show", "values"], "--show values: there are value, grad, local."),
    (["x", "x=1", "--rankdir", "UP"], "--rankdir UP: there are LR, TB, RL, BT."),
    (["x", "x=1", "--theme", "sepia"], "--theme sepia: there are light, dark."),
    (["x", "x=1", "--precision", "0"], "--precision 0: write a whole number from 1 to 15."),
    (["x", "x=1", "--steps"], "--steps needs -o"),
    (["x", "x=1", "-o", "a"], "-o a: the file needs one of these endings: .svg"),
    (["x", "x=1", "-o", "a.gif"], "-o a.gif: the file needs one of these endings: .svg"),
    (["x", "x=1", "-o", ""], "-o '': the file needs one of these endings: .svg"),
    (["x", "x=1", "-o"], "-o needs a value behind it."),
    (["x*2", "x=1", "--steps", "-o", "a.png"], "-o a.png: --steps writes .tex, .pdf, .html, or a folder"),
    (["x*2", "x=1", "-o", "there.txt/a.dot"], "cannot be written: "),
    (["x*2", "x=1", "-o", "folder.dot"], "-o folder.dot: cannot be written: "),
    (["x*2", "x=1", "-o", "a\0.dot"], "cannot be written: "),
    (["x @ y", "x=[1,2]", "y=[1,2,3]"], "[E06]"),
    (["x**2", "x=[1,2]", "--backward"], "cannot be computed"),
    (["w*x + ", "w=1", "x=2"], "position 6: cannot be read on from here"),
]


@pytest.mark.parametrize(("words", "says"), MISTAKES)
def test_mistakes_end_in_one_line(
    words: list[str], says: str, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.txt").write_text("a file, and no folder")
    (tmp_path / "folder.dot").mkdir()
    said = []
    for lang in ("en", "vi"):
        assert main(["draw", *words, "--lang", lang]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        said.append(err)
    assert says in said[0]
    assert said[1] != said[0]
    assert not re.search(r"\b(the|with|this|cannot|first)\b", said[1])
    assert {path.name for path in tmp_path.iterdir()} == {"there.txt", "folder.dot"}


DEEP = 10_000
EVIL = [
    "__import__('os').system('touch stolen')",
    "open('stolen', 'w')",
    "x.__class__.__mro__[1].__subclasses__()",
    "().__class__",
    "''.join(x)",
    "getattr(x, 'data')",
    "x.data",
    "x.backward()",
    "np.load('stolen')",
    "np.fromfile('/dev/zero')",
    "np.linalg.inv.__globals__",
    "sum.__init__",
    "lambda: x",
    "(lambda x: x)(1)",
    "[x for x in (1, 2)]",
    "{x: 1}",
    "(y := x)",
    "f'{x}'",
    "f\"{open('stolen')}\"",
    "x; x",
    "x\nimport os",
    "x\0",
    "x if x else 1",
    "await x",
    "*x",
    "x or x",
    "x[y]",
    "print(x)",
    "eval('x')",
    "𝐞𝐯𝐚𝐥('x')",
    "ｏｐｅｎ('stolen')",
    "ﬁle(x)",
    "еxp(x)",  # a Cyrillic е
    "exp(x, out=x)",
    "einsum(__import__('os'), x)",
    "ones(1000000000)",
    "zeros(10**10)",
    "repeat(x, 10000000000)",
    "repeat(repeat(x, 100000), 100000)",
    "tile(x, (100000, 100000))",
    "broadcast_to(x, (100000, 100000)) * 2",
    "pad(x, 1000000000)",
    "linspace(x, 1, 1000000000)",
    "full_like(x, 1, shape=(100000, 100000))",
    "outer(repeat(x, 10000), repeat(x, 10000))",
    "repeat(x, 10000)[:, None] * repeat(x, 10000)",
    "diff(x, 1000000000)",
    "split(x, 1000000000)",
    "(" * DEEP + "x" + ")" * DEEP,
    "(" * DEEP,
    "[" * DEEP + "x" + "]" * DEEP,
    "-" * DEEP + "x",
    "exp(" * DEEP + "x" + ")" * DEEP,
    "x" + "**2" * DEEP,
    "x" + "+x" * DEEP,
    "x" + "[0]" * DEEP,
    "x" + ".T" * DEEP,
    "x*" + "9" * 100_000,
    "x[" + "9" * 100_000 + "]",
    "x" * 100_000,
    "'" + "x" * 100_000,
]


@pytest.mark.parametrize("formula", EVIL, ids=lambda text: text[:30].encode("unicode_escape").decode())
def test_a_formula_is_never_a_program(
    formula: str, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    start = time.process_time()
    assert main(["draw", formula, "x=[1]"]) == 2
    assert time.process_time() - start < 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert len(err) < 1100
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("x*10**10**10", "position 3: 10**10**10 is too large"),
        ("x + 9**9**9", "position 5: 9**9**9 is too large"),
        ("2**999999999*x", "position 1: 2**999999999 is too large"),
        ("(x*99)**(x*99)**(x*99)", "position 1: (x*99)**(x*99)**(x*99) is too large"),
        ("x + 0*1e400", "position 7: 1e400 is too large"),
    ],
)
def test_huge_powers_are_refused_at_once_and_in_their_place(formula: str, says: str, capsys: Out) -> None:
    start = time.process_time()
    for command in ("draw", "explain", "check"):
        assert main([command, formula, "x=1"]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert says in err
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("formula", "value", "says"),
    [
        ("x**1e9", "1", ""),
        ("x + 10.0**308*10", "∞", "position 5: 10.0**308*10 = ∞ with"),
        ("x/0", "∞", "position 1: x/0 = ∞ with"),
        ("2*log(-x)", "NaN", "position 3: log(-x) = NaN with"),
        ("(x - 1)**-1", "∞", "position 1: (x - 1)**-1 = ∞ with"),
        ("sum(1/(x - [1, 0]))", "∞", "position 5: 1/(x - [1, 0]) has elements that are ∞ with"),
        ("maximum(x, log(x - 1))", "1", "position 12: log(x - 1) = −∞ with"),
    ],
)
def test_what_has_no_finite_value_is_drawn_with_a_remark(formula: str, value: str, says: str, capsys: Out) -> None:
    assert main(["draw", formula, "x=1"]) == 0
    out, err = capsys.readouterr()
    assert re.search(rf"^f .* {value} ", out, re.MULTILINE)
    assert err.count("\n") == bool(says)
    assert says in err


def test_every_command_remarks_it_in_its_language(capsys: Out) -> None:
    for command in ("draw", "explain", "check"):
        main([command, "log(w)", "w=-1", "--lang", "vi"])
        assert "vị trí 1: log(w) = NaN với các giá trị này" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("w + __import__('os').system('ls')", "position 22: there is no differentiable function system"),
        ("w.__class__", "position 3: there is no w.__class__"),
        ("×(w) . foo", "cannot be read"),
        ("π*w . foo", "position 7: there is no w . foo"),
        ("1 + np.lgo(w)", "position 8: there is no function lgo"),
        ("(w + 1).summ()", "position 9: there is no function summ"),
    ],
)
def test_what_is_not_known_is_shown_in_its_place(formula: str, says: str, capsys: Out) -> None:
    assert main(["draw", formula, "w=1"]) == 2
    assert says in capsys.readouterr().err


def test_rows_of_different_lengths_are_counted(capsys: Out) -> None:
    for value, row, lengths in (("[[1,2],[3]]", 2, (1, 2)), ("[[[1],[2,3]],[[1],[2]]]", 2, (2, 1))):
        assert main(["draw", "W*2", f"W={value}"]) == 2
        text = f"the length of row {row} is {lengths[0]}, that of row 1 is {lengths[1]}"
        assert text in capsys.readouterr().err
    assert main(["draw", "W*2", "W=[[1,2],3]"]) == 2
    assert "write a finite number" in capsys.readouterr().err


def test_the_language_of_the_run_ends_with_it() -> None:
    main(["draw", "x @ y", "x=[1,2]", "y=[1,2,3]", "--lang", "vi"])
    assert current_language() == "en"


def test_huge_values_are_refused(capsys: Out) -> None:
    for value in ("9**9**9**9", "1e999", "[[" + "1," * 5000, "9" * 5000, "zeros(10**9)", "repeat(1, 10**9)"):
        assert main(["draw", "x*2", f"x={value}"]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_sizes_of_arrays_are_judged_by_what_comes_out() -> None:
    allowed = [
        "repeat(x, 1000)",
        "tile(x, (3, 4))",
        "pad(x, 2)",
        "linspace(x, 1000000, 3)",
        "clip(x, -1e9, 1000000000)",
    ]
    for formula in [*allowed, "maximum(x, 1000000000)", "x * 1000000000", "sum(repeat(x, 5000) @ repeat(x, 5000))"]:
        assert np.isfinite(np.asarray(Expression(formula, "en")(np.ones(3)), float)).all()


def test_without_graphviz(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout.shutil, "which", lambda program: None)
    monkeypatch.setattr(layout.importlib.util, "find_spec", lambda module: None)
    for name in ("a.svg", "a.tex"):
        assert main(["draw", *PRICE, "-o", str(tmp_path / name)]) == 2
        err = capsys.readouterr().err
        assert "-m pip install pygraphviz" in err
        assert err.count("\n") == 1
    assert main(["draw", *PRICE, "-o", str(tmp_path / "a.svg"), "--lang", "vi"]) == 2
    assert re.search(r"thiếu Graphviz .* -m pip install pygraphviz$", capsys.readouterr().err.strip())
    assert list(tmp_path.iterdir()) == []
    for name in ("a.dot", "a.md"):
        assert main(["draw", *PRICE, "-o", str(tmp_path / name)]) == 0


def test_an_old_file_stays_where_the_new_one_cannot_be_made(tmp_path: Path, capsys: Out) -> None:
    old = tmp_path / "a.dot"
    old.write_text("old")
    assert main(["draw", "x @ y", "x=[1,2]", "y=[1,2,3]", "-o", str(old)]) == 2
    assert old.read_text() == "old"


def test_as_a_process(tmp_path: Path) -> None:
    """The same bytes for every hash seed, and Vietnamese in any encoding."""
    seen = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "tinygrad_vn", "draw", *PRICE, "-o", "học phí.dot", "--lang", "vi"]
        environment = {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "ascii", "PATH": ""}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
        assert done.stdout.decode() == "Đã ghi học phí.dot\n"
        seen.add((tmp_path / "học phí.dot").read_bytes())
    assert len(seen) == 1
