"""Every rule of the table is broken in every way, and the checker notices each time.

Here each mutant is tried on the smallest sample on which it differs from the original, and the fast mode on 1,024
elements with a few seeds; `python -m benchmarks mutants` tries all samples, 200 seeds, and the peers.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tests.checking.large import LARGE, LARGE_RULES, live_places
from tests.checking.mutants import (
    MUTATIONS,
    RULES,
    BrokenPart,
    baked,
    broken,
    one_element,
    opposite,
    smallest,
    smallest_baked,
    why_equal,
)
from tests.samples import SAMPLES, Sample
from tinygrad_vn.checking import GradcheckError, GradcheckWarning, gradcheck, gradgradcheck
from tinygrad_vn.errors import TinygradError
from tinygrad_vn.rules import PRIMITIVES

SEEDS = 2
# Linear, at least in pieces: no second derivative depends on a value.
STRAIGHT = {
    "output", "add", "subtract", "negative", "positive", "copy", "conjugate", "remainder", "fmod", "deg2rad", "rad2deg",
    "absolute", "sign", "maximum", "minimum", "fmax", "fmin", "where", "astype", "reshape", "transpose", "broadcast_to",
    "concatenate", "sum", "mean", "max", "min", "cumsum", "relu", "leaky_relu", "getitem", "scatter_add",
    "embedding", "absolute_error", "pick", "place", "linear.bias",
}  # fmt: skip


def caught(case: Sample, **options: object) -> bool:
    """Whether the check fails; a mutant that makes the engine itself raise is caught too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", GradcheckWarning)
        try:
            return not gradcheck(case.f, case.inputs, **options)
        except (GradcheckError, TinygradError):
            return True


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_slow_mode_catches_every_mutant(rule: BrokenPart) -> None:
    found = {name: smallest(rule, name) for name in MUTATIONS}
    for case in {id(pair[0]): pair[0] for pair in found.values() if pair}.values():
        assert gradcheck(case.f, case.inputs)  # here a warning is an error
    missed = []
    for name, pair in found.items():
        if pair is not None:
            with broken(rule, pair[0], MUTATIONS[name], pair[1]):
                if not caught(pair[0]):
                    missed.append(name)
    assert missed == []


@pytest.mark.parametrize("rule", LARGE_RULES, ids=str)
def test_fast_mode_sees_one_wrong_element_of_1024(rule: BrokenPart) -> None:
    case, places = LARGE[rule.operation], live_places(rule)
    for seed in range(SEEDS):
        assert gradcheck(case.f, case.inputs, fast_mode=True, seed=seed)
        with broken(rule, case, one_element, int(np.random.default_rng(seed).choice(places))):
            assert caught(case, fast_mode=True, seed=seed), f"seed {seed}"


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_values_taken_out_of_the_graph_are_missed_at_second_order(rule: BrokenPart) -> None:
    case = smallest_baked(rule)
    if case is None:
        assert {rule.operation, str(rule)} & STRAIGHT, (
            "no sample shows its second derivative; if it has none, say so in STRAIGHT"
        )
        return
    assert gradgradcheck(case.f, case.inputs, fast_mode=True)
    with baked(rule, case):
        assert gradcheck(case.f, case.inputs, fast_mode=True)
        assert not gradgradcheck(case.f, case.inputs, raise_exception=False)


def test_what_is_left_out_is_no_mutant() -> None:
    left_out = {
        (str(rule), name): why_equal(rule, name) for rule in RULES for name in MUTATIONS if not smallest(rule, name)
    }
    possible = {"the gradient is 0", "the gradient has one axis", "the gradient is symmetric", "nothing is broadcast"}
    assert set(left_out.values()) <= possible
    assert {rule for (rule, _), why in left_out.items() if why == "the gradient is 0"} == {"sign.x"}
    symmetric = {rule for (rule, _), why in left_out.items() if why == "the gradient is symmetric"}
    assert symmetric == {"eigh.a", "cholesky.a"}
    broadcasting = {str(rule) for rule in RULES} - {rule for rule, name in left_out if name.startswith("no sum")}
    assert {"add.x", "multiply.y", "where.x", "matmul.x", "broadcast_to.array"} <= broadcasting


def test_a_broken_rule_is_mended_whatever_happens() -> None:
    sine, rule, case = PRIMITIVES["sin"], BrokenPart("sin", "x"), SAMPLES["sin"][0]
    before = sine.rules, sine.keeps, sine.keeps_out
    with pytest.raises(FloatingPointError), broken(rule, case, opposite), np.errstate(divide="raise"):
        np.divide(1.0, len(sine.rules) - 1)  # by 0, and so out of the context
    assert (sine.rules, sine.keeps, sine.keeps_out) == before
