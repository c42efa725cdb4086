"""The two pages about the report: what they print, in both languages, and that it is true."""

import re

import numpy as np
import pytest

from examples import report_4x5, report_501x100
from tinygrad_vn.models.report_tables import FACTORS, random_table


def test_the_worked_examples_factors() -> None:
    """In the basis where A = (1, 0) and B = (0, 1), they are those that the report's table was made from."""
    for found, exact in zip(report_4x5.factors_of(report_4x5.learned()), FACTORS, strict=True):
        np.testing.assert_allclose(found, exact, atol=1e-8)


@pytest.mark.parametrize(("lang", "says"), [("en", "Recommended to D"), ("vi", "Đề xuất cho D")])
def test_the_worked_example(lang: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    report_4x5.main(["--lang", lang])
    out = capsys.readouterr().out
    assert re.search(rf"{says}[^\n]*\n\nM3 +5\.00\nM1 +4\.00\n", out)
    assert re.search(r"A +1\.44 .*\n.*\n.*\nD .* 0\.63\n", out)
    assert "-0.00" not in out


def test_nothing_can_be_learned_from_chance() -> None:
    """Without a penalty every factor makes it worse; the best penalty leaves nothing but the mean."""
    mean, *rows = report_501x100.held_out(random_table(), epochs=300)
    assert mean[2] == pytest.approx(np.sqrt(2), abs=0.02)  # the deviation of 1, 2, 3, 4, 5
    tests = [mean[2], *(test for _, _, test, _, _, _ in rows)]
    assert tests == sorted(tests)
    assert tests[-1] > 1.05 * tests[0]
    for _, train, _, _, best_train, best in rows:
        assert train < mean[1] < best_train + 0.01
        assert best == pytest.approx(mean[2], abs=0.005)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_large_table(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    report_501x100.main(["--steps", "50", "--rated", "3=5,17=2.5", "--lang", lang])
    out = capsys.readouterr().out
    assert "3 (5), 17 (2.5)" in out
    assert "50 steps" in out if lang == "en" else "50 bước" in out
    shown = re.search(r"501[^:]*: (.*)", out.split("\n\n")[1])
    assert shown
    films = [int(film) for film in re.findall(r"(\d+) \(", shown[1])]
    assert len(films) == 5
    assert not {3, 17} & set(films)
    assert max(map(len, out.splitlines())) <= 120


@pytest.mark.parametrize("wrong", ["0=5", "101=5", "1=7", "x", "1"])
def test_nonsense_has_exit_status_2(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        report_501x100.main(["--rated", wrong])
    assert caught.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
