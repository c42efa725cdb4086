"""The page about the one neuron: what it prints, in both languages, and that the neuron is drawn."""

import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "examples/ch09_one_neuron.py"


def printed(*options: str) -> str:
    """What the page prints; it is a program of its own."""
    command = [sys.executable, "-W", "error", str(PAGE), *options]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


@pytest.mark.parametrize(("lang", "says"), [("en", "All three ways agree"), ("vi", "Cả ba cách trùng nhau")])
def test_three_ways_to_the_same_numbers(lang: str, says: str) -> None:
    out = printed("--lang", lang)
    assert says in out
    assert sum(line.split()[-3:] == ["-1.3863", "2.4849", "2.0794"] for line in out.splitlines()) == 3
    assert "σ(w₀ + w₁ + w₂) = 0.96" in out


def test_the_neuron_is_drawn(tmp_path: Path, graphviz: object) -> None:
    printed("--lang", "en", "--out", str(tmp_path))
    assert "σ" in (tmp_path / "ch09_one_neuron.svg").read_text(encoding="utf-8")
