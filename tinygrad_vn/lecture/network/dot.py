"""How a network looks, in DOT: circles for neurons, lines for weights, labels on the lines.

Every place is computed beforehand (`network_layout`), so Graphviz is asked for the engine `nop`, which leaves
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
from tinygrad_vn.lecture.network.places import BIAS, Column, Plan, columns_of, planned
from tinygrad_vn.lecture.numbers import NOTHING, in_words, number, shape_text
from tinygrad_vn.lecture.picture.labels import drawn, labelled
from tinygrad_vn.lecture.theme import FONTS, Role, Theme
from tinygrad_vn.lecture.words import capitalized, word

LABEL: Final = 10  # points: the size of the letters on edges
TARGETS: Final = 3  # numbers of a target that are written out
_DENSE: Final = 60  # edges: where there are more, lines are thinner
_SHORT: Final = 4  # letters of an activation that has room in a formula
_BIAS_RADIUS: Final = 13.0
_LEADING: Final = 1.36  # from line to line, in units of the font size
_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Widths of signs in units of the font size, those of DejaVu Sans, the widest font that drawings name.
_WIDTHS: Final = {
    **dict.fromkeys(" .,()", 0.36),
    **dict.fromkeys("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻", 0.42),
    **dict.fromkeys("⁽⁾", 0.25),
    **dict.fromkeys("w−=×—→∞", 0.84),
}


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


class _Line(NamedTuple):
    """A line of text."""

    text: str
    color: str
    size: float
    bold: bool = False


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
        return f"b{_below(j + 1)}{_above(k)}"
    comma = "," if max(i, j) >= 9 else ""
    return f"w{_below(i + 1)}{comma}{_below(j + 1)}{_above(k)}"


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


def source_of(network: Network, look: Look) -> tuple[str, dict[str, str]]:
    """The DOT text, and what to say about every part of it, by its id."""
    writer = _Writer(network, look)
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


class _Writer:
    """The parts of one drawing."""

    def __init__(self, network: Network, look: Look) -> None:
        self.network, self.look, self.theme, self.lang = network, look, look.theme, look.lang
        self.columns = shown_columns(network, look.max_neurons)
        self.edges = list(edges_of(network, self.columns))
        self.titles: dict[str, str] = {}
        self.radius = max(_radius(self.neuron(k, i)) for k, c in enumerate(self.columns) for i in c.neurons)
        self.plan = self._plan()
        sizes = [(y, _BIAS_RADIUS if i == BIAS else self.radius) for c in self.plan.nodes for i, y in c.items()]
        self.top, self.bottom = max(y + r for y, r in sizes), min(y - r for y, r in sizes)

    def _plan(self) -> Plan:
        labels: list[tuple[float, float] | None] = []
        for k in range(1, len(self.columns)):
            texts = [self.label(edge) for edge in self.edges if edge.k == k]
            sizes = [_size(lines) for lines in texts if lines]
            labels.append((max(w for w, _ in sizes) + 4, max(h for _, h in sizes)) if sizes else None)
        headings = [_size(self.heading_lines(k))[0] for k in range(len(self.columns))]
        return planned(self.columns, self.radius, labels, least=max(headings) + 14)

    def number(self, x: Any) -> str:
        return NOTHING if x is None else number(float(x), self.look.precision)

    # --- nodes ----------------------------------------------------------------------------------------------------

    def nodes(self) -> Iterator[str]:
        for k, column in enumerate(self.columns):
            x, heights = self.plan.x[k], self.plan.nodes[k]
            for i in column.neurons:
                facts = self.facts(k, i) if k else [f"{self.name(k, i)} = {fact}" for fact in self.facts(k, i)]
                title = "\n".join([self.name(k, i), heading(self.network, k, self.lang), *facts])
                role: Role = "intermediate" if k else "input"
                yield self.circle(f"n{k}_{i + 1}", role, x, heights[i], self.neuron(k, i), title)
            if column.has_bias:
                lines = [_Line("1", self.theme.text, 12)]
                yield self.circle(f"bias{k}", "constant", x, heights[BIAS], lines, f"1\n{word('bias node', self.lang)}")
            dots = self.plan.dots[k]
            if dots is not None:
                hidden = word("neurons hidden", self.lang, count=column.hidden)
                yield self.text(f"dots{k}", x, dots, [_Line("⋮", self.theme.muted, 22)], hidden)
            lines = self.heading_lines(k)
            above = self.top + 14 + _size(lines)[1] / 2
            yield self.text(f"h{k}", x, above, lines, " ".join(line.text for line in lines))
        for k, layer in enumerate(self.network.layers, 1):
            lines = self.caption(k, layer)
            middle = (self.plan.x[k - 1] + self.plan.x[k]) / 2
            low = self.bottom - 8 - _size(lines)[1] / 2
            yield self.text(f"W{k}", middle, low, lines, self.caption_title(k, layer))
        if self.network.loss is not None:
            yield self.loss()

    def name(self, k: int, i: int) -> str:
        """x₁, a₁⁽¹⁾, and ŷ for what comes out."""
        if k == 0 and not self.network.steps:
            return f"x{_below(i + 1)}"
        if k == len(self.network.layers):
            return "ŷ" if self.network.sizes[-1] == 1 else f"ŷ{_below(i + 1)}"
        return f"a{_below(i + 1)}{_above(k)}"

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

    def neuron(self, k: int, i: int) -> list[_Line]:
        """What stands in a circle: a₁⁽¹⁾ = σ(z), or the name with the activation below it, and then the numbers."""
        theme, facts = self.theme, self.facts(k, i)
        activation = self.network.layers[k - 1].activation if k else self.network.steps
        name = _Line(self.name(k, i), theme.text, 13, bold=True)
        lines = [name, _Line(activation, theme.muted, LABEL)] if activation else [name]
        if k and facts and len(activation) <= _SHORT:
            formula = f"{activation}(z)" if activation else "z"
            lines = [_Line(f"{name.text} = {formula}", theme.text, 11)]
        for fact in facts:
            lines.append(_Line(fact, theme.gradient if fact.startswith("δ") else theme.value, LABEL))
        return lines

    def circle(self, key: str, role: Role, x: float, y: float, lines: Sequence[_Line], title: str) -> str:
        self.titles[key] = title
        look = self.theme.boxes[role]
        radius = _BIAS_RADIUS if role == "constant" else self.radius
        return (
            f'  {key} [class="{role}", pos="{_point(x, y)}", shape="circle", fixedsize="shape", '
            f'width="{_short(2 * radius / 72)}", style="filled{"" if look.style == "solid" else "," + look.style}", '
            f'fillcolor="{look.fill}", color="{look.line}", penwidth="{look.width:g}", label=<{_html(lines)}>]'
        )

    def text(self, key: str, x: float, y: float, lines: Sequence[_Line], title: str) -> str:
        """Words on the page's own ground, which hides the lines behind them."""
        self.titles[key] = title
        ground = self.theme.background
        return (
            f'  {key} [class="label", pos="{_point(x, y)}", shape="box", style="filled", fillcolor="{ground}", '
            f'color="{ground}", penwidth="0", margin="0.02,0", width="0.01", height="0.01", label=<{_html(lines)}>]'
        )

    def loss(self) -> str:
        """The box of the loss, behind the output layer."""
        network, look = self.network, self.theme.boxes["loss"]
        lines = [_Line(drawn(network.loss_name), self.theme.muted, LABEL)] if network.loss_name else []
        if network.targets is not None and network.targets.size <= TARGETS:
            lines.append(_Line(f"y = {in_words(network.targets, self.look.precision)}", self.theme.value, LABEL))
        lines.append(_Line(f"L = {self.number(network.loss)}", self.theme.value, 12, bold=True))
        self.titles["loss"] = "\n".join(["L", word("loss", self.lang), *(line.text for line in lines)])
        reach = max(self.plan.nodes[-1].values())  # far enough away for the lines to pass between the circles
        x = self.plan.x[-1] + max(self.radius + 44, 0.55 * reach) + _size(lines)[0] / 2
        return (
            f'  loss [class="loss", pos="{_point(x, 0)}", shape="box", style="rounded,filled", '
            f'fillcolor="{look.fill}", color="{look.line}", penwidth="{look.width:g}", margin="0.1,0.05", '
            f"label=<{_html(lines)}>]"
        )

    def heading_lines(self, k: int) -> list[_Line]:
        """What stands above a layer; the English term in brackets on a line of its own."""
        name = capitalized(heading(self.network, k, self.lang)).replace(" (", "\n(")
        count = word("neurons counted", self.lang, count=self.network.sizes[k])
        lines = [_Line(text, self.theme.text, 11, bold=True) for text in name.split("\n")]
        return [*lines, _Line(count, self.theme.muted, LABEL)]

    def caption(self, k: int, layer: Layer) -> list[_Line]:
        """What stands below the edges: the sizes of the matrices, as the lectures count them."""
        lines = [_Line(f"W{_above(k)}: {shape_text(layer.weight.shape)}", self.theme.muted, LABEL)]
        if layer.bias is not None:
            lines.append(_Line(f"b{_above(k)}: {layer.bias.size}", self.theme.muted, LABEL))
        return lines

    def caption_title(self, k: int, layer: Layer) -> str:
        """Which arrays of the model these are."""
        path = f"{layer.path}." if layer.path else ""
        names = [f"W{_above(k)} = {path}weight.T"]
        if layer.bias is not None:
            names.append(f"b{_above(k)} = {path}bias")
        return "\n".join(names)

    # --- edges ----------------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        largest = max((abs(edge.value) for edge in self.edges if math.isfinite(edge.value)), default=0.0)
        thin, thick = (0.5, 3.5) if len(self.edges) <= _DENSE else (0.25, 1.6)
        for edge in self.edges:
            share = 1.0 if not largest or not math.isfinite(edge.value) else abs(edge.value) / largest
            style = "dashed" if edge.value < 0 else "dotted" if edge.value == 0 else "solid"
            source = f"bias{edge.k - 1}" if edge.i == BIAS else f"n{edge.k - 1}_{edge.i + 1}"
            width = _short(thin + (thick - thin) * share * bool(edge.value))
            yield f'  {source} -> n{edge.k}_{edge.j + 1} [penwidth="{width}", style="{style}"]'
        if self.network.loss is not None:
            last = len(self.columns) - 1
            for j in self.columns[-1].neurons:
                yield f'  n{last}_{j + 1} -> loss [penwidth="1"]'

    def label(self, edge: _Edge) -> list[_Line]:
        """What stands on an edge: the weight, and below it the gradient."""
        lines = []
        if "weight" in self.look.show:
            lines.append(_Line(f"{edge.name} = {self.number(edge.value)}", self.theme.text, LABEL))
        if "grad" in self.look.show:
            name = edge.name[0] if lines else edge.name
            lines.append(_Line(f"∂L/∂{name} = {self.number(edge.gradient)}", self.theme.gradient, LABEL))
        return lines

    def labels(self) -> Iterator[str]:
        for edge in self.edges:
            lines = self.label(edge)
            if lines:
                x, y = self.plan.labels[edge.k - 1][edge.i, edge.j]
                kind = f"b{edge.k}_{edge.j + 1}" if edge.i == BIAS else f"w{edge.k}_{edge.i + 1}_{edge.j + 1}"
                title = f"{edge.name} = {self.number(edge.value)}"
                if "grad" in self.look.show:
                    title += f"\n∂L/∂{edge.name} = {self.number(edge.gradient)}"
                yield self.text(kind, x, y, lines, title)


def _below(i: int) -> str:
    return str(i).translate(_SUBSCRIPTS)


def _above(k: int) -> str:
    return f"⁽{str(k).translate(_SUPERSCRIPTS)}⁾"


def _size(lines: Sequence[_Line]) -> tuple[float, float]:
    """Width and height that lines of text need, in points."""
    widths = [line.size * (1.08 if line.bold else 1) * sum(_WIDTHS.get(c, 0.64) for c in line.text) for line in lines]
    return max(widths), sum(_LEADING * line.size for line in lines)


def _radius(lines: Sequence[_Line]) -> float:
    """Of the smallest circle that these lines fit into."""
    top, radius = _size(lines)[1] / 2, 17.0
    for line in lines:
        middle = top - _LEADING / 2 * line.size
        radius = max(radius, math.hypot(_size([line])[0] / 2, abs(middle) + 0.35 * line.size) + 2.5)
        top -= _LEADING * line.size
    return float(math.ceil(radius))


def _html(lines: Sequence[_Line]) -> str:
    """A table with one line in each row: only there every line has its own height."""
    if len(lines) == 1:
        return _font(lines[0])
    rows = "".join(f"<TR><TD>{_font(line)}</TD></TR>" for line in lines)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>'


def _font(line: _Line) -> str:
    text = f"<B>{labelled(line.text)}</B>" if line.bold else labelled(line.text)
    return f'<FONT COLOR="{line.color}" POINT-SIZE="{line.size:g}">{text}</FONT>'


def _point(x: float, y: float) -> str:
    return f"{_short(x)},{_short(y)}"


def _short(x: float) -> str:
    """A length in the text: two decimals, and no −0."""
    return f"{np.round(x, 2) + 0.0:g}"
