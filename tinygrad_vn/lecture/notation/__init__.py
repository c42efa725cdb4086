"""How lectures write formulas.

notation       every operation, its local derivatives and its gradients: one line each
formula        puts formulas together, with brackets where they are needed
broadcasting   which sum undoes it on the way back
latex          turns formulas into LaTeX
"""
