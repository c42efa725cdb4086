"""The losses as modules: their settings reach the function of the same name, and look as they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.nn import functional as F

X = np.array([[0.2, 0.7, -0.4], [0.9, -1.3, 0.1], [0.6, 1.1, -0.8]])
BITS, CLASSES = np.array([[1.0, 0, 1], [0, 0, 1], [1, 1, 0]]), np.array([2, 0, 1])
COLUMNS = np.array([0.5, 2.0, 3.0])

MODULES: list[tuple[str, dict[str, Any], Any, np.ndarray, np.ndarray]] = [
    ("MSELoss", {}, F.mse_loss, X, BITS),
    ("L1Loss", {}, F.l1_loss, X, BITS),
    ("HuberLoss", {"delta": 0.3}, F.huber_loss, X, BITS),
    ("SmoothL1Loss", {"beta": 0.3}, F.smooth_l1_loss, X, BITS),
    ("BCELoss", {"weight": COLUMNS}, F.binary_cross_entropy, np.abs(X) / 2, BITS),
    (
        "BCEWithLogitsLoss",
        {"weight": COLUMNS, "pos_weight": COLUMNS[::-1]},
        F.binary_cross_entropy_with_logits,
        X,
        BITS,
    ),
    ("NLLLoss", {"weight": COLUMNS, "ignore_index": 0}, F.nll_loss, X, CLASSES),
    (
        "CrossEntropyLoss",
        {"weight": COLUMNS, "ignore_index": 0, "label_smoothing": 0.2},
        F.cross_entropy,
        X,
        CLASSES,
    ),
]
every_module = pytest.mark.parametrize(("name", "settings", "function", "x", "target"), MODULES)


@every_module
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_settings_reach_the_function(
    name: str, settings: dict[str, Any], function: Any, x: np.ndarray, target: np.ndarray, reduction: str
) -> None:
    made = getattr(nn, name)
    expected = function(x, target, **settings, reduction=reduction)
    np.testing.assert_array_equal(made(**settings, reduction=reduction)(x, target).numpy(), expected.numpy())
    for setting in settings:  # each of them matters
        others = {key: value for key, value in settings.items() if key != setting}
        assert not np.array_equal(made(**others, reduction=reduction)(x, target).numpy(), expected.numpy()), setting


@every_module
def test_an_unknown_reduction_is_refused_when_the_loss_is_made(
    name: str, settings: dict[str, Any], function: Any, x: np.ndarray, target: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=f"{name} has no reduction 'average'"):
        getattr(nn, name)(reduction="average")


def test_weights_are_buffers() -> None:
    loss = nn.BCEWithLogitsLoss(weight=[1.0, 2.0, 3.0], pos_weight=tg.tensor(COLUMNS, requires_grad=True))
    assert list(loss.state_dict()) == ["weight", "pos_weight"]
    assert list(loss.parameters()) == []
    other = nn.BCEWithLogitsLoss(weight=np.ones(3), pos_weight=np.ones(3))
    other.load_state_dict(loss.state_dict())
    assert other(X, BITS).item() == loss(X, BITS).item()
    assert nn.BCEWithLogitsLoss().state_dict() == {}


def test_a_loss_in_single_precision() -> None:
    loss = nn.CrossEntropyLoss(weight=COLUMNS)
    single = tg.tensor(X, dtype=tg.float32)
    assert loss(single, CLASSES).dtype == np.float32
    assert loss.to(np.float32).weight.dtype == np.float32


def test_how_losses_look() -> None:
    assert repr(nn.MSELoss()) == "MSELoss()"
    assert repr(nn.MSELoss("sum")) == "MSELoss(reduction='sum')"
    assert repr(nn.HuberLoss("none", 0.5)) == "HuberLoss(reduction='none', delta=0.5)"
    assert repr(nn.SmoothL1Loss(beta=0.5)) == "SmoothL1Loss(beta=0.5)"
    assert repr(nn.CrossEntropyLoss([1.0, 2.0], -1, "mean", 0.1)) == (
        "CrossEntropyLoss(weight=Buffer(2,), ignore_index=-1, label_smoothing=0.1)"
    )
