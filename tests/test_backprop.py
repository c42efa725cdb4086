"""The engine: order, sharing, size, what is computed and what is not, and that a failed pass changes nothing."""

import gc
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.graph import LARGE, PICTURE
from tinygrad_vn.rules import PRIMITIVES, Primitive
from tinygrad_vn.rules.primitive import primitive


def leaf(*values: float) -> tg.Tensor:
    return tg.tensor(values[0] if len(values) == 1 else values, dtype=float, requires_grad=True)


@pytest.fixture
def make_primitive() -> Iterator[Callable[..., Primitive]]:
    """Primitives of a test's own, taken out of the table afterwards."""
    names = set(PRIMITIVES)
    yield primitive
    for name in set(PRIMITIVES) - names:
        del PRIMITIVES[name]


# --- order and sharing --------------------------------------------------------------------------------------------


def test_the_lectures_first_land_price() -> None:
    w, b = leaf(2.0), leaf(5.0)
    loss = (w * 56 + b - 45) ** 2
    loss.backward()
    assert (loss.item(), w.grad.item(), b.grad.item()) == (5184.0, 8064.0, 144.0)


def test_a_value_used_twice_sums_its_contributions() -> None:
    x = leaf(3.0)
    y = x * x
    (y + y * x).backward()
    assert x.grad.item() == 2 * 3 + 3 * 9


def test_every_node_is_visited_once_however_many_paths_lead_to_it(make_primitive: Callable[..., Primitive]) -> None:
    visits = []

    def counted(g: Any, out: Any, x: Any) -> Any:
        visits.append(1)
        return g

    same = make_primitive(lambda x: x + 0.0, name="counted", sign="=", x=counted)
    x = leaf(1.0)
    for _ in range(20):
        x = same(x)
        x = x + x
    x.backward()
    assert len(visits) == 20


def test_a_diamond_of_10000_levels() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(10_000):
        y = (y + y) * 0.5
    y.backward()
    assert x.grad.item() == 1.0


def test_a_chain_of_a_million_operations_is_differentiated_and_freed() -> None:
    program = (
        "import tinygrad_vn as tg\n"
        "x = tg.tensor(1.0, requires_grad=True)\n"
        "y = x\n"
        "for _ in range(1_000_000): y = y + 1.0\n"
        "y.backward()\n"
        "print(y.item(), x.grad.item())\n"
        "del y\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("1000001.0 1.0\n", "", 0)


def test_a_tree_of_100000_leaves() -> None:
    leaves = [leaf(float(i)) for i in range(100_000)]
    level = leaves
    while len(level) > 1:
        level = [a + b for a, b in zip(level[::2], level[1::2], strict=False)] + level[len(level) // 2 * 2 :]
    level[0].backward()
    assert all(x.grad.item() == 1.0 for x in leaves)


# --- passes -------------------------------------------------------------------------------------------------------


def test_gradients_add_up_over_passes() -> None:
    w = leaf(1.0, 2.0)
    for _ in range(2):
        (w * 3).sum().backward()
    assert w.grad.tolist() == [6.0, 6.0]
    w.zero_grad()
    assert w.grad is None


def test_a_graph_can_be_kept_for_a_second_pass() -> None:
    w = leaf(3.0)
    loss = w * w
    loss.backward(retain_graph=True)
    loss.backward()
    assert w.grad.item() == 12.0
    with pytest.raises(tg.GradientError, match=r"\[E09\]"):
        loss.backward()


def test_a_released_part_shared_by_two_losses_is_refused() -> None:
    w = leaf(3.0)
    shared = w * w
    first, second = shared * 2, shared * 3
    first.backward()
    with pytest.raises(tg.GradientError, match=r"\[E09\]"):
        second.backward()


def test_backward_starts_from_the_gradient_that_is_given() -> None:
    w = leaf(1.0, 2.0)
    (w * w).backward(gradient=[1.0, 10.0])
    assert w.grad.tolist() == [2.0, 40.0]


def test_create_graph_gives_gradients_of_gradients() -> None:
    x = leaf(2.0)
    (x**4).backward(create_graph=True)
    first = x.grad
    x.grad = None
    first.backward(create_graph=True)
    second = x.grad
    x.grad = None
    second.backward()
    assert (first.item(), second.item(), x.grad.item()) == (32.0, 48.0, 48.0)


def test_retained_gradients_stay_at_results() -> None:
    x = leaf(2.0)
    h = x * 3
    h.retain_grad()
    (h * h).backward()
    assert (h.grad.item(), x.grad.item()) == (12.0, 36.0)


def test_one_gradient_is_handed_out_in_separate_memory() -> None:
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (x + y).sum().backward()
    x.grad.data[0] = 99.0
    assert y.grad.tolist() == [1.0, 1.0]


# --- grad() -------------------------------------------------------------------------------------------------------


def test_grad_changes_nobodys_grad() -> None:
    x, y = leaf(2.0), leaf(3.0)
    gx, gy = tg.grad(x * y, [x, y])
    assert (gx.item(), gy.item(), x.grad, y.grad) == (3.0, 2.0, None, None)


def test_grad_of_several_outputs_sums_them_with_their_weights() -> None:
    x = leaf(2.0)
    (g,) = tg.grad([x * x, x * 3], [x], grad_outputs=[tg.tensor(10.0), tg.tensor(1.0)])
    assert g.item() == 43.0


def test_grad_with_respect_to_a_result() -> None:
    x = leaf(2.0)
    h = x * x
    assert tg.grad(h * h, h)[0].item() == 8.0


def test_grad_releases_only_what_it_went_through() -> None:
    x = leaf(2.0)
    h = x * x
    loss = h * h * h
    (slope,) = tg.grad(loss, h)
    h.backward(slope)  # the part before h was not needed above, and can be gone through now
    assert x.grad.item() == 6 * 2.0**5
    with pytest.raises(tg.GradientError, match=r"\[E09\]"):
        tg.grad(loss, h)


def test_starting_gradients_of_another_dtype_or_in_a_list() -> None:
    x = leaf(1.0, 2.0)
    for start in (tg.tensor([1, 10]), tg.tensor(np.array([1, 10], np.float32)), np.array([1, 10])):
        for create_graph in (False, True):
            x.zero_grad()
            (x + 0.0).backward(start, create_graph=create_graph)
            assert x.grad.tolist() == [1.0, 10.0]
            assert x.grad.dtype == np.float64
    for start in ([tg.tensor([1.0, 10.0])], (tg.tensor([1.0, 10.0]),), [1.0, 10.0]):
        assert tg.grad(x * 2, x, start)[0].tolist() == [2.0, 20.0]


def test_an_input_that_is_not_reached_is_named() -> None:
    x, y = leaf(2.0), tg.tensor(1.0, requires_grad=True, name="bias")
    with pytest.raises(tg.GradientError, match=r"\[E10\] Input 1 of grad\(\) \('bias'\)"):
        tg.grad(x * x, [x, y])
    assert tg.grad(x * x, [x, y], allow_unused=True)[1] is None


def test_grad_computes_only_what_is_asked_for(make_primitive: Callable[..., Primitive]) -> None:
    called = []
    watched = make_primitive(
        lambda x, y: x * y,
        name="watched",
        sign="×",
        x=lambda g, out, x, y: called.append("x") or g * y,
        y=lambda g, out, x, y: called.append("y") or g * x,
    )
    a, b = leaf(2.0), leaf(3.0)
    assert tg.grad(watched(a, b), b)[0].item() == 2.0
    assert called == ["y"]
    watched(a, tg.tensor(3.0)).backward()
    assert called == ["y", "x"]


# --- failures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_pass_that_fails_leaves_every_gradient_as_it_was_and_can_be_retried(
    make_primitive: Callable[..., Primitive], error: type[BaseException]
) -> None:
    broken = [True]

    def rule(g: Any, out: Any, x: Any) -> Any:
        if broken[0]:
            raise error
        return g * 2

    double = make_primitive(lambda x: x * 2, name="double", sign="2×", x=rule)
    early, late = leaf(1.0), leaf(1.0)
    late.grad = tg.tensor(7.0)
    loss = double(early) * late
    with pytest.raises(error):
        loss.backward()
    assert (early.grad, late.grad.item()) == (None, 7.0)
    broken[0] = False
    loss.backward()
    assert (early.grad.item(), late.grad.item()) == (2.0, 9.0)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda g, out, x: g[:1].reshape(1, 1, 1)[..., :0], r"returned shape \(1, 1, 0\).*must be of shape \(2,\)"),
        (lambda g, out, x: 3.0, r"returned a float"),
        (lambda g, out, x: None, r"returned a NoneType"),
        (lambda g, out, x: g > 0, r"returned dtype bool"),
    ],
)
def test_an_unfit_gradient_names_the_rule(
    make_primitive: Callable[..., Primitive], rule: Callable[..., Any], text: str
) -> None:
    wrong = make_primitive(lambda x: x + 0.0, name="wrong", sign="?", x=rule)
    with pytest.raises(tg.GradientError, match=r"\[E12\] the rule of 'wrong' for its argument 'x' " + text):
        wrong(leaf(1.0, 2.0)).sum().backward()


# --- memory -------------------------------------------------------------------------------------------------------


def test_large_values_that_no_rule_reads_are_not_held() -> None:
    w = leaf(1.0)
    big = tg.tensor(np.ones(LARGE))
    middle = big * w
    values = weakref.ref(middle._data.base if middle._data.base is not None else middle._data)
    result = (middle + 1.0) + 2.0
    del middle
    assert values() is None
    result.sum().backward()
    assert w.grad.item() == LARGE


def test_backward_releases_large_values_and_keeps_small_ones_for_a_drawing() -> None:
    w = tg.tensor(np.full(PICTURE // 4, 2.0), requires_grad=True)
    squares = w * w
    loss = squares.exp().sum()
    loss.backward()
    assert loss._node.inputs[0].out is None
    small = leaf(3.0)
    loss = (small * small).exp()
    loss.backward()
    assert loss._node.inputs[0].out == 9.0


def test_nothing_is_released_before_the_pass_has_succeeded(make_primitive: Callable[..., Primitive]) -> None:
    held = []
    watched = make_primitive(
        lambda x: x + 0.0, name="watched", sign="=", x=lambda g, out, x: held.append(later._node.out.size) or g
    )
    w = tg.tensor(np.ones(LARGE), requires_grad=True)
    later = watched(w).exp()
    later.sum().backward()
    assert held == [LARGE]
    assert (later._node.out, later._node.args) == (None, None)


def test_gradients_in_between_are_freed_as_soon_as_they_are_used() -> None:
    size = 8 * LARGE
    w = tg.tensor(np.ones(LARGE), requires_grad=True)
    y = w
    for _ in range(30):
        y = y.tanh()
    loss = y.sum()
    tracemalloc.start()
    try:
        loss.backward()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size < peak < 5 * size  # of 30 gradients, each of this size


def test_a_training_loop_leaves_no_garbage_and_does_not_grow() -> None:
    program = """
import gc, tracemalloc
import numpy as np, tinygrad_vn as tg
rng = np.random.default_rng(0)
x, y = tg.tensor(rng.standard_normal((4, 2))), tg.tensor(rng.standard_normal((4, 1)))
w = tg.tensor(rng.standard_normal((2, 1)), requires_grad=True)
def steps(n):
    for _ in range(n):
        loss = (((x @ w).tanh() - y) ** 2).mean()
        loss.backward()
        w.data -= 0.1 * w.grad
        w.zero_grad()
steps(100)
gc.collect(); gc.disable()
tracemalloc.start()
before = tracemalloc.get_traced_memory()[0]
steps(10_000)
print(tracemalloc.get_traced_memory()[0] - before < 2_000_000, gc.collect())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True 0\n", "")


def test_a_graph_dies_with_its_last_reference() -> None:
    gc.collect()  # what earlier tests left behind
    gc.disable()
    try:
        x = leaf(2.0)
        y = x * x
        node = weakref.ref(y)
        z = y.exp()
        del y
        assert node() is None
        del z
        assert gc.collect() == 0
    finally:
        gc.enable()
