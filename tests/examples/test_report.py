"""What the pages about the report rest on: its random table, and that no model learns anything from chance.

That they run in both languages, and end with all their numbers as promised, test_pages.py sees to.
"""

import runpy
from pathlib import Path

import numpy as np
import pytest

from tinygrad_vn.models.report_tables import FACTORS, random_table

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_the_worked_example(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setattr("sys.argv", ["ch10_report_4x5.py", "--lang", "en"])
    page = runpy.run_path(str(EXAMPLES / "ch10_report_4x5.py"))
    for found, exact in zip((page["U"], page["M"]), FACTORS, strict=True):
        np.testing.assert_allclose(found, exact, atol=1e-8)
    out = capsys.readouterr().out
    assert "\nRecommended to D, in this order\nM3     5.00\nM1     4.00\n" in out
    assert "2,000,000      2     6,000" in out
    assert "-0.00" not in out


@pytest.mark.parametrize("wrong", [{0: 5}, {101: 5}, {1: 7}, {1: -1}])
def test_ratings_of_the_last_user_that_cannot_be(wrong: dict[int, float]) -> None:
    with pytest.raises(ValueError, match=r"film|rating"):
        random_table(last=wrong)


def test_the_last_user_has_rated_what_was_said() -> None:
    table = np.nan_to_num(random_table(last={3: 5, 17: 2.5}, seed=3).matrix())
    assert table.shape == (501, 100)
    assert {int(film) + 1: table[500, film] for film in np.flatnonzero(table[500])} == {3: 5.0, 17: 2.5}
