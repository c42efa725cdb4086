"""The gallery: eight drawings in two languages, each of which shows what its page says, and slides that compile."""

import itertools
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from examples.gallery import __main__ as gallery
from tinygrad_vn.lecture import GraphDrawing
from tinygrad_vn.lecture.picture.heat import norm

ROOT = Path(__file__).parent.parent.parent


def gradients(page: ModuleType) -> dict[str, Any]:
    """Name -> gradient, of everything in a page's graph."""
    return {str(box.name): box.gradient for box in page.drawing("en").graph.variables}


def values(page: ModuleType) -> dict[str, Any]:
    return {str(box.name): box.value for box in page.drawing("en").graph.variables}


def test_there_are_eight_pages_with_their_titles() -> None:
    files = {path.stem for path in Path(gallery.__file__).parent.glob("*.py")} - {"__init__", "__main__"}
    assert {gallery.name_of(page) for page in gallery.PAGES} == files
    assert len(files) == 8
    for page in gallery.PAGES:
        assert set(page.TITLE) == {"vi", "en"}
        assert len(str(page.__doc__).splitlines()) >= 3


def test_all_of_it_in_both_languages(
    tmp_path: Path,
    graphviz: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gallery.main([str(tmp_path)])
    assert capsys.readouterr().out.count("\n") == 2
    for lang, said in (("en", "gradient"), ("vi", "giá trị")):
        folder = tmp_path / lang
        for page in gallery.PAGES:
            name = gallery.name_of(page)
            text = (folder / f"{name}.svg").read_text(encoding="utf-8")
            ElementTree.fromstring(text)
            assert f'src="{name}.svg"' in (folder / "index.html").read_text(encoding="utf-8")
            assert len(text) < 100_000
        assert said in (folder / "perceptron.svg").read_text(encoding="utf-8")
        slides = (folder / "slides.tex").read_text(encoding="utf-8")
        assert slides.count(r"\begin{frame}") == 8
        drawn = re.findall(r"\\includegraphics\[.*\]\{(.*)\}", slides)
        assert all((folder / name).is_file() for name in drawn)
    assert "giá trị" not in (tmp_path / "en/perceptron.svg").read_text(encoding="utf-8")


def test_the_readme_has_pictures_of_all_pages() -> None:
    for lang in ("en", "vi"):
        kept = {path.stem for path in (ROOT / "docs/images/gallery" / lang).glob("*.svg")}
        assert kept == {gallery.name_of(page) for page in gallery.PAGES}


def test_the_pages_show_what_they_say() -> None:
    """Against derivatives worked out by hand."""
    found = gradients(gallery.perceptron)
    a = 1 / (1 + np.exp(-0.1))
    assert found["w2"] == pytest.approx(2 * (a - 1) * a * (1 - a) * 2)
    found = gradients(gallery.one_rating)
    error = 2 * (1.2 * 1.5 + 0.3 * 0.8 + 0.5 - 4)
    np.testing.assert_allclose(found["u"], error * np.array([1.5, 0.8, -1.0]))
    found = gradients(gallery.dead_relu)
    assert found["w2"] == 0
    assert found["w1"] != 0
    found = gradients(gallery.vanishing_gradient)
    sizes = [norm(found[f"a{k}"]) for k in range(1, 6)]
    assert all(before < after / 4 for before, after in itertools.pairwise(sizes))
    assert gradients(gallery.second_derivative)["x"] == 12
    assert values(gallery.second_derivative)["y′"] == 12
    weights = values(gallery.attention)["weights"]
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()
    X, y = np.array([[2, 9], [6, 7], [8, 8]]), np.array([[0], [1], [1]])
    p = 1 / (1 + np.exp(-X @ [[0.4], [-0.2]]))
    np.testing.assert_allclose(gradients(gallery.logistic_regression)["w"], X.T @ (p - y) / 3)


def test_stories_are_graphs() -> None:
    assert all(isinstance(page.drawing("en"), GraphDrawing) for page in gallery.STORIES)


@pytest.mark.skipif(not shutil.which("xelatex"), reason="xelatex is not installed")
def test_the_slides_compile(tmp_path: Path, graphviz: None) -> None:
    if subprocess.run(["kpsewhich", "beamer.cls", "tikz.sty"], capture_output=True).stdout.count(b"\n") < 2:
        pytest.skip("beamer or TikZ is not installed")
    path = gallery.slides_of(tmp_path, "vi")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", path.name]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120).returncode == 0
    assert "Missing character" not in (tmp_path / "slides.log").read_text(encoding="utf-8", errors="replace")
