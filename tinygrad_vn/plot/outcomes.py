"""What a model says: its predictions against the targets, and where it draws the line between classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import Language, resolve
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.modes import no_grad
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.use import in_use
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.plot.figures import COLORS, HELD_OUT, LINE, MARKERS, TEXT, dress, legend_below, new_figure
from tinygrad_vn.tensor import Tensor

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE: Final = 200  # points along either axis at which a model is asked


def predictions(targets: Any, predicted: Any, *, title: str | None = None, lang: str | None = None) -> Figure:
    """Every prediction over its target: what lies on the diagonal is exact.

    Above stands the root of the mean squared error (RMSE) and, where the targets differ, R²: the share of their
    variance that the predictions explain, 1 for exact ones, 0 for what the mean alone would do.

    Args:
        targets: n numbers, shape (n,) or (n, 1).
        predicted: as many, shape (n,) or (n, 1).
        title: what stands above the plot, before RMSE and R²; "Predictions against targets" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there are none, not as many of both, or some are not finite.
    """
    language = resolve(lang)
    y, guess = _column(targets, "targets"), _column(predicted, "predicted")
    if len(y) != len(guess) or not len(y):
        raise ValueError(
            said(
                "every target needs one prediction: there are {targets} targets and {predictions} predictions",
                targets=len(y),
                predictions=len(guess),
            )
        )
    squares = np.sum((guess - y) ** 2)
    quality = f"RMSE = {number(float(np.sqrt(squares / len(y))))}"
    spread = np.sum((y - y.mean()) ** 2)
    if spread > 0:
        quality += f", R² = {number(float(1 - squares / spread))}"
    figure = new_figure()
    figure.set_size_inches(5, 5)
    axes = figure.add_subplot()
    ends = np.array([min(y.min(), guess.min()), max(y.max(), guess.max())])
    alpha = 0.7 if len(y) <= 300 else 0.3
    axes.plot(ends, ends, color=HELD_OUT, linestyle="--", linewidth=1.5, label=word("exact", language))
    look: dict[str, Any] = {
        "color": LINE,
        "alpha": alpha,
        "linestyle": "none",
        "marker": "o",
        "markersize": 5,
        "markeredgewidth": 0,
    }
    axes.plot(y, guess, label=word("one sample", language), **look)
    legend_below(figure)
    heading = f"{title or capitalized(word('predictions', language))}\n{quality}"
    dress(axes, heading, word("target", language), word("prediction", language))
    room = 0.05 * (ends[1] - ends[0] or 1.0)
    axes.set(xlim=(ends[0] - room, ends[1] + room), ylim=(ends[0] - room, ends[1] + room), aspect="equal")
    return figure


def decision_boundary(
    predict: Callable[[Any], Any],
    x: Any,
    y: Any,
    *,
    names: tuple[str, str] = ("x₁", "x₂"),
    title: str | None = None,
    lang: str | None = None,
) -> Figure:
    """Where a classifier of points in the plane changes its mind, with the data over it.

    Args:
        predict: maps a Tensor of m points, shape (m, 2), x's dtype, to one probability of the larger class per point,
            shape (m,) or (m, 1); to one class per point, as they stand in y; or to one score per class, shape (m, k),
            of which the largest wins, in the order of the sorted classes. A model itself will do, and is asked in
            eval mode; one that ends in a logit needs the sigmoid behind it, nn.Sequential(model, nn.Sigmoid()).
        x: the points, shape (n, 2).
        y: their classes, shape (n,) or (n, 1): numbers or names.
        names: of the two inputs.
        title: what stands above the plot; "Decision boundary" by default.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: x and y do not fit, or predict gives neither probabilities nor classes nor scores.
    """
    language = resolve(lang)
    points, labels = np.asarray(_array(x)), np.asarray(_array(y)).reshape(-1)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) != len(labels) or not len(points):
        raise ValueError(
            said("x needs shape (n, 2) and y (n,), but they have {x} and {y}", x=points.shape, y=np.shape(_array(y)))
        )
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * np.where(high > low, high - low, 1.0)
    sides = [np.linspace(a, b, SIDE) for a, b in zip(low - margin, high + margin, strict=True)]
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    dtype = points.dtype if points.dtype.kind == "f" else np.float64
    with in_use(predict) if isinstance(predict, Module) else no_grad():
        answer = np.asarray(_array(predict(Tensor(grid.astype(dtype)))))
    figure = new_figure()
    classes = _regions(figure, sides, _one_each(answer, len(grid), labels), labels, language)
    _points(figure, points, labels, classes, language)
    legend_below(figure)
    dress(figure.axes[0], title or capitalized(word("decision boundary", language)), *names)
    figure.axes[0].grid(False)
    return figure


def _array(values: Any) -> Any:
    return values.detach().numpy() if isinstance(values, Tensor) else values


def _column(values: Any, name: str) -> Values:
    """n finite numbers.

    Raises:
        ValueError: another shape, or numbers that are not finite.
    """
    array = np.asarray(_array(values), dtype=float)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(said("{name} must have shape (n,) or (n, 1), not {shape}", name=name, shape=array.shape))
    if not np.isfinite(array).all():
        place = int(np.isfinite(array).argmin())
        raise ValueError(said("{name} has NaN or infinity at place {place}", name=name, place=place))
    return array


def _one_each(answer: Values, count: int, labels: Values) -> Values:
    """One probability or class per point, shape (count,); of several scores, the class of the largest.

    Raises:
        ValueError: another shape.
    """
    if answer.ndim == 2 and answer.shape[1] == 1:
        answer = answer[:, 0]
    if answer.shape[:1] != (count,) or answer.ndim > 2:
        raise ValueError(
            said(
                "predict gave shape {shape} for {count} points; it should give one answer per point",
                shape=answer.shape,
                count=count,
            )
        )
    if answer.ndim == 2:
        classes = np.unique(labels)
        best = answer.argmax(axis=1)
        return classes[best] if len(classes) == answer.shape[1] else best
    is_whole = answer.dtype.kind == "f" and bool((answer == np.round(answer)).all())
    return answer.astype(labels.dtype) if is_whole and labels.dtype.kind in "iu" else answer


def _regions(figure: Figure, sides: list[Values], answer: Values, labels: Values, lang: Language) -> Values:
    """The background and the boundary; returns the classes in their order."""
    axes = figure.add_subplot()
    classes = np.unique(labels)
    table = answer.reshape(SIDE, SIDE)
    if answer.dtype.kind != "f" or bool((answer == np.round(answer)).all()):
        classes = np.unique(np.concatenate([labels, answer]))
        table = np.searchsorted(classes, table)
        for k in range(len(classes)):
            if (table == k).any():
                color = COLORS[k % len(COLORS)]
                axes.contourf(*sides, table == k, [0.5, 1.5], colors=[color], alpha=0.18, zorder=0)
                if not (table == k).all():
                    axes.contour(*sides, table == k, [0.5], colors=[TEXT], linewidths=1.2, zorder=1)
        return classes
    if len(classes) > 2 or not ((answer >= 0) & (answer <= 1)).all():
        span = f"{number(float(answer.min()))} … {number(float(answer.max()))}"
        what = phrase(
            "predict gave {span} for {count} classes: that is neither a probability nor a class.",
            span=span,
            count=len(classes),
        )
        if len(classes) > 2:
            raise ValueError(said("{what} Let it give one score per class, or the class itself.", what=what))
        raise ValueError(
            said(
                "{what} If these are logits, write decision_boundary(nn.Sequential(model, nn.Sigmoid()), x, y); if "
                "they are scores around 0.5, let it give the class, lambda x: model(x) > 0.5.",
                what=what,
            )
        )
    name = word("probability", lang, name=classes[-1])
    shades = _two_colors()
    filled = axes.contourf(*sides, table, np.linspace(0, 1, 11), cmap=shades, zorder=0)
    if answer.min() < 0.5 < answer.max():
        axes.contour(*sides, table, [0.5], colors=[TEXT], linewidths=1.5, zorder=1)
    figure.colorbar(filled, ax=axes, label=name).outline.set_visible(False)
    return classes


def _two_colors() -> Any:
    """From the first class's colour over white to the second's, both pale enough for the data over them."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("classes", ["#8AC0DF", "#FFFFFF", "#D3A594"])


def _points(figure: Figure, points: Values, labels: Values, classes: Values, lang: Language) -> None:
    """The data, a colour and a shape for every class."""
    for k, name in enumerate(classes):
        chosen = points[labels == name]
        look: dict[str, Any] = {
            "color": COLORS[k % len(COLORS)],
            "marker": MARKERS[k % len(MARKERS)],
            "markeredgecolor": "white",
        }
        label = word("class named", lang, name=name)
        figure.axes[0].plot(*chosen.T, linestyle="none", markersize=7, markeredgewidth=0.7, label=label, **look)
