"""L-BFGS: it finds minima in few evaluations, and what can go wrong on the way."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.errors import ParameterError
from tinygrad_vn.graph import Values
from tinygrad_vn.optim import LBFGS, SGD
from tinygrad_vn.optim.lbfgs import descent_direction
from tinygrad_vn.optim.line_search import StrongWolfe, Trial, minimum_of_cubic

rng = np.random.default_rng(0)


def rosenbrock(p: tg.Tensor) -> tg.Tensor:
    """A bent valley with its minimum, 0, at (1, 1)."""
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def closure_of(optimizer: LBFGS, loss: Callable[[], tg.Tensor]) -> Callable[[], tg.Tensor]:
    def closure() -> tg.Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    return closure


def test_it_finds_the_end_of_a_bent_valley() -> None:
    p = tg.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = LBFGS([p], max_iter=100, tolerance_change=1e-15, line_search_fn="strong_wolfe")
    start = optimizer.step(closure_of(optimizer, lambda: rosenbrock(p)))
    assert start.item() == pytest.approx(24.2)
    np.testing.assert_allclose(p.data, [1.0, 1.0], atol=1e-6)
    assert optimizer.state[p]["func_evals"] < 60  # gradient descent needs thousands


def test_it_solves_least_squares_over_several_parameters() -> None:
    x, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    w, b = tg.zeros(4, requires_grad=True), tg.tensor(0.0, requires_grad=True)
    idle = tg.ones(2, requires_grad=True)
    optimizer = LBFGS([w, b, idle], tolerance_change=1e-15, line_search_fn="strong_wolfe")
    for _ in range(3):
        optimizer.step(closure_of(optimizer, lambda: ((x @ w + b - y) ** 2).mean()))
    solution = np.linalg.lstsq(np.column_stack([x, np.ones(30)]), y)[0]
    np.testing.assert_allclose(w.data, solution[:4], atol=1e-7)
    assert b.item() == pytest.approx(solution[4], abs=1e-7)
    assert idle.tolist() == [1.0, 1.0]


def test_the_two_passes_are_the_bfgs_matrix() -> None:
    """H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ, from scale·I (Nocedal and Wright, equation 7.16)."""
    n, scale, gradient = 5, 0.7, rng.normal(size=5)
    moves, history = rng.normal(size=(3, 2, n)), []
    inverse = scale * np.eye(n)
    for s, y in moves:
        y *= np.sign(y @ s)
        rho = 1 / (y @ s)
        history.append((s, y, rho))
        left = np.eye(n) - rho * np.outer(s, y)
        inverse = left @ inverse @ left.T + rho * np.outer(s, s)
    np.testing.assert_allclose(descent_direction(gradient, history, scale), -inverse @ gradient, rtol=1e-10)


def test_the_minimum_of_a_cubic() -> None:
    """(t − 1)³ − 3(t − 1) is smallest at t = 2."""

    def trial(t: float) -> Trial:
        return Trial(t, (t - 1) ** 3 - 3 * (t - 1), np.zeros(1), 3 * (t - 1) ** 2 - 3)

    assert minimum_of_cubic(trial(0.5), trial(4.0), 0.5, 4.0) == pytest.approx(2.0)
    assert minimum_of_cubic(trial(0.5), trial(4.0), 3.0, 4.0) == 3.0
    assert minimum_of_cubic(trial(1.0), trial(1.0), 1.0, 2.0) == 1.5  # one point determines no cubic


CURVES: dict[str, Callable[[tg.Tensor], tg.Tensor]] = {
    "parabola": lambda t: (t - 3.0) ** 2,
    "far away": lambda t: (t / 50 - 1.0) ** 4,
    "steep wall": lambda t: np.exp(5 * t) - 20 * t,
    "waves": lambda t: -t / 10 + np.cos(3 * t) - 1,
    "flat start": lambda t: -t / (t**2 + 2),
    "kink": lambda t: np.sqrt((t - 1) ** 2 + 1e-4) - 0.2 * t,
}


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 10.0])
@pytest.mark.parametrize("curve", CURVES)
def test_what_the_line_search_finds_fulfils_both_conditions(curve: str, first: float) -> None:
    """Nocedal and Wright, equation 3.7."""
    evaluations = 0

    def evaluate(t: float) -> tuple[float, Values]:
        nonlocal evaluations
        evaluations += 1
        at = tg.tensor(float(t), requires_grad=True)
        loss = CURVES[curve](at)
        return loss.item(), tg.grad(loss, at)[0].numpy().reshape(1)

    loss, gradient = evaluate(0.0)
    slope = float(gradient[0])
    assert slope < 0
    found = StrongWolfe(evaluate, np.ones(1), 25, 1e-9).search(Trial(0.0, loss, gradient, slope), first)
    assert found.loss <= loss + 1e-4 * found.t * slope
    assert abs(found.slope) <= 0.9 * abs(slope)
    assert (found.loss, found.gradient[0]) == tuple(np.ravel(x)[0] for x in evaluate(found.t))
    assert evaluations <= 27


def test_a_flat_point_is_not_enough_where_the_loss_fell_too_little() -> None:
    """t² − 2t at 1.5: half as steep as at 0, but 0.75 lower where 0.4 · 1.5 · 2 = 1.2 is asked for."""

    def evaluate(t: float) -> tuple[float, Values]:
        return t * t - 2 * t, np.array([2 * t - 2])

    found = StrongWolfe(evaluate, np.ones(1), 25, 1e-9, c1=0.4).search(Trial(0.0, 0.0, np.array([-2.0]), -2.0), 1.5)
    assert found.t == pytest.approx(1.0)


def test_it_remembers_where_it_has_been() -> None:
    """The last moves, as the parameters really made them, and how the gradient changed on the way."""
    p = tg.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = LBFGS([p], max_iter=1, max_eval=20, history_size=3, line_search_fn="strong_wolfe")
    closure = closure_of(optimizer, lambda: rosenbrock(p))
    points, gradients = [], []
    for _ in range(8):
        points.append(p.detach().numpy().copy())
        gradients.append(tg.grad(rosenbrock(p), p)[0].numpy())
        optimizer.step(closure)
    history = optimizer.state[p]["history"]
    assert len(history) == 3
    for (s, y, rho), k in zip(history, (4, 5, 6), strict=True):
        np.testing.assert_allclose(s, points[k + 1] - points[k], rtol=1e-10)
        np.testing.assert_allclose(y, gradients[k + 1] - gradients[k], rtol=1e-10)
        assert rho == pytest.approx(1 / (s @ y))


def test_parameters_stay_in_their_buffers() -> None:
    p = tg.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = LBFGS([p], max_iter=3, line_search_fn="strong_wolfe")
    closure = closure_of(optimizer, lambda: rosenbrock(p))
    optimizer.step(closure)
    address = p._data.ctypes.data
    for _ in range(3):
        optimizer.step(closure)
    assert p._data.ctypes.data == address


@pytest.mark.parametrize("settings", [{"lr": 0.01}, {"line_search_fn": "strong_wolfe"}])
def test_an_interrupted_run_goes_on_from_its_state(settings: dict[str, Any]) -> None:
    p = tg.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = LBFGS([p], max_iter=3, history_size=4, **settings)
    closure = closure_of(optimizer, lambda: rosenbrock(p))
    for _ in range(3):
        optimizer.step(closure)
    twin, saved = p.detach().clone().requires_grad_(), optimizer.state_dict()
    resumed = LBFGS([twin])
    resumed.load_state_dict(saved)
    for _ in range(3):
        optimizer.step(closure)
        resumed.step(closure_of(resumed, lambda: rosenbrock(twin)))
    assert twin.tolist() == p.tolist()


@pytest.mark.parametrize("settings", [{"lr": 0.01}, {"line_search_fn": "strong_wolfe"}])
@pytest.mark.parametrize("stop_at", range(2, 9))
def test_stopped_at_an_evaluation(settings: dict[str, Any], stop_at: int) -> None:
    p = tg.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = LBFGS([p], **settings)
    evaluated = []

    def loss() -> tg.Tensor:
        evaluated.append(p.tolist())
        if len(evaluated) == stop_at:
            raise KeyboardInterrupt
        return rosenbrock(p)

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(closure_of(optimizer, loss))
    if "line_search_fn" in settings:
        assert p.tolist() in evaluated[:-1]  # back from the point that was tried
    LBFGS([p]).load_state_dict(optimizer.state_dict())
    before = rosenbrock(p).item()
    optimizer.step(closure_of(optimizer, lambda: rosenbrock(p)))
    assert rosenbrock(p).item() < before


def test_float32_stays_float32() -> None:
    p = tg.tensor([-1.2, 1.0], dtype=np.float32, requires_grad=True)
    optimizer = LBFGS([p], line_search_fn="strong_wolfe")
    optimizer.step(closure_of(optimizer, lambda: rosenbrock(p)))
    assert p.dtype == optimizer.state[p]["d"].dtype == np.float32


def test_a_loss_that_is_not_a_number_comes_to_an_end() -> None:
    p = tg.tensor([1.0], requires_grad=True)
    optimizer = LBFGS([p], line_search_fn="strong_wolfe")
    nan = float("nan")
    optimizer.step(closure_of(optimizer, lambda: (p * (1.0 if p.item() == 1.0 else nan)).sum()))
    assert optimizer.state[p]["func_evals"] <= 26


def test_a_closure_that_forgets_zero_grad_is_noticed() -> None:
    p = tg.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = LBFGS([p], lr=1e-3)

    def closure() -> tg.Tensor:
        loss = rosenbrock(p)
        loss.backward()
        return loss

    with pytest.warns(tg.GradientWarning, match="E01"):
        optimizer.step(closure)


def test_what_it_cannot_do_is_refused() -> None:
    p, q = (tg.tensor([1.0], requires_grad=True) for _ in range(2))
    optimizer = LBFGS([p])
    with pytest.raises(TypeError, match=r"step\(closure\)"):
        optimizer.step()
    with pytest.raises(ValueError, match="one group"):
        LBFGS([{"params": [p]}, {"params": [q]}])
    with pytest.raises(ValueError, match="one group"):
        optimizer.add_param_group({"params": [q]})
    with pytest.raises(ValueError, match="settings"):
        optimizer.load_state_dict(SGD([p]).state_dict())


def test_what_would_spoil_its_long_vectors_is_refused() -> None:
    w = tg.tensor([3.0, 4.0], requires_grad=True)
    optimizer = LBFGS([w])

    def closure() -> tg.Tensor:
        optimizer.zero_grad()
        loss = ((w - 1.0) ** 2).sum()
        loss.backward()
        return loss

    with pytest.raises(TypeError, match="the closure returned None; it must return the loss"):
        optimizer.step(lambda: None)
    optimizer.param_groups[0]["lr"] = math.nan
    with pytest.raises(ParameterError, match="the learning rate nan in group number 0"):
        optimizer.step(closure)
    optimizer.param_groups[0]["lr"] = 1.0
    assert w.tolist() == [3.0, 4.0]
    optimizer.step(closure)
    w.data = np.array([3.0, 4.0, 5.0])
    with pytest.raises(ValueError, match="the parameters are 3 numbers now and were 2 at the last step"):
        optimizer.step(closure)
    loss = (w**2).sum()
    w.grad = tg.tensor([1.0, 1.0, 1.0])
    w.data = np.array([3.0])
    with pytest.raises(
        ParameterError, match=r"a gradient of shape \(3,\) for parameter number 0, which has shape \(1,\)"
    ):
        LBFGS([w]).step(lambda: loss)


def test_a_closure_that_forgets_backward_is_noticed() -> None:
    w = tg.tensor([3.0], requires_grad=True)
    with pytest.warns(UserWarning, match=r"LBFGS\.step\(\) found no gradient"):
        LBFGS([w]).step(lambda: (w**2).sum())


def test_a_state_that_does_not_fit_is_refused() -> None:
    p = tg.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = LBFGS([p], lr=0.01)
    optimizer.step(closure_of(optimizer, lambda: rosenbrock(p)))
    for key in ("n_iter", "history", "d"):
        saved = optimizer.state_dict()
        del saved["state"][0][key]
        with pytest.raises(ValueError, match=f"lacks {key}"):
            optimizer.load_state_dict(saved)
    saved = optimizer.state_dict()
    with pytest.raises(ValueError, match=r"shape \(2,\); the parameters are 3 numbers"):
        LBFGS([tg.zeros(3, requires_grad=True)]).load_state_dict(saved)
    saved["param_groups"][0]["params"] = [0, 1]
    saved["state"] = {1: saved["state"][0]}
    with pytest.raises(ValueError, match="state of number 1"):
        LBFGS([tg.zeros(1, requires_grad=True), tg.zeros(1, requires_grad=True)]).load_state_dict(saved)
