"""Every schedule takes PyTorch's trajectory: rates and momenta agree to 1e-15 of their size over 300 steps."""

from __future__ import annotations

import copy
import inspect
import math
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.optim import lr_scheduler as our_schedules

torch = pytest.importorskip("torch", reason="PyTorch is not installed; `make oracle` brings it")
torch_schedules = pytest.importorskip("torch.optim.lr_scheduler")

STEPS = 300
RTOL = 1e-15  # four units in the last place

Make = Callable[[ModuleType, Any], Any]


def sequential(m: ModuleType, o: Any) -> Any:
    parts = [m.LinearLR(o, 0.1, total_iters=10), m.CosineAnnealingLR(o, 40), m.ExponentialLR(o, 0.99)]
    return m.SequentialLR(o, parts, milestones=[10, 60])


def sequential_of_formulas(m: ModuleType, o: Any) -> Any:
    parts = [
        m.CosineAnnealingWarmRestarts(o, 5, 2),
        m.LambdaLR(o, lambda t: 1 / (1 + t)),
        m.CosineAnnealingWarmRestarts(o, 3),
        m.MultiStepLR(o, [0, 7, 9]),
        m.StepLR(o, 4),
    ]
    return m.SequentialLR(o, parts, milestones=[30, 80, 100, 200])


SCHEDULES: dict[str, Make] = {
    "lambda": lambda m, o: m.LambdaLR(o, lambda t: 0.95**t),
    "lambda, one each": lambda m, o: m.LambdaLR(o, [lambda t: 1 / (1 + t), lambda t: math.cos(t) ** 2]),
    "step": lambda m, o: m.StepLR(o, 30),
    "step by one": lambda m, o: m.StepLR(o, 1, gamma=0.97),
    "milestones": lambda m, o: m.MultiStepLR(o, [150, 20, 80], gamma=0.3),
    "milestones twice and at 0": lambda m, o: m.MultiStepLR(o, [0, 20, 20, 90], 0.5),
    "exponential": lambda m, o: m.ExponentialLR(o, 0.97),
    "exponential, growing": lambda m, o: m.ExponentialLR(o, gamma=1.01),
    "linear": lambda m, o: m.LinearLR(o),
    "linear down": lambda m, o: m.LinearLR(o, start_factor=1.0, end_factor=0.05, total_iters=120),
    "linear up": lambda m, o: m.LinearLR(o, start_factor=0.01, total_iters=77),
    "cosine": lambda m, o: m.CosineAnnealingLR(o, T_max=300),
    "cosine there and back": lambda m, o: m.CosineAnnealingLR(o, 7, eta_min=0.001),
    "cosine, there and back to 0": lambda m, o: m.CosineAnnealingLR(o, 10),
    "cosine of one": lambda m, o: m.CosineAnnealingLR(o, 1),
    "restarts": lambda m, o: m.CosineAnnealingWarmRestarts(o, 10),
    "longer and longer": lambda m, o: m.CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2, eta_min=1e-3),
    "three times as long": lambda m, o: m.CosineAnnealingWarmRestarts(o, 1, 3),
    "one cycle": lambda m, o: m.OneCycleLR(o, 0.5, total_steps=STEPS),
    "one cycle by epochs": lambda m, o: m.OneCycleLR(o, max_lr=[0.5, 0.2], epochs=30, steps_per_epoch=10),
    "one cycle along lines": lambda m, o: m.OneCycleLR(o, 0.5, total_steps=STEPS, anneal_strategy="linear"),
    "one cycle of three": lambda m, o: m.OneCycleLR(o, 0.5, STEPS, three_phase=True, pct_start=0.4),
    "one cycle, all settings": lambda m, o: m.OneCycleLR(
        o, 0.5, STEPS, pct_start=0.12, base_momentum=[0.8, 0.7], max_momentum=0.9, div_factor=10, final_div_factor=100.0
    ),
    "one cycle, downhill only": lambda m, o: m.OneCycleLR(o, 0.5, STEPS, pct_start=0.0, cycle_momentum=False),
    "one after the other": sequential,
    "formulas one after the other": sequential_of_formulas,
}
OPTIMIZERS: dict[str, Callable[[Any, Any], Any]] = {
    "SGD": lambda m, groups: m.SGD(groups, lr=0.1, momentum=0.9),
    "Adam": lambda m, groups: m.Adam(groups, lr=0.1),
}


def optimizers(name: str = "SGD") -> tuple[Any, Any]:
    """Ours and PyTorch's: two groups with different rates, and gradients, so that steps are steps."""
    ours = [tg.tensor([1.0], requires_grad=True) for _ in range(2)]
    theirs = [torch.tensor([1.0], dtype=torch.float64, requires_grad=True) for _ in range(2)]
    for p in (*ours, *theirs):
        (p * 0.0).sum().backward()
    make = OPTIMIZERS[name]
    return (
        make(optim, [{"params": ours[:1]}, {"params": ours[1:], "lr": 0.03}]),
        make(torch.optim, [{"params": theirs[:1]}, {"params": theirs[1:], "lr": 0.03}]),
    )


def settings(optimizer: Any) -> list[float]:
    """Rates and momenta of all groups."""
    groups = optimizer.param_groups
    return [float(g["lr"]) for g in groups] + [float(g["betas"][0] if "betas" in g else g["momentum"]) for g in groups]


def path(optimizer: Any, schedules: list[Any], steps: int = STEPS) -> list[list[float]]:
    """Rates and momenta at every step, the first included."""
    points = [settings(optimizer)]
    for _ in range(steps):
        optimizer.step()
        for schedule in schedules:
            schedule.step()
            assert schedule.get_last_lr() == [g["lr"] for g in optimizer.param_groups] or len(schedules) > 1
        points.append(settings(optimizer))
    return points


def same(mine: Any, yours: Any) -> None:
    np.testing.assert_allclose(np.array(mine), np.array(yours), rtol=RTOL, atol=1e-18)


@pytest.mark.filterwarnings("ignore::UserWarning:torch")
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
def test_trajectory(make: Make, name: str) -> None:
    a, b = optimizers(name)
    same(path(a, [make(our_schedules, a)]), path(b, [make(torch_schedules, b)]))


CHAINS: dict[str, list[Make]] = {
    "warm-up and decay": [lambda m, o: m.LinearLR(o, 0.1, total_iters=20), lambda m, o: m.ExponentialLR(o, 0.98)],
    "three of them": [
        lambda m, o: m.CosineAnnealingLR(o, 50, 0.001),
        lambda m, o: m.StepLR(o, 40, 0.5),
        lambda m, o: m.MultiStepLR(o, [10, 100]),
    ],
}


@pytest.mark.parametrize("makes", CHAINS.values(), ids=CHAINS)
def test_chained(makes: list[Make]) -> None:
    a, b = optimizers()
    mine, yours = [m(our_schedules, a) for m in makes], [m(torch_schedules, b) for m in makes]
    same(path(a, mine), path(b, yours))


def test_a_rate_that_was_changed_by_hand() -> None:
    a, b = optimizers()
    mine, yours = our_schedules.StepLR(a, 5), torch_schedules.StepLR(b, 5)
    path(a, [mine], 7), path(b, [yours], 7)
    a.param_groups[0]["lr"] = b.param_groups[0]["lr"] = 3.0
    same(path(a, [mine], 20), path(b, [yours], 20))


# PyTorch keeps further settings of OneCycleLR in the groups, SequentialLR has no argument for it that works, and
# restarts that grow longer do not continue there.
NO_LAST_EPOCH = ("one", "formulas", "longer", "three")


@pytest.mark.filterwarnings("ignore::UserWarning:torch")
@pytest.mark.parametrize("name", [name for name in SCHEDULES if not name.startswith(NO_LAST_EPOCH)])
def test_last_epoch(name: str) -> None:
    """Going on by `last_epoch`, with the rates and "initial_lr" that the optimizer has by then."""
    make = SCHEDULES[name]
    a, b = optimizers()
    path(a, [make(our_schedules, a)], 23)
    path(b, [make(torch_schedules, b)], 23)

    def at_22(m: ModuleType) -> Any:
        class Later:
            def __getattr__(self, kind: str) -> Any:
                return lambda *args, **kwargs: getattr(m, kind)(*args, **kwargs, last_epoch=22)

        return Later()

    same(path(a, [make(at_22(our_schedules), a)]), path(b, [make(at_22(torch_schedules), b)]))


@pytest.mark.parametrize("make", [m for n, m in SCHEDULES.items() if "lambda" not in n and "formulas" not in n])
def test_going_on_from_a_saved_state(make: Make) -> None:
    """Interrupted after 41 steps: optimizer and schedule loaded into new ones, in either order, as PyTorch unbroken."""
    a, b = optimizers()
    schedule = make(our_schedules, a)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = path(b, [make(torch_schedules, b)])
    path(a, [schedule], 41)
    saved = copy.deepcopy((a.state_dict(), schedule.state_dict()))
    fresh, _ = optimizers()
    resumed = make(our_schedules, fresh)
    resumed.load_state_dict(saved[1])
    fresh.load_state_dict(saved[0])
    same(path(fresh, [resumed], STEPS - 41), whole[41:])


@pytest.mark.parametrize("t_mult", [1, 2, 3, 5])
def test_restarts_at_fractions_of_epochs(t_mult: int) -> None:
    a, b = optimizers()
    mine = our_schedules.CosineAnnealingWarmRestarts(a, 4, t_mult, eta_min=1e-4)
    yours = torch_schedules.CosineAnnealingWarmRestarts(b, 4, t_mult, eta_min=1e-4)
    a.step(), b.step()
    for epoch in np.random.default_rng(0).uniform(0, 200, 300):
        mine.step(float(epoch))
        yours.step(float(epoch))
        same(settings(a), settings(b))


PLATEAUS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "impatient": {"patience": 0, "factor": 0.9, "eps": 0.0},
    "cooldown": {"patience": 2, "cooldown": 4, "factor": 0.5},
    "absolute": {"patience": 3, "threshold": 0.05, "threshold_mode": "abs", "factor": 0.7},
    "max": {"mode": "max", "patience": 3, "factor": 0.8},
    "max, absolute": {"mode": "max", "patience": 3, "threshold": 0.1, "threshold_mode": "abs", "factor": 0.8},
    "floors": {"patience": 1, "min_lr": [0.05, 0.001], "factor": 0.3},
    "coarse": {"patience": 1, "factor": 0.9, "eps": 0.005},
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("options", PLATEAUS.values(), ids=PLATEAUS)
def test_plateau(options: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    losses = 1 / (1 + np.arange(STEPS)) + 0.2 * rng.normal(size=STEPS)
    losses[seed * 7 + 11] = math.nan
    a, b = optimizers()
    mine, yours = our_schedules.ReduceLROnPlateau(a, **options), torch_schedules.ReduceLROnPlateau(b, **options)
    for loss in losses:
        mine.step(float(loss))
        yours.step(float(loss))
        same(settings(a), settings(b))
        assert (mine.best, mine.num_bad_epochs, mine.last_epoch) == (yours.best, yours.num_bad_epochs, yours.last_epoch)
    assert settings(a)[0] < 0.1


def test_defaults_are_the_same() -> None:
    for name in our_schedules.__all__:
        if name in ("LossScheduler", "LossThresholds"):
            continue
        mine, yours = (inspect.signature(getattr(m, name)).parameters for m in (our_schedules, torch_schedules))
        assert [(p.name, p.default) for p in mine.values()] == [(p.name, p.default) for p in yours.values()], name
