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
from typing import Any, Final, Literal

from tinygrad_vn.language import resolve
from tinygrad_vn.lecture.network.dot import Look, edges_of, heading, shown_columns, source_of
from tinygrad_vn.lecture.network.layers import Network, network_of
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.picture.drawing import Drawing
from tinygrad_vn.lecture.theme import THEMES
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.nn.module import Module

SHOWN: Final = ("weight", "value", "delta", "grad")

_LABELLED: Final = 40  # edges: where there are more, they have labels on request only
_MOST: Final = 200  # labels between two layers that any picture has room for
_FEWEST: Final = 3  # neurons of a shortened layer: the first, the ellipsis, the last


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
) -> Drawing:
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
        raise TypeError(f"draw_network() takes an nn.Module, not {type(model).__name__}: {model!r:.60}")
    if theme not in THEMES:
        raise ValueError(f"theme={theme!r} is not one of {', '.join(map(repr, THEMES))}")
    if show is not None and (isinstance(show, str) or not set(show) <= set(SHOWN)):
        raise ValueError(f"show={show!r} is not a tuple of names from {SHOWN}")
    if precision < 1:
        raise ValueError(f"precision={precision!r}: at least one digit is needed")
    if max_neurons < _FEWEST:
        raise ValueError(f"max_neurons={max_neurons!r}: a shortened layer has {_FEWEST} places, x₁ ⋮ xₙ")
    _check_example(inputs, targets, loss, show)
    language = resolve(lang)
    network = network_of(model, inputs, targets, loss)
    shown = _by_default(network, max_neurons) if show is None else tuple(name for name in SHOWN if name in show)
    _check_room(network, max_neurons, shown)
    look = Look(shown, max_neurons, precision, THEMES[theme], language)
    source, titles = source_of(network, look)
    title = f"{capitalized(word('neural network', language))} {'-'.join(map(str, network.sizes))}"
    return Drawing(source, title, _description(title, network, look), titles)


def _check_example(inputs: Any, targets: Any, loss: Any, show: Collection[str] | None) -> None:
    """ValueError where something is missing that something else needs."""
    if loss is None and targets is not None:
        raise ValueError("targets were given without a loss to compare them by: loss=nn.MSELoss()")
    if inputs is None and loss is not None:
        raise ValueError("a loss was given without an example to compute it for: draw_network(model, inputs, …)")
    if inputs is None and show is not None and "value" in show:
        raise ValueError('show="value" needs an example: draw_network(model, inputs)')
    if loss is None and show is not None and {"delta", "grad"} & set(show):
        raise ValueError("δ and gradients need a loss: draw_network(model, inputs, targets, loss=nn.MSELoss())")


def _check_room(network: Network, max_neurons: int, shown: Collection[str]) -> None:
    """ValueError where there would be more labels than anybody could read."""
    counts = Counter(edge.k for edge in edges_of(network, shown_columns(network, max_neurons)))
    if {"weight", "grad"} & set(shown) and max(counts.values()) > _MOST:
        raise ValueError(
            f"there are {max(counts.values())} lines between two of these layers, and at most {_MOST} labels can be "
            f"read there; shorten the layers by a smaller max_neurons than {max_neurons}, or leave labels out of show"
        )


def _by_default(network: Network, max_neurons: int) -> tuple[str, ...]:
    """What is shown where nobody says."""
    columns = shown_columns(network, max_neurons)
    is_small = sum(1 for _ in edges_of(network, columns)) <= _LABELLED and not any(c.hidden for c in columns)
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
