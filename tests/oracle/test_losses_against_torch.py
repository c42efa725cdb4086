"""Every loss with every setting in PyTorch: values and gradients agree to 1e-12 in float64, and digits in float32.

Where PyTorch refuses a gradient (weights of classes, for one) ours is compared with finite differences in
`tests/nn/functional/test_losses.py`. Left out is one gradient by the target: of a probability 0 or 1 in
`binary_cross_entropy` PyTorch's is infinite, while ours is the slope of the clamped logarithms, ±100.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn

torch = pytest.importorskip("torch", reason="PyTorch is not installed; `make oracle` brings it")
rng = np.random.default_rng(4)

REDUCTIONS = ["mean", "sum", "none"]
HUGE = np.array([[-1000.0, 0.0, 1000.0], [1000.0, 999.0, -1000.0], [3.0, -800.0, 30.0], [0.0, 0.0, 0.0]])
BITS = rng.integers(0, 2, (4, 3)).astype(float)
SHARES = rng.uniform(0, 1, (4, 3))
CERTAIN = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 1e-14], [1 - 1e-14, 1e-300, 0.25], [1e-50, 0.75, 1.0]])
COLUMNS = rng.uniform(0.2, 3.0, 3)
EACH = rng.uniform(0.2, 3.0, (4, 3))
CUBE = rng.normal(size=(4, 3, 2, 5))
CUBE_CLASSES = rng.integers(0, 3, (4, 2, 5))
CUBE_CLASSES[0, 0, :2] = CUBE_CLASSES[2, 1, 4] = -100


def normal(*shape: int, size: float = 2.0) -> np.ndarray:
    return rng.normal(size=shape) * size


def distribution(*shape: int) -> np.ndarray:
    q = rng.uniform(0.1, 1, shape)
    return q / q.sum(1, keepdims=True)


Case = tuple[str, dict[str, Any], np.ndarray, np.ndarray]
PAIRS: list[Case] = [
    *(("mse_loss", {}, normal(*s), normal(*s)) for s in [(4, 3), (5,), ()]),
    *(("l1_loss", {}, x, t) for x, t in [(normal(4, 3), normal(4, 3)), (np.zeros(3), np.array([0.0, 1.0, -1.0]))]),
    *(("huber_loss", {"delta": d}, normal(4, 3), normal(4, 3)) for d in (1.0, 0.3, 5)),
    *(("smooth_l1_loss", {"beta": b}, normal(4, 3), normal(4, 3)) for b in (1.0, 0.3, 5, 0)),
    ("huber_loss", {}, np.array([1e30, -1e30, 1.0, 0.0]), np.zeros(4)),
    *(
        ("binary_cross_entropy", {"weight": w}, rng.uniform(0.05, 0.95, (4, 3)), t)
        for t, w in itertools.product([BITS, SHARES], [None, EACH, COLUMNS, EACH[:, :1], np.array(0.5)])
    ),
    *(
        ("binary_cross_entropy_with_logits", {"weight": w, "pos_weight": p}, x, t)
        for x, t, w, p in itertools.product(
            [normal(4, 3), HUGE], [BITS, SHARES], [None, COLUMNS, EACH], [None, COLUMNS, np.array(2.5)]
        )
    ),
    *(
        ("cross_entropy", {"weight": w, "label_smoothing": s}, x, t)
        for (x, t), w, s in itertools.product(
            [(normal(4, 3), distribution(4, 3)), (HUGE, distribution(4, 3)), (CUBE, distribution(*CUBE.shape))],
            [None, COLUMNS],
            [0.0, 0.1, 1.0],
        )
    ),
    ("cross_entropy", {"label_smoothing": 0.2}, normal(3), np.array([0.2, 0.5, 0.3])),
]
SMOOTH = [case for case in PAIRS if case[0] not in ("l1_loss", "huber_loss", "smooth_l1_loss")]
CLASSES: list[Case] = [
    *(
        ("cross_entropy", {"weight": w, "label_smoothing": s, "ignore_index": i}, x, t)
        for (x, t, i), w, s in itertools.product(
            [
                (normal(4, 3), np.array([0, 2, 1, 2]), -100),
                (HUGE, np.array([0, 0, 1, 2]), -100),
                (normal(4, 3), np.array([0, 2, -100, 2]), -100),
                (normal(4, 3), np.array([0, 2, 1, 2]), 2),
                (normal(4, 3), np.array([0, -1, 1, -1]), -1),
                (CUBE, CUBE_CLASSES, -100),
                (normal(3), np.array(1), -100),
                (normal(4, 1), np.zeros(4, int), -100),
            ],
            [None, COLUMNS],
            [0.0, 0.1],
        )
        if w is None or len(w) == x.shape[min(x.ndim, 2) - 1]
    ),
    *(
        ("nll_loss", {"weight": w}, x, t)
        for (x, t), w in itertools.product(
            [(normal(4, 3), np.array([0, 2, -100, 2])), (CUBE, CUBE_CLASSES), (normal(3), np.array(1))],
            [None, COLUMNS],
        )
    ),
]


def named(case: Any) -> str:
    return case if isinstance(case, str) else ""


def converted(settings: dict[str, Any], convert: Any, dtype: type = np.float64) -> dict[str, Any]:
    return {k: convert(v.astype(dtype)) if isinstance(v, np.ndarray) else v for k, v in settings.items()}


def close(ours: Any, theirs: Any, tolerance: float = 1e-12) -> None:
    theirs = theirs.numpy(force=True)
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    size = min(np.abs(theirs).max(initial=1.0), 1e4)
    np.testing.assert_allclose(ours.detach().numpy(), theirs, rtol=tolerance, atol=tolerance * size)


def compare(
    case: Case, reduction: str, *, target_too: bool, dtype: type = np.float64, tolerance: float = 1e-12
) -> None:
    """The loss, and the gradients of the input and of the target where it has one."""
    name, settings, x, target = case
    ours = [tg.tensor(x.astype(dtype), requires_grad=True)]
    theirs = [torch.tensor(x.astype(dtype), requires_grad=True)]
    if target.dtype.kind == "f":
        ours.append(tg.tensor(target.astype(dtype), requires_grad=target_too))
        theirs.append(torch.tensor(target.astype(dtype), requires_grad=target_too))
    else:
        ours.append(tg.tensor(target))
        theirs.append(torch.tensor(target))
    loss = getattr(nn.functional, name)(*ours, **converted(settings, tg.tensor, dtype), reduction=reduction)
    loss_torch = getattr(torch.nn.functional, name)(
        *theirs, **converted(settings, torch.tensor, dtype), reduction=reduction
    )
    close(loss, loss_torch, tolerance)
    start = np.random.default_rng(1).uniform(0.5, 1.5, loss.shape).astype(dtype)
    count = 2 if target_too else 1
    gradients = tg.grad(loss, ours[:count], start)
    gradients_torch = torch.autograd.grad(loss_torch, theirs[:count], torch.tensor(start))
    for gradient, gradient_torch in zip(gradients, gradients_torch, strict=True):
        close(gradient, gradient_torch, tolerance)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case[0])
def test_values_and_gradients_of_input_and_target(case: Case, reduction: str) -> None:
    compare(case, reduction, target_too=True)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", CLASSES, ids=lambda case: case[0])
def test_class_numbers(case: Case, reduction: str) -> None:
    compare(case, reduction, target_too=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", PAIRS + CLASSES, ids=lambda case: case[0])
def test_single_precision(case: Case, reduction: str) -> None:
    compare(case, reduction, target_too=False, dtype=np.float32, tolerance=2e-6)


@pytest.mark.parametrize("target", [BITS, SHARES, 1 - BITS])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_certain_probabilities_are_clamped_in_value_and_gradient(target: np.ndarray, reduction: str) -> None:
    compare(("binary_cross_entropy", {}, CERTAIN, target), reduction, target_too=False)


@pytest.mark.parametrize("case", SMOOTH, ids=lambda case: case[0])
def test_second_derivatives(case: Case) -> None:
    """PyTorch adds 1e-12 here and there in those of `binary_cross_entropy`, hence 1e-9."""
    name, settings, x, target = case
    ours, theirs = tg.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    loss = getattr(nn.functional, name)(ours, tg.tensor(target), **converted(settings, tg.tensor))
    loss_torch = getattr(torch.nn.functional, name)(theirs, torch.tensor(target), **converted(settings, torch.tensor))
    factors = np.random.default_rng(1).uniform(0.5, 1.5, x.shape)
    first = tg.grad(loss, ours, create_graph=True)[0]
    first_torch = torch.autograd.grad(loss_torch, theirs, create_graph=True)[0]
    second = tg.grad((first * factors).sum(), ours)[0]
    close(second, torch.autograd.grad((first_torch * torch.tensor(factors)).sum(), theirs)[0], 1e-9)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss", "binary_cross_entropy", "cross_entropy"])
def test_the_sum_over_an_empty_batch_is_0_in_both(name: str) -> None:
    target = np.zeros(0, int) if name == "cross_entropy" else np.zeros((0, 3))
    loss = getattr(nn.functional, name)(tg.zeros((0, 3)), tg.tensor(target), reduction="sum")
    loss_torch = getattr(torch.nn.functional, name)(
        torch.zeros(0, 3, dtype=torch.float64), torch.tensor(target), reduction="sum"
    )
    assert loss.item() == loss_torch.item() == 0.0


# --- modules --------------------------------------------------------------------------------------------------------

MODULES: list[tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = [
    ("MSELoss", {}, normal(4, 3), normal(4, 3)),
    ("L1Loss", {}, normal(4, 3), normal(4, 3)),
    ("HuberLoss", {"delta": 0.5}, normal(4, 3), normal(4, 3)),
    ("SmoothL1Loss", {"beta": 0.5}, normal(4, 3), normal(4, 3)),
    ("BCELoss", {"weight": EACH}, rng.uniform(0.1, 0.9, (4, 3)), BITS),
    ("BCEWithLogitsLoss", {"weight": EACH, "pos_weight": COLUMNS}, normal(4, 3), BITS),
    ("NLLLoss", {"weight": COLUMNS, "ignore_index": 1}, normal(4, 3), np.array([0, 1, 2, 2])),
    ("CrossEntropyLoss", {"weight": COLUMNS, "ignore_index": 1}, normal(4, 3), np.array([0, 1, 2, 2])),
    ("CrossEntropyLoss", {"label_smoothing": 0.3}, normal(4, 3), distribution(4, 3)),
]


@pytest.mark.parametrize("settings_too", [False, True])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "settings", "x", "target"), MODULES, ids=named)
def test_modules(
    name: str, settings: dict[str, Any], x: np.ndarray, target: np.ndarray, reduction: str, settings_too: bool
) -> None:
    chosen = settings if settings_too else {}
    loss = getattr(nn, name)(**converted(chosen, tg.tensor), reduction=reduction)
    loss_torch = getattr(torch.nn, name)(**converted(chosen, torch.tensor), reduction=reduction)
    close(loss(tg.tensor(x), tg.tensor(target)), loss_torch(torch.tensor(x), torch.tensor(target)))
    assert list(loss.state_dict()) == list(loss_torch.state_dict())
