"""`tinygrad-vn check`, run in this process: its verdicts, what it refuses, and what it says, in both languages."""

import errno
import json
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from tinygrad_vn.cli import main
from tinygrad_vn.cli.check import array_of
from tinygrad_vn.cli.expression import ALL, Expression

LESSON = """
import numpy as np
from numpy import hypot
from helper_of_the_lesson import scale

print("imported")
answer = 42
largest = max  # does not tell its parameters


def loss(w, x=2.0, b=np.array([1.0, 2.0]), axis=0):
    return scale(((w * x + b) ** 2).sum(axis=axis))


def half(x=1.5):
    return x.detach() * x


def left_the_graph(x=1.0):
    return float(x)


def broken(x=1.0):
    y = x + 1
    return scale(y @ undefined)


def noisy(x=1.0):
    return x * np.random.rand()


def every_kind(a, n=2, /, b=3.0, *, c=0.5, label="it"):
    return a**n * b * c


def counted_first(n=2, k=3, /, a=1.5, *rest):
    return n * a**k * sum(rest, 1.0)


def from_a_file(x=1.0):
    return open("no_such_file.txt")


def ragged(x, rows=[[1.0], [2.0, 3.0]]):
    return x


def only_counts(n=3):
    return n


def any_number(*factors):
    return factors[0] * factors[1] ** 2


def by_name(**factors):
    return factors["p"] * factors["q"] ** 2
"""


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A user's file that imports another one beside it; what importing it leaves behind is removed."""
    (tmp_path / "the_lesson.py").write_text(LESSON, encoding="utf-8")
    (tmp_path / "helper_of_the_lesson.py").write_text("def scale(x):\n    return 0.5 * x\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", sys.modules.copy())
    return str(tmp_path / "the_lesson.py")


def rows_of(out: str) -> dict[str, list[str]]:
    """The rows of the table: the variable, then value, gradient, slope, error, verdict."""
    found = re.findall(r"^(\w+(?: \d+)?(?:\[[\d, ]+\])?) +(.*\S) {2,}([A-Z]+)$", out, re.MULTILINE)
    return {name: [*numbers.split(), verdict] for name, numbers, verdict in found}


def test_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "tanh(w*x + b)", "w=0.5", "x=2", "b=-0.5"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    slope = 1 - math.tanh(0.5) ** 2
    assert f"tanh(w*x + b) = {math.tanh(0.5):.6g}" in out
    for name, (value, expected) in {"w": (0.5, 2 * slope), "x": (2, 0.5 * slope), "b": (-0.5, slope)}.items():
        at, analytic, numeric, error, verdict = rows_of(out)[name]
        assert float(at) == value
        assert float(analytic) == pytest.approx(expected, abs=1e-9)
        assert float(numeric) == pytest.approx(expected, abs=1e-8)
        assert float(error) < 1e-8
        assert verdict == "PASS"
    assert "Gradient check passed: 3 PASS" in out


@pytest.mark.parametrize(
    ("formula", "values", "expected"),
    [
        ("2·x² − π", {"x": 3.0}, 18 - math.pi),
        ("6÷x×2", {"x": 3.0}, 4.0),
        ("-x**2", {"x": 3.0}, -9.0),
        ("+x*1_0", {"x": 3.0}, 30.0),
        ("x - y - 1", {"x": 3.0, "y": 1.0}, 1.0),
        ("2**x**2", {"x": 2.0}, 16.0),
        ("1/x", {"x": 4.0}, 0.25),
        ("e**x * np.pi", {"x": 0.0}, math.pi),
        ("e*x", {"x": 2.0, "e": 5.0}, 10.0),
        ("np.tanh(x) + numpy.linalg.norm(y)", {"x": 0.0, "y": np.array([3.0, 4.0])}, 5.0),
        ("F.relu(x) + sigmoid(y)", {"x": -1.0, "y": 0.0}, 0.5),
        ("asin(x) + abs(y)", {"x": 1.0, "y": -2.0}, math.pi / 2 + 2),
        ("sum(A @ x)", {"A": np.array([[1.0, 2.0], [3.0, 4.0]]), "x": np.array([1.0, -1.0])}, -2.0),
        ("(A.T)[0, 1] + A[-1, :1].sum()", {"A": np.array([[1.0, 2.0], [3.0, 4.0]])}, 6.0),
        ("max(x, axis=0, keepdims=True)[0]", {"x": np.array([1.0, 5.0])}, 5.0),
        ("norm(x, ord=1)", {"x": np.array([1.0, -5.0])}, 6.0),
        ("sum(x * [1, 2])", {"x": np.array([1.0, 5.0])}, 11.0),
        ("sum(stack([x, y]))", {"x": 1.0, "y": 5.0}, 6.0),
        ("einsum('i,i', x, x)", {"x": np.array([3.0, 4.0])}, 25.0),
        ("x * power(2, 100)", {"x": 1.0}, 2.0**100),
        ("θ + λ²", {"θ": 1.0, "λ": 2.0}, 5.0),
    ],
)
def test_formulas_mean_what_mathematics_means(formula: str, values: dict[str, object], expected: float) -> None:
    from tinygrad_vn import tensor

    read = Expression(formula, "en", given=list(values))
    assert set(read.variables) == set(values)
    assert read(*(tensor(values[name]) for name in read.variables)).item() == pytest.approx(expected, rel=1e-14)


def test_every_differentiable_function_of_numpy_has_its_name() -> None:
    for name in ("exp", "log1p", "abs", "arctan2", "atan2", "maximum", "logsumexp", "gelu", "inv", "det", "cumsum"):
        assert name in ALL
    assert ALL["max"] is np.max
    assert ALL["trace"] is np.trace
    assert not {"eval", "open", "save", "floor", "frompyfunc", "load"} & set(ALL)


def test_arrays(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "A @ x", "A=[[1,2],[3,4]]", "x=[0.5, pi/2]"]) == 0
    out = capsys.readouterr().out
    assert set(rows_of(out)) == {"A[0, 0]", "A[0, 1]", "A[1, 0]", "A[1, 1]", "x[0]", "x[1]"}
    assert rows_of(out)["A[1, 0]"][0] == "3"
    assert "random weights" in out
    assert main(["check", "sum(exp(-x))", "x=[1]*1"]) == 0


def test_large_arrays_show_their_worst_elements(capsys: pytest.CaptureFixture[str]) -> None:
    numbers = ",".join(map(str, range(1, 41)))
    assert main(["check", "relu(x - 40)", f"x=[{numbers}]"]) == 0
    out = capsys.readouterr().out
    assert len(rows_of(out)) == 20
    assert next(iter(rows_of(out))) == "x[39]"  # at the kink
    assert "… and 20 more elements" in out
    assert "39 PASS" in out
    assert "1 KINK" in out
    assert main(["check", "--fast", "relu(x - 50)", f"x=[{numbers}]"]) == 0
    assert "projections of 40 elements" in capsys.readouterr().out


def test_second_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--order", "2", "w*x**3", "w=1", "x=2"]) == 0
    out = capsys.readouterr().out
    assert "Gradient check passed" in out
    assert "Check of second derivatives passed" in out
    assert "second derivative" in out
    assert {"w", "x", "start 0"} <= set(rows_of(out))


def test_kinks_are_explained_and_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "relu(x)", "x=0"]) == 0
    out = capsys.readouterr().out
    assert rows_of(out)["x"][-1] == "KINK"
    assert "slope 0 to the left, 1 to the right" in out


@pytest.mark.parametrize("formula", ["log(x)", "1/x", "sqrt(x)"])
def test_no_gradient_is_no_pass(formula: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", formula, "x=0"]) == 1
    assert "NONFINITE" in capsys.readouterr().out


def test_a_wrong_gradient_has_exit_status_1(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{lesson}:half"]) == 1
    out = capsys.readouterr().out
    assert rows_of(out)["x"][0] == "1.5"
    assert [float(number) for number in rows_of(out)["x"][1:3]] == pytest.approx([1.5, 3.0])
    assert rows_of(out)["x"][-1] == "FAIL"
    assert "Hint" in out
    assert main(["check", f"{lesson}:half", "--rtol", "0.9"]) == 0
    assert main(["check", f"{lesson}:half", "--order", "2", "--lang", "vi"]) == 1
    assert "KHÔNG ĐẠT" in capsys.readouterr().out
    assert main(["check", f"{lesson}:noisy"]) == 1
    assert "NONDETERMINISTIC" in capsys.readouterr().out


def test_a_function_in_a_file(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{lesson}:loss", "w=0.5"]) == 0
    out, err = capsys.readouterr()
    assert err == "imported\n"  # not among the results
    assert f"{lesson}:loss = 6.5" in out
    assert "Kept fixed: axis=0" in out
    assert {name: float(row[1]) for name, row in rows_of(out).items()} == pytest.approx(
        {"w": 10, "x": 2.5, "b[0]": 2, "b[1]": 3}, rel=1e-6
    )
    assert main(["check", f"{lesson}:loss", "w=0.5", "b=[[1,2]]", "axis=1"]) == 0
    out = capsys.readouterr().out
    assert "Kept fixed: axis=1" in out
    assert set(rows_of(out)) == {"w", "x", "b[0, 0]", "b[0, 1]"}


def test_every_kind_of_parameter(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{lesson}:every_kind", "a=2", "c=4"]) == 0
    out = capsys.readouterr().out
    assert {name: float(row[1]) for name, row in rows_of(out).items()} == pytest.approx({"a": 48, "b": 16, "c": 12})
    assert "Kept fixed: n=2, label='it'" in out
    assert main(["check", f"{lesson}:counted_first", "k=2"]) == 0
    assert float(rows_of(capsys.readouterr().out)["a"][1]) == pytest.approx(6)
    assert main(["check", f"{lesson}:counted_first", "k=1", "extra=4"]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert {name: float(row[1]) for name, row in rows.items()} == pytest.approx({"a": 10, "extra": 3})
    assert main(["check", f"{lesson}:hypot", "x1=3", "x2=4"]) == 0
    assert float(rows_of(capsys.readouterr().out)["x1"][1]) == pytest.approx(0.6)
    assert main(["check", f"{lesson}:largest", "p=3", "q=4"]) == 0
    assert float(rows_of(capsys.readouterr().out)["q"][1]) == 1
    for function in ("any_number", "by_name"):
        assert main(["check", f"{lesson}:{function}", "p=3", "q=2"]) == 0
        rows = rows_of(capsys.readouterr().out)
        assert {name: float(row[1]) for name, row in rows.items()} == pytest.approx({"p": 4, "q": 12})


def test_errors_in_the_file_are_shown_with_their_place(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{lesson}:broken"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    line = LESSON.splitlines().index("    return scale(y @ undefined)") + 1
    assert f"line {line}, in broken\n    return scale(y @ undefined)\n" in err
    assert err.splitlines()[-1].startswith(f"tinygrad-vn: {lesson}, line {line}: NameError: name 'undefined'")
    assert "tinygrad_vn/" not in err
    assert main(["check", f"{lesson}:from_a_file"]) == 2
    assert "in from_a_file" in capsys.readouterr().err
    assert main(["check", f"{lesson}:left_the_graph", "--lang", "vi"]) == 2
    assert ".item()" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def f(x:\n    return x\n", "line 1: SyntaxError: '(' was never closed"),
        ("import no_such_module_anywhere\n", "line 1: ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
        ("open('no_such_file')\n", "line 1: FileNotFoundError"),
        ("import sys\nsys.exit(3)\n", "line 2: SystemExit: 3"),
    ],
)
def test_files_that_cannot_be_imported(lesson: str, text: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(lesson).write_text(text, encoding="utf-8")
    assert main(["check", f"{lesson}:f", "x=1"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"tinygrad-vn: {lesson}, {says}" in err
    assert "Traceback" not in err


def test_a_file_without_functions_or_permission(
    lesson: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(lesson).write_text("x = 1\n", encoding="utf-8")
    assert main(["check", f"{lesson}:f"]) == 2
    assert "has no function f, and no other. Write def f(x): …" in capsys.readouterr().err

    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "the system's own words")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert main(["check", f"{lesson}:f"]) == 2
    assert f"{lesson}: permission denied." in capsys.readouterr().err


def test_ctrl_c_in_the_file(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(lesson).write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    assert main(["check", f"{lesson}:f"]) == 130
    assert capsys.readouterr().err == "tinygrad-vn: Interrupted.\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (":losss w=1", "has no function losss; there are: loss."),
        (":answer", "answer is of type int, and no function."),
        (":loss", "there is no value for w. Add, for example, w=1"),
        (":loss w=1 bb=2", "there is a value for bb, which does not occur. Did you mean b?"),
        (":ragged", "there is no value for x."),
        (":only_counts", "nothing to check in only_counts: give a real number"),
        ("", "which function? Write "),
    ],
)
def test_what_a_file_does_not_have(lesson: str, words: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *f"{lesson}{words}".split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err.splitlines()[-1]


def test_json_and_markdown(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{lesson}:half", "--format", "json", "--seed", "3", "--strict"]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert facts["passed"] is False
    (order,) = facts["orders"]
    assert (order["order"], order["seed"], order["strict"]) == (1, 3, True)
    assert order["elements"][0]["analytic"] == pytest.approx(1.5)
    assert order["elements"][0]["numeric"] == pytest.approx(3)
    assert main(["check", "x**2", "x=3", "--order", "2", "--format", "json"]) == 0
    assert [order["order"] for order in json.loads(capsys.readouterr().out)["orders"]] == [1, 2]
    assert main(["check", "x**2", "x=3", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("## `x**2`\n")
    assert re.search(r"^\| x \| 6 \| 6 \|.*\| PASS \|$", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["x ^ 2", "x=1"], "'x ^ 2', position 3: powers are written **"),
        (["2x", "x=1"], "'2x', position 2: there is no sign between 2 and x. For a product, write *"),
        (["3·2x", "x=1"], "position 4: there is no sign between 2 and x"),
        (["x² y", "x=1"], "position 4: there is no sign between 2 and y"),
        (["(x+1)(x-1)", "x=1"], "position 6: there is no sign between ) and ("),
        (["x(2+x)", "x=1"], "For a product, write x*("),
        (["tanh(w*x", "x=1"], "position 5: this ( is never closed"),
        (["x)", "x=1"], "position 2: there is no opening bracket for this )"),
        (["(x]", "x=1"], "position 3: there is no opening bracket for this ]"),
        (["√x", "x=1"], "position 1: the sign √ has no meaning here"),
        (["tnh(x)", "x=1"], "there is no function tnh. Did you mean tanh"),
        (["λ + tnh(x)", "x=1"], "position 5: there is no function tnh"),
        (["ln(x)", "x=1"], "Did you mean log?"),
        (["floor(x)", "x=1"], "no function floor"),
        (["zzzzz(x)", "x=1"], "there is no differentiable function zzzzz"),
        (["x > 2", "x=1"], "position 3: the comparison > has no gradient"),
        (["y = x**2", "x=1"], "position 3: write only what stands to the right of the ="),
        (["lambda*x", "x=1"], "position 1: lambda is a word of Python"),
        (["x if x else 1", "x=1"], "if is a word of Python"),
        (["x % 2", "x=1"], "position 3: there is no operator %"),
        (["x**", "x=1"], "position 4: cannot be read on from here"),
        (["max(x, 0)", "x=1"], "write maximum(x, y)"),
        (["x[y]", "x=[1,2]", "y=0"], "y is no index"),
        (["x[0](3)", "x=[1]"], "there is no sign between ] and ("),
        (["(-x).exp(1)(2)", "x=1"], "there is no sign between ) and ("),
        (["x.real.imag", "x=1"], "there is no x.real.imag"),
        (["x.__class__", "x=1"], "there is no x.__class__"),
        (["__import__('os').system('true')", "x=1"], "there is no differentiable function system"),
        (["open('f')", "x=1"], "no function open"),
        (["'text'*x", "x=1"], "'text' cannot stand in a formula"),
        (["tanh(*x)", "x=1"], "*x cannot stand in a formula"),
        (["tanh(x, out=x)", "x=1"], "out=x cannot stand in a formula"),
        (["{x: 1}", "x=1"], "the sign { has no meaning"),
        (["+".join("x" * 5000), "x=1"], "too long, or nested too deeply"),
        (["+".join("x" * 900), "x=1"], "too long, or nested too deeply"),
        ([""], "the formula is empty"),
        ([], "there is no formula"),
        (["2+3"], "'2+3' has no variable"),
        (["exp*x", "x=1"], "exp is a function: write exp(x)"),
        (["w*x+b", "x=1"], "there is no value for w, b. Add, for example, w=1 b=1"),
        (["x*y", "x=1", "y=2", "z=3"], "a value for z, which does not occur; the variables are: x, y."),
        (["weight*x", "weigth=1", "x=1"], "Did you mean weight?"),
        (["x", "x=1", "x=2"], "x has two values"),
        (["x", "3"], "3 is no value of a variable. Write name=number"),
        (["x", "x="], "x=: write a finite number"),
        (["x", "x=abc"], "x=abc: write a finite number"),
        (["x", "x=1/0"], "x=1/0: write a finite number"),
        (["x", "x=[1,[2]]"], "x=[1,[2]]: write a finite number, such as x=0.5, or an array, such as x=[1,2,3]"),
        (["x", "x=[]"], "x=[]: write a finite number"),
        (["x", "x=0,5"], "a decimal number has a point, 0.5; several numbers stand in square brackets, [0,5]"),
        (["x @ y", "x=[1,2]", "y=[1,2,3]"], "[E06]"),
        (["repeat(x, 1000000000000000)", "x=1"], "position 1: this would make an array of about 1e+15 elements"),
        (["inv(A)", "A=[[1,2],[2,4]]"], "cannot be computed with these values: Singular matrix"),
        (["x", "x=1", "--order", "3"], "--order 3: write a whole number from 1 to 2"),
        (["x", "x=1", "--atol", "-1"], "--atol -1: write a number of 0 or more"),
        (["x", "x=1", "--rtol", "nan"], "--rtol nan: write a number of 0 or more"),
        (["x", "x=1", "--format", "xml"], "--format xml: there are table, markdown, json."),
        (["x", "x=1", "--seed", "x"], "--seed x: write a whole number from 0"),
        (["x", "x=1", "--slow"], "there is no argument --slow. See tinygrad-vn check --help"),
        (["no_such_file.py:f"], "no_such_file.py: there is no such file"),
    ],
)
def test_nonsense_ends_in_one_line(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1
    assert main(["check", *words, "--lang", "vi"]) == 2
    out, vietnamese = capsys.readouterr()
    assert out == ""
    assert vietnamese.count("\n") == 1
    assert vietnamese != err or "E06" in err


def test_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "relu(w*x)", "w=1", "x=0", "--lang", "vi"]) == 0
    out = capsys.readouterr().out
    for said in ("hệ số góc của hàm", "sai số", "điểm gãy", "Kiểm tra gradient đạt"):
        assert said in out
    assert not re.search(r"\b(the|and|passed|slope)\b", out)


def test_values() -> None:
    for text, expected in {"1": 1.0, "-2e-3": -0.002, "pi/4": math.pi / 4, "sqrt(2)": math.sqrt(2)}.items():
        assert array_of("x", text, "en").item() == pytest.approx(expected, rel=1e-15)
    array = array_of("x", "[[1, 2], [3, 4]]", "en")
    assert array.dtype == np.float64
    assert array.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_order_of_the_words_does_not_matter(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for words in (
        ["-x*w", "x=1", "w=2", "--seed", "1"],
        ["--seed", "1", "-x*w", "w=2", "x=1"],
        ["-x*w", "--seed", "1", "x=1", "--strict", "w=2"],
    ):
        assert main(["check", *words]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] == said[2]


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    for lang, words in (("en", "usage: tinygrad-vn check"), ("vi", "cách dùng: tinygrad-vn check")):
        assert main(["check", "--help", "--lang", lang]) == 0
        out = capsys.readouterr().out
        assert words in out
        for option in ("--order", "--fast", "--strict", "--seed", "--atol", "--rtol", "--format", "--lang"):
            assert f"  {option}" in out
        assert '  tinygrad-vn check "tanh(w*x + b)" w=0.5 x=2 b=-1\n' in out
        assert max(map(len, out.splitlines())) <= 120
    assert main(["--help"]) == 0
    assert "  check " in capsys.readouterr().out


def test_the_examples_of_the_help_work(capsys: pytest.CaptureFixture[str]) -> None:
    import shlex

    assert main(["check", "--help"]) == 0
    examples = [shlex.split(line) for line in capsys.readouterr().out.splitlines() if line.startswith("  tinygrad-vn")]
    assert len(examples) == 3
    for program, *words in examples[:2]:
        assert program == "tinygrad-vn"
        assert main(words) == 0
