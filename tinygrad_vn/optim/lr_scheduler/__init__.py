"""Schedules: how the learning rate changes while a model is trained, with PyTorch's names, defaults and numbers.

    optimizer = optim.SGD(model.parameters(), lr=0.1)
    schedule = StepLR(optimizer, step_size=30, gamma=0.1)
    for epoch in range(100):
        for x, y in batches:
            ...
            optimizer.step()
        schedule.step()

A schedule is made for an optimizer, sets its first rate at once, and changes it with every `step()`: once per epoch, or
once per batch where `interval` says so. Several schedules of one optimizer may be stepped one after the other; those
that multiply the rate then multiply their effects.
"""

from tinygrad_vn.optim.lr_scheduler.basic import (
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    StepLR,
)
from tinygrad_vn.optim.lr_scheduler.by_loss import LossScheduler, LossThresholds, ReduceLROnPlateau
from tinygrad_vn.optim.lr_scheduler.cyclic import CosineAnnealingWarmRestarts, OneCycleLR
from tinygrad_vn.optim.lr_scheduler.scheduler import LRScheduler
from tinygrad_vn.optim.lr_scheduler.sequential import SequentialLR

__all__ = [
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "LossScheduler",
    "LossThresholds",
    "MultiStepLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
