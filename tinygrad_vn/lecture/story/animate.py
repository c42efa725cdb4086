"""Training as an animation: the computation of the loss, with weights and gradients as they were at every epoch.

    history = training.fit(model, loss, optimizer, data, epochs=100, snapshots=10)
    animate(history, model, lambda: mse_loss(model(X), Y), "training.html")

The page is the one of `GraphDrawing.to_html`, with a slider over the epochs and the curve of the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Protocol

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import LANGUAGES
from tinygrad_vn.lecture.arguments import described
from tinygrad_vn.lecture.computation.graph import Graph, Variable
from tinygrad_vn.lecture.computation.request import Names
from tinygrad_vn.lecture.numbers import in_words, number, width_of
from tinygrad_vn.lecture.picture.draw import GraphDrawing, draw
from tinygrad_vn.lecture.story.page import Numbers, changes, moment, page, texts_of_array, write_page
from tinygrad_vn.lecture.story.steps import Step
from tinygrad_vn.lecture.words import word
from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

State = Mapping[str, Any]

INTERVALS: Final = 4  # between the numbers beside the curve of the loss, about


class HasSnapshots(Protocol):
    """What `training.fit` returns."""

    @property
    def snapshots(self) -> Mapping[int, State]:
        """The model's state by epoch."""


class Shot(NamedTuple):
    """The computation at one epoch."""

    epoch: int
    drawing: GraphDrawing
    numbers: Numbers
    loss: float


def animate(
    snapshots: HasSnapshots | Mapping[int, State],
    model: Module,
    loss: Callable[[], Tensor],
    path: str | Path,
    *,
    names: Names = None,
    rankdir: Literal["LR", "TB", "RL", "BT"] = "LR",
    precision: int = 4,
    theme: Literal["light", "dark"] = "light",
    lang: str | None = None,
) -> Path:
    """Write a web page that shows how a model learned: values, gradients and loss of every kept epoch.

    For every snapshot the model takes on its parameters, and `loss` computes anew; no `.grad` changes, and afterwards
    the model is as it was. The graph is laid out once, so that nothing moves from epoch to epoch.

    Args:
        snapshots: what `training.fit(…, snapshots=…)` returned, or a dictionary of states by epoch.
        model: whose parameters they are.
        loss: computes one number with the model, on the example that is to be shown.
        path: the file; its folder is made where it does not exist.
        names: names for Tensors, as for `draw`; the parameters have those of the model.
        rankdir: the direction of the computation: "LR" from left to right, "TB" from top to bottom, …
        precision: significant digits of numbers.
        theme: the page opens "light" or "dark".
        lang: it opens in "vi" or "en"; by default the language setting.

    Raises:
        ValueError: there are no snapshots, they do not fit the model, `loss` returns something else than one number,
            or it computes in another way at some epoch.
        DrawingError: no Graphviz is installed, or it could not draw this graph; nothing is written then.
        OSError: the file cannot be written.
    """
    states: Any = snapshots if isinstance(snapshots, Mapping) else getattr(snapshots, "snapshots", None)
    if not states:
        text = "there are no snapshots to animate; training.fit(…, snapshots=1) keeps one of every epoch"
        raise ValueError(said(text))

    def drawn(epoch: int) -> GraphDrawing:
        show = ("value", "grad")
        result: Any = loss()
        if not isinstance(result, Tensor) or result.size != 1:
            text = "at epoch {epoch}, loss() returned {what}; it must return a Tensor with one number"
            raise ValueError(said(text, epoch=epoch, what=described(result)))
        return draw(
            result, params=model, names=names, show=show, rankdir=rankdir, precision=precision, theme=theme, lang=lang
        )

    widest: dict[str, _Widest] = {}
    shots = list(_shots(states, model, drawn, widest))
    return write_page(_page(shots, widest), path)


def _shots(
    states: Mapping[int, State], model: Module, drawn: Callable[[int], GraphDrawing], widest: dict[str, _Widest]
) -> Iterator[Shot]:
    """The computation at every epoch; the model is restored also where something goes wrong."""
    before = {key: np.array(value) for key, value in model.state_dict().items()}
    first: Graph | None = None
    try:
        for epoch in sorted(states):
            model.load_state_dict(states[epoch])
            drawing = drawn(epoch)
            first = first or drawing.graph
            yield _shot(epoch, drawing, first, widest)
    finally:
        model.load_state_dict(before)


def _shot(epoch: int, drawing: GraphDrawing, first: Graph, widest: dict[str, _Widest]) -> Shot:
    graph, precision = drawing.graph, drawing.style.precision
    value = graph.results[0].value
    assert value is not None, "it was computed a moment ago"
    if _shape_of(graph) != _shape_of(first):
        text = (
            "loss() computes in another way at epoch {epoch} than at the first one, so one picture cannot show both; "
            "let it carry out the same operations every time"
        )
        raise ValueError(said(text, epoch=epoch))
    numbers = {variable.id: _texts(variable, precision) for variable in graph.variables}
    for variable in graph.variables:
        widest.setdefault(variable.id, _Widest()).look_at(variable, numbers[variable.id])
    return Shot(epoch, drawing, numbers, float(value.reshape(-1)[0]))


def _texts(variable: Variable, precision: int) -> dict[str, list[str]]:
    arrays = {"value": variable.value, "gradient": variable.gradient}
    return {kind: texts_of_array(array, precision) for kind, array in arrays.items() if array is not None}


class _Widest:
    """The arrays that need most room in one box, among those of all epochs; copies, for the model goes on."""

    def __init__(self) -> None:
        self.arrays: dict[str, Values] = {}
        self.widths: dict[str, float] = {}

    def look_at(self, variable: Variable, texts: Mapping[str, list[str]]) -> None:
        """Keep the arrays of one epoch where their texts are wider than any before."""
        for kind, array in (("value", variable.value), ("gradient", variable.gradient)):
            if array is not None:
                width = max((width_of(text, 1) for text in texts[kind]), default=0)
                if width > self.widths.get(kind, -1):
                    self.widths[kind], self.arrays[kind] = width, array.copy()


def _shape_of(graph: Graph) -> list[Any]:
    """What must be the same at every epoch: what there is, and how it hangs together."""
    boxes: list[Any] = [(v.id, v.name, v.role, v.shape, v.gradient is None) for v in graph.variables]
    return boxes + [(arrow.source, arrow.target) for arrow in graph.arrows] + [o.sign for o in graph.operations]


def _page(shots: list[Shot], widest: dict[str, _Widest]) -> str:
    drawing = shots[0].drawing
    roomy = [
        replace(v, value=widest[v.id].arrays.get("value"), gradient=widest[v.id].arrays.get("gradient"))
        for v in drawing.graph.variables
    ]
    by_id = {variable.id: variable for variable in roomy}
    results = [by_id[result.id] for result in drawing.graph.results]
    graph = replace(drawing.graph, variables=roomy, results=results)
    gradients = {variable.id: variable.gradient for variable in roomy if variable.gradient is not None}
    told = Step("summary", frozenset(), frozenset(), frozenset(by_id), gradients, "", ())
    moments, before = [], Numbers()
    for shot in shots:
        moments.append(_moment(shot, changes(before, shot.numbers)))
        before = shot.numbers
    name = results[0].text
    titles = {lang: word("page training of", lang, name=name) for lang in LANGUAGES}
    curve = [shot.loss if np.isfinite(shot.loss) else None for shot in shots]
    axes = {"x": _epochs([shot.epoch for shot in shots]), "y": _ticks([loss for loss in curve if loss is not None])}
    return page(graph, drawing.style, [told], titles, {"moments": moments, "curve": curve, "axes": axes})


def _epochs(epochs: Sequence[int]) -> list[tuple[int, str]]:
    """What stands below the curve: the epochs at its ends and halfway, each with its place among the snapshots."""
    places = sorted({0, (len(epochs) - 1) // 2, len(epochs) - 1})
    return [(place, str(epochs[place])) for place in places]


def _ticks(losses: Sequence[float]) -> list[tuple[float, str]]:
    """What stands beside the curve: two to six round numbers that it lies between."""
    if not losses or min(losses) == max(losses):
        return [(loss, number(loss)) for loss in losses[:1]]
    low, high = min(losses), max(losses)
    rough = (high - low) / INTERVALS or high
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough)
    places = np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step
    return [(float(place), number(place)) for place in places]


def _moment(shot: Shot, now: Numbers) -> dict[str, Any]:
    result = shot.drawing.graph.results[0]
    formula = f"{result.text} = {in_words(np.asarray(shot.loss), shot.drawing.style.precision)}"
    told = {
        lang: Step(
            "summary",
            frozenset({result.id}),
            frozenset(),
            frozenset(),
            {},
            word("page epoch", lang, epoch=shot.epoch),
            (formula,),
        )
        for lang in LANGUAGES
    }
    return moment(told[LANGUAGES[0]], now, told) | {"mark": shot.epoch}
