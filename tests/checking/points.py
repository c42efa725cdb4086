"""Where the numeric side is hard: kinks, scales, oscillation, edges of the domain, jumps, noise. See `corpus.py`."""

from __future__ import annotations

import numpy as np

import tinygrad_vn as tg
from tests.checking.entries import (
    FAIL,
    NO_ALARM,
    NONFINITE,
    NOT_SILENT,
    OFF_THE_SLOPES,
    PASSES,
    VECTOR,
    WARNS,
    custom,
    entry,
    rng,
)
from tinygrad_vn.rules import activations

# fmt: off

# --- kinks: on the point every value between the slopes is a fair answer, which deserves a word, not an alarm -------

ON_A_KINK = "the one-sided slopes differ and the rule's value lies between them: a subgradient"
for f, name in ((np.abs, "|x|"), (activations.relu, "relu"), (activations.leaky_relu, "leaky relu")):
    entry(f"{name} at 0", f, 0.0, slow=WARNS, why=ON_A_KINK)
    for x in (1e-7, -1e-7, 1e-13, -1e-13, 3.0):
        entry(f"{name} at {x:g}", f, x, why="a straight line up to 0, however near that is")
entry("relu, one of many at 0", activations.relu, [1.0, -2.0, 0.0, 5.0], slow=WARNS, why=ON_A_KINK)
entry("max(x, 1) at 1", lambda x: np.maximum(x, 1.0), 1.0, slow=WARNS, why=ON_A_KINK)
entry("max(x, 1) at 1 + 1e-9", lambda x: np.maximum(x, 1.0), 1 + 1e-9, why="1: the kink is 5 million roundings away")
entry("max(x, 1) at 1 − 1e-9", lambda x: np.maximum(x, 1.0), 1 - 1e-9, slow=NO_ALARM,
      why="0; but a slope of 1e-6 would not show either in steps that short")
entry("clip inside and outside", lambda x: np.clip(x, -1, 1), [0.5, 3.0, -7.0], second=PASSES, why="1, 0, 0")
entry("clip on a bound", lambda x: np.clip(x, -1, 1), [1.0, 0.2], slow=WARNS, why=ON_A_KINK)
entry("hinge on its margin", lambda w: np.maximum(0.0, 1.0 - w * 2.0).sum(), [0.5, 3.0], slow=WARNS, why=ON_A_KINK)
entry("hinge off its margin", lambda w: np.maximum(0.0, 1.0 - w * 2.0).sum(), [0.4, 3.0], second=PASSES, why="−2, 0")
entry("1e-4·|x| at 0", lambda x: 1e-4 * np.abs(x), 0.0, slow=WARNS, why="slopes ±1e-4, a thousand times atol")
entry("x + 1e-4·|x| at 0", lambda x: x + 1e-4 * np.abs(x), 0.0, slow=WARNS, why="slopes 1 ± 1e-4, ten times rtol")
entry("|x − 10⁹| beside its kink", lambda x: np.abs(x - 1e9), 1e9 + 1, why="1: the kink is 8 million roundings away")
entry("|x − 10⁹| on its kink", lambda x: np.abs(x - 1e9), 1e9, slow=WARNS, why=ON_A_KINK)
entry("a kink in one of many results", lambda x: (np.sin(x), np.abs(x[1]) + x.sum()), [1.0, 0.0, 2.0], slow=WARNS,
      why=ON_A_KINK)
entry("max of a tie", np.max, [1.0, 1.0, 0.5], slow=WARNS, why="½, ½, 0 lies between: slopes 0 and 1")
entry("maximum of a tie", np.maximum, [1.0, 2.0], [1.0, 0.0], slow=WARNS, why="½ each lies between 0 and 1")
entry("maximum of itself", lambda x: np.maximum(x, x), VECTOR, why="that is x: ½ + ½ = 1")
entry("sort of a tie", np.sort, [2.0, 1.0, 1.0], slow=WARNS, why="the smaller result has slopes 1 and 0")
entry("|x|·|x| at 0", lambda x: np.abs(x) * np.abs(x), 0.0, why="x², slope 0")
entry("x·|x| at 0", lambda x: x * np.abs(x), 0.0, why="once differentiable, slope 0")
entry("length of a zero vector", np.linalg.norm, [0.0, 0.0], slow=WARNS, why="a cone: 0 is one of its subgradients")
entry("a sharp but smooth bend", lambda x: np.sqrt(x * x + 1e-12), [0.0, 1e-6], why="0 and 1/√2: width 1e-6")

# A formula can be right, each rule a fair choice, and the gradient wrong.
STEEP_RELU = custom(
    lambda x: np.maximum(x, 0), x=lambda g, out, x: g * np.where(x > 0, 1.0, np.where(x < 0, 0.0, 2.0))
)
CLOSED_RELU = custom(lambda x: np.maximum(x, 0), x=lambda g, out, x: g * (x >= 0))
STEEP_TINY_ABS = custom(
    lambda x: 1e-4 * np.abs(x), x=lambda g, out, x: g * np.where(x == 0, 5e-4, 1e-4 * np.sign(x))
)
GENEROUS_MAX = custom(lambda x: x.max(), x=lambda g, out, x: g * (x == out))
GENEROUS_MAXIMUM = custom(
    lambda x, y: np.maximum(x, y), x=lambda g, out, x, y: g * (x >= y), y=lambda g, out, x, y: g * (y >= x)
)
entry("relu(x) − relu(−x) at 0", lambda x: activations.relu(x) - activations.relu(-x), 0.0, slow=FAIL,
      why="that is x, slope 1; the rules say 0 − 0")
entry("relu with slope 2 at 0", STEEP_RELU, 0.0, slow=OFF_THE_SLOPES, why="2 is not between 0 and 1")
entry("relu with slope 1 at 0", CLOSED_RELU, 0.0, slow=WARNS, why=ON_A_KINK)
entry("1e-4·|x| with slope 5e-4 at 0", STEEP_TINY_ABS, 0.0, slow=OFF_THE_SLOPES, why="5e-4 is not between ±1e-4")
entry("|x| with the wrong sign at 1e-13", custom(lambda x: np.abs(x), x=lambda g, out, x: -g * np.sign(x)), 1e-13,
      slow=FAIL, why="1, not −1, and not a kink either")
entry("max that gives each tie everything", GENEROUS_MAX, [1.0, 1.0, 0.5], slow=OFF_THE_SLOPES,
      why="along (1, 1, 0) the slope is 1 to both sides, not 2, although 1 is between 0 and 1 for each")
entry("maximum that gives each side everything", GENEROUS_MAXIMUM, [1.0], [1.0], slow=OFF_THE_SLOPES,
      why="moving both moves the result once")

# --- scales ---------------------------------------------------------------------------------------------------------

SINE_MINUS = custom(lambda x: np.sin(x), x=lambda g, out, x: -g * np.cos(x))
SQUARE_MINUS = custom(lambda x: x * x, x=lambda g, out, x: -2 * x * g)
for x in (1e9, 1e-9, 1e20, 1e-20):
    entry(f"x² at {x:g}", lambda x: x * x, x, second=PASSES, why="2x")
entry("x² with the wrong sign at 1e9", SQUARE_MINUS, 1e9, slow=FAIL, why="2x, not −2x")
entry("tiny among ones", lambda x: x * x * x + x, [1.0, 1e-20, 1.0], second=PASSES, why="3x² + 1")
entry("1 / x of tiny and huge", lambda x: 1 / x, [1e-20, 1.0, 1e20], why="−1/x²: −1e40, −1, −1e-40")
entry("1 / x of tiny, wrong", custom(lambda x: 1 / x, x=lambda g, out, x: g * out * out * np.array([1.0, -1.0])),
      [1e-20, 1.0], slow=FAIL, why="1e40 where −1e40 is right")
entry("mixed scales", lambda x: x * x, [1e-6, 1.0, 1e6], second=PASSES, why="2x, element by element")
entry("sum of mixed scales", lambda x: (x * x).sum(), [1e-6, 1.0, 1e6], slow=NO_ALARM,
      why="2x; the smallest moves a sum of 1e12 by less than its rounding")
entry("sum of mixed scales, the largest wrong",
      custom(lambda x: (x * x).sum(), x=lambda g, out, x: g * np.where(x > 1e5, -2 * x, 2 * x)), [1e-6, 1.0, 1e6],
      slow=FAIL, why="2e6, not −2e6")
entry("1e-10·x²", lambda x: 1e-10 * x * x, 0.7, second=PASSES, why="1.4e-10")
entry("1e-10·x², wrong sign", lambda x: 1e-10 * SQUARE_MINUS(x), 0.7, slow=FAIL,
      why="−1.4e-10 where 1.4e-10 is right: the values are that small too, so all their digits count")
entry("1 + 1e-10·x²", lambda x: 1 + 1e-10 * x * x, 0.7, slow=NO_ALARM, why="1.4e-10, of which rounding leaves 6 digits")
entry("1e10·x²", lambda x: 1e10 * x * x, [0.7, -0.2], second=PASSES, why="2e10·x")
entry("exp at 50", np.exp, 50.0, second=PASSES, why="5.2e21, itself")
entry("exp at −50", np.exp, -50.0, why="1.9e-22, itself")
entry("x¹⁰ at 1000", lambda x: x**10, 1e3, second=PASSES, why="1e28")
entry("saturated", lambda x: np.tanh(x) + activations.sigmoid(x), [40.0, -40.0, 20.0], why="all but flat: below 1e-8")
entry("tan near its pole", np.tan, np.pi / 2 - 1e-6, why="1/cos²: 1e12")
entry("1 / (x − 1) near its pole", lambda x: 1 / (x - 1), 1 + 2.0**-20, why="−2⁴⁰, and x − 1 is exact")

entry("huge", lambda x: x * 2, [1e300, -1e300], why="2, in steps that are huge too")
entry("the largest numbers", lambda x: x / 2, 1.7e308, why="½; a step of a quarter would overflow")
entry("the smallest number", lambda x: x * 2, 5e-324, slow=NO_ALARM, why="2; it cannot be divided any further")
entry("minus zero", lambda x: x * x + x, -0.0, second=PASSES, why="1")
NO_SLOPE = custom(lambda x: x.copy(), x=lambda g, out, x: g * 0.0)
EXP_MINUS = custom(lambda x: np.exp(x), x=lambda g, out, x: -g * out)
EXP_PERMILLE = custom(lambda x: np.exp(x), x=lambda g, out, x: g * out * 1.001)
for x in (1e-13, -1e-16, 1e-17, 1e-30):
    entry(f"exp at {x:g}", lambda x: np.exp(x), x, second=PASSES, why="1, by steps of 1, not of x")
    entry(f"exp at {x:g}, wrong sign", EXP_MINUS, x, slow=FAIL, why="−1 where 1 is right")
    entry(f"exp at {x:g}, factor 1.001", EXP_PERMILLE, x, slow=FAIL, why="a hundred times rtol")
entry("exp of tiny among ones, wrong sign", custom(lambda x: np.exp(x), x=lambda g, out, x: g * out * np.where(
      x < 1e-9, -1, 1)), [1.0, 1e-17, 1.0], slow=FAIL, why="one sign")
entry("exp at −66, factor 1.001", EXP_PERMILLE, -66.0, slow=FAIL, why="2e-29, and known to 13 digits")
entry("exp at 600", np.exp, 600.0, second=PASSES, why="4e260, the square of which overflows")
entry("exp at 600, wrong sign", EXP_MINUS, 600.0, slow=FAIL, why="the opposite")
entry("cos near 0", np.cos, [1e-6, 1e-9, 1e-12], second=PASSES, why="−x, of values that are 1")
entry("cos near 0, wrong sign", custom(lambda x: np.cos(x), x=lambda g, out, x: g * np.sin(x)), 1e-9, slow=FAIL,
      why="1e-9 is small, but steps of 0.1 show its sign")
entry("log(1 + x²) near 0", lambda x: np.log(1 + x * x), 1e-5, second=NO_ALARM, why="2x, the values in steps of 2e-16")
entry("log(1 + x²) near 0, backward 0", lambda x: np.log(1 + NO_SLOPE(x) ** 2), 1e-5, slow=FAIL,
      why="2e-5 where short steps show nothing, as 1 + x² does not change with them")
entry("1 + exp at −20, factor 1.001", lambda x: 1 + EXP_PERMILLE(x), -20.0, slow=FAIL | WARNS,
      why="2e-9 of which rounding leaves 3 to 6 digits, by the step")
entry("a steep start", lambda x: np.exp(-1 / x), 0.01, second=PASSES, why="1e4·exp(−100): by half within 0.4 %")
entry("a bell's far tail", lambda x: np.exp(-x * x / 2), 30.0, second=PASSES, why="−30·exp(−450)")
entry("a small result beside a huge one", lambda x: (1e8 * x, SINE_MINUS(x)), VECTOR, slow=FAIL,
      why="the second result has the wrong sign; a sum of both has the right slope to 8 digits")
entry("small elements beside huge ones", lambda x: np.stack([1e8 * x, SINE_MINUS(x)]), VECTOR, slow=FAIL,
      why="the same in one array")
entry("small beside huge, right", lambda x: (1e8 * x, np.sin(x)), VECTOR, second=PASSES, why="1e8 and cos")

# --- fast oscillation -----------------------------------------------------------------------------------------------

entry("sin(1e5·x)", lambda x: np.sin(1e5 * x), [0.3, 1.1], second=PASSES, why="1e5·cos(1e5·x)")
entry("sin(1e5·x), wrong sign", custom(lambda x: np.sin(1e5 * x), x=lambda g, out, x: -1e5 * g * np.cos(1e5 * x)), 0.3,
      slow=FAIL, why="the opposite")
NO_WAVE = custom(lambda x: np.sin(2 * np.pi * 64 * x), x=lambda g, out, x: g * 0.0)
entry("sin(2π·64·x)", lambda x: np.sin(2 * np.pi * 64 * x), 0.1, second=PASSES, why="128π·cos(12.8π)")
entry("sin(2π·64·x), backward 0", NO_WAVE, 0.1, slow=FAIL,
      why="a step of 1/64 is a whole period and sees no slope; it is −325")
entry("sin(2π·64·x), backward 0, a step of 1/64", NO_WAVE, 0.1, slow=FAIL, eps=1 / 64,
      why="as above, with the step that the user has asked for")
entry("x + 1e-6·sin(1e7·x)", lambda x: x + 1e-6 * np.sin(1e7 * x), 0.5, why="1 + 10·cos(5e6) = −1.15, not 1")
entry("x + 1e-6·sin(1e7·x), backward 1", custom(lambda x: x + 1e-6 * np.sin(1e7 * x), x=lambda g, out, x: g * 1.0), 0.5,
      slow=FAIL, why="1 is the slope of every wide step, not of the function")
entry("x·sin(1/x) near 0", lambda x: x * np.sin(1 / x), 1e-3, second=PASSES, why="sin 1000 − 1000·cos 1000")

# --- edges of the domain --------------------------------------------------------------------------------------------

PATCHED_ROOT = custom(
    lambda x: np.sqrt(x), x=lambda g, out, x: g * np.where(x > 0, 0.5 / np.where(x > 0, out, 1.0), 0.0)
)
for x in (1e-10, 1e-300):
    entry(f"√x at {x:g}", np.sqrt, x, why="1/(2√x), and all of (0, 2x) is in the domain")
    entry(f"log x at {x:g}", np.log, x, why="1/x")
entry("√x at tiny and 1", np.sqrt, [1e-10, 1.0], why="1/(2√x)")
entry("√x at 1e-10, half", custom(lambda x: np.sqrt(x), x=lambda g, out, x: g * 0.25 / out), 1e-10, slow=FAIL,
      why="25,000 where 50,000 is right")
entry("√x at 0", np.sqrt, 0.0, slow=NONFINITE, why="the slope is infinite, and the rule says so")
entry("√x at 0, patched", PATCHED_ROOT, 0.0, slow=NOT_SILENT, why="the slope is infinite; 0 is not it")
entry("∛x at 0", np.cbrt, 0.0, slow=NONFINITE, why="the slope is infinite")
entry("∛x at 1e-12", np.cbrt, 1e-12, why="1/(3·1e-8)")
entry("x^1.5 at 0", lambda x: x**1.5, 0.0, slow=NO_ALARM, why="0 from the right; to the left there is nothing")
entry("x^1.5 at 0 and 2", lambda x: x**1.5, [0.0, 2.0], slow=NO_ALARM, why="0 from the right, 1.5·√2")
entry("x^1.5 at 0, slope 1", custom(lambda x: x**1.5, x=lambda g, out, x: g * np.where(x == 0, 1.0, 1.5 * np.sqrt(x))),
      0.0, slow=OFF_THE_SLOPES, why="0 from the right, not 1")
entry("arcsin at 1", np.arcsin, 1.0, slow=NONFINITE, why="the slope is infinite")
entry("arcsin at 1 − 1e-10", np.arcsin, 1 - 1e-10, why="1/√(2e-10) = 70,711")
entry("log at 0", np.log, [0.0, 1.0], slow=NONFINITE, why="the value is −∞")
entry("log of a negative", np.log, [-1.0, 2.0], slow=NONFINITE, why="the value is NaN")
entry("1 / x at 0", lambda x: 1 / x, 0.0, slow=NONFINITE, why="the value is ∞")
entry("exp overflows", np.exp, 1000.0, slow=NONFINITE, why="the value is ∞")
entry("log(1 + exp x) overflows", lambda x: np.log(1 + np.exp(x)), 1000.0, slow=NONFINITE,
      why="∞, though 1000 is meant")
entry("x² overflows", lambda x: x * x, 1e200, slow=NONFINITE, why="the value is ∞")
entry("∞ comes in", lambda x: np.exp(-x), np.inf, slow=NONFINITE | WARNS,
      why="the value is 0, but there is no step from ∞")
entry("NaN comes in", lambda x: x * 2, [np.nan, 1.0], slow=NONFINITE, why="no slope at no place")
entry("a branch not taken", lambda x: np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), x), [-1.0, 2.0], second=PASSES,
      why="1 and ½: guarded on both sides")
entry("a branch not taken, √ of 0", lambda x: np.where(x > 0, np.sqrt(x), 0.0), [0.0, 2.0], slow=NONFINITE,
      why="the classic: 0·∞ = NaN in the backward pass of a value that looks fine")

# --- jumps ----------------------------------------------------------------------------------------------------------

entry("floor off its jumps", lambda x: np.floor(x) + x, [0.5, -1.2], second=PASSES, why="1: flat steps between jumps")
entry("floor alone off its jumps", np.floor, [0.5, -1.2], why="0, and a result outside the graph says so")
entry("floor on a jump", lambda x: np.floor(x) + x, [2.0, 0.3], slow=NOT_SILENT, why="no slope where it jumps")
entry("sign at 0", lambda x: np.sign(x) * 2, 0.0, slow=NOT_SILENT, why="a jump to both sides")
entry("sign off 0", lambda x: np.sign(x) * 2, [0.1, -1e-9], why="0")
entry("where on its jump", lambda x: np.where(x > 0.5, x + 1, x), 0.5, slow=NOT_SILENT,
      why="both slopes are 1, and it jumps")
entry("where off its jump", lambda x: np.where(x > 0.5, x + 1, x), [0.5 + 1e-9, 0.5 - 1e-9], why="1")
entry("a small jump", lambda x: np.where(x > 0.5, x + 1e-6, x), 0.5, slow=NOT_SILENT, why="small, but a jump")
entry("x mod 1 off its jumps", lambda x: x % 1.0, [0.5, 1 - 1e-9, -0.3], why="1")
entry("x mod 1 on a jump", lambda x: x % 1.0, 1.0, slow=NOT_SILENT, why="from 1 to 0")
entry("rounded to 3 digits", lambda x: np.floor(x * 1000) * 1e-3 + x, 0.12345, why="1: steps 1e-3 wide, 4.5e-4 away")
entry("rounded to 3 digits, straight through", custom(lambda x: np.floor(x * 1000) * 1e-3, x=lambda g, out, x: g),
      0.12345, slow=FAIL, why="the slope is 0; 1 is that of the stairs as a whole")

# --- noise and cancellation -----------------------------------------------------------------------------------------


def in_float32(x: tg.Tensor) -> tg.Tensor:
    return np.sin(x.astype(np.float32)).astype(np.float64)


NEGATED = custom(lambda x: x.copy(), x=lambda g, out, x: -g)
PERMILLE = custom(lambda x: x.copy(), x=lambda g, out, x: g * 1.001)
HALVED = custom(lambda x: x.copy(), x=lambda g, out, x: g * 0.5)
entry("float32 inside", in_float32, [0.3, 1.2], slow=NO_ALARM, why="cos to about 4 digits, which is all it can show")
entry("float32 inside, wrong sign", lambda x: NEGATED(in_float32(x)), [0.3, 1.2], slow=FAIL,
      why="off by 200 %, a thousand times the noise")
entry("float32 inside, half", lambda x: HALVED(in_float32(x)), [0.3, 1.2], slow=FAIL,
      why="off by 50 %, hundreds of times the noise")
entry("float32 inside, factor 1.001", lambda x: in_float32(x) + PERMILLE(in_float32(x)),
      [0.3, 1.2], slow=FAIL | WARNS, why="off by 0.05 %: perhaps too little to be sure, but too much to say nothing")
entry("sin² + cos²", lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, VECTOR, second=PASSES, why="1, slope 0")
entry("shares add up to 1", lambda x: activations.softmax(x).sum(), VECTOR, second=PASSES, why="slope 0")
entry("x − x", lambda x: x - x, VECTOR, second=PASSES, why="slope 0")
entry("exp(x) / exp(x)", lambda x: np.exp(x) / np.exp(x), [1.0, 30.0], why="slope 0")
entry("(x + 1e8) − 1e8", lambda x: (x + 1e8) - 1e8, 0.3, slow=NO_ALARM, why="1, in steps of 1.5e-8")
entry("(x + 1e8) − 1e8, wrong sign", custom(lambda x: (x + 1e8) - 1e8, x=lambda g, out, x: -g), 0.3, slow=FAIL,
      why="off by 200 %; a step of 0.1 shows it to 7 digits")
entry("(x + 1e15) − 1e15", lambda x: (x + 1e15) - 1e15, 0.3, slow=NO_ALARM, why="1, in steps of ⅛: flat all around")
entry("log(1 + x) of tiny", lambda x: np.log(1 + x), 1e-10, slow=NO_ALARM,
      why="1 − 1e-10, the values in steps of 2e-16")
entry("variance by cancellation", lambda x: (x * x).mean() - x.mean() ** 2, VECTOR + 1e4, slow=NO_ALARM,
      why="2(x − mean)/n; 1e8 − 1e8 leaves values good to 1e-8")

# --- ill-conditioned ------------------------------------------------------------------------------------------------


def hilbert(n: int) -> np.ndarray:
    return 1 / (np.arange(1, n + 1)[:, None] + np.arange(n))


TURN = np.linalg.qr(rng(9).normal(size=(4, 4)))[0]


def with_eigenvalues(*values: float) -> np.ndarray:
    return TURN @ np.diag(values) @ TURN.T


def log_det(a: tg.Tensor) -> tg.Tensor:
    return np.linalg.slogdet(a)[1]


entry("inverse of a Hilbert matrix", np.linalg.inv, hilbert(5), why="condition 5e5: ten digits are left")
entry("inverse of a large Hilbert matrix", np.linalg.inv, hilbert(8), slow=NO_ALARM, why="condition 1.5e10: six digits")
entry("solution with a Hilbert matrix", np.linalg.solve, hilbert(6), np.ones(6), slow=NO_ALARM,
      why="condition 1.5e7: values to nine digits, slopes to five or six")
entry("determinant of a Hilbert matrix", log_det, hilbert(8), slow=NO_ALARM, why="the inverse, to six digits")
entry("determinant of tiny numbers", np.linalg.det, 1e-30 * rng(10).normal(size=(3, 3)), why="cofactors of 1e-60")
entry("singular values close together", lambda a: np.linalg.svd(a, full_matrices=False)[1],
      with_eigenvalues(1, 1 + 1e-6, 2, 3), second=NO_ALARM, why="u vᵀ; the gap only shows at second order")
entry("softmax of huge numbers", activations.softmax, [1e3, 999.0, -1e3], second=PASSES, why="only differences matter")
entry("a narrow bell", lambda x: np.exp(-1e8 * (x - 0.5) ** 2), [0.5, 0.50001, 0.4999, 0.6], second=PASSES,
      why="−2e8·(x − ½)·exp(…): 0, −1980, 7358 and, far away, 0")
entry("a steep switch", lambda x: np.tanh(1e6 * x), [1e-7, -3e-6, 0.0], second=PASSES, why="1e6/cosh²(1e6·x)")
entry("Rosenbrock's valley", lambda x: (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum(), np.ones(4),
      second=PASSES, why="0 at its minimum")
entry("arctan2 on its cut", np.arctan2, [0.0], [-1.0], slow=NOT_SILENT, why="from π to −π")
