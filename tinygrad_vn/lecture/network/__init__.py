"""The other picture that every lecture shows: layers of neurons, with the weights between them.

layers     reads them off a model; places says where they stand; drawing is `draw_network`
dot, tikz  draw them, with their lines of text; story tells the values and the δ step by step
"""
