"""A layer is one operation while it computes and several steps on the blackboard; nothing else changes."""

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.graph import newest_first
from tinygrad_vn.lecture.computation.steps import step_by_step
from tinygrad_vn.nn import functional as F

RNG = np.random.default_rng(0)
INPUTS = {"rows": (4, 3), "one row": (3,), "stack": (2, 4, 3), "none": (0, 3)}


def names(result):
    return [node.primitive.name for node in newest_first([result._node])][::-1]


def layers(dtype=np.float64, bias=True):
    tg.manual_seed(1)
    return nn.Sequential(nn.Linear(3, 5, bias=bias, dtype=dtype), nn.Tanh(), nn.Linear(5, 2, bias=bias, dtype=dtype))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", INPUTS.values(), ids=INPUTS)
def test_values_and_gradients_stay_the_same(shape, dtype, bias):
    values = RNG.standard_normal(shape)

    def found(is_drawn):
        model, x = layers(dtype, bias), tg.tensor(values, dtype=dtype, requires_grad=True)
        loss = (model(x) ** 2).sum()
        assert names(loss) == ["linear", "tanh", "linear", "square", "sum"]
        if is_drawn:
            orders = [node.order for node in step_by_step([loss._node])]
            assert orders == sorted(set(orders), reverse=True)
            assert [names(loss).count(name) for name in ("linear", "matmul", "add")] == [0, 2, 2 * bias]
        loss.backward()
        return [loss.item(), x.grad.numpy(), *(p.grad.numpy() for p in model.parameters())]

    for whole, steps in zip(found(False), found(True), strict=True):
        if len(shape) == 3:  # a stack of matrices is multiplied one by one, or all rows at once
            np.testing.assert_allclose(whole, steps, rtol=1e-5 if dtype == np.float32 else 1e-12)
        else:
            np.testing.assert_array_equal(whole, steps, strict=True)


def test_a_drawing_shows_the_steps_before_and_after_the_pass():
    model, x = layers(), tg.tensor(RNG.standard_normal((4, 3)))
    loss = F.mse_loss(model(x), np.zeros((4, 2)))
    before = tg.draw(loss).graph
    loss.backward()
    after = tg.draw(loss).graph
    assert {model[0].weight.grad.shape, model[2].weight.grad.shape} == {(5, 3), (2, 5)}
    for graph in (before, after):
        assert [operation.kind for operation in graph.operations][:5] == ["matmul", "add", "tanh", "matmul", "add"]
        by_name = {operation.name: graph.by_id[operation.result].value for operation in graph.operations}
        np.testing.assert_array_equal(by_name["matmul_2"], x.numpy() @ model[0].weight.data.T)


def test_a_large_graph_whose_values_are_gone_still_shows_its_steps():
    model = nn.Linear(300, 300)
    loss = model(np.ones((300, 300))).sum()
    loss.backward()
    assert [operation.kind for operation in tg.draw(loss).graph.operations] == ["matmul", "add", "sum"]


def test_second_derivatives_go_through_a_graph_that_was_drawn():
    model, x = layers(), tg.tensor(RNG.standard_normal((4, 3)), requires_grad=True)

    def penalty(is_drawn):
        (slope,) = tg.grad(model(x).sum(), [x], create_graph=True)
        size = (slope**2).sum()
        if is_drawn:
            tg.draw(size)
        return tg.grad(size, list(model.parameters()), allow_unused=True)

    for plain, drawn in zip(penalty(False), penalty(True), strict=True):
        assert (plain is None) == (drawn is None)
        assert plain is None or np.array_equal(plain.numpy(), drawn.numpy())


@pytest.mark.parametrize("frozen", [["weight", "bias"], ["weight"], ["bias"]], ids=str)
def test_parameters_that_are_frozen_before_or_after(frozen):
    """What was required when the layer computed is what counts, in the drawing and in the pass after it."""
    x = tg.tensor(RNG.standard_normal((4, 3)))
    gradients = []
    for is_drawn in (False, True):
        before, after = layers(), layers()
        for model in (before, after):
            if model is before:
                for name in frozen:
                    getattr(model[0], name).requires_grad_(False)
            loss = (model(x) ** 2).sum()
            if model is after:
                for name in frozen:
                    getattr(model[0], name).requires_grad_(False)
            if is_drawn:
                kinds = [operation.kind for operation in tg.draw(loss).graph.operations]
                assert kinds[-4:] == ["matmul", "add", "square", "sum"]
            loss.backward()
            gradients.append([None if p.grad is None else p.grad.tolist() for p in model.parameters()])
    assert gradients[0] == gradients[2]
    assert gradients[1] == gradients[3]


def test_a_model_that_is_frozen_once_it_has_computed_can_be_drawn():
    model = layers()
    loss = (model(RNG.standard_normal((4, 3))) ** 2).sum()
    model.requires_grad_(False)
    assert [operation.kind for operation in tg.draw(loss).graph.operations].count("matmul") == 2
