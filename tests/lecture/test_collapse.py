"""Large computations and models: what is folded, that nothing is lost, and that nothing takes long or goes deep."""

import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.conftest import ROOT
from tinygrad_vn import nn
from tinygrad_vn.lecture import draw


def chain(operations):
    y = w = tg.tensor(1.0, requires_grad=True, name="w")
    for _ in range(operations // 2):
        y = y * 0.999 + w
    return y


def tangle(operations, seed):
    """A computation without any order that could be guessed."""
    rng = np.random.default_rng(seed)
    tensors = [tg.tensor(float(i), requires_grad=bool(i % 2)) for i in range(40)]
    for _ in range(operations):
        a, b = (tensors[int(i)] for i in rng.integers(max(len(tensors) - 60, 0), len(tensors), size=2))
        tensors.append([a + b, a * 0.5, np.tanh(b), a * b * 0.01][int(rng.integers(4))])
    return sum(tensors[-5:], 0.0)


def is_acyclic(graph):
    before = {}
    for arrow in graph.arrows:
        before.setdefault(arrow.target, set()).add(arrow.source)
    TopologicalSorter(before).prepare()  # an error where there is a circle
    return True


def is_complete(graph):
    """Every box and circle of the whole is drawn or in one group, and every arrow is drawn, in a group, or counted."""
    whole = graph.whole
    drawn = {part.id for part in (*graph.variables, *graph.operations)}
    inside = [part for group in graph.groups for part in group.members]
    assert sorted([*drawn, *inside]) == sorted(part.id for part in (*whole.variables, *whole.operations))
    ends = [(graph.place.get(a.source, a.source), graph.place.get(a.target, a.target)) for a in whole.arrows]
    between = Counter(end for end in ends if end[0] != end[1])
    assert between == Counter({(a.source, a.target): 0 for a in graph.arrows}) + sum(
        (Counter({(a.source, a.target): a.count}) for a in graph.arrows), Counter()
    )
    return True


def test_a_small_computation_is_left_alone():
    graph = draw(chain(50)).graph
    assert graph.groups == []
    assert len(graph.operations) == 50


@pytest.mark.parametrize("most", [10, 40, 150])
def test_a_large_one_has_room_and_keeps_its_ends(most):
    graph = draw(chain(1000), max_nodes=most).graph
    assert len(graph) <= most
    assert is_acyclic(graph)
    assert is_complete(graph)
    shown = [operation.id for operation in graph.operations]
    if most == 150:
        assert shown[:2] == ["op1", "op2"]
        assert shown[-2:] == ["op999", "op1000"]
        assert sum(sum(group.operations.values()) for group in graph.groups) + len(shown) == 1000


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_computed_folding_makes_no_circle_and_loses_nothing(seed):
    graph = draw(tangle(400, seed), max_nodes=int(np.random.default_rng(seed).integers(10, 150))).graph
    assert graph.groups
    assert is_acyclic(graph)
    assert is_complete(graph)


def test_there_is_never_more_than_what_has_room():
    leaves = [tg.tensor([float(i)], requires_grad=True) for i in range(2000)]
    many = [draw(np.concatenate(leaves).sum(), max_nodes=50), draw(leaves, max_nodes=50)]
    many.append(draw([leaf * 2.0 for leaf in leaves], max_nodes=50))
    for drawing in many:
        assert len(drawing.graph) <= 50
        assert is_acyclic(drawing.graph)
    (group,) = [group for group in many[0].graph.groups if group.leaves]
    assert group.leaves["parameter"] + sum(v.role == "parameter" for v in many[0].graph.variables) == 2000
    assert f"parameters: {group.leaves['parameter']}<" in many[0].source


def test_arrows_between_the_same_two_are_one_and_say_how_many_they_are():
    drawing = draw(chain(1000))
    counts = [arrow.count for arrow in drawing.graph.arrows if arrow.source == "v1" and arrow.count > 1]
    assert f" ×{counts[0]}</FONT>" in drawing.source
    assert sum(arrow.count for arrow in drawing.graph.arrows if arrow.source == "v1") == 501


def test_ten_thousand_operations_are_drawn_in_two_seconds(graphviz):
    """Of the processor's time, in a process that nobody counts lines in."""
    program = """
import time
from tests.lecture.test_collapse import chain
from tinygrad_vn.lecture import draw
y = chain(10_000)
start = time.process_time()
content = draw(y).pipe("svg")
print(content.startswith(b"<svg"), time.process_time() - start)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    is_picture, seconds = done.stdout.split()
    assert is_picture == "True"
    assert float(seconds) < 2.0


def test_the_full_text_grows_as_the_computation_does_and_nothing_recurses():
    assert draw(chain(30_000), collapse=False).source.count(" -> ") == 4 * 15_000 + 30_000
    assert len(draw(chain(30_000)).graph) <= 150


@pytest.mark.parametrize("most", [20, 60, 150])
def test_a_loop_is_folded_in_whole_repeats(most):
    y = w = tg.tensor(1.0, requires_grad=True, name="w")
    for _ in range(200):
        y = np.tanh(y * 0.9 + w)
    graph = draw(y, max_nodes=most).graph
    assert len(graph) <= most
    assert is_complete(graph)
    loops = [group for group in graph.groups if group.operations]
    assert loops
    for group in loops:
        assert dict(group.operations) == {"×": group.times, "+": group.times, "tanh": group.times}
    shown = [operation.sign for operation in graph.operations]
    assert shown == ["×", "+", "tanh"] * (len(shown) // 3)


def test_everything_folded_on_request():
    graph = draw(chain(40), collapse=True).graph
    assert graph.groups
    assert is_complete(graph)


# --- models -----------------------------------------------------------------------------------------------------


class Block(nn.Module):
    def __init__(self):
        self.inner = nn.Sequential(nn.Linear(3, 3), nn.Tanh())

    def forward(self, x):
        return x + self.inner(x)


class Counting(nn.Module):
    def __init__(self):
        self.linear, self.norm, self.drop = nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        self.last = self.drop(self.norm(self.linear(x)))
        return self.last


def net():
    tg.manual_seed(1)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))


def test_layers_are_frames(graphviz):
    x = tg.tensor([[1.0, 2.0]])
    drawing = draw(net(), inputs=x)
    assert [scope.label for scope in drawing.graph.scopes] == ["0 · Linear(2, 3)", "1 · Tanh()", "2 · Linear(3, 1)"]
    homes = {drawing.graph.by_id[part].name: home for part, home in drawing.graph.homes.items() if part[0] == "v"}
    assert homes["0.weight"] == homes["0.bias"] == "s1"
    assert homes["2.weight"] == "s3"
    assert "x" not in homes
    circles = Counter(drawing.graph.homes[operation.id] for operation in drawing.graph.operations)
    assert circles == {"s1": 2, "s2": 1, "s3": 2}  # @ᵀ, +
    assert drawing.source.count("subgraph ") == 3
    assert "<title>0 · Linear(2, 3)\nlayer</title>" in drawing.pipe("svg").decode()


def test_a_model_is_left_as_it_was():
    model = Counting()
    x = tg.tensor(np.random.default_rng(0).normal(size=(4, 3)), requires_grad=True)
    before = {key: value.numpy().copy() for key, value in model.state_dict().items()}
    held = {name: dict(vars(module)) for name, module in model.named_modules()}
    chance, numpys = tg.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    drawing = draw(model, inputs=x)
    assert any(operation.order for operation in drawing.graph.operations)
    assert all(np.array_equal(before[key], value.numpy()) for key, value in model.state_dict().items())
    assert {name: dict(vars(module)) for name, module in model.named_modules()} == held
    assert model.calls == 0
    assert tg.get_rng_state() == chance
    assert (np.random.get_state()[1] == numpys).all()  # noqa: NPY002
    assert x.grad is None
    assert all(parameter.grad is None for parameter in model.parameters())
    assert model.training


def test_a_model_that_fails_is_left_as_it_was_too():
    model = Counting()
    held = {name: dict(vars(module)) for name, module in model.named_modules()}
    with pytest.raises(ValueError, match="features"):
        draw(model, inputs=np.ones((4, 5)))
    assert {name: dict(vars(module)) for name, module in model.named_modules()} == held


def test_deeper_layers_are_one_box_each():
    model = nn.Sequential(Block(), nn.Linear(3, 1))
    x = np.ones((1, 3))
    shallow = draw(model, inputs=x, depth=1).graph
    assert [group.label for group in shallow.groups] == ["0 · Block()", "1 · Linear(3, 1)"]
    assert shallow.groups[1].leaves == {"parameter": 2}
    assert shallow.scopes == []
    middle = draw(model, inputs=x, depth=2).graph
    assert [group.label for group in middle.groups] == ["0.inner · Sequential()"]
    assert [scope.label for scope in middle.scopes] == ["0 · Block()", "1 · Linear(3, 1)"]
    for graph in (shallow, middle):
        assert is_acyclic(graph)
        assert is_complete(graph)
        assert "input" in {variable.name for variable in graph.variables}  # stays in sight
    assert len(draw(model, inputs=x, depth=0).graph) == 3


def test_equal_layers_are_folded_and_unfolded():
    tg.manual_seed(0)
    repeated = [layer for _ in range(12) for layer in (nn.Linear(4, 4), nn.Tanh())]
    model = nn.Sequential(nn.Linear(2, 4), *repeated, nn.Linear(4, 1))
    x = tg.tensor([[1.0, 2.0]])
    drawing = draw(model, inputs=x)
    (group,) = drawing.graph.groups
    assert group.label == "1 … 24 · Linear(4, 4), Tanh()"
    assert group.times == 12
    assert group.operations == {"@ᵀ": 12, "+": 12, "tanh": 12}
    assert ">×12</FONT>" in drawing.source
    assert is_complete(drawing.graph)
    unfolded = draw(model, inputs=x, collapse=False).graph
    assert unfolded.groups == []
    assert len(unfolded.scopes) == 26


def test_a_large_model_is_folded_by_layers():
    tg.manual_seed(0)
    model = nn.Sequential(*[nn.Linear(i + 1, i + 2) for i in range(40)])
    graph = draw(model, inputs=np.ones((1, 1))).graph
    assert [group.label for group in graph.groups][:2] == ["0 · Linear(1, 2)", "1 · Linear(2, 3)"]
    assert len(graph.groups) == 40
    assert len(draw(model, inputs=np.ones((1, 1)), max_nodes=20).graph) <= 20


def test_a_model_needs_inputs_and_a_tensor_none():
    with pytest.raises(TypeError, match="inputs=x"):
        draw(net())
    with pytest.raises(TypeError, match="is for a model"):
        draw(tg.tensor(1.0), inputs=1)


def test_a_layer_used_twice_has_two_frames():
    layer = nn.Linear(2, 2)
    graph = draw(nn.Sequential(layer, nn.Tanh(), layer), inputs=np.ones((1, 2))).graph
    assert len(graph.scopes) == 3
    weight = next(variable for variable in graph.variables if variable.name == "0.weight")
    assert weight.id not in graph.homes  # it belongs to both
