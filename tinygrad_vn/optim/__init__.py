"""Optimizers: what turns gradients into better parameters, with PyTorch's names, defaults and trajectories.

optimizer = optim.Adam([w, b], lr=0.01)
for _ in range(100):
    optimizer.zero_grad()
    loss_of(w, b).backward()
    optimizer.step()
"""

from tinygrad_vn.optim import lr_scheduler, stopping
from tinygrad_vn.optim.adam import Adam, AdamW, NAdam
from tinygrad_vn.optim.adaptive import Adadelta, Adagrad, RMSprop
from tinygrad_vn.optim.lbfgs import LBFGS
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.phrases import OPTIM_VIETNAMESE
from tinygrad_vn.optim.sgd import SGD
from tinygrad_vn.optim.sparse_adam import SparseAdam
from tinygrad_vn.phrases import VIETNAMESE

VIETNAMESE.update(OPTIM_VIETNAMESE)

__all__ = [
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "NAdam",
    "Optimizer",
    "RMSprop",
    "SparseAdam",
    "lr_scheduler",
    "stopping",
]
