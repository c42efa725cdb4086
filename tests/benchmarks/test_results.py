"""What the measurements are written to, compared by and drawn from."""

import json
from pathlib import Path

import pytest

from benchmarks import chart, compare, import_time, own_time, results, speed, timing
from benchmarks.peers import EAGER, JIT
from benchmarks.workloads import WORKLOADS


def file_of(path: Path, ratio: float | None, own: float = 3.0) -> str:
    cell = {"missing": "an error"} if ratio is None else {"us": 10.0, "by_hand_us": 10.0, "ratio": ratio}
    peer = {"us": 1.0, "by_hand_us": 1.0, "ratio": 100.0 * own}  # how fast a peer is, is not our regression
    speed_of = {"net": {EAGER: {"us": 1, "by_hand_us": 1, "ratio": 2.0}, JIT: cell, "PyTorch": peer}}
    path.write_text(json.dumps({"figures": {"own time": own}, "speed": speed_of}), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("new_ratio", "new_own", "code", "said"),
    [
        (0.8, 3.0, 0, "No regression among 3"),
        (0.91, 3.4, 0, "No regression among 3"),  # +14 % and +13 %
        (0.93, 3.0, 1, "| net · tinygrad_vn jit | 0.80 | 0.93 | +16 % |"),
        (0.5, 4.0, 1, "| own time | 3.00 | 4.00 | +33 % |"),
        (None, 3.0, 1, "| net · tinygrad_vn jit | 0.80 | not measured |  |"),
    ],
)
def test_more_than_15_percent_are_a_regression(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    new_ratio: float | None,
    new_own: float,
    code: int,
    said: str,
) -> None:
    old, new = file_of(tmp_path / "old.json", 0.8), file_of(tmp_path / "new.json", new_ratio, new_own)
    assert compare.main([old, new]) == code
    assert said in capsys.readouterr().out


def test_what_only_one_file_has_is_named_and_no_regression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = file_of(tmp_path / "old.json", None), tmp_path / "new.json"
    new.write_text(json.dumps({"figures": {}, "speed": {"net": {EAGER: {"ratio": 2.0}}}}), encoding="utf-8")
    assert compare.main([old, str(new)]) == 0
    assert "own time" in capsys.readouterr().out
    assert compare.main([old]) == 2


def test_a_measurement_has_times_and_a_ratio_and_who_cannot_says_why() -> None:
    work = speed.chosen(["2-3-3-1", "SGD"])
    assert [w.name for w in work] == ["net 2-3-3-1, batch 4 · SGD"]
    found = speed.run(work, ((EAGER,), ("micrograd",)), pairs=3)
    cell, other = found[work[0].name][EAGER], found[work[0].name]["micrograd"]
    assert cell["ratio"] == pytest.approx(cell["us"] / cell["by_hand_us"], rel=0.8)
    assert set(other) == {"missing"}
    shown = speed.tables(found)
    assert f"| net 2-3-3-1, batch 4 · SGD | {cell['ratio']:.2f} | – |" in shown
    assert f"micrograd: {other['missing']}" in shown


def test_other_losses_are_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(speed.CONTESTANTS, EAGER, lambda work: lambda: 7.0)
    assert speed.measured(WORKLOADS[0], EAGER, 1)["missing"].startswith("other losses")


def test_pairs_take_turns_and_neither_is_always_first() -> None:
    turns: list[str] = []
    pair = timing.in_pairs(lambda: turns.append("a"), lambda: turns.append("b"), pairs=3, block=0.0)
    assert "".join(turns[6:]) == "abbaabba"  # after three calls of each, to find how many fit into a block
    assert pair.ratio > 0


def test_results_name_machine_and_versions_but_no_folders(tmp_path: Path) -> None:
    results.write("## speed\n\ntable", {"net": {EAGER: {"ratio": 2.0}}}, {"own": 3.0}, tmp_path)
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    data = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert "cores" in text
    assert "numpy" in text
    assert text.endswith("table\n")
    assert str(Path.home()) not in text
    assert (data["speed"]["net"], data["figures"]) == ({EAGER: {"ratio": 2.0}}, {"own": 3.0})


def test_the_chart_has_a_group_per_work_and_a_bar_per_contestant(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    cells = {EAGER: {"ratio": 2.0}, JIT: {"ratio": 0.7}, "PyTorch": {"missing": "not installed"}}
    path = chart.drawn({"speed": {work.name: cells for work in WORKLOADS}}, tmp_path / "speed.svg")
    drawing = path.read_text(encoding="utf-8")
    assert all(work.title in drawing for work in WORKLOADS)
    assert "0.7×" in drawing
    assert "PyTorch" not in drawing


def test_own_figures_are_positive_and_an_import_is_timed() -> None:
    recorded, backward, own = own_time.own_microseconds(rounds=5)
    assert 0 < own < recorded + backward
    assert import_time.import_seconds("numpy") > 0
