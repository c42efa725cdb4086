"""The other picture that every lecture shows: layers of neurons, with the weights between them.

layers     reads them off a model; places says where they stand; dot draws them; drawing is `draw_network`
"""
