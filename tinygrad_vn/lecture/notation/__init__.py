"""How lectures write formulas.

notation   every operation, its local derivatives and its gradients: one line each
formula    puts formulas together, with brackets where they are needed
latex      turns them into LaTeX
"""
