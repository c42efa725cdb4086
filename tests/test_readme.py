"""README.md does what it says: its programs run and print what stands beside them, its tables are complete."""

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest

from tests.checking.corpus import ENTRIES
from tests.samples import SAMPLES
from tinygrad_vn.cli import main
from tinygrad_vn.errors import CATALOGUE
from tinygrad_vn.rules import FUNCTIONS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def promised(program: str) -> list[str]:
    """What stands as a comment behind each print, without the remark behind a colon or comma at its end."""
    return re.findall(r"^\s*print\(.*\)  # (.*)$", program, re.MULTILINE)


def test_programs_print_what_stands_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pygraphviz", reason="the README draws a picture, which needs the extra `lab`")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    checked = 0
    for program in blocks("python"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(program, names)
        wanted = " ".join(promised(program))
        assert " ".join(printed.getvalue().split()) == " ".join(wanted.split())
        checked += wanted != ""
    assert checked >= 5
    assert "<svg" in (tmp_path / "out/loss.svg").read_text(encoding="utf-8")
    (derivation,) = (block for block in blocks("text") if block.startswith("Forward pass"))
    assert derivation.strip() in str(names["explained"])
    (listing,) = (block for block in blocks("text") if block.startswith("import numpy"))
    printed_lines = str(names["program"]).splitlines()
    assert [line for line in listing.splitlines() if line.strip() != "…" and line not in printed_lines] == []


def test_the_demo_prints_the_lines_that_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = [line for line in blocks("text")[0].splitlines() if line.strip() and "…" not in line]
    assert main(["demo", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(shown) >= 8
    assert [line for line in shown if line not in printed] == []


def test_every_differentiable_numpy_function_is_in_the_table_of_operations() -> None:
    listed = set(re.findall(r"[\w.]+", README[README.index("## Operations") : README.index("## Where NumPy")]))
    missing = []
    for function in FUNCTIONS:
        name = function.__name__
        if getattr(np, name, None) is not function and getattr(np.linalg, name, None) is not function:
            continue
        if name not in listed and f"linalg.{name}" not in listed:
            missing.append(name)
    assert missing == []


def test_nothing_was_left_to_fill_in() -> None:
    assert "@@" not in README


def test_every_error_code_is_listed() -> None:
    assert set(re.findall(r"^\| (E\d\d) \|", README, re.MULTILINE)) == set(CATALOGUE)


def test_no_link_is_dead() -> None:
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / document).read_text(encoding="utf-8")):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{document}: {target}"


def test_the_counts_of_checked_rules_are_right() -> None:
    samples = [sample for group in SAMPLES.values() for sample in group]
    elements = sum(x.size for sample in samples for x in sample.inputs)
    counts = f"{len(SAMPLES)} operations with {len(samples):,} sample inputs", f"({elements:,} elements each)"
    for count in (*counts, f"tested on {len(ENTRIES)} functions of known truth"):
        assert count in " ".join(README.split()), count
