"""The story of a network: the values layer by layer, the loss, and the δ of backpropagation, layer by layer back.

Every step is the same picture at another moment, in which what is not known yet is blank and the layer that the step
is about is marked; so nothing moves. Formulas are those of the lectures, with rows for samples: z = a W + b.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from tinygrad_vn.lecture.network.dot import Look, Moment, above, heading, said_lines, source_of
from tinygrad_vn.lecture.network.layers import Network
from tinygrad_vn.lecture.network.lines import size_of
from tinygrad_vn.lecture.picture import svg
from tinygrad_vn.lecture.picture.layout import DrawingError, all_laid_out
from tinygrad_vn.lecture.story.frames import format_of_frames, save_frames
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.phrases import phrase

GAP: Final = "   "  # behind the number of a step, and between formulas
ELEMENTWISE: Final = ("σ", "tanh", "ReLU", "Leaky ReLU", "ELU", "SiLU", "GELU", "Softplus")


def moments_of(network: Network, look: Look) -> list[Moment]:
    """The steps, in order.

    Raises:
        DrawingError: the network has no example.
    """
    if network.inputs is None:
        raise DrawingError(phrase("the steps of a network are those of an example; write draw_network(model, inputs)"))
    lang, last = look.lang, len(network.layers)
    moments = [Moment(0, 0, last + 2, (capitalized(heading(network, 0, lang)), ""))]
    for k in range(1, last + 1):
        said = word("forward step", lang, sign=heading(network, k, lang)), _forward(network, k)
        moments.append(Moment(k, k, last + 2, said))
    if network.loss is not None:
        said = word("forward step", lang, sign=word("loss", lang)), ""
        moments.append(Moment(last + 1, last + 1, last + 2, said))
        for k in range(last, 0, -1):
            said = word("network backward", lang, layer=heading(network, k, lang)), _backward(network, k)
            moments.append(Moment(k, last + 1, k, said))
    count = len(moments)
    moments = [
        replace(one, said=(f"{i}/{count}{GAP}{one.said[0]}", one.said[1])) for i, one in enumerate(moments, start=1)
    ]
    room = max(size_of(said_lines(one.said, look.theme))[0] for one in moments)
    return [replace(one, room=room) for one in moments]


def write_story(network: Network, look: Look, title: str, path: str | Path, format: str | None) -> list[Path]:
    """Write a picture for every step: `NetworkDrawing.frames`, which see."""
    format = format_of_frames(path, format)
    moments = moments_of(network, look)
    made = [source_of(network, look, moment) for moment in moments]
    pictures = all_laid_out([source for source, _ in made], format)
    headings = [moment.said[0].split(GAP, 1)[1] for moment in moments]
    if format == "svg":
        pictures = [
            svg.finished(picture.decode(), title, " ".join(moment.said).strip(), titles).encode()
            for picture, moment, (_, titles) in zip(pictures, moments, made, strict=True)
        ]
    return save_frames(path, format, pictures, headings, title)


def _forward(network: Network, k: int) -> str:
    """z⁽²⁾ = a⁽¹⁾ W⁽²⁾ + b⁽²⁾,  a⁽²⁾ = σ(z⁽²⁾)."""
    layer, this = network.layers[k - 1], above(k)
    bias = "" if layer.bias is None else f" + b{this}"
    result = "ŷ" if k == len(network.layers) else f"a{this}"
    activation = f"{layer.activation.replace(' ', '')}(z{this})" if layer.activation else f"z{this}"
    if "→" in activation:
        activation = f"f(z{this})"
    return f"z{this} = {_before(network, k)} W{this}{bias},{GAP}{result} = {activation}"


def _backward(network: Network, k: int) -> str:
    """δ⁽¹⁾ = (δ⁽²⁾ W⁽²⁾ᵀ) ⊗ σ′(z⁽¹⁾),  ∂L/∂W⁽¹⁾ = a⁽⁰⁾ᵀ δ⁽¹⁾: ⊗ is elementwise."""
    layer, this, following = network.layers[k - 1], above(k), above(k + 1)
    is_last = k == len(network.layers)
    reached = "∂L/∂ŷ" if is_last else f"δ{following} W{following}ᵀ"
    delta = f"∂L/∂z{this}"
    if not layer.activation:
        delta = reached
    elif layer.activation in ELEMENTWISE:
        delta = f"{reached if is_last else f'({reached})'} ⊗ {layer.activation.replace(' ', '')}′(z{this})"
    formula = f"δ{this} = {delta},{GAP}∂L/∂W{this} = {_before(network, k)}ᵀ δ{this}"
    return formula if layer.bias is None else f"{formula},{GAP}∂L/∂b{this} = δ{this}"


def _before(network: Network, k: int) -> str:
    """What enters layer k."""
    return f"a{above(k - 1)}" if k > 1 or network.steps else "x"
