"""From Tensors to boxes, circles and arrows: nothing missing, nothing invented, the gradients right."""

from collections import Counter

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.graph import newest_first
from tinygrad_vn.lecture.computation.recorded import graph_of, setting_text


def leaf(value, name=None):
    return tg.tensor(value, requires_grad=True, name=name)


def by_name(graph):
    return {variable.name: variable for variable in graph.variables}


def test_a_value_used_twice_has_two_arrows():
    x = leaf(3.0)
    graph = graph_of([x * x])
    assert [(arrow.source, arrow.target) for arrow in graph.arrows] == [("v1", "op1"), ("v1", "op1"), ("op1", "v2")]


def test_boxes_circles_and_arrows_are_those_of_the_recorded_graph():
    rng = np.random.default_rng(1)
    tensors = [leaf(rng.normal(size=(3, 3))) for _ in range(4)]
    for _ in range(30):
        a, b = (tensors[int(i)] for i in rng.integers(len(tensors), size=2))
        tensors.append([a + b, a * b, a @ b, np.tanh(a)][int(rng.integers(4))])
    loss = sum(tensors[-5:], 0.0).sum()
    nodes = newest_first([loss._node])
    graph = graph_of([loss])
    leaves = {source for node in nodes for source in node.inputs if source is not None} - set(nodes)
    arguments = [pair for node in nodes for pair in zip(node.inputs, node.primitive.rules, strict=True)]
    bare = sum(source is None and rule is not None for source, rule in arguments)
    assert len(graph.operations) == len(nodes)
    assert Counter(operation.sign for operation in graph.operations) == Counter(node.primitive.sign for node in nodes)
    assert len(graph.variables) == len(nodes) + len(leaves) + bare
    inputs = sum(source is not None for source, _ in arguments)
    assert len(graph.arrows) == len(nodes) + inputs + bare
    ids = {variable.id for variable in graph.variables} | {operation.id for operation in graph.operations}
    assert len(ids) == len(graph)
    assert {end for arrow in graph.arrows for end in (arrow.source, arrow.target)} <= ids


def test_roles():
    w, x, b = leaf(2.0, "w"), tg.tensor(3.0, name="x"), np.array([1.0, 2.0])
    graph = graph_of([((w * x + b) ** 3).sum()])
    assert [(v.name, v.role) for v in graph.variables] == [
        ("w", "parameter"),
        ("x", "input"),
        ("mul_1", "intermediate"),
        ("c1", "constant"),
        ("add_2", "intermediate"),
        (None, "constant"),
        ("pow_3", "intermediate"),
        ("L", "loss"),
    ]
    assert [v.has_gradient for v in graph.variables] == [True, False, True, False, True, False, True, True]


def test_automatic_names_are_deterministic_and_never_repeat_a_chosen_one():
    def names():
        w, x = leaf(1.0), tg.tensor(1.0)
        named = leaf(1.0, "mul_1")
        return [variable.name for variable in graph_of([w * x + named]).variables]

    assert names() == names() == ["w1", "x1", "mul_1′", "mul_1", "L"]


def test_names_given_to_draw_take_precedence():
    w, x = leaf(2.0, "w"), tg.tensor(3.0)
    y = w * x
    graph = graph_of([y], names=[("trọng số", w), ("x", x), ("ŷ", y), ("elsewhere", tg.tensor(1.0))])
    assert [variable.name for variable in graph.variables] == ["trọng số", "x", "ŷ"]


def test_gradients_of_all_nodes_and_nobodys_grad_is_touched():
    w, x = leaf([1.0, 2.0], "w"), tg.tensor([3.0, -1.0], name="x")
    h = np.tanh(w * x)
    loss = (h * h).sum()
    shown = by_name(graph_of([loss]))
    assert w.grad is None
    wanted = tg.grad(loss, [w, h], retain_graph=True)
    np.testing.assert_allclose(shown["w"].gradient, wanted[0].numpy())
    np.testing.assert_allclose(shown["tanh_2"].gradient, wanted[1].numpy())
    assert shown["L"].gradient == 1.0
    assert shown["x"].gradient is None
    loss.backward()  # the graph is as usable as before
    np.testing.assert_array_equal(w.grad.numpy(), wanted[0].numpy())


def test_after_backward_the_same_numbers_are_shown_whatever_was_added_to_grad():
    w = leaf(3.0, "w")
    loss = np.exp(w * 2.0) * w
    before = by_name(graph_of([loss]))
    loss.backward(retain_graph=True)
    loss.backward()
    with tg.no_grad():
        w -= 1.0
    after = by_name(graph_of([loss]))
    assert {name: (v.value, v.gradient) for name, v in after.items()} == {
        name: (v.value, v.gradient) for name, v in before.items()
    }
    assert w.grad.item() == pytest.approx(2 * float(after["w"].gradient))


def test_where_backward_has_released_the_values_only_grad_is_left():
    w = leaf(np.ones((400, 400)), "w")
    h = w * 2.0
    h.name = "h"
    h.retain_grad()
    squares = h * h
    loss = squares.sum()
    loss.backward()
    shown = by_name(graph_of([loss]))
    np.testing.assert_array_equal(shown["w"].gradient, w.grad.numpy())
    np.testing.assert_array_equal(shown["h"].gradient, h.grad.numpy())
    assert shown["mul_2"].gradient is None
    assert shown["mul_2"].value is None
    assert shown["L"].value == loss.item()


def test_a_large_value_that_no_rule_reads_is_known_by_its_shape():
    w = leaf(np.ones((200, 100)), "w")
    loss = (w + 1.0).sum()
    shown = by_name(graph_of([loss]))
    assert shown["add_1"].value is None
    assert shown["add_1"].shape == (200, 100)
    assert shown["add_1"].gradient.shape == (200, 100)


def test_several_results_and_vectors_show_what_stands_in_grad():
    w = leaf([1.0, 2.0], "w")
    y = w * 3.0
    assert by_name(graph_of([y]))["w"].gradient is None
    y.backward([1.0, 1.0])
    assert by_name(graph_of([y]))["w"].gradient.tolist() == [3.0, 3.0]
    v = leaf(1.0, "v")
    shown = by_name(graph_of([v * 2.0, v * 3.0]))
    assert shown["L1"].role == shown["L2"].role == "loss"
    assert shown["v"].gradient is None


def test_a_tensor_that_became_a_parameter_later_is_a_constant_of_earlier_results():
    w, x = leaf(2.0, "w"), tg.tensor(3.0, name="x")
    loss = w * x
    x.requires_grad_()
    assert by_name(graph_of([loss]))["x"].gradient is None


def test_leaves_alone():
    graph = graph_of([tg.tensor(1.0), leaf(2.0)])
    assert [(variable.name, variable.role, float(variable.value)) for variable in graph.variables] == [
        ("x1", "input", 1.0),
        ("w1", "parameter", 2.0),
    ]


def test_operations_with_several_results():
    A = leaf([[2.0, 0.0], [0.0, 1.0]], "A")
    values, vectors = np.linalg.eigh(A)
    graph = graph_of([(values**2).sum() + (vectors * 0.0).sum()])
    eigh = [operation.id for operation in graph.operations if operation.sign == "eigh"]
    assert len(eigh) == 1
    assert sum(arrow.source == eigh[0] for arrow in graph.arrows) == 2
    np.testing.assert_allclose(by_name(graph)["A"].gradient, [[4.0, 0.0], [0.0, 2.0]], atol=1e-12)


def test_settings_stand_in_the_circle():
    U = leaf(np.ones((4, 3)))
    loss = U[1:3, 0].sum() + U.sum(axis=0)[-1] + U[np.array([0, 0, 1])].sum()
    operations = {operation.sign for operation in graph_of([loss]).operations}
    assert {"[1:3, 0]", "[−1]", "[ ]"} <= operations
    assert any(operation.settings == "axis=0" for operation in graph_of([loss]).operations)


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (3, "3"),
        ((2, -1), "(2, −1)"),
        (slice(None, None, 2), "::2"),
        ((Ellipsis, None), "…, None"),
        ("ij,jk->ik", "ij,jk->ik"),
    ],
)
def test_a_setting_as_one_writes_it(setting, text):
    assert setting_text(setting) == text


def test_long_graphs_take_no_recursion():
    y = w = leaf(1.0)
    for _ in range(20_000):
        y = y * 0.5 + w
    graph = graph_of([y])
    assert len(graph.operations) == 40_000
