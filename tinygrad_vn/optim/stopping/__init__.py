"""Stopping rules: when gradient descent has gone far enough, as the lectures list them, and why each may be wrong.

    stop = MaxIterations(1000) | GradientNorm(1e-6)
    progress = Progress.of(optimizer)
    while True:
        optimizer.zero_grad()
        loss = loss_of(w)
        loss.backward()
        optimizer.step()
        if stop.met(progress.update(loss)):
            break
    print(stop.reason(), stop.caution())

`fit` takes a rule too, as `stop=`. Rules are asked once after every update. Those that compare remember what they saw
last, so a rule serves one run; `reset()` makes it forget.

All norms are Euclidean, over all numbers of all parameters together, as if these were one long vector. A tolerance is
absolute, `tol`, or relative, `rel`; where both are given, one of the two suffices.

Source: `000_12180da503bfe391.txt`, "Điều kiện dừng", and `004_2f9e90593bb73649.txt`, the section of the same name.
"""

from tinygrad_vn.optim.stopping.changes import GradientChange, GradientNorm, LossChange, ParameterChange
from tinygrad_vn.optim.stopping.early import EarlyStopping
from tinygrad_vn.optim.stopping.limits import MaxIterations, TargetLoss, TimeLimit
from tinygrad_vn.optim.stopping.progress import Progress
from tinygrad_vn.optim.stopping.rule import AllOf, AnyOf, StoppingRule

__all__ = [
    "AllOf",
    "AnyOf",
    "EarlyStopping",
    "GradientChange",
    "GradientNorm",
    "LossChange",
    "MaxIterations",
    "ParameterChange",
    "Progress",
    "StoppingRule",
    "TargetLoss",
    "TimeLimit",
]
