"""Plots: read back from the files that they are saved as."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tinygrad_vn import plot

LOSSES = [2.5, 1.0, 0.6, 0.45, 0.4]


def words_in(path: Path) -> str:
    """The texts of an SVG; matplotlib draws them as outlines and repeats them as comments."""
    ElementTree.parse(path)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "title"), [("vi", "Đường cong hàm mất mát (loss curve)"), ("en", "Loss curve")])
def test_a_loss_curve_says_what_it_shows(tmp_path: Path, lang: str, title: str) -> None:
    pytest.importorskip("matplotlib")
    plot.save(plot.loss_curve(LOSSES, lang=lang), tmp_path / "curve.svg")
    text = words_in(tmp_path / "curve.svg")
    assert title in text
    assert "epoch" in text
    assert "2.5" in text
    assert "0.4" in text


def test_own_titles_and_formats(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    figure = plot.loss_curve(LOSSES, title="Tổng bình phương", ylabel="RMSE")
    plot.save(figure, tmp_path / "một đường cong.svg")
    plot.save(figure, tmp_path / "curve.png")
    assert "Tổng bình phương" in words_in(tmp_path / "một đường cong.svg")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG\r\n")
    with pytest.raises(ValueError, match="bmpp"):
        plot.save(figure, tmp_path / "curve.bmpp")


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", ("tập huấn luyện", "tập validation")), ("en", ("training", "validation"))]
)
def test_a_held_out_curve_has_a_legend(tmp_path: Path, lang: str, words: tuple[str, str]) -> None:
    pytest.importorskip("matplotlib")
    plot.save(plot.loss_curve(LOSSES, held_out={1: 1.2, 4: 0.75}, lang=lang), tmp_path / "new/folder/both.svg")
    text = words_in(tmp_path / "new/folder/both.svg")
    assert "0.75" in text
    plot.save(plot.loss_curve(LOSSES, lang=lang), tmp_path / "one.svg")
    for word in words:
        assert word in text
        assert word not in words_in(tmp_path / "one.svg")


def test_losses_by_epoch_stand_at_their_epochs() -> None:
    pytest.importorskip("matplotlib")
    for figure in (plot.loss_curve({0.5: 2.0, 1.5: 1.0}), plot.loss_curves({"a": {0.5: 2.0, 1.5: 1.0}})):
        (line,) = figure.axes[0].lines
        assert line.get_xydata().tolist() == [[0.5, 2.0], [1.5, 1.0]]


def test_numbers_that_are_none_leave_gaps() -> None:
    pytest.importorskip("matplotlib")
    nothing, infinite = float("nan"), float("inf")
    figure = plot.loss_curve([100.0, 1.0, 2.0], held_out={1: infinite, 2: nothing}, lang="en")
    assert figure.axes[0].get_yscale() == "log"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["training: 100 → 2", "validation: ∞ → NaN"]
    plot.loss_curve([nothing, nothing])


def test_the_same_plot_gives_the_same_file(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("a.svg", "b.svg"):
        plot.save(plot.loss_curve(LOSSES), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize("losses", [[1.0], [3.0, 0.0, -2.0], [0.5, 0.4]])
def test_every_kind_of_curve_can_be_drawn(tmp_path: Path, losses: list[float]) -> None:
    pytest.importorskip("matplotlib")
    plot.save(plot.loss_curve(losses), tmp_path / "curve.svg")
    words_in(tmp_path / "curve.svg")


def test_no_losses_are_refused() -> None:
    with pytest.raises(ValueError, match="no losses"):
        plot.loss_curve([])


def test_without_matplotlib_the_remedy_is_named() -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from tinygrad_vn import plot\n"
        "try: plot.loss_curve([1.0])\n"
        "except ImportError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "pip install matplotlib" in said
