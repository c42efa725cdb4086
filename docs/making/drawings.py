"""The drawings of the chapters: one function each, like the programs in the text.

Each becomes a picture, a page to click through, a PDF with a page for every step and a slide for beamer.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

import tinygrad_vn as tg
from docs.making import ROOT
from docs.making.stamps import STAMP, fingerprint, is_made_of
from examples.gallery import (
    attention,
    dead_relu,
    logistic_regression,
    one_rating,
    perceptron,
    second_derivative,
    vanishing_gradient,
)
from tinygrad_vn.cli import main
from tinygrad_vn.language import Language
from tinygrad_vn.lecture import GraphDrawing
from tinygrad_vn.lecture.play import play_page
from tinygrad_vn.lecture.tikz.tikz import slides
from tinygrad_vn.nn import functional

Draw = Callable[[str], GraphDrawing]


def land_price(lang: str) -> GraphDrawing:
    """Chapter 1: the loss of one land price."""
    w = tg.tensor(2.0, requires_grad=True)
    b = tg.tensor(5.0, requires_grad=True)
    loss = (w * 56 + b - 45) ** 2
    return tg.draw(loss, lang=lang)


def used_twice(lang: str) -> GraphDrawing:
    """Chapter 2: a value that two operations use."""
    x = tg.tensor(3.0, requires_grad=True)
    y = tg.tensor(4.0, requires_grad=True)
    u = x * y
    v = x + y
    z = u * v
    return tg.draw(z, lang=lang)


def own_tensor(lang: str) -> GraphDrawing:
    """Chapter 3: what the engine of one screen walks through."""
    a = tg.tensor(2.0, requires_grad=True)
    b = tg.tensor(-3.0, requires_grad=True)
    c = tg.tensor(10.0, requires_grad=True)
    loss = tg.tanh((a * b + c) / 4)
    return tg.draw(loss, lang=lang)


def to_check(lang: str) -> GraphDrawing:
    """Chapter 4: the gradient that is checked against slopes."""
    x = tg.tensor(0.5, requires_grad=True)
    y = x * tg.sin(x) + tg.exp(-x)
    return tg.draw(y, lang=lang)


def network_2331(lang: str) -> GraphDrawing:
    """Chapter 6: the net 2-3-3-1 with the lecture's layout of weights, (in, out)."""
    rng = np.random.default_rng(0)
    X = tg.tensor([[0.0, 1.0], [1.0, 1.0]])
    Y = tg.tensor([[1.0], [0.0]])
    W1, W2, W3 = (tg.tensor(rng.normal(size=size).round(1), requires_grad=True) for size in ((2, 3), (3, 3), (3, 1)))
    b1, b2, b3 = (tg.zeros(n, requires_grad=True) for n in (3, 3, 1))
    A1 = tg.sigmoid(X @ W1 + b1)
    A2 = tg.sigmoid(A1 @ W2 + b2)
    Y_hat = tg.sigmoid(A2 @ W3 + b3)
    J = functional.mse_loss(Y_hat, Y)
    return tg.draw(J, show=("value", "grad"), precision=3, lang=lang)


def narrow_valley(lang: str) -> GraphDrawing:
    """Chapter 7: a valley ten times as steep in one direction."""
    a = tg.tensor(4.0, requires_grad=True)
    b = tg.tensor(1.0, requires_grad=True)
    loss = a**2 + 10 * b**2
    return tg.draw(loss, lang=lang)


def penalty(lang: str) -> GraphDrawing:
    """Chapter 8: an L2 penalty is one more branch that leads to the loss."""
    w = tg.tensor(3.0, requires_grad=True)
    error = (w * 2 - 5) ** 2
    penalty = 0.5 * w**2
    loss = error + penalty
    return tg.draw(loss, lang=lang)


def backward_drawn(lang: str) -> GraphDrawing:
    """Chapter 12: the backward pass, drawn as the program that `jit` records."""
    x = tg.tensor(2.0)
    w = tg.tensor(0.5, requires_grad=True)
    loss = tg.tanh(w * x) ** 2
    return tg.draw(loss, backward=True, lang=lang)


CHAPTERS: dict[int, dict[str, Draw]] = {
    1: {"land_price": land_price},
    2: {"used_twice": used_twice, "perceptron": perceptron.drawing},
    3: {"own_tensor": own_tensor},
    4: {"to_check": to_check},
    5: {"dead_relu": dead_relu.drawing, "vanishing_gradient": vanishing_gradient.drawing},
    6: {"network_2331": network_2331},
    7: {"narrow_valley": narrow_valley},
    8: {"penalty": penalty},
    9: {"logistic_regression": logistic_regression.drawing},
    10: {"one_rating": one_rating.drawing},
    11: {"second_derivative": second_derivative.drawing},
    12: {"backward_drawn": backward_drawn, "attention": attention.drawing},
}


def make(folder: Path, lang: Language) -> None:
    """All drawings in one language (drawings/*.svg, steps/*.html, slides/*.pdf and *.tex), a worksheet, the play page.

    They are left as they are while the code is.

    Args:
        folder: where to; it is made.
        lang: "vi" or "en".
    """
    gallery = sorted((ROOT / "examples/gallery").glob("*.py"))
    made_of = fingerprint(Path(__file__), *gallery)
    if is_made_of(folder / "drawings", made_of):
        return
    for kind in ("drawings", "steps", "slides", "sheets"):
        shutil.rmtree(folder / kind, ignore_errors=True)
        (folder / kind).mkdir(parents=True)
    for drawings in CHAPTERS.values():
        for name, draw in drawings.items():
            drawing = draw(lang)
            drawing.render(folder / "drawings" / f"{name}.svg")
            drawing.to_html(folder / "steps" / f"{name}.html")
            drawing.frames(folder / "slides" / f"{name}.pdf")
            beamer = slides([drawing.to_tikz(overlays=True)])
            (folder / "slides" / f"{name}.tex").write_text(beamer, encoding="utf-8")
    (folder / "steps/play.html").write_text(play_page(lang), encoding="utf-8")
    main(["worksheet", "--seed", "7", "--count", "2", "--lang", lang, "-o", str(folder / "sheets/worksheet.html")])
    (folder / "drawings" / STAMP).write_text(made_of)
