"""The picture of a computation.

draw       `draw(loss)`; drawing is what can be done with any picture, said what it says to those who cannot see it
dot        a graph in the language of Graphviz; labels are its texts and tables, edges the formulas on its arrows, and
           heat colours it by its gradients
layout     finds Graphviz; places asks it where everything goes; svg is what an SVG file needs beyond that
mermaid    the same graph for pages in Markdown
"""
