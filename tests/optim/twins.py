"""The same parameters under one optimizer and under one each, and what tests of optimizers do with the two."""

from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg
from tinygrad_vn.optim import Optimizer

SHAPES = [(3, 2), (3,), (), (0, 4), (1, 3), (2, 3, 2)]


class Twins:
    """The same parameters twice: under one optimizer, and under one each."""

    def __init__(self, make: Callable[..., Optimizer], dtype: Any = np.float64, **settings: Any) -> None:
        self.rng = np.random.default_rng(5)
        self.make = lambda params: make(params, **settings)
        starts = [self.rng.standard_normal(shape).astype(dtype) for shape in SHAPES]
        self.together, self.apart = ([tg.tensor(start, requires_grad=True) for start in starts] for _ in range(2))
        for w in (self.together[0], self.apart[0]):
            w.data = np.asfortranarray(w.data)
        self.optimizer, self.optimizers = self.make(self.together), [self.make([w]) for w in self.apart]

    def step(self, *resting: int) -> None:
        """One step of all but those that rest, with gradients in all layouts and all sizes; and all is the same."""
        for i, (w, twin) in enumerate(zip(self.together, self.apart, strict=True)):
            w.grad = twin.grad = None
            if i not in resting:
                g = self.rng.standard_normal(w.shape[::-1]).T * 10.0 ** self.rng.integers(-9, 9)
                w.grad, twin.grad = (tg.tensor(g.astype(w.dtype)) for _ in range(2))
        self.optimizer.step()
        for i, optimizer in enumerate(self.optimizers):
            if i not in resting:
                optimizer.step()
        self.check()

    def check(self) -> None:
        for w, twin, alone in zip(self.together, self.apart, self.optimizers, strict=True):
            assert identical(w.detach().numpy(), twin.detach().numpy())
            ours, theirs = self.optimizer.state.get(w, {}), alone.state.get(twin, {})
            assert ours.keys() == theirs.keys()
            assert all(identical(ours[key], theirs[key]) for key in ours if key != "rests")

    def both(self, change: Callable[[tg.Tensor, Optimizer], Any]) -> None:
        """Do the same to every parameter and its twin."""
        for w, twin, alone in zip(self.together, self.apart, self.optimizers, strict=True):
            change(w, self.optimizer)
            change(twin, alone)


def identical(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())


def n_packed(optimizer: Optimizer) -> int:
    """How many parameters moved in packs at the last step."""
    return sum(len(members.places) for plans in optimizer._plans.values() for members in plans._lately[0].packs)
