"""What a program may rely on when something goes wrong: a pass that is interrupted, threads, and memory of one's own.

A pass that does not end, whatever stops it and wherever, has changed nothing and can be repeated. Python lets Ctrl-C
strike between any two bytecodes of ours, so the tests strike between any two.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.rules.test_every_rule import CASES, listed
from tests.samples import Sample
from tinygrad_vn import passes
from tinygrad_vn.graph import LARGE, Node, newest_first
from tinygrad_vn.rules import PRIMITIVES, Primitive
from tinygrad_vn.rules.primitive import primitive

PACKAGE = str(Path(tg.__file__).parent)


def leaf(values: Any, grad: Any = None) -> tg.Tensor:
    x = tg.tensor(np.asarray(values, float), requires_grad=True)
    x.grad = grad
    return x


# --- interrupted at every bytecode ----------------------------------------------------------------------------------


class Interruption:
    """Raises a KeyboardInterrupt before the bytecode with this number, of those of the package that are carried out."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, frame: FrameType, event: str, arg: object) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        return self


def interrupted(work: Callable[[], Any], at: int) -> bool:
    """Run it with an interruption at this bytecode; False where it was over before."""
    before = sys.gettrace()
    try:
        sys.settrace(Interruption(at))
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def every_interruption(work: Callable[[int], Callable[[], None]]) -> int:
    """Interrupt at each bytecode in turn. `work(k)` prepares the k-th run; how many there are."""
    at = 0
    while interrupted(work(at), at):
        at += 1
    return at


@pytest.fixture
def lock_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """These interruptions also strike where no signal can, between the body of a `with` and its end: the lock stays."""
    monkeypatch.setattr(passes, "_one_at_a_time", threading.RLock())


class Run:
    """One backward pass over a small graph that has a bit of everything, and what it left behind."""

    def __init__(self, rich: bool = True) -> None:
        self.a = leaf([[2.0, 0.5], [0.25, 1.0]], grad=np.ones((2, 2)))
        self.b, self.c = leaf([3.0, -1.0]), leaf(2.0, grad=5.0)
        shared = self.a + self.a
        middle = shared * self.b  # a broadcast
        middle.retain_grad()
        self.loss = middle.sum()
        if rich:
            self.loss = self.loss + (middle.T * middle * self.c).sum()
            _, determinant = np.linalg.slogdet(self.a)  # several results
            large = np.ones(LARGE // 8 + 1) * self.c
            self.loss = self.loss + determinant + large.sum()
        self.nodes: list[Any] = [x._node for x in (self.a, self.b, self.c, middle)]
        self.before = [node.grad for node in self.nodes]
        self.buffers = [None if g is None else g._data for g in self.before]
        self.numbers = self.gradients()

    def gradients(self) -> list[Any]:
        return [None if node.grad is None else node.grad._data.copy() for node in self.nodes]

    def unchanged(self) -> bool:
        """Every `.grad` is the Tensor that it was, its array the array that it was, with the numbers that it had."""
        for node, grad, buffer, numbers in zip(self.nodes, self.before, self.buffers, self.numbers, strict=True):
            if node.grad is not grad or (grad is not None and grad._data is not buffer):
                return False
            np.testing.assert_array_equal(buffer, numbers)
        return True

    def holds(self, expected: list[Any]) -> None:
        for got, right in zip(self.gradients(), expected, strict=True):
            np.testing.assert_allclose(got, right, rtol=1e-12)


@pytest.mark.usefixtures("lock_of_its_own")
@pytest.mark.parametrize("options", [{}, {"retain_graph": True}, {"create_graph": True}], ids=str)
def test_a_pass_interrupted_at_any_bytecode_has_changed_everything_or_nothing(options: dict[str, bool]) -> None:
    rich = not options
    done = Run(rich)
    done.loss.backward(**options)
    right = done.gradients()
    runs: list[Run] = []

    def work(at: int) -> Callable[[], None]:
        if runs:
            check(runs.pop())
        runs.append(Run(rich))
        return lambda: copy_context().run(runs[0].loss.backward, **options)

    def check(run: Run) -> None:
        if run.unchanged():
            outcomes.append("nothing")
            run.loss.backward(**options)
            run.holds(right)
        else:
            outcomes.append("everything")
            run.holds(right)
            if not options:
                with pytest.raises(tg.GradientError, match=r"\[E09\]"):
                    run.loss.backward()

    outcomes: list[str] = []
    total = every_interruption(work)
    assert len(outcomes) == total > 1000
    first_change = outcomes.index("everything")
    assert set(outcomes[:first_change]) == {"nothing"}
    assert set(outcomes[first_change:]) == {"everything"}  # the two sides of one moment


@pytest.mark.usefixtures("lock_of_its_own")
def test_grad_interrupted_at_any_bytecode_changes_no_grad_and_can_be_repeated() -> None:
    done = Run(rich=False)
    right = tg.grad(done.loss, [done.a, done.b])
    runs: list[Run] = []
    repeated = 0

    def work(at: int) -> Callable[[], None]:
        if runs:
            check(runs.pop())
        runs.append(Run(rich=False))
        return lambda: tg.grad(runs[0].loss, [runs[0].a, runs[0].b])

    def check(run: Run) -> None:
        nonlocal repeated
        assert run.unchanged()
        if not run.loss._node.spent:
            repeated += 1
            again = tg.grad(run.loss, [run.a, run.b])
            for got, expected in zip(again, right, strict=True):
                np.testing.assert_array_equal(got._data, expected._data)
        with pytest.raises(tg.GradientError, match=r"\[E09\]"):
            tg.grad(run.loss, run.a)

    assert every_interruption(work) > repeated > 500


CHANGES: dict[str, Callable[[tg.Tensor], Any]] = {
    "w -= …": lambda w: w.__isub__(w * 0.5),
    "w.data -= …": lambda w: setattr(w, "data", np.subtract(w.data, 0.5 * w.data, out=w.data)),
    "w.data = …": lambda w: setattr(w, "data", w.data * 0.5),
    "w[…] = …": lambda w: w.__setitem__(slice(None), w * 0.5),
}


@pytest.mark.usefixtures("lock_of_its_own")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_interrupted_change_in_place_leaves_a_working_parameter(change: Callable[[tg.Tensor], Any]) -> None:
    runs: list[tuple[tg.Tensor, tg.Tensor]] = []
    old, new = np.array([1.0, -2.0]), np.array([0.5, -1.0])

    def work(at: int) -> Callable[[], None]:
        if runs:
            check(*runs.pop())
        w = leaf(old)
        runs.append((w, (w**2).sum()))

        def changed() -> None:
            with tg.no_grad():
                change(w)

        return lambda: copy_context().run(changed)

    def check(w: tg.Tensor, earlier: tg.Tensor) -> None:
        now = w._data.copy()
        assert now.tolist() in (old.tolist(), new.tolist())
        earlier.backward()
        np.testing.assert_array_equal(w.grad._data, 2 * old)
        w.grad = None
        (w**2).sum().backward()
        np.testing.assert_array_equal(w.grad._data, 2 * now)

    assert every_interruption(work) > 10


# --- interrupted by a signal ----------------------------------------------------------------------------------------


STRUCK_BY_SIGNALS = """
import signal, time
import numpy as np, tinygrad_vn as tg
signal.signal(signal.SIGALRM, signal.default_int_handler)  # what Ctrl-C does
w, v = tg.tensor(np.ones(3), requires_grad=True), tg.tensor(2.0, requires_grad=True)
struck = 0
for delay in np.linspace(0.0002, 0.02, 20):
    w.grad, v.grad, y = np.full(3, 7.0), None, w * v
    for _ in range(10_000):
        y = y * 1.0
    loss, held = y.sum(), w.grad
    try:
        signal.setitimer(signal.ITIMER_REAL, delay)
        loss.backward()
        time.sleep(10)
    except KeyboardInterrupt:
        pass
    if v.grad is None:
        struck += 1
        assert w.grad is held
        loss.backward()
    assert (w.grad.tolist(), v.grad.item()) == ([9.0] * 3, 3.0)
    try:
        loss.backward()
    except tg.GradientError as error:
        assert "[E09]" in str(error)
    else:
        raise AssertionError("the graph was used twice")
print(struck > 0)
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers that send signals on this system")
def test_signals_during_a_long_pass() -> None:
    """In a process of its own: what measures coverage here does not survive a signal in the middle."""
    done = subprocess.run([sys.executable, "-c", STRUCK_BY_SIGNALS], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("True\n", "")


# --- stopped by an exception ----------------------------------------------------------------------------------------


@pytest.fixture
def make_primitive() -> Iterator[Callable[..., Primitive]]:
    """Primitives of a test's own, taken out of the table afterwards."""
    names = set(PRIMITIVES)
    yield primitive
    for name in set(PRIMITIVES) - names:
        del PRIMITIVES[name]


def control_c(g: Any) -> Any:
    signal.raise_signal(signal.SIGINT)
    return g


def out_of_memory(g: Any) -> Any:
    raise MemoryError


def by_zero(g: Any) -> Any:
    return 1 // 0


def wrong_shape(g: Any) -> Any:
    return np.ones(g.size + 1)


STOPS = {
    by_zero: ZeroDivisionError,
    control_c: KeyboardInterrupt,
    out_of_memory: MemoryError,
    wrong_shape: tg.GradientError,
}


@pytest.mark.parametrize("size", [2, LARGE, 3 * LARGE])
@pytest.mark.parametrize("where", [0, 2, 4], ids=["first node", "middle", "last node"])
@pytest.mark.parametrize(("stop", "error"), STOPS.items(), ids=[stop.__name__ for stop in STOPS])
def test_a_pass_of_any_size_can_be_repeated_after_an_exception(
    make_primitive: Callable[..., Primitive], stop: Callable[[Any], Any], error: Any, where: int, size: int
) -> None:
    visits: list[int] = []

    def rule(g: Any, out: Any, x: Any) -> Any:
        visits.append(1)
        return stop(g) if len(visits) == where + 1 else g * (2 * x)

    squared = make_primitive(lambda x: x * x, name="squared", sign="²", x=rule)
    w, v = leaf(np.full(size, 1.0), grad=np.full(size, 5.0)), leaf(np.full(size, 3.0))
    held, y = w.grad, w * v / v
    for _ in range(5):
        y = squared(y)
    loss = y.sum()
    with pytest.raises(error):
        loss.backward()
    assert w.grad is held
    assert v.grad is None
    assert np.all(held._data == 5.0)
    loss.backward()
    np.testing.assert_allclose(w.grad._data, 5.0 + 32.0)
    np.testing.assert_allclose(v.grad._data, 0.0, atol=1e-12)


def test_a_pass_that_lacks_one_input_can_be_repeated_with_the_right_ones() -> None:
    x, y = leaf(2.0), leaf(3.0)
    loss = x * x
    with pytest.raises(tg.GradientError, match=r"\[E10\]"):
        tg.grad(loss, [x, y])
    assert tg.grad(loss, x)[0].item() == 4.0


# --- threads --------------------------------------------------------------------------------------------------------


def side_by_side(*works: Callable[[], Any]) -> list[Any]:
    """Run them at once, with Python switching between them as often as it can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(works)) as pool:
            return [future.result(60) for future in [pool.submit(work) for work in works]]
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize("schedule", ["AaBb", "ABab", "ABba", "BAab", "BAba", "BbAa"])
@pytest.mark.parametrize("modes", [(tg.no_grad, tg.no_grad), (tg.no_grad, tg.enable_grad)])
def test_two_threads_that_enter_and_leave_modes_in_any_order(schedule: str, modes: Any) -> None:
    x = tg.tensor(1.0, requires_grad=True)
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        threads, entered = {"A": first, "B": second}, {"A": modes[0](), "B": modes[1]()}
        expected = dict.fromkeys("AB", True)
        for step in schedule:
            who = step.upper()
            if step == who:
                threads[who].submit(entered[who].__enter__).result(10)
                expected[who] = entered[who].recording
            else:
                threads[who].submit(entered[who].__exit__, None, None, None).result(10)
                expected[who] = True
            for name, thread in threads.items():
                assert thread.submit(lambda: (x * 2).requires_grad).result(10) == expected[name]
            assert (x * 2).requires_grad


def test_no_contribution_of_a_thread_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    w, take_out = leaf(np.zeros(4)), passes.take_out

    def slowly(*args: Any) -> Any:
        time.sleep(0.002)  # the other threads are let in between reading `.grad` and writing it
        return take_out(*args)

    monkeypatch.setattr(passes, "take_out", slowly)

    def work() -> None:
        for _ in range(10):
            (w * 2.0).sum().backward()

    side_by_side(*[work] * 4)
    assert w.grad.tolist() == [80.0] * 4


def test_graphs_made_in_many_threads_keep_the_order_of_creation() -> None:
    w = leaf(2.0)

    def make() -> tg.Tensor:
        y = w
        for _ in range(300):
            y = y * w
        return y

    results = side_by_side(*[make] * 8)
    nodes = newest_first([y._node for y in results])
    assert len({node.order for node in nodes}) == len(nodes) == 8 * 300
    assert all(node.order > source.order for node in nodes for source in node.inputs)
    sum(results[1:], results[0]).backward()
    assert w.grad.item() == 8 * 301 * 2.0**300


# --- memory of one's own --------------------------------------------------------------------------------------------


def arrays_of(*tensors: Any) -> list[np.ndarray]:
    """The buffers themselves; `.data` would first make a shared one its own."""
    return [t._data for t in tensors if t is not None]


def arrays_in_graph(nodes: list[Node]) -> list[np.ndarray]:
    values = [value for node in nodes for value in (node.out, *node.args)]
    return [value for value in values if isinstance(value, np.ndarray)]


def all_apart(gradients: list[np.ndarray], others: list[np.ndarray]) -> None:
    """No gradient shares memory with another one, nor with anything else; each is there to be written into."""
    for i, g in enumerate(gradients):
        assert g.flags.owndata
        assert g.flags.writeable
        for other in (*gradients[:i], *others):
            assert not np.shares_memory(g, other)
    everything = [*gradients, *others]
    numbers = [array.copy() for array in everything]
    for i, g in enumerate(gradients):
        g[...] = -12345.0
        for j, (array, before) in enumerate(zip(everything, numbers, strict=True)):
            if i != j:
                np.testing.assert_array_equal(array, before)
        g[...] = numbers[i]


def check_memory(f: Callable[..., Any], inputs: list[np.ndarray]) -> None:
    """Two backward passes and two `grad()`, with gradients at every result in between, seeded with the same arrays."""
    xs = [leaf(x) for x in inputs]
    results = [r for r in listed(f(*xs)) if isinstance(r, tg.Tensor) and r.requires_grad]
    if not results:
        return
    nodes = newest_first([r._node for r in results])
    ends = [*nodes, *(x._node for x in xs)]
    for node in nodes:
        node.retains_grad = not isinstance(node.out, tuple)
    seeds = [np.asarray(np.random.default_rng(1).uniform(0.5, 1.5, r.shape)) for r in results]
    values = [*arrays_of(*xs, *results), *inputs, *seeds, *arrays_in_graph(nodes)]
    gradients: list[np.ndarray] = []
    for _ in range(2):
        for r, seed in zip(results, seeds, strict=True):
            r.backward(seed, retain_graph=True)
            gradients += arrays_of(*(node.grad for node in ends))
            for node in ends:
                node.grad = None
    for _ in range(2):
        gradients += arrays_of(*tg.grad(results, [*xs, *results, *xs], seeds, retain_graph=True, allow_unused=True))
    all_apart(gradients, values)


def check_memory_of_recorded(f: Callable[..., Any], inputs: list[np.ndarray]) -> None:
    """The same where the pass is recorded: these gradients are results, so only who else has them matters."""
    xs = [leaf(x) for x in inputs]
    results = [r for r in listed(f(*xs)) if isinstance(r, tg.Tensor) and r.requires_grad]
    if not results:
        return
    nodes = newest_first([r._node for r in results])
    seeds = [tg.tensor(np.ones(r.shape), requires_grad=True) for r in results]
    ends: dict[Any, None] = dict.fromkeys(t._node for t in (*xs, *results))
    for r in results:
        r.retain_grad()
    found: list[Any] = []
    for r, seed in zip(results, seeds, strict=True):
        r.backward(seed, create_graph=True)
        for node in ends:
            found.append(node.grad)
            node.grad = None
    found += tg.grad(results, [*xs, *xs], seeds, create_graph=True, allow_unused=True)
    all_apart(arrays_of(*found), [*arrays_of(*xs, *results, *seeds), *inputs, *arrays_in_graph(nodes)])


@pytest.mark.parametrize("case", CASES)
def test_gradients_of_every_operation_have_memory_of_their_own(case: Sample) -> None:
    check_memory(case.f, list(case.inputs))
    check_memory_of_recorded(case.f, list(case.inputs))


HARD: dict[str, Callable[[Any, Any], Any]] = {
    "itself": lambda x, y: x,
    "both themselves": lambda x, y: [x, y],
    "x + y": lambda x, y: x + y,
    "x - x": lambda x, y: x - x,
    "x + x": lambda x, y: x + x,
    "x + y + x": lambda x, y: x + y + x,
    "+x": lambda x, y: +x,
    "a sum": lambda x, y: x.sum() + y.sum(),
    "a mean over an axis": lambda x, y: x.mean(0),
    "reshape": lambda x, y: x.reshape(-1),
    "transpose": lambda x, y: x.T + y.T,
    "reshape there and back": lambda x, y: x.reshape(-1).reshape(x.shape) + y,
    "broadcast": lambda x, y: np.broadcast_to(x, (2, *x.shape)) + y,
    "squeeze and expand": lambda x, y: np.squeeze(x[None], 0) + np.expand_dims(y, 0)[0],
    "slices": lambda x, y: [x[:1], x[1:], y[..., ::-1]],
    "a list as index": lambda x, y: x[[0, 0, 1]] + y[:1],
    "concatenate": lambda x, y: np.concatenate([x, y, x]),
    "stack": lambda x, y: np.stack([x, x, y]),
    "split and joined": lambda x, y: np.concatenate(np.split(x, 2)) + y,
    "where": lambda x, y: np.where(np.array([True, False]), x, y),
    "a copy": lambda x, y: [x.clone(), y.clone() + x],
    "astype": lambda x, y: x.astype(np.float64) + y.astype(np.float32),
    "x * 1": lambda x, y: x * 1.0 + y**1,
    "several results": lambda x, y: list(np.linalg.eigh(x @ x.T + y @ y.T)),
    "used by two results": lambda x, y: [x + y, x + y],
}


@pytest.mark.parametrize("f", HARD.values(), ids=HARD)
def test_gradients_that_a_rule_passes_on_have_memory_of_their_own(f: Any) -> None:
    inputs = [np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[2.0, 0.5], [0.25, 7.0]])]
    check_memory(f, inputs)
    check_memory_of_recorded(f, inputs)


def test_a_gradient_is_a_new_tensor_after_every_pass() -> None:
    x, given = leaf([1.0, 2.0]), tg.tensor([10.0, 20.0])
    x.grad = given
    (x * 3).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert (given.tolist(), first.tolist(), x.grad.tolist()) == ([10.0, 20.0], [13.0, 23.0], [16.0, 26.0])
    all_apart(arrays_of(given, first, x.grad), arrays_of(x))


def test_two_threads_that_go_back_through_one_graph_do_not_count_it_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are through with the rules before either commits: the second one is told."""
    module = sys.modules["tinygrad_vn.tensor"]
    both, true = threading.Barrier(2), module.commit

    def commit_together(*args: Any) -> None:
        both.wait(timeout=30)
        true(*args)

    monkeypatch.setattr(module, "commit", commit_together)
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    errors: list[str] = []

    def back() -> None:
        try:
            y.backward()
        except tg.GradientError as error:
            errors.append(error.code)

    threads = [threading.Thread(target=back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == ["E09"]
    np.testing.assert_array_equal(x.grad.numpy(), [2.0, 4.0])
