"""What the code that a step calls reads and does: it is watched wherever it stands, or the step runs as always (E17).

`forward()` of a module, methods, functions out of dictionaries and closures, attributes of classes, settings of
optimizers, Tensors from outside: each is changed half-way, and eager code is the judge.
"""

from __future__ import annotations

import copy
import functools
import gc
import itertools
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
import tinygrad_vn.nn.functional as F
from tests.tracing.test_refusals import given
from tests.tracing.worlds import compared, replayed, runs_eagerly, same
from tinygrad_vn import data, nn, optim, training
from tinygrad_vn.tracing.traced import Number

Jit = Callable[[Any], Any]
SCALE = 1.0
COUNTED = 0


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    tg.set_language("en")
    yield
    tg.set_language(None)


def half_way(step: Any, change: Callable[[], Any], calls: int = 12) -> Any:
    found = []
    for i, x in enumerate(given(calls)):
        if i == calls // 2:
            change()
        found.append(step(x))
    return found


# --- what is read ----------------------------------------------------------------------------------------------------


class Net(nn.Module):
    """Reads its surroundings in many ways; which, `how` says."""

    beta = 1.0

    def __init__(self, how: Callable[[Any], Any]) -> None:
        self.line = nn.Linear(3, 2)
        self.how = how
        self.cfg, self.list, self.ns = {"scale": 1.0}, [1.0], types.SimpleNamespace(a=1.0)
        self.deep = {"a": [types.SimpleNamespace(b={"c": 1.0})]}
        self.line.extra = 1.0

    def forward(self, x: Any) -> Any:
        return self.line(x) * self.how(self)


READ: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "global": (lambda net: SCALE, lambda net: globals().update(SCALE=3.0)),
    "dictionary": (lambda net: net.cfg["scale"], lambda net: net.cfg.update(scale=3.0)),
    "list": (lambda net: net.list[0], lambda net: net.list.__setitem__(0, 3.0)),
    "namespace": (lambda net: net.ns.a, lambda net: setattr(net.ns, "a", 3.0)),
    "class": (lambda net: net.beta, lambda net: setattr(Net, "beta", 3.0)),
    "over the class": (lambda net: net.beta, lambda net: setattr(net, "beta", 3.0)),
    "deep": (lambda net: net.deep["a"][0].b["c"], lambda net: net.deep["a"][0].b.update(c=3.0)),
    "of a layer": (lambda net: net.line.extra, lambda net: setattr(net.line, "extra", 3.0)),
    "by text": (lambda net: getattr(net, "be" + "ta"), lambda net: setattr(Net, "beta", 3.0)),
    "vars": (lambda net: vars(net.ns)["a"], lambda net: setattr(net.ns, "a", 3.0)),
}


@pytest.mark.parametrize("name", READ)
def test_forward_reads(name: str) -> None:
    global SCALE
    how, change = READ[name]

    def world(jit: Jit) -> Any:
        global SCALE
        SCALE, Net.beta = 1.0, 1.0
        tg.manual_seed(0)
        net = Net(how)
        return half_way(jit(lambda x: net(x).detach()), lambda: change(net))

    replayed(world)
    SCALE, Net.beta = 1.0, 1.0


class Config:
    scale = 1.0

    class Inner:
        rate = 1.0


class Slotted:
    __slots__ = ("k",)

    def __init__(self) -> None:
        self.k = 1.0


class Point:
    def __init__(self) -> None:
        self._k = self.k = 1.0

    @property
    def doubled(self) -> float:
        return self._k * 2


def act(z: Any) -> Any:
    return z * SCALE


def by_default(z: Any, *, table: Any = {"k": 1.0}) -> Any:  # noqa: B006 - it is what is tested
    return z * table["k"]


def made(k: float) -> Any:
    def inner(z: Any) -> Any:
        return z * k

    def move() -> None:
        nonlocal k
        k = 3.0

    return inner, move


def world_of(build: Callable[[Jit], tuple[Any, Callable[[], Any]]]) -> Callable[[Jit], Any]:
    def world(jit: Jit) -> Any:
        global SCALE
        SCALE = Config.scale = Config.Inner.rate = 1.0
        return half_way(*build(jit))

    return world


def set_scale(value: float = 3.0) -> None:
    global SCALE
    SCALE = value


def test_functions_that_are_no_plain_names() -> None:
    def of_dictionary(jit: Jit) -> Any:
        functions = {"act": act}
        return jit(lambda x: functions["act"](x)), set_scale

    def replaced_in_dictionary(jit: Jit) -> Any:
        functions = {"act": act}
        return jit(lambda x: functions["act"](x)), lambda: functions.update(act=lambda z: z * 5)

    def as_argument(jit: Jit) -> Any:
        step = jit(lambda h, x: h(x))
        return (lambda x: step(act, x)), set_scale

    def of_partial(jit: Jit) -> Any:
        table = {"k": 1.0}
        part = functools.partial(lambda t, z: z * t["k"], table)
        return jit(lambda x: part(x)), lambda: table.update(k=3.0)

    def of_keyword_default(jit: Jit) -> Any:
        by_default.__kwdefaults__["table"] = {"k": 1.0}
        functions = [by_default]
        return jit(lambda x: functions[0](x)), lambda: by_default.__kwdefaults__["table"].update(k=3.0)

    def of_new_keyword_default(jit: Jit) -> Any:
        by_default.__kwdefaults__["table"] = {"k": 1.0}
        return jit(lambda x: by_default(x)), lambda: by_default.__kwdefaults__.update(table={"k": 3.0})

    def of_closure(jit: Jit) -> Any:
        inner, move = made(1.0)
        functions = (inner,)
        return jit(lambda x: functions[0](x)), move

    def of_another_closure(jit: Jit) -> Any:
        (one, _), (other, move) = made(1.0), made(1.0)
        step = jit(lambda h, x: h(x))
        for x in given(4):
            step(one, x)
        return (lambda x: step(other, x)), move

    for build in (of_dictionary, replaced_in_dictionary, as_argument, of_partial, of_keyword_default):
        replayed(world_of(build))

    def of_attribute(jit: Jit) -> Any:
        def act(z: Any) -> Any:
            return z * act.k  # type: ignore[attr-defined]

        act.k = 1.0  # type: ignore[attr-defined]
        functions = [act]
        return jit(lambda x: functions[0](x)), lambda: setattr(act, "k", 3.0)

    def of_default(jit: Jit) -> Any:
        def act(z: Any, k: Any = 1.0) -> Any:
            return z * k

        functions = [act]
        return jit(lambda x: functions[0](x)), lambda: setattr(act, "__defaults__", (3.0,))

    for build in (of_attribute, of_default, of_new_keyword_default, of_closure, of_another_closure):
        replayed(world_of(build))


def test_attributes_of_objects_and_classes() -> None:
    def of_class(jit: Jit) -> Any:
        return jit(lambda x: x * Config.scale), lambda: setattr(Config, "scale", 3.0)

    def of_inner_class(jit: Jit) -> Any:
        return jit(lambda x: x * Config.Inner.rate), lambda: setattr(Config.Inner, "rate", 3.0)

    def of_slots(jit: Jit) -> Any:
        item = Slotted()
        return jit(lambda x: x * item.k), lambda: setattr(item, "k", 3.0)

    def of_property(jit: Jit) -> Any:
        item = Point()
        return jit(lambda x: x * item.doubled), lambda: setattr(item, "_k", 3.0)

    def by_text(jit: Jit) -> Any:
        item = Point()
        return jit(lambda x: x * getattr(item, "k")), lambda: setattr(item, "k", 3.0)  # noqa: B009

    def of_deque(jit: Jit) -> Any:
        item = deque([1.0])
        return jit(lambda x: x * item[0]), lambda: item.append(item.popleft() + 2)

    def of_new_forward(jit: Jit) -> Any:
        class Doubling(nn.Module):
            def forward(self, x: Any) -> Any:
                return x * 2

        net = Doubling()
        return jit(lambda x: net(x)), lambda: setattr(Doubling, "forward", lambda self, x: x * 5)

    def of_long_list_made_short(jit: Jit) -> Any:
        items = [1.0] * 300
        return jit(lambda x: x * items[0]), lambda: items.__setitem__(slice(None), [300])

    for build in (of_new_forward, of_long_list_made_short):
        replayed(world_of(build))
    for build in (of_class, of_inner_class, of_slots, of_property, by_text, of_deque):
        replayed(world_of(build))


def test_code_that_comes_later() -> None:
    def world(jit: Jit) -> Any:
        global SCALE
        SCALE, functions = 1.0, {"f": lambda z: z * 1.0}
        step, found = jit(lambda x: functions["f"](x)), []
        for i, x in enumerate(given(12)):
            functions["f"] = functions["f"] if i != 1 else act  # the same steps by another function
            SCALE = 1.0 if i < 6 else 3.0
            found.append(step(x))
        return found

    replayed(world)


def test_modules_that_are_only_read() -> None:
    def world(jit: Jit) -> Any:
        holder = nn.Linear(2, 2)
        holder.factor = 1.0
        return half_way(jit(lambda x: x * holder.factor), lambda: setattr(holder, "factor", 3.0))

    replayed(world)


@pytest.mark.parametrize("jit", [True, "auto"])
def test_fit_while_a_callback_anneals(jit: Any) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))

    class Annealed(training.Callback):
        def __init__(self, model: Any) -> None:
            self.model = model

        def after_epoch(self, run: Any) -> None:
            self.model.cfg["scale"] *= 0.5

    def weights(jit: Any) -> Any:
        tg.manual_seed(0)
        model = Net(lambda net: net.cfg["scale"])
        loader = data.DataLoader((x, y), batch_size=8)
        optimizer = optim.SGD(model.parameters(), lr=0.05)
        training.fit(model, nn.MSELoss(), optimizer, loader, epochs=4, callbacks=[Annealed(model)], jit=jit)
        assert model.cfg["scale"] == 0.5**4
        return [p.detach().numpy().copy() for p in model.parameters()]

    same(weights(False), weights(jit))


# --- what is done ----------------------------------------------------------------------------------------------------


def test_effects_in_forward(capsys: pytest.CaptureFixture[str]) -> None:
    class Logging(nn.Module):
        def __init__(self) -> None:
            self.line, self.log = nn.Linear(3, 2), []

        def forward(self, x: Any) -> Any:
            self.log.append(1)
            return self.line(x)

    class Printing(nn.Module):
        def forward(self, x: Any) -> Any:
            print("forward")
            return x * 2

    class Counting(nn.Module):
        def forward(self, x: Any) -> Any:
            global COUNTED
            COUNTED += 1
            return x * 2

    def logging(jit: Jit) -> Any:
        net = Logging()
        step = jit(lambda x: net(x).detach())
        return [step(x).shape for x in given(6)], net.log

    def printing(jit: Jit) -> Any:
        net = Printing()
        step = jit(lambda x: net(x))
        return [step(x) for x in given(6)]

    def counting(jit: Jit) -> Any:
        global COUNTED
        COUNTED, net = 0, Counting()
        step = jit(lambda x: net(x))
        return [step(x) for x in given(6)], COUNTED

    runs_eagerly(logging, "it changes ")
    runs_eagerly(printing, "print(), which a repetition would not (" + __file__)
    assert capsys.readouterr().out.count("forward") == 12
    runs_eagerly(counting, "it assigns to COUNTED")


def test_effects_of_methods_and_files(tmp_path: Any) -> None:
    class Trainer:
        def __init__(self) -> None:
            self.calls = 0

        def loss(self, x: Any) -> Any:
            self.calls += 1
            return x * 2

    class Slow:
        __slots__ = ("calls",)

        def __init__(self) -> None:
            self.calls = 0

        def loss(self, x: Any) -> Any:
            self.calls += 1
            return x * 2

    def counted(kind: Any) -> Callable[[Jit], Any]:
        def world(jit: Jit) -> Any:
            trainer = kind()
            step = jit(lambda x: trainer.loss(x))
            return [step(x) for x in given(6)], trainer.calls

        return world

    def writing(jit: Jit) -> Any:
        path = tmp_path / "log.txt"

        def noted(x: Any, name: str) -> Any:
            with open(name, "a", encoding="utf-8") as file:
                file.write("x")
            return x

        functions = {"noted": noted}
        path.write_text("", encoding="utf-8")
        step = jit(lambda x: functions["noted"](x, str(path)) * 2)
        return [step(x) for x in given(6)], path.read_text(encoding="utf-8")

    runs_eagerly(counted(Trainer), "it changes trainer")
    runs_eagerly(counted(Slow), "it changes trainer")
    runs_eagerly(writing, "open()")


def test_iterators_from_outside() -> None:
    def world(source: Callable[[], Any]) -> Callable[[Jit], Any]:
        def run(jit: Jit) -> Any:
            rates = source()
            step = jit(lambda x: x * next(rates))
            return [step(x) for x in given(6)], next(rates)

        return run

    for source in (lambda: iter([0.1] * 3 + [0.2] * 6), lambda: (0.5**i for i in range(9)), itertools.count):
        runs_eagerly(world(source), "it takes from rates, an iterator")

    def inside(jit: Jit) -> Any:  # an iterator of the step's own is no matter
        step = jit(lambda x: x * next(iter([2.0, 3.0])))
        return [step(x) for x in given(6)]

    replayed(inside)


# --- settings of optimizers ------------------------------------------------------------------------------------------


def test_settings_of_optimizers() -> None:
    def moved(change: Callable[[Any, float], Any], rates: Any) -> Callable[[Jit], Any]:
        def world(jit: Jit) -> Any:
            w = tg.tensor([0.0], requires_grad=True)
            optimizer = optim.SGD([w], lr=1.0)

            @jit
            def step(rate: float) -> None:
                change(optimizer, rate)
                optimizer.zero_grad()
                (w * 1.0).sum().backward()
                optimizer.step()

            found = []
            for rate in rates:
                step(rate)
                group = optimizer.param_groups[0]
                assert type(group["lr"]) is float
                found.append((w.item(), group["lr"]))
            return found

        return world

    def put(optimizer: Any, rate: float) -> None:
        optimizer.param_groups[0]["lr"] = rate

    def halve(optimizer: Any, rate: float) -> None:
        optimizer.param_groups[0]["lr"] *= 0.5

    runs_eagerly(moved(put, [float(i) for i in range(1, 9)]), "param_groups")
    runs_eagerly(moved(put, [1.0, 1.0, 1.0, 2.0, 3.0, 4.0]), "param_groups")
    runs_eagerly(moved(halve, [1.0] * 7), "param_groups")


def test_numbers_left_behind() -> None:
    def world(jit: Jit) -> Any:
        holder = types.SimpleNamespace(rate=0.0, table={}, list=[])

        @jit
        def step(x: Any, rate: float) -> Any:
            if len(x) == 3:
                holder.rate = rate
                holder.table["rate"] = rate * 2
                holder.list.append(x)
            return x * rate

        for i in range(4):  # it becomes known that the number varies
            step(np.ones(2), 0.5**i)
        found = []
        for i, x in enumerate(given(6)):
            found.append((step(x.numpy(), 0.5**i), holder.rate, holder.table["rate"]))
            assert type(holder.rate) is type(holder.table["rate"]) is float
            assert type(holder.list[-1]) is np.ndarray
        return found

    runs_eagerly(world, "it changes holder")


def test_copies_of_numbers_are_plain() -> None:
    number = Number(0.5)
    assert type(copy.copy(number)) is type(copy.deepcopy(number)) is float
    assert number.__reduce__() == (float, (0.5,))  # for pickle


# --- Tensors from outside --------------------------------------------------------------------------------------------

LOOKS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "item": (lambda t: t.item(), ".item()"),
    "float": (lambda t: float(t), "float(tensor)"),
    "int": (lambda t: int(t), "int(tensor)"),
    "bool": (lambda t: 2.0 if t - 2 else 1.0, "__bool__()"),
    "truth": (lambda t: 2.0 if t else 1.0, "bool(tensor)"),
    "tolist": (lambda t: t.tolist(), ".tolist()"),
    "repr": (lambda t: float(len(repr(t))), "repr(tensor)"),
    "copy": (lambda t: copy.deepcopy(t), "deepcopy"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_values_of_tensors_from_outside(name: str) -> None:
    look, reason = LOOKS[name]

    def world(jit: Jit) -> Any:
        t = tg.tensor(2.0)
        return half_way(jit(lambda x: x * look(t)), lambda: t.__setitem__((), 0.0))

    step, refused = compared(world)
    assert len(refused) == 1
    assert "reads or writes values" in refused[0]
    assert reason in refused[0] or name == "bool"
    assert step.program is None


def test_branch_on_a_parameter_and_gradients() -> None:
    def on_parameter(jit: Jit) -> Any:
        w = tg.tensor(1.0, requires_grad=True)
        optimizer = optim.SGD([w], lr=0.1)

        @jit
        def step() -> Any:
            optimizer.zero_grad()
            loss = w * w if w.item() > 0.5 else (w - 5.0) ** 2
            loss.backward()
            optimizer.step()
            return loss

        return [(step().detach(), w.item()) for _ in range(9)]

    def on_gradient(jit: Jit) -> Any:
        t = tg.tensor(2.0, requires_grad=True)
        (t * 5).backward()
        return half_way(jit(lambda x: x * t.grad.item()), lambda: (t * 2).backward())

    def on_missing_gradient(jit: Jit) -> Any:
        t = tg.tensor(2.0)
        step = jit(lambda x: x * (1.0 if t.grad is None else 2.0))
        return half_way(step, lambda: (t.requires_grad_() * 2).backward())

    runs_eagerly(on_parameter, ".item()")
    runs_eagerly(on_gradient, ".item()")
    replayed(on_missing_gradient)


# --- reasons and messages --------------------------------------------------------------------------------------------


def test_anomaly_detection_inside() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones(3), requires_grad=True)

        @jit
        def step(x: Any) -> Any:
            w.grad = None
            with tg.detect_anomaly():
                loss = (w * x).sum()
                loss.backward()
            return loss.detach()

        return [(step(x), w.grad.numpy().copy()) for x in given(6)]

    runs_eagerly(world, "detect_anomaly() watches every operation itself (" + __file__)


@pytest.mark.parametrize("loss", ["cross_entropy", "nll_loss"])
def test_ignored_targets_name_the_loss(loss: str) -> None:
    def world(jit: Jit) -> Any:
        function: Any = getattr(F, loss)
        step, rng, found = jit(lambda x, y: function(x, y)), np.random.default_rng(0), []
        for _ in range(6):
            y = rng.integers(0, 3, 5)
            y[0] = -100
            found.append(step(rng.normal(size=(5, 3)), y))
        return found

    runs_eagerly(world, f"{loss} leaves out the targets to be ignored")


def test_messages_speak_of_the_users_types() -> None:
    def told(step: Any) -> str:
        with pytest.raises(AttributeError) as caught:
            step(np.ones(3), 0.5)
        return str(caught.value)

    for read in (lambda x, rate: x.shapee, lambda x, rate: (x * 2).shapee, lambda x, rate: rate.sume):
        step = tg.jit(read)
        assert told(step) == told(read)


def test_profilers_stay() -> None:
    heard: list[str] = []

    def profiler(frame: Any, event: str, arg: Any) -> None:
        heard.extend([frame.f_code.co_name] * (event == "call"))

    def users_own(x: Any) -> Any:
        return x * 2

    functions = {"own": users_own}
    step = tg.jit(lambda x: functions["own"](x))
    before = sys.getprofile()
    sys.setprofile(profiler)
    try:
        for x in given(2):
            step(x)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(before)
    assert heard.count("users_own") == 2
    assert step(given()[0]) is not None
    assert step.program is not None


_phase = ""


def test_what_the_garbage_collector_calls_is_not_the_functions_own() -> None:
    collected: list[str] = []

    def callback(phase: str, info: Any) -> None:
        global _phase
        _phase = phase
        collected.append(phase)

    threshold = gc.get_threshold()
    gc.callbacks.append(callback)
    gc.set_threshold(1)
    try:
        double = tg.jit(lambda x: (x * 2.0).sum())
        for number in range(4):
            assert double(tg.tensor([1.0, number])).item() == 2.0 + 2 * number
        assert double.program is not None
        assert collected
        assert gc.isenabled()
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(callback)
