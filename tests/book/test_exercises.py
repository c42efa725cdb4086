"""The exercises ask for what the solutions give, and a student hears at once what is still to be written."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NUMBERS = range(1, 13)
WRONG = {  # chapter -> what students do write, as (a piece of the solution, the mistake)
    1: [
        ("(f(x + h) - f(x - h)) / (2 * h)", "(f(x + h) - f(x)) / h"),
        ("points[-1] - rate *", "points[-1] + rate *"),
        ("1 / max(areas) ** 2", "2 / max(areas) ** 2"),
        ("1 / max(areas) ** 2", "1 / min(areas) ** 2"),
    ],
    2: [
        ("2 * (x + y) - y, 2 * (x + y) - x", "2 * (x + y) - x, 2 * (x + y) - y"),
        ("slope * along_paths", "slope + along_paths"),
        ("along_paths(arrows, to, end) for", "arrows.get((to, end), float(to == end)) for"),
    ],
    3: [
        (
            "self, other), (lambda g: g * other.data, lambda g: g * self.data)",
            "self, other), (lambda g: g, lambda g: g)",
        ),
        ("g * (1 - out * out)", "g * (1 - self.data * self.data)"),
        ("gradients.get(source, 0.0) + rule(g)", "rule(g)"),
        ("value.grad += g\n", "value.grad = g\n"),
        ("rule(g)\n", "rule(value.grad)\n"),
    ],
    4: [
        ("(f(x + step) - f(x - step)) / (2 * h)", "(f(x + step) - f(x)) / h"),
        ("<= atol + rtol *", "<= rtol *"),
        ("<= atol + rtol * np.abs(numeric)", "<= atol"),
        ("np.all(", "np.any("),
    ],
    5: [
        ("small / (1 + small) ** 2", "1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z)))"),
        ("<= 0", "< 0"),
        ("np.all(", "np.any("),
    ],
    6: [
        ("/ Y.size", "/ 2"),
        ("(1 - A1 * A1)", "A1 * (1 - A1)"),
        ("delta1.sum(axis=0)", "delta1.sum()"),
        ("np.tanh(X @ W1 + b1) @ W2 + b2", "np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2)"),
    ],
    7: [
        ("gamma * v + rate * g", "gamma * v + g"),
        ("beta1**t", "beta1"),
        ("(np.sqrt(s / (1 - beta2**t)) + 1e-8)", "np.sqrt(s / (1 - beta2**t) + 1e-8)"),
        ("enumerate(gradients, 1)", "enumerate(gradients, 2)"),
    ],
    8: [
        ("2 * penalty * w", "penalty * w"),
        ("/ len(y)", "/ X.size"),
        ("loss < losses[best]", "loss <= losses[best]"),
        (">= patience", "> patience"),
        ("            break\n", "            return epoch\n"),
    ],
    9: [
        ("np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))", "np.log1p(np.exp(z)) - z * y"),
        ("np.mean(", "np.sum("),
        ("- y) / len(y)", "- y)"),
    ],
    10: [
        ("E = (R - U @ M.T) * rated", "E = R - U @ M.T"),
        ("/ rated.sum() * E @ M", "/ rated.size * E @ M"),
        ("-2 / rated.sum() * E.T @ U", "2 / rated.sum() * E.T @ U"),
        ("-predicted[film]", "predicted[film]"),
        ("~rated[user]", "rated[user] >= 0"),
    ],
    11: [
        ("range(order)", "range(order - 1)"),
        ("x -= slope / bend", "x += slope / bend"),
        ("x -= slope / bend", "x -= slope"),
    ],
    12: [
        ("(X @ W - y[:, np.newaxis]) ** 2, axis=0", "(X @ W - y[:, np.newaxis]) ** 2"),
        ("- 2 * A @ B.T", "- A @ B.T"),
        (
            "np.mean((X @ W - y[:, np.newaxis]) ** 2, axis=0)",
            "np.array([np.mean((X @ w - y) ** 2) for w in W.T])",
        ),
    ],
}


def skeleton(path: Path) -> list[str]:
    """The signatures and docstrings of a file's functions and methods."""
    functions = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if hasattr(node, "args")]
    named = [node for node in functions if isinstance(node, ast.FunctionDef)]
    return sorted(f"{f.name}({ast.unparse(f.args)}): {ast.get_docstring(f)}" for f in named)


@pytest.mark.parametrize("number", NUMBERS)
def test_exercise_and_solution_have_the_same_signatures(number):
    name = f"chapter_{number:02}.py"
    exercise = skeleton(ROOT / "exercises" / name)
    assert exercise == skeleton(ROOT / "tests/book/solutions" / name)
    assert "raise NotImplementedError" in (ROOT / "exercises" / name).read_text(encoding="utf-8")


def test_every_exercise_is_open_until_a_student_has_done_it():
    command = [sys.executable, "-m", "pytest", "tests/book", "-p", "no:cacheprovider", "-q"]
    chosen = " or ".join(f"chapter_{number}" for number in NUMBERS)
    done = subprocess.run(
        [*command, "-m", chosen], cwd=ROOT, env=os.environ | {"COLUMNS": "300"}, capture_output=True, text=True
    )
    assert done.returncode == 1
    failed = re.findall(r"^FAILED (\S+) - (\w+)", done.stdout, re.MULTILINE)
    assert {reason for _, reason in failed} == {"NotImplementedError"}
    assert {int(re.search(r"chapter_(\d+)", test)[1]) for test, _ in failed} == set(NUMBERS)
    assert not re.search(r"\d+ passed", done.stdout)


@pytest.mark.parametrize("turn", range(max(map(len, WRONG.values()))))
def test_a_wrong_answer_is_noticed(turn, tmp_path):
    """In every turn each chapter has another mistake; they are judged as a student's answers are."""
    checks = tmp_path / "tests/book"
    checks.mkdir(parents=True)
    (tmp_path / "exercises").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "tests/book/conftest.py", checks)
    mistaken = [number for number in NUMBERS if turn < len(WRONG[number])]
    for number in mistaken:
        name = f"chapter_{number:02}.py"
        shutil.copy(ROOT / f"tests/book/test_{name}", checks)
        right = (ROOT / "tests/book/solutions" / name).read_text(encoding="utf-8")
        old, new = WRONG[number][turn]
        assert right.count(old) == 1, old
        (tmp_path / "exercises" / name).write_text(right.replace(old, new), encoding="utf-8")
    chosen = " or ".join(f"chapter_{number}" for number in mistaken)
    command = [sys.executable, "-m", "pytest", "tests/book", "-p", "no:cacheprovider", "-q", "-m", chosen]
    environ = os.environ | {"COLUMNS": "300", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120)
    failed = re.findall(r"^FAILED \S+chapter_(\d+)\.py", done.stdout, re.MULTILINE)
    assert {int(number) for number in failed} == set(mistaken), done.stdout
    assert "SyntaxError" not in done.stdout
    assert "NameError" not in done.stdout
