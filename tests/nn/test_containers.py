"""Sequential, ModuleList and ModuleDict behave like Python's own list and dictionary, and refuse what is no module."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.nn import functional as F


def names(module: nn.Module) -> list[str]:
    return [name for name, _ in module.named_modules()][1:]


def test_sequential_hands_on_what_each_module_returns() -> None:
    first, act, last = nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)
    net = nn.Sequential(first, act, last)
    x = tg.randn(4, 2)
    np.testing.assert_array_equal(net(x).data, last(act(first(x))).data)
    assert nn.Sequential()(x) is x
    assert names(net) == ["0", "1", "2"]
    named = nn.Sequential({"hidden": first, "act": act, "out": last})
    np.testing.assert_array_equal(named(x).data, net(x).data)
    assert names(named) == ["hidden", "act", "out"]
    assert named.hidden is first  # type: ignore[attr-defined]
    assert list(named.state_dict())[0] == "hidden.weight"  # noqa: RUF015


def test_sequential_is_a_list() -> None:
    a, b, c, d = nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 2), nn.Tanh()
    net = nn.Sequential(a, b)
    assert len(net) == 2
    assert (net[0], net[-1], list(net)) == (a, b, [a, b])
    assert net.append(c) is net
    net.extend([d])
    assert list(net) == [a, b, c, d]
    part = net[1:3]
    assert isinstance(part, nn.Sequential)
    assert (list(part), names(part)) == ([b, c], ["0", "1"])
    net[1] = d
    assert list(net) == [a, d, c, d]
    del net[0]
    assert (list(net), net[0]) == ([d, c, d], d)
    net.insert(1, b)
    assert list(net) == [d, b, c, d]
    assert net.pop(0) is d
    assert (list(net), list(dict(net.named_children()))) == ([b, c, d], ["0", "1", "2"])
    del net[1:]
    assert list(net) == [b]
    assert b in net
    assert a not in net
    with pytest.raises(IndexError, match="no number 1 among the 1 modules of this Sequential"):
        net[1]
    with pytest.raises(TypeError, match="whole numbers and slices, not 'x'"):
        net["x"]


def test_a_named_sequence_can_be_cut_and_grown() -> None:
    net = nn.Sequential({"a": nn.ReLU(), "b": nn.Tanh(), "c": nn.Sigmoid()}).eval()
    assert names(net[1:]) == ["b", "c"]
    assert not net[1:].training
    net.append(nn.ELU())
    assert names(net) == ["a", "b", "c", "3"]


def test_the_same_layer_may_come_twice() -> None:
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, nn.Tanh(), layer)
    assert len(net) == 3
    assert len(list(net.parameters())) == 2
    x = tg.randn(3, 2)
    np.testing.assert_array_equal(net(x).data, layer(layer(x).tanh()).data)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (nn.ReLU, r"Sequential was given the class ReLU; make an object of it: ReLU\(\)"),
        (F.relu, r"Sequential was given the function relu, .*nn.ReLU\(\) for example"),
        ([nn.ReLU()], r"Sequential was given a list; write Sequential\(\*layers\)"),
        (3, r"Sequential holds modules, not 3"),
        (None, r"Sequential holds modules, not None"),
    ],
)
def test_what_is_no_module_is_refused(item: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        nn.Sequential(item)
    for held in (nn.Sequential(nn.ReLU()), nn.ModuleList([nn.ReLU()])):
        for change in (held.append, lambda x, held=held: held.insert(0, x), lambda x, held=held: held.extend([x])):
            with pytest.raises(TypeError):
                change(item)
        with pytest.raises(TypeError):
            held[0] = item
        assert len(held) == 1
    with pytest.raises(TypeError):
        nn.ModuleDict({"a": item})


def test_a_module_list_is_found_and_used_by_hand() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))

        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
            return x

    net = Net()
    assert [path for path, _ in net.named_parameters()][:3] == ["layers.0.weight", "layers.0.bias", "layers.1.weight"]
    assert len(list(net.parameters())) == 6
    assert net(tg.ones(4, 2)).shape == (4, 2)
    net.layers += [nn.Linear(2, 5)]
    assert isinstance(net.layers, nn.ModuleList)
    assert net(tg.ones(4, 2)).shape == (4, 5)
    assert isinstance(net.layers[:2], nn.ModuleList)
    assert len(net.layers[1:] + nn.ModuleList([nn.ReLU()])) == 4
    assert len(net.layers) == 4
    assert len(nn.ModuleList()) == len(nn.ModuleList(None)) == 0
    with pytest.raises(NotImplementedError, match=r"computes nothing: loop over its modules, or take nn.Sequential"):
        net.layers(1)


def test_a_module_dict_is_a_dictionary() -> None:
    a, b = nn.Linear(1, 1), nn.ReLU()
    modules = nn.ModuleDict({"a": a})
    modules["b"] = b
    assert (list(modules), len(modules), modules["b"]) == (["a", "b"], 2, b)
    assert (list(modules.keys()), list(modules.values()), list(modules.items())) == (
        ["a", "b"],
        [a, b],
        [("a", a), ("b", b)],
    )
    assert "a" in modules
    assert "training" not in modules
    assert [path for path, _ in modules.named_parameters()] == ["a.weight", "a.bias"]
    modules.update([("a", b), ("c", a)])
    assert modules["a"] is b
    assert modules.pop("a") is b
    del modules["b"]
    assert list(modules) == ["c"]
    modules.clear()
    assert len(modules) == 0
    with pytest.raises(KeyError, match="there is no module 'x'; there are none"):
        modules["x"]
    for wrong in ("", "a.b", "items", "training", "forward"):
        with pytest.raises(KeyError):
            modules[wrong] = a
    with pytest.raises(NotImplementedError, match="call one of its modules"):
        modules(1)


def test_sequences_are_added_and_those_that_were_added_stay() -> None:
    first, second = nn.Sequential(nn.Linear(2, 3), nn.Tanh()), nn.Sequential(nn.Linear(3, 1))
    joined = first + second
    assert isinstance(joined, nn.Sequential)
    assert (len(first), len(second), len(joined)) == (2, 1, 3)
    assert joined[2] is second[0]
    assert joined(np.ones((1, 2))).shape == (1, 1)
    first += [nn.ReLU()]
    assert [type(module).__name__ for module in first] == ["Linear", "Tanh", "ReLU"]
    layers = nn.ModuleList(second)
    assert list((layers + nn.ModuleList([first])).state_dict()) == ["0.weight", "0.bias", "1.0.weight", "1.0.bias"]
