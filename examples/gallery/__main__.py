"""Make all drawings of the gallery, a page that shows them, and slides, in both languages.

    python -m examples.gallery            # into out/gallery/en and out/gallery/vi
    python -m examples.gallery docs/images/gallery --only svg

It needs Graphviz (`pip install pygraphviz`). The slides, slides.tex, are for XeLaTeX.
"""

import argparse
from collections.abc import Sequence
from html import escape
from pathlib import Path
from types import ModuleType

from examples.gallery import (
    attention,
    dead_relu,
    logistic_regression,
    network,
    one_rating,
    perceptron,
    second_derivative,
    vanishing_gradient,
)
from tinygrad_vn.lecture import GraphDrawing
from tinygrad_vn.lecture.tikz.tikz import slides

PAGES = (
    perceptron,
    network,
    logistic_regression,
    one_rating,
    dead_relu,
    vanishing_gradient,
    second_derivative,
    attention,
)
STORIES = (perceptron, second_derivative)  # told step by step in the slides
HEADINGS = {"vi": "Đồ thị tính toán cho bài giảng", "en": "Computation graphs for lectures"}


def name_of(page: ModuleType) -> str:
    """examples.gallery.perceptron -> perceptron"""
    return page.__name__.rpartition(".")[2]


def make(folder: Path, lang: str) -> list[Path]:
    """All drawings in one language, as SVG files.

    Args:
        folder: where to; it is made.
        lang: "vi" or "en".
    """
    return [page.drawing(lang).render(folder / f"{name_of(page)}.svg") for page in PAGES]


def page_of(folder: Path, lang: str) -> Path:
    """A page that shows the SVG files beside it, each under its title.

    Args:
        folder: where they are.
        lang: "vi" or "en".
    """
    figures = [
        f'<figure><figcaption>{escape(page.TITLE[lang])}</figcaption><img src="{name_of(page)}.svg" alt=""></figure>'
        for page in PAGES
    ]
    style = "body{font-family:sans-serif;max-width:72em;margin:auto}figcaption{font-size:1.4em}img{max-width:100%}"
    head = f'<meta charset="utf-8"><title>{HEADINGS[lang]}</title><style>{style}</style>'
    path = folder / "index.html"
    body = "\n".join([f"<h1>{HEADINGS[lang]}</h1>", *figures])
    path.write_text(f'<!DOCTYPE html>\n<html lang="{lang}">{head}\n{body}\n</html>\n', encoding="utf-8")
    return path


def slides_of(folder: Path, lang: str) -> Path:
    """Slides for beamer: pictures in TikZ, some told step by step; what has no TikZ as a PDF beside them.

    Args:
        folder: where to.
        lang: "vi" or "en".
    """
    frames = []
    for page in PAGES:
        drawing = page.drawing(lang)
        if page in STORIES:
            frames.append(drawing.to_tikz(overlays=True))
            continue
        if isinstance(drawing, GraphDrawing):
            picture = f"\\tgFit{{\\textwidth}}{{0.75\\textheight}}{{%\n{drawing.to_tikz().rstrip()}}}"
        else:
            drawing.render(folder / f"{name_of(page)}.pdf")
            size = "width=\\textwidth,height=0.75\\textheight,keepaspectratio"
            picture = f"\\includegraphics[{size}]{{{name_of(page)}.pdf}}"
        frames.append(f"\\begin{{frame}}[fragile]{{{page.TITLE[lang]}}}\\centering\n{picture}\n\\end{{frame}}\n")
    path = folder / "slides.tex"
    path.write_text(slides(frames), encoding="utf-8")
    return path


def main(argv: Sequence[str] | None = None) -> None:
    """Run as a program.

    Args:
        argv: the words on the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m examples.gallery", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("out/gallery"))
    parser.add_argument("--only", choices=["svg"], help="no page and no slides")
    options = parser.parse_args(argv)
    for lang in ("en", "vi"):
        folder = options.folder / lang
        made = make(folder, lang)
        if options.only is None:
            made += [page_of(folder, lang), slides_of(folder, lang)]
        print(f"{folder}: {', '.join(path.name for path in made)}")


if __name__ == "__main__":
    main()
