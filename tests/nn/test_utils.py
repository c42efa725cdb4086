"""Clipping gradients, and parameters as one vector; the numbers are compared with PyTorch's in tests/oracle."""

import math

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.nn.utils import clip_grad_norm_, clip_grad_value_, parameters_to_vector, vector_to_parameters


def pair() -> list[nn.Parameter]:
    """Two parameters whose gradients have a norm of 13 together, and one without."""
    found = [nn.Parameter([1.0, 1.0]), nn.Parameter([[1.0]]), nn.Parameter([7.0])]
    found[0].grad, found[1].grad = tg.tensor([3.0, -4.0]), tg.tensor([[12.0]])
    return found


def test_a_long_gradient_is_shortened_in_its_direction() -> None:
    parameters = pair()
    assert clip_grad_norm_(parameters, 1.3).item() == 13.0
    assert parameters[0].grad.tolist() == pytest.approx([0.3, -0.4], rel=1e-6)
    assert parameters[1].grad.tolist()[0] == pytest.approx([1.2], rel=1e-6)
    assert parameters[2].grad is None
    assert clip_grad_norm_(iter(parameters), 5.0).item() == pytest.approx(1.3)  # a short one stays, bit by bit
    assert clip_grad_norm_(parameters[2], 1.0).item() == 0.0


def test_a_parameter_that_is_given_twice_counts_once() -> None:
    p = pair()[1]
    assert clip_grad_norm_([p, p], 6.0).item() == 12.0
    assert p.grad.item() == pytest.approx(6.0)


def test_two_parameters_that_share_one_gradient() -> None:
    p, q = nn.Parameter([0.0]), nn.Parameter([0.0])
    p.grad = q.grad = tg.tensor([3.0])
    assert clip_grad_norm_([p, q], math.sqrt(18) / 3).item() == pytest.approx(math.sqrt(18))
    assert p.grad.item() == pytest.approx(1.0)


@pytest.mark.parametrize("norm_type", [1.0, 2.0, math.inf])
def test_gradients_without_elements(norm_type: float) -> None:
    net = nn.Sequential(nn.Linear(0, 2), nn.Linear(2, 1))
    net(np.ones((3, 0))).sum().backward()
    table = nn.Embedding(3, 2, sparse=True)
    table([]).sum().backward()
    assert clip_grad_norm_([*net.parameters(), *table.parameters()], 1.0, norm_type).item() > 0
    assert clip_grad_norm_(table.parameters(), 1.0, norm_type).item() == 0.0


def test_clipping_keeps_what_others_hold_and_single_precision() -> None:
    p = nn.Parameter(np.ones(2, np.float32))
    (p * 100.0).sum().backward()
    held = p.grad.detach()
    total = clip_grad_norm_(p, 1.0)
    assert total.dtype == p.grad.dtype == np.float32
    assert held.tolist() == [100.0, 100.0]


def test_accumulated_gradients_are_still_known_as_such() -> None:
    p = nn.Parameter([1.0])
    for _ in range(2):
        (p * 100.0).sum().backward()
    clip_grad_norm_(p, 1.0)
    with pytest.warns(tg.GradientWarning, match="E01"):
        tg.optim.SGD([p], lr=0.1).step()


def test_gradients_of_rows_are_clipped_too() -> None:
    table, dense = nn.Embedding(5, 2, sparse=True), nn.Embedding(5, 2)
    for clip in (lambda p: clip_grad_norm_(p, 1.0), lambda p: clip_grad_value_(p, 1.5)):
        totals = []
        for layer in (table, dense):
            layer.zero_grad()
            layer(np.array([1, 1, 3])).sum().backward()
            totals.append(clip(layer.parameters()))
        np.testing.assert_allclose(table.weight.grad.numpy(), dense.weight.grad.numpy(), rtol=1e-15)
        assert str(totals[0]) == str(totals[1])


def test_norms_that_are_not_finite() -> None:
    p = nn.Parameter([1.0, 1.0])
    p.grad = tg.tensor([math.nan, 1.0])
    with pytest.raises(ValueError, match=r"the norm of the gradients is nan.*smaller learning rate"):
        clip_grad_norm_(p, 1.0, error_if_nonfinite=True)
    assert p.grad.tolist()[1] == 1.0
    assert math.isnan(clip_grad_norm_(p, 1.0).item())
    for function in (clip_grad_norm_, clip_grad_value_):
        with pytest.raises(ValueError, match="=-1 makes no sense"):
            function(p, -1)
        with pytest.raises(TypeError, match=r"not a whole Linear: write model.parameters\(\)"):
            function(nn.Linear(1, 1), 1.0)  # type: ignore[arg-type]


def test_elements_are_cut_off() -> None:
    parameters = pair()
    clip_grad_value_(parameters, 3.5)
    assert parameters[0].grad.tolist() == [3.0, -3.5]
    assert parameters[1].grad.tolist() == [[3.5]]


def test_parameters_as_one_vector_and_back() -> None:
    net = nn.Linear(2, 2)
    vector = parameters_to_vector(net.parameters())
    assert vector.shape == (6,)
    (vector**2).sum().backward()
    np.testing.assert_array_equal(net.weight.grad.numpy(), 2 * net.weight.detach().numpy())
    weight = net.weight
    vector_to_parameters(np.arange(6), net.parameters())
    assert net.weight is weight
    assert net.weight.tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert net.bias.tolist() == [4.0, 5.0]
    assert parameters_to_vector(net.parameters()).tolist() == list(range(6))
    with pytest.raises(ValueError, match=r"have 6 elements, they cannot take a vector of shape \(5,\)"):
        vector_to_parameters(np.zeros(5), net.parameters())
    assert net.bias.tolist() == [4.0, 5.0]
    with pytest.raises(ValueError, match="no parameters; a generator gives them only once"):
        parameters_to_vector([])
