"""What a repetition would get wrong: it is recorded anew, or the function runs as always after one warning (E17)."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import tinygrad_vn as tg
import tinygrad_vn.nn.functional as F
from tests.tracing.worlds import compared, replayed, runs_eagerly, same
from tinygrad_vn import nn, optim

Jit = Callable[[Any], Any]
RATE, TABLE, COUNT = 0.5, np.arange(3.0), 0


def given(calls: int = 9) -> list[tg.Tensor]:
    rng = np.random.default_rng(1)
    return [tg.tensor(rng.normal(size=3)) for _ in range(calls)]


def run(f: Any, calls: int = 9) -> list[Any]:
    return [f(x) for x in given(calls)]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    tg.set_language("en")
    yield
    tg.set_language(None)


# --- values that are read --------------------------------------------------------------------------------------------

READERS: dict[str, tuple[Callable[[tg.Tensor], Any], str]] = {
    "item": (lambda x: x * x.sum().item(), ".item()"),
    "data": (lambda x: x + x.data, ".data"),
    "numpy": (lambda x: x + x.numpy(), ".data"),
    "if": (lambda x: x if x.sum() > 0 else -x, "bool"),
    "float": (lambda x: x * float(x.sum()), "float"),
    "int": (lambda x: x * int(x.sum() * 10), "int"),
    "repr": (lambda x: (x * 2, repr(x))[0], "repr"),
    "text": (lambda x: (x * 2, f"{x.sum():.3f}")[1], "format"),
    "mask": (lambda x: x[x > 0].sum(), "x[mask]"),
    "pick": (lambda x: np.compress(x.detach() > 0, x).sum(), "depends on values"),
    "tolist": (lambda x: tg.tensor(x.tolist()), "tolist"),
    "asarray": (lambda x: tg.tensor(np.asarray(x) * 2), ".data"),
    "loop": (lambda x: sum(float(v) for v in x), "float"),
    "nonzero": (lambda x: x * len(np.nonzero(x > 0)[0]), "nonzero"),
    "min": (lambda x: min(x[0], x[1]), "bool"),
}


@pytest.mark.parametrize("name", READERS)
def test_readers(name: str) -> None:
    f, reason = READERS[name]
    _, refused = compared(lambda jit: run(jit(f)))
    assert len(refused) == 1
    assert "test_refusals.py, line" in refused[0]
    assert reason.strip("_") in refused[0].replace("__", "")


def test_in_vietnamese() -> None:
    tg.set_language("vi")
    with pytest.warns(tg.GradientWarning, match=r"\[E17\] jit: .* chạy như bình thường") as said:
        tg.jit(lambda x: x * x.sum().item())(given()[0])
    assert "đọc hoặc ghi giá trị" in str(said[0].message)


# --- Python's own state ----------------------------------------------------------------------------------------------


def test_global_number_that_changes() -> None:
    def world(jit: Jit) -> Any:
        global RATE
        step, found = jit(lambda x: x * RATE), []
        for i, x in enumerate(given(12)):
            RATE = 0.5 if i < 4 else -0.0 if i < 8 else 0.0
            found.append(step(x))
        return found

    replayed(world)


def scaled(x: tg.Tensor) -> tg.Tensor:
    return x * RATE


def test_global_of_a_helper() -> None:
    def world(jit: Jit) -> Any:
        global RATE
        step, found = jit(lambda x: scaled(x) + 1), []
        for i, x in enumerate(given(12)):
            RATE = 0.5 if i < 6 else 0.25
            found.append(step(x))
        return found

    replayed(world)


def test_global_array() -> None:
    def world(jit: Jit) -> Any:
        global TABLE
        TABLE = np.arange(3.0)
        step, found = jit(lambda x: x * TABLE), []
        for i, x in enumerate(given(12)):
            if i == 4:
                TABLE += 1
            if i == 8:
                TABLE = np.ones(3)
            found.append(step(x))
        return found

    replayed(world)


def test_closure_cell() -> None:
    def world(jit: Jit) -> Any:
        factor, found = 2.0, []
        step = jit(lambda x: x * factor)
        for i, x in enumerate(given(12)):
            factor = 2.0 if i < 6 else 3.0
            found.append(step(x))
        return found

    replayed(world)


def test_settings_in_a_dictionary_or_an_object() -> None:
    class Settings:
        scale = 1.0

        def __init__(self) -> None:
            self.shift = 0.0

    def world(jit: Jit) -> Any:
        config, settings, found = {"power": 2}, Settings(), []
        step = jit(lambda x: x ** config["power"] + settings.shift)
        for i, x in enumerate(given(12)):
            config["power"] = 2 if i < 4 else 3
            settings.shift = 0.0 if i < 8 else 1.0
            found.append(step(x))
        return found

    replayed(world)


def test_counters() -> None:
    def by_global(jit: Jit) -> Any:
        global COUNT
        COUNT = 0

        def step(x: tg.Tensor) -> tg.Tensor:
            global COUNT
            COUNT += 1
            return x * 2

        return [run(jit(step)), COUNT]

    def by_nonlocal(jit: Jit) -> Any:
        count = 0

        def step(x: tg.Tensor) -> tg.Tensor:
            nonlocal count
            count += 1
            return x * 2

        return [run(jit(step)), count]

    def by_attribute(jit: Jit) -> Any:
        class Counter:
            count = 0

            def __init__(self) -> None:
                self.count = 0

            def step(self, x: tg.Tensor) -> tg.Tensor:
                self.count += 1
                return x * 2

        counter = Counter()
        return [run(jit(counter.step)), counter.count]

    def by_list(jit: Jit) -> Any:
        losses: list[Any] = []

        def step(x: tg.Tensor) -> tg.Tensor:
            losses.append(x.sum())
            return x * 2

        return [run(jit(step)), losses]

    def by_dictionary(jit: Jit) -> Any:
        weights = {"w": tg.tensor(np.ones(3))}

        def step(x: tg.Tensor) -> tg.Tensor:
            weights["w"] = weights["w"] - 0.1 * x
            return weights["w"] * 2

        return [run(jit(step)), weights["w"]]

    runs_eagerly(by_global, "COUNT")
    runs_eagerly(by_nonlocal, "count")
    runs_eagerly(by_attribute, "self")
    runs_eagerly(by_list, "losses")
    runs_eagerly(by_dictionary, "weights")


def test_printing(capsys: pytest.CaptureFixture[str]) -> None:
    def step(x: tg.Tensor) -> tg.Tensor:
        print("a step")
        return x * 2

    runs_eagerly(lambda jit: run(jit(step)), "print()")
    assert capsys.readouterr().out.count("a step") == 18


# --- chance ----------------------------------------------------------------------------------------------------------


def test_random_numbers_drawn_directly() -> None:
    rng = np.random.default_rng(0)

    def coin(x: tg.Tensor) -> tg.Tensor:
        return x if rng.random() < 0.999 else -x

    def noise(x: tg.Tensor) -> tg.Tensor:
        return x + rng.normal(size=3)

    for f in (coin, noise):
        with pytest.warns(tg.GradientWarning, match="E17"):
            run(tg.jit(f))
    with pytest.warns(tg.GradientWarning, match="E17"):
        run(tg.jit(lambda x: x if random.random() < 0.999 else -x))
    step = tg.jit(lambda x, own: x if own.random() < 0.999 else -x)
    with pytest.warns(tg.GradientWarning, match="E17"):
        run(lambda x: step(x, rng))


def test_our_random_numbers() -> None:
    def world(jit: Jit) -> Any:
        step = jit(lambda x: F.dropout(x, 0.5) + tg.randn(3))
        found = run(step)
        tg.manual_seed(3)
        return found + run(step)

    replayed(world)


# --- values that slip in ---------------------------------------------------------------------------------------------


def test_values_taken_out_of_an_array() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones(3))
        step = jit(lambda x: w * x / (np.asarray(x).max() + 1))
        x, found = np.ones(3), []
        found += [step(x) for _ in range(4)]
        for i in range(8):
            found.append(step(np.full(3, i + 2.0)))
        for i in range(4):
            x[:] = i
            found.append(step(x))
        return found

    compared(world)


def test_numbers_that_slip_in() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones(3))
        step = jit(lambda lr, decay: w * math.sqrt(lr) * math.exp(decay))
        rates = [(1.0, 0.5), (0.5, 0.5), (0.25, 0.5), (0.125, 0.5), (0.1, 0.5), (0.1, 0.25), (0.1, 0.125), (0.2, 0.1)]
        return [step(*rate) for rate in rates]

    compared(world)


def test_numbers_that_vary() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones(3))
        step = jit(lambda x, lr, decay=0.5: {"new": w - lr * x * (1 - decay), "rate": lr, "half": lr / 2})
        found = [step(x, 0.1 / (i + 1)) for i, x in enumerate(given())]
        return found + [step(x, lr=0.1 / (i + 1), decay=0.1 * i) for i, x in enumerate(given())]

    replayed(world)


def test_the_same_batch_again_and_again() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones(3), requires_grad=True)
        x = np.arange(3.0)

        @jit
        def step(x: np.ndarray) -> tg.Tensor:
            w.grad = None
            loss = ((w * x - 1) ** 2).sum()
            loss.backward()
            with tg.no_grad():
                w.sub_(0.1 * w.grad)
            return loss.detach()

        return [step(x) for _ in range(5)] + [step(x[0:3].copy()) for _ in range(70)]

    replayed(world)


def test_one_array_in_two_places() -> None:
    def world(jit: Jit) -> Any:
        step = jit(lambda x, y: (x * y + np.add(x, 1) * 2, x is y)[0])
        xs = [x.numpy().copy() for x in given(12)]
        return [step(x, x) for x in xs] + [step(x, x + 1) for x in xs]

    replayed(world)


def test_a_parameter_as_argument() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones(3), requires_grad=True)

        @jit
        def step(t: tg.Tensor, x: tg.Tensor) -> None:
            (t * w * x).sum().backward()

        found = []
        for i, x in enumerate(given(12)):
            t = w if 4 <= i < 8 else tg.tensor(np.full(3, i + 1.0), requires_grad=True)
            w.grad = None
            step(t, x)
            found.append([t.grad.numpy().copy(), w.grad.numpy().copy()])
        return found

    compared(world)


# --- arguments and results -------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    left: Any
    right: Any


def test_nests() -> None:
    def world(jit: Jit) -> Any:
        @jit
        def step(pair: Pair, rest: dict[str, Any], *more: Any, flag: bool = True) -> Any:
            a, b = pair.left * 2, pair.right + rest["c"][0]
            return Pair(a, [b, {"d": a}]), more[0].sum() if flag else 3, "text", None

        found = []
        for i, x in enumerate(given(16)):
            found.append(step(Pair(x, x + 1), {"c": [x * 2, "k"]}, x.numpy() * 3, flag=i < 8))
        return found

    replayed(world)


def test_identity_of_results() -> None:
    step = tg.jit(lambda x: (x, x * 2, x.sum()))
    twice = tg.jit(lambda x: [y := x * 2, y, y.detach()])
    for x in given(5):
        assert step(x)[0] is x
        one, two, three = twice(x)
        assert one is two
        assert three is not one
        one += 1
        same(three, x * 2)
        assert type(one.data) is np.ndarray


def test_numpy_results() -> None:
    def world(jit: Jit) -> Any:
        f = jit(lambda a: (a.sum(), a * 2, a.max(), a.shape))
        return run(lambda x: f(x.numpy().copy()))

    replayed(world)


def test_arguments_changed_in_place() -> None:
    def world(jit: Jit) -> Any:
        def step(x: tg.Tensor) -> tg.Tensor:
            x += 1
            x[0] = 5.0
            return x * 2

        f, found = jit(step), []
        for x in given():
            found.append([f(x), x])
        return found

    runs_eagerly(world, "argument in place")


def test_gradient_of_an_argument() -> None:
    def world(jit: Jit) -> Any:
        def step(x: tg.Tensor) -> tg.Tensor:
            x.requires_grad_()
            y = (x * x).sum()
            y.backward()
            return y.detach()

        f, found = jit(step), []
        for x in given():
            found.append([f(x), x.grad.numpy().copy(), x.requires_grad])
        return found

    runs_eagerly(world, "argument in place")


def test_gradients_left_at_arguments() -> None:
    def world(jit: Jit) -> Any:
        f, found = jit(lambda x: (x * x).sum().backward()), []
        for x in given():
            x.requires_grad_()
            f(x)
            f(x)
            found.append(x.grad)
        return found

    replayed(world)


def test_results_with_a_graph() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones(3), requires_grad=True)
        f, found = jit(lambda x: (w * x).sum()), []
        for x in given():
            f(x).backward()
            found.append(w.grad.numpy().copy())
            f(w * 2).backward()
            found.append(w.grad.numpy().copy())
        return found

    runs_eagerly(world, "waits for backward()")


def test_methods_and_copies() -> None:
    class Trainer:
        def __init__(self) -> None:
            self.w, self.rate = tg.tensor(np.ones(3), requires_grad=True), 0.5

        @tg.jit
        def step(self, x: tg.Tensor) -> tg.Tensor:
            self.w.grad = None
            loss = ((self.w * x) ** 2).sum()
            loss.backward()
            with tg.no_grad():
                self.w.sub_(self.rate * self.w.grad)
            return loss

    one = Trainer()
    for x in given(4):
        one.step(x)
    two, three = copy.copy(one), copy.deepcopy(one)
    two.w = tg.tensor(np.zeros(3), requires_grad=True)
    before = one.w.detach().numpy().copy()
    for x in given(4):
        assert two.step(x).item() == 0
        assert three.step(x).item() > 0
    same(one.w.detach().numpy(), before)
    one.rate = 0.0
    for x in given(4):
        one.step(x)
    same(one.w.detach().numpy(), before)
    assert one.step.program is not None


@tg.jit
def doubled(x: tg.Tensor) -> tg.Tensor:
    return x * 2


def test_found_again_by_its_name() -> None:
    assert doubled.__reduce__() == "doubled"  # as pickle asks, for other processes


def test_recursion_and_jit_in_jit() -> None:
    def world(jit: Jit) -> Any:
        def power(x: tg.Tensor, n: int) -> tg.Tensor:
            return x if n == 1 else x * inner(x, n - 1)

        inner = jit(power)
        outer = jit(lambda x: inner(x, 4) + 1)
        return run(outer) + run(lambda x: inner(x, 3))

    compared(world)


# --- errors ----------------------------------------------------------------------------------------------------------


def test_errors_are_those_of_eager_code() -> None:
    def world(jit: Jit) -> Any:
        table = tg.tensor(np.ones((4, 2)), requires_grad=True)
        optimizer = optim.SGD([table], lr=0.1)

        @jit
        def step(rows: np.ndarray) -> tg.Tensor:
            optimizer.zero_grad()
            loss = F.dropout(F.embedding(rows, table), 0.5).sum()
            loss.backward()
            optimizer.step()
            return loss

        found: list[Any] = []
        for i in range(12):
            try:
                found.append(step(np.array([i % 4, (i * 3) % 4 if i % 5 != 4 else 9])).item())
            except IndexError as error:
                found.append(str(error))
            found.append([table.detach().numpy().copy(), str(tg.get_rng_state())])
        return found

    replayed(world)


@pytest.mark.parametrize("calls", [0, 1, 5])
def test_an_error_leaves_nothing_behind(calls: int) -> None:
    w, broken = tg.tensor(np.ones(3), requires_grad=True), {"now": False}

    def check() -> None:
        if broken["now"]:
            raise ValueError("on purpose")

    @tg.jit
    def step(x: tg.Tensor) -> tg.Tensor:
        w.grad = None
        loss = (w * x).sum()
        loss.backward()
        check()
        return loss

    for x in given(calls):
        step(x)
    broken["now"] = True
    with pytest.raises(ValueError, match="on purpose"):
        step(given()[0])
    assert type(w.grad._data) is np.ndarray
    broken["now"] = False
    for x in given(5):
        step(x)
        same(w.grad.numpy(), x.numpy())
    assert step.program is not None


def test_targets_that_take_another_way() -> None:
    """The check for classes to be ignored comes out otherwise at the sixth call, after random numbers were drawn."""

    def world(jit: Jit) -> Any:
        tg.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 3))
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        @jit
        def step(x: np.ndarray, y: np.ndarray) -> tg.Tensor:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            return loss

        rng, found = np.random.default_rng(0), []
        for i in range(12):
            y = rng.integers(0, 3, 5)
            if i in (5, 7):
                y[0] = -100
            if i == 9:
                y[1] = 7
            try:
                found.append(step(rng.normal(size=(5, 3)), y).item())
            except IndexError as error:
                found.append(str(error))
            found.append([model[0].weight.detach().numpy().copy(), str(tg.get_rng_state())])
        return found

    replayed(world)


def test_ignored_classes_from_the_beginning() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones((3, 3)), requires_grad=True)
        step = jit(lambda x, y: F.cross_entropy(x @ w, y).detach())
        rng, found = np.random.default_rng(0), []
        for i in range(8):
            y = rng.integers(0, 3, 5)
            if i != 6:
                y[i % 5] = -100
            found.append(step(rng.normal(size=(5, 3)), y))
        return found

    runs_eagerly(world, "cross_entropy leaves out the targets")


def test_warnings_name_the_users_line() -> None:
    w = tg.tensor(np.ones(3), requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)

    @tg.jit
    def step(x: tg.Tensor) -> None:
        (w * x).sum().backward()
        optimizer.step(accumulate=False)

    optimizer._has_warned = True
    for x in given(5):
        step(x)
        w.grad = None
    optimizer._has_warned = False
    w.grad = tg.tensor(np.ones(3))
    w._node.additions = 1
    with pytest.warns(tg.GradientWarning, match="E01") as said:
        run(step, 3)
    assert said[0].filename == __file__


def test_hooks() -> None:
    def world(jit: Jit) -> Any:
        tg.manual_seed(0)
        model, seen, found = nn.Linear(3, 2), [], []
        step = jit(lambda x: model(x).detach())
        for i, x in enumerate(given()):
            if i == 5:
                model.register_forward_hook(lambda module, args, out: seen.append(1))
            found.append(step(x))
        return [found, len(seen)]

    runs_eagerly(world, "hooks")


def test_anomaly_detection_around() -> None:
    w = tg.tensor(np.ones(3), requires_grad=True)
    step = tg.jit(lambda x: (w * np.log(x)).sum().backward())
    for x in given(4):
        step(np.abs(x.numpy()))
    with tg.detect_anomaly(), np.errstate(invalid="ignore"), pytest.raises(tg.GradientError, match="E14"):
        step(np.array([1.0, -1.0, 2.0]))
