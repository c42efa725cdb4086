"""What all optimizers share: which parameters they accept, groups, states, and updates that stay in place."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.optim import SGD, Adam, Optimizer

OPTIMIZERS: list[Callable[..., Optimizer]] = [
    lambda params, **k: SGD(params, lr=0.1, **k),
    lambda params, **k: SGD(params, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.1, **k),
    lambda params, **k: SGD(params, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1, **k),
    lambda params, **k: Adam(params, lr=0.1, **k),
    lambda params, **k: Adam(params, lr=0.1, weight_decay=0.1, amsgrad=True, **k),
]
every = pytest.mark.parametrize("make", OPTIMIZERS)


def parameter(*values: float, dtype: Any = None) -> tg.Tensor:
    return tg.tensor(list(values), dtype=dtype, requires_grad=True)


def step(optimizer: Optimizer, w: tg.Tensor) -> None:
    optimizer.zero_grad()
    ((w - 3.0) ** 2).sum().backward()
    optimizer.step()


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


@every
def test_an_interrupted_run_goes_on_from_its_state(make: Callable[..., Optimizer]) -> None:
    w = parameter(1.0, 2.0)
    optimizer = make([w])
    for _ in range(5):
        step(optimizer, w)
    twin, saved = w.detach().clone().requires_grad_(), optimizer.state_dict()
    for _ in range(5):
        step(optimizer, w)  # must not change what was saved
    resumed = make([twin])
    resumed.load_state_dict(saved)
    for _ in range(5):
        step(resumed, twin)
    assert twin.tolist() == w.tolist()


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


class WithParameters:
    def parameters(self) -> list[tg.Tensor]:
        return [parameter(1.0)]


@pytest.mark.parametrize(
    ("params", "error", "says"),
    [
        (lambda: [], ValueError, "no parameters"),
        (lambda: iter(()), ValueError, "only once"),
        (lambda: parameter(1.0), TypeError, "with a list"),
        (lambda: WithParameters(), TypeError, r"model\.parameters\(\)"),
        (lambda: "weights", TypeError, "list of Tensors"),
        (lambda: 3, TypeError, "list of Tensors"),
        (lambda: {"params": [parameter(1.0)]}, TypeError, "list of Tensors"),
        (lambda: [parameter(1.0), np.ones(3)], TypeError, "number 1 .* ndarray"),
        (lambda: [parameter(1.0) * 2], ValueError, "result of an operation"),
        (lambda: [{"params": [parameter(1.0)]}, parameter(1.0)], TypeError, "mixed"),
        (lambda: [{"params": []}], ValueError, "no parameters"),
        (lambda: [{"lr": 0.1}], ValueError, "has no parameters"),
        (lambda: [{"params": [parameter(1.0)], "learning_rate": 1}], ValueError, "no setting 'learning_rate'"),
        (lambda: [parameter(1.0)] * 2, ValueError, "twice"),
    ],
)
@pytest.mark.parametrize("make", [SGD, Adam])
def test_what_is_no_list_of_parameters_is_refused(
    make: type[Optimizer], params: Callable[[], Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        make(params(), lr=0.1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("make", "settings", "says"),
    [
        (SGD, {"lr": -1.0}, "lr=-1.0"),
        (SGD, {"momentum": -0.1}, "momentum=-0.1"),
        (SGD, {"weight_decay": float("nan")}, "weight_decay=nan"),
        (SGD, {"nesterov": True}, "nesterov"),
        (SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "dampening=0"),
        (Adam, {"lr": -1.0}, "lr=-1.0"),
        (Adam, {"eps": -1.0}, "eps=-1.0"),
        (Adam, {"betas": (0.9, 1.0)}, "betas="),
    ],
)
def test_settings_out_of_range_are_refused(make: Callable[..., Optimizer], settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make([parameter(1.0)], **settings)


def test_a_state_of_other_parameters_is_refused() -> None:
    w = parameter(1.0, 2.0)
    optimizer = Adam([w])
    step(optimizer, w)
    saved = optimizer.state_dict()
    with pytest.raises(ValueError, match="groups of"):
        Adam([parameter(1.0), parameter(1.0)]).load_state_dict(saved)
    with pytest.raises(ValueError, match="shape"):
        Adam([parameter(1.0, 2.0, 3.0)]).load_state_dict(saved)


def test_saved_settings_are_checked_before_anything_changes() -> None:
    w = tg.tensor([1.0], requires_grad=True)
    optimizer = Adam([w])
    saved = optimizer.state_dict()
    saved["param_groups"][0]["betas"] = (9.0, 9.0)
    with pytest.raises(ValueError, match="betas"):
        optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)
    with pytest.raises(ValueError, match="settings"):
        optimizer.load_state_dict(SGD([w]).state_dict())
