"""How a network looks, in DOT: circles for neurons, lines for weights, labels on the lines.

Every place is computed beforehand (`places.py`), so Graphviz is asked for the engine `nop`, which leaves
everything where it is. Labels are nodes of their own, on a ground of the page's colour: all lines are drawn first and
no label is crossed. A line is the wider the larger its weight is, solid where it is positive, dashed where it is
negative and dotted where it is 0; the node 1 of the biases and the loss are told by their border as well as by colour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from tinygrad_vn.language import Language
from tinygrad_vn.lecture.network.layers import Layer, Network
from tinygrad_vn.lecture.network.lines import BLANK, Line, html_of, radius_of, size_of
from tinygrad_vn.lecture.network.places import BIAS, Column, Plan, columns_of, planned
from tinygrad_vn.lecture.numbers import NOTHING, in_words, number, shape_text
from tinygrad_vn.lecture.picture.labels import drawn
from tinygrad_vn.lecture.picture.places import Point
from tinygrad_vn.lecture.theme import FONTS, Box, Role, Theme
from tinygrad_vn.lecture.words import capitalized, word

LABEL: Final = 10  # points: the size of the letters on edges
TARGETS: Final = 3  # numbers of a target that are written out
_DENSE: Final = 60  # edges: where there are more, lines are thinner
_SHORT: Final = 4  # letters of an activation that has room in a formula
_BIAS_RADIUS: Final = 13.0
_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Look:
    """How a network is to look.

    Attributes:
        show: of "weight", "value", "delta" and "grad" those that are shown.
        max_neurons: a layer with more neurons is shortened.
        precision: significant digits of numbers.
        theme: its colours.
        lang: its language.
    """

    show: tuple[str, ...]
    max_neurons: int
    precision: int
    theme: Theme
    lang: Language


@dataclass(frozen=True)
class Moment:
    """How far the story has come.

    Attributes:
        active: the layer that it is about; beyond the last one, the loss.
        values: the layers up to this one have their values.
        deltas: those from this one on have their δ.
        said: what is said below the picture: a heading, and a formula.
        room: the width of the widest thing that is ever said, in points, so that nothing moves.
    """

    active: int
    values: int
    deltas: int
    said: tuple[str, str] = ("", "")
    room: float = 0.0


class _Edge(NamedTuple):
    """A weight that is drawn: from node i of one layer to node j of the next, k."""

    k: int
    i: int
    j: int
    name: str
    value: float
    gradient: float | None


def edges_of(network: Network, columns: Sequence[Column]) -> Iterator[_Edge]:
    """The weights between the neurons that are drawn, from the left and from the top."""
    for k, layer in enumerate(network.layers, 1):
        for i in columns[k - 1].sources:
            for j in columns[k].neurons:
                where = j if i == BIAS else (i, j)
                values: Any = layer.bias if i == BIAS else layer.weight
                gradients: Any = layer.bias_gradient if i == BIAS else layer.weight_gradient
                gradient = None if gradients is None else float(gradients[where])
                yield _Edge(k, i, j, edge_name(k, i, j), float(values[where]), gradient)


def edge_name(k: int, i: int, j: int) -> str:
    """w₁₂⁽¹⁾, or b₂⁽¹⁾ of a bias; numbers of several digits are kept apart by a comma."""
    if i == BIAS:
        return f"b{_below(j + 1)}{above(k)}"
    comma = "," if max(i, j) >= 9 else ""
    return f"w{_below(i + 1)}{comma}{_below(j + 1)}{above(k)}"


def shown_columns(network: Network, max_neurons: int) -> list[Column]:
    """What is drawn of each layer."""
    biases = [layer.bias is not None for layer in network.layers]
    return columns_of(network.sizes, [*biases, False], max_neurons)


def heading(network: Network, k: int, lang: Language) -> str:
    """What layer k is called: input layer, hidden layer 1, output layer."""
    if k == 0:
        return word("input layer", lang)
    if k == len(network.layers):
        return word("output layer", lang)
    return word("hidden layer numbered", lang, number=k)


def said_lines(said: tuple[str, str], theme: Theme) -> list[Line]:
    """A heading and a formula as they stand below the picture."""
    return [Line(said[0], theme.text, 14, bold=True, prose=True), Line(said[1] or BLANK, theme.text, 14)]


def source_of(network: Network, look: Look, moment: Moment | None = None) -> tuple[str, dict[str, str]]:
    """The DOT text, and what to say about every part of it, by its id; at a moment of the story, or at its end."""
    writer = Writer(network, look, moment)
    theme = look.theme
    lines = [
        "digraph network {",
        f'  graph [layout="nop", splines="line", outputorder="edgesfirst", bgcolor="{theme.background}", pad="0.15"]',
        f'  node [fontname="{FONTS}", fontsize="{LABEL}", fontcolor="{theme.text}"]',
        f'  edge [dir="none", color="{theme.arrow}"]',
        *writer.nodes(),
        *writer.lines(),
        *writer.labels(),
        "}",
    ]
    return "\n".join(lines) + "\n", writer.titles


class Writer:
    """The parts of one drawing; `circle`, `text`, `box` and `line` say how they are written."""

    def __init__(self, network: Network, look: Look, moment: Moment | None = None) -> None:
        self.moment: Moment | None = None  # at first, so that there is room for everything
        self.network, self.look, self.theme, self.lang = network, look, look.theme, look.lang
        self.columns = shown_columns(network, look.max_neurons)
        self.edges = list(edges_of(network, self.columns))
        self.titles: dict[str, str] = {}
        self.radius = max(radius_of(self.neuron(k, i)) for k, c in enumerate(self.columns) for i in c.neurons)
        self.plan = self._plan()
        sizes = [(y, _BIAS_RADIUS if i == BIAS else self.radius) for c in self.plan.nodes for i, y in c.items()]
        self.top, self.bottom = max(y + r for y, r in sizes), min(y - r for y, r in sizes)
        self.moment = moment

    def _plan(self) -> Plan:
        labels: list[tuple[float, float] | None] = []
        for k in range(1, len(self.columns)):
            texts = [self.label(edge) for edge in self.edges if edge.k == k]
            sizes = [size_of(lines) for lines in texts if lines]
            labels.append((max(w for w, _ in sizes) + 4, max(h for _, h in sizes)) if sizes else None)
        headings = [size_of(self.heading_lines(k))[0] for k in range(len(self.columns))]
        return planned(self.columns, self.radius, labels, least=max(headings) + 14)

    def number(self, x: Any) -> str:
        """A number as text; a dash for what there is not."""
        return NOTHING if x is None else number(float(x), self.look.precision)

    # --- nodes ----------------------------------------------------------------------------------------------------

    def nodes(self) -> Iterator[str]:
        """Circles, and what stands above and below them."""
        for k, column in enumerate(self.columns):
            x, heights = self.plan.x[k], self.plan.nodes[k]
            for i in column.neurons:
                facts = [fact for fact in self.facts(k, i) if self.is_known(k, fact)]
                facts = facts if k else [f"{self.name(k, i)} = {fact}" for fact in facts]
                title = "\n".join([self.name(k, i), heading(self.network, k, self.lang), *facts])
                role: Role = "intermediate" if k else "input"
                self.titles[f"n{k}_{i + 1}"] = title
                yield self.circle(f"n{k}_{i + 1}", role, (x, heights[i]), self.radius, self.neuron(k, i))
            if column.has_bias:
                self.titles[f"bias{k}"] = f"1\n{word('bias node', self.lang)}"
                lines = [Line("1", self.theme.text, 12)]
                yield self.circle(f"bias{k}", "constant", (x, heights[BIAS]), _BIAS_RADIUS, lines)
            dots = self.plan.dots[k]
            if dots is not None:
                self.titles[f"dots{k}"] = word("neurons hidden", self.lang, count=column.hidden)
                yield self.text(f"dots{k}", (x, dots), [Line("⋮", self.theme.muted, 22)])
            lines = self.heading_lines(k)
            middle = self.top + 14 + size_of(lines)[1] / 2
            self.titles[f"h{k}"] = " ".join(line.text for line in lines)
            yield self.text(f"h{k}", (x, middle), lines)
        for k, layer in enumerate(self.network.layers, 1):
            lines = self.caption(k, layer)
            middle = (self.plan.x[k - 1] + self.plan.x[k]) / 2
            low = self.bottom - 8 - size_of(lines)[1] / 2
            self.titles[f"W{k}"] = self.caption_title(k, layer)
            yield self.text(f"W{k}", (middle, low), lines)
        if self.network.loss is not None:
            yield self.loss()
        if self.moment is not None:
            yield self.spoken(self.moment)

    def spoken(self, moment: Moment) -> str:
        """What is said at a moment of the story, below everything else."""
        self.titles["said"] = "\n".join(moment.said)
        lines = said_lines(moment.said, self.theme)
        middle = (self.plan.x[0] + self.plan.x[-1]) / 2
        return self.text("said", (middle, self.bottom - 54 - size_of(lines)[1] / 2), lines, moment.room)

    def name(self, k: int, i: int) -> str:
        """x₁, a₁⁽¹⁾, and ŷ for what comes out."""
        if k == 0 and not self.network.steps:
            return f"x{_below(i + 1)}"
        if k == len(self.network.layers):
            return "ŷ" if self.network.sizes[-1] == 1 else f"ŷ{_below(i + 1)}"
        return f"a{_below(i + 1)}{above(k)}"

    def facts(self, k: int, i: int) -> list[str]:
        """The numbers of a neuron, as far as they are shown: z = 0.3775, a = 0.5933, δ = −0.02."""
        facts, network, show = [], self.network, self.look.show
        if k == 0:
            return [self.number(network.inputs[i])] if "value" in show and network.inputs is not None else []
        layer = network.layers[k - 1]
        if "value" in show and layer.z is not None and layer.a is not None:
            facts.append(f"z = {self.number(layer.z[i])}")
            facts += [f"a = {self.number(layer.a[i])}"] if layer.activation else []
        if "delta" in show:
            facts.append(f"δ = {self.number(None if layer.delta is None else layer.delta[i])}")
        return facts

    def is_known(self, k: int, fact: str) -> bool:
        """Whether a number of layer k has been computed at this moment of the story."""
        if self.moment is None:
            return True
        return k >= self.moment.deltas if fact.startswith(("δ", "∂")) else k <= self.moment.values

    def neuron(self, k: int, i: int) -> list[Line]:
        """What stands in a circle: a₁⁽¹⁾ = σ(z), or the name with the activation below it, and then the numbers."""
        theme, facts = self.theme, self.facts(k, i)
        activation = self.network.layers[k - 1].activation if k else self.network.steps
        name = Line(self.name(k, i), theme.text, 13, bold=True)
        lines = [name, Line(activation, theme.muted, LABEL, prose=True)] if activation else [name]
        if k and facts and len(activation) <= _SHORT:
            formula = f"{activation}(z)" if activation else "z"
            lines = [Line(f"{name.text} = {formula}", theme.text, 11)]
        for fact in facts:
            text = fact if self.is_known(k, fact) else BLANK
            lines.append(Line(text, theme.gradient if fact.startswith("δ") else theme.value, LABEL))
        return lines

    def is_active(self, key: str) -> bool:
        """Whether the story is about this circle or box at this moment."""
        if self.moment is None or key.startswith("bias"):
            return False
        last = len(self.network.layers)
        return self.moment.active > last if key == "loss" else key.startswith(f"n{self.moment.active}_")

    def look_of(self, key: str, role: Role) -> Box:
        """The colours and the border of a circle or a box."""
        return self.theme.active if self.is_active(key) else self.theme.boxes[role]

    def circle(self, key: str, role: Role, at: Point, radius: float, lines: Sequence[Line]) -> str:
        """A neuron, or the node 1 of a bias."""
        look = self.look_of(key, role)
        return (
            f'  {key} [class="{role}", pos="{_point(at)}", shape="circle", fixedsize="shape", '
            f'width="{short(2 * radius / 72)}", style="filled{"" if look.style == "solid" else "," + look.style}", '
            f'fillcolor="{look.fill}", color="{look.line}", penwidth="{look.width:g}", label=<{html_of(lines)}>]'
        )

    def text(self, key: str, at: Point, lines: Sequence[Line], width: float = 0.72) -> str:
        """Words on the page's own ground, which hides the lines behind them."""
        ground = self.theme.background
        return (
            f'  {key} [class="label", pos="{_point(at)}", shape="box", style="filled", fillcolor="{ground}", '
            f'color="{ground}", penwidth="0", margin="0.02,0", width="{short(width / 72)}", height="0.01", '
            f"label=<{html_of(lines)}>]"
        )

    def loss(self) -> str:
        """The box of the loss, behind the output layer."""
        network = self.network
        lines = [Line(drawn(network.loss_name), self.theme.muted, LABEL, prose=True)] if network.loss_name else []
        if network.targets is not None and network.targets.size <= TARGETS:
            lines.append(Line(f"y = {in_words(network.targets, self.look.precision)}", self.theme.value, LABEL))
        lines.append(Line(f"L = {self.number(network.loss)}", self.theme.value, 12, bold=True))
        self.titles["loss"] = "\n".join(["L", word("loss", self.lang), *(line.text for line in lines)])
        reach = max(self.plan.nodes[-1].values())  # far enough away for the lines to pass between the circles
        width, height = size_of(lines)
        x = self.plan.x[-1] + max(self.radius + 44, 0.55 * reach) + width / 2
        if self.moment is not None and self.moment.values <= len(network.layers):
            lines[-1] = lines[-1]._replace(text="L")
        return self.box("loss", (x, 0.0), (width + 14, height + 8), lines)

    def box(self, key: str, at: Point, size: Point, lines: Sequence[Line]) -> str:
        """The box of the loss, of this size at least."""
        look = self.look_of(key, "loss")
        return (
            f'  {key} [class="loss", pos="{_point(at)}", shape="box", style="rounded,filled", '
            f'fillcolor="{look.fill}", color="{look.line}", penwidth="{look.width:g}", margin="0,0", '
            f'width="{short(size[0] / 72)}", height="{short(size[1] / 72)}", '
            f"label=<{html_of(lines)}>]"
        )

    def heading_lines(self, k: int) -> list[Line]:
        """What stands above a layer; the English term in brackets on a line of its own."""
        name = capitalized(heading(self.network, k, self.lang)).replace(" (", "\n(")
        count = word("neurons counted", self.lang, count=self.network.sizes[k])
        lines = [Line(text, self.theme.text, 11, bold=True, prose=True) for text in name.split("\n")]
        return [*lines, Line(count, self.theme.muted, LABEL, prose=True)]

    def caption(self, k: int, layer: Layer) -> list[Line]:
        """What stands below the edges: the sizes of the matrices, as the lectures count them."""
        lines = [Line(f"W{above(k)}: {shape_text(layer.weight.shape)}", self.theme.muted, LABEL)]
        if layer.bias is not None:
            lines.append(Line(f"b{above(k)}: {layer.bias.size}", self.theme.muted, LABEL))
        return lines

    def caption_title(self, k: int, layer: Layer) -> str:
        """Which arrays of the model these are."""
        path = f"{layer.path}." if layer.path else ""
        names = [f"W{above(k)} = {path}weight.T"]
        if layer.bias is not None:
            names.append(f"b{above(k)} = {path}bias")
        return "\n".join(names)

    # --- edges ----------------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        """The weights, and what leads to the loss."""
        largest = max((abs(edge.value) for edge in self.edges if math.isfinite(edge.value)), default=0.0)
        thin, thick = (0.5, 3.5) if len(self.edges) <= _DENSE else (0.25, 1.6)
        for edge in self.edges:
            share = 1.0 if not largest or not math.isfinite(edge.value) else abs(edge.value) / largest
            style = "dashed" if edge.value < 0 else "dotted" if edge.value == 0 else "solid"
            source = f"bias{edge.k - 1}" if edge.i == BIAS else f"n{edge.k - 1}_{edge.i + 1}"
            yield self.line(source, f"n{edge.k}_{edge.j + 1}", thin + (thick - thin) * share * bool(edge.value), style)
        if self.network.loss is not None:
            last = len(self.columns) - 1
            for j in self.columns[-1].neurons:
                yield self.line(f"n{last}_{j + 1}", "loss", 1.0, "solid")

    def line(self, source: str, target: str, width: float, style: str) -> str:
        """A line between two circles, or to the loss."""
        return f'  {source} -> {target} [penwidth="{short(width)}", style="{style}"]'

    def label(self, edge: _Edge) -> list[Line]:
        """What stands on an edge: the weight, its name above its value so that it is narrow, or the gradient below."""
        lines = []
        if "weight" in self.look.show and "grad" not in self.look.show:
            name, value = Line(edge.name, self.theme.text, LABEL), self.number(edge.value)
            return [name, Line(value, self.theme.value, LABEL)]
        if "weight" in self.look.show:
            lines.append(Line(f"{edge.name} = {self.number(edge.value)}", self.theme.text, LABEL))
        if "grad" in self.look.show:
            weight = edge.name[0] if lines else edge.name
            text = f"∂L/∂{weight} = {self.number(edge.gradient)}"
            lines.append(Line(text if self.is_known(edge.k, text) else BLANK, self.theme.gradient, LABEL))
        return lines

    def labels(self) -> Iterator[str]:
        """What stands on the lines."""
        for edge in self.edges:
            lines = self.label(edge)
            if lines:
                kind = f"b{edge.k}_{edge.j + 1}" if edge.i == BIAS else f"w{edge.k}_{edge.i + 1}_{edge.j + 1}"
                title = f"{edge.name} = {self.number(edge.value)}"
                if "grad" in self.look.show and self.is_known(edge.k, "∂"):
                    title += f"\n∂L/∂{edge.name} = {self.number(edge.gradient)}"
                self.titles[kind] = title
                yield self.text(kind, self.plan.labels[edge.k - 1][edge.i, edge.j], lines)


def _below(i: int) -> str:
    return str(i).translate(_SUBSCRIPTS)


def above(k: int) -> str:
    """The number of a layer as lectures write it: ⁽²⁾."""
    return f"⁽{str(k).translate(_SUPERSCRIPTS)}⁾"


def _point(at: Point) -> str:
    return f"{short(at[0])},{short(at[1])}"


def short(x: float) -> str:
    """A length in the text: two decimals, and no −0."""
    return f"{np.round(x, 2) + 0.0:g}"
