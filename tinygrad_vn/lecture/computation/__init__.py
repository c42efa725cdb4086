"""A computation as it is to be shown: boxes, circles and arrows, with every value, gradient and local derivative.

graph      what there is
recorded   reads it off a Tensor; caller finds names among the user's variables, request puts both together
gradients  the gradient of every box, computed on the side
matrices   writes products of matrices as one does: x Wᵀ
scopes     which layer of a model carried out which operation
collapse   folds what is too large to be looked at
"""
