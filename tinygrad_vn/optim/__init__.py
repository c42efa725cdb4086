"""Optimizers: what turns gradients into better parameters, with PyTorch's names, defaults and trajectories.

optimizer = optim.Adam([w, b], lr=0.01)
for _ in range(100):
    optimizer.zero_grad()
    loss_of(w, b).backward()
    optimizer.step()
"""

from tinygrad_vn.optim.adaptive import Adam
from tinygrad_vn.optim.optimizer import Optimizer
from tinygrad_vn.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
