"""Every kind of picture, in both languages: no text covers another, and colours stay apart for colour-blind readers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.plot.gallery import PICTURES, drawn
from tinygrad_vn import plot
from tinygrad_vn.plot.figures import COLORS, style_of

pytest.importorskip("matplotlib")


def texts_of(figure: Any) -> list[Any]:
    """All texts that are seen."""
    found = [figure._suptitle] if figure._suptitle else []
    for legend in figure.legends:
        found += legend.get_texts()
    for axes in figure.axes:
        found += [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
        if axes.get_legend():
            found += axes.get_legend().get_texts()
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                found += [label for label in (tick.label1, tick.label2) if low <= tick.get_loc() <= high]
    return [text for text in found if text.get_visible() and text.get_text()]


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("name", PICTURES)
def test_no_text_covers_another_or_leaves_the_picture(name: str, lang: str) -> None:
    figure = drawn(PICTURES[name](lang))
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts_of(figure)]
    assert len(boxes) > 8
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= figure.bbox.x1 + 1, text
        assert box.y1 <= figure.bbox.y1 + 1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert not (a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1), f"{one!r} covers {other!r}"


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_an_svg_that_repeats_itself(tmp_path: Path, name: str, lang: str) -> None:
    for file in ("a.svg", "b.svg"):
        plot.save(PICTURES[name](lang), tmp_path / file)
    ElementTree.parse(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize("name", PICTURES)
def test_the_languages_differ(name: str) -> None:
    english, vietnamese = ({text.get_text() for text in texts_of(PICTURES[name](lang))} for lang in ("en", "vi"))
    assert english - vietnamese
    assert any(not text.isascii() for text in vietnamese - english)


# How colours look to people without one kind of cones: Machado, Oliveira and Fernandes (2009), in linear RGB.
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def lab(linear: Any) -> Any:
    """CIE L*a*b* of a linear RGB colour, white being D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ np.clip(linear, 1e-3, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("kind", BLIND)
def test_colours_stay_apart_for_colour_blind_readers(kind: str) -> None:
    from matplotlib.colors import to_rgb

    seen = [lab(np.array(BLIND[kind]) @ (np.array(to_rgb(color)) ** 2.2)) for color in COLORS]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 12  # 2.3 is just noticeable


def test_lines_are_told_apart_twice() -> None:
    styles = [style_of(k) for k in range(42)]
    assert len({str(style) for style in styles}) == 42
    for one, other in itertools.pairwise(styles):
        assert one["color"] != other["color"]
        assert one["linestyle"] != other["linestyle"]
