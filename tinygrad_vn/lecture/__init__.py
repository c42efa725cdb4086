"""For lectures: a computation as a picture.

graph      a computation as boxes, circles and arrows, with every value and gradient
dot        that graph in the language of Graphviz
layout     Graphviz itself: finds it, and has it place the boxes
svg        what an SVG file needs beyond that, to be shown and to be read aloud
drawing    `draw(loss)`, and what can be done with the drawing
numbers    how numbers are written
theme      colours, lines and fonts
words      Vietnamese and English, side by side
"""

from tinygrad_vn.lecture.drawing import Drawing, draw
from tinygrad_vn.lecture.layout import DrawingError

__all__ = ["Drawing", "DrawingError", "draw"]
