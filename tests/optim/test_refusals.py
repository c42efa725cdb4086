"""What optimizers refuse: parameters that are none, and settings out of their range."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.optim.every import parameter
from tinygrad_vn.errors import ParameterError
from tinygrad_vn.optim import LBFGS, SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop, SparseAdam


class WithParameters:
    def parameters(self) -> list[tg.Tensor]:
        return [parameter(1.0)]

    def named(self) -> list[tuple[str, tg.Tensor]]:
        return [("w", parameter(1.0))]


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
        (lambda: WithParameters().named(), TypeError, r"name and a Tensor, 'w'\. Write model\.parameters\(\) instead"),
        (lambda: [WithParameters(), WithParameters()], TypeError, r"\[\*first\.parameters\(\), \*second"),
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
        (Adam, {"betas": (0.9,)}, "betas="),
        (SGD, {"momentum_form": "heavy"}, "'heavy' is unknown; there are 'pytorch', 'velocity', 'average'"),
        (SGD, {"momentum_form": "velocity", "momentum": 0.9, "nesterov": True}, "neither nesterov nor"),
        (SGD, {"momentum_form": "average", "momentum": 0.9, "dampening": 0.9}, "neither nesterov nor"),
        (SGD, {"momentum_form": "average", "momentum": 1.5}, "1 or less"),
        (AdamW, {"weight_decay": -1.0}, "weight_decay=-1.0"),
        (NAdam, {"momentum_decay": -1.0}, "momentum_decay=-1.0"),
        (Adagrad, {"lr_decay": -1.0}, "lr_decay=-1.0"),
        (Adagrad, {"initial_accumulator_value": -1.0}, "initial_accumulator_value=-1.0"),
        (RMSprop, {"alpha": 1.5}, "alpha=1.5"),
        (RMSprop, {"momentum": -1.0}, "momentum=-1.0"),
        (Adadelta, {"rho": 1.5}, "rho=1.5"),
        (Adam, {"betas": 0.9}, r"betas=0\.9 makes no sense; they are two numbers"),
        (Adam, {"betas": None}, "betas=None"),
        (Adam, {"betas": ("0.9", 0.99)}, "two numbers"),
        (NAdam, {"betas": (0.9, float("nan"))}, "betas="),
        (SGD, {"lr": float("nan")}, "lr=nan"),
        (SGD, {"lr": float("inf")}, "lr=inf makes no sense; it must be finite"),
        (SGD, {"momentum": float("inf")}, "momentum=inf"),
        (SGD, {"dampening": float("nan")}, "dampening=nan"),
        (SparseAdam, {"lr": float("inf")}, "lr=inf"),
        (SparseAdam, {"lr": 0.0}, "lr=0.0"),
        (LBFGS, {"lr": float("inf")}, "lr=inf"),
        (LBFGS, {"history_size": 0}, "history_size=0"),
        (LBFGS, {"max_iter": None}, "max_iter=None makes no sense; it must be a whole number"),
        (LBFGS, {"max_iter": 2.5}, "max_iter=2.5"),
        (LBFGS, {"max_eval": 0}, "max_eval=0"),
        (LBFGS, {"line_search_fn": "armijo"}, "'armijo' is unknown"),
    ],
)
def test_settings_out_of_range_are_refused(make: Callable[..., Optimizer], settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make([parameter(1.0)], **settings)


@pytest.mark.parametrize("lr", [tg.tensor(0.1), "0.1", None])
@pytest.mark.parametrize("make", [SGD, Adagrad, RMSprop, Adam, AdamW, NAdam, Adadelta, LBFGS, SparseAdam])
def test_a_rate_that_is_no_number_is_refused(make: Callable[..., Optimizer], lr: Any) -> None:
    with pytest.raises(TypeError, match=r"lr=.* is no number"):
        make([parameter(1.0)], lr=lr)


@pytest.mark.parametrize("make", [SGD, Adagrad, RMSprop, Adam, NAdam, Adadelta, SparseAdam])
def test_a_flag_that_is_none_is_refused(make: Callable[..., Optimizer]) -> None:
    """Any text counts as True, "no" and "False" as well: it would climb."""
    with pytest.raises(TypeError, match="maximize='no' is neither True nor False"):
        make([parameter(1.0)], maximize="no")


@pytest.mark.parametrize("group", [[parameter(1.0)], parameter(1.0), None, 3, {}])
def test_add_param_group_wants_a_group(group: Any) -> None:
    optimizer = SGD([parameter(1.0)], lr=0.1)
    with pytest.raises(ParameterError, match=r'a group that has no parameters\. Write \{"params": \[w, b\], …\}'):
        optimizer.add_param_group(group)
    assert len(optimizer.param_groups) == 1


@pytest.mark.parametrize("argument", ["foreach", "fused", "capturable", "differentiable"])
@pytest.mark.parametrize("make", [SGD, Adagrad, RMSprop, Adam, AdamW, NAdam, Adadelta])
def test_what_only_pytorch_can_do_is_refused(make: Callable[..., Optimizer], argument: str) -> None:
    make([parameter(1.0)], **{argument: False})
    with pytest.raises(TypeError, match=f"{argument}=True is about how PyTorch runs"):
        make([parameter(1.0)], **{argument: True})
    with pytest.raises(TypeError, match=r"no argument 'learning_rate'; it has lr, "):
        make([parameter(1.0)], learning_rate=0.1)
