"""Modules: what belongs to them is found, in order and once; what would be overlooked is an error; states move."""

import copy
import gc
import importlib
import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn, optim

pickle: Any = importlib.import_module("pickle")  # for processes, never for files


class Net(nn.Module):
    """Parameters, buffers and modules in mixed order; `super().__init__()` as PyTorch programs call it."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter([2.0, 3.0])
        self.first = nn.Linear(2, 3)
        self.count = nn.Buffer(7)
        self.act = nn.Tanh()
        self.second = nn.Linear(3, 1, bias=False)
        self.shift = nn.Parameter(0.5)
        self.settings = {"names": ["a", "b"], "rate": 0.1}

    def forward(self, x: Any) -> Any:
        return self.second(self.act(self.first(x * self.scale))) + self.shift


PATHS = ["scale", "shift", "first.weight", "first.bias", "second.weight"]


# --- what belongs to it -----------------------------------------------------------------------------------------------


def test_parameters_come_in_the_order_of_definition_those_of_the_module_itself_first() -> None:
    net = Net()
    assert [path for path, _ in net.named_parameters()] == PATHS
    assert [p.shape for p in net.parameters()] == [(2,), (), (3, 2), (3,), (1, 3)]
    assert [path for path, _ in net.named_parameters("net")][2] == "net.first.weight"
    assert [path for path, _ in net.named_parameters(recurse=False)] == ["scale", "shift"]
    assert [path for path, _ in net.named_buffers()] == ["count"]
    assert [name for name, _ in net.named_children()] == ["first", "act", "second"]
    assert list(net.children()) == [net.first, net.act, net.second]
    assert [path for path, _ in net.named_modules()] == ["", "first", "act", "second"]
    assert next(iter(net.modules())) is net
    assert net.get_submodule("") is net
    assert nn.Sequential(net).get_submodule("0.second") is net.second
    with pytest.raises(AttributeError, match=r"Net has no module 'third' \(of '0.third'\), but first, act, second"):
        nn.Sequential(net).get_submodule("0.third")


def test_a_typo_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="wieght"):
        _ = nn.Linear(2, 2).wieght  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        Net().frist(1)  # type: ignore[attr-defined]


def test_what_is_used_twice_is_found_once_and_saved_twice() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            self.encoder = nn.Linear(3, 3, bias=False)
            self.decoder = nn.Linear(3, 3)
            self.decoder.weight = self.encoder.weight
            self.again = self.encoder

        def forward(self, x: Any) -> Any:
            return self.again(self.decoder(self.encoder(x)))

    model = Tied()
    assert [path for path, _ in model.named_parameters()] == ["encoder.weight", "decoder.bias"]
    assert [path for path, _ in model.named_modules()] == ["", "encoder", "decoder"]
    assert [name for name, _ in model.named_children()] == ["encoder", "decoder"]
    assert list(model.state_dict()) == ["encoder.weight", "decoder.weight", "decoder.bias", "again.weight"]
    assert tg.check_module(model, tg.randn(2, 3, requires_grad=True, rng=np.random.default_rng(0)))
    optim.SGD(model.parameters(), lr=0.1)  # which refuses a parameter given twice
    twin = copy.deepcopy(model)
    assert twin.decoder.weight is twin.encoder.weight is twin.again.weight
    assert twin.encoder.weight is not model.encoder.weight
    state = model.state_dict()
    state["again.weight"] = state["again.weight"] + 1
    with pytest.raises(ValueError, match=r"'encoder.weight' and 'again.weight' are one parameter here, but differ"):
        model.load_state_dict(state)


def test_a_diamond_of_modules_is_walked_in_linear_time() -> None:
    module: nn.Module = nn.Linear(1, 1)
    for _ in range(200):  # two ways at every floor: 2²⁰⁰ paths
        module = nn.Sequential(module, module)
    assert len(list(module.modules())) == 201
    assert len(list(module.parameters())) == 2
    assert len(list(module.eval().apply(lambda m: None).modules())) == 201
    assert not next(iter(module.modules())).training
    text = repr(module)
    assert text.count("Linear(") == 1
    assert text.count("Sequential, the same as (0)") == 199


def test_a_child_that_knows_its_parent() -> None:
    class Child(nn.Module):
        def __init__(self, parent: nn.Module) -> None:
            self.parent = parent
            self.w = nn.Parameter([1.0])

    parent = nn.Module()
    parent.child = Child(parent)
    assert [path for path, _ in parent.named_parameters()] == ["child.w"]
    assert list(parent.state_dict()) == ["child.w"]
    assert parent.train(False).child.training is False
    visited: list[nn.Module] = []
    parent.apply(visited.append)
    assert visited == [parent.child, parent]
    assert "…" in repr(parent)
    assert copy.deepcopy(parent).child.w.tolist() == [1.0]


def test_a_module_dies_with_its_last_reference() -> None:
    gc.disable()
    try:
        net = Net()
        net(tg.randn(4, 2)).sum().backward()
        gone = weakref.ref(net.first.weight)
        del net
        assert gone() is None
    finally:
        gc.enable()


# --- what would be overlooked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            lambda: [nn.Linear(1, 1)],
            r"the modules in Module.part would not be trained: .* plain list; .* nn.ModuleList",
        ),
        (lambda: (nn.Linear(1, 1),), r"plain tuple; write nn.ModuleList"),
        (lambda: {"a": nn.Linear(1, 1)}, r"plain dict; write nn.ModuleDict"),
        (lambda: [[None, {"deep": nn.ReLU()}]], r"the modules in Module.part"),
        (lambda: {nn.ReLU()}, r"plain set"),
        (lambda: [nn.Parameter([1.0])], r"the parameters in Module.part would not be trained.*self.weight ="),
        (lambda: [tg.ones(2, requires_grad=True)], r"the parameters in Module.part"),
        (lambda: tg.ones(2, requires_grad=True), r"Module.part requires grad but is no parameter; write nn.Parameter"),
    ],
)
def test_what_sits_where_nobody_looks_is_an_error(value: Any, message: str) -> None:
    module = nn.Module()
    module.part = value()
    outer = nn.Sequential(module)
    for question in (outer.parameters, outer.state_dict, outer.requires_grad_, outer.zero_grad):
        with pytest.raises(TypeError, match=message):
            list(question() or ())
    assert repr(outer)  # a repr never fails


def test_dropout_in_a_plain_list_would_go_on_dropping() -> None:
    module = nn.Module()
    module.layers = [nn.Dropout()]
    with pytest.raises(TypeError, match=r"write nn.ModuleList"):
        module.eval()


def test_lists_of_what_is_found_anyway_are_no_error() -> None:
    net = Net()
    net.layers = [net.first, net.act]
    net.by_name = dict(net.first.named_parameters())
    net.sample, net.history, net.act_function = tg.ones(2), [1.0] * 5000, [np.tanh, "tanh"]
    assert len(list(net.parameters())) == 5
    net.cached = net(tg.randn(3, 2, requires_grad=True))  # a result kept for later
    net.cached_input = tg.ones(2) * 1
    assert len(list(net.parameters())) == 5


def test_parameters_that_would_be_lost_at_once() -> None:
    module = nn.Module()
    module.weight = nn.Parameter([1.0])
    with pytest.raises(TypeError, match=r"with tg.no_grad\(\): model.weight -= …"):
        module.weight = module.weight - 0.1
    with pytest.raises(TypeError, match="is a parameter, it cannot become ndarray"):
        module.weight = np.ones(1)
    with pytest.raises(TypeError, match=r"nn.Parameter\(0.1 \* tg.randn\(…\)\)"):
        module.other = 0.1 * nn.Parameter([1.0, 2.0])
    module.twice = module.weight * 2  # its parameter is there
    with pytest.raises(
        TypeError, match=r"in the class, where it would not be trained; set it in __init__: `self.w = …`"
    ):
        type("Shared", (nn.Module,), {"w": nn.Parameter([1.0])})
    module.layer = nn.Linear(1, 1)
    with pytest.raises(TypeError, match="is a module, it cannot become function"):
        module.layer = lambda x: x
    with pytest.raises(AttributeError, match="every Module has a 'parameters'; choose another name"):
        module.parameters = nn.Parameter([1.0])
    module.weight = module.layer = None
    assert list(module.parameters()) == []


def test_a_parameter_is_changed_under_no_grad() -> None:
    module = nn.Linear(2, 1)
    before = module.weight.detach().numpy().copy()
    module(np.ones((3, 2))).sum().backward()
    with tg.no_grad():
        for parameter in module.parameters():
            parameter -= 0.1 * parameter.grad
        module.weight -= 1.0
    np.testing.assert_allclose(module.weight.detach().numpy(), before - 0.3 - 1.0)
    assert isinstance(module.weight, nn.Parameter)


# --- PyTorch's ways ---------------------------------------------------------------------------------------------------


def test_registering_in_pytorchs_words() -> None:
    class Old(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_parameter("w", nn.Parameter(tg.ones(2)))
            self.register_parameter("none", None)
            self.register_buffer("mean", tg.zeros(2))
            self.register_buffer("mask", np.array([1, 0]), persistent=False)
            self.add_module("layer", nn.Linear(2, 2))
            self.register_module("act", nn.ReLU())

    module = Old()
    assert [path for path, _ in module.named_parameters()] == ["w", "layer.weight", "layer.bias"]
    assert list(module.state_dict()) == ["w", "mean", "layer.weight", "layer.bias"]
    module.mean = 0.9 * module.mean + 0.1 * tg.ones(2, requires_grad=True)  # as PyTorch programs update it
    assert isinstance(module.mean, nn.Buffer)
    assert not module.mean.requires_grad
    assert module.state_dict()["mean"].tolist() == [0.1, 0.1]
    module.mean *= 2
    assert module.state_dict()["mean"].tolist() == [0.2, 0.2]
    for wrong in ("", "a.b", "train", "settings"):
        module.settings = 1
        with pytest.raises(KeyError):
            module.add_module(wrong, nn.ReLU())
    with pytest.raises(TypeError, match=r"add_module\('x', …\) takes a module"):
        module.add_module("x", nn.ReLU)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"takes an nn.Parameter, not Tensor"):
        module.register_parameter("x", tg.ones(1))  # type: ignore[arg-type]


def test_gradients_are_forgotten_or_set_to_zeros() -> None:
    net = Net()
    for _ in range(2):
        net(tg.ones(4, 2)).sum().backward()
        assert net.shift.grad.item() == 4.0
        net.zero_grad(set_to_none=False)
        assert [p.grad.tolist() for p in net.parameters()] == [np.zeros(p.shape).tolist() for p in net.parameters()]
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    net.zero_grad(set_to_none=False)
    assert all(p.grad is None for p in net.parameters())


def test_freezing() -> None:
    net = Net()
    assert net.first.requires_grad_(False) is net.first
    net(tg.ones(4, 2)).sum().backward()
    assert [path for path, p in net.named_parameters() if p.grad is None] == ["first.weight", "first.bias"]
    net.requires_grad_()
    assert all(p.requires_grad for p in net.parameters())
    frozen = nn.Parameter([1.0], requires_grad=False)
    assert not frozen.requires_grad
    with pytest.raises(tg.DtypeError, match="E03"):
        nn.Parameter([1, 2])


def test_modes_reach_every_module() -> None:
    net = nn.Sequential(Net(), nn.Dropout())
    assert all(m.training for m in net.modules())
    assert net.eval() is net
    assert not any(m.training for m in net.modules())
    assert all(m.training for m in net.train().modules())


def test_apply_goes_from_the_inside_out() -> None:
    net = Net()
    visited: list[nn.Module] = []
    assert net.apply(visited.append) is net
    assert visited == [net.first, net.act, net.second, net]

    def zeros(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.weight)

    assert not net.apply(zeros).first.weight.data.any()


def test_dtypes_change_in_place_and_float32_stays_throughout() -> None:
    net = Net()
    parameters = list(net.parameters())
    net(tg.ones(4, 2)).sum().backward()
    assert net.float() is net
    assert all(p.dtype == p.grad.dtype == np.float32 for p in net.parameters())
    assert all(p is q for p, q in zip(net.parameters(), parameters, strict=True))
    assert net.count.dtype == np.int64
    for x in (np.ones((4, 2)), tg.ones(4, 2), [[1, 2]], tg.ones(4, 2, dtype=tg.float32)):
        net.zero_grad()
        y = net.first(x)
        y.sum().backward()
        assert y.dtype == net.first.weight.grad.dtype == np.float32
    assert net.double().first.weight.dtype == np.float64
    assert net.to("cpu") is net.to(tg.float64) is net
    with pytest.raises(ValueError, match="no device 'cuda:0' here"):
        net.to("cuda:0")
    with pytest.raises(ValueError, match="made of real numbers, not int64"):
        net.to(np.int64)


def test_forward_is_asked_for() -> None:
    with pytest.raises(NotImplementedError, match=r"Module has no forward\(\): define"):
        nn.Module()(1)


# --- its state --------------------------------------------------------------------------------------------------------


def test_a_state_is_a_picture_of_the_moment() -> None:
    net = Net()
    state = net.state_dict()
    assert list(state) == ["scale", "count", "shift", "first.weight", "first.bias", "second.weight"]
    assert not any(value.requires_grad for value in state.values())
    before = {key: value.numpy().copy() for key, value in state.items()}
    net(tg.ones(4, 2)).sum().backward()
    optim.SGD(net.parameters(), lr=0.1).step()
    for key, value in state.items():
        np.testing.assert_array_equal(value.numpy(), before[key])
    assert net.state_dict()["shift"].item() != before["shift"]
    assert next(iter(net.state_dict(prefix="net."))) == "net.scale"


def test_a_state_is_taken_on_in_place() -> None:
    source, net = Net(), Net()
    weight, optimizer = net.first.weight, optim.SGD(net.parameters(), lr=0.1)
    assert net.load_state_dict(source.state_dict()) == ([], [])
    assert net.first.weight is weight
    assert any(weight is p for p in optimizer.param_groups[0]["params"])
    x = tg.randn(5, 2)
    np.testing.assert_array_equal(net(x).data, source(x).data)
    source.first.weight.data[...] = 0
    assert net.first.weight.data.any()
    arrays = {key: value.numpy().astype(np.float32) for key, value in net.state_dict().items()}
    net.load_state_dict(arrays)
    assert net.first.weight.dtype == np.float64


def test_a_graph_keeps_what_it_was_computed_from_when_a_state_is_loaded() -> None:
    layer = nn.Linear(2, 1, bias=False)
    x = tg.tensor([[1.0, 2.0]], requires_grad=True)
    w = layer.weight.detach().numpy().copy()
    y = layer(x)
    layer.load_state_dict({"weight": np.zeros((1, 2))})
    y.backward(np.ones((1, 1)))
    np.testing.assert_array_equal(x.grad.numpy(), w)


def test_a_state_that_does_not_fit_changes_nothing_and_everything_wrong_is_named() -> None:
    net = Net()
    before = {key: value.numpy().copy() for key, value in net.state_dict().items()}
    state: dict[str, Any] = {key: value * 0 for key, value in before.items()}
    state["extra.weight"] = state.pop("shift")
    state["first.weight"] = np.zeros((2, 3))
    with pytest.raises(ValueError, match="does not fit Net") as caught:
        net.load_state_dict(state)
    for part in ("missing key 'shift'", "unexpected key 'extra.weight'", "'first.weight' has shape (2, 3)", "(3, 2)"):
        assert part in str(caught.value)
    with pytest.raises(ValueError, match=r"'first.weight' has shape"):
        net.load_state_dict(state, strict=False)
    for key, value in net.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), before[key])
    del state["first.weight"]
    differ = net.load_state_dict(state, strict=False)
    assert differ.missing_keys == ["shift", "first.weight"]
    assert differ.unexpected_keys == ["extra.weight"]
    assert net.scale.tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="'shift' holds no real numbers"):
        net.load_state_dict({**before, "shift": "1.0"})
    with pytest.raises(TypeError, match=r"takes what state_dict\(\) returned, not Net"):
        net.load_state_dict(net)  # type: ignore[arg-type]


def test_deep_copies_share_nothing() -> None:
    net = Net().eval()
    x = tg.ones(4, 2)
    net(x).sum().backward()
    twin = copy.deepcopy(net)
    assert not twin.training
    np.testing.assert_array_equal(twin(x).data, net(x).data)
    np.testing.assert_array_equal(twin.first.weight.grad.data, net.first.weight.grad.data)
    twin.zero_grad()
    optim.SGD(net.parameters(), lr=0.1).step()
    assert (twin.first.weight.data != net.first.weight.data).any()
    assert net.first.weight.grad is not None
    assert [path for path, _ in twin.named_parameters()] == PATHS
    assert isinstance(copy.deepcopy(nn.Buffer([1.0], persistent=False)), nn.Buffer)


def test_models_go_to_other_processes() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1)).eval()
    model[0].requires_grad_(False)  # type: ignore[operator]
    twin = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(twin(tg.ones(4, 2)).data, model(tg.ones(4, 2)).data)
    assert [p.requires_grad for p in twin.parameters()] == [False, False, True, True, True, True]
    program = (
        "import pickle, sys; from tinygrad_vn import nn; model = pickle.load(sys.stdin.buffer); "
        "model([[1.0, 2.0]]).sum().backward(); print([p.grad is None for p in model.parameters()])"
    )
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(model), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[True, True, False, False, False, False]"


# --- hooks ------------------------------------------------------------------------------------------------------------


def test_hooks_see_and_replace() -> None:
    layer = nn.Identity()
    seen: list[Any] = []
    look = layer.register_forward_hook(lambda module, args, result: seen.append((module, args, result)))
    assert layer(1) == 1
    assert seen == [(layer, (1,), 1)]
    double = layer.register_forward_hook(lambda module, args, result: 2 * result)
    before = layer.register_forward_pre_hook(lambda module, args: args[0] + 10)
    assert layer(1) == 22
    before.remove()
    before.remove()
    assert layer(1) == 2
    with layer.register_forward_pre_hook(lambda module, args: (5,)):
        assert layer(1) == 10
    look.remove()
    look = layer.register_forward_hook(lambda module, args, result: result + 1)
    double.remove()
    double.remove()
    assert layer(1) == 2
    assert len(seen) == 4
    with pytest.raises(TypeError, match="a hook is a function, not 3"):
        layer.register_forward_hook(3)  # type: ignore[arg-type]


def test_a_hook_that_was_removed_twice_leaves_later_ones_alone() -> None:
    layer = nn.Identity()
    first = layer.register_forward_hook(lambda module, args, result: 0)
    first.remove()
    layer.register_forward_hook(lambda module, args, result: result + 1)
    first.remove()
    assert layer(1) == 2


# --- how it looks, and where errors are -------------------------------------------------------------------------------


def test_the_repr_is_a_tree_with_sizes_and_counts() -> None:
    class Outer(nn.Module):
        def __init__(self) -> None:
            self.net = Net()
            self.table = nn.Parameter(np.zeros((1000, 2)))

    assert repr(Outer()) == "\n".join(
        [
            "Outer(  # 2,015 parameters",
            "  (net): Net(  # 15 parameters",
            "    (scale): Parameter(2,)",
            "    (first): Linear(in_features=2, out_features=3, bias=True)  # 9 parameters",
            "    (act): Tanh()",
            "    (second): Linear(in_features=3, out_features=1, bias=False)  # 3 parameters",
            "    (shift): Parameter()",
            "  )",
            "  (table): Parameter(1000, 2)",
            ")",
        ]
    )


def test_an_error_names_the_layer() -> None:
    net = nn.Sequential(nn.Sequential({"body": nn.Linear(2, 3)}), nn.ModuleDict({"head": nn.Linear(4, 1)})["head"])
    with pytest.raises(ValueError, match="3 features where in_features=4 are expected") as caught:
        net(np.ones((5, 2)))
    assert caught.value.__notes__ == ["in the layer '1': Linear(in_features=4, out_features=1, bias=True)"]
    deep = nn.Sequential(nn.Sequential({"body": nn.Linear(2, 3)}))
    with pytest.raises(ValueError, match="in_features=2") as caught:
        deep(np.ones((5, 7)))
    assert caught.value.__notes__ == ["in the layer '0.body': Linear(in_features=2, out_features=3, bias=True)"]


def test_shared_modules_are_saved_under_every_path_as_long_as_that_can_be_done() -> None:
    module: nn.Module = nn.Linear(1, 1)
    for _ in range(4):
        module = nn.Sequential(module, module)
    state = module.state_dict()  # PyTorch's names, all sixteen of them, twice
    assert list(state)[:3] == ["0.0.0.0.weight", "0.0.0.0.bias", "0.0.0.1.weight"]
    assert len(state) == 32
    module.load_state_dict(state)
    for _ in range(200):
        module = nn.Sequential(module, module)
    with pytest.raises(ValueError, match=r"Sequential holds modules that are shared so often that .* 100,000 names"):
        module.state_dict()


def test_everything_is_on_the_cpu() -> None:
    layer = nn.Linear(2, 1)
    assert layer.cpu() is layer.to("cpu") is layer.to(device="cpu") is layer
    assert layer.to("cpu", tg.float32).weight.dtype == np.float32
    assert layer.to(tg.zeros(1)).weight.dtype == np.float64
    for call in (layer.cuda, lambda: layer.to("cuda"), lambda: layer.to(device="cuda:1")):
        with pytest.raises(ValueError, match=r"there is no device 'cuda.*NumPy computes on the CPU"):
            call()


def test_the_place_of_a_layer_is_where_it_is_set_not_where_none_stood_for_it() -> None:
    model = nn.Module()
    model.norm = None  # type: ignore[assignment]
    model.first, model.last = nn.Linear(2, 3, bias=False), nn.Linear(3, 1, bias=False)  # type: ignore[assignment]
    model.norm = nn.LayerNorm(3, bias=False)  # type: ignore[assignment]
    model.first = nn.Linear(4, 3, bias=False)  # type: ignore[assignment]  # another one, in the same place
    assert list(model.state_dict()) == ["first.weight", "last.weight", "norm.weight"]
