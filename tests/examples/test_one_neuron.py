"""The page about the one neuron: what it prints, in both languages, and that the odds are those of the table."""

from pathlib import Path

import numpy as np
import pytest

from examples import one_neuron


@pytest.mark.parametrize(("lang", "says"), [("en", "All three agree"), ("vi", "Cả ba cách trùng nhau")])
def test_three_ways_to_the_same_numbers(lang: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    one_neuron.main(["--lang", lang])
    out = capsys.readouterr().out
    assert says in out
    assert sum(line.split()[-3:] == ["-1.3863", "2.4849", "2.0794"] for line in out.splitlines()) == 3
    assert "0.96" in out


def test_every_group_is_predicted_as_often_as_it_was_granted() -> None:
    _, model = one_neuron.by_estimator(*one_neuron.applications())
    np.testing.assert_allclose(model.predict_proba([[0, 0], [1, 0], [0, 1]])[:, 1], [2 / 10, 12 / 16, 6 / 9], atol=1e-8)


def test_the_neuron_is_drawn(tmp_path: Path, graphviz: object) -> None:
    one_neuron.main(["--lang", "en", "--out", str(tmp_path)])
    assert "σ" in (tmp_path / "neuron.svg").read_text(encoding="utf-8")
