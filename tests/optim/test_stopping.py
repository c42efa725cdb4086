"""Stopping rules: where they stop on functions whose path is known, how they combine, and what they say."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import checkpoint, nn, optim, training
from tinygrad_vn.optim.stopping import (
    AllOf,
    AnyOf,
    EarlyStopping,
    GradientChange,
    GradientNorm,
    LossChange,
    MaxIterations,
    ParameterChange,
    Progress,
    StoppingRule,
    TargetLoss,
    TimeLimit,
)

LR = 0.1  # the lecture's, in 004_2f9e90593bb73649.txt: f(x) = x² from x = 4; x is multiplied with 1 − 2·lr = 0.8


def x_after(n: int) -> float:
    return 4 * 0.8**n


def descend(
    stop: StoppingRule, f: Callable[[Any], Any] = lambda x: x**2, start: float = 4.0, lr: float = LR
) -> Progress:
    """Gradient descent on f until the rule says so."""
    x = tg.tensor([start], requires_grad=True)
    optimizer = optim.SGD([x], lr=lr)
    progress = Progress.of(optimizer)
    for _ in range(10_000):
        optimizer.zero_grad()
        loss = f(x).sum()
        loss.backward()
        optimizer.step()
        if stop.met(progress.update(loss)):
            return progress
    raise AssertionError("never stopped")


def first(condition: Callable[[int], bool]) -> int:
    """The first number of an update for which this holds; before update n, x is x_after(n − 1)."""
    return next(n for n in range(1, 1000) if condition(n))


def at(
    loss: float, n: int = 1, *, valid: float | None = None, end: bool = True, x: float = 0.0, sec: float = 0.0
) -> Progress:
    return Progress(n, n, loss, valid, [tg.tensor([x], requires_grad=True)], sec, end)


def judged(rule: StoppingRule, losses: Sequence[float], **details: Any) -> list[bool]:
    return [rule.met(at(loss, n, **details)) for n, loss in enumerate(losses, start=1)]


# --- where each rule stops ----------------------------------------------------------------------------------------


def test_a_number_of_updates() -> None:
    assert descend(MaxIterations(17)).iteration == 17


def test_a_short_gradient() -> None:
    assert descend(GradientNorm(1e-3)).iteration == first(lambda n: 2 * x_after(n - 1) <= 1e-3)
    assert descend(GradientNorm(0.0, rel=0.01)).iteration == first(lambda n: 0.8 ** (n - 1) <= 0.01)


def test_gradients_that_agree() -> None:
    change = GradientChange(1e-3)
    assert descend(change).iteration == first(lambda n: n > 1 and 2 * x_after(n - 2) * 0.2 <= 1e-3)
    assert descend(GradientChange(0, rel=0.3)).iteration == 2  # it shrinks by a fifth every time


def test_losses_that_agree() -> None:
    wanted = first(lambda n: n > 1 and x_after(n - 2) ** 2 - x_after(n - 1) ** 2 <= 1e-4)
    assert descend(LossChange(1e-4)).iteration == wanted
    assert descend(LossChange(0, rel=0.37)).iteration == 2  # it shrinks by 1 − 0.8² = 0.36


@pytest.mark.parametrize("every", [1, 7])
def test_a_solution_that_stands_still(every: int) -> None:
    compared = [n for n in range(1, 1000) if n > 1 and (n - 1) % every == 0]
    wanted = next(n for n in compared if x_after(n - every) - x_after(n) <= 1e-3)
    rule = ParameterChange(1e-3, every=every)
    assert descend(rule).iteration == wanted
    assert f"over {every} updates" in rule.reason()


def test_a_small_loss() -> None:
    assert descend(TargetLoss(0.5)).iteration == first(lambda n: x_after(n - 1) ** 2 <= 0.5)


def test_time() -> None:
    assert judged(TimeLimit(2), [1.0], sec=1.9) == [False]
    assert judged(TimeLimit(2), [1.0], sec=2.0) == [True]
    began = time.perf_counter()
    assert descend(TimeLimit(0.02)).seconds >= 0.02
    assert time.perf_counter() - began >= 0.02


def test_norms_are_euclidean_over_all_parameters_together() -> None:
    a, b = tg.tensor([3.0, 0.0], requires_grad=True), tg.tensor([[4.0]], requires_grad=True)
    frozen = tg.tensor([100.0], requires_grad=True)
    progress = Progress.of(optim.SGD([a, b, frozen], lr=0.1))
    ((a**2).sum() / 2 + (b**2).sum() / 2).backward()
    assert GradientNorm(5.0).met(progress.update(0.0))
    assert not GradientNorm(4.999).met(progress)


def test_sparse_gradients_have_norms_too() -> None:
    table = tg.tensor(np.ones((1000, 2)), requires_grad=True)
    dense = tg.tensor(np.ones((1000, 2)), requires_grad=True)
    rows = np.array([5, 7, 5])
    (nn.functional.embedding(rows, table, sparse=True) ** 2).sum().backward()
    (dense[rows] ** 2).sum().backward()
    assert table.grad is not None
    assert table.grad.is_sparse
    length = math.sqrt(2 * (4**2 + 2**2))
    for p in (table, dense):
        progress = Progress.of(optim.SGD([p], lr=0.1)).update(1.0)
        assert GradientNorm(length + 1e-9).met(progress)
        assert not GradientNorm(length - 1e-9).met(progress)
        change = GradientChange(1e-12)
        assert [change.met(progress), change.met(progress)] == [False, True]


def test_no_number_is_never_small() -> None:
    for rule in (LossChange(1.0, rel=1.0), TargetLoss(5.0)):
        assert not any(judged(rule, [math.nan, math.nan, math.inf, math.inf]))


def test_an_infinite_loss_makes_no_relative_tolerance() -> None:
    assert judged(LossChange(0.1, rel=0.5), [math.inf, 7.0, 7.05]) == [False, False, True]


def test_epochs_are_compared_with_epochs() -> None:
    rule = LossChange(0.1)
    path = [(5.0, False), (3.0, False), (4.0, True), (1.0, False), (2.0, False), (3.95, True)]
    assert [rule.met(at(loss, n, end=end)) for n, (loss, end) in enumerate(path)] == [False] * 5 + [True]


def test_a_rule_asked_too_late_says_so() -> None:
    x = tg.tensor([1.0], requires_grad=True)
    progress = Progress.of(optim.SGD([x], lr=0.1))
    for rule in (GradientNorm(1e-3), GradientChange(1e-3)):
        with pytest.raises(ValueError, match=r"before zero_grad\(\)"):
            rule.met(progress.update(1.0))


# --- the warnings of the lecture ----------------------------------------------------------------------------------


def test_a_flat_stretch_is_no_minimum_and_the_rule_says_so() -> None:
    """x³ has a saddle point at 0, and falls for ever behind it."""
    stop = LossChange(1e-6)
    progress = descend(stop, lambda x: x**3, start=1.0, lr=0.1)
    assert abs(progress.loss) < 1e-2
    assert "no local minimum" in stop.caution("en")
    assert "không chứa điểm local minimum" in stop.caution("vi")


def test_a_straight_slope_has_a_constant_gradient_and_the_rule_says_so() -> None:
    stop = GradientChange(1e-9)
    assert descend(stop, lambda x: 3 * x).iteration == 2
    assert "need not be small" in stop.caution("en")


RULES: list[StoppingRule] = [
    MaxIterations(1),
    GradientNorm(1e9),
    GradientChange(1e9),
    LossChange(1e9),
    ParameterChange(1e9),
    TargetLoss(1e9),
    EarlyStopping(1),
    TimeLimit(0),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_every_rule_speaks_both_languages(rule: StoppingRule) -> None:
    assert rule.reason() == ""
    descend(rule, lr=1.1)  # too large, so the loss grows: early stopping needs that
    texts = [rule.reason("en"), rule.reason("vi"), rule.caution("en"), rule.caution("vi")]
    assert len(set(texts)) == 4
    assert all(text.startswith(type(rule).__name__) for text in texts[:2])
    assert not any("{" in text for text in texts)


# --- early stopping -----------------------------------------------------------------------------------------------


def test_patience() -> None:
    rule = EarlyStopping(3)
    assert judged(rule, [5, 4, 4, 4.5, 3.9, 4, 4, 3.9, 1]) == [False] * 7 + [True, False]
    assert (rule.best_value, rule.best_epoch) == (1, 9)


def test_improvements_that_do_not_count() -> None:
    assert judged(EarlyStopping(2, min_delta=0.5), [5, 4.6, 4.5]) == [False, False, True]
    assert judged(EarlyStopping(2, mode="max"), [1, 2, 3, 2, 3]) == [False, False, False, False, True]
    assert judged(EarlyStopping(2), [math.nan, math.nan]) == [False, True]


def test_only_ends_of_epochs_count() -> None:
    assert not any(judged(EarlyStopping(1), [1, 2, 3], end=False))


def test_validation_is_preferred_and_not_mixed_with_training() -> None:
    rule = EarlyStopping(2)
    assert not rule.met(at(0.1))
    assert "training loss" in rule.caution()
    assert not rule.met(at(0.1, valid=9.0))  # worse than 0.1, but of another kind
    assert rule.best_value == 9.0
    assert not rule.met(at(99.0))  # an epoch without validation
    assert not rule.met(at(0.1, valid=9.1))
    assert rule.met(at(0.1, valid=9.2))
    assert "validation loss was 9" in rule.reason("en")
    assert "validation" in rule.caution("en")


def test_the_best_parameters_are_copies() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    mean = nn.Buffer([7.0])
    optimizer = optim.SGD([w], lr=0.1)
    progress = Progress.of(optimizer)
    progress.buffers = [mean]
    stop = EarlyStopping(1) | MaxIterations(100)
    assert not stop.met(progress.update(1.0))
    kept = w.data
    kept += 5.0
    mean.data[...] = 8.0
    assert stop.met(progress.update(2.0))
    stop.restore([w], [mean])
    np.testing.assert_array_equal(w.data, [1.0, 2.0])
    np.testing.assert_array_equal(mean.data, [7.0])
    w.data[...] = 3.0  # writing into the restored ones leaves the best alone
    stop.restore([w], [mean])
    np.testing.assert_array_equal(w.data, [1.0, 2.0])
    with pytest.raises(ValueError, match="do not fit"):
        stop.restore([w])


def test_nothing_to_restore() -> None:
    w = tg.tensor([1.0], requires_grad=True)
    for rule in (EarlyStopping(1, restore_best=False), EarlyStopping(1), MaxIterations(3)):
        if rule.__class__ is not EarlyStopping or not rule.restore_best:
            rule.met(at(1.0, x=9.0))
        rule.restore([w])
        assert w.item() == 1.0


def test_in_fit_the_best_epoch_wins() -> None:
    """The training targets lead away from where the model starts, the validation targets back to it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 1))
    model = nn.Linear(1, 1)
    model.weight.data[...], model.bias.data[...] = 1.0, 0.0
    stop = EarlyStopping(4) | MaxIterations(1000)
    history = training.fit(
        model,
        nn.MSELoss(),
        optim.SGD(model.parameters(), lr=0.05),
        (x, 3 * x),
        epochs=50,
        valid=(x, 2 * x),
        stop=stop,
        progress=False,
    )
    losses = history["valid_loss"]
    assert len(losses) == int(np.argmin(losses)) + 1 + 4
    assert history.stopped_by is not None
    assert history.stopped_by.startswith("EarlyStopping: no improvement in 4 epochs")
    assert float(np.mean((model(tg.tensor(x)).data - 2 * x) ** 2)) == pytest.approx(min(losses), rel=1e-12)


# --- combinations -------------------------------------------------------------------------------------------------


def test_either() -> None:
    stop = MaxIterations(1000) | GradientNorm(1e-3)
    assert descend(stop).iteration < 1000
    assert stop.reason().startswith("GradientNorm")
    assert "flat stretch" in stop.caution()
    assert "close enough" not in stop.caution()
    stop.reset()
    assert stop.reason() == ""
    stop = GradientNorm(1e-3) | MaxIterations(5) | TargetLoss(1e9)
    assert descend(stop).iteration == 1
    assert isinstance(stop, AnyOf)
    assert len(stop.rules) == 3


def test_both() -> None:
    stop = MaxIterations(60) & TargetLoss(0.5)
    assert descend(stop).iteration == 60
    for lang, joint in (("en", "; and TargetLoss: "), ("vi", "; và TargetLoss: ")):
        assert joint in stop.reason(lang)
    assert isinstance(stop & GradientNorm(1), AllOf)
    assert descend((TargetLoss(0.5) & GradientNorm(1e9)) | MaxIterations(10_000)).iteration < 60


def test_all_rules_see_every_update() -> None:
    """Even where the first one settles it: the second must know the loss before."""
    stop = TargetLoss(1.0) & LossChange(0.1)
    assert judged(stop, [2.0, 0.55, 0.5]) == [False, False, True]
    stop.reset()
    assert judged(stop, [0.5]) == [False]


def test_only_rules_combine() -> None:
    with pytest.raises(TypeError):
        MaxIterations(3) | 3  # type: ignore[operator]


def test_or_and_and_would_lose_a_rule() -> None:
    """Python's `or` takes the first rule and forgets the other, so a run would never end."""
    for combine in (
        lambda: MaxIterations(10) or GradientNorm(1e-9),
        lambda: MaxIterations(10) and GradientNorm(1e-9),
        lambda: not (MaxIterations(10) | GradientNorm(1e-9)),
    ):
        with pytest.raises(TypeError, match=r"combine rules with \| and &"):
            combine()


def test_a_rule_is_asked_with_a_progress() -> None:
    for rule in (EarlyStopping(3), MaxIterations(3) | TargetLoss(0.1)):
        with pytest.raises(TypeError, match=r"met\(\) takes a Progress, not float: .* Progress.of\(optimizer\)"):
            rule.met(0.5)  # type: ignore[arg-type]


def test_a_rule_shows_its_settings() -> None:
    rule = (GradientNorm(1e-3) | MaxIterations(5)) & TargetLoss(0.5)
    assert repr(rule) == "(GradientNorm(0.001) | MaxIterations(5)) & TargetLoss(0.5)"
    assert repr(MaxIterations(10) | GradientNorm(1e-9)) == "MaxIterations(10) | GradientNorm(1e-09)"
    early = EarlyStopping(3, mode="max")
    judged(early, [2.0])
    assert repr(early) == "EarlyStopping(3, mode='max')"
    assert repr(ParameterChange(1e-2, every=5)) == "ParameterChange(0.01, every=5)"

    class Own(MaxIterations):
        def __init__(self, n_times: int) -> None:
            super().__init__(2 * n_times)

    assert repr(Own(3)) == "Own()"  # which does not keep its argument under that name


# --- states and mistakes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: GradientNorm(0, rel=0.01),
        lambda: GradientChange(1e-3),
        lambda: LossChange(1e-3),
        lambda: ParameterChange(1e-2, every=5),
        lambda: (EarlyStopping(2) & LossChange(1e-5)) | MaxIterations(300),
    ],
)
def test_going_on_from_a_file(make: Callable[[], StoppingRule], tmp_path: Path) -> None:
    whole = descend(make()).iteration
    x = tg.tensor([4.0], requires_grad=True)
    optimizer = optim.SGD([x], lr=LR)
    progress, stop = Progress.of(optimizer), make()
    for n in range(1, whole + 1):
        optimizer.zero_grad()
        loss = (x**2).sum()
        loss.backward()
        optimizer.step()
        if n == 8:
            checkpoint.save(tmp_path / "rule.npz", stop.state_dict())
            stop = make()
            stop.load_state_dict(checkpoint.load(tmp_path / "rule.npz"))
        assert stop.met(progress.update(loss)) == (n == whole)


def test_a_state_is_a_copy_and_must_fit() -> None:
    rule = EarlyStopping(3)
    rule.met(at(1.0, x=5.0))
    state = rule.state_dict()
    state["best"][0][...] = 0.0
    assert rule.best is not None
    assert rule.best[0] == 5.0
    before = copy.deepcopy(rule.state_dict())
    for wrong in ({}, LossChange(1.0).state_dict(), (rule | rule).state_dict()):
        with pytest.raises(ValueError, match="not the state of EarlyStopping"):
            rule.load_state_dict(wrong)
    assert rule.state_dict() == before
    two, three = LossChange(1) | EarlyStopping(1), LossChange(1) | EarlyStopping(1) | TimeLimit(1)
    with pytest.raises(ValueError, match="of 2 rules, not of 3"):
        three.load_state_dict(two.state_dict())


def test_settings_out_of_range_are_refused() -> None:
    wrong: list[tuple[str, Callable[[], Any]]] = [
        ("limit=0", lambda: MaxIterations(0)),
        ("tol=-1", lambda: GradientNorm(-1)),
        ("tol=nan", lambda: LossChange(math.nan)),
        ("rel=-0.1", lambda: LossChange(1, rel=-0.1)),
        ("target=nan", lambda: TargetLoss(math.nan)),
        ("every=0", lambda: ParameterChange(1, every=0)),
        ("seconds=-1", lambda: TimeLimit(-1)),
        ("patience=0", lambda: EarlyStopping(0)),
        ("min_delta=-1", lambda: EarlyStopping(1, -1)),
        ("mode='low'", lambda: EarlyStopping(1, mode="low")),  # type: ignore[arg-type]
    ]
    for words, make in wrong:
        with pytest.raises(ValueError, match=words):
            make()
    for slip in (lambda: MaxIterations("3"), lambda: GradientNorm(None), lambda: TargetLoss("1")):  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="is no number"):
            slip()
