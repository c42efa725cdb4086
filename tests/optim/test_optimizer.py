"""What all optimizers share: which parameters they accept, groups, states, and updates that stay in place."""

import gc
import itertools
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.optim.every import every, parameter, step
from tinygrad_vn.optim import LBFGS, SGD, Adam, Optimizer, RMSprop


@every
def test_it_goes_downhill(make: Callable[..., Optimizer]) -> None:
    w = parameter(0.0, 10.0)
    optimizer = make([w])
    before = float(((w - 3.0) ** 2).sum())
    for _ in range(20):
        step(optimizer, w)
    assert float(((w - 3.0) ** 2).sum()) < before


@every
def test_maximize_is_descent_on_the_negative(make: Callable[..., Optimizer]) -> None:
    down, up = parameter(1.0, -2.0), parameter(1.0, -2.0)
    descent, ascent = make([down]), make([up], maximize=True)
    for _ in range(10):
        step(descent, down)
        ascent.zero_grad()
        (-((up - 3.0) ** 2)).sum().backward()
        ascent.step()
    np.testing.assert_allclose(up.data, down.data, rtol=1e-14)


@every
@pytest.mark.parametrize("steps_before", [0, 1])
def test_a_step_stopped_anywhere_can_be_followed_by_another(make: Callable[..., Optimizer], steps_before: int) -> None:
    """Ctrl-C strikes before any line of the update: the run goes on, also from its saved state, and stays sane."""
    for line in itertools.count(1):
        w = parameter(0.0, 10.0)
        optimizer = make([w])
        for _ in range(steps_before):
            step(optimizer, w)
        optimizer.zero_grad()
        ((w - 3.0) ** 2).sum().backward()
        if not stopped(optimizer, line):
            break
        make([w]).load_state_dict(optimizer.state_dict())
        for _ in range(3):
            step(optimizer, w)
            assert abs(w.data - 3.0).max() < 8.0
    assert line > 5


def stopped(optimizer: Optimizer, after: int) -> bool:
    """Whether a step was interrupted before the line with this number of what runs in its file."""
    lines = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal lines
        if "optim" not in frame.f_code.co_filename or frame.f_code.co_name in {"step", "_warn_of_sums"}:
            return trace
        lines += event == "line"
        if lines == after:
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        optimizer.step()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@every
def test_updates_stay_in_one_buffer(make: Callable[..., Optimizer]) -> None:
    w = parameter(1.0, 2.0)
    optimizer = make([w])
    step(optimizer, w)
    buffer = w._data
    address = buffer.ctypes.data
    del buffer
    for _ in range(3):
        step(optimizer, w)
    assert w._data.ctypes.data == address


@every
def test_no_parameter_sized_array_per_step(make: Callable[..., Optimizer]) -> None:
    w = tg.zeros(100_000, requires_grad=True)
    w.grad = tg.ones(100_000)
    optimizer = make([w])
    optimizer.step()
    optimizer.step()
    gc.collect()
    tracemalloc.start()
    optimizer.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000  # bytes; one array would be 800,000


@every
def test_parameters_share_room_for_intermediate_results(make: Callable[..., Optimizer]) -> None:
    """Each takes its own path, whatever the sizes and the order in which they are met."""
    together = [parameter(*np.arange(n, dtype=float)) for n in (2, 5, 1, 9)]
    alone = [parameter(*np.arange(n, dtype=float)) for n in (2, 5, 1, 9)]
    optimizer, optimizers = make(together), [make([w]) for w in alone]
    for _ in range(3):
        optimizer.zero_grad()
        sum(((w - 3.0) ** 2).sum() for w in together).backward()
        optimizer.step()
        for own, w in zip(optimizers, alone, strict=True):
            step(own, w)
    assert [w.tolist() for w in together] == [w.tolist() for w in alone]


def test_the_room_is_that_of_the_largest_parameter() -> None:
    weights = [tg.zeros(n, requires_grad=True) for n in (10_000, 20_000, 40_000, 80_000)]
    for w in weights:
        w.grad = tg.ones(w.shape)
    optimizer = SGD(weights, lr=0.1)
    gc.collect()
    tracemalloc.start()
    optimizer.step()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2 * 80_000 * 8 + 20_000


@every
def test_a_graph_keeps_the_old_values(make: Callable[..., Optimizer]) -> None:
    w = parameter(2.0)
    optimizer = make([w])
    w.grad = tg.tensor([1.0])
    loss = (w**3).sum()
    optimizer.step()
    loss.backward()
    assert w.grad.tolist() == [1.0 + 12.0]


@every
def test_float32_stays_float32(make: Callable[..., Optimizer]) -> None:
    w = parameter(1.0, 2.0, dtype=np.float32)
    optimizer = make([w])
    for _ in range(3):
        step(optimizer, w)
    assert w.dtype == np.float32
    assert all(a.dtype == np.float32 for a in optimizer.state[w].values() if isinstance(a, np.ndarray))


def test_parameters_without_gradient_are_left_alone() -> None:
    used, unused = parameter(1.0), parameter(5.0)
    optimizer = Adam([used, unused], lr=0.1)
    step(optimizer, used)
    assert unused.tolist() == [5.0]
    assert unused not in optimizer.state


def test_groups_have_their_own_settings() -> None:
    slow, fast = parameter(0.0), parameter(0.0)
    optimizer = SGD([{"params": [slow]}, {"params": fast, "lr": 1.0}], lr=0.1)
    for w in (slow, fast):
        w.grad = tg.tensor([1.0])
    optimizer.step()
    assert (slow.item(), fast.item()) == (-0.1, -1.0)
    optimizer.param_groups[0]["lr"] = 0.2
    optimizer.step()
    assert slow.item() == pytest.approx(-0.3)


def test_add_param_group() -> None:
    first, second = parameter(0.0), parameter(0.0)
    optimizer = SGD([first], lr=0.1)
    optimizer.add_param_group({"params": [second], "lr": 0.5})
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.5]


def test_generators_are_read_once() -> None:
    weights = [parameter(1.0), parameter(2.0)]
    optimizer = SGD((w for w in weights), lr=0.1)
    for w in weights:
        w.grad = tg.tensor([1.0])
    optimizer.step()
    optimizer.zero_grad()
    assert [w.item() for w in weights] == [0.9, 1.9]
    assert all(w.grad is None for w in weights)


# --- step(closure), zero_grad, settings that change on the way ----------------------------------------------------


def test_a_closure_is_called_with_gradients_enabled_before_the_update() -> None:
    w = parameter(5.0)
    optimizer = SGD([w], lr=0.1)

    def closure() -> tg.Tensor:
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    with tg.no_grad():
        assert optimizer.step(closure).item() == 25.0
    assert w.item() == 4.0
    assert optimizer.step() is None


@pytest.mark.parametrize("make", [SGD, LBFGS])
def test_a_loss_is_no_closure(make: type[Optimizer]) -> None:
    w = parameter(1.0)
    with pytest.raises(TypeError, match=r"computes the loss, not Tensor; with the loss at hand, write loss\.backward"):
        make([w], lr=0.1).step((w**2).sum())  # type: ignore[call-arg, arg-type]


def test_gradients_can_be_filled_with_zeros_instead_of_forgotten() -> None:
    w = parameter(1.0, 2.0)
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    step(optimizer, w)
    gradient, before = w.grad, w.tolist()
    optimizer.zero_grad(set_to_none=False)
    assert w.grad is gradient
    assert w.grad.tolist() == [0.0, 0.0]
    optimizer.step()  # momentum goes on
    assert w.tolist() != before
    for _ in range(2):
        (w**2).sum().backward()
    optimizer.step(accumulate=True)
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()  # no warning: what was added up is gone
    (w**2).sum().backward()
    optimizer.step()  # nor here: a sum with zeros is no sum
    optimizer.zero_grad()
    assert w.grad is None


def test_zeros_do_not_reach_into_a_graph_of_gradients() -> None:
    w = parameter(2.0)
    optimizer = SGD([w], lr=0.1)
    (w**3).sum().backward(create_graph=True)
    slope = w.grad
    optimizer.zero_grad(set_to_none=False)
    assert slope.item() == 12.0
    assert w.grad.item() == 0.0
    w.grad = None


@pytest.mark.parametrize(
    ("make", "changed"),
    [
        (SGD, {"momentum": 0.9}),
        (SGD, {"momentum": 0.9, "momentum_form": "average"}),
        (Adam, {"amsgrad": True}),
        (RMSprop, {"momentum": 0.9}),
        (RMSprop, {"centered": True}),
    ],
)
def test_a_setting_that_is_switched_on_later(make: type[Optimizer], changed: dict[str, Any]) -> None:
    w = parameter(0.0, 10.0)
    optimizer = make([w], lr=0.01)  # type: ignore[call-arg]
    step(optimizer, w)
    optimizer.param_groups[0].update(changed)
    for _ in range(3):
        before = w.tolist()
        step(optimizer, w)
        assert all(abs(now - 3) < abs(then - 3) for now, then in zip(w.tolist(), before, strict=True))


def test_a_parameter_that_got_another_shape_or_dtype() -> None:
    w = parameter(1.0, 2.0)
    optimizer = Adam([w])
    step(optimizer, w)
    w.data = np.array([1.0, 2.0], np.float32)
    w.grad = None
    step(optimizer, w)
    assert w.dtype == optimizer.state[w]["exp_avg"].dtype == np.float32
    w.data = np.array([1.0])
    w.grad = None
    with pytest.raises(ValueError, match=r"number 0 with shape \(1,\), which had shape \(2,\) at its last step"):
        step(optimizer, w)


def test_an_optimizer_shows_its_settings() -> None:
    optimizer = SGD([{"params": [parameter(1.0)]}, {"params": [parameter(1.0)] * 1, "lr": 0.5}], lr=0.1)
    first, second = repr(optimizer).splitlines()[1:3]
    assert first.startswith("  group 0: 1 parameters, lr=0.1, momentum=0.0")
    assert second.startswith("  group 1: 1 parameters, lr=0.5, ")
