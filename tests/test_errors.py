"""Every error of the engine: its code, its class, and a text that names what happened and what to write instead.

The text exists in English and Vietnamese, says the same in both, and appears in the language in force when it is read.
"""

import ast
import contextlib
import copy
import importlib
import os
import pickle  # noqa: TID251 - how processes pass errors on
import re
import string
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import data, lecture, models, nn, optim, plot, training
from tinygrad_vn.errors import CATALOGUE, Coded
from tinygrad_vn.nn import functional as F
from tinygrad_vn.phrases import VIETNAMESE
from tinygrad_vn.rules.primitive import Primitive

PACKAGE = Path(tg.__file__).parent


def tracked(*shape: int, name: str | None = None) -> tg.Tensor:
    return tg.tensor(np.ones(shape), requires_grad=True, name=name)


def spent() -> tg.Tensor:
    y = tracked(2).exp().sum()
    y.backward()
    return y


def with_rule(rule: Callable[..., Any]) -> tg.Tensor:
    """A result of an operation whose rule is wrong."""
    return Primitive("wrong", lambda x: x * 1.0, "?", {"x": rule})(tracked(2, 3)).sum()


def used_up(model: "Model") -> Iterator[tg.Tensor]:
    parameters = model.parameters()
    list(parameters)
    return parameters


def overflow() -> None:
    with tg.detect_anomaly():
        np.exp(tracked(2, 3) * 1000)


def never_trained() -> None:
    """PyTorch takes a Tensor without requires_grad among the others, and never changes it."""
    optim.SGD([tracked(2), tg.zeros(2)])


class Model:
    def parameters(self) -> Iterator[tg.Tensor]:
        yield tracked(2)


CASES: list[tuple[str, type[Exception], type[Exception], str, Callable[[], Any]]] = [
    (
        "E02",
        tg.GradientError,
        RuntimeError,
        r"shape \(2, 3\).*\.sum\(\).*\.mean\(\).*gradient=",
        lambda: (tracked(2, 3) * 2).backward(),
    ),
    (
        "E02",
        tg.GradientError,
        RuntimeError,
        r"shape \(3,\) \(not \(2,\)\)",
        lambda: (tracked(3) * 2).backward(np.ones(2)),
    ),
    ("E02", tg.GradientError, RuntimeError, r"shape \(3,\)", lambda: tg.grad(tracked(3) * 2, tracked(3))),
    ("E02", tg.GradientError, RuntimeError, r"shape \(\) \(not \(1,\)\)", lambda: tracked(3).sum().backward([1.0])),
    (
        "E03",
        tg.DtypeError,
        TypeError,
        r"int64.*slope.*1\.0 instead of 1",
        lambda: tg.tensor([1, 2], requires_grad=True),
    ),
    ("E03", tg.DtypeError, TypeError, r"int64.*dtype=float", lambda: tg.tensor([1, 2]).requires_grad_()),
    ("E03", tg.DtypeError, TypeError, r"bool", lambda: tg.tensor([True], requires_grad=True)),
    ("E03", tg.DtypeError, TypeError, r"complex128.*not supported", lambda: tg.tensor([1j], requires_grad=True)),
    ("E03", tg.DtypeError, TypeError, r"int64", lambda: tg.zeros(2, dtype=int, requires_grad=True)),
    ("E03", tg.DtypeError, TypeError, r"int32.*tg\.float32 or tg\.float64", lambda: tg.set_default_dtype(np.int32)),
    (
        "E04",
        tg.GradientError,
        RuntimeError,
        r"`\+=` on Tensor 'w'.*tg\.no_grad\(\)",
        lambda: tracked(2, name="w").__iadd__(1),
    ),
    (
        "E04",
        tg.GradientError,
        RuntimeError,
        r"`x\[…\] = …` on Tensor 'w'.*np\.where",
        lambda: tracked(2, name="w").__setitem__(0, 1),
    ),
    ("E04", tg.GradientError, RuntimeError, r"zero_\(\) on the result of 'exp'", lambda: tracked(2).exp().zero_()),
    ("E04", tg.GradientError, RuntimeError, r"np\.copyto on a Tensor.*\.data", lambda: np.copyto(tg.zeros(2), 1.0)),
    ("E04", tg.GradientError, RuntimeError, r"np\.add\.at\(\) on a Tensor", lambda: np.add.at(tg.zeros(2), 0, 1.0)),
    ("E05", tg.GradientError, RuntimeError, r"bare array.*\.detach\(\)\.numpy\(\)", lambda: tracked(2).numpy()),
    ("E05", tg.GradientError, RuntimeError, r"bare array", lambda: np.asarray(tracked(2) * 2)),
    ("E05", tg.GradientError, RuntimeError, r"np\.median has no gradient rule.*detach", lambda: np.median(tracked(2))),
    (
        "E05",
        tg.GradientError,
        RuntimeError,
        r"np\.exp\(out=…\).*without out=",
        lambda: np.exp(tracked(2), out=np.ones(2)),
    ),
    (
        "E05",
        tg.GradientError,
        RuntimeError,
        r"np\.sum\(…, where=.*`where`",
        lambda: np.sum(tracked(2), where=np.ones(2, bool)),
    ),
    (
        "E06",
        tg.ShapeError,
        ValueError,
        r"\(2, 3\) and \(4, 5\).*inner sizes 3 and 4 differ",
        lambda: tracked(2, 3) @ tracked(4, 5),
    ),
    ("E06", tg.ShapeError, ValueError, r"3 and 4 differ.*x @ y\.T", lambda: tracked(2, 3) @ np.ones((4, 3))),
    ("E06", tg.ShapeError, ValueError, r"2 and 3 differ.*x\.T @ y", lambda: np.ones((3, 2)) @ tracked(3, 4)),
    ("E06", tg.ShapeError, ValueError, r"single number.*\*", lambda: tracked(2, 3) @ 2.0),
    ("E06", tg.ShapeError, ValueError, r"add \(\+\).*\(2, 3\) and \(2,\)", lambda: tracked(2, 3) + tracked(2)),
    ("E06", tg.ShapeError, ValueError, r"multiply \(×\).*\(3,\) and \(2,\)", lambda: np.ones(3) * tracked(2)),
    ("E06", tg.ShapeError, ValueError, r"stacks \(2,\) and \(3,\)", lambda: tracked(2, 4, 4) @ tracked(3, 4, 4)),
    ("E05", tg.GradientError, RuntimeError, r"mode='mean'.*Use constant", lambda: np.pad(tracked(2), 1, mode="mean")),
    (
        "E05",
        tg.GradientError,
        RuntimeError,
        r"casting=.*Leave `casting`",
        lambda: np.concatenate([tracked(2)], casting="no"),
    ),
    ("E05", tg.GradientError, RuntimeError, r"full_matrices=False", lambda: np.linalg.svd(tracked(2, 3))),
    ("E05", tg.GradientError, RuntimeError, r"'exp' included.*detach", lambda: tracked(2).exp().requires_grad_(False)),
    ("E05", tg.GradientError, RuntimeError, r"deep copy.*clone", lambda: copy.deepcopy(tracked(2).exp())),
    (
        "E08",
        tg.ShapeError,
        ValueError,
        r"\(4, 1\) and the target \(4,\), which NumPy would broadcast to \(4, 4\)\. Write `target\.reshape\(-1, 1\)`",
        lambda: F.mse_loss(tracked(4, 1), np.ones(4)),
    ),
    ("E08", tg.ShapeError, ValueError, r"target\.reshape\(-1\)`", lambda: F.mse_loss(tracked(4), np.ones((4, 1)))),
    ("E08", tg.ShapeError, ValueError, r"`target\.T`", lambda: F.mse_loss(tracked(2, 3), np.ones((3, 2)))),
    ("E08", tg.ShapeError, ValueError, r"reshape\(\(2, 3\)\)", lambda: F.mse_loss(tracked(2, 3), np.ones(6))),
    ("E08", tg.ShapeError, ValueError, r"one target for each.*\(3,\)", lambda: F.mse_loss(tracked(3), np.ones(4))),
    ("E08", tg.ShapeError, ValueError, r"broadcast to \(3,\)\. Give one", lambda: F.mse_loss(tracked(3), 0.0)),
    (
        "E09",
        tg.GradientError,
        RuntimeError,
        r"already used by backward\(\).*inside the loop.*retain_graph=True",
        lambda: spent().backward(),
    ),
    ("E09", tg.GradientError, RuntimeError, r"already used", lambda: (spent() * 2).backward()),
    ("E10", tg.GradientError, RuntimeError, r"not connected.*requires_grad=True", lambda: tg.tensor(1.0).backward()),
    ("E10", tg.GradientError, RuntimeError, r"detach\(\)", lambda: (tracked(2).detach() * 2).sum().backward()),
    ("E10", tg.GradientError, RuntimeError, r"np\.argmax", lambda: tracked(2).argmax().backward()),
    ("E10", tg.GradientError, RuntimeError, r"np\.floor has no slope", lambda: np.floor(tracked(2)).sum().backward()),
    ("E10", tg.GradientError, RuntimeError, r"astype\(int64\)", lambda: tracked(2).astype(int).sum().backward()),
    (
        "E10",
        tg.GradientError,
        RuntimeError,
        r"Input 1 of grad\(\) \('b'\).*do not depend.*allow_unused=True",
        lambda: tg.grad(tracked_pair[0].sum(), [tracked_pair[0], tracked(2, name="b")]),
    ),
    (
        "E10",
        tg.GradientError,
        RuntimeError,
        r"Input 0 of grad\(\).*requires_grad=False",
        lambda: tg.grad(tracked(2).sum(), tg.ones(2)),
    ),
    ("E10", tg.GradientError, RuntimeError, r"An output of grad\(\)", lambda: tg.grad(tg.ones(2).sum(), tracked(2))),
    ("E10", tg.GradientError, RuntimeError, r"This Tensor", lambda: tg.ones(2).retain_grad()),
    (
        "E10",
        tg.GradientError,
        RuntimeError,
        r"leaf 'x' was made without requires_grad=True",
        lambda: (tg.tensor(1.0, name="x") * 2).backward(),
    ),
    (
        "E12",
        tg.GradientError,
        RuntimeError,
        r"'wrong' .* 'x' returned shape \(2, 2\).*must be of shape \(2, 3\) and dtype float64; .*differ: \[1\]",
        lambda: with_rule(lambda g, out, x: g[:, :2]).backward(),
    ),
    ("E12", tg.GradientError, RuntimeError, r"numbers of axes", lambda: with_rule(lambda g, out, x: g[0]).backward()),
    ("E12", tg.GradientError, RuntimeError, r"a float, but", lambda: with_rule(lambda g, out, x: 1.0).backward()),
    ("E12", tg.GradientError, RuntimeError, r"dtype bool", lambda: with_rule(lambda g, out, x: g > 0).backward()),
    (
        "E13",
        tg.ParameterError,
        TypeError,
        r"SGD was given a whole Model. .* model\.parameters",
        lambda: optim.SGD(Model()),
    ),
    ("E13", tg.ParameterError, TypeError, r"one Tensor.*SGD\(\[w\], …\)", lambda: optim.SGD(tracked(2))),
    ("E13", tg.ParameterError, TypeError, r"given 3, which is no list", lambda: optim.SGD(3)),
    (
        "E13",
        tg.ParameterError,
        TypeError,
        r"1 1\.5, of type float.*parameters\(\)",
        lambda: optim.Adam([tracked(2), 1.5]),
    ),
    ("E13", tg.ParameterError, ValueError, r"no parameters.*list\(model\.parameters", lambda: optim.SGD([])),
    ("E13", tg.ParameterError, ValueError, r"generator gives its items only once", lambda: optim.SGD(used_up(Model()))),
    ("E13", tg.ParameterError, ValueError, r"number 0 the result of an operation", lambda: optim.SGD([tracked(2) * 2])),
    (
        "E13",
        tg.ParameterError,
        ValueError,
        r"number 1 a Tensor without requires_grad, tensor\(\[0\., 0\.\]\)",
        never_trained,
    ),
    ("E13", tg.ParameterError, ValueError, r"number 1 twice", lambda: optim.SGD([tracked_pair[0]] * 2)),
    (
        "E13",
        tg.ParameterError,
        TypeError,
        r"mixed.*\{\"params\": \[…\]\}",
        lambda: optim.SGD([{"params": [tracked(2)]}, 1]),
    ),
    ("E13", tg.ParameterError, ValueError, r"a group that has no parameters", lambda: optim.SGD([{"lr": 0.1}])),
    ("E14", tg.GradientError, RuntimeError, r"result of exp has Inf in 6 of 6 elements.*`np\.exp\(tracked", overflow),
    (
        "E15",
        tg.ShapeError,
        ValueError,
        r"shape \(2, 1\).*\.any\(\).*\.all\(\).*\.item\(\)",
        lambda: bool(tracked(2, 1)),
    ),
    ("E15", tg.ShapeError, ValueError, r"shape \(0,\)", lambda: not tg.zeros(0)),
]
tracked_pair = (tracked(2), tracked(2))


@pytest.mark.parametrize(("code", "kind", "builtin", "text", "mistake"), CASES)
def test_mistake(code: str, kind: type, builtin: type, text: str, mistake: Callable[[], Any]) -> None:
    with pytest.raises(tg.TinygradError) as caught:
        mistake()
    error = caught.value
    assert type(error) is kind
    assert isinstance(error, builtin)
    assert error.code == code
    assert str(error).startswith(f"[{code}] ")
    assert re.search(text, str(error), re.DOTALL), str(error)
    assert str(error).endswith((".", "?"))


def logarithm_of_zero() -> None:
    with contextlib.suppress(tg.GradientError), tg.detect_anomaly():
        np.log(tracked(2, 3) - 1)


def passes_added_up() -> None:
    w = tracked(2)
    for _ in range(3):
        w.sum().backward()
    optim.SGD([w], lr=0.1).step()


WARNINGS: list[tuple[str, str, Callable[[], Any]]] = [
    ("E01", r"3 calls of backward\(\).*zero_grad\(\).*accumulate=True", passes_added_up),
    ("E07", r"log got 6 of 6 values .* outside its domain \(x > 0\), in .*line \d+: `np\.log", logarithm_of_zero),
    ("E11", r"`\.grad` of the result of 'exp'", lambda: tracked(2).exp().grad),
    ("E17", r"runs as always.*\.item\(\) reads", lambda: tg.jit(lambda x: x * x.sum().item())(tracked(2))),
    ("E16", r"applies softmax itself.*Leave softmax out", lambda: F.cross_entropy(F.softmax(tracked(2, 3)), [0, 1])),
    ("E16", r"takes the logarithms of.*log_softmax", lambda: F.nll_loss(tracked(2, 3).softmax(), [0, 1])),
    (
        "E16",
        r"applies sigmoid itself.*Leave sigmoid out",
        lambda: F.binary_cross_entropy_with_logits(F.sigmoid(tracked(2)), [0, 1]),
    ),
]


@pytest.mark.parametrize(("code", "text", "mistake"), WARNINGS)
def test_warning(code: str, text: str, mistake: Callable[[], Any]) -> None:
    with pytest.warns(tg.GradientWarning, match=rf"^\[{code}\] .*{text}") as caught:
        mistake()
    assert [str(warning.message)[1:4] for warning in caught] == [code]
    assert caught[0].message.code == code
    assert caught[0].filename == __file__


def test_every_code_is_raised_here() -> None:
    assert {code for code, *_ in (*CASES, *WARNINGS)} == set(CATALOGUE)


# --- two languages ------------------------------------------------------------------------------------------------


def message(mistake: Callable[[], Any]) -> Coded:
    """The error or warning that a mistake causes."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Coded) as caught:
            mistake()
    return caught.value


MISTAKES = [case[-1] for case in (*CASES, *WARNINGS)]
FIELD = re.compile(r"\{\w*(![rs])?(:.*)?\}")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CODE = re.compile(r"`[^`]*`|'[^']*'")
ENGLISH = re.compile(
    r"\b(the|of|is|was|were|are|call|use|write|make|or|and|which|not|its|it|that|for|from|given)\b", re.I
)
VIETNAMESE_LETTER = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_both_languages_say_the_same(mistake: Callable[[], Any]) -> None:
    error = message(mistake)
    texts = {}
    for language in ("en", "vi"):
        tg.set_language(language)
        texts[language] = str(error)
    assert texts == error.texts
    english, vietnamese = texts["en"], texts["vi"]
    assert english[:6] == vietnamese[:6] == f"[{error.code}] "
    assert sorted(NUMBER.findall(english)) == sorted(NUMBER.findall(vietnamese))
    assert sorted(CODE.findall(english)) == sorted(CODE.findall(vietnamese))
    assert not FIELD.search(english + vietnamese)
    assert VIETNAMESE_LETTER.search(vietnamese)
    assert not VIETNAMESE_LETTER.search(english)
    prose = re.sub(r"[\w.]+\(.*?\)", "", CODE.sub("", vietnamese))  # without calls, such as np.full(…)
    assert not ENGLISH.search(prose), prose


@pytest.mark.parametrize("mistake", MISTAKES)
def test_errors_survive_copying_and_pickling(mistake: Callable[[], Any]) -> None:
    error = message(mistake)
    error.add_note("in lesson 3")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert (twin.code, twin.texts, twin.args, twin.__notes__) == (
            error.code,
            error.texts,
            error.args,
            ["in lesson 3"],
        )
        tg.set_language("vi")
        assert str(twin) == error.texts["vi"]
        tg.set_language("en")


def test_the_variable_sets_the_language_of_messages() -> None:
    program = "import tinygrad_vn as tg\ntg.ones((2, 3)) @ tg.ones((2, 3))"
    for language, says in (("vi", "không kết hợp được shape (2, 3) và (2, 3)"), ("en", "cannot combine shapes (2, 3)")):
        surroundings = {**os.environ, "TINYGRAD_VN_LANG": language, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", env=surroundings)
        assert f"ShapeError: [E06] matmul (@) {says}" in done.stderr


def fields(template: str) -> list[str]:
    return sorted({field for _, field, _, _ in string.Formatter().parse(template) if field})


def test_every_template_and_phrase_has_the_same_fields_in_both_languages() -> None:
    for text in CATALOGUE.values():
        assert fields(text["en"]) == fields(text["vi"])
    for english, vietnamese in VIETNAMESE.items():
        assert fields(english) == fields(vietnamese)
        same = english.replace("ed", "") == vietnamese.replace("ed", "")
        words = re.sub(r"\{.*?\}", "", english).split()
        assert not same or set(words) <= {"Tensor", "shape", "dtype"}, english


def phrases_asked_for(function: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """The texts that a function passes to `phrase` or `said`, as they stand or in the variable set last before."""
    variables: dict[str, list[tuple[int, str]]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for target in node.targets:
                variables.setdefault(getattr(target, "id", ""), []).append((node.lineno, node.value.value))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("phrase", "said") and node.args:
            text = node.args[0]
            if isinstance(text, ast.Constant):
                yield text.value, node
            elif isinstance(text, ast.Name):
                earlier = [found for found in variables.get(text.id, ()) if found[0] < node.lineno]
                yield from ((found, node) for _, found in sorted(earlier)[-1:])


def test_every_phrase_that_is_raised_is_in_the_table_and_no_other() -> None:
    texts, missing, number = set(), set(), 0
    for path in (*PACKAGE.rglob("*.py"), *Path(models.__file__).parent.rglob("*.py")):
        if path.name == "phrases.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            for text, call in phrases_asked_for(function):
                number += 1
                if text not in VIETNAMESE:
                    missing.add(text)
                given = {keyword.arg for keyword in call.keywords}
                assert set(fields(text)) <= given or None in given, f"{path}, line {call.lineno}"
    assert number > 200
    assert sorted(missing) == []
    assert sorted(VIETNAMESE.keys() - texts) == []


def test_every_room_has_its_own_phrases_registered() -> None:
    for room in (data, lecture, nn, optim, plot, training):
        name = room.__name__.rpartition(".")[2]
        table = getattr(importlib.import_module(f"{room.__name__}.phrases"), f"{name.upper()}_VIETNAMESE")
        sources = [p for p in Path(str(room.__file__)).parent.rglob("*.py") if p.name != "phrases.py"]
        trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
        texts = {n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        assert sorted(table.keys() - texts) == []  # none of another room
        assert {text: VIETNAMESE[text] for text in table} == table  # none that another room translates otherwise


def test_errors_of_layers_and_tensors_have_no_english_of_their_own() -> None:
    wrong = []
    for path in (*(PACKAGE / "nn").rglob("*.py"), *(PACKAGE / f"{name}.py" for name in SPEAKING)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and "Error" in ast.unparse(node.exc.func):
                texts = [arg for arg in node.exc.args if isinstance(arg, ast.Constant | ast.JoinedStr)]
                values = [text.value if isinstance(text, ast.Constant) else "" for text in texts]
                wrong += [f"{path.name}, line {node.lineno}" for value in values if not CODE_OF_AN_ERROR.match(value)]
    assert wrong == []


SPEAKING = ("chance", "creation", "dispatch", "dtypes", "idioms", "methods", "tensor")
CODE_OF_AN_ERROR = re.compile(r"E\d\d$")


# --- E01: whose gradient is a sum ---------------------------------------------------------------------------------


def step_messages(optimizer: optim.Optimizer, **settings: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        optimizer.step(**settings)
    return [str(warning.message)[:5] for warning in caught]


FORGET: dict[str, Callable[[optim.Optimizer, tg.Tensor], Any]] = {
    "optimizer.zero_grad()": lambda optimizer, w: optimizer.zero_grad(),
    "w.zero_grad()": lambda optimizer, w: w.zero_grad(),
    "w.grad = None": lambda optimizer, w: setattr(w, "grad", None),
    "w.grad.zero_()": lambda optimizer, w: w.grad.zero_(),
    "w.grad.data[...] = 0": lambda optimizer, w: w.grad.data.fill(0.0),
    "w.grad *= 0": lambda optimizer, w: w.grad.__imul__(0.0),
}


@pytest.mark.parametrize("forget", FORGET.values(), ids=FORGET.keys())
def test_every_way_to_forget_a_gradient_is_understood(forget: Callable[[optim.Optimizer, tg.Tensor], Any]) -> None:
    w = tracked(2)
    optimizer = optim.SGD([w], lr=0.1)
    for _ in range(3):
        (w * w).sum().backward()
        assert step_messages(optimizer) == []
        forget(optimizer, w)
    (w * w).sum().backward()
    assert step_messages(optimizer) == []
    (w * w).sum().backward()
    assert step_messages(optimizer) == ["[E01]"]


def test_sums_that_are_meant_are_not_mentioned() -> None:
    w = tracked(2)
    optimizer = optim.Adam([w])
    for _ in range(4):  # micro-batches
        w.sum().backward()
    assert step_messages(optimizer, accumulate=True) == []
    w.grad = w.grad / 4  # an average made by hand is a new gradient
    assert step_messages(optimizer) == []
    optimizer.zero_grad()
    (w.sum() + (w * w).sum()).backward()  # two losses in one pass
    assert step_messages(optimizer) == []
    assert step_messages(optimizer) == []  # a second step with one gradient


def test_a_forgotten_zero_grad_is_mentioned_once_for_each_optimizer() -> None:
    shared = tracked(2)
    first, second = optim.SGD([tracked(2), shared], lr=0.1), optim.SGD([shared], lr=0.1)
    shared.sum().backward()
    assert step_messages(first) == []
    shared.sum().backward()
    assert step_messages(second) == ["[E01]"]
    assert step_messages(second) == []
    assert step_messages(first) == ["[E01]"]
    assert step_messages(optim.SGD([copy.deepcopy(shared)], lr=0.1)) == ["[E01]"]


def test_a_warning_that_is_made_an_error_leaves_the_parameters_as_they_are() -> None:
    calm, added = tracked(2), tracked(2)
    calm.sum().backward()
    for _ in range(2):
        added.sum().backward(create_graph=True)
    with pytest.raises(tg.GradientWarning, match="E01"):
        optim.SGD([calm, added], lr=0.1).step()
    assert calm.tolist() == added.tolist() == [1.0, 1.0]


def test_what_an_optimizer_was_given_is_shown_on_one_line() -> None:
    error = message(lambda: optim.SGD([tg.zeros((20, 20))]))
    assert "\n" not in str(error)
    assert "tensor([[0., 0., 0.," in str(error)
    assert "…" in str(error)
    assert len(str(error)) < 250


def test_a_parameter_that_was_frozen_on_purpose_may_stay_with_the_others() -> None:
    w, frozen = tracked(2), tracked(2).requires_grad_(False)
    optimizer = optim.SGD([w, frozen], lr=0.1)
    (w * frozen).sum().backward()
    optimizer.step()
    assert (w.tolist(), frozen.tolist()) == ([0.9, 0.9], [1.0, 1.0])


# --- what errors are ----------------------------------------------------------------------------------------------


def test_result_computed_under_no_grad_is_named() -> None:
    w = tracked(2)
    with tg.no_grad():
        y = (w * w).sum()
    with pytest.raises(tg.GradientError, match=r"\[E10\].*computed under no_grad\(\)"):
        y.backward()


def test_warning_about_grad_of_a_result() -> None:
    w = tracked(2, name="w")
    y = w * w
    y.name = "y"
    y.sum().backward()
    with pytest.warns(tg.GradientWarning, match=r"\[E11\] `\.grad` of Tensor 'y'.*\.retain_grad\(\)") as caught:
        assert y.grad is None
    assert caught[0].filename == __file__
    assert caught[0].message.code == "E11"
    with pytest.warns(tg.GradientWarning, match=r"the result of 'exp'"):
        assert w.exp().grad is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert w.grad is not None
        assert tg.ones(2).grad is None
        z = w * w
        z.retain_grad()
        assert z.grad is None


def test_errors_are_caught_by_ordinary_except_clauses() -> None:
    with pytest.raises(ValueError, match="E06"):
        tracked(2, 3) @ tracked(2, 3)
    with pytest.raises(TypeError, match="E03"):
        tg.tensor([1], requires_grad=True)
    with pytest.raises(RuntimeError, match="E10"):
        tg.ones(()).backward()


def test_catalogue_is_complete_and_readable() -> None:
    for code, text in CATALOGUE.items():
        details = dict.fromkeys(fields(text["en"]), "…")
        for kind in (tg.GradientError, tg.ShapeError, tg.DtypeError, tg.ParameterError, tg.GradientWarning):
            assert str(kind(code, **details)).startswith(f"[{code}] ")


def test_shape_mistake_does_not_drag_numpys_message_along() -> None:
    for mistake in (lambda: tracked(2) + tracked(3), lambda: tracked(2, 3) @ tracked(2, 3)):
        with pytest.raises(tg.ShapeError) as caught:
            mistake()
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


def test_other_value_errors_stay_numpys() -> None:
    with pytest.raises(ValueError, match="reshape"):
        tracked(2, 3).reshape(7)
    with pytest.raises(np.exceptions.AxisError):
        tracked(2, 3).sum(axis=5)
