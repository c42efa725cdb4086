"""A drawing in TikZ, for papers and slides made with LaTeX: the picture that Graphviz lays out, with LaTeX's formulas.

Graphviz says where everything goes, and TikZ draws it; the colours and lines of the roles are styles at the beginning,
where they can be changed in one place. Told as a story, the picture is one frame of beamer: every step is an overlay,
in which values appear, the boxes that it is about are marked, gradients flow back along dashed arrows, and a caption
says what happens. Vietnamese letters ask for XeLaTeX.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from tinygrad_vn.lecture.computation.graph import Arrow, Graph, Group, Operation, Scope, Variable
from tinygrad_vn.lecture.notation.formula import plain
from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.picture.dot import ON_ONE_LINE, Style, group_texts, source_of
from tinygrad_vn.lecture.picture.edges import edge_text, equal_parts
from tinygrad_vn.lecture.picture.heat import CIVIDIS, Heat
from tinygrad_vn.lecture.picture.labels import drawn, signed
from tinygrad_vn.lecture.picture.places import Curve, Places, Point, places_of
from tinygrad_vn.lecture.story.steps import Step, steps_of
from tinygrad_vn.lecture.theme import LIGHT, ROLES, Theme, ink_on
from tinygrad_vn.lecture.tikz.labels import Labels, maths, spoken, with_marked_names, words
from tinygrad_vn.lecture.tikz.windows import Window, windows_of
from tinygrad_vn.lecture.words import word

if TYPE_CHECKING:
    from tinygrad_vn.lecture.picture.draw import GraphDrawing

PACKAGES: Final = r"""\usepackage{fontspec}
\usepackage{amsmath,amssymb}
\usepackage{tikz}
\usetikzlibrary{arrows.meta,shapes.geometric}
"""

# \only, \alt and \frame are beamer's; the key `alt` lets them choose between options of TikZ.
OVERLAYS: Final = r"""\tikzset{
  alt/.code args={<#1>#2#3}{\alt<#1>{\pgfkeysalso{#2}}{\pgfkeysalso{#3}}},
  active on/.style={alt={#1{fill=tgActiveFill, draw=tgActiveLine, text=tgActiveText}{}}},
  visible on/.style={alt={#1{}{opacity=0, text opacity=0}}},
  forward on/.style={alt={#1{draw=tgValue, line width=2.4bp}{}}},
  backward on/.style={alt={#1{draw=tgGradient, line width=2.4bp, dashed, tg arrow back}{}}},
}
\providecommand{\tgFit}[3]{\sbox0{#3}%
  \ifdim\wd0>#1\sbox0{\resizebox{#1}{!}{\usebox0}}\fi
  \ifdim\dimexpr\ht0+\dp0\relax>#2\sbox0{\resizebox*{!}{#2}{\usebox0}}\fi
  \usebox0}
"""

LINE: Final = 19  # points from one line of a caption to the next
MOST_LINES: Final = 4  # of a caption at its full size
SLIDE: Final = (397, 251)  # points: width and height of the text on a slide of beamer, 16:9
FILLED: Final = 0.78  # of the height, by the picture and what is said below it; the title has the rest


def tikz_of(drawing: GraphDrawing, document: bool = False, overlays: bool = False) -> str:
    """A drawing in TikZ.

    Args:
        drawing: the drawing of a computation.
        document: a whole document for XeLaTeX, a single picture or (with overlays) slides, rather than what goes
            between \\begin{document} and \\end{document}.
        overlays: one frame of beamer, with an overlay for every step of the computation.

    Raises:
        DrawingError: no Graphviz is installed, or it could not draw this graph.
    """
    graph, style = drawing.graph, drawing.style
    told = steps_of(with_marked_names(graph), lang=style.lang, precision=style.precision) if overlays else []
    places = places_of(source_of(graph, style, told=told))
    windows = windows_of(places, told, _room(told, places)) if overlays else []
    picture = _Picture(graph, style, told, places, windows)
    body = picture.text()
    if overlays:
        body = OVERLAYS + _frame(drawing.title, told, body, places)
    body = picture.definitions() + body
    if not document:
        return HINT + body
    if overlays:
        return slides([body], style.theme)
    return standalone(body, style.theme)


def standalone(picture: str, theme: Theme) -> str:
    """A whole document for XeLaTeX with one picture in the colours of the theme."""
    return _document([r"\documentclass[border=4bp]{standalone}"], theme, picture)


def slides(frames: Iterable[str], theme: Theme = LIGHT) -> str:
    """A whole document of slides for XeLaTeX.

    Args:
        frames: those of beamer, such as `drawing.to_tikz(overlays=True)`; they may contain `drawing.to_tikz()`, and
            \\tgFit{width}{height}{what}, which makes smaller what is too large.
        theme: the colours of the slides.
    """
    # hyperref, which beamer loads, asks for Zapf Dingbats, though it can do without; a small TeX Live has none.
    head = [
        r"\suppressfontnotfounderror=1",
        r"\documentclass[aspectratio=169]{beamer}",
        r"\suppressfontnotfounderror=0",
    ]
    return _document(head, theme, OVERLAYS + "\n".join(frames), is_beamer=True)


HINT: Final = "% The preamble needs, for XeLaTeX:\n" + "".join(f"%   {line}\n" for line in PACKAGES.splitlines())


def _document(head: Sequence[str], theme: Theme, body: str, is_beamer: bool = False) -> str:
    lines = [*head, PACKAGES.rstrip()]
    lines += [r"\setbeamertemplate{navigation symbols}{}"] if is_beamer else []
    if theme.background != "#FFFFFF":
        lines.append(_color("Page", theme.background) + _color("Words", theme.text))
        if is_beamer:
            lines += [r"\setbeamercolor{background canvas}{bg=tgPage}", r"\setbeamercolor{normal text}{fg=tgWords}"]
            lines += [r"\setbeamercolor{frametitle}{fg=tgWords}"]
        else:
            lines += [r"\pagecolor{tgPage}\color{tgWords}"]
    return "\n".join([*lines, r"\begin{document}", body.rstrip(), r"\end{document}", ""])


def _tall(told: Sequence[Step]) -> int:
    """The height of the captions; the summary, which has most to say, takes what its picture leaves."""
    return LINE * min(max((len(step.formulas) for step in told[:-1]), default=1) + 1, MOST_LINES)


def _room(told: Sequence[Step], places: Places) -> tuple[float, float]:
    """Width and height that a slide has for the picture, in points; `_frame` says the same in TeX's words."""
    if places.height > places.width:
        return 0.33 * SLIDE[0], 0.75 * SLIDE[1]
    return SLIDE[0], FILLED * SLIDE[1] - _tall(told)


def _frame(title: str, told: Sequence[Step], picture: str, places: Places) -> str:
    """The story as one frame: the picture, and below or, where it is higher than wide, beside it what is said."""
    tall, is_upright, (wide, high) = _tall(told), places.height > places.width, _room(told, places)
    left = 0 if is_upright else round(max(0, high - places.height * min(1, wide / places.width)) / 2)
    height = r"0.75\textheight" if is_upright else f"\\dimexpr {FILLED}\\textheight-{tall}bp\\relax"
    width = r"0.33\textwidth" if is_upright else r"\textwidth"
    room = r"[c]{0.64\textwidth}" if is_upright else f"[t][{tall}bp][t]{{\\textwidth}}"
    shown = f"\\tgFit{{{width}}}{{{height}}}{{%\n{picture.rstrip()}}}"
    return "\n".join(
        [
            f"\\begin{{frame}}{{{words(title)}}}",
            r"\centering",
            r"$\vcenter{\hbox{" + shown + r"}}$\hfill" if is_upright else shown + r"\par\medskip",
            f"\\begin{{minipage}}{room}\\centering",
            *(_caption(place, step, tall) for place, step in enumerate(told[:-1], 1)),
            _caption(len(told), told[-1], tall + left),
            r"\end{minipage}",
            r"\end{frame}",
            "",
        ]
    )


def _caption(place: int, step: Step, tall: int) -> str:
    """What is said at one step, made smaller where it is too much."""
    formulas = [spoken(formula) for formula in step.formulas]
    if len(formulas) > MOST_LINES and step.kind == "summary":
        formulas = [r" \qquad ".join(formulas[i : i + 2]) for i in range(0, len(formulas), 2)]
    lines = [f"\\textbf{{{words(step.heading)}}}", *formulas]
    table = r"\begin{tabular}[b]{@{}c@{}}" + r" \\ \noalign{\vskip 3bp} ".join(lines) + r"\end{tabular}"
    return f"\\only<{place}>{{\\tgFit{{\\linewidth}}{{{tall}bp}}{{{table}}}}}%"


def _color(key: str, color: str) -> str:
    return f"\\definecolor{{tg{key}}}{{HTML}}{{{color.removeprefix('#')}}}"


def _at(point: Point) -> str:
    return f"({point[0]:g},{point[1]:g})"


class _Picture:
    """The TikZ of one drawing."""

    def __init__(
        self,
        graph: Graph,
        style: Style,
        told: Sequence[Step],
        places: Places,
        windows: Sequence[tuple[int, int, Window]] = (),
    ) -> None:
        self.graph, self.style, self.told, self.places, self.windows = graph, style, told, places, windows
        self.theme = style.theme
        self.labels = Labels(style.show, style.precision, style.lang, told)
        self.heat = Heat(graph, style.precision) if style.heat else None
        self.formulas = with_marked_names(graph)
        self.operations = {operation.id: operation for operation in self.formulas.operations}
        self.colors: list[str] = []  # those of heat, met on the way

    def text(self) -> str:
        graph = self.graph
        parts = [self.frame(scope) for scope in graph.scopes if f"cluster_{scope.id}" in self.places.frames]
        parts += [self.arrow(position, arrow) for position, arrow in enumerate(self.formulas.arrows)]
        parts += [self.box(variable) for variable in graph.variables]
        parts += [self.circle(operation) for operation in graph.operations]
        parts += [self.group(group) for group in graph.groups]
        parts += self.legend() if self.heat else []
        size = f"(0,0) rectangle ({self.places.width:g},{self.places.height:g})"
        clips = (
            f"\\only<{first}-{last}>{{\\clip {_at((w.left, w.lower))} rectangle {_at((w.right, w.upper))};}}"
            for first, last, w in self.windows
        )
        ground = "" if self.theme.background == "#FFFFFF" else "[fill=tgBackground]"
        lines = [
            r"\begin{tikzpicture}[x=1bp, y=1bp, line width=1.1bp,",
            *(f"  {style}," for style in self.styles()),
            "]",
            *(f"  {clip}" for clip in clips),
            f"  \\path{ground} {size};",
            *(f"  {line}" for line in parts),
            r"\end{tikzpicture}",
        ]
        return "\n".join(lines) + "\n"

    def definitions(self) -> str:
        """What stands before the picture: all colours by name, and how small text is written."""
        small = r"\providecommand{\tgSmall}[2][tgMuted]{{\fontsize{9}{11}\selectfont\textcolor{#1}{#2}}}"
        return "".join(f"{line}%\n" for line in [*self.palette(), *self.colors, small])

    def palette(self) -> list[str]:
        theme = self.theme
        named = {
            "Background": theme.background,
            "Text": theme.text,
            "Muted": theme.muted,
            "Value": theme.value,
            "Gradient": theme.gradient,
            "Arrow": theme.arrow,
            "Circle": theme.circle,
            "ActiveFill": theme.active.fill,
            "ActiveLine": theme.active.line,
            "ActiveText": theme.text,
        }
        for role in ROLES:
            named[f"{role.capitalize()}Fill"] = theme.boxes[role].fill
            named[f"{role.capitalize()}Line"] = theme.boxes[role].line
        return [_color(key, color) for key, color in named.items()]

    def styles(self) -> list[str]:
        """How everything looks: every role has its colours and, for those who cannot tell them apart, its line."""
        yes = r"font=\fontsize{12}{14}\selectfont, align=center, inner sep=0pt, text=tgText"
        styles = [f"tg box/.style={{draw, rounded corners=5bp, {yes}}}"]
        for role in ROLES:
            look, key = self.theme.boxes[role], f"tg{role.capitalize()}"
            line = f"line width={look.width:g}bp"
            line += ", double, double distance=2bp" if look.borders > 1 else ""
            line += f", {look.style}" if look.style != "solid" else ""
            ground = f", double={key}Fill" if look.borders > 1 else ""
            styles.append(f"tg {role}/.style={{tg box, fill={key}Fill, draw={key}Line, {line}{ground}}}")
        return [
            *styles,
            f"tg circle/.style={{ellipse, draw=tgArrow, fill=tgCircle, {yes}}}",
            f"tg group/.style={{draw=tgMuted, double=tgBackground, double distance=2bp, fill=tgBackground, {yes}}}",
            "tg frame/.style={draw=tgMuted, rounded corners=6bp, line width=0.8bp}",
            "tg arrow/.style={draw=tgArrow, arrows={-Stealth[length=6bp]}}",
            "tg arrow back/.style={arrows={Stealth[length=7bp]-}}",
            r"tg local/.style={text=tgGradient, font=\fontsize{10}{12}\selectfont, inner sep=0pt, align=left}",
        ]

    def moments(self, part: str) -> str:
        """The option that marks a box while the story is about it."""
        return _on("active on", (place for place, step in enumerate(self.told, 1) if part in step.active))

    def node(self, look: str, part: str, label: str) -> str:
        point, width, height = self.places.boxes[part]
        size = f"minimum width={width:.4g}bp, minimum height={height:.4g}bp"
        return f"\\node[{look}, {size}{self.moments(part)}] ({part}) at {_at(point)} {{{label}}};"

    def box(self, variable: Variable) -> str:
        badge = self.heat.badge(variable.id) if self.heat else ""
        label = self.labels.label(variable, badge)
        return self.node(f"tg {variable.role}{self.warmth(variable.id)}", variable.id, label)

    def warmth(self, part: str) -> str:
        """The colour that says how large a gradient is, and the ink that can be read on it."""
        if self.heat is None:
            return ""
        color = self.heat.color(part)
        if color is None:
            return ", fill=tgBackground"
        self.colors.append(_color(f"Heat{part}", color))
        ink = "white" if ink_on(color) == "#FFFFFF" else "black"
        return (
            f", fill=tgHeat{part}, text={ink}, "
            f"execute at begin node={{\\colorlet{{tgValue}}{{{ink}}}\\colorlet{{tgGradient}}{{{ink}}}"
            f"\\colorlet{{tgMuted}}{{{ink}}}}}"
        )

    def circle(self, operation: Operation) -> str:
        label = maths(signed(operation.sign)).replace("( )", r"(\ )")
        label = f"\\fontsize{{14.4}}{{16}}\\selectfont {label}" if len(operation.sign) == 1 else label
        if operation.settings:
            label += f" \\\\ \\tgSmall{{{words(operation.settings)}}}"
        return self.node("tg circle", operation.id, label)

    def group(self, group: Group) -> str:
        """The box that stands for many."""
        lines = [f"\\textbf{{{words(drawn(group.label))}}}"] if group.label else []
        lines += [f"{{\\fontsize{{14.4}}{{16}}\\selectfont $\\times {group.times}$}}"] if group.times > 1 else []
        lines += [f"\\tgSmall{{{words(text)}}}" for text in group_texts(group, self.style.lang)]
        lines += [words(self.heat.badge(group.id))] if self.heat else []
        return self.node(f"tg group{self.warmth(group.id)}", group.id, r" \\ ".join(filter(None, lines)))

    def frame(self, scope: Scope) -> str:
        """The frame of a layer, with what it is called in its corner."""
        left, lower, right, upper = self.places.frames[f"cluster_{scope.id}"]
        label = f"\\tgSmall{{{words(drawn(scope.label))}}}"
        return (
            f"\\draw[tg frame] ({left:g},{lower:g}) rectangle ({right:g},{upper:g}); "
            f"\\node[anchor=north west, inner sep=4bp] at ({left:g},{upper:g}) {{{label}}};"
        )

    def arrow(self, position: int, arrow: Arrow) -> str:
        """An arrow: solid forward, and dashed at the steps at which a gradient goes back along it."""
        curve = self.places.curves[f"e{position}"]
        ways: dict[str, list[int]] = {"forward": [], "backward": []}
        for place, step in enumerate(self.told, 1):
            if position in step.arrows and step.kind in ways:
                ways[step.kind].append(place)
        options = "".join(_on(f"{way} on", steps) for way, steps in ways.items())
        options += ", line width=2bp" if arrow.count > 1 else ""
        line = f"\\draw[tg arrow{options}] {_path(curve)};"
        label = f"\\tgSmall{{$\\times {arrow.count}$}}" if arrow.count > 1 else self.derivative(arrow)
        if label and curve.label:
            shown = "" if arrow.count > 1 else self.since(arrow.target)
            line += f"\n  \\node[tg local{shown}] at {_at(curve.label)} {{{label}}};"
        return line

    def since(self, operation: str) -> str:
        """The option that shows a local derivative only once the operation has been carried out."""
        for place, step in enumerate(self.told, 1):
            if step.kind == "forward" and operation in step.active:
                return f", visible on={{<{place}->}}" if place > 1 else ""
        return ""

    def derivative(self, arrow: Arrow) -> str:
        """What stands on an arrow: ∂z/∂x = y = 3, or ∇W = Xᵀ ∇Y (64×10)."""
        argument = arrow.argument
        if argument is None or "local" not in self.style.show:
            return ""
        operation = self.operations[arrow.target]
        result = self.formulas.by_id.get(operation.result)
        if result is None or (argument.local is None and argument.contribution is None):
            return ""
        text = edge_text(operation, argument, result.text, self.style.precision)
        lines = [text]
        if len(plain(text)) > ON_ONE_LINE:
            first, *others = equal_parts(text)
            lines = [first, *(f"= {other}" for other in others)]
        return r" \\ ".join(maths(line.replace("/∂", " / ∂")) for line in lines if line)

    def legend(self) -> list[str]:
        """The scale of the heat, with its ends."""
        heat, lang = self.heat, self.style.lang
        if heat is None or "legend" not in self.places.boxes:
            return []
        x, y = self.places.boxes["legend"][0]
        ends = [maths(number(10**end, 2)) for end in (heat.low, heat.high)]
        left, tall = x - 8 * len(CIVIDIS), 14
        lines = [f"\\node[tg local, text=tgText] at ({x:g},{y + 9:g}) {{{words(word('heat', lang))}}};"]
        for place, color in enumerate(CIVIDIS):
            self.colors.append(_color(f"Scale{place}", color))
            corner = f"({left + 16 * place:g},{y - 5 - tall:g}) rectangle ++(16,{tall})"
            lines.append(f"\\fill[tgScale{place}] {corner};")
        lines.append(f"\\node[tg local, text=tgText, anchor=east] at ({left - 4:g},{y - 12:g}) {{{ends[0]}}};")
        right = left + 16 * len(CIVIDIS) + 4
        return [*lines, f"\\node[tg local, text=tgText, anchor=west] at ({right:g},{y - 12:g}) {{{ends[1]}}};"]


def _on(key: str, steps: Iterable[int]) -> str:
    """An option that holds at these steps: , active on={<1,5>}."""
    listed = ",".join(map(str, steps))
    return f", {key}={{<{listed}>}}" if listed else ""


def _path(curve: Curve) -> str:
    """A curve from its start to its tip."""
    start, *others = curve.points
    pieces = [_at(start)]
    for place in range(0, len(others) - 2, 3):
        one, two, end = others[place : place + 3]
        pieces.append(f".. controls {_at(one)} and {_at(two)} .. {_at(end)}")
    return " ".join([*pieces, f"-- {_at(curve.tip)}"])
