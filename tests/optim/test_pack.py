"""Small parameters that move together take the paths that they take alone, to the last bit.

What they are compared with are twins that have an optimizer each: a parameter that is the only one is never packed.
"""

import copy
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.optim.every import every, parameter
from tests.optim.test_optimizer import stopped
from tests.optim.twins import SHAPES, Twins, identical, n_packed
from tinygrad_vn import nn
from tinygrad_vn.errors import ParameterError
from tinygrad_vn.optim import SGD, Adagrad, Adam, Optimizer, RMSprop, pack
from tinygrad_vn.optim.lr_scheduler import ExponentialLR


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("maximize", [False, True])
def test_together_as_alone(make: Callable[..., Optimizer], dtype: type, maximize: bool) -> None:
    twins = Twins(make, dtype, maximize=maximize)
    for _ in range(5):
        twins.step()
        assert n_packed(twins.optimizer) == len(SHAPES)
    assert not any(map(n_packed, twins.optimizers))


def other_settings(w: tg.Tensor, optimizer: Optimizer) -> None:
    settings = optimizer.param_groups[0]
    settings |= {"lr": settings["lr"] * 1.01} if w is settings["params"][0] else {}
    changed = {"momentum": 0.5, "centered": True, "amsgrad": True, "weight_decay": 0.3, "nesterov": False}
    settings |= {key: value for key, value in changed.items() if key in settings}


def other_memories(w: tg.Tensor, optimizer: Optimizer) -> None:
    state = optimizer.state[w]
    state.update({key: np.array(value + 1) for key, value in state.items() if isinstance(value, np.ndarray)})


def memories_halved(w: tg.Tensor, optimizer: Optimizer) -> None:
    for value in optimizer.state[w].values():
        if isinstance(value, np.ndarray):
            value *= 0.5


def a_velocity_from_outside(w: tg.Tensor, optimizer: Optimizer) -> None:
    if isinstance(optimizer, SGD):
        optimizer.param_groups[0]["momentum"] = 0.5
        optimizer.state[w]["momentum_buffer"] = np.full_like(w.data, 0.1)


def later_count(w: tg.Tensor, optimizer: Optimizer) -> None:
    if "step" in optimizer.state[w]:
        optimizer.state[w]["step"] = 7 + w.ndim


def same_in_another_dictionary(w: tg.Tensor, optimizer: Optimizer) -> None:
    optimizer.state[w] = dict(optimizer.state[w])


def forgotten(w: tg.Tensor, optimizer: Optimizer) -> None:
    del optimizer.state[w]


def narrow(w: tg.Tensor, optimizer: Optimizer) -> None:
    w.grad = None
    w.data = w.data.astype(np.float32)


def one_narrow(w: tg.Tensor, optimizer: Optimizer) -> None:
    if w.shape == (3,):
        narrow(w, optimizer)


def another_shape(w: tg.Tensor, optimizer: Optimizer) -> None:
    if w.shape == (3, 2):
        w.grad = None
        w.data = w.data.T.copy()
        del optimizer.state[w]


def frozen_and_back(w: tg.Tensor, optimizer: Optimizer) -> None:
    w.requires_grad_(False)
    w.requires_grad_()


def resumed(w: tg.Tensor, optimizer: Optimizer) -> None:
    optimizer.load_state_dict(optimizer.state_dict())


def copied_state(w: tg.Tensor, optimizer: Optimizer) -> None:
    optimizer.state = {p: copy.deepcopy(state) for p, state in optimizer.state.items()}


CHANGES = [
    other_settings,
    other_memories,
    a_velocity_from_outside,
    memories_halved,
    later_count,
    same_in_another_dictionary,
]
CHANGES += [forgotten, narrow, one_narrow, another_shape, frozen_and_back, resumed, copied_state]


@every
@pytest.mark.parametrize("change", CHANGES)
def test_changes_on_the_way(make: Callable[..., Optimizer], change: Callable[[tg.Tensor, Optimizer], None]) -> None:
    twins = Twins(make)
    for _ in range(3):
        twins.step()
        twins.step()
        twins.both(change)
    twins.step()
    assert n_packed(twins.optimizer) >= 3


@every
def test_packs_are_made_when_the_same_parameters_move_twice_running(make: Callable[..., Optimizer]) -> None:
    """Otherwise two losses in turn would make new ones at every step."""
    twins, packed = Twins(make), []
    for resting in [(), (), (1,), (1,), (0, 2), (3,), (3,), (), (4, 5), (), (4, 5), (1,), ()]:
        twins.step(*resting)
        packed.append(n_packed(twins.optimizer))
    assert packed[:5] == [6, 6, 0, 5, 0]


def test_two_losses_in_turn() -> None:
    """One of the two has a pack, since it came first, and keeps it."""
    twins, packed = Twins(Adam), []
    for resting in [(0, 1, 2), (3, 4, 5), (0, 1, 2), (3, 4, 5), (0, 1, 2), (3, 4, 5), (3, 4, 5), (3, 4, 5)]:
        twins.step(*resting)
        packed.append(n_packed(twins.optimizer))
    assert packed == [3, 0, 3, 0, 3, 0, 3, 3]


@every
def test_a_dtype_that_changes_to_and_fro_while_others_rest(make: Callable[..., Optimizer]) -> None:
    twins, wide, narrow = Twins(make), np.float64, np.float32
    for dtype, resting in [(wide, ()), (wide, (0,)), (narrow, (2,)), (wide, (0,)), (wide, (0,)), (wide, ())]:
        for w in (*twins.together, *twins.apart):
            w.data = w.data.astype(dtype)
        twins.step(*resting)


@pytest.mark.parametrize(
    "make", [Adagrad, SGD, lambda p: SGD(p, momentum=0.9, weight_decay=0.1), lambda p: SGD(p, 0.1, 0.9, nesterov=True)]
)
def test_a_gradient_that_becomes_sparse_and_dense_again(make: Callable[..., Optimizer]) -> None:
    twins = Twins(make)
    for is_sparse in [False, False, True, True, False, True, False, False]:
        if is_sparse:
            for params, optimizers in ((twins.together, [twins.optimizer]), (twins.apart, twins.optimizers)):
                for w in params:
                    w.grad = tg.ones_like(w)
                params[0].grad = None
                nn.functional.embedding(np.array([2, 0, 2]), params[0], sparse=True).sum().backward()
                for optimizer in optimizers:
                    optimizer.step()
            twins.check()
        else:
            twins.step()


def test_gradients_of_another_dtype() -> None:
    """The formulas are carried out in the wider of the two dtypes, as they are for a parameter alone."""
    twins = Twins(Adam, np.float32)
    for _ in range(3):
        twins.step()
        for w, twin in zip(twins.together, twins.apart, strict=True):
            g = twins.rng.standard_normal(w.shape)
            w.grad, twin.grad = tg.tensor(g), tg.tensor(g)
        for optimizer in (twins.optimizer, *twins.optimizers):
            optimizer.step()
        twins.check()


def test_groups_dtypes_and_sizes_have_packs_of_their_own() -> None:
    def weights() -> list[tg.Tensor]:
        dtypes = [np.float32, np.float64, np.float32, np.float64] * 3
        return [tg.ones(n, dtype=dtype, requires_grad=True) for n, dtype in enumerate(dtypes, 1)]

    together, apart, large = weights(), weights(), tg.ones(pack.SMALL + 1, requires_grad=True)
    groups = [{"params": [large, *together[:6]], "lr": 0.1}, {"params": together[6:], "lr": 0.2}]
    optimizer, optimizers = Adam(groups), [Adam([w], lr=0.1 if i < 6 else 0.2) for i, w in enumerate(apart)]
    schedule = ExponentialLR(optimizer, 0.5)
    for _ in range(3):
        for w in (*together, *apart, large):
            w.grad = w.detach() * 3
        for any_optimizer in (optimizer, *optimizers):
            any_optimizer.step()
        schedule.step()
        for alone in optimizers:
            alone.param_groups[0]["lr"] *= 0.5
    assert all(identical(w.detach().numpy(), twin.detach().numpy()) for w, twin in zip(together, apart, strict=True))
    plans = [plans._lately[0] for plans in optimizer._plans.values()]
    assert [[len(members.places) for members in plan.packs] for plan in plans] == [[3, 3], [3, 3]]
    assert plans[0].alone == [0]


@every
def test_a_pack_that_is_full_is_followed_by_another(
    make: Callable[..., Optimizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack, "FULL", 10)
    monkeypatch.setattr(pack, "WORTH", 0)
    twins = Twins(make)
    for _ in range(3):
        twins.step()
    assert len(twins.optimizer._plans[0]._lately[0].packs) > 1


# --- what must not change by it -----------------------------------------------------------------------------------


@every
def test_buffers_stay_and_graphs_keep_their_values(make: Callable[..., Optimizer]) -> None:
    twins = Twins(make)
    twins.step()
    handed_out = twins.together[1].data
    addresses = [w._data.ctypes.data for w in twins.together]
    twins.step()
    assert [w._data.ctypes.data for w in twins.together] == addresses
    assert handed_out is twins.together[1].data
    w = twins.together[0]
    before = w.tolist()
    loss = (w**2).sum()
    twins.step()
    w.grad = None
    loss.backward()
    np.testing.assert_array_equal(w.grad.data, 2 * np.array(before))


def test_parameters_that_share_a_buffer_go_apart() -> None:
    first = parameter(1.0, 2.0)
    params = [first, copy.copy(first), copy.copy(first)]
    optimizer = Adam(params, lr=0.1)
    for _ in range(3):
        for i, w in enumerate(params):
            w.grad = tg.tensor([1.0, -1.0]) * (i - 1)
        optimizer.step()
    assert n_packed(optimizer) == 3
    assert params[1].tolist() == [1.0, 2.0]
    assert np.allclose(params[0].data + params[2].data, [2.0, 4.0])
    assert params[2].tolist() != [1.0, 2.0]


@every
def test_saved_states_are_copies_for_each_parameter(make: Callable[..., Optimizer]) -> None:
    twins = Twins(make)
    for _ in range(2):
        twins.step()
    saved = twins.optimizer.state_dict()
    text = str(saved)
    assert all(a.base is None for state in saved["state"].values() for a in state.values() if isinstance(a, np.ndarray))
    twins.step()
    assert str(saved) == text


@every
@pytest.mark.parametrize("twin_of", [copy.deepcopy, copy.copy])
def test_copies_of_optimizers_go_on_by_themselves(make: Callable[..., Optimizer], twin_of: Callable[..., Any]) -> None:
    twins = Twins(make)
    for _ in range(2):
        twins.step()
    twins.optimizer = twin_of(twins.optimizer)
    twins.together = twins.optimizer.param_groups[0]["params"]
    for _ in range(2):
        twins.step()
    assert n_packed(twins.optimizer) == len(SHAPES)


@every
@pytest.mark.parametrize("steps_before", [0, 2])
def test_a_step_of_a_pack_stopped_anywhere(make: Callable[..., Optimizer], steps_before: int) -> None:
    """Ctrl-C before any line: the run goes on, also from its saved state, and what is saved fits its numbers."""
    for line in itertools.count(1):
        params = [parameter(0.0, 10.0), parameter(1.0), parameter(5.0, 4.0, 3.0), parameter(2.0)]
        optimizer = make(params)
        for _ in range(steps_before):
            descend(params)
            optimizer.step()
        for w in params:
            w.grad = (w.detach() - 3.0) * 2
        if not stopped(optimizer, line):
            break
        saved = optimizer.state_dict()
        assert all(
            abs(state.get("step", steps_before) - steps_before - 0.5) == 0.5 for state in saved["state"].values()
        )
        make([parameter(*w.tolist()) for w in params]).load_state_dict(saved)
        for _ in range(3):
            descend(params)
            optimizer.step()
            assert all(abs(w.data - 3.0).max() < 8.0 for w in params)
        for p, state in optimizer.state.items():
            assert all(value.shape == p.shape for value in state.values() if isinstance(value, np.ndarray))
    assert line > 20
    assert n_packed(optimizer) == len(params)


def descend(params: list[tg.Tensor]) -> None:
    for w in params:
        w.grad = (w.detach() - 3.0) * 2


@pytest.mark.parametrize("steps_before", [0, 2])
def test_a_failure_in_another_group_leaves_a_pack_alone(steps_before: int) -> None:
    first, second = [parameter(1.0), parameter(2.0), parameter(3.0)], parameter(4.0)
    optimizer = Adam([{"params": first}, {"params": [second]}])
    for _ in range(steps_before):
        descend([*first, second])
        optimizer.step()
    descend([*first, second])
    second.data = np.array([1.0, 2.0])
    before, remembered = [w.item() for w in first], str(optimizer.state_dict())
    with pytest.raises(ParameterError, match="parameter number 3"):
        optimizer.step()
    assert [w.item() for w in first] == before
    assert str(optimizer.state_dict()) == remembered


def test_an_update_that_fails_half_way_leaves_memories_that_fit_their_counts() -> None:
    params = [parameter(1.0), parameter(2.0), parameter(4.0)]
    optimizer = Adam(params)
    descend(params)
    optimizer.step()
    averages = [optimizer.state[w]["exp_avg"].item() for w in params]
    params[1].grad = tg.tensor([1e200])
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        optimizer.step()
    assert all(optimizer.state[w]["exp_avg"].item() != before for w, before in zip(params, averages, strict=True))
    assert [optimizer.state[w]["step"] for w in params] == [2, 2, 2]


def test_a_gradient_of_a_shape_that_its_parameter_had_before() -> None:
    """It comes from a graph that is older than the change, at a step after the change was noticed."""
    params = [parameter(1.0, 2.0), parameter(2.0), parameter(3.0), parameter(4.0)]
    optimizer = SGD(params, lr=0.1)
    loss = (params[0] * 2).sum()
    params[0].data = np.array([5.0])
    for _ in range(2):
        descend(params)
        optimizer.step()
    assert n_packed(optimizer) == 4
    params[0].grad, before = None, [w.tolist() for w in params]
    loss.backward()
    with pytest.raises(ParameterError, match=r"a gradient of shape .* for parameter number 0"):
        optimizer.step()
    assert [w.tolist() for w in params] == before


def test_the_memories_of_a_pack_can_be_read_and_written_in_place() -> None:
    params = [parameter(1.0, 2.0), parameter(3.0), parameter(4.0)]
    optimizer = RMSprop(params)
    descend(params)
    optimizer.step()
    held = [optimizer.state[w]["square_avg"] for w in params]
    optimizer.step()
    assert [optimizer.state[w]["square_avg"] for w in params] == held  # the very same arrays
    assert held[0].tolist() == optimizer.state_dict()["state"][0]["square_avg"].tolist()
