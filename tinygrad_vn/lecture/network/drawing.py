"""`draw_network(model)`: the picture of a model that every lecture shows, layers of neurons with the weights between.

    model = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1), nn.Sigmoid())
    draw_network(model).render("net.svg")
    draw_network(model, [0.05, 0.1], targets=1.0, loss=nn.MSELoss()).render("backward.svg")

With an example the forward values stand at the neurons, with a loss the δ of backpropagation too. All of it is computed
on the side: nobody's `.grad`, mode or running statistics change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from tinygrad_vn.language import resolve
from tinygrad_vn.lecture.arguments import check_choice, check_count, check_names
from tinygrad_vn.lecture.network.dot import Look, edges_of, heading, shown_columns, source_of
from tinygrad_vn.lecture.network.layers import Network, network_of
from tinygrad_vn.lecture.network.story import write_story
from tinygrad_vn.lecture.network.tikz import frame_of, picture_of
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.picture.drawing import Drawing
from tinygrad_vn.lecture.theme import THEMES
from tinygrad_vn.lecture.tikz.tikz import HINT, OVERLAYS, slides, standalone
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said

SHOWN: Final = ("weight", "value", "delta", "grad")

_LABELLED: Final = 24  # lines between two layers: where there are more, they have labels on request only
_MOST: Final = 60  # labels between two layers that any picture has room for
_FEWEST: Final = 3  # neurons of a shortened layer: the first, the ellipsis, the last


@dataclass(frozen=True)
class NetworkDrawing(Drawing):
    """The drawing of a model as layers of neurons.

    Attributes:
        network: what there is.
        look: how it looks.
    """

    network: Network = field(repr=False)
    look: Look = field(repr=False)

    def texts(self) -> dict[str, Callable[[], str]]:
        """The formats that are text, by the ends of their files' names."""
        return super().texts() | {"tex": lambda: self.to_tikz(document=True)}

    def to_tikz(self, *, document: bool = False, overlays: bool = False) -> str:
        """The drawing in TikZ, for LaTeX; Graphviz is not needed for it.

        Args:
            document: a whole document for XeLaTeX, rather than what goes between \\begin and \\end{document}.
            overlays: a frame of beamer with an overlay for every step, as `frames` has them, rather than one picture.

        Raises:
            DrawingError: overlays are asked for where there is no example.
        """
        if overlays:
            frame = frame_of(self.network, self.look, self.title)
            return slides([frame], self.look.theme) if document else HINT + OVERLAYS + frame
        picture = picture_of(self.network, self.look)
        return standalone(picture, self.look.theme) if document else HINT + picture

    def frames(self, path: str | Path, format: Literal["svg", "png", "pdf"] | None = None) -> list[Path]:
        """Write the story of the example as a series of pictures in which nothing moves.

        There is one for every layer forward, one for the loss, and one for every layer backward, with its δ; below
        the network stand the formulas.

        Args:
            path: a folder, for frame-001.svg, frame-002.svg, …; it is made where it does not exist, and frames of the
                same format that an earlier, longer series has left there are deleted. Or a file that ends in .pdf, for
                one document with a page for every frame; that needs pypdf.
            format: "svg", "png" (at twice the size) or "pdf"; by default "svg" in a folder.

        Returns:
            The files, in order.

        Raises:
            ValueError: the format is unknown.
            DrawingError: there is no example, or Graphviz or pypdf is not installed; nothing is written then.
            OSError: a file cannot be written.
        """
        return write_story(self.network, self.look, self.title, path, format)


def draw_network(
    model: Module,
    inputs: Any = None,
    targets: Any = None,
    *,
    loss: Callable[..., Any] | None = None,
    show: Collection[str] | None = None,
    max_neurons: int = 10,
    precision: int = 4,
    theme: Literal["light", "dark"] = "light",
    lang: str | None = None,
) -> NetworkDrawing:
    """Draw a model as layers of neurons, with its weights, and the values and gradients of one example.

    A line is the wider the larger its weight is, and dashed where it is negative. w₁₂⁽³⁾ leads from node 1 of layer 2
    to node 2 of layer 3, as in the lectures: it is `weight[1, 0]` of an nn.Linear, whose matrices are (out, in).

    Args:
        model: fully connected layers one after the other, with activation functions between them: an nn.Sequential, or
            any module whose forward calls them in a chain. It computes as in `eval()`.
        inputs: one sample, in the shape that the model takes; shows z and a at every neuron.
        targets: what the loss compares the output with.
        loss: `loss(output, targets)`, such as nn.MSELoss(), or `loss(output)` where there are no targets; shows
            δ = ∂L/∂z at every neuron. Needs `inputs`.
        show: of "weight" (the labels of the lines), "value" (z and a), "delta" (δ) and "grad" (∂L/∂w on the lines)
            those to be shown; by default all that there is but "grad", and labels only where there are few lines.
        max_neurons: a layer with more neurons is shortened by an ellipsis.
        precision: significant digits of numbers.
        theme: "light" or "dark".
        lang: "vi" or "en"; by default the language setting.

    Raises:
        TypeError: model is no module.
        ValueError: an argument has a value that it cannot have, there are several samples, or more labels than fit.
        DrawingError: the model is no chain of fully connected layers; the text names the layer.
    """
    if not isinstance(model, Module):
        raise TypeError(
            said(
                "draw_network() takes a model, an nn.Module, not {kind}: {model:.60}",
                kind=type(model).__name__,
                model=repr(model),
            )
        )
    check_choice("theme", theme, tuple(THEMES))
    check_names("show", () if show is None else show, SHOWN)
    check_count("precision", precision, 1)
    check_count("max_neurons", max_neurons, _FEWEST)
    _check_example(inputs, targets, loss, show)
    language = resolve(lang)
    network = network_of(model, inputs, targets, loss)
    shown = _by_default(network, max_neurons) if show is None else tuple(name for name in SHOWN if name in show)
    _check_room(network, max_neurons, shown)
    look = Look(shown, max_neurons, precision, THEMES[theme], language)
    source, titles = source_of(network, look)
    title = f"{capitalized(word('neural network', language))} {'-'.join(map(str, network.sizes))}"
    return NetworkDrawing(source, title, _description(title, network, look), titles, network, look)


def _check_example(inputs: Any, targets: Any, loss: Any, show: Collection[str] | None) -> None:
    """ValueError where something is missing that something else needs."""
    if loss is None and targets is not None:
        raise ValueError(said("targets were given without a loss to compare them by; add loss=nn.MSELoss()"))
    if inputs is None and loss is not None:
        text = "a loss was given without an example to compute it for; write draw_network(model, inputs, …)"
        raise ValueError(said(text))
    if inputs is None and show is not None and "value" in show:
        raise ValueError(said("'value' in show needs an example; write draw_network(model, inputs)"))
    if loss is None and show is not None and {"delta", "grad"} & set(show):
        text = "'delta' and 'grad' in show need a loss; write draw_network(model, inputs, targets, loss=nn.MSELoss())"
        raise ValueError(said(text))


def _check_room(network: Network, max_neurons: int, shown: Collection[str]) -> None:
    """ValueError where there would be more labels than anybody could read."""
    count = _most_lines(network, max_neurons)
    if {"weight", "grad"} & set(shown) and count > _MOST:
        text = (
            "there are {count} lines between two of these layers, and at most {most} labels can be read there; take a "
            "max_neurons below {max_neurons}, or leave 'weight' and 'grad' out of show"
        )
        raise ValueError(said(text, count=count, most=_MOST, max_neurons=max_neurons))


def _most_lines(network: Network, max_neurons: int) -> int:
    """How many lines there are between two layers at most."""
    return max(Counter(edge.k for edge in edges_of(network, shown_columns(network, max_neurons))).values())


def _by_default(network: Network, max_neurons: int) -> tuple[str, ...]:
    """What is shown where nobody says."""
    is_whole = not any(column.hidden for column in shown_columns(network, max_neurons))
    is_small = is_whole and _most_lines(network, max_neurons) <= _LABELLED
    known = {"weight": is_small, "value": network.inputs is not None, "delta": network.loss is not None}
    return tuple(name for name, is_shown in known.items() if is_shown)


def _description(title: str, network: Network, look: Look) -> str:
    """Layer by layer, how many neurons there are and what they compute."""
    parts = []
    for k, size in enumerate(network.sizes):
        activation = network.layers[k - 1].activation if k else network.steps
        parts.append(f"{heading(network, k, look.lang)}: {size}" + (f" ({activation})" if activation else ""))
    if network.loss is not None:
        parts.append(f"{word('loss', look.lang)} L = {number(network.loss, look.precision)}")
    return f"{title}. {'; '.join(parts)}."
