"""For lectures: a computation as a picture, as a story told step by step, and in words.

computation  boxes, circles and arrows, with every value, gradient and local derivative, read off Tensors or a model
picture      `draw(loss)`: that computation drawn by Graphviz
network      `draw_network(model)`: the other picture, layers of neurons
story        the computation told step by step: frames, a web page to click through, an animation of a training
tikz         picture and story for LaTeX
worksheet    exercises to print, with fresh numbers, and their answer key
play         a web page to play with gradient descent
offline      what all our web pages share
derivation   `explain(loss)` and `trace_table(loss)`: the computation in formulas, and as a table
notation     how lectures write each operation and its derivatives
numbers      how numbers are written
arguments    what is asked of arguments; phrases has what errors say in Vietnamese
theme        colours, lines and fonts
words        Vietnamese and English, side by side
"""

from tinygrad_vn.lecture.derivation.explain import explain
from tinygrad_vn.lecture.derivation.trace import trace_table
from tinygrad_vn.lecture.network.drawing import draw_network
from tinygrad_vn.lecture.phrases import LECTURE_VIETNAMESE
from tinygrad_vn.lecture.picture.draw import GraphDrawing, draw, make_dot
from tinygrad_vn.lecture.picture.drawing import Drawing
from tinygrad_vn.lecture.picture.layout import DrawingError
from tinygrad_vn.lecture.story.animate import animate
from tinygrad_vn.phrases import VIETNAMESE

VIETNAMESE.update(LECTURE_VIETNAMESE)

__all__ = [
    "Drawing",
    "DrawingError",
    "GraphDrawing",
    "animate",
    "draw",
    "draw_network",
    "explain",
    "make_dot",
    "trace_table",
]
