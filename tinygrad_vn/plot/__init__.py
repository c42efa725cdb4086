"""Plots for lectures and reports, made with matplotlib, which is imported when the first plot is.

Every function returns a matplotlib `Figure` that stands for itself: it opens no window and changes no settings, so it
works on a server, in a thread and in a notebook alike. `save` writes it, in the format that the file's name ends with.

curves      one loss curve, several of them, gradient norms per parameter, the error of a difference quotient
landscape   the path of a descent over the contour lines of its function
functions   activation functions with their derivatives
outcomes    predictions against targets, decision boundaries
rates       the loss over growing learning rates
figures     what they share
"""

from tinygrad_vn.phrases import VIETNAMESE
from tinygrad_vn.plot.curves import gradient_norms, loss_curve, loss_curves, step_curve
from tinygrad_vn.plot.figures import save
from tinygrad_vn.plot.functions import activation
from tinygrad_vn.plot.landscape import descent_path
from tinygrad_vn.plot.outcomes import decision_boundary, predictions
from tinygrad_vn.plot.phrases import PLOT_VIETNAMESE
from tinygrad_vn.plot.rates import lr_find_curve

VIETNAMESE.update(PLOT_VIETNAMESE)

__all__ = [
    "activation",
    "decision_boundary",
    "descent_path",
    "gradient_norms",
    "loss_curve",
    "loss_curves",
    "lr_find_curve",
    "predictions",
    "save",
    "step_curve",
]
