"""Steps that fail change nothing, and steps that find nothing to do say so."""

import math
from collections.abc import Callable

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.optim.every import every, parameter
from tinygrad_vn import nn, optim
from tinygrad_vn.errors import ParameterError
from tinygrad_vn.optim import SGD, Adadelta, Adam, NAdam, Optimizer, RMSprop
from tinygrad_vn.optim.lr_scheduler import StepLR


def wrong_gradient(w: tg.Tensor) -> None:
    w.grad = tg.tensor([1.0])
    w.data = np.array([1.0, 2.0, 3.0])  # to which a gradient of one number could be broadcast


def sparse_gradient(w: tg.Tensor) -> None:
    w.grad = None
    nn.functional.embedding(np.array([0]), w, sparse=True).sum().backward()


def other_state(w: tg.Tensor) -> None:
    w.data = np.array([1.0, 2.0, 3.0])
    w.grad = tg.tensor([1.0, 1.0, 1.0])


@pytest.mark.parametrize("steps_before", [0, 3])
@pytest.mark.parametrize("spoil", [wrong_gradient, sparse_gradient, other_state])
@pytest.mark.parametrize("make", [Adam, NAdam, RMSprop, Adadelta, lambda p: SGD(p, momentum=0.9, weight_decay=0.1)])
def test_a_step_that_fails_has_moved_nothing(
    make: Callable[..., Optimizer], spoil: Callable[[tg.Tensor], None], steps_before: int
) -> None:
    """The parameter that cannot be moved is the last: those before it must stay too, with all that is remembered."""
    good, bad = parameter(1.0, 2.0), parameter(5.0)
    optimizer = make([good, bad])
    for _ in range(steps_before):
        good.grad, bad.grad = tg.tensor([1.0, -1.0]), tg.tensor([1.0])
        optimizer.step()
    good.grad = tg.tensor([1.0, -1.0])
    spoil(bad)
    if spoil is sparse_gradient and isinstance(optimizer, SGD):
        before = bad.item()
        optimizer.step()  # which can follow it
        assert bad.item() < before
        return
    if spoil is other_state and not steps_before:
        optimizer.step()  # nothing is remembered yet, so the new shape is as good as any
        return
    before, remembered = (good.tolist(), bad.tolist()), str(optimizer.state_dict())
    with pytest.raises(ParameterError, match="parameter number 1"):
        optimizer.step()
    assert (good.tolist(), bad.tolist()) == before
    assert str(optimizer.state_dict()) == remembered


@pytest.mark.parametrize("n_others", [0, 3])
def test_a_parameter_that_outgrew_its_gradient_is_refused_every_time(n_others: int) -> None:
    w, others = parameter(1.0, 2.0), [parameter(3.0) for _ in range(n_others)]
    optimizer = SGD([w, *others], lr=0.1)
    for p in (w, *others):
        p.grad = tg.ones_like(p)
    optimizer.step()
    w.data = np.array([[1.0, 2.0], [3.0, 4.0]])  # to which the gradient could be broadcast
    for _ in range(3):
        with pytest.raises(ParameterError, match=r"a gradient of shape \(2,\) for parameter number 0"):
            optimizer.step()
    assert w.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@every
@pytest.mark.parametrize("rate", [math.nan, math.inf])
def test_a_rate_that_became_nan_spoils_nothing(make: Callable[..., Optimizer], rate: float) -> None:
    first, second = parameter(1.0), parameter(2.0)
    optimizer = make([{"params": [first]}, {"params": [second]}])
    optimizer.param_groups[1]["lr"] = rate
    first.grad = second.grad = tg.tensor([1.0])
    with pytest.raises(ParameterError, match=f"the learning rate {rate} in group number 1"):
        optimizer.step()
    assert (first.item(), second.item()) == (1.0, 2.0)


def test_refusals_are_in_both_languages() -> None:
    w = tg.ones(4, 2, requires_grad=True)
    sparse_gradient(w)
    with pytest.raises(ParameterError) as caught:
        Adam([w]).step()
    assert caught.value.texts == {
        "en": "[E13] Adam was given a sparse gradient for parameter number 0, but needs that of the whole table. "
        "Use SGD, Adagrad or SparseAdam for it, or Embedding(sparse=False).",
        "vi": "[E13] Adam nhận được một gradient thưa (sparse) cho tham số thứ 0, trong khi nó cần gradient của cả "
        "bảng. Hãy dùng SGD, Adagrad hoặc SparseAdam cho tham số này, hoặc Embedding(sparse=False).",
    }


@pytest.mark.parametrize("surroundings", [{}, {"__name__": "__main__"}])
def test_warnings_reach_programs_that_have_no_name(surroundings: dict[str, str]) -> None:
    """Where code is run by `exec`, as teaching pages do, there may be no `__name__`: such warnings once vanished."""
    program = "optim.SGD([w], lr=0.1).step()"
    with pytest.warns(UserWarning, match="found no gradient"):
        exec(program, {**surroundings, "optim": optim, "w": parameter(1.0)})


# --- backward() forgotten -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [SGD, Adam, lambda p: SGD(p, momentum=0.9)])
def test_a_step_without_any_gradient_is_noticed_once(make: Callable[..., Optimizer]) -> None:
    """backward() forgotten, or undone by a zero_grad() that comes too late."""
    used, unused = parameter(1.0), parameter(1.0)
    optimizer = make([used, unused])
    (used**2).sum().backward()
    optimizer.zero_grad()
    with pytest.warns(
        UserWarning, match=r"\.step\(\) found no gradient, so nothing moved. Call loss.backward\(\)"
    ) as seen:
        optimizer.step()
    assert seen[0].filename == __file__
    optimizer.step()
    (used**2).sum().backward()  # one of the two is enough
    optimizer.step()
    assert used.item() != 1.0


def test_no_gradient_is_missed_where_all_is_frozen_or_scheduled() -> None:
    w = parameter(1.0)
    optimizer = SGD([w], lr=0.1)
    w.requires_grad_(False)
    optimizer.step()
    scheduled = SGD([parameter(1.0)], lr=0.1)
    schedule = StepLR(scheduled, 1)
    scheduled.step()  # to look at the rates
    schedule.step()
    tg.set_language("vi")
    with pytest.warns(UserWarning, match="không thấy gradient nào"):
        SGD([parameter(1.0)], lr=0.1).step()
