"""The state of an optimizer: saved and loaded it goes on as before; what does not fit is refused."""

from collections.abc import Callable

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.optim.every import every, parameter, step
from tinygrad_vn.optim import SGD, Adam, AdamW, Optimizer


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


@every
def test_a_state_that_lacks_something_is_refused(make: Callable[..., Optimizer]) -> None:
    w = parameter(1.0, 2.0)
    optimizer = make([w])
    step(optimizer, w)
    for key in optimizer.state[w]:
        saved = optimizer.state_dict()
        del saved["state"][0][key]
        with pytest.raises(ValueError, match=f"number 0 lacks '{key}'"):
            make([parameter(1.0, 2.0)]).load_state_dict(saved)


def test_what_is_no_state_is_refused() -> None:
    w = parameter(1.0)
    optimizer = Adam([w])
    step(optimizer, w)
    saved = optimizer.state_dict()
    for wrong, says in [
        ({}, "no state of an optimizer"),
        ({**saved, "state": {1: saved["state"][0]}}, "no parameter number 1; this Adam has 1"),
        ({**saved, "state": {0: {**saved["state"][0], "exp_avg": 0.5}}}, "'exp_avg' .* saved as 0.5, not as an array"),
    ]:
        with pytest.raises(ValueError, match=says):
            optimizer.load_state_dict(wrong)
    with pytest.raises(ValueError, match="is Adam"):
        AdamW([w]).load_state_dict(saved)


def test_a_state_takes_the_dtype_of_the_parameter() -> None:
    wide, narrow = parameter(1.0, 2.0), parameter(1.0, 2.0, dtype=np.float32)
    optimizer, resumed = Adam([wide]), Adam([narrow])
    step(optimizer, wide)
    resumed.load_state_dict(optimizer.state_dict())
    assert resumed.state[narrow]["exp_avg"].dtype == np.float32
    assert resumed.state[narrow]["step"] == 1


def test_a_state_without_the_lectures_settings_means_pytorchs_form() -> None:
    """PyTorch's state lacks them, and has arguments of its own."""
    w, twin = parameter(1.0, 2.0), parameter(1.0, 2.0)
    optimizer, other = SGD([w], lr=0.1, momentum=0.9), SGD([twin], lr=0.3, momentum=0.9, momentum_form="average")
    step(optimizer, w)
    step(SGD([twin], lr=0.1), twin)
    saved = optimizer.state_dict()
    saved["param_groups"][0] |= {"foreach": None, "fused": None, "differentiable": False}
    del saved["param_groups"][0]["momentum_form"]
    other.load_state_dict(saved)
    assert other.param_groups[0].keys() == SGD([w]).param_groups[0].keys()
    assert other.param_groups[0]["momentum_form"] == "pytorch"
    for _ in range(3):
        step(optimizer, w)
        step(other, twin)
    assert twin.tolist() == w.tolist()


def test_what_a_schedule_wrote_into_a_group_is_saved_with_it() -> None:
    w = parameter(1.0)
    optimizer = SGD([{"params": [w], "initial_lr": 0.5}], lr=0.1)
    resumed = SGD([w], lr=0.3)
    resumed.load_state_dict(optimizer.state_dict())
    assert (resumed.param_groups[0]["lr"], resumed.param_groups[0]["initial_lr"]) == (0.1, 0.5)
