"""Whose answers the exercises' tests judge: a student's, when a chapter is asked for, and otherwise ours.

`pytest tests/book -m chapter_3` checks `exercises/chapter_03.py`, as the book says. Without `-m`, as in `make test`,
the same tests run on the solutions, so that neither an exercise nor its test can be wrong unnoticed.
"""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent


def pytest_configure(config: pytest.Config) -> None:
    for number in range(1, 13):
        config.addinivalue_line("markers", f"chapter_{number}: the exercises of chapter {number}")


@pytest.fixture(scope="module")
def answers(request: pytest.FixtureRequest) -> ModuleType:
    """The module with the answers of the chapter that a test file is about."""
    number = request.module.__name__.rpartition("_")[2]
    solutions = Path(__file__).parent / "solutions"
    students = "chapter_" in request.config.option.markexpr or not solutions.is_dir()
    path = (ROOT / "exercises" if students else solutions) / f"chapter_{number}.py"
    spec = importlib.util.spec_from_file_location(f"answers_{number}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
