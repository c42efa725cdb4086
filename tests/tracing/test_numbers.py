"""Programs of single numbers: the bits of eager ones, for whatever numbers, though written with Python's operators."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg

SPECIAL = [0.0, -0.0, 1.5, -2.25, 1e308, -1e-308, np.inf, -np.inf, np.nan]
OPERATIONS = [
    *("{p} + {q}", "{p} - {q}", "{p} * {q}", "{p} / {q}", "-{p}", "{p} ** 2", "{p} * 0.3", "2 / {p}", "1 - {p}"),
    *("{p}.relu()", "np.maximum({p}, {q})", "np.maximum({p}, 0.0)", "np.where({p} > {q}, {p}, {q})", "{p} / 3"),
    *(
        "np.maximum(0, {p})",
        "{p} * (({p} > 0) + ({q} > 0))",
        "np.where({p} > 0.5, {p}, 0.0)",
        "{p}.tanh()",
        "np.minimum({p}, {q})",
        "{p}.astype(float) + {q}",
    ),
]


def random_program(seed: int) -> str:
    """Ten operations, each on results of earlier ones."""
    rng, known, lines = random.Random(seed), ["a", "b"], ["def f(a, b):"]
    for number in range(10):
        operation = rng.choice(OPERATIONS).format(p=rng.choice(known), q=rng.choice(known))
        lines.append(f"    y{number} = {operation}")
        known.append(f"y{number}")
    return "\n".join([*lines, f"    return {known[-1]} * {known[-2]}"])


def bits(tensor: Any) -> Any:
    if tensor is None:
        return None
    array = tensor.numpy()
    return (array.dtype, array.tobytes()) if not np.isnan(array).any() else (array.dtype, "NaN")  # of NaN, any


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("seed", range(40))
@pytest.mark.filterwarnings("ignore")  # of infinities and NaN, which are the point
def test_random_programs_have_the_bits_of_eager_ones(seed: int, dtype: Any) -> None:
    names: dict[str, Any] = {"np": np}
    exec(random_program(seed), names)
    a, b = (tg.tensor(value, dtype=dtype, requires_grad=True) for value in (0.75, -1.25))

    def step() -> Any:
        a.grad = b.grad = None
        loss = names["f"](a, b)
        if loss.requires_grad:
            loss.backward()
        return loss.detach()

    repeated = tg.jit(step, quiet=True)
    for _ in range(3):
        repeated()
    pairs = list(itertools.product(SPECIAL, SPECIAL))
    for first, second in random.Random(seed).sample(pairs, 30):
        a.data, b.data = np.array(first, dtype), np.array(second, dtype)
        expected = [bits(step()), bits(a.grad), bits(b.grad)]
        assert [bits(repeated()), bits(a.grad), bits(b.grad)] == expected, (first, second)
    assert repeated.program is not None


def test_a_number_divided_by_zero_is_infinite_as_always() -> None:
    x, y = tg.tensor(1.0), tg.tensor(2.0)
    quotient = tg.jit(lambda: (x * 3.0) / (y * 1.0))
    for _ in range(3):
        quotient()
    y.data = np.array(0.0)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert quotient().item() == np.inf


def test_numbers_that_leave_as_arrays_keep_their_kind() -> None:
    x = tg.tensor(0.5)

    @tg.jit
    def step() -> Any:
        y = x * 2.0 + 1.0
        return y, np.stack([y, y * y]), y.astype(np.float32)

    for _ in range(4):
        number, both, narrow = step()
    assert (number.shape, number.dtype, both.dtype, narrow.dtype) == ((), np.float64, np.float64, np.float32)
    assert (number.item(), both.numpy().tolist(), narrow.item()) == (2.0, [2.0, 4.0], 2.0)


def test_truth_values_are_added_as_numpy_adds_them() -> None:
    function = tg.jit(lambda a, b: np.where(a > b, a, 0.0) * ((a > 0) + (b > 0)))
    assert [function(tg.tensor(a), tg.tensor(1.0)).item() for a in (-1.0, -2.0, 4.0, 4.0)] == [0.0, 0.0, 4.0, 4.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_literals_take_the_kind_of_the_result(dtype: Any) -> None:
    function = tg.jit(lambda a: (np.maximum(0, a), 1 / -np.maximum(a + 0.5, 0)))
    for a in (1.0, 2.0, 3.0, -3.0):
        with np.errstate(divide="ignore"):
            larger, inverse = function(tg.tensor(a, dtype=dtype))
    assert (larger.dtype, inverse.dtype, larger.item(), inverse.item()) == (dtype, dtype, 0.0, -np.inf)


def test_what_numpy_was_told_to_raise_it_raises() -> None:
    @tg.jit
    def cube(a: tg.Tensor) -> Any:
        with np.errstate(over="raise"):
            return a * a * a

    for a in (1.0, 2.0, 3.0):
        cube(tg.tensor(a))
    with pytest.raises(FloatingPointError, match="overflow"):
        cube(tg.tensor(1e200))
