"""What programs do: right, random, careless with memory or with the graph, or with a wrong rule. See `corpus.py`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg
from tests.checking.entries import (
    FAIL,
    MATRIX,
    MUTATES,
    NO_ALARM,
    NONDETERMINISTIC,
    NONFINITE,
    NOT_PASSED,
    OTHER,
    PASSES,
    REFUSED,
    VECTOR,
    WARNS,
    custom,
    entry,
    rng,
)
from tinygrad_vn.rules import activations
from tinygrad_vn.rules.primitive import values_of

# fmt: off

# --- smooth and right -----------------------------------------------------------------------------------------------

TWICE = tg.tensor([1.5], requires_grad=True)
WEIGHT = tg.tensor(OTHER, requires_grad=True, name="weight")
entry("sine", np.sin, VECTOR, second=PASSES, why="cos")
entry("a number", lambda x: x**3, 1.7, second=PASSES, why="0-d input and result, 3x²")
entry("matrix product", np.matmul, MATRIX, OTHER, second=PASSES, why="g @ yᵀ, xᵀ @ g")
entry("broadcast", lambda x, y: x * y + y, MATRIX, VECTOR, second=PASSES, why="the engine sums over the first axis")
entry("the identity", lambda x: x, VECTOR, why="the result is the input itself; no operation was recorded")
entry("a view", lambda x: x[::-1], VECTOR, why="a permutation")
entry("two results", lambda x: (np.sin(x), x * x), VECTOR, second=PASSES, why="a tuple of Tensors, each with its rows")
entry("one result twice", lambda x: [y := x * x, y], VECTOR, why="each counts on its own: 2x and 2x")
entry("a choice by mask", lambda x: x[x > 0] * 2, [0.5, -0.5, 1.0], second=PASSES, why="2, 0, 2")
entry("several in and out", lambda x, y: (x * y, x.sum(), y - x), VECTOR, VECTOR + 1, second=PASSES, why="bilinear")
entry("the same Tensor twice", lambda x, y: x * y * y, *[lambda: TWICE] * 2,
      why="∂/∂x at a fixed y is y²: moving one argument must not move the other")
entry("a stored transpose", lambda x: np.sin(x) * 2, np.asfortranarray(MATRIX), why="layout changes no derivative")
entry("nothing", np.sin, np.zeros((0, 3)), why="no elements: every statement about them holds")
entry("nothing from something", lambda x: x[:0] * 2, VECTOR, why="a Jacobian of 0 rows")
entry("a branch", lambda x: x * x if x.sum() > 0 else -x, [1.0, 2.0], second=PASSES, why="far from the border: 2x")
entry("a loop", lambda x: [x := np.sin(x) for _ in range(20)][-1], 0.8, second=PASSES, why="a chain of cosines")
entry("softmax with a detached top", lambda x: (e := np.exp(x - x.max().detach())) / e.sum(), VECTOR, second=PASSES,
      why="what is subtracted cancels, so detaching it changes no derivative")
entry("positions beside numbers", lambda x, i: x[i] * 2, VECTOR, np.array([2, 0, 0]), second=PASSES,
      why="whole numbers have no derivative and are left alone")
entry("a weight closed over", lambda x: np.tanh(x @ WEIGHT), MATRIX, why="only the input is asked about")
entry("a parameter", lambda x: np.tanh(x @ WEIGHT), MATRIX, second=PASSES, params={"weight": WEIGHT}, why="tanh′")
entry("plain arrays", lambda x: np.asarray(x.shape).sum() * x**2, lambda: np.array([1.0, 2.0]),
      why="arrays are checked as Tensors are")
entry("a Python number", lambda x, n: x**2 * n, lambda: 1.5, lambda: 3, second=PASSES, why="2x·n; the 3 is left alone")
entry("two dtypes", lambda x, y: x * y, VECTOR, VECTOR.astype(np.float32), why="each in its own precision")
entry("float32", lambda x: np.sin(x) * x, VECTOR.astype(np.float32), why="right within the digits that float32 has")
entry("float32, large numbers", lambda x: x**3, np.float32([300.0, -7.0]), why="3x², relative to the values' size")
entry("an accumulator of its own", lambda x: sum((x[i] * x for i in range(3)), tg.zeros(3)), VECTOR, second=PASSES,
      why="writes into what it made itself only")
entry("gradient of a sum with itself", lambda x: x + x, VECTOR, why="one array of gradients handed to both: allowed")

# --- no function of its input ---------------------------------------------------------------------------------------

FRESH = rng(4)
CALLS = itertools.count(1)
FIXED = rng(5).random(3) < 0.5


def dropout(x: tg.Tensor, generator: np.random.Generator) -> tg.Tensor:
    return np.where(generator.random(x.shape) < 0.5, x * 2, 0.0)


def noisy(size: float) -> Callable[[tg.Tensor], tg.Tensor]:
    return lambda x: np.sin(x) + size * FRESH.normal(size=x.shape)


entry("dropout", lambda x: dropout(x, FRESH), VECTOR, slow=NONDETERMINISTIC, why="another mask at every call")
entry("dropout, seeded", lambda x: dropout(x, rng(7)), VECTOR, second=PASSES, why="one mask: a fixed product")
entry("dropout, mask kept", lambda x: np.where(FIXED, x * 2, 0.0), VECTOR, second=PASSES, why="a fixed product")
entry("noise", noisy(1.0), VECTOR, slow=NONDETERMINISTIC, why="never the same value")
entry("noise of 1e-12", noisy(1e-12), VECTOR, slow=NONDETERMINISTIC, why="never the same value: nondet_tol is 0")
entry("noise of 1e-12, allowed", noisy(1e-12), VECTOR, nondet_tol=1e-10, slow=NO_ALARM,
      why="cos, and the noise is allowed")
entry("a count of its calls", lambda x: x * (1 + 1e-3 * next(CALLS)), VECTOR, slow=NONDETERMINISTIC, why="it drifts")
entry("every second call", lambda x: x * (1 + next(CALLS) % 2), VECTOR, slow=NONDETERMINISTIC, why="it alternates")
entry("a random rule", custom(lambda x: x * 2, x=lambda g, out, x: g * 2 * (1 + 1e-3 * FRESH.normal())), VECTOR,
      slow=NONDETERMINISTIC | FAIL, why="the backward pass is never the same")

# --- writing into what belongs to others ----------------------------------------------------------------------------

CLOSED_OVER = np.ones(3)
LOG = np.zeros(3)


def writes_into_its_input(x: tg.Tensor) -> tg.Tensor:
    y = x * x
    x.data[...] *= 2
    return y


def writes_around_the_tensor(x: tg.Tensor) -> tg.Tensor:
    y = x * x
    x._data[...] += 1
    return y


def writes_into_its_surroundings(x: tg.Tensor) -> tg.Tensor:
    CLOSED_OVER[...] += 1
    return x * CLOSED_OVER


def keeps_a_log(x: tg.Tensor) -> tg.Tensor:
    LOG[...] = x.detach().numpy()
    return x * x


def doubling(g: Any) -> Any:
    """Twice `g`, computed in `g`'s own memory."""
    bare = g if isinstance(g, np.ndarray) else g._data
    bare *= 2
    return g


def doubles_x(g: Any, out: Any, x: Any) -> Any:
    """2x, computed in x's own memory."""
    bare = x if isinstance(x, np.ndarray) else x._data
    bare *= 2
    return g * x


CARELESS = custom(lambda x: x * 2, x=lambda g, out, x: doubling(g))
entry("writes into its input", writes_into_its_input, VECTOR, slow=MUTATES, why="the caller's x is another afterwards")
entry("writes around the Tensor", writes_around_the_tensor, VECTOR, slow=MUTATES, why="the same, past every guard")
entry("writes into its surroundings", writes_into_its_surroundings, VECTOR, slow=NONDETERMINISTIC | MUTATES,
      why="another function at every call")
entry("keeps a log", keeps_a_log, VECTOR, second=PASSES, why="writes, but reads none of it")
entry("a rule writes into g", CARELESS, VECTOR, slow=MUTATES, why="g may belong to others too")
entry("a rule writes into a shared g", lambda x: CARELESS(x) + x, VECTOR, slow=MUTATES | FAIL,
      why="… as here: 4, not 3")
entry("a rule writes into g, further down", lambda x: np.sin(CARELESS(x)) * 3, VECTOR, slow=MUTATES, why="the same")
entry("a rule writes into its argument", custom(lambda x: x * x, x=doubles_x), VECTOR,
      slow=MUTATES | NONDETERMINISTIC | FAIL, why="x is another afterwards")

# --- the graph is cut -----------------------------------------------------------------------------------------------


@tg.no_grad()
def without_recording(x: tg.Tensor) -> tg.Tensor:
    return np.sin(x)


entry("half detached", lambda x: x.detach() * x, VECTOR, slow=FAIL, why="x where 2x is right")
entry("all detached", lambda x: x.detach() ** 2, VECTOR, slow=FAIL, why="silently 0 where 2x is right")
entry("through bare arrays", lambda x: tg.tensor(np.sin(x.detach().numpy())), VECTOR, slow=FAIL,
      why="silently 0, not cos")
entry("under no_grad", without_recording, VECTOR, slow=FAIL, why="silently 0, not cos")
entry("one of two results detached", lambda x: (x * 2, np.sin(x.detach())), VECTOR, slow=FAIL, why="0, not cos")
entry("a constant", lambda x: tg.tensor([1.0, 2.0]), VECTOR, why="the slope of a constant is 0, recorded or not")
entry("a recorded constant", lambda x: x * 0.0 + 3.0, VECTOR, second=PASSES, why="0")
entry("one input unused", lambda x, y: x * x, VECTOR, MATRIX, second=PASSES, why="0 for y")
entry("one result unrelated", lambda x: (x * x, tg.ones(2)), VECTOR, second=PASSES, why="0 for the second")
entry("a parameter unused", lambda x: x * x, VECTOR, params=[WEIGHT], why="0 for the parameter")
entry("whole numbers come out", lambda x: np.argmax(x), VECTOR, slow=REFUSED | WARNS,
      why="a position has no derivative")
entry("a mask comes out", lambda x: x > 0, VECTOR, slow=REFUSED | WARNS, why="a truth value has no derivative")
entry("only whole numbers", lambda n: n * 2, np.arange(3), slow=REFUSED, why="nothing here has a derivative")

# --- wrong rules, each beside its right version ---------------------------------------------------------------------


def sine(rule: Any) -> Callable[..., Any]:
    return custom(lambda x: np.sin(x), x=rule)


def flipped(place: int) -> Any:
    signs = np.where(np.arange(1024) == place, -1.0, 1.0)
    return lambda g, out, x: 2 * x * g * signs


MANY = rng(6).uniform(0.5, 1.5, 1024) * rng(7).choice([-1, 1], 1024)
SQUARE = rng(8).normal(size=(3, 3))
entry("a rule, right", sine(lambda g, out, x: g * np.cos(x)), VECTOR, second=PASSES, why="cos")
entry("sign", sine(lambda g, out, x: -g * np.cos(x)), VECTOR, slow=FAIL, why="−cos")
entry("factor 1.001", sine(lambda g, out, x: g * np.cos(x) * 1.001), VECTOR, slow=FAIL, why="a hundred times rtol")
entry("factor 1 + 1e-9", sine(lambda g, out, x: g * np.cos(x) * (1 + 1e-9)), VECTOR,
      why="within rtol, and nothing can tell")
entry("off by 1e-3", sine(lambda g, out, x: g * (np.cos(x) + 1e-3)), VECTOR, slow=FAIL, why="ten thousand times atol")
entry("backward is 0", sine(lambda g, out, x: g * 0.0), VECTOR, slow=FAIL, why="0, not cos")
entry("wrong for negative x", sine(lambda g, out, x: g * np.cos(x) * np.where(x < 0, 2, 1)), [0.5, -0.5], slow=FAIL,
      why="2 cos")
entry("NaN for negative x", sine(lambda g, out, x: g * np.cos(x) * np.where(x < 0, np.nan, 1)), [0.5, -0.5],
      slow=NONFINITE, why="NaN, not cos")
entry("1,024 elements, right", custom(lambda x: x * x, x=lambda g, out, x: 2 * x * g), MANY, why="2x")
entry("one of 1,024 flipped", custom(lambda x: x * x, x=flipped(77)), MANY, slow=FAIL, why="one −2x among 2x")
entry("the mean of g", sine(lambda g, out, x: g.mean() * np.cos(x)), VECTOR, slow=FAIL,
      why="the same for a g of ones; each element of x has its own")
entry("|g|", sine(lambda g, out, x: np.abs(g) * np.cos(x)), VECTOR, slow=FAIL,
      why="the same for every g ≥ 0, so for all rows")
entry("|g| of a loss", custom(lambda x: (x * x).sum(), x=lambda g, out, x: np.abs(g) * 2 * x), VECTOR, slow=FAIL,
      why="the same for g > 0, so for every loss until it is subtracted")
entry("g²", sine(lambda g, out, x: g * g * np.cos(x)), VECTOR, slow=FAIL, why="the same for a g of zeros and ones")
entry("no g at all", custom(lambda x: (x * x).sum(), x=lambda g, out, x: 2 * x + g * 0.0), VECTOR, slow=FAIL,
      why="the same for a loss, whose g is 1; wrong as soon as the loss is scaled")
entry("a g cut to ±1", sine(lambda g, out, x: np.clip(g, -1.0, 1.0) * np.cos(x)), VECTOR, slow=FAIL,
      why="the same for |g| ≤ 1; a backward pass is linear in g")
entry("a g cut to ±10", sine(lambda g, out, x: np.clip(g, -10.0, 10.0) * np.cos(x)), VECTOR, slow=FAIL,
      why="the same for |g| ≤ 10; twice the start must give twice the gradient, however large")
entry("a small g dropped", sine(lambda g, out, x: np.where(np.abs(g) < 1e-3, 0.0, g) * np.cos(x)), VECTOR, slow=FAIL,
      why="the same for |g| ≥ 1e-3; a thousandth of the start must give a thousandth of the gradient")
entry("g² / g", sine(lambda g, out, x: g * g / g * np.cos(x)), VECTOR, slow=FAIL | NONFINITE,
      why="NaN where g is 0, as behind every relu")
entry("a constant on top", sine(lambda g, out, x: g * np.cos(x) + 0.01), VECTOR, slow=FAIL,
      why="a gradient of 0.01 for g = 0")
entry("g rounded to float32", sine(lambda g, out, x: g.astype(np.float32).astype(np.float64) * np.cos(x)), VECTOR,
      why="off by 6e-8, within rtol")
entry("the wrong shape", sine(lambda g, out, x: (g * np.cos(x))[:2]), VECTOR, slow=NOT_PASSED, why="2 elements for 3")
entry("no array", sine(lambda g, out, x: None), VECTOR, slow=NOT_PASSED, why="nothing is no gradient")
entry("whole numbers", sine(lambda g, out, x: np.zeros(3, int)), VECTOR, slow=NOT_PASSED, why="E12: not a float dtype")


def product(x: Any, y: Any) -> Callable[..., Any]:
    return custom(lambda x, y: x @ y, x=x, y=y)


def right_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    return g @ y.mT


def right_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    return x.mT @ g


entry("a product, right", product(right_x, right_y), SQUARE, SQUARE + 1, second=PASSES, why="g @ yᵀ, xᵀ @ g")
entry("a product, y not transposed", product(lambda g, out, x, y: g @ y, right_y), SQUARE, SQUARE + 1, slow=FAIL,
      why="g @ yᵀ")
entry("a product, x not transposed", product(right_x, lambda g, out, x, y: x @ g), SQUARE, SQUARE + 1, slow=FAIL,
      why="xᵀ @ g")
entry("a product, the result transposed", product(lambda g, out, x, y: (g @ y.mT).mT, right_y), SQUARE, SQUARE + 1,
      slow=FAIL, why="the transpose of what is right")
entry("a product, symmetric by chance", product(lambda g, out, x, y: g @ y, right_y), SQUARE, SQUARE + SQUARE.T,
      why="yᵀ = y here")
BIAS = tg.tensor(VECTOR, requires_grad=True)
ROWS_ONLY = custom(lambda x, b: x + b, x=lambda g, out, x, b: g, b=lambda g, out, x, b: g[0])
entry("a bias, right", lambda x, b: x + b, MATRIX, VECTOR, second=PASSES, why="the sum over the rows")
entry("a bias, one row only", ROWS_ONLY, MATRIX, VECTOR, slow=FAIL, why="the first row, not the sum of all")
entry("a parameter, wrong", lambda x: ROWS_ONLY(x, BIAS), MATRIX, params=[BIAS], slow=FAIL,
      why="right for the input, wrong for what it closes over")
entry("the second of a batch wrong", sine(lambda g, out, x: g * np.cos(x) * np.array([[1.0], [1.01]])), MATRIX,
      slow=FAIL, why="1 % in one row")
entry("float32, wrong sign", sine(lambda g, out, x: -g * np.cos(x)), VECTOR.astype(np.float32), slow=FAIL, why="−cos")
entry("float32, factor 1.01", sine(lambda g, out, x: g * np.cos(x) * np.float32(1.01)), VECTOR.astype(np.float32),
      slow=FAIL, why="1 %, far more than float32 is off")

# --- right at first order, wrong at second --------------------------------------------------------------------------

entry("a cube", custom(lambda x: x**3, x=lambda g, out, x: 3 * g * x * x), VECTOR, second=PASSES, why="6x")
entry("a cube, values baked in", custom(lambda x: x**3, x=lambda g, out, x: 3 * g * values_of(x) ** 2), VECTOR,
      second=FAIL, why="3x² at first order; its own derivative, 6x, is lost")
entry("a cube, half baked", custom(lambda x: x**3, x=lambda g, out, x: 3 * g * x * values_of(x)), VECTOR, second=FAIL,
      why="3x² at first order, 3x where 6x is right")
entry("a product, values baked in", product(lambda g, out, x, y: g @ values_of(y).mT, right_y), SQUARE, SQUARE + 1,
      second=FAIL, why="the mixed second derivative is lost on one side")
entry("relu off its kink", activations.relu, [0.5, -2.0], second=PASSES, why="0: straight on both sides")
entry("length of a vector", np.linalg.norm, [3.0, 4.0], second=PASSES, why="(1 − uuᵀ)/5")
entry("shares", activations.softmax, VECTOR, second=PASSES, why="the softmax rule is differentiable again")
