"""The exercises ask for what the solutions give, and a student hears at once what is still to be written."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NUMBERS = range(1, 13)


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
