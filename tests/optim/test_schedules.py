"""Schedules against their closed forms, and what goes wrong with them; PyTorch's trajectories are in tests/oracle."""

from __future__ import annotations

import copy
import math
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import checkpoint, optim
from tinygrad_vn.optim.lr_scheduler import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LossThresholds,
    LRScheduler,
    MultiStepLR,
    OneCycleLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)

STEPS = 200
RATES = (0.1, 0.03)


def sgd(**settings: Any) -> optim.SGD:
    """Two groups with different rates, and a gradient, so that steps are steps."""
    params = [tg.tensor([1.0], requires_grad=True) for _ in RATES]
    for p in params:
        (p * 0.0).sum().backward()
    groups = [{"params": [p], "lr": lr} for p, lr in zip(params, RATES, strict=True)]
    return optim.SGD(groups, **({"momentum": 0.9} | settings))


def rates(optimizer: optim.Optimizer) -> list[float]:
    return [group["lr"] for group in optimizer.param_groups]


def trajectory(optimizer: optim.Optimizer, schedule: LRScheduler, steps: int = STEPS) -> Any:
    """The rates at every step, the first included: shape (steps + 1, groups)."""
    points = [rates(optimizer)]
    for _ in range(steps):
        optimizer.step()
        schedule.step()
        points.append(rates(optimizer))
    return np.array(points)


def cosine(t: float, length: float, low: float) -> Callable[[float], float]:
    return lambda lr: low + (lr - low) * (1 + math.cos(math.pi * t / length)) / 2


FORMULAS: list[tuple[str, Callable[[Any], LRScheduler], Callable[[float, int], float]]] = [
    ("lambda", lambda o: LambdaLR(o, lambda t: 1 / (1 + t)), lambda lr, t: lr / (1 + t)),
    ("step", lambda o: StepLR(o, 30, 0.5), lambda lr, t: lr * 0.5 ** (t // 30)),
    (
        "milestones",
        lambda o: MultiStepLR(o, [50, 20, 20], 0.5),
        lambda lr, t: lr * 0.25 ** (t >= 20) * 0.5 ** (t >= 50),
    ),
    ("exponential", lambda o: ExponentialLR(o, 0.98), lambda lr, t: lr * 0.98**t),
    ("linear", lambda o: LinearLR(o, 0.2, 0.8, 50), lambda lr, t: lr * (0.2 + 0.6 * min(t, 50) / 50)),
    ("cosine", lambda o: CosineAnnealingLR(o, 20, 0.01), lambda lr, t: cosine(t, 20, 0.01)(lr)),
    ("restarts", lambda o: CosineAnnealingWarmRestarts(o, 7, 1, 0.01), lambda lr, t: cosine(t % 7, 7, 0.01)(lr)),
]


@pytest.mark.parametrize(("make", "formula"), [f[1:] for f in FORMULAS], ids=[f[0] for f in FORMULAS])
def test_closed_form(make: Callable[[Any], LRScheduler], formula: Callable[[float, int], float]) -> None:
    optimizer = sgd()
    wanted = [[formula(lr, t) for lr in RATES] for t in range(STEPS + 1)]
    np.testing.assert_allclose(trajectory(optimizer, make(optimizer)), wanted, rtol=1e-13)


def test_restarts_grow_longer() -> None:
    optimizer = sgd()
    path = trajectory(optimizer, CosineAnnealingWarmRestarts(optimizer, T_0=5, T_mult=2), 80)
    assert [t for t in range(81) if math.isclose(path[t, 0], 0.1)] == [0, 5, 15, 35, 75]


@pytest.mark.parametrize("t_mult", [2, 3, 5])
def test_a_restart_at_an_epoch_is_the_whole_rate(t_mult: int) -> None:
    """Also where log(125, 5) is 3.0000000000000004 and log(243, 3) is 4.999999999999999."""
    optimizer = sgd()
    schedule = CosineAnnealingWarmRestarts(optimizer, 1, t_mult)
    for n in range(7):
        schedule.step((t_mult**n - 1) // (t_mult - 1))
        assert rates(optimizer) == list(RATES)


def test_restarts_go_on_from_last_epoch() -> None:
    whole, later = sgd(), sgd()
    path = trajectory(whole, CosineAnnealingWarmRestarts(whole, 3, 2), 60)
    for group in later.param_groups:
        group["initial_lr"] = group["lr"]
    np.testing.assert_array_equal(
        trajectory(later, CosineAnnealingWarmRestarts(later, 3, 2, last_epoch=16), 43), path[17:]
    )


def test_one_cycle() -> None:
    optimizer = sgd()
    schedule = OneCycleLR(optimizer, max_lr=[1.0, 0.5], total_steps=100, pct_start=0.25)
    np.testing.assert_allclose(rates(optimizer), [1.0 / 25, 0.5 / 25])
    assert [g["momentum"] for g in optimizer.param_groups] == [0.95, 0.95]
    trajectory(optimizer, schedule, 24)
    np.testing.assert_allclose(rates(optimizer), [1.0, 0.5])
    np.testing.assert_allclose([g["momentum"] for g in optimizer.param_groups], [0.85, 0.85])
    trajectory(optimizer, schedule, 75)
    np.testing.assert_allclose(rates(optimizer), [1.0 / 25 / 1e4, 0.5 / 25 / 1e4])
    np.testing.assert_allclose([g["momentum"] for g in optimizer.param_groups], [0.95, 0.95])
    schedule.step()  # after the last batch
    with pytest.raises(ValueError, match="101 of a cycle of 100"):
        schedule.step()


def test_one_cycle_turns_beta1_and_leaves_beta2() -> None:
    w = tg.tensor([1.0], requires_grad=True)
    optimizer = optim.Adam([w], betas=(0.9, 0.99))
    OneCycleLR(optimizer, 0.1, total_steps=10)
    assert optimizer.param_groups[0]["betas"] == (0.95, 0.99)


def test_one_cycle_may_begin_at_its_top() -> None:
    """With pct_start · total_steps = 1 the way up has no length; PyTorch divides by 0 there."""
    optimizer = sgd()
    schedule = OneCycleLR(optimizer, 1.0, total_steps=10, pct_start=0.1)
    assert rates(optimizer) == [1.0, 1.0]
    assert np.all(np.diff(trajectory(optimizer, schedule, 9)[:, 0]) < 0)


def test_two_schedules_multiply() -> None:
    optimizer = sgd()
    first, second = ExponentialLR(optimizer, 0.9), StepLR(optimizer, 3, 0.5)
    for _ in range(7):
        optimizer.step()
        first.step()
        second.step()
    np.testing.assert_allclose(rates(optimizer), [lr * 0.9**7 * 0.5**2 for lr in RATES])


def test_one_schedule_after_the_other() -> None:
    optimizer = sgd()
    parts = [LinearLR(optimizer, 0.1, total_iters=5), CosineAnnealingLR(optimizer, 10)]
    path = trajectory(optimizer, SequentialLR(optimizer, parts, [5]), 15)
    wanted = [0.1 + 0.9 * t / 5 for t in range(5)] + [(1 + math.cos(math.pi * t / 10)) / 2 for t in range(11)]
    np.testing.assert_allclose(path, np.outer(wanted, RATES), atol=1e-16)


def test_one_after_the_other_within_another() -> None:
    optimizer = sgd()
    inner = SequentialLR(optimizer, [StepLR(optimizer, 2, 0.5), ExponentialLR(optimizer, 0.9)], [3])
    whole = SequentialLR(optimizer, [LambdaLR(optimizer, lambda t: 2.0), inner], [2])
    wanted = [2, 2, 1, 1, 0.5, 1, 0.9, 0.81]
    np.testing.assert_allclose(trajectory(optimizer, whole, 7), np.outer(wanted, RATES))


def test_intervals() -> None:
    optimizer = sgd()
    assert StepLR(optimizer, 3).interval == "epoch"
    cycle = OneCycleLR(optimizer, 0.1, 10)
    assert cycle.interval == "batch"
    assert SequentialLR(optimizer, [StepLR(optimizer, 1), cycle], [3]).interval == "batch"
    assert SequentialLR(optimizer, [StepLR(optimizer, 1), StepLR(optimizer, 1)], [3]).interval == "epoch"
    assert SequentialLR.interval == "epoch"


# --- schedules that watch the loss --------------------------------------------------------------------------------


def test_a_plateau_lowers_the_rate() -> None:
    optimizer = sgd()
    schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=2, cooldown=1, min_lr=[0.04, 0.0])
    seen = []
    for loss in [1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5]:
        schedule.step(tg.tensor(loss))
        seen.append(rates(optimizer)[0])
    assert seen == [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.04, 0.04]
    assert schedule.get_last_lr() == [0.04, 0.03 / 4]
    assert schedule.best == 0.5


def test_a_plateau_leaves_out_tiny_changes() -> None:
    optimizer = sgd()
    schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=0, eps=0.02)
    schedule.step(1.0)
    schedule.step(1.0)
    assert rates(optimizer) == [0.05, 0.03]


def test_the_report_changes_its_rate_by_hand() -> None:
    """000_12180da503bfe391.txt: 100 at first, 50 below 1.6, 30 below 1.4, whatever the order of the two cases."""
    report = [3.0, 1.5999, 1.61, 1.55, 1.4, 1.39, 1.5, 1.7, 0.01]
    w = tg.tensor([1.0], requires_grad=True)
    for table in ({1.6: 50.0, 1.4: 30.0}, {1.4: 30.0, 1.6: 50.0}):
        optimizer = optim.SGD([w], lr=100.0)
        schedule = LossThresholds(optimizer, table)
        seen = []
        for loss in report:
            schedule.step(loss)
            seen.extend(rates(optimizer))
        assert seen == [100, 50, 50, 50, 50, 30, 30, 30, 30]
        assert schedule.get_last_lr() == [30]


def test_thresholds_are_jumped_over_and_nan_is_none() -> None:
    optimizer = sgd()
    schedule = LossThresholds(optimizer, {2.0: 0.05, 1.0: [0.04, 0.01]})
    schedule.step(math.nan)
    assert rates(optimizer) == list(RATES)
    schedule.step(0.5)
    assert rates(optimizer) == [0.04, 0.01]
    schedule.step(1.5)
    assert rates(optimizer) == [0.04, 0.01]


def test_thresholds_leave_a_rate_alone_that_was_changed_by_hand() -> None:
    optimizer = sgd()
    schedule = LossThresholds(optimizer, {2.0: 0.05})
    schedule.step(1.0)
    optimizer.param_groups[0]["lr"] = 0.7
    schedule.step(1.0)
    assert rates(optimizer) == [0.7, 0.05]


# --- states -------------------------------------------------------------------------------------------------------

SAVED: dict[str, Callable[[Any], Any]] = {
    "step": lambda o: StepLR(o, 7, 0.5),
    "milestones": lambda o: MultiStepLR(o, [10, 60], 0.5),
    "cosine": lambda o: CosineAnnealingLR(o, 20),
    "lambda": lambda o: LambdaLR(o, lambda t: 0.99**t),
    "restarts": lambda o: CosineAnnealingWarmRestarts(o, 4, 2),
    "cycle": lambda o: OneCycleLR(o, 0.4, 200),
    "sequence": lambda o: SequentialLR(o, [LinearLR(o), OneCycleLR(o, 0.4, 150), StepLR(o, 9)], [5, 100]),
}


@pytest.mark.parametrize("make", SAVED.values(), ids=SAVED)
def test_going_on_from_a_file(make: Callable[[Any], Any], tmp_path: Path) -> None:
    a = sgd()
    schedule = make(a)
    trajectory(a, schedule, 47)
    checkpoint.save(tmp_path / "state.npz", {"optimizer": a.state_dict(), "schedule": schedule.state_dict()})
    loaded = checkpoint.load(tmp_path / "state.npz")
    b = sgd()
    resumed = make(b)
    b.load_state_dict(loaded["optimizer"])
    resumed.load_state_dict(loaded["schedule"])
    np.testing.assert_array_equal(trajectory(a, schedule, 100), trajectory(b, resumed, 100))


@pytest.mark.parametrize(
    "make",
    [
        lambda o: ReduceLROnPlateau(o, patience=1, cooldown=1, factor=0.9),
        lambda o: LossThresholds(o, {0.5: 1.0, 0.2: 2.0}),
    ],
)
def test_going_on_with_schedules_that_watch_the_loss(make: Callable[[Any], Any]) -> None:
    losses = np.abs(np.random.default_rng(0).normal(size=60))
    a, b = sgd(), sgd()
    schedule, resumed = make(a), make(b)
    for loss in losses[:20]:
        schedule.step(loss)
    resumed.load_state_dict(schedule.state_dict())
    b.load_state_dict(a.state_dict())
    assert rates(b) != list(RATES)
    for loss in losses[20:]:
        schedule.step(loss)
        resumed.step(loss)
        assert rates(a) == rates(b)


def test_a_state_is_a_copy() -> None:
    optimizer = sgd()
    schedule = MultiStepLR(optimizer, [3])
    state = schedule.state_dict()
    before = copy.deepcopy(state)
    state["milestones"].append(4)
    assert schedule.state_dict() == before
    trajectory(optimizer, schedule, 5)
    assert before["last_epoch"] == 0


def test_a_state_of_something_else_changes_nothing() -> None:
    optimizer = sgd()
    sequence = SequentialLR(optimizer, [StepLR(optimizer, 2), StepLR(optimizer, 3)], [5])
    before = sequence.state_dict()
    wrong = {**copy.deepcopy(before), "last_epoch": 9}
    wrong["_schedulers"][1] = ExponentialLR(optimizer, 0.9).state_dict()
    with pytest.raises(ValueError, match="step_size"):
        sequence.load_state_dict(wrong)
    assert sequence.state_dict() == before
    with pytest.raises(ValueError, match="not the state of a StepLR"):
        StepLR(optimizer, 2).load_state_dict(ExponentialLR(optimizer, 0.9).state_dict())
    other = StepLR(optim.SGD([tg.tensor(1.0, requires_grad=True)], lr=1.0), 2)
    with pytest.raises(ValueError, match="1 groups of parameters, this schedule has 2"):
        StepLR(optimizer, 2).load_state_dict(other.state_dict())


# --- mistakes -----------------------------------------------------------------------------------------------------


def test_the_wrong_order_is_noticed_once() -> None:
    optimizer = sgd(momentum=0.0)
    schedule = StepLR(optimizer, 30)
    schedule.step()
    optimizer.step()
    with pytest.warns(UserWarning, match=r"StepLR.step\(\) came before the first optimizer.step\(\)") as caught:
        schedule.step()
    assert caught[0].filename == __file__
    trajectory(optimizer, schedule, 3)


def test_the_wrong_order_is_noticed_in_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_VN_LANG", "vi")
    optimizer = sgd()
    schedule = SequentialLR(optimizer, [StepLR(optimizer, 30)], [])
    schedule.step()
    optimizer.step()
    with pytest.warns(UserWarning, match="Hãy gọi optimizer.step\\(\\) trước") as caught:
        schedule.step()
    assert len(caught) == 1


def test_right_orders_are_not_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        looked_at = ExponentialLR(sgd(), 0.9)
        for _ in range(5):
            looked_at.step()  # no optimizer.step() at all: somebody plots the rates
        trained, resumed = sgd(), sgd()
        trajectory(trained, StepLR(trained, 3), 5)
        resumed.load_state_dict(trained.state_dict())
        schedule = StepLR(resumed, 3)
        schedule.step()
        trajectory(resumed, schedule, 2)


def test_settings_out_of_range_are_refused() -> None:
    o = sgd()
    adagrad = optim.Adagrad([tg.tensor(1.0, requires_grad=True)])
    wrong: list[tuple[str, Callable[[], Any]]] = [
        ("step_size=0", lambda: StepLR(o, 0)),
        ("gamma=nan", lambda: StepLR(o, 3, math.nan)),
        ("gamma=-0.5", lambda: ExponentialLR(o, -0.5)),
        ("gamma=inf", lambda: MultiStepLR(o, [3], math.inf)),
        ("milestones=[2.5]", lambda: MultiStepLR(o, [2.5])),  # type: ignore[list-item]
        ("eta_min=-1", lambda: CosineAnnealingLR(o, 10, -1)),
        ("eta_min=nan", lambda: CosineAnnealingWarmRestarts(o, 10, eta_min=math.nan)),
        ("total_iters=0", lambda: LinearLR(o, total_iters=0)),
        ("total_iters=2.5", lambda: LinearLR(o, total_iters=2.5)),  # type: ignore[arg-type]
        ("max_lr=nan", lambda: OneCycleLR(o, [0.1, math.nan], 10)),
        ("factor=nan", lambda: ReduceLROnPlateau(o, factor=math.nan)),
        ("patience=-1", lambda: ReduceLROnPlateau(o, patience=-1)),
        ("threshold=nan", lambda: ReduceLROnPlateau(o, threshold=math.nan)),
        ("lr=nan", lambda: LossThresholds(o, {1.0: math.nan})),
        ("no loss is below NaN", lambda: LossThresholds(o, {math.nan: 0.1})),
        ("needs schedules", lambda: SequentialLR(o, [], [])),
        ("milestones=[2.5]", lambda: SequentialLR(o, [StepLR(o, 1)] * 2, [2.5])),  # type: ignore[list-item]
        ("T_max=0.5", lambda: CosineAnnealingLR(o, 0.5)),  # type: ignore[arg-type]
        ("T_mult=0", lambda: CosineAnnealingWarmRestarts(o, 1, 0)),
        ("epoch=-1", lambda: CosineAnnealingWarmRestarts(o, 1).step(-1)),
        ("start_factor=0", lambda: LinearLR(o, 0)),
        ("end_factor=2", lambda: LinearLR(o, 1.0, 2)),
        ("1 functions, the optimizer has 2", lambda: LambdaLR(o, [lambda t: 1.0])),
        ("give total_steps", lambda: OneCycleLR(o, 0.1, epochs=3)),
        ("total_steps=0", lambda: OneCycleLR(o, 0.1, 0)),
        ("pct_start=30", lambda: OneCycleLR(o, 0.1, 10, pct_start=30)),
        ("'cosine' is unknown", lambda: OneCycleLR(o, 0.1, 10, anneal_strategy="cosine")),  # type: ignore[arg-type]
        ("max_lr has 3 numbers, the optimizer has 2", lambda: OneCycleLR(o, [1, 2, 3], 10)),
        ("cycle_momentum=False", lambda: OneCycleLR(adagrad, 0.1, 10)),
        ("factor=1.5", lambda: ReduceLROnPlateau(o, factor=1.5)),
        ("mode='low'", lambda: ReduceLROnPlateau(o, "low")),  # type: ignore[arg-type]
        ("threshold_mode='x'", lambda: ReduceLROnPlateau(o, threshold_mode="x")),  # type: ignore[arg-type]
        ("needs a rate", lambda: LossThresholds(o, {})),
        ("must be 0 or more", lambda: LossThresholds(o, {1.0: -1.0})),
        ("2 schedules need 1 milestones", lambda: SequentialLR(o, [StepLR(o, 1), StepLR(o, 1)], [])),
        ("must rise", lambda: SequentialLR(o, [StepLR(o, 1)] * 3, [5, 2])),
        ("must be told the loss", lambda: SequentialLR(o, [ReduceLROnPlateau(o)], [])),
        ("another optimizer", lambda: SequentialLR(o, [StepLR(sgd(), 1)], [])),
    ]
    for words, make in wrong:
        with pytest.raises(ValueError, match=re.escape(words)):
            make()
    with pytest.raises(TypeError, match="not a list"):
        StepLR([], 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"schedulers\[1\] is no schedule, but of type int"):
        SequentialLR(o, [StepLR(o, 1), 3], [5])  # type: ignore[list-item]
    assert StepLR(o, np.int64(3)).step_size == 3  # type: ignore[arg-type]


def test_a_formula_may_give_a_tensor() -> None:
    optimizer = sgd()
    LambdaLR(optimizer, lambda t: tg.tensor(0.5))  # type: ignore[arg-type, return-value]
    assert all(type(rate) is float for rate in rates(optimizer))


def test_schedules_that_continue_need_their_initial_rates() -> None:
    with pytest.raises(ValueError, match=r"param_groups\[0\] has no 'initial_lr'"):
        StepLR(sgd(), 3, last_epoch=4)


def test_a_group_that_came_later() -> None:
    optimizer = sgd()
    step, cosine_ = StepLR(optimizer, 1, 0.5), CosineAnnealingWarmRestarts(optimizer, 10)
    optimizer.add_param_group({"params": tg.tensor(1.0, requires_grad=True), "lr": 1.0})
    step.step()
    assert rates(optimizer)[2] == 0.5
    with pytest.raises(ValueError, match="made for 2 groups"):
        cosine_.step()
